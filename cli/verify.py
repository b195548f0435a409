"""`wallet verify`: is this credential what it says, and does it stand?"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

from typer import Argument, BadParameter, Exit, Option, Typer, TyperException

from cli.command import command
from cli.desk import Desk, a_console, show
from cli.options import moment
from cli.trust import Anchor, lists_of
from cli.verdicts import a_verdict
from keys.strict_json import DEFAULT
from wallet.bundle import LIMITS, BundleEvidence, BundleRefused
from wallet.documents.unpacking import LARGEST
from wallet.documents.verifying import is_pdf, verify_pdf
from wallet.errors import LedgerError
from wallet.evidence import Combined, Evidence, NetworkEvidence
from wallet.formats.baking import is_picture, unbaked
from wallet.trust_lists.evidence import TrustListEvidence
from wallet.trust_lists.federation import FederationKey
from wallet.trust_lists.trust_list import TrustListRefused
from wallet.trusting import local_evidence
from wallet.verdict import Verdict
from wallet.verifying import Policy
from wallet.verifying.policy import PolicyRefused
from wallet.verifying.presentations import Occasion, verify_either

app = Typer(help="Verify a credential: passed, failed, or could not check.")

_STANDARD_INPUT: Final = Path("-")


class Unreadable(TyperException):
    """What was named cannot be read: a question that cannot be asked, and no verdict on anything."""

    exit_code = 2


@command(app, "verify")
def verify_credential(
    desk: Desk,
    file: Annotated[
        Path,
        Argument(metavar="FILE", help="The credential, or a PDF or picture; - is standard input."),
    ],
    bundle: Annotated[
        list[Path] | None,
        Option("--bundle", metavar="FILE", help="A signed bundle that came with it; may be repeated."),
    ] = None,
    trust: Annotated[
        list[str] | None,
        Option("--trust", metavar="DID", help="A registry whose bundles you believe; may be repeated."),
    ] = None,
    trust_list: Annotated[
        list[Path] | None,
        Option("--trust-list", metavar="FILE", help="A list of issuers you believe; may be repeated."),
    ] = None,
    anchor: Anchor = None,
    at: Annotated[
        datetime | None,
        Option("--at", parser=moment, metavar="TIME", help="As of then: 2026-06-30 or with a time and Z."),
    ] = None,
    offline: Annotated[bool, Option("--offline", help="Ask nobody on the network.")] = False,
    challenge: Annotated[
        str | None, Option("--challenge", help="Of a presentation: what you asked to be signed.")
    ] = None,
    domain: Annotated[
        list[str] | None, Option("--domain", help="Of a presentation: whom it has to be for, yourself.")
    ] = None,
    policy: Annotated[
        Path | None, Option("--policy", metavar="FILE", help="Your own terms, as a JSON file.")
    ] = None,
) -> None:
    """Verify a credential, or a presentation of several, step by step; or a PDF that carries what it prints.

    Ends with 0 where every check passed, 1 where one failed, 3 where one could not be made. It works without any
    wallet here; what is in one, in the folder of --home, is believed.
    """
    terms = policy_in(policy)
    data = read_file(file, max(DEFAULT.size, LARGEST))
    lists = lists_named(desk, trust_list or [], anchor)
    with evidence_of(desk, bundle or [], trust or [], lists, offline, as_of=at) as evidence:
        occasion = Occasion(challenge, tuple(domain or ()))
        verdict = _verdict(data, occasion, terms, at or desk.now, evidence)
    if desk.as_json:
        sys.stdout.write(verdict.to_json().decode() + "\n")
    else:
        console = a_console()
        for each in a_verdict(verdict):
            show(console, each)
    raise Exit(verdict.exit_code)


def _verdict(data: bytes, occasion: Occasion, policy: Policy, at: datetime, evidence: Evidence) -> Verdict:
    """Of a PDF, of what is baked into a picture, or of the text itself."""
    if is_pdf(data):
        if occasion.named:
            raise BadParameter("A PDF was made for no occasion: leave out --challenge and --domain.")
        return verify_pdf(data, policy=policy, at=at, evidence=evidence)
    text = unbaked(data) if is_picture(data) else data
    return verify_either(text, occasion=occasion, policy=policy, at=at, evidence=evidence)


@contextmanager
def evidence_of(
    desk: Desk,
    bundles: list[Path],
    trust: list[str],
    lists: Evidence,
    offline: bool,
    as_of: datetime | None = None,
) -> Iterator[Evidence]:
    """This home as of the day asked about, the bundles, the trust lists, the network: the nearest is asked first."""
    with ExitStack() as opened:
        sources: list[Evidence] = []
        trusted = set(trust)
        try:
            local = opened.enter_context(local_evidence(desk.settings, desk.now, as_of))
        except LedgerError as error:
            raise Unreadable(f"What the wallet here knows cannot be read: {error}") from error
        if local is not None:
            sources.append(local)
            trusted |= local.registries
        for path in bundles:
            try:
                sources.append(BundleEvidence.open(read_file(path, LIMITS.size), trusted))
            except BundleRefused as error:
                raise Unreadable(f"{path}: {error}") from error
        sources.append(lists)
        if not offline:
            from wallet.fetching import Fetcher  # seventy milliseconds, for those who may ask the network

            sources.append(NetworkEvidence(Fetcher()))
        yield Combined(*sources)


def lists_named(desk: Desk, files: list[Path], anchor: FederationKey | None) -> TrustListEvidence:
    try:
        return lists_of(desk.settings, files, anchor, desk.now)
    except TrustListRefused as error:
        raise Unreadable(f"A trust list cannot be used: {error}") from error
    except OSError as error:
        raise Unreadable(f"{error.filename} cannot be read: {error.strerror}.") from error


def policy_in(path: Path | None) -> Policy:
    """The reader's terms, read as strictly as they are meant."""
    if path is None:
        return Policy()
    try:
        return Policy.read(read_file(path, DEFAULT.size))
    except PolicyRefused as error:
        raise Unreadable(f"{path}: {error}") from error


def read_file(path: Path, limit: int) -> bytes:
    """The file's bytes, one more than `limit` at most: whoever reads them sees that they are too many."""
    try:
        if path == _STANDARD_INPUT:
            return sys.stdin.buffer.read(limit + 1)
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error
