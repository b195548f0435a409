"""VC Data Model 2.0 and 1.1: one sentence for each thing that a credential MUST be.

What must not be is refused when it is to be signed, and again when somebody else has signed it: two doors, one
model. What may be is signed, and verifies.
"""

import base64
import hashlib
from importlib.resources import files
from typing import Any

import pytest

from keys.contexts import EXAMPLES
from keys.multikey import to_multibase
from tests.conformance.world import (
    MISSING,
    V1,
    V2,
    Document,
    Server,
    a_credential,
    an_old_credential,
    failed_step,
    problem_of,
    signed_as_json,
)

OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OWN_TYPE = {"Excursion": "https://example.edu/types#Excursion"}
SCHEMA = {"id": "https://example.edu/schemas/1.json", "type": "JsonSchema"}
WRONG_DIGEST = "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
WRONG_MULTIBASE = to_multibase(b"\x12\x20" + bytes(32), "u")


def about(**members: Any) -> Document:
    return a_credential(**members)


def subject(value: Any) -> Document:
    return a_credential(credentialSubject=value)


def resource(**members: Any) -> Document:
    return a_credential(relatedResource={"id": V2, "digestSRI": WRONG_DIGEST, **members})


REFUSED: dict[str, Document] = {
    # 4.3 Contexts
    "4.3 no context": about(at_context=MISSING),
    "4.3 a context that is null": about(at_context=None),
    "4.3 a context that is no list": about(at_context=V2),
    "4.3 a context that is an object": about(at_context={"@vocab": "https://example.org/#"}),
    "4.3 no contexts in the list": about(at_context=[]),
    "4.3 another context alone": about(at_context=[OB]),
    "4.3 the base context in second place": about(at_context=[OB, V2]),
    "4.3 the base context inside another list": about(at_context=[[V2]]),
    "4.3 the base context with a slash behind it": about(at_context=[V2 + "/"]),
    "4.3 the base context by http": about(at_context=["http://www.w3.org/ns/credentials/v2"]),
    "4.3 the base context in capitals": about(at_context=["https://www.W3.org/ns/credentials/v2"]),
    "4.3 two versions of the data model": about(at_context=[V2, V1]),
    "4.3 a context that is a number": about(at_context=[V2, 123192875]),
    "4.3 a context that is true": about(at_context=[V2, True]),
    "4.3 a context that is null, behind the first": about(at_context=[V2, None]),
    "4.3 a context that is no URL": about(at_context=[V2, "https ://not-a-url/contexts/v1"]),
    "4.3 a context that nobody here knows": about(at_context=[V2, "https://example.com/unknown/v1"]),
    "4.3 a relative context": about(at_context=[V2, "contexts/v1"]),
    # 4.4 Identifiers
    "4.4 an id that is null": about(id=None),
    "4.4 an id that is a number": about(id=5),
    "4.4 an id that is a list": about(id=["urn:uuid:1", "urn:uuid:2"]),
    "4.4 an id that is a list of one": about(id=["urn:uuid:1"]),
    "4.4 an id that is an object": about(id={"id": "urn:uuid:1"}),
    "4.4 an id that is empty": about(id=""),
    "4.4 an id that is relative": about(id="credentials/1"),
    "4.4 an id that is no URL": about(id="not a url"),
    "4.4 an id with a space in it": about(id="urn:uuid:1 2"),
    "4.4 an id with a line end": about(id="urn:uuid:1\n"),
    "4.4 an id with angle brackets": about(id="urn:uuid:<1>"),
    "4.4 a subject's id that is null": subject({"id": None, "name": "Alice"}),
    "4.4 a subject's id that is a list": subject({"id": ["did:example:a", "did:example:b"]}),
    "4.4 a subject's id that is relative": subject({"id": "alice"}),
    "4.4 a subject's id with a space": subject({"id": "did:example:a b"}),
    # 4.5 Types
    "4.5 no type": about(type=MISSING),
    "4.5 a type that is null": about(type=None),
    "4.5 a type that is a number": about(type=1),
    "4.5 a type that is an object": about(type={"VerifiableCredential": True}),
    "4.5 no types in the list": about(type=[]),
    "4.5 an empty type": about(type=["VerifiableCredential", ""]),
    "4.5 a type that is null, behind the first": about(type=["VerifiableCredential", None]),
    "4.5 a type that no context defines": about(type=["VerifiableCredential", "UndefinedCredential"]),
    "4.5 a type with a space": about(type=["VerifiableCredential", "Undefined Credential"]),
    "4.5 only another type": about(type=["BitstringStatusListCredential"]),
    "4.5 the type in small letters": about(type=["verifiablecredential"]),
    "4.5 the type of a presentation": about(type=["VerifiablePresentation"]),
    "4.5 a type by its full address where it has a name": about(
        type=["VerifiableCredential", "https://www.w3.org/2018/credentials#VerifiablePresentation"]
    ),
    "4.5 an undefined type of the subject": subject({"id": "did:example:a", "type": "Undefined"}),
    # 4.6 Names and descriptions; 11.1 Language and base direction
    "4.6 a name that is a number": about(name=5),
    "4.6 a name that is true": about(name=True),
    "4.6 a name with a value that is a number": about(name={"@value": 5, "@language": "en"}),
    "4.6 a name without a value": about(name={"@language": "en"}),
    "4.6 a name with a direction and no value": about(name={"@direction": "ltr"}),
    "4.6 a name in a language that is a number": about(name={"@value": "Name", "@language": 5}),
    "4.6 a name in a language that is none": about(name={"@value": "Name", "@language": "not a language"}),
    "4.6 a name in a direction that is none": about(name={"@value": "Name", "@direction": "up"}),
    "4.6 a name with something beside it": about(
        name={"@value": "Name", "@language": "en", "url": "did:a:b"}
    ),
    "4.6 a name that is an object of another kind": about(name={"name": "Name"}),
    "4.6 one bad name of two": about(name=["Name", {"@language": "ru"}]),
    "4.6 a description that is a number": about(description=5),
    "4.6 a description without a value": about(description={"@language": "en"}),
    "4.6 a description with something beside it": about(
        description={"@value": "D", "@type": "x", "id": "a:b"}
    ),
    "4.6 an issuer's name that is a number": about(issuer={"id": "did:example:i", "name": 5}),
    "4.6 an issuer's name without a value": about(
        issuer={"id": "did:example:i", "name": {"@language": "en"}}
    ),
    "4.6 an issuer's description that is a number": about(issuer={"id": "did:example:i", "description": 5}),
    # 4.7 Issuer
    "4.7 no issuer": about(issuer=MISSING),
    "4.7 an issuer that is null": about(issuer=None),
    "4.7 an issuer that is a number": about(issuer=5),
    "4.7 an issuer that is empty": about(issuer=""),
    "4.7 an issuer that is no URL": about(issuer="not-a-url"),
    "4.7 an issuer with a space": about(issuer="did:example:a b"),
    "4.7 an issuer that is a list": about(issuer=["did:example:a", "did:example:b"]),
    "4.7 an issuer object without an id": about(issuer={"name": "Somebody"}),
    "4.7 an issuer object that is empty": about(issuer={}),
    "4.7 an issuer object whose id is null": about(issuer={"id": None}),
    "4.7 an issuer object whose id is no URL": about(issuer={"id": "not-a-url"}),
    "4.7 an issuer object whose id is a list": about(issuer={"id": ["did:example:a"]}),
    # 4.8 Credential subject
    "4.8 no subject": about(credentialSubject=MISSING),
    "4.8 a subject that is null": subject(None),
    "4.8 a subject that is text": subject("did:example:a"),
    "4.8 a subject that is a number": subject(5),
    "4.8 a subject that is empty": subject({}),
    "4.8 no subject in the list": subject([]),
    "4.8 an empty subject among others": subject([{"id": "did:example:a"}, {}]),
    "4.8 a text among subjects": subject([{"id": "did:example:a"}, "did:example:b"]),
    "4.8 a null among subjects": subject([{"id": "did:example:a"}, None]),
    # 4.9 Validity period
    "4.9 a validFrom without a zone": about(validFrom="2024-01-01T00:00:00"),
    "4.9 a validFrom that is a day": about(validFrom="2024-01-01"),
    "4.9 a validFrom in words": about(validFrom="the first of January"),
    "4.9 a validFrom that is a number": about(validFrom=1704067200),
    "4.9 a validFrom that is null": about(validFrom=None),
    "4.9 a validFrom that is a list": about(validFrom=["2024-01-01T00:00:00Z"]),
    "4.9 a validFrom with a space for its T": about(validFrom="2024-01-01 00:00:00Z"),
    "4.9 a validFrom with a small z": about(validFrom="2024-01-01T00:00:00z"),
    "4.9 a validFrom in the thirteenth month": about(validFrom="2024-13-01T00:00:00Z"),
    "4.9 a validFrom on the thirtieth of February": about(validFrom="2024-02-30T00:00:00Z"),
    "4.9 a validFrom at half past twenty-four": about(validFrom="2024-01-01T24:30:00Z"),
    "4.9 a validFrom in the sixty-first second": about(validFrom="2024-01-01T00:00:60Z"),
    "4.9 a validFrom fifteen hours ahead": about(validFrom="2024-01-01T00:00:00+15:00"),
    "4.9 a validFrom with digits of another script": about(validFrom="２024-01-01T00:00:00Z"),
    "4.9 a validUntil without a zone": about(validUntil="2099-01-01T00:00:00"),
    "4.9 a validUntil that is a day": about(validUntil="2099-01-01"),
    "4.9 a validUntil that is null": about(validUntil=None),
    "4.9 an end before the beginning": about(validUntil="2023-12-31T23:59:59Z"),
    "4.9 an end before the beginning, by the zone alone": about(validUntil="2024-01-01T01:00:00+02:00"),
    # 4.10 Status
    "4.10 a status that is text": about(credentialStatus="https://example.edu/status/1"),
    "4.10 a status that is a number": about(credentialStatus=5),
    "4.10 a status without a type": about(credentialStatus={"id": "https://example.edu/status/1"}),
    "4.10 a status whose type is null": about(credentialStatus={"type": None}),
    "4.10 a status whose type is no text": about(credentialStatus={"type": 5}),
    "4.10 a status of a type that nothing defines": about(credentialStatus={"type": "UndefinedStatus"}),
    "4.10 a status whose id is null": about(
        credentialStatus={"type": "BitstringStatusListEntry", "id": None}
    ),
    "4.10 a status whose id is no URL": about(
        credentialStatus={"type": "BitstringStatusListEntry", "id": "x y"}
    ),
    "4.10 a status whose id is a list": about(
        credentialStatus={"type": "BitstringStatusListEntry", "id": ["urn:uuid:1", "urn:uuid:2"]}
    ),
    "4.10 one bad status of two": about(
        credentialStatus=[
            {
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": "5",
                "statusListCredential": "https://example.edu/lists/1",
            },
            {},
        ]
    ),
    # 4.11 Schemas
    "4.11 a schema that is text": about(credentialSchema="https://example.edu/schemas/1.json"),
    "4.11 a schema without a type": about(credentialSchema={"id": SCHEMA["id"]}),
    "4.11 a schema without an id": about(credentialSchema={"type": "JsonSchema"}),
    "4.11 a schema whose id is no URL": about(credentialSchema={**SCHEMA, "id": "schemas/1"}),
    "4.11 a schema whose id is null": about(credentialSchema={**SCHEMA, "id": None}),
    "4.11 a schema of an undefined type": about(credentialSchema={**SCHEMA, "type": "Undefined"}),
    "4.11 one bad schema of two": about(credentialSchema=[SCHEMA, {"type": "JsonSchema"}]),
    # 5.2 Extensibility
    "5.2 a member that no context defines": about(credits=60),
    "5.2 a member of the subject that no context defines": subject({"id": "did:example:a", "credits": 60}),
    "5.2 a member that is a full address": about(**{"https://example.org/credits": 60}),
    "5.2 a keyword in place of a term": about(**{"@graph": []}),
    "5.2 reversed members": about(**{"@reverse": {}}),
    "5.2 a nested context that nobody knows": subject(
        {"@context": "https://example.org/v1", "id": "did:example:a"}
    ),
    "4.5 a type that the document names itself, and not by an address": about(
        at_context=[V2, {"Excursion": "https ://not-a-url#Excursion"}],
        type=["VerifiableCredential", "Excursion"],
    ),
    "5.2 a member that the document names itself": about(
        at_context=[V2, {"hours": "https://example.edu/terms#hours"}], hours=60
    ),
    "5.2 a vocabulary that the document brings itself": about(
        at_context=[V2, {"@vocab": "https://example.edu/#"}]
    ),
    "5.2 another name for what has one": about(
        at_context=[V2, {"end": "https://www.w3.org/2018/credentials#validUntil"}], end="2020-01-01T00:00:00Z"
    ),
    "5.2 another name for a type that has one": about(
        at_context=[V2, {"Odd": "https://www.w3.org/2018/credentials#VerifiablePresentation"}],
        type=["VerifiableCredential", "Odd"],
    ),
    "5.2 a protected term redefined": about(
        at_context=[V2, {"VerifiableCredential": "https://example.org/#Another"}]
    ),
    "5.2 a protected property redefined": about(at_context=[V2, {"issuer": "https://example.org/#issuer"}]),
    "5.2 a context of before the protection": about(
        at_context=[V2, "https://purl.imsglobal.org/spec/ob/v3p0/context.json"]
    ),
    # 5.3 Integrity of related resources
    "5.3 a related resource that is text": about(relatedResource=V2),
    "5.3 a related resource without an id": about(relatedResource={"digestSRI": WRONG_DIGEST}),
    "5.3 a related resource whose id is no URL": resource(id="not a url"),
    "5.3 a related resource without a digest": about(relatedResource={"id": V2}),
    "5.3 a related resource with a digest that is a number": resource(digestSRI=5),
    "5.3 a related resource with a digest that is none": resource(digestSRI="sha256-????"),
    "5.3 a related resource with a digest of no kind we know": resource(digestSRI="md5-AAAA"),
    "5.3 another's resource with a digest that is none": resource(
        id="https://example.edu/1", digestSRI="sha256-AA"
    ),
    "5.3 a related resource with the digest of another": resource(),
    "5.3 a related resource with a long digest of another": resource(digestSRI="sha384-" + "A" * 64),
    "5.3 a related resource with a multibase digest of another": about(
        relatedResource={"id": V2, "digestMultibase": WRONG_MULTIBASE}
    ),
    "5.3 a related resource with a multibase digest that is none": about(
        relatedResource={"id": "https://example.edu/logo.png", "digestMultibase": "?"}
    ),
    "5.3 a related resource twice": about(
        relatedResource=[{"id": "https://example.edu/1", "digestSRI": WRONG_DIGEST}] * 2
    ),
    # 5.4 Refreshing
    "5.4 a refresh service that is text": about(refreshService="https://example.edu/refresh"),
    "5.4 a refresh service without a type": about(refreshService={"id": "https://example.edu/refresh"}),
    "5.4 a refresh service of an undefined type": about(refreshService={"type": "Undefined"}),
    # 5.5 Terms of use
    "5.5 terms of use that are text": about(termsOfUse="https://example.edu/terms"),
    "5.5 terms of use without a type": about(termsOfUse={"id": "https://example.edu/terms"}),
    "5.5 terms of use whose id is no URL": about(termsOfUse={"id": "no url", "type": "Undefined"}),
    "5.5 one of two terms of use without a type": about(termsOfUse=[{"id": "https://example.edu/terms"}, {}]),
    # 5.6 Evidence
    "5.6 evidence that is text": about(evidence="https://example.edu/evidence"),
    "5.6 evidence without a type": about(evidence={"id": "https://example.edu/evidence"}),
    "5.6 one of two pieces of evidence without a type": about(
        evidence=[{"id": "urn:uuid:1"}, {"id": "urn:uuid:2"}]
    ),
    # VC Data Model 1.1
    "1.1 no issuance date": an_old_credential(issuanceDate=MISSING),
    "1.1 an issuance date that is a day": an_old_credential(issuanceDate="2024-01-01"),
    "1.1 an end before the beginning": an_old_credential(expirationDate="2023-01-01T00:00:00Z"),
    "1.1 no issuer": an_old_credential(issuer=MISSING),
    "1.1 no subject": an_old_credential(credentialSubject=MISSING),
    "1.1 a status without an id": an_old_credential(credentialStatus={"type": "StatusList2021Entry"}),
    "1.1 a schema without an id": an_old_credential(credentialSchema={"type": "JsonSchema"}),
    "1.1 the context of 1.1 in second place": an_old_credential(
        at_context=["https://w3id.org/security/data-integrity/v2", V1]
    ),
}
"""Section of the data model, and what is wrong -> the credential."""


@pytest.mark.parametrize("credential", REFUSED.values(), ids=REFUSED)
def test_what_no_credential_may_be_is_not_signed(credential: Document, server: Server):
    assert problem_of(server.issue(credential)) in KINDS


@pytest.mark.parametrize("credential", REFUSED.values(), ids=REFUSED)
def test_what_no_credential_may_be_does_not_verify_though_somebody_signed_it(
    credential: Document, server: Server
):
    assert problem_of(server.verify(signed_as_json(credential), checks=["proof"])) in KINDS


KINDS = {"MALFORMED_VALUE_ERROR", "RANGE_ERROR", "CRYPTOGRAPHIC_SECURITY_ERROR"}


def test_an_end_before_the_beginning_is_an_error_of_range(server: Server):
    reversed_ = REFUSED["4.9 an end before the beginning"]

    assert problem_of(server.issue(reversed_)) == "RANGE_ERROR"


TEXT_OF_V2 = files("keys.contexts").joinpath("credentials-v2.json").read_bytes()
"""As published: VC Data Model 2.0, B.1, has its digest."""


def sri(name: str) -> str:
    return f"{name}-{base64.b64encode(hashlib.new(name, TEXT_OF_V2).digest()).decode()}"


ACCEPTED: dict[str, Document] = {
    "4.3 the base context alone": about(),
    "4.3 another context behind it": about(at_context=[V2, "https://w3id.org/security/data-integrity/v2"]),
    "4.4 no id": about(id=MISSING),
    "4.4 an id by https": about(id="https://example.edu/credentials/1"),
    "4.4 an id of another scheme": about(id="did:example:credential"),
    "4.4 no id of the subject": subject({"name": "Alice"}),
    "4.5 a type that is text": about(type="VerifiableCredential"),
    "4.5 the type in second place": about(type=["https://example.org/types#Another", "VerifiableCredential"]),
    "4.5 another type by its address": about(
        type=["VerifiableCredential", "https://example.org/types#Another"]
    ),
    "4.6 a name": about(name="A name"),
    "4.6 a name in a language": about(name={"@value": "Атауы", "@language": "kk"}),
    "4.6 a name with a direction": about(name={"@value": "שם", "@language": "he", "@direction": "rtl"}),
    "4.6 a name in a regional language": about(name={"@value": "Name", "@language": "en-GB"}),
    "4.6 names in several languages": about(
        name=[{"@value": "Name", "@language": "en"}, {"@value": "Имя", "@language": "ru"}]
    ),
    "4.6 a description": about(description="What it is."),
    "4.6 descriptions in several languages": about(
        description=[{"@value": "What", "@language": "en"}, {"@value": "Что", "@language": "ru"}]
    ),
    "4.6 an issuer with a name": about(issuer={"id": "did:example:i", "name": "An issuer"}),
    "4.6 an issuer with a name in a language": about(
        issuer={"id": "did:example:i", "name": {"@value": "An issuer", "@language": "en"}}
    ),
    "4.6 an issuer with a description": about(issuer={"id": "did:example:i", "description": "It issues."}),
    "4.7 an issuer that is a URL": about(issuer="https://example.edu/issuers/1"),
    "4.7 an issuer that is an object": about(issuer={"id": "did:example:i"}),
    "4.8 several subjects": subject([{"id": "did:example:a", "name": "A"}, {"id": "did:example:b"}]),
    "4.8 a subject of which only the id is said": subject({"id": "did:example:a"}),
    "4.9 no period": about(validFrom=MISSING),
    "4.9 an end": about(validUntil="2099-01-01T00:00:00Z"),
    "4.9 an end that is the beginning of another zone": about(
        validFrom="2024-01-01T00:00:00Z", validUntil="2099-01-01T05:00:00+05:00"
    ),
    "4.9 a zone behind": about(validFrom="2024-01-01T00:00:00-05:00"),
    "4.9 thousandths of a second": about(validFrom="2024-01-01T00:00:00.123Z"),
    "4.9 the end of a day": about(validFrom="2024-01-01T24:00:00Z"),
    "4.11 a schema": about(credentialSchema=SCHEMA),
    "4.11 two schemas": about(
        credentialSchema=[SCHEMA, {**SCHEMA, "id": "https://example.edu/schemas/2.json"}]
    ),
    "5.3 the base context with its digest": resource(digestSRI=sri("sha256")),
    "5.3 the base context with a longer digest": resource(digestSRI=sri("sha384")),
    "5.3 the base context with its longest digest": resource(digestSRI=sri("sha512")),
    "5.3 the base context with its digest as multibase": about(
        relatedResource={
            "id": V2,
            "digestMultibase": to_multibase(b"\x12\x20" + hashlib.sha256(TEXT_OF_V2).digest(), "u"),
        }
    ),
    "5.3 a related resource with its digest": about(
        relatedResource={"id": "https://example.edu/logo.png", "digestSRI": WRONG_DIGEST}
    ),
    "5.3 a related resource with a longer digest": about(
        relatedResource={"id": "https://example.edu/logo.png", "digestSRI": "sha384-" + "A" * 64}
    ),
    "5.3 a related resource with a multibase digest": about(
        relatedResource={
            "id": "https://example.edu/logo.png",
            "digestMultibase": WRONG_MULTIBASE,
        }
    ),
    "5.5 terms of use": about(termsOfUse={"type": "https://example.org/#Terms"}),
    "5.5 terms of use with an id": about(
        termsOfUse={"type": "https://example.org/#Terms", "id": "https://example.org/t"}
    ),
    "5.6 evidence": about(evidence={"type": "https://example.org/#Exam", "name": "An examination"}),
    "5.6 two pieces of evidence": about(
        evidence=[
            {"type": "https://example.org/#Exam"},
            {"type": "https://example.org/#Project", "id": "urn:uuid:9"},
        ]
    ),
    "4.5 a type that the document names itself": about(
        at_context=[V2, OWN_TYPE], type=["VerifiableCredential", "Excursion"]
    ),
    "4.3 a type named and not used": about(at_context=[V2, OWN_TYPE]),
    "5.6 evidence of a type that the document names itself": about(
        at_context=[V2, OWN_TYPE], evidence={"type": "Excursion"}
    ),
    "4.10 a type named under protection": about(
        at_context=[V2, {"@protected": True, **OWN_TYPE}], termsOfUse={"type": "Excursion"}
    ),
    "5.4 a refresh service": about(
        refreshService={"type": "https://example.org/#Refresh", "id": "https://example.org/r"}
    ),
    "1.1 a credential": an_old_credential(),
    "1.1 an end": an_old_credential(expirationDate="2099-01-01T00:00:00Z"),
    "1.1 no context of proofs yet": an_old_credential(at_context=[V1]),
    "1.1 an issuer with an id": an_old_credential(issuer={"id": "did:example:i"}),
}


@pytest.mark.parametrize("credential", ACCEPTED.values(), ids=ACCEPTED)
def test_what_a_credential_may_be_is_signed_and_verifies(credential: Document, server: Server):
    signed = server.issued(credential)

    assert server.verify(signed).status_code == 200, server.verify(signed).json()["headline"]


PAST = {"validFrom": "2020-01-01T00:00:00Z", "validUntil": "2021-01-01T00:00:00Z"}
FUTURE = {"validFrom": "2098-01-01T00:00:00Z"}


def test_a_credential_that_has_run_out_is_signed_and_no_longer_verifies(server: Server):
    expired = server.issued(about(**PAST))

    assert problem_of(server.verify(expired)) == "RANGE_ERROR"
    assert server.verify(expired, checks=["proof"]).status_code == 200


def test_a_credential_that_has_not_begun_is_signed_and_does_not_verify_yet(server: Server):
    early = server.issued(about(**FUTURE))

    assert problem_of(server.verify(early)) == "RANGE_ERROR"


def test_a_credential_of_1_1_gets_the_context_of_its_proof(server: Server):
    signed = server.issued(an_old_credential(at_context=[V1]))

    assert signed["@context"] == [V1, "https://w3id.org/security/data-integrity/v2"]


def test_a_credential_of_2_0_keeps_its_contexts(server: Server):
    assert server.issued(about())["@context"] == [V2]


def test_the_issuer_is_whoever_signs(server: Server):
    signed = server.issued(about(issuer={"id": "did:example:somebody", "name": "Somebody"}))

    assert signed["issuer"] == {"id": server.issuers.by["eddsa-rdfc-2022"].did, "name": "Somebody"}


def test_what_is_signed_says_what_was_brought(server: Server):
    brought = about(name="A name", validUntil="2099-01-01T00:00:00Z")

    signed = server.issued(brought)

    kept = set(brought) - {"issuer"}
    assert {name: signed[name] for name in kept} == {name: brought[name] for name in kept}


BODIES = {
    "no credential": {"options": {}},
    "a credential that is text": {"credential": "urn:uuid:1"},
    "a credential that is a list": {"credential": []},
    "a credential that is null": {"credential": None},
    "an empty credential": {"credential": {}},
    "options that are text": {"credential": {}, "options": "all"},
    "pointers that are text": {"credential": {}, "options": {"mandatoryPointers": "/issuer"}},
    "pointers that are numbers": {"credential": {}, "options": {"mandatoryPointers": [5]}},
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_request_that_brings_no_credential_is_malformed(body: Any, server: Server):
    answer = server.door.post("/issuers/eddsa-rdfc-2022/credentials/issue", body)

    assert problem_of(answer) == "MALFORMED_VALUE_ERROR"


def test_options_that_nobody_knows_are_passed_over(server: Server):
    assert server.issue(about(), unheardOf={"of": 1}).status_code == 201


# --- 1.1: a period in the words of 2.0 ------------------------------------------------------------------

BOTH_WAYS = {
    "ended by validUntil": ({"validUntil": "2025-01-01T00:00:00Z"}, "validity-period"),
    "ended by the earlier of two": (
        {"expirationDate": "2099-01-01T00:00:00Z", "validUntil": "2025-01-01T00:00:00Z"},
        "validity-period",
    ),
    "not begun, by validFrom": ({"validFrom": "2098-01-01T00:00:00Z"}, "validity-period"),
    "a validUntil that is no time": ({"validUntil": "some day"}, "shape"),
    "a validFrom after its expirationDate": (
        {"validFrom": "2099-01-01T00:00:00Z", "expirationDate": "2098-01-01T00:00:00Z"},
        "shape",
    ),
}


@pytest.mark.parametrize(("dates", "step"), BOTH_WAYS.values(), ids=BOTH_WAYS)
def test_a_document_of_1_1_ends_by_whichever_name_says_so(dates: Document, step: str, server: Server):
    document = signed_as_json(an_old_credential(**dates))

    answer = server.verify(document)

    assert answer.status_code == 400
    assert failed_step(answer) == step


# --- the words of the specifications' own examples ------------------------------------------------------

IN_EXAMPLES = {
    "a second context": about(at_context=[V2, EXAMPLES]),
    "a type nobody else defines": about(
        at_context=[V2, EXAMPLES], type=["VerifiableCredential", "RelationshipCredential"]
    ),
    "a member nobody else defines": about(
        at_context=[V2, EXAMPLES], credentialSubject__alumniOf="An example"
    ),
}


@pytest.mark.parametrize("profile", ["eddsa-rdfc-2022", "ecdsa-jcs-2019-P-256", "ecdsa-sd-2023", "enveloped"])
@pytest.mark.parametrize("credential", IN_EXAMPLES.values(), ids=IN_EXAMPLES)
def test_open_issuers_speak_the_words_of_the_examples(credential: Document, profile: str, server: Server):
    issued = server.issued(credential, profile)
    if profile == "ecdsa-sd-2023":
        issued = server.derive(issued, "/credentialSubject").json()["verifiableCredential"]

    assert server.verify(issued).status_code == 200


@pytest.mark.parametrize("credential", IN_EXAMPLES.values(), ids=IN_EXAMPLES)
def test_and_a_change_of_them_is_found(credential: Document, server: Server):
    issued = server.issued(credential)
    issued["credentialSubject"]["alumniOf"] = "Another"

    assert problem_of(server.verify(issued)) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_whoever_reads_in_earnest_takes_no_example_for_a_word(server: Server):
    issued = server.issued(IN_EXAMPLES["a second context"])
    inside = server.issued(
        about(credentialSubject={"@context": EXAMPLES, "id": "did:example:learner", "validUnitl": "2020"})
    )

    for document in (issued, inside):
        told = server.door.post("/verifications", {"document": document}).json()
        allowed = server.door.post(
            "/verifications", {"document": document, "policy": {"allow_examples": True}}
        ).json()
        assert (told["checks"][1]["reason"], told["outcome"]) == ("context-of-examples", "failed")
        assert allowed["outcome"] == "passed"
