"""Learner records: every member on its own proof and its own status."""

import pytest

from tests.verifying.world import (
    JULY,
    REVOCATIONS,
    a_credential,
    a_list,
    a_record,
    a_registry,
    clean_lists,
    signed,
    some_facts,
    stranger,
    text_of,
)
from wallet.formats import open_badges
from wallet.verdict import Outcome
from wallet.verifying import verify


def test_a_record_of_good_credentials_passes_and_shows_each():
    record = a_record(a_credential(), a_credential(credential="urn:uuid:2"))

    verdict = verify(text_of(record), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.PASSED
    assert [member.outcome for member in verdict.members] == [Outcome.PASSED, Outcome.PASSED]
    assert verdict.check("members").evidence["count"] == 2


def a_revoked_member():
    lists = clean_lists() | {REVOCATIONS: [a_list("revocation", 94_567)]}
    return a_credential(), a_registry(lists=lists), Outcome.FAILED


def an_altered_member():
    return a_credential() | {"name": "Another"}, a_registry(), Outcome.FAILED


def an_unknown_member():
    did = stranger.public.did
    unsigned = open_badges.build(some_facts(issuer=did, status=()))
    member = signed(unsigned, signer=stranger, method=f"{did}#{stranger.public.multikey}")
    return member, a_registry(), Outcome.COULD_NOT_CHECK


@pytest.mark.parametrize("member", [a_revoked_member, an_altered_member, an_unknown_member])
def test_a_record_is_worth_no_more_than_the_least_of_its_members(member):
    document, evidence, outcome = member()

    verdict = verify(text_of(a_record(a_credential(status=()), document)), at=JULY, evidence=evidence)

    assert verdict.check("proof").outcome is Outcome.PASSED
    assert verdict.check("members").outcome is outcome
    assert verdict.outcome is outcome
    assert verdict.members[0].outcome is Outcome.PASSED


def test_a_record_may_carry_records_but_not_without_end():
    record = a_credential(status=())
    for depth in range(3):
        record = a_record(record, record=f"urn:uuid:{depth}")
    assert verify(text_of(record), at=JULY, evidence=a_registry()).outcome is Outcome.PASSED

    too_deep = a_record(a_record(record, record="urn:uuid:3"), record="urn:uuid:4")
    verdict = verify(text_of(too_deep), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.FAILED


def test_a_member_in_a_form_we_do_not_read_is_not_shown_as_good():
    record = a_record(a_credential(status=()))
    unsigned = {member: value for member, value in record.items() if member != "proof"}
    unsigned["credentialSubject"]["verifiableCredential"].append("eyJhbGciOiJFZERTQSJ9..")

    verdict = verify(text_of(signed(unsigned)), at=JULY, evidence=a_registry())

    assert verdict.outcome is not Outcome.PASSED
