"""Qualifications on the wire, with their trees of requirements.

The kinds of requirement have the tags and the fields they are stored under (`domain.requirement`).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Self, Union, get_type_hints

import msgspec
from pydantic import Field, create_model

from api.wire import scalars
from api.wire.scalars import Amount, Answer, Body, Field4, LevelOf, Points, Share, Worth, example, line
from domain import qualification as domain
from domain.ladder import QualificationKind
from domain.qualification import (
    Allocation,
    Qualification,
    QualificationDescribed,
    QualificationDescription,
    QualificationRevised,
    Sharing,
    SharingAllowed,
    SharingEnded,
)
from domain.requirement import KINDS, AcceptedGrades
from domain.values import (
    CreditPoints,
    CreditScheme,
    IscedF,
    Level,
    Names,
    QualificationId,
    Setting,
    UnitId,
    unit_id,
)
from wallet.projections.catalogue import QualificationRow

NamesOfUnit = Callable[[str], Mapping[str, str]]
"""How a unit is called: what a requirement of it is called, where nobody says otherwise."""


# --- requirements ---------------------------------------------------------------------------------------


class RequirementSaid(Body):
    """What every kind has: its label. One that asks for a unit may leave it out, and is called as the unit is."""

    _kind: ClassVar[type[domain.Requirement]]

    def to_domain(self, names_of: NamesOfUnit) -> domain.Requirement:
        """Refuses InvalidValue, and whatever `names_of` does."""
        said = {name: _to_domain(getattr(self, name), names_of) for name in self._kind.__struct_fields__}
        if said["label"] is None:
            said["label"] = dict(names_of(said["unit"]))
        made: domain.Requirement = self._kind(**said)
        return made


class GradesAccepted(Body):
    """The grades of a scale that are good enough, from the best to the least."""

    scale: Annotated[str, line("a grading scale", 100)]
    values: Annotated[list[Annotated[str, line("a grade", 50)]], Field(min_length=1, max_length=50)]

    def to_domain(self) -> AcceptedGrades:
        return AcceptedGrades(self.scale, tuple(self.values))

    @classmethod
    def of(cls, grades: AcceptedGrades) -> "GradesAccepted":
        return cls.model_construct(scale=grades.scale, values=list(grades.values))


_Many = Field(min_length=1, max_length=400)
_SAID: Final[Mapping[tuple[str, Any] | Any, Any]] = {
    Names: scalars.Names,
    UnitId: scalars.UnitId,
    tuple[UnitId, ...]: Annotated[list[scalars.UnitId], _Many],
    tuple[UnitId, ...] | None: Annotated[list[scalars.UnitId], _Many] | None,
    tuple[QualificationId, ...] | None: Annotated[list[scalars.QualificationId], _Many] | None,
    tuple[Setting, ...]: Annotated[list[scalars.Setting], Field(max_length=3)],
    tuple[domain.Requirement, ...]: Annotated[list["Requirement"], _Many],
    CreditPoints: Points,
    Level | None: LevelOf | None,
    AcceptedGrades | None: GradesAccepted | None,
    QualificationKind | None: Annotated[QualificationKind, Field(strict=False)] | None,
    Decimal: Worth,
    Decimal | None: Share | None,
    dict[str, Decimal]: Annotated[
        dict[Annotated[str, line("a grade", 50)], Worth], Field(min_length=1, max_length=50)
    ],
    int | None: Annotated[int, Field(ge=1, le=100)] | None,
    int: Annotated[int, Field(ge=1, le=400)],
    str: Annotated[str, line("a grading scale", 100)],
    bool: bool,
}
"""How a field of a requirement is said, by its type in the domain."""


def _written(value: Any) -> Any:
    match value:
        case CreditPoints():
            return Points.of(value)
        case Level():
            return LevelOf.of(value)
        case AcceptedGrades():
            return GradesAccepted.of(value)
        case tuple():
            return [_written(each) for each in value]
        case _ if type(value) in KINDS.values():
            return shown(value)
        case _:
            return value


def _model_of(tag: str, kind: type[domain.Requirement]) -> type[RequirementSaid]:
    """The body that says a requirement of this kind: its fields, under its stored tag."""
    hints = get_type_hints(kind)
    fields: dict[str, Any] = {"requires": (Literal[tag], ...)}
    label_first = sorted(msgspec.structs.fields(kind), key=lambda field: field.name != "label")
    for field in label_first:
        said = _SAID[hints[field.name]]
        if field.name == "label" and "unit" in kind.__struct_fields__:
            fields["label"] = (said | None, None)
        else:
            fields[field.name] = (said, ... if field.required else _written(field.default))
    model = create_model(
        _NAMES.get(tag, kind.__name__), __base__=RequirementSaid, __doc__=kind.__doc__, **fields
    )
    model._kind = kind
    return model


_NAMES: Final = {"some": "SomeOf"}
_MODELS: Final = {tag: _model_of(tag, kind) for tag, kind in KINDS.items()}

if TYPE_CHECKING:
    Requirement = RequirementSaid
else:
    Requirement = Annotated[Union[tuple(_MODELS.values())], Field(discriminator="requires")]  # noqa: UP007 - made of what is known only at run time
for _model in _MODELS.values():
    _model.model_rebuild(_types_namespace={"Requirement": Requirement})


def shown(requirement: domain.Requirement) -> Requirement:
    """The tree in the form it was sent in."""
    tag = str(requirement.__struct_config__.tag)
    said = {name: _written(getattr(requirement, name)) for name in requirement.__struct_fields__}
    return _MODELS[tag].model_construct(requires=tag, **said)


def _to_domain(said: Any, names_of: NamesOfUnit) -> Any:
    match said:
        case RequirementSaid():
            return said.to_domain(names_of)
        case Points() | LevelOf() | GradesAccepted():
            return said.to_domain()
        case list():
            return tuple(_to_domain(each, names_of) for each in said)
        case _:
            return said


# --- qualifications -------------------------------------------------------------------------------------


class AllowSharing(Body):
    """Credit that the `other` qualification rests on may count here too; `rule` is the ground, as it is cited."""

    other: scalars.QualificationId
    rule: Annotated[str, line("a sharing rule")]

    model_config = example(other="micro-algorithms", rule="Rules on stackable credentials, 4.2")


class SharingAllowedShown(Answer):
    other: str
    rule: str

    @classmethod
    def of(cls, said: Sharing | SharingAllowed) -> Self:
        return cls(other=said.other, rule=said.rule)


class SharingEndedShown(Answer):
    other: str

    @classmethod
    def of(cls, event: SharingEnded) -> Self:
        return cls(other=event.other)


class Weight(Body):
    """What a unit weighs in this qualification, in the qualification's own scheme."""

    unit: scalars.UnitId
    points: Amount

    def to_domain(self, scheme: CreditScheme) -> Allocation:
        return Allocation(unit_id(self.unit), Points(scheme=scheme, points=self.points).to_domain())


_MICRO_CREDENTIAL: Final[dict[str, Any]] = {
    "names": {"en": "Micro-credential: algorithms"},
    "points": {"scheme": "ECTS", "points": 5},
    "level": {"framework": "EQF", "value": 6},
    "kind": "micro_credential",
    "requirement": {
        "requires": "all",
        "label": {"en": "The whole of it"},
        "requirements": [
            {"requires": "unit", "unit": "algorithms"},
            {
                "requires": "points",
                "label": {"en": "5 ECTS at level 6 or above"},
                "points": {"scheme": "ECTS", "points": 5},
                "min_level": {"framework": "EQF", "value": 6},
            },
        ],
    },
}


class ReviseQualification(Body):
    """A qualification's whole description; `level` is the level of the EQF.

    `points` are what the whole is worth, and what a learner needs in force.
    """

    names: scalars.Names
    points: Points
    level: LevelOf
    kind: Annotated[QualificationKind, Field(strict=False)]
    requirement: Requirement
    national_level: LevelOf | None = None
    field: Field4 | None = None
    allocations: list[Weight] = Field(default_factory=list, max_length=400)

    model_config = example(**_MICRO_CREDENTIAL)

    def to_domain(self, names_of: NamesOfUnit) -> QualificationDescription:
        return QualificationDescription(
            names=self.names,
            points=self.points.to_domain(),
            level=self.level.to_domain(),
            kind=self.kind,
            requirement=self.requirement.to_domain(names_of),
            national_level=self.national_level.to_domain() if self.national_level else None,
            field=IscedF(self.field) if self.field else None,
            allocations=tuple(weight.to_domain(self.points.scheme) for weight in self.allocations),
        )


class DescribeQualification(ReviseQualification):
    """The same of a new qualification, with its id."""

    qualification: scalars.QualificationId

    model_config = example(qualification="micro-algorithms", **_MICRO_CREDENTIAL)


class QualificationRevisedShown(Answer):
    """A qualification as it has just been described anew."""

    qualification: str
    institution: str
    names: dict[str, str]
    points: Points
    level: LevelOf
    kind: QualificationKind
    requirement: Requirement
    national_level: LevelOf | None
    field: str | None
    allocations: list[Weight]

    @classmethod
    def of(cls, event: QualificationRevised, qualification: str, institution: str) -> Self:
        return cls(qualification=qualification, institution=institution, **_said(event))


class QualificationShown(Answer):
    """A qualification as its institution describes it today."""

    qualification: str
    institution: str
    revision: int
    names: dict[str, str]
    points: Points
    level: LevelOf
    kind: QualificationKind
    requirement: Requirement
    national_level: LevelOf | None
    field: str | None
    allocations: list[Weight]
    sharing: list[SharingAllowedShown]
    """The other qualifications under which credit may stand that counts here too."""

    @classmethod
    def of(cls, state: Qualification) -> Self:
        return cls(
            qualification=state.id,
            institution=state.institution,
            revision=state.revision,
            sharing=[SharingAllowedShown.of(rule) for rule in state.sharing],
            **_said(state),
        )

    @classmethod
    def described(cls, event: QualificationDescribed) -> Self:
        return cls(
            qualification=event.qualification,
            institution=event.institution,
            revision=1,
            sharing=[],
            **_said(event),
        )


def _said(description: QualificationDescription) -> dict[str, Any]:
    national = description.national_level
    return {
        "names": description.names,
        "points": Points.of(description.points),
        "level": LevelOf.of(description.level),
        "kind": description.kind,
        "requirement": shown(description.requirement),
        "national_level": LevelOf.of(national) if national else None,
        "field": description.field,
        "allocations": [
            Weight.model_construct(unit=each.unit, points=each.points.points)
            for each in description.allocations
        ],
    }


class QualificationListed(Answer):
    qualification: str
    institution: str
    names: dict[str, str]
    kind: QualificationKind

    @classmethod
    def of(cls, row: QualificationRow) -> Self:
        return cls(
            qualification=row.qualification,
            institution=row.institution,
            names=row.names,
            kind=QualificationKind(row.kind),
        )


class Qualifications(Answer):
    qualifications: list[QualificationListed]
