"""The one door to the network: every address we fetch was written by a stranger.

A DID or a status list's URL in a credential is whatever its author liked, such as the address of our own
database. So: https only; a registered host name, resolved first and refused unless every address of it is a
public one; connected to at the address that was looked at, so that a second answer of the resolver changes
nothing; no redirects, no encodings, no proxies, no cookies; and bounds on bytes and on time that hold however
slowly the other side drips.
"""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from time import monotonic
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from wallet.errors import WalletError

HTTPS = 443
MOST_BYTES = 1024 * 1024
MOST_SECONDS = 5.0
_LONGEST_URL = 2048

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""Host name and port -> its addresses as text. Raises OSError where there are none."""


class FetchError(WalletError):
    """Nothing was got. str() is one sentence."""


class FetchRefused(FetchError):
    """The address is one we do not ask, or the answer one we do not take."""


class FetchFailed(FetchError):
    """We asked, and got no whole answer in time."""


@dataclass(frozen=True)
class Fetched:
    """What an address answered, and when."""

    body: bytes
    at: datetime


class Deadline:
    """A moment by which everything has to be over."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Seconds left. Raises FetchFailed when there are none."""
        if (left := self._end - monotonic()) <= 0:
            raise FetchFailed("The address took too long to answer.")
        return left


Connect = Callable[[Address, Deadline], httpx.BaseTransport]
"""An address looked at, and the time there is -> a transport that connects there and nowhere else."""


class Fetcher:
    """Gets documents from public addresses. One instance may serve many threads."""

    def __init__(
        self,
        *,
        resolve: Resolver | None = None,
        connect: Connect | None = None,
        most_bytes: int = MOST_BYTES,
        most_seconds: float = MOST_SECONDS,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._resolve = resolve or system_resolver
        self._connect = connect or PinnedTransport
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._clock = clock

    def get(self, url: str) -> Fetched:
        """The body at `url`. Raises FetchRefused, mostly before anything is sent, and FetchFailed."""
        return self._ask("GET", url, _HEADERS, b"")

    def post(self, url: str, content: bytes, *, headers: Mapping[str, str]) -> Fetched:
        """What is answered to `content`; an answer other than 200 is none. Raises as `get`."""
        return self._ask("POST", url, {**_HEADERS, **headers}, content)

    def _ask(self, method: str, url: str, headers: Mapping[str, str], content: bytes) -> Fetched:
        host, port = _checked(url)
        deadline = Deadline(self._most_seconds)
        address = _public_address(self._addresses(host, port, deadline))
        try:
            with (
                httpx.Client(transport=self._connect(address, deadline), trust_env=False) as client,
                client.stream(
                    method, url, headers=headers, content=content, timeout=deadline.left()
                ) as response,
            ):
                return Fetched(self._body(response, deadline), self._clock())
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            deadline.left()  # where time has run out, that is the reason
            raise FetchFailed(f"{host} could not be asked: {type(error).__name__}.") from error

    def _addresses(self, host: str, port: int, deadline: Deadline) -> list[Address]:
        """Every address of the host. The resolver runs aside: it may take longer than there is."""
        answers: SimpleQueue[Sequence[str] | OSError] = SimpleQueue()

        def ask() -> None:
            try:
                answers.put(self._resolve(host, port))
            except OSError as error:
                answers.put(error)

        threading.Thread(target=ask, daemon=True, name="resolving a host name").start()
        try:
            answer = answers.get(timeout=deadline.left())
        except Empty:
            raise FetchFailed(f"{host} could not be resolved in time.") from None
        if isinstance(answer, OSError) or not answer:
            raise FetchFailed(f"{host} has no address.")
        try:
            return [ip_address(text.partition("%")[0]) for text in answer]
        except ValueError:
            raise FetchFailed(f"{host} has no address that can be read.") from None

    def _body(self, response: httpx.Response, deadline: Deadline) -> bytes:
        if response.status_code != httpx.codes.OK:
            refuse = FetchRefused if response.has_redirect_location else FetchFailed
            raise refuse(f"The address answered with status {response.status_code}.")
        if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise FetchRefused("The answer is packed, though we asked for it as it is.")
        body = bytearray()
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > self._most_bytes:
                raise FetchRefused(f"The answer is longer than {self._most_bytes} bytes.")
            deadline.left()
        return bytes(body)


def system_resolver(host: str, port: int) -> list[str]:
    """The addresses the operating system gives for a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


_HEADERS = {
    "Accept": "application/json, application/*+json, application/statuslist+jwt, application/statuslist+cwt",
    "Accept-Encoding": "identity",
    "User-Agent": "learner-credit-wallet",
}

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z])(?!0x){_LABEL}", re.ASCII)


def _checked(url: str) -> tuple[str, int]:
    """Host and port of an https URL with a registered name. Raises FetchRefused.

    The last label starts with a letter: 2130706433, 0x7f.1 and 127.1 are addresses in disguise, and a
    literal address, however public, is nobody's name.
    """
    if (
        len(url) > _LONGEST_URL
        or not url.isascii()
        or not url.isprintable()
        or any(c in url for c in ' \\"<>^`{|}')
    ):
        raise FetchRefused("The address is not one URL of plain characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchRefused("The address is not a URL.") from None
    if parts.scheme != "https":
        raise FetchRefused("Only https addresses are asked.")
    if "@" in parts.netloc:
        raise FetchRefused("An address with a name or password in it is not asked.")
    host = (parts.hostname or "").removesuffix(".")
    if _HOST.fullmatch(host) is None:
        raise FetchRefused("The address has no registered host name.")
    if port == 0:
        raise FetchRefused("The address has no port that can be asked.")
    return host, port or HTTPS


def _public_address(addresses: Iterable[Address]) -> Address:
    """The first address, if every one of them is public. Raises FetchRefused."""
    checked = list(addresses)
    if not all(is_public(address) for address in checked):
        raise FetchRefused("The host's address is not a public one.")
    return checked[0]


_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = IPv6Network("::/96")
_SITE_LOCAL = IPv6Network("fec0::/10")


def is_public(address: Address) -> bool:
    """Whether the address is one of the open Internet, and so is any IPv4 address it carries inside.

    Source: RFC 6890; and RFC 4291 (mapped), RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
    """
    if isinstance(address, IPv6Address):
        inside = _carried(address)
        if inside:
            return all(is_public(carried) for carried in inside)
        if address in _SITE_LOCAL:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that packets to this one may end at."""
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if any(address in network for network in (*_NAT64, _IPV4_COMPATIBLE)):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


class PinnedTransport(httpx.BaseTransport):
    """Connects to one address whatever the URL's host, under one deadline for everything.

    The host name stays in the request, in SNI, and in the check of the certificate.
    """

    def __init__(self, address: Address, deadline: Deadline, context: ssl.SSLContext | None = None) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context or ssl.create_default_context(),
            network_backend=_PinnedNetwork(address, deadline),
            retries=0,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request, in httpx's words on one side and httpcore's on the other."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(asked)
        except _HTTPCORE_ERRORS as error:
            raise httpx.TransportError(str(error)) from error
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close the connection."""
        self._pool.close()


_HTTPCORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)


class _Stream(httpx.SyncByteStream):
    """The body as it comes, with the errors of httpx."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        try:
            yield from self._answer.iter_stream()
        except _HTTPCORE_ERRORS as error:
            raise httpx.TransportError(str(error)) from error

    def close(self) -> None:
        self._answer.close()


class _PinnedNetwork(httpcore.NetworkBackend):
    """TCP to one address; each operation gets only the time that is left of the whole."""

    def __init__(self, address: Address, deadline: Deadline) -> None:
        self._address = address
        self._deadline = deadline
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,  # noqa: ARG002 - the address was chosen before, and only it is connected to
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline of the whole stands above it
        local_address: str | None = None,  # noqa: ARG002 - we have no preference
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._real.connect_tcp(str(self._address), port, self._deadline.left(), None, socket_options)
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the deadline stands above it
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - as above
        self._stream.write(buffer, self._deadline.left())

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - as above
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def close(self) -> None:
        self._stream.close()

    def __enter__(self) -> "_TimedStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
