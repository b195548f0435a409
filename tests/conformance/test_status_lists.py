"""Bitstring Status List 1.0: the entries that are given, the lists they point to, and each thing either MUST be."""

import gzip
import itertools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from domain.status_list import Purpose
from keys.multikey import from_multibase, to_multibase
from tests.conformance.world import (
    MISSING,
    NOW,
    V2,
    Document,
    Server,
    a_credential,
    changed,
    failed_step,
    problem_of,
    signed,
)
from wallet.formats.status_list import MINIMUM_ENTRIES, encode


@pytest.fixture
def credential(server: Server) -> Document:
    """A credential with a place in the lists of the open issuers; of an id of its own."""
    return server.issued(a_credential(id=f"urn:uuid:{next(_numbers)}"), "status")


_numbers = itertools.count()


def entry_of(credential: Document, purpose: str = "revocation") -> Document:
    return next(entry for entry in credential["credentialStatus"] if entry["statusPurpose"] == purpose)


def a_list(server: Server, purpose: str = "revocation") -> Document:
    """The list as it is published."""
    answer = server.door.get(f"/issuers/status/lists/{purpose}")
    assert answer.headers["content-type"] == "application/vc"
    document: Document = answer.json()
    return document


# --- entries: section 2.1 -------------------------------------------------------------------------------


def test_an_entry_says_what_the_specification_asks_for(credential: Document):
    for entry in credential["credentialStatus"]:
        assert entry["type"] == "BitstringStatusListEntry"
        assert isinstance(entry["statusPurpose"], str)
        assert str(int(entry["statusListIndex"])) == entry["statusListIndex"]
        assert 0 <= int(entry["statusListIndex"]) < MINIMUM_ENTRIES
        assert entry["statusListCredential"].startswith("http")


def test_every_credential_gets_a_place_of_its_own_that_tells_nothing(server: Server):
    places = [
        entry_of(server.issued(a_credential(id=f"urn:uuid:place-{number}"), "status"))["statusListIndex"]
        for number in range(20)
    ]

    assert len(set(places)) == 20
    assert places != sorted(places, key=int)


ENTRY = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "94567",
    "statusListCredential": "https://example.edu/lists/1",
}
ENTRIES: dict[str, dict[str, Any]] = {
    "no purpose": {"statusPurpose": MISSING},
    "a purpose that is a number": {"statusPurpose": 5},
    "no index": {"statusListIndex": MISSING},
    "an index that is a number": {"statusListIndex": 94567},
    "an index that is true": {"statusListIndex": True},
    "an index below zero": {"statusListIndex": "-1"},
    "an index with a point": {"statusListIndex": "1.5"},
    "an index in hexadecimal": {"statusListIndex": "0x10"},
    "an index in digits of another script": {"statusListIndex": "１"},
    "an index that is empty": {"statusListIndex": ""},
    "an index with a space": {"statusListIndex": " 1"},
    "no list": {"statusListCredential": MISSING},
    "a list that is no URL": {"statusListCredential": "lists/1"},
    "a list that is an object": {"statusListCredential": {"id": "https://example.edu/lists/1"}},
}


@pytest.mark.parametrize("changes", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_that_cannot_be_looked_up_is_not_signed(changes: dict[str, Any], server: Server):
    told = server.issue(a_credential(credentialStatus=changed(ENTRY, changes)))

    assert problem_of(told) == "MALFORMED_VALUE_ERROR"


@pytest.mark.parametrize("changes", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_that_cannot_be_looked_up_does_not_verify(changes: dict[str, Any], server: Server):
    by = server.issuers.by["eddsa-jcs-2022"]
    document = signed(
        a_credential(issuer=by.did, credentialStatus=changed(ENTRY, changes)),
        signer=by.signer,
        verification_method=by.method,
        suite="eddsa-jcs-2022",
    )

    assert problem_of(server.verify(document)) == "MALFORMED_VALUE_ERROR"


# --- what a bit does: section 3.2 -----------------------------------------------------------------------


@pytest.mark.parametrize("purpose", ["revocation", "suspension"])
def test_a_raised_bit_ends_a_credential_and_a_lowered_one_does_not(
    purpose: str, credential: Document, server: Server
):
    change = {"credentialId": credential["id"], "statusPurpose": purpose}
    assert server.verify(credential).status_code == 200

    assert server.door.post("/credentials/status", change).status_code == 200
    told = server.verify(credential)
    assert problem_of(told) == "STATUS_VERIFICATION_ERROR"
    assert failed_step(told) == "status"
    assert server.verify(credential, checks=["proof"]).status_code == 200

    assert server.door.post("/credentials/status", {**change, "status": False}).status_code == 200
    assert server.verify(credential).status_code == 200


def test_a_raised_bit_is_the_one_of_its_credential_counted_from_the_left(
    credential: Document, server: Server
):
    index = int(entry_of(credential)["statusListIndex"])
    server.door.post("/credentials/status", {"credentialId": credential["id"]})

    bits = gzip.decompress(from_multibase(a_list(server)["credentialSubject"]["encodedList"]))

    assert bits[index // 8] & (0x80 >> index % 8)


def test_the_status_of_a_credential_that_was_not_issued_here_is_not_changed(server: Server):
    assert server.door.post("/credentials/status", {"credentialId": "urn:uuid:none"}).status_code == 404


# --- lists: sections 2.2 and 3.3 ------------------------------------------------------------------------


def test_a_list_is_a_credential_that_says_what_the_specification_asks_for(server: Server):
    document = a_list(server)

    assert document["@context"][0] == V2
    assert "BitstringStatusListCredential" in document["type"]
    assert document["credentialSubject"]["type"] == "BitstringStatusList"
    assert document["credentialSubject"]["statusPurpose"] == "revocation"
    assert document["credentialSubject"]["encodedList"].startswith("u")
    assert server.verify(document).status_code == 200


def test_a_list_holds_enough_places_to_hide_in(server: Server):
    bits = gzip.decompress(from_multibase(a_list(server)["credentialSubject"]["encodedList"]))

    assert len(bits) * 8 >= 131_072


@contextmanager
def published(server: Server, change: Callable[[Document], Document | bytes]) -> Iterator[None]:
    """In place of both lists, what is made of them: signed by the issuer anew, unless it is bytes already."""
    by = server.issuers.by["status"]
    genuine = server.issuers.status_list_text

    def text(_issuers: Any, purpose: str, at: Any) -> bytes:
        document = json.loads(genuine(purpose, at))
        del document["proof"]
        made = change(document)
        if isinstance(made, bytes):
            return made
        return json.dumps(
            made
            if "proof" in made
            else signed(made, signer=by.signer, verification_method=by.method, suite="eddsa-jcs-2022")
        ).encode()

    with patch.object(type(server.issuers), "status_list_text", text):
        yield


def test_a_list_that_is_signed_anew_is_read(credential: Document, server: Server):
    with published(server, lambda document: document):
        assert server.verify(credential).status_code == 200


def a_bomb() -> str:
    """A megabyte a hundred times over, in a hundred kilobytes."""
    return to_multibase(gzip.compress(bytes(100 * 1024 * 1024), compresslevel=9), "u")


LISTS: dict[str, tuple[Callable[[Document], Document | bytes], str]] = {
    "that is not JSON": (lambda document: b"<html>", "STATUS_VERIFICATION_ERROR"),
    "that nobody signed": (
        lambda document: json.dumps(document).encode(),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of another issuer": (
        lambda document: changed(document, {"issuer": "did:example:another"}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "signed by another": (lambda document: signed(document), "STATUS_VERIFICATION_ERROR"),
    "signed by another in the issuer's name": (
        lambda document: {**signed(document), "issuer": document["issuer"]},
        "STATUS_VERIFICATION_ERROR",
    ),
    "that is another list": (
        lambda document: changed(document, {"id": "https://example.edu/lists/another"}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of another purpose": (
        lambda document: changed(document, {"credentialSubject__statusPurpose": "message"}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "that does not say its purpose": (
        lambda document: changed(document, {"credentialSubject__statusPurpose": MISSING}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of another type": (
        lambda document: changed(document, {"type": ["VerifiableCredential"]}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of no type": (lambda document: changed(document, {"type": MISSING}), "STATUS_VERIFICATION_ERROR"),
    "whose subject is of another type": (
        lambda document: changed(document, {"credentialSubject__type": "BitstringStatusListEntry"}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "without bits": (
        lambda document: changed(document, {"credentialSubject__encodedList": MISSING}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of bits that are no multibase": (
        lambda document: changed(document, {"credentialSubject__encodedList": "H4sIAAAA"}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of bits in padded base64url": (
        lambda document: changed(
            document, {"credentialSubject__encodedList": encode(()) + "=" * (-len(encode(())[1:]) % 4 or 4)}
        ),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of bits that are not packed": (
        lambda document: changed(
            document, {"credentialSubject__encodedList": to_multibase(bytes(16384), "u")}
        ),
        "STATUS_VERIFICATION_ERROR",
    ),
    "of too few bits": (
        lambda document: changed(
            document,
            {"credentialSubject__encodedList": to_multibase(gzip.compress(bytes(1000)), "u")},
        ),
        "STATUS_LIST_LENGTH_ERROR",
    ),
    "that is a gzip bomb": (
        lambda document: changed(document, {"credentialSubject__encodedList": a_bomb()}),
        "STATUS_VERIFICATION_ERROR",
    ),
    "with something behind its bits": (
        lambda document: changed(
            document,
            {"credentialSubject__encodedList": to_multibase(from_multibase(encode(())) + b"more", "u")},
        ),
        "STATUS_VERIFICATION_ERROR",
    ),
    "that has run out": (
        lambda document: changed(
            document,
            {
                "validFrom": (NOW - timedelta(days=2)).isoformat().replace("+00:00", "Z"),
                "validUntil": (NOW - timedelta(days=1)).isoformat().replace("+00:00", "Z"),
            },
        ),
        "STATUS_RETRIEVAL_ERROR",
    ),
    "that was changed after it was signed": (
        lambda document: {
            **signed(document),
            "credentialSubject": {**document["credentialSubject"], "encodedList": encode([1])},
        },
        "STATUS_VERIFICATION_ERROR",
    ),
}


@pytest.mark.parametrize(("change", "problem"), LISTS.values(), ids=LISTS)
def test_by_a_list_that_cannot_be_relied_on_nothing_could_be_checked(
    change: Callable[[Document], Document | bytes], problem: str, credential: Document, server: Server
):
    with published(server, change):
        told = server.verify(credential)

    assert problem_of(told, status=422) == problem
    assert told.json()["outcome"] == "could-not-check"


def test_a_place_beyond_the_end_of_the_list_is_an_error_of_range(server: Server):
    by = server.issuers.by["status"]
    entry = {
        **ENTRY,
        "statusListIndex": "900000",
        "statusListCredential": server.issuers.list_url(Purpose.REVOCATION),
    }
    document = signed(
        a_credential(issuer=by.did, credentialStatus=entry),
        signer=by.signer,
        verification_method=by.method,
    )

    assert problem_of(server.verify(document)) == "RANGE_ERROR"


def test_a_list_that_cannot_be_had_is_an_error_of_retrieval(server: Server):
    document = server.issued(a_credential(credentialStatus=ENTRY))

    assert problem_of(server.verify(document), status=422) == "STATUS_RETRIEVAL_ERROR"
