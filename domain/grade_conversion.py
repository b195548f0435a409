"""Converting a grade: what it would have been here. The original is kept beside what it became, for ever.

Three ways, and a formula for want of tables:

    correspondence   two institutions agreed which grade is which
    distribution     the share of passing learners whom the grade places, there and here
    experts          who compared content and outcomes, where there is no grade to go by
    formula          the modified Bavarian, by the best and the lowest passing grade of a scale of numbers

A fail becomes a pass in none of them. Source: ECTS Users' Guide 2015, 4.3; EGRACONS.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from domain.credit import Credit
from domain.errors import AlreadyAssessed, InvalidValue, NotConvertible, NotInForce, NotPassed
from domain.event import Event
from domain.grade_scale import modified_bavarian, passes, rounded
from domain.grading import (
    Choice,
    CorrespondenceAgreed,
    DistributionPublished,
    GradeCount,
    Grading,
    PolicyFixed,
)
from domain.institution import Institution
from domain.values import (
    ConversionId,
    CreditId,
    Grade,
    InstitutionId,
    conversion_id,
    day,
    optional_text,
    settle,
    text,
)

# --- shares ---------------------------------------------------------------------------------------------


class Share(msgspec.Struct, frozen=True):
    """Whom a grade places: from the best `above` of all who passed down to the best `upto`, as exact fractions."""

    value: str
    above: Fraction
    upto: Fraction

    @property
    def middle(self) -> Fraction:
        return (self.above + self.upto) / 2

    def overlap(self, other: "Share") -> Fraction:
        return min(self.upto, other.upto) - max(self.above, other.above)


def shares(counts: Iterable[GradeCount]) -> tuple[Share, ...]:
    """The shares of a table's grades, best first; a grade never given has none and is not among them."""
    counts = tuple(counts)
    total = sum(each.count for each in counts)
    found, so_far = [], 0
    for each in counts:
        if each.count:
            found.append(Share(each.value, Fraction(so_far, total), Fraction(so_far + each.count, total)))
        so_far += each.count
    return tuple(found)


def chosen(theirs: Share, ours: Iterable[Share], choice: Choice) -> Share:
    """Which of our shares, all together the whole, a foreign share becomes."""
    met = [share for share in ours if share.overlap(theirs) > 0]
    match choice:
        case Choice.BEST:
            return met[0]
        case Choice.WORST:
            return met[-1]
        case Choice.MID:
            return next(share for share in met if theirs.middle <= share.upto)
        case Choice.MAJORITY:
            return max(met, key=theirs.overlap)  # of several greatest, the first: the better


# --- facts ----------------------------------------------------------------------------------------------


class ByCorrespondence(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="by",
    tag="correspondence",
):
    correspondence: str


class ByDistribution(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="by", tag="distribution"
):
    """The two tables, the policy, and the two shares as fractions: `("7/369", "44/369")`."""

    their_institution: InstitutionId
    their_table: str
    our_table: str
    policy: str
    choice: Choice
    their_share: tuple[str, str]
    our_share: tuple[str, str]


class ByExperts(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="by", tag="experts"
):
    experts: tuple[str, ...]
    reason: str

    def __post_init__(self) -> None:
        if not self.experts:
            raise InvalidValue("An expert assessment names who made it.")
        settle(self, "experts", tuple(text(each, "an expert's name") for each in self.experts))
        settle(self, "reason", text(self.reason, "a reason"))


class ByFormula(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="by",
    tag="modified-bavarian",
):
    """The bounds the formula took, and its exact result as a fraction."""

    best: Decimal
    lowest_pass: Decimal
    exactly: str
    policy: str


Basis = ByCorrespondence | ByDistribution | ByExperts | ByFormula


class GradeConverted(Event, tag="grade.converted.v1"):
    personal = True

    conversion: ConversionId
    institution: InstitutionId
    original: Grade
    result: Grade
    basis: Basis
    converted_on: date
    credit: CreditId | None = None
    """Whose grade it is, where it is that of a line of this wallet."""
    given_by: str | None = None
    """Who gave the original, where it is not."""


# --- the ways -------------------------------------------------------------------------------------------


def by_correspondence(
    grade: Grade, grading: Grading, agreed: CorrespondenceAgreed, *, on: date
) -> tuple[Grade, ByCorrespondence]:
    """Refuses: NotInForce (not agreed by then), NotConvertible (a grade it does not name), InvalidValue."""
    if grade.scale != agreed.from_scale:
        raise InvalidValue(
            f"{grade.value!a} is read on {grade.scale}, and {agreed.correspondence} on {agreed.from_scale}."
        )
    if on < max(agreed.in_force_from, agreed.agreed_on):
        raise NotInForce(f"The correspondence {agreed.correspondence} is not in force on {on}.")
    step = grading.scale(grade.scale).step(grade.value)
    for pair in agreed.pairs:
        if pair.theirs == grade.value or (step is not None and step.value == pair.theirs):
            basis = ByCorrespondence(correspondence=agreed.correspondence)
            return Grade(pair.ours, agreed.to_scale), basis
    raise NotConvertible(f"The correspondence {agreed.correspondence} says nothing of {grade.value!a}.")


def by_distribution(
    grade: Grade,
    theirs: DistributionPublished,
    ours: DistributionPublished,
    policy: PolicyFixed,
    *,
    passing: bool,
) -> tuple[Grade, ByDistribution]:
    """By the shares of two tables of passing grades, as the policy has chosen beforehand.

    `passing`: whether the grade passes on its own scale. Refuses: NotPassed, NotConvertible (a grade never
    given, a table of too few grades, tables of unlike field or cycle), InvalidValue (another scale).
    """
    if grade.scale != theirs.scale:
        raise InvalidValue(f"{grade.value!a} is read on {grade.scale}, and {theirs.table} on {theirs.scale}.")
    if not passing:
        raise NotPassed(f"{grade.value!a} fails on {grade.scale}, and a fail becomes no pass.")
    for table in (theirs, ours):
        if table.total < policy.least_grades:
            raise NotConvertible(
                f"The table {table.table} counts {table.total} grades; the policy asks for {policy.least_grades}."
            )
    _refuse_unlike(theirs, ours)
    share = next((each for each in shares(theirs.counts) if each.value == grade.value), None)
    if share is None:
        raise NotConvertible(f"In the table {theirs.table} nobody was ever given {grade.value!a}.")
    taken = chosen(share, shares(ours.counts), policy.choice)
    basis = ByDistribution(
        their_institution=theirs.institution,
        their_table=theirs.table,
        our_table=ours.table,
        policy=policy.policy,
        choice=policy.choice,
        their_share=(str(share.above), str(share.upto)),
        our_share=(str(taken.above), str(taken.upto)),
    )
    return Grade(taken.value, ours.scale), basis


def _refuse_unlike(theirs: DistributionPublished, ours: DistributionPublished) -> None:
    """Tables are compared within a broad field of ISCED-F and a cycle, where both say theirs."""
    if theirs.field and ours.field and theirs.field[:2] != ours.field[:2]:
        raise NotConvertible(
            f"The tables {theirs.table} and {ours.table} are of the fields {theirs.field} and {ours.field}."
        )
    if theirs.cycle and ours.cycle and theirs.cycle != ours.cycle:
        raise NotConvertible(
            f"The tables {theirs.table} and {ours.table} are of {theirs.cycle} and {ours.cycle}."
        )


def by_experts(
    grade: Grade, result: Grade, grading: Grading, *, experts: Iterable[str], reason: str
) -> tuple[Grade, ByExperts]:
    """As experts judged. They compare content and outcomes, and do not turn a known fail into a pass.

    Refuses: NotFound (the scale of the result is not published here), NotPassed, InvalidValue.
    """
    passed = passes(grading.scale(result.scale), result.value)
    read_here = grading.scales.get(grade.scale)
    if passed and read_here is not None and not passes(read_here.scale, grade.value):
        raise NotPassed(f"{grade.value!a} fails on {grade.scale}, and a fail becomes no pass.")
    return result, ByExperts(experts=tuple(experts), reason=reason)


def by_formula(grade: Grade, grading: Grading, policy: PolicyFixed) -> tuple[Grade, ByFormula]:
    """By the modified Bavarian formula, to one decimal, rounded as the policy says.

    Refuses: NotFound (the grade's scale), NotConvertible (no scale of numbers, no scale to record the result
    under), NotPassed, InvalidValue.
    """
    span = grading.scale(grade.scale).span
    if span is None:
        raise NotConvertible(f"The scale {grade.scale} is not one of numbers, and the formula takes numbers.")
    if policy.formula_scale is None:
        raise NotConvertible(f"The policy {policy.policy} names no scale for what the formula gives.")
    passes(grading.scale(grade.scale), grade.value)  # refuses what is no grade of the scale
    exactly = modified_bavarian(Decimal(grade.value), span)
    result = Grade(str(rounded(exactly, 1, policy.formula_rounding)), policy.formula_scale)
    if not passes(grading.scale(policy.formula_scale), result.value):
        raise NotConvertible(f"{result.value} is no pass on the scale {policy.formula_scale}.")
    basis = ByFormula(
        best=span.best, lowest_pass=span.lowest_pass, exactly=str(exactly), policy=policy.policy
    )
    return result, basis


# --- decisions ------------------------------------------------------------------------------------------


def convert(
    existing: Mapping[ConversionId, GradeConverted],
    *,
    conversion: str,
    by: Institution,
    original: Grade,
    result: Grade,
    basis: Basis,
    converted_on: date,
    credit: Credit | None = None,
    given_by: str | None = None,
) -> GradeConverted:
    """Record what a grade became, and by what. A later conversion of a credit's grade takes this one's place.

    Refuses: AlreadyAssessed (a conversion's id is used once), InvalidValue (not the credit's grade; before the
    credit; nobody said to have given it).
    """
    named = conversion_id(conversion)
    if named in existing:
        raise AlreadyAssessed(f"Conversion {named} is in this wallet already.")
    if credit is None and given_by is None:
        raise InvalidValue("A grade without a credit needs to say who gave it.")
    if credit is not None:
        if credit.grade != original:
            raise InvalidValue(f"The grade of credit {credit.id} is another one.")
        if day(converted_on) < credit.since:
            raise InvalidValue(
                f"Credit {credit.id} of {credit.since} has no grade to convert on {converted_on}."
            )
    return GradeConverted(
        conversion=named,
        institution=by.id,
        original=original,
        result=result,
        basis=basis,
        converted_on=day(converted_on),
        credit=None if credit is None else credit.id,
        given_by=optional_text(given_by, "who gave a grade"),
    )


def converted_at(
    conversions: Mapping[ConversionId, GradeConverted], institution: InstitutionId, *of: CreditId | None
) -> GradeConverted | None:
    """What the institution last made of the grade of one of these credits, if anything."""
    found = None
    for event in conversions.values():
        if event.institution == institution and event.credit is not None and event.credit in of:
            found = event
    return found
