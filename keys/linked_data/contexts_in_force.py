"""What the terms of a document mean at a place in it: JSON-LD 1.1 context processing.

Only what the contexts of credentials use, and all of that: terms, prefixes, `@vocab`, protected terms,
contexts scoped to a type or a property, propagation, default language. `@base` and `@import` are refused.

Source: JSON-LD 1.1 Processing Algorithms and API, sections 4 (context processing) and 5.2 (IRI expansion).
"""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Final, NamedTuple, NoReturn

from keys.contexts import Contexts, refuse
from keys.errors import ContextNotAllowed

__all__ = ["ABSENT", "Absent", "ContextInForce", "Term", "is_absolute"]


class Absent:
    """Says that a term has no such setting, where None is a setting."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()

# fmt: off
_KEYWORDS = frozenset((
    "@base", "@container", "@context", "@default", "@direction", "@graph", "@id", "@import", "@included",
    "@index", "@json", "@language", "@list", "@nest", "@none", "@prefix", "@propagate", "@protected",
    "@reverse", "@set", "@type", "@value", "@version", "@vocab",
))
# fmt: on
_LIKE_A_KEYWORD = re.compile(r"@[A-Za-z]+")
_ABSOLUTE = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`\x7f-\xa0\ud800-\udfff]*')
_ENDS_AS_PREFIX = tuple(":/?#[]@")
_OF_A_CONTEXT = frozenset(
    ("@version", "@vocab", "@language", "@direction", "@propagate", "@protected", "@base", "@import")
)
_OF_A_TERM = frozenset(
    ("@id", "@type", "@container", "@context", "@language", "@direction", "@prefix", "@protected", "@reverse")
)


class Term(NamedTuple):
    """What one term means (section 4.2).

    `iri` may be a keyword (an alias), or None where the context says that the term means nothing. `type` is
    `@id`, `@vocab`, `@json`, `@none` or a datatype's IRI. `context` is what its own `@context` says, if any.
    """

    iri: str | None
    prefix: bool = False
    reverse: bool = False
    type: str | None = None
    container: frozenset[str] = frozenset()
    language: str | Absent | None = ABSENT
    context: Any = ABSENT
    protected: bool = False
    only_a_type: bool = False
    """Named by the document itself, which may name types and no members."""


class ContextInForce:
    """The terms that hold at one place of a document (an *active context*). Once made, it never changes."""

    __slots__ = ("_iris_seen", "_terms_seen", "language", "memo", "previous", "terms", "vocab")

    def __init__(
        self,
        terms: dict[str, Term],
        vocab: str | None = None,
        language: str | None = None,
        previous: "ContextInForce | None" = None,
    ) -> None:
        self.terms = terms
        self.vocab = vocab
        self.language = language
        self.previous = previous
        """What holds again in a node further in, where this one came from a type (section 4.1, step 3)."""
        self._iris_seen: dict[str, str] = {}
        self._terms_seen: dict[str, str] = {}
        self.memo: dict[Hashable, Any] = {}
        """What has been worked out from this one, for whoever works it out."""

    def expand(self, text: str, *, vocab: bool) -> str | None:
        """The IRI or keyword a text stands for; itself where it stands for nothing else (section 5.2).

        With `vocab` the text may be a term, as names and types may; else only a compact or whole IRI.
        """
        return _expanded(self, text, vocab=vocab, define=None)

    def reference(self, text: str, *, vocab: bool = False) -> str | None:
        """The IRI a text stands for, as N-Quads write it; None where it is not a whole or compact IRI.

        With `vocab` it may be a term. What was read lately is remembered: documents repeat their references.
        """
        seen = self._terms_seen if vocab else self._iris_seen
        known = seen.get(text)
        if known is None:
            expanded = self.expand(text, vocab=vocab)
            if not is_absolute(expanded):
                return None
            known = f"<{expanded}>"
            if len(text) < 256:
                if len(seen) >= 1024:
                    seen.clear()
                seen[text] = known
        return known

    def after(
        self, local: Any, contexts: Contexts, *, override: bool = False, propagate: bool = True
    ) -> "ContextInForce":
        """The context in force after `local`, the value of a `@context` (section 4.1).

        `override` lets protected terms be redefined, as contexts scoped to a property may; `propagate=False`
        makes the result end with the node it begins at, as contexts scoped to a type do.

        Raises: ContextNotAllowed for a URL that is not among `contexts`, for a context that redefines a
        protected term, and for parts of JSON-LD that no pinned context uses.
        """
        parts = local if isinstance(local, list) else [local]
        if parts and isinstance(parts[0], Mapping):
            propagate = parts[0].get("@propagate", propagate)
        result = self
        if not propagate:
            result = ContextInForce(self.terms, self.vocab, self.language, self.previous or self)
        for part in parts:
            result = result._after_one(part, contexts, override=override)
        return result

    def naming(self, types: Iterable[tuple[str, str]]) -> "ContextInForce":
        """The context in force after the document itself has named types. Raises ContextNotAllowed."""
        terms = dict(self.terms)
        for name, iri in types:
            term = Term(iri, only_a_type=True)
            if terms.setdefault(name, term) != term:
                _malformed(f"it gives the type {name!r} another meaning")
        return ContextInForce(terms, self.vocab, self.language, self.previous)

    def only_names_a_type(self, name: str) -> bool:
        """Whether the term is one that a document has named itself, so that no member may be called by it."""
        term = self.terms.get(name)
        return term is not None and term.only_a_type

    def _after_one(self, part: Any, contexts: Contexts, *, override: bool) -> "ContextInForce":
        if part is None:
            if not override and any(term.protected for term in self.terms.values()):
                _malformed("it takes back protected terms")
            return ContextInForce({}, previous=self.previous)
        if isinstance(part, str):
            if part not in contexts:
                refuse(part)
            return self.after(contexts[part].get("@context"), contexts, override=override)
        if not isinstance(part, Mapping):
            _malformed("it is neither a URL nor an object")
        return _Definition(self, part, override=override).result


def is_absolute(text: str | None) -> bool:
    """Whether the text is an absolute IRI that N-Quads can hold as it is."""
    return text is not None and _ABSOLUTE.fullmatch(text) is not None


class _Definition:
    """The terms of one context object being defined, each when it is first needed (section 4.2)."""

    def __init__(self, before: ContextInForce, local: Mapping[str, Any], *, override: bool) -> None:
        self._local = local
        self._override = override
        self._done: dict[str, bool] = {}  # False while a term is being defined: meeting it again is a circle
        if local.get("@version", 1.1) != 1.1 or "@base" in local or "@import" in local:
            _malformed("it uses a part of JSON-LD that contexts of credentials do not")
        self._protected = local.get("@protected", False)
        language = local.get("@language", before.language)
        self.result = ContextInForce(
            dict(before.terms), before.vocab, language and language.lower(), before.previous
        )
        if "@vocab" in local:
            vocab = local["@vocab"]
            self.result.vocab = vocab if vocab is None else self.expand(vocab)
        for name in local:
            if name not in _OF_A_CONTEXT:
                self.define(name)

    def expand(self, text: str) -> str | None:
        return _expanded(self.result, text, vocab=True, define=self)

    def define(self, name: str) -> None:
        """Define one term, and those it is made of first."""
        if name not in self._local or self._done.get(name):
            return
        if name in self._done:
            _malformed(f"its term {name!r} is defined by itself")
        self._done[name] = False
        earlier = self.result.terms.pop(name, None)
        if name == "@type":
            return  # only says that types are a set, which they are to us anyway
        if name in _KEYWORDS:
            _malformed(f"it redefines {name}")
        value = self._local[name]
        term = self._term(name, value if isinstance(value, Mapping) else {"@id": value}, plain=value)
        if earlier is not None and earlier.protected and not self._override:
            if earlier._replace(protected=True) != term._replace(protected=True):
                _malformed(f"it redefines the protected term {name!r}")
            term = earlier
        self.result.terms[name] = term
        self._done[name] = True

    def _term(self, name: str, value: Mapping[str, Any], *, plain: Any) -> Term:
        if not _OF_A_TERM.issuperset(value):
            _malformed(f"its term {name!r} uses a part of JSON-LD that contexts of credentials do not")
        kind = value.get("@type")
        container = value.get("@container", ())
        language = value.get("@language", ABSENT)
        iri = self._iri_of(name, value)
        return Term(
            iri=iri,
            prefix=value.get(
                "@prefix",
                isinstance(plain, str)
                and ":" not in name
                and iri is not None
                and iri.endswith(_ENDS_AS_PREFIX),
            ),
            reverse="@reverse" in value,
            type=kind if kind is None or kind in _KEYWORDS else self.expand(kind),
            container=frozenset((container,) if isinstance(container, str) else container),
            language=language.lower() if isinstance(language, str) else language,
            context=value.get("@context", ABSENT),
            protected=value.get("@protected", self._protected),
        )

    def _iri_of(self, name: str, value: Mapping[str, Any]) -> str | None:
        if "@reverse" in value:
            return self.expand(value["@reverse"])
        prefix, colon, rest = name.partition(":")
        if colon:
            self.define(prefix)
        if "@id" in value and value["@id"] != name:
            given = value["@id"]
            iri = given if given is None else self.expand(given)
            if (colon or "/" in name) and iri != self.result.expand(name, vocab=True):
                _malformed(f"its term {name!r} looks like an IRI and stands for another")
            return iri
        if colon:
            known = self.result.terms.get(prefix)
            return name if known is None or known.iri is None else known.iri + rest
        if self.result.vocab is None:
            _malformed(f"its term {name!r} stands for nothing")
        return self.result.vocab + name


def _expanded(context: ContextInForce, text: str, *, vocab: bool, define: _Definition | None) -> str | None:
    """Section 5.2, without a base: what would be relative to one comes back as it is."""
    if text in _KEYWORDS:
        return text
    if _LIKE_A_KEYWORD.fullmatch(text):
        return None
    if define is not None:
        define.define(text)
    if vocab and (term := context.terms.get(text)) is not None:
        return term.iri
    prefix, colon, rest = text.partition(":")
    if colon and prefix:
        if prefix == "_" or rest.startswith("//"):
            return text
        if define is not None:
            define.define(prefix)
        known = context.terms.get(prefix)
        if known is not None and known.prefix and known.iri is not None:
            return known.iri + rest
        return text
    if vocab and context.vocab is not None:
        return context.vocab + text
    return text


def _malformed(why: str) -> NoReturn:
    raise ContextNotAllowed(f"A context of the document cannot be used: {why}.")
