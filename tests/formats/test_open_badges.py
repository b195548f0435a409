"""A credit as an Open Badge, and back."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.values import CreditPoints, CreditScheme, Setting
from keys import strict_json
from keys.linked_data import canonical_nquads
from tests.shared import shared
from tests.verifying.world import some_facts
from wallet.formats import faults
from wallet.formats.open_badges import NotAnOpenBadge, build, credits_earned, credits_stated, read


def test_every_fact_but_the_other_languages_comes_back():
    facts = some_facts()

    assert read(build(facts)) == replace(facts, names={"en": "Algorithms"})


BARE = {
    "code": None,
    "issuer_url": None,
    "outcomes": (),
    "points": None,
    "eqf_level": None,
    "field": None,
    "setting": None,
    "grade": None,
    "grade_scale": "",
    "status": (),
}


def test_a_credit_of_few_facts_is_a_badge_too():
    facts = some_facts(**BARE, names={"en": "Algorithms"})

    assert faults(build(facts)) == []
    assert read(build(facts)) == facts


@pytest.mark.parametrize("scheme", CreditScheme)
@pytest.mark.parametrize("setting", Setting)
def test_every_term_of_a_badge_is_defined_by_its_contexts(scheme, setting):
    document = build(some_facts(points=CreditPoints(scheme, Decimal(6)), setting=setting))

    assert faults(document) == []
    assert scheme.value.encode() in canonical_nquads(document)


def test_the_number_of_credits_is_a_number():
    whole = build(some_facts(points=CreditPoints(CreditScheme.ECTS, Decimal("6.0"))))
    parts = build(some_facts(points=CreditPoints(CreditScheme.KZ, Decimal("4.5"))))

    assert whole["credentialSubject"]["creditsEarned"] == 6
    assert type(whole["credentialSubject"]["creditsEarned"]) is int
    assert parts["credentialSubject"]["creditsEarned"] == 4.5


@given(st.integers(1, 999_999_999))
def test_no_thousandth_of_a_credit_is_lost(thousandths):
    points = CreditPoints(CreditScheme.ECTS, Decimal(thousandths) / 1000)

    assert credits_earned(build(some_facts(points=points))) == points


def test_a_name_is_in_english_or_else_in_the_first_language_by_its_tag():
    assert build(some_facts(names={"ru": "Алгоритмы", "kk": "Алгоритмдер"}))["name"] == "Алгоритмдер"
    assert read(build(some_facts(names={"ru": "Алгоритмы"}))).names == {"ru": "Алгоритмы"}


def test_the_grade_belongs_to_a_described_result():
    subject = build(some_facts(grade="B+"))["credentialSubject"]

    [result] = subject["result"]
    [description] = subject["achievement"]["resultDescription"]
    assert result["resultDescription"] == description["id"]
    assert result["value"] == "B+"


def test_a_badge_of_another_maker_is_read_for_what_it_says():
    document = strict_json.parse(shared("examples/ob3/valid/simple.json").read_bytes())

    facts = read(document)

    assert (facts.credential, facts.points, facts.eqf_level) == (
        "http://example.com/credentials/3527",
        None,
        None,
    )
    assert facts.names == {"und": "Teamwork"}


def test_credits_without_a_scheme_have_a_number_and_no_unit():
    document = build(some_facts())
    document["credentialSubject"]["achievement"]["alignment"] = []

    assert credits_earned(document) is None
    assert credits_stated(document) == (Decimal("4.5"), None)


def test_two_schemes_are_none():
    document = build(some_facts())
    alignments = document["credentialSubject"]["achievement"]["alignment"]
    alignments.append(alignments[0] | {"targetCode": "KZ"})

    assert credits_earned(document) is None


NO_BADGES = {
    "nothing": {},
    "a list": {"type": ["VerifiableCredential", "BitstringStatusListCredential"]},
    "no achievement": build(some_facts()) | {"credentialSubject": {"type": ["AchievementSubject"]}},
    "no beginning": {k: v for k, v in build(some_facts()).items() if k != "validFrom"},
}


@pytest.mark.parametrize("document", NO_BADGES.values(), ids=NO_BADGES)
def test_what_is_no_badge_is_not_read_as_one(document):
    with pytest.raises(NotAnOpenBadge):
        read(document)
