"""The values bodies are made of: text, ids, amounts, days. JSON in, checked by the domain, JSON out.

Points and hours are JSON numbers both ways, and exact: at most three decimals and at most 15 digits, which a
double carries unharmed. A number in quotes is not a number.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from domain import values
from domain.values import CreditPoints, CreditScheme, Grade, Level


class Body(BaseModel):
    """What is sent to us: exactly the members named, each of exactly its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Answer(BaseModel):
    """What we send."""

    model_config = ConfigDict(frozen=True)


def example(**said: Any) -> ConfigDict:
    """What a body of this kind looks like: shown in the reference, and tried by its tests."""
    return ConfigDict(json_schema_extra={"examples": [said]})


class Checked:
    """Metadata of a type: a check of the domain's, and what a schema can say of it.

    The domain refuses with a ValueError, which pydantic reports with the member it is about.
    """

    def __init__(self, check: Callable[[Any], Any], **schema: Any) -> None:
        self._check = check
        self._schema = schema

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), **self._schema}


# --- text -----------------------------------------------------------------------------------------------


def line(what: str, limit: int = values.TEXT_LIMIT) -> Checked:
    """One line of writing; `what` names it in a complaint."""
    check = partial(values.text, what=what, limit=limit)
    return Checked(check, minLength=1, maxLength=limit, pattern=r"\S")


def _slug(check: Callable[[str], str], example: str) -> Checked:
    return Checked(check, pattern="^[a-z0-9][a-z0-9-]{0,62}$", examples=[example])


InstitutionId = Annotated[str, _slug(values.institution_id, "aitu")]
UnitId = Annotated[str, _slug(values.unit_id, "algorithms")]
QualificationId = Annotated[str, _slug(values.qualification_id, "bachelor-ict")]
AchievementId = Annotated[str, _slug(values.achievement_id, "9f0c1f0a-5c0e-4c43-9f6e-0d9b3f0a7c11")]
CreditId = Annotated[str, _slug(values.credit_id, "3b7a5d52-64f0-4a3c-9a53-2f1f0f0c7e2d")]
ConferralId = Annotated[str, _slug(values.conferral_id, "5c1f7a02-9d3e-4b6f-8a7b-1e2d3c4b5a69")]
OutcomeId = Annotated[str, _slug(values.outcome_id, "lo1")]
ConversionRuleId = Annotated[str, _slug(values.conversion_rule_id, "kz-to-ects")]

PersonId = Annotated[str, _slug(values.person_id, "a-serikova")]
CommissionId = Annotated[str, _slug(values.commission_id, "aitu-2026-autumn")]
CaseId = Annotated[str, _slug(values.case_id, "0d5b5f0e-6a0c-4f0e-9a57-5f3c2d1b0a99")]
SourceId = Annotated[str, _slug(values.source_id, "s1")]

LearnerId = Annotated[
    str,
    Checked(
        values.learner_id,
        pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        examples=["7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b"],
    ),
]
CredentialId = Annotated[
    str,
    Checked(
        values.credential_id,
        pattern="^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        examples=["urn:uuid:5c3e6a5e-0f0a-4b7e-8a5e-1a2b3c4d5e6f"],
    ),
]
Uri = Annotated[
    str,
    Checked(
        values.uri,
        pattern=r"^[a-z][a-z0-9+.-]{0,30}:[A-Za-z0-9/._~?=&%-]{1,400}$",
        examples=["https://aitu.example/"],
    ),
]
Country = Annotated[str, Checked(values.country_code, pattern="^[A-Z]{2}$", examples=["KZ"])]
Field4 = Annotated[
    str,
    Checked(
        values.isced_f, pattern="^[0-9]{2,4}$", examples=["0613"], description="A field of ISCED-F 2013."
    ),
]
Language = Annotated[
    str, Checked(values.language_tag, pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", examples=["kk"])
]


def _languages(what: str) -> Checked:
    check = partial(values.in_languages, what=what)
    return Checked(
        check,
        minProperties=1,
        additionalProperties=False,
        examples=[{"en": "Algorithms", "kk": "Алгоритмдер"}],
    )


Names = Annotated[dict[Language, Annotated[str, line("a name")]], _languages("a name")]
"""The same words in one or more languages, by language tag."""


# --- amounts --------------------------------------------------------------------------------------------


def _decimal(value: Any) -> Decimal:
    """The number as it was written, which the strict reader keeps as an int or a Decimal."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("A number is to be a JSON number: no quotes, no true, no false.")
    return Decimal(f"{Decimal(value):f}")


def shortest(value: Decimal) -> int | float:
    """The number for JSON: whole where it is whole, and exact, because it has at most 15 digits."""
    return int(value) if value == value.to_integral_value() else float(value)


_READ: Final = BeforeValidator(_decimal)
_WRITTEN: Final = PlainSerializer(shortest, return_type=int | float, when_used="json")
_POSITIVE: Final = WithJsonSchema(
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1_000_000, "multipleOf": 0.001}
)

Amount = Annotated[
    Decimal, _READ, Checked(partial(values.hours, what="an amount of credit")), _WRITTEN, _POSITIVE
]
Hours = Annotated[Decimal, _READ, Checked(values.hours), _WRITTEN, _POSITIVE]
Quantity = Annotated[
    Decimal,
    _READ,
    Checked(partial(values.exact, what="a number")),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 1_000_000, "multipleOf": 0.001}),
]
"""A number that may be nothing, such as a weight."""
Share = Annotated[Decimal, _READ, _WRITTEN, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})]
Worth = Annotated[Decimal, _READ, _WRITTEN, WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1000})]
"""What a grade counts in an average, or an average itself."""
Percent = Annotated[
    Decimal,
    _READ,
    Checked(lambda value: values.amount(str(value))),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100, "multipleOf": 0.001}),
]
Sum = Annotated[Decimal, _WRITTEN, WithJsonSchema({"type": "number", "minimum": 0})]
"""An amount that we say ourselves: a sum may be nothing, or more than a million."""


# --- time -----------------------------------------------------------------------------------------------

_DAY: Final = re.compile(r"(19|20|21)\d\d-\d\d-\d\d", re.ASCII)
_MOMENT: Final = re.compile(
    r"(19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE
)


def _day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    raise ValueError("A day looks like 2026-06-30, in the years 1900 to 2199.")


def _moment(value: Any) -> datetime:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    raise ValueError("A moment looks like 2026-06-30T09:00:00Z, in the years 1900 to 2199.")


_IN_OUR_TIME: Final = r"^(19|20|21)\d\d-"

Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _IN_OUR_TIME, "examples": ["2026-06-30"]}),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema(
        {
            "type": "string",
            "format": "date-time",
            "pattern": _IN_OUR_TIME,
            "examples": ["2026-06-30T09:00:00Z"],
        }
    ),
]


# --- small groups ---------------------------------------------------------------------------------------

Scheme = Annotated[CreditScheme, Field(strict=False)]
Setting = Annotated[values.Setting, Field(strict=False)]


class Points(Body):
    """Points of one scheme. Points of two schemes are never added."""

    scheme: Scheme
    points: Amount

    def to_domain(self) -> CreditPoints:
        return CreditPoints(self.scheme, self.points)

    @classmethod
    def of(cls, points: CreditPoints) -> "Points":
        return cls.model_construct(scheme=points.scheme, points=points.points)


class LevelOf(Body):
    """A level of a qualifications framework: 1 to 8 of the `EQF`, up to 12 of a national one such as `NQF-KZ`."""

    framework: Annotated[str, Field(pattern="^[A-Z][A-Z0-9-]{1,19}$", examples=["EQF"])]
    value: Annotated[int, Field(ge=1, le=values.MOST_LEVELS)]

    def to_domain(self) -> Level:
        return Level(self.framework, self.value)

    @classmethod
    def of(cls, level: Level) -> "LevelOf":
        return cls.model_construct(framework=level.framework, value=level.value)


class GradeGiven(Body):
    """A grade as it was given, and the scale it is read on."""

    value: Annotated[str, line("a grade", 50)]
    scale: Annotated[str, line("a grading scale", 100)]

    def to_domain(self) -> Grade:
        return Grade(self.value, self.scale)

    @classmethod
    def of(cls, grade: Grade) -> "GradeGiven":
        return cls.model_construct(value=grade.value, scale=grade.scale)
