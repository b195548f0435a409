"""A policy of recognition on the wire: the parameters of each version, and the clause each rule cites."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field

from api.wire.scalars import Answer, Body, Day, Hours, Scheme, example, line
from domain import recognition_policy as policies
from domain import working_days
from domain.prior_learning import EvidenceKind
from domain.recognition_policy import (
    Clause,
    PolicyVersion,
    RecognitionPolicy,
    RecognitionPolicyPublished,
    RecognitionRules,
)

_USUAL = RecognitionRules()

Kind = Annotated[EvidenceKind, Field(strict=False)]
_Clause = Annotated[Clause, Field(strict=False)]


def _days(most: int) -> object:
    return Field(ge=1, le=most)


class ShareOf(Body):
    """An exact part of a whole: two thirds are 2 parts of 3."""

    parts: Annotated[int, Field(ge=0, le=1000)]
    of: Annotated[int, Field(ge=1, le=1000)]

    def to_domain(self) -> policies.Share:
        return policies.Share(self.parts, self.of)

    @classmethod
    def of_domain(cls, share: policies.Share) -> "ShareOf":
        return cls.model_construct(parts=share.parts, of=share.of)


class DayOff(Body):
    """A day on which the institution is closed, besides those of the country, and where that was said."""

    on: Day
    name: Annotated[str, line("a day's name")]
    source: Annotated[str, line("the source of a day off")]
    as_of: Day


class Rules(Body):
    """The parameters of a version. Days are working days; what is not said is as the law has it."""

    days_before_period: Annotated[int, _days(60)] = _USUAL.days_before_period
    days_to_experts: Annotated[int, _days(30)] = _USUAL.days_to_experts
    days_for_experts: Annotated[int, _days(60)] = _USUAL.days_for_experts
    days_for_appeal: Annotated[int, _days(60)] = _USUAL.days_for_appeal
    most_members: Annotated[int, _days(99)] = _USUAL.most_members
    experts: Annotated[int, _days(9)] = _USUAL.experts
    quorum: ShareOf = ShareOf.of_domain(_USUAL.quorum)
    hours_per_credit: dict[Scheme, Hours] = Field(default_factory=lambda: dict(_USUAL.hours_per_credit))
    most_not_formal: ShareOf | None = None
    language_certificate_years: Annotated[int, _days(20)] = _USUAL.language_certificate_years
    kinds: list[Kind] = Field(default_factory=lambda: list(EvidenceKind), max_length=len(EvidenceKind))
    providers: dict[
        Kind, Annotated[list[Annotated[str, line("a provider's name")]], Field(max_length=100)]
    ] = Field(default_factory=lambda: {kind: list(named) for kind, named in _USUAL.providers.items()})
    days_off: list[DayOff] = Field(default_factory=list, max_length=100)
    clauses: dict[_Clause, Annotated[str, line("a clause")]] = Field(default_factory=dict)

    def to_domain(self) -> RecognitionRules:
        return RecognitionRules(
            days_before_period=self.days_before_period,
            days_to_experts=self.days_to_experts,
            days_for_experts=self.days_for_experts,
            days_for_appeal=self.days_for_appeal,
            most_members=self.most_members,
            experts=self.experts,
            quorum=self.quorum.to_domain(),
            hours_per_credit={scheme: Decimal(each) for scheme, each in self.hours_per_credit.items()},
            most_not_formal=self.most_not_formal.to_domain() if self.most_not_formal else None,
            language_certificate_years=self.language_certificate_years,
            kinds=tuple(self.kinds),
            providers={kind: tuple(named) for kind, named in self.providers.items()},
            days_off=tuple(
                working_days.SpecialDay(on=each.on, name=each.name, source=each.source, as_of=each.as_of)
                for each in self.days_off
            ),
            clauses=dict(self.clauses),
        )

    @classmethod
    def of(cls, rules: RecognitionRules) -> Self:
        """With the clause of every rule, the institution's own or the law's."""
        return cls.model_construct(
            days_before_period=rules.days_before_period,
            days_to_experts=rules.days_to_experts,
            days_for_experts=rules.days_for_experts,
            days_for_appeal=rules.days_for_appeal,
            most_members=rules.most_members,
            experts=rules.experts,
            quorum=ShareOf.of_domain(rules.quorum),
            hours_per_credit=dict(rules.hours_per_credit),
            most_not_formal=None
            if rules.most_not_formal is None
            else ShareOf.of_domain(rules.most_not_formal),
            language_certificate_years=rules.language_certificate_years,
            kinds=list(rules.kinds),
            providers={kind: list(named) for kind, named in rules.providers.items()},
            days_off=[
                DayOff.model_construct(on=each.on, name=each.name, source=each.source, as_of=each.as_of)
                for each in rules.days_off
            ],
            clauses={clause: rules.clause(clause) for clause in Clause},
        )


class PublishPolicy(Body):
    in_force_from: Day
    reference: Annotated[str, line("the reference of a policy")]
    rules: Rules

    model_config = example(
        in_force_from="2026-09-01",
        reference="Decision of the Academic Council No. 7 of 28 August 2026",
        rules={"days_for_appeal": 5, "quorum": {"parts": 2, "of": 3}, "hours_per_credit": {"KZ": 30}},
    )


class PolicyShown(Answer):
    """One version; `clauses` says what each rule cites when it refuses."""

    institution: str
    version: int
    in_force_from: date
    reference: str
    rules: Rules

    @classmethod
    def of(cls, version: PolicyVersion | RecognitionPolicyPublished) -> Self:
        return cls(
            institution=version.institution,
            version=version.version,
            in_force_from=version.in_force_from,
            reference=version.reference,
            rules=Rules.of(version.rules),
        )


class PolicyVersions(Answer):
    """Every version, the newest last."""

    versions: list[PolicyShown]

    @classmethod
    def of(cls, policy: RecognitionPolicy) -> Self:
        return cls(versions=[PolicyShown.of(version) for version in policy.versions])
