import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keys import cose
from keys.errors import (
    AlgorithmNotAllowed,
    HeaderNotAllowed,
    InvalidSignature,
    JoseError,
    KeysError,
    MalformedMessage,
    UnsupportedAlgorithm,
    WrongMediaType,
)
from keys.signing import KeyKind, PublicKey
from tests.keys.builders import a_signer
from tests.keys.messages import HANDS

PAYLOAD = b'{"issuer":"did:web:aitu.example"}'
TAG = b"\xd2"


def a_message(protected, unprotected=None, payload=PAYLOAD, *, hand="P-256", tag=TAG):
    """A message with any headers, however wrong, under a signature that holds."""
    header = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    signature = HANDS[hand].sign(cbor2.dumps(["Signature1", header, b"", payload]))
    return tag + cbor2.dumps([header, unprotected or {}, payload, signature])


@pytest.mark.parametrize("hand", HANDS.values(), ids=HANDS)
def test_what_was_signed_is_read_and_holds(hand):
    data = cose.sign(
        PAYLOAD,
        hand,
        typ="application/vc+cose",
        content_type="application/vc",
        kid=b"did:web:aitu.example#key-1",
        cwt_claims={6: 1782810000},
    )

    message = cose.read(data)

    message.check(hand.public)
    message.expect("vc+cose", "vc")
    assert message.payload == PAYLOAD
    assert message.key_id == b"did:web:aitu.example#key-1"
    assert message.cwt_claims == {6: 1782810000}


def test_signing_is_the_same_every_time():
    first, second = (cose.sign(PAYLOAD, HANDS["P-521"], typ="application/vc+cose") for _ in range(2))

    assert first == second


def test_the_example_of_the_rfc_holds():
    # RFC 9052, appendix C.2.1, and the key "11" of C.7.1
    message = cose.read(
        bytes.fromhex(
            "d28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c465ab05aac34cc6b23"
            "d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
        )
    )
    key = PublicKey.from_coordinates(
        bytes.fromhex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"),
        bytes.fromhex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"),
        KeyKind.P256,
    )

    message.check(key)
    assert message.payload == b"This is the content."
    assert message.key_id == b"11"
    assert message.algorithm == "ES256"


def test_a_message_may_go_without_its_tag():
    data = cose.sign(PAYLOAD, HANDS["P-256"])

    cose.read(data.removeprefix(TAG)).check(HANDS["P-256"].public)


@pytest.mark.parametrize(
    ("algorithm", "hand"), [(-9, "P-256"), (-51, "P-384"), (-52, "P-521"), (-19, "Ed25519")]
)
def test_the_newer_numbers_of_the_algorithms_are_read(algorithm, hand):
    cose.read(a_message({1: algorithm}, hand=hand)).check(HANDS[hand].public)


SIGNED = cose.sign(
    PAYLOAD, HANDS["P-256"], typ="application/vc+cose", content_type="application/vc", kid=b"k"
)


@given(st.integers(0, len(SIGNED) - 1), st.integers(1, 255))
@settings(max_examples=500)
def test_one_changed_byte_anywhere_is_refused(place, change):
    changed = SIGNED[:place] + bytes([SIGNED[place] ^ change]) + SIGNED[place + 1 :]

    with pytest.raises(KeysError):
        cose.read(changed).check(HANDS["P-256"].public)


@given(st.binary(max_size=80))
def test_no_bytes_make_reading_fail_otherwise(data):
    try:
        cose.read(data)
        cose.read(b"\x84" + data)
    except JoseError:
        return


@pytest.mark.parametrize("other", set(HANDS) - {"P-256"})
def test_a_key_of_another_kind_does_not_fit_the_algorithm(other):
    with pytest.raises(AlgorithmNotAllowed):
        cose.read(SIGNED).check(HANDS[other].public)


def test_another_key_of_the_same_kind_did_not_sign_it():
    with pytest.raises(InvalidSignature):
        cose.read(cose.sign(PAYLOAD, a_signer())).check(a_signer("stranger").public)


BAD_HEADERS = {
    "a shared secret": (a_message({1: 5}), AlgorithmNotAllowed),
    "AES-MAC": (a_message({1: 26}), AlgorithmNotAllowed),
    "RSA": (a_message({1: -257}), UnsupportedAlgorithm),
    "an algorithm in words": (a_message({1: "ES256"}), UnsupportedAlgorithm),
    "no algorithm": (a_message({}), MalformedMessage),
    "no header at all": (a_message(b""), MalformedMessage),
    "the algorithm unprotected": (a_message({}, {1: -7}), MalformedMessage),
    "an algorithm that is a list": (a_message({1: [-7]}), MalformedMessage),
    "an algorithm that is a fraction": (a_message({1: -7.0}), MalformedMessage),
    "a label that is true": (a_message({True: -7}), MalformedMessage),
    "a label that is a fraction": (a_message({1.0: -7}), MalformedMessage),
    "a label twice": (a_message(bytes.fromhex("a201260138")), MalformedMessage),
    "a label in both headers": (a_message({1: -7, 4: b"k"}, {4: b"other"}), MalformedMessage),
    "an unknown extension": (a_message({1: -7, 2: [-70001], -70001: 1}), HeaderNotAllowed),
    "certificates": (a_message({1: -7, 33: b"0"}), HeaderNotAllowed),
    "certificates, unprotected": (a_message({1: -7}, {33: b"0"}), HeaderNotAllowed),
    "an address of certificates": (a_message({1: -7, 35: "https://evil.example/"}), HeaderNotAllowed),
    "a header that is a list": (a_message([1, -7]), MalformedMessage),
    "a tag in the header": (a_message({1: -7, 3: cbor2.CBORTag(35, "a+")}), MalformedMessage),
    "a tag in the unprotected header": (a_message({1: -7}, {-1: cbor2.CBORTag(36, "a")}), MalformedMessage),
}


@pytest.mark.parametrize(("data", "error"), BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_a_bad_header_is_refused_whoever_signed_it(data, error):
    with pytest.raises(error):
        cose.read(data)


GOOD = a_message({1: -7})
HEADER, _, _, SIGNATURE = cbor2.loads(GOOD[1:])

BAD_BYTES = {
    "nothing": b"",
    "a tag alone": TAG,
    "something after it": GOOD + b"\x00",
    "two tags": TAG + GOOD,
    "another tag": b"\xd1" + GOOD[1:],
    "the tag in a longer form": b"\xd8\x12" + GOOD[1:],
    "an indefinite length": b"\xd2\x9f" + GOOD[2:] + b"\xff",
    "a length in a longer form": b"\xd2\x98\x04" + GOOD[2:],
    "cut short": GOOD[:-1],
    "three parts": TAG + cbor2.dumps([HEADER, {}, PAYLOAD]),
    "five parts": TAG + cbor2.dumps([HEADER, {}, PAYLOAD, SIGNATURE, b""]),
    "a payload that lies elsewhere": TAG + cbor2.dumps([HEADER, {}, None, SIGNATURE]),
    "a payload that is text": TAG + cbor2.dumps([HEADER, {}, PAYLOAD.decode(), SIGNATURE]),
    "an unprotected header that is a list": TAG + cbor2.dumps([HEADER, [], PAYLOAD, SIGNATURE]),
    "nested without end": TAG + b"\x81" * 100_000,
    "a number": cbor2.dumps(18),
    "JSON": b'{"alg":"ES256"}',
    "longer than any": b"\x84" * (5 * 1024 * 1024),
}


@pytest.mark.parametrize("data", BAD_BYTES.values(), ids=BAD_BYTES)
def test_what_is_not_written_in_the_one_way_is_refused(data):
    with pytest.raises(MalformedMessage):
        cose.read(data)


OF_ANOTHER_KIND = {
    "a presentation": {1: -7, 16: "application/vp+cose", 3: "application/vp"},
    "a credential that says it is a presentation inside": {
        1: -7,
        16: "application/vc+cose",
        3: "application/vp",
    },
    "a number of CoAP's": {1: -7, 3: 50},
    "nothing": {1: -7},
}


@pytest.mark.parametrize("header", OF_ANOTHER_KIND.values(), ids=OF_ANOTHER_KIND)
def test_a_message_of_another_kind_is_refused(header):
    with pytest.raises(WrongMediaType):
        cose.read(a_message(header)).expect("vc+cose", "vc")


def test_a_kind_known_from_elsewhere_need_not_be_repeated():
    cose.read(a_message({1: -7})).expect("vc+cose", "vc", or_nothing=True)

    with pytest.raises(WrongMediaType):
        cose.read(a_message({1: -7, 3: 50})).expect("vc+cose", "vc", or_nothing=True)


def test_what_is_not_protected_says_nothing_of_what_the_message_is():
    message = cose.read(a_message({1: -7}, {3: "application/vc", 16: "application/vc+cose"}))

    assert (message.typ, message.content_type) == (None, None)
