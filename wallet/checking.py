"""Checking what somebody brings: a text, a link, or a heap of files, by the numbered list of `wallet.verifying`.

A file may be a credential as it is, one baked into a picture, a PDF that carries some, or several packed in a ZIP.
Nothing of it is kept. A link is followed once, through the guarded client, because whoever pasted it asked us to.
"""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from wallet.documents.verifying import is_pdf, verify_pdf
from wallet.errors import WalletError
from wallet.evidence import Evidence
from wallet.fetching import Fetcher
from wallet.formats.baking import NothingBaked, is_picture, unbaked
from wallet.verdict import Verdict
from wallet.verifying import Policy, verify
from wallet.verifying.policy import DEFAULT

MOST_FILES: Final = 100
"""In one heap, packed ones counted."""
_MOST_BYTES: Final = 4 * 1024 * 1024
_A_LINK: Final = ("https://", "http://")


class TooMuch(WalletError):
    """More than is looked at in one go; nothing was checked."""


@dataclass(frozen=True, slots=True)
class Brought:
    """A file as it was brought, under the name its bringer gave it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """What one file came to. `same_as` names an earlier file that carries the same credential."""

    name: str
    verdict: Verdict
    same_as: str | None


def is_link(text: str) -> bool:
    return text.startswith(_A_LINK) and not any(each.isspace() for each in text)


def follow(link: str, fetcher: Fetcher) -> bytes:
    """What stands at the link. Raises FetchRefused, FetchFailed."""
    return fetcher.get(link).body


def check(content: bytes, *, at: datetime, evidence: Evidence, policy: Policy = DEFAULT) -> Verdict:
    """The verdict on one text, PDF or picture. Raises NothingBaked for a picture with nothing in it."""
    if is_pdf(content):
        return verify_pdf(content, policy=policy, at=at, evidence=evidence)
    text = unbaked(content) if is_picture(content) else content
    return verify(text.strip(), policy=policy, at=at, evidence=evidence)


def examine(
    brought: Iterable[Brought], *, at: datetime, evidence: Evidence, policy: Policy = DEFAULT
) -> list[Examined]:
    """A verdict for each file, in their order. Raises TooMuch.

    Two files carry the same credential where both name the same one, or where their texts are the same.
    """
    examined: list[Examined] = []
    seen: dict[str, str] = {}
    for each in _unpacked(brought):
        try:
            verdict = check(each.content, at=at, evidence=evidence, policy=policy)
        except NothingBaked:
            verdict = verify(each.content[:1024], policy=policy, at=at, evidence=evidence)
        named = verdict.subject.credential if verdict.subject is not None else None
        identity = named or sha256(each.content).hexdigest()
        examined.append(Examined(each.name, verdict, seen.get(identity)))
        seen.setdefault(identity, each.name)
    return examined


def reasons(examined: Iterable[Examined]) -> Counter[tuple[str, str]]:
    """How often each check was the first that did not pass: by its code and reason."""
    found: Counter[tuple[str, str]] = Counter()
    for each in examined:
        decisive = next((c for c in each.verdict.checks if c.outcome is each.verdict.outcome), None)
        if decisive is not None and not each.verdict.passed:
            found[decisive.code, decisive.reason] += 1
    return found


def _unpacked(brought: Iterable[Brought]) -> Iterator[Brought]:
    """The files, those in a ZIP among them; a ZIP in a ZIP is one file, and not a credential."""
    left = MOST_FILES
    for each in brought:
        for file in _from_zip(each) if each.content.startswith(b"PK\x03\x04") else (each,):
            left -= 1
            if left < 0:
                raise TooMuch(f"More than {MOST_FILES} files are not looked at in one go.")
            yield file


def _from_zip(packed: Brought) -> Iterator[Brought]:
    """Each file of it, inflated no further than is read of any credential."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
            for entry in archive.infolist():
                if not entry.is_dir():
                    with archive.open(entry) as file:
                        content = file.read(_MOST_BYTES + 1)
                    if len(content) > _MOST_BYTES:
                        raise TooMuch(f"{entry.filename[:200]} in {packed.name} is too large.")
                    yield Brought(f"{packed.name}/{entry.filename}"[:300], content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
        yield packed  # a broken archive, or one with a password, is one file that cannot be read
