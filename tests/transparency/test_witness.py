"""The witness: one history a log, remembered before it is signed, over HTTP as tlog-witness lays down."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from keys.note import Note, NoteKey, NoteSignature
from keys.signing import Ed25519Signer
from tests.ledger.world import light, open_ledger
from wallet.ledger.ledger import Ledger
from wallet.transparency.checkpoint import Checkpoint, sign_checkpoint
from wallet.transparency.log import Log
from wallet.transparency.witness import SIZE_TYPE, Reply, StateUnreadable, Witness
from wallet.transparency.witness_server import witness_server

ORIGIN = "records.example/log"
LOG = Ed25519Signer.from_seed(bytes([1]) * 32)
KEY = NoteKey(ORIGIN, LOG.public)
WITNESS = Ed25519Signer.from_seed(bytes([2]) * 32)
NAME = "witness.example/w1"
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(NAME, WITNESS, [KEY], tmp_path / "witness.json")


def asked(log: Log, old: int) -> bytes:
    """A request to cosign the newest checkpoint, from `old` on."""
    signed = log.sign(ORIGIN, LOG, NOON)
    proof = log.prove_consistency(old, signed)
    assert proof is not None
    return proof.to_text().encode()


def grown(ledger: Ledger, count: int = 5) -> Log:
    light(ledger, "lamps/a", *map(str, range(count)))
    return Log(ledger.database)


def holds(reply: Reply, log: Log, witness: Witness) -> bool:
    newest = log.newest()
    assert newest is not None
    line = NoteSignature.parse(reply.body.removesuffix("\n"))
    note = Note.parse(newest.checkpoint.note).with_signatures(line)
    return note.check(witness.key) == NOON


def test_it_cosigns_what_follows_from_what_it_cosigned(witness: Witness, ledger: Ledger):
    log = grown(ledger)
    first = witness.add_checkpoint(asked(log, 0), NOON)
    assert (first.status, holds(first, log, witness)) == (200, True)

    grown(ledger)
    second = witness.add_checkpoint(asked(log, 5), NOON)
    assert (second.status, holds(second, log, witness)) == (200, True)
    assert witness.add_checkpoint(asked(log, 10), NOON).status == 200


def test_it_says_how_far_it_has_come_to_whoever_thinks_otherwise(witness: Witness, ledger: Ledger):
    log = grown(ledger)
    witness.add_checkpoint(asked(log, 0), NOON)
    grown(ledger)

    for old in (0, 4, 6):
        assert witness.add_checkpoint(asked(log, old), NOON) == Reply(409, "5\n", SIZE_TYPE)


def test_it_does_not_cosign_a_second_view(witness: Witness, ledger: Ledger, tmp_path: Path):
    """Two ledgers under one key: the one shown first is the only one there is."""
    witness.add_checkpoint(asked(grown(ledger), 0), NOON)
    with open_ledger(tmp_path / "another") as another:
        second = grown(another)
        assert witness.add_checkpoint(asked(second, 5), NOON).status == 409
        grown(another)
        assert witness.add_checkpoint(asked(second, 5), NOON).status == 422


def test_it_remembers_over_a_restart(witness: Witness, ledger: Ledger, tmp_path: Path):
    log = grown(ledger)
    witness.add_checkpoint(asked(log, 0), NOON)
    again = Witness(NAME, WITNESS, [KEY], tmp_path / "witness.json")
    grown(ledger)

    assert again.add_checkpoint(asked(log, 0), NOON) == Reply(409, "5\n", SIZE_TYPE)


def test_it_rather_stops_than_forgets(witness: Witness, ledger: Ledger, tmp_path: Path):
    witness.add_checkpoint(asked(grown(ledger), 0), NOON)
    (tmp_path / "witness.json").write_bytes(b"{")

    with pytest.raises(StateUnreadable):
        witness.add_checkpoint(asked(grown(ledger), 5), NOON)
    with pytest.raises(StateUnreadable):
        Witness(NAME, WITNESS, [KEY], tmp_path / "witness.json")


def test_of_many_at_once_only_one_history_is_cosigned(witness: Witness, tmp_path: Path):
    requests = []
    for number in range(4):
        with open_ledger(tmp_path / str(number)) as ledger:
            requests.append(asked(grown(ledger, 3 + number), 0))
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda body=body: statuses.append(witness.add_checkpoint(body, NOON).status))
        for body in requests * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [409] * 11


def hand_written(size: int = 1, *, origin: str = ORIGIN, signer: Ed25519Signer = LOG) -> Checkpoint:
    return sign_checkpoint(origin, size, bytes(32), signer, NOON)


def body(checkpoint: Checkpoint, old: str = "old 0", *steps: bytes) -> bytes:
    lines = [old, *(b64encode(step).decode() for step in steps)]
    return ("\n".join(lines) + "\n\n").encode() + checkpoint.note


REFUSED = {
    "nothing": (400, b""),
    "a checkpoint alone": (400, hand_written().note),
    "an old size like none": (400, body(hand_written(), "old 00")),
    "an old size beyond the new": (400, body(hand_written(), "old 2")),
    "a log nobody knows": (404, body(hand_written(origin="another.example/log"))),
    "another's key": (403, body(hand_written(signer=WITNESS))),
    "a signature altered": (403, body(hand_written()).replace(b"\n1\n", b"\n7\n")),
    "steps where none are needed": (422, body(hand_written(), "old 0", bytes(32))),
}


@pytest.mark.parametrize(("status", "request_"), REFUSED.values(), ids=REFUSED)
def test_what_it_is_asked_wrongly_it_refuses_as_the_protocol_says(
    status: int, request_: bytes, witness: Witness, tmp_path: Path
):
    assert witness.add_checkpoint(request_, NOON).status == status
    assert not (tmp_path / "witness.json").exists()


@contextmanager
def serving(witness: Witness) -> Iterator[int]:
    with witness_server(witness, "127.0.0.1", 0, lambda: NOON) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def post(port: int, path: str, data: bytes, **headers: str) -> tuple[int, str, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", path, data, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_over_http_it_answers_the_same(witness: Witness, ledger: Ledger):
    log = grown(ledger)
    with serving(witness) as port:
        status, kind, line = post(port, "/add-checkpoint", asked(log, 0))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        assert holds(Reply(status, line.decode()), log, witness)
        grown(ledger)
        assert post(port, "/add-checkpoint", asked(log, 0)) == (409, SIZE_TYPE, b"5\n")
        assert post(port, "/", b"")[0] == 404
        assert post(port, "/add-checkpoint", b"x" * 70_000)[0] == 413
        assert post(port, "/add-checkpoint", b"", **{"Content-Length": "many"})[0] == 413
