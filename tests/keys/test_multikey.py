import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import InvalidKey, NotMultibase
from keys.multikey import (
    KeyKind,
    ed25519_from_multikey,
    ed25519_multikey,
    from_base58btc,
    from_multibase,
    from_multikey,
    to_base58btc,
    to_multibase,
    to_multikey,
)

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

# The three examples of the Base58 internet draft (draft-msporny-base58-03, section 5).
DRAFT = {
    "greeting": (b"Hello World!", "2NEpo7TZRRrLZSi2U"),
    "pangram": (
        b"The quick brown fox jumps over the lazy dog.",
        "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
    ),
    "leading zeros": (bytes.fromhex("0000287fb4cd"), "11233QC4"),
}


@pytest.mark.parametrize(("data", "text"), DRAFT.values(), ids=DRAFT)
def test_base58_is_the_draft_s(data, text):
    assert to_base58btc(data) == text
    assert from_base58btc(text) == data


@given(st.binary(max_size=200))
def test_bytes_come_back_from_base58_as_they_went(data):
    assert from_base58btc(to_base58btc(data)) == data


@given(st.text(ALPHABET, max_size=200))
def test_every_base58_text_is_the_only_one_of_its_bytes(text):
    assert to_base58btc(from_base58btc(text)) == text


@given(st.text(max_size=30), st.characters(exclude_characters=ALPHABET), st.text(max_size=30))
def test_a_character_outside_the_alphabet_is_refused(before, stranger, after):
    with pytest.raises(NotMultibase):
        from_base58btc(before + stranger + after)


@given(st.binary(max_size=200), st.sampled_from(["z", "u"]))
def test_bytes_come_back_from_multibase_as_they_went(data, base):
    assert from_multibase(to_multibase(data, base)) == data


@given(st.text("ABCDwxyz0189-_", max_size=12))
def test_every_base64url_text_read_is_the_only_one_of_its_bytes(text):
    try:
        data = from_multibase("u" + text)
    except NotMultibase:
        return

    assert to_multibase(data, "u") == "u" + text


NO_MULTIBASE = {
    "nothing": "",
    "no letter": "2NEpo7TZRRrLZSi2U",
    "another base": "mSGVsbG8",
    "base58 of another alphabet": "Z2NEpo7TZRRrLZSi2U",
    "base58 with a letter it leaves out": "zl",
    "base58 with a space": "z2 N",
    "base58 with a line break": "z2NEpo7TZRRrLZSi2U\n",
    "base58 too long to be anything": "z" + "2" * 5000,
    "base64url with padding": "uSGVsbG8=",
    "base64url of the other alphabet": "u+/+/",
    "base64url with a line break": "uSGVs\n",
    "base64url of no whole byte": "uSGVsb",
    "base64url one character long": "uA",
    "base64url with bits left over": "uSGVsbG9",
}


@pytest.mark.parametrize("text", NO_MULTIBASE.values(), ids=NO_MULTIBASE)
def test_what_is_not_multibase_is_refused(text):
    with pytest.raises(NotMultibase):
        from_multibase(text)


KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"


def test_a_multikey_is_the_key_and_the_key_is_the_multikey():
    assert ed25519_multikey(ed25519_from_multikey(KEY)) == KEY


BEGINNINGS = {"Ed25519": "z6Mk", "P-256": "zDna", "P-384": "z82L", "P-521": "z2J9"}


@pytest.mark.parametrize("kind", KeyKind, ids=str)
def test_a_multikey_shows_its_kind_by_its_beginning(kind):
    for start in (b"\x02", b"\x03"):
        raw = (start + bytes(range(1, 70)))[: kind.length]
        text = to_multikey(kind, raw)

        assert text.startswith(BEGINNINGS[str(kind)])
        assert from_multikey(text) == (kind, raw)


@pytest.mark.parametrize("kind", KeyKind, ids=str)
def test_a_private_key_of_any_kind_is_called_that(kind):
    with pytest.raises(InvalidKey, match="a private key"):
        from_multikey(to_multibase(kind.secret_prefix + bytes(32)))


NO_ED25519_KEY = {
    "nothing": "",
    "another base": to_multibase(b"\xed\x01" + bytes(32), "u"),
    "one byte short": to_multibase(b"\xed\x01" + bytes(31)),
    "one byte long": to_multibase(b"\xed\x01" + bytes(33)),
    "no kind": to_multibase(bytes(range(32))),
    "a P-256 key": "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv",
    "an X25519 key": "z6LShs9GGnqk85isEBzzshkuVWrVKsRp24GnDuHk8QWkARMW",
    "a private key": "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq",
    "not base58": KEY[:-1] + "0",
}


@pytest.mark.parametrize("text", NO_ED25519_KEY.values(), ids=NO_ED25519_KEY)
def test_what_is_not_an_ed25519_multikey_is_refused(text):
    with pytest.raises(InvalidKey):
        ed25519_from_multikey(text)


def test_a_private_key_in_the_place_of_a_public_one_is_called_that_and_not_repeated():
    with pytest.raises(InvalidKey, match="a private key") as refusal:
        ed25519_from_multikey(NO_ED25519_KEY["a private key"])

    assert "z3u2" not in str(refusal.value)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_multikey_of_another_length_is_not_written(length):
    with pytest.raises(InvalidKey):
        to_multikey(KeyKind.ED25519, bytes(length))
