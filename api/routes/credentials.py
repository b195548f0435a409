"""Credentials: issued by an institution, served byte for byte, and how each stands."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from starlette.convertors import StringConvertor, register_url_convertor

from api.bodies import StrictRoute
from api.callers import AnInstitution, Anyone, Caller, TheOffice, note_look
from api.clock import Now
from api.errors import InvalidRequest, NoKey
from api.media import Bundle, VerifiableCredential
from api.posting import Post, reading, recording
from api.wire import scalars
from api.wire.credential import CredentialIssuedShown, Issue, Reason, StandingChanged
from domain.credential import CredentialIssued, Standing
from domain.errors import (
    InvalidValue,
    KeyNotInForce,
    NotFound,
    NotFoundInWallet,
    NotInForce,
    WrongInstitution,
)
from domain.values import LearnerId, credential_id, learner_id
from wallet import issuing, publishing
from wallet.access import Role
from wallet.errors import Erased
from wallet.office import Office, Once


class _Urn(StringConvertor):
    """A credential's id in an address. Other words there are not ids: `/credentials/verify`."""

    regex = "urn:[^/]+"


register_url_convertor("urn", _Urn())

router = APIRouter(prefix="/credentials", tags=["Credentials"], route_class=StrictRoute)

CredentialInPath = Annotated[scalars.CredentialId, Path(description="The credential's id, `urn:uuid:…`.")]

_CHANGING = (NotFound, WrongInstitution, NotInForce, KeyNotInForce, Erased, InvalidValue)
_READING = (NoKey, NotFound, Erased, InvalidRequest)


@router.post(
    "",
    operation_id="issue-credential",
    summary="Issue a credential",
    response_model=CredentialIssuedShown,
    **recording(NotFoundInWallet, *_CHANGING),
)
def issue_credential(said: Issue, post: Post, caller: AnInstitution) -> Response:
    """One credit or qualification as an Open Badge 3.0, or the record as a CLR 2.0, signed by the caller."""

    def issue(once: Once[CredentialIssued] | None) -> CredentialIssued:
        if said.conferral is not None:
            return issuing.issue_qualification(
                post.office,
                caller.holder,
                learner=said.learner,
                conferral=said.conferral,
                at=post.at,
                once=once,
            )
        if said.credit is None:
            return issuing.issue_record(
                post.office, caller.holder, learner=said.learner, at=post.at, once=once
            )
        return issuing.issue_credit(
            post.office, caller.holder, learner=said.learner, credit=said.credit, at=post.at, once=once
        )

    return post.record(
        issue, show=CredentialIssuedShown.of, location=_where, learner=learner_id(said.learner)
    )


@router.get(
    "/{credential:urn}",
    operation_id="show-credential",
    summary="Get the signed document",
    **reading(*_READING, signed=VerifiableCredential),
)
def show_credential(
    credential: CredentialInPath, request: Request, office: TheOffice, caller: Anyone, at: Now
) -> Response:
    """The exact bytes that were signed: for the learner, the issuer, and the registry."""
    return VerifiableCredential(_shown_to(caller, office, credential, request, at).document)


@router.get(
    "/{credential:urn}/bundle",
    operation_id="bundle-credential",
    summary="Get everything to verify it offline",
    **reading(*_READING, signed=Bundle),
)
def bundle_credential(
    credential: CredentialInPath, request: Request, office: TheOffice, caller: Anyone, at: Now
) -> Response:
    """The credential, its issuer's keys, its status lists and the registry's signature over all of it."""
    _shown_to(caller, office, credential, request, at)
    return Bundle(publishing.bundle(office, [credential], at=at, with_credentials=True))


@router.post(
    "/{credential:urn}/suspension",
    operation_id="suspend-credential",
    summary="Suspend a credential",
    response_model=StandingChanged,
    **recording(*_CHANGING),
)
def suspend_credential(
    credential: CredentialInPath, said: Reason, post: Post, caller: AnInstitution
) -> Response:
    """It counts for nothing until it is reinstated."""
    return post.record(
        lambda once: issuing.suspend(
            post.office, caller.holder, credential, reason=said.reason, at=post.at, once=once
        ),
        show=lambda event: StandingChanged(
            credential=credential, standing=Standing.SUSPENDED, reason=event.reason
        ),
        location=lambda _: f"/credentials/{credential}",
        learner=_learner_of(post.office, credential),
    )


@router.post(
    "/{credential:urn}/reinstatement",
    operation_id="reinstate-credential",
    summary="Reinstate a credential",
    response_model=StandingChanged,
    **recording(*_CHANGING),
)
def reinstate_credential(credential: CredentialInPath, post: Post, caller: AnInstitution) -> Response:
    """End its suspension."""
    return post.record(
        lambda once: issuing.reinstate(post.office, caller.holder, credential, at=post.at, once=once),
        show=lambda _: StandingChanged(credential=credential, standing=Standing.IN_FORCE),
        location=lambda _: f"/credentials/{credential}",
        learner=_learner_of(post.office, credential),
    )


@router.post(
    "/{credential:urn}/revocation",
    operation_id="revoke-credential",
    summary="Revoke a credential",
    response_model=StandingChanged,
    **recording(*_CHANGING),
)
def revoke_credential(
    credential: CredentialInPath, said: Reason, post: Post, caller: AnInstitution
) -> Response:
    """End it for ever."""
    return post.record(
        lambda once: issuing.revoke(
            post.office, caller.holder, credential, reason=said.reason, at=post.at, once=once
        ),
        show=lambda event: StandingChanged(
            credential=credential, standing=Standing.REVOKED, reason=event.reason
        ),
        location=lambda _: f"/credentials/{credential}",
        learner=_learner_of(post.office, credential),
    )


@router.post(
    "/{credential:urn}/supersession",
    operation_id="supersede-credential",
    summary="Issue a credential anew",
    response_model=CredentialIssuedShown,
    **recording(NotFoundInWallet, *_CHANGING),
)
def supersede_credential(credential: CredentialInPath, post: Post, caller: AnInstitution) -> Response:
    """A new badge from what the wallet says now; the old one ends in its favour."""
    return post.record(
        lambda once: issuing.supersede(post.office, caller.holder, credential, at=post.at, once=once),
        show=CredentialIssuedShown.of,
        location=_where,
        learner=_learner_of(post.office, credential),
    )


def _where(event: CredentialIssued) -> str:
    return f"/credentials/{event.credential}"


def _learner_of(office: Office, credential: str) -> LearnerId:
    return office.credential(credential).state.issued.learner


def _shown_to(
    caller: Caller, office: Office, credential: str, request: Request, at: datetime
) -> CredentialIssued:
    """The credential, where it is for this caller; who looked is noted. Else what is said where there is none."""
    absent = NotFound(f"No credential {credential_id(credential)} was issued here.")
    try:
        issued = issuing.show_credential(office, credential).issued
    except NotFound:
        raise absent from None
    rights = {
        Role.LEARNER: "her own" if issued.learner == caller.holder else None,
        Role.INSTITUTION: "issued the credential" if issued.institution == caller.holder else None,
        Role.STAFF: None,
        Role.REGISTRY: "answers for the register",
    }
    why = rights[caller.role]
    note_look(request, office, caller, issued.learner, why, at)
    if why is None:
        raise absent
    return issued
