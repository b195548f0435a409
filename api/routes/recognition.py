"""Recognition of prior learning: the policies that anyone may read."""

from fastapi import APIRouter, Response

from api.bodies import StrictRoute
from api.callers import InstitutionInPath, TheInstitutionItself, TheOffice
from api.posting import Post, reading, recording
from api.wire.recognition_policy import PolicyShown, PolicyVersions, PublishPolicy
from domain.errors import InvalidValue, KeyNotInForce, NotFound
from wallet import recognising

router = APIRouter(tags=["Recognition"], route_class=StrictRoute)


@router.post(
    "/institutions/{institution}/recognition-policies",
    operation_id="publish-recognition-policy",
    summary="Publish a policy of recognition",
    response_model=PolicyShown,
    **recording(NotFound, KeyNotInForce, InvalidValue),
)
def publish_policy(
    institution: InstitutionInPath, said: PublishPolicy, post: Post, _caller: TheInstitutionItself
) -> Response:
    """The next version of the institution's policy. Cases filed before it is in force keep the one they had."""
    return post.record(
        lambda once: recognising.publish_policy(
            post.office,
            institution,
            said.rules.to_domain(),
            in_force_from=said.in_force_from,
            reference=said.reference,
            at=post.at,
            once=once,
        ),
        show=PolicyShown.of,
        location=lambda _: f"/institutions/{institution}/recognition-policies",
    )


@router.get(
    "/institutions/{institution}/recognition-policies",
    operation_id="list-recognition-policies",
    summary="Read an institution's policies of recognition",
    **reading(NotFound),
)
def list_policies(institution: InstitutionInPath, office: TheOffice) -> PolicyVersions:
    """Every version, with its parameters and the clause that each rule cites. Anyone may ask."""
    return PolicyVersions.of(office.recognition_policy(institution).state)
