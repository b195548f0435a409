"""The audit finds any change to what was recorded, and names the first event that does not hold.

What accepting a bad case would cost: credits nobody awarded, or awarded by a key that was stolen.
"""

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.achievement import AchievementClaimed
from domain.catalogue import EVENTS
from domain.credit import CreditAwarded
from domain.event import Event
from domain.institution import InstitutionRegistered, KeyCompromised, KeyPublished, KeyRetired
from domain.registry import RegistryKeyPublished, RegistryOpened
from domain.values import CreditPoints, CreditScheme, Setting
from domain.wallet import WalletOpened
from keys.signing import Ed25519Signer
from tests.ledger.world import NOON, open_ledger
from wallet.auditing import AuditReport, Head, audit
from wallet.ledger.ledger import Ledger, Write


class World:
    """A registry, two institutions and a learner, who record in a ledger whatever they are told to."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.registry = Ed25519Signer.generate()
        self.aitu = Ed25519Signer.generate()
        self.narxoz = Ed25519Signer.generate()
        self.ada = ledger.learner_keys.create("ada")
        self.now = NOON

    def record(self, stream: str, event: Event, by: Ed25519Signer, at: datetime | None = None) -> int:
        """Its sequence. An hour passes with every event, unless a time is given."""
        self.now += timedelta(hours=1)
        write = Write(stream, self.ledger.history(stream), [event], by, "ada" if event.personal else None)
        [entry] = self.ledger.save(write, at=at or self.now)
        return entry.sequence

    def open(self) -> "World":
        """The first events of any ledger, and a small wallet."""
        self.record("registry/main", opened(self.registry), self.registry)
        self.record("institution/aitu", registered("aitu", self.aitu), self.registry)
        self.record("institution/narxoz", registered("narxoz", self.narxoz), self.registry)
        self.record(
            "wallet/ada", WalletOpened(learner="ada", key_multikey=self.ada.public.multikey), self.ada
        )
        self.record("wallet/ada", claimed(), self.ada)
        self.record("wallet/ada", awarded("c-1"), self.aitu)
        self.record("wallet/ada", awarded("c-2", by="narxoz"), self.narxoz)
        return self


def opened(key: Ed25519Signer) -> RegistryOpened:
    return RegistryOpened(
        key_multikey=key.public.multikey, base_url="https://wallet.example", name="Registry", opened_at=NOON
    )


def registered(institution: str, key: Ed25519Signer) -> InstitutionRegistered:
    return InstitutionRegistered(
        institution=institution,
        names={"en": institution.upper()},
        country="KZ",
        did=f"did:web:{institution}.example",
        key_method=f"did:web:{institution}.example#key-1",
        key_multikey=key.public.multikey,
        registered_at=NOON,
    )


def claimed() -> AchievementClaimed:
    return AchievementClaimed(
        achievement="a-1", setting=Setting.INFORMAL, names={"en": "Chess"}, achieved_on=date(2025, 5, 1)
    )


def awarded(credit: str, by: str = "aitu") -> CreditAwarded:
    return CreditAwarded(
        credit=credit,
        institution=by,
        unit="unit-1",
        points=CreditPoints(CreditScheme.ECTS, Decimal(6)),
        setting=Setting.FORMAL,
        outcomes=(),
        awarded_on=date(2025, 6, 30),
    )


def method(number: int) -> str:
    return f"did:web:aitu.example#key-{number}"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_ledger(tmp_path, events=dict(EVENTS)) as ledger:
        yield World(ledger).open()


def test_a_ledger_as_it_was_written_holds(world: World):
    progress: list[tuple[int, int]] = []
    report = audit(world.ledger, progress=lambda done, total: progress.append((done, total)))

    assert report.holds, report.finding
    assert (report.events, report.streams, report.erased) == (7, 4, 0)
    assert report.head.sequence == 7
    assert progress == [(7, 7)]


def test_an_empty_ledger_holds(tmp_path: Path):
    with open_ledger(tmp_path, events=dict(EVENTS)) as ledger:
        assert audit(ledger) == AuditReport(0, 0, 0, Head(), None)


def test_an_erased_learners_events_still_hold_and_are_counted(world: World):
    world.ledger.learner_keys.destroy("ada")
    report = audit(world.ledger)

    assert report.holds, report.finding
    assert report.erased == 4


def first_finding(world: World) -> tuple[int | None, str]:
    report = audit(world.ledger)
    assert report.finding is not None
    assert report.events == report.head.sequence
    return report.finding.sequence, str(report.finding)


# --- what was changed -----------------------------------------------------------------------------------

STORED = ("sequence", "stream", "position", "name", "envelope")


def test_a_changed_bit_anywhere_is_found_at_its_event(tmp_path: Path):
    """One bit of one stored column, some hundred times over, each put back before the next."""
    with open_ledger(tmp_path, events=dict(EVENTS)) as ledger:
        world = World(ledger).open()
        with ledger.database.reader() as cursor:
            rows = cursor.execute("SELECT sequence, stream, position, name, envelope FROM events").fetchall()
        rng = random.Random(7)
        for row in rows:
            for column, value in zip(STORED, row, strict=True):
                for _ in range(12 if column == "envelope" else 3):
                    changed = flipped(value, rng)
                    with altered(ledger, row, column, changed):
                        report = audit(ledger)
                    assert report.finding is not None, (row[0], column, changed)
                    if column == "sequence":
                        assert report.finding.sequence is not None
                    else:
                        assert report.finding.sequence == row[0], (column, str(report.finding))
        assert audit(world.ledger).holds


def flipped(value: object, rng: random.Random) -> object:
    if isinstance(value, int):
        return value ^ (1 << rng.randrange(3, 40))
    spoilt = bytearray(value.encode() if isinstance(value, str) else value)
    spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


class altered:  # noqa: N801 - reads as what it does: with altered(...)
    """One stored value, changed by somebody who can write to the file, and put back."""

    def __init__(self, ledger: Ledger, row: tuple, column: str, value: object) -> None:
        self._ledger, self._row, self._column, self._value = ledger, row, column, value

    def __enter__(self) -> None:
        where, value = self._row[0], self._value
        as_stored = f"CAST(? AS {'TEXT' if self._column in ('stream', 'name') else 'BLOB'})"
        if isinstance(value, int):
            as_stored = "?"
        self._run(f"UPDATE events SET {self._column} = {as_stored} WHERE sequence = ?", value, where)

    def __exit__(self, *error: object) -> None:
        now = self._value if self._column == "sequence" else self._row[0]
        self._run("DELETE FROM events WHERE sequence = ?", now)
        self._run("INSERT INTO events VALUES (?, ?, ?, ?, ?)", *self._row)

    def _run(self, statement: str, *values: object) -> None:
        with self._ledger.database.writer(durable=False) as cursor:
            cursor.execute(statement, values)


def run(*statements: str) -> Callable[[World], None]:
    def alter(world: World) -> None:
        with world.ledger.database.writer() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return alter


SWAP_ENVELOPES = """
UPDATE events
SET envelope = (SELECT envelope FROM events AS other WHERE other.sequence = 13 - events.sequence)
WHERE sequence IN (6, 7)
"""
CHANGES = {
    "an event of the middle removed": (
        run("DELETE FROM events WHERE sequence = 3"),
        4,
        "event 3, before it, is missing",
    ),
    "a removed event's place closed up": (
        run(
            "DELETE FROM events WHERE sequence = 5",
            "UPDATE events SET sequence = sequence - 1 WHERE sequence > 5",
        ),
        5,
        "its stream has come to position 1",
    ),
    "positions closed up too": (
        run(
            "DELETE FROM events WHERE sequence = 5",
            "UPDATE events SET sequence = sequence - 1, position = position - 1 WHERE sequence > 5",
        ),
        5,
        "it does not follow the event before it",
    ),
    "two envelopes swapped": (run(SWAP_ENVELOPES), 6, "it does not follow the event before it"),
    "two sequences swapped": (
        run(
            "UPDATE events SET sequence = 99 WHERE sequence = 6",
            "UPDATE events SET sequence = 6 WHERE sequence = 7",
            "UPDATE events SET sequence = 7 WHERE sequence = 99",
        ),
        6,
        "its stream has come to position 2",
    ),
    "the first event put before the beginning": (
        run("UPDATE events SET sequence = -9223372036854775808 WHERE sequence = 1"),
        -(2**63),
        "event 1, before it, is missing",
    ),
    "an event copied to the end": (
        run("INSERT INTO events SELECT 8, stream, 5, name, envelope FROM events WHERE sequence = 7"),
        8,
        "it does not follow the event before it",
    ),
    "a wallet given to another learner": (
        run("UPDATE events SET stream = 'wallet/eve' WHERE stream = 'wallet/ada'"),
        4,
        "its sealed payload was changed or moved",
    ),
    "an envelope emptied": (
        run("UPDATE events SET envelope = x'' WHERE sequence = 5"),
        5,
        "the envelope is cut short",
    ),
}


@pytest.mark.parametrize(("alter", "sequence", "reason"), CHANGES.values(), ids=CHANGES)
def test_a_ledger_that_was_changed_is_found_out(world: World, alter, sequence: int, reason: str):
    alter(world)
    assert first_finding(world)[0] == sequence
    assert reason in first_finding(world)[1]


def test_the_finding_is_one_plain_sentence(world: World):
    run("UPDATE events SET envelope = x'00' WHERE sequence = 6")(world)
    assert str(audit(world.ledger).finding) == (
        "Event 6 (wallet/ada, position 3) does not hold: the envelope is cut short."
    )


def test_missing_last_events_are_found_by_a_head_kept_elsewhere(world: World):
    kept = audit(world.ledger).head
    world.record("wallet/ada", awarded("c-3"), world.aitu)
    assert audit(world.ledger, expected_head=kept).holds

    run("DELETE FROM events WHERE sequence > 5")(world)

    assert audit(world.ledger).holds  # nothing in what is left tells of what is gone
    report = audit(world.ledger, expected_head=kept)
    assert str(report.finding) == "The ledger does not hold: its last events are missing, at least 2 of them."


def test_events_of_two_streams_that_changed_places_are_found_by_a_head_kept_elsewhere(world: World):
    kept = audit(world.ledger).head
    run(
        "UPDATE events SET sequence = 99 WHERE sequence = 2",
        "UPDATE events SET sequence = 2 WHERE sequence = 3",
        "UPDATE events SET sequence = 3 WHERE sequence = 99",
    )(world)

    assert audit(world.ledger).holds
    assert "another order" in str(audit(world.ledger, expected_head=kept).finding)


def test_damage_that_only_sqlite_sees_is_found(world: World, tmp_path: Path):
    with world.ledger.database.writer() as cursor:
        cursor.execute("PRAGMA writable_schema = ON")
        [(root,)] = cursor.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'answers'").fetchall()
        cursor.execute(
            "UPDATE sqlite_schema SET rootpage = ? WHERE name = 'sqlite_autoindex_events_1'", [root]
        )
    with open_ledger(tmp_path, events=dict(EVENTS)) as reopened:
        report = audit(reopened)
    assert not report.holds
    assert "SQLite" in str(report.finding) or "damaged" in str(report.finding)


# --- who may sign ---------------------------------------------------------------------------------------


def stranger_awards(world: World) -> int:
    return world.record("wallet/ada", awarded("c-3"), Ed25519Signer.generate())


def institution_awards_in_anothers_name(world: World) -> int:
    return world.record("wallet/ada", awarded("c-3", by="aitu"), world.narxoz)


def learner_awards_herself(world: World) -> int:
    return world.record("wallet/ada", awarded("c-3"), world.ada)


def registry_awards(world: World) -> int:
    return world.record("wallet/ada", awarded("c-3"), world.registry)


def institution_claims_for_the_learner(world: World) -> int:
    return world.record("wallet/ada", claimed(), world.aitu)


def institution_registers_itself(world: World) -> int:
    key = Ed25519Signer.generate()
    return world.record("institution/new", registered("new", key), key)


def registration_in_anothers_stream(world: World) -> int:
    return world.record("institution/new", registered("other", Ed25519Signer.generate()), world.registry)


def institution_publishes_anothers_key(world: World) -> int:
    key = KeyPublished(method=method(2), multikey=world.narxoz.public.multikey, published_at=world.now)
    return world.record("institution/aitu", key, world.narxoz)


def retired_key_awards(world: World) -> int:
    retired = KeyRetired(method=method(1), retired_at=world.now)
    world.record("institution/aitu", retired, world.registry)
    return world.record("wallet/ada", awarded("c-3"), world.aitu)


def stolen_key_awards_with_an_old_date(world: World) -> int:
    world.record(
        "institution/aitu", KeyCompromised(method=method(1), since=world.now, reason="stolen"), world.registry
    )
    return world.record("wallet/ada", awarded("c-3"), world.aitu, at=NOON + timedelta(hours=5))


def old_registry_key_registers(world: World) -> int:
    new = RegistryKeyPublished(key_multikey=Ed25519Signer.generate().public.multikey, published_at=world.now)
    world.record("registry/main", new, world.registry)
    return world.record("institution/new", registered("new", Ed25519Signer.generate()), world.registry)


def second_registry_opens(world: World) -> int:
    thief = Ed25519Signer.generate()
    return world.record("registry/other", opened(thief), thief)


def wallet_opened_by_another_key(world: World) -> int:
    world.ledger.learner_keys.create("eve")
    opened_ = WalletOpened(learner="eve", key_multikey=world.ada.public.multikey)
    return world.record("wallet/eve", opened_, world.aitu)


def wallet_opened_twice(world: World) -> int:
    opened_ = WalletOpened(learner="ada", key_multikey=world.ada.public.multikey)
    return world.record("wallet/ada", opened_, world.ada)


def wallet_opened_again_in_a_stream_of_another_kind(world: World) -> int:
    thief = Ed25519Signer.generate()
    return world.record(
        "credential/ada", WalletOpened(learner="ada", key_multikey=thief.public.multikey), thief
    )


def wallet_that_begins_with_an_award(world: World) -> int:
    return world.record("wallet/eve", awarded("c-3"), world.aitu)


def stream_of_a_kind_nobody_knows(world: World) -> int:
    return world.record("purse/ada", awarded("c-3"), world.aitu)


USURPERS = [
    stranger_awards,
    institution_awards_in_anothers_name,
    learner_awards_herself,
    registry_awards,
    institution_claims_for_the_learner,
    institution_registers_itself,
    registration_in_anothers_stream,
    institution_publishes_anothers_key,
    retired_key_awards,
    stolen_key_awards_with_an_old_date,
    old_registry_key_registers,
    second_registry_opens,
    wallet_opened_by_another_key,
    wallet_opened_twice,
    wallet_opened_again_in_a_stream_of_another_kind,
    wallet_that_begins_with_an_award,
    stream_of_a_kind_nobody_knows,
]


@pytest.mark.parametrize("usurp", USURPERS, ids=[usurp.__name__.replace("_", " ") for usurp in USURPERS])
def test_an_event_is_not_accepted_from_whom_may_not_sign_it(world: World, usurp: Callable[[World], int]):
    sequence = usurp(world)
    found, sentence = first_finding(world)
    assert found == sequence
    assert "may not sign" in sentence


def test_a_new_key_takes_over_and_what_the_old_one_signed_stays_good(world: World):
    new = Ed25519Signer.generate()
    published = KeyPublished(method=method(2), multikey=new.public.multikey, published_at=world.now)
    world.record("institution/aitu", published, world.aitu)
    world.record("institution/aitu", KeyRetired(method=method(1), retired_at=world.now), new)
    world.record("wallet/ada", awarded("c-3"), new)

    report = audit(world.ledger)
    assert report.holds, report.finding


def test_a_ledger_that_does_not_begin_with_its_registry_does_not_hold(tmp_path: Path):
    with open_ledger(tmp_path, events=dict(EVENTS)) as ledger:
        world = World(ledger)
        world.record("institution/aitu", registered("aitu", world.aitu), world.registry)
        assert first_finding(world)[0] == 1
