"""What has no shape is refused before anybody asks who signed it: each case was really signed."""

import base64

import pytest

from keys.contexts import PINNED
from keys.errors import LinkedDataError
from tests.verifying.world import JULY, a_credential, a_registry, signed, some_facts, text_of
from wallet.formats import faults, open_badges
from wallet.verdict import Outcome
from wallet.verifying import verify

MISSING = object()


def changed(path: str, value) -> dict:
    """An unsigned badge with the member at a JSON Pointer replaced, or taken out."""
    document = open_badges.build(some_facts())
    *holders, last = path.strip("/").split("/")
    place = document
    for name in holders:
        place = place[int(name) if isinstance(place, list) else name]
    key = int(last) if isinstance(place, list) else last
    if value is MISSING:
        del place[key]
    else:
        place[key] = value
    return document


V2, OB = open_badges.build(some_facts())["@context"]

BAD_SHAPES = {
    "contexts in the wrong order": ("/@context", [OB, V2], "context-order"),
    "one context, not an array": ("/@context", V2, "context-not-array"),
    "no badge context": ("/@context", [V2], "badge-context-order"),
    "a number among the contexts": ("/@context", [V2, OB, 3], "context-malformed"),
    "a foreign context": ("/@context", [V2, OB, "https://evil.example/c"], "context-not-allowed"),
    "a context written out": ("/@context", [V2, OB, {"creditsEarned": "urn:x"}], "context-not-allowed"),
    "both versions of the data model": (
        "/@context",
        [V2, OB, "https://www.w3.org/2018/credentials/v1"],
        "context-order",
    ),
    "no type": ("/type", [], "type-missing"),
    "not a credential": ("/type", ["OpenBadgeCredential"], "type-missing"),
    "a type that is no text": ("/type", ["VerifiableCredential", 5], "type-malformed"),
    "no kind of badge": ("/type", ["VerifiableCredential"], "type-unknown"),
    "a type nobody defines": (
        "/type",
        ["VerifiableCredential", "OpenBadgeCredential", "Diploma"],
        "undefined-term",
    ),
    "a term nobody defines": ("/honours", "cum laude", "undefined-term"),
    "a term nobody defines, deep inside": (
        "/credentialSubject/achievement/weight",
        12,
        "undefined-term",
    ),
    "no id": ("/id", MISSING, "id-missing"),
    "an id that is null": ("/id", None, "id-malformed"),
    "two ids": ("/id", ["urn:a", "urn:b"], "id-malformed"),
    "a relative id": ("/id", "credentials/1", "id-malformed"),
    "an id with a space": ("/id", "urn:a b", "id-malformed"),
    "no issuer": ("/issuer", MISSING, "issuer-missing"),
    "an issuer without id": ("/issuer", {"type": ["Profile"], "name": "X"}, "issuer-malformed"),
    "an issuer that is a list": ("/issuer", ["did:web:a", "did:web:b"], "issuer-malformed"),
    "an issuer of an unknown type": ("/issuer/type", ["University"], "issuer-type"),
    "no subject": ("/credentialSubject", MISSING, "subject-missing"),
    "an empty subject": ("/credentialSubject", {}, "subject-malformed"),
    "a subject that is text": ("/credentialSubject", "did:key:z6Mk", "subject-malformed"),
    "a subject of an unknown type": ("/credentialSubject/type", ["Person"], "subject-type"),
    "a subject nobody can be": ("/credentialSubject/id", MISSING, "subject-unnamed"),
    "no achievement": ("/credentialSubject/achievement", MISSING, "achievement-missing"),
    "an achievement without name": ("/credentialSubject/achievement/name", MISSING, "achievement-name"),
    "an achievement without description": (
        "/credentialSubject/achievement/description",
        "",
        "achievement-description",
    ),
    "an achievement without criteria": (
        "/credentialSubject/achievement/criteria",
        {},
        "achievement-criteria",
    ),
    "credits as text": ("/credentialSubject/creditsEarned", "60", "credits-not-a-number"),
    "credits as true": ("/credentialSubject/creditsEarned", True, "credits-not-a-number"),
    "credits below zero": ("/credentialSubject/creditsEarned", -1, "credits-not-a-number"),
    "credits beyond all measure": ("/credentialSubject/creditsEarned", 10**9, "credits-not-a-number"),
    "credits in a list": ("/credentialSubject/creditsEarned", [5], "credits-not-a-number"),
    "a result that is a number": ("/credentialSubject/result/0/value", 95, "result-value"),
    "a result nobody described": (
        "/credentialSubject/result/0/resultDescription",
        "urn:uuid:0",
        "result-undescribed",
    ),
    "an alignment to nowhere": (
        "/credentialSubject/achievement/alignment/0/targetUrl",
        "level six",
        "alignment-malformed",
    ),
    "no beginning": ("/validFrom", MISSING, "valid-from-missing"),
    "a beginning without zone": ("/validFrom", "2026-06-30T09:00:00", "time-malformed"),
    "a beginning that is a day": ("/validFrom", "2026-06-30", "time-malformed"),
    "a beginning that no calendar has": ("/validFrom", "2026-02-30T09:00:00Z", "time-malformed"),
    "an end before the beginning": ("/validUntil", "2026-01-01T00:00:00Z", "period-reversed"),
    "an award without zone": ("/awardedDate", "2026-06-30T09:00:00", "time-malformed"),
    "a status that is text": ("/credentialStatus", "https://a.example/1", "member-not-object"),
    "a status without type": ("/credentialStatus", {"id": "urn:x"}, "member-type-missing"),
    "a status with a broken id": (
        "/credentialStatus",
        {"id": "no uri", "type": "BitstringStatusListEntry"},
        "member-id-malformed",
    ),
    "a schema without id": ("/credentialSchema", {"type": "JsonSchema"}, "member-id-malformed"),
    "evidence of an unknown type": ("/evidence", [{"type": "Proof"}], "evidence-type"),
    "terms of use that are text": ("/termsOfUse", "be kind", "member-not-object"),
    "a name that is a number": ("/name", 5, "text-malformed"),
    "a name with a broken language": ("/name", {"@value": "X", "lang": "en"}, "text-malformed"),
    "a related resource without digest": (
        "/relatedResource",
        {"id": "https://a.example/"},
        "related-resource-digest-missing",
    ),
    "a related resource twice": (
        "/relatedResource",
        [{"id": "https://a.example/", "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}]
        * 2,
        "related-resource-doubled",
    ),
    "another digest for a context we know": (
        "/relatedResource",
        {"id": V2, "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
        "related-resource-digest-wrong",
    ),
}


@pytest.mark.parametrize(("path", "value", "reason"), BAD_SHAPES.values(), ids=BAD_SHAPES)
def test_a_badge_of_the_wrong_shape_fails_at_the_shape(path, value, reason):
    document = changed(path, value)
    try:
        document = signed(document)
    except LinkedDataError:
        document["proof"] = a_credential()["proof"]

    verdict = verify(text_of(document), at=JULY, evidence=a_registry())

    assert verdict.outcome is Outcome.FAILED
    assert verdict.check("shape").reason == reason
    assert verdict.problem.title == "The document has the shape of its format"


def test_our_own_badges_have_no_faults():
    assert faults(open_badges.build(some_facts())) == []


def test_the_digest_of_a_context_we_know_is_accepted():
    digest = base64.b64encode(bytes.fromhex(PINNED.sha256(V2))).decode()
    document = signed(changed("/relatedResource", {"id": V2, "digestSRI": f"sha256-{digest}"}))

    assert verify(text_of(document), at=JULY, evidence=a_registry()).check("shape").outcome is Outcome.PASSED


def test_a_name_may_say_its_language():
    document = changed("/name", {"@value": "Алгоритмдер", "@language": "kk", "@direction": "ltr"})

    assert faults(document) == []


UNREADABLE = {
    "no text": (b"", "not-json"),
    "not UTF-8": (b"\xff\xfe{", "not-utf8"),
    "a member twice": (b'{"id": "a", "id": "b"}', "duplicate-member"),
    "NaN": (b'{"a": NaN}', "not-a-number"),
    "brackets without end": (b"[" * 100_000, "too-deep"),
    "a list": (b"[]", "not-an-object"),
    "a word": (b'"credential"', "not-an-object"),
}


@pytest.mark.parametrize(("text", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_text_that_can_be_read_two_ways_is_read_in_none(text, reason):
    verdict = verify(text, at=JULY, evidence=a_registry())

    assert verdict.exit_code == 1
    assert [check.code for check in verdict.checks] == ["parse"]
    assert verdict.check("parse").reason == reason
    assert verdict.problem.type == "https://www.w3.org/TR/vc-data-model#PARSING_ERROR"
