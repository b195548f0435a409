"""A presentation: what a holder shows somebody, on one occasion.

    {"@context": ["https://www.w3.org/ns/credentials/v2"],
     "type": ["VerifiablePresentation"],
     "holder": "did:key:z6Mk…",
     "verifiableCredential": [{…}, {"type": "EnvelopedVerifiableCredential", "id": "data:…", …}],
     "proof": {…, "proofPurpose": "authentication", "challenge": "…", "domain": "…"}}

The credentials in it are their issuers' word, and each is looked at by itself; the shape of the presentation ends
where they begin.

Source: VC Data Model 2.0, 4.13; VC Data Model 1.1, 4.10.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from wallet.formats import data_model
from wallet.formats.enveloped import holder_id, holder_is_identified, presentation_type_is_stated
from wallet.formats.shape import VC_2, Document, Fault, Rule, listed, placed, types_of

__all__ = ["PRESENTATION", "RULES", "build", "credentials_in", "faults", "holder_id", "is_presentation"]

PRESENTATION: Final = "VerifiablePresentation"


def build(*, holder: str, credentials: Sequence[Mapping[str, Any]], version: str = VC_2) -> dict[str, Any]:
    """An unsigned presentation of these credentials, as they are. `version` is the data model's own context."""
    return {
        "@context": [version],
        "type": [PRESENTATION],
        "holder": holder,
        "verifiableCredential": [dict(credential) for credential in credentials],
    }


def is_presentation(document: Document) -> bool:
    """Whether the document says that it is one."""
    return PRESENTATION in types_of(document)


def credentials_in(document: Document) -> list[tuple[Any, str]]:
    """What is presented, each with the JSON Pointer it stands at."""
    return placed(document.get("verifiableCredential"), "/verifiableCredential")


def credentials_are_objects(document: Document) -> Iterator[Fault]:
    """Each credential is an object that says what it is, never the address of one. Source: VCDM 2.0, 4.13."""
    for value, pointer in credentials_in(document):
        if not isinstance(value, dict):
            yield Fault("credential-not-object", pointer, "What is presented is not a credential.")
        elif not _OF_CREDENTIALS & set(types_of(value)):
            yield Fault(
                "credential-type-missing",
                f"{pointer}/type",
                "What is presented does not say it is a credential.",
            )


def versions_are_not_mixed(document: Document) -> Iterator[Fault]:
    """A presentation of 1.1 carries credentials of 1.1: its context would give others another meaning."""
    if not data_model.is_version_1(document):
        return
    for value, pointer in credentials_in(document):
        if isinstance(value, dict) and VC_2 in listed(value.get("@context")):
            yield Fault(
                "context-order",
                f"{pointer}/@context",
                "A credential of version 2 is presented by version 1.1.",
            )


_OF_CREDENTIALS: Final = frozenset({"VerifiableCredential", "EnvelopedVerifiableCredential"})

RULES: tuple[Rule, ...] = (
    data_model.no_word_is_an_example,
    data_model.members_are_plain_terms,
    data_model.nothing_inside_is_the_credential_itself,
    data_model.context_comes_first,
    data_model.id_is_one_uri,
    presentation_type_is_stated,
    holder_is_identified,
    credentials_are_objects,
    versions_are_not_mixed,
    data_model.attachments_are_typed,
)
"""The model of a presentation with a proof of its own."""


def faults(document: Document, *, examples: bool = False) -> list[Fault]:
    """Everything wrong with the shape of a presentation; empty where nothing is. `examples` as for credentials."""
    rules = [rule for rule in RULES if not (examples and rule is data_model.no_word_is_an_example)]
    return [fault for rule in rules for fault in rule(document)]
