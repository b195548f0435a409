"""Learning agreements and memoranda in a reader's words: whose signature is missing, and what became of each unit."""

from dataclasses import dataclass
from typing import Final

from api.pages.forms import Form
from api.pages.languages import Language, marked
from domain.achievement import Result
from domain.agreement import Agreement, ComponentStanding, Party, Stage
from domain.memorandum import Acceptance, MemorandumStanding
from wallet.agreeing import Line, Wanted

PARTIES: Final = {
    Party.LEARNER: marked("the learner"),
    Party.HOME: marked("home, where it is to count"),
    Party.HOST: marked("host, which teaches and assesses"),
}
STAGES: Final = {
    Stage.PROPOSED: marked("waits for signatures"),
    Stage.DECLINED: marked("declined"),
    Stage.AGREED: marked("agreed by all three"),
    Stage.COMPLETED: marked("completed: everything is decided"),
}
TONES: Final = {Stage.PROPOSED: "open", Stage.DECLINED: "bad", Stage.AGREED: "good", Stage.COMPLETED: "good"}
MEMORANDUM_STANDINGS: Final = {
    MemorandumStanding.PROPOSED: marked("waits for signatures"),
    MemorandumStanding.NOT_YET: marked("signed, not yet in force"),
    MemorandumStanding.IN_FORCE: marked("in force"),
    MemorandumStanding.EXPIRED: marked("expired"),
    MemorandumStanding.ENDED: marked("ended"),
}
ACCEPTANCES: Final = {
    Acceptance.QUALITY_ASSURANCE: marked("quality assurance"),
    Acceptance.ASSESSMENT: marked("assessment"),
    Acceptance.VALIDATION: marked("validation"),
    Acceptance.RECOGNITION: marked("recognition"),
}
_AWAITED: Final = marked("waits for the host's transcript")
_PASSED: Final = marked("assessed, passed")
_FAILED: Final = marked("assessed, not passed")
_VALIDATED: Final = marked("validated by home")
_RECOGNISED: Final = marked("recognised by home")
_LEFT_OUT: Final = marked("left out: %(reason)s")

ROWS: Final = 5
"""Units on one form; a program takes more."""


@dataclass(frozen=True, slots=True)
class Row:
    """A unit of an agreement, how it stands, and what its next act may be."""

    standing: ComponentStanding
    words: str
    tone: str
    next: str


def rows(agreement: Agreement, spoken: Language) -> list[Row]:
    """One for each unit of the host's, in the order they were agreed."""
    return [_row(each, spoken) for each in agreement.components.values()]


def _row(each: ComponentStanding, spoken: Language) -> Row:
    if each.left_out is not None:
        return Row(each, spoken.say(_LEFT_OUT, reason=each.left_out.reason), "open", "")
    if each.recognised is not None:
        return Row(each, spoken.say(_RECOGNISED), "good", "")
    if each.validated is not None:
        return Row(each, spoken.say(_VALIDATED), "good", "recognise")
    if each.result is None:
        return Row(each, spoken.say(_AWAITED), "", "assess")
    if each.result.result is Result.PASSED:
        return Row(each, spoken.say(_PASSED), "good", "validate")
    return Row(each, spoken.say(_FAILED), "bad", "assess")


def wanted(said: Form) -> list[Wanted]:
    """The rows of a form in which a unit of the host's stands."""
    return [
        Wanted(host, said.get(f"home_unit-{number}") or None)
        for number in range(1, ROWS + 1)
        if (host := said.get(f"host_unit-{number}"))
    ]


def results(said: Form, agreement: Agreement) -> list[Line]:
    """The lines of a transcript that were filled in."""
    told = []
    for host_unit in agreement.components:
        if (result := said.get(f"result-{host_unit}")) in set(Result):
            part = Form({name: said.fields.get(f"{name}-{host_unit}", []) for name in ("grade", "scale")})
            told.append(Line(host_unit, Result(result), part.grade()))
    return told
