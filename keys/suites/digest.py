"""The hash of some bytes, by the name a key's kind gives it."""

from hashlib import sha256, sha384

from keys.linked_data import HashName

__all__ = ["digest"]


def digest(data: bytes, hash_name: HashName) -> bytes:
    """32 bytes of SHA-256 or 48 of SHA-384."""
    return (sha256 if hash_name == "sha256" else sha384)(data).digest()
