"""Where a verification gets its facts: who an issuer is, which keys it has, what its status lists say.

A credential says much about itself; none of it counts until somebody else confirms it. That somebody is
an `Evidence`: this wallet's own registry, a signed bundle brought along, the network, or several in order.
Evidence never judges: it hands over facts and says where they come from, and `wallet.verifying` decides.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from keys import strict_json
from keys.did import fetchable_did_web_url
from keys.errors import InvalidDid, MalformedJson
from keys.keyring import Keyring
from keys.signing import PublicKey

if TYPE_CHECKING:
    from wallet.fetching import Fetched, Fetcher
    from wallet.transparency.logged import Inclusion


@dataclass(frozen=True, kw_only=True)
class Source:
    """Who states a fact. An untrusted source is named to the reader and believed in nothing."""

    name: str  # reads on after "according to": "this wallet's registry"
    identifier: str = (
        ""  # what a reader's policy calls it: "here", a registry's DID, the name of a trust list
    )
    trusted: bool = True
    how_to_trust: str = ""  # a whole sentence, where `trusted` is False
    made_at: datetime | None = None  # facts of a copy end here; None where the source is live


@dataclass(frozen=True, kw_only=True)
class Accreditation:
    """Somebody's word that an institution may award credit of this kind.

    `fields` are ISCED-F codes, each covering what lies below it ("06" covers "0613"); empty means any.
    """

    by: str
    settings: frozenset[str]  # "formal", "non_formal", "informal"
    levels: frozenset[int]  # EQF levels 1-8
    fields: frozenset[str] = frozenset()
    valid_from: date
    valid_until: date | None = None
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class TrustMark:
    """Somebody's signed word that an issuer meets certain terms. It says nothing of levels, fields or settings.

    Source: OpenID Federation 1.0, 7.
    """

    type: str  # the terms, by their address
    by: str
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class KnownIssuer:
    """An issuer somebody has registered. The name in a verdict comes from here and nowhere else.

    Not everybody who knows an issuer knows all of it. `keys` is the history of its keys, or None where the
    source keeps none; then `listed_keys` are those it lists now, by verification method, and the rest is for the
    issuer's own DID to say. `accreditations` is None where the source says nothing of what the issuer may award,
    and empty where it says that it may award nothing.
    """

    did: str
    name: str
    keys: Keyring | None
    source: Source
    names: Mapping[str, str] = field(default_factory=dict)  # language tag -> name
    listed_keys: Mapping[str, PublicKey] = field(default_factory=dict)
    accreditations: tuple[Accreditation, ...] | None = ()
    marks: tuple[TrustMark, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StatusListEvidence:
    """One copy of a status list: the signed text exactly as published, and when it was got.

    The list is not trusted: whoever alters it can only make us say *could not check*. `got_at` is the
    word of the source, and counts only where the source is trusted.
    """

    text: bytes
    got_at: datetime
    source: Source


@dataclass(frozen=True, kw_only=True)
class StatusRecord:
    """What one place of a status list said at a past time, by somebody who has kept every change of it.

    It is no signed list: a list tells of the day it was signed, and of no other. Nobody but `source` vouches for
    it, so it counts only where the source is trusted. `events` are the numbers under which the source has it.
    """

    issuer: str  # whose list it is
    purpose: str
    is_set: bool
    since: datetime | None  # when the bit became what it was; None where nobody had ever touched it
    events: tuple[int, ...]
    raised_later: datetime | None  # when it was raised after the time asked about
    source: Source


@dataclass(frozen=True, kw_only=True)
class ControllerDocument:
    """A DID document as fetched from the web address its DID stands for."""

    document: Mapping[str, Any]
    got_at: datetime
    source: Source


@dataclass(frozen=True, kw_only=True)
class Witness:
    """Somebody's word that a signed document already existed at a time: what a back-dater cannot make.

    `inclusion` makes the proof that it stands in their log since then; the answer is None where there is none yet.
    """

    at: datetime
    source: Source
    inclusion: "Callable[[], Inclusion | None] | None" = None


class Evidence(Protocol):
    """Facts by question. Every answer may be empty, and an empty answer is never an accusation."""

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The issuer registered under `did`."""

    def status_lists(self, url: str, /) -> Iterable[StatusListEvidence]:
        """Copies of the list published at `url`, the one to try first at the front; may be lazy."""

    def status_on(self, url: str, index: int, at: datetime, /) -> StatusRecord | None:
        """What that place of the list at `url` said at a time that is past for whoever answers."""

    def controller_document(self, did: str, /) -> ControllerDocument | None:
        """The document behind a did:web. Raises nothing: what cannot be had is None."""

    def witness(self, credential: str, digest: bytes, /) -> Witness | None:
        """When the signed document was first recorded.

        `digest` is the SHA-256 of its canonical JSON (RFC 8785), proofs included, so that a copy carried
        inside another document is recognised; `credential` is its id.
        """


class NoEvidence:
    """Nothing known of anybody: what a verification with no registry and no network has."""

    def issuer(self, _did: str, /) -> KnownIssuer | None:
        """Nobody."""
        return None

    def status_lists(self, _url: str, /) -> Iterable[StatusListEvidence]:
        """No copies."""
        return ()

    def status_on(self, _url: str, _index: int, _at: datetime, /) -> StatusRecord | None:
        """No record."""
        return None

    def controller_document(self, _did: str, /) -> ControllerDocument | None:
        """No document."""
        return None

    def witness(self, _credential: str, _digest: bytes, /) -> Witness | None:
        """No witness."""
        return None


@dataclass(frozen=True, kw_only=True)
class KnownFacts:
    """Facts held in memory, by the key they are asked for."""

    issuers: Mapping[str, KnownIssuer] = field(default_factory=dict)
    lists: Mapping[str, Sequence[StatusListEvidence]] = field(default_factory=dict)
    documents: Mapping[str, ControllerDocument] = field(default_factory=dict)
    witnesses: Mapping[bytes, Witness] = field(default_factory=dict)  # by digest

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The issuer held under `did`."""
        return self.issuers.get(did)

    def status_lists(self, url: str, /) -> Iterable[StatusListEvidence]:
        """The copies held under `url`."""
        return self.lists.get(url, ())

    def status_on(self, _url: str, _index: int, _at: datetime, /) -> StatusRecord | None:
        """No record: of each list only copies are held."""
        return None

    def controller_document(self, did: str, /) -> ControllerDocument | None:
        """The document held under `did`."""
        return self.documents.get(did)

    def witness(self, _credential: str, digest: bytes, /) -> Witness | None:
        """The witness held under `digest`."""
        return self.witnesses.get(digest)


class Combined:
    """Several sources, asked in order; a trusted answer goes before an untrusted one."""

    def __init__(self, *sources: Evidence) -> None:
        self._sources = sources

    def issuer(self, did: str, /) -> KnownIssuer | None:
        """The first trusted source's issuer, or else the first one's."""
        first = None
        for source in self._sources:
            known = source.issuer(did)
            if known is not None and known.source.trusted:
                return known
            first = first or known
        return first

    def status_lists(self, url: str, /) -> Iterator[StatusListEvidence]:
        """Every source's copies, in order. A later source is asked only if the earlier did not serve."""
        for source in self._sources:
            yield from source.status_lists(url)

    def status_on(self, url: str, index: int, at: datetime, /) -> StatusRecord | None:
        """The first trusted record."""
        records = (source.status_on(url, index, at) for source in self._sources)
        return next((record for record in records if record is not None and record.source.trusted), None)

    def controller_document(self, did: str, /) -> ControllerDocument | None:
        """The first source's document."""
        for source in self._sources:
            if (found := source.controller_document(did)) is not None:
                return found
        return None

    def witness(self, credential: str, digest: bytes, /) -> Witness | None:
        """The earliest trusted witness."""
        seen = (source.witness(credential, digest) for source in self._sources)
        trusted = [witness for witness in seen if witness is not None and witness.source.trusted]
        return min(trusted, key=lambda witness: witness.at, default=None)


class NetworkEvidence:
    """What the web says now: did:web documents and status lists, through the guarded client.

    Each address is asked once in the lifetime of this object, answered or not: an issuer learns as little as
    possible of whom we look at, and a document that names an address many times makes one request. It knows
    nobody: an issuer is never trusted for having a web server.
    """

    def __init__(self, fetcher: "Fetcher", *, most_requests: int = 8) -> None:
        """`most_requests` bounds what one document can make us ask: each may take some seconds."""
        self._fetcher = fetcher
        self._most_requests = most_requests
        self._got: dict[str, Fetched | None] = {}

    def issuer(self, _did: str, /) -> KnownIssuer | None:
        """Nobody."""
        return None

    def status_lists(self, url: str, /) -> Iterator[StatusListEvidence]:
        """The list as published now, if it can be had."""
        if (got := self._get(url)) is not None:
            source = Source(name="the list's own web address")
            yield StatusListEvidence(text=got.body, got_at=got.at, source=source)

    def status_on(self, _url: str, _index: int, _at: datetime, /) -> StatusRecord | None:
        """No record: the web shows what is published now."""
        return None

    def controller_document(self, did: str, /) -> ControllerDocument | None:
        """The did:web document as published now, if it can be had and read."""
        try:
            got = self._get(fetchable_did_web_url(did))
            document = None if got is None else strict_json.parse(got.body)
        except (InvalidDid, MalformedJson):
            return None
        if got is None or not isinstance(document, dict):
            return None
        source = Source(name="the issuer's own web address")
        return ControllerDocument(document=document, got_at=got.at, source=source)

    def witness(self, _credential: str, _digest: bytes, /) -> Witness | None:
        """Nobody."""
        return None

    def _get(self, url: str, /) -> "Fetched | None":
        from wallet.fetching import FetchError  # who asks nobody need not load what asks

        if url not in self._got:
            if len(self._got) >= self._most_requests:
                return None
            try:
                self._got[url] = self._fetcher.get(url)
            except FetchError:
                self._got[url] = None
        return self._got[url]
