from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import suites
from keys.contexts import PINNED
from keys.errors import (
    BrokenProofChain,
    InvalidKey,
    InvalidSignature,
    LinkedDataError,
    MalformedProof,
    NoProof,
    NotCanonicalizable,
    ProofPurposeMismatch,
    UndefinedTerm,
    UnknownKey,
    UnsupportedSuite,
)
from keys.linked_data import canonical_nquads
from keys.multikey import KeyKind, to_multibase
from keys.proofs import CheckedProof, add_proof, check_proof, check_proofs, proofs_of
from keys.signing import Ed25519Signer
from tests.keys.builders import (
    AT,
    JCS,
    RDFC,
    WAYS,
    a_credential,
    a_signer_of,
    key_of_did_key,
)

FIRST, SECOND, THIRD = "urn:uuid:first", "urn:uuid:second", "urn:uuid:third"
FOREIGN = "https://w3id.org/security/multikey/v1"

every_way = pytest.mark.parametrize("way", WAYS)


def name_of(way):
    return WAYS[way][0]


def kinds_of(way):
    return {kind for suite, kind in WAYS.values() if suite == name_of(way)}


def a_signer(name="registrar", way=RDFC):
    return a_signer_of(WAYS[way][1], name)


def signed(document=None, *, by="registrar", way=RDFC, created=AT, **more):
    signer = a_signer(by, way)
    return add_proof(
        a_credential() if document is None else document,
        signer=signer,
        suite=name_of(way),
        verification_method=signer.public.verification_method,
        created=created,
        **more,
    )


def a_chain(way=RDFC):
    """The registrar and the dean sign; the rector signs over both."""
    document = signed(by="registrar", way=way, proof_id=FIRST)
    document = signed(document, by="dean", way=way, proof_id=SECOND)
    return signed(document, by="rector", way=way, proof_id=THIRD, previous=[FIRST, SECOND])


def with_proof(document, **changes):
    """The document with members of its one proof changed; None takes a member out."""
    proof = {name: value for name, value in (document["proof"] | changes).items() if value is not None}
    return document | {"proof": proof}


def check(document):
    return check_proofs(document, key_of_did_key)


@every_way
@given(name=st.text(), points=st.integers(1, 10_000), by=st.text(max_size=3))
@settings(max_examples=30)
def test_what_is_signed_is_verified(way, name, points, by):
    document = a_credential(name=name)
    document["credentialSubject"]["creditsEarned"] = points

    document = signed(document, by=by, way=way)

    key = a_signer(by, way).public
    assert check(document) == [CheckedProof(key.verification_method, name_of(way), AT)]
    check_proof(document, document["proof"], key)


@every_way
def test_signing_leaves_the_document_as_it_was(way):
    document = a_credential()

    proved = signed(document, way=way)

    assert document == a_credential()
    assert {name: value for name, value in proved.items() if name != "proof"} == document


def test_a_proof_reads_as_the_specification_shows_it():
    proof = signed(created=datetime(2026, 6, 30, 14, 0, 0, 999, tzinfo=timezone(timedelta(hours=5))))["proof"]

    assert list(proof) == [
        "type",
        "cryptosuite",
        "created",
        "verificationMethod",
        "proofPurpose",
        "proofValue",
    ]
    assert proof["created"] == "2026-06-30T09:00:00Z"


def test_a_jcs_proof_carries_the_contexts_and_an_rdfc_proof_does_not():
    assert signed(way=JCS)["proof"]["@context"] == a_credential()["@context"]
    assert "@context" not in signed(way=RDFC)["proof"]


def _places(value, way=()):
    """The way to every member and item inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield (*way, step)
        yield from _places(item, (*way, step))


def _holder(document, way):
    for step in way[:-1]:
        document = document[step]
    return document


def _changes(document):
    """Every document that differs from this one in one value, one member taken out, or one renamed."""
    for way in _places(document):
        value = _holder(document, way)[way[-1]]
        for other in _others(value):
            changed = deepcopy(document)
            _holder(changed, way)[way[-1]] = other
            yield f"{way} is {other!r}", changed
        changed = deepcopy(document)
        removed = _holder(changed, way).pop(way[-1])
        yield f"{way} taken out", changed
        if isinstance(way[-1], str):
            changed = deepcopy(changed)
            _holder(changed, way)[way[-1] + "s"] = removed
            yield f"{way} renamed", changed


def _others(value):
    if isinstance(value, str):
        return [value + "a", value[:-1], "urn:uuid:other", 0, None, True]
    if isinstance(value, int):
        return [value + 1, 10 * value, str(value) + "0", not value]
    return [{}, "urn:uuid:other", {"id": "urn:uuid:other"}]


REFUSALS = (
    InvalidSignature,
    MalformedProof,
    UnsupportedSuite,
    ProofPurposeMismatch,
    BrokenProofChain,
    NoProof,
    LinkedDataError,
    NotCanonicalizable,
)


@every_way
def test_no_single_change_of_a_value_a_member_or_an_option_goes_unseen(way):
    document = signed(way=way, proof_id=FIRST)
    key = a_signer("registrar", way).public
    unseen = []
    for what, changed in _changes(document):
        try:
            check_proofs(changed, lambda method: key)
        except REFUSALS:
            continue
        unseen.append(what)

    assert unseen == []


@every_way
def test_no_single_change_of_a_chain_goes_unseen(way):
    document = a_chain(way)
    keys = {
        proof["verificationMethod"]: key_of_did_key(proof["verificationMethod"])
        for proof in document["proof"]
    }

    def key_for(method):
        if method not in keys:
            raise UnknownKey("Not one of the three.")
        return keys[method]

    unseen = []
    for what, changed in _changes({"proof": document["proof"]}):
        try:
            check_proofs(a_credential() | changed, key_for)
        except (UnknownKey, *REFUSALS):
            continue
        unseen.append(what)

    # The last proof can always be taken away: nothing names it. The reader sees two signers, not three.
    assert unseen == ["('proof', 2) taken out"]


@every_way
def test_a_member_put_in_is_seen(way):
    document = signed(way=way)

    for changed in (
        document | {"revoked": False},
        document | {"description": "Honours"},
        with_proof(document, nonce="1"),
        with_proof(document, domain="example.edu"),
        with_proof(document, domain=["example.edu", "example.org"]),
        with_proof(document, expires="2030-01-01T00:00:00Z"),
        with_proof(document, revoked="no"),
    ):
        with pytest.raises((InvalidSignature, UndefinedTerm)):
            check(changed)


@every_way
def test_another_key_does_not_verify_it(way):
    document = signed(way=way)

    with pytest.raises(InvalidSignature):
        check_proof(document, document["proof"], a_signer("thief", way).public)


def test_a_proof_of_one_suite_is_none_of_another():
    for way, other in permutations(WAYS, 2):
        if name_of(way) != name_of(other):
            with pytest.raises(InvalidSignature if WAYS[way][1] in kinds_of(other) else InvalidKey):
                check(with_proof(signed(way=way), cryptosuite=name_of(other)))


def test_a_suite_signs_with_its_own_kinds_of_key_only():
    for way, kind in product(WAYS, KeyKind):
        if kind not in kinds_of(way):
            signer = a_signer_of(kind)
            with pytest.raises(InvalidKey):
                add_proof(
                    a_credential(),
                    signer=signer,
                    suite=name_of(way),
                    verification_method=signer.public.verification_method,
                    created=AT,
                )


def test_an_rdfc_proof_has_the_contexts_of_its_document_and_no_others():
    document = signed()

    check(with_proof(document, **{"@context": document["@context"]}))
    with pytest.raises(MalformedProof):
        check(with_proof(document, **{"@context": [*document["@context"], FOREIGN]}))


def test_an_rdfc_proof_does_not_mind_the_layout():
    document = signed()
    turned = dict(reversed(document.items())) | {"proof": [dict(reversed(document["proof"].items()))]}
    turned["type"] = turned["type"][::-1]

    check(turned)


def test_a_jcs_document_starts_with_the_contexts_it_was_signed_with():
    document = signed(way=JCS)
    contexts = document["@context"]

    check(document | {"@context": [*contexts, FOREIGN]})  # as section 3.3.2 has it
    for other in (
        contexts[::-1],
        contexts[:1],
        [FOREIGN, *contexts],
        [],
        None,
        contexts[0],
        {"@vocab": "urn:x:"},
    ):
        with pytest.raises((MalformedProof, InvalidSignature)):
            check(document | {"@context": other})
    with pytest.raises(MalformedProof):
        check({name: value for name, value in document.items() if name != "@context"})


def test_one_and_true_are_not_the_same_in_a_signed_context():
    contexts = ["https://www.w3.org/ns/credentials/v2", {"flag": 1}]
    document = signed(a_credential(**{"@context": contexts}), way=JCS)

    check(document)
    for other in ([contexts[0], {"flag": True}], [contexts[0], {"flag": True}, FOREIGN]):
        with pytest.raises((MalformedProof, InvalidSignature)):
            check(document | {"@context": other})


def test_a_jcs_document_needs_no_context_at_all():
    document = signed({"credits": 6}, way=JCS)

    assert "@context" not in document["proof"]
    check(document)


@every_way
def test_a_set_lists_every_signer(way):
    document = signed(signed(by="registrar", way=way), by="dean", way=way)

    assert [checked.verification_method for checked in check(document)] == [
        a_signer("registrar", way).public.verification_method,
        a_signer("dean", way).public.verification_method,
    ]


def test_a_set_may_mix_suites():
    document = a_credential()
    for way in WAYS:
        document = signed(document, by=way, way=way)

    assert [checked.suite for checked in check(document)] == [name_of(way) for way in WAYS]


@pytest.mark.parametrize(("first", "second"), [*permutations(WAYS, 2)], ids=" under ".join)
def test_a_chain_may_mix_suites(first, second):
    document = signed(by="registrar", way=first, proof_id=FIRST)
    document = signed(document, by="dean", way=second, proof_id=SECOND, previous=[FIRST])

    assert [checked.suite for checked in check(document)] == [name_of(first), name_of(second)]
    again = signed(by="registrar", way=first, proof_id=FIRST, created=AT + timedelta(seconds=1))["proof"]
    with pytest.raises(InvalidSignature):
        check(document | {"proof": [again, document["proof"][1]]})
    with pytest.raises(BrokenProofChain):
        check(document | {"proof": document["proof"][1]})


@every_way
def test_a_set_does_not_say_that_a_proof_was_taken_out_and_its_reader_can_see_it(way):
    both = signed(signed(by="registrar", way=way), by="dean", way=way)
    stripped = both | {"proof": both["proof"][1]}

    assert len(check(both)) == 2
    assert [checked.verification_method for checked in check(stripped)] == [
        a_signer("dean", way).public.verification_method
    ]


@every_way
def test_one_bad_proof_spoils_the_set(way):
    both = signed(signed(by="registrar", way=way), by="dean", way=way)
    for spoiled in (0, 1):
        proofs = deepcopy(both["proof"])
        proofs[spoiled]["proofValue"] = proofs[1 - spoiled]["proofValue"]

        with pytest.raises(InvalidSignature):
            check(both | {"proof": proofs})


@every_way
def test_statements_that_are_known_already_change_no_answer(way):
    known = canonical_nquads(a_credential())
    document = signed(way=way)
    key = a_signer(way=way).public

    check_proof(document, document["proof"], key, statements=known)
    with pytest.raises(InvalidSignature):
        check_proof(
            signed(by="thief", way=way),
            document["proof"] | {"created": "2020-01-01T00:00:00Z"},
            key,
            statements=known,
        )
    chain = a_chain(way)
    rector = a_signer("rector", way).public
    check_proof(chain, chain["proof"][2], rector, statements=known)  # which says more than the document alone


def test_statements_of_another_document_are_not_those_that_were_signed():
    document = signed()

    with pytest.raises(InvalidSignature):
        check_proof(document, document["proof"], a_signer().public, statements=b"<urn:a> <urn:b> <urn:c> .\n")


@every_way
def test_a_chain_holds_and_lists_every_signer(way):
    assert [checked.verification_method for checked in check(a_chain(way))] == [
        a_signer(name, way).public.verification_method for name in ("registrar", "dean", "rector")
    ]


@every_way
def test_a_chain_breaks_where_an_earlier_proof_is_taken_out(way):
    chain = a_chain(way)
    for taken in (0, 1):
        with pytest.raises(BrokenProofChain):
            check(chain | {"proof": [p for n, p in enumerate(chain["proof"]) if n != taken]})


@every_way
def test_a_chain_breaks_where_an_earlier_proof_is_replaced_by_another_good_one(way):
    chain = a_chain(way)
    later = signed(way=way, proof_id=FIRST, created=AT + timedelta(days=1))["proof"]
    replaced = chain | {"proof": [later, *chain["proof"][1:]]}

    check_proof(replaced, later, a_signer("registrar", way).public)
    with pytest.raises(InvalidSignature):
        check(replaced)


@every_way
def test_a_chain_breaks_where_its_proof_forgets_what_it_builds_on(way):
    chain = a_chain(way)
    for previous in (None, FIRST, [SECOND]):
        proofs = deepcopy(chain["proof"])
        proofs[2]["previousProof"] = previous
        if previous is None:
            del proofs[2]["previousProof"]

        with pytest.raises(InvalidSignature):
            check(chain | {"proof": proofs})


def test_the_order_of_proofs_means_nothing_except_among_several_that_a_jcs_proof_names():
    def orders(chain):
        first, second, third = chain["proof"]
        return chain | {"proof": [third, first, second]}, chain | {"proof": [second, first, third]}

    for order in orders(a_chain(RDFC)):
        assert len(check(order)) == 3
    last_first, swapped = orders(a_chain(JCS))
    assert len(check(last_first)) == 3
    with pytest.raises(InvalidSignature):
        check(swapped)


def test_a_chain_of_one_names_its_predecessor_as_text():
    document = signed(signed(proof_id=FIRST), by="dean", previous=[FIRST])

    assert document["proof"][1]["previousProof"] == FIRST
    assert len(check(document)) == 2


def test_a_chain_may_grow_on_a_chain():
    document = signed(a_chain(), by="notary", previous=[THIRD])

    assert len(check(document)) == 4


NOT_THERE_ONCE = {
    "no such proof": [SECOND],
    "one there, one not": [FIRST, SECOND],
    "the same twice": [FIRST, FIRST],
    "itself": [THIRD],
}


@every_way
@pytest.mark.parametrize("previous", NOT_THERE_ONCE.values(), ids=NOT_THERE_ONCE)
def test_a_chain_is_not_built_on_what_is_not_there_once(way, previous):
    with pytest.raises(BrokenProofChain):
        signed(signed(way=way, proof_id=FIRST), way=way, proof_id=THIRD, previous=previous)


def test_a_chain_is_not_read_where_two_proofs_have_the_id_it_names():
    document = signed(signed(proof_id=FIRST), by="dean", previous=[FIRST])
    doubled = document | {"proof": [*document["proof"], signed(by="thief", proof_id=FIRST)["proof"]]}

    with pytest.raises(BrokenProofChain):
        check(doubled)


def test_a_new_proof_does_not_take_the_id_of_another():
    with pytest.raises(BrokenProofChain):
        signed(signed(proof_id=FIRST), by="dean", proof_id=FIRST)


MALFORMED = {
    "no type": {"type": None},
    "no type's name": {"type": ""},
    "a list of types": {"type": ["DataIntegrityProof"]},
    "no suite": {"cryptosuite": None},
    "a suite that is a number": {"cryptosuite": 7},
    "no verification method": {"verificationMethod": None},
    "a verification method that is an object": {"verificationMethod": {"id": "did:key:z"}},
    "a verification method that is no URL": {"verificationMethod": "key-1"},
    "a verification method with a space": {"verificationMethod": "did:web:aitu.example#key 1"},
    "no purpose": {"proofPurpose": None},
    "an empty purpose": {"proofPurpose": ""},
    "a list of purposes": {"proofPurpose": ["assertionMethod"]},
    "created on no day": {"created": "2026-02-30T09:00:00Z"},
    "created without a time zone": {"created": "2026-06-30T09:00:00"},
    "created without a time": {"created": "2026-06-30"},
    "created in a list": {"created": ["2026-06-30T09:00:00Z"]},
    "created at a number": {"created": 1782810000},
    "created outside of the calendar": {"created": "0001-01-01T00:00:00+14:00"},
    "created in other digits": {"created": "٢٠٢٦-06-30T09:00:00Z"},
    "created with a line break": {"created": "2026-06-30T09:00:00Z\n"},
    "expires on no day": {"expires": "tomorrow"},
    "an id that is no URL": {"id": "first"},
    "an id that is a number": {"id": 1},
    "no value": {"proofValue": None},
    "a value that is an object": {"proofValue": {}},
    "an empty value": {"proofValue": ""},
    "a value in another base": {"proofValue": to_multibase(bytes(64), "u")},
    "a value not in base58": {"proofValue": "z" + "0" * 88},
    "a value one byte short": {"proofValue": to_multibase(b"\x01" * 63)},
    "a value one byte long": {"proofValue": to_multibase(b"\x01" * 97)},
    "an older type, and a suite as well": {"type": "Ed25519Signature2020"},
    "an older type, and no time": {"type": "Ed25519Signature2020", "cryptosuite": None, "created": None},
    "a value very long": {"proofValue": "z" + "2" * 100_000},
    "names earlier proofs by number": {"previousProof": 1},
    "names no earlier proofs": {"previousProof": []},
    "names earlier proofs by object": {"previousProof": [{"id": FIRST}]},
    "an empty domain": {"domain": []},
    "a challenge that is a list": {"challenge": ["1"]},
    "a nonce that is a number": {"nonce": 1},
}


@every_way
@pytest.mark.parametrize("changes", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_proof_is_refused(way, changes):
    with pytest.raises(MalformedProof):
        check(with_proof(signed(way=way), **changes))


@every_way
def test_an_explicit_null_is_malformed(way):
    for name in ("created", "expires", "id", "previousProof", "domain"):
        document = signed(way=way)
        document["proof"][name] = None

        with pytest.raises(MalformedProof):
            check(document)


NO_PROOF = {
    "none": {},
    "null": {"proof": None},
    "an empty list": {"proof": []},
}


@pytest.mark.parametrize("proof", NO_PROOF.values(), ids=NO_PROOF)
def test_a_document_without_a_proof_is_told_so(proof):
    with pytest.raises(NoProof):
        check(a_credential() | proof)


NOT_PROOFS = {
    "text": "proof",
    "a number": 7,
    "an empty object": {},
    "a list of text": ["proof"],
    "a list in a list": [[{}]],
    "one good and one null": [signed()["proof"], None],
    "a hundred": [signed()["proof"]] * 100,
}


@pytest.mark.parametrize("proof", NOT_PROOFS.values(), ids=NOT_PROOFS)
def test_what_is_not_a_proof_is_malformed(proof):
    with pytest.raises(MalformedProof):
        check(a_credential() | {"proof": proof})


def test_the_proofs_of_a_document_are_a_list_whether_one_or_many():
    one = signed()

    assert proofs_of(one) == [one["proof"]]
    assert proofs_of(one | {"proof": [one["proof"]]}) == [one["proof"]]


def test_a_suite_we_do_not_have_is_refused():
    with pytest.raises(UnsupportedSuite):
        check(with_proof(signed(), cryptosuite="bbs-2023"))
    with pytest.raises(UnsupportedSuite):
        check(with_proof(signed(), type="RsaSignature2018", cryptosuite=None))
    with pytest.raises(UnsupportedSuite):
        suites.by_name("eddsa-2022")


def test_the_suites_are_these():
    assert suites.NAMES == (
        "eddsa-rdfc-2022",
        "eddsa-jcs-2022",
        "ecdsa-rdfc-2019",
        "ecdsa-jcs-2019",
        "ecdsa-sd-2023",
        "Ed25519Signature2020",
    )


@every_way
def test_a_proof_is_for_the_purpose_it_was_made_for(way):
    document = signed(way=way, purpose="authentication")

    assert check_proofs(document, key_of_did_key, purpose="authentication")
    with pytest.raises(ProofPurposeMismatch):
        check(document)
    with pytest.raises(InvalidSignature):
        check(with_proof(document, proofPurpose="assertionMethod"))


@every_way
def test_a_proof_need_not_say_when_it_was_made_and_may_say_until_when_it_holds(way):
    signer, chosen = a_signer("registrar", way), suites.by_name(name_of(way))
    document = a_credential()
    options = {
        **({"@context": document["@context"]} if chosen.copies_context else {}),
        "type": "DataIntegrityProof",
        "cryptosuite": chosen.name,
        "verificationMethod": signer.public.verification_method,
        "proofPurpose": "assertionMethod",
        "expires": "2026-07-01T14:00:00.5+05:00",
        "domain": ["example.edu", "example.org"],
        "challenge": "3d2f",
    }
    document["proof"] = {**options, "proofValue": chosen.prove(document, options, signer, PINNED)}

    [checked] = check(document)

    assert checked.created is None
    assert checked.expires == datetime(2026, 7, 1, 9, 0, 0, 500_000, tzinfo=UTC)


def test_a_time_of_creation_has_a_time_zone():
    with pytest.raises(ValueError, match="time zone"):
        signed(created=AT.replace(tzinfo=None))


def test_what_cannot_be_verified_is_not_signed():
    for document, more, error in (
        (a_credential(undefined="term"), {}, UndefinedTerm),
        (a_credential(), {"proof_id": "first"}, MalformedProof),
        (a_credential(), {"purpose": ""}, MalformedProof),
        (a_credential(proof="none"), {}, MalformedProof),
    ):
        with pytest.raises(error):
            signed(document, **more)


def test_a_key_nobody_vouches_for_is_unknown():
    def key_for(method):
        raise UnknownKey(f"No list you trust holds {method}.")

    with pytest.raises(UnknownKey):
        check_proofs(signed(), key_for)


def test_options_that_python_takes_for_equal_are_hashed_apart():
    """Option hashes are kept by their options; 1 and true must not share one."""
    suite = suites.by_name(RDFC)
    document = a_credential()
    options = {"type": "DataIntegrityProof", "proofPurpose": "assertionMethod", "cryptosuite": RDFC}

    hashes = {suite.hash_data(document, options | {"nonce": nonce}, PINNED) for nonce in ("1", 1, True, 1.5)}

    assert len(hashes) == 4


def test_a_proof_says_for_whom_and_for_what_occasion_it_was_made_and_signs_it():
    signer = Ed25519Signer.generate()
    signed = add_proof(
        {"@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"]},
        signer=signer,
        suite="eddsa-rdfc-2022",
        verification_method=signer.public.verification_method,
        created=datetime(2026, 6, 30, tzinfo=UTC),
        purpose="authentication",
        challenge="u1",
        domain="admissions.example",
    )

    check_proof(signed, signed["proof"], signer.public, purpose="authentication")
    for name in ("challenge", "domain"):
        with pytest.raises(InvalidSignature):
            check_proof(signed, {**signed["proof"], name: "another"}, signer.public, purpose="authentication")
