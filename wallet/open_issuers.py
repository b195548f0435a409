"""Issuers for anybody who asks: one key a profile, so that other programs can try whether they understand this one.

For a developer's machine only. The keys are made when the server starts and forgotten when it ends, and nothing of
what they sign is recorded. This server, and no other, knows them as issuers, so that what they sign verifies here.
"""

import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final

import msgspec

from domain.errors import NotFound
from domain.status_list import Purpose
from domain.values import Setting
from keys.keyring import Keyring, KeyTerm
from keys.signing import EcdsaSigner, Ed25519Signer, KeyKind, Signer
from wallet.errors import WalletError
from wallet.evidence import Accreditation, KnownIssuer, NoEvidence, Source, StatusListEvidence
from wallet.formats import status_list
from wallet.formats.status_list import MINIMUM_ENTRIES, status_list_credential
from wallet.securing import PROFILES, SecuredBy, profile_named, secure

HERE: Final = Source(name="this server's open issuers", identifier="open-issuers")

_GOOD_FOR: Final = timedelta(days=1)


WARNING: Final = (
    "ANYBODY ON THIS MACHINE CAN HAVE ANY CREDENTIAL SIGNED HERE. The keys are thrown away when the server ends. "
    "Do not serve anything real in this way."
)
"""What whoever starts such a server is told."""


class NotOnThisMachine(WalletError):
    """Issuers that sign for anybody are offered to whoever is on this machine, and to nobody else."""


def in_an_address(host: str) -> str:
    """The host as an address has it: `[::1]` for ::1."""
    return f"[{host}]" if ":" in host else host


def refuse_unless_loopback(host: str) -> None:
    """Raises NotOnThisMachine for an address at which others can reach us."""
    try:
        alone = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        alone = False
    if not alone:
        raise NotOnThisMachine(
            f"Open issuers sign whatever they are given, so they listen on 127.0.0.1 only, and not on {host}."
        )


@dataclass
class OpenIssuers:
    """The issuers of one server. `address` is where it is reached: `https://127.0.0.1:8400`."""

    address: str
    since: datetime
    by: Mapping[str, SecuredBy] = field(
        default_factory=lambda: {
            name: SecuredBy.itself(_new_key(profile.kind)) for name, profile in PROFILES.items()
        }
    )
    """Whoever signs, by profile."""
    _places: dict[str, int] = field(default_factory=dict, repr=False)
    _raised: dict[Purpose, set[int]] = field(
        default_factory=lambda: {purpose: set() for purpose in Purpose}, repr=False
    )
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def issue(
        self,
        profile: str,
        credential: Mapping[str, Any],
        *,
        at: datetime,
        mandatory_pointers: Sequence[str] | None = None,
    ) -> dict[str, Any]:
        """The credential, secured by that profile. Raises NotFound, CredentialRefused."""
        way = profile_named(profile)
        entries = self._entries(credential) if way.with_status else ()
        return secure(
            credential,
            way,
            self.by[profile],
            at=at,
            status=entries,
            mandatory_pointers=mandatory_pointers,
            examples=True,
        )

    def change_status(self, credential: str, purpose: str, *, raised: bool) -> None:
        """Raise or lower the bit of a credential that was issued with a status. Raises NotFound."""
        with self._lock:
            if credential not in self._places or purpose not in set(Purpose):
                raise NotFound("No credential of that id was issued here with such a status.")
            flags = self._raised[Purpose(purpose)]
            (flags.add if raised else flags.discard)(self._places[credential])

    def status_list_text(self, purpose: str, at: datetime) -> bytes:
        """The signed list of that purpose, made anew whenever it is asked for. Raises NotFound."""
        if purpose not in set(Purpose):
            raise NotFound(f"There is no status list about {purpose[:100]!a}.")
        by = self.by["status"]
        with self._lock:
            raised = sorted(self._raised[Purpose(purpose)])
        unsigned = status_list_credential(
            list_url=self.list_url(Purpose(purpose)),
            issuer=by.did,
            purpose=Purpose(purpose).value,
            set_indices=raised,
            valid_from=at,
            valid_until=at + _GOOD_FOR,
        )
        return msgspec.json.encode(secure(unsigned, PROFILES["eddsa-rdfc-2022"], by, at=at))

    def facts(self, at: datetime) -> "OpenFacts":
        """What this server knows of its own issuers, as evidence for a verification."""
        return OpenFacts(self, at)

    def _entries(self, credential: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        """A place in both lists, of the same number, which nothing can be told from."""
        identifier = credential.get("id")
        with self._lock:
            taken = set(self._places.values())
            index = secrets.randbelow(MINIMUM_ENTRIES)
            while index in taken:
                index = secrets.randbelow(MINIMUM_ENTRIES)
            name = identifier if isinstance(identifier, str) else f"urn:index:{index}"
            self._places[name] = index
        return [
            status_list.entry(list_url=self.list_url(purpose), index=index, purpose=purpose.value)
            for purpose in Purpose
        ]

    def list_url(self, purpose: Purpose) -> str:
        """Where the list of that purpose is published."""
        return f"{self.address}/issuers/status/lists/{purpose}"


class OpenFacts(NoEvidence):
    """What these issuers are, and what their lists say now; nothing of anybody else."""

    def __init__(self, issuers: OpenIssuers, now: datetime) -> None:
        self._issuers = issuers
        self._now = now

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The issuer of that DID, which may issue anything: nobody takes it for an institution."""
        found = next(((name, by) for name, by in self._issuers.by.items() if by.did == did), None)
        if found is None:
            return None
        name, by = found
        return KnownIssuer(
            did=did,
            name=f"Open issuer {name}",
            keys=Keyring([KeyTerm(by.method, by.signer.public, published_at=self._issuers.since)]),
            accreditations=(_ANYTHING,),
            source=HERE,
        )

    def status_lists(self, url: str, /) -> Iterable[StatusListEvidence]:
        """The list as it is now."""
        for purpose in Purpose:
            if url == self._issuers.list_url(purpose):
                text = self._issuers.status_list_text(purpose, self._now)
                yield StatusListEvidence(text=text, got_at=self._now, source=HERE)


_ANYTHING: Final = Accreditation(
    by="nobody but this server",
    settings=frozenset(setting.value for setting in Setting),
    levels=frozenset(range(1, 9)),
    valid_from=date.min,
)


def _new_key(kind: KeyKind) -> Signer:
    return Ed25519Signer.generate() if kind is KeyKind.ED25519 else EcdsaSigner.generate(kind)
