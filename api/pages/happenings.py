"""What happened in a wallet, as a line of a timeline: in words, by the event's stored name."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.pages.languages import Language, marked
from domain.achievement import AchievementClaimed
from domain.values import CreditPoints, Grade, Names, Setting
from wallet.glancing import KnownNames
from wallet.ledger.entry import Entry

SETTINGS: Final = {
    Setting.FORMAL: marked("formal"),
    Setting.NON_FORMAL: marked("non-formal"),
    Setting.INFORMAL: marked("informal"),
}

_WORDS: Final = {
    "wallet.opened.v1": marked("The wallet was opened"),
    "achievement.claimed.v1": marked("Entered by the learner: %(what)s"),
    "achievement.assessed.v1": marked("Assessed: %(what)s"),
    "credit.awarded.v1": marked("%(points)s awarded for %(what)s"),
    "credit.transferred.v1": marked("%(points)s transferred"),
    "credit.withdrawn.v1": marked("Credit withdrawn: %(reason)s"),
    "qualification.conferred.v1": marked("Qualification conferred: %(what)s"),
    "conferral.withdrawn.v1": marked("Qualification withdrawn: %(reason)s"),
    "credit.transferred.v2": marked("%(points)s transferred"),
    "credit.recognised.v1": marked("%(points)s recognised for %(what)s"),
    "grade.converted.v1": marked("Grade converted: %(original)s there is %(result)s here"),
    "attempt.failed.v1": marked("Not passed: %(what)s"),
    "attempt.withdrawn.v1": marked("A failure was taken back: %(reason)s"),
    "learning.brought.v1": marked("Brought in from elsewhere: %(what)s"),
}
_ANY_OTHER: Final = marked("Recorded: %(what)s")
_ENDS: Final = {"credit.withdrawn.v1", "conferral.withdrawn.v1"}


@dataclass(frozen=True, slots=True)
class Happening:
    """`by` is the institution's name, or None for the learner herself; `ends` is set where something was taken back."""

    sequence: int
    at: datetime
    words: str
    by: str | None
    ends: bool


def happenings(entries: tuple[Entry, ...], names: KnownNames, spoken: Language) -> list[Happening]:
    """One for each event, in their order."""
    claims: dict[str, Names] = {
        entry.event.achievement: entry.event.names
        for entry in entries
        if isinstance(entry.event, AchievementClaimed)
    }
    return [_happening(entry, names, claims, spoken) for entry in entries]


def _happening(entry: Entry, names: KnownNames, claims: dict[str, Names], spoken: Language) -> Happening:
    event = entry.event
    institution = getattr(event, "institution", None)
    points = getattr(event, "points", None)
    words = spoken.say(
        _WORDS.get(entry.name, _ANY_OTHER),
        what=_what(event, entry.name, names, claims, spoken),
        points=spoken.points(points) if isinstance(points, CreditPoints) else "",
        reason=getattr(event, "reason", ""),
        original=_value(getattr(event, "original", None)),
        result=_value(getattr(event, "result", None)),
    )
    by = (
        None if institution is None else spoken.name(names.institutions.get(institution, {"en": institution}))
    )
    return Happening(entry.sequence, entry.recorded_at, words, by, entry.name in _ENDS)


def _value(grade: object) -> str:
    return grade.value if isinstance(grade, Grade) else ""


def _what(event: Any, name: str, names: KnownNames, claims: dict[str, Names], spoken: Language) -> str:
    for known, member in (
        (names.units, getattr(event, "unit", None)),
        (names.qualifications, getattr(event, "qualification", None)),
        (claims, getattr(event, "achievement", None)),
    ):
        if member is not None and member in known:
            return spoken.name(known[member])
    own = getattr(event, "names", None)
    return spoken.name(own) if own else name
