"""VC Data Integrity 1.0 and its cryptosuites: how a proof is made, and each thing that one MUST NOT be."""

import base64
from typing import Any

import cbor2
import pytest

from keys.multikey import from_multibase, to_multibase
from tests.conformance.world import (
    NOW,
    Document,
    Server,
    a_credential,
    an_old_credential,
    changed,
    failed_step,
    problem_of,
    signed,
    stranger,
)
from wallet.securing import PROFILES

EMBEDDED = [name for name, profile in PROFILES.items() if profile.suite is not None]
WHOLE = [name for name in EMBEDDED if name != "ecdsa-sd-2023"]


def only(document: Document) -> Document:
    """The one proof of a document."""
    proof: Document = document["proof"]
    return proof


@pytest.mark.parametrize("profile", EMBEDDED)
def test_a_proof_says_what_it_is_and_whose(profile: str, server: Server):
    proof = only(server.issued(a_credential(), profile))

    assert proof["type"] == "DataIntegrityProof"
    assert proof["cryptosuite"] == PROFILES[profile].suite
    assert proof["proofPurpose"] == "assertionMethod"
    assert proof["verificationMethod"] == server.issuers.by[profile].method
    assert proof["created"].endswith("Z")
    assert proof["proofValue"].startswith("u" if profile == "ecdsa-sd-2023" else "z")


LENGTHS = {
    "eddsa-rdfc-2022": 64,
    "eddsa-jcs-2022": 64,
    "ecdsa-rdfc-2019-P-256": 64,
    "ecdsa-jcs-2019-P-384": 96,
}


@pytest.mark.parametrize(("profile", "length"), LENGTHS.items(), ids=LENGTHS)
def test_a_signature_has_the_length_of_its_curve(profile: str, length: int, server: Server):
    assert len(from_multibase(only(server.issued(a_credential(), profile))["proofValue"])) == length


@pytest.mark.parametrize("profile", [name for name in EMBEDDED if "jcs" in name])
def test_a_proof_over_json_carries_the_contexts_it_was_made_under(profile: str, server: Server):
    signed = server.issued(a_credential(), profile)

    assert only(signed)["@context"] == signed["@context"]


@pytest.mark.parametrize("version", [a_credential, an_old_credential], ids=["2.0", "1.1"])
@pytest.mark.parametrize("profile", WHOLE)
def test_what_is_signed_here_verifies_here(profile: str, version: Any, server: Server):
    assert server.verify(server.issued(version(), profile)).status_code == 200


PROOFS: dict[str, dict[str, Any]] = {
    "2.1 no type": {"type": None},
    "2.1 a type that is a number": {"type": 5},
    "2.1 another type": {"type": "AnotherProof"},
    "2.1 no cryptosuite": {"cryptosuite": None},
    "2.1 a cryptosuite that is a number": {"cryptosuite": 5},
    "2.1 another cryptosuite": {"cryptosuite": "eddsa-jcs-2022"},
    "2.1 a cryptosuite of another kind of key": {"cryptosuite": "ecdsa-rdfc-2019"},
    "2.1 no purpose": {"proofPurpose": None},
    "2.1 another purpose": {"proofPurpose": "authentication"},
    "2.1 a purpose that nobody has": {"proofPurpose": "decoration"},
    "2.1 no verification method": {"verificationMethod": None},
    "2.1 a verification method that is no URL": {"verificationMethod": "key-1"},
    "2.1 a verification method that is a number": {"verificationMethod": 5},
    "2.1 a verification method that is no key": {"verificationMethod": "did:key:z6Mknonsense#z6Mknonsense"},
    "2.1 no value": {"proofValue": None},
    "2.1 an empty value": {"proofValue": ""},
    "2.1 a value that is a number": {"proofValue": 5},
    "2.1 a value in another base": {"proofValue": "uAAAA"},
    "2.1 a value of no base": {"proofValue": "AAAA"},
    "2.1 a value with a letter base 58 has not": {"proofValue": "z0OIl"},
    "2.1 a value that is too short": {"proofValue": "z3yTHyT"},
    "2.1 a date without a zone": {"created": "2024-01-01T00:00:00"},
    "2.1 a date that is a number": {"created": 5},
    "2.1 another date": {"created": "2023-01-01T00:00:00Z"},
    "2.1 an end without a zone": {"expires": "2099-01-01"},
    "2.1 an end put in later": {"expires": "2099-01-01T00:00:00Z"},
    "2.1 an id that is no URL": {"id": "proof 1"},
    "2.1 a nonce put in later": {"nonce": "u123"},
    "2.1 a domain put in later": {"domain": "admissions.example"},
    "2.1 a challenge put in later": {"challenge": "u123"},
    "2.1 a member that nothing defines": {"undefinedMember": "x"},
    "4.5 an earlier proof that is not there": {"previousProof": "urn:uuid:none"},
    "4.5 no earlier proof in the list": {"previousProof": []},
    "4.5 an earlier proof that is a number": {"previousProof": 5},
    "a context of its own": {
        "@context": ["https://www.w3.org/ns/credentials/v2", {"a": "https://a.example"}]
    },
}


@pytest.mark.parametrize("changes", PROOFS.values(), ids=PROOFS)
def test_a_proof_with_anything_wrong_does_not_verify(changes: dict[str, Any], server: Server):
    document = server.issued(a_credential())
    proof = {**only(document), **changes}
    document["proof"] = {name: value for name, value in proof.items() if value is not None}

    told = server.verify(document, checks=["proof"])

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"


UNKNOWN_KINDS = {
    "a cryptosuite we do not have": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2099"},
    "a type we do not have": {"type": "RsaSignature2018"},
}


@pytest.mark.parametrize("kind", UNKNOWN_KINDS.values(), ids=UNKNOWN_KINDS)
def test_a_proof_of_a_kind_we_do_not_have_could_not_be_checked(kind: dict[str, str], server: Server):
    document = server.issued(a_credential())
    rest = {name: value for name, value in only(document).items() if name not in {"type", "cryptosuite"}}

    assert problem_of(server.verify({**document, "proof": {**kind, **rest}}, checks=["proof"]), status=422)


def test_a_purpose_another_than_asked_for_is_told_as_such(server: Server):
    document = signed(a_credential(), purpose="authentication")

    told = server.verify(document, checks=["proof"])

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert "authentication" in told.json()["detail"]


TAMPERED: dict[str, dict[str, Any]] = {
    "another name": {"credentialSubject__name": "Mallory"},
    "another subject": {"credentialSubject__id": "did:example:mallory"},
    "another id": {"id": "urn:uuid:0"},
    "an earlier beginning": {"validFrom": "2020-01-01T00:00:00Z"},
    "an end": {"validUntil": "2099-01-01T00:00:00Z"},
    "a name": {"name": "Another"},
}


@pytest.mark.parametrize("changes", TAMPERED.values(), ids=TAMPERED)
@pytest.mark.parametrize("profile", WHOLE)
def test_whatever_is_changed_breaks_the_proof(profile: str, changes: dict[str, Any], server: Server):
    told = server.verify(changed(server.issued(a_credential(), profile), changes), checks=["proof"])

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert failed_step(told) == "proof"


# --- sets and chains ------------------------------------------------------------------------------------

FIRST, SECOND = (
    "urn:uuid:00000000-0000-4000-8000-000000000001",
    "urn:uuid:00000000-0000-4000-8000-000000000002",
)


def a_chain(**more: Any) -> Document:
    """Two proofs, of which the second builds on the first."""
    return signed(signed(a_credential(), proof_id=FIRST), proof_id=SECOND, previous=[FIRST], **more)


def a_set() -> Document:
    """Two proofs that do not know of each other."""
    return signed(signed(a_credential(), proof_id=FIRST), proof_id=SECOND)


def proof_only(server: Server, document: Document) -> int:
    return server.verify(document, checks=["proof"]).status_code


def test_a_set_and_a_chain_verify(server: Server):
    assert proof_only(server, a_set()) == 200
    assert proof_only(server, a_chain()) == 200
    assert proof_only(server, a_chain(suite="eddsa-jcs-2022")) == 200


def test_a_proof_in_a_list_of_one_verifies(server: Server):
    document = signed(a_credential())

    assert proof_only(server, {**document, "proof": [document["proof"]]}) == 200


def test_an_issuer_signs_beside_the_proofs_that_are_there(server: Server):
    twice = server.issued(signed(a_credential(issuer=server.issuers.by["eddsa-rdfc-2022"].did)))

    assert len(twice["proof"]) == 2
    assert server.verify(twice).status_code == 200


def test_a_chain_may_name_its_earlier_proof_in_a_list(server: Server):
    three = signed(a_set(), previous=[FIRST, SECOND])

    assert three["proof"][2]["previousProof"] == [FIRST, SECOND]
    assert proof_only(server, three) == 200


CHAINS = {
    "the earlier proof taken away": lambda first, second: [second],
    "the earlier proof under another id": lambda first, second: [{**first, "id": "urn:uuid:3"}, second],
    "the earlier proof with another value": lambda first, second: [
        {**first, "proofValue": second["proofValue"]},
        second,
    ],
    "the earlier proof twice": lambda first, second: [first, first, second],
    "the later proof without its link": lambda first, second: [
        first,
        {name: value for name, value in second.items() if name != "previousProof"},
    ],
    "the later proof linked to itself": lambda first, second: [first, {**second, "previousProof": SECOND}],
    "both linked to each other": lambda first, second: [{**first, "previousProof": SECOND}, second],
    "the earlier proof's ids exchanged": lambda first, second: [
        {**first, "id": SECOND},
        {**second, "id": FIRST},
    ],
}


@pytest.mark.parametrize("broken", CHAINS.values(), ids=CHAINS)
def test_a_broken_chain_does_not_verify(broken: Any, server: Server):
    chain = a_chain()

    told = server.verify({**chain, "proof": broken(*chain["proof"])}, checks=["proof"])

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_one_bad_proof_of_a_set_spoils_it(server: Server):
    both = a_set()
    both["proof"][1]["proofValue"] = both["proof"][0]["proofValue"]

    assert proof_only(server, both) == 400


NO_PROOFS = {
    "none": None,
    "an empty list": [],
    "a text": "z123",
    "a list of texts": ["z123"],
    "an empty object": {},
}


@pytest.mark.parametrize("proof", NO_PROOFS.values(), ids=NO_PROOFS)
def test_a_credential_without_a_proof_does_not_verify(proof: Any, server: Server):
    document = a_credential() if proof is None else {**a_credential(), "proof": proof}

    assert proof_only(server, document) in (400, 422)
    assert proof_only(server, document) == 400 or proof == {}


# --- the issuer's key -----------------------------------------------------------------------------------


def test_a_key_of_another_than_the_issuer_does_not_verify(server: Server):
    issuer = server.issuers.by["eddsa-rdfc-2022"].did

    told = server.verify(signed(a_credential(issuer=issuer)))

    assert failed_step(told) == "key-belongs-to-issuer"
    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_whoever_asks_for_the_proof_alone_does_not_ask_whose_it_is(server: Server):
    issuer = server.issuers.by["eddsa-rdfc-2022"].did

    assert server.verify(signed(a_credential(issuer=issuer)), checks=["proof"]).status_code == 200


def test_an_issuer_that_nobody_knows_could_not_be_checked(server: Server):
    told = server.verify(signed(a_credential(issuer=stranger.public.did)))

    assert told.status_code == 422
    assert told.json()["outcome"] == "could-not-check"


# --- ecdsa-sd-2023 --------------------------------------------------------------------------------------


def base(server: Server, **options: Any) -> Document:
    return server.issued(
        a_credential(
            name="A name", credentialSubject={"id": "did:example:a", "name": "Alice", "description": "She."}
        ),
        "ecdsa-sd-2023",
        **options,
    )


def test_what_was_chosen_is_shown_and_the_rest_is_not(server: Server):
    derived = server.derive(base(server), "/credentialSubject/name").json()["verifiableCredential"]

    assert derived["credentialSubject"] == {"id": "did:example:a", "name": "Alice"}
    assert "name" not in derived
    assert server.verify(derived).status_code == 200


def test_what_the_issuer_made_mandatory_is_always_shown(server: Server):
    derived = server.derive(base(server, mandatoryPointers=["/issuer", "/name"]), "/credentialSubject").json()

    assert derived["verifiableCredential"]["name"] == "A name"


def test_who_issued_it_and_until_when_are_shown_where_the_issuer_chose_nothing(server: Server):
    derived = server.derive(base(server), "/credentialSubject").json()["verifiableCredential"]

    assert {"issuer", "validFrom"} <= derived.keys()


def test_a_mandatory_pointer_that_leads_nowhere_is_refused(server: Server):
    told = server.issue(a_credential(), "ecdsa-sd-2023", mandatoryPointers=["/non/existent/path"])

    assert problem_of(told) == "MALFORMED_VALUE_ERROR"


POINTERS = {
    "that leads nowhere": "/credentialSubject/credits",
    "without its slash": "issuer",
    "past the end of a list": "/type/7",
    "with a broken escape": "/credentialSubject/~2",
}


@pytest.mark.parametrize("pointer", POINTERS.values(), ids=POINTERS)
def test_a_pointer_is_refused(pointer: str, server: Server):
    assert problem_of(server.derive(base(server), pointer)) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_a_base_proof_is_for_its_holder_and_does_not_verify(server: Server):
    assert problem_of(server.verify(base(server))) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_only_a_base_proof_can_be_derived_from(server: Server):
    assert server.derive(server.issued(a_credential()), "/issuer").status_code == 400
    derived = server.derive(base(server), "/credentialSubject").json()["verifiableCredential"]
    assert server.derive(derived, "/credentialSubject").status_code == 400


def test_a_tampered_base_is_not_derived_from(server: Server):
    tampered = changed(base(server), {"credentialSubject__name": "Mallory"})

    assert server.derive(tampered, "/credentialSubject").status_code == 400


def _parts(value: str) -> tuple[bytes, list[Any]]:
    data = from_multibase(value)
    return data[:3], cbor2.loads(data[3:])


DERIVED: dict[str, Any] = {
    "the header of a base proof": lambda header, parts: (b"\xd9\x5d\x00", parts),
    "a header of its own": lambda header, parts: (b"\xd9\x5d\x07", parts),
    "a part missing": lambda header, parts: (header, parts[:4]),
    "a part too many": lambda header, parts: (header, [*parts, 0]),
    "a short signature": lambda header, parts: (header, [parts[0][:63], *parts[1:]]),
    "another signature": lambda header, parts: (header, [bytes(64), *parts[1:]]),
    "a short key": lambda header, parts: (header, [parts[0], parts[1][:34], *parts[2:]]),
    "a signature missing": lambda header, parts: (header, [*parts[:2], parts[2][:-1], *parts[3:]]),
    "a signature too many": lambda header, parts: (
        header,
        [*parts[:2], [*parts[2], parts[2][0]], *parts[3:]],
    ),
    "another label": lambda header, parts: (header, [*parts[:3], {0: bytes(32)}, *parts[4:]]),
    "nothing mandatory": lambda header, parts: (header, [*parts[:4], []]),
    "everything mandatory": lambda header, parts: (header, [*parts[:4], list(range(50))]),
    "a mandatory place that is text": lambda header, parts: (header, [*parts[:4], ["0"]]),
}


@pytest.mark.parametrize("broken", DERIVED.values(), ids=DERIVED)
def test_a_derived_proof_with_anything_wrong_does_not_verify(broken: Any, server: Server):
    derived = server.derive(base(server), "/credentialSubject").json()["verifiableCredential"]
    header, parts = broken(*_parts(derived["proof"]["proofValue"]))
    derived["proof"]["proofValue"] = to_multibase(header + cbor2.dumps(parts), "u")

    assert problem_of(server.verify(derived, checks=["proof"])) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_a_member_put_into_a_derived_credential_is_noticed(server: Server):
    derived = server.derive(base(server), "/credentialSubject/name").json()["verifiableCredential"]

    assert problem_of(server.verify({**derived, "name": "A name"}, checks=["proof"]))


# --- messages -------------------------------------------------------------------------------------------


def test_a_credential_in_a_message_says_what_it_is(server: Server):
    carried = server.issued(a_credential(), "enveloped")

    assert carried["type"] == "EnvelopedVerifiableCredential"
    assert carried["id"].startswith("data:application/vc+jwt,")
    assert carried.keys() == {"@context", "type", "id"}


def test_a_tampered_message_does_not_verify(server: Server):
    carried = server.issued(a_credential(), "enveloped")
    header, payload, signature = carried["id"].split(".")
    text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).replace(b"Alice", b"Mallo")
    tampered = base64.urlsafe_b64encode(text).rstrip(b"=").decode()
    carried["id"] = f"{header}.{tampered}.{signature}"

    assert problem_of(server.verify(carried)) == "CRYPTOGRAPHIC_SECURITY_ERROR"


ENVELOPES: dict[str, dict[str, Any]] = {
    "an id that is no data: URL": {"id": "https://example.edu/credentials/1"},
    "an id of another media type": {"id": "data:text/plain,hello"},
    "an id that holds nothing": {"id": "data:application/vc+jwt,"},
    "a type for a presentation": {"type": "EnvelopedVerifiablePresentation"},
    "something beside the message": {"name": "A name"},
    "another context": {"@context": "https://www.w3.org/2018/credentials/v1"},
}


@pytest.mark.parametrize("changes", ENVELOPES.values(), ids=ENVELOPES)
def test_an_envelope_with_anything_wrong_does_not_verify(changes: dict[str, Any], server: Server):
    carried = {**server.issued(a_credential(), "enveloped"), **changes}

    assert problem_of(server.verify(carried, checks=["proof"]))


def test_times_of_a_proof_are_in_the_past(server: Server):
    future = signed(a_credential(issuer=stranger.public.did), created=NOW.replace(year=NOW.year + 1))

    assert problem_of(server.verify(future)) == "RANGE_ERROR"
