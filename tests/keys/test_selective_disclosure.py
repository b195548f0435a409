from copy import deepcopy

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys.errors import (
    BaseProofOffered,
    InvalidKey,
    InvalidPointer,
    InvalidSignature,
    LinkedDataError,
    MalformedProof,
    NoProof,
    ProofPurposeMismatch,
    TooComplex,
    UndefinedTerm,
    UnsupportedSuite,
)
from keys.linked_data import canonical_nquads
from keys.multikey import KeyKind, from_multibase, to_multibase
from keys.proofs import (
    CheckedProof,
    add_base_proof,
    add_proof,
    check_base_proof,
    check_proof,
    check_proofs,
    derive,
    proofs_of,
)
from keys.suites.sd_proof_values import BaseProofValue, DerivedProofValue
from tests.keys.builders import AT, RDFC, a_credential, a_signer, an_ecdsa_signer, key_of_did_key

SD = "ecdsa-sd-2023"
ISSUER = an_ecdsa_signer("registrar")
NAME = "/credentialSubject/achievement/name"
POINTS = "/credentialSubject/creditsEarned"


def a_record():
    """A credential with a list in order, lists without, and things without names."""
    document = a_credential(validUntil="2030-06-30T00:00:00Z", description="Six credits in the spring.")
    subject = document["credentialSubject"]
    subject["achievement"]["resultDescription"] = [
        {
            "id": "urn:uuid:grade",
            "type": ["ResultDescription"],
            "name": "Grade",
            "resultType": "LetterGrade",
            "allowedValue": ["C", "B", "A"],
        },
        {"id": "urn:uuid:mark", "type": ["ResultDescription"], "name": "Mark", "resultType": "Percent"},
    ]
    subject["result"] = [
        {"type": ["Result"], "resultDescription": "urn:uuid:grade", "value": "A"},
        {"type": ["Result"], "resultDescription": "urn:uuid:mark", "value": "93"},
    ]
    document["evidence"] = [
        {"type": ["Evidence"], "name": "Essay", "description": "On sorting."},
        {"type": ["Evidence"], "name": "Essay", "description": "On searching."},
        {"type": ["Evidence"], "name": "Talk"},
    ]
    return document


def based(document=None, *, signer=ISSUER, mandatory=("/issuer",), **more):
    return add_base_proof(
        a_record() if document is None else document,
        signer=signer,
        verification_method=signer.public.verification_method,
        created=AT,
        mandatory_pointers=mandatory,
        **more,
    )


def shown(document, *pointers, **more):
    return derive(document, key_of_did_key, selective_pointers=pointers, **more)


def check(document):
    return check_proofs(document, key_of_did_key)


def every_pointer(value, pointer=""):
    """Pointers to every part of a JSON value, itself first."""
    yield pointer
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in parts:
        yield from every_pointer(part, f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}")


POINTERS = [
    pointer
    for pointer in every_pointer(a_record())
    if pointer and "/@context" not in pointer and "allowedValue/" not in pointer
]
WHAT_IT_IS = ("id", "type", "@context")


def expected_part(value, pointers, pointer=""):
    """The plainest reading of what a selection holds: a second opinion on the one under test."""
    if any(pointer == chosen or pointer.startswith(chosen + "/") for chosen in pointers):
        return value

    def wanted(step):
        return any(f"{chosen}/".startswith(f"{pointer}/{step}/") for chosen in pointers)

    if isinstance(value, list):
        return [
            expected_part(item, pointers, f"{pointer}/{place}")
            for place, item in enumerate(value)
            if wanted(place)
        ]
    return {
        name: member if name in WHAT_IT_IS else expected_part(member, pointers, f"{pointer}/{name}")
        for name, member in value.items()
        if wanted(name) or name in WHAT_IT_IS
    }


chosen_pointers = st.lists(st.sampled_from(POINTERS), max_size=5)


@given(chosen_pointers, chosen_pointers)
@settings(max_examples=60)
def test_a_derived_document_shows_what_was_chosen_and_what_is_mandatory_and_nothing_else(mandatory, chosen):
    document = based(mandatory=mandatory)
    if not mandatory and not chosen:
        with pytest.raises(InvalidPointer):
            shown(document)
        return

    disclosed = shown(document, *chosen)

    part = {name: value for name, value in disclosed.items() if name != "proof"}
    assert part == expected_part(a_record(), [*mandatory, *chosen])
    assert check(disclosed) == [CheckedProof(ISSUER.public.verification_method, SD, AT)]


def statements(document):
    return canonical_nquads(document).decode().split("\n")


@given(chosen_pointers)
@settings(max_examples=20)
def test_nothing_of_what_was_left_out_is_in_the_proof(chosen):
    document = based(mandatory=["/issuer"])
    base = BaseProofValue.read(document["proof"]["proofValue"])

    derived = DerivedProofValue.read(shown(document, *chosen)["proof"]["proofValue"])

    assert base.hmac_key not in from_multibase(str(derived))
    assert set(derived.signatures) <= set(base.signatures)
    assert (
        len(derived.signatures) + len(derived.mandatory_indexes)
        == len(statements(expected_part(a_record(), ["/issuer", *chosen]))) - 1
    )


def test_the_whole_document_may_be_shown():
    disclosed = shown(based(), "")

    assert {name: value for name, value in disclosed.items() if name != "proof"} == a_record()
    check(disclosed)


def test_what_is_mandatory_may_be_everything():
    disclosed = shown(based(mandatory=[""]))

    assert DerivedProofValue.read(disclosed["proof"]["proofValue"]).signatures == []
    check(disclosed)


def test_by_default_nobody_is_left_without_issuer_times_and_status():
    document = a_record() | {"credentialStatus": {"id": "urn:uuid:1", "type": "BitstringStatusListEntry"}}
    signer = ISSUER

    document = add_base_proof(
        document, signer=signer, verification_method=signer.public.verification_method, created=AT
    )

    assert set(shown(document)) == {
        "@context",
        "id",
        "type",
        "issuer",
        "validFrom",
        "validUntil",
        "credentialStatus",
        "proof",
    }


def test_the_suite_is_one_of_the_suites():
    document = add_proof(
        a_record(),
        signer=ISSUER,
        suite=SD,
        verification_method=ISSUER.public.verification_method,
        created=AT,
    )

    assert "validUntil" in shown(document)


def test_two_base_proofs_of_one_document_have_nothing_in_common():
    values = [BaseProofValue.read(based()["proof"]["proofValue"]) for _ in range(2)]

    assert values[0].hmac_key != values[1].hmac_key
    assert values[0].statement_key != values[1].statement_key
    assert not set(values[0].signatures) & set(values[1].signatures)


def test_signing_and_deriving_leave_their_document_as_it_was():
    document = a_record()
    base = based(document)
    before = deepcopy(base)

    shown(base, NAME)["credentialSubject"]["achievement"]["name"] = "changed"

    assert document == a_record()
    assert base == before


def test_things_that_one_python_object_stands_for_are_still_two_things():
    same = {"type": ["Evidence"], "name": "Essay"}
    document = based(a_record() | {"evidence": [same, same]})

    check(shown(document, "/evidence/0/name", "/evidence/1"))


def test_an_ordered_list_is_shown_whole_or_not_at_all():
    document = based()

    values = "/credentialSubject/achievement/resultDescription/0/allowedValue"
    check(shown(document, values))
    with pytest.raises(InvalidPointer, match="ordered list"):
        shown(document, f"{values}/1")
    with pytest.raises(InvalidPointer):
        based(mandatory=[f"{values}/1"])


def test_a_graph_of_its_own_can_be_shown_in_part():
    presentation = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [
            {
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": ["VerifiableCredential"],
                "issuer": f"urn:uuid:{number}",
                "name": f"No. {number}",
                "credentialSubject": {"id": "urn:uuid:ann"},
            }
            for number in range(3)
        ],
    }
    document = based(presentation, mandatory=["/verifiableCredential/1/issuer"])

    disclosed = shown(document, "/verifiableCredential/2/name")

    check(disclosed)
    assert [len(member) for member in disclosed["verifiableCredential"]] == [3, 3]


NOWHERE = {
    "no such member": "/credentialSubject/age",
    "no such item": "/evidence/3",
    "an item by another way of counting": "/evidence/00",
    "an item counted from the end": "/evidence/-1",
    "behind the end of a list": "/evidence/-",
    "an item by name": "/evidence/name",
    "an item in other digits": "/evidence/١",
    "a part of a text": "/name/0",
    "the proof": "/proof",
    "no slash": "issuer",
    "a slash behind": "/issuer/",
    "an escape that is none": "/~2",
    "a fragment": "#/issuer",
}


@pytest.mark.parametrize("pointer", NOWHERE.values(), ids=NOWHERE)
def test_a_pointer_that_leads_nowhere_is_refused(pointer):
    with pytest.raises(InvalidPointer):
        based(mandatory=[pointer])
    with pytest.raises(InvalidPointer):
        based(mandatory=["/credentialSubject", "/evidence", pointer])
    with pytest.raises(InvalidPointer):
        shown(based(), pointer)


def test_a_base_proof_is_for_its_holder_and_not_for_a_verifier():
    document = based()

    check_base_proof(document, document["proof"], ISSUER.public)
    with pytest.raises(BaseProofOffered):
        check(document)


def test_a_derived_proof_is_not_a_base_proof():
    disclosed = shown(based(), NAME)

    with pytest.raises(MalformedProof):
        check_base_proof(disclosed, disclosed["proof"], ISSUER.public)
    with pytest.raises(MalformedProof):
        shown(disclosed, NAME)


def test_a_base_proof_is_one_of_this_suite_and_purpose():
    other = a_signer()
    document = add_proof(
        a_record(),
        signer=other,
        suite=RDFC,
        verification_method=other.public.verification_method,
        created=AT,
    )
    with pytest.raises(UnsupportedSuite):
        check_base_proof(document, document["proof"], other.public)
    with pytest.raises(NoProof):
        shown(document, NAME)
    document = based()
    with pytest.raises(ProofPurposeMismatch):
        check_base_proof(document, document["proof"], ISSUER.public, purpose="authentication")


def test_of_a_set_the_base_proof_is_what_is_derived_from():
    other = a_signer()
    document = add_proof(
        based(),
        signer=other,
        suite=RDFC,
        verification_method=other.public.verification_method,
        created=AT,
    )

    document["proof"].append({"type": "DataIntegrityProof", "cryptosuite": "bbs-2023"})

    assert [proof["cryptosuite"] for proof in proofs_of(shown(document, NAME))] == [SD]


def test_of_several_base_proofs_one_is_named():
    dean = an_ecdsa_signer("dean")
    document = based(based(proof_id="urn:uuid:1"), signer=dean, proof_id="urn:uuid:2")

    with pytest.raises(NoProof):
        shown(document, NAME)
    [checked] = check(shown(document, NAME, proof_id="urn:uuid:2"))
    assert checked.verification_method == dean.public.verification_method


def test_a_proof_over_a_derived_proof_holds_as_long_as_that_does():
    other = a_signer()
    disclosed = shown(based(proof_id="urn:uuid:1"), NAME)

    document = add_proof(
        disclosed,
        signer=other,
        suite=RDFC,
        verification_method=other.public.verification_method,
        created=AT,
        previous=["urn:uuid:1"],
    )

    assert len(check(document)) == 2
    document["proof"][0] = shown(based(proof_id="urn:uuid:1"), NAME)["proof"]
    with pytest.raises(InvalidSignature):
        check(document)


def test_a_proof_for_selective_disclosure_builds_on_no_other():
    document = based(proof_id="urn:uuid:1")
    with pytest.raises(MalformedProof):
        add_proof(
            document,
            signer=ISSUER,
            suite=SD,
            verification_method=ISSUER.public.verification_method,
            created=AT,
            previous=["urn:uuid:1"],
        )
    disclosed = shown(document, NAME)
    disclosed["proof"] = [disclosed["proof"] | {"previousProof": "urn:uuid:1", "id": "urn:uuid:2"}]
    disclosed["proof"].append(disclosed["proof"][0] | {"id": "urn:uuid:1"})
    with pytest.raises(MalformedProof):
        check_proof(disclosed, disclosed["proof"][0], ISSUER.public)


def test_the_key_is_a_p_256_key():
    for kind in (KeyKind.P384, KeyKind.P521):
        with pytest.raises(InvalidKey):
            based(signer=an_ecdsa_signer("registrar", kind))
    with pytest.raises(InvalidKey):
        based(signer=a_signer())
    disclosed = shown(based(), NAME)
    with pytest.raises(InvalidKey):
        check_proof(disclosed, disclosed["proof"], a_signer().public)
    with pytest.raises(InvalidSignature):
        check_proof(disclosed, disclosed["proof"], an_ecdsa_signer("thief").public)


def test_a_base_proof_that_does_not_hold_is_not_derived_from():
    document = based()
    for changed in (
        document | {"name": "Another"},
        document | {"issuer": "did:web:other.example"},
        document | {"proof": document["proof"] | {"created": "2027-06-30T09:00:00Z"}},
    ):
        with pytest.raises(InvalidSignature):
            shown(changed, NAME)
    with pytest.raises(InvalidSignature):
        derive(document, lambda _: an_ecdsa_signer("thief").public, selective_pointers=[NAME])


# --- whoever changes what is shown --------------------------------------------------------------------


def _changes(document, way=()):
    """Every document that differs from this one in one value, or lacks one member or item."""
    for step, value in list(document.items() if isinstance(document, dict) else enumerate(document)):
        here = (*way, step)
        if isinstance(value, (dict, list)):
            yield from ((what, _with(document, step, changed)) for what, changed in _changes(value, here))
        else:
            for other in (f"{value}a", "urn:uuid:other", 7, True):
                yield f"{here} is {other!r}", _with(document, step, other)
        less = document.copy()
        del less[step]
        yield f"{here} taken out", less


def _with(holder, step, value):
    changed = holder.copy()
    changed[step] = value
    return changed


def test_no_single_change_of_a_derived_document_or_its_proof_goes_unseen():
    disclosed = shown(based(), NAME, "/credentialSubject/result", "/evidence", POINTS)
    unseen = []
    for what, changed in _changes(disclosed):
        try:
            check_proofs(changed, lambda _: ISSUER.public)
        except (InvalidSignature, MalformedProof, LinkedDataError, NoProof, UnsupportedSuite):
            continue
        except ProofPurposeMismatch:
            assert "proofPurpose" in what
            continue
        unseen.append(what)

    assert unseen == []


def test_what_was_left_out_cannot_be_put_in_by_the_holder():
    disclosed = shown(based(), NAME)
    for put_in in (
        disclosed | {"validUntil": "2099-06-30T00:00:00Z"},
        disclosed | {"validUntil": "2030-06-30T00:00:00Z"},  # true, and yet not disclosed
        disclosed | {"evidence": []} | {"name": "Honours"},
    ):
        with pytest.raises(MalformedProof):
            check(put_in)
    with pytest.raises(UndefinedTerm):
        check(disclosed | {"revoked": False})


def test_two_disclosures_of_one_credential_cannot_be_joined_into_a_third():
    document = based()
    first, second = shown(document, NAME), shown(document, POINTS)
    joined = deepcopy(first)
    joined["credentialSubject"]["creditsEarned"] = second["credentialSubject"]["creditsEarned"]

    for proof in (first["proof"], second["proof"]):
        with pytest.raises(MalformedProof):
            check(joined | {"proof": proof})


def test_statements_about_one_thing_cannot_be_shown_of_another():
    """Two results, of which the holder would like to swap the grades."""
    disclosed = shown(based(), "/credentialSubject/result")
    results = disclosed["credentialSubject"]["result"]
    results[0]["value"], results[1]["value"] = results[1]["value"], results[0]["value"]

    with pytest.raises(InvalidSignature):
        check(disclosed)


def with_parts(disclosed, change):
    """The disclosure, the five parts of its proof's value changed in place."""
    data = from_multibase(disclosed["proof"]["proofValue"])
    parts = cbor2.loads(data[3:])
    change(parts)
    value = to_multibase(data[:3] + cbor2.dumps(parts), "u")
    return disclosed | {"proof": disclosed["proof"] | {"proofValue": value}}


def _merge_labels(parts):
    parts[3] = dict.fromkeys(parts[3], next(iter(parts[3].values())))


def _swap_labels(parts):
    parts[3] = dict(zip(parts[3], [*parts[3].values()][::-1], strict=True))


WRONG_VALUES = {
    "no parts": (lambda parts: parts.clear(), MalformedProof),
    "six parts": (lambda parts: parts.append(b""), MalformedProof),
    "a signature too short": (lambda parts: parts.__setitem__(0, parts[0][:-1]), MalformedProof),
    "a signature that is text": (lambda parts: parts.__setitem__(0, "x" * 64), MalformedProof),
    "another signature": (lambda parts: parts.__setitem__(0, parts[2][0]), InvalidSignature),
    "a key that is none": (lambda parts: parts.__setitem__(1, parts[1][:2] + b"\x05" * 33), MalformedProof),
    "a key of another kind": (lambda parts: parts.__setitem__(1, b"\xed\x01" + b"\x05" * 32), MalformedProof),
    "no key": (lambda parts: parts.__setitem__(1, None), MalformedProof),
    "another key": (
        lambda parts: parts.__setitem__(1, parts[1][:2] + an_ecdsa_signer("thief").public.raw),
        InvalidSignature,
    ),
    "one signature fewer": (lambda parts: parts[2].pop(), MalformedProof),
    "one signature more": (lambda parts: parts[2].append(parts[2][0]), MalformedProof),
    "a statement's signature too short": (
        lambda parts: parts[2].__setitem__(0, parts[2][0][:-1]),
        MalformedProof,
    ),
    "two signatures exchanged": (lambda parts: parts[2].reverse(), InvalidSignature),
    "one signature twice": (lambda parts: parts[2].__setitem__(0, parts[2][1]), InvalidSignature),
    "signatures by the million": (lambda parts: parts[2].extend(parts[2] * 3000), MalformedProof),
    "a label fewer": (lambda parts: parts[3].popitem(), MalformedProof),
    "a label more": (lambda parts: parts[3].__setitem__(9, b"9" * 32), MalformedProof),
    "a label by text": (lambda parts: parts[3].__setitem__("c14n9", b"9" * 32), MalformedProof),
    "a label by truth": (
        lambda parts: parts.__setitem__(3, {bool(n): v for n, v in parts[3].items()}),
        MalformedProof,
    ),
    "a label too short": (lambda parts: parts[3].__setitem__(0, b"9" * 31), MalformedProof),
    "one label for two things": (_merge_labels, MalformedProof),
    "labels exchanged": (_swap_labels, InvalidSignature),
    "labels as a list": (lambda parts: parts.__setitem__(3, [*parts[3].values()]), MalformedProof),
    "a mandatory statement fewer": (lambda parts: parts[4].pop(), MalformedProof),
    "a mandatory statement twice": (lambda parts: parts[4].append(parts[4][0]), MalformedProof),
    "a mandatory statement beyond the last": (lambda parts: parts[4].__setitem__(0, 999), MalformedProof),
    "a mandatory statement before the first": (lambda parts: parts[4].__setitem__(0, -1), MalformedProof),
    "another mandatory statement": (
        lambda parts: parts[4].__setitem__(0, min({*range(99)} - {*parts[4]})),
        InvalidSignature,
    ),
    "mandatory statements by text": (lambda parts: parts.__setitem__(4, "0457"), MalformedProof),
}


@pytest.mark.parametrize(("change", "error"), WRONG_VALUES.values(), ids=WRONG_VALUES)
def test_a_derived_proof_value_with_a_wrong_part_is_refused(change, error):
    disclosed = shown(based(), "/evidence", NAME)

    with pytest.raises(error):
        check(with_parts(disclosed, change))


def _value(encoded, header=b"\xd9\x5d\x01"):
    return to_multibase(header + encoded, "u")


NO_VALUES = {
    "base58": "z2" + "2" * 80,
    "no multibase": "a",
    "padded": "u2V0B=",
    "nothing": "u",
    "the header alone": _value(b""),
    "another header": _value(cbor2.dumps([]), b"\xd9\x5d\x02"),
    "no header": _value(cbor2.dumps([]), b""),
    "not CBOR": _value(b"\xff"),
    "cut short": _value(b"\x85\x58"),
    "very deep": _value(b"\x81" * 5000),
    "an endless list": _value(b"\x9f\x00\x00\x00\x00\x00\xff"),
    "a map": _value(cbor2.dumps({})),
    "something behind the end": _value(cbor2.dumps([b"", b"", [], {}, []]) + b"\x00"),
    "a long way to write five": _value(b"\x98\x05\x40\x40\x80\xa0\x80"),
    "a tag": _value(b"\xd8\x2a\x85\x40\x40\x80\xa0\x80"),
    "a name given twice": _value(b"\x85\x40\x40\x80\xa2\x00\x40\x00\x40\x80"),
    "a tag that fails": _value(b"\xd8\x1e\x82\x01\x00"),
}


@pytest.mark.parametrize("value", NO_VALUES.values(), ids=NO_VALUES)
def test_what_is_no_proof_value_is_malformed(value):
    disclosed = shown(based(), NAME)
    disclosed["proof"]["proofValue"] = value

    with pytest.raises(MalformedProof):
        check(disclosed)


def test_a_base_proof_value_with_a_wrong_part_is_refused():
    document = based()
    for part, wrong in enumerate((b"", b"", b"", [b""], [1])):
        changed = with_parts(document, lambda parts, part=part, wrong=wrong: parts.__setitem__(part, wrong))
        with pytest.raises(MalformedProof):
            check_base_proof(changed, changed["proof"], ISSUER.public)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_proof_value_or_malformed(data):
    for header in (b"\xd9\x5d\x00", b"\xd9\x5d\x01", b""):
        for kind in (BaseProofValue, DerivedProofValue):
            with pytest.raises((MalformedProof, BaseProofOffered)):
                kind.read(to_multibase(header + data, "u"))


def test_a_document_nested_too_deep_is_too_complex():
    document = a_record()
    for _ in range(5000):
        document = {"evidence": document}

    with pytest.raises(TooComplex):
        based(document)


def test_a_document_with_more_statements_than_anyone_checks_is_not_signed():
    evidence = [{"type": ["Evidence"], "name": f"No. {number}"} for number in range(700)]

    with pytest.raises(TooComplex):
        based(a_record() | {"evidence": evidence})
    check(shown(based(a_record() | {"evidence": evidence}, mandatory=["/evidence"])))


def test_a_part_that_says_nothing_on_its_own_is_refused():
    document = based(a_record() | {"name": {"@value": "Физика", "@language": "ru"}})

    check(shown(document, "/name"))
    with pytest.raises(InvalidPointer):
        shown(document, "/name/@value")


def test_a_literal_that_looks_like_a_label_is_left_alone():
    for text in ("_:c14n0", "a _:c14n0", "_:c14n0 .", "a _:c14n1 b", '" _:c14n0', "_:c14n0 _:c14n1 _:c14n2"):
        disclosed = shown(
            based(a_record() | {"name": text, "description": {"@value": text, "@language": "en"}}), ""
        )

        assert disclosed["name"] == text
        check(disclosed)
