"""A part of a document, chosen by JSON pointers, and the statements it makes.

    /credentialSubject/achievement/name      RFC 6901; / and ~ in a name are written ~1 and ~0

What is chosen comes with everything on the way to it that says what it is: ids, types and contexts. A blank
node of the part is the same node as in the whole document, though RDFC-1.0 names it anew in each: so every
blank node is known here by the JSON that made it.

Source: Data Integrity ECDSA Cryptosuites 1.0, "Selective Disclosure Functions": selectJsonLd and
selectCanonicalNQuads. Those make blank nodes known by writing an id into every unnamed object; the nodes and
the statements are the same.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from keys.contexts import Contexts
from keys.errors import InvalidPointer, NotLinkedData, TooComplex
from keys.linked_data.plans import Plans
from keys.linked_data.statements import Role, Statements
from keys.suites.suite import Document

__all__ = [
    "Labelled",
    "Origin",
    "Selection",
    "labelled",
    "labels_in",
    "relabelled",
    "select",
    "unshared",
    "value_at",
]

Origin = tuple[str, int, int]
"""What made a blank node: its role ("node", "graph" or "cell"), the `id()` of the JSON, the place in a list."""

_ALWAYS: Final = frozenset(("@context", "id", "@id", "type", "@type"))
"""Taken with every object, and whole even where a pointer leads to one of several types."""

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_ESCAPES: Final = re.compile(r"~(?![01])")

_Tree = dict[str, "_Tree | None"]
"""Pointers, joined where they go the same way; None is the end of one: everything from there."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a document. What was taken whole is the document's own JSON, not a copy."""

    document: dict[str, Any]
    _copies: Mapping[int, Any]

    def origin(self, origin: Origin) -> Origin:
        """What in the whole document stands for what made a blank node here."""
        role, made_by, place = origin
        return (role, id(self._copies[made_by]), place) if made_by in self._copies else origin


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document's statements in canonical form, and the labels its blank nodes have in them."""

    lines: list[str]
    labels: dict[Origin, str]
    """`c14n0` and so on, by what made the blank node. In order of the nodes, not of the labels."""


def select(document: dict[str, Any], pointers: Iterable[str]) -> Selection | None:
    """The part of the document that the pointers lead to; None where there are none.

    Members keep the document's order, and items of a list follow each other without gaps. Raises
    InvalidPointer for a pointer that leads nowhere.
    """
    tree: _Tree = {}
    whole = False
    for pointer in pointers:
        value_at(document, pointer)
        whole = not _plant(tree, _steps(pointer)) or whole
    if whole:
        return Selection(document, {})
    if not tree:
        return None
    copies: dict[int, Any] = {}
    return Selection(_taken(document, tree, copies), copies)


def value_at(document: Document, pointer: str) -> Any:
    """What the pointer leads to. Raises InvalidPointer where it leads nowhere."""
    value: Any = document
    for step in _steps(pointer):
        if isinstance(value, Mapping) and step in value:
            value = value[step]
        elif isinstance(value, list) and _INDEX.fullmatch(step) and int(step) < len(value):
            value = value[int(step)]
        else:
            raise InvalidPointer(f"The document has nothing at {pointer[:200]!r}.")
    return value


def unshared(value: Any) -> Any:
    """The same JSON, every object in it standing in one place only: blank nodes are known by their objects.

    Raises TooComplex.
    """
    try:
        return _unshared(value)
    except RecursionError as error:
        raise TooComplex("The document is nested too deep.") from error


def _unshared(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unshared(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_unshared(item) for item in value]
    return value


def labelled(document: dict[str, Any], contexts: Contexts) -> Labelled:
    """A document's statements, labelled by RDFC-1.0. Raises as `canonical_nquads` does."""
    made_by: dict[int, Origin] = {}

    def made(node: int, role: Role, by: object, place: int) -> None:
        made_by[node] = (role, id(by), place)

    try:
        statements = Statements(document, _plans_under(contexts).document, made)
        text = statements.canonical("sha256").decode()
    except UnicodeEncodeError as error:
        raise NotLinkedData("A text of the document holds half a character.") from error
    except RecursionError as error:
        raise TooComplex("The document is nested too deep.") from error
    labels = {origin: statements.names[node].removeprefix("_:") for node, origin in made_by.items()}
    if len(labels) < len(made_by):
        raise NotLinkedData("The document holds two ordered lists that cannot be told apart.")
    return Labelled([line + "\n" for line in text[:-1].split("\n")], labels)


def labels_in(lines: Iterable[str]) -> set[str]:
    """The labels of the blank nodes in some lines, without their `_:`."""
    split = [line.split(" ") for line in lines if "_:" in line]
    return {terms[place][2:] for terms in split for place in _label_places(terms)}


def relabelled(lines: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The lines with the labels of blank nodes replaced, sorted. Raises KeyError for a label without a name."""
    return sorted([_relabelled(line, names) if "_:" in line else line for line in lines])


def _relabelled(line: str, names: Mapping[str, str]) -> str:
    terms = line.split(" ")
    for place in _label_places(terms):
        terms[place] = f"_:{names[terms[place][2:]]}"
    return " ".join(terms)


def _label_places(terms: list[str]) -> list[int]:
    """Which words of a line are labels: its subject, its object or its graph may be.

    The last word of a literal may begin like a label, but has the quote in it that ends the literal.
    """
    return [
        place for place in {0, 2, len(terms) - 2} if terms[place].startswith("_:") and '"' not in terms[place]
    ]


# --- taking a part ------------------------------------------------------------------------------------


def _steps(pointer: str) -> list[str]:
    if not pointer:
        return []
    if not pointer.startswith("/") or _ESCAPES.search(pointer):
        raise InvalidPointer(f"{pointer[:200]!r} is not a JSON pointer.")
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")]


def _plant(tree: _Tree, steps: list[str]) -> bool:
    """Join a pointer to others. False for the pointer to the whole document, which no tree can hold."""
    if not steps:
        return False
    for step in steps[:-1]:
        branch = tree.setdefault(step, {})
        if branch is None:  # everything from here is wanted already
            return True
        tree = branch
    tree[steps[-1]] = None
    return True


def _taken(value: Any, tree: _Tree | None, copies: dict[int, Any]) -> Any:
    if tree is None:
        return value
    taken: Any
    if isinstance(value, list):
        taken = [_taken(value[place], tree[str(place)], copies) for place in sorted(map(int, tree))]
    else:
        taken = {
            name: member if name in _ALWAYS else _taken(member, tree[name], copies)
            for name, member in value.items()
            if name in _ALWAYS or name in tree
        }
    copies[id(taken)] = value
    return taken


# --- telling what made a blank node -------------------------------------------------------------------


@lru_cache(maxsize=16)
def _plans_under(contexts: Contexts) -> Plans:
    return Plans(contexts)
