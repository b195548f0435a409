"""The desk: what every command is given. Where the wallet lives, what time it is, and how to answer.

An answer is one document for a program (`--json`) and the same in words for a person; a command says both and
the desk prints the one that was asked for.
"""

import getpass
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import msgspec
from rich.console import Console, RenderableType
from rich.text import Text

from domain.errors import NotFound
from domain.values import best
from keys.errors import KeysError
from wallet.errors import LedgerError, NoPassphrase
from wallet.settings import PASSPHRASE, PASSPHRASE_FILE, Settings, passphrase_from_environment

if TYPE_CHECKING:
    from wallet.office import Office


@dataclass(frozen=True)
class Desk:
    settings: Settings
    language: str
    """In which names are shown, where they are known in it."""
    as_json: bool
    now: datetime

    @property
    def today(self) -> date:
        """The day in UTC."""
        return self.now.date()

    @contextmanager
    def office(self, secret: bytes | None = None, *, signing: bool = True) -> "Iterator[Office]":
        """The office of this home, with the passphrase given, from the environment or from the terminal.

        What the command has recorded is logged, and a checkpoint signed, when it has ended well; not so without
        `signing`. Raises NotFound where there is no wallet, NoPassphrase, WrongPassphrase, NotMigrated.
        """
        from wallet.office import Office  # a third of a second that `wallet verify` need not wait for

        self.refuse_without_wallet()
        with Office.open(self.settings, secret or passphrase()) as office:
            yield office
            if signing:
                # What was recorded is on the disk: that the log lags behind must not look as if it were not.
                with suppress(NotFound, LedgerError, KeysError):
                    office.checkpoint(self.now)

    def refuse_without_wallet(self) -> None:
        """Raises NotFound where nobody has made a wallet."""
        if not self.settings.keystore.exists():
            raise NotFound(
                f"There is no wallet in {self.settings.home}: make one with `wallet init`, "
                "or name another folder with --home."
            )

    def named(self, names: Mapping[str, str]) -> str:
        """The name in the language asked for, or the nearest there is."""
        return best(dict(names), self.language)

    def answer(self, document: object, *shown: RenderableType, **named: str | None) -> None:
        """Print the document, or what is shown and beneath it each thing that has a name."""
        if self.as_json:
            print_document(document)
            return
        console = a_console()
        for each in shown:
            show(console, each)
        width = max((len(name) for name in named), default=0)
        for name, value in named.items():
            if value is not None:
                console.print(f"  {name.replace('_', ' '):<{width}}  {value}", soft_wrap=True)


def a_console(*, stderr: bool = False) -> Console:
    """A console that takes text as text: a learner's «[bold]» is not an order."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def show(console: Console, each: RenderableType) -> None:
    """Print it; a sentence is broken into lines for a screen only: whatever reads a pipe gets it whole."""
    console.print(each, soft_wrap=isinstance(each, str | Text) and not console.is_terminal)


def print_document(document: object) -> None:
    """The document as JSON on standard output; bytes in it are shown in hex, fractions as `3/4`."""
    plain = msgspec.to_builtins(document, builtin_types=(bytes,), enc_hook=_written)
    print(json.dumps(plain, ensure_ascii=False, indent=2, default=bytes.hex))  # noqa: T201 - this is the output


def _written(value: Any) -> Any:
    if isinstance(value, MappingProxyType):
        return dict(value)
    return str(value) if isinstance(value, Fraction) else _unwritable(value)


def _unwritable(value: Any) -> NoReturn:
    raise TypeError(f"a {type(value).__name__} has no form in JSON")


def passphrase() -> bytes:
    """From the environment, or else asked at the terminal. Raises NoPassphrase."""
    return passphrase_from_environment() or _asked("Passphrase: ")


def new_passphrase() -> bytes:
    """From the environment, or else asked twice, because nobody sees what is typed. Raises NoPassphrase."""
    if (given := passphrase_from_environment()) is not None:
        return given
    first = _asked("A passphrase for the new keystore: ")
    if first != _asked("The same again: "):
        raise NoPassphrase("The two passphrases differ; nothing was made.")
    return first


def _asked(prompt: str) -> bytes:
    if not sys.stdin.isatty():
        raise NoPassphrase(
            f"There is no passphrase: set {PASSPHRASE}, or {PASSPHRASE_FILE} to a file that holds it; "
            "there is no terminal to ask at."
        )
    typed = getpass.getpass(prompt)
    if not typed:
        raise NoPassphrase("The passphrase is empty.")
    return typed.encode()
