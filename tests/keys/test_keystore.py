import json
import multiprocessing
import stat
import threading
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from keys.canonical import canonicalize
from keys.errors import (
    KeyExists,
    KeystoreDamaged,
    KeystoreError,
    SealBroken,
    UnknownKey,
    WrongPassphrase,
)
from keys.keystore import Argon2Params, KeyInfo, Keystore
from keys.multikey import to_multibase

PASSPHRASE = b"correct horse battery staple"
CHEAP = Argon2Params(memory_kib=32, iterations=1, lanes=1)
NAME = "institution/aitu/key-1"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keystore.json"


@pytest.fixture
def keystore(path):
    return Keystore.create(path, PASSPHRASE, params=CHEAP)


def test_a_key_comes_back_when_the_keystore_is_opened_again(keystore, path):
    made = keystore.new_signing_key(NAME)

    found = Keystore.open(path, PASSPHRASE).signer(NAME)

    assert found.public == made.public
    assert found.sign(b"6 ECTS") == made.sign(b"6 ECTS")


def test_a_key_is_asked_for_twice_and_opened_once(keystore):
    keystore.new_signing_key(NAME)

    assert keystore.signer(NAME) is keystore.signer(NAME)


def test_the_keys_are_listed_by_name_without_being_opened(keystore):
    created = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
    registry = keystore.new_signing_key("registry/key-1", created=created)
    aitu = keystore.new_signing_key(NAME)

    assert keystore.names() == [
        KeyInfo(NAME, aitu.public.did, None),
        KeyInfo("registry/key-1", registry.public.did, created),
    ]


def test_a_name_is_given_to_one_key_only(keystore, path):
    keystore.new_signing_key(NAME)

    with pytest.raises(KeyExists):
        keystore.new_signing_key(NAME)
    with pytest.raises(KeyExists):
        Keystore.open(path, PASSPHRASE).new_signing_key(NAME)


def test_a_name_nobody_gave_is_unknown(keystore):
    with pytest.raises(UnknownKey):
        keystore.signer(NAME)


NO_NAMES = {
    "nothing": "",
    "a capital": "Registry",
    "a space": "registry key",
    "a line break": "registry\n",
    "a slash at the end": "registry/",
    "a slash at the start": "/registry",
    "two slashes": "registry//key-1",
    "a way out": "../registry",
    "another script": "тіркелім",
    "too long": "a" * 201,
}


@pytest.mark.parametrize("name", NO_NAMES.values(), ids=NO_NAMES)
def test_a_name_that_could_be_misread_is_refused(keystore, name):
    with pytest.raises(KeystoreError):
        keystore.new_signing_key(name)


def test_a_time_of_creation_has_a_time_zone(keystore):
    with pytest.raises(ValueError, match="time zone"):
        keystore.new_signing_key(NAME, created=datetime(2026, 6, 30))  # noqa: DTZ001 - the fault under test


def test_no_private_key_is_in_the_file_or_shown(keystore, path):
    seed = keystore.new_signing_key(NAME).seed
    text = path.read_text()

    assert seed.hex() not in text
    assert to_multibase(seed, "u")[1:] not in text
    assert repr(keystore) == f"Keystore({path})"


def test_only_its_owner_may_read_the_file(keystore, path):
    path.chmod(0o644)
    keystore.new_signing_key(NAME)

    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}


def test_a_change_leaves_nothing_half_written_beside_the_file(keystore, path):
    path.with_name("keystore.json.new").write_text("left by a crash")
    keystore.new_signing_key(NAME)

    assert {file.name for file in path.parent.iterdir()} == {"keystore.json", "keystore.json.lock"}


def test_the_default_costs_a_guess_at_least_64_mebibytes(path):
    Keystore.create(path, PASSPHRASE)
    stated = json.loads(path.read_text())["argon2id"]

    assert stated["memory_kib"] >= 64 * 1024
    assert (stated["iterations"], stated["lanes"]) == (3, 4)


def test_a_keystore_is_not_made_over_another(keystore, path):
    before = path.read_bytes()

    with pytest.raises(KeystoreError, match="already"):
        Keystore.create(path, b"mine now", params=CHEAP)
    assert path.read_bytes() == before


def test_a_keystore_that_is_not_there_is_not_opened(path):
    with pytest.raises(KeystoreError, match="no keystore"):
        Keystore.open(path, PASSPHRASE)


def test_an_empty_passphrase_is_refused(path, keystore):
    with pytest.raises(KeystoreError, match="empty"):
        Keystore.create(path.with_name("another.json"), b"", params=CHEAP)
    with pytest.raises(KeystoreError, match="empty"):
        keystore.change_passphrase(b"")


def test_another_passphrase_is_told_from_a_damaged_file(keystore, path):
    with pytest.raises(WrongPassphrase):
        Keystore.open(path, PASSPHRASE + b" ")


def _hashed(outline):
    """What someone who can write the file but holds no key can make of it."""
    outline.pop("sha256")
    outline["sha256"] = to_multibase(sha256(canonicalize(outline)).digest(), "u")
    return json.dumps(outline)


def _without(outline, *steps):
    *way, last = steps
    inner = outline
    for step in way:
        inner = inner[step]
    del inner[last]
    return _hashed(outline)


def _with(outline, value, *steps):
    *way, last = steps
    inner = outline
    for step in way:
        inner = inner[step]
    inner[last] = value
    return _hashed(outline)


def _swapped(outline):
    keys = outline["keys"]
    keys[NAME], keys["registry/key-1"] = keys["registry/key-1"], keys[NAME]
    return _hashed(outline)


DAMAGE = {
    "empty": lambda outline: "",
    "cut short": lambda outline: json.dumps(outline)[:-20],
    "not JSON": lambda outline: "keystore",
    "another JSON": lambda outline: "[]",
    "a member twice": lambda outline: json.dumps(outline)[:-1] + ', "keys": {}}',
    "one letter changed": lambda outline: json.dumps(outline).replace("did:key:z6Mk", "did:key:z6Ml", 1),
    "no hash": lambda outline: json.dumps({k: v for k, v in outline.items() if k != "sha256"}),
    "no mac": lambda outline: _without(outline, "mac"),
    "no master key": lambda outline: _without(outline, "master"),
    "no salt": lambda outline: _without(outline, "argon2id", "salt"),
    "a short salt": lambda outline: _with(outline, "uAAAA", "argon2id", "salt"),
    "an unknown version": lambda outline: _with(outline, "learner-credit-wallet/keystore/2", "format"),
    "a cost of 1 TiB": lambda outline: _with(outline, 2**30, "argon2id", "memory_kib"),
    "a cost of a year": lambda outline: _with(outline, 2**31, "argon2id", "iterations"),
    "a cost that is text": lambda outline: _with(outline, "32", "argon2id", "memory_kib"),
    "a cost we do not know": lambda outline: _with(outline, 1, "argon2id", "pepper"),
    "a key taken out": lambda outline: _without(outline, "keys", NAME),
    "two keys swapped": _swapped,
    "a key's name for itself changed": lambda outline: _with(outline, "did:key:z6Mk", "keys", NAME, "did"),
    "a key's time changed": lambda outline: _with(
        outline, "2020-01-01T00:00:00+00:00", "keys", NAME, "created"
    ),
    "a key's time that is none": lambda outline: _with(outline, "soon", "keys", NAME, "created"),
    "a key that is text": lambda outline: _with(outline, "key", "keys", NAME),
    "keys that are a list": lambda outline: _with(outline, [], "keys"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_file_that_was_changed_is_damaged(keystore, path, damage):
    keystore.new_signing_key(NAME)
    keystore.new_signing_key("registry/key-1")
    path.write_text(damage(json.loads(path.read_text())))

    with pytest.raises(KeystoreDamaged):
        Keystore.open(path, PASSPHRASE)
    with pytest.raises(KeystoreDamaged):
        keystore.names()


def test_what_was_wrapped_is_unwrapped_in_its_place_only(keystore, path):
    wrapped = keystore.wrap(b"a learner's key", b"learner 1")

    assert Keystore.open(path, PASSPHRASE).unwrap(wrapped, b"learner 1") == b"a learner's key"
    with pytest.raises(SealBroken):
        keystore.unwrap(wrapped, b"learner 2")


def test_a_new_passphrase_opens_what_the_old_one_closed(keystore, path):
    made = keystore.new_signing_key(NAME)
    wrapped = keystore.wrap(b"a learner's key", b"learner 1")

    keystore.change_passphrase(b"new")

    with pytest.raises(WrongPassphrase):
        Keystore.open(path, PASSPHRASE)
    opened = Keystore.open(path, b"new")
    assert opened.signer(NAME).public == made.public
    assert opened.unwrap(wrapped, b"learner 1") == b"a learner's key"


def test_a_new_passphrase_may_come_with_a_new_cost(keystore, path):
    keystore.change_passphrase(b"new", params=Argon2Params(memory_kib=64, iterations=2, lanes=1))

    assert json.loads(path.read_text())["argon2id"]["iterations"] == 2
    assert Keystore.open(path, b"new").names() == []


def test_a_keystore_opened_before_sees_the_keys_and_passphrases_of_others(keystore, path):
    other = Keystore.open(path, PASSPHRASE)
    made = other.new_signing_key(NAME)
    other.change_passphrase(b"new")

    assert keystore.signer(NAME).public == made.public
    keystore.new_signing_key("registry/key-1")
    assert [key.name for key in Keystore.open(path, b"new").names()] == [NAME, "registry/key-1"]


def _make_keys(path, maker):
    keystore = Keystore.open(path, PASSPHRASE)
    for number in range(5):
        keystore.new_signing_key(f"{maker}/key-{number}")


def test_processes_do_not_lose_each_other_s_keys(keystore, path):
    spawn = multiprocessing.get_context("spawn")
    makers = [spawn.Process(target=_make_keys, args=(path, f"maker-{maker}")) for maker in range(3)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert [maker.exitcode for maker in makers] == [0, 0, 0]
    assert len(keystore.names()) == 15


def test_threads_do_not_lose_each_other_s_keys(keystore):
    makers = [
        threading.Thread(target=lambda maker=maker: keystore.new_signing_key(f"maker-{maker}/key"))
        for maker in range(8)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()

    assert len(keystore.names()) == 8


BAD_COSTS = {
    "no memory": {"memory_kib": 0},
    "less memory than the lanes need": {"memory_kib": 8, "lanes": 4},
    "2 GiB": {"memory_kib": 2 * 1024 * 1024},
    "no passes": {"iterations": 0},
    "a thousand passes": {"iterations": 1000},
    "many passes over much memory": {"memory_kib": 1024 * 1024, "iterations": 64},
    "no lanes": {"lanes": 0},
    "a thousand lanes": {"lanes": 1000},
}


@pytest.mark.parametrize("cost", BAD_COSTS.values(), ids=BAD_COSTS)
def test_a_cost_out_of_all_reason_is_refused(cost):
    with pytest.raises(KeystoreError):
        Argon2Params(**cost)
