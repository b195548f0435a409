"""A case of recognition, rule by rule, each refusal with the clause it rests on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import msgspec
import pytest

from domain import application, commission, expertise, recognition, session, staff
from domain.achievement import Result
from domain.counting import Why, lines, totals
from domain.credit import Method, in_force
from domain.errors import (
    AgainstPolicy,
    AlreadyApplied,
    AlreadyAssessed,
    AlreadyAwarded,
    AlreadyComposed,
    AlreadyConcluded,
    AlreadyDone,
    AlreadyRecognised,
    AlreadyRegistered,
    AlreadyTransferred,
    AlreadyVoted,
    AppealRefused,
    BrokenHistory,
    ConflictOfInterest,
    EvidenceRefused,
    FiledTooLate,
    InvalidValue,
    NoCorrespondence,
    NoQuorum,
    NotAccredited,
    NotComposed,
    NotFound,
    NotFoundInWallet,
    NotInForce,
    NotOfTheCommission,
    ShareExceeded,
    TooLittleVolume,
    UnlikeCredits,
    WrongDoor,
    WrongInstitution,
    WrongLearner,
    WrongStage,
)
from domain.prior_learning import EvidenceKind
from domain.recognised import recognise
from domain.recognition import (
    Correspondence,
    Criterion,
    RecognitionGranted,
    RecognitionRefused,
    Stage,
    Vote,
    due,
    overdue,
)
from domain.recognition_policy import CLAUSES, Clause, RecognitionRules, Share
from domain.staff import Side
from domain.values import CreditScheme, Grade, PersonId, Setting, achievement_id, credit_id
from domain.wallet import assess, award_for_achievement, transfer, withdraw
from tests.domain.builders import (
    ANOTHER_LEARNER,
    LEARNER,
    a_claim,
    a_qualification,
    a_unit,
    a_wallet,
    an_assessment,
    an_award,
    an_institution,
    ects,
    kz,
    some_evidence,
)
from tests.domain.cases import (
    ASSIGNED,
    CONCLUDED,
    ENTERED,
    EXPERTS,
    FILED,
    FULL,
    LAST_DAY,
    MEMBERS,
    MET,
    OTHER_EXPERTS,
    OTHER_MEMBERS,
    PERIOD,
    TWO_MOOCS,
    World,
    a_commission,
    a_concluded_case,
    a_document,
    a_granted_case,
    a_mooc,
    a_person,
    a_policy,
    apply,
    people,
)

YES, NO, NEITHER = Vote.IN_FAVOUR, Vote.AGAINST, Vote.ABSTAINED


def refused_by(kind: type[AgainstPolicy], clause: Clause, act: Callable[[], object]) -> None:
    """The act is refused, and the refusal names the clause."""
    with pytest.raises(kind) as refused:
        act()
    assert refused.value.clause == CLAUSES[clause]
    assert CLAUSES[clause] in str(refused.value)


# --- the application ------------------------------------------------------------------------------------


def test_an_application_on_the_tenth_working_day_before_the_period_is_in_time():
    assert apply(on=LAST_DAY).case.stage is Stage.FILED


def test_an_application_nine_working_days_before_the_period_is_refused_by_the_clause():
    with pytest.raises(FiledTooLate, match=r"9 working days before the period.*544/322"):
        apply(on=date(2026, 8, 19))
    refused_by(FiledTooLate, Clause.FILED_IN_TIME, lambda: apply(on=PERIOD))


def test_the_documents_are_due_at_the_experts_three_working_days_after():
    filed = apply(on=date(2026, 8, 14))  # a Friday

    assert filed.case.applied.documents_due == date(2026, 8, 19)
    assert overdue(filed.case, date(2026, 8, 19)) is None
    late = overdue(filed.case, date(2026, 8, 20))
    assert late is not None
    assert "have not gone" in late.what


EVIDENCE_THAT_IS_NOT: dict[str, tuple[Clause, dict[str, object]]] = {
    "no document at all": (Clause.PAPERS, {"documents": ()}),
    "a diploma without its supplement": (Clause.PAPERS, {"kind": EvidenceKind.DIPLOMA}),
    "a diploma shown twice as its own supplement": (
        Clause.PAPERS,
        {"kind": EvidenceKind.DIPLOMA, "documents": (a_document("a.pdf"), a_document("b.pdf"))},
    ),
    "a course of nobody": (Clause.PAPERS, {"provider": None}),
    "a course without hours": (Clause.VOLUME, {"hours": None}),
    "a professional certificate of a body nobody named": (
        Clause.EVIDENCE,
        {"kind": EvidenceKind.PROFESSIONAL_CERTIFICATE, "provider": "Uncle"},
    ),
    "a language certificate of more than two years": (
        Clause.LANGUAGE_CERTIFICATE,
        {"kind": EvidenceKind.LANGUAGE_CERTIFICATE, "achieved_on": date(2024, 8, 2)},
    ),
}


@pytest.mark.parametrize(("clause", "said"), EVIDENCE_THAT_IS_NOT.values(), ids=EVIDENCE_THAT_IS_NOT.keys())
def test_evidence_is_what_its_kind_has_to_be(clause: Clause, said: dict[str, object]):
    refused_by(EvidenceRefused, clause, lambda: apply(sources=[a_mooc(**said)]))


def test_a_language_certificate_counts_for_two_years_from_the_exam_and_needs_no_hours():
    certificate = a_mooc(
        kind=EvidenceKind.LANGUAGE_CERTIFICATE, title="IELTS", achieved_on=date(2024, 8, 3), hours=None
    )

    assert apply(sources=[certificate], on=date(2026, 8, 3)).case.stage is Stage.FILED
    leap = msgspec.structs.replace(certificate, achieved_on=date(2024, 2, 29))
    with pytest.raises(EvidenceRefused, match="until 2026-02-28"):
        apply(sources=[leap], on=date(2026, 3, 2))


def test_certificates_of_the_bodies_the_policy_names_are_taken_however_they_are_written():
    certificate = a_mooc(kind=EvidenceKind.PROFESSIONAL_CERTIFICATE, provider="  CISCO ", title="CCNA")

    assert apply(sources=[certificate], points=kz(3)).case.applied.setting is Setting.NON_FORMAL


def test_a_policy_takes_the_kinds_it_names_and_no_others():
    only = RecognitionRules(kinds=(EvidenceKind.TRANSCRIPT,))

    refused_by(EvidenceRefused, Clause.EVIDENCE, lambda: apply(rules=only))


def test_a_sports_title_is_informal_learning_and_has_no_hours_to_add():
    title = a_mooc(kind=EvidenceKind.SPORTS_TITLE, title="Master of sport", provider=None, hours=None)
    unit = a_unit("physical-education", points=[kz(2)])
    granted = a_granted_case(sources=[title], unit=unit, points=kz(2)).enter()

    assert granted.entered.setting is Setting.INFORMAL
    assert granted.entered.hours is None


def test_a_case_is_of_one_setting():
    title = a_mooc("s2", kind=EvidenceKind.SPORTS_TITLE)

    with pytest.raises(InvalidValue, match="informal and non-formal"):
        apply(sources=[a_mooc(), title])


NO_APPLICATIONS: dict[str, tuple[type[Exception], Callable[[], World]]] = {
    "nothing to recognise": (InvalidValue, lambda: apply(sources=[])),
    "one source twice": (InvalidValue, lambda: apply(sources=[a_mooc(), a_mooc()])),
    "more credit than the unit is worth": (InvalidValue, lambda: apply(points=kz(6))),
    "credit of another scheme": (UnlikeCredits, lambda: apply(points=ects(5))),
    "another institution's unit": (
        WrongInstitution,
        lambda: apply(unit=a_unit("algorithms", of="enu", points=[kz(5)])),
    ),
    "learning of tomorrow": (
        InvalidValue,
        lambda: apply(sources=[a_mooc(achieved_on=date(2026, 8, 4))]),
    ),
    "a claim of another wallet": (
        NotFoundInWallet,
        lambda: apply(sources=[a_mooc(achievement=achievement_id("a-9"))]),
    ),
    "a credit of another wallet": (
        NotFoundInWallet,
        lambda: apply(
            sources=[a_mooc(kind=EvidenceKind.TRANSCRIPT, credit=credit_id("c-9"))],
        ),
    ),
    "a claim of another setting": (
        WrongDoor,
        lambda: apply(
            a_wallet(a_claim(setting=Setting.INFORMAL)), sources=[a_mooc(achievement=achievement_id("a-1"))]
        ),
    ),
    "a scheme in which nothing is recognised": (
        UnlikeCredits,
        lambda: apply(rules=RecognitionRules(hours_per_credit={CreditScheme.ECTS: Decimal(30)})),
    ),
}


@pytest.mark.parametrize(("kind", "act"), NO_APPLICATIONS.values(), ids=NO_APPLICATIONS.keys())
def test_an_application_that_could_not_be_granted_is_refused_at_once(
    kind: type[Exception], act: Callable[[], World]
):
    with pytest.raises(kind):
        act()


def test_a_case_is_opened_once_and_needs_a_policy_in_force():
    filed = apply()
    said = {
        "case": "case-1", "to": an_institution(), "points": kz(5), "sources": TWO_MOOCS,
        "identity": a_document(), "period_from": PERIOD,
    }  # fmt: skip
    with pytest.raises(AlreadyApplied):
        application.apply(filed.case, filed.wallet, filed.unit, a_policy(), on=FILED, **said)  # type: ignore[arg-type]  # of one dict
    with pytest.raises(NotFound, match="in force"):
        application.apply(None, filed.wallet, filed.unit, a_policy(), on=date(2025, 12, 1), **said)  # type: ignore[arg-type]  # of one dict


def test_outside_formal_education_a_programme_is_filled_up_to_the_policys_share():
    quarter = RecognitionRules(most_not_formal=Share(1, 4))
    programme = a_qualification(points=kz(20), of="aitu")
    refused_by(EvidenceRefused, Clause.SHARE, lambda: apply(rules=quarter))
    assert apply(rules=quarter, qualification=programme).case.stage is Stage.FILED

    held = a_wallet(an_award("c-1", unit="other", points=kz(1), setting=Setting.INFORMAL))
    refused_by(ShareExceeded, Clause.SHARE, lambda: apply(held, rules=quarter, qualification=programme))
    formal = a_wallet(an_award("c-1", unit="other", points=kz(1)))
    assert apply(formal, rules=quarter, qualification=programme).case.stage is Stage.FILED
    with pytest.raises(UnlikeCredits):
        apply(rules=quarter, qualification=a_qualification(points=ects(20)))


# --- the commission -------------------------------------------------------------------------------------


NO_COMMISSIONS = {
    "an even number": ("m1", "m2", "m3", "m4"),
    "one alone": ("m1",),
    "nine, where seven are the most": tuple(f"m{n}" for n in range(9)),
}


@pytest.mark.parametrize("members", NO_COMMISSIONS.values(), ids=NO_COMMISSIONS.keys())
def test_a_commission_has_an_odd_number_of_members_and_at_most_seven(members: tuple[str, ...]):
    refused_by(NotComposed, Clause.COMPOSITION, lambda: a_commission(members=members))


def _composed_of(members: list[staff.Person]) -> object:
    return commission.compose(
        None,
        RecognitionRules(),
        commission="c",
        by=an_institution(),
        members=members,
        reference="1",
        on=FILED,
    )


def test_a_commission_is_of_the_administration_and_of_the_teaching_staff_of_its_institution():
    teachers = [a_person(member) for member in ("m1", "m2", "m3")]
    refused_by(NotComposed, Clause.COMPOSITION, lambda: _composed_of(teachers))
    with pytest.raises(WrongInstitution):
        _composed_of([a_person("m1", Side.ADMINISTRATION), a_person("m2"), a_person("m3", of="enu")])
    with pytest.raises(InvalidValue):
        _composed_of([*people(("m1", "m2")), a_person("m2")])


def test_chair_and_deputy_are_elected_by_open_majority_of_all_members():
    state, rules, by = a_commission(elected=False), RecognitionRules(), an_institution()
    for member in ("m1", "m2"):
        ballot = commission.cast_ballot(state, by=member, chair="m1", deputy="m2", on=FILED)
        state = commission.evolve(state, ballot)
    refused_by(NotComposed, Clause.OFFICERS, lambda: commission.elect(state, rules, by=by, on=FILED))

    third = commission.cast_ballot(state, by="m3", chair="m1", deputy="m2", on=FILED)
    elected = commission.elect(commission.evolve(state, third), rules, by=by, on=FILED)
    assert (elected.chair, elected.deputy) == ("m1", "m2")


def test_a_ballot_may_be_cast_anew_until_the_election_is_over():
    state = a_commission(elected=False)
    for chair in ("m1", "m2"):
        state = commission.evolve(
            state, commission.cast_ballot(state, by="m1", chair=chair, deputy="m3", on=FILED)
        )
    assert state.ballots[PersonId("m1")].chair == "m2"

    over = a_commission()
    for act in (
        lambda: commission.cast_ballot(over, by="m1", chair="m1", deputy="m2", on=FILED),
        lambda: commission.elect(over, RecognitionRules(), by=an_institution(), on=FILED),
        lambda: commission.compose(
            over, RecognitionRules(), commission="c", by=an_institution(), members=[], reference="1", on=FILED
        ),
    ):
        with pytest.raises(AlreadyComposed):
            act()


def test_a_ballot_is_a_members_for_two_members_of_the_commission():
    state = a_commission(elected=False)
    for by, chair, deputy in (("x", "m1", "m2"), ("m1", "x", "m2"), ("m1", "m2", "x")):
        with pytest.raises(NotOfTheCommission):
            commission.cast_ballot(state, by=by, chair=chair, deputy=deputy, on=FILED)
    with pytest.raises(InvalidValue):
        commission.cast_ballot(state, by="m1", chair="m2", deputy="m2", on=FILED)
    with pytest.raises(InvalidValue):
        commission.cast_ballot(state, by="m1", chair="m2", deputy="m3", on=date(2026, 1, 1))
    with pytest.raises(WrongInstitution):
        commission.elect(state, RecognitionRules(), by=an_institution("enu"), on=FILED)


def test_a_member_of_staff_is_registered_once_and_spoken_for_by_her_institution():
    person = a_person("m1")
    with pytest.raises(AlreadyRegistered):
        staff.register(
            person,
            person="m1",
            by=an_institution(),
            position="Dean",
            side=Side.TEACHING,
            key=person.key_multikey,
        )
    with pytest.raises(WrongInstitution):
        staff.revise(person, by=an_institution("enu"), position="Dean", side=Side.TEACHING)
    revised = staff.evolve(
        person,
        staff.revise(person, by=an_institution(), position="Rector", side=Side.ADMINISTRATION, teaches=["x"]),
    )
    assert (revised.side, revised.teaches, revised.key_multikey) == (
        Side.ADMINISTRATION,
        ("x",),
        person.key_multikey,
    )


# --- experts --------------------------------------------------------------------------------------------


def test_the_expert_group_has_five_working_days_and_who_is_late_is_named():
    world = apply().assign(on=date(2026, 8, 5)).conclude("e1")

    assert due(world.case) == date(2026, 8, 12)
    late = overdue(world.case, date(2026, 8, 13))
    assert late is not None
    assert late.who == ("e2", "e3")
    done = world.conclude("e2", on=date(2026, 8, 20)).conclude("e3", on=date(2026, 8, 20))
    assert done.case.stage is Stage.CONCLUDED
    assert overdue(done.case, date(2027, 1, 1)) is None


def test_documents_go_to_as_many_experts_as_the_policy_says_under_a_commission_with_a_chair():
    refused_by(NotComposed, Clause.EXPERTS, lambda: apply().assign(("e1", "e2")))
    leaderless = replace(apply(), commission=a_commission(elected=False))
    refused_by(NotComposed, Clause.OFFICERS, leaderless.assign)
    with pytest.raises(InvalidValue):
        apply().assign(("e1", "e1", "e2"))
    with pytest.raises(InvalidValue, match="had not been opened"):
        apply().assign(on=date(2026, 8, 1))


def test_a_silent_expert_may_be_replaced_and_what_others_concluded_stands():
    world = apply().assign().conclude("e1").assign(("e1", "e2", "e4"))

    assert world.case.now.awaited == ("e2", "e4")
    with pytest.raises(WrongStage):
        a_concluded_case().assign()


def _assign_with(expert: staff.Person, world: World | None = None) -> object:
    world = world or apply()
    others = [a_person("e2"), a_person("e3")]
    return expertise.assign(
        world.case, world.rules, world.commission, by=world.by, experts=[expert, *others], on=ASSIGNED
    )


CONFLICTS: dict[str, Callable[[], object]] = {
    "an expert on her own course": lambda: _assign_with(a_person("e1", teaches=["algorithms"])),
    "an expert of the provider": lambda: _assign_with(
        a_person("e1", affiliations=["OPEN  university of the World"])
    ),
    "an expert whom the learner named": lambda: _assign_with(a_person("e1"), apply(close_to=["e1"])),
    "an expert who declared an interest": lambda: _assign_with(a_person("e1"), _declared("e1")),
    "a member who declared an interest": lambda: _declared("m2", a_concluded_case()).meet(),
    "a member whom the learner named": lambda: a_concluded_case(close_to=["m3"]).meet(),
}


def _declared(person: str, world: World | None = None) -> World:
    world = world or apply()
    event = expertise.declare_interest(
        world.case, by=a_person(person), relation="her supervisor", on=CONCLUDED
    )
    return world.after(event)


@pytest.mark.parametrize("act", CONFLICTS.values(), ids=CONFLICTS.keys())
def test_nobody_judges_in_her_own_cause(act: Callable[[], object]):
    refused_by(ConflictOfInterest, Clause.INDEPENDENCE, act)


def test_an_expert_who_declares_an_interest_no_longer_concludes():
    world = _declared("e1", apply().assign())

    refused_by(ConflictOfInterest, Clause.INDEPENDENCE, lambda: world.conclude("e1"))
    with pytest.raises(AlreadyDone):
        _declared("e1", world)
    with pytest.raises(WrongStage):
        _declared("m1", a_granted_case())
    with pytest.raises(WrongInstitution):
        expertise.declare_interest(world.case, by=a_person("x", of="enu"), relation="aunt", on=CONCLUDED)


NO_CONCLUSIONS: dict[str, dict[str, object]] = {
    "a criterion left out": {"findings": {Criterion.OUTCOMES: Correspondence.FULL}},
    "a source of another case": {"sources": ["s9"]},
    "correspondence that nothing shows": {"sources": []},
    "a grade for outcomes that are not there": {
        "findings": {**FULL, Criterion.OUTCOMES: Correspondence.NONE},
        "sources": [],
    },
}


@pytest.mark.parametrize("said", NO_CONCLUSIONS.values(), ids=NO_CONCLUSIONS.keys())
def test_a_conclusion_is_about_every_criterion_and_rests_on_the_cases_sources(said: dict[str, object]):
    with pytest.raises(InvalidValue):
        apply().assign().conclude("e1", **said)


def test_an_expert_concludes_once_and_nobody_else_does():
    world = apply().assign().conclude("e1")
    with pytest.raises(AlreadyConcluded):
        world.conclude("e1")
    with pytest.raises(NotOfTheCommission):
        world.conclude("e9")
    with pytest.raises(WrongStage):
        apply().conclude("e1")


# --- the meeting ----------------------------------------------------------------------------------------


def test_two_courses_match_one_discipline_together_and_not_alone():
    world = a_concluded_case()

    refused_by(TooLittleVolume, Clause.VOLUME, lambda: world.to_grant(sources=["s1"]))
    refused_by(TooLittleVolume, Clause.VOLUME, lambda: world.to_grant(sources=["s2"]))
    assert world.to_grant(sources=["s2", "s1"]).sources == ("s1", "s2")
    assert world.to_grant(kz(3), sources=["s1"]).points == kz(3), "90 hours are three credits of thirty"


def test_what_most_experts_do_not_find_cannot_be_granted():
    none = {**FULL, Criterion.OUTCOMES: Correspondence.NONE}
    world = apply().assign().conclude("e1")
    for expert in ("e2", "e3"):
        world = world.conclude(expert, findings=none, sources=[], grade=None)

    refused_by(NoCorrespondence, Clause.CORRESPONDENCE, world.to_grant)


def test_a_motion_is_part_of_what_was_asked_for():
    world = a_concluded_case(points=kz(4))
    for points, sources in ((kz(5), ["s1", "s2"]), (ects(4), ["s1", "s2"]), (kz(4), [])):
        with pytest.raises(InvalidValue):
            world.to_grant(points, sources=sources)


def test_the_commission_meets_with_a_quorum_under_its_chair_or_deputy():
    world = a_concluded_case()
    refused_by(NoQuorum, Clause.QUORUM, lambda: world.meet(present=MEMBERS[:3]))
    assert world.meet(present=MEMBERS[:4]).case.stage is Stage.IN_SESSION
    assert world.meet(present=MEMBERS[1:]).case.now.session is not None, "the deputy presides"
    with pytest.raises(NotOfTheCommission, match="presides"):
        world.meet(by="m3")
    with pytest.raises(NotOfTheCommission, match="presides"):
        world.meet(present=MEMBERS, by="m2")
    with pytest.raises(NotOfTheCommission, match="no member"):
        world.meet(present=(*MEMBERS, "e1"))
    with pytest.raises(InvalidValue):
        world.meet(on=ASSIGNED)


def test_the_commission_waits_for_every_expert_and_meets_once():
    world = apply().assign().conclude("e1")
    with pytest.raises(WrongStage, match="e2, e3"):
        world.meet(session.to_refuse(reason="Too early.", clause=Clause.EVIDENCE))
    with pytest.raises(WrongStage):
        a_concluded_case().meet().meet()
    strangers = replace(a_concluded_case(), commission=a_commission("c-other"))
    with pytest.raises(NotOfTheCommission):
        strangers.meet()


def test_a_member_votes_once_and_only_where_she_is_present():
    world = a_concluded_case().meet(present=MEMBERS[:4]).vote(YES)
    with pytest.raises(AlreadyVoted):
        world.after(session.vote(world.case, by=a_person("m1"), vote=NO, on=MET))
    with pytest.raises(NotOfTheCommission):
        session.vote(world.case, by=a_person("m5"), vote=YES, on=MET)
    with pytest.raises(InvalidValue):
        session.vote(world.case, by=a_person("m2"), vote=YES, on=ASSIGNED)
    with pytest.raises(WrongStage):
        session.vote(apply().case, by=a_person("m2"), vote=YES, on=MET)


VOTES: dict[str, tuple[list[Vote], bool]] = {
    "all in favour": ([YES] * 5, True),
    "three of five": ([YES, YES, YES, NO, NO], True),
    "two of five": ([YES, YES, NO, NO, NEITHER], False),
    "half of those present": ([YES, YES, NO, NO], False),
    "more in favour than against, and not of those present": ([YES, YES, NO, NEITHER, NEITHER], False),
}


@pytest.mark.parametrize(("votes", "granted"), VOTES.values(), ids=VOTES.keys())
def test_the_majority_is_of_the_members_who_take_part_in_the_meeting(votes: list[Vote], granted: bool):
    decided = a_concluded_case().meet(present=MEMBERS[: len(votes)]).vote(*votes).decide()

    assert decided.case.stage is (Stage.GRANTED if granted else Stage.REFUSED)
    decision = decided.case.now.decision
    if isinstance(decision, RecognitionRefused):
        assert (decision.clause, decision.cited) == (Clause.MAJORITY, CLAUSES[Clause.MAJORITY])


def test_a_refusal_says_why_and_by_which_clause():
    motion = session.to_refuse(reason="Part 2 repeats part 1.", clause=Clause.CORRESPONDENCE)
    decided = a_concluded_case().meet(motion).vote(*[YES] * 5).decide().case.now.decision

    assert isinstance(decided, RecognitionRefused)
    assert (decided.reason, decided.cited) == ("Part 2 repeats part 1.", CLAUSES[Clause.CORRESPONDENCE])


def test_a_motion_to_refuse_without_its_majority_decides_nothing_and_another_may_be_moved():
    motion = session.to_refuse(reason="Part 2 repeats part 1.", clause=Clause.CORRESPONDENCE)
    world = a_concluded_case().meet(motion).vote(*[NO] * 5)
    with pytest.raises(WrongStage, match="meets again"):
        world.decide()

    again = world.meet()
    assert not again.case.now.votes, "the votes are on another motion"
    assert again.vote(*[YES] * 5).decide().case.stage is Stage.GRANTED


def test_a_decision_waits_for_every_vote_has_minutes_and_is_declared_by_who_presided():
    world = a_concluded_case().meet()
    with pytest.raises(WrongStage, match="m5"):
        world.vote(*[YES] * 4).decide()
    voted = world.vote(*[YES] * 5)
    with pytest.raises(NotOfTheCommission):
        voted.decide(by="m2")
    with pytest.raises(InvalidValue):
        voted.decide(on=CONCLUDED)
    for minutes in ([], [""], ["x"] * 101):
        with pytest.raises(InvalidValue):
            session.decide(voted.case, voted.rules, by=a_person("m1"), minutes=minutes, on=MET)
    with pytest.raises(WrongStage):
        session.decide(apply().case, voted.rules, by=a_person("m1"), minutes=["x"], on=MET)


# --- the transcript -------------------------------------------------------------------------------------


def test_what_is_entered_keeps_every_original_and_takes_the_place_of_the_unit():
    world = a_granted_case().enter()
    entered, line = world.entered, world.wallet.credit("r-1")

    assert world.case.stage is Stage.ENTERED
    assert (entered.points, entered.setting, entered.method) == (kz(5), Setting.NON_FORMAL, Method.COMMISSION)
    assert (entered.hours, entered.grade) == (Decimal(150), Grade("A-", "KZ letter scale"))
    assert [(source.title, source.grade) for source in entered.sources] == [
        ("Algorithms, part 1", Grade("92", "percent")),
        ("Algorithms, part 2", Grade("92", "percent")),
    ]
    assert all(source.documents and source.points for source in entered.sources)
    assert entered.case == "case-1"
    assert "5 of 5 in favour" in entered.ground
    assert line.outcomes == world.unit.outcome_ids


def test_only_what_was_granted_is_entered_once_in_the_learners_own_wallet():
    with pytest.raises(WrongStage):
        a_concluded_case().enter()
    with pytest.raises(WrongStage):
        a_concluded_case().meet().vote(*[NO] * 5).decide().enter()
    with pytest.raises(WrongStage):
        a_granted_case().enter().enter("r-2")
    with pytest.raises(InvalidValue):
        a_granted_case().enter(on=CONCLUDED)
    with pytest.raises(WrongLearner):
        replace(a_granted_case(), wallet=a_wallet(learner=ANOTHER_LEARNER)).enter()
    with pytest.raises(WrongInstitution):
        replace(a_granted_case(), by=an_institution("enu")).enter()
    with pytest.raises(NotAccredited):
        replace(a_granted_case(), by=an_institution(accredited=False)).enter()


# --- once, by whichever door ----------------------------------------------------------------------------


def test_the_same_source_is_not_recognised_twice_however_it_is_shown():
    held = a_granted_case().enter().wallet
    other = a_unit("data-structures", points=[kz(3)])
    again = {
        "the same course": a_mooc(),
        "another scan of it": a_mooc(documents=(a_document("scan.pdf", "ee"),), title="ALGORITHMS,  Part 1"),
        "the same scan under another name": a_mooc(title="Something else", documents=TWO_MOOCS[0].documents),
    }
    for source in again.values():
        with pytest.raises(AlreadyRecognised):
            apply(held, sources=[source], unit=other, points=kz(3), case="case-2")
    assert apply(held, sources=[a_mooc(title="Graphs")], unit=other, points=kz(3), case="case-2")


def test_many_courses_of_one_transcript_are_not_one_course():
    def course(title: str) -> object:
        return a_mooc(
            kind=EvidenceKind.TRANSCRIPT, title=title, documents=(a_document("transcript.pdf", "77"),)
        )

    held = a_granted_case(sources=[course("Calculus")], points=kz(3)).enter().wallet
    other = a_unit("statistics", points=[kz(3)])

    assert apply(held, sources=[course("Statistics")], unit=other, points=kz(3), case="case-2")
    with pytest.raises(AlreadyRecognised):
        apply(held, sources=[course("Calculus")], unit=other, points=kz(3), case="case-2")


def test_a_unit_is_recognised_or_awarded_once():
    held = a_wallet(an_award("c-1", unit="algorithms", points=kz(5)))

    with pytest.raises(AlreadyAwarded):
        apply(held)


def test_a_claim_that_was_recognised_carries_no_credit_by_the_other_door_and_is_not_assessed_anew():
    claimed = a_wallet(a_claim(), an_assessment(unit=None))
    source = a_mooc(achievement=achievement_id("a-1"))
    held = a_granted_case(wallet=claimed, sources=[source], points=kz(3)).enter().wallet
    said = {"by": an_institution(), "learner": LEARNER, "awarded_on": ENTERED}

    with pytest.raises(AlreadyRecognised):
        award_for_achievement(
            held,
            a_unit(points=[kz(3)]),
            achievement="a-1",
            credit="c-2",
            points=kz(3),
            **said,  # type: ignore[arg-type]  # of one dict
        )
    with pytest.raises(AlreadyAssessed):
        assess(
            held,
            achievement="a-1",
            by=an_institution(),
            result=Result.FAILED,
            assessed_on=ENTERED,
        )
    freed = held.after(withdraw(held, "r-1", by=an_institution(), reason="appeal", on=ENTERED))
    assert assess(freed, achievement="a-1", by=an_institution(), result=Result.FAILED, assessed_on=ENTERED)


def test_a_document_that_carried_credit_as_a_claim_is_not_recognised_again():
    credited = a_wallet(
        a_claim(), an_assessment(), an_award("c-1", setting=Setting.NON_FORMAL, achievement="a-1")
    )

    with pytest.raises(AlreadyRecognised):
        apply(credited, sources=[a_mooc(documents=(some_evidence(),))], points=kz(3))


def test_credit_of_elsewhere_is_recognised_or_transferred_and_falls_with_its_source():
    foreign = an_award("c-1", by="enu", unit="enu-calculus", points=kz(5))
    source = a_mooc(kind=EvidenceKind.TRANSCRIPT, title="Calculus", hours=150, credit=credit_id("c-1"))
    world = a_granted_case(wallet=a_wallet(foreign), sources=[source]).enter()
    line = world.wallet.credit("r-1")

    with pytest.raises(AlreadyRecognised):
        transfer(
            world.wallet, "c-1", to=an_institution(), credit="t-1", agreement="LA", transferred_on=ENTERED
        )
    gone = world.wallet.after(
        withdraw(world.wallet, "c-1", by=an_institution("enu"), reason="error", on=ENTERED)
    )
    assert line.rests_on == ("c-1",)
    assert not in_force(gone.credit("r-1"), gone.credits)
    judged = {each.credit.id: each for each in lines(gone.credits, at=an_institution().id)}
    assert judged[credit_id("r-1")].left_out is not None
    assert judged[credit_id("r-1")].left_out.kind is Why.SOURCE_WITHDRAWN  # type: ignore[union-attr]  # just asserted
    with pytest.raises(NotInForce):
        a_granted_case(wallet=gone, sources=[source])


def test_credit_transferred_here_is_not_recognised_again():
    foreign = an_award("c-1", by="enu", unit="enu-calculus", points=kz(5))
    held = a_wallet(foreign)
    held = held.after(
        transfer(held, "c-1", to=an_institution(), credit="t-1", agreement="LA", transferred_on=FILED)
    )
    source = a_mooc(kind=EvidenceKind.TRANSCRIPT, hours=150, credit=credit_id("c-1"))

    with pytest.raises(AlreadyRecognised):
        apply(held, sources=[source])
    own = a_wallet(an_award("c-1", unit="other", points=kz(5)))
    with pytest.raises(AlreadyAwarded, match="own"):
        apply(own, sources=[source])
    with pytest.raises(AlreadyTransferred):
        transfer(held, "c-1", to=an_institution(), credit="t-2", agreement="LA", transferred_on=FILED)


def test_everything_the_learner_has_counts_recognised_learning_once():
    foreign = an_award("c-1", by="enu", unit="enu-calculus", points=kz(5))
    source = a_mooc(kind=EvidenceKind.TRANSCRIPT, hours=150, credit=credit_id("c-1"))
    wallet = a_granted_case(wallet=a_wallet(foreign), sources=[source]).enter().wallet

    assert totals(lines(wallet.credits)) == {CreditScheme.KZ: Decimal(5)}
    for institution in ("aitu", "enu"):
        assert totals(lines(wallet.credits, at=an_institution(institution).id)) == {
            CreditScheme.KZ: Decimal(5)
        }


def test_an_agreement_recognises_by_the_same_door():
    event = recognise(
        a_wallet(),
        a_unit("algorithms", points=[kz(5)]),
        by=an_institution(),
        credit="r-1",
        points=kz(5),
        sources=[a_mooc(kind=EvidenceKind.TRANSCRIPT)],
        method=Method.AGREEMENT,
        ground="Learning agreement 2026/14; credit-technology rules, clause 48",
        recognised_on=FILED,
    )

    assert (event.method, event.setting, event.case) == (Method.AGREEMENT, Setting.FORMAL, None)


def test_a_recognition_that_rests_on_a_credit_that_never_was_is_no_history():
    source = a_mooc(kind=EvidenceKind.TRANSCRIPT, hours=150, credit=credit_id("c-1"))
    foreign = a_wallet(an_award("c-1", by="enu", unit="enu-calculus", points=kz(5)))
    entered = a_granted_case(wallet=foreign, sources=[source]).enter().entered

    with pytest.raises(BrokenHistory):
        a_wallet(entered)


# --- the appeal -----------------------------------------------------------------------------------------


def _appealed(world: World | None = None, on: date = date(2026, 8, 14)) -> World:
    refused = world or a_concluded_case().meet().vote(*[NO] * 5).decide()
    return refused.after(
        application.appeal(refused.case, refused.rules, by=LEARNER, grounds="Both were full.", on=on)
    )


def test_an_appeal_goes_to_a_new_composition_with_nobody_in_common():
    world = _appealed()
    assert world.case.stage is Stage.FILED
    refused_by(ConflictOfInterest, Clause.APPEAL, lambda: world.assign(OTHER_EXPERTS, on=date(2026, 8, 17)))
    new = replace(world, commission=a_commission("c-appeal", OTHER_MEMBERS))
    refused_by(
        ConflictOfInterest, Clause.APPEAL, lambda: new.assign(("f1", "f2", "e3"), on=date(2026, 8, 17))
    )

    again = new.assign(OTHER_EXPERTS, on=date(2026, 8, 17))
    for expert in OTHER_EXPERTS:
        again = again.conclude(expert, on=date(2026, 8, 19))
    decided = (
        again.meet(on=date(2026, 8, 20)).vote(YES, YES, NO, on=date(2026, 8, 20)).decide(on=date(2026, 8, 20))
    )

    assert isinstance(decided.case.now.decision, RecognitionGranted)
    assert decided.enter(on=date(2026, 8, 21)).case.stage is Stage.ENTERED
    assert isinstance(decided.case.rounds[0].decision, RecognitionRefused), "the first stays in the history"
    with pytest.raises(AppealRefused, match="final"):
        _appealed(decided)


def test_an_appeal_is_the_learners_within_its_days_and_about_a_decision():
    refused = a_concluded_case().meet().vote(*[NO] * 5).decide()
    assert refused.case.now.decision is not None
    last = refused.case.now.decision.appeal_until
    assert last == date(2026, 8, 26)
    assert _appealed(refused, last).case.appealed is not None
    refused_by(AppealRefused, Clause.APPEAL, lambda: _appealed(refused, date(2026, 8, 27)))
    with pytest.raises(InvalidValue):
        _appealed(refused, date(2026, 8, 11))
    with pytest.raises(WrongStage):
        _appealed(a_concluded_case())
    with pytest.raises(WrongLearner):
        application.appeal(refused.case, refused.rules, by=ANOTHER_LEARNER, grounds="I object.", on=MET)


def test_after_an_appeal_what_was_entered_is_withdrawn_before_another_decision_is_entered():
    world = _appealed(a_granted_case().enter())
    again = replace(world, commission=a_commission("c-appeal", OTHER_MEMBERS)).assign(
        OTHER_EXPERTS, on=date(2026, 8, 17)
    )
    for expert in OTHER_EXPERTS:
        again = again.conclude(expert, on=date(2026, 8, 19), grade=Grade("A", "KZ letter scale"))
    day = date(2026, 8, 20)
    decided = again.meet(on=day).vote(YES, YES, YES, on=day).decide(on=day)

    with pytest.raises(AlreadyAwarded):
        decided.enter("r-2", on=day)
    freed = decided.wallet.after(withdraw(decided.wallet, "r-1", by=decided.by, reason="appeal", on=day))
    assert replace(decided, wallet=freed).enter("r-2", on=day).wallet.credit("r-2").grade == Grade(
        "A-", "KZ letter scale"
    )


def test_a_case_begins_with_its_application():
    with pytest.raises(NotFound):
        recognition.fold([])
    with pytest.raises(BrokenHistory):
        recognition.fold([a_granted_case().case.now.decision])  # type: ignore[list-item]  # it is one
    with pytest.raises(BrokenHistory):
        recognition.evolve(apply().case, apply().case.applied)


def test_the_experts_of_a_case_are_those_of_its_last_assignment():
    assert apply().assign().case.now.awaited == EXPERTS
