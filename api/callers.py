"""Who is calling, and what they may touch.

A key acts for its holder and for nobody else: the registry states its own facts, an institution signs with its
own keys, a learner claims in her own wallet. Reading a wallet has one rule, `wallet.access.right_to_read`; whoever it
keeps out is told what they would be told if there were no such wallet.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from fastapi import Depends, Path, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.clock import Now
from api.errors import NoKey, OutOfScope, WrongRole
from api.pages.tries import WRONG_KEYS, tries_of
from api.wire import scalars
from domain.errors import NotFound
from domain.values import LearnerId, learner_id
from wallet import access, accounts, passes
from wallet.access import Grant, Role
from wallet.office import Office


async def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


TheOffice = Annotated[Office, Depends(_office)]

_bearer = HTTPBearer(
    scheme_name="apiKey",
    bearerFormat="lcw_…",
    description="An API key of the registry, an institution or a learner: `Authorization: Bearer lcw_…`. Or a pass, "
    "which a key is traded for at `/oauth/token` (OAuth 2.0, client credentials), good for a quarter of an hour.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a key or a pass that is in force; `answers_under` is as in `wallet.passes.Knocking`."""

    grant: Grant
    answers_under: str

    @property
    def holder(self) -> str:
        return self.grant.holder

    @property
    def role(self) -> Role:
        return self.grant.role


def _anyone(
    request: Request,
    office: TheOffice,
    at: Now,
    given: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Caller:
    if given is None:
        raise NoKey
    found = passes.knock(office, given.credentials, at=at)
    if found is None:
        tries_of(request).count(request, "wrong-key", WRONG_KEYS)
        raise NoKey
    if not found.grant.may(scope := scope_of(request)):
        raise OutOfScope(scope)
    return Caller(found.grant, found.answers_under)


def scope_of(request: Request) -> str:
    """What a key needs for this: the route's heading in the reference, and whether something is posted."""
    area = str(request.scope["route"].tags[0]).lower()
    return f"{area}:{'read' if request.method in ('GET', 'HEAD') else 'write'}"


Anyone = Annotated[Caller, Depends(_anyone)]
"""Any caller with a key."""


def _only(*roles: Role) -> Callable[[Caller], Awaitable[Caller]]:
    async def admit(caller: Anyone) -> Caller:
        if caller.role not in roles:
            wanted = " or ".join(_KEY_OF[role] for role in roles)
            raise WrongRole(f"This needs a key of {wanted}.")
        return caller

    return admit


_KEY_OF: Final = {
    Role.REGISTRY: "the registry",
    Role.INSTITUTION: "an institution",
    Role.LEARNER: "a learner",
    Role.STAFF: "one of an institution's staff",
}


TheRegistry = Annotated[Caller, Depends(_only(Role.REGISTRY))]
AnInstitution = Annotated[Caller, Depends(_only(Role.INSTITUTION))]
ALearner = Annotated[Caller, Depends(_only(Role.LEARNER))]
OneOfTheStaff = Annotated[Caller, Depends(_only(Role.STAFF))]
RegistryOrInstitution = Annotated[Caller, Depends(_only(Role.REGISTRY, Role.INSTITUTION))]

InstitutionInPath = Annotated[scalars.InstitutionId, Path(description="The institution's id.")]
LearnerInPath = Annotated[scalars.LearnerId, Path(description="The learner's id.")]


async def _itself(institution: InstitutionInPath, caller: AnInstitution) -> Caller:
    return _own(institution, caller)


async def _itself_or_registry(institution: InstitutionInPath, caller: RegistryOrInstitution) -> Caller:
    return caller if caller.role is Role.REGISTRY else _own(institution, caller)


def _own(institution: str, caller: Caller) -> Caller:
    if caller.holder != institution:
        raise WrongRole(f"This needs a key of {institution}, and this is one of {caller.holder}.")
    return caller


TheInstitutionItself = Annotated[Caller, Depends(_itself)]
"""The institution that the address names."""
TheInstitutionOrRegistry = Annotated[Caller, Depends(_itself_or_registry)]


def no_wallet(learner: str) -> NotFound:
    """What is said of a wallet that is not there, and of one that is not for this caller."""
    return NotFound(f"There is no wallet of learner {learner}.")


def _her_own(learner: LearnerInPath, caller: ALearner) -> LearnerId:
    if caller.holder != learner:
        raise no_wallet(learner)
    return learner_id(learner)


HerOwnWallet = Annotated[LearnerId, Depends(_her_own)]
"""The wallet in the address, where it is the caller's own."""


def _her_own_or_registry(
    learner: LearnerInPath, caller: Annotated[Caller, Depends(_only(Role.LEARNER, Role.REGISTRY))]
) -> LearnerId:
    return learner_id(learner) if caller.role is Role.REGISTRY else _her_own(learner, caller)


HerOwnOrRegistry = Annotated[LearnerId, Depends(_her_own_or_registry)]
"""Any wallet for the registry, which reads none; for a learner, her own."""


def note_look(
    request: Request, office: Office, caller: Caller, learner: LearnerId, why: str | None, at: datetime
) -> None:
    """Keep for the learner that somebody else looked at what is hers, by what right, or was refused."""
    if caller.role is not Role.LEARNER:
        accounts.note_access(
            office,
            account=caller.holder,
            method=request.method,
            route=request.scope["route"].path,
            whose=learner,
            allowed=why is not None,
            why=why or "",
            at=at,
        )


def _readable(
    request: Request, learner: LearnerInPath, office: TheOffice, caller: Anyone, at: Now
) -> LearnerId:
    if caller.role is Role.REGISTRY:
        raise WrongRole("The registry does not read wallets: it answers for institutions.")
    try:
        wallet = office.learner(learner).state
    except NotFound:
        raise no_wallet(learner) from None
    why = access.right_to_read(office, caller.grant, wallet)
    note_look(request, office, caller, wallet.learner, why, at)
    if why is None:
        raise no_wallet(learner)
    return wallet.learner


ReadableWallet = Annotated[LearnerId, Depends(_readable)]
"""The wallet in the address, where the caller may look into it."""
