"""A page: a template in the visitor's language, under headers that let a browser do nothing but show it.

No script and no style stands in a page itself, and nothing is asked of any other host; the policy says so, so
that a text that got past the escaping would still do nothing.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.media import Page
from api.pages.assets import address_of
from api.pages.languages import COOKIE, LANGUAGES, language, language_of
from api.pages.refusals import sentence_of_code

TEMPLATES: Final = Path(__file__).with_name("templates")

_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY.format(ancestors="'none'"),
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    # With no referrer at all a browser hides from us, too, which page a form was sent from.
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Vary": "Cookie, Accept-Language",
}
_YEAR: Final = 365 * 24 * 3600


@cache
def _environment(tag: str) -> Environment:
    """The templates in one language."""
    spoken = language(tag)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(spoken.translations, newstyle=True)  # type: ignore[attr-defined]  # the extension adds it
    environment.globals.update(asset=address_of, languages=LANGUAGES, spoken=spoken)
    environment.filters.update(
        day=spoken.day,
        moment=spoken.moment,
        number=spoken.number,
        percent=spoken.percent,
        points=spoken.points,
        named=spoken.name,
        refusal=lambda exact, code: sentence_of_code(code, exact, spoken),
    )
    return environment


def render(tag: str, template: str, /, **said: Any) -> str:
    """The text of a template in one language."""
    return _environment(tag).get_template(template).render(said)


def page(
    request: Request,
    template: str,
    /,
    *,
    status: int = 200,
    kept: bool = False,
    framed: bool = False,
    **said: Any,
) -> Page:
    """A page in the visitor's language.

    `kept`: it is the same for everybody, and a browser may keep it for five minutes. `framed`: other sites may show it
    inside their own.
    """
    spoken = language_of(request)
    visitor = getattr(request.state, "visitor", None)
    text = render(
        spoken.tag,
        template,
        **{
            "registry": request.app.state.office.registry().state.name,
            "here": _here(request),
            "visitor": visitor,
            **said,
        },
    )
    response = Page(text, status)
    for name, value in _HEADERS.items():
        response.headers[name] = value
    if framed:
        response.headers["Content-Security-Policy"] = _POLICY.format(ancestors="*")
        del response.headers["X-Frame-Options"]
    if kept and visitor is None:
        response.headers["Cache-Control"] = "private, max-age=300"
    if request.query_params.get("lang") in LANGUAGES:
        response.set_cookie(
            COOKIE, spoken.tag, max_age=_YEAR, httponly=True, samesite="lax", secure=is_https(request)
        )
    return response


def _here(request: Request) -> str | None:
    """The address of this page, for its links to itself. A stranger may have made it: `//evil.example` is not ours."""
    return "/" + quote(request.url.path.lstrip("/\\")) if request.method == "GET" else None


def is_https(request: Request) -> bool:
    """Whether the world reaches us under https, and cookies are to be sent under nothing else."""
    return bool(request.app.state.https)
