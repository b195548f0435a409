"""`wallet log`: proofs on files that a stranger can check, and a witness that cosigns."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from keys.note import NoteKey
from keys.signing import Ed25519Signer
from tests.cli.conftest import Enrolled, Program
from tests.transparency.authority import Authority
from wallet.transparency.witness import Witness
from wallet.transparency.witness_server import witness_server


@pytest.fixture
def key(wallet: Program, enrolled: Enrolled) -> str:
    return wallet("log", "key").out.strip()


def test_what_was_kept_is_checked_by_a_stranger_with_the_key_alone(
    wallet: Program, enrolled: Enrolled, key: str, tmp_path: Path
):
    kept, proof, steps = (str(tmp_path / name) for name in ("kept", "proof", "steps"))
    size = wallet.json("log", "checkpoint", "--out", kept)["size"]
    enrolled.award("databases")
    wallet("log", "inclusion", "3", "-o", proof)
    wallet("log", "consistency", str(size), "-o", steps)
    stranger = ("--home", str(tmp_path / "nowhere"), "--key", key)

    assert f"had {size} events" in wallet("log", "verify", kept, *stranger).out
    assert "Event 3 stands in the log records.example/log" in wallet("log", "verify", proof, *stranger).out
    assert f"begins with the {size} events" in wallet("log", "verify", steps, "--kept", kept, *stranger).out
    assert wallet.json("audit", "--checkpoint", kept)["holds"] is True


def test_a_proof_that_was_altered_is_refused_in_a_sentence(wallet: Program, key: str, tmp_path: Path):
    proof = tmp_path / "proof"
    wallet("log", "inclusion", "3", "-o", str(proof))
    proof.write_text(proof.read_text().replace("index 2", "index 4"))

    assert "does not lead to the root" in wallet("log", "verify", str(proof), "--key", key, code=1).err


def test_a_log_that_was_cut_is_found_with_the_checkpoint_that_was_kept(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    kept = tmp_path / "kept"
    wallet("log", "checkpoint", "-o", str(kept))
    other = kept.read_text().replace("records.example", "another.example")
    (tmp_path / "other").write_text(other)

    assert "not this registry's" in wallet("audit", "--checkpoint", str(tmp_path / "other"), code=1).out


RUBBISH = {
    "no such file": (["log", "verify", "absent", "--key", "KEY"], 1, "absent"),
    "no key": (["log", "verify", "rubbish"], 2, "--key"),
    "a key that is none": (["log", "verify", "rubbish", "--key", "rubbish"], 2, "is not a verifier key"),
    "a file that is none": (["log", "verify", "rubbish", "--key", "KEY"], 1, "not a checkpoint"),
    "an event that is not there": (["log", "inclusion", "99999"], 1, "no event 99999"),
    "an event before the first": (["log", "inclusion", "0"], 2, "greater than or equal to 1"),
    "a size that never was": (["log", "consistency", "99999"], 1, "never had 99999"),
    "a checkpoint that is none": (["audit", "--checkpoint", "rubbish"], 1, "not a checkpoint"),
    "a witness's address in words": (["log", "cosign", "rubbish", "--witness", "WITNESS"], 1, "is not asked"),
    "a witness over plain HTTP elsewhere": (
        ["log", "cosign", "http://witness.example", "--witness", "WITNESS"],
        1,
        "is not asked",
    ),
    "a log's key for a witness's": (
        ["log", "cosign", "https://w.example", "--witness", "KEY"],
        2,
        "not the key of",
    ),
    "an authority without a certificate": (
        ["log", "timestamp", "https://tsa.example", "--authority", "rubbish"],
        1,
        "certificate",
    ),
}


@pytest.mark.parametrize(("arguments", "code", "words"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_gets_a_sentence(
    arguments: list[str], code: int, words: str, wallet: Program, key: str, tmp_path: Path
):
    (tmp_path / "rubbish").write_bytes(b"\x00\xffrubbish\n\n")
    witness = Witness("w.example", Ed25519Signer.generate(), [], tmp_path / "w.json").key.text
    typed = [{"KEY": key, "WITNESS": witness}.get(each, each) for each in arguments]

    told = wallet(*typed, code=code).err

    assert words in " ".join(told.split())
    assert "Traceback" not in told


@pytest.fixture
def a_witness(key: str, tmp_path: Path) -> Iterator[tuple[str, Witness]]:
    """A witness of this wallet's log, listening."""
    signer = Ed25519Signer.generate()
    witness = Witness("witness.example/w1", signer, [NoteKey.parse(key)], tmp_path / "witness.json")
    with witness_server(witness, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", witness
        server.shutdown()
        thread.join()


def test_a_checkpoint_is_cosigned_again_and_again(
    wallet: Program, enrolled: Enrolled, key: str, a_witness: tuple[str, Witness], tmp_path: Path
):
    url, witness = a_witness
    ask = ("log", "cosign", url, "--witness", witness.key.text)
    assert wallet.json(*ask)["cosignatures"] == 1
    enrolled.award("databases")
    assert wallet.json(*ask)["cosignatures"] == 1
    wallet.json(*ask)

    wallet("log", "checkpoint", "-o", str(tmp_path / "kept"))
    shown = wallet("log", "verify", str(tmp_path / "kept"), "--key", key, "--witness", witness.key.text)
    assert "witness.example/w1" in shown.out
    stranger = NoteKey("w.example", Ed25519Signer.generate().public, witness.key.type).text
    lacking = wallet("log", "verify", str(tmp_path / "kept"), "--key", key, "--witness", stranger, code=1)
    assert "not cosigned by w.example" in lacking.err


def test_a_witness_that_saw_another_history_does_not_cosign(
    wallet: Program, a_witness: tuple[str, Witness], tmp_path: Path
):
    url, witness = a_witness
    wallet("log", "cosign", url, "--witness", witness.key.text)
    state = tmp_path / "witness.json"
    state.write_text(state.read_text().replace('"size":', '"size":1'))  # it has seen a longer one

    told = wallet("log", "cosign", url, "--witness", witness.key.text, code=1).err

    assert "The witness has seen" in told


def test_a_checkpoint_is_stamped_by_an_authority(wallet: Program, enrolled: Enrolled, tmp_path: Path):
    authority = Authority()
    at = datetime(2026, 6, 30, 12, tzinfo=UTC)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            stamp = authority.stamp(query, at)
            self.send_response(200)
            self.send_header("Content-Length", str(len(stamp)))
            self.end_headers()
            self.wfile.write(stamp)

        def log_message(self, *_: object) -> None:
            pass

    (tmp_path / "root.pem").write_bytes(authority.pem)
    (tmp_path / "other.pem").write_bytes(Authority().pem)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        stamped = wallet.json("log", "timestamp", url, "--authority", str(tmp_path / "root.pem"))
        refused = wallet("log", "timestamp", url, "--authority", str(tmp_path / "other.pem"), code=1)
        server.shutdown()
        thread.join()

    assert stamped["stamped"] == "2026-06-30T12:00:00+00:00"
    assert "not one of this authority" in refused.err
