"""VC API 0.3: signing credentials that are brought, showing parts of them, and verifying presentations.

To sign needs an institution's key; but for a server of open issuers, which signs for anybody on its own machine.
"""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import JSONResponse

from api.bodies import StrictRoute
from api.callers import AnInstitution, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, NoKey, OutOfTime, TooLarge, WrongMediaType, WrongRole
from api.evidence import facts_of, terms_of
from api.media import VerifiableCredential
from api.posting import reading
from api.problems import ANY_OTHER, documented, refusals, told
from api.routes.verification import VERDICT, TextSent, VcApiRoute
from api.wire.vc_api import (
    DeriveCredential,
    IssueCredential,
    Issued,
    IssuerListed,
    IssuersListed,
    StatusChange,
    VerifyPresentation,
)
from domain.errors import KeyNotInForce, NotFound, WrongInstitution
from domain.status_list import Purpose
from wallet import securing
from wallet.open_issuers import OpenIssuers
from wallet.projections import catalogue
from wallet.reading import as_written, parse_json
from wallet.verifying.presentations import verify_presentation

router = APIRouter(tags=["Verification"], route_class=VcApiRoute)
"""For anybody, on every server."""
by_institutions = APIRouter(tags=["Credentials"], route_class=VcApiRoute)
by_anybody = APIRouter(tags=["Credentials"], route_class=VcApiRoute)
"""The same addresses, on a server of open issuers."""

ProfileInPath = Annotated[
    str, Path(max_length=64, description=f"How it is signed: {', '.join(securing.PROFILES)}.")
]

_MALFORMED: Final = documented("The request is malformed, or its credential is not one that may be signed.")
_ALWAYS: Final = {**refusals(TooLarge, WrongMediaType, OutOfTime), **ANY_OTHER}


def _object(text: bytes, name: str) -> dict[str, Any]:
    """What is to be signed, as it was sent: its numbers are not the exact decimals of our own bodies."""
    value = parse_json(as_written(text)[name])
    assert isinstance(value, dict), "the body's model asks for an object"
    return value


@router.post(
    "/presentations/verify",
    operation_id="verify-presentation",
    summary="Verify a presentation (VC-API)",
    response_class=JSONResponse,
    responses={
        200: {**VERDICT, "description": "Every check passed; and the verdict."},
        400: documented(
            "A check failed, or the request is malformed. The verdict stands beside the problem."
        ),
        422: documented("A check could not be made. The verdict stands beside the problem."),
        **_ALWAYS,
    },
)
def verify_a_presentation(
    said: VerifyPresentation, text: TextSent, request: Request, office: TheOffice, at: Now
) -> Response:
    """200 says that every check passed: of the presentation, and of each credential in it. Source: VC-API 0.3, 3.3."""
    document = as_written(text)["verifiablePresentation"]
    evidence = facts_of(request.app, office, at)
    policy = terms_of(request.app, said.policy)
    return told(
        verify_presentation(document, occasion=said.occasion, policy=policy, at=at, evidence=evidence)
    )


@router.post(
    "/credentials/derive",
    operation_id="derive-credential",
    summary="Show a part of a credential (VC-API)",
    status_code=201,
    response_model=Issued,
    responses={400: _MALFORMED, **_ALWAYS},
)
def derive_a_credential(
    said: DeriveCredential, text: TextSent, request: Request, office: TheOffice, at: Now
) -> Response:
    """What its holder chooses to show of a credential that its issuer signed for it (ecdsa-sd-2023)."""
    credential = _object(text, "verifiableCredential")
    derived = securing.derive_credential(
        credential, said.options.selectivePointers, at=at, evidence=facts_of(request.app, office, at)
    )
    return _issued(derived)


# --- by institutions ------------------------------------------------------------------------------------


@by_institutions.get(
    "/issuers",
    operation_id="list-issuers",
    summary="List who signs credentials (VC-API)",
    **reading(),
)
def list_institutions(office: TheOffice, at: Now) -> IssuersListed:
    """Each institution that has a key in force, by each profile its key signs by."""
    office.follower.catch_up()
    listed = []
    for row in catalogue.institutions(office.ledger.database):
        state = office.institution(row.institution).state
        try:
            method, _ = office.signer_of(state, at)
        except KeyNotInForce:
            continue
        listed += [
            _listed(name, state.did, method, institution=row.institution)
            for name in securing.FOR_INSTITUTIONS
        ]
    return IssuersListed(issuers=listed)


@by_institutions.post(
    "/issuers/{profile}/credentials/issue",
    operation_id="sign-credential",
    summary="Sign a credential (VC-API)",
    status_code=201,
    response_model=Issued,
    responses={
        400: _MALFORMED,
        **refusals(NoKey, WrongRole, WrongInstitution, NotFound, KeyNotInForce, InvalidRequest),
        **_ALWAYS,
    },
)
def sign_for_institution(
    profile: ProfileInPath,
    said: IssueCredential,  # noqa: ARG001 - read for its shape; the credential is read as it was sent
    text: TextSent,
    office: TheOffice,
    caller: AnInstitution,
    at: Now,
) -> Response:
    """A credential that the caller has written itself, signed with its key in force. It is not recorded here."""
    way = securing.profile_named(profile)
    credential = _object(text, "credential")
    return _issued(securing.secure_for_institution(office, caller.holder, way, credential, at=at))


# --- by anybody -----------------------------------------------------------------------------------------


def _open(request: Request) -> OpenIssuers:
    issuers: OpenIssuers = request.app.state.open_issuers
    return issuers


TheOpenIssuers = Annotated[OpenIssuers, Depends(_open)]


@by_anybody.get(
    "/issuers",
    operation_id="list-issuers",
    summary="List who signs credentials (VC-API)",
    **reading(),
)
def list_open_issuers(issuers: TheOpenIssuers) -> IssuersListed:
    """Each profile, with the did:key that signs by it until this server ends."""
    return IssuersListed(issuers=[_listed(name, by.did, by.method) for name, by in issuers.by.items()])


@by_anybody.post(
    "/issuers/{profile}/credentials/issue",
    operation_id="sign-credential",
    summary="Sign a credential (VC-API)",
    status_code=201,
    response_model=Issued,
    responses={400: _MALFORMED, **refusals(NotFound, InvalidRequest), **_ALWAYS},
)
def sign_for_anybody(
    profile: ProfileInPath, said: IssueCredential, text: TextSent, issuers: TheOpenIssuers, at: Now
) -> Response:
    """Whatever is brought, if it is a credential, signed in the profile's own name."""
    credential = _object(text, "credential")
    return _issued(
        issuers.issue(profile, credential, at=at, mandatory_pointers=said.options.mandatoryPointers)
    )


@by_anybody.post(
    "/credentials/status",
    operation_id="change-status",
    summary="Raise or lower a status (VC-API)",
    status_code=200,
    responses={400: _MALFORMED, **refusals(NotFound, InvalidRequest), **_ALWAYS},
)
def change_status(said: StatusChange, issuers: TheOpenIssuers) -> dict[str, Any]:
    """Of a credential that was issued by the profile `status`, while this server runs."""
    issuers.change_status(said.credentialId, said.statusPurpose, raised=said.status)
    return {}


lists = APIRouter(tags=["Publication"], route_class=StrictRoute)


@lists.get(
    "/issuers/status/lists/{purpose}",
    operation_id="open-status-list",
    summary="The status list of the open issuers",
    **reading(NotFound, InvalidRequest, signed=VerifiableCredential),
)
def open_status_list(purpose: Purpose, issuers: TheOpenIssuers, at: Now) -> Response:
    """The list that the profile `status` gives places in."""
    return VerifiableCredential(issuers.status_list_text(purpose.value, at))


def _listed(profile: str, did: str, method: str, *, institution: str | None = None) -> IssuerListed:
    return IssuerListed(
        profile=profile,
        did=did,
        verification_method=method,
        cryptosuite=securing.PROFILES[profile].suite,
        institution=institution,
        endpoint=f"/issuers/{profile}/credentials/issue",
    )


def _issued(credential: dict[str, Any]) -> Response:
    return JSONResponse({"verifiableCredential": credential}, 201)
