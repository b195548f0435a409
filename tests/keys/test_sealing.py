import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import InvalidKey, SealBroken
from keys.sealing import OVERHEAD, DataKey

KEY = DataKey(bytes(range(32)))


@given(st.binary(max_size=200), st.binary(max_size=50))
def test_what_is_sealed_opens_in_its_place(plaintext, place):
    sealed = KEY.seal(plaintext, place)

    assert KEY.open(sealed, place) == plaintext
    assert len(sealed) == len(plaintext) + OVERHEAD


@given(st.binary(min_size=8, max_size=50), st.data())
def test_one_changed_bit_breaks_the_seal(plaintext, data):
    sealed = bytearray(KEY.seal(plaintext, b"row 1"))
    bit = data.draw(st.integers(0, 8 * len(sealed) - 1))
    sealed[bit // 8] ^= 1 << bit % 8

    with pytest.raises(SealBroken):
        KEY.open(bytes(sealed), b"row 1")


def test_a_payload_moved_to_another_row_does_not_open():
    sealed = KEY.seal(b"1000 credits", b"wallet/a 7")

    with pytest.raises(SealBroken):
        KEY.open(sealed, b"wallet/b 7")


def test_another_key_does_not_open_it():
    with pytest.raises(SealBroken):
        DataKey.generate().open(KEY.seal(b"6 ECTS", b""), b"")


@pytest.mark.parametrize("length", [0, 1, 12, OVERHEAD - 1])
def test_what_is_cut_short_does_not_open(length):
    with pytest.raises(SealBroken):
        KEY.open(KEY.seal(b"6 ECTS", b"")[:length], b"")


def test_the_same_thing_sealed_twice_does_not_look_the_same():
    assert KEY.seal(b"6 ECTS", b"") != KEY.seal(b"6 ECTS", b"")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_data_key_has_32_bytes(length):
    with pytest.raises(InvalidKey):
        DataKey(bytes(length))


def test_a_data_key_is_remade_from_its_bytes_and_never_shown():
    key = DataKey.generate()

    assert DataKey(key.raw).open(key.seal(b"6 ECTS", b""), b"") == b"6 ECTS"
    assert key.raw.hex() not in repr(key)
    assert repr(key.raw)[2:-1] not in repr(key)
