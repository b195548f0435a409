"""Erasmus Without Paper: transcripts of records with their grade tables, and learning agreements; read only.

A transcript is an ELMO document inside the answer of an institution's interface, beside a table of how often
each grade is given in a field (`domain.grading` converts by such tables). A learning agreement is a history:
the first version, what was changed since, and a change that not all have approved. Neither is signed for whoever
holds the file: they are believed for where they were fetched from.

Sources: ewp-specs-api-imobility-tors v1 and v2, ewp-specs-api-omobility-las v1.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec
from lxml import etree

from domain.errors import InvalidValue
from domain.values import amount
from wallet.errors import WalletError
from wallet.formats.elmo import read_elmo
from wallet.formats.transcript import StatedCredit, Transcript
from wallet.formats.xml import said

_SPECS: Final = "https://github.com/erasmus-without-paper/ewp-specs-api-"
_ELMO: Final = "{https://github.com/emrex-eu/elmo-schemas/tree/v1}elmo"


class NotEwp(WalletError):
    """The document is no answer of Erasmus Without Paper that is read here."""


# --- transcripts ----------------------------------------------------------------------------------------


class GradeFrequency(msgspec.Struct, frozen=True):
    label: str
    percentage: Decimal


class GradeTable(msgspec.Struct, frozen=True):
    """How often each passing grade is given in a field, in the order of the document."""

    isced: str
    frequencies: tuple[GradeFrequency, ...]

    @property
    def total(self) -> Decimal:
        """About 100; what is rounded to one decimal need not be it exactly."""
        return sum((each.percentage for each in self.frequencies), Decimal(0))


class TranscriptOfMobility(msgspec.Struct, frozen=True, kw_only=True):
    mobility: str
    transcript: Transcript
    tables: tuple[GradeTable, ...]
    remarks: tuple[str, ...]


def is_transcripts(root: etree._Element) -> bool:
    return _is(root, "imobility-tors", "imobility-tors-get-response")


def elmos_in(root: etree._Element) -> list[etree._Element]:
    """The ELMO documents in an answer with transcripts, each as a document of its own."""
    return [
        etree.fromstring(etree.tostring(elmo, with_tail=False))
        for tor in _children(root, "tor")
        if (elmo := tor.find(_ELMO)) is not None
    ]


def read_transcripts(root: etree._Element) -> tuple[TranscriptOfMobility, ...]:
    """Raises NotEwp, NotElmo (a transcript without one that can be read)."""
    if not is_transcripts(root):
        raise NotEwp("The document is no answer with transcripts of Erasmus Without Paper.")
    return tuple(_transcript(each) for each in _children(root, "tor"))


def _transcript(tor: etree._Element) -> TranscriptOfMobility:
    elmo = tor.find(_ELMO)
    if elmo is None:
        raise NotEwp("A transcript of Erasmus Without Paper holds no ELMO.")
    remarks: list[str] = []
    tables = _child(tor, "gradeConversionTable")
    return TranscriptOfMobility(
        mobility=said(_child(tor, "omobility-id")),
        transcript=read_elmo(elmo),
        tables=tuple(
            GradeTable(each.get("iscedCode", ""), tuple(_frequencies(each, remarks)))
            for each in (() if tables is None else _children(tables, "iscedTable"))
        ),
        remarks=tuple(remarks),
    )


def _frequencies(table: etree._Element, remarks: list[str]) -> Iterator[GradeFrequency]:
    for each in _children(table, "gradeFrequency"):
        label, percentage = each.get("label", "")[:50], _percentage(each.get("percentage", ""))
        if percentage is None:
            remarks.append(f"The share of the grade {label!a} cannot be read, and is passed over.")
        else:
            yield GradeFrequency(label, percentage)


def _percentage(written: str) -> Decimal | None:
    try:
        share = amount(written)
    except InvalidValue:
        return None
    return share if share <= 100 else None


# --- learning agreements --------------------------------------------------------------------------------


class Part(StrEnum):
    """The tables of the agreement's form."""

    STUDIED = "studied"
    RECOGNISED = "recognised"
    VIRTUAL = "virtual"
    BLENDED = "blended"
    SHORT_DOCTORAL = "short-doctoral"


_PARTS: Final = {
    "components-studied": Part.STUDIED,
    "components-recognized": Part.RECOGNISED,
    "virtual-components": Part.VIRTUAL,
    "blended-mobility-components": Part.BLENDED,
    "short-term-doctoral-components": Part.SHORT_DOCTORAL,
}


class StatedComponent(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is `inserted` or `deleted` in a change, and absent in the first version."""

    part: Part
    title: str
    unit: str | None
    code: str | None
    credits: tuple[StatedCredit, ...]
    status: str | None
    reason: str | None

    @property
    def key(self) -> tuple[str, str]:
        return self.part, self.unit or self.title


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody has signed, as the sender says; nothing here can be checked."""

    party: str
    name: str | None
    at: datetime | None


class Version(msgspec.Struct, frozen=True, kw_only=True):
    components: tuple[StatedComponent, ...]
    signatures: tuple[Signature, ...]


class StatedAgreement(msgspec.Struct, frozen=True, kw_only=True):
    mobility: str
    sending: str
    receiving: str
    learner: str
    academic_year: str | None
    starts: str | None
    """Of the form 2019-02, or a day."""
    ends: str | None
    first: Version | None
    approved: Version | None
    proposed: Version | None

    @property
    def agreed(self) -> tuple[StatedComponent, ...]:
        """What holds: the first version, as it was changed by what all have approved."""
        held = {each.key: each for each in self.first.components} if self.first else {}
        for each in self.approved.components if self.approved else ():
            if each.status == "deleted":
                held.pop(each.key, None)
            else:
                held[each.key] = each
        return tuple(held.values())


def is_agreements(root: etree._Element) -> bool:
    return _is(root, "omobility-las", "omobility-las-get-response")


def read_agreements(root: etree._Element) -> tuple[StatedAgreement, ...]:
    """Raises NotEwp."""
    if not is_agreements(root):
        raise NotEwp("The document is no answer with learning agreements of Erasmus Without Paper.")
    return tuple(_agreement(each) for each in _children(root, "la"))


def _agreement(la: etree._Element) -> StatedAgreement:
    student = _child(la, "student")
    names = "" if student is None else f"{_said(student, 'given-names')} {_said(student, 'family-name')}"
    return StatedAgreement(
        mobility=_said(la, "omobility-id"),
        sending=_institution(_child(la, "sending-hei")),
        receiving=_institution(_child(la, "receiving-hei")),
        learner=names.strip(),
        academic_year=_said(la, "receiving-academic-year-id") or None,
        starts=_said(la, "start-year-month") or _said(la, "start-date") or None,
        ends=_said(la, "end-year-month") or _said(la, "end-date") or None,
        first=_version(_child(la, "first-version")),
        approved=_version(_child(la, "approved-changes")),
        proposed=_version(_child(la, "changes-proposal")),
    )


def _institution(hei: etree._Element | None) -> str:
    return "" if hei is None else _said(hei, "hei-id")


def _version(version: etree._Element | None) -> Version | None:
    if version is None:
        return None
    return Version(
        components=tuple(
            _component(component, part)
            for name, part in _PARTS.items()
            for table in _children(version, name)
            for component in _children(table, "component")
        ),
        signatures=tuple(
            Signature(
                party=party,
                name=_said(signature, "signer-name") or None,
                at=_moment(_said(signature, "timestamp")),
            )
            for party in ("student", "sending-hei", "receiving-hei")
            for signature in _children(version, f"{party}-signature")
        ),
    )


def _component(component: etree._Element, part: Part) -> StatedComponent:
    credits_ = []
    for credit in _children(component, "credit"):
        scheme = _said(credit, "scheme").upper()[:50]
        try:
            credits_.append(StatedCredit(scheme, amount(_said(credit, "value"))))
        except InvalidValue:
            continue
    return StatedComponent(
        part=part,
        title=_said(component, "title")[:500],
        unit=_said(component, "los-id")[:200] or None,
        code=_said(component, "los-code")[:200] or None,
        credits=tuple(credits_),
        status=component.get("status"),
        reason=component.get("reason-code"),
    )


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return None


# --- names ----------------------------------------------------------------------------------------------


def _is(root: etree._Element, api: str, name: str) -> bool:
    """Whether the root is this answer, of any stable version of the interface."""
    tag = etree.QName(root)
    wanted = rf"{re.escape(_SPECS + api)}/(blob|tree)/stable-v[0-9]+/.+"
    return tag.localname == name and re.fullmatch(wanted, tag.namespace or "") is not None


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    """Children in the node's own namespace."""
    yield from node.iterchildren(f"{{{etree.QName(node).namespace}}}{name}")


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next(_children(node, name), None)


def _said(node: etree._Element, name: str) -> str:
    return said(_child(node, name))
