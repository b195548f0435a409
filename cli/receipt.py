"""`wallet receipt`: did this verifier say just that?"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

from rich.text import Text
from typer import Argument, Exit, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import moment
from cli.trust import Anchor
from cli.verify import Unreadable, evidence_of, lists_named, read_file
from cli.verify_many import SAID, table_in
from wallet.erasing import ErasureRefused, is_receipt, read_receipt
from wallet.receipt import MOST_BYTES, check_receipt
from wallet.trusting import local_evidence
from wallet.verdict import Outcome

app = Typer(help="Check the receipt of a verification of many.")


@command(app, "receipt")
def receipt(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="RECEIPT", help="The receipt; - is standard input.")],
    table: Annotated[
        Path | None, Option("--table", metavar="FILE", help="The table that it is said to be of.")
    ] = None,
    bundle: Annotated[
        list[Path] | None, Option("--bundle", metavar="FILE", help="A signed bundle; may be repeated.")
    ] = None,
    trust: Annotated[
        list[str] | None,
        Option("--trust", metavar="DID", help="A registry whose bundles you believe; may be repeated."),
    ] = None,
    trust_list: Annotated[
        list[Path] | None,
        Option("--trust-list", metavar="FILE", help="A list of issuers you believe; may be repeated."),
    ] = None,
    anchor: Anchor = None,
    at: Annotated[
        datetime | None,
        Option("--at", parser=moment, metavar="TIME", help="As known then: 2026-06-30 or with a time and Z."),
    ] = None,
) -> None:
    """Check who made a receipt, when, and of which table. Nobody is asked on the network.

    The receipt of an erasure is checked, too: whether a registry that you trust says so. Ends with 0 where it holds,
    1 where it does not, 3 where whoever signed it is not known here.
    """
    data = read_file(file, MOST_BYTES)
    if is_receipt(data):
        _tell_of_an_erasure(desk, data, trust or [])
    try:
        digest = None if table is None else table_in(table).sha256
    except OSError as error:
        raise Unreadable(f"{table} cannot be read: {error.strerror}.") from error
    lists = lists_named(desk, trust_list or [], anchor)
    with evidence_of(desk, bundle or [], trust or [], lists, offline=True) as evidence:
        verdict = check_receipt(data, evidence=evidence, at=at or desk.now, table_sha256=digest)
    told = verdict.receipt
    desk.answer(
        verdict,
        _said(verdict.outcome, verdict.sentence),
        verifier=None if told is None else told.verifier.did,
        made=None if told is None else f"{told.made_at:%Y-%m-%d %H:%M:%S} UTC",
        submissions=None if told is None else str(told.submissions),
        outcomes=None
        if told is None
        else ", ".join(f"{told.outcomes.get(outcome, 0)} {outcome}" for outcome in Outcome),
    )
    raise Exit(verdict.exit_code)


def _tell_of_an_erasure(desk: Desk, data: bytes, trust: list[str]) -> NoReturn:
    with local_evidence(desk.settings, desk.now) as local:
        trusted = {*trust, *(local.registries if local is not None else ())}
    try:
        told = read_receipt(data)
    except ErasureRefused as error:
        desk.answer({"outcome": Outcome.FAILED, "sentence": str(error)}, _said(Outcome.FAILED, str(error)))
        raise Exit(1) from None
    known = told.registry in trusted
    outcome = Outcome.PASSED if known else Outcome.COULD_NOT_CHECK
    sentence = f"The learner was erased on {told.erased_at:%Y-%m-%d %H:%M} UTC, by the word of a registry "
    sentence += "that you trust." if known else f"that you have not named: --trust {told.registry}"
    desk.answer(
        {"outcome": outcome, "sentence": sentence, "learner": told.learner, "erasedAt": told.erased_at},
        _said(outcome, sentence),
        learner=told.learner,
        registry=told.registry,
    )
    raise Exit(0 if known else 3)


def _said(outcome: Outcome, sentence: str) -> Text:
    return Text.assemble(SAID[outcome], f"  {sentence}")
