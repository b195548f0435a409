"""Issuers and holders whose identifier is their key: did:key and did:jwk, of every kind of key, in every form."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from keys import sd_jwt
from keys.did import did_jwk
from keys.multikey import KeyKind
from keys.proofs import add_proof
from keys.signing import EcdsaSigner, Ed25519Signer, Signer
from tests.verifying.world import JULY, JUNE, registrar, stranger
from wallet import enveloping
from wallet.evidence import NoEvidence
from wallet.formats import presentation
from wallet.formats.enveloped import MediaType
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify
from wallet.verifying.presentations import Occasion, verify_presentation

ANYBODY = Policy(require_known_issuer=False)
V2 = "https://www.w3.org/ns/credentials/v2"
SUITES = {
    KeyKind.ED25519: ("eddsa-rdfc-2022", "eddsa-jcs-2022"),
    KeyKind.P256: ("ecdsa-rdfc-2019", "ecdsa-jcs-2019"),
    KeyKind.P384: ("ecdsa-rdfc-2019", "ecdsa-jcs-2019"),
}
NAMES: dict[str, Callable[[Signer], tuple[str, str]]] = {
    "did:key": lambda signer: (signer.public.did, signer.public.verification_method),
    "did:jwk": lambda signer: (did_jwk(signer.public), f"{did_jwk(signer.public)}#0"),
}


def a_key(kind: KeyKind) -> Signer:
    return registrar if kind is KeyKind.ED25519 else EcdsaSigner.generate(kind)


def a_credential(issuer: str, learner: str = "did:example:learner") -> dict[str, Any]:
    return {
        "@context": [V2],
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-06-01T00:00:00Z",
        "credentialSubject": {"id": learner, "name": "Algorithms"},
    }


def text_of(document: Any) -> bytes:
    return document if isinstance(document, bytes) else json.dumps(document).encode()


@pytest.mark.parametrize("named", NAMES)
@pytest.mark.parametrize(("kind", "suite"), [(kind, suite) for kind in SUITES for suite in SUITES[kind]])
def test_a_proof_by_such_a_key_is_the_issuers_own(kind: KeyKind, suite: str, named: str):
    signer = a_key(kind)
    did, method = NAMES[named](signer)
    signed = add_proof(
        a_credential(did), signer=signer, suite=suite, verification_method=method, created=JUNE
    )

    verdict = verify(text_of(signed), policy=ANYBODY, at=JULY)

    assert verdict.passed, verdict.headline
    assert verdict.check("key-belongs-to-issuer").outcome is Outcome.PASSED


@pytest.mark.parametrize("named", NAMES)
@pytest.mark.parametrize("media_type", [MediaType.VC_JWT, MediaType.VC_SD_JWT, MediaType.VC_COSE])
@pytest.mark.parametrize("kind", KeyKind)
def test_and_so_is_a_message_signed_with_it(kind: KeyKind, media_type: MediaType, named: str):
    signer = a_key(kind)
    did, method = NAMES[named](signer)
    message = enveloping.seal(a_credential(did), signer, media_type, method=method, at=JUNE)

    assert verify(message, policy=ANYBODY, at=JULY).passed


@pytest.mark.parametrize("named", NAMES)
def test_a_holder_presents_under_it(named: str):
    holder, method = NAMES[named](stranger)
    issuer, issuers = NAMES[named](registrar)
    credential = add_proof(
        a_credential(issuer, holder),
        signer=registrar,
        suite="eddsa-rdfc-2022",
        verification_method=issuers,
        created=JUNE,
    )
    shown = add_proof(
        presentation.build(holder=holder, credentials=[credential]),
        signer=stranger,
        suite="eddsa-rdfc-2022",
        verification_method=method,
        created=JULY,
        purpose="authentication",
        challenge="u1",
        domain="admissions.example",
    )

    verdict = verify_presentation(
        text_of(shown), occasion=Occasion("u1", ("admissions.example",)), policy=ANYBODY, at=JULY
    )

    assert verdict.passed, verdict.headline


def broken(method: str) -> bytes:
    """Signed by somebody who says that the key is called that."""
    did = method.partition("#")[0]
    return text_of(
        add_proof(
            a_credential(did),
            signer=registrar,
            suite="eddsa-jcs-2022",
            verification_method=method,
            created=JUNE,
        )
    )


NO_KEYS = {
    "another method than its one": did_jwk(registrar.public) + "#1",
    "no method": did_jwk(registrar.public),
    "not a JSON Web Key": "did:jwk:e30#0",
    "not base64url": "did:jwk:!!!#0",
    "nothing at all": "did:jwk:#0",
    "a private key": "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJFZDI1NTE5IiwieCI6IkEiLCJkIjoiQSJ9#0",
    "a did:key of nothing": "did:key:#z6Mk",
    "a did:key under another name": f"{registrar.public.did}#{stranger.public.multikey}",
}


@pytest.mark.parametrize("method", NO_KEYS.values(), ids=NO_KEYS)
def test_a_name_that_holds_no_key_fails_and_never_breaks_anything(method: str):
    verdict = verify(broken(method), policy=ANYBODY, at=JULY, evidence=NoEvidence())

    assert verdict.outcome is Outcome.FAILED


def test_another_key_than_the_one_in_the_name_does_not_sign_for_it():
    did = did_jwk(stranger.public)
    forged = add_proof(
        a_credential(did),
        signer=registrar,
        suite="eddsa-rdfc-2022",
        verification_method=f"{did}#0",
        created=JUNE,
    )

    assert verify(text_of(forged), policy=ANYBODY, at=JULY).check("proof").outcome is Outcome.FAILED


# --- what an SD-JWT's holder shows ----------------------------------------------------------------------

THE_ASKED = Occasion("u1", ("admissions.example",))


def bound(holder: Ed25519Signer = stranger, *, nonce: str = "u1", shown_at: Any = JULY) -> bytes:
    """A credential bound to the stranger's key, shown under somebody's."""
    did, method = NAMES["did:key"](registrar)
    message = enveloping.seal(
        a_credential(did), registrar, MediaType.VC_SD_JWT, method=method, at=JUNE, holder=holder.public
    )
    return sd_jwt.bind(
        message.decode(), holder, audience="admissions.example", nonce=nonce, at=shown_at
    ).encode()


def shown(message: bytes, occasion: Occasion = THE_ASKED):
    return verify_presentation(message, occasion=occasion, policy=ANYBODY, at=JULY)


def test_a_bound_credential_is_shown_by_whoever_has_the_key():
    verdict = shown(bound())

    assert verdict.passed, verdict.headline
    assert len(verdict.members) == 1


OTHER_OCCASIONS = {
    "another nonce": (bound(nonce="u2"), THE_ASKED),
    "another reader": (bound(), Occasion("u1", ("elsewhere.example",))),
    "two readers": (bound(), Occasion("u1", ("admissions.example", "elsewhere.example"))),
    "a month ago": (bound(shown_at=JUNE), THE_ASKED),
    "altered": (bound()[:-4] + b"AAAA", THE_ASKED),
}


@pytest.mark.parametrize(("message", "occasion"), OTHER_OCCASIONS.values(), ids=OTHER_OCCASIONS)
def test_and_only_for_the_occasion_it_was_shown_for(message: bytes, occasion: Occasion):
    assert shown(message, occasion).outcome is Outcome.FAILED


def test_without_its_holders_signature_it_is_no_presentation():
    message = bound()

    alone = message[: message.rindex(b"~") + 1]

    assert shown(alone).outcome is Outcome.FAILED
    assert verify(alone, policy=ANYBODY, at=JULY).passed


def test_a_bound_credential_that_has_expired_is_not_shown_for_anything():
    verdict = verify_presentation(
        bound(shown_at=JUNE - timedelta(days=60)),
        occasion=THE_ASKED,
        policy=ANYBODY,
        at=JUNE - timedelta(days=60),
    )

    assert verdict.outcome is Outcome.FAILED
    assert verdict.members[0].outcome is Outcome.FAILED
