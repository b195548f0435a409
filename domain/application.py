"""What the learner does in a case: she applies, with the documents that the law asks for, and she may appeal."""

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from typing import Final

from domain.errors import (
    AlreadyApplied,
    AppealRefused,
    EvidenceRefused,
    FiledTooLate,
    InvalidValue,
    UnlikeCredits,
    WrongLearner,
    WrongStage,
)
from domain.institution import Institution
from domain.prior_learning import EvidenceKind, Source
from domain.qualification import Qualification
from domain.recognised import Limit, proposal
from domain.recognition import Case, RecognitionAppealed, RecognitionApplied
from domain.recognition_policy import Clause, PolicyVersion, RecognitionPolicy, RecognitionRules
from domain.rules import RECOGNITION, hold
from domain.unit import Unit
from domain.values import (
    CreditPoints,
    Evidence,
    LearnerId,
    PersonId,
    Setting,
    case_id,
    day,
    person_id,
    text,
)
from domain.wallet import Wallet
from domain.working_days import after, before, between

_LONGEST_GROUNDS: Final = 4000


def apply(
    existing: Case | None,
    wallet: Wallet,
    unit: Unit,
    policy: RecognitionPolicy,
    *,
    case: str,
    to: Institution,
    points: CreditPoints,
    sources: Iterable[Source],
    identity: Evidence,
    period_from: date,
    on: date,
    qualification: Qualification | None = None,
    close_to: Iterable[str] = (),
) -> RecognitionApplied:
    """Ask that these sources, together, take the place of the institution's unit.

    Refuses, naming the clause: FiledTooLate, EvidenceRefused, ShareExceeded. And AlreadyApplied, NotFound (no
    policy in force), CalendarUnknown, and all that `domain.recognised.recognise` refuses.
    """
    if existing is not None:
        raise AlreadyApplied(f"There is a case {existing.id} already.")
    version = policy.in_force(day(on))
    rules, sources = version.rules, tuple(sources)
    _in_time(rules, period_from, on)
    for source in sources:
        evidence_holds(source, rules, on)
    if points.scheme not in rules.hours_per_credit:
        raise UnlikeCredits(f"{to.id} recognises no prior learning in {points.scheme}.")
    named = case_id(case)
    proposed = proposal(
        wallet,
        unit,
        by=to,
        credit=named,
        points=points,
        sources=sources,
        on=on,
        limit=limit_of(version, qualification, points),
    )
    if proposed.setting is not Setting.FORMAL and rules.most_not_formal is not None and qualification is None:
        raise EvidenceRefused(
            "The policy limits the share of learning outside formal education in a programme: name the programme",
            rules.clause(Clause.SHARE),
        )
    hold(RECOGNITION, proposed)
    return RecognitionApplied(
        case=named,
        learner=wallet.learner,
        institution=to.id,
        unit=unit.id,
        points=points,
        setting=proposed.setting,
        sources=sources,
        identity=identity,
        period_from=period_from,
        policy_version=version.version,
        filed_on=on,
        documents_due=after(rules.calendar, on, rules.days_to_experts),
        qualification=None if qualification is None else qualification.id,
        close_to=_persons(close_to),
    )


def _in_time(rules: RecognitionRules, period_from: date, on: date) -> None:
    """So many working days before the academic period, counted back from its first day."""
    last = before(rules.calendar, day(period_from), rules.days_before_period)
    if on <= last:
        return
    told = "on or after the first day of the period"
    if on < period_from:
        left = between(rules.calendar, on, period_from - timedelta(days=1))
        told = f"{left} working days before the period"
    raise FiledTooLate(
        f"An application for the period from {period_from} was to be filed by {last}, "
        f"{rules.days_before_period} working days before it; {on} is {told}",
        rules.clause(Clause.FILED_IN_TIME),
    )


def limit_of(
    version: PolicyVersion, qualification: Qualification | None, points: CreditPoints
) -> Limit | None:
    """How much of the programme may come from outside formal education; None where nothing limits it.

    Refuses: UnlikeCredits (the programme is counted in another scheme, so that no share of it can be told).
    """
    share = version.rules.most_not_formal
    if share is None or qualification is None:
        return None
    whole = qualification.points
    if whole.scheme is not points.scheme:
        raise UnlikeCredits(
            f"The programme {qualification.id} is counted in {whole.scheme}, and not in {points.scheme}."
        )
    return Limit(Fraction(whole.points) * Fraction(share.parts, share.of), version.rules.clause(Clause.SHARE))


def evidence_holds(source: Source, rules: RecognitionRules, on: date) -> None:
    """What each kind of evidence has to be. Refuses: EvidenceRefused, with the clause."""
    kind, cited = source.kind, rules.clause(Clause.EVIDENCE)
    spoken = kind.replace("_", " ")
    if kind not in rules.kinds:
        raise EvidenceRefused(f"{source.title}: the policy does not take a {spoken}", cited)
    if len({document.sha256 for document in source.documents}) < kind.documents:
        wanted = "the document and its supplement" if kind.documents > 1 else "a document that shows it"
        raise EvidenceRefused(f"{source.title}: a {spoken} takes {wanted}", rules.clause(Clause.PAPERS))
    if source.provider is None and source.setting is not Setting.INFORMAL:
        raise EvidenceRefused(f"{source.title}: a {spoken} names who gave it", rules.clause(Clause.PAPERS))
    accepted = rules.providers.get(kind)
    if accepted is not None and _plain(source.provider or "") not in map(_plain, accepted):
        raise EvidenceRefused(
            f"{source.title}: of a {spoken}, {source.provider} is not among those accepted: {', '.join(accepted)}",
            cited,
        )
    if kind.is_course and source.hours is None:
        raise EvidenceRefused(f"{source.title}: a course states its hours", rules.clause(Clause.VOLUME))
    if kind is EvidenceKind.LANGUAGE_CERTIFICATE:
        _is_young_enough(source, rules, on)


def _is_young_enough(source: Source, rules: RecognitionRules, on: date) -> None:
    """Valid for so many years from the exam, its anniversary included."""
    years = rules.language_certificate_years
    ends = _anniversary(source.achieved_on, years)
    if on > ends:
        raise EvidenceRefused(
            f"{source.title}: the certificate of {source.achieved_on} was valid for {years} years, until {ends}",
            rules.clause(Clause.LANGUAGE_CERTIFICATE),
        )


def _anniversary(of: date, years: int) -> date:
    """The same day so many years later; of 29 February, the last day of February."""
    try:
        return of.replace(year=of.year + years)
    except ValueError:
        return of.replace(year=of.year + years, day=28)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _persons(named: Iterable[str]) -> tuple[PersonId, ...]:
    return tuple(dict.fromkeys(person_id(each) for each in named))


def appeal(
    case: Case, rules: RecognitionRules, *, by: LearnerId, grounds: str, on: date
) -> RecognitionAppealed:
    """Ask for another composition. Refuses: WrongLearner, WrongStage, AppealRefused (late, or a second one)."""
    if by != case.applied.learner:
        raise WrongLearner(f"The case {case.id} is another learner's.")
    decision = case.now.decision
    if decision is None:
        raise WrongStage(f"In the case {case.id} nothing has been decided yet that could be appealed.")
    cited = rules.clause(Clause.APPEAL)
    if case.appealed is not None:
        raise AppealRefused("The decision of the second composition is final", cited)
    if day(on) > decision.appeal_until:
        raise AppealRefused(f"An appeal was to be filed by {decision.appeal_until}, and not on {on}", cited)
    if on < decision.decided_on:
        raise InvalidValue(f"A decision of {decision.decided_on} cannot be appealed on {on}.")
    return RecognitionAppealed(
        grounds=text(grounds, "the grounds of an appeal", limit=_LONGEST_GROUNDS),
        appealed_on=on,
        documents_due=after(rules.calendar, on, rules.days_to_experts),
    )
