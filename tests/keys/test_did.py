import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.did import (
    Did,
    DidUrl,
    PublishedKey,
    did_document,
    did_jwk,
    did_web,
    did_web_url,
    fetchable_did_web_url,
    parse_did,
    parse_did_url,
    published_key,
    self_contained_document,
    self_contained_key,
    verification_method_key,
)
from keys.errors import InvalidDid, InvalidKey, UnknownKey
from keys.jwk import public_jwk, secret_jwk
from keys.multikey import KeyKind, from_base58btc, to_multibase
from keys.signing import PublicKey
from tests.keys.builders import a_signer, a_signer_of, an_ecdsa_signer
from tests.shared import shared

AITU = "did:web:registry.example.edu:i:aitu"
KEY_1 = f"{AITU}#key-1"

# The first three are the examples of the did:web method specification, section 2.5.
ADDRESSES = {
    "a host": (
        ("w3c-ccg.github.io",),
        "did:web:w3c-ccg.github.io",
        "https://w3c-ccg.github.io/.well-known/did.json",
    ),
    "a path": (
        ("w3c-ccg.github.io", "user", "alice"),
        "did:web:w3c-ccg.github.io:user:alice",
        "https://w3c-ccg.github.io/user/alice/did.json",
    ),
    "a port": (
        ("example.com:3000", "user", "alice"),
        "did:web:example.com%3A3000:user:alice",
        "https://example.com:3000/user/alice/did.json",
    ),
    "an institution": (
        ("registry.example.edu", "i", "aitu"),
        AITU,
        "https://registry.example.edu/i/aitu/did.json",
    ),
}


@pytest.mark.parametrize(("parts", "did", "url"), ADDRESSES.values(), ids=ADDRESSES)
def test_a_web_address_has_a_did_and_the_did_an_address(parts, did, url):
    assert did_web(*parts) == did
    assert did_web_url(did) == url
    assert fetchable_did_web_url(did) == url


def test_our_own_address_may_be_local():
    did = did_web("localhost:8000", "i", "aitu")

    assert did == "did:web:localhost%3A8000:i:aitu"
    assert did_web_url(did) == "https://localhost:8000/i/aitu/did.json"
    with pytest.raises(InvalidDid):
        fetchable_did_web_url(did)


LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
SEGMENTS = st.from_regex(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,8}", fullmatch=True).filter(lambda s: "~" not in s)


@given(
    st.lists(LABELS, min_size=1, max_size=4),
    st.none() | st.integers(1, 65535),
    st.lists(SEGMENTS, max_size=3),
)
def test_every_did_web_leads_back_to_where_it_came_from(labels, port, segments):
    host = ".".join(labels) + ("" if port is None else f":{port}")
    url = did_web_url(did_web(host, *segments))

    assert url == f"https://{host}/{'/'.join(segments) or '.well-known'}/did.json"


NO_DID_WEB = {
    "nothing": "",
    "no host": "did:web:",
    "another method": "did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    "capitals in the host": "did:web:Example.edu",
    "a fragment": "did:web:example.edu#key-1",
    "a path": "did:web:example.edu/i/aitu",
    "a query": "did:web:example.edu?x",
    "a user": "did:web:user%40example.edu",
    "a port in lower-case escape": "did:web:example.edu%3a8000",
    "port 0": "did:web:example.edu%3A0",
    "port 65536": "did:web:example.edu%3A65536",
    "a port with a leading zero": "did:web:example.edu%3A080",
    "two ports": "did:web:example.edu%3A80%3A80",
    "no port after the colon": "did:web:example.edu%3A",
    "a slash hidden in the host": "did:web:example.edu%2F..",
    "a slash hidden in the path": "did:web:example.edu:i%2Faitu",
    "a way up": "did:web:example.edu:..:secret",
    "a dot": "did:web:example.edu:.",
    "an empty segment": "did:web:example.edu::aitu",
    "a colon at the end": "did:web:example.edu:",
    "a dot at the end of the host": "did:web:example.edu.",
    "two dots in the host": "did:web:example..edu",
    "a hyphen first": "did:web:-example.edu",
    "a label too long": f"did:web:{'a' * 64}.edu",
    "a host too long": f"did:web:{'.'.join(['a' * 60] * 5)}",
    "IPv6": "did:web:%5B%3A%3A1%5D",
    "a space": "did:web:example.edu ",
    "a line break": "did:web:example.edu\n",
    "letters beyond ASCII": "did:web:exämple.edu",
    "digits beyond ASCII": "did:web:example.edu%3A٨٠",
    "far too long": "did:web:example.edu:" + "a" * 5000,
}


@pytest.mark.parametrize("did", NO_DID_WEB.values(), ids=NO_DID_WEB)
def test_what_is_not_a_did_web_leads_nowhere(did):
    with pytest.raises(InvalidDid):
        did_web_url(did)


NOT_FETCHABLE = {
    "this machine": "did:web:localhost",
    "this machine, by a longer name": "did:web:a.localhost",
    "an IP address": "did:web:127.0.0.1",
    "an IP address with a port": "did:web:169.254.169.254%3A80",
    "an IP address as one number": "did:web:2130706433",
    "an IP address in hexadecimal": "did:web:0x7f000001",
    "an IP address in octal": "did:web:0177.0.0.1",
    "an IP address, partly": "did:web:127.1",
    "a host that ends in a number": "did:web:example.1",
    "a host that ends in a hexadecimal prefix": "did:web:example.0x",
    "a single label": "did:web:intranet",
    "the local network": "did:web:printer.local",
    "a home network": "did:web:router.home.arpa",
    "a company's network": "did:web:metadata.google.internal",
}


@pytest.mark.parametrize("did", NOT_FETCHABLE.values(), ids=NOT_FETCHABLE)
def test_a_stranger_s_did_does_not_lead_into_our_network(did):
    with pytest.raises(InvalidDid):
        fetchable_did_web_url(did)


BAD_PARTS = {
    "a scheme": ("https://example.edu",),
    "a path in the host": ("example.edu/i",),
    "capitals": ("Example.edu",),
    "an empty segment": ("example.edu", ""),
    "a way up": ("example.edu", ".."),
    "a colon in a segment": ("example.edu", "i:aitu"),
    "a percent sign": ("example.edu", "i%2F"),
}


@pytest.mark.parametrize("parts", BAD_PARTS.values(), ids=BAD_PARTS)
def test_a_did_is_not_made_of_what_is_not_an_address(parts):
    with pytest.raises(InvalidDid):
        did_web(*parts)


def test_a_did_is_taken_apart_and_put_together():
    assert parse_did(AITU) == Did("web", "registry.example.edu:i:aitu")
    assert str(parse_did(AITU)) == AITU


DID_URLS = {
    AITU: DidUrl(parse_did(AITU)),
    KEY_1: DidUrl(parse_did(AITU), fragment="key-1"),
    f"{AITU}#": DidUrl(parse_did(AITU), fragment=""),
    f"{AITU}/a/b?versionId=1#x/y?z": DidUrl(parse_did(AITU), "/a/b", "versionId=1", "x/y?z"),
    "did:example:a%20b": DidUrl(Did("example", "a%20b")),
    "did:example:::c": DidUrl(Did("example", "::c")),
}


@pytest.mark.parametrize("text", DID_URLS)
def test_a_did_url_is_taken_apart(text):
    assert parse_did_url(text) == DID_URLS[text]


NO_DID_URL = {
    "nothing": "",
    "a web address": "https://example.edu/#key-1",
    "a fragment alone": "#key-1",
    "no id": "did:web:",
    "no method": "did::example.edu",
    "a method in capitals": "did:WEB:example.edu",
    "two fragments": f"{KEY_1}#key-2",
    "half a percent escape": "did:example:a%2",
    "a space": f"{AITU} #key-1",
    "a line break at the end": f"{KEY_1}\n",
    "an id that ends in a colon": "did:example:a:",
}


@pytest.mark.parametrize("text", NO_DID_URL.values(), ids=NO_DID_URL)
def test_what_is_not_a_did_url_is_refused(text):
    with pytest.raises(InvalidDid):
        parse_did_url(text)
    with pytest.raises(InvalidDid):
        parse_did(text)


def a_document(**changes):
    return did_document(AITU, [PublishedKey(KEY_1, a_signer().public)]) | changes


def a_method(**changes):
    return a_document()["verificationMethod"][0] | changes


def test_a_document_lists_the_keys_for_assertions_and_authentication():
    assert a_document() == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": AITU,
        "verificationMethod": [
            {
                "id": KEY_1,
                "type": "Multikey",
                "controller": AITU,
                "publicKeyMultibase": a_signer().public.multikey,
            }
        ],
        "assertionMethod": [KEY_1],
        "authentication": [KEY_1],
    }


def test_an_owner_without_keys_has_a_document_without_methods():
    assert set(did_document(AITU, [])) == {"@context", "id"}


def test_a_key_is_found_in_the_document_that_lists_it():
    for relationship in ("assertionMethod", "authentication"):
        assert verification_method_key(a_document(), KEY_1, relationship) == a_signer().public


def test_a_revoked_key_stays_listed_with_the_time():
    revoked = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
    keys = [
        PublishedKey(KEY_1, a_signer("old").public, revoked=revoked),
        PublishedKey(f"{AITU}#key-2", a_signer().public),
    ]

    document = did_document(AITU, keys)

    assert document["verificationMethod"][0]["revoked"] == "2026-06-30T09:00:00Z"
    assert published_key(document, KEY_1) == keys[0]
    assert published_key(document, f"{AITU}#key-2") == keys[1]


def test_a_document_may_name_its_own_methods_in_short():
    document = a_document(verificationMethod=[a_method(id="#key-1")], assertionMethod=["#key-1"])

    assert verification_method_key(document, KEY_1) == a_signer().public


def test_a_method_may_be_written_out_in_its_relationship():
    document = {"id": AITU, "assertionMethod": [a_method()]}

    assert verification_method_key(document, KEY_1) == a_signer().public


def test_the_older_name_for_the_same_kind_of_method_is_understood():
    document = a_document(verificationMethod=[a_method(type="Ed25519VerificationKey2020")])

    assert verification_method_key(document, KEY_1) == a_signer().public


NOT_LISTED = {
    "another document": (a_document(id="did:web:thief.example"), KEY_1),
    "a document without an id": ({"assertionMethod": [a_method()]}, KEY_1),
    "another key": (a_document(), f"{AITU}#key-2"),
    "no fragment": (a_document(), AITU),
    "an empty fragment": (a_document(), f"{AITU}#"),
    "a fragment alone": (a_document(id=""), "#key-1"),
    "not for assertions": (a_document(assertionMethod=[]), KEY_1),
    "no relationship at all": (a_document(assertionMethod=None), KEY_1),
    "a relationship that is a number": (a_document(assertionMethod=7), KEY_1),
    "no methods": (a_document(verificationMethod=[]), KEY_1),
    "methods that are text": (a_document(verificationMethod="key"), KEY_1),
    "listed twice": (a_document(verificationMethod=[a_method(), a_method()]), KEY_1),
    "listed and written out": (a_document(assertionMethod=[a_method()]), KEY_1),
    "listed in full and in short": (
        a_document(verificationMethod=[a_method(), a_method(id="#key-1")]),
        KEY_1,
    ),
    "under another controller": (
        a_document(verificationMethod=[a_method(controller="did:web:thief.example")]),
        KEY_1,
    ),
    "under no controller": (a_document(verificationMethod=[{**a_method(), "controller": None}]), KEY_1),
    "the victim's issuer with a key of the thief's own": (
        a_document(),
        f"{AITU}#{a_signer('thief').public.multikey}",
    ),
}


@pytest.mark.parametrize(("document", "method"), NOT_LISTED.values(), ids=NOT_LISTED)
def test_a_key_the_document_does_not_list_for_this_is_unknown(document, method):
    with pytest.raises(UnknownKey):
        verification_method_key(document, method)


A_JWK = public_jwk(an_ecdsa_signer().public)


@pytest.mark.parametrize("kind", ["JsonWebKey", "JsonWebKey2020"])
def test_a_key_may_be_listed_as_a_json_web_key(kind):
    method = a_method(type=kind, publicKeyJwk=A_JWK)
    del method["publicKeyMultibase"]

    listed = verification_method_key(a_document(verificationMethod=[method]), KEY_1)

    assert listed == an_ecdsa_signer().public


NO_KEYS = {
    "another type": {"type": "JsonWebKey"},
    "a JSON Web Key of no type for it": {"publicKeyMultibase": None, "publicKeyJwk": A_JWK},
    "a JSON Web Key that is text": {"type": "JsonWebKey", "publicKeyMultibase": None, "publicKeyJwk": "{}"},
    "two keys in one": {"publicKeyJwk": A_JWK},
    "two keys in one of the other type": {"type": "JsonWebKey", "publicKeyJwk": A_JWK},
    "a private key in the place of a public one": {
        "type": "JsonWebKey",
        "publicKeyMultibase": None,
        "publicKeyJwk": secret_jwk(an_ecdsa_signer()),
    },
    "the private key beside the public one": {"secretKeyMultibase": "z3u2"},
    "a list of types": {"type": ["Multikey"]},
    "no key": {"publicKeyMultibase": None},
    "a number": {"publicKeyMultibase": 7},
    "not a key": {"publicKeyMultibase": "z6Mk"},
    "a key that proves nothing": {"publicKeyMultibase": to_multibase(b"\xed\x01\x01" + bytes(31))},
    "revoked at no time": {"revoked": "soon"},
    "revoked without a time zone": {"revoked": "2026-06-30T09:00:00"},
    "expires on 30 February": {"expires": "2026-02-30T09:00:00Z"},
    "expires in a list": {"expires": ["2026-06-30T09:00:00Z"]},
}


@pytest.mark.parametrize("changes", NO_KEYS.values(), ids=NO_KEYS)
def test_a_method_that_is_not_a_usable_key_is_refused(changes):
    with pytest.raises(InvalidKey):
        verification_method_key(a_document(verificationMethod=[a_method(**changes)]), KEY_1)


def test_a_document_does_not_list_another_s_key_or_one_id_twice():
    key = a_signer().public
    for keys in (
        [PublishedKey("did:web:example.edu#key-1", key)],
        [PublishedKey(AITU, key)],
        [PublishedKey(f"{AITU}#", key)],
        [PublishedKey(KEY_1, key), PublishedKey(KEY_1, a_signer("other").public)],
    ):
        with pytest.raises(InvalidDid):
            did_document(AITU, keys)


# --- DIDs that are keys


every_kind = pytest.mark.parametrize("kind", KeyKind, ids=str)
ALL = ("assertionMethod", "authentication", "capabilityInvocation", "capabilityDelegation")

# The first example of the did:jwk method specification.
EXAMPLE_DID = (
    "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyV"
    "jAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
)
EXAMPLE_JWK = {
    "crv": "P-256",
    "kty": "EC",
    "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",
    "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE",
}


def test_every_nist_curve_vector_of_did_key_lists_the_key_it_says():
    """w3c-ccg/did-key-spec. They list the keys as JSON Web Keys, and one in base58; the keys are the same."""
    vectors = json.loads(shared("vectors/did-key/test-vectors/nist-curves.json").read_text())
    for did, vector in vectors.items():
        document = vector["didDocument"]
        [method] = document["verificationMethod"]
        key = self_contained_key(method["id"])

        ours = self_contained_document(did)

        assert [listed["id"] for listed in ours["verificationMethod"]] == [method["id"]]
        assert all(ours[name] == document[name] for name in ALL)
        assert verification_method_key(ours, method["id"]) == key
        if "publicKeyJwk" in method:
            assert verification_method_key(document, method["id"]) == key
        else:
            assert from_base58btc(method["publicKeyBase58"]) == key.raw
    assert len(vectors) == 7


def test_the_example_of_did_jwk_is_the_specification_s():
    key = PublicKey.from_did_key(self_contained_key(f"{EXAMPLE_DID}#0").did)

    assert did_jwk(key) == EXAMPLE_DID
    assert public_jwk(key) == EXAMPLE_JWK
    assert self_contained_document(EXAMPLE_DID) == {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": EXAMPLE_DID,
        "verificationMethod": [
            {
                "id": f"{EXAMPLE_DID}#0",
                "type": "JsonWebKey2020",
                "controller": EXAMPLE_DID,
                "publicKeyJwk": EXAMPLE_JWK,
            }
        ],
        **{name: [f"{EXAMPLE_DID}#0"] for name in (*ALL, "keyAgreement")},
    }


def a_did_jwk(text):
    return "did:jwk:" + to_multibase(text.encode() if isinstance(text, str) else text, "u")[1:]


@every_kind
def test_a_key_is_its_own_did_in_two_ways(kind):
    key = a_signer_of(kind).public
    for did, method in ((key.did, key.verification_method), (did_jwk(key), f"{did_jwk(key)}#0")):
        document = self_contained_document(did)

        assert self_contained_key(method) == key
        for relationship in ALL:
            assert verification_method_key(document, method, relationship) == key


def test_a_key_for_signing_only_is_not_listed_for_agreement():
    did = a_did_jwk(json.dumps(EXAMPLE_JWK | {"use": "sig"}))

    assert "keyAgreement" not in self_contained_document(did)
    assert self_contained_key(f"{did}#0") == self_contained_key(f"{EXAMPLE_DID}#0")


NO_KEY_IN_IT = {
    "not base64url": "did:jwk:e.J",
    "a length that no bytes have": "did:jwk:eyJ9a",
    "not JSON": a_did_jwk("{"),
    "not UTF-8": a_did_jwk(b"{\xff}"),
    "a list": a_did_jwk(json.dumps([EXAMPLE_JWK])),
    "a member given twice": a_did_jwk(json.dumps(EXAMPLE_JWK)[:-1] + ', "crv": "P-256"}'),
    "a private key": a_did_jwk(json.dumps(secret_jwk(an_ecdsa_signer()))),
    "a secret": a_did_jwk('{"kty": "oct", "k": "AAAA"}'),
    "a key for encryption": a_did_jwk(json.dumps(EXAMPLE_JWK | {"use": "enc"})),
    "a point that is none": a_did_jwk(json.dumps(EXAMPLE_JWK | {"y": EXAMPLE_JWK["x"]})),
    "a did:key that is none": "did:key:zDna",
}


@pytest.mark.parametrize("did", NO_KEY_IN_IT.values(), ids=NO_KEY_IN_IT)
def test_a_did_that_holds_no_key_is_refused(did):
    with pytest.raises(InvalidKey):
        self_contained_document(did)
    with pytest.raises(InvalidKey):
        self_contained_key(f"{did}#0")


def test_another_method_of_a_key_s_did_is_not_its_key():
    for method in (EXAMPLE_DID, f"{EXAMPLE_DID}#", f"{EXAMPLE_DID}#1", f"{EXAMPLE_DID}#0#0"):
        with pytest.raises(InvalidKey):
            self_contained_key(method)


@pytest.mark.parametrize("did", [AITU, "did:example:1", "example", "", "DID:JWK:eyJ9"])
def test_a_did_that_is_no_key_holds_no_document(did):
    with pytest.raises(InvalidDid):
        self_contained_document(did)
    with pytest.raises(InvalidDid):
        self_contained_key(f"{did}#0")
