"""Records from elsewhere, brought in only once the learner confirms what was shown; and hers, to take elsewhere."""

from base64 import b64decode
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from api.bodies import MEBIBYTE, StrictRoute
from api.callers import ALearner, HerOwnWallet, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, NoKey, TooLarge, UnreadableBody, WrongMediaType, WrongRole
from api.evidence import facts_of, terms_of
from api.posting import Post, reading, recording
from api.wire.imports import BringIn, ImportProposed, ImportRecorded, ReadRecord
from domain.errors import InvalidValue, NotFound
from domain.values import learner_id
from wallet import bringing, exporting
from wallet.bringing import NotTheDocument, SignatureFalse
from wallet.errors import Erased
from wallet.formats.archive import ArchiveRefused
from wallet.formats.baking import NothingBaked
from wallet.formats.elmo import NotElmo
from wallet.formats.ewp import NotEwp
from wallet.formats.wallet_backup import BackupRefused
from wallet.formats.xml import XmlRefused
from wallet.formats.xml_signature import CertificateRefused, trusted_certificate
from wallet.office import Office
from wallet.records import Reader, Reading, UnknownRecord, read_record
from wallet.verifying.policy import DEFAULT


class RecordRoute(StrictRoute):
    """A route for records, which carry documents for people inside."""

    limit = 16 * MEBIBYTE


router = APIRouter(tags=["Imports"], route_class=RecordRoute)

_REFUSED: tuple[type[Exception], ...] = (
    UnknownRecord,
    XmlRefused,
    NotElmo,
    NotEwp,
    NothingBaked,
    ArchiveRefused,
    BackupRefused,
    CertificateRefused,
)
_READING: dict[str, Any] = reading(
    NoKey,
    WrongRole,
    NotFound,
    Erased,
    UnreadableBody,
    WrongMediaType,
    TooLarge,
    InvalidRequest,
    InvalidValue,
    *_REFUSED,
)


@router.post("/imports", operation_id="propose-import", summary="Read a record from elsewhere", **_READING)
def propose_import(
    said: ReadRecord, request: Request, office: TheOffice, caller: ALearner, at: Now
) -> ImportProposed:
    """What it is, whether it is what its issuer signed, each line with whether it counts, and what it would add.

    Nothing is written, and nothing is fetched. Bring it in by sending it again with its digest.
    """
    reading = _read(said, request, office, at)
    return ImportProposed.of(bringing.propose_import(office, caller.holder, reading))


@router.post(
    "/imports/confirmed",
    operation_id="bring-in",
    summary="Bring in a record that was shown",
    response_model=ImportRecorded,
    **recording(NotFound, Erased, InvalidValue, NotTheDocument, SignatureFalse, *_REFUSED),
)
def bring_in(said: BringIn, request: Request, post: Post, caller: ALearner) -> Response:
    """What counts in it becomes claimed learning in the caller's own wallet, without credit. Twice adds nothing."""
    reading = _read(said, request, post.office, post.at)
    return post.record(
        lambda once: bringing.bring_in(
            post.office, caller.holder, reading, confirmed=said.confirmed, at=post.at, once=once
        ),
        show=ImportRecorded.of,
        location=lambda _: f"/learners/{caller.holder}/record",
        learner=learner_id(caller.holder),
    )


def _read(said: ReadRecord, request: Request, office: Office, at: datetime) -> Reading:
    reader = Reader(
        at=at,
        evidence=facts_of(request.app, office, at),
        policy=terms_of(request.app, DEFAULT),
        trusted=[trusted_certificate(each.encode()) for each in said.certificates],
        passphrase=said.passphrase,
    )
    return read_record(_bytes(said), reader)


class Elmo(Response):
    """An ELMO document."""

    media_type = "application/xml"


@router.get(
    "/learners/{learner}/elmo",
    operation_id="export-elmo",
    summary="Take the record elsewhere, as ELMO",
    response_class=Elmo,
    responses={
        200: {
            "description": "An ELMO 1.7 document, which is not signed.",
            "content": {"application/xml": {"schema": {"type": "string"}}},
        },
        **reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest)["responses"],
    },
)
def export_elmo(learner: HerOwnWallet, office: TheOffice, at: Now) -> Response:
    """What was awarded and stands, by institution. Nobody here knows her name: its fields are empty."""
    return Elmo(exporting.export_elmo(office, learner, at=at))


def _bytes(said: ReadRecord) -> bytes:
    if said.encoding == "text":
        return said.document.encode("utf-8", "surrogatepass")
    try:
        return b64decode(said.document, validate=True)
    except ValueError as error:
        raise UnknownRecord("The document is not in base64.") from error
