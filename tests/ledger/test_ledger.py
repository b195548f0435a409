"""What the port promises: order, all or nothing, one winner, one answer, and only what was written."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from domain.event import Event
from keys.errors import InvalidSignature
from keys.signing import Ed25519Signer, PublicKey
from tests.ledger.world import NOON, LampLit, LetterWritten, light, open_ledger, write_letters
from wallet.errors import (
    AnswerExists,
    Erased,
    NoLearnerKey,
    NotMigrated,
    StreamMoved,
    TamperFound,
    UnknownEvent,
)
from wallet.ledger.envelope import GENESIS
from wallet.ledger.ledger import Answer, History, Ledger, Write


def test_what_was_saved_is_read_back_in_order(ledger: Ledger):
    signer = Ed25519Signer.generate()
    saved = light(ledger, "lamp/hall", "east", "west", signer=signer)

    history = ledger.history("lamp/hall")

    assert history.entries == saved
    assert history.events == [LampLit(lamp="east"), LampLit(lamp="west")]
    assert [(entry.position, entry.sequence) for entry in saved] == [(1, 1), (2, 2)]
    assert (history.position, history.head) == (2, saved[-1].hash)
    assert saved[0].actor == signer.public.did
    assert saved[0].recorded_at == NOON


def test_a_stream_that_does_not_exist_is_an_empty_history(ledger: Ledger):
    assert ledger.history("lamp/hall") == History("lamp/hall", 0, GENESIS, [])
    assert ledger.last_sequence() == 0
    assert ledger.entries_after(0, 10) == []


def test_the_ledger_is_one_sequence_over_all_streams(ledger: Ledger):
    light(ledger, "lamp/hall", "east")
    light(ledger, "lamp/stair", "first", "second")
    light(ledger, "lamp/hall", "west")

    assert [entry.event.lamp for entry in ledger.entries_after(1, 2)] == ["first", "second"]
    assert [entry.sequence for entry in ledger.entries_after(0, 10)] == [1, 2, 3, 4]
    assert ledger.last_sequence() == 4


def test_several_streams_are_written_together_or_not_at_all(ledger: Ledger):
    signer = Ed25519Signer.generate()
    before = ledger.history("lamp/hall")
    light(ledger, "lamp/hall", "east")
    stair = Write("lamp/stair", ledger.history("lamp/stair"), [LampLit(lamp="first")], signer)
    hall = Write("lamp/hall", before, [LampLit(lamp="west")], signer)

    with pytest.raises(StreamMoved, match="lamp/hall") as moved:
        ledger.save(stair, hall, at=NOON)

    assert moved.value.stream == "lamp/hall"
    assert ledger.history("lamp/stair").position == 0
    assert ledger.last_sequence() == 1


def test_of_many_who_decided_on_the_same_history_one_wins(ledger: Ledger):
    history, signer = ledger.history("lamp/hall"), Ed25519Signer.generate()
    start = threading.Barrier(8)

    def attempt(number: int) -> bool:
        start.wait()
        try:
            ledger.save(Write("lamp/hall", history, [LampLit(lamp=str(number))], signer), at=NOON)
        except StreamMoved:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(attempt, range(8))) == [False] * 7 + [True]
    assert ledger.history("lamp/hall").position == 1


def test_a_writer_who_was_refused_disturbs_no_other(ledger: Ledger):
    """A refused writer's cursor, kept alive by the traceback, must not be using the next writer's statement."""
    signer = Ed25519Signer.generate()

    def attempt(hall: int) -> bool:
        stream = f"lamp/hall-{hall}"
        try:
            ledger.save(Write(stream, History(stream), [LampLit(lamp="east")], signer), at=NOON)
        except StreamMoved:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        lit = list(threads.map(attempt, [hall for hall in range(60) for _ in range(8)]))

    assert lit.count(True) == 60
    assert ledger.last_sequence() == 60


def test_an_answer_is_kept_with_its_events_and_given_once(ledger: Ledger):
    signer = Ed25519Signer.generate()
    answer = Answer("request-1", "fingerprint", b"201 lit")
    ledger.save(
        Write("lamp/hall", History("lamp/hall"), [LampLit(lamp="east")], signer), at=NOON, answer=answer
    )

    assert ledger.answer("request-1") == answer
    again = Write("lamp/hall", ledger.history("lamp/hall"), [LampLit(lamp="east")], signer)
    with pytest.raises(AnswerExists) as exists:
        ledger.save(again, at=NOON, answer=answer)
    assert exists.value.key == "request-1"
    assert ledger.last_sequence() == 1


def test_an_answer_whose_events_lost_the_race_is_not_kept(ledger: Ledger):
    light(ledger, "lamp/hall", "east")
    late = Write("lamp/hall", History("lamp/hall"), [LampLit(lamp="west")], Ed25519Signer.generate())

    with pytest.raises(StreamMoved):
        ledger.save(late, at=NOON, answer=Answer("request-1", "fingerprint", b"201 lit"))

    assert ledger.answer("request-1") is None


def test_old_answers_are_forgotten(ledger: Ledger):
    ledger.save(at=NOON, answer=Answer("old", "f", b""))
    ledger.save(at=NOON + timedelta(days=2), answer=Answer("new", "f", b""))

    assert ledger.forget_answers(before=NOON + timedelta(days=1)) == 1
    assert ledger.answer("old") is None
    assert ledger.answer("new") is not None


def test_a_large_batch_is_signed_chained_and_checked(ledger: Ledger):
    light(ledger, "lamp/hall", *(str(number) for number in range(200)))

    assert [event.lamp for event in ledger.history("lamp/hall").events] == [
        str(number) for number in range(200)
    ]


class Forger:
    """Signs something else than what it was given."""

    def __init__(self) -> None:
        self._signer = Ed25519Signer.generate()
        self.public: PublicKey = self._signer.public

    def sign(self, message: bytes) -> bytes:
        return self._signer.sign(message + b"!")


@pytest.mark.parametrize("lamps", [1, 100], ids=["one event", "a large batch"])
def test_a_signature_that_does_not_check_is_never_stored(ledger: Ledger, lamps: int):
    events = [LampLit(lamp="east")] * lamps
    with pytest.raises(InvalidSignature):
        ledger.save(Write("lamp/hall", History("lamp/hall"), events, Forger()), at=NOON)
    assert ledger.last_sequence() == 0


def test_a_personal_event_is_unreadable_in_the_file_and_readable_through_the_ledger(
    ledger: Ledger, tmp_path: Path
):
    ledger.learner_keys.create("ada")
    write_letters(ledger, "ada", "Dear Charles, the engine weaves algebraical patterns")

    assert ledger.history("wallet/ada").events[0].text.startswith("Dear Charles")
    for file in tmp_path.iterdir():
        assert b"algebraical" not in file.read_bytes(), file


def test_when_a_learner_is_erased_the_chain_still_holds_and_the_letters_are_gone(ledger: Ledger):
    ledger.learner_keys.create("ada")
    saved = write_letters(ledger, "ada", "one", "two")

    ledger.learner_keys.destroy("ada")
    history = ledger.history("wallet/ada")

    assert [entry.event for entry in history.entries] == [None, None]
    assert [entry.hash for entry in history.entries] == [entry.hash for entry in saved]
    assert history.events == []
    third = Write("wallet/ada", history, [LetterWritten(text="three")], Ed25519Signer.generate(), "ada")
    with pytest.raises(Erased):
        ledger.save(third, at=NOON)


def test_a_learner_without_keys_is_not_taken_for_one_who_was_erased(ledger: Ledger):
    letter = Write(
        "wallet/ada", History("wallet/ada"), [LetterWritten(text="")], Ed25519Signer.generate(), "ada"
    )
    with pytest.raises(NoLearnerKey):
        ledger.save(letter, at=NOON)


class Unheard(Event, tag="lamp.unheard.v1"):
    pass


def test_an_event_outside_the_catalogue_is_not_written(ledger: Ledger):
    with pytest.raises(UnknownEvent, match="Unheard"):
        ledger.save(Write("lamp/hall", History("lamp/hall"), [Unheard()], Ed25519Signer.generate()), at=NOON)


def test_a_name_outside_the_catalogue_is_not_read(tmp_path: Path):
    with open_ledger(tmp_path) as ledger:
        light(ledger, "lamp/hall", "east")
    with (
        open_ledger(tmp_path, events={"letter.written.v1": LetterWritten}) as ledger,
        pytest.raises(UnknownEvent, match=r"lamp\.lit\.v1"),
    ):
        ledger.history("lamp/hall")


MISTAKES = {
    "a time without a zone": lambda hall: ([hall], datetime(2025, 6, 30)),  # noqa: DTZ001 - the mistake itself
    "a time before 1970": lambda hall: ([hall], datetime(1969, 12, 31, tzinfo=NOON.tzinfo)),
    "two writes to one stream": lambda hall: ([hall, hall], NOON),
    "another stream than was read": lambda hall: (
        [Write("lamp/stair", History("lamp/hall"), hall.events, hall.signer)],
        NOON,
    ),
    "a personal event of nobody": lambda hall: (
        [Write("lamp/hall", History("lamp/hall"), [LetterWritten(text="")], hall.signer)],
        NOON,
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_programmers_mistake_is_refused_before_anything_is_written(ledger: Ledger, mistake):
    hall = Write("lamp/hall", History("lamp/hall"), [LampLit(lamp="east")], Ed25519Signer.generate())
    writes, at = mistake(hall)
    with pytest.raises(ValueError, match=r"\w"):
        ledger.save(*writes, at=at)
    assert ledger.last_sequence() == 0


def test_times_are_kept_to_the_microsecond_and_as_utc(ledger: Ledger):
    in_astana = datetime(2025, 6, 30, 17, 0, 0, 123457, tzinfo=timezone(timedelta(hours=5)))
    write = Write("lamp/hall", History("lamp/hall"), [LampLit(lamp="east")], Ed25519Signer.generate())
    ledger.save(write, at=in_astana)

    [entry] = ledger.history("lamp/hall").entries
    assert entry.recorded_at == in_astana
    assert entry.recorded_at.utcoffset() == timedelta(0)


def test_a_changed_payload_is_found_when_it_is_read(ledger: Ledger):
    light(ledger, "lamp/hall", "east")
    with ledger.database.writer() as cursor:
        cursor.execute(
            "UPDATE events SET envelope = CAST(replace(envelope, x'65617374', x'77657374') AS BLOB)"
        )

    with pytest.raises(TamperFound, match="not the one that was signed"):
        ledger.history("lamp/hall")


def test_a_missing_event_is_found_when_its_stream_is_read(ledger: Ledger):
    light(ledger, "lamp/hall", "east", "west", "north")
    with ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM events WHERE position = 2")

    with pytest.raises(TamperFound, match="does not follow"):
        ledger.history("lamp/hall")


def test_two_sealed_letters_cannot_change_places(ledger: Ledger):
    for learner in ("ada", "eve"):
        ledger.learner_keys.create(learner)
        write_letters(ledger, learner, f"a letter of {learner}")
    with ledger.database.writer() as cursor:
        [(ada, eve)] = cursor.execute(
            "SELECT a.envelope, e.envelope FROM events a, events e WHERE a.sequence = 1 AND e.sequence = 2"
        ).fetchall()
        cursor.executemany("UPDATE events SET envelope = ? WHERE sequence = ?", [(eve, 1), (ada, 2)])

    with pytest.raises(TamperFound, match="changed or moved"):
        ledger.history("wallet/ada")


def test_a_subscription_sees_what_was_and_what_comes(ledger: Ledger):
    light(ledger, "lamp/hall", "east", "west")
    seen = []

    def follow() -> None:
        with ledger.subscribe(after=1) as entries:
            for entry in entries:
                seen.append(entry.event.lamp)
                if len(seen) == 2:
                    entries.stop()

    thread = threading.Thread(target=follow)
    thread.start()
    light(ledger, "lamp/stair", "first")
    thread.join(5)

    assert seen == ["west", "first"]


def test_a_ledger_that_was_never_migrated_is_not_opened(tmp_path: Path, ledger: Ledger):
    with pytest.raises(NotMigrated, match="wallet migrate"):
        Ledger(tmp_path / "elsewhere.sqlite", ledger.learner_keys)


def test_settings_meant_for_another_program_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PERSISTENCE_MODULE", "eventsourcing.popo")
    monkeypatch.setenv("MAPPER_TOPIC", "os:system")
    monkeypatch.setenv("CIPHER_TOPIC", "os:system")
    with open_ledger(tmp_path) as ledger:
        light(ledger, "lamp/hall", "east")
        assert ledger.history("lamp/hall").position == 1
