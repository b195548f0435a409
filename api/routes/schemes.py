"""Credit schemes: rules that read one in another, a record read by them, and the weights of units."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from api.bodies import StrictRoute
from api.callers import InstitutionInPath, ReadableWallet, TheInstitutionItself, TheOffice
from api.errors import InvalidRequest, NoKey, WrongRole
from api.posting import Post, reading, recording
from api.routes.catalogue import OfInstitution, QualificationInPath
from api.wire import scalars
from api.wire.scheme import (
    PublishRule,
    ReadInSchemeShown,
    Rules,
    RuleShown,
    RuleWithdrawn,
    UnitsWeighed,
    WeighUnits,
    WithdrawRule,
)
from domain.errors import (
    AlreadyPublished,
    InvalidValue,
    KeyNotInForce,
    NotFound,
    NotInForce,
    WrongInstitution,
)
from domain.weighting import EVENLY, HALF
from wallet import converting
from wallet.errors import Erased
from wallet.weighing import weigh_units

router = APIRouter(tags=["Schemes"], route_class=StrictRoute)

RuleInPath = Annotated[scalars.ConversionRuleId, Path(description="The rule's id.")]
SchemeInPath = Annotated[scalars.Scheme, Path(description="The scheme it is read in.")]
IntoScheme = Annotated[scalars.Scheme | None, Query(description="Only rules into this scheme.")]
ByRules = Annotated[
    list[scalars.ConversionRuleId] | None,
    Query(description="By these rules; else by whichever one rule is about a line.", max_length=20),
]


@router.post(
    "/institutions/{institution}/conversion-rules",
    operation_id="publish-conversion-rule",
    summary="Publish a rule to read one credit scheme in another",
    response_model=RuleShown,
    **recording(NotFound, AlreadyPublished, KeyNotInForce, InvalidValue),
)
def publish_rule(
    institution: InstitutionInPath, said: PublishRule, post: Post, _caller: TheInstitutionItself
) -> Response:
    """Signed by the institution. Nothing is ever converted without such a rule, and the rule stays with the line."""
    return post.record(
        lambda once: converting.publish_rule(
            post.office,
            institution,
            rule=said.rule,
            terms=said.to_domain(),
            published_on=post.at.date(),
            at=post.at,
            once=once,
        ),
        show=RuleShown.published,
        location=lambda event: f"/conversion-rules/{event.rule}",
    )


@router.post(
    "/institutions/{institution}/conversion-rules/{rule}/withdrawal",
    operation_id="withdraw-conversion-rule",
    summary="Withdraw a conversion rule",
    response_model=RuleWithdrawn,
    **recording(NotFound, WrongInstitution, NotInForce, KeyNotInForce, InvalidValue),
)
def withdraw_rule(
    institution: InstitutionInPath,
    rule: RuleInPath,
    said: WithdrawRule,
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """Nothing is converted by it from now on; what was, stays so."""
    return post.record(
        lambda once: converting.withdraw_rule(
            post.office,
            institution,
            rule=rule,
            reason=said.reason,
            on=said.withdrawn_on,
            at=post.at,
            once=once,
        ),
        show=RuleWithdrawn.of,
        location=lambda _: f"/conversion-rules/{rule}",
    )


@router.get("/conversion-rules", operation_id="list-conversion-rules", summary="List the rules", **reading())
def list_rules(office: TheOffice, to: IntoScheme = None, institution: OfInstitution = None) -> Rules:
    """Every rule published here, withdrawn ones too. Anyone may ask."""
    found = converting.show_rules(office, to_scheme=to, institution=institution)
    return Rules(rules=[RuleShown.of(rule) for rule in found])


@router.get(
    "/conversion-rules/{rule}",
    operation_id="show-conversion-rule",
    summary="Show a rule",
    **reading(NotFound),
)
def show_rule(rule: RuleInPath, office: TheOffice) -> RuleShown:
    """What it says, of which days, by whom, and whether it was withdrawn. Anyone may ask."""
    return RuleShown.of(office.conversion_rule(rule).state)


@router.get(
    "/learners/{learner}/schemes/{scheme}",
    operation_id="show-record-in-scheme",
    summary="Read a record in one credit scheme",
    **reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest),
)
def show_in_scheme(
    learner: ReadableWallet, scheme: SchemeInPath, office: TheOffice, rule: ByRules = None
) -> ReadInSchemeShown:
    """Each line that counts, beside the original, with its rule; a sum for each rule, and none over all of them."""
    return ReadInSchemeShown.of(converting.show_in_scheme(office, learner, scheme, by=rule or ()))


@router.post(
    "/institutions/{institution}/qualifications/{qualification}/weights",
    operation_id="weigh-units",
    summary="Share a qualification's points out to its units",
    response_model=UnitsWeighed,
    **recording(NotFound, WrongInstitution, KeyNotInForce, InvalidValue),
)
def weigh(
    institution: InstitutionInPath,
    qualification: QualificationInPath,
    said: WeighUnits,
    post: Post,
    _caller: TheInstitutionItself,
) -> Response:
    """By relative weight: importance, complexity and volume, effort. The description says so from then on."""
    units = {each.unit: each.weight.to_domain() for each in said.units}
    if len(units) < len(said.units):
        raise InvalidValue("A unit is weighed once.")
    return post.record(
        lambda once: weigh_units(
            post.office,
            institution,
            qualification=qualification,
            units=units,
            emphasis=said.emphasis.to_domain() if said.emphasis else EVENLY,
            step=HALF if said.step is None else said.step,
            at=post.at,
            once=once,
        ),
        show=UnitsWeighed.of,
        location=lambda _: f"/qualifications/{qualification}",
    )
