"""A policy of recognition: versions with days, parameters with bounds, and a clause for every rule."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain import recognition_policy as policies
from domain.errors import InvalidValue, NotFound
from domain.prior_learning import EvidenceKind
from domain.recognition_policy import Clause, RecognitionPolicy, RecognitionRules, Share, publish
from domain.values import CreditScheme, Setting
from tests.domain.builders import an_institution

ADOPTED = date(2026, 6, 1)


def a_policy(*days: date, rules: RecognitionRules | None = None) -> RecognitionPolicy:
    """With a version in force from each of these days."""
    policy: RecognitionPolicy | None = None
    for day in days or (date(2026, 9, 1),):
        event = publish(
            policy,
            rules or RecognitionRules(),
            by=an_institution(),
            in_force_from=day,
            reference="Academic Council 7",
            on=ADOPTED,
        )
        policy = policies.evolve(policy, event)
    assert policy is not None
    return policy


def test_what_nobody_says_otherwise_is_as_the_law_and_the_published_rules_have_it():
    rules = RecognitionRules()

    assert (rules.days_before_period, rules.days_to_experts, rules.days_for_experts) == (10, 3, 5)
    assert (rules.most_members, rules.experts, rules.language_certificate_years) == (7, 3, 2)
    assert rules.hours_per_credit[CreditScheme.KZ] == Decimal(30)


def test_a_case_finds_the_version_in_force_on_its_day():
    policy = a_policy(date(2026, 9, 1), date(2027, 1, 1))

    assert policy.in_force(date(2026, 12, 31)).version == 1
    assert policy.in_force(date(2027, 1, 1)).version == 2
    with pytest.raises(NotFound, match="2026-08-31"):
        policy.in_force(date(2026, 8, 31))
    for number in (0, 3):
        with pytest.raises(NotFound):
            policy.version(number)


def test_a_version_is_not_in_force_before_it_is_published_nor_before_the_last_one():
    with pytest.raises(InvalidValue, match="before that"):
        a_policy(date(2026, 1, 1), date(2026, 5, 31))
    with pytest.raises(InvalidValue, match="published already"):
        a_policy(date(2026, 9, 1), date(2026, 8, 1))


def test_every_rule_has_a_clause_and_an_institution_may_cite_its_own():
    rules = RecognitionRules(clauses={Clause.APPEAL: "Rules of AITU, 5.4"})

    assert rules.clause(Clause.APPEAL) == "Rules of AITU, 5.4"
    assert "544/322 of 24 October 2023" in rules.clause(Clause.FILED_IN_TIME)
    assert "clause 48" in rules.clause(Clause.MOBILITY)
    assert all(rules.clause(clause) for clause in Clause)


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "no days before the period": {"days_before_period": 0},
    "an even number of members": {"most_members": 6},
    "more experts than anybody has": {"experts": 10},
    "days that are true": {"days_to_experts": True},
    "a quorum of nobody": {"quorum": Share(0, 3)},
    "a credit of no hours": {"hours_per_credit": {CreditScheme.KZ: Decimal(0)}},
    "a clause that says nothing": {"clauses": {Clause.APPEAL: " "}},
    "a provider without a name": {"providers": {EvidenceKind.MOOC: ("",)}},
}


@pytest.mark.parametrize("said", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_a_parameter_that_means_nothing_is_refused(said: dict[str, Any]):
    with pytest.raises(InvalidValue):
        RecognitionRules(**said)


NO_SHARES = {
    "more than all": (4, 3),
    "of nothing": (0, 0),
    "less than nothing": (-1, 3),
    "of a million": (1, 10**6),
}


@pytest.mark.parametrize("share", NO_SHARES.values(), ids=NO_SHARES.keys())
def test_a_share_is_a_part_of_a_whole(share: tuple[int, int]):
    with pytest.raises(InvalidValue):
        Share(*share)


def test_a_share_of_people_is_rounded_up_and_exact():
    assert [Share(2, 3).at_least(members) for members in (3, 5, 7)] == [2, 4, 5]
    assert Share(1, 2).at_least(7) == 4


def test_the_setting_of_learning_follows_from_what_shows_it():
    settings = {kind: kind.setting for kind in EvidenceKind}

    assert settings[EvidenceKind.TRANSCRIPT] is Setting.FORMAL
    assert settings[EvidenceKind.LANGUAGE_CERTIFICATE] is Setting.NON_FORMAL
    assert settings[EvidenceKind.SPORTS_TITLE] is Setting.INFORMAL
