"""How a demonstration is told: chapters, and what a chapter can show.

The stories are in their own files; `cli.demo` prints them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final

import msgspec

from domain.errors import Refused
from domain.institution import Institution
from domain.qualification import Qualification
from domain.unit import Unit
from domain.values import Names
from wallet.advising import Towards
from wallet.auditing import AuditReport
from wallet.showing import Record
from wallet.verdict import Verdict

DATA: Final = files("wallet.demonstration") / "data"


# --- what is told ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """What an institution teaches: its accreditation, its units and what it confers."""

    institution: Institution
    units: tuple[Unit, ...]
    qualifications: tuple[Qualification, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """A verification: what was asked about, and the verdict."""

    asked: str
    verdict: Verdict
    seen_before: bool = True
    """Whether the reader has met the list of checks already."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was tried and refused, with the refusal's own sentence."""

    tried: str
    sentence: str


class Part(StrEnum):
    """What of a learner's record is looked at."""

    SUMS = "sums"
    LINES = "lines"
    CLAIMS = "claims"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A learner's record as it stood then, and the part of it the chapter is about."""

    record: Record
    part: Part
    units: Mapping[str, Names]
    """What the units are called, by their ids."""


@dataclass(frozen=True, slots=True)
class Steps:
    """What happened, a line each."""

    lines: tuple[str, ...]


Exhibit = Offer | Excerpt | Towards | Checked | Refusal | Steps | AuditReport
"""What a chapter can show."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """`happened` says it in one sentence, `matters` why anybody should care; then what there is to see."""

    title: str
    happened: str
    matters: str
    exhibits: tuple[Exhibit, ...] = ()
    written: tuple[Path, ...] = ()
    """Files that were written in this chapter."""


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the parts of a story are written in its file."""


def refused(tried: str, act: Callable[[], object]) -> Refusal:
    """Try what has to be refused, and keep the refusal's own sentence."""
    try:
        act()
    except Refused as refused:
        return Refusal(tried, str(refused))
    raise AssertionError(f"{tried}: this is refused, or the wallet is broken")
