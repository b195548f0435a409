"""Types that a document names itself, in a context written out in it: `{"Excursion": "https://example.edu/#Excursion"}`.

A signature over statements does not cover the contexts a document writes out. Whoever may define members in them can
exchange two of them under an unbroken signature, and make 3 credits of 60. So a document may name new types there,
and nothing else: a type holds no value that could be exchanged. What it names is known nowhere here, by name or by
address, so that no reader of ours takes it for anything.

Source: VC Data Model 2.0, 4.3 (a context may be an object) and 4.5 (types).
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NoReturn, TypeAlias

from keys.contexts import Contexts
from keys.errors import ContextNotAllowed
from keys.linked_data.contexts_in_force import is_absolute

__all__ = ["Local", "OwnTypes", "names_in", "own_types", "refuse_known"]

OwnTypes: TypeAlias = tuple[tuple[str, str], ...]
"""Names and addresses, in the order of the document."""

Local: TypeAlias = str | OwnTypes
"""One part of a `@context` as it may stand in a document: a URL, or the types it names itself."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,99}", re.ASCII)
_ENDS_A_NAMESPACE: Final = re.compile(r"[^#/:]*$")
_MOST: Final = 64


def own_types(context: Mapping[Any, Any]) -> OwnTypes:
    """The types that a written-out context names. Raises ContextNotAllowed where it does anything else."""
    named = []
    for name, address in context.items():
        if name == "@protected" and isinstance(address, bool):
            continue
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            _refuse(f"{str(name)[:80]!r} is not the name of a type")
        if not isinstance(address, str) or not is_absolute(address) or _namespace(address) == address:
            _refuse(f"{name!r} is not given one whole address, as a type is")
        named.append((name, address))
    if len(named) > _MOST:
        _refuse(f"it names more than {_MOST} types")
    return tuple(named)


def refuse_known(types: OwnTypes, contexts: Contexts) -> None:
    """Raises ContextNotAllowed for a name that a known context uses, or an address in a vocabulary of one."""
    names, vocabularies = _known(contexts)
    for name, address in types:
        if name in names:
            _refuse(f"{name!r} has a meaning already")
        if address.startswith(vocabularies):
            _refuse(f"{name!r} would be another name for what has one already")


def names_in(contexts: Contexts) -> frozenset[str]:
    """Every name that the contexts use, at any depth: terms, prefixes, keywords."""
    return _known(contexts)[0]


@lru_cache(maxsize=8)
def _known(contexts: Contexts) -> tuple[frozenset[str], tuple[str, ...]]:
    """Every name that the contexts use, at any depth, and every vocabulary that they lead into."""
    names: set[str] = set()
    vocabularies: set[str] = set()
    for url in contexts:
        for name, address in _pairs(contexts[url]):
            names.add(name)
            if isinstance(address, str) and is_absolute(address):
                vocabularies.add(_namespace(address))
    return frozenset(names), tuple(sorted(vocabularies))


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield name, inside
            yield from _pairs(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _pairs(inside)


def _namespace(address: str) -> str:
    """`https://schema.org/` of https://schema.org/Person: all but what follows the last of `#`, `/` and `:`."""
    return _ENDS_A_NAMESPACE.sub("", address)


def _refuse(why: str) -> NoReturn:
    raise ContextNotAllowed(
        f"A document may only name contexts by URL, and types of its own beside them: {why}."
    )
