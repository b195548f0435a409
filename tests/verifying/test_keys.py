"""Whose key it is, and when it was in force: a document's word counts for neither."""

from datetime import timedelta

import pytest

from keys import suites
from keys.contexts import PINNED
from keys.did import PublishedKey, did_document
from keys.signing import Ed25519Signer
from tests.verifying.world import (
    AITU,
    JCS,
    JULY,
    JUNE,
    KEY_1,
    REGISTRY,
    REVOCATIONS,
    SUSPENSIONS,
    a_credential,
    a_list,
    a_registry,
    a_term,
    an_issuer,
    registrar,
    signed,
    some_facts,
    stranger,
    text_of,
)
from wallet.bundle import digest_of
from wallet.evidence import Combined, ControllerDocument, KnownFacts, Source, Witness
from wallet.formats import open_badges
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify

UNSIGNED = open_badges.build(some_facts(status=()))


def signed_by_a_stranger(method: str) -> bytes:
    return text_of(signed(UNSIGNED, signer=stranger, method=method))


def test_a_key_named_in_the_proof_itself_proves_nothing_of_whose_it_is():
    document = signed_by_a_stranger(f"{AITU}#{stranger.public.multikey}")

    verdict = verify(document, at=JULY)

    assert verdict.check("proof").outcome is Outcome.PASSED
    assert verdict.check("key-belongs-to-issuer").outcome is Outcome.COULD_NOT_CHECK
    assert verdict.outcome is Outcome.COULD_NOT_CHECK


def test_a_key_the_registry_does_not_list_is_not_the_issuers():
    document = signed_by_a_stranger(f"{AITU}#{stranger.public.multikey}")

    verdict = verify(document, at=JULY, evidence=a_registry())

    assert verdict.check("proof").outcome is Outcome.PASSED
    assert verdict.check("key-belongs-to-issuer").reason == "key-of-another"
    assert verdict.outcome is Outcome.FAILED


FOREIGN_METHODS = {
    "the stranger's own did:key": f"{stranger.public.did}#{stranger.public.multikey}",
    "another's web address": f"did:web:victim.example#{stranger.public.multikey}",
    "a path below the issuer's": f"{AITU}:staff#{stranger.public.multikey}",
}


@pytest.mark.parametrize("method", FOREIGN_METHODS.values(), ids=FOREIGN_METHODS)
@pytest.mark.parametrize("known", [True, False])
def test_a_key_of_another_controller_is_never_the_issuers(method, known):
    evidence = a_registry() if known else KnownFacts()

    verdict = verify(signed_by_a_stranger(method), at=JULY, evidence=evidence)

    assert verdict.check("key-belongs-to-issuer").reason == "key-of-another"


def test_a_key_nobody_has_leaves_the_proof_unchecked():
    verdict = verify(text_of(a_credential(status=())), at=JULY)

    assert verdict.check("proof").reason == "no-key"
    assert verdict.outcome is Outcome.COULD_NOT_CHECK


def test_a_key_under_the_registrys_name_but_of_another_fails_the_proof():
    verdict = verify(signed_by_a_stranger(KEY_1), at=JULY, evidence=a_registry())

    assert verdict.check("proof").reason == "invalid-signature"


def test_a_fragment_that_is_no_key_fails_the_proof():
    document = signed(UNSIGNED)
    document["proof"]["verificationMethod"] = (
        "https://example.edu/issuer#z6MkjZRsdasZv3aez3r18pB1RBFJR1kwUVJ5j"
    )

    verdict = verify(text_of(document), at=JULY)

    assert verdict.check("proof").reason == "not-a-key"


def the_issuers_document(**times) -> KnownFacts:
    listed = [PublishedKey(KEY_1, registrar.public, **times)]
    document = ControllerDocument(
        document=did_document(AITU, listed), got_at=JULY, source=Source(name="the web")
    )
    return KnownFacts(documents={AITU: document})


def test_the_issuers_own_did_document_says_whose_key_it_is_and_not_who_the_issuer_is():
    verdict = verify(text_of(a_credential(status=())), at=JULY, evidence=the_issuers_document())

    assert verdict.check("key-belongs-to-issuer").outcome is Outcome.PASSED
    assert verdict.check("key-in-force").outcome is Outcome.PASSED
    assert verdict.check("trust").outcome is Outcome.COULD_NOT_CHECK


def test_a_key_missing_from_the_issuers_did_document_is_not_the_issuers():
    document = signed_by_a_stranger(f"{AITU}#{stranger.public.multikey}")

    verdict = verify(document, at=JULY, evidence=the_issuers_document())

    assert verdict.check("key-belongs-to-issuer").reason == "key-of-another"


WITHDRAWN = {
    "revoked": ({"revoked": JULY - timedelta(days=1)}, "revoked"),
    "expired before it signed": ({"expires": JUNE - timedelta(days=1)}, "key-expired"),
}


@pytest.mark.parametrize(("times", "reason"), WITHDRAWN.values(), ids=WITHDRAWN)
def test_a_key_its_own_document_has_withdrawn_fails(times, reason):
    verdict = verify(text_of(a_credential(status=())), at=JULY, evidence=the_issuers_document(**times))

    assert verdict.check("key-in-force").reason == reason


def in_force(*terms, **facts):
    evidence = a_registry(an_issuer(*terms), **facts)
    return verify(text_of(a_credential(status=())), at=JULY, evidence=evidence).check("key-in-force")


def test_a_retired_key_still_stands_for_what_it_signed_in_its_term():
    check = in_force(a_term(retired_at=JUNE + timedelta(days=1)))

    assert check.outcome is Outcome.PASSED
    assert "by the issuer's own date" in check.sentence


OUT_OF_TERM = {
    "retired before": (a_term(retired_at=JUNE - timedelta(days=1)), "retired"),
    "not yet published": (a_term(published_at=JUNE + timedelta(days=1)), "not-yet-published"),
    "compromised before": (a_term(compromised_at=JUNE - timedelta(days=1)), "compromised"),
    "compromised later, and nobody saw it": (a_term(compromised_at=JUNE + timedelta(days=1)), "compromised"),
}


@pytest.mark.parametrize(("term", "reason"), OUT_OF_TERM.values(), ids=OUT_OF_TERM)
def test_out_of_its_term_a_key_signs_nothing(term, reason):
    assert in_force(term).reason == reason


def test_a_key_published_within_the_second_it_signed_in_was_in_force():
    check = in_force(a_term(published_at=JUNE + timedelta(milliseconds=900)))

    assert check.outcome is Outcome.PASSED


def seen(at, *, trusted=True):
    witness = Witness(at=at, source=Source(name="this wallet's ledger", trusted=trusted))
    return {"witnesses": {digest_of(a_credential(status=())): witness}}


def test_what_was_seen_before_a_compromise_stays_good():
    check = in_force(a_term(compromised_at=JUNE + timedelta(days=2)), **seen(JUNE + timedelta(days=1)))

    assert check.outcome is Outcome.PASSED


UNSEEN = {
    "seen after": seen(JUNE + timedelta(days=3)),
    "seen before, by somebody untrusted": seen(JUNE + timedelta(days=1), trusted=False),
}


@pytest.mark.parametrize("facts", UNSEEN.values(), ids=UNSEEN)
def test_what_a_thief_may_have_back_dated_does_not_count(facts):
    check = in_force(a_term(compromised_at=JUNE + timedelta(days=2)), **facts)

    assert check.reason == "compromised"


def test_a_recorded_document_says_since_when_it_stands_in_the_log():
    evidence = a_registry(**seen(JUNE + timedelta(days=1)))

    verdict = verify(text_of(a_credential(status=())), at=JULY, evidence=evidence)

    assert verdict.check("log-inclusion").outcome is Outcome.PASSED


def test_a_retired_key_whose_proof_has_no_date_cannot_be_checked():
    document = a_credential(suite=JCS, status=())
    undated = {member: value for member, value in document.items() if member != "proof"}
    proof = {k: v for k, v in document["proof"].items() if k not in {"created", "proofValue"}}
    suite = suites.by_name(JCS)
    proof["proofValue"] = suite.sign(suite.hash_data(undated, proof, PINNED), registrar)

    evidence = a_registry(an_issuer(a_term(retired_at=JULY - timedelta(days=1))))
    verdict = verify(text_of({**undated, "proof": proof}), at=JULY, evidence=evidence)

    assert verdict.check("proof").outcome is Outcome.PASSED
    assert verdict.check("key-in-force").reason == "no-date"


# --- sets and chains


KEY_2 = f"{AITU}#key-2"
second = Ed25519Signer.from_seed(bytes([2]) * 32)
TWO_KEYS = a_registry(an_issuer(a_term(), a_term(second, KEY_2)))


def test_every_proof_of_a_set_is_checked():
    document = signed(signed(UNSIGNED), signer=second, method=KEY_2)
    assert verify(text_of(document), at=JULY, evidence=TWO_KEYS).outcome is Outcome.PASSED

    document["proof"][0]["created"] = "2026-06-30T09:00:01Z"

    assert verify(text_of(document), at=JULY, evidence=TWO_KEYS).check("proof").outcome is Outcome.FAILED


def test_a_chain_holds_only_with_the_proof_it_builds_on():
    document = signed(UNSIGNED, proof_id="urn:uuid:1")
    document = signed(document, signer=second, method=KEY_2, previous=["urn:uuid:1"])
    assert verify(text_of(document), at=JULY, evidence=TWO_KEYS).outcome is Outcome.PASSED

    stripped = {**document, "proof": document["proof"][1]}

    assert verify(text_of(stripped), at=JULY, evidence=TWO_KEYS).check("proof").reason == "broken-proof-chain"


def test_a_proof_of_an_unknown_kind_beside_a_good_one_is_set_aside_and_said_to_be():
    document = signed(UNSIGNED)
    document["proof"] = [{"type": "SomeProofType", "proofPurpose": "assertionMethod"}, document["proof"]]

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.PASSED
    assert "SomeProofType" in verdict.check("proof").sentence


def test_a_proof_of_an_unknown_kind_alone_cannot_be_checked():
    document = {**UNSIGNED, "proof": {"type": "SomeProofType", "proofPurpose": "assertionMethod"}}

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert verdict.check("proof").reason == "unknown-suite"
    assert verdict.outcome is Outcome.COULD_NOT_CHECK


def test_a_strangers_proof_beside_the_issuers_changes_nothing():
    method = f"{stranger.public.did}#{stranger.public.multikey}"
    document = signed(signed(UNSIGNED), signer=stranger, method=method)

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.PASSED
    assert verdict.check("key-belongs-to-issuer").evidence["verificationMethods"] == [KEY_1]


def test_a_proof_for_another_purpose_fails():
    document = signed(UNSIGNED, purpose="authentication")

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert verdict.check("proof").reason == "proof-purpose-mismatch"


# --- sources that are copies


def a_copy_of_the_registry(made_at, *, trusted=True):
    source = Source(name="a bundle", trusted=trusted, how_to_trust="Trust it.", made_at=made_at)
    return KnownFacts(issuers={AITU: an_issuer(source=source)})


def test_a_key_younger_than_a_copy_of_the_registry_cannot_be_checked_by_it():
    document = signed_by_a_stranger(f"{AITU}#{stranger.public.multikey}")

    old = verify(document, at=JULY, evidence=a_copy_of_the_registry(JUNE - timedelta(days=1)))
    new = verify(document, at=JULY, evidence=a_copy_of_the_registry(JUNE + timedelta(days=1)))

    assert old.check("key-belongs-to-issuer").outcome is Outcome.COULD_NOT_CHECK
    assert new.check("key-belongs-to-issuer").outcome is Outcome.FAILED


def test_an_untrusted_copy_says_how_to_trust_it_and_nothing_else_is_believed():
    evidence = a_copy_of_the_registry(JULY, trusted=False)

    verdict = verify(text_of(a_credential(status=())), at=JULY, evidence=evidence)

    assert verdict.check("proof").outcome is Outcome.PASSED
    for code in ("key-belongs-to-issuer", "trust"):
        assert verdict.check(code).outcome is Outcome.COULD_NOT_CHECK
        assert "Trust it." in verdict.check(code).sentence
    assert verdict.subject.issuer_name is None


def test_a_trusted_source_goes_before_an_untrusted_one():
    evidence = Combined(a_copy_of_the_registry(JULY, trusted=False), a_registry())

    assert verify(text_of(a_credential()), at=JULY, evidence=evidence).outcome is Outcome.PASSED


def test_a_list_signed_with_a_compromised_key_is_not_believed():
    """A thief signs a clean list; the credential itself was seen in time."""
    document = a_credential()
    witness = Witness(at=JUNE + timedelta(hours=1), source=REGISTRY)
    evidence = a_registry(
        an_issuer(a_term(compromised_at=JUNE + timedelta(days=2))), witnesses={digest_of(document): witness}
    )

    verdict = verify(text_of(document), at=JULY, evidence=evidence)

    assert verdict.check("key-in-force").outcome is Outcome.PASSED
    assert verdict.check("status").reason == "list-key"
    assert verdict.outcome is Outcome.COULD_NOT_CHECK


def test_an_issuer_the_reader_need_not_know_is_still_held_to_its_keys():
    document = signed_by_a_stranger(f"{AITU}#{stranger.public.multikey}")

    verdict = verify(document, policy=Policy(require_known_issuer=False), at=JULY)

    assert verdict.outcome is Outcome.COULD_NOT_CHECK


def test_lists_of_the_first_copy_serve_before_later_ones_are_asked():
    class Unasked(KnownFacts):
        def status_lists(self, url, /):
            raise AssertionError("a fresh list was at hand")

    lists = {REVOCATIONS: [a_list()], SUSPENSIONS: [a_list("suspension", url=SUSPENSIONS)]}
    evidence = Combined(a_registry(lists=lists), Unasked())

    assert verify(text_of(a_credential()), at=JULY, evidence=evidence).outcome is Outcome.PASSED


def test_an_untrusted_copy_cannot_make_a_good_credential_fail():
    source = Source(name="a bundle", trusted=False, how_to_trust="Trust it.")
    liar = KnownFacts(issuers={AITU: an_issuer(a_term(stranger), source=source)})
    document = text_of(a_credential(status=()))

    alone = verify(document, at=JULY, evidence=liar)
    beside_the_issuers_own = verify(document, at=JULY, evidence=Combined(liar, the_issuers_document()))

    assert alone.check("proof").outcome is Outcome.COULD_NOT_CHECK
    assert beside_the_issuers_own.check("key-belongs-to-issuer").outcome is Outcome.PASSED


def test_a_document_with_more_proofs_than_anyone_needs_is_not_computed_over():
    document = signed(UNSIGNED)
    document["proof"] = [document["proof"]] * 9

    assert verify(text_of(document), at=JULY).check("proof").reason == "too-many-proofs"
