"""Who may open which page: one table, and the door that holds everybody to it.

A route that is not in the table is open to nobody. A page of an institution is for those with one of the named roles
*there*; somebody of another institution is told what they would be told if there were no such page.
"""

from dataclasses import dataclass, field
from enum import Enum
from hmac import compare_digest
from typing import Annotated, Final, cast

from fastapi import Depends, Request, Response

from api.callers import TheOffice
from api.clock import Now
from api.errors import ForeignForm, SignInFirst, WrongRole
from api.pages.forms import Form
from api.pages.page import is_https
from domain.errors import NotFound
from domain.values import LearnerId
from wallet import signing_in
from wallet.accounts import Account, StaffRole, note_access


class Who(Enum):
    """The kinds of visitor. Each row of the table names one."""

    ANYBODY = "anybody"
    SIGNED_IN = "signed in"
    LEARNER = "a learner, in her own wallet"
    STAFF = "staff, with a role at the institution in the address"


@dataclass(frozen=True, slots=True)
class Rule:
    who: Who
    roles: frozenset[StaffRole] = field(default_factory=frozenset)


_ANYBODY: Final = Rule(Who.ANYBODY)
_SIGNED_IN: Final = Rule(Who.SIGNED_IN)
_LEARNER: Final = Rule(Who.LEARNER)
_ANY_ROLE: Final = Rule(Who.STAFF, frozenset(StaffRole))


def _staff(*roles: StaffRole) -> Rule:
    return Rule(Who.STAFF, frozenset(roles))


_REGISTRAR: Final = _staff(StaffRole.REGISTRAR)
_ISSUER: Final = _staff(StaffRole.ISSUER)
_ADMIN: Final = _staff(StaffRole.ADMIN)
_COMMISSION: Final = _staff(StaffRole.COMMISSION)
_RECOGNITION: Final = _staff(StaffRole.REGISTRAR, StaffRole.COMMISSION, StaffRole.EXPERT)
_DESK: Final = "/desk/{institution}"
_AGREEMENT: Final = f"{_DESK}/agreements/{{agreement}}"
_CASE: Final = f"{_DESK}/recognitions/{{recognition}}"

RULES: Final[dict[tuple[str, str], Rule]] = {
    ("GET", "/sign-in"): _ANYBODY,
    ("POST", "/sign-in/options"): _ANYBODY,
    ("POST", "/sign-in"): _ANYBODY,
    ("POST", "/sign-in/code"): _ANYBODY,
    ("GET", "/sign-in/with/{institution}"): _ANYBODY,
    ("GET", "/sign-in/returned"): _ANYBODY,
    ("GET", "/welcome/{secret}"): _ANYBODY,
    ("GET", "/welcome/{secret}/with/{institution}"): _ANYBODY,
    ("POST", "/welcome/{secret}/options"): _ANYBODY,
    ("POST", "/welcome/{secret}"): _ANYBODY,
    ("GET", "/s/{secret}"): _ANYBODY,
    ("GET", "/s/{secret}/{number}"): _ANYBODY,
    ("POST", "/sign-out"): _SIGNED_IN,
    ("GET", "/account"): _SIGNED_IN,
    ("POST", "/account/passkey/options"): _SIGNED_IN,
    ("POST", "/account/passkey"): _SIGNED_IN,
    ("POST", "/account/codes"): _SIGNED_IN,
    ("GET", "/my"): _LEARNER,
    ("POST", "/my/seen"): _LEARNER,
    ("GET", "/my/events/{sequence}"): _LEARNER,
    ("GET", "/my/qualifications/{qualification}"): _LEARNER,
    ("POST", "/my/qualifications"): _LEARNER,
    ("GET", "/my/learning"): _LEARNER,
    ("POST", "/my/learning"): _LEARNER,
    ("GET", "/my/shares"): _LEARNER,
    ("POST", "/my/shares"): _LEARNER,
    ("POST", "/my/shares/{share}/withdrawal"): _LEARNER,
    ("GET", "/my/export"): _LEARNER,
    ("GET", "/my/looks"): _LEARNER,
    ("GET", "/my/plan"): _LEARNER,
    ("GET", "/my/agreements"): _LEARNER,
    ("POST", "/my/agreements"): _LEARNER,
    ("GET", "/my/agreements/{agreement}"): _LEARNER,
    ("POST", "/my/agreements/{agreement}/signature"): _LEARNER,
    ("POST", "/my/agreements/{agreement}/refusal"): _LEARNER,
    ("POST", "/my/agreements/{agreement}/change"): _LEARNER,
    ("GET", "/my/files"): _LEARNER,
    ("POST", "/my/files"): _LEARNER,
    ("POST", "/my/files/elmo"): _LEARNER,
    ("POST", "/my/files/confirmed"): _LEARNER,
    ("GET", "/my/erase"): _LEARNER,
    ("POST", "/my/erase"): _LEARNER,
    ("GET", "/my/recognitions"): _LEARNER,
    ("POST", "/my/recognitions"): _LEARNER,
    ("GET", "/my/recognitions/new"): _LEARNER,
    ("GET", "/my/recognitions/{recognition}"): _LEARNER,
    ("POST", "/my/recognitions/{recognition}/appeal"): _LEARNER,
    ("GET", "/my/recognitions/{recognition}/documents/{document}"): _LEARNER,
    ("GET", "/desk"): _SIGNED_IN,
    ("GET", _DESK): _ANY_ROLE,
    ("GET", f"{_DESK}/units"): _ANY_ROLE,
    ("POST", f"{_DESK}/units"): _REGISTRAR,
    ("POST", f"{_DESK}/qualifications"): _REGISTRAR,
    ("POST", f"{_DESK}/learners"): _REGISTRAR,
    ("GET", f"{_DESK}/award"): _ISSUER,
    ("POST", f"{_DESK}/award"): _ISSUER,
    ("GET", f"{_DESK}/award/many"): _ISSUER,
    ("POST", f"{_DESK}/award/many"): _ISSUER,
    ("GET", f"{_DESK}/credentials"): _ISSUER,
    ("GET", f"{_DESK}/credentials/{{credential}}"): _ISSUER,
    ("POST", f"{_DESK}/credentials/{{credential}}"): _ISSUER,
    ("GET", f"{_DESK}/keys"): _ADMIN,
    ("POST", f"{_DESK}/keys"): _ADMIN,
    ("GET", f"{_DESK}/people"): _ADMIN,
    ("POST", f"{_DESK}/people"): _ADMIN,
    ("POST", f"{_DESK}/people/withdrawal"): _ADMIN,
    ("GET", f"{_DESK}/proposals"): _staff(StaffRole.ADMIN, StaffRole.ISSUER),
    ("GET", f"{_DESK}/proposals/{{proposal}}"): _staff(StaffRole.ADMIN, StaffRole.ISSUER),
    ("POST", f"{_DESK}/proposals/{{proposal}}/confirmation"): _staff(StaffRole.ADMIN, StaffRole.ISSUER),
    ("POST", f"{_DESK}/proposals/{{proposal}}/refusal"): _staff(StaffRole.ADMIN, StaffRole.ISSUER),
    ("POST", f"{_DESK}/two-persons"): _ADMIN,
    ("GET", f"{_DESK}/programs"): _ADMIN,
    ("POST", f"{_DESK}/programs"): _ADMIN,
    ("POST", f"{_DESK}/programs/withdrawal"): _ADMIN,
    ("GET", f"{_DESK}/admissions"): _staff(StaffRole.ADMISSIONS),
    ("POST", f"{_DESK}/admissions"): _staff(StaffRole.ADMISSIONS),
    ("GET", f"{_DESK}/agreements"): _REGISTRAR,
    ("POST", f"{_DESK}/agreements"): _REGISTRAR,
    ("GET", _AGREEMENT): _REGISTRAR,
    ("POST", f"{_AGREEMENT}/signature"): _REGISTRAR,
    ("POST", f"{_AGREEMENT}/refusal"): _REGISTRAR,
    ("POST", f"{_AGREEMENT}/change"): _REGISTRAR,
    ("POST", f"{_AGREEMENT}/transcript"): _REGISTRAR,
    ("POST", f"{_AGREEMENT}/units"): _REGISTRAR,
    ("POST", f"{_DESK}/memoranda"): _REGISTRAR,
    ("POST", f"{_DESK}/memoranda/{{memorandum}}/signature"): _REGISTRAR,
    ("POST", f"{_DESK}/memoranda/{{memorandum}}/end"): _REGISTRAR,
    ("GET", f"{_DESK}/grading"): _ANY_ROLE,
    ("POST", f"{_DESK}/grading/scales"): _REGISTRAR,
    ("POST", f"{_DESK}/grading/tables"): _REGISTRAR,
    ("POST", f"{_DESK}/grading/policies"): _REGISTRAR,
    ("POST", f"{_DESK}/grading/conversions"): _REGISTRAR,
    ("GET", f"{_DESK}/quality"): _ANY_ROLE,
    ("POST", f"{_DESK}/quality"): _REGISTRAR,
    ("GET", f"{_DESK}/recognitions"): _RECOGNITION,
    ("GET", _CASE): _RECOGNITION,
    ("GET", f"{_CASE}/documents/{{document}}"): _RECOGNITION,
    ("GET", f"{_CASE}/extract"): _RECOGNITION,
    ("POST", f"{_CASE}/assignment"): _REGISTRAR,
    ("POST", f"{_CASE}/interests"): _staff(StaffRole.COMMISSION, StaffRole.EXPERT),
    ("POST", f"{_CASE}/conclusions"): _staff(StaffRole.EXPERT),
    ("POST", f"{_CASE}/session"): _COMMISSION,
    ("POST", f"{_CASE}/votes"): _COMMISSION,
    ("POST", f"{_CASE}/decision"): _COMMISSION,
    ("POST", f"{_CASE}/entry"): _REGISTRAR,
    ("GET", f"{_DESK}/commission"): _ANY_ROLE,
    ("POST", f"{_DESK}/staff"): _ADMIN,
    ("POST", f"{_DESK}/staff/account"): _ADMIN,
    ("POST", f"{_DESK}/recognition-policy"): _REGISTRAR,
    ("POST", f"{_DESK}/commissions"): _REGISTRAR,
    ("POST", f"{_DESK}/commissions/{{commission}}/ballots"): _COMMISSION,
    ("POST", f"{_DESK}/commissions/{{commission}}/election"): _REGISTRAR,
}
"""By method and by the pattern of the address."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `csrf` stands in every form of theirs."""

    account: Account
    csrf: str

    @property
    def learner(self) -> LearnerId | None:
        return self.account.learner

    def may(self, institution: str, *roles: str) -> bool:
        return self.account.may(institution, [StaffRole(role) for role in roles])


def admit(request: Request, office: TheOffice, at: Now) -> None:
    """Let the visitor in, or raise. Whoever was let in stands in `request.state.visitor`.

    Raises SignInFirst, WrongRole, NotFound, ForeignForm.
    """
    visitor = _visitor(request, office, at)
    request.state.visitor = visitor
    route: str = request.scope["route"].path
    rule = RULES.get((request.method, route))
    if rule is None:
        raise NotFound("This page is open to nobody.")
    if rule.who is Who.ANYBODY:
        return
    if visitor is None:
        raise SignInFirst(request.url.path if request.method == "GET" else "/")
    institution = request.path_params.get("institution", "")
    allowed = _is_allowed(visitor, rule, institution)
    note_access(
        office,
        account=visitor.account.id,
        method=request.method,
        route=route,
        whose=institution or visitor.learner or "",
        allowed=allowed,
        at=at,
    )
    if not allowed:
        if rule.who is Who.STAFF and institution in visitor.account.roles:
            raise WrongRole("This needs another role than you have here.")
        raise NotFound("There is no such page, or it is not for you.")
    if request.method == "POST":
        form: Form = request.state.form
        if not compare_digest(form.get("csrf").encode(), visitor.csrf.encode()):
            raise ForeignForm


def recognise(request: Request, office: TheOffice, at: Now) -> None:
    """For pages that are open to anybody and know who is signed in."""
    request.state.visitor = _visitor(request, office, at)


def _is_allowed(visitor: Visitor, rule: Rule, institution: str) -> bool:
    match rule.who:
        case Who.LEARNER:
            return visitor.learner is not None
        case Who.STAFF:
            return visitor.account.may(institution, rule.roles)
    return True


def _visitor(request: Request, office: TheOffice, at: Now) -> Visitor | None:
    secret = request.cookies.get(cookie_of(request))
    found = signing_in.session(office, secret, at=at) if secret else None
    return None if found is None else Visitor(found.account, found.csrf)


def cookie_of(request: Request) -> str:
    """The name of the session's cookie. Under https a browser takes this name from us alone, and for all of us."""
    return "__Host-session" if is_https(request) else "session"


def carry(request: Request, response: Response, session: str) -> Response:
    """Let the browser carry the session: to us alone, and to no script."""
    response.set_cookie(
        cookie_of(request),
        session,
        max_age=int(signing_in.LONGEST.total_seconds()),
        httponly=True,
        secure=is_https(request),
        samesite="lax",
    )
    return response


async def _the_visitor(request: Request) -> Visitor:
    """For routes that only somebody signed in comes to."""
    return cast(Visitor, request.state.visitor)


async def _her_own(request: Request) -> LearnerId:
    """For routes that only a learner comes to."""
    return cast(LearnerId, request.state.visitor.learner)


TheVisitor = Annotated[Visitor, Depends(_the_visitor)]
HerOwn = Annotated[LearnerId, Depends(_her_own)]
