import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwk as their_jwk
from joserfc import jws as theirs

from keys import jose
from keys.errors import (
    AlgorithmNotAllowed,
    HeaderNotAllowed,
    InvalidKey,
    InvalidSignature,
    JoseError,
    KeysError,
    MalformedMessage,
    UnsupportedAlgorithm,
    WrongMediaType,
)
from keys.jwk import public_key_of_jwk, signer_of_jwk
from tests.keys.builders import a_signer
from tests.keys.messages import HANDS, jwk_of, with_one_character_changed
from tests.shared import shared

CLAIMS = b'{"issuer":"did:web:aitu.example"}'


def b64(data: bytes | str) -> str:
    return urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def a_message(header: Any, payload: bytes = CLAIMS, *, hand: str = "P-256") -> str:
    """A message with any header, however wrong, under a signature that holds."""
    written = header if isinstance(header, str) else json.dumps(header)
    signing_input = f"{b64(written)}.{b64(payload)}"
    return f"{signing_input}.{b64(HANDS[hand].sign(signing_input.encode()))}"


@pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
def test_what_was_signed_is_read_and_holds(hand):
    message = jose.read(jose.sign(CLAIMS, hand, typ="vc+jwt", cty="vc", kid="did:web:aitu.example#key-1"))

    message.check(hand.public)
    message.expect("vc+jwt")
    assert message.claims() == {"issuer": "did:web:aitu.example"}
    assert message.key_id == "did:web:aitu.example#key-1"


def test_signing_is_the_same_every_time():
    # RFC 8037, appendix A.4
    key = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }

    assert jose.sign(b"Example of Ed25519 signing", signer_of_jwk(key)) == (
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6"
        "dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )


ALGORITHMS = ["ES256", "ES384", "ES512", "EdDSA"]


@pytest.mark.filterwarnings(
    "ignore:EdDSA is deprecated"
)  # joserfc prefers RFC 9864's name, few others know it
@pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
def test_another_implementation_reads_what_we_sign_and_we_read_what_it_signs(hand):
    key = their_jwk.import_key(jwk_of(hand))
    ours = jose.sign(CLAIMS, hand, typ="vc+jwt")

    assert theirs.deserialize_compact(ours, key, algorithms=ALGORITHMS).payload == CLAIMS

    header = {"alg": jose.read(ours).algorithm, "typ": "vc+jwt"}
    message = jose.read(theirs.serialize_compact(header, CLAIMS, key, algorithms=ALGORITHMS))
    message.check(hand.public)
    assert message.payload == CLAIMS


@given(
    st.sampled_from(list(HANDS)).flatmap(
        lambda name: st.tuples(
            st.just(HANDS[name]), with_one_character_changed(jose.sign(CLAIMS, HANDS[name], typ="vc+jwt"))
        )
    )
)
@settings(max_examples=200)
def test_one_changed_character_anywhere_is_refused(changed):
    hand, text = changed

    with pytest.raises(KeysError):
        jose.read(text).check(hand.public)


@given(st.text(max_size=200) | st.text("eyJ.-_=09AZaz{}", max_size=60))
def test_no_text_makes_reading_fail_otherwise(text):
    try:
        jose.read(text)
    except JoseError:
        return


@pytest.mark.parametrize("other", set(HANDS) - {"P-256"})
def test_a_key_of_another_kind_does_not_fit_the_algorithm(other):
    message = jose.read(jose.sign(CLAIMS, HANDS["P-256"]))

    with pytest.raises(AlgorithmNotAllowed):
        message.check(HANDS[other].public)


def test_another_key_of_the_same_kind_did_not_sign_it():
    with pytest.raises(InvalidSignature):
        jose.read(jose.sign(CLAIMS, a_signer())).check(a_signer("stranger").public)


PROVES_NOTHING = {
    "none": "none",
    "none in capitals": "NONE",
    "none as nobody writes it": "nOnE",
    "HMAC with SHA-256": "HS256",
    "HMAC with SHA-512": "HS512",
}


@pytest.mark.parametrize("algorithm", PROVES_NOTHING.values(), ids=PROVES_NOTHING)
def test_an_algorithm_without_a_private_key_is_refused(algorithm):
    with pytest.raises(AlgorithmNotAllowed):
        jose.read(a_message({"alg": algorithm}))


@pytest.mark.parametrize("algorithm", ["RS256", "PS512", "ES256K", "Ed448", "HSS-LMS", "es256"])
def test_an_algorithm_we_do_not_have_could_not_be_checked(algorithm):
    with pytest.raises(UnsupportedAlgorithm):
        jose.read(a_message({"alg": algorithm}))


BAD_HEADERS = {
    "a key of its own": ({"alg": "ES256", "jwk": jwk_of(HANDS["P-256"])}, HeaderNotAllowed),
    "an address of keys": ({"alg": "ES256", "jku": "https://evil.example/keys"}, HeaderNotAllowed),
    "certificates": ({"alg": "ES256", "x5c": ["MIIB"]}, HeaderNotAllowed),
    "an address of certificates": ({"alg": "ES256", "x5u": "https://evil.example/"}, HeaderNotAllowed),
    "an unknown extension": ({"alg": "ES256", "crit": ["exp"], "exp": 1}, HeaderNotAllowed),
    "no extension called critical": ({"alg": "ES256", "crit": []}, HeaderNotAllowed),
    "an unencoded payload": ({"alg": "ES256", "b64": False}, HeaderNotAllowed),
    "no algorithm": ({"typ": "vc+jwt"}, MalformedMessage),
    "an algorithm that is no text": ({"alg": 256}, MalformedMessage),
    "a key id that is no text": ({"alg": "ES256", "kid": 1}, MalformedMessage),
    "a type that is no text": ({"alg": "ES256", "typ": ["vc+jwt"]}, MalformedMessage),
    "two algorithms": ('{"alg":"ES256","alg":"none"}', MalformedMessage),
    "not JSON": ("alg=ES256", MalformedMessage),
    "no object": ('["ES256"]', MalformedMessage),
    "text after the object": ('{"alg":"ES256"}{}', MalformedMessage),
    "nested without end": ('{"alg":"ES256","a":' + "[" * 5000, MalformedMessage),
    "nothing": ("", MalformedMessage),
}


@pytest.mark.parametrize(("header", "error"), BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_bad_header_is_refused_whoever_signed_it(header, error):
    with pytest.raises(error):
        jose.read(a_message(header))


def test_a_caller_may_judge_certificates_by_itself():
    header = {"alg": "ES256", "x5c": ["MIIB"]}

    assert jose.read(a_message(header), allowing={"x5c"}).header["x5c"] == ["MIIB"]

    with pytest.raises(HeaderNotAllowed):
        jose.read(a_message({**header, "jku": "https://evil.example/"}), allowing={"x5c"})


GOOD = jose.sign(CLAIMS, HANDS["P-256"])
HEAD, BODY, SIGNATURE = GOOD.split(".")

BAD_TEXTS = {
    "nothing": "",
    "two parts": f"{HEAD}.{BODY}",
    "four parts": f"{GOOD}.",
    "five parts, as encrypted": f"{HEAD}..{BODY}.{SIGNATURE}.{SIGNATURE}",
    "JSON serialisation": json.dumps({"payload": BODY, "protected": HEAD, "signature": SIGNATURE}),
    "padding": f"{HEAD}.{BODY}.{SIGNATURE}==",
    "a line break at the end": GOOD + "\n",
    "a space before": " " + GOOD,
    "the other alphabet of base64": f"{HEAD}.{BODY}.{'+' + SIGNATURE[1:]}",
    "a second way to write the last byte": f"{HEAD}.{BODY}.{SIGNATURE[:-1]}{chr(ord(SIGNATURE[-1]) + 1)}",
    "a letter beyond ASCII": f"{HEAD}.{BODY}.{SIGNATURE[:-1]}Ａ",
}


@pytest.mark.parametrize("text", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_what_is_not_written_in_the_one_way_is_refused(text):
    with pytest.raises(MalformedMessage):
        jose.read(text)


def test_a_message_too_long_to_be_any_is_refused_unread():
    with pytest.raises(MalformedMessage, match="longer"):
        jose.read("e" * (5 * 1024 * 1024))


BAD_CLAIMS = {
    "a member twice": b'{"issuer":"a","issuer":"b"}',
    "no object": b"[]",
    "NaN": b'{"exp":NaN}',
    "not UTF-8": b'{"issuer":"\xff"}',
    "half a character": b'{"issuer":"\\ud800"}',
}


@pytest.mark.parametrize("payload", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_claims_with_two_meanings_are_refused(payload):
    message = jose.read(jose.sign(payload, HANDS["P-256"]))

    with pytest.raises(MalformedMessage):
        message.claims()


SAME_TYPES = ["vc+jwt", "application/vc+jwt", "VC+JWT", "Application/vc+jwt"]


@pytest.mark.parametrize("typ", SAME_TYPES)
def test_a_media_type_may_be_written_in_full(typ):
    jose.read(a_message({"alg": "ES256", "typ": typ})).expect("vc+jwt")


@pytest.mark.parametrize("typ", ["JWT", "vp+jwt", "vc+sd-jwt", "text/vc+jwt", "", None])
def test_a_message_of_another_kind_is_refused(typ):
    header = {"alg": "ES256"} if typ is None else {"alg": "ES256", "typ": typ}

    with pytest.raises(WrongMediaType):
        jose.read(a_message(header)).expect("vc+jwt")


def test_a_kind_known_from_elsewhere_need_not_be_repeated():
    jose.read(a_message({"alg": "ES256"})).expect("vc+jwt", or_nothing=True)

    with pytest.raises(WrongMediaType):
        jose.read(a_message({"alg": "ES256", "typ": "JWT"})).expect("vc+jwt", or_nothing=True)


def test_dates_are_seconds_since_1970():
    assert jose.numeric_date({"exp": 1782810000}, "exp") == datetime(2026, 6, 30, 9, tzinfo=UTC)
    assert jose.numeric_date({"exp": 0.5}, "exp") == datetime(1970, 1, 1, 0, 0, 0, 500000, UTC)
    assert jose.numeric_date({}, "exp") is None


@pytest.mark.parametrize("value", ["1782810000", True, 1e300, -1e300, [1]])
def test_what_is_no_date_is_refused(value):
    with pytest.raises(MalformedMessage):
        jose.numeric_date({"exp": value}, "exp")


# --- vectors: C2SP/wycheproof, json_web_signature_test.json -------------------------------------------
#
# Second implementation: joserfc (above). What accepting a bad one would cost: a credential nobody issued.
# Not applicable are the groups whose key is RSA or a shared secret: of those no message may be accepted at all.


def wycheproof() -> list[dict[str, Any]]:
    path = shared("vectors/wycheproof/json_web_signature_test.json")
    groups: list[dict[str, Any]] = json.loads(path.read_text())["testGroups"]
    return groups


def accepts(text: str, key: dict[str, Any]) -> bool:
    if key.get("alg") == "ES521":  # a slip of these vectors: no registry has the name
        key = {**key, "alg": "ES512"}
    try:
        jose.read(text).check(public_key_of_jwk(key))
    except (JoseError, InvalidKey, InvalidSignature):
        return False
    return True


def test_wycheproof_s_messages_for_keys_on_curves_are_judged_as_it_says():
    judged = [
        (test["tcId"], accepts(test["jws"], group["public"]), test["result"] == "valid")
        for group in wycheproof()
        if group.get("public", group["private"])["kty"] == "EC"
        for test in group["tests"]
    ]

    assert len(judged) == 43
    assert [(number, ours) for number, ours, theirs in judged if ours != theirs] == []


def test_wycheproof_s_messages_with_rsa_or_a_shared_secret_are_never_accepted():
    others = [
        (test["tcId"], accepts(test["jws"], group.get("public", group["private"])))
        for group in wycheproof()
        if group.get("public", group["private"])["kty"] != "EC"
        for test in group["tests"]
    ]

    assert len(others) == 358
    assert [number for number, accepted in others if accepted] == []
