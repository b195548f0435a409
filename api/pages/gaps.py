"""What is missing to a qualification, and why a credit does not help, in a reader's words.

What is missing is told from the requirement and from how it stands, so it is exact in every language. Why a credit
does not help is told by the domain in one English sentence of a few kinds: each kind has its words here.
"""

import re
from collections.abc import Iterator
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

from api.pages.happenings import SETTINGS
from api.pages.languages import Language, marked
from domain.ladder import QualificationKind
from domain.progress import Standing, Unused
from domain.requirement import AllOf, Core, GradeAverage, Holding, InOrder, NOf, RequiredUnit
from domain.values import CreditId, CreditPoints, Setting, UnitId
from wallet.advising import Towards
from wallet.glancing import KnownNames

KINDS_OF_QUALIFICATION: Final = {
    QualificationKind.SKILLED_WORKER: marked("skilled worker"),
    QualificationKind.MID_LEVEL_SPECIALIST: marked("mid-level specialist"),
    QualificationKind.BACHELOR: marked("bachelor"),
    QualificationKind.MASTER: marked("master"),
    QualificationKind.DOCTOR: marked("doctor (PhD)"),
    QualificationKind.MICRO_CREDENTIAL: marked("micro-credential"),
    QualificationKind.PROGRAMME: marked("programme with a certificate"),
}

# --- what is missing ------------------------------------------------------------------------------------

_PARTS: Final = marked("%(count)s more of %(all)s")
_POINTS: Final = marked("%(more)s more, of %(all)s")
_IN_ALL: Final = marked("%(more)s more in all, of %(all)s")
_UNIT: Final = marked("the unit %(unit)s")
_UNITS: Final = marked("the units %(units)s")
_GRADED: Final = marked("%(more)s more with a grade on the scale %(scale)s")
_AVERAGE: Final = marked("an average of %(wanted)s; over the best %(all)s it is %(reached)s")
_BEFORE: Final = marked("%(units)s before the unit %(unit)s")
_HELD: Final = marked("a qualification that is not held: %(wanted)s")
_RUNG: Final = marked("a qualification that is not held: %(wanted)s, or a higher one")


class Gaps:
    """One learner's progress, told in one language."""

    def __init__(self, towards: Towards, names: KnownNames, spoken: Language) -> None:
        self._towards = towards
        self._names = names
        self._spoken = spoken
        self._unit_of = {line.credit.id: line.credit.unit for line in towards.lines}

    @property
    def every(self) -> list[str]:
        """What to do, a line for each gap, with the name of its requirement."""
        found = [
            f"{self._spoken.name(each.requirement.label)}: {told}"
            for each in _to_close(self._towards.progress.standing)
            if (told := self.of(each)) is not None
        ]
        total = self._towards.progress.total
        if not total.satisfied:
            more = CreditPoints(total.needed.scheme, total.needed.points - total.reached)
            found.append(self._said(_IN_ALL, more=self._points(more), all=self._points(total.needed)))
        return found

    def of(self, standing: Standing) -> str | None:
        """What one requirement lacks; None where it lacks nothing."""
        if standing.satisfied:
            return None
        match standing.requirement:
            case AllOf() | NOf() as asked:
                needed = asked.n if isinstance(asked, NOf) else len(standing.parts)
                met = sum(part.satisfied for part in standing.parts)
                return self._said(_PARTS, count=needed - met, all=len(standing.parts))
            case RequiredUnit() as asked:
                return self._said(_UNIT, unit=self._unit(asked.unit))
            case Core() as asked:
                there = {self._unit_of.get(use.credit) for use in standing.by}
                return self._said(_UNITS, units=self._units([u for u in asked.units or () if u not in there]))
            case InOrder() as asked:
                there = {self._unit_of.get(use.credit) for use in standing.by}
                if asked.unit not in there:
                    return self._said(_UNIT, unit=self._unit(asked.unit))
                before = self._units([unit for unit in asked.after if unit not in there])
                return self._said(_BEFORE, units=before, unit=self._unit(asked.unit))
            case GradeAverage() as asked:
                return self._of_average(asked, standing)
            case Holding() as asked:
                return self._of_holding(asked)
            case asked:
                more = _part(asked.points, 1 - standing.share)
                return self._said(_POINTS, more=self._points(more), all=self._points(asked.points))

    def _of_average(self, asked: GradeAverage, standing: Standing) -> str:
        graded = sum((use.points.points for use in standing.by), Decimal(0))
        if graded < asked.points.points:
            more = CreditPoints(asked.points.scheme, asked.points.points - graded)
            return self._said(_GRADED, more=self._points(more), scale=asked.scale)
        average = standing.share * Fraction(asked.at_least)
        reached = Decimal(average.numerator) / Decimal(average.denominator)
        # Never rounded up: an average that is not reached must not look as if it were.
        shown = reached.quantize(Decimal("0.01"), ROUND_DOWN)
        wanted, reached_so = self._spoken.number(asked.at_least), self._spoken.number(shown)
        return self._said(_AVERAGE, wanted=wanted, reached=reached_so, all=self._points(asked.points))

    def _of_holding(self, asked: Holding) -> str:
        if asked.rung is not None:
            return self._said(_RUNG, wanted=self._spoken.say(KINDS_OF_QUALIFICATION[asked.rung]))
        named = [
            self._spoken.name(self._names.qualifications.get(each, {"en": each}))
            for each in asked.qualifications or ()
        ]
        return self._said(_HELD, wanted="; ".join(named))

    def _units(self, units: list[UnitId]) -> str:
        return ", ".join(self._unit(unit) for unit in units)

    def _unit(self, unit: UnitId) -> str:
        return self._spoken.name(self._names.units.get(unit, {"en": unit}))

    def _points(self, points: CreditPoints) -> str:
        return self._spoken.points(points)

    def _said(self, words: str, **values: object) -> str:
        return self._spoken.say(words, **values)

    # --- why a credit does not help

    def why_unused(self, unused: Unused) -> list[str]:
        """A sentence for each reason, with the requirement that speaks."""
        told = []
        for reason in unused.reasons:
            sentence = self.reason(reason.sentence)
            label = "" if reason.requirement is None else f"{self._spoken.name(reason.requirement)}: "
            told.append(f"{label}{sentence}")
        return list(dict.fromkeys(told))

    def reason(self, sentence: str) -> str:
        """The domain's sentence in the reader's language; one of no known kind as it is."""
        for pattern, words in _REASONS.items():
            if (found := re.fullmatch(pattern, sentence)) is not None:
                values = {name: self._value(name, text) for name, text in found.groupdict().items()}
                return self._spoken.say(words, **values)
        return sentence

    def _value(self, name: str, text: str) -> str:
        match name:
            case "institution" | "here":
                return self._spoken.name(self._names.institutions.get(text, {"en": text}))
            case "setting":
                return self._spoken.say(SETTINGS[Setting(text.replace("-", "_"))])
            case "credit":
                unit = self._unit_of.get(CreditId(text))
                return text[:8] if unit is None else self._unit(unit)
            case "day":
                return self._spoken.day(text)
        return text


def _to_close(standing: Standing) -> Iterator[Standing]:
    """The requirements that say what to do: of all-of those of its parts, of a choice its own."""
    if standing.satisfied:
        return
    if isinstance(standing.requirement, AllOf):
        for part in standing.parts:
            yield from _to_close(part)
    else:
        yield standing


def _part(points: CreditPoints, share: Fraction) -> CreditPoints:
    exact = Fraction(points.points) * share
    return CreditPoints(points.scheme, Decimal(exact.numerator) / Decimal(exact.denominator))


_RESTED: Final = (
    r"credit (?P<credit>\S+), which it was \w+ from, "
    r"was withdrawn by (?P<institution>\S+) on (?P<day>\S+): (?P<why>.+)"
)
_UNLIKE: Final = (
    r"it is in (?P<scheme>\S+); (?:this requirement|the qualification) counts (?P<counted>\S+) "
    r"and nothing converts it"
)
_REASONS: Final[dict[str, str]] = {
    r"it was withdrawn by (?P<institution>\S+) on (?P<day>\S+): (?P<why>.+)": marked(
        "withdrawn by %(institution)s on %(day)s: %(why)s"
    ),
    _RESTED: marked("it rests on %(credit)s, which %(institution)s withdrew on %(day)s: %(why)s"),
    r"it is the same learning as credit (?P<credit>\S+), which counts": marked(
        "it is the same learning as %(credit)s, which counts"
    ),
    r"it is (?P<institution>\S+)'s; (?P<here>\S+) counts it only after a transfer": marked(
        "it is held at %(institution)s; %(here)s counts it only after a transfer"
    ),
    r"no requirement asks for its unit": marked("no requirement asks for its unit"),
    _UNLIKE: marked("it is in %(scheme)s; what counts here is %(counted)s, and nothing converts it"),
    r"the qualification's (?P<points>.+) are reached without it": marked(
        "the %(points)s of the qualification are reached without it"
    ),
    r"it has no grade on (?P<scale>.+), (?:by|over) which this requirement .+": marked(
        "it has no grade on the scale %(scale)s, by which this requirement judges"
    ),
    r"its grade is (?P<grade>.+); this requirement asks (?P<least>.+) or better": marked(
        "its grade is %(grade)s, and this requirement asks %(least)s or better"
    ),
    r"it is of (?P<day>\S+); this requirement takes nothing older than (?P<years>\d+) years": marked(
        "it is of %(day)s, and this requirement takes nothing older than %(years)s years"
    ),
    r"(?P<institution>\S+) did not award it itself, as this requirement asks": marked(
        "%(institution)s did not award it itself, as this requirement asks"
    ),
    r"this requirement is met without it": marked("this requirement is met without it"),
    r"of this choice, another part comes nearer": marked("of this choice, another part comes nearer"),
    r"another credit for its unit serves this requirement": marked(
        "another credit for its unit serves this requirement"
    ),
    r"this requirement is an average over better grades": marked(
        "this requirement is an average over better grades"
    ),
    r"the part that (?P<setting>\S+) learning may have in this requirement is full": marked(
        "the part that learning of its kind may have here is full (%(setting)s)"
    ),
    r"its unit is not among those this requirement names": marked(
        "its unit is not among those this requirement names"
    ),
    r"it is (?P<setting>\S+) learning, which this requirement does not take": marked(
        "learning of its kind is not taken by this requirement (%(setting)s)"
    ),
    r"its level is not stated; this requirement asks (?P<level>.+)": marked(
        "its level is not stated, and this requirement asks %(level)s"
    ),
    r"its level is stated as (?P<level>.+); this requirement asks (?P<least>.+)": marked(
        "its level is %(level)s, and this requirement asks %(least)s or above"
    ),
    r"it is at (?P<level>.+); this requirement asks (?P<least>.+) or above": marked(
        "its level is %(level)s, and this requirement asks %(least)s or above"
    ),
}
"""By the shape of the domain's sentence (`domain.progress`, `domain.counting`)."""
