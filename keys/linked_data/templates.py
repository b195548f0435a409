"""Many documents of one shape: what does not vary is read, sorted and hashed once for all of them.

A university issues four thousand badges that differ in a name, an id, a grade and a place in a status list. From a
few of them it is learnt which values vary; a `Template` then needs only those of the next one:

    …"id":"urn:uuid:7c3f","type":["Verif…      its JSON text: what must stand there, and gaps for what varies
    <urn:uuid:7c3f> <…#name> "Physics I" .     its statements: the same gaps, in quotes or in angle brackets

Names of blank nodes follow from hashes of what is said of them, so those are worked out anew for every document. A
template answers only where the statements cannot be other than those that `canonical_nquads` gives. Where there is a
doubt (two things that came to have one id, a statement made twice, a text that might stand for a known term), it
answers nothing, and the document is read in the ordinary way.

Source: RDF Dataset Canonicalization, section 4.4; RFC 8785 is not needed: the text is compared as it will be sent.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from enum import Enum
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

import msgspec

from keys.errors import LinkedDataError
from keys.linked_data.labelling import HASHES, HashName, canonical_labels
from keys.linked_data.plans import Plans
from keys.linked_data.statements import Statements
from keys.linked_data.types_of_ones_own import names_in

__all__ = ["Leaf", "Path", "Template", "leaves", "shape_of"]

Path: TypeAlias = tuple[str | int, ...]
"""Where a value stands in a document: names of members, and places in lists."""

Leaf: TypeAlias = tuple[Path, Any]
"""A value that holds no others, and where it stands; of an empty list or object, itself."""


class _Gap(Enum):
    """What may stand in a gap: its form in JSON, and what it says."""

    TEXT = "text"
    IRI = "iri"
    NUMBER = "number"


_ENCODE: Final = msgspec.json.Encoder().encode
_CHOOSE_THE_PLAN: Final = frozenset(("@context", "@type", "type"))
"""Members whose values decide how all else is read. They are a part of the shape, and never vary."""

_WHOLE_IRI: Final = re.compile(rb"(?:https?|urn|did):[!#-;=?-Z\[\]_a-z~]+")
"""Addresses that say the same under any context that does not know their schemes as prefixes."""
_MOST_VARYING: Final = 1000
_SCHEMES: Final = ("http", "https", "urn", "did")
_NUMBER: Final = re.compile(rb"-?(?:[1-9][0-9]{0,14}|0(?!\.))(?![0-9.eE])")
_REST_OF_TEXT: Final = re.compile(rb'(?:[^"\\]|\\.)*')

# --- shapes -------------------------------------------------------------------------------------------


def leaves(document: Mapping[str, Any]) -> list[Leaf]:
    """Every value of a document that holds no others, in the order of its text. Raises RecursionError."""
    found: list[Leaf] = []
    _gather(document, (), found)
    return found


def _gather(value: Any, path: Path, found: list[Leaf]) -> None:
    if isinstance(value, Mapping) and value:
        for name, member in value.items():
            _gather(member, (*path, name), found)
    elif isinstance(value, list) and value:
        for place, item in enumerate(value):
            _gather(item, (*path, place), found)
    else:
        found.append((path, value))


def shape_of(found: Iterable[Leaf]) -> tuple[object, ...]:
    """What two documents have in common that one template may serve both: all but values that may vary."""
    return tuple(
        [(path, type(value)) if _may_vary(path, value) else (path, repr(value)) for path, value in found]
    )


def _may_vary(path: Path, value: object) -> bool:
    """Whether a value is a text or whole number, and none that decides how others are read."""
    return type(value) in (str, int) and _CHOOSE_THE_PLAN.isdisjoint(path)


# --- the template -------------------------------------------------------------------------------------


class _Stretch(NamedTuple):
    """A part of the JSON text that is the same in every document, and the gap before it."""

    number: bool
    text: bytes


_Part: TypeAlias = bytes | int
"""A part of some statements: bytes that are always the same, or the number of a term to be put there."""

_Terms: TypeAlias = list[bytes]
"""The values in the gaps, then the names of the blank nodes, then the names in order of each set of links."""


class Template:
    """The documents of one shape that differ only in some values."""

    def __init__(
        self,
        document: Mapping[str, Any],
        varying: Iterable[Path],
        plans: Plans,
        hash_name: HashName,
    ) -> None:
        """Of one such document, and where values vary.

        Raises LinkedDataError for a document that is none, and for one that no template can serve: one that says
        something in a graph, or lets a value vary that is more than a text, a whole number or an address.
        """
        marked = _Marked(document, list(varying), plans)
        self._hash_name = hash_name
        self._hashed = HASHES[hash_name]
        self._related = marked.statements.related()
        self._first, self._stretches = _stretches(marked)
        self._iris = [place for place, gap in enumerate(marked.gaps) if gap is _Gap.IRI]
        writing = _Writing(marked)
        self._nodes = writing.nodes
        self._blanks = writing.blanks
        self._link_sets = writing.link_sets
        self._subjects = writing.varying_subjects
        self._other_subjects = writing.other_subjects
        self._hashes = [
            blank.hash(self._hashed, []) if blank.lines.constant else None for blank in self._blanks
        ]

    def values(self, text: bytes) -> list[bytes] | None:
        """What stands in the gaps of a document's JSON text, as it stands there; None where it is of another shape.

        Two texts with the same values are the same text.
        """
        if not text.startswith(self._first):
            return None
        found: list[bytes] = []
        at = len(self._first)
        for number, stretch in self._stretches:
            if number:
                matched = _NUMBER.match(text, at)
                if matched is None:
                    return None
                end = matched.end()
            else:
                end = text.find(b'"', at)
                if (
                    end > at and text[end - 1] == 0x5C
                ):  # the quote may be escaped, or follow an escaped backslash
                    end = _end_of_text(text, at)
            if not text.startswith(stretch, end):
                return None
            found.append(text[at:end])
            at = end + len(stretch)
        return found if at == len(text) else None

    def nquads(self, values: Sequence[bytes]) -> bytes | None:
        """The statements in canonical form, of the document with these values; None where there is a doubt."""
        for place in self._iris:
            if _WHOLE_IRI.fullmatch(values[place]) is None:
                return None
        for value in values:
            if b"\\u" in value or b"\x7f" in value:  # the escapes that JSON and N-Quads write otherwise
                return None
        subjects = {values[place] for place in self._subjects}
        if len(subjects) < len(self._subjects) or not self._other_subjects.isdisjoint(subjects):
            return None  # two things have become one
        terms = list(values)
        names = self._names(terms)
        if names is None:
            return None
        terms += names
        for nodes in self._link_sets:
            terms += sorted([terms[node] for node in nodes])
        said: list[bytes] = []
        for node in self._nodes:
            text = node.text(terms)
            if text is None:
                return None
            said.append(text)
        said.sort()
        return b"".join(said)

    def _names(self, terms: _Terms) -> list[bytes] | None:
        """The blank nodes' names (section 4.4.3); None where two lines say the same of one. Raises TooComplex."""
        hashes = [
            known or blank.hash(self._hashed, terms)
            for blank, known in zip(self._blanks, self._hashes, strict=True)
        ]
        if None in hashes:
            return None
        if len(set(hashes)) < len(hashes):
            names = canonical_labels([digest or "" for digest in hashes], self._related, self._hash_name)
            return [name.encode() for name in names]
        ranked = sorted(range(len(hashes)), key=hashes.__getitem__)  # type: ignore[arg-type]  # none is None here
        named = [b""] * len(hashes)
        for rank, node in enumerate(ranked):
            named[node] = b"_:c14n%d" % rank
        return named


def _end_of_text(text: bytes, at: int) -> int:
    matched = _REST_OF_TEXT.match(text, at)
    assert matched is not None  # it matches nothing at least
    return matched.end()


# --- making one ---------------------------------------------------------------------------------------


class _Marked:
    """A document with a mark in the place of every value that varies, and the statements it makes."""

    def __init__(self, document: Mapping[str, Any], varying: list[Path], plans: Plans) -> None:
        self._secret = secrets.token_hex(12)
        self._digits = 10**14 + secrets.randbelow(10**10) * _MOST_VARYING
        if len(varying) > _MOST_VARYING:
            raise LinkedDataError("Too much of the document varies.")
        if any(_reads_schemes(name) for name in names_in(plans.contexts)):
            raise LinkedDataError("A context gives the schemes of addresses a meaning of its own.")
        self.gaps = [self._gap(document, path, plans) for path in varying]
        """What varies, in the order of `varying`."""
        self.document = deepcopy(dict(document))
        for place, (path, gap) in enumerate(zip(varying, self.gaps, strict=True)):
            _put(self.document, path, self._mark(place, gap))
        self.statements = Statements(dict(self.document), plans.document)
        if self.statements.in_graph or self.statements.links_in_graph:
            raise LinkedDataError("The document says something in a graph of its own.")
        self._pattern = self._any_mark()

    def _gap(self, document: Mapping[str, Any], path: Path, plans: Plans) -> _Gap:
        """What kind of value varies there: the first that can be read in its place, alone."""
        value: Any = document
        for step in path:
            value = value[step]
        kinds = (_Gap.NUMBER,) if type(value) is int else (_Gap.TEXT, _Gap.IRI)
        refused: LinkedDataError | None = None
        for gap in kinds:
            tried = deepcopy(dict(document))
            _put(tried, path, self._mark(0, gap))
            try:
                Statements(tried, plans.document)
            except LinkedDataError as error:
                refused = error
            else:
                return gap
        assert refused is not None
        raise refused

    def _mark(self, place: int, gap: _Gap) -> str | int:
        if gap is _Gap.NUMBER:
            return self._digits + place
        return f"urn:{self._secret}-{place}:" if gap is _Gap.IRI else f"{self._secret}-{place}-"

    def _any_mark(self) -> re.Pattern[str]:
        written = []
        for place, gap in enumerate(self.gaps):
            mark = str(self._mark(place, gap))
            written.append(f"<({mark})>" if gap is _Gap.IRI else f'"({mark})"')
        return re.compile("|".join(written) if written else r"(?!)")

    def parts(self, line: str) -> list[_Part]:
        """A line taken apart: the marks in it are the numbers of the terms.

        Raises LinkedDataError where a mark is not all of a literal or of an IRI: inside JSON, or inside an address.
        """
        parts: list[_Part] = []
        end = 0
        for matched in self._pattern.finditer(line):
            assert matched.lastindex is not None  # every alternative has its group
            start, stop = matched.span(matched.lastindex)
            parts += (line[end:start].encode(), matched.lastindex - 1)
            end = stop
        parts.append(line[end:].encode())
        if any(
            self._secret.encode() in part or str(self._digits // _MOST_VARYING).encode() in part
            for part in parts
            if isinstance(part, bytes)
        ):
            raise LinkedDataError("A value that varies is only a part of what is said.")
        return parts

    def json_parts(self) -> list[_Part]:
        """The same of the JSON text. Raises LinkedDataError where a value varies and nothing is said of it."""
        text = _ENCODE(self.document)
        parts: list[_Part] = []
        end = 0
        for place, gap in enumerate(self.gaps):
            mark = str(self._mark(place, gap)).encode()
            start = text.index(mark, end)
            parts += (text[end:start], place)
            end = start + len(mark)
        return [*parts, text[end:]]


def _reads_schemes(name: str) -> bool:
    return name in _SCHEMES or name.startswith(tuple(f"{scheme}:" for scheme in _SCHEMES))


def _put(document: Any, path: Path, value: object) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


def _stretches(marked: _Marked) -> tuple[bytes, list[_Stretch]]:
    """The text before the first gap; then each gap, with the text that follows it."""
    first, *rest = marked.json_parts()
    assert isinstance(first, bytes)
    stretches: list[_Stretch] = []
    for place, text in zip(rest[::2], rest[1::2], strict=True):
        assert isinstance(place, int)
        assert isinstance(text, bytes)
        stretches.append(_Stretch(marked.gaps[place] is _Gap.NUMBER, text))
    return first, stretches


class _Blank(NamedTuple):
    """A blank node: what is said of it, as its hash is made from it (section 4.6)."""

    lines: "_Lines"

    def hash(self, hashed: Callable[[bytes], Any], terms: _Terms) -> str | None:
        """Its first degree hash; None where two lines say the same."""
        text = self.lines.text(terms)
        digest: str | None = None if text is None else hashed(text).hexdigest()
        return digest


class _Writing:
    """What a marked document's statements are put together from."""

    def __init__(self, marked: _Marked) -> None:
        said = marked.statements
        values, self._blank_count = len(marked.gaps), said.blanks
        self._first_name = values
        self._next_term = values + said.blanks
        self.link_sets: list[list[int]] = []
        """Terms that are blank nodes' names: those that one thing is linked to in one way."""
        own = {
            node: [marked.parts(line) for line in dict.fromkeys(lines)] for node, lines in said.own.items()
        }
        names = {node: self._name(marked, node) for node in own}
        links: dict[int | str, dict[str, list[int]]] = {}
        for me, predicate, other in said.links:
            links.setdefault(me, {}).setdefault(predicate, []).append(other)
        self.nodes = [
            _Lines([*lines, *self._links(links.get(node, {}), names[node])], names[node])
            for node, lines in own.items()
            if lines or node in links
        ]
        """One after the other in the order of their bytes, they are the canonical form."""
        subjects = [
            names[node] for node, lines in own.items() if isinstance(node, str) and (lines or node in links)
        ]
        self.varying_subjects = [part for name in subjects for part in name if isinstance(part, int)]
        self.other_subjects = frozenset(
            name[0][1:-1] for name in subjects if len(name) == 1 and isinstance(name[0], bytes)
        )
        self.blanks = [_Blank(_Lines(lines, ())) for lines in self._mentions(own, names, said.links)]
        used = {part for lines in own.values() for line in lines for part in line if isinstance(part, int)}
        if len(used | set(self.varying_subjects)) < values:
            raise LinkedDataError(
                "A value that varies is not among what is said, so no signature would cover it."
            )

    def _name(self, marked: _Marked, node: int | str) -> list[_Part]:
        if isinstance(node, int):
            return [self._first_name + node]
        return [part for part in marked.parts(node) if part != b""]

    def _links(self, links: Mapping[str, list[int]], name: Sequence[_Part]) -> Iterable[list[_Part]]:
        """The lines that link a node to blank nodes. Those of one predicate stand together, by the others' names."""
        for predicate, others in links.items():
            terms = [self._first_name + other for other in others]
            if len(terms) > 1:
                self.link_sets.append(terms)
                terms = list(range(self._next_term, self._next_term + len(terms)))
                self._next_term += len(terms)
            block: list[_Part] = []
            for term in terms:
                block += (*(name if block else ()), predicate.encode(), term, b" .\n")
            yield block

    def _mentions(
        self,
        own: Mapping[int | str, list[list[_Part]]],
        names: Mapping[int | str, list[_Part]],
        links: Iterable[tuple[int | str, str, int]],
    ) -> list[list[list[_Part]]]:
        """For each blank node the lines it stands in, itself written `_:a` and others `_:z` (section 4.6)."""
        mentions = [[[b"_:a", *line] for line in own[node]] for node in range(self._blank_count)]
        for me, predicate, other in links:
            to_it = f"{predicate}_:a .\n".encode()
            if isinstance(me, int):
                mentions[me].append([f"_:a{predicate}_:z .\n".encode()])
                mentions[other].append([b"_:z" + to_it])
            else:
                mentions[other].append([*names[me], to_it])
        return [[_joined(line) for line in lines] for lines in mentions]


def _joined(line: Sequence[_Part]) -> list[_Part]:
    """The line with bytes that follow each other made one."""
    joined: list[_Part] = []
    for part in line:
        if isinstance(part, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


class _Lines:
    """Some lines, each with or without gaps, that stand together in sorted order."""

    def __init__(self, lines: Iterable[Sequence[_Part]], between: Sequence[_Part]) -> None:
        """`between` is what every line begins with, such as a node's name."""
        given = sorted(lines, key=_beginning)
        self._in_order = all(map(_surely_before, given, given[1:]))
        """Whether the lines stand in this order whatever stands in the gaps; then no two can be the same, either."""
        self._each = [_Filled([*between, *line]) for line in given]
        self._all = _Filled([part for line in given for part in (*between, *line)])

    @property
    def constant(self) -> bytes | None:
        return self._all.constant

    def text(self, terms: _Terms) -> bytes | None:
        """The lines, put together; None where two of them say the same."""
        if self._in_order:
            return self._all.text(terms)
        lines = [line.text(terms) for line in self._each]
        if len(set(lines)) < len(lines):
            return None
        lines.sort()
        return b"".join(lines)


def _beginning(line: Sequence[_Part]) -> bytes:
    """What is sure of a line: its bytes up to the first gap."""
    return line[0] if line and isinstance(line[0], bytes) else b""


def _surely_before(line: Sequence[_Part], following: Sequence[_Part]) -> bool:
    if len(line) == len(following) == 1:
        return _beginning(line) <= _beginning(following)  # the same twice: two links that differ in a name
    return not _beginning(following).startswith(_beginning(line))


class _Filled:
    """Bytes with numbered terms to be put in."""

    def __init__(self, parts: Sequence[_Part]) -> None:
        self.constant = None
        places = [part for part in parts if isinstance(part, int)]
        if not places:
            self.constant = b"".join([part for part in parts if isinstance(part, bytes)])
        self._format = b"".join(
            [part.replace(b"%", b"%%") if isinstance(part, bytes) else b"%b" for part in parts]
        )
        self._pick: Callable[[_Terms], Any] = itemgetter(*places) if places else _nothing

    def text(self, terms: _Terms) -> bytes:
        return self._format % self._pick(terms) if self.constant is None else self.constant


def _nothing(_terms: _Terms) -> tuple[()]:
    return ()
