"""Presentations over VC-API: who shows what, to whom, and on what occasion."""

from typing import Any

import pytest

from tests.conformance.world import (
    CHALLENGE,
    DATA_INTEGRITY,
    DOMAIN,
    MISSING,
    NOW,
    OCCASION,
    V1,
    V2,
    Document,
    Server,
    a_credential,
    a_presentation,
    alice,
    an_old_credential,
    changed,
    failed_step,
    presented,
    problem_of,
    signed,
    signed_as_json,
    stranger,
)

EVERY_PROFILE = [
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019-P-256",
    "ecdsa-rdfc-2019-P-384",
    "ecdsa-jcs-2019-P-256",
    "ecdsa-jcs-2019-P-384",
    "status",
    "enveloped",
]


@pytest.fixture
def credential(server: Server) -> Document:
    """About Alice, by an issuer known here."""
    return server.issued(a_credential())


# --- what passes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_a_credential_of_every_profile_is_presented(profile: str, server: Server):
    told = server.verify_presentation(
        presented(a_presentation(server.issued(a_credential(), profile))), **OCCASION
    )

    assert told.status_code == 200, told.json()["headline"]
    assert [member["outcome"] for member in told.json()["members"]] == ["passed"]


def test_a_derived_credential_is_presented(server: Server):
    derived = server.derive(server.issued(a_credential(), "ecdsa-sd-2023"), "/credentialSubject").json()

    told = server.verify_presentation(presented(a_presentation(derived["verifiableCredential"])), **OCCASION)

    assert told.status_code == 200, told.json()["headline"]


def test_a_credential_of_1_1_is_presented(server: Server):
    presentation = a_presentation(server.issued(an_old_credential()), at_context=[V1, DATA_INTEGRITY])

    assert server.verify_presentation(presented(presentation), **OCCASION).status_code == 200


ACCEPTED: dict[str, dict[str, Any]] = {
    "an id": {"id": "urn:uuid:3978344f-8596-4c3a-a978-8fcaba3903c5"},
    "a holder that is an object": {"holder": {"id": alice.public.did}},
    "no holder": {"holder": MISSING},
    "nothing in it": {"verifiableCredential": []},
    "nothing at all": {"verifiableCredential": MISSING},
    "a type that it names itself": {
        "at_context": [V2, {"Application": "https://example.edu/types#Application"}],
        "type": ["VerifiablePresentation", "Application"],
    },
    "a type by its address beside its own": {
        "type": ["VerifiablePresentation", "https://example.org/#Another"]
    },
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_what_a_presentation_may_be_verifies(changes: dict[str, Any], credential: Document, server: Server):
    presentation = presented(a_presentation(credential, **changes))

    told = server.verify_presentation(presentation, **OCCASION)

    assert told.status_code == 200, told.json()["headline"]


def test_several_credentials_are_presented_at_once(server: Server):
    credentials = [server.issued(a_credential(id=f"urn:uuid:{number}")) for number in range(3)]

    told = server.verify_presentation(presented(a_presentation(*credentials)), **OCCASION)

    assert told.status_code == 200
    assert len(told.json()["members"]) == 3


# --- what it must not be --------------------------------------------------------------------------------

REFUSED: dict[str, dict[str, Any]] = {
    "4.3 no context": {"at_context": MISSING},
    "4.3 a context that is no list": {"at_context": V2},
    "4.3 the base context in second place": {"at_context": [DATA_INTEGRITY, V2]},
    "4.3 no base context": {"at_context": [DATA_INTEGRITY]},
    "4.3 a context that nobody knows": {"at_context": [V2, "https://example.com/unknown"]},
    "4.3 a context that is no URL": {"at_context": [V2, "https ://not-a-url"]},
    "4.3 a context that is a number": {"at_context": [V2, 5]},
    "4.4 an id that is null": {"id": None},
    "4.4 an id that is no URL": {"id": "not a url"},
    "4.4 an id that is a list": {"id": ["urn:uuid:1", "urn:uuid:2"]},
    "4.5 no type": {"type": MISSING},
    "4.5 the type of a credential": {"type": ["VerifiableCredential"]},
    "4.5 a type that nothing defines": {"type": ["VerifiablePresentation", "UndefinedPresentation"]},
    "4.13 a holder that is null": {"holder": None},
    "4.13 a holder that is no URL": {"holder": "alice"},
    "4.13 a holder without an id": {"holder": {"name": "Alice"}},
    "4.13 a holder that is a number": {"holder": 5},
    "4.13 a credential that is text": {"verifiableCredential": ["urn:uuid:1"]},
    "4.13 a credential that is a number": {"verifiableCredential": [5]},
    "4.13 a credential that is null": {"verifiableCredential": [None]},
    "4.13 a credential without a type": {"verifiableCredential": [{"@context": [V2], "id": "urn:uuid:1"}]},
    "4.13 a credential that is empty": {"verifiableCredential": [{}]},
    "5.5 terms of use without a type": {"termsOfUse": {"id": "https://example.org/terms"}},
    "5.2 a member that nothing defines": {"purpose": "admission"},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_what_no_presentation_may_be_does_not_verify(
    changes: dict[str, Any], credential: Document, server: Server
):
    """Signed over its JSON: what it means nobody could have signed."""
    presentation = presented(a_presentation(credential, **changes), suite="eddsa-jcs-2022")

    assert problem_of(server.verify_presentation(presentation, **OCCASION)) == "MALFORMED_VALUE_ERROR"
    assert problem_of(server.verify_presentation(presentation, checks=[])) == "MALFORMED_VALUE_ERROR"


def test_a_presentation_nobody_signed_does_not_verify(credential: Document, server: Server):
    told = server.verify_presentation(a_presentation(credential), **OCCASION)

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert failed_step(told) == "proof"


# --- for whom and when ----------------------------------------------------------------------------------

OTHER_OCCASIONS: dict[str, tuple[dict[str, Any], str]] = {
    "replayed, for another challenge": ({"challenge": "u0123456789", "domain": DOMAIN}, "another-challenge"),
    "for another domain": ({"challenge": CHALLENGE, "domain": "elsewhere.example"}, "another-domain"),
    "for a domain that begins alike": (
        {"challenge": CHALLENGE, "domain": DOMAIN + ".evil.example"},
        "another-domain",
    ),
    "for a domain in capitals": ({"challenge": CHALLENGE, "domain": DOMAIN.upper()}, "another-domain"),
    "for two domains, of which it was signed for one": (
        {"challenge": CHALLENGE, "domain": [DOMAIN, "elsewhere.example"]},
        "another-domain",
    ),
    "for a challenge that begins alike": (
        {"challenge": CHALLENGE + "0", "domain": DOMAIN},
        "another-challenge",
    ),
}


@pytest.mark.parametrize(("asked", "reason"), OTHER_OCCASIONS.values(), ids=OTHER_OCCASIONS)
def test_a_presentation_is_good_for_its_own_occasion_only(
    asked: dict[str, Any], reason: str, credential: Document, server: Server
):
    told = server.verify_presentation(presented(a_presentation(credential)), **asked)

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert [check["reason"] for check in told.json()["checks"] if check["outcome"] == "failed"] == [reason]


WITHOUT = {"no challenge": "challenge", "no domain": "domain"}


@pytest.mark.parametrize("name", WITHOUT.values(), ids=WITHOUT)
def test_what_was_asked_for_must_have_been_signed(name: str, credential: Document, server: Server):
    presentation = presented(a_presentation(credential), **{name: None})

    assert failed_step(server.verify_presentation(presentation, **OCCASION)) == "occasion"


def test_a_verifier_that_names_no_occasion_is_told_that_a_copy_would_look_the_same(
    credential: Document, server: Server
):
    told = server.verify_presentation(presented(a_presentation(credential)))

    assert told.status_code == 200
    assert "occasion" in [step["code"] for step in told.json()["notApplicable"]]


ILL_TYPED: dict[str, Any] = {
    "a challenge that is a number": {"challenge": 5},
    "a challenge that is empty": {"challenge": ""},
    "a domain that is a number": {"domain": 5},
    "no domain in the list": {"domain": []},
    "checks that are text": {"checks": "proof"},
}


@pytest.mark.parametrize("options", ILL_TYPED.values(), ids=ILL_TYPED)
def test_an_occasion_that_cannot_be_understood_is_not_passed_over(
    options: dict[str, Any], credential: Document, server: Server
):
    told = server.verify_presentation(presented(a_presentation(credential)), **options)

    assert problem_of(told) == "MALFORMED_VALUE_ERROR"


def test_a_presentation_made_for_another_purpose_does_not_verify(credential: Document, server: Server):
    presentation = presented(a_presentation(credential), purpose="assertionMethod")

    assert failed_step(server.verify_presentation(presentation, **OCCASION)) == "proof"


def test_a_presentation_from_the_future_does_not_verify(credential: Document, server: Server):
    presentation = presented(a_presentation(credential), created=NOW.replace(year=NOW.year + 1))

    assert problem_of(server.verify_presentation(presentation, **OCCASION)) == "RANGE_ERROR"


# --- by whom --------------------------------------------------------------------------------------------


def test_a_stolen_credential_is_no_use_to_the_thief(credential: Document, server: Server):
    stolen = presented(a_presentation(credential, by=stranger), signer=stranger)

    told = server.verify_presentation(stolen, **OCCASION)

    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert failed_step(told) == "holder-is-subject"
    assert "it is another's" in told.json()["detail"]


def test_a_stolen_credential_is_no_use_to_a_thief_who_names_no_holder(credential: Document, server: Server):
    stolen = presented(a_presentation(credential, holder=MISSING), signer=stranger)

    assert failed_step(server.verify_presentation(stolen, **OCCASION)) == "holder-is-subject"


def test_one_stolen_credential_among_ones_own_is_found(credential: Document, server: Server):
    own = server.issued(a_credential(credentialSubject={"id": stranger.public.did}))
    mixed = presented(a_presentation(own, credential, by=stranger), signer=stranger)

    assert failed_step(server.verify_presentation(mixed, **OCCASION)) == "holder-is-subject"


def test_a_thief_cannot_present_in_the_holders_name(credential: Document, server: Server):
    told = server.verify_presentation(presented(a_presentation(credential), signer=stranger), **OCCASION)

    assert failed_step(told) == "key-belongs-to-holder"


def test_a_key_that_only_the_proof_gives_to_the_holder_is_nobodys(credential: Document, server: Server):
    presentation = presented(
        a_presentation(credential, holder="https://alice.example"),
        verification_method=f"https://alice.example#{alice.public.multikey}",
    )

    assert problem_of(server.verify_presentation(presentation, **OCCASION), status=422)


def test_a_credential_taken_out_of_a_presentation_is_missed(credential: Document, server: Server):
    another = server.issued(a_credential(id="urn:uuid:2"))
    presentation = presented(a_presentation(credential, another))
    presentation["verifiableCredential"].pop()

    assert failed_step(server.verify_presentation(presentation, **OCCASION)) == "proof"


def test_a_credential_put_into_a_presentation_is_noticed(credential: Document, server: Server):
    presentation = presented(a_presentation(credential))
    presentation["verifiableCredential"].append(server.issued(a_credential(id="urn:uuid:2")))

    assert failed_step(server.verify_presentation(presentation, **OCCASION)) == "proof"


# --- what is in it --------------------------------------------------------------------------------------


def test_a_presentation_is_worth_no_more_than_what_is_in_it(credential: Document, server: Server):
    tampered = changed(credential, {"credentialSubject__name": "Alicia"})

    told = server.verify_presentation(presented(a_presentation(tampered)), **OCCASION)

    assert failed_step(told) == "members"
    assert told.json()["members"][0]["outcome"] == "failed"


def test_a_credential_without_a_proof_in_it_is_nobodys_word(server: Server):
    told = server.verify_presentation(presented(a_presentation(a_credential())), **OCCASION)

    assert failed_step(told) == "members"


def test_a_malformed_credential_in_it_fails_though_both_are_signed(server: Server):
    malformed = signed_as_json(a_credential(credentialSubject={}))

    told = server.verify_presentation(
        presented(a_presentation(malformed), suite="eddsa-jcs-2022"), checks=["proof"]
    )

    assert told.status_code == 400


def test_a_credential_by_nobody_known_could_not_be_checked(server: Server):
    strangers = signed(a_credential())

    told = server.verify_presentation(presented(a_presentation(strangers)), **OCCASION)

    assert told.status_code == 422
    assert told.json()["outcome"] == "could-not-check"


CHECKS = {"an empty list": [], "the proof": ["proof"]}


@pytest.mark.parametrize("checks", CHECKS.values(), ids=CHECKS)
def test_whoever_lists_the_checks_asks_for_the_proofs_alone(checks: list[str], server: Server):
    strangers = signed(a_credential(credentialSubject={"id": "did:example:subject"}))

    assert server.verify_presentation(presented(a_presentation(strangers)), checks=checks).status_code == 200


@pytest.mark.parametrize("checks", CHECKS.values(), ids=CHECKS)
def test_the_proofs_are_always_looked_at(checks: list[str], credential: Document, server: Server):
    tampered = changed(credential, {"credentialSubject__name": "Alicia"})

    assert server.verify_presentation(presented(a_presentation(tampered)), checks=checks).status_code == 400


def test_a_base_proof_is_not_shown_to_verifiers(server: Server):
    base = server.issued(a_credential(), "ecdsa-sd-2023")

    assert failed_step(server.verify_presentation(presented(a_presentation(base)), **OCCASION)) == "members"


def test_more_credentials_than_anybody_shows_are_refused_before_any_is_read(server: Server):
    many = presented(a_presentation(*[a_credential(id=f"urn:uuid:{n}") for n in range(65)]))

    assert failed_step(server.verify_presentation(many, **OCCASION)) == "shape"


def test_a_presentation_is_no_credential_and_a_credential_no_presentation(
    credential: Document, server: Server
):
    assert problem_of(server.verify(presented(a_presentation(credential)))) == "MALFORMED_VALUE_ERROR"
    assert problem_of(server.verify_presentation(credential)) == "MALFORMED_VALUE_ERROR"
