"""Taking a record elsewhere and bringing one in: the learner's files, out of the wallet and into it."""

import base64
import binascii
import zlib
from datetime import datetime
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.bodies import MEBIBYTE
from api.callers import TheOffice
from api.clock import Now
from api.evidence import facts_of, terms_of
from api.pages.desks import told_of
from api.pages.doors import HerOwn, admit, cookie_of
from api.pages.forms import Form, PageRoute, Said
from api.pages.languages import language_of, marked
from api.pages.page import page
from domain.errors import InvalidValue, Refused
from wallet import bringing, erasing, exporting
from wallet.bringing import NotTheDocument, ProposedImport, SignatureFalse
from wallet.formats.archive import ArchiveRefused
from wallet.formats.baking import NothingBaked
from wallet.formats.elmo import NotElmo
from wallet.formats.emrex import ReturnRefused
from wallet.formats.ewp import NotEwp
from wallet.formats.wallet_backup import BackupRefused
from wallet.formats.xml import XmlRefused
from wallet.office import Office
from wallet.records import Reader, Reading, UnknownRecord, read_record
from wallet.verifying.policy import DEFAULT


class RecordRoute(PageRoute):
    """Records carry documents for people inside."""

    limit = 16 * MEBIBYTE


router = APIRouter(
    prefix="/my/files", include_in_schema=False, route_class=RecordRoute, dependencies=[Depends(admit)]
)

erasing_router = APIRouter(
    prefix="/my/erase", include_in_schema=False, route_class=PageRoute, dependencies=[Depends(admit)]
)

ERASE: Final = marked("erase")
"""The word that confirms it, in the reader's language."""
_LARGEST: Final = 12 * MEBIBYTE
_REFUSED: Final = (
    Refused,
    UnknownRecord,
    XmlRefused,
    NotElmo,
    NotEwp,
    NothingBaked,
    ArchiveRefused,
    BackupRefused,
    ReturnRefused,
    NotTheDocument,
    SignatureFalse,
)
KINDS: Final = {
    "elmo": marked("transcript in ELMO"),
    "ewp-transcript": marked("transcript of Erasmus Without Paper"),
    "ewp-learning-agreement": marked("learning agreement of Erasmus Without Paper"),
    "open-badge": marked("Open Badge, a credential of an achievement"),
    "endorsement": marked("endorsement of what others issued"),
    "credential": marked("credential of another kind"),
    "archive": marked("archive of several records"),
    "clr": marked("learner record (CLR)"),
    "european-digital-credential": marked("European Digital Credential"),
    "sd-jwt-vc": marked("credential with selective disclosure (SD-JWT VC)"),
    "wallet-backup": marked("backup of another wallet"),
}


@router.get("")
def show(request: Request) -> Response:
    """What can be taken along, and the form for what is to be brought in."""
    return _page(request)


@router.post("/elmo")
def export_elmo(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """The record as ELMO, with the name that she gives: the ledger knows none."""
    try:
        text = exporting.export(
            office,
            learner,
            "elmo",
            given_names=said.get("given_names"),
            family_name=said.get("family_name"),
            at=at,
        ).content
    except Refused as error:
        return _page(request, error)
    headers = {"Content-Disposition": 'attachment; filename="learner-record.elmo.xml"'}
    return Response(text, headers=headers, media_type="application/xml")


@router.post("")
def propose_import(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """What the record is and what it would add; nothing is written."""
    sent = said.sent("record")
    try:
        if not sent:
            raise InvalidValue("Choose the file of a record.")
        proposed = bringing.propose_import(office, learner, _read(request, office, said, sent[0].content, at))
    except _REFUSED as error:
        return _page(request, error)
    return _page(
        request, proposed=proposed, packed=_packed(sent[0].content), locked=bool(said.get("passphrase"))
    )


@router.post("/confirmed")
def bring_in(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Bring in what was shown."""
    try:
        reading = _read(request, office, said, _unpacked(said.get("packed")), at)
        bringing.bring_in(office, learner, reading, confirmed=said.get("confirmed"), at=at)
    except _REFUSED as error:
        return _page(request, error)
    return RedirectResponse("/my#brought", HTTPStatus.SEE_OTHER)


def _read(request: Request, office: Office, said: Form, document: bytes, at: datetime) -> Reading:
    """With what is known here, and nothing fetched."""
    facts, terms = facts_of(request.app, office, at), terms_of(request.app, DEFAULT)
    passphrase = said.get("passphrase") or None
    return read_record(document, Reader(at=at, evidence=facts, policy=terms, passphrase=passphrase))


def _packed(document: bytes) -> str:
    """The document as the page carries it until it is confirmed: nothing of it is kept here before."""
    return base64.b64encode(zlib.compress(document, 9)).decode()


def _unpacked(packed: str) -> bytes:
    """Refuses: InvalidValue."""
    try:
        unpacking = zlib.decompressobj()
        document = unpacking.decompress(base64.b64decode(packed, validate=True), _LARGEST)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise InvalidValue("What is confirmed is no longer there; choose the file again.") from error
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise InvalidValue("What is confirmed is no longer there; choose the file again.")
    return document


def _page(
    request: Request,
    error: Exception | None = None,
    *,
    proposed: ProposedImport | None = None,
    packed: str = "",
    locked: bool = False,
) -> Response:
    spoken = language_of(request)
    return page(
        request,
        "my_files.html",
        proposed=proposed,
        packed=packed,
        locked=locked,
        kinds={kind: spoken.say(words) for kind, words in KINDS.items()},
        **told_of(request, error),
    )


# --- erasing --------------------------------------------------------------------------------------------


@erasing_router.get("")
def ask_erasure(request: Request, learner: HerOwn) -> Response:
    """What erasing does, and what it cannot do."""
    return page(request, "my_erase.html", learner=learner, **told_of(request, None))


@erasing_router.post("")
def erase(request: Request, said: Said, learner: HerOwn, office: TheOffice, at: Now) -> Response:
    """Erase her, once she has written the word; the receipt is shown, and there is no account any more."""
    spoken = language_of(request)
    if said.get("word").casefold() != spoken.say(ERASE).casefold():
        error = InvalidValue("The word that confirms it is another.")
        return page(request, "my_erase.html", learner=learner, **told_of(request, error))
    erasure = erasing.erase(office, learner, at=at)
    request.state.visitor = None
    response = page(request, "my_erased.html", receipt=erasure.receipt.decode(), at=erasure.erased_at)
    response.delete_cookie(cookie_of(request))
    return response
