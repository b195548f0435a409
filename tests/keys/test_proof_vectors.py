"""The W3C's own vectors for the two suites, and for sets and chains of proofs.

From w3c/vc-di-eddsa, `TestVectors`; a second implementation (PyLD, pyoxigraph and `cryptography`) verifies
the same proofs. Accepting a wrong one would be accepting a signature nobody made; making a wrong one would
be issuing what no one else can verify.
"""

import json
from datetime import datetime
from hashlib import sha256

import pytest

from keys import suites
from keys.canonical import canonicalize
from keys.linked_data import canonical_nquads
from keys.multikey import from_base58btc, from_multibase
from keys.proofs import add_proof, check_proof, check_proofs, proofs_of
from keys.signing import Ed25519Signer
from tests.keys.builders import JCS, RDFC, VECTOR_CONTEXTS, key_of_did_key
from tests.shared import shared

PRIVATE_KEY = b"\x80\x26"  # multicodec ed25519-priv, as a varint

# folder, its files' suffix, the suite, the document signed
PIPELINES = {
    "eddsa-rdfc-2022": ("eddsa-rdfc-2022", "DataInt", RDFC, "unsigned.json"),
    "eddsa-rdfc-2022, employment authorization": (
        "eddsa-rdfc-2022/employ",
        "DataInt",
        RDFC,
        "employmentAuth.json",
    ),
    "eddsa-jcs-2022": ("eddsa-jcs-2022", "JCS", JCS, "unsigned.json"),
}
CHAIN_STEPS = {
    # the proof made, the document it signs, the key of the pair
    "first of the set": ("proofSetConfig1", "proofSetConfigSigned1", "unsigned", "keyPair1"),
    "second of the set": ("proofSetConfig2", "proofSetConfigSigned2", "unsigned", "keyPair2"),
    "over both": ("proofChainConfig1", "proofChainConfigSigned1", "proofChainTempDoc1", "keyPair3"),
    "over the one before": ("proofChainConfig2", "proofChainConfigSigned2", "proofChainTempDoc2", "keyPair4"),
}
SIGNED_SETS_AND_CHAINS = {
    "signedProofSet1": 1,
    "signedProofSet2": 2,
    "signedProofChain1": 3,
    "signedProofChain2": 4,
}


def text(name):
    return shared(f"vectors/vc-di-eddsa/TestVectors/{name}").read_text()


def document(name):
    return json.loads(text(name))


def signer_of(pair):
    secret = from_multibase(pair["privateKeyMultibase"])
    assert secret.startswith(PRIVATE_KEY)
    signer = Ed25519Signer.from_seed(secret[len(PRIVATE_KEY) :])
    assert signer.public.multikey == pair["publicKeyMultibase"]
    return signer


@pytest.mark.parametrize(("folder", "suffix", "suite", "unsigned"), PIPELINES.values(), ids=PIPELINES)
def test_every_step_of_the_w3c_pipelines_is_the_same(folder, suffix, suite, unsigned):
    def file(kind):
        return text(f"{folder}/{kind}{suffix}.txt").strip()

    subject = document(unsigned)
    options = document(f"{folder}/proofConfig{suffix}.json")
    canonical = (
        canonicalize if suite == JCS else lambda value: canonical_nquads(value, contexts=VECTOR_CONTEXTS)
    )
    signer = signer_of(document("keyPair.json"))

    assert canonical(subject).decode().strip() == file("canonDoc")
    assert canonical(options).decode().strip() == file("proofCanon")
    assert sha256(canonical(subject)).hexdigest() == file("docHash")
    assert sha256(canonical(options)).hexdigest() == file("proofHash")
    hash_data = suites.by_name(suite).hash_data(subject, options, VECTOR_CONTEXTS)
    assert hash_data.hex() == file("combinedHash")
    assert signer.sign(hash_data).hex() == file("sigHex")
    assert from_multibase(file("sigBTC58")).hex() == file("sigHex")
    assert from_base58btc(file("sigBTC58")[1:]).hex() == file("sigHex")


@pytest.mark.parametrize(("folder", "suffix", "suite", "unsigned"), PIPELINES.values(), ids=PIPELINES)
def test_our_signed_documents_are_the_w3c_s(folder, suffix, suite, unsigned):
    expected = document(f"{folder}/signed{suffix}.json")
    signer = signer_of(document("keyPair.json"))

    signed = add_proof(
        document(unsigned),
        signer=signer,
        suite=suite,
        verification_method=expected["proof"]["verificationMethod"],
        created=datetime.fromisoformat(expected["proof"]["created"]),
        contexts=VECTOR_CONTEXTS,
    )

    assert signed == expected
    [checked] = check_proofs(expected, key_of_did_key, contexts=VECTOR_CONTEXTS)
    assert checked.suite == suite
    assert checked.verification_method == signer.public.verification_method
    assert checked.created == datetime.fromisoformat("2023-02-24T23:36:38+00:00")


@pytest.mark.parametrize(("config", "signed", "base", "pair"), CHAIN_STEPS.values(), ids=CHAIN_STEPS)
def test_every_proof_of_the_w3c_s_set_and_chain_is_made_the_same(config, signed, base, pair):
    options = document(f"proof-set-chain/{config}.json")
    signer = signer_of(document("proof-set-chain/multiKeyPairs.json")[pair])
    suite = suites.by_name(RDFC)

    hash_data = suite.hash_data(document(f"proof-set-chain/{base}.json"), options, VECTOR_CONTEXTS)

    assert {**options, "proofValue": suite.sign(hash_data, signer)} == document(
        f"proof-set-chain/{signed}.json"
    )


def test_the_w3c_s_chain_is_grown_proof_by_proof():
    pairs = document("proof-set-chain/multiKeyPairs.json")
    grown = document("proof-set-chain/unsigned.json")
    for number, (name, (config, _, _, pair)) in enumerate(CHAIN_STEPS.items()):
        options = document(f"proof-set-chain/{config}.json")
        previous = options.get("previousProof", [])
        grown = add_proof(
            grown,
            signer=signer_of(pairs[pair]),
            suite=RDFC,
            verification_method=options["verificationMethod"],
            created=datetime.fromisoformat(options["created"]),
            previous=[previous] if isinstance(previous, str) else previous,
            proof_id=options.get("id"),
            contexts=VECTOR_CONTEXTS,
        )

        expected = document(f"proof-set-chain/{list(SIGNED_SETS_AND_CHAINS)[number]}.json")
        assert grown == expected, name


@pytest.mark.parametrize(("name", "proofs"), SIGNED_SETS_AND_CHAINS.items(), ids=SIGNED_SETS_AND_CHAINS)
def test_every_proof_of_the_w3c_s_sets_and_chains_holds(name, proofs):
    signed = document(f"proof-set-chain/{name}.json")

    assert len(check_proofs(signed, key_of_did_key, contexts=VECTOR_CONTEXTS)) == proofs
    for proof in proofs_of(signed):
        key = key_of_did_key(proof["verificationMethod"])
        check_proof(signed, proof, key, contexts=VECTOR_CONTEXTS)
