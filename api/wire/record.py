"""A learner's record on the wire. Every number says which events it is made of, and where to read them."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import msgspec

from api.wire.imports import LearningBroughtShown
from api.wire.scalars import Answer, GradeGiven, LevelOf, Points, Scheme, Setting, Sum, shortest
from api.wire.scheme import RuleAppliedShown
from domain import values
from domain.progress import Progress, Standing, Total, Unused, Use
from domain.values import Level
from wallet.advising import Towards
from wallet.ledger.entry import Entry
from wallet.projections.credentials import CredentialRow
from wallet.projections.record import AchievementRow, ConferralRow, CreditRow
from wallet.projections.record import Total as TotalRow
from wallet.showing import Record

# --- where things are -----------------------------------------------------------------------------------


class EventLink(Answer):
    """An event of the ledger, and where it can be read."""

    sequence: int
    href: str

    @classmethod
    def to(cls, learner: str, sequence: int) -> Self:
        return cls(sequence=sequence, href=f"/learners/{learner}/events/{sequence}")


def _link(learner: str, sequence: int | None) -> EventLink | None:
    return None if sequence is None else EventLink.to(learner, sequence)


def _level(written: str | None) -> LevelOf | None:
    """The level behind `EQF level 6`, which is how the views keep it."""
    if written is None:
        return None
    framework, _, value = written.partition(" level ")
    return LevelOf.of(Level(framework, int(value)))


# --- the record -----------------------------------------------------------------------------------------


class TotalShown(Answer):
    """Credit accumulated in one scheme, of one kind of learning; never a sum over two schemes."""

    scheme: Scheme
    points: Sum
    setting: Setting
    level: LevelOf | None
    field: str | None
    events: list[EventLink]

    @classmethod
    def of(cls, learner: str, total: TotalRow) -> Self:
        return cls(
            scheme=total.points.scheme,
            points=total.points.points,
            setting=values.Setting(total.setting),
            level=_level(total.level),
            field=total.field,
            events=[EventLink.to(learner, sequence) for sequence in total.events],
        )


class CreditShown(Answer):
    """One line of the record. It `counts` unless it was withdrawn, or is the same learning as another line."""

    credit: str
    institution: str
    unit: str | None
    points: Points
    setting: Setting
    level: LevelOf | None
    field: str | None
    grade: GradeGiven | None
    since: date
    achievement: str | None
    from_credit: str | None
    counts: bool
    event: EventLink
    withdrawn: EventLink | None
    why_withdrawn: str | None
    converted_by: RuleAppliedShown | None
    """The rule by which its points were read in another scheme, where it was transferred into one."""

    @classmethod
    def of(cls, record: Record, row: CreditRow) -> Self:
        learner = record.learner
        return cls(
            credit=row.credit,
            institution=row.institution,
            unit=row.unit,
            points=Points.of(row.points),
            setting=values.Setting(row.setting),
            level=_level(row.level),
            field=row.field,
            grade=GradeGiven.model_construct(value=row.grade["value"], scale=row.grade["scale"])
            if row.grade
            else None,
            since=date.fromisoformat(row.since),
            achievement=row.achievement,
            from_credit=row.source,
            counts=row.counts,
            event=EventLink.to(learner, row.sequence),
            withdrawn=_link(learner, row.withdrawn),
            why_withdrawn=row.why_withdrawn,
            converted_by=RuleAppliedShown.of(record.rules.get(row.credit)),
        )


class AchievementShown(Answer):
    """A claim, and the last judgement of it. It is no credit until an institution has awarded credit for it."""

    achievement: str
    setting: Setting
    names: dict[str, str]
    achieved_on: date
    event: EventLink
    assessed: EventLink | None
    assessed_by: str | None
    result: str | None

    @classmethod
    def of(cls, learner: str, row: AchievementRow) -> Self:
        return cls(
            achievement=row.achievement,
            setting=values.Setting(row.setting),
            names=row.names,
            achieved_on=date.fromisoformat(row.achieved_on),
            event=EventLink.to(learner, row.sequence),
            assessed=_link(learner, row.assessed),
            assessed_by=row.assessed_by,
            result=row.result,
        )


class ConferralShown(Answer):
    """`resting_on_withdrawn`: the credits it rests on that are no longer in force. It wants a second look."""

    conferral: str
    qualification: str
    institution: str
    conferred_on: date
    event: EventLink
    resting_on_withdrawn: list[str]

    @classmethod
    def of(cls, learner: str, row: ConferralRow, gone: Iterable[str]) -> Self:
        return cls(
            conferral=row.conferral,
            qualification=row.qualification,
            institution=row.institution,
            conferred_on=date.fromisoformat(row.conferred_on),
            event=EventLink.to(learner, row.sequence),
            resting_on_withdrawn=list(gone),
        )


class CredentialListed(Answer):
    """`standing` is in-force, suspended, revoked or superseded; `href` is where the signed document is."""

    credential: str
    kind: str
    institution: str
    credits: list[str]
    issued_at: datetime
    standing: str
    href: str

    @classmethod
    def of(cls, row: CredentialRow) -> Self:
        return cls(
            credential=row.credential,
            kind=row.kind,
            institution=row.institution,
            credits=list(row.credits),
            issued_at=datetime.fromisoformat(row.issued_at),
            standing=row.standing,
            href=f"/credentials/{row.credential}",
        )


class Credits(Answer):
    credits: list[CreditShown]

    @classmethod
    def of(cls, record: Record, rows: Iterable[CreditRow]) -> Self:
        return cls(credits=[CreditShown.of(record, row) for row in rows])


class Credentials(Answer):
    credentials: list[CredentialListed]

    @classmethod
    def of(cls, record: Record) -> Self:
        return cls(credentials=[CredentialListed.of(row) for row in record.credentials])


class RecordShown(Answer):
    """What a learner has. `units` are those recognised: lines in force that name one.

    `brought` is learning from elsewhere, without credit here.
    """

    learner: str
    did: str
    totals: list[TotalShown]
    units: list[CreditShown]
    achievements: list[AchievementShown]
    conferrals: list[ConferralShown]
    credentials: list[CredentialListed]
    brought: list[LearningBroughtShown]

    @classmethod
    def of(cls, record: Record) -> Self:
        learner = record.learner
        gone: dict[str, tuple[str, ...]] = {
            each.conferral: each.credits for each in record.resting_on_withdrawn
        }
        return cls(
            learner=learner,
            did=record.did,
            totals=[TotalShown.of(learner, total) for total in record.totals],
            units=[CreditShown.of(record, row) for row in record.units],
            achievements=[AchievementShown.of(learner, row) for row in record.achievements],
            conferrals=[
                ConferralShown.of(learner, row, gone.get(row.conferral, ())) for row in record.conferrals
            ],
            credentials=[CredentialListed.of(row) for row in record.credentials],
            brought=[LearningBroughtShown.of(each) for each in record.brought],
        )


# --- events ---------------------------------------------------------------------------------------------


class EventShown(Answer):
    """One event of the ledger. `actor` is the did:key that signed it, `hash` its envelope's SHA-256 in hex."""

    sequence: int
    position: int
    name: str
    recorded_at: datetime
    actor: str
    hash: str
    event: dict[str, Any] | None

    @classmethod
    def of(cls, entry: Entry) -> Self:
        return cls(
            sequence=entry.sequence,
            position=entry.position,
            name=entry.name,
            recorded_at=entry.recorded_at,
            actor=entry.actor,
            hash=entry.hash.hex(),
            event=None
            if entry.event is None
            else _json(msgspec.to_builtins(entry.event, builtin_types=[Decimal])),
        )


class Events(Answer):
    events: list[EventShown]


def _json(value: Any) -> Any:
    """The same, with amounts as JSON numbers."""
    match value:
        case dict():
            return {name: _json(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_json(inner) for inner in value]
        case Decimal():
            return shortest(value)
    return value


# --- progress -------------------------------------------------------------------------------------------


class Used(Answer):
    """A credit that serves a requirement, and with how many of its points."""

    credit: str
    points: Points

    @classmethod
    def of(cls, use: Use) -> Self:
        return cls(credit=use.credit, points=Points.of(use.points))


class StandingShown(Answer):
    """How one requirement stands. `share` is an exact fraction, as text: 2/3. `missing` is what to do about it.

    `asked` is false for what spends credit in a branch of a choice where another branch was taken. `held` are the
    conferrals that serve it, where a qualification is to be held.
    """

    requires: str
    label: dict[str, str]
    satisfied: bool
    share: str
    by: list[Used]
    missing: str | None
    asked: bool
    held: list[str]
    parts: list["StandingShown"]

    @classmethod
    def of(cls, standing: Standing) -> Self:
        requirement = standing.requirement
        return cls(
            requires=str(requirement.__struct_config__.tag),
            label=requirement.label,
            satisfied=standing.satisfied,
            share=str(standing.share),
            by=[Used.of(use) for use in standing.by],
            missing=standing.missing,
            asked=standing.asked,
            held=list(standing.held),
            parts=[cls.of(part) for part in standing.parts],
        )


class TotalNeeded(Answer):
    """The qualification's own points, against all that count in its scheme."""

    needed: Points
    reached: Sum
    satisfied: bool
    share: str
    missing: str | None

    @classmethod
    def of(cls, total: Total) -> Self:
        return cls(
            needed=Points.of(total.needed),
            reached=total.reached,
            satisfied=total.satisfied,
            share=str(total.share),
            missing=total.missing,
        )


class WhyUnused(Answer):
    """Why a credit does not help; `requirement` is the label of the one that speaks, null for the whole."""

    sentence: str
    requirement: dict[str, str] | None


class UnusedShown(Answer):
    credit: str
    reasons: list[WhyUnused]

    @classmethod
    def of(cls, unused: Unused) -> Self:
        reasons = [WhyUnused(sentence=why.sentence, requirement=why.requirement) for why in unused.reasons]
        return cls(credit=unused.credit, reasons=reasons)


class ProgressShown(Answer):
    """How far a learner has come towards a qualification, at the institution that confers it."""

    qualification: str
    institution: str
    names: dict[str, str]
    on: date
    complete: bool
    share: str
    missing: list[str]
    requirement: StandingShown
    total: TotalNeeded
    used: list[str]
    unused: list[UnusedShown]

    @classmethod
    def of(cls, towards: Towards) -> Self:
        progress: Progress = towards.progress
        return cls(
            qualification=towards.qualification.id,
            institution=towards.qualification.institution,
            names=towards.qualification.names,
            on=towards.on,
            complete=progress.complete,
            share=str(progress.share),
            missing=list(progress.missing),
            requirement=StandingShown.of(progress.standing),
            total=TotalNeeded.of(progress.total),
            used=list(progress.used),
            unused=[UnusedShown.of(each) for each in progress.unused],
        )
