"""`wallet audit`: check every event again, from the first."""

from pathlib import Path
from typing import Annotated

import msgspec
from typer import BadParameter, Exit, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.progress_bar import counting
from wallet.auditing import AuditReport, Head
from wallet.auditing import audit as check_everything
from wallet.projections import VIEWS
from wallet.transparency.checkpoint import Checkpoint

app = Typer(help="Check every event of the ledger again.")


def a_head(typed: str) -> Head:
    """SEQUENCE:DIGEST, as an earlier audit printed it."""
    number, _, digest = typed.partition(":")
    try:
        head = Head(int(number), bytes.fromhex(digest))
    except ValueError as error:
        raise BadParameter(
            f"{typed!r} is not a head; it looks like 120:5f1a…, as an audit prints it."
        ) from error
    if head.sequence < 1 or len(head.digest) != 32:
        raise BadParameter(f"{typed!r} is not a head: it is a number, a colon and 64 hexadecimal digits.")
    return head


def written_head(head: Head) -> str:
    return f"{head.sequence}:{head.digest.hex()}"


@command(app, "audit")
def audit(
    desk: Desk,
    head: Annotated[
        Head | None,
        Option("--head", parser=a_head, metavar="N:HEX", help="The head an earlier audit printed."),
    ] = None,
    checkpoint: Annotated[
        Path | None,
        Option("--checkpoint", metavar="FILE", help="A checkpoint of the log that was kept elsewhere."),
    ] = None,
) -> None:
    """Check every event of the ledger again, and the log and the views made from them.

    Of each event: its place, its hash, its seal, who may sign it and who did. Ends with 1 and the first thing that
    does not hold. Keep a checkpoint (`wallet log checkpoint`) away from this machine, or the head that this prints:
    only with one of them can the next audit see that the last events are missing, or that it is another ledger.
    """
    outside = None if checkpoint is None else Checkpoint.parse(checkpoint.read_bytes())
    with desk.office(signing=False) as office, counting("Auditing", quiet=desk.as_json) as progress:
        report = check_everything(
            office.ledger, expected_head=head, checkpoint=outside, views=VIEWS, progress=progress
        )
    document = msgspec.to_builtins(report, builtin_types=(bytes,))
    document["head"] = written_head(report.head)
    document["holds"] = report.holds
    desk.answer(document, audit_sentence(report), head=written_head(report.head) if report.holds else None)
    if not report.holds:
        raise Exit(1)


def audit_sentence(report: AuditReport) -> str:
    """The report in a sentence or three."""
    if report.finding is not None:
        return str(report.finding)
    erased = f" ({report.erased} of them of erased learners, and sealed for ever)" if report.erased else ""
    parts = [f"All {report.events} events{erased} in {report.streams} streams hold."]
    if report.checkpoints:
        parts.append(f"The log follows from them at each of its {report.checkpoints} checkpoints.")
    if report.views:
        parts.append(f"The {report.views} views are as they make them.")
    return " ".join(parts)
