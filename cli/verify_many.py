"""`wallet verify-many`: is each of these credentials what it says, and was any handed in twice?"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime
from hashlib import file_digest
from itertools import islice
from os import cpu_count
from pathlib import Path
from typing import Annotated, Final

from rich.text import Text
from typer import Argument, BadParameter, Exit, Option, Typer

from cli.command import command
from cli.desk import Desk, a_console
from cli.options import OptionalInstitution, moment
from cli.progress_bar import counting
from cli.tables import a_table
from cli.trust import Anchor
from cli.verify import Unreadable, evidence_of, lists_named, policy_in
from wallet.evidence import Evidence
from wallet.receipt import Table
from wallet.submissions import Pile, PileRefused
from wallet.tables import TableWriter
from wallet.verdict import Outcome
from wallet.verifying_many import COLUMNS, Judged, Judges, Tally, Terms, signed_receipt, verify_many

app = Typer(help="Verify many credentials: a folder, a ZIP file, a list, or JSON Lines.")

_MOST_SHOWN: Final = 20
_AT_A_TIME: Final = 100
_WORTH_PROCESSES: Final = 100
"""Submissions. Fewer are verified before a second process would be ready."""
SAID: Final = {
    Outcome.PASSED: ("✓ passed", "green"),
    Outcome.FAILED: ("✗ failed", "bold red"),
    Outcome.COULD_NOT_CHECK: ("? could not check", "yellow"),
}


@command(app, "verify-many")
def verify_all(
    desk: Desk,
    named: Annotated[
        str,
        Argument(metavar="PATH", help="A folder, .zip, .csv of paths or links, .jsonl, or one credential."),
    ],
    table: Annotated[
        Path | None, Option("--table", metavar="FILE", help="Write every verdict here, as .csv or .jsonl.")
    ] = None,
    receipt: Annotated[
        Path | None, Option("--receipt", metavar="FILE", help="Write a signed receipt of the table here.")
    ] = None,
    institution: OptionalInstitution = None,
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
        Option("--at", parser=moment, metavar="TIME", help="As of then: 2026-06-30 or with a time and Z."),
    ] = None,
    offline: Annotated[bool, Option("--offline", help="Ask nobody on the network.")] = False,
    policy: Annotated[
        Path | None, Option("--policy", metavar="FILE", help="Your own terms, as a JSON file.")
    ] = None,
    processes: Annotated[
        int | None, Option("--processes", min=1, max=64, help="How many verify side by side; one a core.")
    ] = None,
) -> None:
    """Verify everything that was handed in, and tell what was handed in more than once.

    In a folder or ZIP file, a folder is an applicant; a list has the columns `applicant`, and `path` or `link`. Ends
    with 0 where all passed, 1 where one failed, 3 where one could not be checked. A receipt is signed by --institution,
    and needs the passphrase; `wallet receipt` checks it.
    """
    if not named.strip():  # as a path it would be this very folder
        raise BadParameter("Name a folder or a file.")
    if receipt is not None and (table is None or institution is None):
        raise BadParameter("A receipt is of a --table, and signed by an --institution.")
    terms = Terms(policy_in(policy), at or desk.now)
    lists = lists_named(desk, trust_list or [], anchor)

    @contextmanager
    def evidence() -> Iterator[Evidence]:
        with evidence_of(desk, bundle or [], trust or [], lists, offline) as found:
            yield found

    try:
        pile = Pile(Path(named), fetch=None if offline else _fetch)
        count = pile.count()
    except PileRefused as error:
        raise Unreadable(str(error)) from error
    with ExitStack() as opened:
        wanted = processes or min(cpu_count() or 1, 8)
        if wanted > 1 and count >= _WORTH_PROCESSES:
            judges: Judges | Evidence = opened.enter_context(Judges(wanted, evidence))
        else:
            judges = opened.enter_context(evidence())
        written = opened.enter_context(TableWriter(table, COLUMNS)) if table is not None else None
        tally, noted = _tell(desk, verify_many(pile, terms, judges), count, written)
    if receipt is not None and table is not None and institution is not None:
        _sign_receipt(desk, institution, receipt, table, terms, tally)
    _answer(desk, tally, noted, table, receipt)
    raise Exit({Outcome.PASSED: 0, Outcome.FAILED: 1, Outcome.COULD_NOT_CHECK: 3}[tally.outcome])


def _tell(
    desk: Desk, lines: Iterator[Judged], count: int, table: TableWriter | None
) -> tuple[Tally, list[Judged]]:
    """Write the table line by line; the tally, and the first lines that a person should look at."""
    tally = Tally()
    noted: list[Judged] = []
    with counting("Verifying …", quiet=desk.as_json) as done:
        done(0, count)
        while some := list(islice(lines, _AT_A_TIME)):
            for line in some:
                tally.add(line)
                if table is not None:
                    table.write(asdict(line))
                if len(noted) < _MOST_SHOWN and (line.outcome is not Outcome.PASSED or line.repeated):
                    noted.append(line)
            done(tally.submissions, count)
    return tally, noted


def _sign_receipt(
    desk: Desk, institution: str, receipt: Path, table: Path, terms: Terms, tally: Tally
) -> None:
    with desk.office() as office:
        signed = signed_receipt(
            office, institution, tally=tally, terms=terms, table=table_in(table), at=desk.now
        )
    receipt.write_bytes(signed)


def table_in(path: Path) -> Table:
    """The table in a file, as a receipt names it."""
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    is_csv = path.suffix.lower() == ".csv"
    return Table(sha256=digest, media_type="text/csv" if is_csv else "application/jsonl")


def _answer(desk: Desk, tally: Tally, noted: list[Judged], table: Path | None, receipt: Path | None) -> None:
    document = {
        "submissions": tally.submissions,
        "outcomes": {outcome.value: tally.outcomes[outcome] for outcome in Outcome},
        "repeated": tally.repeated,
        "noted": [
            {name: value for name, value in asdict(line).items() if value is not None} for line in noted
        ],
        "table": None if table is None else str(table),
        "receipt": None if receipt is None else str(receipt),
    }
    told = ", ".join(f"{tally.outcomes[outcome]} {SAID[outcome][0][2:]}" for outcome in Outcome)
    repeated = f" {tally.repeated} were handed in before." if tally.repeated else ""
    desk.answer(
        document,
        f"{tally.submissions} submissions: {told}.{repeated}",
        table=None if table is None else str(table),
        receipt=None if receipt is None else str(receipt),
    )
    if noted and not desk.as_json:
        shown = a_table("", "submission", "verdict", right=("",))
        for line in noted:
            repeats = f" ({line.repeated} as {line.repeats})" if line.repeated else ""
            shown.add_row(
                str(line.number),
                Text(line.source),
                Text.assemble(SAID[line.outcome], f"  {line.headline}{repeats}"),
            )
        a_console().print(shown)
        left = sum(tally.outcomes.values()) - tally.outcomes[Outcome.PASSED]
        if left > len(noted):
            a_console().print("There are more; --table FILE.csv has all of them.")


def _fetch(link: str) -> bytes:
    """What stands at an address, by the one client that asks no private address."""
    from wallet.fetching import Fetcher  # seventy milliseconds, for those who may ask the network

    return Fetcher().get(link).body
