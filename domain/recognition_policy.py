"""An institution's policy of recognition: public, in versions, each with the day it comes into force.

Stream `recognition-policy/{institution}`. A case lives by the version in force on the day it was filed, to its end.

What the joint Order 544/322 and the institution's own rules fix as a number is here a parameter with a date, and
so is what they leave open (the quorum, the time for an appeal, the share of non-formal learning). Each rule has a
clause to cite when it refuses; an institution cites its own where it has one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from domain.errors import InvalidValue, NotFound
from domain.event import Event, cannot_follow, replay
from domain.institution import Institution
from domain.kazakhstan import KAZAKHSTAN
from domain.prior_learning import EvidenceKind
from domain.values import CreditScheme, InstitutionId, day, hours, settle, text
from domain.working_days import Calendar, SpecialDay

# --- clauses --------------------------------------------------------------------------------------------


class Clause(StrEnum):
    """The rules of recognition that can refuse, each with a text to cite."""

    FILED_IN_TIME = "filed_in_time"
    PAPERS = "papers"
    EVIDENCE = "evidence"
    LANGUAGE_CERTIFICATE = "language_certificate"
    COMPOSITION = "composition"
    OFFICERS = "officers"
    EXPERTS = "experts"
    INDEPENDENCE = "independence"
    VOLUME = "volume"
    CORRESPONDENCE = "correspondence"
    SHARE = "share"
    QUORUM = "quorum"
    MAJORITY = "majority"
    ONCE = "once"
    APPEAL = "appeal"
    MOBILITY = "mobility"


_ORDER: Final = (
    "Joint Order No. 544/322 of 24 October 2023 on recognising the outcomes of non-formal education"
)
_RULES: Final = "Rules of recognition of the institution"
_MOBILITY: Final = "Rules of the credit technology of learning in higher education, clause 48"

CLAUSES: Final[Mapping[Clause, str]] = MappingProxyType(
    {
        Clause.FILED_IN_TIME: f"{_ORDER}: application 10 working days before the academic period",
        Clause.PAPERS: f"{_ORDER}: application, copy of the identity document, document of the outcomes",
        Clause.EVIDENCE: f"{_RULES}: documents that show formal, non-formal and informal learning",
        Clause.LANGUAGE_CERTIFICATE: f"{_RULES}: language certificates, 2 years from the exam",
        Clause.COMPOSITION: f"{_ORDER}: an odd number, at most 7, of administration and teaching staff",
        Clause.OFFICERS: f"{_ORDER}: chair and deputy elected by open majority at the first meeting",
        Clause.EXPERTS: f"{_ORDER}: the expert group and its 5 working days",
        Clause.INDEPENDENCE: f"{_RULES}: nobody judges her own course, or her own learner's",
        Clause.VOLUME: f"{_ORDER}: comparison of volume; an academic credit is 30 academic hours",
        Clause.CORRESPONDENCE: f"{_ORDER}: outcomes and competences, aims, volume and assessment compared",
        Clause.SHARE: f"{_RULES}: the largest part of a programme by recognition of non-formal learning",
        Clause.QUORUM: f"{_RULES}: quorum of the commission",
        Clause.MAJORITY: f"{_ORDER}: the majority of the members who take part in the meeting",
        Clause.ONCE: f"{_RULES}: learning counts once",
        Clause.APPEAL: f"{_RULES}: appeal to a new composition",
        Clause.MOBILITY: _MOBILITY,
    }
)
"""What is cited where the institution's policy names no clause of its own."""

# --- parameters -----------------------------------------------------------------------------------------


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """An exact part of a whole: `Share(2, 3)` is two thirds."""

    parts: int
    of: int

    def __post_init__(self) -> None:
        whole = type(self.parts) is int and type(self.of) is int
        if not whole or not 0 <= self.parts <= self.of <= 1000 or not self.of:
            raise InvalidValue("A share is so many parts of a whole, such as 2 of 3.")

    def at_least(self, whole: int) -> int:
        """The least whole number that is this share of `whole`: two thirds of 7 is 5."""
        return -(-whole * self.parts // self.of)

    def __str__(self) -> str:
        return f"{self.parts}/{self.of}"


class RecognitionRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The parameters of one version; part of a stored event, so its fields never change.

    Days are working days. `most_not_formal` is the largest part of a programme's points that recognition of
    non-formal and informal learning may fill; None sets no limit. `providers` of a kind of evidence are those
    accepted; a kind not named there leaves the provider to the commission. `hours_per_credit` is by scheme; in a
    scheme not named there nothing is recognised.
    """

    days_before_period: int = 10
    days_to_experts: int = 3
    days_for_experts: int = 5
    days_for_appeal: int = 10
    most_members: int = 7
    experts: int = 3
    quorum: Share = Share(2, 3)
    hours_per_credit: dict[CreditScheme, Decimal] = msgspec.field(
        default_factory=lambda: {CreditScheme.KZ: Decimal(30), CreditScheme.ECTS: Decimal(30)}
    )
    most_not_formal: Share | None = None
    language_certificate_years: int = 2
    kinds: tuple[EvidenceKind, ...] = tuple(EvidenceKind)
    providers: dict[EvidenceKind, tuple[str, ...]] = msgspec.field(
        default_factory=lambda: {
            EvidenceKind.PROFESSIONAL_CERTIFICATE: ("1C", "CAP", "CIPA", "Cisco"),
            EvidenceKind.SCHOOL_CERTIFICATE: ("NIS", "BIL", "RFMSh"),
        }
    )
    days_off: tuple[SpecialDay, ...] = ()
    """The institution's own, besides those of the country."""
    clauses: dict[Clause, str] = msgspec.field(default_factory=dict)
    """What to cite in place of `CLAUSES`."""

    def __post_init__(self) -> None:
        for name, most in _WHOLE_NUMBERS.items():
            value = getattr(self, name)
            if type(value) is not int or not 1 <= value <= most:
                raise InvalidValue(f"{name.replace('_', ' ')} is a whole number from 1 to {most}.")
        if not self.most_members % 2:
            raise InvalidValue("The largest number of members is odd, as every commission's is.")
        if not self.quorum.parts:
            raise InvalidValue("A quorum of nobody is none.")
        for scheme, each in self.hours_per_credit.items():
            hours(each, f"the hours of a credit of {scheme}")
        settle(self, "kinds", tuple(kind for kind in EvidenceKind if kind in self.kinds))
        settle(
            self,
            "providers",
            {
                kind: tuple(text(name, "a provider's name") for name in named)
                for kind, named in self.providers.items()
            },
        )
        settle(
            self,
            "clauses",
            {clause: text(words, "a clause") for clause, words in self.clauses.items()},
        )
        if len({each.on for each in self.days_off}) < len(self.days_off):
            raise InvalidValue("A day off is named once.")

    def clause(self, clause: Clause) -> str:
        """What is cited when that rule refuses."""
        return self.clauses.get(clause, CLAUSES[clause])

    @property
    def calendar(self) -> Calendar:
        """Working days in Kazakhstan, less the institution's own days off."""
        return KAZAKHSTAN.with_days_off(self.days_off)


_WHOLE_NUMBERS: Final = {
    "days_before_period": 60,
    "days_to_experts": 30,
    "days_for_experts": 60,
    "days_for_appeal": 60,
    "most_members": 99,
    "experts": 9,
    "language_certificate_years": 20,
}
"""And the largest that is no mistake."""

# --- facts ----------------------------------------------------------------------------------------------


class RecognitionPolicyPublished(Event, tag="recognition_policy.published.v1"):
    institution: InstitutionId
    version: int
    """From 1, each one more than the last."""
    in_force_from: date
    rules: RecognitionRules
    reference: str
    """The decision that adopted it, as the institution cites it."""


# --- state ----------------------------------------------------------------------------------------------


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True):
    institution: InstitutionId
    version: int
    in_force_from: date
    rules: RecognitionRules
    reference: str


class RecognitionPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Every version, in the order of their publication, which is also that of their days."""

    institution: InstitutionId
    versions: tuple[PolicyVersion, ...]

    def in_force(self, on: date) -> PolicyVersion:
        """Refuses: NotFound (none is in force yet)."""
        for version in reversed(self.versions):
            if version.in_force_from <= on:
                return version
        raise NotFound(f"{self.institution} has no policy of recognition in force on {on}.")

    def version(self, number: int) -> PolicyVersion:
        """Refuses: NotFound."""
        if not 1 <= number <= len(self.versions):
            raise NotFound(
                f"{self.institution} has published no version {number} of its policy of recognition."
            )
        return self.versions[number - 1]


def evolve(policy: RecognitionPolicy | None, event: Event) -> RecognitionPolicy:
    """The policy after one more fact."""
    if not isinstance(event, RecognitionPolicyPublished):
        raise cannot_follow(event, "a policy of recognition")
    version = PolicyVersion(
        institution=event.institution,
        version=event.version,
        in_force_from=event.in_force_from,
        rules=event.rules,
        reference=event.reference,
    )
    earlier = () if policy is None else policy.versions
    return RecognitionPolicy(institution=event.institution, versions=(*earlier, version))


def fold(events: Iterable[Event]) -> RecognitionPolicy:
    """The policy its events add up to. Refuses: NotFound, where there are none."""
    return replay(evolve, events, "No policy of recognition is published.")


# --- decisions ------------------------------------------------------------------------------------------


def publish(
    existing: RecognitionPolicy | None,
    rules: RecognitionRules,
    *,
    by: Institution,
    in_force_from: date,
    reference: str,
    on: date,
) -> RecognitionPolicyPublished:
    """Publish a version; it does not touch the cases filed before.

    The first may have been in force before it was published here; another takes the place of the last from a day to
    come. Refuses: InvalidValue (a later version of a day past, or before the last one's).
    """
    day(in_force_from)
    versions = () if existing is None else existing.versions
    if versions and in_force_from < on:
        raise InvalidValue(
            f"A version published on {on} cannot replace another from {in_force_from}, before that."
        )
    if versions and in_force_from < versions[-1].in_force_from:
        raise InvalidValue(f"A version in force from {versions[-1].in_force_from} is published already.")
    return RecognitionPolicyPublished(
        institution=by.id,
        version=len(versions) + 1,
        in_force_from=in_force_from,
        rules=rules,
        reference=text(reference, "the reference of a policy"),
    )
