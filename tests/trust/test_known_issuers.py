"""Known-issuer registries: who stands behind a DID, and no more than that."""

import json
from datetime import UTC, datetime

import pytest

from tests.trust.world import SCHOOL, a_registry
from wallet.trust_lists.known_issuers import read_registry
from wallet.trust_lists.trust_list import TrustListRefused


def test_a_registry_says_who_stands_behind_a_did():
    found = read_registry(a_registry(), name="Community")

    issuer = found.issuers[SCHOOL]
    assert (issuer.name, issuer.location, issuer.url) == (
        "My School",
        "Ancaster, ON, Canada",
        "https://myschool.example",
    )
    assert issuer.keys == {}
    assert (found.signer, found.expires_at) == (None, None)
    assert found.described() == "the trust list Community of 2026-06-29T09:00:00Z"


UNREADABLE = {
    "no DID": {"https://myschool.example": {"name": "My School"}},
    "a key and not a DID": {f"{SCHOOL}#key-1": {"name": "My School"}},
    "no name": {"did:web:a.example": {"url": "https://a.example"}},
    "a name that is empty": {"did:web:a.example": {"name": "  "}},
    "a name a terminal would obey": {"did:web:a.example": {"name": "My School\x1b[2J"}},
    "a name without end": {"did:web:a.example": {"name": "a" * 501}},
    "a text": {"did:web:a.example": "My School"},
}


@pytest.mark.parametrize("entry", UNREADABLE.values(), ids=UNREADABLE)
def test_an_entry_that_cannot_be_read_is_left_out_and_named(entry):
    found = read_registry(a_registry(**entry), name="Community")

    assert list(found.issuers) == [SCHOOL]
    assert found.left_out == tuple(entry)


NO_REGISTRY = {
    "not JSON": (b"{", "unreadable"),
    "an array": (b"[]", "not-a-registry"),
    "nothing in it": (b"{}", "not-a-registry"),
    "a registry that is an array": (b'{"registry": []}', "not-a-registry"),
    "a DID twice": (b'{"registry": {"did:web:a.example": {}, "did:web:a.example": {}}}', "unreadable"),
    "a date without a zone": (b'{"meta": {"updated": "2026-06-30T09:00:00"}, "registry": {}}', "malformed"),
    "a date in words": (b'{"meta": {"created": "yesterday"}, "registry": {}}', "malformed"),
    "a date that is a number": (b'{"meta": {"created": 20260630}, "registry": {}}', "malformed"),
}


@pytest.mark.parametrize(("data", "reason"), NO_REGISTRY.values(), ids=NO_REGISTRY)
def test_what_is_no_registry_is_refused(data, reason):
    with pytest.raises(TrustListRefused) as refused:
        read_registry(data, name="Community")

    assert refused.value.reason == reason


def test_the_date_is_that_of_the_last_change_or_else_of_the_making():
    assert read_registry(a_registry(updated=None), name="x").made_at == datetime(
        2022, 10, 27, 17, 57, 31, tzinfo=UTC
    )
    assert read_registry(json.dumps({"registry": {}}).encode(), name="x").made_at is None
    old_style = b'{"meta": {"updated": "2021-12-15T18:41:36+0000"}, "registry": {}}'
    assert read_registry(old_style, name="x").made_at == datetime(2021, 12, 15, 18, 41, 36, tzinfo=UTC)
