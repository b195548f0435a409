"""The W3C's own vectors for the suites that sign whole documents, and for sets and chains of proofs.

From w3c/vc-di-eddsa and w3c/vc-di-ecdsa, `TestVectors`; a second implementation (PyLD, pyoxigraph and
`cryptography`) verifies the same proofs. Accepting a wrong one would be accepting a signature nobody made;
making a wrong one would be issuing what no one else can verify.
"""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple

import pytest

from keys import suites
from keys.canonical import canonicalize
from keys.linked_data import canonical_nquads
from keys.multikey import from_base58btc, from_multibase
from keys.proofs import add_proof, check_proof, check_proofs, proofs_of
from tests.keys.builders import JCS, RDFC, VECTOR_CONTEXTS, key_of_did_key, signer_of_secret
from tests.shared import shared

EDDSA, ECDSA = "vc-di-eddsa", "vc-di-ecdsa"
LEGACY = "Ed25519Signature2020"


class Pipeline(NamedTuple):
    """One folder of vectors: every step from a document to its proof."""

    of: str
    folder: str
    suffix: str
    suite: str
    pair: str
    hash_name: str = "sha256"

    def text(self, kind):
        return text(self.of, f"{self.folder}/{kind}{self.suffix}.txt").strip()

    def document(self, kind):
        return document(self.of, f"{self.folder}/{kind}{self.suffix}.json")

    @property
    def unsigned(self):
        return {name: value for name, value in self.document("signed").items() if name != "proof"}

    @property
    def signer(self):
        return a_pair_s_signer(document(self.of, f"{self.pair}.json"))

    def canonical(self, value):
        if "jcs" in self.suite:
            return canonicalize(value)
        return canonical_nquads(value, contexts=VECTOR_CONTEXTS, hash_name=self.hash_name)

    def hash(self, value):
        return hashlib.new(self.hash_name, self.canonical(value)).hexdigest()


PIPELINES = {
    "eddsa-rdfc-2022": Pipeline(EDDSA, "eddsa-rdfc-2022", "DataInt", RDFC, "keyPair"),
    "eddsa-rdfc-2022, employment authorization": Pipeline(
        EDDSA, "eddsa-rdfc-2022/employ", "DataInt", RDFC, "keyPair"
    ),
    "eddsa-jcs-2022": Pipeline(EDDSA, "eddsa-jcs-2022", "JCS", JCS, "keyPair"),
    LEGACY: Pipeline(EDDSA, LEGACY, "EdSig", LEGACY, "keyPair"),
}
for curve, pair, hash_name in (("P256", "p256KeyPair", "sha256"), ("P384", "p384KeyPair", "sha384")):
    rdfc, jcs = (f"ecdsa-{form}-2019-{curve.lower()}" for form in ("rdfc", "jcs"))
    PIPELINES |= {
        rdfc: Pipeline(ECDSA, rdfc, f"ECDSA{curve}", "ecdsa-rdfc-2019", pair, hash_name),
        f"{rdfc}, employment authorization": Pipeline(
            ECDSA, f"{rdfc}/employ", f"ECDSA{curve}", "ecdsa-rdfc-2019", pair, hash_name
        ),
        jcs: Pipeline(ECDSA, jcs, f"JCSECDSA{curve}", "ecdsa-jcs-2019", pair, hash_name),
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


def text(of, name):
    return shared(f"vectors/{of}/TestVectors/{name}").read_text()


def document(of, name):
    return json.loads(text(of, name))


def a_chain_s(name):
    return document(EDDSA, f"proof-set-chain/{name}.json")


def a_pair_s_signer(pair):
    signer = signer_of_secret(pair.get("secretKeyMultibase") or pair["privateKeyMultibase"])
    assert signer.public.multikey == pair["publicKeyMultibase"]
    return signer


every_pipeline = pytest.mark.parametrize("pipeline", PIPELINES.values(), ids=PIPELINES)


@every_pipeline
def test_every_step_of_the_w3c_pipelines_is_the_same(pipeline):
    subject, options, signer = pipeline.unsigned, pipeline.document("proofConfig"), pipeline.signer

    assert pipeline.canonical(subject).decode().strip() == pipeline.text("canonDoc")
    assert pipeline.canonical(options).decode().strip() == pipeline.text("proofCanon")
    assert pipeline.hash(subject) == pipeline.text("docHash")
    assert pipeline.hash(options) == pipeline.text("proofHash")
    hash_data = suites.by_name(pipeline.suite).hash_data(
        subject, options, VECTOR_CONTEXTS, signer.public.kind
    )
    assert hash_data.hex() == pipeline.text("combinedHash")
    assert signer.sign(hash_data).hex() == pipeline.text("sigHex")
    assert from_multibase(pipeline.text("sigBTC58")).hex() == pipeline.text("sigHex")
    assert from_base58btc(pipeline.text("sigBTC58")[1:]).hex() == pipeline.text("sigHex")


@every_pipeline
def test_our_signed_documents_are_the_w3c_s(pipeline):
    expected, signer = pipeline.document("signed"), pipeline.signer

    signed = add_proof(
        pipeline.unsigned,
        signer=signer,
        suite=pipeline.suite,
        verification_method=expected["proof"]["verificationMethod"],
        created=datetime.fromisoformat(expected["proof"]["created"]),
        contexts=VECTOR_CONTEXTS,
    )

    assert signed == expected
    [checked] = check_proofs(expected, key_of_did_key, contexts=VECTOR_CONTEXTS)
    assert checked.suite == pipeline.suite
    assert checked.verification_method == signer.public.verification_method
    assert checked.created == datetime.fromisoformat("2023-02-24T23:36:38+00:00")


@pytest.mark.parametrize("of", [EDDSA, ECDSA])
def test_the_documents_signed_are_those_the_w3c_gives_unsigned(of):
    simple = "unsigned.json"
    folders = {pipeline.folder: pipeline for pipeline in PIPELINES.values() if pipeline.of == of}
    for folder, pipeline in folders.items():
        given = document(of, "employmentAuth.json" if folder.endswith("/employ") else simple)
        if pipeline.suite == LEGACY:
            given["@context"].append("https://w3id.org/security/suites/ed25519-2020/v1")
        assert pipeline.unsigned == given, folder


@pytest.mark.parametrize(("config", "signed", "base", "pair"), CHAIN_STEPS.values(), ids=CHAIN_STEPS)
def test_every_proof_of_the_w3c_s_set_and_chain_is_made_the_same(config, signed, base, pair):
    options = a_chain_s(config)
    signer = a_pair_s_signer(a_chain_s("multiKeyPairs")[pair])

    proof_value = suites.by_name(RDFC).prove(a_chain_s(base), options, signer, VECTOR_CONTEXTS)

    assert {**options, "proofValue": proof_value} == a_chain_s(signed)


def test_the_w3c_s_chain_is_grown_proof_by_proof():
    pairs = a_chain_s("multiKeyPairs")
    grown = a_chain_s("unsigned")
    for number, (name, (config, _, _, pair)) in enumerate(CHAIN_STEPS.items()):
        options = a_chain_s(config)
        previous = options.get("previousProof", [])
        grown = add_proof(
            grown,
            signer=a_pair_s_signer(pairs[pair]),
            suite=RDFC,
            verification_method=options["verificationMethod"],
            created=datetime.fromisoformat(options["created"]),
            previous=[previous] if isinstance(previous, str) else previous,
            proof_id=options.get("id"),
            contexts=VECTOR_CONTEXTS,
        )

        assert grown == a_chain_s(list(SIGNED_SETS_AND_CHAINS)[number]), name


@pytest.mark.parametrize(("name", "proofs"), SIGNED_SETS_AND_CHAINS.items(), ids=SIGNED_SETS_AND_CHAINS)
def test_every_proof_of_the_w3c_s_sets_and_chains_holds(name, proofs):
    signed = a_chain_s(name)

    assert len(check_proofs(signed, key_of_did_key, contexts=VECTOR_CONTEXTS)) == proofs
    for proof in proofs_of(signed):
        key = key_of_did_key(proof["verificationMethod"])
        check_proof(signed, proof, key, contexts=VECTOR_CONTEXTS)
