"""The W3C's own vectors for ecdsa-sd-2023: every file of every step, from base proof to verification.

From w3c/vc-di-ecdsa, `TestVectors/ecdsa-sd-2023`. A wrong step would disclose what was not chosen, or accept
what the issuer never said.
"""

import json
from hashlib import sha256
from typing import NamedTuple

import pytest

from keys.errors import BaseProofOffered
from keys.linked_data import canonical_nquads
from keys.proofs import check_base_proof, check_proof, derive
from keys.signing import PublicKey
from keys.suites.ecdsa_sd_2023 import base_proof_value, disclosed, statements_of
from keys.suites.rdfc import options_hash
from keys.suites.sd_proof_values import BaseProofValue, DerivedProofValue
from keys.suites.selecting import labels_in, relabelled, select, value_at
from tests.keys.builders import VECTOR_CONTEXTS, key_of_did_key, signer_of_secret
from tests.shared import shared

ROOT = "vectors/vc-di-ecdsa/TestVectors"


class Story(NamedTuple):
    folder: str
    mandatory: str
    selective: str

    def file(self, name):
        return json.loads(shared(f"{ROOT}/ecdsa-sd-2023/{self.folder}/{name}.json").read_text())

    @property
    def base(self):
        return self.file("addSignedSDBase")

    @property
    def document(self):
        # Of the two unsigned documents beside the folders, one has another description than what was signed.
        return {name: value for name, value in self.base.items() if name != "proof"}

    @property
    def options(self):
        return self.file("addProofConfig")

    @property
    def mandatory_pointers(self):
        return json.loads(shared(f"{ROOT}/{self.mandatory}.json").read_text())

    @property
    def selective_pointers(self):
        return json.loads(shared(f"{ROOT}/{self.selective}.json").read_text())

    @property
    def statements(self):
        return statements_of(self.document, keys()["hmac"], VECTOR_CONTEXTS)

    def places(self, *pointers):
        statements = self.statements
        return statements.places(select(statements.document, pointers))


STORIES = {
    "employment authorization": Story("employ", "employMandatory", "employSelective"),
    "permanent resident card": Story("prc", "prCredMandatory", "prCredSelective"),
}
every_story = pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)


def keys():
    material = json.loads(shared(f"{ROOT}/ecdsa-sd-2023/SDKeyMaterial.json").read_text())
    return {
        "base": signer_of_secret(material["baseKeyPair"]["secretKeyMultibase"]),
        "statements": signer_of_secret(material["proofKeyPair"]["secretKeyMultibase"]),
        "hmac": bytes.fromhex(material["hmacKeyString"]),
    }


def as_map(value):
    assert value["dataType"] == "Map"
    return dict(value["value"])


def in_hex(values):
    return [value.hex() for value in values]


def the_lines(document):
    text = canonical_nquads(document, contexts=VECTOR_CONTEXTS).decode()
    return [line + "\n" for line in text.splitlines()]


@every_story
def test_the_pointers_lead_where_the_w3c_s_do(story):
    for found in story.file("addPointerValues"):
        assert found["pointer"] in story.mandatory_pointers
        assert value_at(story.document, found["pointer"]) == found["value"]


@every_story
def test_the_document_is_transformed_as_the_w3c_s(story):
    transformed = story.file("addBaseTransform")
    mandatory, _ = story.places(*story.mandatory_pointers)

    assert the_lines(story.document) == story.file("addBaseDocCanon")
    lines = story.statements.lines
    assert lines == story.file("addBaseDocHMACCanon")
    assert transformed["mandatoryPointers"] == story.mandatory_pointers
    assert as_map(transformed["mandatory"]) == {place: lines[place] for place in mandatory}
    assert as_map(transformed["nonMandatory"]) == {
        place: line for place, line in enumerate(lines) if place not in mandatory
    }


@every_story
def test_the_hashes_are_the_w3c_s(story):
    expected = story.file("addHashData")
    canonical = shared(f"{ROOT}/ecdsa-sd-2023/{story.folder}/addProofConfigCanon.txt").read_text()
    mandatory, _ = story.places(*story.mandatory_pointers)
    lines = story.statements.lines

    assert "".join(the_lines(story.options)) == canonical.rstrip("\n") + "\n"
    proof_hash = options_hash(story.document["@context"], story.options, VECTOR_CONTEXTS, "sha256")
    assert proof_hash.hex() == expected["proofHash"]
    mandatory_hash = sha256("".join(lines[place] for place in mandatory).encode())
    assert mandatory_hash.hexdigest() == expected["mandatoryHash"]


@every_story
def test_the_base_proof_is_the_w3c_s(story):
    proof, raw = story.base["proof"], story.file("addRawBaseSignatureInfo")
    recovered = story.file("derivedRecoveredBaseData")

    value = base_proof_value(
        story.document,
        story.options,
        keys()["base"],
        VECTOR_CONTEXTS,
        mandatory_pointers=story.mandatory_pointers,
        hmac_key=keys()["hmac"],
        statement_signer=keys()["statements"],
    )

    assert value == proof["proofValue"]
    read = BaseProofValue.read(value)
    assert str(read) == value
    assert read.signature.hex() == raw["baseSignature"] == recovered["baseSignature"]
    assert read.statement_key.multikey == raw["publicKey"] == recovered["proofPublicKey"]
    assert in_hex(read.signatures) == raw["signatures"] == recovered["signatures"]
    assert read.mandatory_pointers == raw["mandatoryPointers"] == recovered["mandatoryPointers"]
    assert read.hmac_key.hex() == recovered["hmacKey"]
    check_base_proof(story.base, proof, keys()["base"].public, contexts=VECTOR_CONTEXTS)
    with pytest.raises(BaseProofOffered):
        check_proof(story.base, proof, keys()["base"].public, contexts=VECTOR_CONTEXTS)


@every_story
def test_the_statements_chosen_are_those_the_w3c_chooses(story):
    indexes = story.file("derivedGroupIndexes")
    groups = story.file("derivedAllGroupData")["groups"]
    lines = story.statements.lines
    chosen = {
        "mandatory": story.mandatory_pointers,
        "selective": story.selective_pointers,
        "combined": [*story.mandatory_pointers, *story.selective_pointers],
    }

    for name, pointers in chosen.items():
        places, _ = story.places(*pointers)
        assert places == indexes[f"{name}Indexes"]
        assert as_map(groups[name]["matching"]) == {place: lines[place] for place in places}
        assert as_map(groups[name]["nonMatching"]) == {
            place: line for place, line in enumerate(lines) if place not in places
        }
    assert indexes["nonMandatoryIndexes"] == [
        place for place in range(len(lines)) if place not in indexes["mandatoryIndexes"]
    ]


@every_story
def test_the_derived_proof_is_the_w3c_s(story):
    expected = story.file("derivedDisclosureData")

    shown, value = disclosed(
        BaseProofValue.read(story.base["proof"]["proofValue"]), story.statements, story.selective_pointers
    )

    assert shown == story.file("derivedUnsignedReveal")
    assert value.mandatory_indexes == story.file("derivedAdjMandatoryIndexes")["adjMandatoryIndexes"]
    assert in_hex(value.signatures) == story.file("derivedAdjSignatures")["filteredSignatures"]
    assert value.signature.hex() == expected["baseSignature"]
    assert value.statement_key.multikey == expected["publicKey"]
    assert in_hex(value.signatures) == expected["signatures"]
    assert value.labels == as_map(expected["labelMap"])
    assert value.mandatory_indexes == expected["mandatoryIndexes"]
    revealed = story.file("derivedRevealDocument")
    assert str(value) == revealed["proof"]["proofValue"]
    assert (
        derive(
            story.base,
            key_of_did_key,
            selective_pointers=story.selective_pointers,
            contexts=VECTOR_CONTEXTS,
        )
        == revealed
    )


@every_story
def test_the_derived_proof_is_verified_as_the_w3c_verifies_it(story):
    revealed = story.file("derivedRevealDocument")
    unsecured = {name: value for name, value in revealed.items() if name != "proof"}
    expected, data = story.file("verifyDerivedProofValue"), story.file("verifyCreateVerifyData")

    value = DerivedProofValue.read(revealed["proof"]["proofValue"])

    assert str(value) == revealed["proof"]["proofValue"]
    assert value.signature.hex() == expected["baseSignature"] == data["baseSignature"]
    assert value.statement_key == PublicKey.from_multikey(expected["publicKey"])
    assert in_hex(value.signatures) == expected["signatures"] == data["signatures"]
    assert list(value.labels.items()) == [tuple(pair) for pair in expected["labelMap"]]
    assert value.mandatory_indexes == expected["mandatoryIndexes"]
    lines = the_lines(unsecured)
    assert labels_in(lines) == set(value.labels)
    lines = relabelled(lines, value.labels)
    assert lines == story.file("verifyNQuads")
    assert data["nonMandatory"] == [
        line for place, line in enumerate(lines) if place not in value.mandatory_indexes
    ]
    mandatory = "".join(lines[place] for place in value.mandatory_indexes)
    assert sha256(mandatory.encode()).hexdigest() == data["mandatoryHash"]
    assert data["proofHash"] == story.file("addHashData")["proofHash"]
    check_proof(revealed, revealed["proof"], keys()["base"].public, contexts=VECTOR_CONTEXTS)
