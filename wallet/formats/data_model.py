"""The shape every verifiable credential has, whatever it is about: VC Data Model 2.0, and 1.1 as a minimum.

The rules look at one member each and are listed at the end in the order of the specification. That every term
and type is defined by a context is decided where the signed statements are made.

A signature over statements does not fix how they are written. One statement may be written in several ways,
and whoever hands a credential over may choose one in which we do not see it: an expiry under its full
address, a status moved into another object of the same id. So we read one way, and refuse the others.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from keys.contexts import EXAMPLES, PINNED
from wallet.formats.digests import DIGEST_MEMBERS, read_digests
from wallet.formats.shape import (
    VC_1,
    VC_2,
    Document,
    Fault,
    Rule,
    absolute_uri,
    date_time,
    filled_text,
    listed,
    placed,
    types_of,
)
from wallet.verdict import Problem


def is_version_1(document: Document) -> bool:
    """Whether the document is of VC Data Model 1.1, by its first context."""
    return listed(document.get("@context"))[:1] == [VC_1]


def members_are_plain_terms(document: Document) -> Iterator[Fault]:
    """No member is named by a full address or a keyword: `validUntil` has that name, or is not there."""
    for holder, pointer in _objects(document):
        together = "".join(holder)
        if ":" not in together and "@" not in together:
            continue  # as nearly always; a member at a time takes three times as long
        for member in holder:
            if member not in _KEYWORDS and (":" in member or member.startswith("@")):
                yield Fault("member-not-a-term", pointer, "A member is not named by a plain term.")
                return


def no_word_is_an_example(document: Document) -> Iterator[Fault]:
    """No context gives every word a meaning: under such a one, a misspelt `validUnitl` is signed and ends nothing."""
    for holder, pointer in _objects(document):
        if EXAMPLES in listed(holder.get("@context")):
            sentence = "The document is in the words of examples, in which every word has a meaning, misspelt ones too."
            yield Fault("context-of-examples", f"{pointer}/@context", sentence)
            return


def types_are_plain_terms(document: Document) -> Iterator[Fault]:
    """A type that has a name is called by it: the model asked of a document depends on its types."""
    if any(name.startswith(_VOCABULARIES) for name in types_of(document)):
        yield Fault("type-not-a-term", "/type", "A type is given by its full address where it has a name.")


def nothing_inside_is_the_credential_itself(document: Document) -> Iterator[Fault]:
    """No object inside has the credential's id and members of a credential, which would then be its own."""
    own = document.get("id")
    for holder, pointer in _objects(document):
        if not pointer or own is None or holder.get("id") != own:
            continue
        if "VerifiableCredential" in types_of(holder) or not holder.keys().isdisjoint(_OF_CREDENTIALS):
            yield Fault("id-repeated", f"{pointer}/id", "An object inside has the credential's own id.")


def context_comes_first(document: Document) -> Iterator[Fault]:
    """`@context` is an array that begins with the data model's own. Source: VCDM 2.0, 4.3; 1.1, 4.1."""
    contexts = document.get("@context")
    if not isinstance(contexts, list):
        yield Fault("context-not-array", "/@context", "The document has no array of contexts.")
    elif contexts[:1] not in ([VC_1], [VC_2]):
        yield Fault(
            "context-order", "/@context/0", "The first context is not that of verifiable credentials."
        )
    elif any(not isinstance(context, str | dict) for context in contexts):
        yield Fault("context-malformed", "/@context", "A context is neither an address nor an object.")
    elif VC_1 in contexts and VC_2 in contexts:
        yield Fault("context-order", "/@context", "The document mixes two versions of the data model.")


def type_is_stated(document: Document) -> Iterator[Fault]:
    """`type` names VerifiableCredential among others. Source: VCDM 2.0, 4.5."""
    value = document.get("type")
    if any(not filled_text(name) for name in listed(value)):
        yield Fault("type-malformed", "/type", "A type of the document is not a text.")
    elif "VerifiableCredential" not in types_of(document):
        yield Fault("type-missing", "/type", "The document does not say that it is a verifiable credential.")


def id_is_one_uri(document: Document) -> Iterator[Fault]:
    """`id`, where given, is one absolute URI. Source: VCDM 2.0, 4.4."""
    if "id" in document and not absolute_uri(document["id"]):
        yield Fault("id-malformed", "/id", "The credential's id is not one absolute URI.")


def issuer_is_identified(document: Document) -> Iterator[Fault]:
    """`issuer` is a URI, or an object with one as id. Source: VCDM 2.0, 4.7."""
    issuer = document.get("issuer")
    if issuer is None:
        yield Fault("issuer-missing", "/issuer", "The credential names no issuer.")
    elif not absolute_uri(issuer_id(document)):
        yield Fault("issuer-malformed", "/issuer", "The issuer is not identified by an absolute URI.")


def subject_says_something(document: Document) -> Iterator[Fault]:
    """`credentialSubject` is one object or several, none empty. Source: VCDM 2.0, 4.8."""
    subjects = placed(document.get("credentialSubject"), "/credentialSubject")
    if not subjects:
        yield Fault("subject-missing", "/credentialSubject", "The credential says nothing of anybody.")
    for subject, pointer in subjects:
        if not isinstance(subject, dict) or not subject:
            yield Fault(
                "subject-malformed",
                pointer,
                "A subject of the credential is not an object that says something.",
            )
        elif "id" in subject and not absolute_uri(subject["id"]):
            yield Fault("subject-id-malformed", f"{pointer}/id", "A subject's id is not one absolute URI.")


def period_is_readable(document: Document) -> Iterator[Fault]:
    """The validity period is of times with a zone, in order. Source: VCDM 2.0, 4.9; 1.1, 4.6, 4.8."""
    starts, ends = _period_members(document)
    if is_version_1(document) and "issuanceDate" not in document:
        yield Fault(
            "issuance-date-missing", "/issuanceDate", "The credential does not say when it was issued."
        )
    for member in (*starts, *ends):
        if member in document and date_time(document[member]) is None:
            yield Fault("time-malformed", f"/{member}", f"{member} is not a date and time with a zone.")
    first, last = period_of(document)
    if first is not None and last is not None and first > last:
        end = next(member for member in ends if date_time(document.get(member)) == last)
        yield Fault("period-reversed", f"/{end}", "The credential ends before it begins.", Problem.RANGE)


def attachments_are_typed(document: Document) -> Iterator[Fault]:
    """Status, schema and the like are objects with a type, and an id if required. Source: VCDM 2.0, 5."""
    for member, needs_id in _TYPED_MEMBERS.items():
        for value, pointer in placed(document.get(member), f"/{member}"):
            if not isinstance(value, dict):
                yield Fault("member-not-object", pointer, f"{member} is not an object.")
            elif not types_of(value) or any(not filled_text(name) for name in listed(value.get("type"))):
                yield Fault("member-type-missing", f"{pointer}/type", f"{member} has no type.")
            elif ("id" in value or needs_id) and not absolute_uri(value.get("id")):
                yield Fault(
                    "member-id-malformed", f"{pointer}/id", f"{member} has no id that is an absolute URI."
                )


def texts_are_texts(document: Document) -> Iterator[Fault]:
    """`name` and `description` are text, or text with its language. Source: VCDM 2.0, 4.6, 11.1."""
    issuer = document.get("issuer")
    for holder, base in ((document, ""), (issuer if isinstance(issuer, dict) else {}, "/issuer")):
        for member in ("name", "description"):
            for value, pointer in placed(holder.get(member), f"{base}/{member}"):
                if not _text_in_a_language(value):
                    yield Fault(
                        "text-malformed", pointer, f"{member} is neither a text nor one with its language."
                    )


def related_resources_are_pinned(document: Document) -> Iterator[Fault]:
    """Each `relatedResource` is named once, with a digest, and ours agrees. Source: VCDM 2.0, 5.3."""
    seen: set[str] = set()
    for value, pointer in placed(document.get("relatedResource"), "/relatedResource"):
        identifier = value.get("id") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(identifier, str) or not absolute_uri(identifier):
            yield Fault("related-resource-malformed", pointer, "A related resource has no id that is a URI.")
        elif identifier in seen:
            yield Fault("related-resource-doubled", pointer, "A related resource is named twice.")
        elif value.keys().isdisjoint(DIGEST_MEMBERS):
            yield Fault("related-resource-digest-missing", pointer, "A related resource has no digest.")
        else:
            yield from _digest_faults(identifier, value, pointer)
        seen.add(str(identifier))


RULES: tuple[Rule, ...] = (
    no_word_is_an_example,
    members_are_plain_terms,
    types_are_plain_terms,
    nothing_inside_is_the_credential_itself,
    context_comes_first,
    id_is_one_uri,
    type_is_stated,
    issuer_is_identified,
    subject_says_something,
    period_is_readable,
    attachments_are_typed,
    texts_are_texts,
    related_resources_are_pinned,
)
"""The model of any verifiable credential."""


def issuer_id(document: Document) -> str | None:
    """The issuer's identifier, whichever of the two ways it is written."""
    issuer = document.get("issuer")
    value = issuer.get("id") if isinstance(issuer, dict) else issuer
    return value if isinstance(value, str) else None


def period_of(document: Document) -> tuple[datetime | None, datetime | None]:
    """When the credential begins and ends to be valid; None for an end it does not name, or that cannot be read.

    Data model 1.1 has `issuanceDate` and `expirationDate`, and keeps `validFrom` and `validUntil` for its next
    version (1.1, 4.6, note): its context gives them the addresses they have in 2.0, so that they are signed and mean
    the same. Where both are there, both bind: it is valid from the later beginning to the earlier end.
    """
    starts, ends = (
        [time for member in names if (time := date_time(document.get(member))) is not None]
        for names in _period_members(document)
    )
    return max(starts, default=None), min(ends, default=None)


def _period_members(document: Document) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that the two ends of the validity period have in this document's version of the data model."""
    if is_version_1(document):
        return ("issuanceDate", "validFrom"), ("expirationDate", "validUntil")
    return ("validFrom",), ("validUntil",)


def subjects(document: Document) -> list[dict[str, Any]]:
    """The subjects of a credential that are objects."""
    return [subject for subject in listed(document.get("credentialSubject")) if isinstance(subject, dict)]


_KEYWORDS = frozenset({"@context", "@value", "@language", "@direction"})
"""What may be written with @: contexts, and a text in a language."""

_VOCABULARIES = (
    "https://www.w3.org/2018/credentials#",
    "https://www.w3.org/ns/credentials/status#",
    "https://purl.imsglobal.org/spec/vc/",
)
"""Where the types live that we know by name."""

_OF_CREDENTIALS = frozenset(
    {
        "credentialStatus",
        "credentialSubject",
        "expirationDate",
        "issuanceDate",
        "issuer",
        "validFrom",
        "validUntil",
    }
)


def _objects(document: Document) -> list[tuple[dict[str, Any], str]]:
    """Every object of a document with its JSON Pointer, the document first; contexts are left out."""
    found: list[tuple[dict[str, Any], str]] = []
    _gather(document, "", found)
    return found


def _gather(value: Any, pointer: str, found: list[tuple[dict[str, Any], str]]) -> None:
    if isinstance(value, dict):
        found.append((value, pointer))
        for member, inside in value.items():
            if isinstance(inside, (dict, list)) and member != "@context":
                _gather(inside, f"{pointer}/{member}", found)
    elif isinstance(value, list):
        for number, inside in enumerate(value):
            if isinstance(inside, (dict, list)):
                _gather(inside, f"{pointer}/{number}", found)


_TYPED_MEMBERS = {
    "credentialStatus": False,
    "credentialSchema": True,
    "termsOfUse": False,
    "refreshService": False,
    "evidence": False,
}
"""Members whose values are typed objects -> whether an id is required."""


def _text_in_a_language(value: Any) -> bool:
    """A string, or {"@value": text, "@language"?: tag, "@direction"?: "ltr" | "rtl"}."""
    if isinstance(value, str):
        return True
    return (
        isinstance(value, dict)
        and value.keys() <= {"@value", "@language", "@direction"}
        and all(isinstance(part, str) for part in value.values())
        and "@value" in value
        and value.get("@direction", "ltr") in {"ltr", "rtl"}
    )


def _digest_faults(url: str, resource: Document, pointer: str) -> Iterator[Fault]:
    """Each digest can be read; and of a context we know as it was published, it is that one's."""
    for member in DIGEST_MEMBERS & resource.keys():
        try:
            digests = read_digests(member, resource[member])
        except ValueError:
            yield Fault(
                "related-resource-digest-malformed",
                f"{pointer}/{member}",
                f"{member} is not a digest we can read.",
            )
            continue
        published = PINNED.published(url) if url in PINNED else None
        if published is not None and not any(digest.is_of(published) for digest in digests):
            yield Fault(
                "related-resource-digest-wrong",
                f"{pointer}/{member}",
                "The digest of a related resource is not that of the context this wallet knows.",
                Problem.CRYPTOGRAPHIC_SECURITY,
            )
