"""Recognising prior learning: the policy, the learner's application and appeal, and the entry in her transcript.

What experts and the commission do between is in `wallet.examining`. The learner signs what she asks for, the
institution what it publishes and enters.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec

from domain import application, session
from domain import recognition as cases
from domain import recognition_policy as policies
from domain.errors import InvalidValue, NotFound, WrongStage
from domain.prior_learning import Source
from domain.recognition import (
    Case,
    Decision,
    Overdue,
    RecognitionAppealed,
    RecognitionApplied,
    RecognitionEntered,
    RecognitionGranted,
)
from domain.recognition_policy import PolicyVersion, RecognitionPolicyPublished, RecognitionRules
from domain.values import CreditPoints, Evidence, Names, best, case_id, institution_id
from keys.did import did_key
from wallet import portfolio, streams
from wallet.formats import decision as decision_credential
from wallet.office import Office, Once
from wallet.originals import as_they_were, decided
from wallet.projections import recognition as queue
from wallet.projections.recognition import ErasedCase
from wallet.publishing import signed_and_checked


def publish_policy(
    office: Office,
    institution: str,
    rules: RecognitionRules,
    *,
    in_force_from: date,
    reference: str,
    at: datetime,
    once: Once[RecognitionPolicyPublished] | None = None,
) -> RecognitionPolicyPublished:
    """Publish the next version of the institution's policy, signed by the institution; cases filed before keep theirs.

    Refuses: NotFound, KeyNotInForce, InvalidValue.
    """
    stream = streams.of_recognition_policy(institution_id(institution))

    def decide() -> RecognitionPolicyPublished:
        by = office.institution(institution).state
        existing = office.find(stream, policies.fold)
        event = policies.publish(
            existing.state,
            rules,
            by=by,
            in_force_from=in_force_from,
            reference=reference,
            on=rules.calendar.day_of(at),
        )
        _, signer = office.signer_of(by, at)
        return office.record(existing.write(event, signer=signer), at=at, result=event, once=once)

    return office.decide(stream, decide)


def apply(
    office: Office,
    learner: str,
    *,
    institution: str,
    unit: str,
    points: CreditPoints | None = None,
    sources: Iterable[Source],
    identity: Evidence,
    period_from: date,
    on: date,
    qualification: str | None = None,
    close_to: Iterable[str] = (),
    case: str | None = None,
    at: datetime,
    once: Once[RecognitionApplied] | None = None,
) -> RecognitionApplied:
    """File the learner's application, signed by her. Without `points`, it is for all that the unit is worth.

    Every document it names lies in her portfolio already.
    Refuses: as `domain.application.apply`; NotFound, also of a document; Erased.
    """
    named, sources, close_to = case or str(uuid.uuid4()), tuple(sources), tuple(close_to)
    stream = streams.of_case(case_id(named))

    def decide() -> RecognitionApplied:
        wallet = office.learner(learner).state
        portfolio.refuse_absent(
            office, wallet.learner, identity, *(d for source in sources for d in source.documents)
        )
        described = office.unit(unit).state
        existing = office.find(stream, cases.fold)
        event = application.apply(
            existing.state,
            wallet,
            described,
            office.recognition_policy(institution).state,
            case=named,
            to=office.institution(institution).state,
            points=points or _whole(described.points, unit),
            sources=sources,
            identity=identity,
            period_from=period_from,
            on=on,
            qualification=None if qualification is None else office.qualification(qualification).state,
            close_to=close_to,
        )
        signer = office.learner_keys.signer(wallet.learner)
        write = existing.write(event, signer=signer, learner=wallet.learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(stream, decide)


def _whole(allocated: Sequence[CreditPoints], unit: str) -> CreditPoints:
    if len(allocated) != 1:
        schemes = " and ".join(points.scheme for points in allocated) or "no scheme"
        raise InvalidValue(f"The unit {unit} is worth credit in {schemes}; say how much is asked for.")
    return allocated[0]


def appeal(
    office: Office,
    case: str,
    *,
    grounds: str,
    on: date,
    at: datetime,
    once: Once[RecognitionAppealed] | None = None,
) -> RecognitionAppealed:
    """File the learner's appeal, signed by her. Refuses: WrongStage, AppealRefused, NotFound, InvalidValue."""

    def decide() -> RecognitionAppealed:
        read = office.case(case)
        learner = read.state.applied.learner
        event = application.appeal(
            read.state, rules_of(office, read.state), by=learner, grounds=grounds, on=on
        )
        write = read.write(event, signer=office.learner_keys.signer(learner), learner=learner)
        return office.record(write, at=at, result=event, once=once)

    return office.decide(streams.of_case(case_id(case)), decide)


def enter(
    office: Office,
    institution: str,
    case: str,
    *,
    extract: str,
    on: date,
    credit: str | None = None,
    at: datetime,
    once: Once[RecognitionEntered] | None = None,
) -> RecognitionEntered:
    """The Registrar's office enters what was granted, on the extract of the minutes: case and wallet in one save.

    Refuses: as `domain.session.enter`; NotFound, KeyNotInForce, Erased.
    """
    named = credit or str(uuid.uuid4())

    def decide() -> RecognitionEntered:
        by = office.institution(institution).state
        read = office.case(case)
        applied = read.state.applied
        wallet = office.learner(applied.learner)
        qualification = applied.qualification
        recognised, entered = session.enter(
            read.state,
            wallet.state,
            office.unit(applied.unit).state,
            by=by,
            credit=named,
            extract=extract,
            on=on,
            limit=application.limit_of(
                policy_of(office, read.state),
                None if qualification is None else office.qualification(qualification).state,
                applied.points,
            ),
        )
        _, signer = office.signer_of(by, at)
        return office.record(
            wallet.write(recognised, signer=signer, learner=applied.learner),
            read.write(entered, signer=signer, learner=applied.learner),
            at=at,
            result=entered,
            once=once,
        )

    return office.decide(streams.of_case(case_id(case)), decide)


# --- reading --------------------------------------------------------------------------------------------


def policy_of(office: Office, case: Case) -> PolicyVersion:
    """The version of the policy that the case lives by."""
    policy = office.recognition_policy(case.institution).state
    return policy.version(case.applied.policy_version)


def rules_of(office: Office, case: Case) -> RecognitionRules:
    """The parameters that the case lives by."""
    return policy_of(office, case).rules


@dataclass(frozen=True, slots=True)
class Queued:
    """A case in the queue: what it waits for, until when, and whether it is late."""

    case: Case
    due: date | None
    overdue: Overdue | None


def show_queue(office: Office, institution: str, *, on: date, all_cases: bool = False) -> list[Queued]:
    """The institution's open cases, or all of them, the earliest filed first; those of erased learners are gone.

    Raises NotFound, InvalidValue.
    """
    by = office.institution(institution).state.id
    office.follower.catch_up()
    rows = queue.cases_of(office.ledger.database, by, open_only=not all_cases)
    queued = []
    for row in rows:
        try:
            case = office.case(row).state
        except NotFound:  # its learner was erased: events are there, and nothing in them to read
            continue
        queued.append(Queued(case, cases.due(case), cases.overdue(case, on)))
    return queued


def show_cases(office: Office, learner: str, *, on: date) -> list[Queued]:
    """The learner's own cases, the last filed first. Raises NotFound, Erased, InvalidValue."""
    her = office.learner(learner).state.learner
    office.follower.catch_up()
    cases_of_hers = [office.case(row).state for row in queue.cases_of_learner(office.ledger.database, her)]
    return [Queued(case, cases.due(case), cases.overdue(case, on)) for case in cases_of_hers]


def erased_cases(office: Office, institution: str) -> list[ErasedCase]:
    """The institution's cases whose learners were erased since, in the order of their erasure.

    Raises NotFound, InvalidValue.
    """
    by = office.institution(institution).state.id
    office.follower.catch_up()
    return queue.erased_cases_of(office.ledger.database, by)


@dataclass(frozen=True, slots=True)
class Extract:
    """The extract of the minutes of the last decision; `sources` are those that it counts."""

    case: Case
    unit_names: Names
    decision: Decision
    sources: tuple[Source, ...]


def show_extract(office: Office, case: str) -> Extract:
    """What the Registrar's office is given. Raises WrongStage (nothing is decided), NotFound, InvalidValue."""
    state = office.case(case).state
    decision = state.now.decision
    if decision is None:
        raise WrongStage(f"The case {state.id} is {state.stage}; there are no minutes yet to extract from.")
    granted = decision.sources if isinstance(decision, RecognitionGranted) else ()
    unit = office.unit(state.applied.unit).state
    return Extract(state, unit.names, decision, state.chosen(granted))


def certify_decision(office: Office, case: str, *, at: datetime) -> bytes:
    """The last decision as a credential signed by the institution, granted or refused, with every original put to it.

    Nothing is recorded: it says what the case says already, to whoever has no access to the case.
    Raises WrongStage (nothing is decided), KeyNotInForce, NotFound, Erased, InvalidValue.
    """
    state = show_extract(office, case).case
    decision = state.now.decision
    assert decision is not None, "there is an extract of it"
    by = office.institution(state.institution).state
    method, signer = office.signer_of(by, at)
    unsigned = decision_credential.build(
        credential=f"urn:uuid:{uuid.uuid4()}",
        issuer=by.did,
        issuer_name=best(by.names, "en"),
        issuer_url=by.website,
        learner=did_key(office.learner(state.applied.learner).state.key_multikey),
        decision=decided(state, decision),
        originals=as_they_were(state.applied.sources),
        valid_from=at,
    )
    return msgspec.json.encode(signed_and_checked(unsigned, method=method, signer=signer, at=at))
