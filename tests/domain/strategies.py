"""Any event there can be, made from the annotations of its class: what its fields allow, no nicer."""

import string
import types
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
from hypothesis import strategies as st

from domain.brought import StatedPoints
from domain.conversion_rule import ConversionTerms
from domain.event import Event
from domain.grade_conversion import ByExperts
from domain.grade_scale import GradeScale, kz_letters
from domain.grading import GradeCount
from domain.institution import Scope
from domain.prior_learning import EvidenceKind, OriginalCredit, Source
from domain.qualification import QualificationDescription
from domain.recognition import Correspondence, Criterion, ExpertConcluded
from domain.recognition_policy import Clause, RecognitionRules, Share
from domain.requirement import KINDS, AcceptedGrades, AllOf, Core, NOf, Requirement
from domain.unit import UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    Evidence,
    Grade,
    IscedF,
    LearningOutcome,
    Level,
    Names,
    Setting,
    in_languages,
)
from domain.working_days import SpecialDay

slugs = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=12)
lines_of_text = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20).filter(
    lambda text: not set(text) & set("\u200e\u200f")
)
names = st.dictionaries(st.sampled_from(["kk", "ru", "en", "de", "kk-Latn"]), lines_of_text, min_size=1).map(
    in_languages
)
amounts = st.integers(1, 999_999_999).map(lambda thousandths: Decimal(thousandths) / 1000)
credit_points = st.builds(CreditPoints, st.sampled_from(CreditScheme), amounts)
levels = st.builds(Level, st.sampled_from(["EQF", "NQF-KZ"]), st.integers(1, 8))
outcomes = st.builds(LearningOutcome, id=slugs, text=names, code=st.none() | lines_of_text)
fields_of_study = st.text(string.digits, min_size=2, max_size=4).map(IscedF)
shares = st.integers(0, 1000).map(lambda share: Decimal(share).scaleb(-3))
some_units = st.lists(slugs, min_size=1, max_size=4).map(tuple)


def _leaves(kind: type[Any]) -> st.SearchStrategy[Requirement]:
    """Any requirement of a kind that holds no others, from the annotations of its class."""
    hints = get_type_hints(kind)
    fields = {name: of_annotation(hints[name]) for name in kind.__struct_fields__}
    limits: dict[str, st.SearchStrategy[Any]] = {
        "units": some_units if kind is Core else st.none() | some_units,
        "after": st.lists(slugs.map(lambda slug: f"a-{slug}"), min_size=1, max_size=4).map(tuple),
        "unit": slugs.filter(lambda slug: not slug.startswith("a-")),
        "settings": st.sets(st.sampled_from(Setting)).map(tuple),
        "most_not_formal": st.none() | shares,
        "most_years": st.none() | st.integers(1, 100),
        "at_least": shares,
        "worth": st.dictionaries(lines_of_text, shares, min_size=1, max_size=4),
        "scale": lines_of_text,
        "qualifications": some_units,
        "rung": st.none(),
    }
    return st.builds(kind, **fields | {name: limits[name] for name in limits if name in fields})


def _lists_of(parts: st.SearchStrategy[Requirement]) -> st.SearchStrategy[Requirement]:
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    every = st.builds(AllOf, label=names, requirements=some)
    choice = st.tuples(names, some, st.integers(1, 3)).map(
        lambda of: NOf(label=of[0], requirements=of[1], n=min(of[2], len(of[1])))
    )
    return every | choice


requirements: st.SearchStrategy[Requirement] = st.recursive(
    st.deferred(lambda: st.one_of([_leaves(kind) for kind in KINDS.values() if kind not in (AllOf, NOf)])),
    _lists_of,
    max_leaves=5,
)

shares_of_a_whole = st.tuples(st.integers(1, 9), st.integers(9, 12)).map(lambda share: Share(*share))
special_days = st.builds(
    SpecialDay, on=st.dates(), name=lines_of_text, source=lines_of_text, as_of=st.dates()
)
documents = st.builds(
    Evidence, name=lines_of_text, sha256=st.text("0123456789abcdef", min_size=64, max_size=64)
)
original_credits = st.builds(OriginalCredit, amounts, lines_of_text)
sources = st.builds(
    Source,
    id=slugs,
    kind=st.sampled_from(EvidenceKind),
    title=lines_of_text,
    achieved_on=st.dates(),
    documents=st.lists(documents, max_size=2).map(tuple),
    provider=st.none() | lines_of_text,
    country=st.none() | st.just("KZ"),
    hours=st.none() | amounts,
    points=st.none() | original_credits,
    outcomes=st.lists(lines_of_text, max_size=2).map(tuple),
    achievement=st.none() | slugs,
    credit=st.none() | slugs,
    credential=st.none() | st.just("urn:uuid:5c3e6a5e-0f0a-4b7e-8a5e-1a2b3c4d5e6f"),
)
_days = st.none() | st.dates()
conversion_terms = st.builds(
    ConversionTerms,
    from_scheme=st.sampled_from([CreditScheme.KZ, CreditScheme.ECVET]),
    to_scheme=st.just(CreditScheme.ECTS),
    factor=st.fractions(min_value=Fraction(1, 99), max_value=99, max_denominator=99).map(str),
    decimals=st.integers(0, 3),
    valid_from=_days.map(lambda on: on and min(on, date(2017, 12, 31))),
    valid_until=_days.map(lambda on: on and max(on, date(2018, 1, 1))),
    reason=lines_of_text,
    source=lines_of_text,
)
_SPECIAL: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(0, 2**53 - 1),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Decimal: amounts,
    ConversionTerms: conversion_terms,
    CreditPoints: credit_points,
    Level: levels,
    LearningOutcome: outcomes,
    Grade: st.builds(Grade, lines_of_text, lines_of_text),
    Evidence: documents,
    IscedF: fields_of_study,
    StatedPoints: st.builds(StatedPoints, lines_of_text, amounts),
    Requirement: requirements,
    SpecialDay: special_days,
    GradeScale: st.builds(kz_letters, lines_of_text, fx=st.sampled_from([Decimal(0), Decimal("0.5")])),
    GradeCount: st.builds(GradeCount, lines_of_text, st.integers(0, 10**9)),
    ByExperts: st.builds(
        ByExperts, experts=st.lists(lines_of_text, min_size=1, max_size=3).map(tuple), reason=lines_of_text
    ),
    Source: sources,
    RecognitionRules: st.builds(
        RecognitionRules,
        days_before_period=st.integers(1, 60),
        most_members=st.sampled_from([3, 5, 7]),
        quorum=shares_of_a_whole,
        most_not_formal=st.none() | shares_of_a_whole,
        hours_per_credit=st.dictionaries(st.sampled_from(CreditScheme), amounts),
        kinds=st.lists(st.sampled_from(EvidenceKind), unique=True).map(tuple),
        providers=st.dictionaries(
            st.sampled_from(EvidenceKind), st.lists(lines_of_text, max_size=2).map(tuple)
        ),
        days_off=st.lists(special_days, max_size=2, unique_by=lambda day: day.on).map(tuple),
        clauses=st.dictionaries(st.sampled_from(Clause), lines_of_text),
    ),
    AcceptedGrades: st.builds(
        AcceptedGrades, lines_of_text, st.lists(lines_of_text, min_size=1, max_size=3, unique=True).map(tuple)
    ),
    Names: names,
}


def of_annotation(annotation: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if annotation in _SPECIAL:
        return _SPECIAL[annotation]
    if isinstance(annotation, NewType):
        return of_annotation(annotation.__supertype__)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return of_annotation(arguments[0])
    if origin in (types.UnionType, Union):
        return st.one_of([of_annotation(argument) for argument in arguments])
    if annotation is type(None):
        return st.none()
    if origin is dict:
        return names
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(of_annotation(arguments[0]), max_size=3).map(tuple)
    if origin is tuple:
        return st.tuples(*[of_annotation(argument) for argument in arguments])
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return of_struct(annotation)
    raise NotImplementedError(f"no strategy for {annotation}")


def of_struct(struct: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    """Structs with any values in their fields; a description keeps its own rules."""
    hints = get_type_hints(struct, include_extras=True)
    fields = {name: of_annotation(hints[name]) for name in struct.__struct_fields__}
    if issubclass(struct, UnitDescription):
        fields |= {
            "code": lines_of_text,
            "outcomes": st.lists(outcomes, min_size=1, max_size=3, unique_by=lambda outcome: outcome.id).map(
                tuple
            ),
            "points": _one_of_each_scheme,
            "language": st.none() | st.just("kk"),
            "assessment": st.none() | lines_of_text,
            "url": st.none() | st.just("https://aitu.example/units/1"),
        }
    if issubclass(struct, QualificationDescription):
        fields |= {"allocations": st.just(())}
    if struct is ExpertConcluded:
        fields |= {"findings": st.dictionaries(st.sampled_from(Criterion), st.sampled_from(Correspondence))}
    if struct is Scope:
        fields |= {"settings": st.just((Setting.FORMAL,))}
    return st.builds(struct, **fields)


_one_of_each_scheme = st.lists(credit_points, max_size=3, unique_by=lambda points: points.scheme).map(tuple)


def events(classes: Sequence[type[Event]]) -> st.SearchStrategy[Event]:
    """Any event of any of these classes."""
    return st.sampled_from(list(classes)).flatmap(of_struct)
