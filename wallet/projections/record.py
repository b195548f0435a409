"""A learner's record: credit accumulated by scheme, setting, level and field, and what stands behind each number.

Points are kept in thousandths, as whole numbers: SQLite has no decimals, and a sum of them must be exact.
A line counts unless it was withdrawn, or a line it rests on was; what shares learning with a line before it is not
summed again, and of a transferred line only the source is, in "everything the learner has"
(`domain.counting` has the rules; a test holds this view against them).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

import msgspec

from domain.achievement import Achievement, AchievementAssessed, AchievementClaimed
from domain.credit import (
    CreditAwarded,
    CreditRecognised,
    CreditTransferred,
    CreditWithdrawn,
    learning_claimed,
    recognised,
)
from domain.erasure import LearnerErased
from domain.prior_learning import Learning, of_achievement, of_credit
from domain.values import (
    AchievementId,
    CreditId,
    CreditPoints,
    CreditScheme,
    InstitutionId,
    LearnerId,
    Names,
    QualificationId,
    UnitId,
)
from domain.wallet import ConferralWithdrawn, QualificationConferred
from wallet.ledger.database import Cursor, Database
from wallet.ledger.entry import Entry

_TABLES: Final = (
    """
    CREATE TABLE record_credits (
        learner TEXT NOT NULL, credit TEXT NOT NULL, sequence INTEGER NOT NULL, institution TEXT NOT NULL,
        unit TEXT, scheme TEXT NOT NULL, thousandths INTEGER NOT NULL, setting TEXT NOT NULL, level TEXT,
        field TEXT, grade TEXT, since TEXT NOT NULL, achievement TEXT, source TEXT,
        withdrawn INTEGER, why_withdrawn TEXT, learning TEXT NOT NULL, rests_on TEXT NOT NULL,
        PRIMARY KEY (learner, credit)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE record_achievements (
        learner TEXT NOT NULL, achievement TEXT NOT NULL, sequence INTEGER NOT NULL, setting TEXT NOT NULL,
        names TEXT NOT NULL, achieved_on TEXT NOT NULL, assessed INTEGER, assessed_by TEXT, result TEXT,
        learning TEXT NOT NULL,
        PRIMARY KEY (learner, achievement)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE record_conferrals (
        learner TEXT NOT NULL, conferral TEXT NOT NULL, sequence INTEGER NOT NULL, qualification TEXT NOT NULL,
        institution TEXT NOT NULL, conferred_on TEXT NOT NULL,
        PRIMARY KEY (learner, conferral)
    ) STRICT, WITHOUT ROWID
    """,
)


class RecordView:
    name = "record"

    def create_tables(self) -> Sequence[str]:
        return _TABLES

    def apply(self, cursor: Cursor, entries: Sequence[Entry]) -> None:
        for entry in entries:
            learner = entry.stream.partition("/")[2]
            match entry.event:
                case CreditAwarded() as event:
                    cursor.execute(
                        _OPEN_A_LINE,
                        [
                            *_line(learner, entry, event, event.awarded_on, event.achievement),
                            _claimed(cursor, learner, event),
                            "[]",
                        ],
                    )
                case CreditRecognised() as event:
                    line = recognised(event)
                    cursor.execute(
                        _OPEN_A_LINE,
                        [
                            *_line(learner, entry, event, event.recognised_on, None),
                            _json(_marks(learner, line.learning)),
                            _json(line.rests_on),
                        ],
                    )
                case CreditTransferred() as event:
                    cursor.execute(
                        """
                        INSERT INTO record_credits
                        SELECT learner, ?, ?, ?, ?, ?, ?, setting, level, field, grade, ?, achievement, credit,
                               NULL, NULL, learning, json_array(credit)
                        FROM record_credits WHERE learner = ? AND credit = ?
                        """,
                        [
                            event.credit,
                            entry.sequence,
                            event.institution,
                            event.unit,
                            event.points.scheme.value,
                            _thousandths(event.points),
                            event.transferred_on.isoformat(),
                            learner,
                            event.from_credit,
                        ],
                    )
                case CreditWithdrawn() as event:
                    # What rests on it falls with it, and so on down the line.
                    cursor.execute(
                        """
                        WITH RECURSIVE fallen (credit) AS (
                            SELECT credit FROM record_credits WHERE learner = ?1 AND credit = ?2 UNION
                            SELECT line.credit FROM record_credits AS line, json_each(line.rests_on) AS rests
                            JOIN fallen ON rests.value = fallen.credit WHERE line.learner = ?1
                        )
                        UPDATE record_credits SET withdrawn = ?3, why_withdrawn = ?4
                        WHERE learner = ?1 AND withdrawn IS NULL AND credit IN (SELECT credit FROM fallen)
                        """,
                        [learner, event.credit, entry.sequence, event.reason],
                    )
                case AchievementClaimed() as event:
                    cursor.execute(
                        "INSERT INTO record_achievements VALUES (?,?,?,?,?,?,NULL,NULL,NULL,?)",
                        [
                            learner,
                            event.achievement,
                            entry.sequence,
                            event.setting.value,
                            _json(event.names),
                            event.achieved_on.isoformat(),
                            _json(_marks(learner, learning_claimed(Achievement(event, {})))),
                        ],
                    )
                case AchievementAssessed() as event:
                    cursor.execute(
                        "UPDATE record_achievements SET assessed = ?, assessed_by = ?, result = ? "
                        "WHERE learner = ? AND achievement = ?",
                        [entry.sequence, event.institution, event.result.value, learner, event.achievement],
                    )
                case QualificationConferred() as event:
                    cursor.execute(
                        "INSERT INTO record_conferrals VALUES (?,?,?,?,?,?)",
                        [
                            learner,
                            event.conferral,
                            entry.sequence,
                            event.qualification,
                            event.institution,
                            event.conferred_on.isoformat(),
                        ],
                    )
                case ConferralWithdrawn() as event:
                    cursor.execute(
                        "DELETE FROM record_conferrals WHERE learner = ? AND conferral = ?",
                        [learner, event.conferral],
                    )
                case LearnerErased() as event:
                    for table in ("record_credits", "record_achievements", "record_conferrals"):
                        cursor.execute(f"DELETE FROM {table} WHERE learner = ?", [event.learner])  # noqa: S608 - tables of ours
                case _:
                    pass


# --- questions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Total:
    """Credit accumulated in one scheme from one kind of learning; `events` are the sequences it is made of."""

    points: CreditPoints
    setting: str
    level: str | None
    field: str | None
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One line of the record. `sequence` is the event that opened it, `withdrawn` the one that ended it."""

    credit: CreditId
    sequence: int
    institution: InstitutionId
    unit: UnitId | None
    points: CreditPoints
    setting: str
    level: str | None
    field: str | None
    grade: dict[str, str] | None
    since: str
    achievement: AchievementId | None
    source: CreditId | None
    withdrawn: int | None
    why_withdrawn: str | None
    counts: bool


@dataclass(frozen=True, slots=True)
class AchievementRow:
    """Learning claimed: no credit, until an institution has assessed it and awarded credit for it."""

    achievement: AchievementId
    sequence: int
    setting: str
    names: Names
    achieved_on: str
    assessed: int | None
    assessed_by: InstitutionId | None
    result: str | None


@dataclass(frozen=True, slots=True)
class ConferralRow:
    conferral: str
    sequence: int
    qualification: str
    institution: InstitutionId
    conferred_on: str


def totals(database: Database, learner: str) -> list[Total]:
    """Credit accumulated, by scheme, setting, level and field: one line for each combination there is."""
    sums: dict[tuple[str, str, str, str], list[CreditRow]] = {}
    for row in credits_of(database, learner):
        if row.counts:
            kind = (row.points.scheme.value, row.setting, row.level or "", row.field or "")
            sums.setdefault(kind, []).append(row)
    return [
        Total(
            CreditPoints(CreditScheme(scheme), sum((row.points.points for row in rows), Decimal(0))),
            setting,
            level or None,
            field or None,
            tuple(row.sequence for row in rows),
        )
        for (scheme, setting, level, field), rows in sorted(sums.items())
    ]


def credits_of(database: Database, learner: str) -> list[CreditRow]:
    """Every line ever opened, in the order of its history, with whether it counts now."""
    with database.reader() as cursor:
        rows = cursor.execute(
            """
            SELECT credit, sequence, institution, unit, scheme, thousandths, setting, level, field, grade, since,
                   achievement, source, withdrawn, why_withdrawn, learning
            FROM record_credits WHERE learner = ?1 ORDER BY sequence
            """,
            [learner],
        ).fetchall()
    learnt: set[str] = set()
    lines = []
    for *row, source, withdrawn, why, learning in rows:
        counts = (
            withdrawn is None and source is None and learnt.isdisjoint(known := msgspec.json.decode(learning))
        )
        if counts:
            learnt.update(known)
        lines.append(_credit(*row, source, withdrawn, why, counts))
    return lines


def grades_given(
    database: Database,
    institution: str,
    *,
    scale: str,
    since: date,
    until: date,
    field: str | None = None,
    level: str | None = None,
) -> dict[str, int]:
    """How often each grade of a scale stands on credit that the institution awarded itself and that is in force.

    `field` takes in the narrower fields within it; `level` is as `EQF level 6`.
    """
    with database.reader() as cursor:
        rows = cursor.execute(
            """
            SELECT json_extract(grade, '$.value') AS value, COUNT(*) FROM record_credits
            WHERE institution = ?1 AND source IS NULL AND withdrawn IS NULL AND grade IS NOT NULL
              AND json_extract(grade, '$.scale') = ?2 AND since BETWEEN ?3 AND ?4
              AND (?5 IS NULL OR field LIKE ?5 || '%') AND (?6 IS NULL OR level = ?6)
            GROUP BY value
            """,
            [institution, scale, since.isoformat(), until.isoformat(), field, level],
        ).fetchall()
    return dict(rows)


def learners_at(database: Database, institution: str) -> list[LearnerId]:
    """Every learner who has ever had a line at the institution, in the order of their ids."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT DISTINCT learner FROM record_credits WHERE institution = ? ORDER BY learner",
            [institution],
        ).fetchall()
    return [LearnerId(learner) for (learner,) in rows]


def units_of(database: Database, learner: str) -> list[CreditRow]:
    """The units recognised: lines in force that name one, awarded or transferred."""
    return [row for row in credits_of(database, learner) if row.unit is not None and row.withdrawn is None]


def achievements_of(database: Database, learner: str) -> list[AchievementRow]:
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT achievement, sequence, setting, names, achieved_on, assessed, assessed_by, result "
            "FROM record_achievements WHERE learner = ? ORDER BY sequence",
            [learner],
        ).fetchall()
    return [
        AchievementRow(id_, sequence, setting, msgspec.json.decode(names), *rest)
        for id_, sequence, setting, names, *rest in rows
    ]


def conferrals_of(database: Database, learner: str) -> list[ConferralRow]:
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT conferral, sequence, qualification, institution, conferred_on "
            "FROM record_conferrals WHERE learner = ? ORDER BY sequence",
            [learner],
        ).fetchall()
    return [ConferralRow(*row) for row in rows]


def participants(database: Database, institution: str) -> int:
    """How many learners hold credit in force at the institution, awarded or transferred."""
    with database.reader() as cursor:
        [[number]] = cursor.execute(
            "SELECT COUNT(DISTINCT learner) FROM record_credits WHERE institution = ? AND withdrawn IS NULL",
            [institution],
        ).fetchall()
    return int(number)


def completed(database: Database, institution: str) -> int:
    """How many of these learners have a qualification of the institution's."""
    with database.reader() as cursor:
        [[number]] = cursor.execute(
            "SELECT COUNT(DISTINCT learner) FROM record_conferrals WHERE institution = ?1 AND learner IN "
            "(SELECT learner FROM record_credits WHERE institution = ?1 AND withdrawn IS NULL)",
            [institution],
        ).fetchall()
    return int(number)


def conferred(database: Database, institution: str) -> dict[QualificationId, int]:
    """How many learners have each qualification of the institution's."""
    with database.reader() as cursor:
        rows = cursor.execute(
            "SELECT qualification, COUNT(DISTINCT learner) FROM record_conferrals WHERE institution = ? "
            "GROUP BY qualification ORDER BY qualification",
            [institution],
        ).fetchall()
    return {QualificationId(qualification): number for qualification, number in rows}


_OPEN_A_LINE: Final = "INSERT INTO record_credits VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,NULL,NULL,NULL,?,?)"


def _line(
    learner: str,
    entry: Entry,
    event: CreditAwarded | CreditRecognised,
    since: date,
    achievement: AchievementId | None,
) -> list[object]:
    return [
        learner,
        event.credit,
        entry.sequence,
        event.institution,
        event.unit,
        event.points.scheme.value,
        _thousandths(event.points),
        event.setting.value,
        str(event.level) if event.level else None,
        event.field,
        _json(event.grade),
        since.isoformat(),
        achievement,
    ]


def _claimed(cursor: Cursor, learner: str, event: CreditAwarded) -> str:
    """What the learning that was awarded can be met again by: itself, and the claim behind it."""
    known = {of_credit(event.credit)}
    if event.achievement is not None:
        known.add(of_achievement(event.achievement))
    marks = _marks(learner, known)
    if event.achievement is not None:
        claim = cursor.execute(
            "SELECT learning FROM record_achievements WHERE learner = ? AND achievement = ?",
            [learner, event.achievement],
        ).fetchone()
        marks += msgspec.json.decode(claim[0]) if claim else []
    return msgspec.json.encode(marks).decode()


def _marks(learner: str, learning: Iterable[Learning]) -> list[str]:
    """Enough to tell that two lines are of the same learning, and nothing to read: titles and documents are hers."""
    return sorted(sha256(f"{learner}\n{each}".encode()).hexdigest()[:24] for each in learning)


def _credit(
    credit: CreditId,
    sequence: int,
    institution: InstitutionId,
    unit: UnitId | None,
    scheme: str,
    thousandths: int,
    setting: str,
    level: str | None,
    field: str | None,
    grade: str | None,
    *rest: Any,
) -> CreditRow:
    since, achievement, source, withdrawn, why, counts = rest
    return CreditRow(
        credit,
        sequence,
        institution,
        unit,
        _points(scheme, thousandths),
        setting,
        level,
        field,
        msgspec.json.decode(grade) if grade else None,
        since,
        achievement,
        source,
        withdrawn,
        why,
        bool(counts),
    )


def _thousandths(points: CreditPoints) -> int:
    return int(points.points.scaleb(3))


def _points(scheme: str, thousandths: int) -> CreditPoints:
    return CreditPoints(CreditScheme(scheme), Decimal(thousandths).scaleb(-3))


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
