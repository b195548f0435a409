"""What a conversion leaves behind, field by field: where it stood, what it was, and why it has no place.

A format says which fields of a transcript have a place in it, as a tree of the same shape. Whatever stands elsewhere
is lost, and nothing else may be: what is written and read again is the transcript without exactly that.

    {"at": "/reports/0/opportunities/2/outcomes", "lost": [...], "why": "The format has no place for it."}
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any, Final, TypeAlias

import msgspec

from wallet.formats.transcript import Transcript

__all__ = [
    "ALL",
    "NOWHERE",
    "Converted",
    "Loss",
    "Place",
    "difference",
    "facts",
    "first",
    "lost",
    "lost_of",
    "of_kinds",
    "one_language",
    "one_of",
    "the_one",
    "tree_of",
    "without",
]

NO_PLACE: Final = "The format has no place for it."


class Loss(msgspec.Struct, frozen=True):
    """`at` is a JSON Pointer into the transcript, `lost` the JSON value that stood there."""

    at: str
    lost: Any
    why: str = NO_PLACE


class Converted(msgspec.Struct, frozen=True):
    """A document in another format, and what had no place in it."""

    content: bytes
    losses: tuple[Loss, ...]


Judge: TypeAlias = Callable[[Any, str], Iterator[Loss]]
"""Given a value and where it stands, what of it is lost."""
Place: TypeAlias = "Judge | Mapping[str, Place]"


def ALL(_value: Any, _at: str) -> Iterator[Loss]:  # noqa: N802 - a constant of the trees, which happens to be a function
    """The whole has a place."""
    yield from ()


def NOWHERE(value: Any, at: str) -> Iterator[Loss]:  # noqa: N802 - the same
    """Nothing of it has."""
    yield Loss(at, value)


def one_language(value: Any, at: str) -> Iterator[Loss]:
    """There is room for one name, and for its language."""
    kept = the_one(value)
    for language in sorted(value):
        if language != kept:
            yield Loss(f"{at}/{language}", value[language], "The format has one name, in one language.")


def the_one(names: Mapping[str, str]) -> str:
    """The language of the one name that is kept: English, else the first by its tag."""
    return "en" if "en" in names else min(names)


def first(why: str) -> Judge:
    """There is room for the first of several."""

    def judge(value: Any, at: str) -> Iterator[Loss]:
        for number in range(1, len(value)):
            yield Loss(f"{at}/{number}", value[number], why)

    return judge


def of_kinds(*kinds: str) -> Judge:
    """There is room for one identifier of each of these kinds."""

    def judge(value: Any, at: str) -> Iterator[Loss]:
        seen: set[str] = set()
        for number, each in enumerate(value):
            if each["kind"] not in kinds or each["kind"] in seen:
                yield Loss(f"{at}/{number}", each)
            seen.add(each["kind"])

    return judge


def one_of(*values: str) -> Judge:
    """There is room for these values only."""

    def judge(value: Any, at: str) -> Iterator[Loss]:
        if value not in values:
            yield Loss(at, value, f"The format knows only {', '.join(values)}.")

    return judge


def facts(transcript: Transcript) -> dict[str, Any]:
    """What a transcript says, as a JSON tree: without what only its reader noticed, and where it noticed it."""
    tree = tree_of(transcript)
    tree.pop("remarks", None)
    for report in tree["reports"]:
        _only_facts(report["opportunities"])
    return tree


def tree_of(said: msgspec.Struct) -> dict[str, Any]:
    """The same as JSON has it."""
    tree: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(said))
    return tree


def _only_facts(opportunities: Iterable[dict[str, Any]]) -> None:
    for each in opportunities:
        each.pop("place", None)
        each.pop("by_itself", None)
        _only_facts(each.get("parts", ()))


def lost(transcript: Transcript, places: Place) -> tuple[Loss, ...]:
    """What has no place, in the order of the transcript."""
    return tuple(lost_of(facts(transcript), places))


def lost_of(value: Any, place: Place, at: str = "") -> Iterator[Loss]:
    """The same of a part of it, which stands there."""
    if not isinstance(place, Mapping):
        yield from place(value, at)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from lost_of(item, place, f"{at}/{number}")
    else:
        for name, item in value.items():
            yield from lost_of(item, place.get(name, NOWHERE), f"{at}/{name}")


def difference(ours: Mapping[str, Any], theirs: Mapping[str, Any], at: str = "") -> Iterator[Loss]:
    """What of ours cannot be read in theirs, where the document was written by others than the tree of places.

    What theirs says besides is no loss.
    """
    for name, value in ours.items():
        yield from _different(value, theirs.get(name), f"{at}/{name}")


def _different(value: Any, other: Any, at: str) -> Iterator[Loss]:
    if value == other:
        return
    if isinstance(value, dict) and isinstance(other, dict):
        yield from difference(value, other, at)
    elif isinstance(value, list) and isinstance(other, list):
        for number, item in enumerate(value):
            if item not in other:
                yield Loss(f"{at}/{number}", item)
    else:
        yield Loss(at, value)


def without(tree: Mapping[str, Any], losses: Iterable[Loss]) -> dict[str, Any]:
    """The facts that are left; what is empty then is not there at all."""
    left = deepcopy(dict(tree))
    paths = [[int(step) if step.isdecimal() else step for step in loss.at.split("/")[1:]] for loss in losses]
    for *around, last in reversed(paths):  # from behind, so that the numbers before it stay what they are
        holder: Any = left
        for step in around:
            holder = holder[step]
        del holder[last]
    emptied: dict[str, Any] = _without_empty(left)
    return emptied


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    if isinstance(value, dict):
        inside = {name: _without_empty(item) for name, item in value.items()}
        return {name: item for name, item in inside.items() if item not in ({}, [], None)}
    return value
