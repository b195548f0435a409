"""Attacks by address: a document is a stranger's, and every address in it is one he would like us to ask.

Over HTTP nobody is ever asked. From the command line, with the network, one guarded client asks; what it does not
ask is told here address by address, and that nothing else in a document is asked at all.
"""

import json
from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from keys.did import fetchable_did_web_url
from keys.errors import InvalidDid
from tests.attacks.test_documents import a_badge
from tests.conformance.world import (
    NOW,
    Document,
    Server,
    a_credential,
    a_presentation,
    changed,
    presented,
    signed,
    stranger,
)
from wallet.evidence import NetworkEvidence
from wallet.fetching import Fetcher
from wallet.verdict import Outcome
from wallet.verifying import verify

PUBLIC = "93.184.215.14"

HOSTS = {
    "loopback": "127.0.0.1",
    "loopback, written short": "127.1",
    "loopback in decimal": "2130706433",
    "loopback in octal": "0177.0.0.1",
    "loopback in hexadecimal": "0x7f000001",
    "loopback of IPv6": "[::1]",
    "loopback mapped to IPv6": "[::ffff:127.0.0.1]",
    "loopback by 6to4": "[2002:7f00:1::]",
    "loopback by NAT64": "[64:ff9b::7f00:1]",
    "a private network": "10.0.0.1",
    "another private network": "192.168.0.1",
    "a unique local address": "[fd00::1]",
    "a link-local address": "[fe80::1]",
    "the metadata service of a cloud": "169.254.169.254",
    "this host": "0.0.0.0",
    "localhost": "localhost",
    "a name in full-width letters": "ｌｏｃａｌｈｏｓｔ",
    "a name with a user before it": "registry.example@127.0.0.1",
    "a public address": PUBLIC,
}


def pointing_at(host: str) -> Document:
    """A badge with this host wherever an address may stand."""
    url = f"https://{host}"
    return a_badge(
        credentialStatus={
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "5",
            "statusListCredential": f"{url}/status",
        },
        credentialSchema={"id": f"{url}/schema", "type": "JsonSchema"},
        refreshService={"id": f"{url}/refresh", "type": "https://example.org/#Refresh"},
        termsOfUse={"id": f"{url}/terms", "type": "https://example.org/#Terms"},
        evidence={"id": f"{url}/evidence", "type": ["Evidence"]},
        image={"id": f"{url}/image.png", "type": "Image"},
        credentialSubject__achievement__image={"id": f"{url}/image.png", "type": "Image"},
        relatedResource={"id": f"{url}/resource", "digestSRI": "sha256-" + "A" * 43 + "="},
    )


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_over_http_no_address_in_a_document_is_asked(host: str, server: Server, asked_outside: list[Any]):
    document = pointing_at(host)

    server.issue(document)
    told = server.verify(signed(document, suite="eddsa-jcs-2022"))
    server.verify_presentation(presented(a_presentation(document), suite="eddsa-jcs-2022"))

    assert told.status_code in (400, 422)
    assert asked_outside == []


@pytest.mark.parametrize("host", HOSTS.values(), ids=HOSTS)
def test_over_http_no_issuer_key_or_context_is_asked_for(host: str, server: Server, asked_outside: list[Any]):
    did = "did:web:" + host.strip("[]").replace(":", "%3A")
    by_issuer = signed(a_credential(issuer=did), suite="eddsa-jcs-2022", verification_method=f"{did}#key-1")
    by_key = signed(a_credential(), suite="eddsa-jcs-2022", verification_method=f"https://{host}/keys#key-1")
    by_context = signed(
        changed(a_credential(), {"at_context": [a_credential()["@context"][0], f"https://{host}/context"]}),
        suite="eddsa-jcs-2022",
    )

    told = [server.verify(document) for document in (by_issuer, by_key, by_context)]

    assert {answer.status_code for answer in told} <= {400, 422}
    assert asked_outside == []


# --- with the network -----------------------------------------------------------------------------------


class Net:
    """An Internet in which every name leads to these addresses, and every address answers the same."""

    def __init__(self, *answers: Sequence[str], status: int = 200, **headers: str) -> None:
        self._answers = list(answers)
        self._status = status
        self._headers = headers
        self.connected: list[str] = []
        self.asked: list[str] = []

    def evidence(self) -> NetworkEvidence:
        def resolve(_host: str, _port: int) -> Sequence[str]:
            return self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)

        def connect(address: Any, _deadline: Any) -> httpx.MockTransport:
            self.connected.append(str(address))

            def handle(request: httpx.Request) -> httpx.Response:
                self.asked.append(str(request.url))
                return httpx.Response(self._status, headers=self._headers, stream=httpx.ByteStream(b"{}"))

            return httpx.MockTransport(handle)

        return NetworkEvidence(Fetcher(resolve=resolve, connect=connect, clock=lambda: NOW))


def of_web_issuer(host: str = "issuer.example", status: str = "https://issuer.example/status") -> bytes:
    did = "did:web:" + host
    badge = pointing_at("issuer.example")
    badge["issuer"]["id"] = did
    badge["credentialStatus"]["statusListCredential"] = status
    return json.dumps(signed(badge, verification_method=f"{did}#key-1")).encode()


def online(data: bytes, net: Net) -> Outcome:
    return verify(data, at=NOW, evidence=net.evidence()).outcome


def test_only_the_issuers_document_and_the_status_list_are_ever_asked_for():
    net = Net([PUBLIC])

    outcome = online(of_web_issuer(), net)

    assert outcome is not Outcome.PASSED
    assert sorted(net.asked) == [
        "https://issuer.example/.well-known/did.json",
        "https://issuer.example/status",
    ]


LEADS_TO = {
    "loopback": "127.0.0.1",
    "a private network": "10.1.2.3",
    "the metadata service of a cloud": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "IPv6 loopback": "::1",
    "a unique local address": "fd12::1",
    "NAT64 of loopback": "64:ff9b::7f00:1",
    "NAT64 of a private network": "64:ff9b::a00:1",
    "6to4 of loopback": "2002:7f00:1::",
    "an IPv4 address mapped to IPv6": "::ffff:10.0.0.1",
    "multicast": "224.0.0.1",
}


@pytest.mark.parametrize("address", LEADS_TO.values(), ids=LEADS_TO)
def test_a_name_that_leads_inside_is_not_asked(address: str):
    net = Net([address])

    assert online(of_web_issuer(), net) is not Outcome.PASSED
    assert net.connected == []


@pytest.mark.parametrize("address", LEADS_TO.values(), ids=LEADS_TO)
def test_a_name_that_leads_inside_the_second_time_is_not_asked_then(address: str):
    """Rebinding: what was looked at is what is connected to, and each request looks again."""
    net = Net([PUBLIC], [address], [address], [address])

    assert online(of_web_issuer(), net) is not Outcome.PASSED
    assert set(net.connected) <= {PUBLIC}


@pytest.mark.parametrize("address", LEADS_TO.values(), ids=LEADS_TO)
def test_a_name_that_leads_inside_and_outside_is_not_asked_inside(address: str):
    net = Net([PUBLIC, address])

    assert online(of_web_issuer(), net) is not Outcome.PASSED
    assert set(net.connected) <= {PUBLIC}


@pytest.mark.parametrize("host", list(HOSTS.values())[:-1], ids=list(HOSTS)[:-1])
def test_a_host_that_is_an_address_or_no_name_is_not_asked(host: str):
    net = Net([PUBLIC])

    assert online(of_web_issuer(status=f"https://{host}/status"), net) is not Outcome.PASSED
    assert [url for url in net.asked if "status" in url] == []


REDIRECTS = {
    "to loopback": "https://127.0.0.1/",
    "to plain http": "http://issuer.example/",
    "to a file": "file:///etc/passwd",
    "to somebody else": "https://elsewhere.example/",
}


@pytest.mark.parametrize("location", REDIRECTS.values(), ids=REDIRECTS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirection_is_not_followed(status: int, location: str):
    net = Net([PUBLIC], status=status, location=location)

    assert online(of_web_issuer(), net) is not Outcome.PASSED
    assert {httpx.URL(url).host for url in net.asked} == {"issuer.example"}


DIDS = {
    "an address": "did:web:127.0.0.1",
    "a decimal address": "did:web:2130706433",
    "localhost": "did:web:localhost",
    "a port": "did:web:issuer.example%3A22",
    "a user": "did:web:user%40issuer.example",
    "a way up": "did:web:issuer.example:..:..:etc",
    "an encoded way up": "did:web:issuer.example:%2e%2e",
    "an encoded slash": "did:web:issuer.example%2Fetc",
    "capitals": "did:web:ISSUER.example",
}


@pytest.mark.parametrize("did", DIDS.values(), ids=DIDS)
def test_a_did_that_leads_elsewhere_is_not_asked_for(did: str):
    net = Net([PUBLIC])
    badge = a_badge(issuer__id=did)

    outcome = online(
        json.dumps(signed(badge, suite="eddsa-jcs-2022", verification_method=f"{did}#key-1")).encode(), net
    )

    assert outcome is not Outcome.PASSED
    try:
        allowed = fetchable_did_web_url(did)
    except InvalidDid:
        allowed = None
    assert [url for url in net.asked if url != allowed] == []
    assert did == "did:web:issuer.example%3A22" or allowed is None


def test_a_document_cannot_make_us_ask_without_end():
    entries = [
        {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "5",
            "statusListCredential": f"https://issuer.example/status/{number}",
        }
        for number in range(16)
    ]
    did = "did:web:issuer.example"
    badge = signed(
        a_badge(issuer__id=did, credentialStatus=entries),
        verification_method=f"{did}#{stranger.public.multikey}",
    )
    net = Net([PUBLIC])

    online(json.dumps(badge).encode(), net)

    assert len(net.asked) == 8
