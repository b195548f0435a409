"""`wallet learner`: a learner's wallet, what she claims, and how far she has come."""

import hashlib
import mimetypes
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
from typer import BadParameter, Option, Typer, confirm

from cli.command import command
from cli.desk import Desk
from cli.options import AsOf, ClaimSetting, Hours, LearnerArgument, NameOptions, OutFile, day, names_of
from cli.rendering import (
    a_progress,
    a_record,
    in_another_scheme,
    in_other_levels,
    names_of_units,
    signers,
    spoken,
)
from cli.tables import a_table
from domain.values import CreditScheme, Evidence, Setting
from keys.did import did_key
from wallet import awarding, erasing, registering
from wallet.accesses import accesses_of
from wallet.advising import show_progress
from wallet.converting import show_in_scheme
from wallet.files import replace_file
from wallet.ledger.entry import Entry
from wallet.sharing import receipts_of
from wallet.showing import list_wallets, show_events, show_record
from wallet.translating import show_in_levels_of

app = Typer(help="Open a learner's wallet, and look into it.")


@command(app, "add")
def add(
    desk: Desk,
    learner: Annotated[
        str | None, Option("--id", metavar="UUID", help="Her id, if she has one; a new one otherwise.")
    ] = None,
) -> None:
    """Open a wallet. The id says nothing of the person, and no name is kept."""
    with desk.office() as office:
        opened = registering.register_learner(office, learner=learner, at=desk.now)
    desk.answer(opened, "A wallet is open.", learner=opened.learner, did=opened.did)


@command(app, "list")
def list_learners(desk: Desk) -> None:
    """List the wallets opened here, by their ids: no name of anybody is kept."""
    with desk.office() as office:
        wallets = list_wallets(office)
    table = a_table("Learner", "Opened", "")
    for each in wallets:
        table.add_row(each.learner, f"{each.opened_at:%Y-%m-%d}", "erased" if each.erased else "")
    desk.answer(wallets, table if wallets else "No wallet is open yet.")


@command(app, "show")
def show(
    desk: Desk,
    learner: LearnerArgument,
    in_scheme: Annotated[
        CreditScheme | None, Option("--in", help="Read what counts in this scheme, beside the originals.")
    ] = None,
    rule: Annotated[
        list[str] | None, Option("--rule", metavar="ID", help="With --in: by this rule; may be repeated.")
    ] = None,
    levels_of: Annotated[
        str | None,
        Option(
            "--levels-of", metavar="COUNTRY", help="Read what counts in this country's levels: DE, GB-SCT."
        ),
    ] = None,
    at: AsOf = None,
) -> None:
    """Show the record: credit by scheme and setting, and every line behind the sums."""
    if at is not None and (in_scheme is not None or levels_of is not None):
        raise BadParameter("A record of a past day is read as it stood: without --in and --levels-of.")
    if rule and in_scheme is None:
        raise BadParameter("A rule reads a record in another scheme: name it with --in.")
    if in_scheme is not None and levels_of is not None:
        raise BadParameter(
            "A record is read in another scheme or in another country's levels, one at a time."
        )
    with desk.office() as office:
        record = show_record(office, learner, as_of=at)
        units = names_of_units(office)
        read = show_in_scheme(office, learner, in_scheme, by=rule or ()) if in_scheme else None
        levels = show_in_levels_of(office, learner, levels_of) if levels_of else None
    if read is not None:
        desk.answer(read, *in_another_scheme(read, units, desk.language))
        return
    if levels is not None:
        desk.answer(levels, *in_other_levels(levels, units, desk.language))
        return
    desk.answer(record, *a_record(record, units, desk.language))


@command(app, "claim")
def claim(
    desk: Desk,
    learner: LearnerArgument,
    setting: Annotated[
        ClaimSetting,
        Option("--setting", help="non_formal: a provider's course. informal: work, sport, life."),
    ],
    achieved_on: Annotated[
        date, Option("--achieved-on", parser=day, metavar="DAY", help="When it was achieved.")
    ],
    name: NameOptions = None,
    provider: Annotated[
        str | None, Option("--provider", metavar="TEXT", help="Who taught it, or can tell of it.")
    ] = None,
    hours: Hours = None,
    evidence: Annotated[
        list[Path] | None,
        Option("--evidence", metavar="FILE", help="A document shown; its SHA-256 is kept, never the file."),
    ] = None,
) -> None:
    """Enter what the learner says she learnt outside formal education. It carries no credit yet."""
    if not name:
        raise BadParameter("Give at least one --name.")
    shown = [_evidence(path) for path in evidence or ()]
    with desk.office() as office:
        event = awarding.claim(
            office,
            learner,
            setting=Setting(setting.value),
            names=names_of(name),
            achieved_on=achieved_on,
            provider=provider,
            hours=hours,
            evidence=shown,
            at=desk.now,
        )
    desk.answer(
        event,
        f"Claimed: {desk.named(event.names)} ({spoken(event.setting)}). It carries no credit until assessed.",
        achievement=event.achievement,
    )


@command(app, "progress")
def progress(
    desk: Desk,
    learner: LearnerArgument,
    qualification: Annotated[
        str, Option("--qualification", "-q", metavar="ID", help="Towards which qualification.")
    ],
) -> None:
    """Show how far the learner is towards a qualification, and what is missing."""
    with desk.office() as office:
        towards = show_progress(office, learner, qualification, on=desk.today)
    document = msgspec.structs.asdict(towards.progress) | {
        "complete": towards.progress.complete,
        "missing": towards.progress.missing,
    }
    desk.answer(document, *a_progress(towards, desk.language))


@command(app, "events")
def events(desk: Desk, learner: LearnerArgument) -> None:
    """Show every event of the wallet, in order: what each number opens to."""
    with desk.office() as office:
        entries = show_events(office, learner)
        office.follower.catch_up()
        whose = {**signers(office), did_key(office.learner(learner).state.key_multikey): "the learner"}
    table = a_table("No.", "Recorded", "Event", "Signed by", right=("No.",))
    for entry in entries:
        signer = whose.get(entry.actor, entry.actor)
        table.add_row(str(entry.sequence), f"{entry.recorded_at:%Y-%m-%d %H:%M}", entry.name, signer)
    desk.answer([_document(entry) for entry in entries], table)


@command(app, "accesses")
def accesses(desk: Desk, learner: LearnerArgument) -> None:
    """Show who looked at the learner's record, when and by what right, and who was refused."""
    with desk.office() as office:
        looked = accesses_of(office, learner)
    table = a_table("When", "Who", "What", "Why")
    for each in looked:
        why = each.why if each.allowed else "refused"
        table.add_row(f"{each.at:%Y-%m-%d %H:%M}", each.who, each.what, why)
    desk.answer(looked, table if looked else "Nobody else has looked.")


@command(app, "shares")
def shares(desk: Desk, learner: LearnerArgument) -> None:
    """Show what the learner agreed to show, to whom, for what and until when, and the events she signed."""
    with desk.office() as office:
        receipts = receipts_of(office, learner)
    table = a_table("Share", "With", "Purpose", "Until", "Event", "", right=("Event",))
    for each in receipts:
        ended = "" if each.withdrawn_at is None else f"taken back in event {each.withdrawn_in}"
        table.add_row(
            each.name, each.with_whom, each.purpose, f"{each.until:%Y-%m-%d}", str(each.made_in), ended
        )
    desk.answer(receipts, table if receipts else "Nothing was shared yet.")


@command(app, "erase")
def erase(
    desk: Desk,
    learner: LearnerArgument,
    yes: Annotated[bool, Option("--yes", help="Do not ask. It cannot be undone by anybody.")] = False,
    out: OutFile = None,
) -> None:
    """Erase a learner for ever: her keys are destroyed, and with them all that was sealed under them.

    Documents she was issued and keeps herself stay valid. The receipt is signed by the registry; it is also put on the
    list of erasures, which a restore of an older backup needs. Doing it again finishes what a crash left, and gives the
    receipt again.
    """
    if not yes:
        _ask_whether_to_erase(learner)
    with desk.office() as office:
        erasure = erasing.erase(office, learner, at=desk.now)
        listed = office.settings.erasures
    if out is not None:
        replace_file(out, erasure.receipt)
    desk.answer(
        msgspec.json.decode(erasure.receipt),
        f"Erased on {erasure.erased_at:%Y-%m-%d %H:%M} UTC. What was recorded of her can be read by nobody.",
        receipt=None if out is None else str(out),
        listed_in=str(listed),
    )


def _ask_whether_to_erase(learner: str) -> None:
    if not sys.stdin.isatty():
        raise BadParameter("Erasing cannot be undone by anybody: say --yes; there is no terminal to ask at.")
    confirm(f"Erase the learner {learner} for ever?", abort=True)


def _document(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__struct_fields__}


def _evidence(path: Path) -> Evidence:
    """What is kept of a document: its name, its kind and its digest."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Evidence(name=path.name, sha256=digest, media_type=mimetypes.guess_type(path.name)[0])
