"""Attacks on what a signature covers: keys that prove nothing, proofs taken apart, meanings exchanged."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.values import LearnerId
from keys.multikey import KeyKind, from_multibase, to_multibase, to_multikey
from tests.api.world import Door, Knocker, a_key
from tests.conformance.world import (
    DATA_INTEGRITY,
    V2,
    Document,
    Server,
    a_credential,
    changed,
    failed_step,
    problem_of,
    signed,
    stranger,
)
from tests.offices import a_university
from wallet import presenting
from wallet.access import Role
from wallet.formats import open_badges

OB = open_badges.OB_3
OB_BEFORE = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"


def a_badge(**changes: Any) -> Document:
    """An Open Badge of six credits, unsigned."""
    return changed(
        {
            "@context": [V2, OB],
            "id": "urn:uuid:0a7f2c3e-9c9e-4a57-9a73-1f8f1d0f6c11",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": {"id": stranger.public.did, "type": ["Profile"], "name": "A university"},
            "validFrom": "2024-01-01T00:00:00Z",
            "name": "Algorithms",
            "credentialSubject": {
                "id": "did:example:learner",
                "type": ["AchievementSubject"],
                "creditsEarned": 6,
                "achievement": {
                    "id": "https://example.edu/units/algorithms",
                    "type": ["Achievement"],
                    "name": "Algorithms",
                    "description": "Algorithms.",
                    "criteria": {"narrative": "An examination."},
                },
            },
        },
        changes,
    )


def in_the_name_of(server: Server, document: Document, **more: Any) -> Document:
    """Signed with an issuer's own key, as if it had signed without looking."""
    by = server.issuers.by["eddsa-rdfc-2022"]
    issuer = {**document["issuer"], "id": by.did} if isinstance(document["issuer"], dict) else by.did
    given = {"signer": by.signer, "verification_method": by.method, **more}
    return signed({**document, "issuer": issuer}, **given)


def test_the_badge_that_is_attacked_below_is_a_good_one(server: Server):
    assert server.verify(server.issued(a_badge())).status_code == 200


# --- credits --------------------------------------------------------------------------------------------

CREDITS: dict[str, Any] = {
    "as text": "6",
    "as true": True,
    "below zero": -6,
    "in a list": [6],
    "in an object": {"@value": "6", "@type": "http://www.w3.org/2001/XMLSchema#float"},
    "as null": None,
    "beyond any": 10_000_000,
    "as text that is no number": "sixty",
}


@pytest.mark.parametrize("points", CREDITS.values(), ids=CREDITS)
def test_credits_of_the_wrong_kind_are_not_signed_and_do_not_verify(points: Any, server: Server):
    badge = a_badge(credentialSubject__creditsEarned=points)

    assert problem_of(server.issue(badge)) in {"MALFORMED_VALUE_ERROR", "RANGE_ERROR"}
    told = server.verify(in_the_name_of(server, badge, suite="eddsa-jcs-2022"))
    assert failed_step(told) == "shape"


def test_credits_written_as_text_after_signing_are_noticed_though_they_sign_alike(server: Server):
    badge = server.issued(a_badge())
    badge["credentialSubject"]["creditsEarned"] = "6"

    assert failed_step(server.verify(badge)) == "shape"


def test_more_credits_than_were_signed_are_noticed(server: Server):
    badge = server.issued(a_badge())
    badge["credentialSubject"]["creditsEarned"] = 60

    assert failed_step(server.verify(badge)) == "proof"


# --- contexts -------------------------------------------------------------------------------------------

Change = Callable[[Document], Document]

SWAPPED: dict[str, Change] = {
    "a term exchanged by a context of one's own": lambda badge: {
        **badge,
        "@context": [*badge["@context"], {"creditsEarned": "https://example.org/#nothing"}],
    },
    "a term given the meaning of another": lambda badge: {
        **badge,
        "@context": [V2, OB, {"credits": "https://purl.imsglobal.org/spec/vc/ob/vocab.html#creditsEarned"}],
        "credentialSubject": {**badge["credentialSubject"], "credits": 60},
    },
    "a member named in a context of one's own": lambda badge: {
        **badge,
        "@context": [*badge["@context"], {"points": "https://example.edu/terms#points"}],
        "credentialSubject": {**badge["credentialSubject"], "points": 60},
    },
    "a type named in a context of one's own": lambda badge: {
        **badge,
        "@context": [*badge["@context"], {"Honours": "https://example.edu/types#Honours"}],
        "type": [*badge["type"], "Honours"],
    },
    "a vocabulary for every word": lambda badge: {
        **badge,
        "@context": [V2, OB, {"@vocab": "https://example.org/#"}],
        "credits": 60,
    },
    "a base for relative names": lambda badge: {
        **badge,
        "@context": [V2, OB, {"@base": "https://example.edu/"}],
        "id": "credentials/1",
    },
    "another version of the context": lambda badge: {**badge, "@context": [V2, OB_BEFORE]},
    "the contexts in another order": lambda badge: {**badge, "@context": [OB, V2]},
    "a context that nobody here knows": lambda badge: {
        **badge,
        "@context": [*badge["@context"], "https://attacker.example/context.json"],
    },
    "a context nested where nobody looks": lambda badge: {
        **badge,
        "credentialSubject": {
            "@context": {"creditsEarned": "https://example.org/#nothing"},
            **badge["credentialSubject"],
        },
    },
    "a context that is imported": lambda badge: {
        **badge,
        "@context": [V2, OB, {"@version": 1.1, "@import": "https://attacker.example/context.json"}],
    },
    "protection taken off by null": lambda badge: {**badge, "@context": [V2, None, V2, OB]},
}


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("swap", SWAPPED.values(), ids=SWAPPED)
def test_a_meaning_that_is_exchanged_after_signing_is_noticed(swap: Change, suite: str, server: Server):
    told = server.verify(swap(server.issued(a_badge(), suite)))

    assert failed_step(told) in {"shape", "proof"}


def test_a_context_put_behind_those_that_were_signed_gives_nothing_a_meaning(server: Server):
    """Over JSON a context may be added behind (VC Data Integrity EdDSA, 3.3.2); it defines no member that is there."""
    badge = server.issued(a_badge(), "eddsa-jcs-2022")
    badge["@context"].append(DATA_INTEGRITY)

    assert server.verify(badge).status_code == 200
    assert failed_step(server.verify({**badge, "undefined": 1})) == "shape"


UNSIGNED: dict[str, Change] = {
    "at the top": lambda badge: {**badge, "honours": "first class"},
    "in the subject": lambda badge: changed(badge, {"credentialSubject__honours": "first class"}),
    "in the achievement": lambda badge: changed(
        badge, {"credentialSubject__achievement__honours": "first class"}
    ),
    "in the issuer": lambda badge: changed(badge, {"issuer__honours": "royal"}),
    "in the proof": lambda badge: changed(badge, {"proof__honours": "first class"}),
    "as a type": lambda badge: {**badge, "type": [*badge["type"], "HonoursCredential"]},
    "under null": lambda badge: {**badge, "validUntil": None},
}


@pytest.mark.parametrize("add", UNSIGNED.values(), ids=UNSIGNED)
def test_what_is_added_where_the_signature_does_not_see_it_is_noticed(add: Change, server: Server):
    assert failed_step(server.verify(add(server.issued(a_badge())))) in {"shape", "proof"}


# --- poison ---------------------------------------------------------------------------------------------


def alike(count: int) -> list[Document]:
    """Nodes without names, each like every other."""
    return [
        {"type": "Alignment", "targetName": "x", "targetUrl": "https://example.edu/x"} for _ in range(count)
    ]


def a_clique(size: int) -> list[Document]:
    """Nodes named for the moment only, each of which points to all the others: the poison of RDFC-1.0."""
    names = [f"_:n{number}" for number in range(size)]
    return [{"id": name, "type": names} for name in names]


POISON: dict[str, Document] = {
    "five thousand nodes alike": a_badge(credentialSubject__achievement__alignment=alike(5000)),
    "thirty thousand subjects": a_credential(credentialSubject=[{"name": "x"} for _ in range(30_000)]),
    "a clique of blank nodes": a_credential(credentialSubject=a_clique(30)),
    "ten thousand pieces of evidence": a_badge(
        evidence=[{"type": ["Evidence"], "name": "x"} for _ in range(10_000)]
    ),
}


@pytest.mark.parametrize("document", POISON.values(), ids=POISON)
def test_a_graph_made_to_take_for_ever_is_given_up(document: Document, server: Server):
    by = server.issuers.by["eddsa-rdfc-2022"]
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2024-01-01T00:00:00Z",
        "verificationMethod": by.method,
        "proofPurpose": "assertionMethod",
        "proofValue": to_multibase(bytes(64)),
    }

    assert server.verify({**document, "proof": proof}).status_code == 400


def test_more_proofs_than_anybody_needs_are_not_tried(server: Server):
    badge = server.issued(a_badge())

    told = server.verify({**badge, "proof": [badge["proof"]] * 60})

    assert failed_step(told) == "proof"


# --- keys and signatures --------------------------------------------------------------------------------

SMALL_ORDER = {
    "of order one": bytes([1]) + bytes(31),
    "of order two": bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    "of order four": bytes(32),
    "of order four, the other": bytes(31) + b"\x80",
    "of order eight": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
    "in a second spelling": bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    "of no point at all": bytes([2]) + bytes(31),
}


@pytest.mark.parametrize("raw", SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_a_key_that_proves_nothing_is_none(raw: bytes, server: Server):
    multikey = to_multikey(KeyKind.ED25519, raw)
    method = f"did:key:{multikey}#{multikey}"
    document = signed(a_credential(issuer=f"did:key:{multikey}"))
    document["proof"] |= {"verificationMethod": method, "proofValue": to_multibase(bytes([1]) + bytes(63))}

    for checks in ({}, {"checks": ["proof"]}):
        assert failed_step(server.verify(document, **checks)) == "proof"


CURVE_ORDER = 2**252 + 27742317777372353535851937790883648493


def malleable(signature: bytes) -> bytes:
    s = int.from_bytes(signature[32:], "little") + CURVE_ORDER
    return signature[:32] + s.to_bytes(32, "little")


SIGNATURES: dict[str, Callable[[bytes], bytes]] = {
    "of zeros": lambda signature: bytes(64),
    "of ones": lambda signature: b"\xff" * 64,
    "with another half": lambda signature: signature[:32] + bytes(32),
    "in its second form": malleable,
    "one byte short": lambda signature: signature[:63],
    "one byte long": lambda signature: signature + b"\x00",
    "with one bit turned": lambda signature: bytes([signature[0] ^ 1]) + signature[1:],
}


@pytest.mark.parametrize("change", SIGNATURES.values(), ids=SIGNATURES)
def test_a_signature_that_is_none_does_not_verify(change: Callable[[bytes], bytes], server: Server):
    badge = server.issued(a_badge())
    badge["proof"]["proofValue"] = to_multibase(change(from_multibase(badge["proof"]["proofValue"])))

    assert failed_step(server.verify(badge)) == "proof"


METHODS = {
    "another key in the fragment": lambda did: f"{did}#{stranger.public.multikey}",
    "no fragment": lambda did: f"{did}#",
    "a key with its multibase letter doubled": lambda did: f"{did.replace('z6Mk', 'zz6Mk')}#key",
    "a key in capitals": lambda did: f"{did.upper()}#x",
    "a query before the fragment": lambda did: f"{did}?x=1#{did[8:]}",
    "a line end behind it": lambda did: f"{did}#{did[8:]}\n",
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_a_method_that_is_not_the_keys_own_name_does_not_verify(method: Callable[[str], str], server: Server):
    badge = server.issued(a_badge())
    badge["proof"]["verificationMethod"] = method(badge["issuer"]["id"])

    assert server.verify(badge).status_code in (400, 422)


def test_a_key_in_the_fragment_of_a_victims_address_proves_nothing(server: Server):
    badge = signed(
        a_badge(issuer__id="https://victim.example/issuer"),
        verification_method=f"https://victim.example/issuer#{stranger.public.multikey}",
    )

    assert server.verify(badge).status_code == 422
    assert server.verify(badge).json()["outcome"] == "could-not-check"


# --- sets and chains ------------------------------------------------------------------------------------

FIRST = "urn:uuid:00000000-0000-4000-8000-00000000000a"


def a_countersigned_badge(server: Server) -> Document:
    """Signed by the issuer and then, over that, by a witness."""
    return signed(in_the_name_of(server, a_badge(), proof_id=FIRST), previous=[FIRST])


def test_a_countersigned_badge_verifies(server: Server):
    assert server.verify(a_countersigned_badge(server)).status_code == 200


BROKEN: dict[str, Change] = {
    "the issuer's proof stripped": lambda badge: {**badge, "proof": badge["proof"][1]},
    "the issuer's proof exchanged": lambda badge: {
        **badge,
        "proof": [{**signed(a_badge())["proof"], "id": FIRST}, badge["proof"][1]],
    },
    "the link turned round": lambda badge: {
        **badge,
        "proof": [
            {**badge["proof"][0], "previousProof": "urn:uuid:0"},
            {k: v for k, v in badge["proof"][1].items() if k != "previousProof"} | {"id": "urn:uuid:0"},
        ],
    },
    "the purpose exchanged": lambda badge: changed(
        {**badge, "proof": badge["proof"][0]}, {"proof__proofPurpose": "authentication"}
    ),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
def test_a_countersigned_badge_taken_apart_does_not_verify(change: Change, server: Server):
    assert server.verify(change(a_countersigned_badge(server))).status_code == 400


def test_a_set_without_the_issuers_own_proof_is_nobodys(server: Server):
    both = signed(in_the_name_of(server, a_badge()))

    told = server.verify({**both, "proof": both["proof"][1]})

    assert failed_step(told) == "key-belongs-to-issuer"


# --- who issued it, and may they ------------------------------------------------------------------------


@pytest.fixture
def badge(door: Door) -> Document:
    """A badge of the wallet's own learner, as it was signed."""
    credits_ = door.office.learner(door.admitted.learner).state.credits
    credit = next(iter(credits_), None) or door.award().json()["credit"]
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit})
    document: Document = door.learner.get(issued.json()["href"]).json()
    return document


def ask(door: Door, document: Any) -> Any:
    return door.anybody.post("/credentials/verify", {"verifiableCredential": document})


def test_the_wallets_own_badge_verifies(badge: Document, door: Door):
    assert ask(door, badge).status_code == 200


HOMOGLYPHS = {
    "a Cyrillic a": ("aitu", "\N{CYRILLIC SMALL LETTER A}itu"),
    "a dotless i": ("aitu", "a\N{LATIN SMALL LETTER DOTLESS I}tu"),
    "a joiner nobody sees": ("aitu", "ai\N{ZERO WIDTH JOINER}tu"),
    "capitals": ("aitu", "AITU"),
    "an escape": ("aitu", "ait%75"),
    "a slash": ("i:aitu", "i:x:aitu"),
    "another host": ("records.example", "records.examp1e"),
}


@pytest.mark.parametrize(("letters", "like"), HOMOGLYPHS.values(), ids=HOMOGLYPHS)
def test_an_issuer_that_only_looks_like_ours_is_nobody_we_know(
    letters: str, like: str, badge: Document, door: Door
):
    """Signed by whoever made up the name, with a key under that name."""
    del badge["proof"]
    look_alike = badge["issuer"]["id"].replace(letters, like)
    forged = signed(
        changed(badge, {"issuer__id": look_alike}),
        suite="eddsa-jcs-2022",
        verification_method=f"{look_alike}#{stranger.public.multikey}",
    )

    told = ask(door, forged)

    assert told.status_code in (400, 422)
    assert told.json()["subject"]["issuerName"] is None


@pytest.mark.parametrize("name", ["\N{CYRILLIC SMALL LETTER A}itu", "AITU", "ai tu", "ai\u200dtu", "../aitu"])
def test_a_name_that_only_looks_like_an_institutions_is_not_registered(name: str, door: Door):
    told = door.registry.post(
        "/institutions", {"institution": name, "names": {"en": "University aitu"}, "country": "KZ"}
    )

    assert told.status_code == 422
    assert [error["pointer"] for error in told.json()["errors"]] == ["/institution"]


def test_an_institution_that_was_never_accredited_signs_in_vain(door: Door):
    if "diploma-mill" not in door.anybody.get("/institutions").text:
        a_university(door.office, "diploma-mill", accredited=False)
    mill = Knocker(door.app, a_key(door.office, Role.INSTITUTION, "diploma-mill"))
    did = door.office.institution("diploma-mill").state.did

    made = mill.post("/issuers/eddsa-rdfc-2022/credentials/issue", {"credential": a_badge(issuer__id=did)})
    told = ask(door, made.json()["verifiableCredential"])

    assert made.status_code == 201, made.text
    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"
    assert failed_step(told) == "trust"


def test_an_institution_does_not_sign_in_the_name_of_another(door: Door):
    other = door.office.institution("college").state.did

    told = door.university.post(
        "/issuers/eddsa-rdfc-2022/credentials/issue", {"credential": a_badge(issuer__id=other)}
    )

    assert told.status_code == 403


NOBODIES = ["anybody", "learner", "registry"]


@pytest.mark.parametrize("who", NOBODIES)
def test_nobody_but_an_institution_has_anything_signed(who: str, door: Door):
    told = getattr(door, who).post("/issuers/eddsa-rdfc-2022/credentials/issue", {"credential": a_badge()})

    assert told.status_code in (401, 403)


def test_there_is_no_open_issuer_on_a_server_that_was_not_asked_for_one(door: Door):
    assert door.anybody.post("/credentials/status", {"credentialId": "urn:uuid:1"}).status_code in (404, 405)
    assert door.anybody.get("/issuers/status/lists/revocation").status_code == 404
    assert {row["institution"] for row in door.anybody.get("/issuers").json()["issuers"]} >= {"aitu"}


# --- old words ------------------------------------------------------------------------------------------


def test_an_old_list_does_not_hide_a_revocation_from_the_wallet_that_made_it(door: Door):
    unit = door.award("databases")
    credit = unit.json().get("credit") or next(
        line.id
        for line in door.office.learner(LearnerId(door.admitted.learner)).state.credits.values()
        if line.unit == "databases"
    )
    issued = door.university.post("/credentials", {"learner": door.admitted.learner, "credit": credit}).json()
    document = door.learner.get(issued["href"]).text
    old = door.learner.get(issued["href"] + "/bundle").text
    revoked = door.university.post(f"{issued['href']}/revocation", {"reason": "assessed in error"})
    assert revoked.status_code == 201, revoked.text

    told = door.anybody.post("/verifications", {"document": document, "bundle": old})

    assert told.json()["outcome"] == "failed"


@pytest.fixture
def presentation(badge: Document, door: Door) -> Document:
    """The learner shows her badge to admissions."""
    signer = door.office.learner_keys.signer(door.admitted.learner)
    return presenting.sign_presentation(
        [badge], signer, challenge="u1", domain="admissions.example", at=datetime.now(UTC)
    )


def show(door: Door, presentation: Document, **options: Any) -> Any:
    return door.anybody.post(
        "/presentations/verify", {"verifiablePresentation": presentation, "options": options}
    )


def test_a_learner_shows_her_badge(presentation: Document, door: Door):
    assert show(door, presentation, challenge="u1", domain="admissions.example").status_code == 200


OCCASIONS = {
    "replayed": {"challenge": "u2", "domain": "admissions.example"},
    "passed on to somebody else": {"challenge": "u1", "domain": "elsewhere.example"},
}


@pytest.mark.parametrize("options", OCCASIONS.values(), ids=OCCASIONS)
def test_a_presentation_is_not_good_twice_or_elsewhere(
    options: dict[str, str], presentation: Document, door: Door
):
    assert failed_step(show(door, presentation, **options)) == "occasion"


def test_a_badge_that_was_stolen_is_not_presented(badge: Document, door: Door):
    stolen = presenting.sign_presentation(
        [badge], stranger, challenge="u1", domain="admissions.example", at=datetime.now(UTC)
    )

    told = show(door, stolen, challenge="u1", domain="admissions.example")

    assert failed_step(told) == "holder-is-subject"
    assert problem_of(told) == "CRYPTOGRAPHIC_SECURITY_ERROR"


def test_a_presentation_is_not_signed_with_the_issuers_word(presentation: Document, door: Door):
    """The learner cannot turn her own signature into a credential, nor the university's into a presentation."""
    credential = copy.deepcopy(presentation["verifiableCredential"][0])

    assert ask(door, {**credential, "proof": presentation["proof"]}).status_code == 400
    assert show(door, {**presentation, "proof": credential["proof"]}).status_code == 400
