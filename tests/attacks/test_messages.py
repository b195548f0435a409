"""Attacks on signed messages: who chooses the algorithm, the key and the kind decides what the signature is worth."""

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from keys.jose import to_base64url
from keys.jwk import public_jwk
from keys.signing import PublicKey
from tests.conformance.world import (
    MISSING,
    V2,
    Document,
    Server,
    a_credential,
    a_presentation,
    failed_step,
    presented,
    problem_of,
)

Signed = Callable[[bytes], bytes]


def part(value: Any) -> str:
    return to_base64url(value if isinstance(value, bytes) else json.dumps(value).encode())


class Forger:
    """Whoever writes messages in an issuer's name. The issuer's own signature is at hand where a case needs one."""

    def __init__(self, server: Server) -> None:
        self.by = server.issuers.by["enveloped"]
        self.key: PublicKey = self.by.signer.public

    @property
    def credential(self) -> Document:
        return a_credential(issuer=self.by.did)

    def message(
        self,
        header: Document,
        payload: Document | None = None,
        sign: Signed | None = None,
    ) -> str:
        usual = {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": self.by.method}
        full = {name: value for name, value in {**usual, **header}.items() if value is not MISSING}
        text = f"{part(full)}.{part(self.credential if payload is None else payload)}"
        return f"{text}.{part((sign or self.by.signer.sign)(text.encode()))}"


def carried(message: str, kind: str = "vc+jwt") -> Document:
    return {
        "@context": V2,
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/{kind},{message}",
    }


def nothing(_message: bytes) -> bytes:
    return b""


def with_hmac(secret: bytes) -> Signed:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


Forged = Callable[[Forger], str]

FORGED: dict[str, Forged] = {
    "alg none": lambda forger: forger.message({"alg": "none"}, sign=nothing),
    "alg none, in other letters": lambda forger: forger.message({"alg": "nOnE"}, sign=nothing),
    "alg none, under a good signature": lambda forger: forger.message({"alg": "none"}),
    "no alg": lambda forger: forger.message({"alg": MISSING}),
    "alg that is a list": lambda forger: forger.message({"alg": ["ES256"]}),
    "no signature": lambda forger: forger.message({}, sign=nothing),
    "HS256 with the public key as the secret": lambda forger: forger.message(
        {"alg": "HS256"}, sign=with_hmac(forger.key.raw)
    ),
    "HS256 with the public key's JSON as the secret": lambda forger: forger.message(
        {"alg": "HS256"}, sign=with_hmac(json.dumps(public_jwk(forger.key)).encode())
    ),
    "the algorithm of another curve": lambda forger: forger.message({"alg": "ES384"}),
    "the algorithm of another kind of key": lambda forger: forger.message({"alg": "EdDSA"}),
    "a key in the header": lambda forger: forger.message({"jwk": public_jwk(forger.key)}),
    "the address of a key in the header": lambda forger: forger.message({"jku": "https://127.0.0.1/jwks"}),
    "a certificate in the header": lambda forger: forger.message({"x5c": ["MIIB"]}),
    "the address of a certificate": lambda forger: forger.message({"x5u": "https://[::1]/cert"}),
    "what must be understood and is not": lambda forger: forger.message({"crit": ["exp"], "exp": 1}),
    "an unencoded payload": lambda forger: forger.message({"b64": False, "crit": ["b64"]}),
    "the type of the older format": lambda forger: forger.message({"typ": "JWT"}),
    "the type of a presentation": lambda forger: forger.message({"typ": "vp+jwt", "cty": "vp"}),
    "the type of an access token": lambda forger: forger.message({"typ": "at+jwt"}),
    "something else inside": lambda forger: forger.message({"cty": "vp"}),
    "the claim of the older format": lambda forger: forger.message({}, {"vc": forger.credential}),
    "the older claim beside a credential": lambda forger: forger.message(
        {}, {**forger.credential, "vc": {"credentialSubject": {"id": "did:example:another"}}}
    ),
    "another issuer in the claims": lambda forger: forger.message(
        {}, {**forger.credential, "iss": "did:example:another"}
    ),
    "another subject in the claims": lambda forger: forger.message(
        {}, {**forger.credential, "sub": "did:example:another"}
    ),
    "another id in the claims": lambda forger: forger.message(
        {}, {**forger.credential, "jti": "urn:uuid:another"}
    ),
    "an end that is text": lambda forger: forger.message({}, {**forger.credential, "exp": "never"}),
    "no name of the key": lambda forger: forger.message({"kid": MISSING}),
    "padding behind a part": lambda forger: forger.message({}) + "=",
    "padding inside": lambda forger: forger.message({}).replace(".", "=.", 1),
    "a part in plain base64": lambda forger: forger.message({})[:-4] + "+/+/",
    "a last letter with bits to spare": lambda forger: forger.message({})[:-1] + "B",
    "a line end behind it": lambda forger: forger.message({}) + "%0A",
    "four parts": lambda forger: forger.message({}) + ".AAAA",
    "five parts, as if it were encrypted": lambda forger: "..".join(["a.b.c"] * 2),
    "a header that is a list": lambda forger: forger.message({}).replace(
        forger.message({}).partition(".")[0], part([])
    ),
    "a header with a member twice": lambda forger: (
        part(b'{"alg":"none","alg":"ES256","typ":"vc+jwt"}') + "." + forger.message({}).partition(".")[2]
    ),
    "a payload that is text": lambda forger: f"{part({'alg': 'ES256', 'typ': 'vc+jwt'})}.{part('x')}.AAAA",
    "a signature of zeros": lambda forger: forger.message({}, sign=lambda _: bytes(64)),
    "a signature of zero and one": lambda forger: forger.message(
        {}, sign=lambda _: bytes(32) + bytes(31) + b"\x01"
    ),
    "a signature as ASN.1 has it": lambda forger: forger.message(
        {}, sign=lambda _: bytes.fromhex("3006020101020101")
    ),
    "a signature that is cut short": lambda forger: forger.message(
        {}, sign=lambda message: forger.by.signer.sign(message)[:-1]
    ),
}


def test_what_the_forger_forges_is_good_but_for_the_one_thing(server: Server):
    assert server.verify(carried(Forger(server).message({}))).status_code == 200


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_a_forged_message_does_not_verify(forge: Forged, server: Server):
    told = server.verify(carried(forge(Forger(server))))

    assert problem_of(told) in {"CRYPTOGRAPHIC_SECURITY_ERROR", "MALFORMED_VALUE_ERROR", "PARSING_ERROR"}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_nor_does_it_inside_a_presentation(forge: Forged, server: Server):
    presentation = a_presentation(carried(forge(Forger(server))))

    told = server.verify_presentation(presented(presentation, suite="eddsa-jcs-2022"), checks=["proof"])

    assert failed_step(told) in {"members", "shape"}


def test_a_message_that_has_run_out_does_not_verify(server: Server):
    forger = Forger(server)

    told = server.verify(carried(forger.message({}, {**forger.credential, "exp": 1_600_000_000})))

    assert problem_of(told) == "RANGE_ERROR"


KINDS = ["vc+sd-jwt", "vc+cose", "vp+jwt", "jwt", "vc-ld+jwt"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_not_read_as_one_of_another_kind(kind: str, server: Server):
    assert problem_of(server.verify(carried(Forger(server).message({}), kind)))
