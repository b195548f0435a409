"""Posting: recording something, and answering the same request the same way however often it is sent.

With `Idempotency-Key`, the first answer is kept in the transaction of what it tells of (`wallet.answering`), and
given again with `Idempotency-Replayed: true`. The same key with another request is refused. What was refused
was not done, is not kept, and may be asked again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec
from fastapi import Depends, Header, Request, Response, status
from pydantic import BaseModel

from api.bodies import ReadRequest
from api.callers import Anyone, Caller, TheOffice
from api.clock import Now
from api.errors import (
    InvalidRequest,
    NoKey,
    OutOfTime,
    TooBusy,
    TooLarge,
    UnreadableBody,
    WrongMediaType,
    WrongRole,
)
from api.problems import ANY_OTHER, refusals
from domain.errors import Refused
from domain.values import LearnerId
from wallet.answering import Asked, IdempotencyKeyReused, first_answer, once
from wallet.errors import AnswerExists
from wallet.office import Office, Once

Fact = TypeVar("Fact")

REPLAYED: Final = "Idempotency-Replayed"


class _Told(msgspec.Struct):
    """An answer as it is kept."""

    location: str
    body: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Posting:
    """A request to record something. `at` is when it came."""

    office: Office
    caller: Caller
    at: datetime
    asked: Asked | None

    def record(
        self,
        act: Callable[[Once[Fact] | None], Fact],
        *,
        show: Callable[[Fact], BaseModel],
        location: Callable[[Fact], str],
        learner: LearnerId | None = None,
    ) -> Response:
        """Do it, once, and answer 201 with what was recorded and where it is.

        `learner` is whose wallet the answer tells of, if it tells of one.
        """

        def told(fact: Fact) -> _Told:
            return _Told(location(fact), msgspec.Raw(show(fact).model_dump_json().encode()))

        if self.asked is None:
            return _created(told(act(None)))
        if kept := first_answer(self.office, self.asked):
            return _replayed(kept)
        try:
            fact = act(
                once(self.office, self.asked, lambda fact: msgspec.json.encode(told(fact)), learner=learner)
            )
        except (AnswerExists, Refused):
            # The same request may have come twice at once: then the other one was first, and its answer stands.
            if kept := first_answer(self.office, self.asked):
                return _replayed(kept)
            raise
        return _created(told(fact))


async def _posting(
    request: Request,
    office: TheOffice,
    caller: Anyone,
    at: Now,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            description="Any text of your own, such as a UUID. The same request under the same key is done once, and "
            "answered the same for a day.",
            min_length=1,
            max_length=255,
            pattern="^[!-~]+$",
        ),
    ] = None,
) -> Posting:
    assert isinstance(request, ReadRequest), "every route that records reads its body strictly"
    asked = Asked(caller.answers_under, key, request.fingerprint) if key is not None else None
    return Posting(office, caller, at, asked)


Post = Annotated[Posting, Depends(_posting)]


def _created(told: _Told) -> Response:
    return Response(
        bytes(told.body), status.HTTP_201_CREATED, {"Location": told.location}, "application/json"
    )


def _replayed(kept: bytes) -> Response:
    response = _created(msgspec.json.decode(kept, type=_Told))
    response.headers[REPLAYED] = "true"
    return response


def recording(*refused: type[Exception]) -> dict[str, Any]:
    """What the reference says of an operation that records: 201, and what it refuses besides the usual."""
    usual = (
        NoKey,
        WrongRole,
        UnreadableBody,
        WrongMediaType,
        TooLarge,
        InvalidRequest,
        IdempotencyKeyReused,
        OutOfTime,
        TooBusy,
    )
    created = {
        "description": "Recorded, and on the disk.",
        "headers": {
            "Location": {"schema": {"type": "string"}, "description": "Where it is.", "required": True},
            REPLAYED: {"schema": {"const": "true"}, "description": "It was asked, and done, before."},
        },
    }
    return {
        "status_code": status.HTTP_201_CREATED,
        "responses": {status.HTTP_201_CREATED: created, **refusals(*usual, *refused), **ANY_OTHER},
    }


def reading(
    *refused: type[Exception], signed: type[Response] | None = None, unchanged: bool = False
) -> dict[str, Any]:
    """What the reference says of an operation that only reads.

    `signed` is the kind of document it serves as it was signed; `unchanged`, that it answers to an ETag.
    """
    responses: dict[int | str, dict[str, Any]] = {**refusals(OutOfTime, TooBusy, *refused), **ANY_OTHER}
    if unchanged:
        responses[status.HTTP_304_NOT_MODIFIED] = {"description": "The copy at hand is still good."}
    if signed is None:
        return {"responses": responses}
    content = {str(signed.media_type): {"schema": {"type": "object"}}}
    responses[status.HTTP_200_OK] = {"description": "The document, as it was signed.", "content": content}
    return {"response_class": signed, "responses": responses}
