"""Comprehensive Learner Record 2.0: many credentials, each exactly as issued, under one signature.

The outer signature says that somebody put these together for this learner. It says nothing of the members:
each is verified on its own proof, and the record is worth no more than the least of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wallet.formats.open_badges import OB_3, faults_of_achievement
from wallet.formats.shape import (
    VC_2,
    Document,
    Fault,
    Rule,
    absolute_uri,
    filled_text,
    listed,
    placed,
    types_of,
    written_time,
)

CLR_2 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
CLR_CONTEXTS = "https://purl.imsglobal.org/spec/clr/v2p0/context"
OB_CONTEXTS = "https://purl.imsglobal.org/spec/ob/v3p0/context"

ASSOCIATION_TYPES = frozenset(
    {
        "exactMatchOf",
        "isChildOf",
        "isParentOf",
        "isPartOf",
        "isPeerOf",
        "isRelatedTo",
        "precedes",
        "replacedBy",
    }
)
"""Source: CLR 2.0, AssociationType."""


@dataclass(frozen=True, kw_only=True)
class Association:
    """How one achievement stands to another: `source` *isPartOf* `target`. Both are achievement ids."""

    source: str
    kind: str  # one of ASSOCIATION_TYPES
    target: str


def build(
    *,
    record: str,
    issuer: str,
    issuer_name: str,
    issuer_url: str | None = None,
    learner: str,
    name: str,
    members: Sequence[Mapping[str, Any]],
    associations: Sequence[Association] = (),
    achievements: Sequence[Mapping[str, Any]] = (),
    valid_from: datetime,
    valid_until: datetime | None = None,
    status: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """The unsigned ClrCredential `record` (a URI) of signed `members`. Source: CLR 2.0, ClrCredential.

    `achievements` are those the associations name that no member carries, such as the qualification its
    units are part of. Members go in as they are: a record never rewrites what another has signed. Raises
    ValueError without members, and for an association of no known kind.
    """
    if not members:
        raise ValueError("a learner record needs at least one credential")
    subject: dict[str, Any] = {
        "id": learner,
        "type": ["ClrSubject"],
        "verifiableCredential": [dict(member) for member in members],
    }
    if achievements:
        subject["achievement"] = [dict(achievement) for achievement in achievements]
    if associations:
        subject["association"] = [_association(association) for association in associations]
    profile = {"id": issuer, "type": ["Profile"], "name": issuer_name}
    if issuer_url is not None:
        profile["url"] = issuer_url
    document: dict[str, Any] = {
        "@context": [VC_2, CLR_2, OB_3],
        "id": record,
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": profile,
        "validFrom": written_time(valid_from),
        "name": name,
        "credentialSubject": subject,
    }
    if valid_until is not None:
        document["validUntil"] = written_time(valid_until)
    if status:
        document["credentialStatus"] = [dict(entry) for entry in status]
    return document


def members(document: Document) -> list[tuple[Any, str]]:
    """The credentials a record carries, each with the JSON Pointer it stands at."""
    found: list[tuple[Any, str]] = []
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if isinstance(subject, dict):
            found += placed(subject.get("verifiableCredential"), f"{pointer}/verifiableCredential")
    return found


def wholes(document: Document) -> dict[int, int]:
    """Which member, by its place, is a part of which other, by the associations of the record.

    What both of them are counted for would be counted twice. Associations that go round in a circle say nothing.
    """
    place = {
        achievement["id"]: number
        for number, (member, _) in reversed(list(enumerate(members(document))))
        for subject in listed(member.get("credentialSubject") if isinstance(member, dict) else None)
        if isinstance(subject, dict)
        and isinstance(achievement := subject.get("achievement"), dict)
        and isinstance(achievement.get("id"), str)
    }
    found: dict[int, int] = {}
    for each in associations(document):
        source, target = each.source, each.target
        if each.kind == "isParentOf":
            source, target = target, source
        elif each.kind not in ("isPartOf", "isChildOf"):
            continue
        if source in place and target in place and not _leads_to(place[target], place[source], found):
            found.setdefault(place[source], place[target])
    return found


def _leads_to(start: int, end: int, found: Mapping[int, int]) -> bool:
    """Whether one comes from the start to the end by going to the whole, again and again."""
    at: int | None = start
    while at is not None:
        if at == end:
            return True
        at = found.get(at)
    return False


def associations(document: Document) -> list[Association]:
    """The associations of a record that have two ends and a kind that is known."""
    return [
        Association(source=value["sourceId"], kind=value["associationType"], target=value["targetId"])
        for subject in listed(document.get("credentialSubject"))
        if isinstance(subject, dict)
        for value in listed(subject.get("association"))
        if isinstance(value, dict)
        and _known_kind(value.get("associationType"))
        and isinstance(value.get("sourceId"), str)
        and isinstance(value.get("targetId"), str)
    ]


def is_partial(document: Document) -> bool:
    """Whether its publisher says that there is more of the learner than is in it. Source: CLR 2.0, ClrCredential."""
    return document.get("partial") is True


def contexts_in_order(document: Document) -> Iterator[Fault]:
    """Contexts: credentials, then CLR, then Open Badges. Source: CLR 2.0, ClrCredential."""
    contexts = [context if isinstance(context, str) else "" for context in listed(document.get("@context"))]
    if not (contexts[1:2] and contexts[1].startswith(CLR_CONTEXTS)):
        yield Fault("clr-context-order", "/@context/1", "The second context is not that of CLR 2.0.")
    elif not (contexts[2:3] and contexts[2].startswith(OB_CONTEXTS)):
        yield Fault("badge-context-order", "/@context/2", "The third context is not that of Open Badges 3.0.")


def record_is_named(document: Document) -> Iterator[Fault]:
    """A record has an id, a name, and a Profile as issuer. Source: CLR 2.0, ClrCredential."""
    if "id" not in document:
        yield Fault("id-missing", "/id", "The learner record has no id.")
    if not filled_text(document.get("name")):
        yield Fault("name-missing", "/name", "The learner record has no name.")
    if "validFrom" not in document and "issuanceDate" not in document:
        yield Fault("valid-from-missing", "/validFrom", "The record does not say since when it is valid.")
    issuer = document.get("issuer")
    if isinstance(issuer, dict) and "Profile" not in types_of(issuer):
        yield Fault("issuer-type", "/issuer/type", "The issuer is not a Profile.")


def subject_carries_credentials(document: Document) -> Iterator[Fault]:
    """The subject is a ClrSubject with at least one credential. Source: CLR 2.0, ClrSubject."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if isinstance(subject, dict) and "ClrSubject" not in types_of(subject):
            yield Fault("subject-type", f"{pointer}/type", "The subject is not a ClrSubject.")
    carried = members(document)
    if not carried:
        yield Fault(
            "no-members", "/credentialSubject/verifiableCredential", "The record carries no credential."
        )
    for member, pointer in carried:
        if not isinstance(member, dict | str):
            yield Fault("member-malformed", pointer, "A member of the record is not a credential.")


def achievements_are_described(document: Document) -> Iterator[Fault]:
    """The record's own achievements are whole ones. Source: CLR 2.0, ClrSubject."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if isinstance(subject, dict):
            for value, place in placed(subject.get("achievement"), f"{pointer}/achievement"):
                if isinstance(value, dict):
                    yield from faults_of_achievement(value, place)
                else:
                    yield Fault("achievement-malformed", place, "An achievement is not an object.")


def associations_join_achievements(document: Document) -> Iterator[Fault]:
    """An association has a known kind and two ends. Source: CLR 2.0, Association."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if not isinstance(subject, dict):
            continue
        for value, place in placed(subject.get("association"), f"{pointer}/association"):
            if "Association" not in types_of(value):
                yield Fault("association-type", f"{place}/type", "An association is not an Association.")
            elif not _known_kind(value.get("associationType")):
                yield Fault(
                    "association-kind", f"{place}/associationType", "An association is of no known kind."
                )
            elif not absolute_uri(value.get("sourceId")) or not absolute_uri(value.get("targetId")):
                yield Fault("association-end", place, "An association does not name the two it joins.")


RULES: tuple[Rule, ...] = (
    contexts_in_order,
    record_is_named,
    subject_carries_credentials,
    achievements_are_described,
    associations_join_achievements,
)
"""The model of a ClrCredential, beyond that of any credential."""


def _known_kind(kind: Any) -> bool:
    return isinstance(kind, str) and (kind in ASSOCIATION_TYPES or kind.startswith("ext:"))


def _association(association: Association) -> dict[str, Any]:
    if not _known_kind(association.kind):
        raise ValueError(f"no association is called {association.kind!r}")
    return {
        "type": "Association",
        "associationType": association.kind,
        "sourceId": association.source,
        "targetId": association.target,
    }
