"""Bulk: a sheet of credentials issued, and a pile of them verified; against the same signatures on both cores.

*Issued* is awarded or found in the wallet, signed, checked, given a place in a status list, and on the disk. *Verified*
is every step of the verdict, from a file of JSON Lines to the lines of a table, in two processes.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.credentials import AT as VERIFIED_AT
from benchmarks.credentials import RDFC, a_badge, issue, raw_sign, raw_verify, what_is_known
from benchmarks.measure import Line, Rate
from domain.unit import UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    IscedF,
    LearningOutcome,
    Level,
    OutcomeId,
    Setting,
)
from keys.keystore import Argon2Params
from keys.signing import Ed25519Signer
from wallet import bootstrap, describing, registering
from wallet.evidence import Evidence
from wallet.issuing_many import Result, issue_many, sheet_of_credentials
from wallet.office import Office
from wallet.settings import Settings
from wallet.submissions import Pile
from wallet.verifying import Policy
from wallet.verifying_many import Judges, Terms, verify_many

AT = datetime(2026, 6, 26, 10, tzinfo=UTC)
LEARNERS = 500
UNITS = 10
VERIFIED = 5_000
CORES = 2
UNIVERSITY = "northfield"
PASSPHRASE = b"benchmark"


def lines() -> Iterator[Line]:
    signer = Ed25519Signer.generate()
    with tempfile.TemporaryDirectory() as folder:
        yield from _issued(Path(folder), _on_both_cores(raw_sign(signer)))
        yield _verified(Path(folder), signer, _on_both_cores(raw_verify(signer)))


def _on_both_cores(rate: Rate) -> Rate:
    return Rate(CORES * rate.per_second)


def _issued(folder: Path, raw: Rate) -> Iterator[Line]:
    settings = Settings(folder / "home")
    cheap = Argon2Params(memory_kib=8, iterations=1, lanes=1)
    bootstrap.create(
        settings, PASSPHRASE, name="Registry", base_url="https://records.example", at=AT, params=cheap
    )
    with Office.open(settings, PASSPHRASE) as office:
        awards = _a_sheet_of_awards(office, folder)
        rows, seconds, awarded = _run(office, awards, "Awarding and issuing")
        limit = "sign, on both cores"
        yield Line("bulk", "award and issue from a sheet", Rate(rows / seconds), limit, raw)
        held = folder / "credits.csv"
        held.write_text("learner,credit\n" + "".join(f"{learner},{credit}\n" for learner, credit in awarded))
        rows, seconds, _ = _run(office, held, "Issuing")
        yield Line("bulk", "issue from a sheet", Rate(rows / seconds), limit, raw, 0.25)


def _a_sheet_of_awards(office: Office, folder: Path) -> Path:
    registering.register_institution(
        office,
        institution=UNIVERSITY,
        names={"en": "University of Northfield"},
        country="KZ",
        website=None,
        at=AT,
    )
    registering.accredit(
        office,
        UNIVERSITY,
        by="Agency",
        settings=tuple(Setting),
        valid_from=date(2024, 1, 1),
        reference="A-1",
        at=AT,
    )
    for number in range(UNITS):
        outcomes = tuple(
            LearningOutcome(id=OutcomeId(f"lo{each}"), text={"en": f"Outcome {each} of unit {number}"})
            for each in range(1, 5)
        )
        described = UnitDescription(
            code=f"U{number}",
            names={"en": f"Unit {number}"},
            outcomes=outcomes,
            setting=Setting.FORMAL,
            points=(CreditPoints(CreditScheme.ECTS, Decimal(6)),),
            level=Level("EQF", 6),
            field=IscedF("0613"),
            workload_hours=Decimal(150),
        )
        describing.describe_unit(office, UNIVERSITY, unit=f"unit-{number}", description=described, at=AT)
    learners = [
        registering.register_learner(office, at=AT).learner
        for _ in track(range(LEARNERS), "Registering learners", transient=True, console=_CONSOLE)
    ]
    sheet = folder / "awards.csv"
    rows = [
        f"{learner},unit-{number},2026-06-20,{60 + (place + number) % 40},percent\n"
        for number in range(UNITS)
        for place, learner in enumerate(learners)
    ]
    sheet.write_text("learner,unit,awarded_on,grade,scale\n" + "".join(rows))
    return sheet


def _run(office: Office, path: Path, what: str) -> tuple[int, float, list[tuple[str, str]]]:
    """How many rows were issued, in how many seconds; learners and awarded."""
    sheet = sheet_of_credentials(path)
    awarded = []
    began = time.perf_counter()
    outcomes = issue_many(office, UNIVERSITY, sheet, at=AT)
    for outcome in track(outcomes, what, total=sheet.count, transient=True, console=_CONSOLE):
        assert outcome.result is Result.ISSUED, outcome
        awarded.append((str(outcome.learner), str(outcome.credit)))
    return len(awarded), time.perf_counter() - began, awarded


def _verified(folder: Path, signer: Ed25519Signer, raw: Rate) -> Line:
    path = folder / "pile.jsonl"
    with path.open("wb") as file:
        for number in track(range(VERIFIED), "Making a pile", transient=True, console=_CONSOLE):
            file.write(issue(a_badge(number), signer, RDFC) + b"\n")
    facts = what_is_known(signer)

    @contextmanager
    def evidence() -> Iterator[Evidence]:
        yield facts

    with Judges(CORES, evidence) as judges:
        began = time.perf_counter()
        lines = verify_many(Pile(path), Terms(Policy(), VERIFIED_AT), judges)
        passed = sum(
            line.outcome.value == "passed"
            for line in track(lines, "Verifying", total=VERIFIED, transient=True, console=_CONSOLE)
        )
        seconds = time.perf_counter() - began
    assert passed == VERIFIED
    return Line("bulk", "verify a pile", Rate(passed / seconds), "verify, on both cores", raw, 0.4)


_CONSOLE = Console(stderr=True)
