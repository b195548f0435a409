"""The part of `wallet recognise` that is the work of experts and commissions, each act with the person's own key."""

from pathlib import Path
from typing import Annotated

from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import GradeOption, Institution, On, ScaleOption, grade, points
from domain.kazakhstan import KAZAKHSTAN
from domain.recognition import Correspondence, Criterion, RecognitionGranted, Vote
from domain.recognition_policy import Clause
from domain.staff import Side
from domain.values import CreditPoints
from wallet import examining
from wallet.examining import Grant, Refusal

staff = Typer(help="Register who examines and decides.")
commission = Typer(help="Compose commissions, and elect their officers.")
judging = Typer()

CaseArgument = Annotated[str, Argument(metavar="CASE", help="The case's id.")]
_CommissionArgument = Annotated[str, Argument(metavar="COMMISSION", help="The commission's id.")]
_PersonArgument = Annotated[str, Argument(metavar="PERSON", help="Her id: small Latin letters and hyphens.")]
_By = Annotated[
    str, Option("--by", metavar="PERSON", help="Whose act this is; it is signed with her own key.")
]
_Position = Annotated[str, Option("--position", metavar="TEXT", help="Her position.")]
_Side = Annotated[Side, Option("--side", help="Which side of the house she is of.")]
_Teaches = Annotated[
    list[str] | None, Option("--teaches", metavar="UNIT", help="A unit she teaches; may be repeated.")
]
_WorksFor = Annotated[
    list[str] | None, Option("--works-for", metavar="TEXT", help="A provider she works for; may be repeated.")
]
_Sources = Annotated[
    list[str] | None, Option("--source", metavar="ID", help="A source that counts; all if none is named.")
]


# --- people ---------------------------------------------------------------------------------------------


@command(staff, "add")
def add_staff(
    desk: Desk,
    person: _PersonArgument,
    institution: Institution,
    position: _Position,
    side: _Side,
    teaches: _Teaches = None,
    works_for: _WorksFor = None,
) -> None:
    """Register one of an institution's staff, under a new key of her own."""
    with desk.office() as office:
        event = examining.register_staff(
            office,
            institution,
            person=person,
            position=position,
            side=side,
            teaches=teaches or (),
            affiliations=works_for or (),
            at=desk.now,
        )
    desk.answer(event, f"Registered: {event.person}, {event.position}.")


@command(staff, "revise")
def revise_staff(
    desk: Desk,
    person: _PersonArgument,
    institution: Institution,
    position: _Position,
    side: _Side,
    teaches: _Teaches = None,
    works_for: _WorksFor = None,
) -> None:
    """Say what is true of her from now on: all of it anew, as the options have it."""
    with desk.office() as office:
        event = examining.revise_staff(
            office,
            institution,
            person,
            position=position,
            side=side,
            teaches=teaches or (),
            affiliations=works_for or (),
            at=desk.now,
        )
    desk.answer(event, f"Revised: {person}, {event.position}.")


@command(commission, "add")
def compose(
    desk: Desk,
    name: _CommissionArgument,
    institution: Institution,
    member: Annotated[
        list[str], Option("--member", metavar="PERSON", help="A member; repeated, an odd number.")
    ],
    reference: Annotated[str, Option("--reference", metavar="TEXT", help="The order that appoints them.")],
    on: On = None,
) -> None:
    """Compose a commission, of the administration and of the teaching staff."""
    with desk.office() as office:
        event = examining.compose(
            office,
            institution,
            commission=name,
            members=member,
            reference=reference,
            on=on or KAZAKHSTAN.day_of(desk.now),
            at=desk.now,
        )
    desk.answer(event, f"Composed: {event.commission}, of {', '.join(event.members)}.")


@command(commission, "ballot")
def ballot(
    desk: Desk,
    name: _CommissionArgument,
    by: _By,
    chair: Annotated[str, Option("--chair", metavar="PERSON", help="Whom she wants as chair.")],
    deputy: Annotated[str, Option("--deputy", metavar="PERSON", help="Whom she wants as deputy.")],
    on: On = None,
) -> None:
    """Vote openly for a chair and a deputy."""
    with desk.office() as office:
        event = examining.cast_ballot(
            office,
            name,
            by=by,
            chair=chair,
            deputy=deputy,
            on=on or KAZAKHSTAN.day_of(desk.now),
            at=desk.now,
        )
    desk.answer(event, f"Voted: {event.by} for {event.chair} as chair, {event.deputy} as deputy.")


@command(commission, "elect")
def elect(desk: Desk, name: _CommissionArgument, institution: Institution, on: On = None) -> None:
    """Declare elected whom the majority of all members wants."""
    with desk.office() as office:
        event = examining.elect(office, institution, name, on=on or KAZAKHSTAN.day_of(desk.now), at=desk.now)
    desk.answer(event, f"Elected: {event.chair} as chair, {event.deputy} as deputy.")


@command(commission, "show")
def show_commission(desk: Desk, name: _CommissionArgument) -> None:
    """Show a commission: its members, and whom they elected."""
    with desk.office() as office:
        state = office.commission(name).state
    elected = state.elected
    desk.answer(
        state,
        f"{state.id} of {state.institution}: {', '.join(state.members)}.",
        appointed_by=state.composed.reference,
        chair=None if elected is None else elected.chair,
        deputy=None if elected is None else elected.deputy,
    )


# --- the case -------------------------------------------------------------------------------------------


@command(judging, "assign")
def assign(
    desk: Desk,
    case: CaseArgument,
    institution: Institution,
    name: Annotated[str, Option("--commission", metavar="ID", help="The commission that is to decide.")],
    expert: Annotated[list[str], Option("--expert", metavar="PERSON", help="An expert; repeated.")],
    on: On = None,
) -> None:
    """Send the documents of a case to a commission's expert group."""
    with desk.office() as office:
        event = examining.assign(
            office,
            institution,
            case,
            commission=name,
            experts=expert,
            on=on or KAZAKHSTAN.day_of(desk.now),
            at=desk.now,
        )
    desk.answer(
        event,
        f"Sent to {', '.join(event.experts)}, under {event.commission}.",
        conclusions_due=str(event.conclusions_due),
    )


@command(judging, "declare")
def declare(
    desk: Desk,
    case: CaseArgument,
    by: _By,
    relation: Annotated[str, Option("--relation", metavar="TEXT", help="What she is to the learner.")],
    on: On = None,
) -> None:
    """Declare an interest: why one does not judge in this case."""
    with desk.office() as office:
        event = examining.declare_interest(
            office, case, by=by, relation=relation, on=on or KAZAKHSTAN.day_of(desk.now), at=desk.now
        )
    desk.answer(event, f"Declared: {event.by} takes no part in this case.")


@command(judging, "conclude")
def conclude(
    desk: Desk,
    case: CaseArgument,
    by: _By,
    outcomes: Annotated[Correspondence, Option("--outcomes", help="Learning outcomes and competences.")],
    aims: Annotated[Correspondence, Option("--aims", help="Aims.")],
    volume: Annotated[Correspondence, Option("--volume", help="Volume.")],
    assessment: Annotated[Correspondence, Option("--assessment", help="Assessment of what was learnt.")],
    source: _Sources = None,
    grade_given: GradeOption = None,
    scale: ScaleOption = None,
    remarks: Annotated[
        str | None, Option("--remarks", metavar="TEXT", help="What else there is to say.")
    ] = None,
    on: On = None,
) -> None:
    """Conclude as an expert: how far each corresponds, which sources count, and the grade that would."""
    given = grade(grade_given, scale)
    findings = dict(zip(Criterion, (outcomes, aims, volume, assessment), strict=True))
    with desk.office() as office:
        event = examining.conclude(
            office,
            case,
            by=by,
            findings=findings,
            sources=source or None,
            grade=given,
            remarks=remarks,
            on=on or KAZAKHSTAN.day_of(desk.now),
            at=desk.now,
        )
    desk.answer(event, f"Concluded: {event.by} finds outcomes {event.findings[Criterion.OUTCOMES]}.")


@command(judging, "meet")
def meet(
    desk: Desk,
    case: CaseArgument,
    by: _By,
    present: Annotated[list[str], Option("--present", metavar="PERSON", help="A member present; repeated.")],
    granting: Annotated[
        CreditPoints | None,
        Option("--grant", parser=points, metavar="SCHEME=NUMBER", help="Move to grant so much: KZ=5."),
    ] = None,
    source: _Sources = None,
    grade_given: GradeOption = None,
    scale: ScaleOption = None,
    refusing: Annotated[
        str | None, Option("--refuse", metavar="REASON", help="Or move to refuse, and why.")
    ] = None,
    clause: Annotated[Clause | None, Option("--clause", help="By which clause to refuse.")] = None,
    on: On = None,
) -> None:
    """Open the commission's meeting on a motion; by the chair, or the deputy in the chair's absence."""
    given = grade(grade_given, scale)
    if (granting is None) is (refusing is None):
        raise BadParameter("The motion is --grant SCHEME=NUMBER, or --refuse REASON with --clause.")
    if (refusing is None) is not (clause is None):
        raise BadParameter("A refusal has a reason and a clause: --refuse REASON --clause CLAUSE.")
    with desk.office() as office:
        motion: Grant | Refusal
        if granting is not None:
            every = tuple(each.id for each in office.case(case).state.applied.sources)
            motion = Grant(granting, tuple(source or every), given)
        else:
            assert refusing is not None, "one of the two is said"
            assert clause is not None, "and a refusal has its clause"
            motion = Refusal(refusing, clause)
        event = examining.meet(
            office,
            case,
            by=by,
            present=present,
            motion=motion,
            on=on or KAZAKHSTAN.day_of(desk.now),
            at=desk.now,
        )
    moved = f"to grant {event.motion.points}" if event.motion.grants else "to refuse"
    desk.answer(event, f"In session: {len(event.present)} members present, on a motion {moved}.")


@command(judging, "vote")
def vote(
    desk: Desk,
    case: CaseArgument,
    cast: Annotated[Vote, Argument(metavar="VOTE", help="in_favour, against or abstained.")],
    by: _By,
    on: On = None,
) -> None:
    """Vote on the motion, openly."""
    with desk.office() as office:
        event = examining.vote(
            office, case, by=by, vote=cast, on=on or KAZAKHSTAN.day_of(desk.now), at=desk.now
        )
    desk.answer(event, f"Voted: {event.by} {event.vote.replace('_', ' ')}.")


@command(judging, "decide")
def decide(
    desk: Desk,
    case: CaseArgument,
    by: _By,
    minute: Annotated[
        list[str] | None, Option("--minute", metavar="TEXT", help="A paragraph of the minutes; repeated.")
    ] = None,
    minutes: Annotated[
        Path | None, Option("--minutes", metavar="FILE.txt", help="The minutes; a line for each paragraph.")
    ] = None,
    on: On = None,
) -> None:
    """Declare what the votes come to, with the minutes; by who presided."""
    if (minutes is None) is (not minute):
        raise BadParameter("The minutes are in --minutes FILE.txt, or in --minute TEXT for each paragraph.")
    written = minute or _lines_of(minutes)
    with desk.office() as office:
        event = examining.decide(
            office, case, by=by, minutes=written, on=on or KAZAKHSTAN.day_of(desk.now), at=desk.now
        )
    told = (
        f"Granted: {event.points}."
        if isinstance(event, RecognitionGranted)
        else f"Refused: {event.reason.rstrip('.')} ({event.cited})."
    )
    desk.answer(event, told, appeal_until=str(event.appeal_until))


def _lines_of(file: Path | None) -> list[str]:
    assert file is not None, "one of the two is given"
    try:
        written = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadParameter(f"{file} is not text in UTF-8.") from None
    return [line for line in written.splitlines() if line.strip()]
