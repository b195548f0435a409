"""Institutions: registered and accredited by the registry, and keeping their own keys."""

from fastapi import APIRouter, Response

from api.bodies import StrictRoute
from api.callers import (
    InstitutionInPath,
    TheInstitutionItself,
    TheInstitutionOrRegistry,
    TheOffice,
    TheRegistry,
)
from api.clock import AsOf, Now
from api.posting import Post, reading, recording
from api.wire.institution import (
    Accredit,
    AccreditationShown,
    AccreditationWithdrawnShown,
    ApiKeyMade,
    CompromiseReported,
    InstitutionListed,
    Institutions,
    InstitutionShown,
    KeyShown,
    MakeApiKey,
    Register,
    ReportCompromise,
    WithdrawAccreditation,
)
from domain.errors import AlreadyRegistered, InvalidValue, KeyNotInForce, NotFound, NotInForce
from wallet import access, registering, showing
from wallet.access import Role
from wallet.projections import catalogue
from wallet.two_persons import SecondPersonNeeded

router = APIRouter(tags=["Institutions"], route_class=StrictRoute)


@router.post(
    "/institutions",
    operation_id="register-institution",
    summary="Register an institution",
    response_model=InstitutionShown,
    **recording(AlreadyRegistered, InvalidValue),
)
def register_institution(said: Register, post: Post, _caller: TheRegistry) -> Response:
    """The registry registers it, under a new key of its own. It may award nothing until it is accredited."""
    return post.record(
        lambda once: registering.register_institution(
            post.office,
            institution=said.institution,
            names=said.names,
            country=said.country,
            website=said.website,
            at=post.at,
            once=once,
        ),
        show=InstitutionShown.registered,
        location=lambda event: f"/institutions/{event.institution}",
    )


@router.get("/institutions", operation_id="list-institutions", summary="List the institutions", **reading())
def list_institutions(office: TheOffice) -> Institutions:
    """Every institution registered here. Anyone may ask."""
    office.follower.catch_up()
    rows = catalogue.institutions(office.ledger.database)
    return Institutions(institutions=[InstitutionListed.of(row) for row in rows])


@router.get(
    "/institutions/{institution}",
    operation_id="show-institution",
    summary="Show an institution",
    **reading(NotFound),
)
def show_institution(
    institution: InstitutionInPath, office: TheOffice, now: Now, at: AsOf = None
) -> InstitutionShown:
    """Its names, its DID, every key it has signed with, and by whom it is and was accredited. Anyone may ask.

    With `at`, as the register had it then.
    """
    return InstitutionShown.of(showing.show_institution(office, institution, as_of=at), at or now)


@router.post(
    "/institutions/{institution}/accreditations",
    operation_id="accredit-institution",
    summary="Accredit an institution",
    response_model=AccreditationShown,
    **recording(NotFound, AlreadyRegistered, InvalidValue),
)
def accredit(institution: InstitutionInPath, said: Accredit, post: Post, _caller: TheRegistry) -> Response:
    """The registry records who trusts the institution, with what, and how long."""
    return post.record(
        lambda once: registering.accredit(
            post.office,
            institution,
            by=said.by,
            settings=said.settings,
            levels=[level.to_domain() for level in said.levels],
            fields=said.fields,
            valid_from=said.valid_from,
            valid_until=said.valid_until,
            reference=said.reference,
            at=post.at,
            once=once,
        ),
        show=AccreditationShown.recorded,
        location=lambda _: f"/institutions/{institution}",
    )


@router.post(
    "/institutions/{institution}/accreditations/withdrawals",
    operation_id="withdraw-accreditation",
    summary="Withdraw an accreditation",
    response_model=AccreditationWithdrawnShown,
    **recording(NotFound, NotInForce, InvalidValue),
)
def withdraw_accreditation(
    institution: InstitutionInPath, said: WithdrawAccreditation, post: Post, _caller: TheRegistry
) -> Response:
    """The registry records that it no longer holds; what was awarded under it stays."""
    return post.record(
        lambda once: registering.withdraw_accreditation(
            post.office,
            institution,
            reference=said.reference,
            reason=said.reason,
            on=said.withdrawn_on,
            at=post.at,
            once=once,
        ),
        show=AccreditationWithdrawnShown.of,
        location=lambda _: f"/institutions/{institution}",
    )


@router.post(
    "/institutions/{institution}/keys",
    operation_id="rotate-key",
    summary="Publish a new key",
    response_model=KeyShown,
    **recording(NotFound, SecondPersonNeeded),
)
def rotate_key(institution: InstitutionInPath, post: Post, _caller: TheInstitutionItself) -> Response:
    """The institution publishes a new key, and the one in force retires. What that one signed stays good.

    An institution that asks for two persons does this at its desk.
    """
    return post.record(
        lambda once: registering.rotate_key(post.office, institution, at=post.at, once=once),
        show=KeyShown.published,
        location=lambda _: f"/i/{institution}/did.json",
    )


@router.post(
    "/institutions/{institution}/keys/compromise",
    operation_id="report-compromise",
    summary="Report a stolen key",
    response_model=CompromiseReported,
    **recording(NotFound, KeyNotInForce, InvalidValue),
)
def report_compromise(
    institution: InstitutionInPath, said: ReportCompromise, post: Post, _caller: TheInstitutionOrRegistry
) -> Response:
    """Say since when somebody else may have signed with a key. The registry signs this: a thief must not."""
    return post.record(
        lambda once: registering.report_compromise(
            post.office,
            institution,
            method=said.key,
            since=said.since,
            reason=said.reason,
            at=post.at,
            once=once,
        ),
        show=CompromiseReported.of,
        location=lambda _: f"/institutions/{institution}",
    )


@router.post(
    "/institutions/{institution}/api-keys",
    operation_id="make-api-key",
    summary="Make an API key for an institution",
    response_model=ApiKeyMade,
    **recording(NotFound, InvalidValue),
)
def make_api_key(
    institution: InstitutionInPath, said: MakeApiKey, post: Post, caller: TheInstitutionOrRegistry
) -> Response:
    """The key acts for the institution, within the scopes of the key it is made with, and ends no later than that one.

    It is shown in this answer and never again.
    """
    return post.record(
        lambda once: access.grant(
            post.office,
            holder=institution,
            role=Role.INSTITUTION,
            label=said.label,
            scopes=said.scopes,
            until=said.ends_at or post.at + access.GOOD_FOR,
            within=caller.grant,
            at=post.at,
            once=once,
        ),
        show=lambda made: ApiKeyMade(
            api_key=made.secret,
            role=made.grant.role,
            holder=institution,
            label=made.grant.label,
            scopes=None if made.grant.scopes is None else sorted(made.grant.scopes),
            ends_at=made.grant.ends_at,
        ),
        location=lambda _: f"/institutions/{institution}",
    )
