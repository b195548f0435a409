"""Reading and writing N-Quads, the line-by-line text of an RDF dataset, in its canonical form.

Source: RDF 1.1 N-Quads, section 7 (grammar); RDF Dataset Canonicalization, section 5 (canonical form), as in
`_:c14n0 <http://schema.org/name> "Ann" .`
"""

import re
from json.encoder import encode_basestring

from keys.errors import NotLinkedData
from keys.linked_data.labelling import HASHES, HashName, Related, canonical_labels

__all__ = ["quote", "rdfc10"]

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"

_IRI = r'<(?:[^\x00-\x20<>"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>'
_BLANK = r'_:[^\s<>"\\.](?:[^\s<>"\\]*[^\s<>"\\.])?'
_LITERAL = rf'"(?:[^"\\\n\r]|\\.)*"(?:\^\^{_IRI}|@[A-Za-z]{{1,8}}(?:-[A-Za-z0-9]{{1,8}})*)?'
_QUAD = re.compile(
    rf"[ \t]*({_IRI}|{_BLANK})[ \t]*({_IRI})[ \t]*({_IRI}|{_BLANK}|{_LITERAL})"
    rf"[ \t]*({_IRI}|{_BLANK})?[ \t]*\.[ \t]*(?:#.*)?"
)
_NOTHING = re.compile(r"[ \t]*(?:#.*)?")
_ESCAPE = re.compile(r"""\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([tbnrf"'\\]))""")
_LETTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_CONTROLS = {code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)} | {
    ord(character): "\\" + letter for letter, character in _LETTERS.items() if letter != "'"
}

_Quad = tuple[
    str, str, str, str
]  # subject, predicate, object and graph, as canonical text; graph "" is the default


def quote(text: str) -> str:
    """The text as a quoted string, escaped as canonical N-Quads are (section 5: only what must be)."""
    quoted = encode_basestring(text)  # escapes as JSON does: the same, but for the rarer control characters
    if "\\u" in quoted or "\x7f" in quoted:
        return f'"{text.translate(_CONTROLS)}"'
    return quoted


def rdfc10(nquads: str, *, hash_name: HashName = "sha256") -> str:
    """The canonical form of a dataset: blank nodes named `_:c14n0` and on, lines sorted.

    Raises: NotLinkedData for text that is not N-Quads, TooComplex for a graph made to be hard.
    """
    quads = sorted({_quad(line) for line in re.split(r"[\r\n]+", nquads) if not _NOTHING.fullmatch(line)})
    nodes: dict[str, int] = {}
    for quad in quads:
        for term in quad:
            if term.startswith("_:"):
                nodes.setdefault(term, len(nodes))
    lines: list[list[str]] = [[] for _ in nodes]
    related: list[list[Related]] = [[] for _ in nodes]
    for quad in quads:
        here = {term for term in quad if term.startswith("_:")}
        for name in here:
            lines[nodes[name]].append(_line(quad, {term: "_:a" if term == name else "_:z" for term in here}))
            related[nodes[name]] += [
                ("g" if place == "g" else place + quad[1], nodes[term])
                for place, term in (("s", quad[0]), ("o", quad[2]), ("g", quad[3]))
                if term in here and term != name
            ]
    hashed = HASHES[hash_name]
    hashes = [hashed("".join(sorted(mentions)).encode()).hexdigest() for mentions in lines]
    labels = canonical_labels(hashes, related, hash_name)
    names = {name: labels[node] for name, node in nodes.items()}
    return "".join(sorted({_line(quad, names) for quad in quads}))


def _line(quad: _Quad, names: dict[str, str]) -> str:
    return " ".join([*(names.get(term, term) for term in quad if term), ".\n"])


def _quad(line: str) -> _Quad:
    matched = _QUAD.fullmatch(line)
    if matched is None:
        raise NotLinkedData(f"This line is not N-Quads: {line[:80]!r}.")
    subject, predicate, object_, graph = matched.groups(default="")
    return _term(subject), _term(predicate), _term(object_), _term(graph)


def _term(text: str) -> str:
    """The term written canonically: no needless escape, no `^^xsd:string`."""
    if not text.startswith('"'):
        return _unescaped(text) if "\\" in text else text
    end = text.rindex('"') + 1
    kind = _unescaped(text[end:])
    return quote(_unescaped(text[1 : end - 1])) + ("" if kind == f"^^<{XSD_STRING}>" else kind)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text

    def plain(escape: re.Match[str]) -> str:
        code = escape[1] or escape[2]
        return chr(int(code, 16)) if code else _LETTERS[escape[3]]

    return _ESCAPE.sub(plain, text)
