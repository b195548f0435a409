"""A learner's own pages: her record at a glance, what stands behind each number, what she adds, and whom she shows."""

import io
import json
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.responses import RedirectResponse

from api.callers import TheOffice
from api.clock import Now
from api.pages.doors import HerOwn, TheVisitor, admit
from api.pages.forms import Form, PageRoute, Said
from api.pages.gaps import Gaps
from api.pages.happenings import SETTINGS, happenings
from api.pages.languages import Language, language_of, marked
from api.pages.page import page
from api.pages.pictures import Bar, Piece, bars, ring_towards
from api.pages.refusals import sentence_of
from api.wire.scalars import QualificationId
from domain.errors import InvalidValue, NotFound, Refused
from domain.values import Evidence, Setting
from wallet import accounts, advising, awarding, publishing, sharing, showing
from wallet.glancing import SchemeSum, glance, names_known
from wallet.office import Office

router = APIRouter(
    prefix="/my", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)]
)

SequenceInPath = Annotated[int, Path(ge=1, le=2**53 - 1)]


@router.get("")
def at_a_glance(request: Request, visitor: TheVisitor, office: TheOffice, at: Now) -> Response:
    """The whole record on one page."""
    spoken = language_of(request)
    seen = glance(office, visitor.account, on=at.date())
    counted = {row.credit for row in seen.record.credits if row.counts}
    return page(
        request,
        "my.html",
        glance=seen,
        settings={setting.value: spoken.say(words) for setting, words in SETTINGS.items()},
        pictures=[(each, _picture(each, spoken)) for each in seen.sums],
        rings=[
            (each, ring_towards(each, spoken), Gaps(each, seen.names, spoken).every) for each in seen.towards
        ],
        timeline=happenings(seen.entries, seen.names, spoken),
        news=happenings(seen.news, seen.names, spoken),
        newest=seen.entries[0].sequence if seen.entries else 0,
        counted=counted,
        qualifications=[
            (id_, names)
            for id_, names in seen.names.qualifications.items()
            if id_ not in {each.qualification.id for each in seen.towards}
        ],
    )


@router.post("/seen")
def note_seen(said: Said, visitor: TheVisitor, office: TheOffice) -> Response:
    """She has read what is new."""
    newest = said.get("newest")
    accounts.note_seen(
        office, visitor.account.id, int(newest) if newest.isdecimal() and len(newest) < 16 else 0
    )
    return RedirectResponse("/my", HTTPStatus.SEE_OTHER)


@router.get("/events/{sequence}")
def show_event(request: Request, sequence: SequenceInPath, learner: HerOwn, office: TheOffice) -> Response:
    """What a number opens to: the signed event itself."""
    entry = showing.show_event(office, learner, sequence)
    if entry is None:
        raise NotFound(f"Event {sequence} is not of this wallet.")
    spoken = language_of(request)
    (told,) = happenings((entry,), names_known(office), spoken)
    text = json.dumps(msgspec.to_builtins(entry.event), ensure_ascii=False, indent=1)
    return page(request, "event.html", entry=entry, told=told, text=text)


@router.get("/qualifications/{qualification}")
def show_progress(
    request: Request, qualification: QualificationId, learner: HerOwn, office: TheOffice, at: Now
) -> Response:
    """How far it is, requirement by requirement, and why each other credit does not help."""
    towards = advising.show_progress(office, learner, qualification, on=at.date())
    record = showing.show_record(office, learner)
    names = names_known(office)
    return page(
        request,
        "progress.html",
        towards=towards,
        gaps=Gaps(towards, names, language_of(request)),
        ring=ring_towards(towards, language_of(request)),
        credits={row.credit: row for row in record.credits},
        names=names,
    )


@router.post("/qualifications")
def choose_qualification(said: Said, learner: HerOwn, office: TheOffice) -> Response:
    """Keep an eye on a qualification, or no longer."""
    qualification = said.get("qualification")
    accounts.choose_qualification(office, learner, qualification, chosen=said.get("chosen") != "no")
    return RedirectResponse("/my", HTTPStatus.SEE_OTHER)


# --- learning of her own --------------------------------------------------------------------------------


@router.get("/learning")
def ask_learning(request: Request, at: Now) -> Response:
    """The form for learning outside formal education."""
    return page(request, "learning.html", said=Form(), problem=None, today=at.date().isoformat())


@router.post("/learning")
def add_learning(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Enter it, signed with her key; or the form again, with what cannot be taken."""
    try:
        awarding.claim(
            office,
            learner,
            setting=_setting(said.get("setting")),
            names={language_of(request).tag: said.get("name")},
            provider=said.get("provider") or None,
            achieved_on=said.day("achieved_on"),
            hours=said.amount("hours"),
            evidence=[
                Evidence(
                    name=file.name,
                    sha256=sha256(file.content).hexdigest(),
                    media_type=file.media_type.partition(";")[0].strip().lower(),
                )
                for file in said.files
            ],
            at=at,
        )
    except Refused as error:
        problem = sentence_of(error, language_of(request))
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return page(
            request, "learning.html", status=status, said=said, problem=problem, today=at.date().isoformat()
        )
    return RedirectResponse("/my", HTTPStatus.SEE_OTHER)


def _setting(said: str) -> Setting:
    if said not in set(Setting):
        raise InvalidValue("Say whether it was non-formal or informal.")
    return Setting(said)


# --- shares ---------------------------------------------------------------------------------------------


@router.get("/shares")
def show_shares(request: Request, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """What she shows to whom, who looked, and the form for another."""
    return _shares(request, learner, office, at, Form())


@router.post("/shares")
def share(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Make a link; it is shown on the list."""
    try:
        sharing.share(
            office,
            learner,
            credentials=said.all("credential"),
            with_whom=said.get("with_whom"),
            purpose=said.get("purpose"),
            until=datetime.combine(said.day("until"), time.max, UTC),
            at=at,
        )
    except Refused as error:
        return _shares(request, learner, office, at, said, sentence_of(error, language_of(request)))
    return RedirectResponse("/my/shares", HTTPStatus.SEE_OTHER)


@router.post("/shares/{share}/withdrawal")
def withdraw_share(share: str, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Take it back: the link opens nothing from now on."""
    sharing.withdraw_share(office, learner, share, at=at)
    return RedirectResponse("/my/shares", HTTPStatus.SEE_OTHER)


def _shares(
    request: Request, learner: HerOwn, office: Office, at: datetime, said: Form, problem: str | None = None
) -> Response:
    held = [row for row in showing.show_record(office, learner).credentials if row.standing == "in-force"]
    return page(
        request,
        "shares.html",
        status=HTTPStatus.OK if problem is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        shares=sharing.shares_of(office, learner),
        held=[(row, _named(office, row.credential)) for row in held],
        said=said,
        problem=problem,
        at=at,
        base_url=office.registry().state.base_url,
        tomorrow=(at + timedelta(days=1)).date().isoformat(),
        in_a_month=(at + timedelta(days=30)).date().isoformat(),
        last=(at + sharing.LONGEST - timedelta(days=1)).date().isoformat(),
    )


def _named(office: Office, credential: str) -> str:
    """What a credential is for, in its own words."""
    document: dict[str, Any] = msgspec.json.decode(office.credential(credential).state.issued.document)
    subject = document.get("credentialSubject", {})
    achievement = subject.get("achievement", {}) if isinstance(subject, dict) else {}
    named = achievement.get("name") if isinstance(achievement, dict) else None
    return str(named or document.get("name") or credential)


@router.get("/looks")
def show_looks(request: Request, learner: HerOwn, office: TheOffice) -> Response:
    """Who looked: whoever opened a link of hers, and whoever of an institution's staff opened something of hers."""
    spoken = language_of(request)
    looks = [
        Look(at, spoken.say(_THROUGH_A_LINK, purpose=share.purpose), share.with_whom)
        for share in sharing.shares_of(office, learner)
        for at in share.looks
    ]
    looks += [
        Look(each.at, spoken.say(OPENED[each.route]), each.name)
        for each in accounts.accesses(office, learner, most=_MOST_LOOKS)
        if each.allowed and each.route in OPENED
    ]
    looks.sort(key=lambda look: look.at, reverse=True)
    return page(request, "my_looks.html", looks=looks[:_MOST_LOOKS])


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked: when, at what, and who it was."""

    at: datetime
    words: str
    who: str


_MOST_LOOKS: Final = 200
_THROUGH_A_LINK: Final = marked("opened the link you made: %(purpose)s")
_CASE: Final = "/desk/{institution}/recognitions/{recognition}"
OPENED: Final = {
    _CASE: marked("opened your application for recognition"),
    f"{_CASE}/documents/{{document}}": marked("opened a document of your application"),
    f"{_CASE}/extract": marked("opened the extract of the minutes of your case"),
    "/desk/{institution}/agreements/{agreement}": marked("opened your learning agreement"),
    "/desk/{institution}/credentials/{credential}": marked("opened a document issued to you"),
}
"""By the route of a page at an institution's desk."""


# --- away -----------------------------------------------------------------------------------------------


@router.get("/export")
def export(learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Everything she was given, as files, with a bundle that proves them where there is no network."""
    record = showing.show_record(office, learner)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for row in record.credentials:
            document = office.credential(row.credential).state.issued.document
            archive.writestr(f"credentials/{row.credential.rpartition(':')[2]}.json", document)
        archive.writestr(
            "bundle.json", publishing.bundle(office, [row.credential for row in record.credentials], at=at)
        )
        events = [
            {
                "sequence": entry.sequence,
                "name": entry.name,
                "recordedAt": entry.recorded_at,
                "actor": entry.actor,
                "hash": entry.hash.hex(),
                "event": entry.event,
            }
            for entry in showing.show_events(office, learner)
        ]
        archive.writestr("events.json", msgspec.json.format(msgspec.json.encode(events)))
    headers = {"Content-Disposition": 'attachment; filename="learner-record.zip"'}
    return Response(packed.getvalue(), headers=headers, media_type="application/zip")


# --- pictures -------------------------------------------------------------------------------------------


def _picture(summed: SchemeSum, spoken: Language) -> Any:
    """A bar for each level, in pieces by setting."""
    rows = [
        Bar(
            level or spoken.say("no level stated"),
            tuple(
                _piece(setting, summed.by_level[level][setting], spoken)
                for setting in Setting
                if setting in summed.by_level[level]
            ),
        )
        for level in sorted(summed.by_level, key=lambda level: level or "")
    ]
    scheme = summed.points.scheme.value
    words = "; ".join(f"{bar.label}: " + ", ".join(piece.words for piece in bar.pieces) for bar in rows)
    return bars(rows, f"{scheme}. {words}")


def _piece(setting: Setting, points: Decimal, spoken: Language) -> Piece:
    words = f"{spoken.say(SETTINGS[setting])} {spoken.number(points)}"
    return Piece(points, setting.value, words)
