"""Every rule is written in a list, and every list is asked."""

import inspect

import pytest

from domain import rules
from domain.errors import WrongLearner
from domain.rules import AWARD, AWARD_FOR_ACHIEVEMENT, CONFERRAL, RECOGNITION, TRANSFER, hold

LISTS = {
    "award": AWARD,
    "award for achievement": AWARD_FOR_ACHIEVEMENT,
    "transfer": TRANSFER,
    "recognition": RECOGNITION,
    "conferral": CONFERRAL,
}


def test_every_rule_is_listed_and_says_what_it_is_for() -> None:
    written: set[object] = {
        function
        for name, function in inspect.getmembers(rules, inspect.isfunction)
        if function.__module__ == rules.__name__ and not name.startswith("_") and name != "hold"
    }
    listed = {rule for rules_of_kind in LISTS.values() for rule in rules_of_kind}

    assert written == set(listed)
    assert all(rule.__doc__ for rule in listed)


@pytest.mark.parametrize("kind", LISTS)
def test_no_rule_is_listed_twice(kind: str) -> None:
    assert len(set(LISTS[kind])) == len(LISTS[kind])


def test_the_first_broken_rule_is_the_refusal() -> None:
    asked = []

    def holds(proposed: str) -> None:
        asked.append(proposed)

    def breaks(proposed: str) -> None:
        raise WrongLearner(f"{proposed} is refused.")

    with pytest.raises(WrongLearner, match="it is refused"):
        hold((holds, breaks, holds), "it")
    assert asked == ["it"]
