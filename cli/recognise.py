"""`wallet recognise`: prior learning, from an institution's policy to a decision and its entry in the transcript."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from rich.console import RenderableType
from rich.text import Text
from typer import Argument, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Institution, InstitutionArgument, Learner, LearnerArgument, On
from cli.recognise_judging import CaseArgument, commission, judging, staff
from cli.rendering import listed, spoken
from cli.tables import a_table
from domain.kazakhstan import KAZAKHSTAN
from domain.prior_learning import Source
from domain.recognition import Case, Decision, RecognitionGranted, Round, Stage, due
from domain.recognition_policy import Clause, PolicyVersion
from wallet import portfolio, recognising
from wallet.descriptions import PolicyEntry, read_file
from wallet.portfolio_files import ApplicationEntry, hand_in, keep_file

app = Typer(help="Recognise learning that came from elsewhere.")
policy = Typer(help="Publish and read policies of recognition.")
app.add_typer(policy, name="policy")
app.add_typer(staff, name="staff")
app.add_typer(commission, name="commission")
app.add_typer(judging)


# --- policies -------------------------------------------------------------------------------------------


@command(policy, "publish")
def publish(
    desk: Desk,
    file: Annotated[
        Path, Argument(metavar="FILE.json", help="The policy: its parameters, days and clauses.")
    ],
) -> None:
    """Publish the next version of an institution's policy. Cases filed before keep the one they had."""
    with desk.office() as office:
        published = [
            recognising.publish_policy(
                office,
                entry.institution,
                entry.rules,
                in_force_from=entry.in_force_from,
                reference=entry.reference,
                at=desk.now,
            )
            for entry in read_file(file, PolicyEntry)
        ]
    desk.answer(
        published,
        *(
            f"Published: version {event.version} for {event.institution}, in force from {event.in_force_from}."
            for event in published
        ),
    )


@command(policy, "show")
def show_policy(
    desk: Desk,
    institution: InstitutionArgument,
    version: Annotated[
        int | None, Option("--version", min=1, help="Which version; the one in force today if not said.")
    ] = None,
) -> None:
    """Show an institution's policy: its parameters, and the clause each rule cites."""
    with desk.office() as office:
        published = office.recognition_policy(institution).state
    shown = published.in_force(desk.today) if version is None else published.version(version)
    desk.answer(shown, *_a_policy(shown))


def _a_policy(version: PolicyVersion) -> Iterator[RenderableType]:
    rules = version.rules
    yield Text(
        f"{version.institution}, version {version.version}, from {version.in_force_from}", style="bold"
    )
    yield f"  {version.reference}"
    hours_of = ", ".join(
        f"{each} hours a credit of {scheme}" for scheme, each in rules.hours_per_credit.items()
    )
    share = rules.most_not_formal
    yield listed(
        (
            f"application at least {rules.days_before_period} working days before the academic period",
            f"documents to the experts within {rules.days_to_experts} working days, "
            f"{rules.experts} conclusions within {rules.days_for_experts} more",
            f"an odd number of members, at most {rules.most_members}; quorum {rules.quorum} of them",
            f"appeal within {rules.days_for_appeal} working days of the decision",
            hours_of,
            f"a language certificate counts for {rules.language_certificate_years} years from the exam",
            f"at most {share} of a programme by learning outside formal education"
            if share is not None
            else "no limit is set to learning outside formal education",
        )
    )
    yield "Clauses cited:"
    yield listed(f"{clause.replace('_', ' ')}: {rules.clause(clause)}" for clause in Clause)


# --- the learner ----------------------------------------------------------------------------------------


@command(app, "keep")
def keep(
    desk: Desk,
    learner: LearnerArgument,
    file: Annotated[Path, Argument(metavar="FILE", help="A PDF, PNG or JPEG of at most 10 MiB.")],
) -> None:
    """Put a document into a learner's portfolio. It is sealed with her key."""
    with desk.office() as office:
        kept = keep_file(office, learner, file, at=desk.now)
    desk.answer(kept, f"Kept: {kept.name}, {kept.media_type}.", sha256=kept.sha256)


@command(app, "document")
def document(
    desk: Desk,
    learner: LearnerArgument,
    sha256: Annotated[str, Argument(metavar="SHA256", help="The document's SHA-256 in hex.")],
    out: Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write it.")],
) -> None:
    """Take a document out of a learner's portfolio, as it was handed in."""
    with desk.office() as office:
        found = portfolio.read(office, learner, sha256)
    out.write_bytes(found.content)
    desk.answer({"media_type": found.media_type, "size": len(found.content)}, f"Written: {out}.")


@command(app, "apply")
def apply(
    desk: Desk,
    file: Annotated[
        Path, Argument(metavar="FILE.json", help="The application, with the files it names beside it.")
    ],
    learner: Learner,
    on: On = None,
) -> None:
    """File a learner's application. The documents it names are put into her portfolio first."""
    day = on or KAZAKHSTAN.day_of(desk.now)
    with desk.office() as office:
        filed = [
            hand_in(office, learner, entry, beside=file.parent, on=day, at=desk.now)
            for entry in read_file(file, ApplicationEntry)
        ]
    for event in filed:
        desk.answer(
            event,
            f"Filed: {len(event.sources)} sources for the unit {event.unit}, {event.points}, "
            f"{spoken(event.setting)} learning.",
            case=event.case,
            documents_due=str(event.documents_due),
        )


@command(app, "appeal")
def appeal(
    desk: Desk,
    case: CaseArgument,
    grounds: Annotated[str, Option("--grounds", metavar="TEXT", help="Why the decision should be another.")],
    on: On = None,
) -> None:
    """File a learner's appeal; it goes to a new composition."""
    day = on or KAZAKHSTAN.day_of(desk.now)
    with desk.office() as office:
        event = recognising.appeal(office, case, grounds=grounds, on=day, at=desk.now)
    desk.answer(event, "Appealed: a new composition is to judge.", documents_due=str(event.documents_due))


# --- the offices ----------------------------------------------------------------------------------------


@command(app, "extract")
def extract(
    desk: Desk,
    case: CaseArgument,
    signed: Annotated[
        Path | None,
        Option("--signed", metavar="FILE", help="Write the decision there as a credential, too."),
    ] = None,
) -> None:
    """Show the extract of the minutes, which the Registrar's office is given."""
    with desk.office() as office:
        found = recognising.show_extract(office, case)
        if signed is not None:
            signed.write_bytes(recognising.certify_decision(office, case, at=desk.now))
    applied = found.case.applied
    desk.answer(
        found,
        Text(
            f"Extract of the minutes of {found.decision.commission}, {found.decision.decided_on}",
            style="bold",
        ),
        f"  case {found.case.id}, unit {desk.named(found.unit_names)} [{applied.unit}]",
        *_a_decision(found.decision),
        listed(_a_source(source) for source in found.sources) if found.sources else "Nothing is recognised.",
        *(() if signed is None else (f"Signed, and written to {signed}.",)),
    )


@command(app, "enter")
def enter(
    desk: Desk,
    case: CaseArgument,
    institution: Institution,
    number: Annotated[
        str, Option("--extract", metavar="TEXT", help="The number of the extract of the minutes.")
    ],
    on: On = None,
) -> None:
    """Enter what was granted in the learner's transcript: the Registrar's act."""
    day = on or KAZAKHSTAN.day_of(desk.now)
    with desk.office() as office:
        event = recognising.enter(office, institution, case, extract=number, on=day, at=desk.now)
    desk.answer(event, f"Entered, on extract {event.extract}.", credit=event.credit)


@command(app, "queue")
def queue(
    desk: Desk,
    institution: InstitutionArgument,
    closed: Annotated[bool, Option("--all", help="Those that are decided and entered, too.")] = False,
    on: On = None,
) -> None:
    """List an institution's cases: what each waits for, until when, and what is overdue."""
    day: date = on or KAZAKHSTAN.day_of(desk.now)
    with desk.office() as office:
        queued = recognising.show_queue(office, institution, on=day, all_cases=closed)
        erased = recognising.erased_cases(office, institution) if closed else []
    table = a_table("Case", "Unit", "Credit", "Stage", "Until", right=("Credit",))
    table.columns[0].no_wrap = True  # it is copied from here
    for each in queued:
        applied = each.case.applied
        until = "" if each.due is None else str(each.due)
        table.add_row(applied.case, applied.unit, str(applied.points), each.case.stage, until)
    late = [
        f"{each.case.id}: {each.overdue.what}, due on {each.overdue.due}" + _whose(each.overdue.who)
        for each in queued
        if each.overdue is not None
    ]
    for gone in erased:
        table.add_row(gone.id, "", "", "learner erased", f"{gone.erased_at:%Y-%m-%d}")
    shown: list[RenderableType] = [table] if queued or erased else ["No case is open."]
    if late:
        shown += ["Overdue:", listed(late)]
    desk.answer([*queued, *erased], *shown)


def _whose(persons: Sequence[str]) -> str:
    return f": {', '.join(persons)}" if persons else ""


@command(app, "show")
def show(desk: Desk, case: CaseArgument) -> None:
    """Show a case: what was asked for, who judged, and what has become of it."""
    with desk.office() as office:
        state = office.case(case).state
    desk.answer(state, *_a_case(state))


def _a_case(case: Case) -> Iterator[RenderableType]:
    applied = case.applied
    yield Text(f"{applied.points} for the unit {applied.unit} of {applied.institution}", style="bold")
    yield (
        f"  {spoken(applied.setting)} learning, filed on {applied.filed_on} for the period from "
        f"{applied.period_from}; {case.stage}"
    )
    if (last := due(case)) is not None:
        yield f"  waits until {last}"
    yield listed(_a_source(source) for source in applied.sources)
    for number, told in enumerate(case.rounds):
        if number:
            assert case.appealed is not None, "a second round is an appeal's"
            yield f"Appealed on {case.appealed.appealed_on}: {case.appealed.grounds}"
        yield from _a_round(told)


def _a_round(told: Round) -> Iterator[RenderableType]:
    if told.assigned is not None:
        yield f"Before {told.assigned.commission}; experts {', '.join(told.assigned.experts)}."
    if told.conclusions:
        yield listed(
            f"{each.by}: "
            + ", ".join(f"{criterion} {found}" for criterion, found in each.findings.items())
            + (f"; grade {each.grade.value}" if each.grade else "")
            for each in told.conclusions.values()
        )
    if told.session is not None and told.decision is None:
        yield f"In session since {told.session.held_on}; still to vote: {', '.join(told.silent) or 'nobody'}."
    if told.decision is not None:
        yield from _a_decision(told.decision)
    if told.stage is Stage.ENTERED and told.entered is not None:
        yield f"Entered on {told.entered.entered_on} as credit {told.entered.credit}, extract {told.entered.extract}."


def _a_decision(decision: Decision) -> Iterator[RenderableType]:
    votes = decision.votes
    told = f"{votes.in_favour} in favour, {votes.against} against, {votes.abstained} abstained"
    if isinstance(decision, RecognitionGranted):
        grade = f", grade {decision.grade.value} ({decision.grade.scale})" if decision.grade else ""
        yield f"Granted: {decision.points}{grade}; {told}."
    else:
        yield f"Refused: {decision.reason.rstrip('.')} ({decision.cited}); {told}."
    yield f"It may be appealed until {decision.appeal_until}."
    yield listed(decision.minutes)


def _a_source(source: Source) -> str:
    said = [source.title]
    if source.provider is not None:
        said.append(source.provider)
    said.append(source.kind.replace("_", " "))
    if source.hours is not None:
        said.append(f"{source.hours} hours")
    if source.grade is not None:
        said.append(f"{source.grade.value} ({source.grade.scale})")
    return f"{', '.join(said)}  [{source.id}]"
