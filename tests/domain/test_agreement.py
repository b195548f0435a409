"""A learning agreement: three sign, the host assesses, home validates and recognises, and nothing is skipped."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain import agreement as agreements
from domain.achievement import Result
from domain.agreement import Agreement, Assessed, Component, Party, Stage, fold
from domain.circle import Phase
from domain.counting import lines, totals
from domain.credit import in_force
from domain.errors import (
    AlreadyAssessed,
    AlreadyAwarded,
    AlreadyProposed,
    AlreadyRecognised,
    AlreadySigned,
    AlreadyValidated,
    BrokenHistory,
    CountsInFull,
    InvalidValue,
    NotAccredited,
    NotAgreed,
    NotAssessed,
    NotFoundInAgreement,
    NotInForce,
    NotPassed,
    NotRecognised,
    NotValidated,
    Refused,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
)
from domain.event import Event
from domain.institution import Institution
from domain.memorandum import Memorandum
from domain.values import Grade, OutcomeId, Setting, UnitId
from domain.wallet import Wallet, transfer, withdraw
from tests.domain.builders import LEARNER, a_unit, a_wallet, an_award, an_institution, ects, kz
from tests.domain.test_memorandum import a_memorandum

HOME, HOST, ELSEWHERE = (an_institution(name) for name in ("aitu", "enu", "kbtu"))
UNITS = {
    unit.id: unit
    for unit in (
        a_unit("algorithmen", of="enu", points=[ects(6)]),
        a_unit("datenbanken", of="enu", points=[ects(5), kz(5)]),
        a_unit("chor", of="enu", points=[ects(2)]),
        a_unit("praktikum", of="enu", points=[ects(6)], setting=Setting.NON_FORMAL),
        a_unit("algorithms", of="aitu", points=[ects(5)]),
        a_unit("databases", of="aitu", points=[kz(5), ects(5)]),
        a_unit("kz-only", of="aitu", points=[kz(5)]),
    )
}
ALGORITHMEN, DATENBANKEN, CHOR = (UnitId(unit) for unit in ("algorithmen", "datenbanken", "chor"))
PROPOSED, START, END = date(2026, 1, 10), date(2026, 2, 1), date(2026, 6, 30)
AFTER = END + timedelta(days=10)
BOTH = (OutcomeId("lo1"), OutcomeId("lo2"))


def a_component(
    host_unit: str = "algorithmen", home_unit: str | None = "algorithms", **changed: Any
) -> Component:
    points = UNITS[UnitId(host_unit)].points[0]
    said: dict[str, Any] = {"points": points, "outcomes": BOTH, **changed}
    return Component(
        host_unit=UnitId(host_unit), home_unit=None if home_unit is None else UnitId(home_unit), **said
    )


def a_proposal(**changed: Any) -> Event:
    said: dict[str, Any] = {
        "agreement": "semester",
        "learner": LEARNER,
        "home": HOME,
        "host": HOST,
        "by": Party.LEARNER,
        "components": [a_component(), a_component("chor", None)],
        "units": UNITS,
        "starts_on": START,
        "ends_on": END,
        "proposed_on": PROPOSED,
    }
    return agreements.propose(None, **{**said, **changed})


@dataclass(frozen=True)
class Semester:
    """An agreement, and the wallet it is about, as time goes on."""

    agreement: Agreement
    wallet: Wallet
    memorandum: Memorandum | None = None

    def signed(self) -> "Semester":
        now = self
        for party in now.agreement.unsigned:
            now = now.after(agreements.sign(now.agreement, by=party, signed_on=PROPOSED))
        return now

    def after(self, *events: Event) -> "Semester":
        """Events of the agreement and of the wallet, each where it belongs."""
        now = self
        for event in events:
            if type(event).__module__ == agreements.__name__:
                now = replace(now, agreement=agreements.evolve(now.agreement, event))
            else:
                now = replace(now, wallet=now.wallet.after(event))
        return now

    def assessed(
        self, host_unit: str = "algorithmen", result: Result = Result.PASSED, **more: Any
    ) -> "Semester":
        said = {"by": HOST, "units": UNITS, "recorded_on": END, **more}
        grade = said.pop("grade", None)
        line = Assessed(
            host_unit=UnitId(host_unit), result=result, credit=f"c-{len(self.wallet.credits)}", grade=grade
        )
        transcript = agreements.record_transcript(self.agreement, self.wallet, results=[line], **said)
        return self.after(*transcript.awarded, transcript.recorded)

    def validated(self, host_unit: str = "algorithmen", **more: Any) -> "Semester":
        said = {"by": HOME, "validated_on": AFTER, **more}
        return self.after(agreements.validate(self.agreement, self.wallet, host_unit=host_unit, **said))

    def recognised(self, host_unit: str = "algorithmen", **more: Any) -> "Semester":
        home_unit = self.agreement.component(host_unit).component.home_unit
        said: dict[str, Any] = {
            "by": HOME,
            "recognised_on": AFTER,
            "credit": f"t-{len(self.wallet.credits)}",
            "home_unit": None if home_unit is None else UNITS[home_unit],
            "memorandum": self.memorandum,
            **more,
        }
        recognition = agreements.recognise(self.agreement, self.wallet, host_unit=host_unit, **said)
        return self.after(*(event for event in msgspec.structs.astuple(recognition) if event is not None))

    def left_out(self, host_unit: str = "algorithmen", **more: Any) -> "Semester":
        said = {"by": HOME, "reason": "not passed", "left_out_on": AFTER, **more}
        return self.after(agreements.leave_out(self.agreement, self.wallet, host_unit=host_unit, **said))

    def changed(
        self, drops: tuple[str, ...] = (), adds: tuple[Component, ...] = (), **more: Any
    ) -> "Semester":
        said: dict[str, Any] = {"by": Party.HOST, "reason": "no places", "proposed_on": START, **more}
        return self.after(
            agreements.propose_change(
                self.agreement,
                drops=[UnitId(unit) for unit in drops],
                adds=adds,
                units=UNITS,
                home=HOME,
                host=HOST,
                **said,
            )
        )


def proposed(**changed: Any) -> Semester:
    return Semester(fold([a_proposal(**changed)]), a_wallet())


def agreed(**changed: Any) -> Semester:
    return proposed(**changed).signed()


def under_a_memorandum(**changed: Any) -> Semester:
    memorandum = a_memorandum(partners=[HOME, HOST], **changed)
    return replace(agreed(memorandum=memorandum), memorandum=memorandum)


# --- before ---------------------------------------------------------------------------------------------


def test_it_is_agreed_when_the_three_have_signed():
    now = proposed(by=Party.HOME)
    stages = [now.agreement.stage]
    for party in (Party.HOST, Party.LEARNER):
        now = now.after(agreements.sign(now.agreement, by=party, signed_on=START))
        stages.append(now.agreement.stage)

    assert stages == [Stage.PROPOSED, Stage.PROPOSED, Stage.AGREED]
    with pytest.raises(AlreadySigned):
        agreements.sign(now.agreement, by=Party.HOME, signed_on=START)


def test_one_who_declines_is_enough():
    now = proposed()
    now = now.after(agreements.decline(now.agreement, by=Party.HOST, reason="full", declined_on=START))

    assert now.agreement.stage is Stage.DECLINED
    with pytest.raises(NotInForce, match="declined on 2026-02-01: full"):
        agreements.sign(now.agreement, by=Party.HOME, signed_on=START)


def test_what_all_have_signed_is_no_longer_declined():
    with pytest.raises(AlreadySigned):
        agreements.decline(agreed().agreement, by=Party.HOME, reason="second thoughts", declined_on=START)


BAD_PROPOSALS: dict[str, tuple[type[Refused], dict[str, Any]]] = {
    "home is the host": (InvalidValue, {"host": HOME}),
    "an end before the beginning": (InvalidValue, {"ends_on": START - timedelta(days=1)}),
    "nothing to study": (InvalidValue, {"components": []}),
    "a unit twice": (InvalidValue, {"components": [a_component(), a_component(home_unit=None)]}),
    "two for one unit of home's": (InvalidValue, {"components": [a_component(), a_component("chor")]}),
    "a unit of home's, studied elsewhere": (
        WrongInstitution,
        {"components": [a_component("algorithms", None)]},
    ),
    "a host's unit to be replaced": (WrongInstitution, {"components": [a_component(home_unit="chor")]}),
    "learning that is not formal": (WrongDoor, {"components": [a_component("praktikum")]}),
    "points the host does not give": (UnlikeCredits, {"components": [a_component(points=kz(5))]}),
    "more points than it is worth": (InvalidValue, {"components": [a_component(points=ects(7))]}),
    "points that home's unit has not": (UnlikeCredits, {"components": [a_component(home_unit="kz-only")]}),
    "no outcomes": (InvalidValue, {"components": [a_component(outcomes=())]}),
    "outcomes of another unit": (InvalidValue, {"components": [a_component(outcomes=(OutcomeId("lo9"),))]}),
    "others' memorandum": (InvalidValue, {"memorandum": a_memorandum(partners=[HOME, ELSEWHERE], by=HOME)}),
    "a host that may not award": (NotAccredited, {"host": an_institution("enu", accredited=False)}),
    "a home that may not count it": (NotAccredited, {"home": an_institution("aitu", accredited=False)}),
    "an id with a slash": (InvalidValue, {"agreement": "a/b"}),
}


@pytest.mark.parametrize(("refusal", "changed"), BAD_PROPOSALS.values(), ids=BAD_PROPOSALS)
def test_what_cannot_be_agreed_is_refused_when_it_is_proposed(
    refusal: type[Refused], changed: dict[str, Any]
):
    with pytest.raises(refusal):
        a_proposal(**changed)


def test_an_id_is_used_once():
    with pytest.raises(AlreadyProposed):
        agreements.propose(
            agreed().agreement,
            agreement="semester",
            learner=LEARNER,
            home=HOME,
            host=HOST,
            by=Party.HOME,
            components=[a_component()],
            units=UNITS,
            starts_on=START,
            ends_on=END,
            proposed_on=PROPOSED,
        )


# --- during ---------------------------------------------------------------------------------------------


def test_a_change_counts_once_the_three_have_signed_it():
    waiting = agreed().changed(("chor",), (a_component("datenbanken", "databases"),))
    done = waiting.signed()

    assert list(waiting.agreement.components) == ["algorithmen", "chor"]
    assert waiting.agreement.unsigned == (Party.LEARNER, Party.HOME)
    assert list(done.agreement.components) == ["algorithmen", "datenbanken"]
    assert (done.agreement.change, done.agreement.changes) == (None, 1)


def test_a_component_may_be_replaced_by_another_of_the_same_unit():
    done = agreed().changed(("algorithmen",), (a_component(home_unit=None),)).signed()

    assert done.agreement.component("algorithmen").component.home_unit is None


def test_a_change_that_is_declined_leaves_all_as_it_was():
    before = agreed()
    waiting = before.changed(("chor",))
    declined = waiting.after(
        agreements.decline(waiting.agreement, by=Party.LEARNER, reason="I sing", declined_on=START)
    )

    assert declined.agreement == msgspec.structs.replace(before.agreement, changes=1)


BAD_CHANGES: dict[str, tuple[type[Refused], Callable[[], Semester]]] = {
    "before it is agreed": (NotAgreed, lambda: proposed().changed(("chor",))),
    "while another is open": (AlreadyProposed, lambda: agreed().changed(("chor",)).changed(("algorithmen",))),
    "no change at all": (InvalidValue, lambda: agreed().changed()),
    "nothing left": (InvalidValue, lambda: agreed().changed(("chor", "algorithmen"))),
    "a component it has not": (NotFoundInAgreement, lambda: agreed().changed(("datenbanken",))),
    "one it has already": (InvalidValue, lambda: agreed().changed((), (a_component("chor", None),))),
    "after the result": (AlreadyAssessed, lambda: agreed().assessed().changed(("algorithmen",))),
    "after it was left out": (AlreadyAssessed, lambda: agreed().left_out("chor").changed(("chor",))),
}


@pytest.mark.parametrize(("refusal", "act"), BAD_CHANGES.values(), ids=BAD_CHANGES)
def test_changes_that_are_refused(refusal: type[Refused], act: Callable[[], Semester]):
    with pytest.raises(refusal):
        act()


# --- after: the chain -----------------------------------------------------------------------------------


def test_assessment_validation_recognition_and_transfer_follow_one_another():
    grade = Grade("1.7", "German")
    now = agreed().assessed(grade=grade).validated().recognised()

    standing = now.agreement.component("algorithmen")
    assert standing.recognised is not None
    line = now.wallet.credit(standing.recognised.counted_as)
    assert (line.institution, line.unit, line.points) == ("aitu", "algorithms", ects(6))
    assert (line.grade, line.agreement) == (grade, "agreement/semester")
    assert totals(lines(now.wallet.credits, at=HOME.id)) == {ects(6).scheme: ects(6).points}


def test_every_component_decided_completes_it():
    now = agreed().assessed().validated().recognised()
    done = now.assessed("chor", Result.FAILED).left_out("chor")

    assert (now.agreement.stage, done.agreement.stage) == (Stage.AGREED, Stage.COMPLETED)


def test_a_memorandum_in_force_validates_in_the_same_act():
    now = under_a_memorandum().assessed().recognised()

    validated = now.agreement.component("algorithmen").validated
    assert validated is not None
    assert validated.memorandum == "exchange"


NOT_COVERED: dict[str, Callable[[], Semester]] = {
    "no memorandum": lambda: agreed(),
    "one that is over": lambda: under_a_memorandum(valid_until=END),
    "one that is not signed": lambda: under_a_memorandum(signed=False),
    "one that the agreement does not name": lambda: replace(
        agreed(), memorandum=a_memorandum(partners=[HOME, HOST])
    ),
    "another than it names": lambda: replace(
        under_a_memorandum(), memorandum=a_memorandum(partners=[HOME, HOST], memorandum="other")
    ),
}


@pytest.mark.parametrize("semester", NOT_COVERED.values(), ids=NOT_COVERED)
def test_without_a_memorandum_that_covers_it_there_is_no_recognition_without_validation(
    semester: Callable[[], Semester],
):
    assessed = semester().assessed()

    with pytest.raises(NotValidated):
        assessed.recognised()
    assert assessed.validated().recognised().agreement.component("algorithmen").recognised is not None


def withdrawn(semester: Semester, credit: str = "c-0", by: Institution = HOST) -> Semester:
    return semester.after(withdraw(semester.wallet, credit, by=by, reason="in error", on=AFTER))


def showing_one_outcome(semester: Semester) -> Semester:
    """The host's credit is for less than the whole unit."""
    partial = msgspec.structs.replace(
        an_award("c-0", unit="algorithmen", by="enu", on=END), outcomes=(OutcomeId("lo1"),)
    )
    return semester.after(partial)


CHAIN: dict[str, tuple[type[Refused], Callable[[], Semester]]] = {
    "a transcript before it is agreed": (NotAgreed, lambda: proposed().assessed()),
    "home's transcript": (WrongInstitution, lambda: agreed().assessed(by=HOME)),
    "a result of what is not in it": (NotFoundInAgreement, lambda: agreed().assessed("datenbanken")),
    "a result of what is being changed": (NotAgreed, lambda: agreed().changed(("chor",)).assessed("chor")),
    "a second pass": (AlreadyAssessed, lambda: agreed().assessed().assessed()),
    "a failure after a pass": (AlreadyAssessed, lambda: agreed().assessed().assessed(result=Result.FAILED)),
    "validated before it is assessed": (NotAssessed, lambda: agreed().validated()),
    "validated though it was failed": (
        NotPassed,
        lambda: agreed().assessed(result=Result.FAILED).validated(),
    ),
    "validated by the host": (WrongInstitution, lambda: agreed().assessed().validated(by=HOST)),
    "validated twice": (AlreadyValidated, lambda: agreed().assessed().validated().validated()),
    "validated before the assessment": (
        InvalidValue,
        lambda: agreed().assessed().validated(validated_on=END - timedelta(days=1)),
    ),
    "validated though withdrawn": (NotInForce, lambda: withdrawn(agreed().assessed()).validated()),
    "validated though an outcome is missing": (
        NotValidated,
        lambda: showing_one_outcome(agreed()).assessed().validated(),
    ),
    "an outcome missing under a memorandum": (
        NotValidated,
        lambda: showing_one_outcome(under_a_memorandum()).assessed().recognised(),
    ),
    "recognised before it is assessed": (NotAssessed, lambda: agreed().recognised()),
    "recognised by a stranger": (
        WrongInstitution,
        lambda: agreed().assessed().validated().recognised(by=ELSEWHERE),
    ),
    "recognised twice": (
        AlreadyRecognised,
        lambda: agreed().assessed().validated().recognised().recognised(),
    ),
    "recognised though withdrawn": (
        NotInForce,
        lambda: withdrawn(agreed().assessed().validated()).recognised(),
    ),
    "recognised for a unit held already": (
        AlreadyAwarded,
        lambda: agreed().after(an_award("own", unit="algorithms")).assessed().validated().recognised(),
    ),
    "passed and left out": (CountsInFull, lambda: agreed().assessed().left_out()),
    "validated and left out": (CountsInFull, lambda: agreed().assessed().validated().left_out()),
    "left out while it may be passed": (NotAssessed, lambda: agreed().left_out(left_out_on=END)),
    "left out after recognition": (
        AlreadyRecognised,
        lambda: agreed().assessed().validated().recognised().left_out(),
    ),
    "left out twice": (AlreadyRecognised, lambda: agreed().left_out().left_out()),
    "left out by the host": (WrongInstitution, lambda: agreed().left_out(by=HOST)),
    "another grade than awarded": (
        InvalidValue,
        lambda: (
            agreed()
            .after(an_award("c-0", unit="algorithmen", by="enu"))
            .assessed(grade=Grade("D", "kz-letter"))
        ),
    ),
    "other points than agreed": (
        InvalidValue,
        lambda: agreed().after(an_award("c-0", unit="algorithmen", by="enu", points=ects(3))).assessed(),
    ),
}


@pytest.mark.parametrize(("refusal", "act"), CHAIN.values(), ids=CHAIN)
def test_no_act_of_the_chain_is_skipped_or_anothers(refusal: type[Refused], act: Callable[[], Semester]):
    with pytest.raises(refusal):
        act()


MAY_BE_LEFT_OUT: dict[str, Callable[[], Semester]] = {
    "failed": lambda: agreed().assessed(result=Result.FAILED),
    "not assessed by the end": agreed,
    "withdrawn by the host": lambda: withdrawn(agreed().assessed()),
    "an outcome missing": lambda: showing_one_outcome(agreed()).assessed(),
    "its unit earned at home": lambda: agreed().assessed().after(an_award("own", unit="algorithms")),
}


@pytest.mark.parametrize("semester", MAY_BE_LEFT_OUT.values(), ids=MAY_BE_LEFT_OUT)
def test_what_may_be_left_out(semester: Callable[[], Semester]):
    assert semester().left_out().agreement.component("algorithmen").left_out is not None


def test_what_was_failed_may_be_passed_later_and_then_counts():
    now = agreed().assessed(result=Result.FAILED).left_out().assessed(recorded_on=AFTER)

    assert now.agreement.component("algorithmen").left_out is None
    assert now.validated().recognised().agreement.component("algorithmen").settled


def test_credit_that_the_host_had_awarded_before_is_not_awarded_again():
    now = agreed().after(an_award("before", unit="algorithmen", by="enu")).assessed()

    assert list(now.wallet.credits) == ["before"]
    assert now.agreement.component("algorithmen").result is not None


def test_what_home_counts_already_is_recognised_without_a_second_line():
    semester = agreed().assessed().validated()
    beside = transfer(
        semester.wallet, "c-0", to=HOME, credit="beside", agreement="on paper", transferred_on=AFTER
    )

    now = semester.after(beside).recognised()

    recognised = now.agreement.component("algorithmen").recognised
    assert recognised is not None
    assert recognised.counted_as == "beside"
    assert len(now.wallet.credits) == 2


def test_a_line_withdrawn_at_home_in_error_may_be_recognised_again():
    now = agreed().assessed().validated().recognised()
    again = withdrawn(now, "t-1", by=HOME).recognised()

    assert in_force(again.wallet.credit("t-2"), again.wallet.credits)


def test_a_credit_that_an_agreement_is_about_is_not_transferred_beside_it():
    now = agreed().assessed()
    credit = now.wallet.credit("c-0")

    with pytest.raises(NotRecognised):
        agreements.refuse_transfer_past([now.agreement], credit, HOME.id)
    agreements.refuse_transfer_past([now.agreement], credit, ELSEWHERE.id)
    agreements.refuse_transfer_past([now.validated().recognised().agreement], credit, HOME.id)
    agreements.refuse_transfer_past([proposed().agreement], credit, HOME.id)


def test_a_history_that_speaks_of_what_is_not_agreed_is_broken():
    semester = agreed().assessed("chor").validated("chor")
    validated = semester.agreement.component("chor").validated
    assert validated is not None

    with pytest.raises(BrokenHistory):
        agreements.evolve(proposed(components=[a_component()]).agreement, validated)
    with pytest.raises(BrokenHistory):
        agreements.evolve(None, validated)


def test_the_quality_circle_goes_round_in_turn():
    now = agreed()
    for phase in (*Phase, Phase.PLANNING):
        now = now.after(
            agreements.record_phase(
                now.agreement, by=Party.LEARNER, phase=phase, findings=f"{phase} went well", recorded_on=END
            )
        )

    assert [(each.phase, each.round) for each in now.agreement.circle][-2:] == [
        (Phase.REVIEW, 1),
        (Phase.PLANNING, 2),
    ]
    with pytest.raises(InvalidValue, match="comes the implementation"):
        agreements.record_phase(
            now.agreement, by=Party.HOME, phase=Phase.REVIEW, findings="early", recorded_on=END
        )


# --- in any order ---------------------------------------------------------------------------------------

Act = Callable[[Semester, date], Semester]
_units = st.sampled_from(["algorithmen", "chor", "datenbanken"])
_institutions = st.sampled_from([HOME, HOST, ELSEWHERE])


def _signing(party: Party) -> Act:
    return lambda now, on: now.after(agreements.sign(now.agreement, by=party, signed_on=on))


def _declining(party: Party) -> Act:
    return lambda now, on: now.after(agreements.decline(now.agreement, by=party, reason="no", declined_on=on))


def _changing(unit: str, party: Party) -> Act:
    def act(now: Semester, on: date) -> Semester:
        there = UnitId(unit) in now.agreement.components
        adds = () if there else (a_component(unit, None),)
        return now.changed((unit,) if there else (), adds, by=party, proposed_on=on)

    return act


def _going_on(unit: str) -> Act:
    """What is due next for a component, by whoever's act it is."""

    def act(now: Semester, on: date) -> Semester:
        standing = now.agreement.component(unit)
        if standing.result is None:
            return now.assessed(unit, recorded_on=on)
        if standing.validated is None and now.memorandum is None:
            return now.validated(unit, validated_on=on)
        return now.recognised(unit, recognised_on=on)

    return act


acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(_going_on, st.sampled_from(["algorithmen", "chor"])),
    st.builds(_going_on, st.sampled_from(["algorithmen", "chor"])),
    st.builds(_going_on, st.sampled_from(["algorithmen", "chor"])),
    st.builds(_signing, st.sampled_from(Party)),
    st.builds(_signing, st.sampled_from(Party)),
    st.builds(_declining, st.sampled_from(Party)),
    st.builds(_changing, _units, st.sampled_from(Party)),
    st.builds(
        lambda unit, result, by: lambda now, on: now.assessed(unit, result, by=by, recorded_on=on),
        _units,
        st.sampled_from(Result),
        _institutions,
    ),
    st.builds(
        lambda unit, by: lambda now, on: now.validated(unit, by=by, validated_on=on), _units, _institutions
    ),
    st.builds(
        lambda unit, by: lambda now, on: now.recognised(unit, by=by, recognised_on=on), _units, _institutions
    ),
    st.builds(
        lambda unit, by: lambda now, on: now.left_out(unit, by=by, left_out_on=on), _units, _institutions
    ),
    st.builds(
        lambda nth, by: (
            lambda now, on: (
                withdrawn(now, list(now.wallet.credits)[nth % len(now.wallet.credits)], by)
                if now.wallet.credits
                else now
            )
        ),
        st.integers(0, 9),
        _institutions,
    ),
)


@settings(max_examples=200)
@given(st.sampled_from([under_a_memorandum, agreed, proposed]), st.lists(acts, min_size=5, max_size=25))
def test_in_whatever_order_it_is_tried_the_chain_holds(begun: Callable[[], Semester], tried: list[Act]):
    now = begun()
    on = PROPOSED
    for act in tried:
        on += timedelta(days=9)
        before = now
        try:
            now = act(now, on)
        except Refused:
            assert now is before
            continue

    agreement, wallet = now.agreement, now.wallet
    recognised = {
        standing.recognised.counted_as: standing
        for standing in agreement.components.values()
        if standing.recognised is not None
    }
    for standing in recognised.values():
        assert standing.validated is not None
        assert standing.result is not None
        assert standing.validated.credit == standing.result.credit
        assert len(agreement.signed) == len(Party)
    for line in wallet.credits.values():
        if line.source is not None and in_force(line, wallet.credits):
            assert line.agreement == "agreement/semester"
            assert recognised[line.id].component.points == line.points
    for standing in agreement.components.values():
        if (
            standing.left_out is not None
            and standing.result is not None
            and standing.result.credit is not None
        ):
            assert not in_force(wallet.credit(standing.result.credit), wallet.credits)
    counted = [line.credit.points for line in lines(wallet.credits, at=HOME.id) if line.counts]
    assert sum((points.points for points in counted), start=0) <= 13
