"""What a verification makes of a trust list: a name, perhaps keys, and only until the list ends."""

from datetime import timedelta

import pytest

from keys.did import PublishedKey, did_document
from keys.proofs import add_proof
from keys.signing import Ed25519Signer
from tests.trust.world import (
    ACCREDITED,
    ANCHOR,
    DAY,
    JUNE,
    SCHOOL,
    UNIVERSITY,
    a_chain,
    a_mark,
    a_registry,
    anchor,
    credentials,
    of_the_anchor,
    of_the_ministry,
    of_the_school,
    stranger,
)
from tests.trust.world import of_the_university as of_the_university_itself
from tests.verifying.world import REGISTRY, a_term, an_issuer, some_facts, text_of
from wallet.evidence import Combined, ControllerDocument, KnownFacts, Source
from wallet.formats import open_badges
from wallet.trust_lists import kept
from wallet.trust_lists.evidence import TrustListEvidence
from wallet.trust_lists.trust_list import GOOD_FOR, Kind
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify

school = Ed25519Signer.from_seed(bytes([6]) * 32)
KNOWN_IS_ENOUGH = Policy(require_accreditation=False)


def community(data=None, *, got_at=JUNE, name="Community"):
    return kept.got_now(data or a_registry(), Kind.DCC, source="registry.json", now=got_at, name=name)


def federation(data=None):
    return kept.got_now(
        data or a_chain(), Kind.FEDERATION, source="chain.json", now=JUNE, anchor=anchor.public
    )


def a_badge(issuer, method, signer):
    unsigned = open_badges.build(some_facts(issuer=issuer, status=()))
    return text_of(
        add_proof(unsigned, signer=signer, suite="eddsa-rdfc-2022", verification_method=method, created=JUNE)
    )


def of_the_school_itself(signer=school):
    return a_badge(SCHOOL, f"{SCHOOL}#key-1", signer)


def own_document():
    """The network's answer to what the school's DID leads to."""
    document = did_document(SCHOOL, [PublishedKey(f"{SCHOOL}#key-1", school.public)])
    source = Source(name="the issuer's own web address")
    return KnownFacts(documents={SCHOOL: ControllerDocument(document=document, got_at=JUNE, source=source)})


def verdict(data, *lists, beside=(), policy=KNOWN_IS_ENOUGH, at=JUNE + timedelta(hours=2), now=None):
    evidence = Combined(TrustListEvidence(lists, now or at), *beside)
    return verify(data, policy=policy, at=at, evidence=evidence)


def test_an_issuer_known_to_a_registry_passes_with_the_keys_its_own_did_leads_to():
    found = verdict(of_the_school_itself(), community(), beside=(own_document(),))

    assert found.outcome is Outcome.PASSED, found.headline
    assert found.subject.issuer_name == "My School"
    assert "according to the issuer's own DID document" in found.check("key-belongs-to-issuer").sentence


def test_what_the_registry_does_not_say_is_said_to_be_unknown():
    found = verdict(of_the_school_itself(), community(), beside=(own_document(),), policy=Policy())

    check = found.check("trust")
    assert (check.outcome, check.reason) == (Outcome.COULD_NOT_CHECK, "accreditation-unknown")
    assert check.sentence == (
        "My School is known to the trust list Community of 2026-06-29T09:00:00Z, "
        "which does not say what it is accredited for."
    )


def test_a_registry_without_the_issuers_own_document_cannot_say_whose_key_it_is():
    found = verdict(of_the_school_itself(), community())

    check = found.check("key-belongs-to-issuer")
    assert (check.outcome, check.reason) == (Outcome.COULD_NOT_CHECK, "issuer-not-known")
    assert "does not list this key" in check.sentence


def test_a_stranger_in_the_name_of_a_listed_issuer_fails():
    found = verdict(of_the_school_itself(stranger), community(), beside=(own_document(),))

    assert found.outcome is Outcome.FAILED


def test_a_listed_did_key_is_its_own_key():
    did = school.public.did
    registry = a_registry(**{did: {"name": "Evening School"}})

    found = verdict(a_badge(did, f"{did}#{school.public.multikey}", school), community(registry))

    assert found.outcome is Outcome.PASSED, found.headline
    assert found.subject.issuer_name == "Evening School"


def of_the_university(signer=credentials, key="key-1"):
    return a_badge(UNIVERSITY, f"{UNIVERSITY}#{key}", signer)


def test_a_federation_says_whose_key_it_is_and_that_it_keeps_no_history():
    found = verdict(of_the_university(), federation())

    assert found.outcome is Outcome.PASSED, found.headline
    assert found.subject.issuer_name == "University of Example"
    listed = f"the federation of {ANCHOR}, in its statement of 2026-06-30T08:00:00Z"
    assert found.check("key-belongs-to-issuer").sentence == f"The key is the issuer's, according to {listed}."
    assert found.check("key-in-force").sentence == f"The key is listed by {listed}, which keeps no history."


def test_a_trust_mark_is_told_and_is_no_accreditation_for_this():
    shown = federation(
        a_chain(of_the_university_itself(trust_marks=[a_mark()]), of_the_ministry(), of_the_anchor())
    )

    check = verdict(of_the_university(), shown, policy=Policy()).check("trust")

    assert (check.outcome, check.reason) == (Outcome.COULD_NOT_CHECK, "accreditation-unknown")
    assert f"It holds the trust mark {ACCREDITED}, given by {ANCHOR}." in check.sentence
    assert check.evidence["trustMarks"] == [{"type": ACCREDITED, "by": ANCHOR}]


def test_a_trust_mark_ends_when_it_says():
    mark = a_mark(exp=int((JUNE + timedelta(hours=1)).timestamp()))
    shown = federation(
        a_chain(of_the_university_itself(trust_marks=[mark]), of_the_ministry(), of_the_anchor())
    )

    assert "trust mark" not in verdict(of_the_university(), shown).check("trust").sentence


STRANGERS = {
    "with another key under a listed name": of_the_university(stranger),
    "with a key under a name that is not listed": of_the_university(stranger, stranger.public.multikey),
}


@pytest.mark.parametrize("data", STRANGERS.values(), ids=STRANGERS)
def test_a_stranger_in_the_name_of_an_issuer_of_the_federation_never_passes(data):
    assert not verdict(data, federation()).passed


ENDED = {
    "a registry got long ago": (
        community(), of_the_school_itself(), JUNE + GOOD_FOR, "2026-09-28T09:00:00Z",
    ),
    "a chain past its end": (federation(), of_the_university(), JUNE + DAY, "2026-07-01T09:00:00Z"),
}  # fmt: skip


@pytest.mark.parametrize(("stale", "data", "now", "until"), ENDED.values(), ids=ENDED)
def test_a_list_that_has_ended_is_could_not_check_however_often_it_is_given_again(stale, data, now, until):
    for at in (now, JUNE + timedelta(hours=2)):  # a question about the past is no way to make a list young
        found = verdict(data, stale, beside=(own_document(),), now=now, at=at)

        check = found.check("trust")
        assert (check.outcome, check.reason) == (Outcome.COULD_NOT_CHECK, "source-not-trusted")
        assert f"was good until {until}" in check.sentence
        assert found.subject.issuer_name is None


def test_a_list_that_holds_goes_before_one_that_has_ended():
    old, new = community(name="Old"), community(got_at=JUNE + GOOD_FOR, name="New")
    now = JUNE + GOOD_FOR

    known = TrustListEvidence([old, new], now).issuer(SCHOOL)

    assert (known.source.trusted, known.source.identifier) == (True, "New")


def test_a_reader_may_accept_one_list_and_not_another():
    def accepting(*lists):
        terms = Policy(require_accreditation=False, accept_lists=lists)
        return verdict(of_the_university(), federation(), policy=terms)

    assert accepting(ANCHOR).outcome is Outcome.PASSED
    assert accepting("Community").check("trust").reason == "list-not-accepted"


def test_a_list_is_about_issuers_and_nothing_else():
    evidence = TrustListEvidence([community()], JUNE)

    assert evidence.issuer("did:web:unheard.example") is None
    assert list(evidence.status_lists("https://x.example")) == []
    assert evidence.status_on("https://x.example", 1, JUNE) is None
    assert evidence.controller_document(SCHOOL) is None
    assert evidence.witness("urn:x", b"") is None


def test_the_home_registry_with_its_history_goes_before_a_list():
    ours = an_issuer(a_term(school, f"{SCHOOL}#key-1"), did=SCHOOL, source=REGISTRY)
    evidence = Combined(KnownFacts(issuers={SCHOOL: ours}), TrustListEvidence([community()], JUNE))

    found = verify(of_the_school_itself(), at=JUNE + DAY, evidence=evidence)

    assert found.outcome is Outcome.PASSED
    assert found.subject.issuer_name == "Astana IT University"


def test_a_did_of_the_federation_is_known_and_its_keys_are_its_own():
    found = verdict(of_the_school_itself(), federation(a_chain(of_the_school())), beside=(own_document(),))

    assert found.outcome is Outcome.PASSED, found.headline
    assert found.subject.issuer_name == "My School"
