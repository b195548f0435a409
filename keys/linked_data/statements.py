"""From a document to the statements a signature covers: plans carried out, blank nodes named, lines sorted.

A node is a text here when it has an IRI (`<https://example.org/1>`), and a number when it is a blank node,
whose name is known only at the end. A statement that lacks the name of its object or graph is kept apart.

Source: JSON-LD 1.1 Processing Algorithms and API, section 7 (deserialising to RDF); RDF Dataset
Canonicalization, section 4.4.
"""

import math
import re
from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any, Final, Literal, NoReturn

from keys.canonical import canonicalize
from keys.errors import ContextNotAllowed, NotCanonicalizable, NotLinkedData, TooComplex
from keys.linked_data.contexts_in_force import ContextInForce
from keys.linked_data.labelling import HASHES, HashName, Related, canonical_labels
from keys.linked_data.nquads import quote
from keys.linked_data.plans import (
    RDF,
    XSD,
    ListPlan,
    Member,
    NodePlan,
    Place,
    Plan,
    SetPlan,
    Shape,
    SpecialPlan,
    ValuePlan,
)
from keys.linked_data.types_of_ones_own import OwnTypes, own_types

__all__ = ["Role", "Statements"]

_FIRST: Final = f" <{RDF}first> "
_REST: Final = f" <{RDF}rest> "
_NIL: Final = f"<{RDF}nil>"
_JSON_END: Final = f"^^<{RDF}JSON> .\n"
_BOOLEAN_END: Final = f"^^<{XSD}boolean> .\n"
_INTEGER_END: Final = f"^^<{XSD}integer> .\n"
_DOUBLE_END: Final = f"^^<{XSD}double> .\n"
_MOST_TO_LEARN: Final = 40_000  # an Open Badge needs about 2,000 when it is the first
_EXACT: Final = 2**53  # from here on, readers that have only doubles read other whole numbers than we do
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_EXPONENT = re.compile(r"(\d)0*E\+?(-?)0*(\d)")

_Node = int | str
Role = Literal["node", "graph", "cell"]
"""What a blank node is: a thing without an id, the name of a graph, a cell of an ordered list."""

_Graph = int | None  # the blank node that names the graph; None is the default graph


Made = Callable[[int, Role, object, int], None]
"""Told of every blank node as it is made: the node, its role, the JSON that made it, the place in a list."""


class Statements:
    """The statements of one document.

    What a node says is kept without the node's own name, as in ` <predicate> "object" .`: its lines stand
    together in the canonical form whatever the name, so they are sorted once, for hashing and for writing.
    """

    def __init__(self, document: dict[str, Any], place: Place, made: Made | None = None) -> None:
        """Raises as `canonical_nquads` does."""
        self.own: dict[_Node, list[str]] = {}
        """What each node says, but for the lines below: of those the name of a blank node is a part."""
        self.blanks = 0
        """How many blank nodes there are, numbered from 0."""
        self.doubtful: set[_Node] = set()
        """Those that may say a thing twice."""
        self.links: list[tuple[_Node, str, int]] = []
        """Subject, ` <predicate> `, object."""
        self.in_graph: list[tuple[_Node, str, int]] = []
        """Subject, ` <predicate> object `, graph."""
        self.links_in_graph: list[tuple[_Node, str, int, int]] = []
        """Subject, ` <predicate> `, object, graph."""
        self.names: list[str] = []
        """Every blank node's canonical name, once `canonical` has given them."""
        self._made = made
        self._to_learn = _MOST_TO_LEARN
        plan = self._plan(document, place)
        if not isinstance(plan, NodePlan):
            raise NotLinkedData("The document is a value, not a thing that something is said of.")
        self._node(document, plan, None)

    # --- reading the document -------------------------------------------------------------------------

    def _node(self, node: dict[str, Any], plan: NodePlan, graph: _Graph) -> _Node:
        id_name, types, members, context, doubtful = plan
        if id_name is None:
            me: _Node = self._blank("node", node)
            lines = self.own[me]
        else:
            me = _iri(node[id_name], context)
            known = self.own.get(me)
            if known is None:
                lines = self.own[me] = []
            else:
                lines = known
                doubtful = True
        if doubtful:
            self.doubtful.add(me)
        if graph is not None:
            lines = []
        lines += types
        for name, predicate, end, member in members:
            value = node[name]
            if end is not None and type(value) is str:  # nearly every member of nearly every document
                quoted = encode_basestring(value)
                if "\\u" in quoted or "\x7f" in quoted:
                    quoted = quote(value)
                lines.append(f"{predicate}{quoted}{end}")
            elif member.is_special:
                self._special_member(me, member, value, graph)
            else:
                self._each(me, member, value, graph)
        if graph is not None:
            self.in_graph += [(me, line[:-2], graph) for line in lines]
        return me

    def _plan(self, value: dict[str, Any], place: Place) -> Plan:
        """The plan for an object at this place."""
        names = tuple(value)
        shape = place.shapes.get(names)
        if shape is None:
            self._learn(10 + len(names))
            shape = place.shape(names)
        try:
            if shape.contexts is not None:
                shape = self._under(shape, value["@context"])
            types = () if shape.type_name is None else value[shape.type_name]
            if type(types) is list:
                types = tuple(types)
            elif type(types) is not str and types != ():
                raise NotLinkedData("A type must be a text or a list of texts.")
            found = shape.plans.get(types)
        except TypeError:  # a type or context that cannot even be looked up, such as an object
            raise NotLinkedData("A type or context must be a text or a list of texts.") from None
        if found is None:
            self._learn(10 + len(names) + 50 * (1 if isinstance(types, str) else len(types)))
            found = shape.plan(types)
        return found

    def _under(self, shape: Shape, local: object) -> Shape:
        """The shape under the object's own `@context`: URLs, and types it names itself."""
        parts = local if isinstance(local, list) else [local]
        if shape.contexts is None:
            raise NotLinkedData("A part of the document has no context.")
        key = tuple([part if type(part) is str else self._own_types(part) for part in parts])
        found = shape.contexts.get(key)
        if found is None:
            self._learn(200 * len(key))
            found = shape.under(key)
        return found

    def _own_types(self, part: object) -> OwnTypes:
        if type(part) is not dict:
            raise ContextNotAllowed("A context of the document is neither a URL nor an object.")
        self._learn(10 * len(part))
        return own_types(part)

    def _learn(self, cost: int) -> None:
        """Note that something has to be worked out that no document brought before, for about 5 µs a unit."""
        self._to_learn -= cost
        if self._to_learn < 0:
            raise TooComplex("The document has too many contexts, or parts of too many different shapes.")

    def _special_member(self, me: _Node, member: Member, value: Any, graph: _Graph) -> None:
        """Say what a member says that is JSON, an ordered list, or texts by language."""
        if member.is_json:
            self._say(me, member.predicate + _json(value), graph)
        elif value is None:
            return
        elif member.is_list:
            if type(value) is dict:
                plan = self._plan(value, member.inside)
                if isinstance(plan, (ListPlan, SetPlan)):  # says itself that it is a list, or that it is many
                    member, value = plan.items, value[plan.name]
            self._link(me, member.predicate, self._list(member, value, graph), graph)
        elif member.is_language_map and type(value) is dict:
            for text in _languages(member, value):
                self._say(me, member.predicate + text, graph)
        else:
            self._each(me, member, value, graph)

    def _each(self, me: _Node, member: Member, value: Any, graph: _Graph) -> None:
        """Say each of some values, which may be one, or stand in lists within lists: order says nothing."""
        kind = type(value)
        if kind is dict:
            plan = self._plan(value, member.inside)
            if isinstance(plan, NodePlan):
                other = (
                    self._graph(member, value, plan) if member.is_graph else self._node(value, plan, graph)
                )
                self._link(me, member.predicate, other, graph)
            else:
                self._special_object(me, member, value, plan, graph)
        elif kind is list:
            if len(value) > 1:
                self.doubtful.add(me)
            for item in value:
                self._each(me, member, item, graph)
        elif value is not None:  # null says nothing, in JSON-LD as in a wallet
            if member.is_graph:
                _dropped(member)
            self._say(me, member.predicate + _scalar(member, value), graph)

    def _special_object(
        self, me: _Node, member: Member, value: dict[str, Any], plan: SpecialPlan, graph: _Graph
    ) -> None:
        """Say an object that is a value, a list or a set."""
        if isinstance(plan, SetPlan):
            self._each(me, plan.items, value[plan.name], graph)
        elif member.is_graph:
            _dropped(member)
        elif isinstance(plan, ListPlan):
            self._link(me, member.predicate, self._list(plan.items, value[plan.name], graph), graph)
        elif (text := _literal(plan, value)) is not None:
            self._say(me, member.predicate + text, graph)

    def _graph(self, member: Member, value: dict[str, Any], plan: NodePlan) -> int:
        """A thing said in a graph of its own, as proofs and enclosed credentials are; the graph's name."""
        name = self._blank("graph", value)
        before = len(self.in_graph) + len(self.links_in_graph)
        self._node(value, plan, name)
        if len(self.in_graph) + len(self.links_in_graph) == before:
            _dropped(member)
        return name

    def _list(self, member: Member, value: Any, graph: _Graph) -> _Node:
        """The first cell of a list, rdf:nil for an empty one."""
        items = [item for item in (value if type(value) is list else [value]) if item is not None]
        head: _Node = _NIL
        last: _Node | None = None
        for place, item in enumerate(items):
            cell = self._blank("cell", value, place)
            if last is None:
                head = cell
            else:
                self._link(last, _REST, cell, graph)
            self._item(cell, member, item, graph)
            last = cell
        if last is not None:
            self._link(last, _REST, _NIL, graph)
        return head

    def _item(self, cell: int, member: Member, item: Any, graph: _Graph) -> None:
        if type(item) is list:
            if not member.is_list:
                raise NotLinkedData(f"The list {member.name!r} holds a list, which readers take in two ways.")
            self._link(cell, _FIRST, self._list(member, item, graph), graph)
        elif type(item) is dict:
            plan = self._plan(item, member.inside)
            if isinstance(plan, NodePlan):
                self._link(cell, _FIRST, self._node(item, plan, graph), graph)
            elif isinstance(plan, ListPlan):
                self._link(cell, _FIRST, self._list(plan.items, item[plan.name], graph), graph)
            elif isinstance(plan, ValuePlan) and (text := _literal(plan, item)) is not None:
                self._say(cell, _FIRST + text, graph)
            else:
                raise NotLinkedData(f"The list {member.name!r} holds something that has no place in a list.")
        else:
            self._say(cell, _FIRST + _scalar(member, item), graph)

    # --- keeping what is said -------------------------------------------------------------------------

    def _blank(self, role: Role, made_by: object, place: int = 0) -> int:
        node = self.blanks
        self.blanks += 1
        self.own[node] = []
        if self._made is not None:
            self._made(node, role, made_by, place)
        return node

    def _say(self, me: _Node, text: str, graph: _Graph) -> None:
        """Say ` <predicate> object .` of `me`."""
        if graph is None:
            self.own[me].append(text)
        else:
            self.in_graph.append((me, text[:-2], graph))  # the graph's name goes before the full stop

    def _link(self, me: _Node, predicate: str, other: _Node, graph: _Graph) -> None:
        if graph is None:
            if isinstance(other, str):
                self.own[me].append(f"{predicate}{other} .\n")
            else:
                self.links.append((me, predicate, other))
        elif isinstance(other, str):
            self.in_graph.append((me, f"{predicate}{other} ", graph))
        else:
            self.links_in_graph.append((me, predicate, other, graph))

    # --- canonical form -------------------------------------------------------------------------------

    def canonical(self, hash_name: HashName) -> bytes:
        """The statements in canonical form (RDF Dataset Canonicalization, section 4.4.3).

        Raises: TooComplex; NotLinkedData when nothing is said.
        """
        own = self.own
        for me in self.doubtful:  # what is said twice is said once: a node's hash counts its statements
            own[me] = list(set(own[me]))
        self.in_graph = list(set(self.in_graph))
        for lines in own.values():
            lines.sort()
        names = self.names = self._names(hash_name) if self.blanks > 1 else ["_:c14n0"]
        for me, text, other in (*self.links, *self.in_graph):
            own[me].append(f"{text}{names[other]} .\n")
        for me, text, other, graph in self.links_in_graph:
            own[me].append(f"{text}{names[other]} {names[graph]} .\n")
        parts: list[bytes] = []
        by_name = [(me if isinstance(me, str) else names[me], lines) for me, lines in own.items() if lines]
        for name, lines in sorted(by_name):
            lines.sort()
            parts.append((name + name.join(lines)).encode())  # node by node: most are ASCII, and quick
        if not parts:
            raise NotLinkedData("The document says nothing that a signature could cover.")
        return b"".join(parts)

    def _names(self, hash_name: HashName) -> list[str]:
        """Every blank node's canonical name.

        For its first degree hash a node's statements are written with `_:a` for itself and `_:z` for others,
        and sorted: those beginning with an IRI come first, then its own, then those of other blank nodes.
        """
        blanks = range(self.blanks)
        before: list[list[str]] = [[] for _ in blanks]
        links: dict[int, list[str]] = {}
        after: list[list[str]] = [[] for _ in blanks]
        for me, text, other in (*self.links, *self.in_graph):
            if isinstance(me, str):
                before[other].append(f"{me}{text}_:a .\n")
            else:
                links.setdefault(me, []).append(f"{text}_:z .\n")
                after[other].append(f"_:z{text}_:a .\n")
        for me, text, other, graph in self.links_in_graph:
            if isinstance(me, str):
                before[other].append(f"{me}{text}_:a _:z .\n")
                before[graph].append(f"{me}{text}_:z _:a .\n")
            else:
                links.setdefault(me, []).append(f"{text}_:z _:z .\n")
                after[other].append(f"_:z{text}_:a _:z .\n")
                after[graph].append(f"_:z{text}_:z _:a .\n")
        hashed = HASHES[hash_name]
        hashes: list[str] = []
        for node in blanks:
            lines = self.own[node]
            if node in links:
                lines = sorted(lines + links[node])
            text = "_:a" + "_:a".join(lines) if lines else ""
            if before[node]:
                text = "".join(sorted(before[node])) + text
            if after[node]:
                text += "".join(sorted(after[node]))
            hashes.append(hashed(text.encode()).hexdigest())
        if len(set(hashes)) < len(hashes):
            return canonical_labels(hashes, self.related(), hash_name)
        names = [""] * len(hashes)
        for rank, node in enumerate(sorted(blanks, key=hashes.__getitem__)):
            names[node] = f"_:c14n{rank}"
        return names

    def related(self) -> list[list[Related]]:
        """For each blank node those it shares a statement with."""
        related: list[list[Related]] = [[] for _ in range(self.blanks)]

        def relate(predicate: str, *places: tuple[str, _Node]) -> None:
            for _, node in places:
                if isinstance(node, int):
                    related[node] += [
                        (place if place == "g" else place + predicate, other)
                        for place, other in places
                        if isinstance(other, int) and other != node
                    ]

        for me, text, other in self.links:
            relate(text.strip(), ("s", me), ("o", other))
        for me, text, graph in self.in_graph:
            relate(text.split(" ", 2)[1], ("s", me), ("g", graph))
        for me, text, other, graph in self.links_in_graph:
            relate(text.strip(), ("s", me), ("o", other), ("g", graph))
        return related


def _iri(value: object, context: ContextInForce) -> str:
    """An id, as N-Quads write it."""
    if type(value) is not str:
        raise NotLinkedData("An id must be a text.")
    iri = context.reference(value)
    if iri is None:
        raise NotLinkedData(f"The id {value[:80]!r} is not a whole IRI.")
    return iri


def _scalar(member: Member, value: object) -> str:
    """The object of a statement, for a value that is not an object."""
    if isinstance(value, str):
        return f"{member.iri(value)} .\n" if member.is_iri else quote(value) + member.end
    lexical, end = _native(value, member.datatype)
    return lexical + (end if member.datatype is None else member.end)


def _native(value: object, datatype: str | None) -> tuple[str, str]:
    """A number or truth value as a literal: quoted, and how the line ends unless a datatype is given."""
    if value is True or value is False:
        return '"true"' if value else '"false"', _BOOLEAN_END
    if not isinstance(value, (int, float)):
        raise NotLinkedData(f"The document holds a {type(value).__name__}, which is not JSON.")
    if not -_EXACT < value < _EXACT:  # never true of NaN
        raise NotLinkedData("A number lies beyond ±(2^53 - 1), where readers disagree about it.")
    if value == math.floor(value) and datatype != f"{XSD}double":
        return f'"{int(value)}"', _INTEGER_END
    double = _EXPONENT.sub(r"\1E\2\3", f"{value:.15E}")  # 1.500000000000000E+00 is written 1.5E0
    return f'"{double}"', _DOUBLE_END


def _literal(plan: ValuePlan, value: dict[str, Any]) -> str | None:
    """The object of a statement, for a `@value`; None where it is null."""
    content = value[plan.value_name]
    if plan.is_json:
        return _json(content)
    if plan.direction_name is not None and value[plan.direction_name] not in ("ltr", "rtl"):
        raise NotLinkedData("A @direction must be ltr or rtl.")  # it is layout: RDF has no place for it
    end = " .\n" if plan.datatype in (None, f"{XSD}string") else f"^^<{plan.datatype}> .\n"
    if plan.language_name is not None:
        if type(content) is not str and content is not None:
            raise NotLinkedData("Only a text may have a @language.")
        end = _language_end(value[plan.language_name])
    if content is None:
        return None
    if type(content) is str:
        return quote(content) + end
    lexical, native_end = _native(content, plan.datatype)
    return lexical + (native_end if plan.datatype is None else end)


def _languages(member: Member, value: dict[str, Any]) -> list[str]:
    """The objects of statements, for `{"en": "Ann", "kk": ["Ан"]}`."""
    objects: list[str] = []
    for language, texts in value.items():
        none = member.reading.expand(language, vocab=True) == "@none"
        end = " .\n" if none else _language_end(language)
        for text in texts if type(texts) is list else [texts]:
            if type(text) is str:
                objects.append(quote(text) + end)
            elif text is not None:
                raise NotLinkedData(f"The texts of {member.name!r} by language must be texts.")
    return objects


def _language_end(language: object) -> str:
    if type(language) is not str or not _LANGUAGE.fullmatch(language):
        raise NotLinkedData(f"A language is named wrongly: {str(language)[:40]!r}.")
    return f"@{language.lower()} .\n"


def _json(value: object) -> str:
    """A JSON literal (JSON-LD 1.1, section 4.2.2): the value itself, in its canonical form."""
    try:
        return quote(canonicalize(value).decode()) + _JSON_END
    except NotCanonicalizable as error:
        raise NotLinkedData(str(error)) from error


def _dropped(member: Member) -> NoReturn:
    raise NotLinkedData(f"Nothing is said of what stands in {member.name!r}, so no signature would cover it.")
