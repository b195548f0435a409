"""Run every benchmark and print a table of ratios; with `--json`, as JSON lines.

    .venv/bin/python -m benchmarks [ledger] [postgresql] [credentials] [records] [documents] [progress] [doors]
        [bulk] [pages] [--json]

Ends with 1 where a ratio that was asked for is not reached.
"""

import json
import platform
import sys
from contextlib import nullcontext

from rich.console import Console
from rich.table import Table

from benchmarks import bulk, credentials, documents, doors, ledger, pages, postgresql, progress, records
from benchmarks.measure import Line
from wallet.ledger.database import sqlite_flavour

GROUPS = {
    "ledger": ledger.lines,
    "postgresql": postgresql.lines,
    "credentials": credentials.lines,
    "records": records.lines,
    "documents": documents.lines,
    "progress": progress.lines,
    "doors": doors.lines,
    "bulk": bulk.lines,
    "pages": pages.lines,
}


def main(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    chosen = [name for name in arguments if name in GROUPS] or list(GROUPS)
    measured: list[Line] = []
    console = Console(stderr=as_json)
    for group in chosen:
        # What takes long draws a bar of its own.
        with nullcontext() if group == "bulk" else console.status(f"Measuring: {group} …"):
            measured += GROUPS[group]()
    if as_json:
        for line in measured:
            print(json.dumps(as_document(line)))
    else:
        console.print(table(measured))
        console.print(
            f"Python {platform.python_version()} on {platform.machine()}, {sqlite_flavour()}; one process. "
            "A ratio is ours over the raw limit of the same run."
        )
    return 0 if all(line.reached is not False for line in measured) else 1


def table(measured: list[Line]) -> Table:
    drawn = Table(title="Benchmarks")
    drawn.add_column("what, and its raw limit")
    for heading in ("ours / s", "raw / s", "ratio"):
        drawn.add_column(heading, justify="right", no_wrap=True)
    drawn.add_column("asked for", no_wrap=True)
    for line in measured:
        asked = "" if line.reach is None else f"≥ {line.reach:.2f}"
        asked = asked if line.floor is None else f"≥ {_shown(line.floor)}/s"
        sign = {None: "", True: " ✓", False: " ✗"}[line.reached]
        drawn.add_row(
            f"{line.what}\n  [dim]against {line.limit}[/dim]",
            _shown(line.ours.per_second),
            _shown(line.raw.per_second),
            f"{line.ratio:.2f}",
            asked + sign,
        )
    return drawn


def _shown(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= 100 else f"{rate:.1f}"


def as_document(line: Line) -> dict[str, object]:
    return {
        "group": line.group,
        "what": line.what,
        "perSecond": round(line.ours.per_second),
        "limit": line.limit,
        "limitPerSecond": round(line.raw.per_second),
        "ratio": round(line.ratio, 3),
        "reached": line.reached,
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
