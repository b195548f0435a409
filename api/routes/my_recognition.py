"""A learner's own pages of recognition: she applies with her documents, follows the case, and may appeal."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.bodies import MEBIBYTE
from api.callers import TheOffice
from api.clock import Now
from api.pages.cases import TONES, milestones, words_of_cases
from api.pages.desks import told_of
from api.pages.doors import HerOwn, admit
from api.pages.forms import Form, PageRoute, Said
from api.pages.happenings import SETTINGS
from api.pages.languages import language_of
from api.pages.page import page
from api.wire import scalars
from domain.errors import AlreadyApplied, CalendarUnknown, InvalidValue, NotFound, Refused
from domain.kazakhstan import KAZAKHSTAN
from domain.prior_learning import EvidenceKind, Source
from domain.recognition import Case
from domain.values import (
    AchievementId,
    CaseId,
    CreditPoints,
    CreditScheme,
    Evidence,
    LearnerId,
    Setting,
    achievement_id,
    source_id,
)
from domain.working_days import after
from wallet import portfolio, recognising
from wallet.glancing import names_known
from wallet.office import Office
from wallet.projections import catalogue
from wallet.projections.staff import staff_of
from wallet.showing import show_record


class ApplicationRoute(PageRoute):
    """An application comes with its documents."""

    limit = 32 * MEBIBYTE


router = APIRouter(
    prefix="/my/recognitions",
    include_in_schema=False,
    route_class=ApplicationRoute,
    dependencies=[Depends(admit)],
)

CaseInPath = Annotated[scalars.CaseId, Path()]
DigestInPath = Annotated[str, Path(pattern="^[0-9a-f]{64}$", max_length=64)]
_MOST_SOURCES: Final = 4
"""On the page; a file for the command line, or a program, takes more."""


@router.get("")
def show_cases(request: Request, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Every application of hers, and what each waits for."""
    return page(
        request,
        "my_cases.html",
        queued=recognising.show_cases(office, learner, on=KAZAKHSTAN.day_of(at)),
        names=names_known(office),
        words=words_of_cases(language_of(request)),
        tones=TONES,
    )


@router.get("/new")
def ask_application(request: Request, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """The form; with `achievement`, filled in with what she has entered of it before."""
    achievement = request.query_params.get("achievement", "")
    said = Form({"case": [str(uuid.uuid4())]})
    claimed = office.learner(learner).state.achievements.get(AchievementId(achievement))
    if claimed is not None:
        mine = claimed.claimed
        kind = EvidenceKind.MOOC if mine.setting is Setting.NON_FORMAL else EvidenceKind.SPORTS_TITLE
        filled = {
            "kind-1": kind.value,
            "title-1": language_of(request).name(mine.names),
            "provider-1": mine.provider or "",
            "achieved_on-1": mine.achieved_on.isoformat(),
            "hours-1": "" if mine.hours is None else f"{mine.hours:f}",
            "achievement-1": achievement,
        }
        said.fields.update({name: [text] for name, text in filled.items()})
    return _form(request, learner, office, at, said)


@router.post("")
def apply(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Put the documents into her portfolio and file the application; or the form again, with what cannot be taken."""
    kept: dict[str, list[Evidence]] = {}
    try:
        for field in ("identity", *(f"documents-{number}" for number in range(1, _MOST_SOURCES + 1))):
            kept[field] = [
                *_kept_before(said, office, learner, field),
                *_kept_now(said, office, learner, field, at),
            ]
        institution, _, unit = said.get("unit").partition("/")
        identity = next(iter(kept["identity"]), None)
        if identity is None:
            raise InvalidValue("An application comes with a copy of the identity document.")
        case = recognising.apply(
            office,
            learner,
            institution=institution,
            unit=unit,
            points=_points(said),
            sources=tuple(_sources(said, kept)),
            identity=identity,
            period_from=said.day("period_from"),
            on=KAZAKHSTAN.day_of(at),
            qualification=said.get("qualification") or None,
            close_to=said.all("close_to"),
            case=said.get("case") or None,
            at=at,
        ).case
    except AlreadyApplied:  # sent twice: the first one stands
        case = CaseId(said.get("case"))
        if office.case(case).state.applied.learner != learner:
            raise
    except Refused as error:
        return _form(request, learner, office, at, said, kept, error)
    return RedirectResponse(f"/my/recognitions/{case}", HTTPStatus.SEE_OTHER)


def _kept_before(said: Form, office: Office, learner: LearnerId, field: str) -> Iterator[Evidence]:
    """Documents that came with the form when it was sent before: their SHA-256, and their names."""
    for each in said.all(f"kept-{field}"):
        digest, _, name = each.partition(" ")
        yield Evidence(
            name=name, sha256=digest, media_type=portfolio.read(office, learner, digest).media_type
        )


def _kept_now(said: Form, office: Office, learner: LearnerId, field: str, at: datetime) -> Iterator[Evidence]:
    for file in said.sent(field):
        yield portfolio.keep(office, learner, file.content, name=file.name, at=at)


def _points(said: Form) -> CreditPoints | None:
    points = said.amount("points")
    return None if points is None else CreditPoints(said.scheme(), points)


def _sources(said: Form, kept: dict[str, list[Evidence]]) -> Iterator[Source]:
    """A source for each part of the form in which a title stands."""
    for number in range(1, _MOST_SOURCES + 1):
        title, documents = said.get(f"title-{number}"), kept[f"documents-{number}"]
        if not title:
            if documents:
                raise InvalidValue("Say what each document is of.")
            continue
        if said.get(f"kind-{number}") not in set(EvidenceKind):
            raise InvalidValue(f"The kinds there are: {', '.join(EvidenceKind)}.")
        achievement = said.get(f"achievement-{number}")
        part = Form({name: said.fields.get(f"{name}-{number}", []) for name in ("grade", "scale")})
        yield Source(
            id=source_id(f"s{number}"),
            kind=EvidenceKind(said.get(f"kind-{number}")),
            title=title,
            provider=said.get(f"provider-{number}") or None,
            achieved_on=said.day(f"achieved_on-{number}"),
            hours=said.amount(f"hours-{number}"),
            grade=part.grade(),
            outcomes=tuple(
                line for text in said.get(f"outcomes-{number}").splitlines() if (line := text.strip())
            ),
            achievement=achievement_id(achievement) if achievement else None,
            documents=tuple(documents),
        )


def _form(
    request: Request,
    learner: LearnerId,
    office: Office,
    at: datetime,
    said: Form,
    kept: dict[str, list[Evidence]] | None = None,
    error: Exception | None = None,
) -> Response:
    office.follower.catch_up()
    database, today, spoken = office.ledger.database, KAZAKHSTAN.day_of(at), language_of(request)
    offers, terms = [], []
    for row in catalogue.institutions(database):
        try:
            rules = office.recognition_policy(row.institution).state.in_force(today).rules
        except NotFound:
            continue
        offers.append((row, catalogue.units(database, row.institution)))
        try:
            terms.append(
                (row, after(rules.calendar, today, rules.days_before_period), rules.days_before_period)
            )
        except CalendarUnknown:
            continue
    return page(
        request,
        "my_apply.html",
        offers=offers,
        terms=terms,
        qualifications=catalogue.qualifications(database),
        staff=[
            office.staff(person).state for row, _ in offers for person in staff_of(database, row.institution)
        ],
        schemes=list(CreditScheme),
        kinds=_kinds_by_setting(words_of_cases(spoken)["kinds"]),
        settings={setting.value: spoken.say(words) for setting, words in SETTINGS.items()},
        numbers=range(1, _MOST_SOURCES + 1),
        claims={row.achievement: row.names for row in show_record(office, learner).achievements},
        said=said,
        handed_in=kept or {},
        today=today.isoformat(),
        **told_of(request, error),
    )


def _kinds_by_setting(words: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for kind in EvidenceKind:
        found.setdefault(kind.setting.value, []).append((kind.value, words[kind.value]))
    return found


@router.get("/{recognition}")
def show_case(
    request: Request, recognition: CaseInPath, learner: HerOwn, office: TheOffice, at: Now
) -> Response:
    """One case: what has happened, what is awaited and until when, and what was decided."""
    return _case(request, _hers(office, recognition, learner), office, at, Form())


@router.post("/{recognition}/appeal")
def appeal(
    request: Request, recognition: CaseInPath, said: Said, learner: HerOwn, office: TheOffice, at: Now
) -> Response:
    """Ask for another composition, signed by her."""
    case = _hers(office, recognition, learner)
    try:
        recognising.appeal(office, recognition, grounds=said.get("grounds"), on=KAZAKHSTAN.day_of(at), at=at)
    except Refused as error:
        return _case(request, case, office, at, said, error)
    return RedirectResponse(f"/my/recognitions/{recognition}", HTTPStatus.SEE_OTHER)


@router.get("/{recognition}/documents/{document}")
def read_document(
    recognition: CaseInPath, document: DigestInPath, learner: HerOwn, office: TheOffice
) -> Response:
    """A document that she has handed in."""
    return a_document(office, _hers(office, recognition, learner), document)


def a_document(office: Office, case: Case, digest: str) -> Response:
    """A document that the case names, as it was handed in, under its name. Raises NotFound, for any other."""
    named = next((each for each in case.documents if each.sha256 == digest), None)
    if named is None:
        raise NotFound(f"The case {case.id} names no document {digest}.")
    document = portfolio.read(office, case.applied.learner, digest)
    ending = document.media_type.rpartition("/")[2]
    headers = {
        "Content-Disposition": f'attachment; filename="{digest[:12]}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(document.content, media_type=document.media_type, headers=headers)


def _hers(office: Office, recognition: str, learner: LearnerId) -> Case:
    case = office.case(recognition).state
    if case.applied.learner != learner:
        raise NotFound(f"There is no case of recognition {recognition}.")
    return case


def _case(
    request: Request,
    case: Case,
    office: Office,
    at: datetime,
    said: Form,
    error: Exception | None = None,
) -> Response:
    spoken, today = language_of(request), KAZAKHSTAN.day_of(at)
    decision = case.now.decision
    return page(
        request,
        "my_case.html",
        case=case,
        unit=office.unit(case.applied.unit).state,
        names=names_known(office),
        milestones=milestones(case, spoken, on=today),
        words=words_of_cases(spoken),
        tone=TONES.get(case.stage, "open"),
        settings={setting.value: spoken.say(words) for setting, words in SETTINGS.items()},
        may_appeal=case.appealed is None and decision is not None and today <= decision.appeal_until,
        policy=recognising.policy_of(office, case),
        documents=f"/my/recognitions/{case.id}/documents",
        said=said,
        **told_of(request, error),
    )
