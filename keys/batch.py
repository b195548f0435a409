"""Signing many documents of few shapes: the same proofs as `add_proof` makes, each in half the time.

    batch = BatchSigner(signer=…, suite="eddsa-rdfc-2022", verification_method="did:web:example.edu#key-1", created=…)
    for document in documents:
        text = batch.sign(document)       # the signed document as JSON text

The first documents of a shape are signed as any document is. What varies among them is learnt, and a template made
(`linked_data.templates`); where it has a doubt about a document, that one is signed as any other again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec

from keys import suites
from keys.contexts import PINNED, Contexts
from keys.errors import LinkedDataError
from keys.linked_data import canonical_nquads, plans_for
from keys.linked_data.templates import Leaf, Path, Template, leaves, shape_of
from keys.proofs import add_proof
from keys.signing import Signer
from keys.suites import rdfc
from keys.suites.digest import digest
from keys.suites.hashed import HashedSuite
from keys.suites.rdfc import options_hash

__all__ = ["BatchSigner"]

_SEEN_BEFORE_LEARNING: Final = 8
"""Documents of one shape. Making a template costs as much as signing forty of them."""
_MOST_TEMPLATES: Final = 8
"""Tried for each document, the one that served last first."""
_MOST_SHAPES: Final = 64
_MOST_ATTEMPTS: Final = 16
"""For one shape: a value may turn out to vary after a thousand documents."""

_ENCODE: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True)
class _Serving:
    """A template in use, and the hash of the proof's options under its documents' context."""

    template: Template
    options: bytes


@dataclass
class _Shape:
    """Documents of one shape that no template served, and where they differ."""

    first: Sequence[Leaf]
    seen: list[Mapping[str, Any]] = field(default_factory=list)
    varying: set[Path] = field(default_factory=set)
    attempts: int = 0
    serving: _Serving | None = None


class BatchSigner:
    """Signs documents one after the other with one key, at one time, for one purpose. Not for several threads."""

    def __init__(
        self,
        *,
        signer: Signer,
        suite: str,
        verification_method: str,
        created: datetime,
        purpose: str = "assertionMethod",
        contexts: Contexts = PINNED,
    ) -> None:
        """Raises UnsupportedSuite. Only suites over statements (rdfc) gain by it; others sign as `add_proof` does."""
        self._arguments: Final[Mapping[str, Any]] = {
            "signer": signer,
            "suite": suite,
            "verification_method": verification_method,
            "created": created,
            "purpose": purpose,
            "contexts": contexts,
        }
        self._signer = signer
        self._contexts = contexts
        found = suites.by_name(suite)
        self._suite = found if isinstance(found, HashedSuite) and found.hashing is rdfc.hash_data else None
        self._shapes: dict[tuple[object, ...], _Shape] = {}
        self._serving: list[_Serving] = []
        self._options: Mapping[str, Any] = {}
        self._before_value = b""

    def sign(self, document: Mapping[str, Any]) -> bytes:
        """The document with one more proof, as JSON text: what `msgspec.json.encode(add_proof(document, …))` gives.

        Raises as `add_proof`, and as `msgspec.json.encode`.
        """
        if self._suite is None or "proof" in document:
            return self._one_by_one(document)
        try:
            text = _ENCODE(document)
        except (TypeError, ValueError, OverflowError, RecursionError):
            return self._one_by_one(document)  # it says what is wrong
        for place, serving in enumerate(self._serving):
            values = serving.template.values(text)
            if values is not None:
                if place:
                    self._serving.insert(0, self._serving.pop(place))
                nquads = serving.template.nquads(values)
                return (
                    self._one_by_one(document)
                    if nquads is None
                    else self._signed(self._suite, text, serving, nquads)
                )
        signed = add_proof(document, **self._arguments)
        if not self._options:
            self._options = {name: value for name, value in signed["proof"].items() if name != "proofValue"}
            self._before_value = b',"proof":%b,"proofValue":"' % _ENCODE(self._options)[:-1]
        self._learn(self._suite, document)
        return _ENCODE(signed)

    def _one_by_one(self, document: Mapping[str, Any]) -> bytes:
        return _ENCODE(add_proof(document, **self._arguments))

    def _signed(self, suite: HashedSuite, text: bytes, serving: _Serving, nquads: bytes) -> bytes:
        value = suite.sign(
            serving.options + digest(nquads, suite.hash_name(self._signer.public.kind)), self._signer
        )
        return b'%b%b%b"}}' % (text[:-1], self._before_value, value.encode())

    def _learn(self, suite: HashedSuite, document: Mapping[str, Any]) -> None:
        """Note where a document differs from others of its shape, and make a template once that is known."""
        found = leaves(document)
        key = shape_of(found)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= _MOST_SHAPES:
                self._shapes.clear()
            shape = self._shapes[key] = _Shape(found)
        known = len(shape.varying)
        shape.varying.update(
            path for (path, value), (_, first) in zip(found, shape.first, strict=True) if value != first
        )
        if shape.attempts == 0:
            shape.seen.append(document)
        elif len(shape.varying) == known:
            return
        if len(shape.seen) < _SEEN_BEFORE_LEARNING or shape.attempts >= _MOST_ATTEMPTS:
            return
        shape.attempts += 1
        try:
            serving = self._template_for(suite, shape)
        except LinkedDataError:  # there is something about this shape that no template can serve
            shape.attempts = _MOST_ATTEMPTS
            return
        if shape.serving in self._serving:
            self._serving.remove(shape.serving)
        shape.serving = serving
        self._serving = [serving, *self._serving][:_MOST_TEMPLATES]

    def _template_for(self, suite: HashedSuite, shape: _Shape) -> _Serving:
        """Raises LinkedDataError."""
        hash_name = suite.hash_name(self._signer.public.kind)
        document = shape.seen[0]
        varying = [path for path, _ in shape.first if path in shape.varying]
        template = Template(document, varying, plans_for(self._contexts), hash_name)
        for each in shape.seen:
            values = template.values(_ENCODE(each))
            said = None if values is None else template.nquads(values)
            if said not in (None, canonical_nquads(each, contexts=self._contexts, hash_name=hash_name)):
                raise LinkedDataError("A template says something else than the document.")
        options = options_hash(document["@context"], self._options, self._contexts, hash_name)
        return _Serving(template, options)
