"""What the world may fetch: DID documents, and the status lists that credentials point to."""

import json
from hashlib import sha256
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Path, Response, status

from api.bodies import StrictRoute
from api.callers import InstitutionInPath, TheOffice
from api.clock import Now
from api.errors import InvalidRequest
from api.media import DidDocument, TokenStatusList, VerifiableCredential
from api.posting import reading
from domain.errors import KeyNotInForce, NotFound
from domain.status_list import Purpose
from wallet import publishing

router = APIRouter(tags=["Publication"], route_class=StrictRoute)

_FOR_ANYBODY: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=60",
}
"""A revocation shows within a minute, so nothing published is kept for longer."""

NumberInPath = Annotated[int, Path(ge=1, le=999_999_999, description="The list's number, from 1.")]
PurposeInPath = Annotated[Purpose, Path(description="What a raised bit means.")]
IfNoneMatch = Annotated[str | None, Header(description="The ETag of the copy at hand.")]


@router.get(
    "/.well-known/did.json",
    operation_id="registry-did-document",
    summary="The registry's DID document",
    **reading(signed=DidDocument),
)
def registry_did_document(office: TheOffice) -> Response:
    """The keys of the registry itself."""
    return _did_document(publishing.registry_document(office))


@router.get(
    "/i/{institution}/did.json",
    operation_id="institution-did-document",
    summary="An institution's DID document",
    **reading(NotFound, InvalidRequest, signed=DidDocument),
)
def institution_did_document(institution: InstitutionInPath, office: TheOffice) -> Response:
    """Every key the institution ever published, with the end of those that ended (DID Core 1.0)."""
    return _did_document(publishing.institution_document(office, institution))


@router.get(
    "/i/{institution}/status/{number}/{purpose}",
    operation_id="status-list",
    summary="A status list",
    **reading(NotFound, KeyNotInForce, InvalidRequest, signed=VerifiableCredential, unchanged=True),
)
def status_list(
    institution: InstitutionInPath,
    number: NumberInPath,
    purpose: PurposeInPath,
    office: TheOffice,
    at: Now,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """The institution's signed list (Bitstring Status List 1.0). Who fetches it tells nobody which bit they look at."""
    text = publishing.status_list_text(office, institution, number, purpose.value, at)
    headers = {**_FOR_ANYBODY, "ETag": f'"{sha256(text).hexdigest()}"'}
    if if_none_match is not None and _names(if_none_match, headers["ETag"]):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers=headers)
    return VerifiableCredential(text, headers=headers)


@router.get(
    "/i/{institution}/token-status/{number}",
    operation_id="token-status-list",
    summary="A token status list",
    **reading(NotFound, KeyNotInForce, InvalidRequest, signed=TokenStatusList),
)
def token_status_list(
    institution: InstitutionInPath, number: NumberInPath, office: TheOffice, at: Now
) -> Response:
    """The same standings for tokens that refer to a Token Status List: 1 is revoked, 2 is suspended."""
    text = publishing.token_status_list_text(office, institution, number, at)
    return TokenStatusList(text, headers=_FOR_ANYBODY)


def _did_document(document: dict[str, Any]) -> Response:
    return DidDocument(json.dumps(document, ensure_ascii=False), headers=_FOR_ANYBODY)


def _names(if_none_match: str, etag: str) -> bool:
    """Whether the header names this ETag, by the weak comparison of RFC 9110, 13.1.2."""
    named = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in named or etag in named
