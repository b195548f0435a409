"""What a learner agreed to show: made once, taken back once."""

from datetime import UTC, datetime

import pytest

from domain import share
from domain.errors import BrokenHistory, NotFound, NotInForce
from domain.share import ShareMade
from domain.values import CredentialId, LearnerId

HER = LearnerId("6f1c0a52-0e0b-4a57-9d5e-0f6f7e3a1b2c")
AT = datetime(2026, 6, 1, tzinfo=UTC)


def made(name: str = "s-1") -> ShareMade:
    return ShareMade(
        share=name,
        learner=HER,
        credentials=(CredentialId("urn:uuid:1b4e28ba-2fa1-4d3b-a3f5-ef19b5a7633b"),),
        with_whom="Silk Road Logistics",
        purpose="a position",
        made_at=AT,
        until=AT.replace(month=7),
    )


def test_a_share_is_in_force_until_it_is_taken_back():
    consents = share.fold([made(), made("s-2")])
    taken_back = share.withdraw(consents, "s-1", HER, at=AT)

    after = share.fold([made(), made("s-2"), taken_back])

    assert [each.withdrawn for each in after.values()] == [taken_back, None]


def test_what_was_never_shared_or_was_taken_back_is_not_taken_back():
    taken_back = share.withdraw(share.fold([made()]), "s-1", HER, at=AT)

    with pytest.raises(NotFound):
        share.withdraw(share.fold([made()]), "s-2", HER, at=AT)
    with pytest.raises(NotInForce):
        share.withdraw(share.fold([made(), taken_back]), "s-1", HER, at=AT)


def test_a_history_that_cannot_be_is_not_read():
    taken_back = share.withdraw(share.fold([made()]), "s-1", HER, at=AT)

    for events in ([made(), made()], [taken_back]):
        with pytest.raises(BrokenHistory):
            share.fold(events)
