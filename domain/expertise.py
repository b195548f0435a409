"""The expert group: the documents reach it in time, nobody on it is a judge in her own cause, and each concludes.

Source: joint Order 544/322 of 24 October 2023 (3 working days, and 5); the rules of Astana IT University.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

from domain.commission import Commission
from domain.errors import (
    AlreadyConcluded,
    AlreadyDone,
    ConflictOfInterest,
    InvalidValue,
    NotComposed,
    NotOfTheCommission,
    WrongInstitution,
    WrongStage,
)
from domain.institution import Institution
from domain.recognition import (
    Case,
    Correspondence,
    Criterion,
    DocumentsAssigned,
    ExpertConcluded,
    InterestDeclared,
    Stage,
    conflict,
)
from domain.recognition_policy import Clause, RecognitionRules
from domain.staff import Person
from domain.values import Grade, SourceId, day, optional_text, text
from domain.working_days import after

_LONGEST_REMARK: Final = 2000


def assign(
    case: Case,
    rules: RecognitionRules,
    commission: Commission,
    *,
    by: Institution,
    experts: Iterable[Person],
    on: date,
) -> DocumentsAssigned:
    """Send the documents to the commission's expert group; anew, in other hands, while an expert is silent.

    Refuses: WrongInstitution, WrongStage, NotComposed (no chair elected; or not so many experts as the policy
    wants), ConflictOfInterest (with the clause; a person of the first composition among them), InvalidValue.
    """
    refuse_others(case, by)
    if case.stage not in (Stage.FILED, Stage.WITH_EXPERTS):
        raise WrongStage(f"The documents of the case {case.id} are with its commission already.")
    if commission.institution != by.id:
        raise WrongInstitution(f"The commission {commission.id} is {commission.institution}'s.")
    if commission.elected is None:
        raise NotComposed(
            f"The commission {commission.id} has not elected its chair and deputy",
            rules.clause(Clause.OFFICERS),
        )
    group = tuple(experts)
    if len({each.id for each in group}) < len(group):
        raise InvalidValue("An expert is named once.")
    if len(group) != rules.experts:
        raise NotComposed(
            f"The expert group is of {rules.experts}, and not of {len(group)}", rules.clause(Clause.EXPERTS)
        )
    _is_new_composition(case, rules, commission, group)
    for expert in group:
        if expert.institution != by.id:
            raise WrongInstitution(
                f"{expert.id} is of {expert.institution}, and not of the staff of {by.id}."
            )
        reason = why_not_expert(case, expert)
        if reason is not None:
            raise ConflictOfInterest(
                f"{expert.id} cannot be an expert in this case: {reason}", _clause(rules)
            )
    return DocumentsAssigned(
        institution=by.id,
        commission=commission.id,
        members=commission.members,
        experts=tuple(expert.id for expert in group),
        assigned_on=_not_before(case, on),
        conclusions_due=after(rules.calendar, on, rules.days_for_experts),
    )


def why_not_expert(case: Case, person: Person) -> str | None:
    """An expert on her own course: the unit that would be replaced, or a source she gives. And as any judge."""
    if case.applied.unit in person.teaches:
        return f"she teaches the unit {case.applied.unit}"
    return why_not_judge(case, person)


def why_not_judge(case: Case, person: Person) -> str | None:
    """What keeps anybody from judging: a tie to the learner, or to who gave what is put forward."""
    for source in case.applied.sources:
        if person.works_for(source.provider):
            return f"she works for {source.provider}, who gave {source.title}"
    return conflict(case, person.id)


def declare_interest(case: Case, *, by: Person, relation: str, on: date) -> InterestDeclared:
    """Say why one does not judge in this case; before the commission sits on it.

    Refuses: WrongInstitution, WrongStage, AlreadyDone.
    """
    if by.institution != case.institution:
        raise WrongInstitution(f"{by.id} is not of the staff of {case.institution}.")
    if case.stage not in (Stage.FILED, Stage.WITH_EXPERTS, Stage.CONCLUDED):
        raise WrongStage(f"The commission has sat on the case {case.id}; an interest is declared before.")
    if by.id in case.interests:
        raise AlreadyDone(f"{by.id} has declared her interest already.")
    return InterestDeclared(
        by=by.id, relation=text(relation, "a relation to the learner"), declared_on=_not_before(case, on)
    )


def conclude(
    case: Case,
    rules: RecognitionRules,
    *,
    by: Person,
    findings: Mapping[Criterion, Correspondence],
    sources: Iterable[str],
    on: date,
    grade: Grade | None = None,
    remarks: str | None = None,
) -> ExpertConcluded:
    """Compare, criterion by criterion, and say which sources count together and with which grade. Late is welcome.

    Refuses: NotOfTheCommission, AlreadyConcluded, WrongStage, ConflictOfInterest, InvalidValue (a criterion
    without a finding, a source that is not the case's, a grade for outcomes that are not there).
    """
    assigned = case.now.assigned
    if assigned is None or case.stage not in (Stage.WITH_EXPERTS, Stage.CONCLUDED):
        raise WrongStage(f"The case {case.id} is {case.stage}; experts conclude while it is with them.")
    if by.id not in assigned.experts:
        raise NotOfTheCommission(f"{by.id} is no expert in the case {case.id}.")
    if by.id in case.now.conclusions:
        raise AlreadyConcluded(f"{by.id} has concluded in the case {case.id}.")
    reason = why_not_expert(case, by)
    if reason is not None:
        raise ConflictOfInterest(f"{by.id} cannot conclude: {reason}", _clause(rules))
    if set(findings) != set(Criterion):
        raise InvalidValue(f"A conclusion is about each of: {', '.join(Criterion)}.")
    counted = named_sources(case, sources)
    none = findings[Criterion.OUTCOMES] is Correspondence.NONE
    if none and (counted or grade is not None):
        raise InvalidValue("Where no outcomes correspond, no source counts, and no grade.")
    if not none and not counted:
        raise InvalidValue("Where outcomes correspond, some source shows them: name it.")
    return ExpertConcluded(
        by=by.id,
        findings={criterion: findings[criterion] for criterion in Criterion},
        sources=counted,
        concluded_on=_not_before(case, on),
        grade=grade,
        remarks=optional_text(remarks, "a remark", limit=_LONGEST_REMARK),
    )


def named_sources(case: Case, named: Iterable[str]) -> tuple[SourceId, ...]:
    """Sources of the case by their ids, in its order. Refuses: InvalidValue."""
    wanted = set(named)
    known = tuple(source.id for source in case.applied.sources)
    if unknown := sorted(wanted - set(known)):
        raise InvalidValue(f"The case {case.id} has no source {unknown[0]!a}; it has {', '.join(known)}.")
    return tuple(source for source in known if source in wanted)


def refuse_others(case: Case, by: Institution) -> None:
    """Refuses: WrongInstitution."""
    if case.institution != by.id:
        raise WrongInstitution(f"The case {case.id} is before {case.institution}, and not before {by.id}.")


def _is_new_composition(
    case: Case, rules: RecognitionRules, commission: Commission, experts: tuple[Person, ...]
) -> None:
    """Whoever judged the first time does not judge the appeal."""
    if case.appealed is None:
        return
    first = case.rounds[0]
    assert first.assigned is not None, "what was decided was assigned before"
    before = {*first.assigned.members, *first.assigned.experts}
    again = [each for each in (*commission.members, *(expert.id for expert in experts)) if each in before]
    if again:
        raise ConflictOfInterest(
            f"An appeal goes to a new composition, and {again[0]} was of the first",
            rules.clause(Clause.APPEAL),
        )


def _clause(rules: RecognitionRules) -> str:
    return rules.clause(Clause.INDEPENDENCE)


def _not_before(case: Case, on: date) -> date:
    opened = case.applied.filed_on if case.appealed is None else case.appealed.appealed_on
    if day(on) < opened:
        raise InvalidValue(f"The case {case.id} had not been opened on {on}: it was on {opened}.")
    return on
