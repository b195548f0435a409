"""`wallet agree`: learning agreements between a learner, home and host."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from rich.console import RenderableType
from rich.text import Text
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Institution, On, OptionalInstitution, Reason, ScaleOption, day, grade, points
from cli.tables import a_table
from domain.achievement import Result
from domain.agreement import Agreement, ComponentStanding, Party
from domain.circle import Phase
from domain.values import CreditPoints
from wallet import agreeing
from wallet.agreeing import Acting, Line, Wanted

app = Typer(help="Learning agreements: propose, sign, change, assess, recognise.")

AgreementArgument = Annotated[str, Argument(metavar="AGREEMENT", help="The agreement's id.")]
HostUnitArgument = Annotated[
    str, Argument(metavar="HOST_UNIT", help="The host's unit that the component is.")
]
OptionalLearner = Annotated[
    str | None, Option("--learner", "-l", metavar="UUID", help="The learner whose act this is.")
]


def wanted(typed: str) -> Wanted:
    """`HOST_UNIT[:HOME_UNIT[:SCHEME=NUMBER[:OUTCOME,…]]]`; an empty part is as if it were not there."""
    parts = typed.split(":")
    if len(parts) > 4 or not parts[0]:
        raise BadParameter(f"{typed!r} is not in the form HOST_UNIT[:HOME_UNIT[:SCHEME=NUMBER[:OUTCOME,…]]].")
    _, home_unit, worth, outcomes = (*parts, "", "", "")[:4]
    return Wanted(
        parts[0],
        home_unit or None,
        _worth(worth) if worth else None,
        tuple(outcomes.split(",")) if outcomes else None,
    )


def _worth(typed: str) -> CreditPoints:
    return points(typed)


def acting(learner: str | None, institution: str | None) -> Acting:
    """Whose act it is: a learner's or an institution's."""
    if (learner is None) == (institution is None):
        raise BadParameter("Say whose act this is: --learner, or --institution, and not both.")
    return Acting(learner=learner, institution=institution)


ComponentOptions = Annotated[
    list[Wanted] | None,
    Option(
        "--component",
        parser=wanted,
        metavar="HOST_UNIT[:HOME_UNIT[:SCHEME=NUMBER]]",
        help="What is studied, and the unit at home that it takes the place of; may be repeated.",
    ),
]


@command(app, "propose")
def propose(
    desk: Desk,
    learner: Annotated[str, Option("--learner", "-l", metavar="UUID", help="The learner.")],
    sending: Annotated[str, Option("--sending", metavar="ID", help="Home: where it is to count.")],
    receiving: Annotated[str, Option("--receiving", metavar="ID", help="The host: where it is studied.")],
    starts: Annotated[date, Option("--from", parser=day, metavar="DAY", help="The first day of the stay.")],
    ends: Annotated[date, Option("--until", parser=day, metavar="DAY", help="The last day of the stay.")],
    component: ComponentOptions = None,
    institution: Annotated[
        str | None,
        Option(
            "--institution", "-i", metavar="ID", help="Home or host, if one proposes; else the learner does."
        ),
    ] = None,
    memorandum: Annotated[
        str | None, Option("--memorandum", metavar="ID", help="The memorandum it is made under.")
    ] = None,
    agreement: Annotated[
        str | None, Option("--id", metavar="ID", help="An id for it; one is made if none is named.")
    ] = None,
    on: On = None,
) -> None:
    """Propose an agreement and sign it, as the learner, or with -i as home or host."""
    by = Acting(institution=institution) if institution is not None else Acting(learner=learner)
    with desk.office() as office:
        event = agreeing.propose_agreement(
            office,
            by,
            learner=learner,
            home=sending,
            host=receiving,
            components=component or (),
            starts_on=starts,
            ends_on=ends,
            memorandum=memorandum,
            agreement=agreement,
            proposed_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(
        event, f"Proposed by {_party(event.by)}: the two others have to sign.", agreement=event.agreement
    )


@command(app, "sign")
def sign(
    desk: Desk,
    agreement: AgreementArgument,
    learner: OptionalLearner = None,
    institution: OptionalInstitution = None,
    on: On = None,
) -> None:
    """Sign the agreement, or the change of it that is open, with the party's own key."""
    by = acting(learner, institution)
    with desk.office() as office:
        event = agreeing.sign_agreement(
            office, by, agreement=agreement, signed_on=on or desk.today, at=desk.now
        )
        state = office.agreement(agreement).state
    # Once all have signed a change, nothing is open, and nobody is waited for.
    waiting = " and ".join(map(_party, state.unsigned))
    what = f"Change {event.change}" if event.change else "The agreement"
    ending = f"it waits for {waiting}." if waiting else "all three have signed."
    desk.answer(event, f"{what} is signed by {_party(event.by)}; {ending}")


@command(app, "decline")
def decline(
    desk: Desk,
    agreement: AgreementArgument,
    reason: Reason,
    learner: OptionalLearner = None,
    institution: OptionalInstitution = None,
    on: On = None,
) -> None:
    """Decline the change that is open, and all stays as it was; or else the agreement itself."""
    by = acting(learner, institution)
    with desk.office() as office:
        event = agreeing.decline_agreement(
            office, by, agreement=agreement, reason=reason, declined_on=on or desk.today, at=desk.now
        )
    what = f"Change {event.change}" if event.change else "The agreement"
    desk.answer(event, f"{what} is declined by {_party(event.by)}.")


@command(app, "change")
def change(
    desk: Desk,
    agreement: AgreementArgument,
    reason: Reason,
    drop: Annotated[
        list[str] | None, Option("--drop", metavar="HOST_UNIT", help="What is no longer studied.")
    ] = None,
    component: ComponentOptions = None,
    learner: OptionalLearner = None,
    institution: OptionalInstitution = None,
    on: On = None,
) -> None:
    """Propose to drop components, to add some, or to replace one; it counts once all three have signed."""
    by = acting(learner, institution)
    with desk.office() as office:
        event = agreeing.propose_change(
            office,
            by,
            agreement=agreement,
            drops=drop or (),
            adds=component or (),
            reason=reason,
            proposed_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(
        event, f"Change {event.change} is proposed by {_party(event.by)}: the two others have to sign."
    )


@command(app, "transcript")
def transcript(
    desk: Desk,
    agreement: AgreementArgument,
    institution: Institution,
    passed: Annotated[
        list[str] | None,
        Option("--passed", metavar="HOST_UNIT[=GRADE]", help="A component passed, with its grade."),
    ] = None,
    failed: Annotated[
        list[str] | None,
        Option("--failed", metavar="HOST_UNIT[=GRADE]", help="A component failed, with its grade."),
    ] = None,
    scale: ScaleOption = None,
    on: On = None,
) -> None:
    """Record the host's results; with each pass the credit that was agreed is awarded."""
    lines = [
        *(_line(each, Result.PASSED, scale) for each in passed or ()),
        *(_line(each, Result.FAILED, scale) for each in failed or ()),
    ]
    with desk.office() as office:
        told = agreeing.record_transcript(
            office, institution, agreement=agreement, results=lines, recorded_on=on or desk.today, at=desk.now
        )
    desk.answer(
        told,
        f"Recorded: {len(told.recorded.results)} in the transcript, "
        f"{len(told.awarded)} awarded with it; home validates and recognises them.",
    )


def _line(typed: str, result: Result, scale: str | None) -> Line:
    host_unit, found, value = typed.partition("=")
    return Line(host_unit, result, grade(value, scale) if found else None)


@command(app, "validate")
def validate(
    desk: Desk,
    agreement: AgreementArgument,
    host_unit: HostUnitArgument,
    institution: Institution,
    on: On = None,
) -> None:
    """Confirm, as home, that the outcomes assessed are those that were required."""
    with desk.office() as office:
        event = agreeing.validate_component(
            office,
            institution,
            agreement=agreement,
            host_unit=host_unit,
            validated_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Validated: {', '.join(event.outcomes)} of {event.host_unit}.")


@command(app, "recognise")
def recognise(
    desk: Desk,
    agreement: AgreementArgument,
    host_unit: HostUnitArgument,
    institution: Institution,
    on: On = None,
) -> None:
    """Recognise, as home, what was passed and validated: its credit counts there from now on."""
    with desk.office() as office:
        told = agreeing.recognise_component(
            office,
            institution,
            agreement=agreement,
            host_unit=host_unit,
            recognised_on=on or desk.today,
            at=desk.now,
        )
    ground = told.validated.memorandum if told.validated else None
    desk.answer(
        told,
        f"Recognised: {told.recognised.host_unit}, in full.",
        credit=told.recognised.counted_as,
        validated_by_memorandum=ground,
    )


@command(app, "leave-out")
def leave_out(
    desk: Desk,
    agreement: AgreementArgument,
    host_unit: HostUnitArgument,
    institution: Institution,
    reason: Reason,
    on: On = None,
) -> None:
    """Say, as home, that a component does not count; never one that was agreed and passed."""
    with desk.office() as office:
        event = agreeing.leave_out_component(
            office,
            institution,
            agreement=agreement,
            host_unit=host_unit,
            reason=reason,
            left_out_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Left out: {event.host_unit}.")


@command(app, "phase")
def phase(
    desk: Desk,
    agreement: AgreementArgument,
    phase: Annotated[Phase, Option("--phase", help="Which of the four.")],
    findings: Annotated[str, Option("--findings", metavar="TEXT", help="What was found.")],
    learner: OptionalLearner = None,
    institution: OptionalInstitution = None,
    on: On = None,
) -> None:
    """Record a phase of the quality circle of this mobility; the phases come in turn."""
    by = acting(learner, institution)
    with desk.office() as office:
        event = agreeing.record_mobility_phase(
            office,
            by,
            agreement=agreement,
            phase=phase,
            findings=findings,
            recorded_on=on or desk.today,
            at=desk.now,
        )
    desk.answer(event, f"Recorded: {event.phase} of round {event.round}, by {_party(event.by)}.")


@command(app, "list")
def list_agreements(
    desk: Desk, learner: OptionalLearner = None, institution: OptionalInstitution = None
) -> None:
    """List the agreements of a learner, or of an institution."""
    by = acting(learner, institution)
    with desk.office() as office:
        found = agreeing.agreements_of(office, by)
    table = a_table("Agreement", "Home", "Host", "From", "Until", "Stage")
    for each in found:
        table.add_row(each.id, each.home, each.host, str(each.starts_on), str(each.ends_on), each.stage.value)
    desk.answer(found, table if found else "There is no agreement yet.")


@command(app, "show")
def show(desk: Desk, agreement: AgreementArgument) -> None:
    """Show an agreement: its components, and how far each has come."""
    with desk.office() as office:
        state = office.agreement(agreement).state
    desk.answer(state, *_told(state), **_facts(state))


def _told(agreement: Agreement) -> Iterator[RenderableType]:
    yield Text(f"{agreement.home} sends to {agreement.host}", style="bold")
    table = a_table("Host's unit", "For", "Credit", "Standing", right=("Credit",))
    for standing in agreement.components.values():
        component = standing.component
        table.add_row(
            component.host_unit,
            component.home_unit or "(beside the units)",
            str(component.points),
            _standing(standing),
        )
    yield table
    if agreement.change is not None:
        proposed = agreement.change.proposed
        drops = ", ".join(proposed.drops) or "nothing"
        adds = ", ".join(component.host_unit for component in proposed.adds) or "nothing"
        yield f"Change {proposed.change} is open: it drops {drops}, and adds {adds} ({proposed.reason})."
    for noted in agreement.circle:
        yield f"{noted.phase.capitalize()}, round {noted.round}, the {noted.by}: {noted.findings}"


def _standing(standing: ComponentStanding) -> str:
    if standing.recognised is not None:
        return f"recognised {standing.recognised.recognised_on}"
    if standing.left_out is not None:
        return f"left out: {standing.left_out.reason}"
    if standing.validated is not None:
        return f"validated {standing.validated.validated_on}"
    if standing.result is not None:
        return standing.result.result.value
    return "not assessed"


def _facts(agreement: Agreement) -> dict[str, Any]:
    declined = agreement.declined
    return {
        "agreement": agreement.id,
        "stage": agreement.stage.value,
        "learner": agreement.learner,
        "stay": f"{agreement.starts_on} to {agreement.ends_on}",
        "memorandum": agreement.memorandum,
        "waits_for": ", ".join(agreement.unsigned) or None if declined is None else None,
        "declined": f"by {_party(declined.by)}: {declined.reason}" if declined else None,
    }


def _party(party: Party) -> str:
    return f"the {party}" if party is Party.LEARNER else f"the {party} institution"
