"""Comparing what is printed with what the credentials say, value by value."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from wallet.documents.learning import NO_GRADE
from wallet.documents.printed import Printed, Tells
from wallet.formats import clr, open_badges
from wallet.formats.data_model import issuer_id, subjects
from wallet.formats.open_badges import CreditFacts, NotAnOpenBadge
from wallet.formats.shape import types_of
from wallet.verifying.step import quoted

Document = Mapping[str, Any]


def differences(printed: Printed, attached: Iterable[Document]) -> Iterator[str]:
    """Each thing in which they differ, as a sentence; none where the paper says what the credentials say.

    `attached` are the credentials that go with it. Nothing of them is vouched for here.
    """
    carried = list(attached)
    for document in carried:
        if issuer_id(document) != printed.institution:
            yield f"The credential {_id(document)} is not issued by whoever signed what is printed."
        if printed.learner not in [subject.get("id") for subject in subjects(document)]:
            yield f"The credential {_id(document)} is about somebody else than what is printed."
    known = {str(document.get("id")): document for document in _with_members(carried)}
    for credential, scheme, tells, value in printed.told():
        if (telling := known.get(credential)) is None:
            yield f"A line rests on {quoted(credential)}, which the file does not carry."
            continue
        try:
            facts = open_badges.read(telling)
        except NotAnOpenBadge:
            yield f"{quoted(credential)} tells of no achievement."
            continue
        if facts.learner != printed.learner:
            yield f"The credential {quoted(credential)} is about somebody else than what is printed."
        if not _agrees(facts, scheme, tells, value):
            yield (
                f"It prints {quoted(value)} as the {tells.value} of {quoted(credential)}, "
                f"which says {quoted(_stated(facts, tells))}."
            )


def _with_members(documents: Iterable[Document]) -> Iterator[Document]:
    for document in documents:
        yield document
        if "ClrCredential" in types_of(document):
            yield from (member for member, _ in clr.members(document) if isinstance(member, dict))


def _agrees(facts: CreditFacts, scheme: str | None, tells: Tells, value: str) -> bool:
    if tells is not Tells.POINTS:
        return value == _stated(facts, tells)
    if facts.points is None or facts.points.scheme.value != scheme:
        return False
    try:
        return Decimal(value) == facts.points.points
    except InvalidOperation:
        return False


def _stated(facts: CreditFacts, tells: Tells) -> str:
    match tells:
        case Tells.CODE:
            return facts.code or ""
        case Tells.GRADE:
            return facts.grade or NO_GRADE
        case Tells.DAY:
            return facts.awarded_on.date().isoformat()
        case Tells.POINTS:
            return "no credit" if facts.points is None else f"{facts.points.points} {facts.points.scheme}"


def _id(document: Document) -> str:
    return quoted(document.get("id"))
