"""Digests of related resources: read in each of their two spellings, and compared with what they are of."""

import base64
import hashlib

import pytest

from keys.multikey import to_multibase
from wallet.formats.digests import read_digests

DATA = b"a context"
SHA256 = hashlib.sha256(DATA).digest()


def sri(name: str) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, DATA).digest()).decode()}"


OF_IT = {
    "sha256": ("digestSRI", sri("sha256")),
    "sha384": ("digestSRI", sri("sha384")),
    "sha512": ("digestSRI", sri("sha512")),
    "several, and an option": ("digestSRI", f"{sri('sha256')} {sri('sha512')}?ct=application/json"),
    "multihash in base64url": ("digestMultibase", to_multibase(b"\x12\x20" + SHA256, "u")),
    "multihash in base58": ("digestMultibase", to_multibase(b"\x12\x20" + SHA256, "z")),
    "longer multihash": ("digestMultibase", to_multibase(b"\x20\x30" + hashlib.sha384(DATA).digest(), "u")),
}


@pytest.mark.parametrize(("member", "text"), OF_IT.values(), ids=OF_IT)
def test_a_digest_is_of_what_it_was_made_of(member: str, text: str):
    digests = read_digests(member, text)

    assert all(digest.is_of(DATA) for digest in digests)
    assert not any(digest.is_of(DATA + b".") for digest in digests)


NONE_AT_ALL = {
    "nothing": ("digestSRI", ""),
    "a number": ("digestSRI", 5),
    "a hash we do not have": ("digestSRI", "md5-CY9rzUYh03PK3k6DJie09g=="),
    "a hash of another length": ("digestSRI", "sha256-AAAA"),
    "letters base64 has not": ("digestSRI", "sha256-!!!!"),
    "no name": ("digestSRI", base64.b64encode(SHA256).decode()),
    "one good and one bad": ("digestSRI", f"{sri('sha256')} sha256-AA"),
    "no multibase": ("digestMultibase", SHA256.hex()),
    "a multihash we do not have": ("digestMultibase", to_multibase(b"\x11\x14" + bytes(20), "u")),
    "a multihash that is too short": ("digestMultibase", to_multibase(b"\x12\x20" + bytes(31), "u")),
}


@pytest.mark.parametrize(("member", "text"), NONE_AT_ALL.values(), ids=NONE_AT_ALL)
def test_what_is_no_digest_is_refused(member: str, text: object):
    with pytest.raises(ValueError, match=r"\w"):
        read_digests(member, text)
