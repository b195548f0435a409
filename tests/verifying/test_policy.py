"""A reader's own terms: read as strictly as they are meant, and kept to."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.verifying.world import AITU, JCS, JULY, RDFC, a_credential, a_registry, an_issuer, text_of
from wallet.evidence import Source
from wallet.verdict import Outcome
from wallet.verifying import Policy, verify
from wallet.verifying.policy import PolicyRefused

DOCUMENTED = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()


def test_every_member_is_documented_and_no_other():
    example = re.search(r"```json\n(.*?)```", DOCUMENTED, re.DOTALL)[1]
    policy = Policy.read(example.encode())

    assert set(json.loads(example)) | {"checks"} == set(Policy.__struct_fields__)
    assert set(re.findall(r"^\| `(\w+)`", DOCUMENTED, re.MULTILINE)) == set(Policy.__struct_fields__)
    assert policy.max_status_age == timedelta(days=1)


def test_an_empty_policy_is_that_of_an_admissions_office():
    assert Policy.read(b"{}") == Policy()


REFUSED = {
    "not JSON": (b"{", "cannot be read"),
    "an array": (b"[]", "not one this program reads"),
    "a member twice": (b'{"require_status": true, "require_status": false}', "given twice"),
    "a member nobody knows": (b'{"require_staus": true}', "require_staus"),
    "text where yes or no is meant": (b'{"require_status": "yes"}', "require_status"),
    "a number where yes or no is meant": (b'{"require_status": 1}', "require_status"),
    "one issuer not in a list": (b'{"accept_issuers": "did:web:a.example"}', "accept_issuers"),
    "an issuer that is none": (b'{"accept_issuers": ["AITU"]}', "neither a DID"),
    "a list that lets nobody in": (b'{"accept_issuers": []}', "accept_issuers is empty"),
    "no list of lists": (b'{"accept_lists": []}', "accept_lists is empty"),
    "a cryptosuite misspelt": (b'{"accept_cryptosuites": ["eddsa-rdfc-2023"]}', "eddsa-rdfc-2022"),
    "an age in words": (b'{"max_status_age": "a day"}', "max_status_age"),
    "an age of nothing": (b'{"max_status_age": "PT0S"}', "max_status_age"),
    "a negative age": (b'{"max_status_age": "-P1D"}', "max_status_age"),
    "a check there is not": (b'{"checks": ["trust"]}', "checks"),
    "terms that undo each other": (
        b'{"accept_lists": ["here"], "require_known_issuer": false}',
        "does without their knowing",
    ),
}


@pytest.mark.parametrize(("text", "says"), REFUSED.values(), ids=REFUSED)
def test_a_policy_that_cannot_have_been_meant_is_refused_and_says_why(text, says):
    with pytest.raises(PolicyRefused, match=re.escape(says)):
        Policy.read(text)


def verdict(policy, *, suite=RDFC, issuer=None):
    document = a_credential(suite=suite, status=())
    return verify(text_of(document), policy=policy, at=JULY, evidence=a_registry(issuer))


def test_a_cryptosuite_outside_the_readers_own_fails_on_the_readers_terms():
    only = Policy(accept_cryptosuites=(RDFC,))

    assert verdict(only, suite=RDFC).outcome is Outcome.PASSED
    assert verdict(only, suite=JCS).check("policy").reason == "cryptosuite-not-accepted"


def test_an_issuer_known_only_to_a_list_outside_the_readers_own_is_could_not_check():
    listed = Source(name="the trust list Community", identifier="Community")
    issuer = replace(an_issuer(), source=listed)

    accepted = verdict(Policy(accept_lists=("Community",)), issuer=issuer)
    other = verdict(Policy(accept_lists=("here",)), issuer=issuer)

    assert accepted.outcome is Outcome.PASSED
    assert (other.outcome, other.check("trust").reason) == (Outcome.COULD_NOT_CHECK, "list-not-accepted")


UNKNOWN, NONE_AT_ALL = None, ()
ACCREDITATION = {
    "unknown, and asked for": (UNKNOWN, True, Outcome.COULD_NOT_CHECK, "accreditation-unknown"),
    "unknown, and not asked for": (UNKNOWN, False, Outcome.PASSED, "holds"),
    "not given, and asked for": (NONE_AT_ALL, True, Outcome.FAILED, "not-accredited"),
    "not given, and not asked for": (NONE_AT_ALL, False, Outcome.PASSED, "holds"),
}


@pytest.mark.parametrize(("held", "asked", "outcome", "reason"), ACCREDITATION.values(), ids=ACCREDITATION)
def test_accreditation_that_is_not_known_is_not_accreditation_that_is_not_given(held, asked, outcome, reason):
    issuer = replace(an_issuer(), accreditations=held)

    check = verdict(Policy(require_accreditation=asked), issuer=issuer).check("trust")

    assert (check.outcome, check.reason) == (outcome, reason)
    assert ("does not say what it is accredited for" in check.sentence) is (held is UNKNOWN)


def test_an_accreditation_is_told_with_who_gave_it_even_where_it_is_not_asked_for():
    check = verdict(Policy(require_accreditation=False)).check("trust")

    assert "accredited for this by the Ministry" in check.sentence
    assert check.evidence["issuer"] == AITU
