"""A trust list: somebody's word on which issuers there are. What is read of it, whatever its format.

To trust a list is the reader's act. What can be done for the reader is to say whose word it is and of when, and to
refuse what an attacker can do without any key: give an old list for a new one (rollback), and keep giving the same
one for ever (freeze).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from keys.signing import PublicKey
from wallet.errors import WalletError
from wallet.evidence import TrustMark
from wallet.formats.shape import written_time

GOOD_FOR: Final = timedelta(days=90)
"""How long after it was got a list is believed that names no end. Then it has to be got anew."""

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clock of whoever made a list may be ahead of ours."""


class Kind(StrEnum):
    """The formats there are."""

    DCC = "dcc"
    """A known-issuer registry in the form of the Digital Credentials Consortium; unsigned."""
    FEDERATION = "federation"
    """A trust chain of OpenID Federation 1.0, signed up to an anchor."""


class TrustListRefused(WalletError):
    """A trust list, or a file that holds one, that is not used. str() is one sentence; `reason` a stable code."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(reason, sentence)
        self.reason = reason
        self.sentence = sentence

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, kw_only=True)
class ListedIssuer:
    """An issuer as the list has it. `keys` are those listed now, by verification method; often there are none."""

    identifier: str  # a DID, or the address an issuer of SD-JWT VC is known by
    name: str
    url: str | None = None
    location: str | None = None
    keys: Mapping[str, PublicKey] = field(default_factory=dict)
    marks: tuple[TrustMark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrustList:
    """A list as read, its signatures checked where it has any."""

    kind: Kind
    name: str  # what it is kept under
    identifier: str  # what a reader's policy calls it: the name, or the anchor of the federation
    issuers: Mapping[str, ListedIssuer]
    signer: str | None  # whose signature holds; None where nobody signed
    made_at: datetime | None
    expires_at: datetime | None  # what the list itself says
    statements: Mapping[str, datetime]  # each signed or dated part of it, and when it was made
    left_out: tuple[str, ...] = ()  # entries that could not be read, as they are called in the list

    def described(self) -> str:
        """Whose word it is: reads on after "according to"."""
        of = "" if self.made_at is None else f" of {written_time(self.made_at)}"
        if self.kind is Kind.FEDERATION:
            return f"the federation of {self.identifier}, in its statement{of}"
        return f"the trust list {self.name}{of}"


def refuse_from_the_future(new: TrustList, now: datetime) -> None:
    """A list dated later than now would make every honest one after it look old."""
    for what, made_at in new.statements.items():
        if made_at > now + CLOCK_SKEW:
            raise TrustListRefused(
                "from-the-future", f"The list says of {what} that it was made on {written_time(made_at)}."
            )


def refuse_ended(new: TrustList, now: datetime) -> None:
    """A list past its end says how things were."""
    if new.expires_at is not None and now >= new.expires_at:
        raise TrustListRefused(
            "ended", f"The list was good until {written_time(new.expires_at)}; a newer one is needed."
        )


def refuse_older(new: TrustList, kept: TrustList) -> None:
    """Nothing in a list may be older than it is in the list that is kept under the same name."""
    for what, before in {"the list": kept.made_at, **kept.statements}.items():
        after = new.made_at if what == "the list" else new.statements.get(what)
        if before is not None and after is not None and after < before:
            raise TrustListRefused(
                "older",
                f"The list is older than the one kept: {what} is of {written_time(after)}, and was of "
                f"{written_time(before)}.",
            )
    if kept.made_at is not None and new.made_at is None:
        raise TrustListRefused("older", "The list does not say when it was made, and the one kept does.")
