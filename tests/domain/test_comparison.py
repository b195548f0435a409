"""Suggested matches: codes first, one to one, the best sum there is, and never across languages."""

from collections.abc import Sequence
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.comparison import Compared, Ground, assign, compare
from domain.errors import InvalidValue
from domain.values import LearningOutcome, Names, OutcomeId

ESCO = "http://data.europa.eu/esco/skill/00064735-8fad-454b-90c7-ed858cc993f2"


def an_outcome(id_: str, code: str | None = None, **text: str) -> Compared:
    return Compared("unit", LearningOutcome(id=OutcomeId(id_), text=dict(text) or {"en": id_}, code=code))


def same_first_letter(_language: str, one: str, other: str) -> float:
    return 0.9 if one[0] == other[0] else 0.1


def pairs(source: Sequence[Compared], target: Sequence[Compared]) -> list[tuple[str, str, str]]:
    found = compare(source, target, similarity=same_first_letter, least=0.5)
    return [(each.source.outcome.id, each.target.outcome.id, each.ground) for each in found.suggestions]


def test_the_same_code_is_matched_before_any_text_is_read():
    source = [an_outcome("s-1", ESCO, en="alpha"), an_outcome("s-2", en="alpha")]
    target = [an_outcome("t-1", en="alpha"), an_outcome("t-2", ESCO.upper() + "/", en="beta")]

    assert pairs(source, target) == [("s-2", "t-1", Ground.TEXT), ("s-1", "t-2", Ground.CODE)]


def test_a_short_code_of_a_catalogue_says_nothing_outside_it():
    assert pairs([an_outcome("s-1", "LO1", en="alpha")], [an_outcome("t-1", "LO1", en="beta")]) == []


def test_an_address_of_esco_fits_as_a_code():
    assert len(ESCO) == 69
    assert an_outcome("s-1", ESCO).outcome.code == ESCO


def test_texts_of_two_languages_are_never_compared_and_the_answer_says_so():
    found = compare(
        [an_outcome("s-1", ru="alpha")],
        [an_outcome("t-1", kk="alpha")],
        similarity=same_first_letter,
        least=0.0,
    )

    assert found.suggestions == ()
    assert [each.outcome.id for each in found.no_common_language] == ["t-1"]


def test_of_several_languages_the_one_in_which_they_are_most_alike_is_told():
    found = compare(
        [an_outcome("s-1", ru="alpha", en="x")],
        [an_outcome("t-1", ru="alpha", en="y")],
        similarity=same_first_letter,
        least=0.5,
    )

    assert [(each.language, each.score) for each in found.suggestions] == [("ru", 0.9)]


def test_what_has_no_match_stands_alone_on_its_side():
    found = compare(
        [an_outcome("s-1", en="alpha"), an_outcome("s-2", en="gamma")],
        [an_outcome("t-1", en="alpha"), an_outcome("t-2", en="delta")],
        similarity=same_first_letter,
        least=0.5,
    )

    assert [each.outcome.id for each in found.source_alone] == ["s-2"]
    assert [each.outcome.id for each in found.target_alone] == ["t-2"]


SIDES = {"a side with nothing on it": [], "a side that is too long": [an_outcome("s", en="a")] * 101}


@pytest.mark.parametrize("side", SIDES.values(), ids=SIDES.keys())
def test_sides_have_a_size(side: list[Compared]):
    with pytest.raises(InvalidValue, match="1 to 100"):
        compare(side, [an_outcome("t-1")], similarity=same_first_letter, least=0.5)


def test_the_best_sum_is_taken_and_not_the_best_pair():
    assert assign([[0.9, 0.8], [0.8, 0.1]]) == [(0, 1), (1, 0)]


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.integers(0, 100).map(lambda share: share / 100), min_size=width, max_size=width),
            min_size=1,
            max_size=5,
        )
    )
)
def test_no_other_matching_has_a_larger_sum(values: list[list[float]]):
    height, width = len(values), len(values[0])
    found = assign(values)

    assert len({row for row, _ in found}) == len({column for _, column in found}) == min(height, width)
    best = max(
        sum(round(values[row][column] * 100) for row, column in matching)
        for matching in (
            (zip(range(height), chosen, strict=True) for chosen in permutations(range(width), height))
            if height <= width
            else (zip(chosen, range(width), strict=True) for chosen in permutations(range(height), width))
        )
    )
    assert sum(round(values[row][column] * 100) for row, column in found) == best


names: st.SearchStrategy[Names] = st.dictionaries(
    st.sampled_from(["kk", "ru", "en"]), st.sampled_from(["alpha", "beta", "gamma"]), min_size=1
)
sides = st.lists(names, min_size=1, max_size=6).map(
    lambda texts: [an_outcome(f"o-{n}", **text) for n, text in enumerate(texts)]
)


@given(sides, sides)
def test_every_outcome_is_matched_once_or_stands_alone(source: list[Compared], target: list[Compared]):
    found = compare(source, target, similarity=same_first_letter, least=0.5)

    assert len(found.suggestions) + len(found.source_alone) == len(source)
    assert len(found.suggestions) + len(found.target_alone) == len(target)
    assert all(each.score >= 0.5 for each in found.suggestions)
