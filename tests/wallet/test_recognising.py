"""Recognition in a real office: who signs what, what is sealed, what erasure leaves, and what an auditor refuses."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.counting import lines, totals
from domain.errors import AlreadyRecognised, InvalidValue, NotFound, WrongStage
from domain.event import Event
from domain.prior_learning import EvidenceKind, Source
from domain.recognition import Correspondence, Criterion, ExpertConcluded, Stage, Vote, VoteCast
from domain.recognition_policy import Clause, RecognitionRules
from domain.staff import Side
from domain.values import CreditPoints, CreditScheme, Evidence, Grade, PersonId, source_id
from keys.signing import Signer
from tests.offices import NOON, a_learner, a_unit, a_university, an_office
from wallet import (
    awarding,
    examining,
    issuing,
    originals,
    portfolio,
    publishing,
    recognising,
    showing,
    streams,
)
from wallet.auditing import audit
from wallet.bundle import BundleEvidence
from wallet.errors import Erased
from wallet.examining import Grant, Refusal
from wallet.formats import open_badges
from wallet.ledger.ledger import Write
from wallet.office import Office
from wallet.portfolio import DocumentDamaged
from wallet.projections import record
from wallet.trusting import LedgerEvidence
from wallet.verifying import verify

DAY = date(2026, 6, 1)
PDF = b"%PDF-1.7\n"
MEMBERS, EXPERTS = ("dean", "rector", "head"), ("omarova", "lee", "petrov")
FULL = dict.fromkeys(Criterion, Correspondence.FULL)
FIVE = CreditPoints(CreditScheme.ECTS, Decimal(5))


@dataclass(frozen=True)
class Examined:
    office: Office
    learner: str

    def document(self, words: bytes) -> Evidence:
        return portfolio.keep(self.office, self.learner, PDF + words, name="certificate.pdf", at=NOON)

    def a_mooc(self, source: str, title: str, hours: int, **more: object) -> Source:
        said = {
            "id": source_id(source), "kind": EvidenceKind.MOOC, "title": title, "provider": "Open courses",
            "achieved_on": date(2026, 3, 1), "hours": Decimal(hours), "documents": (self.document(title.encode()),),
            "grade": Grade("92", "percent"), **more,
        }  # fmt: skip
        return Source(**said)  # type: ignore[arg-type]  # of one dict

    def apply(self, *sources: Source, unit: str = "algorithms") -> str:
        return recognising.apply(
            self.office,
            self.learner,
            institution="aitu",
            unit=unit,
            points=FIVE,
            sources=sources
            or (self.a_mooc("s1", "Algorithms, part 1", 90), self.a_mooc("s2", "Algorithms, part 2", 60)),
            identity=self.document(b"identity"),
            period_from=date(2026, 9, 1),
            on=DAY,
            at=NOON,
        ).case

    def assign(self, case: str) -> None:
        examining.assign(self.office, "aitu", case, commission="first", experts=EXPERTS, on=DAY, at=NOON)

    def grant(self, case: str, motion: Grant | Refusal | None = None) -> None:
        """From the expert group to a decision in favour: of a grant, where no other motion is given."""
        office = self.office
        self.assign(case)
        for expert in EXPERTS:
            examining.conclude(office, case, by=expert, findings=FULL, on=DAY, at=NOON)
        sources = tuple(source.id for source in office.case(case).state.applied.sources)
        motion = motion or Grant(FIVE, sources, Grade("A-", "KZ letter scale"))
        examining.meet(office, case, by="dean", present=MEMBERS, motion=motion, on=DAY, at=NOON)
        for member in MEMBERS:
            examining.vote(office, case, by=member, vote=Vote.IN_FAVOUR, on=DAY, at=NOON)
        examining.decide(office, case, by="dean", minutes=["Decided."], on=DAY, at=NOON)

    def enter(self, case: str) -> str:
        return recognising.enter(self.office, "aitu", case, extract="12/3", on=DAY, at=NOON).credit


@pytest.fixture
def examined(tmp_path: Path) -> Iterator[Examined]:
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "enu")
        a_unit(office)
        a_unit(office, "data-structures")
        recognising.publish_policy(
            office, "aitu", RecognitionRules(), in_force_from=DAY, reference="Council 7", at=NOON
        )
        for person in (*MEMBERS, *EXPERTS, "tutor"):
            side = Side.ADMINISTRATION if person == "rector" else Side.TEACHING
            examining.register_staff(
                office, "aitu", person=person, position=f"Position {person}", side=side, at=NOON
            )
        examining.compose(
            office, "aitu", commission="first", members=MEMBERS, reference="Order 12", on=DAY, at=NOON
        )
        for member in MEMBERS:
            examining.cast_ballot(office, "first", by=member, chair="dean", deputy="rector", on=DAY, at=NOON)
        examining.elect(office, "aitu", "first", on=DAY, at=NOON)
        yield Examined(office, a_learner(office).learner)


def test_every_act_is_signed_by_who_did_it(examined: Examined):
    office, case = examined.office, examined.apply()
    examined.grant(case)
    examined.enter(case)

    signed = [(entry.name, entry.actor) for entry in office.case(case).history.entries]
    did = {person: office.staff_signer(PersonId(person)).public.did for person in (*MEMBERS, *EXPERTS)}
    learner = office.learner_keys.signer(examined.learner).public.did
    aitu = office.signer_of(office.institution("aitu").state, NOON)[1].public.did
    assert signed == [
        ("recognition.applied.v1", learner),
        ("recognition.assigned.v1", aitu),
        *(("recognition.concluded.v1", did[expert]) for expert in EXPERTS),
        ("recognition.session_opened.v1", did["dean"]),
        *(("recognition.vote_cast.v1", did[member]) for member in MEMBERS),
        ("recognition.granted.v1", did["dean"]),
        ("recognition.entered.v1", aitu),
    ]
    assert len({*did.values(), learner, aitu}) == 8
    assert audit(office.ledger).holds


def test_the_credit_is_in_the_wallet_in_the_same_save_as_the_registrars_act(examined: Examined):
    case = examined.apply()
    examined.grant(case)
    credit = examined.enter(case)

    entered = examined.office.case(case).history.entries[-1]
    recognised = examined.office.learner(examined.learner).history.entries[-1]
    assert (entered.sequence, recognised.name) == (recognised.sequence + 1, "credit.recognised.v1")
    assert entered.recorded_at == recognised.recorded_at
    shown = showing.show_record(examined.office, examined.learner)
    assert [(line.credit, line.counts) for line in shown.credits] == [(credit, True)]


def test_the_record_counts_recognised_learning_as_the_domain_does(examined: Examined):
    office, case = examined.office, examined.apply()
    a_unit(office, "enu-calculus", institution="enu", points=5)
    foreign = awarding.award(
        office, "enu", learner=examined.learner, unit="enu-calculus", awarded_on=DAY, at=NOON
    ).credit
    examined.grant(case)
    examined.enter(case)
    course = examined.a_mooc("s1", "Calculus", 150, kind=EvidenceKind.TRANSCRIPT, credit=foreign)
    other = examined.apply(course, unit="data-structures")
    examined.grant(other)
    second = examined.enter(other)

    def agree() -> dict[CreditScheme, Decimal]:
        wallet = office.learner(examined.learner).state
        office.follower.catch_up()
        rows = record.credits_of(office.ledger.database, examined.learner)
        judged = lines(wallet.credits)
        assert [(row.credit, row.counts) for row in rows] == [
            (line.credit.id, line.counts) for line in judged
        ]
        summed = sum(
            (each.points.points for each in record.totals(office.ledger.database, examined.learner)),
            Decimal(0),
        )
        assert {CreditScheme.ECTS: summed} == totals(judged)
        return totals(judged)

    assert agree() == {CreditScheme.ECTS: Decimal(10)}
    issuing.withdraw_credit(
        office, "enu", learner=examined.learner, credit=foreign, reason="error", on=DAY, at=NOON
    )
    assert agree() == {CreditScheme.ECTS: Decimal(5)}
    withdrawn = {
        row.credit: row.withdrawn for row in record.credits_of(office.ledger.database, examined.learner)
    }
    assert withdrawn[second] == withdrawn[foreign], "what rests on it fell with it"


def test_nothing_of_what_was_learnt_can_be_read_in_the_views(examined: Examined):
    case = examined.apply()
    examined.grant(case)
    examined.enter(case)
    examined.office.follower.catch_up()

    with examined.office.ledger.database.reader() as cursor:
        dump = repr(cursor.execute("SELECT * FROM record_credits").fetchall())
        dump += repr(cursor.execute("SELECT * FROM recognition_queue").fetchall())
    assert "part 1" not in dump
    assert examined.document(b"Algorithms, part 1").sha256 not in dump


def test_once_the_learner_is_erased_nothing_of_her_case_can_be_read_and_the_ledger_holds(examined: Examined):
    office, case = examined.office, examined.apply()
    document = examined.document(b"Algorithms, part 1").sha256
    examined.grant(case)
    examined.enter(case)
    assert [each.case.id for each in recognising.show_queue(office, "aitu", on=DAY, all_cases=True)] == [case]

    office.learner_keys.destroy(examined.learner)

    assert recognising.show_queue(office, "aitu", on=DAY, all_cases=True) == []
    with pytest.raises(NotFound):
        office.case(case)
    with pytest.raises((NotFound, Erased)):
        portfolio.read(office, examined.learner, document)
    sealed = list(office.settings.portfolios.rglob("*.sealed"))
    assert sealed
    assert not any(document in path.name or b"part 1" in path.read_bytes() for path in sealed)
    assert audit(office.ledger).holds


# --- the decision as a credential -----------------------------------------------------------------------


def test_the_decision_is_carried_away_with_all_its_originals_and_passes_offline(examined: Examined):
    office, case = examined.office, examined.apply()
    examined.grant(case)
    credit = examined.enter(case)

    badge = issuing.issue_credit(office, "aitu", learner=examined.learner, credit=credit, at=NOON)

    facts = open_badges.read(json.loads(badge.document))
    decision, first, second = facts.evidence
    assert decision.genre == originals.DECISION
    assert "3 of 3 in favour" in decision.description
    assert "may be appealed until 2026-06-15" in decision.narrative
    assert (first.name, first.genre) == ("Algorithms, part 1", "mooc")
    assert "Open courses; on 2026-03-01; 90 hours; grade there: 92 (percent)" in first.description
    assert examined.document(b"Algorithms, part 2").sha256 in second.narrative
    assert (facts.grade, facts.points) == ("A-", FIVE)
    bundle = publishing.bundle(office, [badge.credential], at=NOON)
    trusted = BundleEvidence.open(bundle, LedgerEvidence(office.ledger, NOON).registries)
    assert verify(badge.document.encode(), at=NOON, evidence=trusted).passed
    altered = badge.document.replace("90 hours", "95 hours")
    assert altered != badge.document
    assert not verify(altered.encode(), at=NOON, evidence=trusted).passed


@pytest.mark.parametrize("motion", [None, Refusal("Half of the outcomes are missing", Clause.CORRESPONDENCE)])
def test_a_decision_is_a_credential_with_all_its_originals_whether_granted_or_refused(
    motion: Refusal | None, examined: Examined
):
    office, case = examined.office, examined.apply()
    with pytest.raises(WrongStage):
        recognising.certify_decision(office, case, at=NOON)
    examined.grant(case, motion)

    signed = recognising.certify_decision(office, case, at=NOON)

    document = json.loads(signed)
    decision, first, second = document["evidence"]
    said = (
        "Refused: Half of the outcomes are missing." if motion else "Granted: 5 ECTS for algorithms, grade A-"
    )
    assert decision["description"].startswith(said)
    assert "may be appealed until 2026-06-15" in document["credentialSubject"]["endorsementComment"]
    assert (first["name"], first["genre"]) == ("Algorithms, part 1", "mooc")
    assert examined.document(b"Algorithms, part 2").sha256 in second["narrative"]
    evidence = LedgerEvidence(office.ledger, NOON)
    assert verify(signed, at=NOON, evidence=evidence).passed
    altered = signed.replace(b"90 hours", b"95 hours")
    assert altered != signed
    assert not verify(altered, at=NOON, evidence=evidence).passed


def test_a_credential_of_recognised_credit_is_revoked_when_the_credit_is_withdrawn(examined: Examined):
    office, case = examined.office, examined.apply()
    examined.grant(case)
    credit = examined.enter(case)
    badge = issuing.issue_credit(office, "aitu", learner=examined.learner, credit=credit, at=NOON)

    issuing.withdraw_credit(
        office, "aitu", learner=examined.learner, credit=credit, reason="appeal", on=DAY, at=NOON
    )

    assert issuing.show_credential(office, badge.credential).is_final


# --- forged acts ----------------------------------------------------------------------------------------


def _forge(examined: Examined, case: str, event: Event, signer: Signer) -> bool:
    """Whether the ledger still holds once this stands in the case, written past every decision."""
    read = examined.office.case(case)
    write = read.write(event, signer=signer, learner=examined.office.case(case).state.applied.learner)
    examined.office.ledger.save(write, at=NOON)
    return audit(examined.office.ledger).holds


def _vote(by: str) -> VoteCast:
    return VoteCast(by=PersonId(by), vote=Vote.IN_FAVOUR, cast_on=DAY)


def _conclusion(by: str) -> ExpertConcluded:
    return ExpertConcluded(by=PersonId(by), findings=FULL, sources=(source_id("s1"),), concluded_on=DAY)


FORGED: dict[str, tuple[Event, Callable[[Office, str], Signer]]] = {
    "a vote by the house": (_vote("dean"), lambda o, _: o.signer_of(o.institution("aitu").state, NOON)[1]),
    "a vote by the learner": (_vote("dean"), lambda o, learner: o.learner_keys.signer(learner)),
    "a vote by another member": (_vote("dean"), lambda o, _: o.staff_signer(PersonId("rector"))),
    "a vote of who is no member": (_vote("tutor"), lambda o, _: o.staff_signer(PersonId("tutor"))),
    "a conclusion of who is no expert": (
        _conclusion("tutor"),
        lambda o, _: o.staff_signer(PersonId("tutor")),
    ),
}


@pytest.mark.parametrize(("event", "signer"), FORGED.values(), ids=FORGED.keys())
def test_an_auditor_sees_an_act_that_is_not_signed_by_its_person(
    examined: Examined, event: Event, signer: Callable[[Office, str], Signer]
):
    case = examined.apply()
    examined.assign(case)
    assert audit(examined.office.ledger).holds

    assert not _forge(examined, case, event, signer(examined.office, examined.learner))


def test_what_a_judge_signs_herself_holds(examined: Examined):
    case = examined.apply()
    examined.assign(case)

    assert _forge(examined, case, _conclusion("lee"), examined.office.staff_signer(PersonId("lee")))


def test_an_application_in_another_learners_name_does_not_hold(examined: Examined):
    case = examined.apply()
    event = examined.office.case(case).state.applied
    stranger = a_learner(examined.office).learner
    stream = streams.of_case(event.case)
    history = examined.office.ledger.history(stream + "-copy")
    signer = examined.office.learner_keys.signer(stranger)
    examined.office.ledger.save(Write(history.stream, history, (event,), signer, stranger), at=NOON)

    assert not audit(examined.office.ledger).holds


# --- the portfolio --------------------------------------------------------------------------------------


def test_a_document_is_kept_once_and_read_as_it_was(examined: Examined):
    kept = examined.document(b"a title")

    assert examined.document(b"a title") == kept
    assert len(list(examined.office.settings.portfolios.rglob("*.sealed"))) == 1
    found = portfolio.read(examined.office, examined.learner, kept.sha256)
    assert (found.content, found.media_type) == (PDF + b"a title", "application/pdf")


def test_a_document_changed_or_moved_on_the_disk_is_said_to_be_damaged(examined: Examined):
    first, second = examined.document(b"one"), examined.document(b"two")
    paths = sorted(examined.office.settings.portfolios.rglob("*.sealed"))
    one, two = paths[0].read_bytes(), paths[1].read_bytes()
    paths[0].write_bytes(two)
    paths[1].write_bytes(one[:-1])

    for kept in (first, second):
        with pytest.raises(DocumentDamaged):
            portfolio.read(examined.office, examined.learner, kept.sha256)


def test_a_portfolio_has_an_end(examined: Examined, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(portfolio, "MOST", 2)
    examined.document(b"one")
    examined.document(b"two")

    with pytest.raises(InvalidValue, match="full"):
        examined.document(b"three")


def test_a_document_is_of_the_type_it_says(examined: Examined):
    with pytest.raises(InvalidValue, match="image/png"):
        portfolio.keep(examined.office, examined.learner, PDF, name="a.png", media_type="image/png", at=NOON)
    with pytest.raises(InvalidValue, match="empty"):
        portfolio.keep(examined.office, examined.learner, b"", name="a.pdf", at=NOON)


def test_one_learners_documents_are_not_anothers(examined: Examined):
    kept = examined.document(b"one")
    other = a_learner(examined.office).learner

    with pytest.raises(NotFound):
        portfolio.read(examined.office, other, kept.sha256)


# --- crowds ---------------------------------------------------------------------------------------------


def test_two_cases_of_one_learning_are_entered_once(examined: Examined):
    first, second = examined.apply(), examined.apply(unit="data-structures")
    for case in (first, second):
        examined.grant(case)
    examined.enter(first)

    with pytest.raises(AlreadyRecognised):
        examined.enter(second)
    assert examined.office.case(second).state.stage is Stage.GRANTED
    with pytest.raises(WrongStage):
        examined.enter(first)


def test_an_extract_tells_what_was_decided_and_there_is_none_before(examined: Examined):
    case = examined.apply()
    with pytest.raises(WrongStage):
        recognising.show_extract(examined.office, case)
    examined.grant(case)

    extract = recognising.show_extract(examined.office, case)

    assert [source.title for source in extract.sources] == ["Algorithms, part 1", "Algorithms, part 2"]
    assert extract.decision.minutes == ("Decided.",)
