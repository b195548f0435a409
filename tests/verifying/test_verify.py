"""What a good credential gets, and what the form of a verdict promises."""

import json
from datetime import datetime, timedelta

import pytest

from tests.verifying.world import (
    AITU,
    JCS,
    JULY,
    JUNE,
    RDFC,
    a_credential,
    a_registry,
    an_issuer,
    signed,
    some_facts,
    stranger,
    text_of,
)
from wallet.evidence import NoEvidence
from wallet.formats import open_badges
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify

PROOF_ONLY = Policy(checks=frozenset({"proof"}))


@pytest.mark.parametrize("suite", [RDFC, JCS])
def test_a_credential_of_an_accredited_institution_passes_every_check(suite):
    verdict = verify(text_of(a_credential(suite=suite)), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.PASSED
    assert verdict.exit_code == 0
    assert verdict.problem is None
    assert [check.code for check in verdict.checks] == [
        "parse",
        "shape",
        "proof",
        "key-belongs-to-issuer",
        "key-in-force",
        "validity-period",
        "status",
        "trust",
    ]


def test_every_step_is_either_answered_or_said_not_to_apply():
    for document in (b"{", text_of(a_credential()), text_of(a_credential(status=()))):
        for policy in (Policy(), PROOF_ONLY):
            verdict = verify(document, policy=policy, at=JULY, evidence=a_registry())

            numbers = [answer.number for answer in (*verdict.checks, *verdict.not_applicable)]
            assert sorted(numbers) == list(range(11))


def test_the_name_shown_is_the_registrys_and_never_the_documents_own():
    verdict = verify(text_of(a_credential()), at=JULY, evidence=a_registry())

    assert "Astana IT University" in verdict.headline
    assert verdict.subject is not None
    assert verdict.subject.issuer_name == "Astana IT University"
    assert b"A name the document gives itself" not in verdict.to_json()


def test_a_forged_credential_is_not_shown_under_the_name_it_borrows():
    forged = a_credential() | {"name": "Doctor of Medicine"}

    verdict = verify(text_of(forged), at=JULY, evidence=a_registry())

    assert verdict.subject is not None
    assert verdict.subject.issuer_name is None
    assert b"Astana IT University" not in verdict.to_json()


def test_an_unknown_issuer_is_could_not_check_and_no_red_cross():
    verdict = verify(text_of(a_credential(status=())), at=JULY, evidence=NoEvidence())

    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    assert verdict.exit_code == 3
    assert "could not be had" in verdict.headline


def test_an_unknown_issuer_that_is_its_own_key_is_in_no_list_you_trust():
    document, _ = a_self_made_credential()

    verdict = verify(document, at=JULY)

    assert verdict.outcome is Outcome.COULD_NOT_CHECK
    assert verdict.headline.startswith("Could not check: ")
    assert "not in any list you trust" in verdict.headline
    assert verdict.check("key-belongs-to-issuer").outcome is Outcome.PASSED


def test_a_reader_who_does_not_ask_who_the_issuer_is_is_told_so():
    document, did = a_self_made_credential()

    verdict = verify(document, policy=Policy(require_known_issuer=False), at=JULY)

    assert verdict.outcome is Outcome.PASSED
    assert did in verdict.headline
    assert "trust" in {answer.code for answer in verdict.not_applicable}


def a_self_made_credential() -> tuple[bytes, str]:
    did = stranger.public.did
    document = open_badges.build(some_facts(issuer=did, status=()))
    method = f"{did}#{stranger.public.multikey}"
    return text_of(signed(document, signer=stranger, method=method)), did


def test_proof_only_looks_at_nothing_but_the_text_its_shape_and_its_proof():
    verdict = verify(text_of(a_credential()), policy=PROOF_ONLY, at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.PASSED
    assert [check.code for check in verdict.checks] == ["parse", "shape", "proof"]


def test_a_verdict_is_the_same_bytes_every_time():
    document = text_of(a_credential())

    texts = {verify(document, at=JULY, evidence=a_registry()).to_json() for _ in range(3)}

    assert len(texts) == 1
    verdict = json.loads(texts.pop())
    assert verdict["outcome"] == "passed"
    assert list(verdict) == ["outcome", "headline", "at", "checks", "notApplicable", "subject", "members"]


def test_credits_are_shown_with_their_scheme():
    verdict = verify(text_of(a_credential()), at=JULY, evidence=a_registry())

    assert [(line.points, line.scheme) for line in verdict.subject.credits] == [("4.5", "ECTS")]


def test_a_strangers_text_cannot_command_a_terminal():
    document = a_credential() | {"name": "\x1b[2J\N{RIGHT-TO-LEFT OVERRIDE}" + "a" * 900}

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert not {"\x1b", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(verdict.subject.name)
    assert len(verdict.subject.name) == 200


def test_the_time_asked_about_may_be_in_the_past():
    document = text_of(a_credential(valid_until=JUNE + timedelta(days=10)))

    then = verify(document, at=JUNE + timedelta(days=5), evidence=a_registry())
    now = verify(document, at=JULY, evidence=a_registry())

    assert then.outcome is Outcome.PASSED
    assert now.check("validity-period").reason == "expired"


def test_a_time_without_a_zone_is_the_callers_mistake():
    with pytest.raises(ValueError, match="zone"):
        verify(b"{}", at=datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test


PERIODS = {
    "not yet valid": ({"valid_from": JULY + timedelta(days=1)}, "not-yet-valid"),
    "expired": ({"valid_until": JULY - timedelta(seconds=1)}, "expired"),
}


@pytest.mark.parametrize(("changes", "reason"), PERIODS.values(), ids=PERIODS)
def test_outside_its_period_a_credential_fails(changes, reason):
    verdict = verify(text_of(a_credential(**changes)), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.FAILED
    assert verdict.check("validity-period").reason == reason
    assert verdict.problem.type.endswith("#RANGE_ERROR")


def test_on_its_last_second_a_credential_is_still_valid():
    verdict = verify(text_of(a_credential(valid_until=JULY)), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.PASSED


def test_a_proof_from_the_future_fails():
    document = signed(open_badges.build(some_facts()), created=JULY + timedelta(hours=1))

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert verdict.check("validity-period").reason == "signed-later"


TERMS = {
    "an issuer the reader does not accept": (
        Policy(accept_issuers=("did:web:other.example",)),
        {},
        "issuer-not-accepted",
    ),
    "no status where one is required": (Policy(require_status=True), {"status": ()}, "status-required"),
}


@pytest.mark.parametrize(("policy", "changes", "reason"), TERMS.values(), ids=TERMS)
def test_the_readers_own_terms_are_the_last_word(policy, changes, reason):
    verdict = verify(text_of(a_credential(**changes)), policy=policy, at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.FAILED
    assert verdict.check("policy").reason == reason


def test_a_reader_may_name_the_issuers_to_accept():
    policy = Policy(accept_issuers=(AITU,), require_status=True)

    verdict = verify(text_of(a_credential()), policy=policy, at=JULY, evidence=a_registry())

    assert verdict.check("policy").outcome is Outcome.PASSED


def test_a_known_issuer_without_the_accreditation_for_this_fails():
    outside = {
        "another level": some_facts(eqf_level=8),
        "another field": some_facts(field="0912"),
        "before it began": some_facts(awarded_on=datetime(2019, 6, 1, tzinfo=JUNE.tzinfo)),
    }
    for facts in outside.values():
        verdict = verify(text_of(signed(open_badges.build(facts))), at=JULY, evidence=a_registry())

        assert verdict.check("trust").reason == "not-accredited"


def test_an_issuer_nobody_accredited_fails_even_where_it_is_known():
    verdict = verify(text_of(a_credential()), at=JULY, evidence=a_registry(an_issuer(accreditations=())))

    assert verdict.outcome is Outcome.FAILED
    assert verdict.check("trust").reason == "not-accredited"
