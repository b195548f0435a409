"""Every refusal as a problem document (RFC 9457), and every HTTP status the refusals have.

    {"type": "urn:learner-credit-wallet:problem:already-awarded", "title": "Already awarded", "status": 409,
     "detail": "aitu has awarded credit for the unit algorithms already."}

`type` is stable: programs decide by it. `detail` is for people. The table below is the one place where an
error meets a status.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api import errors as door
from api.addresses import allowed_methods
from api.misfits import misfits
from domain import errors as domain
from wallet import errors as wallet
from wallet.answering import IdempotencyKeyReused
from wallet.bringing import NotTheDocument, SignatureFalse
from wallet.bundle import BundleRefused
from wallet.documents.setting import NotPrintable
from wallet.formats.archive import ArchiveRefused
from wallet.formats.baking import NothingBaked
from wallet.formats.elmo import NotElmo
from wallet.formats.emrex import ReturnRefused
from wallet.formats.ewp import NotEwp
from wallet.formats.wallet_backup import BackupRefused
from wallet.formats.xml import XmlRefused
from wallet.formats.xml_signature import CertificateRefused
from wallet.records import UnknownRecord
from wallet.solving import Unsolved
from wallet.two_persons import NothingToDecide, SamePerson, SecondPersonNeeded
from wallet.verdict import Outcome, Verdict
from wallet.verifying.policy import PolicyRefused

MEDIA_TYPE: Final = "application/problem+json"
URN: Final = "urn:learner-credit-wallet:problem:"

STATUSES: Final[Mapping[type[Exception], int]] = {
    # the door
    door.NoKey: 401,
    door.WrongRole: 403,
    door.OutOfScope: 403,
    door.ForeignForm: 403,
    door.SignInFirst: 401,
    door.TooManyTries: 429,
    door.NoSuchAddress: 404,
    door.WrongMethod: 405,
    door.WrongHost: 421,
    door.WrongMediaType: 415,
    door.TooLarge: 413,
    door.UnreadableBody: 400,
    door.InvalidRequest: 422,
    door.OutOfTime: 503,
    door.TooBusy: 503,
    door.NotReady: 503,
    # the domain's refusals
    domain.InvalidValue: 422,
    domain.UnlikeCredits: 422,
    domain.NotFound: 404,
    domain.AlreadyDone: 409,
    domain.WrongInstitution: 403,
    domain.WrongLearner: 403,
    domain.WrongDoor: 409,
    domain.NotAccredited: 403,
    domain.NotAssessed: 409,
    domain.NotPassed: 409,
    domain.NotAgreed: 409,
    domain.NotValidated: 409,
    domain.NotRecognised: 409,
    domain.CountsInFull: 409,
    domain.NotConvertible: 409,
    domain.NotInForce: 409,
    domain.RequirementsNotMet: 409,
    domain.NoPlan: 409,
    domain.KeyNotInForce: 409,
    domain.AgainstPolicy: 409,
    domain.EvidenceRefused: 422,
    domain.NotOfTheCommission: 403,
    domain.WrongStage: 409,
    domain.CalendarUnknown: 422,
    domain.IndexTaken: 409,
    domain.StatusListFull: 409,
    # the wallet
    IdempotencyKeyReused: 409,
    BundleRefused: 422,
    PolicyRefused: 422,
    CertificateRefused: 422,
    NotElmo: 422,
    NotEwp: 422,
    NotPrintable: 422,
    NothingBaked: 422,
    NotTheDocument: 409,
    SignatureFalse: 422,
    UnknownRecord: 422,
    ArchiveRefused: 422,
    BackupRefused: 422,
    ReturnRefused: 422,
    XmlRefused: 422,
    NothingToDecide: 409,
    SamePerson: 403,
    SecondPersonNeeded: 409,
    wallet.Erased: 410,
    wallet.StreamMoved: 503,
    wallet.StorageUnavailable: 503,
    wallet.ViewFailed: 503,
    Unsolved: 503,
}
"""By class; a subclass has its parent's status. Anything else is a fault of ours: 500, and logged."""

_VERDICTS: Final = {Outcome.PASSED: 200, Outcome.FAILED: 400, Outcome.COULD_NOT_CHECK: 422}
"""VC-API, verifying: 200 says that every check passed, and nothing else does."""

_FAULT: Final = 500
_WORTH_A_RETRY: Final = 503


def status_of(error: type[Exception]) -> int:
    """The status of an error of this class."""
    return next((STATUSES[kind] for kind in error.__mro__ if kind in STATUSES), _FAULT)


def code_of(error: type[Exception]) -> str:
    """The last part of the problem's type: the error's own code, or its name, as `storage-unavailable`."""
    code: str = getattr(error, "code", None) or re.sub(r"(?<=.)(?=[A-Z])", "-", error.__name__).lower()
    return code


def problem(error: Exception) -> Response:
    """The answer to a request that ended in this error."""
    kind = type(error)
    status = status_of(kind)
    if status == _FAULT:
        return fault()
    headers = {"Retry-After": "1"} if status == _WORTH_A_RETRY else {}
    more: dict[str, Any] = {}
    match error:
        case door.NoKey():
            headers["WWW-Authenticate"] = 'Bearer realm="wallet"'
        case door.OutOfScope():
            headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{error.scope}"'
        case door.TooManyTries():
            headers["Retry-After"] = "60"
        case door.WrongMethod():
            headers["Allow"] = ", ".join(error.allowed)
        case door.UnreadableBody():
            more["reason"] = error.reason
        case door.InvalidRequest():
            more["errors"] = [
                {"in": each.place, "pointer": each.pointer, "detail": each.detail} for each in error.errors
            ]
        case domain.RequirementsNotMet():
            more["missing"] = list(error.missing)
        case domain.AgainstPolicy():
            more["clause"] = error.clause
    return _document(code_of(kind), status, str(error), more, headers)


def fault() -> Response:
    """The answer where something of ours broke: what it was is in the log, under the request's id."""
    detail = "Something broke on our side. It is in our log, under the X-Request-Id of this answer."
    return _document("fault", _FAULT, detail, {}, {})


def told(verdict: Verdict) -> Response:
    """A verdict as VC-API tells it: in full with 200 where it passed, and inside a problem document where not."""
    document = verdict.to_document()
    status = _VERDICTS[verdict.outcome]
    if (reason := verdict.problem) is None:
        return JSONResponse(document, status)
    told_as = {"type": reason.type.value, "title": reason.title, "status": status, "detail": reason.detail}
    return JSONResponse({**told_as, **document}, status, media_type=MEDIA_TYPE)


def malformed(error: Exception, type_: str) -> Response:
    """A request that VC-API calls malformed, under one of the problem types of the VC Data Model."""
    status = _VERDICTS[Outcome.FAILED]
    content: dict[str, Any] = {
        "type": type_,
        "title": "Malformed request",
        "status": status,
        "detail": str(error),
    }
    if isinstance(error, door.InvalidRequest):
        content["errors"] = [{"pointer": each.pointer, "detail": each.detail} for each in error.errors]
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def _document(
    code: str, status: int, detail: str, more: Mapping[str, Any], headers: Mapping[str, str]
) -> Response:
    title = code.replace("-", " ").capitalize()
    content = {"type": URN + code, "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(content, status, headers, media_type=MEDIA_TYPE)


# --- handlers -------------------------------------------------------------------------------------------


def handle_errors(app: FastAPI) -> None:
    """Let every error that leaves an endpoint become a problem document."""
    for kind in (*STATUSES, domain.DomainError, wallet.WalletError):
        app.add_exception_handler(kind, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _from_the_framework)


async def _known(_request: Request, error: Exception) -> Response:
    if status_of(type(error)) == _FAULT:
        raise error  # to where faults are logged
    return problem(error)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for it alone"
    return problem(door.InvalidRequest(misfits(error)))


async def _from_the_framework(request: Request, error: Exception) -> Response:
    """The router's own refusals: no such address, or no such method there."""
    assert isinstance(error, HTTPException), "registered for it alone"
    match error.status_code:
        case 404:
            return problem(door.NoSuchAddress())
        case 405:
            return problem(door.WrongMethod(request.method, allowed_methods(request.scope)))
    raise error


# --- documentation --------------------------------------------------------------------------------------


def refusals(*kinds: type[Exception]) -> dict[int | str, dict[str, Any]]:
    """These errors as OpenAPI tells of them: by status, with the problem types that have it."""
    by_status: defaultdict[int, list[str]] = defaultdict(list)
    for kind in kinds:
        by_status[status_of(kind)].append(code_of(kind))
    return {
        status: documented("Refused: " + ", ".join(dict.fromkeys(codes)) + ".")
        for status, codes in sorted(by_status.items())
    }


def documented(description: str) -> dict[str, Any]:
    """A problem document, as one of an operation's responses."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Refusal"}}},
    }


ANY_OTHER: Final[dict[int | str, dict[str, Any]]] = {
    "default": documented("Anything else that keeps the request from being answered, as a problem document.")
}

SCHEMA: Final[dict[str, Any]] = {
    "title": "Refusal",
    "description": "A refusal (RFC 9457). Programs decide by `type`; `detail` is for people.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "reason": {"type": "string", "description": "Why a body could not be read."},
        "clause": {"type": "string", "description": "What a refusal of recognition rests on."},
        "missing": {
            "type": "array",
            "items": {"type": "string"},
            "description": "What a qualification still asks for.",
        },
        "errors": {
            "type": "array",
            "description": "What cannot be said, and where: `pointer` is a JSON Pointer (RFC 6901).",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {
                    "in": {"enum": ["body", "path", "query", "header"]},
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "example": {
        "type": URN + "already-awarded",
        "title": "Already awarded",
        "status": 409,
        "detail": "aitu has awarded credit for the unit algorithms already.",
    },
}
