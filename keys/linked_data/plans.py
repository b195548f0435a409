"""Plans: what the members of a JSON object mean, worked out once for each shape of object met.

Documents of one kind repeat the same few shapes. So the context in force is asked only the first time an
object with these member names and these types turns up at this place; what comes out is a `Plan`, and
carrying out a plan is little more than joining texts (see `statements`). Nothing in a plan depends on the
values, so it may serve every document and every thread.

Whatever JSON-LD would quietly leave out of the RDF is refused while the plan is made: an undefined member or
type, `@index`, `@nest`, `@reverse`. It would stand in the document, and no signature would cover it.

Source: JSON-LD 1.1 Processing Algorithms and API, sections 5.1.2 (expansion) and 5.3.2 (value expansion).
"""

from typing import Final, NamedTuple

from keys.contexts import Contexts
from keys.errors import NotLinkedData, UndefinedTerm
from keys.linked_data.contexts_in_force import ABSENT, Absent, ContextInForce, Term, is_absolute
from keys.linked_data.types_of_ones_own import Local, refuse_known

__all__ = [
    "ListPlan",
    "Member",
    "NodePlan",
    "Place",
    "Plan",
    "Plans",
    "SetPlan",
    "Shape",
    "SpecialPlan",
    "ValuePlan",
]

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"

_READ_CONTAINERS: Final = frozenset(("@set", "@list", "@graph", "@language"))
_VALUE_MEMBERS: Final = frozenset(("@value", "@type", "@language", "@direction"))
_MOST_KEPT: Final = 200_000  # then all is dropped: whoever sends ever new shapes costs time, never memory


class Member:
    """What one member of a node means: a predicate, and how its value is to be read."""

    __slots__ = (
        "datatype",
        "end",
        "inside",
        "is_graph",
        "is_iri",
        "is_json",
        "is_language_map",
        "is_list",
        "is_special",
        "is_vocab",
        "name",
        "predicate",
        "reading",
    )

    def __init__(
        self, name: str, iri: str, context: ContextInForce, inside: "Place", reading: ContextInForce
    ):
        term = context.terms.get(name, Term(iri))
        value_term = reading.terms.get(name, Term(iri))  # scalars are read where the term's own context holds
        if term.reverse:
            raise NotLinkedData(
                f"The member {name!r} says something backwards (@reverse), which we do not read."
            )
        if not _READ_CONTAINERS.issuperset(term.container):
            raise NotLinkedData(f"The member {name!r} is a kind of map that we do not read.")
        if term.type == "@json" and not term.container <= {"@set"}:
            raise NotLinkedData(f"The member {name!r} is a container of JSON, which we do not read.")
        kind = value_term.type if value_term.type != "@none" else None
        own_language = value_term.language
        language = reading.language if isinstance(own_language, Absent) else own_language
        self.name = name
        self.predicate = f" <{iri}> "
        self.inside = inside
        """Where an object that is this member's value stands."""
        self.is_list = "@list" in term.container
        self.is_graph = "@graph" in term.container
        self.is_language_map = "@language" in term.container
        self.is_json = term.type == "@json"
        self.is_special = self.is_json or self.is_list or self.is_language_map
        self.is_iri = kind in ("@id", "@vocab")
        self.is_vocab = kind == "@vocab"
        self.datatype = kind if kind is not None and not kind.startswith("@") else None
        self.end = _literal_end(self.datatype, language if kind is None else None)
        """How a text ends that is this member's value: `^^<datatype> .` and a line's end, or the like."""
        self.reading = reading

    @property
    def plain(self) -> bool:
        """Whether a text here is simply a literal."""
        return not (self.is_special or self.is_iri or self.is_graph)

    def iri(self, text: str) -> str:
        """The IRI that a text at this member stands for, as N-Quads write it.

        Raises: UndefinedTerm where it stands for none: it would be dropped, or read against an unsigned base.
        """
        known = self.reading.reference(text, vocab=self.is_vocab)
        if known is None:
            raise UndefinedTerm(
                f"What {self.name!r} holds, {_shown(text)}, is no known term and no whole IRI."
            )
        return known


class NodePlan(NamedTuple):
    """An object that is a thing: the member that is its `@id`, its types as lines, its other members."""

    id_name: str | None
    types: tuple[str, ...]
    members: tuple[tuple[str, str, str | None, Member], ...]
    """name, predicate, how a plain text ends (None: not simply a text), and the member itself."""
    context: ContextInForce
    doubtful: bool
    """Whether two members, or one and the types, have one predicate, and so may say one thing twice."""


class ValuePlan(NamedTuple):
    """An object that is a literal: `{"@value": "Ann", "@language": "en"}`."""

    value_name: str
    language_name: str | None
    direction_name: str | None
    datatype: str | None
    is_json: bool


class ListPlan(NamedTuple):
    """`{"@list": [...]}`"""

    name: str
    items: Member


class SetPlan(NamedTuple):
    """`{"@set": [...]}`"""

    name: str
    items: Member


SpecialPlan = ValuePlan | ListPlan | SetPlan
Plan = NodePlan | SpecialPlan


class Shape:
    """Objects with the same member names at one place. Their types, too, choose the plan."""

    __slots__ = ("_context", "_names", "_place", "contexts", "plans", "type_name")

    def __init__(self, place: "Place", names: tuple[str, ...], context: ContextInForce) -> None:
        self._place = place
        self._names = names
        self._context = context
        self.contexts: dict[tuple[Local, ...], Shape] | None = {} if "@context" in names else None
        """Where the objects carry a `@context`: their shape under each."""
        types = [name for name in names if context.expand(name, vocab=True) == "@type"]
        if len(types) > 1 and self.contexts is None:
            raise NotLinkedData("A part of the document gives its type twice.")
        self.type_name = types[0] if types else None
        self.plans: dict[str | tuple[str, ...], Plan] = {}

    def under(self, parts: tuple[Local, ...]) -> "Shape":
        """The shape of these objects where they carry this `@context`, made now."""
        contexts = self._place.plans.contexts
        context = self._context
        for part in parts:
            if isinstance(part, str):
                context = context.after(part, contexts)
            else:
                refuse_known(part, contexts)
                context = context.naming(part)
        names = tuple(name for name in self._names if name != "@context")
        made = Shape(self._place, names, context)
        self._place.plans.count(len(names))
        if self.contexts is not None:
            self.contexts[parts] = made
        return made

    def plan(self, types: str | tuple[str, ...]) -> Plan:
        """The plan for objects of this shape and these types, made now if it never was."""
        found = self.plans.get(types)
        if found is None:
            found = self.plans[types] = self._made((types,) if isinstance(types, str) else types)
            self._place.plans.count(len(self._names) + len(types))
        return found

    def _made(self, types: tuple[str, ...]) -> Plan:
        for kind in types:
            if not isinstance(kind, str):
                raise NotLinkedData("A type must be a text.")
        outer = self._context
        inner = self._place.plans.of_types(outer, types)
        meaning: dict[str, str] = {}
        for name in self._names:
            iri = None if inner.only_names_a_type(name) else inner.expand(name, vocab=True)
            if iri is None or not (iri.startswith("@") or is_absolute(iri)):
                raise UndefinedTerm(
                    f"The member {_shown(name)} is defined by none of the document's contexts."
                )
            meaning[name] = iri
        keywords = [iri for iri in meaning.values() if iri.startswith("@")]
        if len(set(keywords)) < len(keywords):
            raise NotLinkedData("A part of the document gives its type, its id or its value twice.")
        if "@value" in keywords:
            return _value_plan(meaning, types, inner)
        if "@list" in keywords or "@set" in keywords:
            return self._collection(meaning, inner)
        return self._node(meaning, types, outer, inner)

    def _node(
        self, meaning: dict[str, str], types: tuple[str, ...], outer: ContextInForce, inner: ContextInForce
    ) -> NodePlan:
        id_name: str | None = None
        members: list[Member] = []
        for name, iri in meaning.items():
            if iri == "@id":
                id_name = name
            elif not iri.startswith("@"):
                members.append(self._place.plans.member(name, iri, inner))
            elif iri != "@type":
                raise NotLinkedData(f"The document uses {iri} where we do not read it.")
        lines: dict[str, None] = {}
        for kind in types:
            expanded = outer.expand(kind, vocab=True)
            if expanded is None or not is_absolute(expanded):
                raise UndefinedTerm(f"The type {_shown(kind)} is defined by none of the document's contexts.")
            lines[f" <{RDF}type> <{expanded}> .\n"] = None
        members.sort(key=lambda member: member.predicate)  # as the lines will be
        said = [member.predicate for member in members] + [f" <{RDF}type> "] * bool(types)
        return NodePlan(
            id_name,
            tuple(lines),
            tuple((m.name, m.predicate, m.end if m.plain else None, m) for m in members),
            inner,
            len(said) > len(set(said)),
        )

    def _collection(self, meaning: dict[str, str], context: ContextInForce) -> ListPlan | SetPlan:
        if len(meaning) > 1:
            raise NotLinkedData("A @list or @set must stand alone in its object.")
        name, keyword = next(iter(meaning.items()))
        around = self._place.member
        if around is None:
            raise NotLinkedData("A @list or @set must be the value of a member.")
        items = self._place.plans.member(around.name, around.predicate[2:-2], context)
        if (items.end, items.is_iri, items.is_list) != (around.end, around.is_iri, around.is_list):
            raise NotLinkedData(f"The member {around.name!r} reads otherwise inside a @list or @set.")
        return ListPlan(name, items) if keyword == "@list" else SetPlan(name, items)


class Place:
    """A place objects may stand at: the document itself, or the value of a member in some context."""

    __slots__ = ("_context", "_term", "member", "plans", "shapes")

    def __init__(self, plans: "Plans", context: ContextInForce, term: Term | None) -> None:
        self.plans = plans
        self._context = context
        self._term = term
        self.member: Member | None = None
        self.shapes: dict[tuple[str, ...], Shape] = {}

    def shape(self, names: tuple[str, ...]) -> Shape:
        """The shape of objects with these member names here (expansion, steps 7 to 9)."""
        for name in names:
            if not isinstance(name, str):
                raise NotLinkedData("The name of a member must be a text.")
        context = self._context
        if context.previous is not None and not _stays(context, names):
            context = context.previous
        if self._term is not None and self._term.context is not ABSENT:
            context = context.after(self._term.context, self.plans.contexts, override=True)
        made = self.shapes[names] = Shape(self, names, context)
        self.plans.count(len(names))
        return made


class Plans:
    """All plans made under one set of contexts. Safe to share between threads."""

    def __init__(self, contexts: Contexts) -> None:
        self.contexts = contexts
        self._kept = 0
        self.document = Place(self, ContextInForce({}), None)
        """Where a whole document stands. All plans hang from it."""

    def count(self, names: int) -> None:
        """Note that something with so many names in it was kept; forget everything when that is too much."""
        self._kept += names + 1
        if self._kept > _MOST_KEPT:
            self._kept = 0
            self.document = Place(self, ContextInForce({}), None)

    def of_types(self, context: ContextInForce, types: tuple[str, ...]) -> ContextInForce:
        """The context in force in a node of these types: a type may bring its own (expansion, step 11)."""
        key = tuple(
            sorted(kind for kind in types if (term := context.terms.get(kind)) and term.context is not ABSENT)
        )
        inner: ContextInForce = context.memo.get(("types", key), context)
        if inner is context and key:
            for kind in key:
                inner = inner.after(context.terms[kind].context, self.contexts, propagate=False)
            context.memo["types", key] = inner
        return inner

    def member(self, name: str, iri: str, context: ContextInForce) -> Member:
        """The member of this name, that stands for `iri`, in this context."""
        known: Member | None = context.memo.get(("member", name, iri))
        if known is None:
            term = context.terms.get(name)
            reading = context
            if term is not None and term.context is not ABSENT:
                reading = context.after(term.context, self.contexts, override=True)
            place = Place(self, context, term)
            known = place.member = Member(name, iri, context, place, reading)
            context.memo["member", name, iri] = known
        return known


def _stays(context: ContextInForce, names: tuple[str, ...]) -> bool:
    """Whether a type's context reaches into the object: it does into values and bare references (step 7)."""
    meanings = [context.expand(name, vocab=True) for name in names]
    return "@value" in meanings or meanings == ["@id"]


def _value_plan(meaning: dict[str, str], types: tuple[str, ...], context: ContextInForce) -> ValuePlan:
    names = {keyword: name for name, keyword in meaning.items()}
    if not _VALUE_MEMBERS.issuperset(names):
        raise NotLinkedData("A @value stands with members that would be dropped.")
    if types and ("@language" in names or "@direction" in names):
        raise NotLinkedData("A @value has a type and a language, and may have one of them.")
    if len(types) > 1:
        raise NotLinkedData("A @value has more than one type.")
    datatype = context.expand(types[0], vocab=True) if types else None
    is_json = datatype == "@json"
    if datatype is not None and not is_json and not is_absolute(datatype):
        raise UndefinedTerm(f"The type {_shown(types[0])} is defined by none of the document's contexts.")
    return ValuePlan(
        names["@value"],
        names.get("@language"),
        names.get("@direction"),
        None if is_json else datatype,
        is_json,
    )


def _literal_end(datatype: str | None, language: str | None) -> str:
    if datatype is not None and datatype != f"{XSD}string":
        return f"^^<{datatype}> .\n"
    return f"@{language} .\n" if language is not None and datatype is None else " .\n"


def _shown(text: object) -> str:
    return repr(str(text)[:80])
