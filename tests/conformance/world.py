"""A server of open issuers, asked over HTTP, and documents to ask it about.

The server is this process: no socket is opened, and every request goes through the whole application.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from keys.proofs import add_proof
from keys.signing import Ed25519Signer
from tests.api.world import Knocker
from wallet.open_issuers import OpenIssuers
from wallet.verdict import PROBLEM_DETAILS, STATUS_PROBLEM_DETAILS

V2 = "https://www.w3.org/ns/credentials/v2"
V1 = "https://www.w3.org/2018/credentials/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
ADDRESS = "http://127.0.0.1:8400"

NOW = datetime.now(UTC).replace(microsecond=0)
"""The server reads its own clock, so nothing here may be of another day."""

Document = dict[str, Any]

alice = Ed25519Signer.from_seed(b"a learner's key for tests only..")
stranger = Ed25519Signer.from_seed(b"a stranger's key for tests only.")

MISSING = object()
"""In place of a value: the member is not there."""


def a_credential(**changes: Any) -> Document:
    """A credential of VC Data Model 2.0, unsigned; a change to `MISSING` takes a member away."""
    return changed(
        {
            "@context": [V2],
            "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
            "type": ["VerifiableCredential"],
            "issuer": stranger.public.did,
            "validFrom": "2024-01-01T00:00:00Z",
            "credentialSubject": {"id": alice.public.did, "name": "Alice"},
        },
        changes,
    )


def an_old_credential(**changes: Any) -> Document:
    """The same of VC Data Model 1.1."""
    return changed(
        {
            "@context": [V1, DATA_INTEGRITY],
            "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc34",
            "type": ["VerifiableCredential"],
            "issuer": stranger.public.did,
            "issuanceDate": "2024-01-01T00:00:00Z",
            "credentialSubject": {"id": alice.public.did},
        },
        changes,
    )


def changed(document: Document, changes: Mapping[str, Any]) -> Document:
    """A copy with these members; `at_context` and `credentialSubject__name` name what Python cannot."""
    made = copy.deepcopy(document)
    for path, value in changes.items():
        *way, last = path.replace("at_context", "@context").split("__")
        holder = made
        for step in way:
            holder = holder[step]
        if value is MISSING:
            del holder[last]
        else:
            holder[last] = value
    return made


def signed(
    document: Document, *, signer: Ed25519Signer = stranger, suite: str = "eddsa-rdfc-2022", **more: Any
) -> Document:
    """The document with a proof, whatever it says: by whoever does not look at what is signed."""
    given: dict[str, Any] = {
        "signer": signer,
        "suite": suite,
        "verification_method": signer.public.verification_method,
        "created": NOW,
    }
    return add_proof(document, **(given | more))


def signed_as_json(document: Document) -> Document:
    """The same over the JSON and not its meaning, so that it can be made of what means nothing."""
    return signed(document, suite="eddsa-jcs-2022")


def a_presentation(*credentials: Document, by: Ed25519Signer = alice, **changes: Any) -> Document:
    """An unsigned presentation."""
    return changed(
        {
            "@context": [V2],
            "type": ["VerifiablePresentation"],
            "holder": by.public.did,
            "verifiableCredential": list(credentials),
        },
        changes,
    )


def presented(document: Document, *, signer: Ed25519Signer = alice, **more: Any) -> Document:
    """A presentation, signed by its holder for the usual occasion."""
    occasion = {"challenge": CHALLENGE, "domain": DOMAIN, "purpose": "authentication"}
    return signed(document, signer=signer, **(occasion | more))


CHALLENGE = "u3vXnbq2Zk8"
DOMAIN = "admissions.example"
OCCASION = {"challenge": CHALLENGE, "domain": DOMAIN}


@dataclass(frozen=True)
class Server:
    """A server of open issuers."""

    door: Knocker
    issuers: OpenIssuers

    def issue(self, credential: Any, profile: str = "eddsa-rdfc-2022", **options: Any) -> httpx.Response:
        return self.door.post(
            f"/issuers/{profile}/credentials/issue", {"credential": credential, "options": options}
        )

    def issued(self, credential: Any, profile: str = "eddsa-rdfc-2022", **options: Any) -> Document:
        """The credential as it was signed; fails where it was not."""
        answer = self.issue(credential, profile, **options)
        assert answer.status_code == 201, answer.text
        signed: Document = answer.json()["verifiableCredential"]
        return signed

    def verify(self, credential: Any, **options: Any) -> httpx.Response:
        return self.door.post("/credentials/verify", {"verifiableCredential": credential, "options": options})

    def verify_presentation(self, presentation: Any, **options: Any) -> httpx.Response:
        return self.door.post(
            "/presentations/verify", {"verifiablePresentation": presentation, "options": options}
        )

    def derive(self, credential: Any, *pointers: str) -> httpx.Response:
        return self.door.post(
            "/credentials/derive",
            {"verifiableCredential": credential, "options": {"selectivePointers": list(pointers)}},
        )


def problem_of(answer: httpx.Response, *, status: int = 400) -> str:
    """The last word of the problem's type. Fails where the answer is no problem, or has another status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == status
    assert told["detail"].endswith((".", "…", "?")), told["detail"]
    kind = str(told["type"])
    assert kind.startswith((PROBLEM_DETAILS, STATUS_PROBLEM_DETAILS)), kind
    return kind.rpartition("#")[2]


def failed_step(answer: httpx.Response) -> str:
    """The code of the first step that failed."""
    return next(check["code"] for check in answer.json()["checks"] if check["outcome"] == "failed")
