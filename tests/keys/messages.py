"""Hands of every kind to sign messages with, and messages with one character changed."""

from hashlib import sha512
from typing import Any

from hypothesis import strategies as st

from keys.jwk import secret_jwk
from keys.signing import EcdsaSigner, Ed25519Signer, KeyKind
from tests.keys.builders import a_signer

HANDS: dict[str, Ed25519Signer | EcdsaSigner] = {
    "Ed25519": a_signer(),
    "P-256": EcdsaSigner.from_scalar(sha512(b"P-256").digest()[:32], KeyKind.P256),
    "P-384": EcdsaSigner.from_scalar(sha512(b"P-384").digest()[:48], KeyKind.P384),
    "P-521": EcdsaSigner.from_scalar(bytes(2) + sha512(b"P-521").digest(), KeyKind.P521),
}
"""One signer of each kind, always the same."""


def jwk_of(hand: Ed25519Signer | EcdsaSigner) -> dict[str, Any]:
    """The private JSON Web Key, for the other implementations."""
    return dict(secret_jwk(hand))


def with_one_character_changed(text: str) -> st.SearchStrategy[str]:
    """The text with another character, of those that messages are made of, in one place."""

    def changed(place: int, character: str) -> str:
        return text[:place] + character + text[place + 1 :]

    characters = st.sampled_from("ABCXYZabcxyz0189-_.~=+/ ")
    return st.builds(changed, st.integers(0, len(text) - 1), characters).filter(lambda other: other != text)
