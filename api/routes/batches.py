"""Verifying many documents in one request: for anybody; and for an institution, with a receipt it signs.

What is verified is not kept, and nothing is fetched.
"""

import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.bodies import DocumentRoute
from api.callers import InstitutionInPath, TheInstitutionItself, TheOffice
from api.clock import Now
from api.errors import InvalidRequest, OutOfTime, TooLarge, UnreadableBody, WrongMediaType
from api.evidence import facts_of
from api.problems import ANY_OTHER, refusals
from api.routes.verification import TextSent
from api.wire.batch import SignedVerdicts, Verdicts, VerifyMany
from domain.errors import KeyNotInForce, NotFound
from wallet.evidence import Evidence
from wallet.office import Office
from wallet.reading import as_written, holds_one_value, items_as_written, parse_json
from wallet.receipt import Table
from wallet.submissions import Submission, submission_in
from wallet.verifying import Policy
from wallet.verifying.policy import PolicyRefused
from wallet.verifying_many import Judged, Tally, Terms, signed_receipt, verify_many, written_table

_SECONDS: Final = 3.5
"""For one request, within the deadline of all; what is left then is told as not checked."""

_LINES: Final = ("application/jsonl", "application/x-ndjson", "application/jsonlines")


class BatchRoute(DocumentRoute):
    """A route that takes its documents in JSON Lines as well: each line stands for an item of `documents`."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_lines(request: Request) -> Response:
            media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
            return await handle(_AsOneDocument(request) if media_type in _LINES else request)

        return handle_lines


class _AsOneDocument(Request):
    """A request in JSON Lines, as if it had been sent as JSON."""

    def __init__(self, request: Request) -> None:
        headers = [(name, value) for name, value in request.scope["headers"] if name not in _OF_THE_BODY]
        headers.append((b"content-type", b"application/json"))
        super().__init__({**request.scope, "headers": headers}, request.receive)
        self._sent = request.stream()

    async def stream(self) -> Any:
        """The lines, in an array. A line that holds no value, or more than one, makes the whole malformed."""
        yield b'{"documents":['
        begun, rest = False, b""
        async for part in self._sent:
            *whole, rest = (rest + part).split(b"\n")
            for line in whole:
                if line.strip():
                    yield b"," * begun + _one_value(line)
                    begun = True
        if rest.strip():
            yield b"," * begun + _one_value(rest)
        yield b"]}"


_OF_THE_BODY: Final = (b"content-type", b"content-length")


router = APIRouter(tags=["Verification"], route_class=BatchRoute)


@router.post(
    "/verifications/batches",
    operation_id="verify-documents",
    summary="Verify many documents, and find what was handed in twice",
    response_model=Verdicts,
    responses={
        **refusals(PolicyRefused, UnreadableBody, WrongMediaType, TooLarge, InvalidRequest, OutOfTime),
        **ANY_OTHER,
    },
)
def verify_documents(
    said: VerifyMany, text: TextSent, request: Request, office: TheOffice, now: Now
) -> Verdicts:
    """Always the table: each document *passed*, *failed* or *could not be checked*, with its reasons."""
    terms = _terms(said, text, now)
    lines, tally = _judged(text, terms, facts_of(request.app, office, now))
    return Verdicts.of(tally, lines)


@router.post(
    "/institutions/{institution}/verifications/batches",
    operation_id="verify-documents-with-receipt",
    summary="Verify many documents, with a receipt that the institution signs",
    response_model=SignedVerdicts,
    responses={
        **refusals(
            NotFound,
            KeyNotInForce,
            PolicyRefused,
            UnreadableBody,
            WrongMediaType,
            TooLarge,
            InvalidRequest,
            OutOfTime,
        ),
        **ANY_OTHER,
    },
)
def verify_documents_with_receipt(
    institution: InstitutionInPath,
    said: VerifyMany,
    text: TextSent,
    request: Request,
    office: TheOffice,
    now: Now,
    _caller: TheInstitutionItself,
) -> SignedVerdicts:
    """The receipt proves later, to whoever knows the institution's key, that it said just this of these documents."""
    terms = _terms(said, text, now)
    lines, tally = _judged(text, terms, facts_of(request.app, office, now))
    return _signed(office, institution, lines, tally, terms, now)


def _terms(said: VerifyMany, text: bytes, now: datetime) -> Terms:
    policy = Policy() if said.policy is None else Policy.read(as_written(text)["policy"])
    return Terms(policy, said.at or now)


def _judged(text: bytes, terms: Terms, evidence: Evidence) -> tuple[list[Judged], Tally]:
    sent = items_as_written(as_written(text)["documents"])
    tally = Tally()
    lines = []
    for line in verify_many(_in_time(sent), terms, evidence):
        tally.add(line)
        lines.append(line)
    return lines, tally


def _in_time(sent: Sequence[bytes]) -> Iterator[Submission]:
    """The documents; those that nobody comes to in time, without what is in them."""
    end = time.monotonic() + _SECONDS
    for number, document in enumerate(sent, 1):
        if time.monotonic() < end:
            yield submission_in(number, f"document {number}", document)
        else:
            problem = "There was no time left for it; send it again with fewer others."
            yield Submission(number, f"document {number}", None, None, problem)


def _signed(
    office: Office, institution: str, lines: list[Judged], tally: Tally, terms: Terms, now: datetime
) -> SignedVerdicts:
    written = written_table(lines)
    table = Table(sha256=sha256(written).hexdigest(), media_type="application/jsonl")
    receipt = signed_receipt(office, institution, tally=tally, terms=terms, table=table, at=now)
    signed = parse_json(receipt)
    assert isinstance(signed, dict)  # a receipt is an object
    return SignedVerdicts(**Verdicts.of(tally, lines).__dict__, table=written.decode(), receipt=signed)


def _one_value(line: bytes) -> bytes:
    """The line. Raises UnreadableBody where it is not one JSON value."""
    if not holds_one_value(line):
        raise UnreadableBody("not-json", "A line of the body is not one JSON value.")
    return line
