"""Pydantic's complaints as JSON Pointers to the very member."""

from collections.abc import Sequence
from typing import Any, Final, get_args

from fastapi.exceptions import RequestValidationError

from api.errors import Misfit, Place

_PLACES: Final = get_args(Place)
_OF_OUR_VALIDATORS: Final = "Value error, "


def misfits(error: RequestValidationError) -> list[Misfit]:
    """Each complaint once; what was sent is not repeated, as it may name a person."""
    found = []
    for complaint in error.errors():
        place, *steps = complaint["loc"]
        named: Place = place if place in _PLACES else "body"
        sent = error.body if named == "body" else None
        detail = str(complaint["msg"]).removeprefix(_OF_OUR_VALIDATORS)
        found.append(Misfit(named, _pointer(steps, sent), detail))
    return list(dict.fromkeys(found))


def _pointer(steps: Sequence[Any], sent: Any) -> str:
    """Pydantic's path without what it adds of its own: the tag of a union's branch, and the mark of a key."""
    pointer = ""
    at_the_tag = True
    for step in steps:
        if at_the_tag and isinstance(sent, dict) and sent.get("requires") == step:
            at_the_tag = False  # the next step of this name is a member: a `unit` has a `unit`
            continue
        if step == "[key]":
            continue
        pointer += "/" + str(step).replace("~", "~0").replace("/", "~1")
        sent = _inside(sent, step)
        at_the_tag = True
    return pointer


def _inside(sent: Any, step: Any) -> Any:
    if isinstance(sent, dict):
        return sent.get(step)
    if isinstance(sent, list) and isinstance(step, int) and step < len(sent):
        return sent[step]
    return None
