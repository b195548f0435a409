"""Forms: what a person fills in, and the files she adds.

A form is read whole, bounded in bytes and in parts, before anything else looks at it. One that another site has
sent in a visitor's name is refused: a browser says where a form comes from (Fetch Metadata; the Origin header).
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from api.bodies import MEBIBYTE, bytes_of
from api.errors import (
    DoorError,
    ForeignForm,
    InvalidRequest,
    NoSuchAddress,
    SignInFirst,
    TooManyTries,
    UnreadableBody,
    WrongMediaType,
)
from api.misfits import misfits
from api.pages.languages import language_of
from api.pages.page import page
from api.pages.refusals import exact_of, sentence_of
from api.problems import status_of
from domain.errors import InvalidValue, Refused
from domain.values import CreditScheme, Grade, amount
from wallet.errors import Erased, WalletError

_MOST_FIELDS: Final = 200
_MOST_FILES: Final = 50
_FORM: Final = "application/x-www-form-urlencoded"
_FILES: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent; its name is the visitor's word."""

    name: str
    content: bytes
    media_type: str
    field: str = "files"
    """The field of the form that it was chosen in."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in. A field left empty is as good as one that is not there."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[Sent] = field(default_factory=list)

    def get(self, name: str) -> str:
        """What stands in the field, without the space around it; empty where nothing does."""
        return next((text for said in self.fields.get(name, ()) if (text := said.strip())), "")

    def all(self, name: str) -> list[str]:
        return [text for said in self.fields.get(name, ()) if (text := said.strip())]

    def day(self, name: str) -> date:
        """Refuses: InvalidValue."""
        said = self.get(name)
        try:
            return date.fromisoformat(said)
        except ValueError as error:
            raise InvalidValue(f"{said[:20]!a} is not a day; it looks like 2026-06-30.") from error

    def amount(self, name: str) -> Decimal | None:
        """Points or hours, with a comma or a point; None where the field is empty. Refuses: InvalidValue."""
        said = self.get(name)
        return amount(said.replace(",", ".")) if said else None

    def whole(self, name: str) -> int | None:
        """A whole number; None where the field is empty. Refuses: InvalidValue."""
        said = self.get(name)
        if said and not (said.isascii() and said.isdecimal() and len(said) < 7):
            raise InvalidValue(f"{said[:20]!a} is not a whole number.")
        return int(said) if said else None

    def scheme(self, name: str = "scheme") -> CreditScheme:
        """Refuses: InvalidValue."""
        if self.get(name) not in set(CreditScheme):
            raise InvalidValue(f"The schemes there are: {', '.join(CreditScheme)}.")
        return CreditScheme(self.get(name))

    def grade(self) -> Grade | None:
        """What stands in `grade` and `scale`. Refuses: InvalidValue."""
        value, scale = self.get("grade"), self.get("scale")
        if bool(value) != bool(scale):
            raise InvalidValue("A grade is given together with its scale.")
        return Grade(value, scale) if value else None

    def sent(self, name: str) -> list[Sent]:
        """The files that were chosen in the field, empty ones left out."""
        return [file for file in self.files if file.field == name and file.content]


class PageRoute(APIRoute):
    """A route of pages: it reads forms, and tells what is refused as a page."""

    limit = 8 * MEBIBYTE

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def read_and_handle(request: Request) -> Response:
            try:
                if request.method == "POST":
                    refuse_foreign(request)
                    request.state.form = await _read(request, self.limit)
                return await handle(request)
            except SignInFirst as error:
                return _sign_in_first(request, error)
            except RequestValidationError as error:
                return refused(request, InvalidRequest(misfits(error)))
            except (Refused, DoorError, Erased) as error:
                return refused(request, error)
            except WalletError as error:
                if status_of(type(error)) == HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                return refused(request, error)

        return read_and_handle


def _sign_in_first(request: Request, error: SignInFirst) -> Response:
    """To the way in, and from there to where the visitor wanted to go; a form that was sent is told instead."""
    if request.method != "GET":
        return refused(request, error)
    return RedirectResponse(f"/sign-in?{urlencode({'to': error.to})}", HTTPStatus.SEE_OTHER)


def refused(request: Request, error: Exception) -> Response:
    """The page that says what was refused."""
    spoken = language_of(request)
    told = page(
        request,
        "refused.html",
        status=status_of(type(error)),
        title=None,
        sentence=sentence_of(error, spoken),
        exact=exact_of(error, spoken),
    )
    if isinstance(error, TooManyTries):
        told.headers["Retry-After"] = "60"
    return told


def tell_people(app: FastAPI) -> None:
    """Let whoever asks for a page at an address where nothing is be told so in a page."""
    tell_programs = app.exception_handlers[HTTPException]

    async def told(request: Request, error: Exception) -> Response:
        wants_a_page = "text/html" in request.headers.get("accept", "")
        if wants_a_page and getattr(error, "status_code", None) == HTTPStatus.NOT_FOUND:
            return refused(request, NoSuchAddress())
        answer: Response = await tell_programs(request, error)  # type: ignore[misc]  # ours, and a coroutine
        return answer

    app.add_exception_handler(HTTPException, told)


def refuse_foreign(request: Request) -> None:
    """Raises ForeignForm for a form that a page of another site has sent.

    A browser that says neither where a form comes from nor how it was fetched is no browser of this decade; it may
    only send forms that need no visitor, and those with one carry a secret of their session besides.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignForm
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForeignForm


async def _read(request: Request, limit: int) -> Form:
    text = await bytes_of(request, limit)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        return _filled_in(text)
    if kind == _FILES:
        return await _with_files(request, text)
    if not text:
        return Form()
    raise WrongMediaType


def _filled_in(text: bytes) -> Form:
    try:
        pairs = parse_qsl(
            text.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:  # UnicodeError among them
        raise UnreadableBody("not-a-form", "The form cannot be read.") from error
    form = Form()
    for name, said in pairs:
        form.fields.setdefault(name, []).append(said)
    return form


async def _with_files(request: Request, text: bytes) -> Form:
    async def whole() -> Any:
        yield text

    parser = MultiPartParser(
        request.headers, whole(), max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=8 * MEBIBYTE
    )
    form = Form()
    try:
        parts = await parser.parse()
    except (MultiPartException, UnicodeError, KeyError) as error:
        raise UnreadableBody("not-a-form", "The form cannot be read.") from error
    try:
        for name, said in parts.multi_items():
            if isinstance(said, UploadFile):
                if said.filename:
                    media_type = said.content_type or "application/octet-stream"
                    form.files.append(Sent(said.filename[:200], await said.read(), media_type[:100], name))
            else:
                form.fields.setdefault(name, []).append(said)
    finally:
        await parts.close()
    return form


async def _said(request: Request) -> Form:
    form: Form = request.state.form
    return form


Said = Annotated[Form, Depends(_said)]
"""The form that was sent."""
