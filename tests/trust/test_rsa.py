"""Federations that sign their statements with RSA: read, kept and asked like any other; but no credential is."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from keys.jose import from_base64url, to_base64url
from keys.rsa import RsaPublicKey
from tests.trust import world
from tests.trust.world import JUNE, UNIVERSITY, a_chain, jwks
from wallet.settings import Settings
from wallet.trust_lists import kept
from wallet.trust_lists.federation import read_chain
from wallet.trust_lists.trust_list import Kind, TrustListRefused

SHA256 = hashes.SHA256()
PADDINGS = {"RS256": padding.PKCS1v15(), "PS256": padding.PSS(padding.MGF1(SHA256), salt_length=32)}


def private(whose: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    return _made_for(whose, bits)


@lru_cache
def _made_for(_whose: str, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def text(number: int) -> str:
    return to_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def public(whose: str, bits: int = 2048, **more: Any) -> dict[str, Any]:
    numbers = private(whose, bits).public_key().public_numbers()
    return {"kty": "RSA", "kid": "fed-1", "n": text(numbers.n), "e": text(numbers.e), **more}


def resigned(statement: str, whose: str, algorithm: str = "RS256", bits: int = 2048, **claims: Any) -> str:
    """The same statement under an RSA key, perhaps with other claims."""
    payload = statement.split(".")[1]
    said = json.loads(from_base64url(payload, "payload")) | claims
    header = {"alg": algorithm, "kid": "fed-1", "typ": "entity-statement+jwt"}
    signing_input = ".".join(to_base64url(json.dumps(part).encode()) for part in (header, said))
    signature = private(whose, bits).sign(signing_input.encode(), PADDINGS[algorithm], SHA256)
    return f"{signing_input}.{to_base64url(signature)}"


def a_chain_by_rsa(algorithm: str = "RS256", bits: int = 2048, **of_the_keys: Any) -> bytes:
    """The usual chain, in which the ministry and the anchor sign with RSA."""
    ministry = {"keys": [public("ministry", bits, **of_the_keys)]}
    anchors = {"keys": [public("anchor")]}
    return a_chain(
        world.of_the_university(),
        resigned(world.of_the_ministry(), "ministry", algorithm, bits),
        resigned(world.of_the_anchor(), "anchor", algorithm, jwks=ministry),
        resigned(world.of_the_anchor_itself(), "anchor", algorithm, jwks=anchors),
    )


def the_anchor() -> RsaPublicKey:
    numbers = private("anchor").public_key().public_numbers()
    return RsaPublicKey(numbers.n, numbers.e)


def read(data: bytes, key: RsaPublicKey | None = None):
    return read_chain(data, anchor=key or the_anchor(), name=None, at=JUNE)


@pytest.mark.parametrize("algorithm", PADDINGS)
def test_a_chain_signed_with_rsa_is_read_up_to_a_known_key(algorithm: str):
    found = read(a_chain_by_rsa(algorithm))

    assert found.issuers[UNIVERSITY].name == "University of Example"
    assert found.issuers[UNIVERSITY].keys


REFUSED: dict[str, Callable[[], Any]] = {
    "another anchor": lambda: read(a_chain_by_rsa(), RsaPublicKey(*_numbers("another"))),
    "a key of 1024 bits": lambda: read(a_chain_by_rsa(bits=1024)),
    "a key for the other algorithm": lambda: read(a_chain_by_rsa("RS256", alg="PS256")),
    "signed by another": lambda: read(
        a_chain(
            world.of_the_university(),
            resigned(world.of_the_ministry(), "another"),
            resigned(world.of_the_anchor(), "anchor", jwks={"keys": [public("ministry")]}),
        )
    ),
    "an RSA message for a curve's key": lambda: read(
        a_chain(
            world.of_the_university(),
            resigned(world.of_the_ministry(), "ministry"),
            resigned(world.of_the_anchor(), "anchor", jwks=jwks(**{"fed-1": world.ministry})),
        )
    ),
}


def _numbers(whose: str) -> tuple[int, int]:
    numbers = private(whose).public_key().public_numbers()
    return numbers.n, numbers.e


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_what_no_such_key_has_signed_is_refused_whole(asked: Callable[[], Any]):
    with pytest.raises(TrustListRefused):
        asked()


def test_an_issuers_own_rsa_key_signs_no_credential_here():
    university = world.of_the_university(
        metadata={"vc_issuer": {"jwks": {"keys": [public("university", kid="rsa-1")]}}}
    )
    chain = a_chain(
        university,
        resigned(world.of_the_ministry(), "ministry"),
        resigned(world.of_the_anchor(), "anchor", jwks={"keys": [public("ministry")]}),
    )

    assert read(chain).issuers[UNIVERSITY].keys == {}


def test_a_chain_is_kept_with_the_rsa_key_of_its_anchor(tmp_path):
    home = Settings(tmp_path / "home")

    kept.add(
        home, a_chain_by_rsa(), Kind.FEDERATION, source="chain.json", now=JUNE, anchor=the_anchor(), name=None
    )

    [found] = kept.kept(home)
    assert found.list.name == UNIVERSITY
