"""A learner's consent to show some of her credentials to somebody, for a purpose, until a day; and its end.

Stream `shares/{learner}`: what she agreed to and what she took back, signed with her own key and sealed under it. Who
then looked is no event: a stranger with a link must not be able to make the ledger grow.

Source: Regulation (EU) 2016/679, articles 7 and 15; ISO/IEC TS 27560 (consent record).
"""

from collections.abc import Iterable

import msgspec

from domain.errors import NotFound, NotInForce
from domain.event import Event, cannot_follow
from domain.values import CredentialId, Instant, LearnerId, instant

# --- facts ----------------------------------------------------------------------------------------------


class ShareMade(Event, tag="share.made.v1"):
    personal = True

    share: str
    """By which name she tells her shares apart; it opens nothing."""
    learner: LearnerId
    credentials: tuple[CredentialId, ...]
    with_whom: str
    purpose: str
    made_at: Instant
    until: Instant


class ShareWithdrawn(Event, tag="share.withdrawn.v1"):
    personal = True

    share: str
    learner: LearnerId
    withdrawn_at: Instant


# --- state ----------------------------------------------------------------------------------------------


class Consent(msgspec.Struct, frozen=True):
    made: ShareMade
    withdrawn: ShareWithdrawn | None = None


Consents = dict[str, Consent]
"""By the names of the shares, in the order they were made."""


def fold(events: Iterable[Event]) -> Consents:
    """What a learner's shares add up to."""
    consents: Consents = {}
    for event in events:
        match event:
            case ShareMade() if event.share not in consents:
                consents[event.share] = Consent(event)
            case ShareWithdrawn() if event.share in consents:
                consents[event.share] = Consent(consents[event.share].made, event)
            case _:
                raise cannot_follow(event, "a learner's shares")
    return consents


# --- decisions ------------------------------------------------------------------------------------------


def withdraw(consents: Consents, share: str, learner: LearnerId, *, at: Instant) -> ShareWithdrawn:
    """Take a share back. Refuses: NotFound, NotInForce (taken back already)."""
    if share not in consents:
        raise NotFound("There is no such share.")
    if consents[share].withdrawn is not None:
        raise NotInForce("This share was taken back already.")
    return ShareWithdrawn(share=share, learner=learner, withdrawn_at=instant(at))
