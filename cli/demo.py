"""`wallet demo`: the whole story of a learner's credit, told in the terminal, and then left running to be tried."""

import os
import secrets
import shlex
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text
from typer import Option, Typer

from cli.audit import audit_sentence
from cli.command import command
from cli.desk import Desk, a_console, print_document
from cli.rendering import a_progress, claims, credit_lines, spoken, sums
from cli.serve import HOST, PORT, become_server, refuse_taken
from cli.tables import a_table
from cli.verdicts import a_verdict
from domain.values import Names, best
from wallet.advising import Towards
from wallet.auditing import AuditReport
from wallet.demonstration.story import Story
from wallet.demonstration.telling import Chapter, Checked, Excerpt, Exhibit, Offer, Part, Refusal, Steps
from wallet.demonstration.visitors import MARKER
from wallet.errors import WalletError
from wallet.settings import HOME, PASSPHRASE_FILE, Settings

app = Typer(help="See the whole of it: a tour with real data, in a home of its own.")

_CHAPTERS: Final = 18


class NotADemonstration(WalletError):
    """The folder holds something that is not ours to delete."""


@command(app, "demo")
def demo(
    desk: Desk,
    home: Annotated[
        Path, Option("--home", metavar="FOLDER", help="Where to make it; made anew each time.")
    ] = Path(".demo"),
    port: Annotated[int, Option("--port", min=1, max=65535, help="The port to serve at.")] = PORT,
    no_serve: Annotated[bool, Option("--no-serve", help="End after the tour.")] = False,
) -> None:
    """Tell the whole story with real data, in a home of its own, and serve it to be tried.

    Formal, non-formal and informal learning, a credit withdrawn, progress, signed credentials, verification
    offline, a revocation; a semester away, courses and a title before a commission, the way to a degree; an audit.
    """
    if not no_serve:
        refuse_taken(HOST, port)
    secret = a_fresh_home(home)
    story = Story(
        settings=Settings(home, database=""),  # never where the real one is
        passphrase=secret,
        base_url=f"http://localhost:{port}",
        out=home / "out",
        clock=lambda: datetime.now(UTC),
    )
    if desk.as_json:
        print_document(_document(story))
    else:
        console = a_console()
        _tell(console, story, desk.language)
        _show_what_next(console, story, home, serving=not no_serve)
    _keep_secret(home / "learner-key", story.learner_key)
    if no_serve:
        return
    if not desk.as_json:
        console.print()
        console.print(f"Serving at {story.base_url} (Ctrl-C stops it).")
    become_server(story.settings, secret, HOST, port)


def a_fresh_home(home: Path) -> bytes:
    """An empty folder with the demonstration's mark and a new passphrase in it; the passphrase.

    Raises NotADemonstration rather than delete what no demonstration made.
    """
    if home.is_symlink() or (home.exists() and not home.is_dir()):
        raise NotADemonstration(f"{home} is not a folder; name another with --home.")
    if home.exists() and any(home.iterdir()):
        if not (home / MARKER).is_file():
            raise NotADemonstration(
                f"{home} holds something that is not a demonstration, and is left alone; "
                "name another folder with --home."
            )
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / MARKER).write_text("A demonstration of `wallet demo`: it may be deleted at any time.\n")
    secret = secrets.token_urlsafe(24)
    _keep_secret(home / "passphrase", secret)
    return secret.encode()


def _keep_secret(path: Path, secret: str) -> None:
    """Written for its owner's eyes only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secret + "\n")


# --- the tour -------------------------------------------------------------------------------------------


def _tell(console: Console, story: Story, language: str) -> None:
    """Print the chapters as they happen; a bar stands beneath them while they do."""
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Opening a registry, with keys", total=_CHAPTERS)
        for number, chapter in enumerate(story.chapters(), 1):
            for shown in _a_chapter(number, chapter, language):
                console.print(shown)
            bar.update(task, completed=number, description="Telling the story")


def _a_chapter(number: int, chapter: Chapter, language: str) -> Iterator[RenderableType]:
    title = f"{number}. {chapter.title} "
    yield ""
    yield Text(f"{title}{'─' * max(3, 78 - len(title))}", style="bold cyan", no_wrap=True, overflow="crop")
    yield Padding(Text(chapter.happened), (0, 2, 0, 2), expand=False)
    yield Padding(Text(chapter.matters, style="italic"), (0, 2, 0, 2), expand=False)
    for exhibit in chapter.exhibits:
        yield ""
        for shown in _an_exhibit(exhibit, language):
            yield Padding(shown, (0, 0, 0, 2), expand=False)
    if chapter.written:
        yield ""
        for path in chapter.written:
            yield Padding(Text(f"written: {path}"), (0, 0, 0, 2), expand=False)


def _an_exhibit(exhibit: Exhibit, language: str) -> Iterator[RenderableType]:
    match exhibit:
        case Offer():
            yield from _an_offer(exhibit, language)
        case Excerpt(record, Part.SUMS, _):
            yield sums(record)
        case Excerpt(record, Part.LINES, units):
            yield credit_lines(record.credits, units, language)
            for conferral in record.conferrals:
                yield f"Conferred on {conferral.conferred_on}: {conferral.qualification}."
        case Excerpt(record, Part.CLAIMS, _):
            yield claims(record, language)
        case Towards():
            yield from a_progress(exhibit, language)
        case Checked(asked, verdict, seen_before):
            yield Text(f"{asked[0].upper()}{asked[1:]}:", style="bold")
            yield from a_verdict(verdict, brief=seen_before)
        case Refusal(tried, sentence):
            yield Text.assemble(f"{tried}: ", ("✗ refused", "bold red"), f". {sentence}")
        case Steps(lines):
            for line in lines:
                yield Text(f"· {line}")
        case AuditReport():
            yield Text(audit_sentence(exhibit), style="green" if exhibit.holds else "bold red")


def _an_offer(offer: Offer, language: str) -> Iterator[RenderableType]:
    institution = offer.institution
    yield Text(best(institution.names, language), style="bold")
    for held in institution.accreditations:
        settings = ", ".join(spoken(setting) for setting in held.scope.settings)
        levels = ", ".join(str(level.value) for level in held.scope.levels)
        yield f"accredited for {settings} learning at EQF levels {levels}, until {held.valid_until}"
    table = a_table("Code", "Unit", "Credit")
    for unit in offer.units:
        table.add_row(unit.code, best(unit.names, language), " or ".join(map(str, unit.points)))
    yield table
    yield from _other_languages(offer.units[0].names, language)


def _other_languages(names: Names, language: str) -> Iterator[RenderableType]:
    others = {tag: name for tag, name in names.items() if name != best(names, language)}
    yield "Every name is kept in three languages; the first unit's others:"
    for tag, name in others.items():
        yield Padding(Text(f"{tag}  {name}"), (0, 0, 0, 2), expand=False)


# --- what next ------------------------------------------------------------------------------------------


def _show_what_next(console: Console, story: Story, home: Path, *, serving: bool) -> None:
    """Commands to copy: each stands on lines of its own, and none is wrapped by us."""
    console.print()
    console.print(Text("Now you", style="bold cyan"))
    for told, commands in _what_next(story, home, serving):
        console.print(f"  {told}")
        for line in commands:
            console.print(f"    {line}", soft_wrap=True)


def _what_next(story: Story, home: Path, serving: bool) -> Iterator[tuple[str, list[str]]]:
    wallet = _program()
    written = story.written
    passphrase = shlex.quote(str(home / "passphrase"))
    yield (
        "In a second terminal, say where the wallet is and how it opens:",
        [f"export {HOME}={shlex.quote(str(home))}", f"export {PASSPHRASE_FILE}={passphrase}"],
    )
    yield (
        "Look into the learner's wallet:",
        [
            f"{wallet} learner show {story.learner} --lang kk",
            f"{wallet} learner progress {story.learner} \\",
            "  --qualification bachelor-ict",
            f"{wallet} learner events {story.learner}",
        ],
    )
    yield (
        "Verify what she was given, and what a swindler made of it:",
        [
            f"{wallet} verify {shlex.quote(str(path))}"
            for path in (written.credential, written.altered, written.revoked, written.record)
        ],
    )
    yield (
        "Verify as a stranger, with no wallet and no network:",
        [
            f"{wallet} verify {shlex.quote(str(written.credential))} \\",
            f"  --home {os.devnull} --offline \\",
            f"  --bundle {shlex.quote(str(written.bundle))} \\",
            f"  --trust {story.registry}",
        ],
    )
    yield (
        "Reckon her progress again, from the credentials alone:",
        [
            f"{wallet} audit-progress {shlex.quote(str(written.report))} \\",
            f"  --bundle {shlex.quote(str(written.report_bundle))} \\",
            f"  --home {os.devnull} --trust {story.registry}",
        ],
    )
    yield "Check the whole ledger again:", [f"{wallet} audit"]
    if serving:
        yield (
            "Open it in a browser, and be each of its four people with one click:",
            [f"{story.base_url}/"],
        )
    if serving:
        key = shlex.quote(str(home / "learner-key"))
        yield (
            "Ask over HTTP, as the learner:",
            [
                f'curl -H "Authorization: Bearer $(cat {key})" \\',
                f"  {story.base_url}/learners/{story.learner}/record",
            ],
        )


def _program() -> str:
    """How to call this program from here."""
    return "wallet" if shutil.which("wallet") else shlex.quote(sys.argv[0])


def _document(story: Story) -> dict[str, object]:
    chapters = [
        {"title": chapter.title, "happened": chapter.happened, "matters": chapter.matters}
        for chapter in story.chapters()
    ]
    return {
        "home": str(story.settings.home),
        "registry": story.registry,
        "learner": story.learner,
        "address": story.base_url,
        "files": {name: str(path) for name, path in story.written.by_name().items()},
        "chapters": chapters,
    }
