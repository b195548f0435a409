"""Moving: what a learner takes along opens anywhere, verifies with no network, and loses nothing on the way."""

import base64
import io
import json
import random
import socket
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import AlreadyOpened, InvalidValue
from domain.values import Evidence, Setting
from tests.documents.world import World, a_world
from tests.offices import DAY, NOON, a_learner, an_office
from wallet import awarding, issuing, learner_bundle, moving, portfolio, presenting
from wallet.learner_bundle import (
    LearnerBundle,
    LearnerBundleRefused,
    examine,
    open_bundle,
    pack,
    read_packed,
    seal,
    unseal,
)
from wallet.showing import show_record
from wallet.verdict import Outcome
from wallet.verifying.presentations import Occasion, verify_presentation

PASSPHRASE = "four words of hers alone"
DOCUMENT = b"%PDF-1.7\na certificate\n"


@pytest.fixture(autouse=True)
def _few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guessing is cheap in tests."""
    monkeypatch.setattr(learner_bundle, "ROUNDS", 1000)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with an_office(tmp_path_factory.mktemp("old")) as office:
        world = a_world(office)
        kept = portfolio.keep(office, world.learner, DOCUMENT, name="Certificate.pdf", at=NOON)
        for evidence in (kept, Evidence(name="Not handed in", sha256="ab" * 32)):
            awarding.claim(
                office,
                world.learner,
                setting=Setting.NON_FORMAL,
                names={"en": "A course"},
                provider="Open courses",
                achieved_on=DAY,
                evidence=[evidence],
                at=NOON,
            )
        yield world


@pytest.fixture(scope="module")
def sealed(old: World) -> bytes:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(learner_bundle, "ROUNDS", 1000)
        return moving.take_along(old.office, old.learner, PASSPHRASE, at=NOON)


@pytest.fixture
def bundle(sealed: bytes) -> LearnerBundle:
    return open_bundle(sealed, PASSPHRASE)


def registry(world: World) -> str:
    return world.office.registry_signer().public.did


def test_everything_that_is_hers_is_in_it(old: World, bundle: LearnerBundle):
    issued = [
        old.office.credential(row.credential).state.issued.document.encode()
        for row in show_record(old.office, old.learner).credentials
    ]
    assert bundle.credentials == issued
    assert len(issued) == 3
    assert list(bundle.evidence.values()) == [DOCUMENT]
    wallet = [line for line in bundle.events if line.stream == f"wallet/{old.learner}"]
    assert [line.position for line in wallet] == list(
        range(1, len(old.office.learner(old.learner).history.entries) + 1)
    )
    assert {line.stream.partition("/")[0] for line in bundle.events} == {"wallet", "credential"}
    assert bundle.signer.public.did == bundle.manifest.did


def test_it_verifies_with_no_network_and_no_wallet(
    old: World, bundle: LearnerBundle, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise AssertionError("somebody asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    trusting = examine(bundle, trusted={registry(old)}, at=NOON)
    told = {finding.about: finding.outcome for finding in trusting.findings}
    assert told["credentials"] is told["events"] is told["log"] is Outcome.PASSED
    assert told["evidence"] is Outcome.COULD_NOT_CHECK  # one document was named and never handed in
    assert all(verdict.passed for verdict in trusting.verdicts)

    nobody = {finding.about: finding.outcome for finding in examine(bundle, trusted=(), at=NOON).findings}
    assert nobody["events"] is Outcome.PASSED
    assert nobody["credentials"] is nobody["log"] is Outcome.COULD_NOT_CHECK


def test_a_fresh_wallet_takes_it_in_and_nothing_is_lost(tmp_path: Path, old: World, bundle: LearnerBundle):
    with an_office(tmp_path, base_url="https://elsewhere.example") as office:
        moved = moving.move_in(office, bundle, trusted={registry(old)}, at=NOON)
        record = show_record(office, moved.learner)
        again = open_bundle(moving.take_along(office, moved.learner, PASSPHRASE, at=NOON), PASSPHRASE)
        documents = [portfolio.read(office, moved.learner, digest).content for digest in bundle.evidence]
        twice = moving.move_in(office, bundle, learner=moved.learner, trusted={registry(old)}, at=NOON)
        thrice = open_bundle(moving.take_along(office, moved.learner, PASSPHRASE, at=NOON), PASSPHRASE)

    assert moved.learner == old.learner
    assert record.did == show_record(old.office, old.learner).did
    assert {names for each in record.brought for names in each.names.values()} >= {
        "Unit algorithms",
        "Unit databases",
    }
    assert not record.credits, "credit is an institution's to give"
    assert moved.left_out == ()
    assert documents == [DOCUMENT]
    (inner,) = map(read_packed, again.earlier)
    assert inner.packed == bundle.packed
    assert (inner.credentials, inner.events, inner.evidence) == (
        bundle.credentials,
        bundle.events,
        bundle.evidence,
    )
    assert twice.brought == 0
    assert len(thrice.earlier) == 1


def test_what_was_issued_to_her_she_presents_from_her_new_wallet(
    tmp_path: Path, old: World, bundle: LearnerBundle
):
    asked = Occasion(challenge="c-1", domain=("https://verifier.example",))
    trusted = bundle.evidence_of_registry({registry(old)})
    with an_office(tmp_path, base_url="https://elsewhere.example") as office:
        moved = moving.move_in(office, bundle, trusted={registry(old)}, at=NOON)
        shown = presenting.present(
            office,
            moved.learner,
            bundle.credentials[:1],
            challenge="c-1",
            domain="https://verifier.example",
            at=NOON,
        )

    verdict = verify_presentation(json.dumps(shown).encode(), occasion=asked, at=NOON, evidence=trusted)
    assert verdict.passed, verdict.headline


def test_what_was_revoked_is_told_and_left_out(tmp_path: Path):
    with an_office(tmp_path / "old") as office:
        world = a_world(office)
        later = NOON + timedelta(minutes=1)
        issuing.revoke(office, "aitu", world.credential, reason="In error", at=later)
        sealed = moving.take_along(office, world.learner, PASSPHRASE, at=later)
        trusted = {registry(world)}
    bundle = open_bundle(sealed, PASSPHRASE)

    assert examine(bundle, trusted=trusted, at=later).outcome is Outcome.FAILED
    with an_office(tmp_path / "new") as office:
        moved = moving.move_in(office, bundle, trusted=trusted, at=later)
        assert any("revoked" in sentence.lower() for sentence in moved.left_out)
        assert open_bundle(
            moving.take_along(office, moved.learner, PASSPHRASE, at=later), PASSPHRASE
        ).earlier == [bundle.packed]


def test_a_wallet_that_is_here_already_is_not_opened_again(old: World, bundle: LearnerBundle):
    with pytest.raises(AlreadyOpened):
        moving.move_in(old.office, bundle, at=NOON)


def test_a_bundle_goes_into_a_wallet_she_has_under_another_id(
    tmp_path: Path, old: World, bundle: LearnerBundle
):
    with an_office(tmp_path) as office:
        here = a_learner(office).learner
        moved = moving.move_in(office, bundle, learner=here, trusted={registry(old)}, at=NOON)

        assert moved.learner == here
        assert len(show_record(office, here).brought) == moved.brought == 2


# --- what is refused ------------------------------------------------------------------------------------


def test_another_passphrase_opens_nothing(sealed: bytes):
    with pytest.raises(LearnerBundleRefused, match="passphrase"):
        open_bundle(sealed, PASSPHRASE + "!")


def test_a_passphrase_that_keeps_nothing_is_refused():
    with pytest.raises(InvalidValue, match="12 characters"):
        seal(b"", "short")


def _header(**said: object) -> bytes:
    usual = {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2c": 1000, "p2s": "c2FsdHNhbHQ"} | said
    return base64.urlsafe_b64encode(json.dumps(usual).encode()).rstrip(b"=") + b".AAAA.AAAA.AAAA.AAAA"


HOSTILE = {
    "nothing": b"",
    "rubbish": b"rubbish",
    "dots": b"....",
    "a header that is no JSON": b"!!!.a.b.c.d",
    "so many rounds that we would reckon for days": _header(p2c=2**31),
    "rounds of another kind": _header(p2c="1000"),
    "none of a truth": _header(p2c=True),
    "too few rounds": _header(p2c=1),
    "packed before it was sealed": _header(zip="DEF"),
    "a key of ours": _header(alg="dir"),
    "another cipher": _header(enc="A128CBC-HS256"),
    "a part missing": _header().rpartition(b".")[0],
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_bundle_is_refused_in_a_sentence(case: str):
    with pytest.raises(LearnerBundleRefused, match=r"\.$"):
        unseal(HOSTILE[case], PASSPHRASE)


def test_a_damaged_bundle_never_opens(sealed: bytes):
    dice = random.Random(7)
    for _ in range(12):
        damaged = bytearray(sealed)
        place = dice.randrange(len(damaged))
        damaged[place] = ord("A") if damaged[place] != ord("A") else ord("B")
        if bytes(damaged) == sealed:
            continue
        try:
            opened = unseal(bytes(damaged), PASSPHRASE)
        except LearnerBundleRefused:
            continue
        assert opened == unseal(
            sealed, PASSPHRASE
        )  # the last letter of a part may have bits that say nothing


def _changed(bundle: LearnerBundle, **changes: bytes | None) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle.packed)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for name, content in changes.items():
        if content is None:
            del files[name]
        else:
            files[name] = content
    return pack(files)


def test_whoever_has_the_passphrase_still_cannot_change_what_she_signed(bundle: LearnerBundle):
    manifest = _read(bundle, "bundle.json")
    changes: dict[str, dict[str, bytes | None]] = {
        "a credential exchanged": {"credentials/1.json": b"{}"},
        "a credential left out": {"credentials/1.json": None},
        "a file more": {"credentials/9.json": b"{}"},
        "events left out": {"events.jsonl": b""},
        "nothing said of what is in it": {"bundle.json": None},
        "another learner named": {"bundle.json": manifest.replace(b'"learner":"', b'"learner":"0')},
        "rubbish in the place of it": {"bundle.json": b"["},
    }
    for change in changes.values():
        packed = _changed(bundle, **change)
        with pytest.raises(LearnerBundleRefused, match=r"\."):
            read_packed(packed)


def _read(bundle: LearnerBundle, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(bundle.packed)) as archive:
        return archive.read(name)


def test_a_bomb_is_not_unpacked():
    packed = pack({"bundle.json": bytes(11 * 1024 * 1024)})
    assert len(packed) < 20_000

    with pytest.raises(LearnerBundleRefused, match="larger"):
        read_packed(packed)


def test_a_path_that_leads_out_is_refused():
    with pytest.raises(LearnerBundleRefused, match="leads out"):
        read_packed(pack({"../../etc/passwd": b"x"}))


def test_another_program_opens_what_is_sealed(sealed: bytes, bundle: LearnerBundle):
    """By the steps of RFC 7518, 4.8 and 5.3, with `cryptography` alone."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA512
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
    from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

    def raw(text: bytes) -> bytes:
        return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))

    head, key, iv, text, tag = sealed.split(b".")
    said = json.loads(raw(head))
    salt = said["alg"].encode() + b"\0" + raw(said["p2s"].encode())
    derived = PBKDF2HMAC(SHA512(), 32, salt, said["p2c"]).derive(PASSPHRASE.encode())
    opened = AESGCM(aes_key_unwrap(derived, raw(key))).decrypt(raw(iv), raw(text) + raw(tag), head)

    assert opened == bundle.packed
