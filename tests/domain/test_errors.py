"""Refusals are a tree that a reader can see and a program can rely on."""

import re
from collections.abc import Iterator

from domain import errors
from domain.errors import DomainError


def _all(error: type[DomainError]) -> Iterator[type[DomainError]]:
    yield error
    for narrower in error.__subclasses__():
        yield from _all(narrower)


def test_every_error_is_drawn_in_the_tree() -> None:
    drawn = set(re.findall(r"[A-Z][A-Za-z]+", errors.__doc__ or ""))

    assert {error.__name__ for error in _all(DomainError)} <= drawn


def test_every_error_has_a_code_of_its_own_that_follows_its_name() -> None:
    for error in _all(DomainError):
        kebab = re.sub(r"(?<!^)(?=[A-Z])", "-", error.__name__).lower()
        assert error.code == kebab


def test_requirements_not_met_says_each_of_them() -> None:
    refusal = errors.RequirementsNotMet(["2 ECTS more", "the unit x"])

    assert refusal.missing == ("2 ECTS more", "the unit x")
    assert str(refusal) == "The qualification is not earned yet: 2 ECTS more; the unit x."
