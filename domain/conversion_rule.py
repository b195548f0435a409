"""A rule by which points of one credit scheme are read as points of another: it has a name, days, and a signature.

    kz-before-2018: 1 KZ = 3/2 ECTS, for credit awarded until 2017-12-31, by aitu, because …

Nothing is converted without one, and what was converted keeps the rule beside it. Two rules for the same schemes
and days may stand beside each other, of two institutions or of one: then whoever converts names the one that is
meant. Stream `conversion-rule/{rule}`.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Final

import msgspec

from domain.errors import (
    AlreadyPublished,
    InvalidValue,
    NotInForce,
    UnlikeCredits,
    WrongInstitution,
)
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.values import (
    ConversionRuleId,
    CreditPoints,
    CreditScheme,
    InstitutionId,
    conversion_rule_id,
    day,
    settle,
    text,
)

# --- facts ----------------------------------------------------------------------------------------------

_FACTOR: Final = re.compile(r"[1-9][0-9]{0,5}(/[1-9][0-9]{0,5})?", re.ASCII)


class ConversionTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule says. It is kept whole with every line that was converted by it.

    `factor` is exact, in lowest terms, as text: one point of `from_scheme` is `3/2` of `to_scheme`. A result has at
    most `decimals` decimals and the rest is cut off: no credit comes of rounding.
    The days are those on which the credit was awarded, the last one inclusive.
    """

    from_scheme: CreditScheme
    to_scheme: CreditScheme
    factor: str
    decimals: int
    valid_from: date | None
    valid_until: date | None
    reason: str
    source: str
    """Where it is laid down, as the institution cites it."""

    def __post_init__(self) -> None:
        if self.from_scheme is self.to_scheme:
            raise InvalidValue(f"Points of {self.from_scheme} need no rule to be points of {self.to_scheme}.")
        if not isinstance(self.factor, str) or not _FACTOR.fullmatch(self.factor):
            raise InvalidValue(f"{self.factor!a} is not a factor: it looks like 3/2 or 1.")
        settle(self, "factor", str(Fraction(self.factor)))
        if type(self.decimals) is not int or not 0 <= self.decimals <= 3:
            raise InvalidValue("Converted points have 0 to 3 decimals.")
        if (
            self.valid_from is not None
            and self.valid_until is not None
            and self.valid_until < self.valid_from
        ):
            raise InvalidValue(f"A rule cannot end on {self.valid_until}, before {self.valid_from}.")
        settle(self, "reason", text(self.reason, "a rule's reason"))
        settle(self, "source", text(self.source, "a rule's source"))

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.factor)

    def speaks_of(self, points: CreditPoints, awarded_on: date) -> bool:
        """Whether such credit, awarded on that day, is what the rule is about."""
        return (
            points.scheme is self.from_scheme
            and (self.valid_from is None or self.valid_from <= awarded_on)
            and (self.valid_until is None or awarded_on <= self.valid_until)
        )

    def convert(self, points: CreditPoints, awarded_on: date) -> CreditPoints:
        """The points in the other scheme. Refuses: UnlikeCredits (the rule is not about them), InvalidValue."""
        if not self.speaks_of(points, awarded_on):
            raise UnlikeCredits(f"The rule is not about {points} awarded on {awarded_on}.")
        exact = Fraction(points.points) * self.ratio
        cut = Decimal(int(exact * 10**self.decimals)).scaleb(-self.decimals)
        if not cut:
            raise InvalidValue(f"{points} are less than can be written in {self.to_scheme}.")
        return CreditPoints(self.to_scheme, cut.quantize(Decimal(1).scaleb(-self.decimals), ROUND_DOWN))


class ConversionRulePublished(Event, tag="conversion_rule.published.v1"):
    rule: ConversionRuleId
    institution: InstitutionId
    terms: ConversionTerms
    published_on: date


class ConversionRuleWithdrawn(Event, tag="conversion_rule.withdrawn.v1"):
    """Nothing is converted by it from now on. What was, stays so."""

    institution: InstitutionId
    reason: str
    withdrawn_on: date


class RuleApplied(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule as it was when something was converted by it."""

    rule: ConversionRuleId
    institution: InstitutionId
    terms: ConversionTerms


# --- state ----------------------------------------------------------------------------------------------


class ConversionRule(msgspec.Struct, frozen=True):
    id: ConversionRuleId
    institution: InstitutionId
    terms: ConversionTerms
    published_on: date
    withdrawn: ConversionRuleWithdrawn | None = None

    @property
    def applied(self) -> RuleApplied:
        return RuleApplied(self.id, self.institution, self.terms)


def evolve(rule: ConversionRule | None, event: Event) -> ConversionRule:
    """The rule after one more fact."""
    match rule, event:
        case None, ConversionRulePublished():
            return ConversionRule(event.rule, event.institution, event.terms, event.published_on)
        case ConversionRule(), ConversionRuleWithdrawn():
            return msgspec.structs.replace(rule, withdrawn=event)
    raise cannot_follow(event, "a conversion rule")


def fold(events: Iterable[Event]) -> ConversionRule:
    """The rule its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No conversion rule is published under this id.")


# --- questions ------------------------------------------------------------------------------------------


class Converted(msgspec.Struct, frozen=True):
    """What points are in another scheme, by a rule; or, without one, why they are not in it."""

    points: CreditPoints | None
    by: RuleApplied | None
    why_not: str | None = None


def converted(
    points: CreditPoints, awarded_on: date, to_scheme: CreditScheme, rules: Iterable[ConversionRule]
) -> Converted:
    """Read points in another scheme by the one rule of these that is about them.

    Where none is, or two are, nothing is converted and the answer says so: nobody chooses silently.
    """
    if points.scheme is to_scheme:
        return Converted(points, None)
    about = [
        rule
        for rule in rules
        if rule.withdrawn is None
        and rule.terms.to_scheme is to_scheme
        and rule.terms.speaks_of(points, awarded_on)
    ]
    if not about:
        return Converted(None, None, f"no rule reads {points} of {awarded_on} in {to_scheme}")
    if len(about) > 1:
        named = " and ".join(rule.id for rule in about)
        return Converted(None, None, f"the rules {named} are both about {points} of {awarded_on}: name one")
    try:
        return Converted(about[0].terms.convert(points, awarded_on), about[0].applied)
    except InvalidValue as reason:
        return Converted(None, None, str(reason).rstrip("."))


# --- decisions ------------------------------------------------------------------------------------------


def publish(
    existing: ConversionRule | None,
    terms: ConversionTerms,
    *,
    rule: str,
    by: Institution,
    published_on: date,
) -> ConversionRulePublished:
    """Publish a rule under a name of its own. It is never changed: another rule takes its place.

    Refuses: AlreadyPublished, InvalidValue.
    """
    if existing is not None:
        raise AlreadyPublished(f"The rule {existing.id} is published already, and a rule is never changed.")
    return ConversionRulePublished(
        rule=conversion_rule_id(rule), institution=by.id, terms=terms, published_on=day(published_on)
    )


def withdraw(rule: ConversionRule, *, by: Institution, reason: str, on: date) -> ConversionRuleWithdrawn:
    """Convert nothing by it any more. Refuses: WrongInstitution, NotInForce, InvalidValue."""
    if rule.institution != by.id:
        raise WrongInstitution(f"The rule {rule.id} is {rule.institution}'s, and {by.id} cannot withdraw it.")
    refuse_withdrawn(rule)
    if day(on) < rule.published_on:
        raise InvalidValue(f"The rule {rule.id} of {rule.published_on} cannot be withdrawn on {on}.")
    return ConversionRuleWithdrawn(institution=by.id, reason=text(reason, "a reason"), withdrawn_on=on)


def refuse_withdrawn(rule: ConversionRule) -> None:
    """Refuses: NotInForce."""
    if rule.withdrawn is not None:
        raise NotInForce(f"The rule {rule.id} was withdrawn on {rule.withdrawn.withdrawn_on}.")
