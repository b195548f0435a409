import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from keys import jose, sd_jwt
from keys.errors import (
    BrokenDisclosure,
    BrokenKeyBinding,
    HeaderNotAllowed,
    InvalidSignature,
    JoseError,
    KeysError,
    MalformedMessage,
    UnsupportedAlgorithm,
    WrongMediaType,
)
from keys.sd_jwt import Disclosure, parse_path
from keys.signing import EcdsaSigner, KeyKind
from tests.keys.builders import a_signer
from tests.keys.messages import HANDS, jwk_of, with_one_character_changed

ISSUER = HANDS["P-256"]
# The other implementation wants both to sign with one algorithm.
HOLDER = EcdsaSigner.from_scalar(sha256(b"holder").digest(), KeyKind.P256)
NOW = datetime(2026, 6, 30, 9, tzinfo=UTC)

CLAIMS: dict[str, Any] = {
    "iss": "did:web:aitu.example",
    "name": "Алгоритмы",
    "credentialSubject": {
        "id": "did:example:1",
        "address": {"street": "1 Main St", "city": "Astana"},
        "results": [{"value": "A"}, {"value": "B"}, {"value": "C"}],
    },
}


def salts() -> Any:
    """Salts that are the same in every run."""
    numbers = count()
    return lambda: next(numbers).to_bytes(16, "big")


def issued(*paths: str, claims: dict[str, Any] | None = None, **more: Any) -> str:
    hidden = [parse_path(path) for path in paths]
    return sd_jwt.issue(CLAIMS if claims is None else claims, ISSUER, hidden=hidden, salt=salts(), **more)


def shown(text: str) -> dict[str, Any]:
    return sd_jwt.read(text).check(ISSUER.public)


EVERYTHING = (
    "name",
    "credentialSubject",
    "credentialSubject.address",
    "credentialSubject.address.city",
    "credentialSubject.results[0]",
    "credentialSubject.results[2].value",
)


@pytest.mark.parametrize("hidden", [(), ("name",), ("credentialSubject.results[1]",), EVERYTHING])
def test_with_everything_shown_the_claims_are_as_they_were(hidden):
    assert shown(issued(*hidden)) == CLAIMS


def test_what_is_hidden_is_nowhere_in_the_issuer_s_message():
    payload = jose.read(issued("name", "credentialSubject.address.city").partition("~")[0]).payload.decode()

    assert "Алгоритмы" not in payload
    assert "Astana" not in payload
    assert "1 Main St" in payload


def test_a_holder_shows_what_she_chooses_and_no_more():
    message = sd_jwt.read(issued(*EVERYTHING))

    text = sd_jwt.present(message, [parse_path("credentialSubject.results[0]")])

    assert shown(text) == {
        "iss": "did:web:aitu.example",
        "credentialSubject": {"id": "did:example:1", "results": [{"value": "A"}, {"value": "B"}, {}]},
    }


def test_shown_without_anything_the_rest_still_holds():
    assert shown(sd_jwt.present(sd_jwt.read(issued("name", "credentialSubject")), [])) == {
        "iss": "did:web:aitu.example"
    }


def test_an_item_kept_back_leaves_no_gap():
    message = sd_jwt.read(issued(*(f"credentialSubject.results[{number}]" for number in range(3))))

    text = sd_jwt.present(message, [("credentialSubject", "results", 2)])

    assert shown(text)["credentialSubject"]["results"] == [{"value": "C"}]


def test_what_has_been_shown_can_be_shown_again_with_less():
    once = sd_jwt.present(sd_jwt.read(issued("name", "credentialSubject.address")), [("name",)])

    assert sd_jwt.present(sd_jwt.read(once), [("name",)]) == once
    with pytest.raises(BrokenDisclosure):
        sd_jwt.present(sd_jwt.read(once), [("credentialSubject", "address")])


@pytest.mark.parametrize("path", ["iss", "credentialSubject.address.street", "nothing"])
def test_only_what_was_hidden_can_be_chosen(path):
    with pytest.raises(BrokenDisclosure):
        sd_jwt.present(sd_jwt.read(issued("name")), [parse_path(path)])


def test_decoys_are_digests_like_all_others():
    plain, with_decoys = (
        jose.read(issued("name", "credentialSubject.results[0]", decoys=number).partition("~")[0]).claims()
        for number in (0, 3)
    )

    assert len(plain["_sd"]) == 1
    assert len(with_decoys["_sd"]) == 4
    assert len(with_decoys["credentialSubject"]["results"]) == 6
    assert shown(issued("name", "credentialSubject.results[0]", decoys=3)) == CLAIMS


def test_salts_are_new_every_time():
    first, second = (sd_jwt.read(sd_jwt.issue(CLAIMS, ISSUER, hidden=[("name",)])) for _ in range(2))

    assert first.disclosures[0].text != second.disclosures[0].text


NOT_TO_HIDE = {
    "the issuer": "iss",
    "the end": "exp",
    "part of the holder's key": "cnf.jwk",
    "the status": "status",
    "what the caller keeps shown": "name",
    "a member that is not there": "grade",
    "an item beyond the last": "credentialSubject.results[3]",
    "a name in an array": "credentialSubject.results.first",
    "a number in an object": "credentialSubject[0]",
    "a part of a text": "credentialSubject.id.method",
}


@pytest.mark.parametrize("path", NOT_TO_HIDE.values(), ids=NOT_TO_HIDE)
def test_what_cannot_or_may_not_be_hidden_is_refused(path):
    with pytest.raises(BrokenDisclosure):
        issued(path, always_shown={"name"})


def test_a_message_cannot_be_hidden_whole():
    with pytest.raises(BrokenDisclosure):
        sd_jwt.issue(CLAIMS, ISSUER, hidden=[()])


@pytest.mark.parametrize("claims", [{"_sd": []}, {"a": [{"b": {"...": "x"}}]}, {"_sd_alg": "sha-256"}])
def test_claims_that_look_like_digests_are_not_signed(claims):
    with pytest.raises(BrokenDisclosure):
        sd_jwt.issue(claims, ISSUER)


# --- messages that are broken, under a signature that holds -------------------------------------------


def signed(payload: dict[str, Any], *disclosures: Disclosure | str) -> str:
    jwt = jose.sign(json.dumps(payload).encode(), ISSUER)
    texts = [each if isinstance(each, str) else each.text for each in disclosures]
    return "~".join([jwt, *texts, ""])


def digest(disclosure: Disclosure) -> str:
    return disclosure.digest("sha-256")


def a_disclosure(name: str | None, value: Any) -> Disclosure:
    return Disclosure.of(bytes(16), name, value)


NAME, OTHER, ITEM = a_disclosure("name", 1), a_disclosure("other", 2), a_disclosure(None, 3)
INNER = a_disclosure("inner", 4)
OUTER = a_disclosure("outer", {"_sd": [digest(INNER)]})

BROKEN = {
    "a disclosure nobody signed for": signed({}, NAME),
    "a disclosure given twice": signed({"_sd": [digest(NAME)]}, NAME, NAME),
    "a digest twice in one object": signed({"_sd": [digest(NAME)] * 2}, NAME),
    "a digest in two objects": signed({"_sd": [digest(NAME)], "a": {"_sd": [digest(NAME)]}}, NAME),
    "a decoy twice": signed({"_sd": ["decoy", "decoy"]}),
    "a digest in an object and in an array": signed(
        {"_sd": [digest(NAME)], "a": [{"...": digest(NAME)}]}, NAME
    ),
    "a member that is there already": signed({"name": 0, "_sd": [digest(NAME)]}, NAME),
    "an item disclosed as a member": signed({"_sd": [digest(ITEM)]}, ITEM),
    "a member disclosed as an item": signed({"a": [{"...": digest(NAME)}]}, NAME),
    "an item in the open as well": signed({"a": [{"...": digest(ITEM), "b": 1}]}, ITEM),
    "an item's digest in an object": signed({"...": digest(ITEM)}, ITEM),
    "digests that are no array": signed({"_sd": digest(NAME)}, NAME),
    "a digest that is a number": signed({"_sd": [1]}),
    "a digest that is an object": signed({"a": [{"...": {}}]}),
    "the algorithm inside": signed({"a": {"_sd_alg": "sha-256"}}),
    "the algorithm in a disclosure": signed(
        {"_sd": [digest(a_disclosure("a", {"_sd_alg": "x"}))]}, a_disclosure("a", {"_sd_alg": "x"})
    ),
    "a member named _sd": signed({"_sd": [digest(a_disclosure("_sd", []))]}, a_disclosure("_sd", [])),
    "a member named ...": signed({"_sd": [digest(a_disclosure("...", 1))]}, a_disclosure("...", 1)),
    "a member named _sd_alg": signed(
        {"_sd": [digest(a_disclosure("_sd_alg", 1))]}, a_disclosure("_sd_alg", 1)
    ),
    "the inner disclosure without the outer": signed({"_sd": [digest(OUTER)]}, INNER),
    "a disclosure reached by two ways": signed({"_sd": [digest(OUTER), digest(INNER)]}, OUTER, INNER),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_disclosures_that_do_not_fit_are_refused(text):
    with pytest.raises(BrokenDisclosure):
        shown(text)


def test_an_outer_disclosure_may_be_shown_without_the_inner():
    assert shown(signed({"_sd": [digest(OUTER)]}, OUTER)) == {"outer": {}}
    assert shown(signed({"_sd": [digest(OUTER)]}, OUTER, INNER)) == {"outer": {"inner": 4}}


def test_disclosures_inside_each_other_without_end_are_refused():
    chain = [a_disclosure("last", 0)]
    for _ in range(200):
        chain.append(a_disclosure("next", {"_sd": [digest(chain[-1])]}))

    with pytest.raises(BrokenDisclosure, match="nest"):
        shown(signed({"_sd": [digest(chain[-1])]}, *chain))


MALFORMED = {
    "nothing": "",
    "no tilde": jose.sign(b"{}", ISSUER),
    "a tilde too many": signed({}, ""),
    "a disclosure that is not base64url": signed({}, "a+b="),
    "a disclosure that is not JSON": signed({}, jose.to_base64url(b"salt")),
    "a disclosure that is no array": signed({}, jose.to_base64url(b'{"salt":1}')),
    "a disclosure of one part": signed({}, jose.to_base64url(b'["salt"]')),
    "a disclosure of four parts": signed({}, jose.to_base64url(b'["salt","a","b","c"]')),
    "a salt that is a number": signed({}, jose.to_base64url(b'[1,"a",2]')),
    "a name that is a number": signed({}, jose.to_base64url(b'["salt",1,2]')),
    "a value with a member twice": signed({}, jose.to_base64url(b'["salt","a",{"b":1,"b":2}]')),
    "a line break at the end": issued() + "\n",
    "more disclosures than anyone has": signed({}, *["a"] * 20_000),
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_sd_jwt_is_refused(text):
    with pytest.raises(MalformedMessage):
        sd_jwt.read(text)


@pytest.mark.parametrize("algorithm", ["md5", "sha-1", "SHA-256", 256, None])
def test_digests_we_do_not_have_could_not_be_checked(algorithm):
    with pytest.raises(UnsupportedAlgorithm):
        shown(signed({"_sd_alg": algorithm}))


@pytest.mark.parametrize("algorithm", ["sha-256", "sha-384", "sha-512"])
def test_the_digests_of_longer_hashes_are_read(algorithm):
    text = signed({"_sd_alg": algorithm, "_sd": [NAME.digest(algorithm)]}, NAME)

    assert shown(text) == {"name": 1}


def test_a_key_in_the_header_is_refused_unless_the_caller_judges_it():
    jwt = jose.sign(b"{}", ISSUER, more={"x5c": ["MIIB"]})

    assert sd_jwt.read(jwt + "~", allowing={"x5c"}).jwt.header["x5c"] == ["MIIB"]
    with pytest.raises(HeaderNotAllowed):
        sd_jwt.read(jwt + "~")


def test_another_s_signature_is_refused():
    with pytest.raises(InvalidSignature):
        sd_jwt.read(sd_jwt.issue(CLAIMS, a_signer())).check(a_signer("stranger").public)


FULL = issued(*EVERYTHING)


@given(with_one_character_changed(FULL))
@settings(max_examples=200)
def test_one_changed_character_anywhere_is_refused(text):
    with pytest.raises(KeysError):
        shown(text)


@given(st.text("eyJ.~-_=09AZaz", max_size=80))
def test_no_text_makes_reading_fail_otherwise(text):
    try:
        sd_jwt.read(text)
    except JoseError:
        return


def places(value: Any, path: sd_jwt.Path = ()) -> Iterator[sd_jwt.Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inside in items:
        yield from places(inside, (*path, step))


NAMES = st.text("abcdé", min_size=1, max_size=3)
DOCUMENTS = st.dictionaries(
    NAMES,
    st.recursive(
        st.integers(-9, 9) | st.text(max_size=4) | st.none() | st.booleans(),
        lambda inside: st.lists(inside, max_size=3) | st.dictionaries(NAMES, inside, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(DOCUMENTS, st.data())
def test_hiding_and_showing_everything_gives_the_document_back(document, data):
    everywhere = list(places(document))
    hidden = data.draw(st.sets(st.sampled_from(everywhere))) if everywhere else set()
    before = deepcopy(document)

    message = sd_jwt.read(sd_jwt.issue(document, ISSUER, hidden=hidden, salt=salts()))

    assert message.check(ISSUER.public) == before
    assert set(message.places) == hidden
    assert document == before


# --- key binding --------------------------------------------------------------------------------------

READER, NONCE = "https://admissions.example", "n-0S6"
BOUND = issued("name", holder=HOLDER.public)


def bound(text: str = BOUND, **changes: Any) -> str:
    return sd_jwt.bind(text, HOLDER, **{"audience": READER, "nonce": NONCE, "at": NOW, **changes})


def check(text: str, **changes: Any) -> None:
    message = sd_jwt.read(text)
    message.check(ISSUER.public)
    message.check_key_binding(**{"audience": READER, "nonce": NONCE, "at": NOW, **changes})


def test_what_its_holder_shows_to_a_reader_holds_for_that_reader():
    check(bound())


NOT_BOUND = {
    "not signed by the holder": (BOUND, {}),
    "shown to another reader": (bound(), {"audience": "https://elsewhere.example"}),
    "shown on another occasion": (bound(), {"nonce": "another"}),
    "shown too long ago": (bound(), {"at": NOW + timedelta(hours=1)}),
    "shown in the future": (bound(), {"at": NOW - timedelta(hours=1)}),
    "shown with more, taken from elsewhere": (
        BOUND + bound(sd_jwt.present(sd_jwt.read(BOUND), [])).split("~")[-1],
        {},
    ),
    "shown with less": (sd_jwt.present(sd_jwt.read(BOUND), []) + bound().split("~")[-1], {}),
    "another message of its holder": (BOUND + jose.sign(b"{}", HOLDER, typ="jwt"), {}),
    "signed by a stranger": (BOUND + jose.sign(b"{}", HANDS["Ed25519"], typ="kb+jwt"), {}),
    "bound to nobody": (issued("name") + bound().split("~")[-1], {}),
}


@pytest.mark.parametrize(("text", "asked"), NOT_BOUND.values(), ids=NOT_BOUND)
def test_what_is_not_shown_by_its_holder_to_us_and_now_is_refused(text, asked):
    with pytest.raises(BrokenKeyBinding):
        check(text, **asked)


def test_the_holder_alone_can_bind():
    with pytest.raises(BrokenKeyBinding):
        sd_jwt.bind(BOUND, a_signer("stranger"), audience=READER, nonce=NONCE, at=NOW)


def test_what_is_bound_is_not_bound_again():
    with pytest.raises(BrokenKeyBinding):
        bound(bound())


# --- SD-JWT VC ----------------------------------------------------------------------------------------

VCT = "https://aitu.example/types/credit"


def test_an_sd_jwt_vc_says_its_type():
    text = issued("name", claims={**CLAIMS, "vct": VCT}, typ=sd_jwt.VC_TYP)

    assert sd_jwt.vc_type(sd_jwt.read(text)) == VCT


END = a_disclosure("exp", 1782810000)

NO_SD_JWT_VC = {
    "another kind": (issued(claims={"vct": VCT}, typ="vc+sd-jwt"), WrongMediaType),
    "the older name of the kind": (issued(claims={"vct": VCT}, typ="JWT"), WrongMediaType),
    "no type": (issued(claims={}, typ=sd_jwt.VC_TYP), MalformedMessage),
    "an empty type": (issued(claims={"vct": ""}, typ=sd_jwt.VC_TYP), MalformedMessage),
    "an end its holder may leave out": (
        jose.sign(json.dumps({"vct": VCT, "_sd": [digest(END)]}).encode(), ISSUER, typ=sd_jwt.VC_TYP)
        + f"~{END.text}~",
        BrokenDisclosure,
    ),
}


@pytest.mark.parametrize(("text", "error"), NO_SD_JWT_VC.values(), ids=NO_SD_JWT_VC)
def test_what_is_no_sd_jwt_vc_is_refused(text, error):
    with pytest.raises(error):
        sd_jwt.vc_type(sd_jwt.read(text))


# --- paths --------------------------------------------------------------------------------------------

PATHS = {
    "name": ("name",),
    "credentialSubject.results[0].value": ("credentialSubject", "results", 0, "value"),
    "matrix[0][12]": ("matrix", 0, 12),
    "/credentialSubject/results/0": ("credentialSubject", "results", 0),
    "/a~1b/c~0d": ("a/b", "c~d"),
}


@pytest.mark.parametrize(("text", "path"), PATHS.items(), ids=PATHS)
def test_a_path_is_read(text, path):
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "a.", ".a", "a..b", "[0]", "a[01]", "a[-1]", "a[0]b", "a[", "a]"])
def test_what_is_no_path_is_refused(text):
    with pytest.raises(BrokenDisclosure):
        parse_path(text)


# --- a vector, and another implementation ------------------------------------------------------------


def test_the_digest_is_that_of_the_rfc():
    # RFC 9901, section 4.2.3
    disclosure = Disclosure.read("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0")

    assert (disclosure.name, disclosure.value) == ("family_name", "Möbius")
    assert digest(disclosure) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def jwk(hand: Any) -> JWK:
    return JWK(**jwk_of(hand))


def test_another_implementation_reads_what_we_issue():
    text = issued(*EVERYTHING, decoys=1)

    verified = SDJWTVerifier(text, lambda _issuer, _header: jwk(ISSUER)).get_verified_payload()

    assert verified == CLAIMS


def test_another_implementation_reads_what_we_bind():
    verifier = SDJWTVerifier(bound(), lambda _issuer, _header: jwk(ISSUER), READER, NONCE)

    assert verifier.get_verified_payload()["name"] == "Алгоритмы"


def test_we_read_what_another_implementation_issues_and_shows():
    claims = {
        "iss": "did:web:aitu.example",
        SDObj("name"): "Алгоритмы",
        SDObj("address"): {SDObj("city"): "Astana", "country": "KZ"},
        "results": [SDObj("A"), "B"],
    }
    issuer = SDJWTIssuer(claims, jwk(ISSUER), jwk(HOLDER), add_decoy_claims=True)
    holder = SDJWTHolder(issuer.sd_jwt_issuance)
    holder.create_presentation(
        {"address": {"city": True}, "results": [True, False]}, NONCE, READER, jwk(HOLDER)
    )

    message = sd_jwt.read(holder.sd_jwt_presentation)
    found = message.check(ISSUER.public)
    made = jose.numeric_date(message.key_binding.claims(), "iat")
    message.check_key_binding(audience=READER, nonce=NONCE, at=made)

    assert "name" not in found
    assert found["address"] == {"city": "Astana", "country": "KZ"}
    assert found["results"] == ["A", "B"]
