"""Records from elsewhere, brought in only once the learner confirms what was shown; and hers, to take elsewhere."""

from base64 import b64decode
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request, Response

from api.bodies import MEBIBYTE, StrictRoute
from api.callers import ALearner, HerOwnWallet, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, NoKey, TooLarge, UnreadableBody, WrongMediaType, WrongRole
from api.evidence import facts_of, terms_of
from api.posting import Post, reading, recording
from api.wire.imports import BringIn, ImportProposed, ImportRecorded, Losses, LossShown, ReadRecord
from domain.errors import InvalidValue, NotFound
from domain.values import learner_id
from wallet import bringing, exporting
from wallet.bringing import NotTheDocument, SignatureFalse
from wallet.errors import Erased
from wallet.exporting import SIGNED
from wallet.formats.archive import ArchiveRefused
from wallet.formats.baking import NothingBaked
from wallet.formats.elmo import NotElmo
from wallet.formats.emrex import ReturnRefused
from wallet.formats.ewp import NotEwp
from wallet.formats.registry import FORMATS
from wallet.formats.wallet_backup import BackupRefused
from wallet.formats.xml import XmlRefused
from wallet.formats.xml_signature import CertificateRefused, trusted_certificate
from wallet.office import Office
from wallet.records import Reader, Reading, UnknownRecord, read_record
from wallet.reissuing import type_metadata_text
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
    ReturnRefused,
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
    return Elmo(exporting.export(office, learner, "elmo", at=at).content)


_MEDIA_TYPES: Final = {
    **{name: each.media_type for name, each in FORMATS.items()},
    **{name: media_type for name, (_, media_type, _) in SIGNED.items()},
}
FormatInPath = Annotated[
    str,
    Path(
        alias="format", pattern="^[a-z0-9-]{1,40}$", description=f"One of {', '.join((*FORMATS, *SIGNED))}."
    ),
]


class Exported(Response):
    """A record in a format of others."""

    media_type = "application/octet-stream"


@router.get(
    "/learners/{learner}/exports/{format}",
    operation_id="export-record",
    summary="Take the record elsewhere",
    response_class=Exported,
    responses={
        200: {
            "description": "The record in that format: ELMO, CSV and the plain record unsigned, badges as issued.",
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}}
                for media_type in sorted(set(_MEDIA_TYPES.values()))
            },
        },
        **reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest)["responses"],
    },
)
def export_record(learner: HerOwnWallet, to: FormatInPath, office: TheOffice, at: Now) -> Response:
    """What was awarded and stands, by institution. Nobody here knows her name: its fields are empty."""
    converted = exporting.export(office, learner, to, at=at)
    return Response(converted.content, media_type=_MEDIA_TYPES[to])


@router.get(
    "/learners/{learner}/exports/{format}/losses",
    operation_id="show-losses",
    summary="See what a format leaves behind",
    **reading(NoKey, WrongRole, NotFound, Erased, InvalidRequest),
)
def show_losses(learner: HerOwnWallet, to: FormatInPath, office: TheOffice, at: Now) -> Losses:
    """Field by field, what of her record has no place in the format."""
    converted = exporting.export(office, learner, to, at=at)
    return Losses(format=to, losses=[LossShown.of(each) for each in converted.losses])


class TypeMetadata(Response):
    """The metadata of a type of SD-JWT VC."""

    media_type = "application/json"


@router.get(
    "/vct/learning-credit",
    operation_id="show-type-metadata",
    summary="Get the metadata of our type of SD-JWT VC",
    response_class=TypeMetadata,
    responses={
        200: {
            "description": "What the type and its claims are called in three languages. Credentials pin its digest.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **reading(NotFound)["responses"],
    },
)
def show_type_metadata(office: TheOffice) -> Response:
    """SD-JWT-based Verifiable Credentials, 6: for anybody, at the address that is the type."""
    return TypeMetadata(type_metadata_text(office))


def _bytes(said: ReadRecord) -> bytes:
    if said.encoding == "text":
        return said.document.encode("utf-8", "surrogatepass")
    try:
        return b64decode(said.document, validate=True)
    except ValueError as error:
        raise UnknownRecord("The document is not in base64.") from error
