"""The institution's desk: what it teaches, what it awards, how each document stands, its keys, its people."""

from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.callers import InstitutionInPath, TheOffice
from api.clock import Now
from api.evidence import facts_of
from api.pages.desks import back as _back
from api.pages.desks import desk_page as _page
from api.pages.doors import TheVisitor, admit
from api.pages.forms import Form, PageRoute, Said
from api.pages.happenings import SETTINGS
from api.pages.languages import LANGUAGES, language_of, marked
from api.pages.page import page
from api.pages.refusals import sentence_of
from api.pages.verdicts import ANSWERS, told
from api.routes.proposals import person_of, to_proposal
from domain.errors import InvalidValue, NotFound, Refused
from domain.institution import KeyStanding
from domain.qualification import AllOf, QualificationDescription, QualificationKind, RequiredUnit
from domain.unit import UnitDescription
from domain.values import (
    CreditPoints,
    CreditScheme,
    IscedF,
    LearningOutcome,
    Level,
    OutcomeId,
    Setting,
    UnitId,
    amount,
)
from wallet import access, accounts, awarding, describing, issuing, registering, signing_in, two_persons
from wallet.accounts import StaffRole
from wallet.checking import Brought, TooMuch, examine, follow, is_link
from wallet.errors import Erased
from wallet.fetching import FetchError
from wallet.glancing import names_known
from wallet.issuing_many import (
    COLUMNS,
    Mode,
    Outcome,
    Result,
    TooManyAtOnce,
    issue_many,
    sheet_of_credentials,
)
from wallet.office import Office
from wallet.projections import catalogue
from wallet.projections.credentials import credentials_by, how_many_by
from wallet.sheets import Row, SheetRefused
from wallet.showing_status import show_standing
from wallet.two_persons import Act

router = APIRouter(
    prefix="/desk", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)]
)

ROLES: Final = {
    StaffRole.ADMIN: marked("administrator: keys and people"),
    StaffRole.REGISTRAR: marked("registrar: units, qualifications, learners"),
    StaffRole.ISSUER: marked("issuer: awards and documents"),
    StaffRole.ADMISSIONS: marked("admissions: checks what applicants bring"),
    StaffRole.COMMISSION: marked("member of the recognition commission"),
    StaffRole.EXPERT: marked("expert of the recognition commission"),
}
STANDINGS: Final = {
    "in-force": marked("in force"),
    "suspended": marked("suspended"),
    "revoked": marked("revoked"),
    "superseded": marked("superseded"),
}
_KEY_STANDINGS: Final = {
    KeyStanding.IN_FORCE: marked("in force"),
    KeyStanding.RETIRED: marked("retired"),
    KeyStanding.COMPROMISED: marked("reported stolen"),
    KeyStanding.NOT_YET: marked("not yet in force"),
    KeyStanding.UNKNOWN: marked("unknown"),
}
_REFUSED: Final = HTTPStatus.UNPROCESSABLE_ENTITY
_MOST_ROWS: Final = 1000
_MOST_LISTED: Final = 100


@router.get("")
def choose(request: Request, visitor: TheVisitor, office: TheOffice) -> Response:
    """The desks this visitor may sit at; the only one at once."""
    held = list(visitor.account.roles)
    if len(held) == 1:
        return _back(held[0])
    return page(request, "desks.html", held=held, names=names_known(office).institutions)


@router.get("/{institution}")
def show(
    request: Request, institution: InstitutionInPath, visitor: TheVisitor, office: TheOffice, at: Now
) -> Response:
    """The institution at a glance, and what this visitor may do for it."""
    office.follower.catch_up()
    standing = how_many_by(office.ledger.database, institution)
    spoken = language_of(request)
    return _page(
        request,
        "desk.html",
        office,
        institution,
        roles=[spoken.say(ROLES[role]) for role in ROLES if visitor.may(institution, role)],
        units=catalogue.units(office.ledger.database, institution),
        qualifications=catalogue.qualifications(office.ledger.database, institution),
        issued=sum(standing.values()),
        ended=standing.get("revoked", 0) + standing.get("superseded", 0),
        suspended=standing.get("suspended", 0),
        settings={setting.value: spoken.say(words) for setting, words in SETTINGS.items()},
        today=at.date(),
    )


# --- what is taught -------------------------------------------------------------------------------------


@router.get("/{institution}/units")
def show_units(request: Request, institution: InstitutionInPath, office: TheOffice) -> Response:
    """Units and qualifications, and the forms for more."""
    return _units(request, institution, office, Form())


@router.post("/{institution}/units")
def describe_unit(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """Describe a unit: its outcomes are the lines of a text."""
    try:
        describing.describe_unit(
            office, institution, unit=said.get("unit"), description=_unit_description(said), at=at
        )
    except Refused as error:
        return _units(request, institution, office, said, sentence_of(error, language_of(request)))
    return _back(institution, "/units")


@router.post("/{institution}/qualifications")
def describe_qualification(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """Describe a qualification that asks for each of the chosen units, and for so many points in all."""
    try:
        parts = tuple(
            RequiredUnit(label=office.unit(unit).state.names, unit=UnitId(unit)) for unit in said.all("needs")
        )
        description = QualificationDescription(
            names=_names(said),
            points=CreditPoints(said.scheme(), amount(said.get("points"))),
            level=_level(said),
            kind=_kind(said.get("kind")),
            requirement=AllOf(label=_names(said), requirements=parts),
        )
        describing.describe_qualification(
            office, institution, qualification=said.get("qualification"), description=description, at=at
        )
    except Refused as error:
        return _units(request, institution, office, said, sentence_of(error, language_of(request)))
    return _back(institution, "/units")


def _units(
    request: Request, institution: str, office: Office, said: Form, problem: str | None = None
) -> Response:
    office.follower.catch_up()
    units = [office.unit(row.unit).state for row in catalogue.units(office.ledger.database, institution)]
    spoken = language_of(request)
    return _page(
        request,
        "units.html",
        office,
        institution,
        status=HTTPStatus.OK if problem is None else _REFUSED,
        units=units,
        qualifications=catalogue.qualifications(office.ledger.database, institution),
        settings={setting.value: spoken.say(words) for setting, words in SETTINGS.items()},
        schemes=list(CreditScheme),
        kinds=list(QualificationKind),
        said=said,
        problem=problem,
    )


def _names(said: Form) -> dict[str, str]:
    return {tag: name for tag in LANGUAGES if (name := said.get(f"name_{tag}"))}


def _kind(said: str) -> QualificationKind:
    if said not in set(QualificationKind):
        raise InvalidValue(f"The kinds there are: {', '.join(QualificationKind)}.")
    return QualificationKind(said)


def _level(said: Form) -> Level:
    level = said.get("level")
    if not (level.isascii() and level.isdecimal()):
        raise InvalidValue("A level of the EQF is a number from 1 to 8.")
    return Level("EQF", int(level[:3]))


def _unit_description(said: Form) -> UnitDescription:
    if said.get("setting") not in set(Setting):
        raise InvalidValue("Say in which setting the unit is taught.")
    outcomes = [line.strip() for line in said.get("outcomes").splitlines() if line.strip()]
    tag = next(iter(_names(said)), "en")
    return UnitDescription(
        code=said.get("code"),
        names=_names(said),
        outcomes=tuple(
            LearningOutcome(id=OutcomeId(f"lo{number}"), text={tag: line})
            for number, line in enumerate(outcomes, 1)
        ),
        setting=Setting(said.get("setting")),
        points=(CreditPoints(said.scheme(), amount(said.get("points").replace(",", "."))),),
        level=_level(said),
        field=IscedF(said.get("field")) if said.get("field") else None,
        workload_hours=Decimal(amount(said.get("hours").replace(",", "."))) if said.get("hours") else None,
    )


# --- learners -------------------------------------------------------------------------------------------


@router.post("/{institution}/learners")
def open_wallet(request: Request, institution: InstitutionInPath, office: TheOffice, at: Now) -> Response:
    """Open a wallet for a learner: her number for the institution, and a link for her, shown once."""
    admitted = access.admit(office, opened_by=institution, at=at)
    secret = signing_in.invite_learner(office, admitted.learner, at=at)
    link = f"{office.registry().state.base_url}/welcome/{secret}"
    return _page(request, "opened.html", office, institution, learner=admitted.learner, link=link)


# --- awards ---------------------------------------------------------------------------------------------


@router.get("/{institution}/award")
def ask_award(request: Request, institution: InstitutionInPath, office: TheOffice, at: Now) -> Response:
    """The form for one award."""
    return _award(request, institution, office, at, Form())


@router.post("/{institution}/award")
def award(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """Award credit for a unit to one learner, and issue it as a document."""
    try:
        awarded = awarding.award(
            office,
            institution,
            learner=said.get("learner").lower(),
            unit=said.get("unit"),
            scheme=said.scheme() if said.get("scheme") else None,
            grade=said.grade(),
            awarded_on=said.day("awarded_on"),
            at=at,
        )
        issued = issuing.issue_credit(
            office, institution, learner=said.get("learner").lower(), credit=awarded.credit, at=at
        )
    except (Refused, Erased) as error:
        return _award(request, institution, office, at, said, sentence_of(error, language_of(request)))
    return _back(institution, f"/credentials/{issued.credential}")


def _award(
    request: Request, institution: str, office: Office, at: datetime, said: Form, problem: str | None = None
) -> Response:
    office.follower.catch_up()
    return _page(
        request,
        "award.html",
        office,
        institution,
        status=HTTPStatus.OK if problem is None else _REFUSED,
        units=catalogue.units(office.ledger.database, institution),
        schemes=list(CreditScheme),
        said=said,
        problem=problem,
        today=at.date().isoformat(),
    )


@router.get("/{institution}/award/many")
def ask_many(request: Request, institution: InstitutionInPath, office: TheOffice) -> Response:
    """The form for a table of awards."""
    return _many(request, institution, office)


@router.post("/{institution}/award/many")
def award_many(
    request: Request,
    institution: InstitutionInPath,
    said: Said,
    visitor: TheVisitor,
    office: TheOffice,
    at: Now,
) -> Response:
    """First what the table says, each wrong cell marked; once that was confirmed, everything is issued, or nothing.

    Where the institution asks for two persons, it is proposed to the second.
    """
    text = said.files[0].content if said.files else said.get("table").encode()
    confirmed = said.get("confirmed") == "yes"
    in_twos = confirmed and two_persons.asks_for_two(office, institution)
    mode = Mode.ALL_OR_NONE if confirmed and not in_twos else Mode.PREVIEW
    with TemporaryDirectory() as folder:
        path = FilePath(folder) / "table.csv"
        path.write_bytes(text)
        try:
            sheet = sheet_of_credentials(path)
            if sheet.count > _MOST_ROWS:
                raise TooManyAtOnce(f"A page takes {_MOST_ROWS} rows; for more there is the command line.")
            outcomes = list(issue_many(office, institution, sheet, mode=mode, at=at))
            rows = list(sheet.rows())
            if in_twos and not any(each.result is Result.REFUSED for each in outcomes):
                by = person_of(visitor)
                act = Act.ISSUE_MANY
                return to_proposal(two_persons.propose(office, institution, act, by=by, at=at, content=text))
        except (SheetRefused, TooManyAtOnce, Refused) as error:
            return _many(request, institution, office, problem=sentence_of(error, language_of(request)))
    faults: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.result is Result.REFUSED:
            faults.setdefault(outcome.number, []).append(outcome)
    done = {each.number: each for each in outcomes if each.result in (Result.ISSUED, Result.ISSUED_BEFORE)}
    return _many(
        request, institution, office, rows=rows, faults=faults, done=done, text=text.decode(errors="replace")
    )


def _many(
    request: Request,
    institution: str,
    office: Office,
    *,
    rows: list[Row] | None = None,
    faults: dict[int, list[Outcome]] | None = None,
    done: dict[int, Outcome] | None = None,
    text: str = "",
    problem: str | None = None,
) -> Response:
    return _page(
        request,
        "award_many.html",
        office,
        institution,
        status=_REFUSED if problem or faults else HTTPStatus.OK,
        columns=[name for name in COLUMNS if any(name in row.cells for row in rows or ())],
        all_columns=COLUMNS,
        rows=rows,
        faults=faults or {},
        done=done or {},
        text=text,
        problem=problem,
    )


# --- documents ------------------------------------------------------------------------------------------


@router.get("/{institution}/credentials")
def list_credentials(
    request: Request,
    institution: InstitutionInPath,
    office: TheOffice,
    standing: Annotated[str, Query()] = "",
    before: Annotated[int, Query(ge=1, lt=2**53)] = 2**53 - 1,
) -> Response:
    """Every document the institution has issued, newest first, a hundred to a page."""
    office.follower.catch_up()
    asked = standing if standing in STANDINGS else ""
    rows = credentials_by(
        office.ledger.database, institution, standing=asked, before=before, most=_MOST_LISTED + 1
    )
    older = rows[_MOST_LISTED - 1].sequence if len(rows) > _MOST_LISTED else None
    spoken = language_of(request)
    standings = {standing: spoken.say(words) for standing, words in STANDINGS.items()}
    return _page(
        request,
        "credentials.html",
        office,
        institution,
        rows=rows[:_MOST_LISTED],
        standings=standings,
        asked=asked,
        older=older,
    )


@router.get("/{institution}/credentials/{credential}")
def show_credential(
    request: Request,
    institution: InstitutionInPath,
    credential: str,
    visitor: TheVisitor,
    office: TheOffice,
    at: Now,
) -> Response:
    """One document: how it stands, its history, and what can be done about it. The learner is told who looked."""
    held = office.credential(credential).state.issued
    if held.institution == institution:
        accounts.note_access(
            office,
            account=visitor.account.id,
            method=request.method,
            route=request.scope["route"].path,
            whose=held.learner,
            allowed=True,
            at=at,
        )
    return _credential(request, institution, credential, office)


@router.post("/{institution}/credentials/{credential}")
def change_credential(
    request: Request, institution: InstitutionInPath, credential: str, said: Said, office: TheOffice, at: Now
) -> Response:
    """Suspend, reinstate or revoke it, or issue it anew; each with its reason where one is asked."""
    try:
        match said.get("act"):
            case "suspend":
                issuing.suspend(office, institution, credential, reason=said.get("reason"), at=at)
            case "reinstate":
                issuing.reinstate(office, institution, credential, at=at)
            case "revoke":
                issuing.revoke(office, institution, credential, reason=said.get("reason"), at=at)
            case "supersede":
                credential = issuing.supersede(office, institution, credential, at=at).credential
            case _:
                raise InvalidValue("Say what is to be done with it.")
    except Refused as error:
        problem = sentence_of(error, language_of(request))
        return _credential(request, institution, credential, office, problem)
    return _back(institution, f"/credentials/{credential}")


def _credential(
    request: Request,
    institution: str,
    credential: str,
    office: Office,
    problem: str | None = None,
) -> Response:
    held = office.credential(credential).state
    if held.issued.institution != institution:
        raise NotFound(f"No credential {credential} was issued here.")
    spoken = language_of(request)
    return _page(
        request,
        "credential.html",
        office,
        institution,
        status=HTTPStatus.OK if problem is None else _REFUSED,
        held=held,
        history=show_standing(office, credential).changes,
        standings={standing: spoken.say(words) for standing, words in STANDINGS.items()},
        units=names_known(office).units,
        lines=[office.learner(held.issued.learner).state.credit(line) for line in held.issued.credits],
        problem=problem,
    )


# --- keys and people ------------------------------------------------------------------------------------


@router.get("/{institution}/keys")
def show_keys(request: Request, institution: InstitutionInPath, office: TheOffice, at: Now) -> Response:
    """Every key the institution has ever signed with."""
    return _keys(request, institution, office, at)


@router.post("/{institution}/keys")
def change_keys(
    request: Request,
    institution: InstitutionInPath,
    said: Said,
    visitor: TheVisitor,
    office: TheOffice,
    at: Now,
) -> Response:
    """Put a new key in the place of the one in force, or report one stolen."""
    try:
        match said.get("act"):
            case "rotate" if two_persons.asks_for_two(office, institution):
                by = person_of(visitor)
                return to_proposal(two_persons.propose(office, institution, Act.ROTATE_KEY, by=by, at=at))
            case "rotate":
                registering.rotate_key(office, institution, at=at)
            case "report":
                since = datetime.combine(said.day("since"), datetime.min.time(), at.tzinfo)
                registering.report_compromise(
                    office,
                    institution,
                    method=said.get("method"),
                    since=since,
                    reason=said.get("reason"),
                    at=at,
                )
            case _:
                raise InvalidValue("Say what is to be done with the keys.")
    except Refused as error:
        return _keys(request, institution, office, at, sentence_of(error, language_of(request)))
    return _back(institution, "/keys")


def _keys(
    request: Request, institution: str, office: Office, at: datetime, problem: str | None = None
) -> Response:
    spoken = language_of(request)
    terms = [
        (term, term.standing(at), spoken.say(_KEY_STANDINGS[term.standing(at)]))
        for term in reversed(office.institution(institution).state.keys)
    ]
    return _page(
        request,
        "keys.html",
        office,
        institution,
        status=HTTPStatus.OK if problem is None else _REFUSED,
        terms=terms,
        today=at.date().isoformat(),
        problem=problem,
    )


@router.get("/{institution}/people")
def show_people(request: Request, institution: InstitutionInPath, office: TheOffice) -> Response:
    """Who has which role here, and who opened what."""
    return _people(request, institution, office)


@router.post("/{institution}/people")
def invite(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """A one-time link for somebody with these roles, shown once."""
    try:
        secret = signing_in.invite_staff(
            office, name=said.get("name"), roles={institution: said.all("role")}, at=at
        )
    except Refused as error:
        return _people(request, institution, office, problem=sentence_of(error, language_of(request)))
    link = f"{office.registry().state.base_url}/welcome/{secret}"
    return _people(request, institution, office, link=link)


@router.post("/{institution}/people/withdrawal")
def withdraw_roles(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice
) -> Response:
    """Take every role here from somebody."""
    try:
        accounts.withdraw_roles(office, said.get("account"), institution)
    except Refused as error:
        return _people(request, institution, office, problem=sentence_of(error, language_of(request)))
    return _back(institution, "/people")


def _people(
    request: Request,
    institution: str,
    office: Office,
    *,
    link: str | None = None,
    problem: str | None = None,
) -> Response:
    spoken = language_of(request)
    return _page(
        request,
        "people.html",
        office,
        institution,
        status=HTTPStatus.OK if problem is None else _REFUSED,
        staff=accounts.staff_of(office, institution),
        roles={role: spoken.say(words) for role, words in ROLES.items()},
        accesses=accounts.accesses(office, institution, most=50),
        link=link,
        problem=problem,
    )


# --- admissions -----------------------------------------------------------------------------------------


@router.get("/{institution}/admissions")
def ask_admissions(request: Request, institution: InstitutionInPath, office: TheOffice) -> Response:
    """The form for what applicants have brought."""
    return _admissions(request, institution, office)


@router.post("/{institution}/admissions")
def examine_all(
    request: Request, institution: InstitutionInPath, said: Said, office: TheOffice, at: Now
) -> Response:
    """A verdict for each file, in a table; the same credential brought twice is marked."""
    brought = [Brought(file.name, file.content) for file in said.files if file.content]
    if text := said.get("text"):
        name = language_of(request).say(marked("pasted"))
        try:
            followed = follow(text, request.app.state.fetcher) if is_link(text) else text.encode()
        except FetchError as error:
            return _admissions(request, institution, office, problem=sentence_of(error, language_of(request)))
        brought.append(Brought(name, followed))
    if not brought:
        problem = language_of(request).say(marked("Choose a file, or paste a text or a link."))
        return _admissions(request, institution, office, problem=problem)
    try:
        examined = examine(brought, at=at, evidence=facts_of(request.app, office, at))
    except TooMuch as error:
        return _admissions(request, institution, office, problem=sentence_of(error, language_of(request)))
    spoken = language_of(request)
    rows = [(each, told(each.verdict, spoken)) for each in examined]
    return _admissions(request, institution, office, rows=rows)


def _admissions(
    request: Request, institution: str, office: Office, *, rows: Any = None, problem: str | None = None
) -> Response:
    spoken = language_of(request)
    return _page(
        request,
        "admissions.html",
        office,
        institution,
        status=HTTPStatus.OK if problem is None else _REFUSED,
        rows=rows,
        why=list(dict.fromkeys(verdict.reason for _, verdict in rows or ())),
        answers={outcome.value: spoken.say(words) for outcome, words in ANSWERS.items()},
        problem=problem,
    )
