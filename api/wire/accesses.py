"""Who looked at a learner's record, and what she agreed to show, on the wire."""

from datetime import datetime
from typing import Self

from api.wire.scalars import Answer
from wallet.accesses import Looked
from wallet.sharing import ShareReceipt


class LookedShown(Answer):
    """`who` is an institution or one of its staff or, of a link, whom it was given to; `why` says by what right."""

    at: datetime
    who: str
    what: str
    why: str
    allowed: bool

    @classmethod
    def of(cls, looked: Looked) -> Self:
        return cls(at=looked.at, who=looked.who, what=looked.what, why=looked.why, allowed=looked.allowed)


class Accesses(Answer):
    accesses: list[LookedShown]


class ShareShown(Answer):
    """`made_in` and `withdrawn_in` are the events, in the ledger, that the learner has signed."""

    share: str
    credentials: list[str]
    with_whom: str
    purpose: str
    made_at: datetime
    until: datetime
    withdrawn_at: datetime | None
    made_in: int
    withdrawn_in: int | None
    looks: list[datetime]

    @classmethod
    def of(cls, receipt: ShareReceipt) -> Self:
        return cls(
            share=receipt.name,
            credentials=list(receipt.credentials),
            with_whom=receipt.with_whom,
            purpose=receipt.purpose,
            made_at=receipt.made_at,
            until=receipt.until,
            withdrawn_at=receipt.withdrawn_at,
            made_in=receipt.made_in,
            withdrawn_in=receipt.withdrawn_in,
            looks=list(receipt.looks),
        )


class Shares(Answer):
    shares: list[ShareShown]
