"""`wallet audit-progress`: does a report of progress hold, by the credentials alone?"""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text
from typer import Argument, Exit, Option, Typer, TyperException

from cli.command import command
from cli.desk import Desk, a_console, show
from cli.options import moment
from keys.strict_json import DEFAULT
from wallet.bundle import LIMITS, BundleEvidence, BundleRefused
from wallet.evidence import Combined, Evidence
from wallet.formats import progress_report
from wallet.rerunning import Rerun, rerun
from wallet.verdict import Outcome

app = Typer(help="Reckon a report of progress again, by the credentials alone.")

_SAID: Final = {
    Outcome.PASSED: ("✓ passed", "green"),
    Outcome.FAILED: ("✗ failed", "bold red"),
    Outcome.COULD_NOT_CHECK: ("? could not check", "yellow"),
}


class Unreadable(TyperException):
    """What was named cannot be read: a question that cannot be asked."""

    exit_code = 2


@command(app, "audit-progress")
def audit_progress(
    desk: Desk,
    report: Annotated[Path, Argument(metavar="REPORT", help="The signed report; - is standard input.")],
    bundle: Annotated[
        list[Path] | None,
        Option("--bundle", metavar="FILE", help="The signed bundle that came with it; may be repeated."),
    ] = None,
    credential: Annotated[
        list[Path] | None,
        Option(
            "--credential", metavar="FILE", help="A credential, before those in bundles; may be repeated."
        ),
    ] = None,
    trust: Annotated[
        list[str] | None,
        Option("--trust", metavar="DID", help="A registry whose bundles you believe; may be repeated."),
    ] = None,
    at: Annotated[
        datetime | None,
        Option("--at", parser=moment, metavar="TIME", help="As of then: 2026-06-30 or with a time and Z."),
    ] = None,
    answer: Annotated[
        Path | None,
        Option("--answer", metavar="FILE", help="Write the answer that came out, as canonical JSON."),
    ] = None,
) -> None:
    """Check the signature, every credit against its credential, and reckon the answer again.

    No wallet is looked into and nobody is asked. Ends with 0 where the same answer comes out, 1 where something
    failed, which is named, 3 where something could not be checked.
    """
    text = _read(report, progress_report.LIMITS.size)
    brought = [_read(path, DEFAULT.size) for path in credential or ()]
    sources: list[Evidence] = []
    for path in bundle or ():
        try:
            opened = BundleEvidence.open(_read(path, LIMITS.size), set(trust or ()))
        except BundleRefused as error:
            raise Unreadable(f"{path}: {error}") from error
        sources.append(opened)
        brought += [each.encode() for each in opened.bundle.credentials]
    result = rerun(text, credentials=brought, evidence=Combined(*sources), at=at or desk.now)
    if answer is not None and result.answer is not None:
        answer.write_bytes(progress_report.answer_bytes(result.answer))
    if desk.as_json:
        sys.stdout.write(msgspec.json.encode(result).decode() + "\n")
    else:
        console = a_console()
        for each in a_rerun(result):
            show(console, each)
    raise Exit(result.exit_code)


def a_rerun(result: Rerun) -> Iterator[RenderableType]:
    """The headline, and every question with its answer; what passed of many lines is counted."""
    yield Text(result.headline, style=_SAID[result.outcome][1])
    if result.qualification is not None:
        yield f"  {result.qualification}, as of {result.as_of}, of {result.learner}"
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in result.findings:
        grid.add_row(Text(*_SAID[finding.outcome]), Text(finding.name))
        grid.add_row("", Text(finding.sentence, style="dim"))
    yield grid


def _read(path: Path, limit: int) -> bytes:
    try:
        if path == Path("-"):
            return sys.stdin.buffer.read(limit + 1)
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
