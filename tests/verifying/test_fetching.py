"""The one door to the network: where it does not go, and how long it stays."""

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from ipaddress import ip_address
from time import monotonic, sleep

import httpx
import pytest

from wallet.evidence import NetworkEvidence
from wallet.fetching import (
    Deadline,
    Fetcher,
    FetchFailed,
    FetchRefused,
    PinnedTransport,
    is_public,
)

PUBLIC = "93.184.215.14"
NOW = datetime(2026, 7, 31, tzinfo=UTC)


def an_answer(body: bytes = b"{}", status: int = 200, **headers: str) -> httpx.Response:
    """As it comes off the wire: not yet read, not unpacked."""
    return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))


def a_fetcher(*, addresses=(PUBLIC,), **answer) -> tuple[Fetcher, list[tuple[str, str]]]:
    """A fetcher into an Internet where every name has `addresses`; and the requests it makes."""
    made: list[tuple[str, str]] = []

    def connect(address, deadline):
        def handle(request: httpx.Request) -> httpx.Response:
            made.append((str(address), str(request.url)))
            return an_answer(**answer)

        return httpx.MockTransport(handle)

    return Fetcher(resolve=lambda host, port: addresses, connect=connect, clock=lambda: NOW), made


def test_a_public_https_address_is_asked_at_the_address_that_was_looked_at():
    fetcher, made = a_fetcher()

    fetched = fetcher.get("https://registry.example/status/1?x=1")

    assert (fetched.body, fetched.at) == (b"{}", NOW)
    assert made == [(PUBLIC, "https://registry.example/status/1?x=1")]


FORBIDDEN_URLS = {
    "http": "http://registry.example/",
    "a file": "file:///etc/passwd",
    "a name and password": "https://user:pass@registry.example/",
    "an empty name": "https://@registry.example/",
    "no host": "https:///status",
    "one label": "https://localhost/",
    "an IPv4 literal": "https://93.184.215.14/",
    "an IPv6 literal": "https://[2606:2800:21f::1]/",
    "a decimal address": "https://2130706433/",
    "an octal address": "https://0177.0.0.1/",
    "a hexadecimal address": "https://0x7f.0x0.0x0.0x1/",
    "a short address": "https://127.1/",
    "a mixed address": "https://example.0x7f/",
    "a backslash": "https://registry.example\\@127.0.0.1/",
    "a space": "https://registry.example/ status",
    "a line end": "https://registry.example/\r\nHost: x",
    "letters beyond ASCII": "https://régistre.example/",
    "full-width digits": "https://１２７.0.0.1/",
    "port 0": "https://registry.example:0/",
    "a port out of range": "https://registry.example:99999/",
    "a port that is none": "https://registry.example:ssh/",
    "longer than any address": "https://registry.example/" + "a" * 3000,
}


@pytest.mark.parametrize("url", FORBIDDEN_URLS.values(), ids=FORBIDDEN_URLS)
def test_an_address_not_asked_is_refused_before_anything_is_sent(url):
    fetcher, made = a_fetcher()

    with pytest.raises(FetchRefused):
        fetcher.get(url)

    assert made == []


PRIVATE = {
    "loopback": "127.0.0.1",
    "private 10": "10.1.2.3",
    "private 172": "172.16.0.1",
    "private 192": "192.168.1.1",
    "link local": "169.254.169.254",
    "carrier": "100.64.0.1",
    "this host": "0.0.0.0",
    "multicast": "224.0.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "documentation": "203.0.113.5",
    "benchmark": "198.18.0.1",
    "IPv6 loopback": "::1",
    "IPv6 unspecified": "::",
    "IPv6 link local": "fe80::1",
    "IPv6 link local with zone": "fe80::1%eth0",
    "IPv6 unique local": "fd00::1",
    "IPv6 site local": "fec0::1",
    "IPv6 multicast": "ff02::1",
    "IPv6 global multicast": "ff0e::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "compatible loopback": "::127.0.0.1",
    "NAT64 of a private address": "64:ff9b::10.0.0.1",
    "local NAT64": "64:ff9b:1::7f00:1",
    "6to4 of loopback": "2002:7f00:1::1",
    "Teredo to a private server": "2001:0:a00:1::f5ff:fffe",
}


@pytest.mark.parametrize("address", PRIVATE.values(), ids=PRIVATE)
def test_a_name_that_leads_to_a_private_address_is_refused(address):
    fetcher, made = a_fetcher(addresses=(PUBLIC, address))

    with pytest.raises(FetchRefused):
        fetcher.get("https://registry.example/")

    assert made == []


@pytest.mark.parametrize(
    "address", [PUBLIC, "2606:2800:21f:cb07::1", "64:ff9b::93.184.215.14", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_public_however_it_is_written(address):
    assert is_public(ip_address(address))


ANSWERS = {
    "a redirect": ({"status": 302, "location": "https://10.0.0.1/"}, FetchRefused),
    "not found": ({"status": 404}, FetchFailed),
    "a server error": ({"status": 500}, FetchFailed),
    "a body longer than allowed": ({"body": bytes(1024 * 1024 + 1)}, FetchRefused),
    "a packed bomb": ({"body": gzip.compress(bytes(10**7)), "content-encoding": "gzip"}, FetchRefused),
}


@pytest.mark.parametrize(("answer", "error"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_is_not_the_plain_document_is_not_taken(answer, error):
    fetcher, made = a_fetcher(**answer)

    with pytest.raises(error):
        fetcher.get("https://registry.example/")

    assert len(made) == 1


def test_a_name_nobody_has_is_a_failure_and_no_more():
    def resolve(host, port):
        raise socket.gaierror("no such name")

    with pytest.raises(FetchFailed, match="no address"):
        Fetcher(resolve=resolve).get("https://registry.example/")


def test_a_resolver_that_never_answers_does_not_hold_us():
    held = threading.Event()
    fetcher = Fetcher(resolve=lambda host, port: held.wait(5) and [], most_seconds=0.1)

    with pytest.raises(FetchFailed, match="in time"):
        fetcher.get("https://registry.example/")
    held.set()


@contextmanager
def a_server(answer: bytes, *, dripping: bool = False) -> Iterator[int]:
    """The port of a server on this machine that sends `answer`, and then, where it drips, "a" for ever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.recv(4096)
            connection.sendall(answer)
            while dripping:
                connection.sendall(b"a")
                sleep(0.02)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listening.getsockname()[1]
    thread.join(2)
    listening.close()


def pinned(seconds: float) -> httpx.Client:
    """The transport by itself, on a loopback address that the fetcher would never have let it see."""
    return httpx.Client(transport=PinnedTransport(ip_address("127.0.0.1"), Deadline(seconds)))


def test_the_connection_goes_to_the_address_that_was_looked_at_and_no_name_is_resolved_again():
    with a_server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as port, pinned(2) as client:
        assert client.get(f"http://a-name-nobody-resolves.invalid:{port}/").content == b"{}"


DRIPPING = {
    "in its headers": b"HTTP/1.1 200 OK\r\nX-Padding: ",
    "in its body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
}


@pytest.mark.parametrize("start", DRIPPING.values(), ids=DRIPPING)
def test_a_server_that_drips_is_left_at_the_deadline(start):
    began = monotonic()

    with (
        a_server(start, dripping=True) as port,
        pinned(0.2) as client,
        pytest.raises((httpx.HTTPError, FetchFailed)),
    ):
        client.get(f"http://a-name-nobody-resolves.invalid:{port}/")

    assert monotonic() - began < 2


def test_evidence_from_the_network_asks_each_address_once():
    fetcher, made = a_fetcher()
    evidence = NetworkEvidence(fetcher)

    for _ in range(3):
        assert len(list(evidence.status_lists("https://registry.example/status/1"))) == 1
        assert evidence.controller_document("did:web:registry.example") is not None

    assert [url for _, url in made] == [
        "https://registry.example/status/1",
        "https://registry.example/.well-known/did.json",
    ]
    assert evidence.issuer("did:web:registry.example") is None


NO_DOCUMENT = ["did:web:localhost%3A8000", "did:web:127.0.0.1", "did:key:z6Mk", "did:web:", "nonsense"]


@pytest.mark.parametrize("did", NO_DOCUMENT)
def test_a_did_that_leads_nowhere_public_has_no_document(did):
    fetcher, made = a_fetcher()

    assert NetworkEvidence(fetcher).controller_document(did) is None
    assert made == []


def test_what_cannot_be_got_or_read_is_no_evidence():
    failing, _ = a_fetcher(status=404)
    garbled, _ = a_fetcher(body=b"<html>")

    assert list(NetworkEvidence(failing).status_lists("https://registry.example/status/1")) == []
    assert NetworkEvidence(garbled).controller_document("did:web:registry.example") is None


def test_one_document_cannot_make_us_ask_half_the_web():
    fetcher, made = a_fetcher()
    evidence = NetworkEvidence(fetcher, most_requests=3)

    for number in range(10):
        list(evidence.status_lists(f"https://registry.example/status/{number}"))

    assert len(made) == 3
