"""Types that a document names itself: they say what JSON-LD says they do, and nothing of any value is theirs."""

from typing import Any

import pytest

from keys.errors import ContextNotAllowed, UndefinedTerm
from keys.linked_data import canonical_nquads

V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OWN = {"Excursion": "https://example.edu/types#Excursion"}
RDF_TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def a_document(*contexts: Any, **members: Any) -> dict[str, Any]:
    return {
        "@context": [V2, *contexts],
        "type": ["VerifiableCredential"],
        "issuer": "did:example:issuer",
        "credentialSubject": {"id": "did:example:subject"},
        **members,
    }


def test_such_a_type_is_said_by_its_address():
    said = canonical_nquads(a_document(OWN, type=["VerifiableCredential", "Excursion"])).decode()

    assert f"_:c14n0 {RDF_TYPE} <https://example.edu/types#Excursion> .\n" in said


def test_it_says_the_same_as_the_address_itself():
    named = a_document(OWN, evidence={"type": "Excursion"})
    by_address = a_document(evidence={"type": "https://example.edu/types#Excursion"})

    assert canonical_nquads(named) == canonical_nquads(by_address)


def test_a_type_that_is_named_and_not_used_says_nothing():
    assert canonical_nquads(a_document(OWN)) == canonical_nquads(a_document())


def test_it_is_known_where_it_was_named_and_not_in_another_document():
    canonical_nquads(a_document(OWN, type=["VerifiableCredential", "Excursion"]))

    with pytest.raises(UndefinedTerm):
        canonical_nquads(a_document(type=["VerifiableCredential", "Excursion"]))


def test_a_member_cannot_be_called_by_it():
    with pytest.raises(UndefinedTerm):
        canonical_nquads(a_document(OWN, Excursion="to the mountains"))
    with pytest.raises(UndefinedTerm):
        canonical_nquads(a_document(OWN, credentialSubject={"id": "did:example:subject", "Excursion": 60}))


REFUSED: dict[str, Any] = {
    "a member with its settings": {"points": {"@id": "https://example.edu/terms#points"}},
    "a name that a known context uses": {"creditsEarned": "https://example.edu/terms#credits"},
    "a name that a known context uses deep inside": {
        "AchievementSubject": "https://example.edu/types#Subject"
    },
    "another name in a known vocabulary": {
        "Odd": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#Achievement"
    },
    "another name in the vocabulary of XML Schema": {"Odd": "http://www.w3.org/2001/XMLSchema#date"},
    "a prefix": {"edu": "https://example.edu/types#"},
    "a prefix that ends with a slash": {"edu": "https://example.edu/"},
    "a name in two parts": {"edu:Excursion": "https://example.edu/types#Excursion"},
    "a name with a space": {"An excursion": "https://example.edu/types#Excursion"},
    "a name in other letters": {"Экскурсия": "https://example.edu/types#Excursion"},
    "no address": {"Excursion": "Excursion"},
    "an address with a space": {"Excursion": "https ://example.edu#Excursion"},
    "null": {"Excursion": None},
    "a list": {"Excursion": ["https://example.edu/types#Excursion"]},
    "another name for a keyword": {"kind": "@type"},
    "a vocabulary": {"@vocab": "https://example.edu/types#"},
    "a base": {"@base": "https://example.edu/"},
    "an import": {"@import": "https://example.edu/context.json"},
    "a language": {"@language": "kk"},
    "a version": {"@version": 1.1},
    "protection that is text": {"@protected": "true"},
    "more types than anybody has": {
        f"T{number}": f"https://example.edu/types#T{number}" for number in range(65)
    },
}


@pytest.mark.parametrize("context", REFUSED.values(), ids=REFUSED)
def test_a_context_written_out_does_nothing_but_name_types(context: Any):
    for document in (a_document(context), a_document(OB, context)):
        with pytest.raises(ContextNotAllowed):
            canonical_nquads(document)


def test_one_name_is_not_given_to_two_types():
    another = {"Excursion": "https://example.edu/types#Another"}

    with pytest.raises(ContextNotAllowed):
        canonical_nquads(a_document(OWN, another))
    with pytest.raises(ContextNotAllowed):
        canonical_nquads(a_document(OWN, evidence={"@context": another, "type": "Excursion"}))


def test_it_may_be_named_where_it_is_used():
    inside = a_document(evidence={"@context": OWN, "type": "Excursion"})

    assert canonical_nquads(inside) == canonical_nquads(a_document(OWN, evidence={"type": "Excursion"}))
