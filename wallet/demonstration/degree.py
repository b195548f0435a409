"""The second half of the demonstration: the same learner on her way to a bachelor's degree.

A semester at another university, two open courses that together take the place of one discipline, a language
certificate that has expired, a sports title; then how far she is, and why. What an institution decides is decided
by those whose decision it is: experts conclude, members of a commission vote, each with a key of her own.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

from domain.achievement import Result
from domain.errors import CalendarUnknown
from domain.grade_scale import GradeScale, kz_letters, rounded
from domain.grading import Choice
from domain.prior_learning import EvidenceKind, Source
from domain.recognition import Correspondence, Criterion, Vote
from domain.recognition_policy import RecognitionRules
from domain.staff import Side
from domain.values import Evidence, Grade, Names, PersonId, source_id
from wallet import agreeing, examining, grading, issuing, partnering, portfolio, recognising, reporting
from wallet.advising import show_progress
from wallet.agreeing import Acting, Line, Wanted
from wallet.bundle import BundleEvidence
from wallet.demonstration.telling import (
    DATA,
    Chapter,
    Excerpt,
    Part,
    Script,
    Steps,
    refused,
)
from wallet.descriptions import InstitutionEntry, QualificationEntry, UnitEntry, convert
from wallet.entering import enter_institution, enter_qualification, enter_unit
from wallet.examining import Grant
from wallet.grading import Distribution
from wallet.office import Office
from wallet.projections import catalogue
from wallet.rerunning import rerun
from wallet.showing import show_record

_MEMBERS: Final = ("dean", "provost", "head-of-department")
_EXPERTS: Final = ("expert-omarova", "expert-kim", "expert-petrova")
_FULL: Final = dict.fromkeys(Criterion, Correspondence.FULL)
_WEEKS_AHEAD: Final = timedelta(weeks=5)
"""When the next period begins: late enough for an application made today."""

# --- the script -----------------------------------------------------------------------------------------


class _Component(Script, frozen=True):
    host_unit: str
    home_unit: str
    grade: Grade


class _Semester(Script, frozen=True):
    memorandum: str
    names: Names
    memorandum_on: date
    proposed_on: date
    starts_on: date
    ends_on: date
    recognised_on: date
    components: tuple[_Component, ...]


class _Grades(Script, frozen=True):
    host_scale: GradeScale
    host_counts: dict[str, int]
    home_counts: dict[str, int]
    since: date
    until: date


class _Prior(Script, frozen=True):
    title: str
    provider: str
    achieved_on: date
    hours: Decimal | None = None
    grade: Grade | None = None
    outcomes: tuple[str, ...] = ()


class _Courses(Script, frozen=True):
    unit: str
    sources: tuple[_Prior, ...]
    grade: Grade


class _Single(Script, frozen=True):
    unit: str
    source: _Prior


class _Degree(Script, frozen=True):
    home: str
    host: str
    qualification: str
    semester: _Semester
    grades: _Grades
    courses: _Courses
    language: _Single
    sport: _Single


class _File(Script, frozen=True):
    """How degree.json is written: descriptions as in any description file, and the story."""

    institutions: tuple[dict[str, object], ...]
    units: tuple[dict[str, object], ...]
    qualifications: tuple[dict[str, object], ...]
    story: _Degree


# --- the telling ----------------------------------------------------------------------------------------


@dataclass
class Degree:
    """The chapters from the semester away to the account of progress, for a learner whose wallet is open."""

    office: Office
    learner: str
    clock: Callable[[], datetime]
    report: Path
    bundle: Path
    """Where the report of progress is written, and what goes with it."""

    @cached_property
    def _file(self) -> _File:
        return msgspec.json.decode((DATA / "degree.json").read_bytes(), type=_File)

    @property
    def script(self) -> _Degree:
        return self._file.story

    @property
    def _today(self) -> date:
        return self.clock().date()

    def chapters(self) -> Iterator[Chapter]:
        self._describe()
        yield self._a_semester_away()
        yield self._grades_are_converted()
        try:
            self._appoint_a_commission()
            yield self._courses_take_the_place_of_a_discipline()
            yield self._a_certificate_has_expired()
            yield self._a_title_is_recognised()
        except CalendarUnknown as unknown:
            yield Chapter(
                "Prior learning before a commission",
                f"It cannot be told today: {unknown}",
                "Terms are counted in working days, and no calendar is guessed.",
            )
        yield self._how_far_it_is()
        yield self._anybody_reckons_again()

    def file_a_case(self) -> None:
        """An application that nobody has looked at yet, for whoever sits down at the desk of recognition."""
        source = Source(
            id=source_id("course"),
            kind=EvidenceKind.MOOC,
            title="Introduction to databases",
            provider="Open courses",
            achieved_on=self._today - _WEEKS_AHEAD,
            hours=Decimal(180),
            outcomes=("Design a relational schema", "Write queries in SQL"),
            documents=(self._document("Introduction to databases"),),
        )
        with suppress(CalendarUnknown):
            self._apply("databases", source)

    def _describe(self) -> None:
        source = "degree.json"
        for said in self._file.institutions:
            enter_institution(self.office, convert(said, InstitutionEntry, source=source), at=self.clock())
        for said in self._file.units:
            enter_unit(self.office, convert(said, UnitEntry, source=source), at=self.clock())
        for said in self._file.qualifications:
            entry = convert(said, QualificationEntry, source=source)
            enter_qualification(self.office, entry, at=self.clock())

    def _a_semester_away(self) -> Chapter:
        office, story, semester = self.office, self.script, self.script.semester
        her = Acting(learner=self.learner)
        home, host = Acting(institution=story.home), Acting(institution=story.host)
        partnering.propose_memorandum(
            office,
            story.home,
            memorandum=semester.memorandum,
            names=semester.names,
            partners=[story.host],
            valid_from=semester.memorandum_on,
            proposed_on=semester.memorandum_on,
            at=self.clock(),
        )
        partnering.sign_memorandum(
            office,
            story.host,
            memorandum=semester.memorandum,
            signed_on=semester.memorandum_on,
            at=self.clock(),
        )
        agreement = agreeing.propose_agreement(
            office,
            her,
            learner=self.learner,
            home=story.home,
            host=story.host,
            memorandum=semester.memorandum,
            components=[Wanted(each.host_unit, each.home_unit) for each in semester.components],
            starts_on=semester.starts_on,
            ends_on=semester.ends_on,
            proposed_on=semester.proposed_on,
            at=self.clock(),
        ).agreement
        for party in (home, host):
            agreeing.sign_agreement(
                office, party, agreement=agreement, signed_on=semester.proposed_on, at=self.clock()
            )
        agreeing.record_transcript(
            office,
            story.host,
            agreement=agreement,
            results=[Line(each.host_unit, Result.PASSED, each.grade) for each in semester.components],
            recorded_on=semester.ends_on,
            at=self.clock(),
        )
        picky = refused(
            "Leave out a unit that was agreed and passed",
            lambda: agreeing.leave_out_component(
                office,
                story.home,
                agreement=agreement,
                host_unit=semester.components[0].host_unit,
                reason="We teach it otherwise.",
                left_out_on=semester.recognised_on,
                at=self.clock(),
            ),
        )
        for each in semester.components:
            agreeing.recognise_component(
                office,
                story.home,
                agreement=agreement,
                host_unit=each.host_unit,
                recognised_on=semester.recognised_on,
                at=self.clock(),
            )
        return Chapter(
            "A semester at another university",
            "Learner, home and host sign a learning agreement; the host sends its transcript; home recognises it.",
            "What was agreed and passed counts in full. Assessment, validation and recognition are distinct acts.",
            (picky, self._excerpt(Part.LINES)),
        )

    def _grades_are_converted(self) -> Chapter:
        office, story, grades = self.office, self.script, self.script.grades
        ours = kz_letters(story.courses.grade.scale)
        for institution, scale in (
            (story.home, ours),
            (story.home, grades.host_scale),
            (story.host, grades.host_scale),
        ):
            grading.publish_scale(office, institution, scale, at=self.clock())
        for institution, of, counts in (
            (story.home, ours.scale, grades.home_counts),
            (story.host, grades.host_scale.scale, grades.host_counts),
        ):
            grading.publish_table(
                office,
                institution,
                table="ict",
                scale=of,
                counts=counts,
                since=grades.since,
                until=grades.until,
                field="06",
                at=self.clock(),
            )
        grading.fix_policy(
            office,
            story.home,
            policy="conversion",
            choice=Choice.MID,
            least_grades=50,
            in_force_from=self._today,
            average_scale=ours.scale,
            at=self.clock(),
        )
        steps = []
        for line in show_record(office, self.learner).credits:
            if line.institution == story.home and line.source is not None:
                event = grading.convert_grade(
                    office,
                    story.home,
                    learner=self.learner,
                    credit=line.credit,
                    way=Distribution("ict", "ict", story.host),
                    converted_on=self._today,
                    at=self.clock(),
                )
                steps.append(
                    f"{event.original.value} at the host places a learner as {event.result.value} does at home"
                )
        shown = grading.show_averages(office, story.home, self.learner, on=self._today)
        steps += [
            f"grade average {rounded(each.exactly)} over {len(each.graded)} units ({each.scheme})"
            for each in shown.averages.averages
        ]
        return Chapter(
            "What the grades would have been at home",
            "Both universities publish how often they give each grade; the shares are laid over one another.",
            "The method is fixed before any grade is seen, and the original stays beside what it became.",
            (Steps(tuple(steps)),),
        )

    def _appoint_a_commission(self) -> None:
        office, home, today = self.office, self.script.home, self._today
        recognising.publish_policy(
            office,
            home,
            RecognitionRules(),
            in_force_from=today,
            reference="Academic Council, minutes 7",
            at=self.clock(),
        )
        for person in (*_MEMBERS, *_EXPERTS):
            examining.register_staff(
                office,
                home,
                person=person,
                position=person.replace("-", " ").capitalize(),
                side=Side.ADMINISTRATION if person == "provost" else Side.TEACHING,
                at=self.clock(),
            )
        examining.compose(
            office,
            home,
            commission="prior-learning",
            members=_MEMBERS,
            reference="Order 12",
            on=today,
            at=self.clock(),
        )
        for member in _MEMBERS:
            examining.cast_ballot(
                office,
                "prior-learning",
                by=member,
                chair=_MEMBERS[0],
                deputy=_MEMBERS[1],
                on=today,
                at=self.clock(),
            )
        examining.elect(office, home, "prior-learning", on=today, at=self.clock())

    def _courses_take_the_place_of_a_discipline(self) -> Chapter:
        courses = self.script.courses
        sources = [
            self._source(f"course-{number}", EvidenceKind.MOOC, said)
            for number, said in enumerate(courses.sources, 1)
        ]
        case = self._apply(courses.unit, *sources)
        self._examine(case)
        alone = refused(
            f"Count “{sources[0].title}” alone", lambda: self._meet(case, [sources[0]], courses.grade)
        )
        self._meet(case, sources, courses.grade)
        self._decide(case)
        return Chapter(
            "Two open courses, one discipline",
            "A commission of the university finds that two courses together have the outcomes of one discipline.",
            "Experts conclude, members vote, each under her own signature; hours have to reach the credit.",
            (alone, Steps(tuple(self._steps(case))), self._excerpt(Part.SUMS)),
        )

    def _a_certificate_has_expired(self) -> Chapter:
        language = self.script.language
        source = self._source("certificate", EvidenceKind.LANGUAGE_CERTIFICATE, language.source)
        expired = refused(
            f"Apply with the certificate of {language.source.achieved_on}",
            lambda: self._apply(language.unit, source),
        )
        return Chapter(
            "A certificate that has expired",
            "A language certificate is good for two years from the examination.",
            "The refusal cites the clause, and nothing else of the record changes.",
            (expired,),
        )

    def _a_title_is_recognised(self) -> Chapter:
        sport = self.script.sport
        source = self._source("title", EvidenceKind.SPORTS_TITLE, sport.source)
        case = self._apply(sport.unit, source)
        self._examine(case)
        self._meet(case, [source], None)
        self._decide(case)
        return Chapter(
            "A title won in sport",
            "The title that she entered as learnt from life is now recognised for physical education.",
            "It counts, and it stays marked as informal for ever.",
            (Steps(tuple(self._steps(case))), self._excerpt(Part.LINES)),
        )

    def _how_far_it_is(self) -> Chapter:
        towards = show_progress(self.office, self.learner, self.script.qualification, on=self._today)
        return Chapter(
            "How far is it to the degree?",
            "Everything she has learnt, wherever it was, is laid against what the degree asks for.",
            "Each requirement says what meets it or what is missing; each credit left over says why.",
            (towards,),
        )

    def _anybody_reckons_again(self) -> Chapter:
        office, story = self.office, self.script
        record = show_record(office, self.learner)
        told = {credit for row in record.credentials for credit in row.credits}
        for line in record.credits:
            if line.withdrawn is None and line.credit not in told:
                issuing.issue_credit(
                    office, line.institution, learner=self.learner, credit=line.credit, at=self.clock()
                )
        reported = reporting.report_progress(
            office,
            story.home,
            learner=self.learner,
            qualification=story.qualification,
            on=self._today,
            at=self.clock(),
        )
        self.report.write_bytes(reported.text)
        self.bundle.write_bytes(reporting.bundle_for(office, reported, at=self.clock()))
        evidence = BundleEvidence.open(self.bundle.read_bytes(), {office.registry_signer().public.did})
        credentials = [each.encode() for each in evidence.bundle.credentials]
        again = rerun(reported.text, credentials=credentials, evidence=evidence, at=self.clock())
        improved = reported.text.replace(b'"B+"', b'"A"', 1)
        swindled = rerun(improved, credentials=credentials, evidence=evidence, at=self.clock())
        return Chapter(
            "Anybody reckons it again",
            "The university signs how far she is; whoever is given the report reckons it anew, from credentials alone.",
            "The same answer comes out byte for byte, with no wallet and no network; a changed grade does not pass.",
            (
                Steps(
                    (
                        again.headline,
                        *(f"{each.name}: {each.sentence}" for each in again.findings),
                        f"with one grade improved: {swindled.headline}",
                    )
                ),
            ),
            (self.report, self.bundle),
        )

    # --- what recurs ------------------------------------------------------------------------------------

    def _source(self, name: str, kind: EvidenceKind, said: _Prior) -> Source:
        return Source(
            id=source_id(name),
            kind=kind,
            title=said.title,
            provider=said.provider,
            achieved_on=said.achieved_on,
            hours=said.hours,
            grade=said.grade,
            outcomes=said.outcomes,
            documents=(self._document(said.title),),
        )

    def _document(self, title: str) -> Evidence:
        content = b"%PDF-1.4\n% " + title.encode()
        return portfolio.keep(self.office, self.learner, content, name=f"{title}.pdf", at=self.clock())

    def _apply(self, unit: str, *sources: Source) -> str:
        return recognising.apply(
            self.office,
            self.learner,
            institution=self.script.home,
            unit=unit,
            sources=sources,
            identity=self._document("Identity card"),
            period_from=self._today + _WEEKS_AHEAD,
            on=self._today,
            at=self.clock(),
        ).case

    def _examine(self, case: str) -> None:
        """The expert group concludes, each of its members for herself."""
        office, today = self.office, self._today
        examining.assign(
            office,
            self.script.home,
            case,
            commission="prior-learning",
            experts=_EXPERTS,
            on=today,
            at=self.clock(),
        )
        for expert in _EXPERTS:
            examining.conclude(office, case, by=expert, findings=_FULL, on=today, at=self.clock())

    def _meet(self, case: str, counted: Sequence[Source], grade: Grade | None) -> None:
        """The commission meets on the motion to grant what was asked, for these sources."""
        applied = self.office.case(case).state.applied
        examining.meet(
            self.office,
            case,
            by=_MEMBERS[0],
            present=_MEMBERS,
            motion=Grant(applied.points, tuple(source.id for source in counted), grade),
            on=self._today,
            at=self.clock(),
        )

    def _decide(self, case: str) -> None:
        """Every member votes, the chair signs the minutes, the Registrar's office enters what was granted."""
        office, today = self.office, self._today
        for member in _MEMBERS:
            examining.vote(office, case, by=member, vote=Vote.IN_FAVOUR, on=today, at=self.clock())
        examining.decide(
            office, case, by=_MEMBERS[0], minutes=["The commission grants it."], on=today, at=self.clock()
        )
        recognising.enter(office, self.script.home, case, extract="7/1", on=today, at=self.clock())

    def _steps(self, case: str) -> Iterator[str]:
        """Every act of a case, and who signed it."""
        people = {
            self.office.staff_signer(PersonId(person)).public.did: person for person in (*_MEMBERS, *_EXPERTS)
        }
        learner = self.office.learner_keys.signer(self.office.learner(self.learner).state.learner).public.did
        for entry in self.office.case(case).history.entries:
            by = people.get(entry.actor, "the learner" if entry.actor == learner else self.script.home)
            yield f"{entry.name.split('.')[1].replace('_', ' ')}, signed by {by.replace('-', ' ')}"

    def _excerpt(self, part: Part) -> Excerpt:
        record = show_record(self.office, self.learner)
        units: dict[str, Names] = {
            row.unit: row.names for row in catalogue.units(self.office.ledger.database)
        }
        return Excerpt(record, part, units)
