"""The type of proof that badges had before cryptosuites. Its vectors are in `test_proof_vectors`."""

import pytest

from keys.errors import (
    InvalidKey,
    InvalidSignature,
    MalformedProof,
    UndefinedTerm,
    UnsupportedSuite,
)
from keys.proofs import CheckedProof, add_proof, check_proofs
from tests.keys.builders import AT, JCS, RDFC, a_credential, a_signer, an_ecdsa_signer, key_of_did_key

TYPE = "Ed25519Signature2020"
CONTEXT = "https://w3id.org/security/suites/ed25519-2020/v1"
VC_2 = [*a_credential()["@context"], CONTEXT]
VC_1 = ["https://www.w3.org/2018/credentials/v1", CONTEXT]


def an_older_credential():
    return {
        "@context": VC_1,
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential"],
        "issuer": "did:web:aitu.example",
        "issuanceDate": "2022-06-30T00:00:00Z",
        "credentialSubject": {"id": "urn:uuid:ann"},
    }


def signed(document, *, suite=TYPE, signer=None, **more):
    signer = signer or a_signer()
    return add_proof(
        document,
        signer=signer,
        suite=suite,
        verification_method=signer.public.verification_method,
        created=AT,
        **more,
    )


def check(document):
    return check_proofs(document, key_of_did_key)


DOCUMENTS = {"data model 1.1": an_older_credential(), "data model 2.0": a_credential(**{"@context": VC_2})}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_what_is_signed_is_verified(document):
    proof = signed(document)["proof"]

    assert proof["type"] == TYPE
    assert "cryptosuite" not in proof
    assert check(signed(document)) == [CheckedProof(a_signer().public.verification_method, TYPE, AT)]


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_change_is_seen(document):
    document = signed(document)
    proof = document["proof"]
    for changed in (
        document | {"issuer": "did:web:other.example"},
        document | {"id": "urn:uuid:2"},
        document | {"proof": proof | {"created": "2026-06-30T09:00:01Z"}},
        document | {"proof": proof | {"verificationMethod": proof["verificationMethod"].split("#")[0]}},
        document
        | {
            "proof": proof
            | {"proofValue": signed(an_older_credential() | {"id": "urn:x:1"})["proof"]["proofValue"]}
        },
    ):
        with pytest.raises(InvalidSignature):
            check(changed)
    for changed in (
        document | {"proof": {name: value for name, value in proof.items() if name != "created"}},
        document | {"proof": proof | {"cryptosuite": RDFC}},
    ):
        with pytest.raises(MalformedProof):
            check(changed)


def test_without_its_context_the_type_means_nothing_and_is_refused():
    with pytest.raises(UndefinedTerm):
        signed(a_credential())


def test_it_is_no_cryptosuite():
    document = signed(a_credential(**{"@context": VC_2}))
    proof = document["proof"] | {"type": "DataIntegrityProof", "cryptosuite": TYPE}

    with pytest.raises(UnsupportedSuite):
        check(document | {"proof": proof})


def test_the_same_signature_under_another_name_does_not_hold():
    document = signed(a_credential(**{"@context": VC_2}))
    proof = document["proof"] | {"type": "DataIntegrityProof", "cryptosuite": RDFC}

    with pytest.raises(InvalidSignature):
        check(document | {"proof": proof})


def test_only_an_ed25519_key_signs():
    with pytest.raises(InvalidKey):
        signed(a_credential(**{"@context": VC_2}), signer=an_ecdsa_signer())


def test_it_stands_in_sets_with_newer_proofs_and_under_them_in_chains():
    document = signed(a_credential(**{"@context": VC_2}), proof_id="urn:uuid:first")
    for suite in (RDFC, JCS):
        both = signed(document, suite=suite, previous=["urn:uuid:first"])
        assert len(check(both)) == 2
        assert len(check(signed(document, suite=suite))) == 2

        later = both["proof"][0] | {"created": "2026-06-30T09:00:01Z"}
        with pytest.raises(InvalidSignature):
            check(both | {"proof": [later, both["proof"][1]]})
