"""Verifying: for anybody, without a key, and without asking anybody else.

What is verified is not kept. Nothing is fetched: the facts are this wallet's own, and those brought along.
"""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from api.bodies import DocumentRoute, ReadRequest
from api.callers import TheOffice
from api.clock import Now
from api.errors import InvalidRequest, OutOfTime, TooLarge, UnreadableBody, WrongMediaType
from api.evidence import facts_of, terms_of
from api.misfits import misfits
from api.problems import ANY_OTHER, documented, malformed, refusals, told
from api.wire.verification import RerunReport, Verify, VerifyCredential
from wallet.bundle import BundleEvidence, BundleRefused
from wallet.evidence import Combined
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.reading import as_written
from wallet.rerunning import rerun
from wallet.securing import CredentialRefused
from wallet.verdict import Problem
from wallet.verifying import Policy, verify
from wallet.verifying.policy import PolicyRefused
from wallet.verifying.presentations import verify_either


class VcApiRoute(DocumentRoute):
    """A route of VC-API, where a request that cannot be read is 400 with a problem type of the VC Data Model."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_or_tell(request: Request) -> Response:
            try:
                return await handle(request)
            except UnreadableBody as error:
                return malformed(error, Problem.PARSING)
            except RequestValidationError as error:
                return malformed(InvalidRequest(misfits(error)), Problem.MALFORMED_VALUE)
            except CredentialRefused as error:
                return malformed(error, error.problem)

        return handle_or_tell


vc_api = APIRouter(tags=["Verification"], route_class=VcApiRoute)
router = APIRouter(tags=["Verification"], route_class=DocumentRoute)

VERDICT: Final = {
    "description": "The verdict.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Verdict"}}},
}


async def _text(request: Request) -> bytes:
    assert isinstance(request, ReadRequest), "every route of verification reads its body strictly"
    return request.text


TextSent = Annotated[bytes, Depends(_text)]
"""The body as it was sent, for a signature covers that, and not what it says."""


@vc_api.post(
    "/credentials/verify",
    operation_id="verify-credential",
    summary="Verify a credential (VC-API)",
    response_class=JSONResponse,
    responses={
        200: {**VERDICT, "description": "Every check passed; and the verdict."},
        400: documented(
            "A check failed, or the request is malformed. The verdict stands beside the problem."
        ),
        422: documented("A check could not be made. The verdict stands beside the problem."),
        **refusals(TooLarge, WrongMediaType, OutOfTime),
        **ANY_OTHER,
    },
)
def verify_credential(
    said: VerifyCredential, text: TextSent, request: Request, office: TheOffice, at: Now
) -> Response:
    """200 says that every check passed, and nothing else does. Source: VC-API 0.3, 3.2."""
    document = as_written(text)["verifiableCredential"]
    evidence = facts_of(request.app, office, at)
    policy = terms_of(request.app, said.policy)
    return told(verify(document, policy=policy, at=at, evidence=evidence))


@router.post(
    "/verifications",
    operation_id="verify-document",
    summary="Verify a document, on your own terms",
    response_class=JSONResponse,
    responses={
        200: VERDICT,
        **refusals(
            BundleRefused, PolicyRefused, UnreadableBody, WrongMediaType, TooLarge, InvalidRequest, OutOfTime
        ),
        **ANY_OTHER,
    },
)
def verify_document(said: Verify, text: TextSent, request: Request, office: TheOffice, now: Now) -> Response:
    """Always the verdict: each check *passed*, *failed* or *could not be made*, with a sentence and what was seen.

    The document is a credential or a presentation, with its proofs or in a signed message.
    """
    sent = as_written(text)
    document = _bytes_of(said.document, sent["document"])
    policy = Policy() if said.policy is None else Policy.read(sent["policy"])
    evidence = _evidence(
        request, office, None if said.bundle is None else _bytes_of(said.bundle, sent["bundle"]), now, said.at
    )
    verdict = verify_either(
        document, occasion=said.occasion, policy=policy, at=said.at or now, evidence=evidence
    )
    return Response(verdict.to_json(), media_type="application/json")


@router.post(
    "/progress-reports/verifications",
    operation_id="rerun-progress-report",
    summary="Reckon a report of progress again",
    response_class=JSONResponse,
    responses={
        200: {
            "description": "Every question with its answer, and the answer that came out.",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Rerun"}}},
        },
        **refusals(BundleRefused, UnreadableBody, WrongMediaType, TooLarge, InvalidRequest, OutOfTime),
        **ANY_OTHER,
    },
)
def rerun_progress_report(
    said: RerunReport, text: TextSent, request: Request, office: TheOffice, now: Now
) -> Response:
    """Always the answer: the signature, each credit against its credential, and whether the same comes out."""
    sent = as_written(text)
    brought = [
        _bytes_of(document, each)
        for document, each in zip(said.credentials, _listed(sent.get("credentials")), strict=True)
    ]
    bundle = None if said.bundle is None else _bytes_of(said.bundle, sent["bundle"])
    if bundle is not None:
        opened = BundleEvidence.open(bundle, OfficeEvidence(office, now).registries)
        brought += [each.encode() for each in opened.bundle.credentials]
    result = rerun(
        _bytes_of(said.report, sent["report"]),
        credentials=brought,
        evidence=_evidence(request, office, bundle, now),
        at=said.at or now,
    )
    return Response(msgspec.json.encode(result), media_type="application/json")


def _listed(sent: bytes | None) -> list[bytes]:
    """The members of a list, each in the bytes it was sent in."""
    return [] if sent is None else [bytes(each) for each in msgspec.json.decode(sent, type=list[msgspec.Raw])]


def _bytes_of(said: str | dict[str, Any], sent: bytes) -> bytes:
    """The document's own bytes: those inside the text, or those of the object as it was sent."""
    return said.encode() if isinstance(said, str) else sent


def _evidence(
    request: Request, office: Office, bundle: bytes | None, now: datetime, as_of: datetime | None = None
) -> Combined:
    ours = facts_of(request.app, office, now, as_of)
    if bundle is None:
        return ours
    return Combined(ours, BundleEvidence.open(bundle, OfficeEvidence(office, now).registries))
