"""Signed notes: one way to write them, and no belief in a line whose key nobody has brought."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import InvalidKey, InvalidSignature, MalformedNote, NotSignedBy
from keys.note import Note, NoteKey, NoteSignature, SignatureType, cosign, sign
from keys.signing import EcdsaSigner, Ed25519Signer, PublicKey

LOG = Ed25519Signer.from_seed(bytes([1]) * 32)
WITNESS = Ed25519Signer.from_seed(bytes([2]) * 32)
NAME = "records.example/log"
TEXT = "records.example/log\n3\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)

KEY = NoteKey(NAME, LOG.public)
WITNESS_KEY = NoteKey("witness.example/w1", WITNESS.public, SignatureType.COSIGNATURE)


def a_note() -> Note:
    return Note(TEXT, (sign(TEXT, NAME, LOG), cosign(TEXT, "witness.example/w1", WITNESS, NOON)))


def test_a_note_is_read_as_it_was_written():
    data = a_note().to_bytes()

    read = Note.parse(data)

    assert read.to_bytes() == data
    assert read.check(KEY) is None
    assert read.check(WITNESS_KEY) == NOON


def test_a_verifier_key_in_the_wild_is_read():
    """That of the Go checksum database, as every Go toolchain carries it: its id is the one we compute."""
    key = NoteKey.parse("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8")

    assert key.name == "sum.golang.org"
    assert key.type is SignatureType.ED25519
    assert key.text == "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"


def test_a_line_of_a_key_nobody_knows_counts_for_nothing_and_against_nothing():
    stranger = Ed25519Signer.generate()
    note = Note(TEXT, (NoteSignature(NAME, b"\0\0\0\1", bytes(64)), *a_note().signatures))

    assert note.check(KEY) is None
    with pytest.raises(NotSignedBy):
        note.check(NoteKey(NAME, stranger.public))


def test_a_false_line_of_a_known_key_condemns_the_note():
    false = NoteSignature(NAME, KEY.id, bytes(64))

    with pytest.raises(InvalidSignature):
        Note(TEXT, (*a_note().signatures, false)).check(KEY)


def test_a_cosignature_is_bound_to_its_time_and_to_its_type():
    line = cosign(TEXT, "witness.example/w1", WITNESS, NOON)
    later = NoteSignature(line.name, line.id, (int.from_bytes(line.raw[:8]) + 1).to_bytes(8) + line.raw[8:])
    as_plain = NoteSignature(line.name, NoteKey(line.name, WITNESS.public).id, line.raw[8:])

    with pytest.raises(InvalidSignature):
        Note(TEXT, (later,)).check(WITNESS_KEY)
    with pytest.raises(InvalidSignature):
        Note(TEXT, (as_plain,)).check(NoteKey(line.name, WITNESS.public))


def test_a_key_survives_being_written():
    for key in (KEY, WITNESS_KEY):
        assert NoteKey.parse(key.text) == key


GOOD = a_note().to_bytes()
MALFORMED = {
    "nothing": b"",
    "no signatures": TEXT.encode(),
    "an empty line and no signature": TEXT.encode() + b"\n",
    "no last line end": GOOD[:-1],
    "two last line ends": GOOD + b"\n",
    "Windows line ends": GOOD.replace(b"\n", b"\r\n"),
    "a control character in the text": b"a\x07" + GOOD,
    "not UTF-8": b"\xff" + GOOD,
    "a hyphen for the dash": GOOD.replace("—".encode(), b"-"),
    "two spaces": GOOD.replace("— ".encode(), "—  ".encode()),
    "padding left out": GOOD.replace(b"=\n\xe2", b"\n\xe2"),
    "base64 for the web": GOOD[:-6] + b"-_==\n",
    "an empty signature": TEXT.encode() + "\n— a AAAAAA==\n".encode(),
    "a plus in a name": TEXT.encode() + "\n— a+b AAAAAAAA\n".encode(),
    "more than anybody reads": TEXT.encode() + b"\n" + "— a AAAAAAAA\n".encode() * 65,
    "longer than anybody reads": b"a" * 70_000 + GOOD,
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_what_is_not_written_as_a_note_is_not_read(data: bytes):
    with pytest.raises(MalformedNote):
        Note.parse(data)


BAD_KEYS = {
    "nothing": "",
    "two parts": "a+b",
    "another id": KEY.text.replace(KEY.id.hex(), "00000000"),
    "another name": "x" + KEY.text,
    "an unknown type": f"{NAME}+00000000+Zw==",
    "no key": f"{NAME}+00000000+AQ==",
    "base64 in another way": KEY.text[:-1] + "B",
    "a space": " " + KEY.text,
}


@pytest.mark.parametrize("text", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_mistyped_key_is_refused(text: str):
    with pytest.raises(InvalidKey):
        NoteKey.parse(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\tb", "a\u00a0b"])
def test_a_name_that_could_end_early_names_no_key(name: str):
    with pytest.raises(InvalidKey):
        NoteKey(name, LOG.public)


def test_a_key_of_another_kind_signs_no_notes():
    with pytest.raises(InvalidKey):
        NoteKey(NAME, EcdsaSigner.generate().public)


@given(st.text())
def test_what_is_no_whole_line_is_not_signed(text: str):
    whole = text.endswith("\n") and text != "\n"
    if whole and not any(ord(letter) < 32 and letter != "\n" for letter in text):
        try:
            text.encode()
        except UnicodeEncodeError:
            return
        assert Note(text, (sign(text, NAME, LOG),)).check(KEY) is None
    else:
        with pytest.raises(MalformedNote):
            sign(text, NAME, LOG)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data: bytes):
    try:
        note = Note.parse(data)
    except MalformedNote:
        return
    assert note.to_bytes() == data


@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255))
def test_no_changed_byte_keeps_a_note_signed_by_all(place: int, flip: int):
    changed = GOOD[:place] + bytes([GOOD[place] ^ flip]) + GOOD[place + 1 :]

    def read() -> None:
        note = Note.parse(changed)
        note.check(KEY)
        note.check(WITNESS_KEY)

    with pytest.raises((MalformedNote, NotSignedBy, InvalidSignature)):
        read()


def test_a_key_is_what_its_name_and_type_and_bytes_are():
    same = PublicKey(LOG.public.raw)
    assert NoteKey(NAME, same) == KEY
    assert len({KEY, NoteKey(NAME, same), WITNESS_KEY}) == 2
