"""A verifiable credential of no format of learning: what can be told of it all the same.

Its vocabulary is its own, so only what nearly all of them say is read: a name, an issuer, since when it is valid.
It may be evidence of learning, and it states no credit that could be counted.

Source: VC Data Model 2.0, 4; 1.1, 4.
"""

from collections.abc import Iterator
from typing import Any, Final

from wallet.formats.data_model import issuer_id, period_of, subjects
from wallet.formats.shape import Document, listed, types_of
from wallet.formats.transcript import (
    UNDETERMINED,
    Identifier,
    Issuer,
    Opportunity,
    Report,
    said_names,
    said_text,
)

_WHAT_WAS_ACHIEVED: Final = ("achievement", "hasCredential", "degree", "alumniOf", "award")
"""Members of a subject under which credentials commonly say what they are for."""


def is_credential(document: Document) -> bool:
    return "VerifiableCredential" in types_of(document)


def report(document: Document) -> Report:
    """What it says, as a line of a record that states no credit."""
    issuer = document.get("issuer")
    named = issuer.get("name") if isinstance(issuer, dict) else None
    uri = said_text(issuer_id(document))
    start, _ = period_of(document)
    types = [name for name in types_of(document) if name != "VerifiableCredential"]
    return Report(
        issuer=Issuer(
            names=said_names(in_languages(named), uri or "(an issuer without a name)"),
            identifiers=() if uri is None else (Identifier("uri", uri),),
        ),
        issued_on=None if start is None else start.date(),
        opportunities=(
            Opportunity(
                place="1",
                names=said_names(_names(document), said_text(", ".join(types)) or "a credential"),
                identifiers=tuple(
                    Identifier("credential", said) for said in [said_text(document.get("id"), 200)] if said
                ),
                description=next(
                    (
                        said
                        for _, each in in_languages(document.get("description"))
                        if (said := said_text(each))
                    ),
                    None,
                ),
                achieved_on=None if start is None else start.date(),
                by_itself=True,
            ),
        ),
    )


def holders(document: Document) -> tuple[str, ...]:
    """Whom a credential names: by a name, an id, or an identifier."""
    return tuple(said for subject in subjects(document) if (said := said_text(_holder(subject))))


def _holder(subject: Document) -> Any:
    for member in ("name", "id"):
        if isinstance(subject.get(member), str):
            return subject[member]
    for each in listed(subject.get("identifier")):
        if isinstance(each, dict):
            return each.get("identityHash")
    return None


def in_languages(value: Any) -> Iterator[tuple[str, Any]]:
    """A text with its language, in each of the ways of the data model: a text, `@value`, or several of them."""
    for each in listed(value):
        if isinstance(each, dict):
            language = each.get("@language")
            yield language if isinstance(language, str) else UNDETERMINED, each.get("@value")
        else:
            yield UNDETERMINED, each


def _names(document: Document) -> Iterator[tuple[str, Any]]:
    yield from in_languages(document.get("name"))
    for subject in subjects(document):
        for member in _WHAT_WAS_ACHIEVED:
            for achieved in listed(subject.get(member)):
                if isinstance(achieved, dict):
                    yield from in_languages(achieved.get("name"))
