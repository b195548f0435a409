"""How a command joins the program: it gets a desk, and the three options that all commands share."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Concatenate, Literal, ParamSpec

from typer import Option, Typer

from cli.desk import Desk
from wallet.settings import HOME, Settings

P = ParamSpec("P")
Act = Callable[Concatenate[Desk, P], None]

_PANEL = "Everywhere"

Home = Annotated[
    Path | None,
    Option("--home", envvar=HOME, help="The wallet's folder (.wallet).", rich_help_panel=_PANEL),
]
Language = Annotated[
    Literal["en", "kk", "ru"],
    Option("--lang", help="The language of names.", rich_help_panel=_PANEL),
]
AsJson = Annotated[
    bool,
    Option("--json", help="Answer, or refuse, in JSON.", rich_help_panel=_PANEL),
]

_SHARED = (
    inspect.Parameter("home", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Home),
    inspect.Parameter("lang", inspect.Parameter.KEYWORD_ONLY, default="en", annotation=Language),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=AsJson),
)


def command(app: Typer, name: str) -> Callable[[Act[P]], Act[P]]:
    """Add the function to `app` as the command `name`.

    Its parameters after the desk become the command's own arguments and options; a `home` of its own takes the
    place of the shared one.
    """

    def join(act: Act[P]) -> Act[P]:
        _, *own = inspect.signature(act, eval_str=True).parameters.values()
        shared = [each for each in _SHARED if each.name not in {parameter.name for parameter in own}]

        @wraps(act)
        def run(**given: Any) -> None:
            home = given["home"] if len(shared) < len(_SHARED) else given.pop("home")
            settings = Settings(home) if home is not None else Settings.from_environment()
            desk = Desk(settings, given.pop("lang"), given.pop("as_json"), datetime.now(UTC))
            act(desk, **given)  # type: ignore[call-arg]  # Typer has checked them against the signature below

        keyword_only = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own]
        run.__signature__ = inspect.Signature([*keyword_only, *shared])  # type: ignore[attr-defined]  # read by inspect
        app.command(name)(run)
        return act

    return join
