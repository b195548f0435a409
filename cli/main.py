"""The program `wallet`: its commands by name, and the supervisor around them.

Whatever happens, a person gets one plain sentence and a program gets an exit code:

    0    done; or, of `verify`, passed
    1    refused, or failed
    2    asked in a way that cannot be understood
    3    `verify` could not check
    130  interrupted

A command's module is imported when the command is used, so that `wallet verify` does not wait for the web
server's libraries.
"""

import os
import re
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, Final

from typer import Abort, Context, Exit, Option, Typer, TyperException
from typer.core import TyperGroup
from typer.main import get_command

from cli.problem import problem_text
from domain.errors import DomainError, RequirementsNotMet
from keys.errors import KeysError
from wallet.errors import WalletError
from wallet.settings import DEBUG

_LONGEST_SENTENCE: Final = 2000

_PANELS: Final = {
    "Begin": ("demo", "init", "migrate", "copy-ledger", "backup", "restore", "admin", "serve", "status"),
    "The register": (
        "institution",
        "unit",
        "qualification",
        "memorandum",
        "quality",
        "keys",
        "proposal",
        "api-key",
    ),
    "Learners": (
        "learner",
        "credit",
        "progress",
        "plan",
        "grade",
        "agree",
        "recognise",
        "credential",
        "present",
        "document",
        "bundle",
        "import",
        "export",
    ),
    "Check": ("verify", "verify-many", "receipt", "trust", "audit", "audit-progress", "log", "jose"),
    "Read and compare": ("scheme", "compare"),
}
_PANEL_OF: Final = {name: panel for panel, names in _PANELS.items() for name in names}
_OF_A_PROGRAM: Final = frozenset({"install_completion", "show_completion"})
_MODULES: Final = {"import": "import_record"}
"""Where a command cannot be the name of a module."""


class Commands(TyperGroup):
    """The commands of `cli/`, each in the module of its name."""

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(_PANEL_OF)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _PANEL_OF:
            return None
        if cmd_name not in self.commands:
            found: Any = get_command(
                import_module(f"cli.{_MODULES.get(cmd_name, cmd_name).replace('-', '_')}").app
            )
            found.name, found.rich_help_panel = cmd_name, _PANEL_OF[cmd_name]
            # A program of one command would offer, at each of its commands, to install completion for itself.
            found.params = [each for each in found.params if each.name not in _OF_A_PROGRAM]
            self.commands[cmd_name] = found
        return self.commands[cmd_name]


app = Typer(cls=Commands, add_completion=False, rich_markup_mode="rich")


@app.callback(invoke_without_command=True)
def wallet(
    ctx: Context, version: Annotated[bool, Option("--version", help="Say which version this is.")] = False
) -> None:
    """A learner credit wallet: record, count, issue and verify credit that was earned anywhere."""
    if version:
        from importlib import metadata  # twenty milliseconds that only this answer needs

        print(f"wallet {metadata.version('learner-credit-wallet')}")  # noqa: T201 - this is the output
    elif ctx.invoked_subcommand is None:
        print(ctx.get_help(), end="")  # noqa: T201 - this is the output


def run() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Nothing is raised, and nobody sees a traceback who did not ask."""
    for stream in (sys.stdout, sys.stderr):
        _never_fail_on_a_letter(stream)
    as_json = "--json" in arguments
    try:
        code = get_command(app).main(args=list(arguments), prog_name="wallet", standalone_mode=False)
        sys.stdout.flush()
    except TyperException as error:
        _tell(_usage(error), "usage", as_json)
        return error.exit_code
    except (DomainError, WalletError, KeysError) as error:
        missing = error.missing if isinstance(error, RequirementsNotMet) else ()
        _tell(str(error), _code_of(error), as_json, missing)
        return 1
    except (Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        _stop_writing()
        return 1
    except OSError as error:
        _tell(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}.", "file", as_json)
        return 1
    except SystemExit as end:  # Typer and rich end in this way where the reader has gone away
        _stop_writing()
        return end.code if isinstance(end.code, int) else 1
    except Exception as error:  # noqa: BLE001 - the supervisor: the last place that can turn it into a sentence
        _tell(
            f"Something went wrong that this program did not expect: {_briefly(error)}.",
            "unexpected",
            as_json,
        )
        if not os.environ.get(DEBUG):
            _hint(f"To see where, set {DEBUG}=1 and run the same again.", as_json)
        return 1
    return code if isinstance(code, int) else 0


def _usage(error: TyperException) -> str:
    sentence = error.format_message().strip()
    context = getattr(error, "ctx", None)
    if context is None:
        return sentence
    return f"{sentence.rstrip('.')}. Try `{context.command_path} --help`."


def _tell(sentence: str, code: str, as_json: bool, missing: Sequence[str] = ()) -> None:
    if os.environ.get(DEBUG):
        traceback.print_exc()
    sentence = _harmless(sentence)
    if as_json:
        sentence = problem_text(code, sentence, missing)
    print(sentence, file=sys.stderr)  # noqa: T201 - this is the output


def _harmless(sentence: str) -> str:
    """A sentence may quote what was typed: nothing in it is for the terminal to obey, and it has an end."""
    kept = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in sentence)
    return kept if len(kept) <= _LONGEST_SENTENCE else kept[: _LONGEST_SENTENCE - 1] + "…"


def _hint(sentence: str, as_json: bool) -> None:
    if not as_json:
        print(sentence, file=sys.stderr)  # noqa: T201 - this is the output


def _code_of(error: Exception) -> str:
    """`not-found` of the domain's own errors; `wrong-passphrase` from the name WrongPassphrase."""
    if isinstance(error, DomainError):
        return error.code
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(error).__name__).lower()


def _briefly(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    told = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    return told.rstrip(".")


def _never_fail_on_a_letter(stream: Any) -> None:
    """A terminal that cannot show «Қ» shows it escaped, rather than ending the program."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")


def _stop_writing() -> None:
    """The reader has gone: what is still in the buffer goes nowhere, without a complaint at the very end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:  # a standard output that is no file, as in a test
        return


__all__ = ["Exit", "app", "main", "run"]
