"""A case of recognition in a reader's words: where it stands, what it waits for and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from api.pages.languages import Language, marked
from domain.prior_learning import EvidenceKind
from domain.recognition import (
    Case,
    Correspondence,
    Criterion,
    RecognitionGranted,
    Round,
    Stage,
    Vote,
    due,
)
from domain.recognition_policy import Clause
from domain.staff import Side

KINDS: Final = {
    EvidenceKind.DIPLOMA: marked("diploma with its supplement"),
    EvidenceKind.TRANSCRIPT: marked("transcript"),
    EvidenceKind.SCHOOL_CERTIFICATE: marked("school certificate with its supplement"),
    EvidenceKind.PROVIDER_DOCUMENT: marked("document of a provider"),
    EvidenceKind.MOOC: marked("open online course"),
    EvidenceKind.LANGUAGE_CERTIFICATE: marked("language certificate"),
    EvidenceKind.PROFESSIONAL_CERTIFICATE: marked("professional certificate"),
    EvidenceKind.SPORTS_SECTION: marked("sports section"),
    EvidenceKind.SPORTS_PRIZE: marked("prize in sport"),
    EvidenceKind.SPORTS_TITLE: marked("title in sport"),
    EvidenceKind.OLYMPIAD: marked("subject olympiad"),
}
STAGES: Final = {
    Stage.FILED: marked("filed: the documents go to the experts next"),
    Stage.WITH_EXPERTS: marked("with the experts"),
    Stage.CONCLUDED: marked("the experts have concluded: the commission meets next"),
    Stage.IN_SESSION: marked("before the commission"),
    Stage.GRANTED: marked("granted: the Registrar's office enters it next"),
    Stage.REFUSED: marked("refused"),
    Stage.ENTERED: marked("recognised, and entered in the transcript"),
}
TONES: Final = {Stage.REFUSED: "bad", Stage.ENTERED: "good", Stage.GRANTED: "good"}
CRITERIA: Final = {
    Criterion.OUTCOMES: marked("learning outcomes and competences"),
    Criterion.AIMS: marked("aims"),
    Criterion.VOLUME: marked("volume"),
    Criterion.ASSESSMENT: marked("assessment"),
}
CORRESPONDENCES: Final = {
    Correspondence.FULL: marked("full"),
    Correspondence.PARTIAL: marked("partial"),
    Correspondence.NONE: marked("none"),
}
VOTES: Final = {
    Vote.IN_FAVOUR: marked("in favour"),
    Vote.AGAINST: marked("against"),
    Vote.ABSTAINED: marked("abstained"),
}
SIDES: Final = {
    Side.TEACHING: marked("teaching staff"),
    Side.ADMINISTRATION: marked("administration"),
}
CLAUSES: Final = {
    Clause.FILED_IN_TIME: marked("filed too late before the academic period"),
    Clause.PAPERS: marked("papers that are asked for are not there"),
    Clause.EVIDENCE: marked("the document is of no kind that is taken"),
    Clause.LANGUAGE_CERTIFICATE: marked("the language certificate has run out"),
    Clause.COMPOSITION: marked("the commission is not composed as it must be"),
    Clause.OFFICERS: marked("chair and deputy are not elected"),
    Clause.EXPERTS: marked("the expert group is not as it must be"),
    Clause.INDEPENDENCE: marked("somebody would judge in her own cause"),
    Clause.VOLUME: marked("the hours do not reach the credit"),
    Clause.CORRESPONDENCE: marked("the outcomes do not correspond"),
    Clause.SHARE: marked("too much of the programme outside formal education"),
    Clause.QUORUM: marked("no quorum"),
    Clause.MAJORITY: marked("no majority"),
    Clause.ONCE: marked("this learning counts already"),
    Clause.APPEAL: marked("the appeal is not admissible"),
    Clause.MOBILITY: marked("agreed learning abroad counts in full"),
}
_FILED: Final = marked("Application filed")
_APPEALED: Final = marked("Appeal filed, to a commission and experts of whom none was of the first")
_WITH_EXPERTS: Final = marked("Documents with the expert group")
_CONCLUDED: Final = marked("Conclusions of the experts: %(done)s of %(all)s")
_MET: Final = marked("Meeting of the commission")
_GRANTED: Final = marked(
    "Granted: %(points)s; in favour %(in_favour)s, against %(against)s, abstained %(abstained)s"
)
_REFUSED: Final = marked("Refused; in favour %(in_favour)s, against %(against)s, abstained %(abstained)s")
_DECIDED: Final = marked("Decision")
_ENTERED: Final = marked("Entered in the transcript")


@dataclass(frozen=True, slots=True)
class Milestone:
    """`on` is the day it happened, or None while it is awaited; `until` the last day for it, where there is one."""

    words: str
    on: date | None
    until: date | None = None
    late: bool = False
    ends: bool = False


def milestones(case: Case, spoken: Language, *, on: date) -> list[Milestone]:
    """From the application to the transcript, what has happened and what is to come; an appeal after the first."""
    told = [Milestone(spoken.say(_FILED), case.applied.filed_on)]
    for number, each in enumerate(case.rounds):
        if number and case.appealed is not None:
            told.append(Milestone(spoken.say(_APPEALED), case.appealed.appealed_on))
        told += _of_round(each, spoken)
    last = due(case)
    if last is None or on <= last:
        return told
    late = next(place for place, each in enumerate(told) if each.on is None)
    told[late] = Milestone(told[late].words, None, last, late=True)
    return told


def _of_round(each: Round, spoken: Language) -> list[Milestone]:
    assigned, session, decision = each.assigned, each.session, each.decision
    experts = () if assigned is None else assigned.experts
    concluded = [conclusion.concluded_on for conclusion in each.conclusions.values()]
    told = [
        Milestone(
            spoken.say(_WITH_EXPERTS),
            None if assigned is None else assigned.assigned_on,
            each.documents_due if assigned is None else None,
        ),
        Milestone(
            spoken.say(_CONCLUDED, done=len(concluded), all=len(experts) or "–"),
            max(concluded) if experts and not each.awaited else None,
            assigned.conclusions_due if assigned is not None and each.awaited else None,
        ),
        Milestone(spoken.say(_MET), None if session is None else session.held_on),
    ]
    if decision is None:
        return [*told, Milestone(spoken.say(_DECIDED), None)]
    votes = decision.votes
    counted = {"in_favour": votes.in_favour, "against": votes.against, "abstained": votes.abstained}
    if not isinstance(decision, RecognitionGranted):
        return [*told, Milestone(spoken.say(_REFUSED, **counted), decision.decided_on, ends=True)]
    granted = spoken.say(_GRANTED, points=spoken.points(decision.points), **counted)
    entered = None if each.entered is None else each.entered.entered_on
    return [*told, Milestone(granted, decision.decided_on), Milestone(spoken.say(_ENTERED), entered)]


def words_of_cases(spoken: Language) -> dict[str, dict[str, str]]:
    """What a template of a case calls things, by their stored names."""
    tables: dict[str, Mapping[Any, str]] = {
        "kinds": KINDS,
        "stages": STAGES,
        "criteria": CRITERIA,
        "correspondences": CORRESPONDENCES,
        "votes": VOTES,
        "sides": SIDES,
        "clauses": CLAUSES,
    }
    return {
        name: {key.value: spoken.say(words) for key, words in table.items()} for name, table in tables.items()
    }
