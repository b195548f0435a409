"""How an institution grades, and how it reads the grades of others: scales, tables, agreements, a policy.

Everything here is published before it is used and never changed: a conversion made ten years ago can be made
again today from what it names. The facts are the institution's own, in a stream of their own. Source: ECTS
Users' Guide 2015, 4.3 and annex 2 (grade distribution tables).
"""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import msgspec

from domain.errors import AlreadyPublished, InvalidValue, NotFound
from domain.event import Event, cannot_follow
from domain.grade_scale import GradeScale, Rounding, passes, rank
from domain.institution import Institution
from domain.values import (
    InstitutionId,
    IscedF,
    Level,
    day,
    isced_f,
    optional_text,
    slug,
    text,
)

# --- facts ----------------------------------------------------------------------------------------------


class ScalePublished(Event, tag="grade_scale.published.v1"):
    institution: InstitutionId
    scale: GradeScale
    published_on: date


class GradeCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many learners passed with this grade."""

    value: str
    count: int

    def __post_init__(self) -> None:
        if type(self.count) is not int or not 0 <= self.count <= 1_000_000_000:
            raise InvalidValue(f"{self.count!a} is not a number of learners.")


class DistributionPublished(Event, tag="grade_distribution.published.v1"):
    """The passing grades given in one field and cycle over two years or more, from best to worst."""

    institution: InstitutionId
    table: str
    scale: str
    counts: tuple[GradeCount, ...]
    since: date
    until: date
    published_on: date
    field: IscedF | None = None
    cycle: Level | None = None
    graded_by: str | None = None
    """Whose grades they are, where they are a partner's and the partner publishes no table here."""
    source: str | None = None
    """Where the figures were taken from, if they were not counted here."""
    counted_to: int | None = None
    """The last event of the ledger that was counted, if they were."""

    @property
    def total(self) -> int:
        return sum(each.count for each in self.counts)


class Correspondent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A grade of the other scale, and what it is read as."""

    theirs: str
    ours: str


class CorrespondenceAgreed(Event, tag="scale_correspondence.agreed.v1"):
    """Which grade of another scale is which of ours, as two institutions agreed."""

    institution: InstitutionId
    correspondence: str
    from_scale: str
    to_scale: str
    pairs: tuple[Correspondent, ...]
    agreed_with: str
    in_force_from: date
    agreed_on: date
    reference: str | None = None


class Choice(StrEnum):
    """Which of the grades that a foreign grade's share overlaps is taken; fixed before any grade is seen."""

    BEST = "best"
    WORST = "worst"
    MID = "mid"
    """The one in which the middle of the share lies; on a boundary, the better."""
    MAJORITY = "majority"
    """The one that holds most of the share; of two that hold as much, the better."""


class Retakes(StrEnum):
    """What an average counts of a unit that was failed and taken again."""

    ALL = "all"
    LAST = "last"


class PolicyFixed(Event, tag="grading_policy.fixed.v1"):
    """The parameters that the rules leave to the institution, from a day on."""

    institution: InstitutionId
    policy: str
    choice: Choice
    least_grades: int
    """A table of fewer grades says nothing, and is not converted by."""
    percent_rounding: Rounding
    formula_rounding: Rounding
    retakes: Retakes
    in_force_from: date
    fixed_on: date
    average_scale: str | None = None
    """The scale whose points make the average."""
    formula_scale: str | None = None
    """The scale under which a result of the modified Bavarian formula is recorded."""
    reference: str | None = None


# --- state ----------------------------------------------------------------------------------------------


class Grading(msgspec.Struct, frozen=True):
    """All an institution has published on grades; the maps are read-only, in the order of publication."""

    institution: InstitutionId
    scales: Mapping[str, ScalePublished] = MappingProxyType({})
    tables: Mapping[str, DistributionPublished] = MappingProxyType({})
    correspondences: Mapping[str, CorrespondenceAgreed] = MappingProxyType({})
    policies: Mapping[str, PolicyFixed] = MappingProxyType({})

    def scale(self, scale: str) -> GradeScale:
        """Refuses: NotFound."""
        found = self.scales.get(scale)
        if found is None:
            raise NotFound(f"{self.institution} has published no scale {scale!a}.")
        return found.scale

    def table(self, table: str) -> DistributionPublished:
        """Refuses: NotFound."""
        found = self.tables.get(table)
        if found is None:
            raise NotFound(f"{self.institution} has published no table of grades {table!a}.")
        return found

    def correspondence(self, correspondence: str) -> CorrespondenceAgreed:
        """Refuses: NotFound."""
        found = self.correspondences.get(correspondence)
        if found is None:
            raise NotFound(f"{self.institution} has agreed on no correspondence {correspondence!a}.")
        return found

    def policy(self, on: date) -> PolicyFixed:
        """The one in force on that day: the last that was fixed by then, of those in force by then.

        Refuses: NotFound. A parameter is chosen before the grade is known, or the choice is the grade.
        """
        found = None
        for policy in self.policies.values():
            if policy.in_force_from <= on and policy.fixed_on <= on:
                found = policy
        if found is None:
            raise NotFound(f"{self.institution} has fixed no grading policy in force on {on}.")
        return found


_PUBLISHED: Final[Mapping[type[Event], tuple[str, str]]] = {
    DistributionPublished: ("tables", "table"),
    CorrespondenceAgreed: ("correspondences", "correspondence"),
    PolicyFixed: ("policies", "policy"),
}


def evolve(grading: Grading | None, event: Event) -> Grading:
    """What the institution has published after one more fact."""
    if isinstance(event, ScalePublished):
        place, name = "scales", event.scale.scale
    elif type(event) in _PUBLISHED:
        place, called = _PUBLISHED[type(event)]
        name = getattr(event, called)
    else:
        raise cannot_follow(event, "an institution's grading")
    grading = grading or Grading(getattr(event, "institution"))  # noqa: B009 - each of these events has one
    grown = MappingProxyType({**getattr(grading, place), name: event})
    return msgspec.structs.replace(grading, **{place: grown})


def fold(institution: InstitutionId, events: Iterable[Event]) -> Grading:
    """What its events add up to; of none, an institution that has published nothing."""
    grading = Grading(institution)
    for event in events:
        grading = evolve(grading, event)
    return grading


# --- decisions ------------------------------------------------------------------------------------------


def publish_scale(
    grading: Grading, scale: GradeScale, *, by: Institution, published_on: date
) -> ScalePublished:
    """Say how the grades of a scale are read here, one's own or another's. Refuses: AlreadyPublished."""
    if scale.scale in grading.scales:
        raise AlreadyPublished(f"{by.id} has published the scale {scale.scale} already; it never changes.")
    return ScalePublished(institution=by.id, scale=scale, published_on=day(published_on))


def publish_distribution(
    grading: Grading,
    *,
    by: Institution,
    table: str,
    scale: str,
    counts: Mapping[str, int],
    since: date,
    until: date,
    published_on: date,
    field: str | None = None,
    cycle: Level | None = None,
    graded_by: str | None = None,
    source: str | None = None,
    counted_to: int | None = None,
) -> DistributionPublished:
    """Publish how often each passing grade was given; a grade never given counts 0.

    Refuses: AlreadyPublished, NotFound (the scale), InvalidValue (a grade that is not of the scale or does not
    pass, fewer than two years, nothing counted, days to come).  Source: ECTS Users' Guide 2015, annex 2.
    """
    named = slug(table, "the name of a table of grades")
    if named in grading.tables:
        raise AlreadyPublished(f"{by.id} has published the table {named} already; it never changes.")
    read_on = grading.scale(scale)
    for value in counts:
        if not passes(read_on, value):  # refuses what is no grade at all
            raise InvalidValue(f"{value!a} does not pass on the scale {scale}, and only passes are counted.")
    passing = [step.value for step in read_on.steps if step.passing]
    if strange := set(counts) - set(passing):
        raise InvalidValue(f"{min(strange)!a} is no step of the scale {scale} as it is written there.")
    ordered = {value: counts.get(value, 0) for value in passing}
    if not sum(ordered.values()):
        raise InvalidValue("A table of grades counts at least one.")
    if _two_years_after(day(since)) > day(until):
        raise InvalidValue(f"From {since} to {until} is less than two years.")
    if until > day(published_on):
        raise InvalidValue(f"A table published on {published_on} cannot count until {until}.")
    return DistributionPublished(
        institution=by.id,
        table=named,
        scale=scale,
        counts=tuple(GradeCount(value, count) for value, count in ordered.items()),
        since=since,
        until=until,
        published_on=published_on,
        field=None if field is None else isced_f(field),
        cycle=cycle,
        graded_by=optional_text(graded_by, "whose grades they are"),
        source=optional_text(source, "a source"),
        counted_to=counted_to,
    )


def _two_years_after(since: date) -> date:
    """The last day of two years that begin on `since`."""
    try:
        end = since.replace(year=since.year + 2)
    except ValueError:  # 29 February, or the end of the calendar
        if since.year > 9990:
            raise InvalidValue(f"{since} is too late to count from.") from None
        end = since.replace(year=since.year + 2, day=28)
    return date.fromordinal(end.toordinal() - 1)


def agree_correspondence(
    grading: Grading,
    *,
    by: Institution,
    correspondence: str,
    from_scale: str,
    to_scale: str,
    pairs: Iterable[Correspondent],
    agreed_with: str,
    in_force_from: date,
    agreed_on: date,
    reference: str | None = None,
) -> CorrespondenceAgreed:
    """Fix which grade of a partner's scale is which of ours. Both scales are published here first.

    Refuses: AlreadyPublished, NotFound (a scale), InvalidValue (no pairs, a grade twice, a fail that would
    become a pass, a better grade that would become the worse one).
    """
    named = slug(correspondence, "the name of a correspondence")
    if named in grading.correspondences:
        raise AlreadyPublished(f"{by.id} has agreed on {named} already; it never changes.")
    theirs, ours = grading.scale(from_scale), grading.scale(to_scale)
    agreed = tuple(pairs)
    if not agreed:
        raise InvalidValue("A correspondence pairs at least one grade with another.")
    if len({pair.theirs for pair in agreed}) < len(agreed):
        raise InvalidValue("A grade of theirs is read in one way only.")
    for pair in agreed:
        if passes(ours, pair.ours) and not passes(theirs, pair.theirs):
            raise InvalidValue(f"{pair.theirs} fails on {from_scale} and cannot become {pair.ours}, a pass.")
    _refuse_crossing(agreed, theirs, ours)
    return CorrespondenceAgreed(
        institution=by.id,
        correspondence=named,
        from_scale=from_scale,
        to_scale=to_scale,
        pairs=agreed,
        agreed_with=text(agreed_with, "a partner's name"),
        in_force_from=day(in_force_from),
        agreed_on=day(agreed_on),
        reference=optional_text(reference, "a reference"),
    )


def _refuse_crossing(agreed: tuple[Correspondent, ...], theirs: GradeScale, ours: GradeScale) -> None:
    ordered = sorted(agreed, key=lambda pair: rank(theirs, pair.theirs))
    for better, worse in pairwise(ordered):
        if rank(ours, better.ours) > rank(ours, worse.ours):
            raise InvalidValue(
                f"{better.theirs} is better than {worse.theirs}, and {better.ours} worse than {worse.ours}."
            )


def fix_policy(
    grading: Grading,
    *,
    by: Institution,
    policy: str,
    choice: Choice,
    least_grades: int,
    percent_rounding: Rounding = Rounding.HALF_UP,
    formula_rounding: Rounding = Rounding.DOWN,
    retakes: Retakes = Retakes.ALL,
    in_force_from: date,
    fixed_on: date,
    average_scale: str | None = None,
    formula_scale: str | None = None,
    reference: str | None = None,
) -> PolicyFixed:
    """Fix in advance what the rules leave open.

    Refuses: AlreadyPublished, NotFound (a scale), InvalidValue (in force before it is fixed; no least number of
    grades; an average without points).
    """
    named = slug(policy, "the name of a policy")
    if named in grading.policies:
        raise AlreadyPublished(f"{by.id} has fixed the policy {named} already; a new one takes its place.")
    if day(in_force_from) < day(fixed_on):
        raise InvalidValue(f"A policy fixed on {fixed_on} cannot be in force on {in_force_from}.")
    if type(least_grades) is not int or least_grades < 1:
        raise InvalidValue("The least number of grades in a table is 1 or more.")
    if average_scale is not None and not grading.scale(average_scale).has_points:
        raise InvalidValue(f"The scale {average_scale} says no points, and makes no average.")
    if formula_scale is not None:
        grading.scale(formula_scale)
    return PolicyFixed(
        institution=by.id,
        policy=named,
        choice=choice,
        least_grades=least_grades,
        percent_rounding=percent_rounding,
        formula_rounding=formula_rounding,
        retakes=retakes,
        in_force_from=in_force_from,
        fixed_on=fixed_on,
        average_scale=average_scale,
        formula_scale=formula_scale,
        reference=optional_text(reference, "a reference"),
    )
