"""A sheet of rows becomes credits and credentials: each once, whatever happens in between."""

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from domain import status_list as status_lists
from domain.errors import KeyNotInForce, NotFound
from domain.status_list import Purpose
from domain.values import Setting
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university
from wallet import issuing, issuing_many, registering
from wallet.auditing import audit
from wallet.errors import StorageUnavailable
from wallet.issuing_many import Mode, Outcome, Result, TooManyAtOnce, issue_many, sheet_of_credentials
from wallet.office import Office
from wallet.sheets import Sheet
from wallet.trusting import LedgerEvidence
from wallet.verifying import verify

HEADING = ("learner", "unit", "awarded_on", "grade", "scale")


@pytest.fixture
def taught(office: Office) -> Office:
    """An office whose university teaches algorithms and logic."""
    a_unit(office, "logic")
    return office


def a_sheet(
    folder: Path, *rows: Sequence[str], heading: Sequence[str] = HEADING, name: str = "a.csv"
) -> Sheet:
    with (folder / name).open("w", newline="") as file:
        csv.writer(file).writerows([heading, *rows])
    return sheet_of_credentials(folder / name)


def learners(office: Office, count: int) -> list[str]:
    return [a_learner(office).learner for _ in range(count)]


def run(office: Office, sheet: Sheet, mode: Mode = Mode.EACH) -> list[Outcome]:
    return list(issue_many(office, "aitu", sheet, mode=mode, at=NOON))


def algorithms(learner: str, grade: str = "92") -> tuple[str, ...]:
    return (learner, "algorithms", "2026-05-29", grade, "percent")


def test_every_row_becomes_a_credit_and_a_credential_that_verifies(taught: Office, tmp_path: Path):
    enrolled = learners(taught, 30)
    sheet = a_sheet(tmp_path, *[algorithms(learner, str(60 + n)) for n, learner in enumerate(enrolled)])

    outcomes = run(taught, sheet)

    assert [outcome.result for outcome in outcomes] == [Result.ISSUED] * 30
    places = set()
    for learner, outcome in zip(enrolled, outcomes, strict=True):
        credential = taught.credential(outcome.credential or "").state
        verdict = verify(
            credential.issued.document.encode(), at=NOON, evidence=LedgerEvidence(taught.ledger, NOON)
        )
        assert verdict.passed, verdict.headline
        wallet = taught.learner(learner).state
        assert [line.id for line in wallet.credits.values()] == [outcome.credit]
        assert json.loads(credential.issued.document)["credentialSubject"]["result"][0]["value"] == (
            wallet.credit(outcome.credit or "").grade.value  # type: ignore[union-attr]  # every row has a grade
        )
        places.add(credential.issued.status_index)
    assert len(places) == 30
    assert audit(taught.ledger).holds


def test_a_badge_of_a_sheet_says_what_one_issued_alone_says(taught: Office, tmp_path: Path):
    learner = a_learner(taught).learner
    credit = a_credit(taught, learner).credit
    alone = json.loads(issuing.issue_credit(taught, "aitu", learner=learner, credit=credit, at=NOON).document)

    [outcome] = run(taught, a_sheet(tmp_path, (learner, credit), heading=("learner", "credit")))

    of_a_sheet = json.loads(taught.credential(outcome.credential or "").state.issued.document)
    for document in (alone, of_a_sheet):
        for own in ("id", "proof", "credentialStatus"):
            del document[own]
    assert of_a_sheet == alone


def test_started_again_a_sheet_issues_nothing_twice(taught: Office, tmp_path: Path):
    sheet = a_sheet(tmp_path, *[algorithms(learner) for learner in learners(taught, 3)])
    first = run(taught, sheet)
    before = taught.ledger.last_sequence()

    again = run(taught, sheet)

    assert again == [replace(outcome, result=Result.ISSUED_BEFORE) for outcome in first]
    assert taught.ledger.last_sequence() == before


def test_a_sheet_goes_on_where_it_stopped(taught: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(issuing_many, "_GROUP", 4)
    sheet = a_sheet(tmp_path, *[algorithms(learner) for learner in learners(taught, 10)])

    begun = list(islice(issue_many(taught, "aitu", sheet, at=NOON), 6))  # stopped in the second group
    after = run(taught, sheet)

    assert [outcome.result for outcome in begun] == [Result.ISSUED] * 6
    assert [outcome.result for outcome in after] == [Result.ISSUED_BEFORE] * 8 + [Result.ISSUED] * 2
    assert len({outcome.credential for outcome in after}) == 10


def test_rows_with_names_of_their_own_may_be_corrected_and_sent_again(taught: Office, tmp_path: Path):
    ann, bob = learners(taught, 2)
    heading = ("row", *HEADING)
    first = run(
        taught,
        a_sheet(
            tmp_path, ("r1", *algorithms(ann)), ("r2", bob, "alchemy", "2026-05-29", "", ""), heading=heading
        ),
    )

    again = run(
        taught, a_sheet(tmp_path, ("r2", *algorithms(bob)), ("r1", *algorithms(ann)), heading=heading)
    )

    assert [outcome.result for outcome in first] == [Result.ISSUED, Result.REFUSED]
    assert [(outcome.row, outcome.result) for outcome in again] == [
        ("r2", Result.ISSUED),
        ("r1", Result.ISSUED_BEFORE),
    ]
    assert again[1].credential == first[0].credential


def test_a_learner_may_stand_in_many_rows(taught: Office, tmp_path: Path):
    learner = a_learner(taught).learner
    sheet = a_sheet(
        tmp_path, algorithms(learner), (learner, "logic", "2026-05-29", "", ""), algorithms(learner, "93")
    )

    outcomes = run(taught, sheet)

    assert [outcome.result for outcome in outcomes] == [Result.ISSUED, Result.ISSUED, Result.REFUSED]
    assert (outcomes[2].code, outcomes[2].column) == ("already-awarded", "unit")
    assert len(taught.learner(learner).state.credits) == 2


REFUSALS: dict[str, tuple[dict[str, str], str, str]] = {
    "a learner without a wallet": (
        {"learner": "00000000-0000-4000-8000-000000000000"},
        "learner",
        "not-found",
    ),
    "a learner's name": ({"learner": "Ann"}, "learner", "invalid-cell"),
    "no learner": ({"learner": ""}, "learner", "cell-missing"),
    "a unit nobody teaches": ({"unit": "alchemy"}, "unit", "not-found"),
    "no unit and no credit": ({"unit": ""}, "unit", "cell-missing"),
    "a day that is none": ({"awarded_on": "30.06.2026"}, "awarded_on", "invalid-cell"),
    "the 31st of June": ({"awarded_on": "2026-06-31"}, "awarded_on", "invalid-cell"),
    "no day": ({"awarded_on": ""}, "awarded_on", "cell-missing"),
    "a grade without its scale": ({"scale": ""}, "scale", "cell-missing"),
    "a scale without a grade": ({"grade": ""}, "grade", "cell-missing"),
    "a scheme nobody knows": ({"scheme": "MILES"}, "scheme", "invalid-cell"),
    "a scheme the unit has no points in": ({"scheme": "KZ"}, "scheme", "unlike-credits"),
    "points with a comma": ({"points": "4,5"}, "points", "invalid-cell"),
    "more points than the unit has": ({"points": "60"}, "points", "invalid-value"),
    "a unit beside a credit": ({"credit": "c-1"}, "unit", "invalid-cell"),
    "a credit that is not in the wallet": (
        {"credit": "c-1", "unit": "", "awarded_on": "", "grade": "", "scale": ""},
        "credit",
        "not-found-in-wallet",
    ),
}


@pytest.mark.parametrize(("change", "column", "code"), REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("mode", [Mode.EACH, Mode.PREVIEW])
def test_a_row_is_refused_at_the_very_cell_and_the_next_goes_on(
    taught: Office, tmp_path: Path, change: dict[str, str], column: str, code: str, mode: Mode
):
    ann, bob = learners(taught, 2)
    heading = ("learner", "credit", "unit", "points", "scheme", "grade", "scale", "awarded_on")
    good = dict(zip(HEADING, algorithms(ann), strict=True))
    spoilt = {**good, **change}
    rows = [[row.get(name, "") for name in heading] for row in (spoilt, good | {"learner": bob})]

    outcomes = run(taught, a_sheet(tmp_path, *rows, heading=heading), mode)

    assert (outcomes[0].result, outcomes[0].column, outcomes[0].code) == (Result.REFUSED, column, code)
    assert (outcomes[0].sentence or "").endswith(".")
    assert outcomes[-1].number == 2
    assert outcomes[-1].result in (Result.ISSUED, Result.CAN_BE_ISSUED)


def test_every_fault_of_a_row_is_told_at_once(taught: Office, tmp_path: Path):
    outcomes = run(taught, a_sheet(tmp_path, ("Ann", "ALG!", "soon", "A", "")))

    assert [outcome.column for outcome in outcomes] == ["scale", "learner", "unit", "awarded_on"]
    assert {outcome.number for outcome in outcomes} == {1}


def test_a_preview_records_nothing(taught: Office, tmp_path: Path):
    sheet = a_sheet(tmp_path, *[algorithms(learner) for learner in learners(taught, 3)])
    before = taught.ledger.last_sequence()

    outcomes = run(taught, sheet, Mode.PREVIEW)

    assert Counter(outcome.result for outcome in outcomes) == {Result.CAN_BE_ISSUED: 3}
    assert taught.ledger.last_sequence() == before
    assert [(o.credit, o.credential) for o in outcomes] == [
        (o.credit, o.credential) for o in run(taught, sheet)
    ]


def test_all_or_none_is_none_where_one_row_cannot_be_issued(taught: Office, tmp_path: Path):
    ann, bob = learners(taught, 2)
    spoilt = a_sheet(tmp_path, algorithms(ann), (bob, "alchemy", "2026-05-29", "", ""))
    before = taught.ledger.last_sequence()

    outcomes = run(taught, spoilt, Mode.ALL_OR_NONE)

    assert [outcome.result for outcome in outcomes] == [Result.WITHHELD, Result.REFUSED]
    assert taught.ledger.last_sequence() == before
    whole = a_sheet(tmp_path, algorithms(ann), algorithms(bob), name="b.csv")
    assert {outcome.result for outcome in run(taught, whole, Mode.ALL_OR_NONE)} == {Result.ISSUED}


def test_all_or_none_has_a_limit_that_is_told_before_anything_is_done(
    taught: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(issuing_many, "MOST_AT_ONCE", 2)
    sheet = a_sheet(tmp_path, *[algorithms(learner) for learner in learners(taught, 3)])

    with pytest.raises(TooManyAtOnce, match="3 rows"):
        run(taught, sheet, Mode.ALL_OR_NONE)


def test_what_fails_in_the_middle_leaves_whole_groups(
    taught: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(issuing_many, "_GROUP", 2)
    sheet = a_sheet(tmp_path, *[algorithms(learner) for learner in learners(taught, 4)])
    saves: Iterator[bool] = iter([True, False])
    save = type(taught.ledger).save

    def saved_once(self, *writes, **given):
        if not next(saves):
            raise StorageUnavailable("The disk is full.")
        return save(self, *writes, **given)

    with monkeypatch.context() as patched:
        patched.setattr(type(taught.ledger), "save", saved_once)
        with pytest.raises(StorageUnavailable):
            run(taught, sheet)

    assert Counter(outcome.result for outcome in run(taught, sheet)) == {
        Result.ISSUED_BEFORE: 2,
        Result.ISSUED: 2,
    }
    assert audit(taught.ledger).holds


def test_a_full_status_list_is_followed_by_a_new_one(taught: Office, tmp_path: Path):
    _fill(taught, but=8)
    sheet = a_sheet(tmp_path, *[algorithms(learner) for learner in learners(taught, 11)])

    outcomes = run(taught, sheet)

    lists = Counter(
        taught.credential(outcome.credential or "").state.issued.status_list for outcome in outcomes
    )
    assert lists == {"aitu-1": 8, "aitu-2": 3}


def _fill(office: Office, *, but: int) -> None:
    """Give all places of the university's first list away but so many."""
    university = office.institution("aitu").state
    opened = status_lists.open_list(None, number=1, by=university)
    empty = status_lists.fold([opened])
    given = [(place, f"urn:x:{place}") for place in range(but // 2, empty.size - but // 2)]
    found = office.find_status_list(empty.id)
    _, signer = office.signer_of(university, NOON)
    office.ledger.save(found.write(opened, status_lists.allocate_all(empty, given), signer=signer), at=NOON)


def test_a_revoked_badge_of_a_sheet_is_revoked_for_all(taught: Office, tmp_path: Path):
    [outcome] = run(taught, a_sheet(tmp_path, algorithms(a_learner(taught).learner)))
    issuing.revoke(taught, "aitu", outcome.credential or "", reason="plagiarism", at=NOON)

    held = taught.credential(outcome.credential or "").state
    assert taught.status_list(held.issued.status_list).state.flagged(Purpose.REVOCATION) == {
        held.issued.status_index
    }


def test_nobody_issues_who_cannot_sign(taught: Office, tmp_path: Path):
    sheet = a_sheet(tmp_path, algorithms(a_learner(taught).learner))
    with pytest.raises(NotFound):
        list(issue_many(taught, "nowhere", sheet, at=NOON))

    [term] = taught.institution("aitu").state.keys
    registering.report_compromise(taught, "aitu", method=term.method, since=NOON, reason="stolen", at=NOON)
    with pytest.raises(KeyNotInForce):
        run(taught, sheet)


def test_an_institution_without_accreditation_awards_nothing(office: Office, tmp_path: Path):
    a_university(office, "college", settings=(Setting.NON_FORMAL,))
    a_unit(office, "drawing", institution="college")
    row = (a_learner(office).learner, "drawing", "2026-05-29", "", "")

    [outcome] = issue_many(office, "college", a_sheet(tmp_path, row), at=NOON)

    assert (outcome.result, outcome.code) == (Result.REFUSED, "not-accredited")
