"""Documents for people: printing them as PDF, and verifying a file that somebody was handed."""

import base64
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from api.bodies import MEBIBYTE, StrictRoute, bytes_of
from api.callers import Anyone, Caller, HerOwnWallet, TheOffice, no_wallet, note_look
from api.clock import Now
from api.errors import (
    InvalidRequest,
    NoKey,
    OutOfTime,
    TooLarge,
    UnreadableBody,
    WrongMediaType,
    WrongRole,
)
from api.evidence import facts_of
from api.media import LearnerBundle, Pdf
from api.posting import reading
from api.problems import ANY_OTHER, refusals
from api.routes.verification import VERDICT
from api.wire.papers import Print, TakeAlong, VerifyFile
from domain.errors import (
    InvalidValue,
    KeyNotInForce,
    NotFound,
    NotInForce,
    WrongInstitution,
    WrongLearner,
    WrongStage,
)
from wallet import access, moving, printing
from wallet.access import Role
from wallet.checking import check
from wallet.documents.printed import Kind
from wallet.documents.setting import NotPrintable
from wallet.errors import Erased
from wallet.formats.baking import NothingBaked
from wallet.office import Office
from wallet.printing import Paper

router = APIRouter(tags=["Papers"], route_class=StrictRoute)

_PDF: Final[dict[str, Any]] = {
    "response_class": Pdf,
    "responses": {
        **reading(
            NoKey,
            WrongRole,
            NotFound,
            NotInForce,
            WrongInstitution,
            WrongLearner,
            WrongStage,
            KeyNotInForce,
            Erased,
            InvalidValue,
            NotPrintable,
            UnreadableBody,
            WrongMediaType,
            TooLarge,
            InvalidRequest,
        )["responses"],
        200: {
            "description": "The document as PDF/A-3, with what it tells of attached and signed.",
            "content": {Pdf.media_type: {"schema": {"type": "string", "format": "binary"}}},
        },
    },
}


@router.post("/papers", operation_id="print-document", summary="Print a document for people", **_PDF)
def print_document(said: Print, request: Request, office: TheOffice, caller: Anyone, at: Now) -> Response:
    """A PDF that the institution has signed. An institution prints its own; a learner, what is about her.

    Nothing is recorded: what is printed is what stands in credentials in force, or in a case that is decided.
    """
    if said.holder.confirmed and caller.role is not Role.INSTITUTION:
        raise WrongRole("A name is confirmed by the institution, with its own key.")
    paper = _paper(said, request, office, caller, at)
    name = f"{paper.printed.kind.value}-{paper.printed.number.removeprefix('urn:uuid:')[:8]}.pdf"
    return Pdf(paper.pdf, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _paper(said: Print, request: Request, office: Office, caller: Caller, at: Now) -> Paper:
    how: dict[str, Any] = {"languages": said.languages, "holder": said.holder.to_holder(), "at": at}
    if said.kind in (Kind.MINUTES, Kind.EXTRACT):
        assert said.recognition is not None, "the body's model asks for it"
        case = office.case(said.recognition).state
        why = access.right_to_read_case(caller.grant, case)
        note_look(request, office, caller, case.applied.learner, why, at)
        if why is None:
            raise NotFound(f"There is no case of recognition {said.recognition}.")
        put_down = printing.print_minutes if said.kind is Kind.MINUTES else printing.print_extract
        return put_down(office, said.recognition, **how)
    if said.kind in (Kind.CERTIFICATE, Kind.SUPPLEMENT):
        assert said.credential is not None, "the body's model asks for it"
        issued = office.credential(said.credential).state.issued
        _refuse_other(request, office, caller, issued.learner, at)
        by = _whose(caller, issued.institution)
        if said.kind is Kind.CERTIFICATE:
            return printing.print_certificate(office, by, credential=said.credential, **how)
        details = said.details.to_details()
        return printing.print_supplement(office, by, credential=said.credential, details=details, **how)
    assert said.learner is not None, "the body's model asks for it"
    _refuse_other(request, office, caller, said.learner, at)
    by = _whose(caller, said.institution)
    transcript = printing.print_transcript if said.kind is Kind.TRANSCRIPT else printing.print_ecvet
    return transcript(office, by, learner=said.learner, credential=said.credential, **how)


def _refuse_other(request: Request, office: Office, caller: Caller, learner: str, at: Now) -> None:
    """Whoever looks is noted for the learner. Refuses: NotFound, WrongRole."""
    if caller.role not in (Role.INSTITUTION, Role.LEARNER):
        raise WrongRole("This needs a key of an institution or a learner.")
    try:
        wallet = office.learner(learner).state
    except NotFound:
        raise no_wallet(learner) from None
    why = access.right_to_read(office, caller.grant, wallet)
    note_look(request, office, caller, wallet.learner, why, at)
    if why is None:
        raise no_wallet(learner)


def _whose(caller: Caller, named: str | None) -> str:
    """The institution that prints: the caller, or the one that a learner names."""
    if caller.role is Role.INSTITUTION:
        return caller.holder
    if named is None:
        raise InvalidValue("Name the institution whose document it is to be.")
    return named


@router.post(
    "/learners/{learner}/bundle",
    operation_id="take-along",
    summary="Take everything along",
    response_class=LearnerBundle,
    responses={
        **reading(
            NoKey,
            WrongRole,
            NotFound,
            Erased,
            InvalidValue,
            UnreadableBody,
            WrongMediaType,
            TooLarge,
            InvalidRequest,
        )["responses"],
        200: {
            "description": "The learner's bundle, encrypted with the passphrase.",
            "content": {LearnerBundle.media_type: {"schema": {"type": "string"}}},
        },
    },
)
def take_along(said: TakeAlong, learner: HerOwnWallet, office: TheOffice, at: Now) -> Response:
    """Credentials, events with their proofs, documents and her key in one file, which opens with no server."""
    sealed = moving.take_along(office, learner, said.passphrase, at=at)
    return LearnerBundle(sealed, headers={"Content-Disposition": 'attachment; filename="bundle.jwe"'})


# --- files somebody was handed ---------------------------------------------------------------------------

_AS_IT_IS: Final = ("application/pdf", "image/png", "image/svg+xml")
_OF_THE_BODY: Final = (b"content-type", b"content-length")


class FileRoute(StrictRoute):
    """A route to which a file may be sent as it is, too."""

    limit = 12 * MEBIBYTE

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_file(request: Request) -> Response:
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            return await handle(_InBase64(request) if media_type in _AS_IT_IS else request)

        return handle_file


class _InBase64(Request):
    """A file sent as it is, as if it had been sent in JSON."""

    def __init__(self, request: Request) -> None:
        headers = [(name, value) for name, value in request.scope["headers"] if name not in _OF_THE_BODY]
        headers.append((b"content-type", b"application/json"))
        super().__init__({**request.scope, "headers": headers}, request.receive)
        self._sent = request

    async def stream(self) -> Any:
        """The one member of such a body."""
        content = await bytes_of(self._sent, FileRoute.limit * 3 // 4 - MEBIBYTE)
        yield b'{"file":"' + base64.b64encode(content) + b'"}'


files = APIRouter(tags=["Verification"], route_class=FileRoute)


@files.post(
    "/verifications/files",
    operation_id="verify-file",
    summary="Verify a PDF, or a picture with a credential in it",
    response_class=JSONResponse,
    responses={
        200: VERDICT,
        **refusals(NothingBaked, UnreadableBody, WrongMediaType, TooLarge, InvalidRequest, OutOfTime),
        **ANY_OTHER,
    },
)
def verify_file(said: VerifyFile, request: Request, office: TheOffice, at: Now) -> Response:
    """Always the verdict. Of a PDF: who signed what it prints, whether it prints that, and each credential in it."""
    verdict = check(said.file, at=at, evidence=facts_of(request.app, office, at))
    return Response(verdict.to_json(), media_type="application/json")
