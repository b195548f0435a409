"""Time-stamps: a third party's word on when a checkpoint was there, believed under its own root alone."""

from datetime import UTC, datetime

import pytest

from keys.signing import Ed25519Signer
from tests.transparency.authority import Authority
from wallet.errors import TimestampRefused
from wallet.transparency.checkpoint import Checkpoint, sign_checkpoint
from wallet.transparency.timestamping import authorities, check_stamp, request

LOG = Ed25519Signer.from_seed(bytes([1]) * 32)
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATER = datetime(2026, 6, 30, 12, 0, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def a_checkpoint(size: int = 3) -> Checkpoint:
    return sign_checkpoint("records.example/log", size, bytes([size]) * 32, LOG, NOON)


def test_a_stamp_says_when_the_authority_saw_the_checkpoint(authority: Authority):
    stamp = authority.stamp(request(a_checkpoint()), LATER)

    assert check_stamp(stamp, a_checkpoint(), authorities(authority.pem)) == LATER


def test_a_stamp_outlives_the_cosignatures_that_come_after_it(authority: Authority):
    """It is on the tree, and not on who has signed it."""
    stamp = authority.stamp(request(a_checkpoint()), LATER)
    again = sign_checkpoint("records.example/log", 3, bytes([3]) * 32, Ed25519Signer.generate(), LATER)

    assert check_stamp(stamp, again, [authority.root]) == LATER


def test_a_stamp_on_another_checkpoint_is_refused(authority: Authority):
    stamp = authority.stamp(request(a_checkpoint(4)), LATER)

    with pytest.raises(TimestampRefused):
        check_stamp(stamp, a_checkpoint(), [authority.root])


def test_a_stamp_of_an_authority_that_was_not_asked_for_is_refused(authority: Authority):
    stamp = Authority("An Authority").stamp(request(a_checkpoint()), LATER)

    with pytest.raises(TimestampRefused):
        check_stamp(stamp, a_checkpoint(), [authority.root])


def test_no_changed_byte_is_still_a_stamp_of_another_time(authority: Authority):
    stamp = bytearray(authority.stamp(request(a_checkpoint()), LATER))
    place = stamp.index(b"20260630120005Z")
    stamp[place + 13] = ord("4")

    with pytest.raises(TimestampRefused):
        check_stamp(bytes(stamp), a_checkpoint(), [authority.root])


@pytest.mark.parametrize(
    "stamp", [b"", b"\x30\x00", b"not DER at all" * 9], ids=["nothing", "empty", "noise"]
)
def test_what_is_no_stamp_is_refused(stamp: bytes, authority: Authority):
    with pytest.raises(TimestampRefused):
        check_stamp(stamp, a_checkpoint(), [authority.root])


def test_what_is_no_certificate_is_refused():
    with pytest.raises(TimestampRefused):
        authorities(b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
