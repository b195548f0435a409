"""The recognition desk: the queue, a case with its documents side by side with the unit, and each act in it.

The Registrar's office passes documents on and enters results, signed by the institution; experts conclude, members
vote, and who presides opens the meeting and declares the decision, each signed as the person whose account it is.
"""

from collections.abc import Callable
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Response

from api.pages.cases import TONES, milestones, words_of_cases
from api.pages.desks import AtDesk, Desk
from api.pages.doors import admit
from api.pages.forms import Form, PageRoute
from api.pages.happenings import SETTINGS
from api.pages.languages import LANGUAGES
from api.routes.my_recognition import CaseInPath, DigestInPath, a_document
from api.wire import scalars
from domain.commission import Commission
from domain.comparison import Compared, Comparison
from domain.errors import InvalidValue, NotFound, Refused
from domain.expertise import why_not_expert, why_not_judge
from domain.recognition import Case, Correspondence, Criterion, Stage, Vote
from domain.recognition_policy import Clause, PolicyVersion, RecognitionRules, Share
from domain.staff import Person, Side
from domain.values import CreditPoints, CreditScheme, LearningOutcome, OutcomeId, PersonId
from wallet import accounts, examining, recognising
from wallet.accounts import StaffRole
from wallet.comparing import compare_outcomes, of_unit
from wallet.examining import Grant, Refusal
from wallet.glancing import names_known
from wallet.projections import catalogue
from wallet.projections.staff import commissions_of, staff_of

router = APIRouter(
    prefix="/desk/{institution}",
    include_in_schema=False,
    route_class=PageRoute,
    dependencies=[Depends(admit)],
)

CommissionInPath = Annotated[scalars.CommissionId, Path()]


# --- the queue and the case -----------------------------------------------------------------------------


@router.get("/recognitions")
def show_queue(desk: AtDesk) -> Response:
    """The cases this visitor may see: all of them for the Registrar's office, her own for an expert and a member."""
    closed = desk.request.query_params.get("closed") == "yes"
    queued = recognising.show_queue(desk.office, desk.institution, on=desk.today, all_cases=closed)
    person = desk.person
    return desk.page(
        "desk_cases.html",
        queued=[each for each in queued if _may_see(desk, each.case, person)],
        closed=closed,
        person=person,
        signs=desk.may(StaffRole.COMMISSION, StaffRole.EXPERT),
        names=names_known(desk.office),
        words=words_of_cases(desk.spoken),
        tones=TONES,
    )


@router.get("/recognitions/{recognition}")
def show_case(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Everything that is before the commission, and what this visitor may do."""
    return _case(desk, _readable(desk, recognition))


@router.get("/recognitions/{recognition}/documents/{document}")
def read_document(recognition: CaseInPath, document: DigestInPath, desk: AtDesk) -> Response:
    """A document that the case names."""
    return a_document(desk.office, _readable(desk, recognition), document)


@router.get("/recognitions/{recognition}/extract")
def show_extract(recognition: CaseInPath, desk: AtDesk) -> Response:
    """The extract of the minutes, to be printed."""
    _readable(desk, recognition)
    return desk.page(
        "extract.html",
        extract=recognising.show_extract(desk.office, recognition),
        people=_people(desk),
        words=words_of_cases(desk.spoken),
        names=names_known(desk.office),
    )


# --- acts in a case -------------------------------------------------------------------------------------


@router.post("/recognitions/{recognition}/assignment")
def assign(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Send the documents to a commission and its expert group."""

    def act() -> object:
        return examining.assign(
            desk.office,
            desk.institution,
            recognition,
            commission=desk.said.get("commission"),
            experts=desk.said.all("expert"),
            on=desk.today,
            at=desk.at,
        )

    return _act(desk, recognition, act)


@router.post("/recognitions/{recognition}/interests")
def declare_interest(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Say why one does not judge in this case."""

    def act() -> object:
        return examining.declare_interest(
            desk.office,
            recognition,
            by=desk.signing,
            relation=desk.said.get("relation"),
            on=desk.today,
            at=desk.at,
        )

    return _act(desk, recognition, act)


@router.post("/recognitions/{recognition}/conclusions")
def conclude(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Conclude as an expert: criterion by criterion, and which sources count together."""

    def act() -> object:
        said = desk.said
        return examining.conclude(
            desk.office,
            recognition,
            by=desk.signing,
            findings={each: _found(said.get(f"finding-{each}")) for each in Criterion},
            sources=said.all("source"),
            grade=said.grade(),
            remarks=said.get("remarks") or None,
            on=desk.today,
            at=desk.at,
        )

    return _act(desk, recognition, act)


def _found(said: str) -> Correspondence:
    if said not in set(Correspondence):
        raise InvalidValue(f"A conclusion is about each of: {', '.join(Criterion)}.")
    return Correspondence(said)


@router.post("/recognitions/{recognition}/session")
def meet(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Open the commission's meeting on a motion."""

    def act() -> object:
        return examining.meet(
            desk.office,
            recognition,
            by=desk.signing,
            present=desk.said.all("present"),
            motion=_motion(desk.said),
            on=desk.today,
            at=desk.at,
        )

    return _act(desk, recognition, act)


def _motion(said: Form) -> Grant | Refusal:
    if said.get("motion") == "grant":
        points = said.amount("points")
        if points is None:
            raise InvalidValue("Say how much is to be granted.")
        return Grant(CreditPoints(said.scheme(), points), tuple(said.all("source")), said.grade())
    if said.get("motion") != "refuse" or said.get("clause") not in set(Clause):
        raise InvalidValue("A motion is to grant, or to refuse by a clause.")
    return Refusal(said.get("reason"), Clause(said.get("clause")))


@router.post("/recognitions/{recognition}/votes")
def vote(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Vote openly on the motion."""

    def act() -> object:
        cast = desk.said.get("vote")
        if cast not in set(Vote):
            raise InvalidValue(f"The votes there are: {', '.join(Vote)}.")
        return examining.vote(
            desk.office, recognition, by=desk.signing, vote=Vote(cast), on=desk.today, at=desk.at
        )

    return _act(desk, recognition, act)


@router.post("/recognitions/{recognition}/decision")
def decide(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Declare what the votes come to, with the minutes: a paragraph on each line."""

    def act() -> object:
        minutes = [line for text in desk.said.get("minutes").splitlines() if (line := text.strip())]
        return examining.decide(
            desk.office, recognition, by=desk.signing, minutes=minutes, on=desk.today, at=desk.at
        )

    return _act(desk, recognition, act)


@router.post("/recognitions/{recognition}/entry")
def enter(recognition: CaseInPath, desk: AtDesk) -> Response:
    """Enter what was granted in the transcript, on the extract of the minutes."""

    def act() -> object:
        return recognising.enter(
            desk.office,
            desk.institution,
            recognition,
            extract=desk.said.get("extract"),
            on=desk.today,
            at=desk.at,
        )

    return _act(desk, recognition, act)


def _act(desk: Desk, recognition: str, act: Callable[[], object]) -> Response:
    """An act in a case that this visitor may see; back to the case, or the case with what was refused."""
    case = _readable(desk, recognition)
    try:
        act()
    except Refused as error:
        return _case(desk, case, error)
    return desk.back(f"/recognitions/{recognition}")


def _may_see(desk: Desk, case: Case, person: PersonId | None) -> bool:
    return desk.may(StaffRole.REGISTRAR) or person in case.judges


def _readable(desk: Desk, recognition: str) -> Case:
    """The case, for whom it may be read here; for anybody else there is none. The learner is told who read it."""
    case = desk.office.case(recognition).state
    if case.institution != desk.institution or not _may_see(desk, case, desk.person):
        raise NotFound(f"There is no case of recognition {recognition}.")
    desk.note_look(case.applied.learner)
    return case


def _case(desk: Desk, case: Case, error: Exception | None = None) -> Response:
    office, spoken = desk.office, desk.spoken
    unit = office.unit(case.applied.unit).state
    people, assigned = _people(desk), case.now.assigned
    return desk.page(
        "desk_case.html",
        error,
        case=case,
        unit=unit,
        side_by_side=_side_by_side(case, of_unit(unit)),
        people=people,
        commission=None if assigned is None else office.commission(assigned.commission).state,
        commissions=[each for each in _commissions_of(desk) if each.elected is not None],
        no_experts={person.id: why for person in people.values() if (why := why_not_expert(case, person))},
        no_judges={person.id: why for person in people.values() if (why := why_not_judge(case, person))},
        may=_acts_shown(desk, case),
        policy=recognising.policy_of(office, case),
        milestones=milestones(case, spoken, on=desk.today),
        words=words_of_cases(spoken),
        tone=TONES.get(case.stage, "open"),
        settings={setting.value: spoken.say(words) for setting, words in SETTINGS.items()},
        names=names_known(office),
        documents=f"/desk/{desk.institution}/recognitions/{case.id}/documents",
        schemes=list(CreditScheme),
    )


def _acts_shown(desk: Desk, case: Case) -> frozenset[str]:
    """The acts whose forms this visitor is shown; whether one is taken, the domain says."""
    now, person, acts = case.now, desk.person, set()
    if desk.may(StaffRole.REGISTRAR):
        if case.stage in (Stage.FILED, Stage.WITH_EXPERTS):
            acts.add("assign")
        if case.stage is Stage.GRANTED:
            acts.add("enter")
    if person is None:
        return frozenset(acts)
    if desk.may(StaffRole.EXPERT) and person in now.awaited:
        acts.add("conclude")
    if desk.may(StaffRole.COMMISSION) and now.assigned is not None and person in now.assigned.members:
        acts |= _acts_of_member(case, person)
    if person in case.judges and case.stage in (Stage.FILED, Stage.WITH_EXPERTS, Stage.CONCLUDED):
        acts.add("interest")
    return frozenset(acts)


def _acts_of_member(case: Case, person: PersonId) -> set[str]:
    now = case.now
    if now.session is None:
        return {"meet"} if case.stage is Stage.CONCLUDED else set()
    if person in now.silent:
        return {"vote"}
    if now.silent or case.stage is not Stage.IN_SESSION:
        return set()
    lost = not now.session.motion.grants and not now.count.carried
    return {"meet"} if lost else {"decide"} if person == now.session.by else set()


def _side_by_side(case: Case, target: tuple[Compared, ...]) -> Comparison | None:
    """The outcomes that the documents name beside those of the unit; None where there are none, or too many words.

    Documents do not say in which language they are, so each text is held against those of every language.
    """
    source = tuple(
        Compared(
            each.title,
            LearningOutcome(id=OutcomeId(f"{each.id}-{number}"), text=dict.fromkeys(LANGUAGES, outcome)),
        )
        for each in case.applied.sources
        for number, outcome in enumerate(each.outcomes, 1)
    )
    if not source or not target:
        return None
    try:
        return compare_outcomes(source, target)
    except InvalidValue:
        return None


def _people(desk: Desk) -> dict[str, Person]:
    desk.office.follower.catch_up()
    named = staff_of(desk.office.ledger.database, desk.institution)
    return {person: desk.office.staff(person).state for person in named}


def _commissions_of(desk: Desk) -> list[Commission]:
    desk.office.follower.catch_up()
    named = commissions_of(desk.office.ledger.database, desk.institution)
    return [desk.office.commission(each).state for each in named]


# --- policy, staff and commissions ----------------------------------------------------------------------


@router.get("/commission")
def show_commissions(desk: AtDesk) -> Response:
    """The policy of recognition, the staff who examine and decide, and the commissions."""
    return _commissions(desk)


@router.post("/staff")
def register_staff(desk: AtDesk) -> Response:
    """Register one of the staff, under a key of her own."""

    def act() -> object:
        said = desk.said
        if said.get("side") not in set(Side):
            raise InvalidValue(f"The sides there are: {', '.join(Side)}.")
        return examining.register_staff(
            desk.office,
            desk.institution,
            person=said.get("person"),
            position=said.get("position"),
            side=Side(said.get("side")),
            teaches=said.all("teaches"),
            affiliations=[line for text in said.get("affiliations").splitlines() if (line := text.strip())],
            at=desk.at,
        )

    return _organise(desk, act)


@router.post("/staff/account")
def sign_as(desk: AtDesk) -> Response:
    """From this account one of the staff signs."""

    def act() -> None:
        accounts.sign_as(desk.office, desk.said.get("account"), desk.institution, desk.said.get("person"))

    return _organise(desk, act)


_NUMBERS: Final = (
    "days_before_period",
    "days_to_experts",
    "days_for_experts",
    "days_for_appeal",
    "most_members",
    "experts",
    "language_certificate_years",
)


@router.post("/recognition-policy")
def publish_policy(desk: AtDesk) -> Response:
    """Publish the next version of the policy: what is filled in, and for the rest as it was, or as the law has it."""

    def act() -> object:
        said = desk.said
        versions = _policy_versions(desk)
        numbers = {name: number for name in _NUMBERS if (number := said.whole(name)) is not None}
        parts, of = said.whole("most_not_formal"), said.whole("most_not_formal_of")
        rules = msgspec.structs.replace(
            versions[-1].rules if versions else RecognitionRules(),
            **numbers,
            most_not_formal=None if parts is None or of is None else Share(parts, of),
        )
        return recognising.publish_policy(
            desk.office,
            desk.institution,
            rules,
            in_force_from=said.day("in_force_from"),
            reference=said.get("reference"),
            at=desk.at,
        )

    return _organise(desk, act)


@router.post("/commissions")
def compose(desk: AtDesk) -> Response:
    """Appoint a commission."""

    def act() -> object:
        return examining.compose(
            desk.office,
            desk.institution,
            commission=desk.said.get("commission"),
            members=desk.said.all("member"),
            reference=desk.said.get("reference"),
            on=desk.today,
            at=desk.at,
        )

    return _organise(desk, act)


@router.post("/commissions/{commission}/ballots")
def cast_ballot(commission: CommissionInPath, desk: AtDesk) -> Response:
    """A member votes for a chair and a deputy."""

    def act() -> object:
        return examining.cast_ballot(
            desk.office,
            commission,
            by=desk.signing,
            chair=desk.said.get("chair"),
            deputy=desk.said.get("deputy"),
            on=desk.today,
            at=desk.at,
        )

    return _organise(desk, act)


@router.post("/commissions/{commission}/election")
def elect(commission: CommissionInPath, desk: AtDesk) -> Response:
    """Declare who was elected."""

    def act() -> object:
        return examining.elect(desk.office, desk.institution, commission, on=desk.today, at=desk.at)

    return _organise(desk, act)


def _organise(desk: Desk, act: Callable[[], object]) -> Response:
    try:
        act()
    except Refused as error:
        return _commissions(desk, error)
    return desk.back("/commission")


def _commissions(desk: Desk, error: Exception | None = None) -> Response:
    office = desk.office
    people = _people(desk)
    staff = accounts.staff_of(office, desk.institution)
    signing = accounts.staff_signing_at(office, desk.institution)
    versions = _policy_versions(desk)
    return desk.page(
        "commission.html",
        error,
        people=people,
        signing={signing[account.id]: account.name for account in staff if account.id in signing},
        signers=[
            each for each in staff if each.may(desk.institution, (StaffRole.COMMISSION, StaffRole.EXPERT))
        ],
        person=desk.person,
        commissions=_commissions_of(desk),
        versions=versions,
        defaults=versions[-1].rules if versions else RecognitionRules(),
        units=catalogue.units(office.ledger.database, desk.institution),
        words=words_of_cases(desk.spoken),
        today=desk.today.isoformat(),
    )


def _policy_versions(desk: Desk) -> tuple[PolicyVersion, ...]:
    try:
        return desk.office.recognition_policy(desk.institution).state.versions
    except NotFound:
        return ()
