"""What a point of each credit scheme stands for, and since when.

Points of two schemes are never added, whatever they stand for: ECTS and ECVET both give 60 to a year, and measure
different things. What leads from one to the other is a rule that somebody signs (`domain.conversion_rule`).
Sources: ECTS Users' Guide 2015, 3.1; ECVET Recommendation 2009, Annex II; the Kazakhstan rules of credit
technology.
"""

from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from domain.values import CreditPoints, CreditScheme


class SchemeTerms(msgspec.Struct, frozen=True):
    """A scheme's terms from a day on. Hours are the learner's for one point; None where none are fixed."""

    scheme: CreditScheme
    valid_from: date | None
    """None: since the scheme began."""
    year: Decimal | None
    """Points of a full-time year, where they are set."""
    least_hours: Decimal | None
    most_hours: Decimal | None
    says: str
    """What is counted, in a sentence."""
    source: str


KZ_REFORM: Final = date(2018, 1, 1)
"""From when a Kazakhstan credit is one of 30 academic hours: a parameter of these rules, no citation of a law."""

TERMS: Final[tuple[SchemeTerms, ...]] = (
    SchemeTerms(
        CreditScheme.ECTS,
        None,
        Decimal(60),
        Decimal(25),
        Decimal(30),
        "One point is 25 to 30 hours of the learner's work; a full-time year is 60.",
        "ECTS Users' Guide 2015, 3.1",
    ),
    SchemeTerms(
        CreditScheme.ECVET,
        None,
        Decimal(60),
        None,
        None,
        "A point is a relative weight within its qualification: no hours follow from it.",
        "ECVET Recommendation 2009, Annex II",
    ),
    SchemeTerms(
        CreditScheme.KZ,
        None,
        None,
        Decimal(15),
        Decimal(15),
        "Before 2018 one credit was 15 contact hours; the learner's own work came on top and is not in them.",
        "Rules of credit technology of education, as they stood before 2018",
    ),
    SchemeTerms(
        CreditScheme.KZ,
        KZ_REFORM,
        Decimal(60),
        Decimal(30),
        Decimal(30),
        "One credit is 30 academic hours of all kinds of work.",
        "Rules of credit technology of education, since 2018",
    ),
)


def terms_on(scheme: CreditScheme, on: date) -> SchemeTerms:
    """What the scheme's points stand for, where they were awarded on that day."""
    known = [each for each in TERMS if each.scheme is scheme and (each.valid_from or date.min) <= on]
    return max(known, key=lambda each: each.valid_from or date.min)


class Hours(msgspec.Struct, frozen=True):
    """From the least to the most; the terms say hours of what."""

    least: Decimal
    most: Decimal


def workload(points: CreditPoints, on: date) -> Hours | None:
    """The hours that so many points of that day stand for; None where the scheme fixes none."""
    terms = terms_on(points.scheme, on)
    if terms.least_hours is None or terms.most_hours is None:
        return None
    return Hours(points.points * terms.least_hours, points.points * terms.most_hours)
