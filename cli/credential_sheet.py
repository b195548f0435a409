"""`wallet credential issue --from SHEET`: many at once, told row by row in a report."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Final

from rich.text import Text
from typer import Exit

from cli.desk import Desk, a_console
from cli.progress_bar import counting
from cli.tables import a_table
from wallet.issuing_many import Mode, Outcome, Result, issue_many, sheet_of_credentials
from wallet.tables import TableWriter

_REPORTED: Final = (
    "number",
    "row",
    "result",
    "learner",
    "credit",
    "credential",
    "column",
    "code",
    "sentence",
)
_MOST_SHOWN: Final = 20
_AT_A_TIME: Final = 250
_SAID: Final = {
    Result.ISSUED: "issued",
    Result.ISSUED_BEFORE: "issued before, by the same rows",
    Result.CAN_BE_ISSUED: "can be issued",
    Result.REFUSED: "refused",
    Result.WITHHELD: "withheld because of the others",
}


def issue_sheet(desk: Desk, institution: str, path: Path, *, mode: Mode, report: Path | None) -> None:
    """Issue what a sheet asks for. Ends with 1 where a row was refused."""
    sheet = sheet_of_credentials(path)
    counted: Counter[Result] = Counter()
    refusals: list[Outcome] = []
    refused_rows = last_refused = 0
    with ExitStack() as opened:
        office = opened.enter_context(desk.office())
        table = opened.enter_context(TableWriter(report, _REPORTED)) if report else None
        done = opened.enter_context(counting("Issuing …", quiet=desk.as_json))
        outcomes = issue_many(office, institution, sheet, mode=mode, at=desk.now)
        done(0, sheet.count)
        while some := list(islice(outcomes, _AT_A_TIME)):
            for outcome in some:
                if table is not None:
                    table.write(asdict(outcome))
                if outcome.result is not Result.REFUSED:
                    counted[outcome.result] += 1
                    continue
                refused_rows += outcome.number != last_refused
                last_refused = outcome.number
                if len(refusals) < _MOST_SHOWN:
                    refusals.append(outcome)
            if table is not None:
                table.flush()
            done(some[-1].number, sheet.count)
    if refused_rows:
        counted[Result.REFUSED] = refused_rows
    _answer(desk, sheet.count, counted, refusals, report)
    if refused_rows:
        raise Exit(1)


def _answer(
    desk: Desk, rows: int, counted: Counter[Result], refusals: list[Outcome], report: Path | None
) -> None:
    document = {
        "rows": rows,
        "results": {result.value: counted[result] for result in Result if counted[result]},
        "refusals": [
            {name: value for name, value in asdict(refusal).items() if value is not None}
            for refusal in refusals
        ],
        "report": None if report is None else str(report),
    }
    told = ", ".join(f"{counted[result]} {_SAID[result]}" for result in Result if counted[result])
    desk.answer(
        document, f"{rows} rows: {told or 'nothing to do'}.", report=None if report is None else str(report)
    )
    if refusals and not desk.as_json:
        shown = a_table("row", "cell", "why", right=("row",))
        for refusal in refusals:
            shown.add_row(str(refusal.number), Text(refusal.column or ""), Text(refusal.sentence or ""))
        a_console(stderr=True).print(shown)
        if counted[Result.REFUSED] > len({refusal.number for refusal in refusals}):
            a_console(stderr=True).print("There are more; --report FILE.csv has all of them.")
