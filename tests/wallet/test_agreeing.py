"""Learning agreements in a ledger: who signs what, what is saved together, and what an auditor finds."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.achievement import Result
from domain.agreement import (
    AgreementSigned,
    ComponentRecognised,
    ComponentResult,
    ComponentValidated,
    Party,
    Stage,
    TranscriptRecorded,
)
from domain.circle import Phase
from domain.errors import (
    AlreadyRecognised,
    InvalidValue,
    NotAccredited,
    NotFound,
    NotInForce,
    NotRecognised,
    NotValidated,
    Refused,
    WrongInstitution,
    WrongLearner,
)
from domain.event import Event
from domain.quality import Indicator, Rate
from domain.values import CreditId, CreditPoints, CreditScheme, Grade, OutcomeId, UnitId, amount
from tests.offices import NOON, a_credit, a_learner, a_memorandum, a_unit, a_university, an_office
from wallet import agreeing, auditing, awarding, evaluating, partnering, showing
from wallet.agreeing import Acting, Line, Wanted
from wallet.ledger.ledger import Write
from wallet.office import Office

PROPOSED, START, END, AFTER = date(2026, 1, 10), date(2026, 2, 1), date(2026, 5, 20), date(2026, 5, 29)


@dataclass(frozen=True)
class Stay:
    """A learner of aitu's at the college."""

    office: Office
    learner: str
    agreement: str = "semester"

    @property
    def parties(self) -> list[Acting]:
        return [Acting(learner=self.learner), Acting(institution="aitu"), Acting(institution="college")]

    @property
    def said(self) -> dict[str, Any]:
        return {"agreement": self.agreement, "at": NOON}

    def proposed(self, **changed: Any) -> "Stay":
        said: dict[str, Any] = {
            "learner": self.learner,
            "home": "aitu",
            "host": "college",
            "components": [Wanted("algorithmen", "algorithms"), Wanted("chor")],
            "starts_on": START,
            "ends_on": END,
            "proposed_on": PROPOSED,
        }
        agreeing.propose_agreement(self.office, self.parties[0], **self.said, **{**said, **changed})
        return self

    def signed(self) -> "Stay":
        for party in self.parties[1:]:
            agreeing.sign_agreement(self.office, party, signed_on=PROPOSED, **self.said)
        return self

    def passed(self, *units: str) -> "Stay":
        lines = [Line(unit, Result.PASSED, Grade("1.7", "German")) for unit in units or ("algorithmen",)]
        agreeing.record_transcript(self.office, "college", results=lines, recorded_on=END, **self.said)
        return self

    def validated(self, unit: str = "algorithmen", by: str = "aitu") -> "Stay":
        agreeing.validate_component(self.office, by, host_unit=unit, validated_on=AFTER, **self.said)
        return self

    def recognised(self, unit: str = "algorithmen", by: str = "aitu") -> "Stay":
        agreeing.recognise_component(self.office, by, host_unit=unit, recognised_on=AFTER, **self.said)
        return self


@pytest.fixture
def stay(tmp_path: Path) -> Iterator[Stay]:
    with an_office(tmp_path) as office:
        for institution in ("aitu", "college", "enu"):
            a_university(office, institution)
        a_unit(office)
        a_unit(office, "algorithmen", institution="college")
        a_unit(office, "chor", institution="college", points=2)
        yield Stay(office, a_learner(office).learner)


def test_each_party_signs_with_its_own_key_and_the_ledger_holds(stay: Stay):
    stay.proposed().signed().passed().validated().recognised()

    read = stay.office.agreement("semester")
    actors = [entry.actor for entry in read.history.entries]
    learner, home, host = actors[:3]
    assert len({learner, home, host}) == 3
    assert actors == [learner, home, host, host, home, home]
    assert learner == showing.show_record(stay.office, stay.learner).did
    assert auditing.audit(stay.office.ledger).holds


def test_recognition_and_transfer_are_one_save_and_count_in_full(stay: Stay):
    before = stay.proposed().signed().passed().validated().office.ledger.last_sequence()
    stay.recognised()

    wallet = stay.office.learner(stay.learner)
    last = wallet.history.entries[-1]
    assert stay.office.ledger.last_sequence() == before + 2
    assert last.name == "credit.transferred.v1"
    towards = wallet.state.credits
    assert [(line.institution, str(line.points), line.agreement) for line in towards.values()] == [
        ("college", "6 ECTS", None),
        ("aitu", "6 ECTS", "agreement/semester"),
    ]


def test_everything_in_an_agreement_is_sealed_and_goes_with_the_learner(stay: Stay):
    stay.proposed().signed().passed()
    home = stay.office.settings.home
    kept = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
    assert b"algorithmen" in kept  # the unit's own description
    assert b'"host_unit"' not in kept

    stay.office.learner_keys.destroy(stay.learner)

    with pytest.raises(NotFound):
        stay.office.agreement("semester")
    assert agreeing.agreements_of(stay.office, Acting(institution="aitu")) == []
    assert auditing.audit(stay.office.ledger).holds


def test_a_memorandum_validates_in_the_same_save(stay: Stay):
    a_memorandum(stay.office)
    stay.proposed(memorandum="aitu-and-college").signed().passed()

    told = agreeing.recognise_component(
        stay.office, "aitu", host_unit="algorithmen", recognised_on=AFTER, **stay.said
    )

    assert told.validated is not None
    assert told.validated.memorandum == "aitu-and-college"
    names = [entry.name for entry in stay.office.agreement("semester").history.entries[-2:]]
    assert names == ["agreement.component_validated.v1", "agreement.component_recognised.v1"]


def test_a_memorandum_that_has_ended_validates_nothing(stay: Stay):
    a_memorandum(stay.office)
    stay.proposed(memorandum="aitu-and-college").signed().passed()
    partnering.end_memorandum(
        stay.office, "college", memorandum="aitu-and-college", reason="closed", ended_on=AFTER, at=NOON
    )

    with pytest.raises(NotValidated):
        stay.recognised()
    stay.validated().recognised()


def test_only_parties_act(stay: Stay):
    stay.proposed()
    other = a_learner(stay.office).learner

    with pytest.raises(WrongLearner):
        agreeing.sign_agreement(stay.office, Acting(learner=other), signed_on=START, **stay.said)
    with pytest.raises(WrongInstitution):
        agreeing.sign_agreement(stay.office, Acting(institution="enu"), signed_on=START, **stay.said)
    with pytest.raises(WrongInstitution):
        agreeing.propose_agreement(
            stay.office,
            Acting(institution="enu"),
            learner=stay.learner,
            home="aitu",
            host="college",
            components=[Wanted("chor")],
            starts_on=START,
            ends_on=END,
            proposed_on=PROPOSED,
            at=NOON,
        )
    with pytest.raises(WrongLearner):
        Stay(stay.office, stay.learner, "hers").proposed(learner=other)


def test_a_plain_transfer_stays_and_is_no_way_around(stay: Stay):
    credit = a_credit(stay.office, stay.learner, "chor", institution="college").credit

    def transferred(ground: str, to: str = "aitu") -> None:
        awarding.transfer(
            stay.office,
            to,
            learner=stay.learner,
            from_credit=credit,
            agreement=ground,
            transferred_on=AFTER,
            at=NOON,
        )

    stay.proposed().signed()
    with pytest.raises(NotRecognised, match="recognising that component"):
        transferred("Agreement on paper 2026/14")
    with pytest.raises(NotRecognised, match="recognising its components"):
        transferred("agreement/semester", to="enu")
    with pytest.raises(NotFound):
        transferred("agreement/nowhere", to="enu")
    with pytest.raises(InvalidValue):
        transferred("agreement/No/where", to="enu")
    with pytest.raises(NotFound):
        transferred("memorandum/nowhere", to="enu")
    a_memorandum(stay.office)
    with pytest.raises(NotInForce):
        transferred("memorandum/aitu-and-college", to="enu")
    a_memorandum(stay.office, "college-and-enu", between=("college", "enu"))
    transferred("memorandum/college-and-enu", to="enu")
    assert stay.office.learner(stay.learner).state.credits[CreditId(credit)].unit == "chor"
    assert len(stay.office.learner(stay.learner).state.credits) == 2


def test_before_all_have_signed_and_once_it_is_declined_an_agreement_binds_nobody(stay: Stay):
    credit = a_credit(stay.office, stay.learner, "chor", institution="college").credit
    stay.proposed()
    agreeing.decline_agreement(
        stay.office, Acting(institution="aitu"), reason="too late", declined_on=START, **stay.said
    )

    awarding.transfer(
        stay.office,
        "aitu",
        learner=stay.learner,
        from_credit=credit,
        agreement="On paper",
        transferred_on=AFTER,
        at=NOON,
    )

    assert stay.office.agreement("semester").state.stage is Stage.DECLINED


def test_with_a_host_that_may_not_award_there_is_no_agreement(tmp_path: Path):
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "college", accredited=False)
        a_unit(office)
        a_unit(office, "algorithmen", institution="college")
        stay = Stay(office, a_learner(office).learner)

        with pytest.raises(NotAccredited):
            stay.proposed(components=[Wanted("algorithmen", "algorithms")])
        with pytest.raises(NotFound):
            office.agreement("semester")


def test_of_a_crowd_that_recognises_one_component_one_succeeds(stay: Stay):
    stay.proposed().signed().passed().validated()
    ready = threading.Barrier(20)

    def attempt(_: int) -> bool:
        ready.wait()
        try:
            stay.recognised()
        except AlreadyRecognised:
            return False
        return True

    with ThreadPoolExecutor(20) as crowd:
        assert sum(crowd.map(attempt, range(20))) == 1
    assert len(stay.office.learner(stay.learner).state.credits) == 2


def test_where_a_unit_is_worth_two_schemes_the_component_says_which(stay: Stay):
    with pytest.raises(Refused, match="No unit is described as nowhere"):
        stay.proposed(components=[Wanted("nowhere")])
    stay.proposed(
        components=[
            Wanted("algorithmen", points=CreditPoints(CreditScheme.ECTS, amount("3")), outcomes=("lo2",))
        ]
    )

    component = stay.office.agreement("semester").state.component("algorithmen").component
    assert (str(component.points), component.outcomes) == ("3 ECTS", ("lo2",))


def test_a_change_is_signed_by_three_and_lists_show_each_party_its_own(stay: Stay):
    stay.proposed().signed()
    agreeing.propose_change(
        stay.office,
        Acting(institution="college"),
        drops=["chor"],
        reason="full",
        proposed_on=START,
        **stay.said,
    )
    for party in stay.parties[:2]:
        agreeing.sign_agreement(stay.office, party, signed_on=START, **stay.said)

    for party in stay.parties:
        [found] = agreeing.agreements_of(stay.office, party)
        assert list(found.components) == ["algorithmen"]
    assert agreeing.agreements_of(stay.office, Acting(institution="enu")) == []


def test_quality_is_computed_from_the_ledger_and_what_is_reported_stands_apart(stay: Stay):
    a_memorandum(stay.office)
    stay.proposed(memorandum="aitu-and-college").signed().passed("algorithmen", "chor")
    stay.recognised().recognised("chor")
    Stay(stay.office, a_learner(stay.office).learner, "second").proposed(
        memorandum="aitu-and-college"
    ).signed()
    agreeing.record_mobility_phase(
        stay.office, stay.parties[0], phase=Phase.PLANNING, findings="I know where to sleep", recorded_on=START,
        **stay.said,
    )  # fmt: skip
    partnering.record_partnership_phase(
        stay.office, "college", memorandum="aitu-and-college", phase=Phase.PLANNING, findings="Two places",
        recorded_on=START, at=NOON,
    )  # fmt: skip
    evaluating.report_indicator(
        stay.office, "aitu", indicator=Indicator.UNEMPLOYMENT, percent=amount("4.5"), since=date(2025, 1, 1),
        until=date(2025, 12, 31), source="Bureau of statistics", reported_on=START, at=NOON,
    )  # fmt: skip

    partnership = evaluating.quality_of_partnership(stay.office, "aitu-and-college")
    home = evaluating.quality_of_institution(stay.office, "aitu")

    assert (partnership.mobility.participants, partnership.mobility.open) == (2, 1)
    assert partnership.mobility.completed == Rate(1, 1)
    assert [noted.findings for noted in partnership.circle] == ["Two places"]
    assert stay.office.agreement("semester").state.circle[0].by == "learner"
    assert home.mobility == partnership.mobility
    assert (home.provision.participants, home.provision.completed) == (1, Rate(0, 1))
    assert [report.source for report in home.reported] == ["Bureau of statistics"]
    assert auditing.audit(stay.office.ledger).holds


# --- what an auditor finds ------------------------------------------------------------------------------


def forged(event: Event, by: str) -> Callable[[Stay], None]:
    """Past every decision, straight into the agreement's stream, signed with the key of `by`."""

    def forge(stay: Stay) -> None:
        office = stay.office
        if by == "learner":
            signer: Any = office.learner_keys.signer(stay.learner)
        else:
            _, signer = office.signer_of(office.institution(by).state, NOON)
        history = office.ledger.history("agreement/semester")
        office.ledger.save(Write(history.stream, history, [event], signer, stay.learner), at=NOON)

    return forge


_UNIT, _CREDIT = UnitId("algorithmen"), CreditId("c-1")
_RESULT = ComponentResult(host_unit=_UNIT, result=Result.PASSED, credit=_CREDIT)
FORGED = {
    "home signs for the learner": forged(
        AgreementSigned(by=Party.LEARNER, change=0, signed_on=START), by="aitu"
    ),
    "the learner signs for home": forged(
        AgreementSigned(by=Party.HOME, change=0, signed_on=START), by="learner"
    ),
    "a stranger signs": forged(AgreementSigned(by=Party.HOST, change=0, signed_on=START), by="enu"),
    "home assesses": forged(TranscriptRecorded(results=(_RESULT,), recorded_on=END), by="aitu"),
    "the learner assesses": forged(TranscriptRecorded(results=(_RESULT,), recorded_on=END), by="learner"),
    "the host validates": forged(
        ComponentValidated(host_unit=_UNIT, credit=_CREDIT, outcomes=(OutcomeId("lo1"),), validated_on=AFTER),
        by="college",
    ),
    "the host recognises": forged(
        ComponentRecognised(host_unit=_UNIT, credit=_CREDIT, counted_as=CreditId("t-1"), recognised_on=AFTER),
        by="college",
    ),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_an_auditor_finds_an_act_that_is_not_the_partys(forge: Callable[[Stay], None], stay: Stay):
    stay.proposed()

    forge(stay)

    finding = auditing.audit(stay.office.ledger).finding
    assert finding is not None
    assert (finding.stream, finding.position) == ("agreement/semester", 2)
