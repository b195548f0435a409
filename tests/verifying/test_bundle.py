"""Bundles: everything to verify without a network, believed only from a registry the reader trusts."""

import json
from datetime import timedelta

import pytest

from keys.canonical import canonicalize
from keys.proofs import add_proof
from keys.signing import Ed25519Signer
from tests.verifying.world import (
    AITU,
    JULY,
    REVOCATIONS,
    a_credential,
    a_list,
    a_registry,
    a_term,
    an_issuer,
    clean_lists,
    stranger,
    text_of,
)
from wallet.bundle import SUITE, BundleEvidence, BundleRefused, digest_of, make_bundle
from wallet.evidence import Combined, Witness
from wallet.verdict import Outcome
from wallet.verifying import verify

registry = Ed25519Signer.from_seed(bytes([7]) * 32)
DID = registry.public.did
LATER = JULY + timedelta(hours=12)


def a_bundle(*terms, lists=None, signer=registry, witnesses=None) -> bytes:
    terms = terms or (a_term(),)
    return make_bundle(
        registry_name="Registry of the Republic",
        signer=signer,
        made_at=JULY,
        issuers=[(an_issuer(*terms), terms)],
        status_lists={url: copies[0] for url, copies in (lists or clean_lists()).items()},
        witnesses=witnesses,
        credentials=[text_of(a_credential())],
    )


def verdict_by(bundle: bytes, *, trusted=(DID,), at=LATER):
    return verify(text_of(a_credential()), at=at, evidence=BundleEvidence.open(bundle, set(trusted)))


def test_a_bundle_of_a_trusted_registry_verifies_with_no_network():
    verdict = verdict_by(a_bundle())

    assert verdict.outcome is Outcome.PASSED
    assert "Astana IT University" in verdict.headline
    assert "the bundle made on 2026-07-31T09:00:00Z" in verdict.check("trust").sentence


def test_a_bundle_carries_the_credentials_exactly_as_they_were_issued():
    opened = BundleEvidence.open(a_bundle(), {DID})

    assert [text.encode() for text in opened.bundle.credentials] == [text_of(a_credential())]


def test_a_bundle_of_a_registry_nobody_trusts_says_how_to_trust_it():
    """Whoever hands over a credential can also make a bundle in which its issuer is a university."""
    verdict = verdict_by(a_bundle(signer=stranger))

    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    for code in ("key-belongs-to-issuer", "trust"):
        assert verdict.check(code).outcome is Outcome.COULD_NOT_CHECK
        assert f"--trust {stranger.public.did}" in verdict.check(code).sentence
    assert b"Astana IT University" not in verdict.to_json()
    assert b"Registry of the Republic" not in verdict.to_json()


def test_lists_in_a_bundle_go_stale_like_any_other():
    verdict = verdict_by(a_bundle(), at=JULY + timedelta(days=2))

    assert verdict.check("status").reason == "stale-list"


def test_a_revocation_shows_from_a_bundle():
    lists = clean_lists() | {REVOCATIONS: [a_list("revocation", 94_567)]}

    assert verdict_by(a_bundle(lists=lists)).check("status").reason == "revoked"


def test_a_key_history_survives_the_bundle():
    compromised = a_term(compromised_at=JULY - timedelta(days=30))
    witness = Witness(at=JULY - timedelta(days=31), source=an_issuer().source)

    bare = verdict_by(a_bundle(compromised))
    seen = verdict_by(a_bundle(compromised, witnesses={digest_of(a_credential()): witness}))

    assert bare.check("key-in-force").reason == "compromised"
    assert seen.check("key-in-force").outcome is Outcome.PASSED


def test_the_same_facts_make_the_same_bundle():
    assert a_bundle() == a_bundle()


def changed(**changes) -> bytes:
    return canonicalize(json.loads(a_bundle()) | changes)


def resigned(**changes) -> bytes:
    """A bundle of the registry's own making that is wrong in itself."""
    document = {k: v for k, v in json.loads(a_bundle()).items() if k != "proof"} | changes
    method = f"{DID}#{registry.public.multikey}"
    return canonicalize(
        add_proof(document, signer=registry, suite=SUITE, verification_method=method, created=JULY)
    )


V2 = "https://www.w3.org/ns/credentials/v2"
BROKEN = {
    "not JSON": b"bundle",
    "a list": b"[]",
    "a credential": text_of(a_credential()),
    "no proof": canonicalize({k: v for k, v in json.loads(a_bundle()).items() if k != "proof"}),
    "another time": changed(madeAt="2027-01-01T00:00:00Z"),
    "an issuer taken out": changed(issuers=[]),
    "another registry's name on it": changed(registry={"did": stranger.public.did, "name": "X"}),
    "a registry that is no key": resigned(registry={"did": "did:key:z6Mk", "name": "X"}),
    "a member nobody knows": resigned(extra=1),
    "a time without zone": resigned(madeAt="2026-07-31T09:00:00"),
    "another text of a context": resigned(contexts={V2: "00" * 32}),
    "an issuer's key that is none": resigned(
        issuers=[
            {
                "did": AITU,
                "name": "A",
                "keys": [
                    {"id": f"{AITU}#1", "publicKeyMultibase": "z6Mk", "publishedAt": "2026-01-01T00:00:00Z"}
                ],
            }
        ]
    ),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_a_broken_bundle_is_refused_whole(data):
    with pytest.raises(BundleRefused):
        BundleEvidence.open(data, {DID})


def test_a_bundle_beside_a_fresher_source_gives_way_to_it():
    stale = BundleEvidence.open(a_bundle(lists={}), {DID})

    verdict = verify(text_of(a_credential()), at=JULY, evidence=Combined(stale, a_registry()))

    assert verdict.outcome is Outcome.PASSED
