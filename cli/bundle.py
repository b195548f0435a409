"""`wallet bundle`: everything that is a learner's, taken along in one encrypted file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from rich.console import RenderableType
from typer import Argument, Exit, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import LearnerArgument
from cli.verify import Unreadable, read_file
from wallet import moving
from wallet.files import replace_file
from wallet.learner_bundle import MOST_BYTES, Examined, LearnerBundle, examine, open_bundle

app = Typer(help="Take everything that is a learner's along, and bring it into another wallet.")

PassphraseFile = Annotated[
    Path, Option("--passphrase-file", metavar="FILE", help="Holds the passphrase of the bundle.")
]
Trust = Annotated[
    list[str] | None,
    Option("--trust", metavar="DID", help="A registry whose word you believe; may be repeated."),
]
BundleArgument = Annotated[Path, Argument(metavar="FILE", help="The learner's bundle.")]


@command(app, "take")
def take(
    desk: Desk,
    learner: LearnerArgument,
    passphrase_file: PassphraseFile,
    out: Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write the bundle.")],
) -> None:
    """Write everything that is hers into one encrypted file: credentials, events, proofs, documents and her key."""
    with desk.office() as office:
        sealed = moving.take_along(office, learner, _passphrase(passphrase_file), at=desk.now)
    replace_file(out, sealed)
    desk.answer(
        {"file": str(out), "bytes": len(sealed)},
        f"Sealed: {out}. Whoever has the file and its passphrase signs in her name; without the passphrase nobody "
        "opens it.",
    )


@command(app, "show")
def show(
    desk: Desk,
    file: BundleArgument,
    passphrase_file: PassphraseFile,
    trust: Trust = None,
    extract: Annotated[
        Path | None, Option("--extract", metavar="FILE.zip", help="Write what is inside there, unencrypted.")
    ] = None,
) -> None:
    """Open a bundle and verify everything in it, with no wallet here and no network.

    Ends with 0 where all of it passed, 1 where something failed, 3 where something could not be checked.
    """
    bundle = _opened(file, passphrase_file)
    examined = examine(bundle, trusted=set(trust or ()), at=desk.now)
    if extract is not None:
        replace_file(extract, bundle.packed)
    desk.answer(_document(bundle, examined), *_told(bundle, examined))
    raise Exit(examined.exit_code)


@command(app, "bring")
def bring(
    desk: Desk,
    file: BundleArgument,
    passphrase_file: PassphraseFile,
    learner: Annotated[
        str | None,
        Option("--learner", "-l", metavar="UUID", help="Her wallet here; without it one is opened for her."),
    ] = None,
    trust: Trust = None,
) -> None:
    """Bring a bundle into this wallet: what was learnt elsewhere, without credit here, with nothing lost."""
    bundle = _opened(file, passphrase_file)
    with desk.office() as office:
        moved = moving.move_in(office, bundle, learner=learner, trusted=set(trust or ()), at=desk.now)
    desk.answer(
        moved,
        f"Brought in: {moved.brought} lines of learning and {moved.documents} documents. The bundle is kept whole.",
        *(f"Left out: {sentence}" for sentence in moved.left_out),
        learner=moved.learner,
    )


def _passphrase(path: Path) -> str:
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{path} cannot be read as a passphrase.") from error


def _opened(file: Path, passphrase_file: Path) -> LearnerBundle:
    return open_bundle(read_file(file, MOST_BYTES), _passphrase(passphrase_file))


def _document(bundle: LearnerBundle, examined: Examined) -> dict[str, object]:
    manifest = bundle.manifest
    return {
        "outcome": examined.outcome,
        "learner": manifest.learner,
        "did": manifest.did,
        "registry": manifest.registry,
        "made_at": manifest.made_at,
        "files": manifest.files,
        "findings": [
            {"about": each.about, "outcome": each.outcome, "sentence": each.sentence}
            for each in examined.findings
        ],
        "verdicts": [verdict.to_document() for verdict in examined.verdicts],
    }


def _told(bundle: LearnerBundle, examined: Examined) -> Iterator[RenderableType]:
    manifest = bundle.manifest
    yield f"The bundle of learner {manifest.learner}, made on {manifest.made_at:%Y-%m-%d %H:%M} UTC."
    yield f"Made by the registry {manifest.registry}; signed by {manifest.did}."
    for finding in examined.findings:
        yield f"  {finding.outcome.replace('-', ' ')}: {finding.about}. {finding.sentence}"
    for verdict in examined.verdicts:
        yield f"  {verdict.headline}"
