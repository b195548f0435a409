"""ELMO 1.7: transcripts as EMREX and Erasmus Without Paper exchange them.

    elmo ── learner
         └─ report ── issuer
                   └─ learningOpportunitySpecification ── specifies ── learningOpportunityInstance ── credit
                                                       └─ hasPart ── learningOpportunitySpecification ── …

It is read tolerantly, because the format asks for it: what is unknown is passed over, and what cannot be read is
remarked on and counts for nothing. It is counted strictly: a container never with its parts, nothing that was
not passed, nothing twice, and never two schemes together. An instance without a status was passed. The format's
own example sums to 141 ECTS by adding everything up, and is worth 126.

Source: https://github.com/emrex-eu/elmo-schemas, 1.7.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from domain.errors import InvalidValue
from domain.values import Names, amount, best, isced_f, language_tag, text
from wallet.errors import WalletError
from wallet.formats.losses import ALL, Place, one_of
from wallet.formats.transcript import (
    UNDETERMINED,
    Identifier,
    Issuer,
    Opportunity,
    Report,
    StatedCredit,
    Status,
    Transcript,
)
from wallet.formats.xml import said

NAMESPACE: Final = "https://github.com/emrex-eu/elmo-schemas/tree/v1"
_E: Final = f"{{{NAMESPACE}}}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_COUNTRIES: Final = {"UK": "GB", "EL": "GR"}
"""Europass writes two countries in its own way."""


class NotElmo(WalletError):
    """The document is no ELMO, or not even the little that every ELMO says."""


# --- reading --------------------------------------------------------------------------------------------


def is_elmo(root: etree._Element) -> bool:
    """Whether this is the root of an ELMO document of the first version."""
    return root.tag == f"{_E}elmo"


def read_elmo(root: etree._Element) -> Transcript:
    """What the document says. Raises NotElmo where it names no learner, or no report with an issuer."""
    if not is_elmo(root):
        raise NotElmo(f"The root of the document is no elmo of {NAMESPACE}.")
    return _Reader().transcript(root)


class _Reader:
    def __init__(self) -> None:
        self.remarks: list[str] = []

    def transcript(self, root: etree._Element) -> Transcript:
        learner = _child(root, "learner")
        reports = list(_children(root, "report"))
        if learner is None or not reports:
            raise NotElmo("The document names no learner, or holds no report.")
        read = tuple(self._report(report, str(number)) for number, report in enumerate(reports, 1))
        return Transcript(
            learner=next((each.value for each in _identifiers(learner) if each.kind == "uri"), None),
            given_names=said(_child(learner, "givenNames")),
            family_name=said(_child(learner, "familyName")),
            born_on=self._day(_child(learner, "bday"), "the learner"),
            generated_at=self._moment(_child(root, "generatedDate"), "the document"),
            reports=read,
            remarks=tuple(self.remarks),
        )

    def _report(self, report: etree._Element, place: str) -> Report:
        issuer = _child(report, "issuer")
        if issuer is None:
            raise NotElmo(f"Report {place} names no issuer.")
        schemes = {
            scheme.get("localId", ""): said(_child(scheme, "description"))
            for scheme in _children(report, "gradingScheme")
        }
        issued = self._moment(_child(report, "issueDate"), f"report {place}")
        country = said(_child(issuer, "country")).upper()
        return Report(
            issuer=Issuer(
                names=self._names(issuer, f"the issuer of report {place}"),
                country=_COUNTRIES.get(country, country) if re.fullmatch("[A-Z]{2}", country) else None,
                identifiers=_identifiers(issuer),
                url=said(_child(issuer, "url")) or None,
            ),
            issued_on=issued.date() if issued else None,
            opportunities=tuple(
                self._opportunity(each, f"{place}.{number}", schemes)
                for number, each in enumerate(_children(report, "learningOpportunitySpecification"), 1)
            ),
        )

    def _opportunity(self, node: etree._Element, place: str, schemes: dict[str, str]) -> Opportunity:
        specifies = _child(node, "specifies")
        instance = None if specifies is None else _child(specifies, "learningOpportunityInstance")
        parts = [
            part
            for has_part in _children(node, "hasPart")
            if (part := _child(has_part, "learningOpportunitySpecification")) is not None
        ]
        if instance is None:
            self.remarks.append(f"{place} has no instance, so it was not taken.")
            instance = etree.Element(f"{_E}learningOpportunityInstance")
            etree.SubElement(instance, f"{_E}status").text = Status.UNREADABLE
        scale = said(_child(instance, "gradingSchemeLocalId"))
        return Opportunity(
            place=place,
            names=self._names(node, place),
            identifiers=_identifiers(node),
            kind=said(_child(node, "type")) or None,
            description=said(_child(node, "description"))[:500] or None,
            field=self._field(said(_child(node, "iscedCode")), place),
            url=said(_child(node, "url")) or None,
            status=self._status(said(_child(instance, "status")), place),
            achieved_on=self._day(_child(instance, "date"), place) or _end_of_term(self, instance, place),
            grade=said(_child(instance, "resultLabel"))[:50] or None,
            scale=(schemes.get(scale) or scale)[:100] or None,
            credits=tuple(self._credits(instance, place)),
            eqf_level=self._eqf(instance),
            language=said(_child(instance, "languageOfInstruction")) or None,
            hours=self._amount(said(_child(instance, "engagementHours")), f"the hours of {place}"),
            distribution=tuple(self._distribution(instance, place)),
            parts=tuple(
                self._opportunity(part, f"{place}.{number}", schemes) for number, part in enumerate(parts, 1)
            ),
        )

    def _names(self, node: etree._Element, place: str) -> Names:
        """Titles by language; one without a language is of an undetermined one."""
        names: Names = {}
        for title in _children(node, "title"):
            try:
                language = language_tag(title.get(_LANG) or UNDETERMINED)
                names.setdefault(language, text(said(title)[:500], "a title"))
            except InvalidValue as error:
                self.remarks.append(f"A title of {place} is passed over: {error}")
        return names or {UNDETERMINED: f"({place}, without a title)"}

    def _credits(self, instance: etree._Element, place: str) -> Iterator[StatedCredit]:
        for credit in _children(instance, "credit"):
            scheme = said(_child(credit, "scheme")).upper()[:50]
            points = self._amount(said(_child(credit, "value")), f"the credit of {place}")
            if scheme and points:
                yield StatedCredit(scheme, points)
            elif points is not None:
                self.remarks.append(f"The credit of {place} is of no scheme, or is zero, and is passed over.")

    def _amount(self, written: str, what: str) -> Decimal | None:
        if not written:
            return None
        try:
            return amount(_without_zeros(written))
        except InvalidValue:
            self.remarks.append(f"{written[:40]!a} cannot be read as {what}.")
            return None

    def _status(self, written: str, place: str) -> Status:
        if not written:
            return Status.PASSED
        try:
            return Status(written)
        except ValueError:
            self.remarks.append(f"{written[:40]!a} is no status that {place} could have; it is not counted.")
            return Status.UNREADABLE

    def _field(self, written: str, place: str) -> str | None:
        try:
            return isced_f(written) if written else None
        except InvalidValue:
            self.remarks.append(f"{written[:40]!a} is no field of ISCED-F, and {place} is of none.")
            return None

    def _eqf(self, instance: etree._Element) -> int | None:
        for level in _children(instance, "level"):
            if said(_child(level, "type")).upper() == "EQF" and said(_child(level, "value")) in tuple(
                "12345678"
            ):
                return int(said(_child(level, "value")))
        return None

    def _distribution(self, instance: etree._Element, place: str) -> Iterator[tuple[str, int]]:
        distribution = _child(instance, "resultDistribution")
        for category in () if distribution is None else _children(distribution, "category"):
            count = category.get("count", "")
            if re.fullmatch("[0-9]{1,9}", count, re.ASCII):
                yield category.get("label", "")[:50], int(count)
            else:
                self.remarks.append(f"A category of the grades of {place} has no number, and is passed over.")

    def _day(self, element: etree._Element | None, place: str) -> date | None:
        """A day; its time zone, which XML allows, moves no day here."""
        written = said(element)
        if not written:
            return None
        try:
            return date.fromisoformat(re.sub(r"(Z|[+-]\d\d:\d\d)$", "", written))
        except ValueError:
            self.remarks.append(f"{written[:40]!a} is no day that {place} could be of.")
            return None

    def _moment(self, element: etree._Element | None, place: str) -> datetime | None:
        """A moment; without a time zone it is taken for one in UTC."""
        written = said(element)
        if not written:
            return None
        try:
            moment = datetime.fromisoformat(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.remarks.append(f"{written[:40]!a} is no moment that {place} could be of.")
            return None


def _end_of_term(reader: _Reader, instance: etree._Element, place: str) -> date | None:
    term = _child(instance, "academicTerm")
    return None if term is None else reader._day(_child(term, "end"), place)


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return node.find(f"{_E}{name}")


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    yield from node.iterchildren(f"{_E}{name}")


def _identifiers(node: etree._Element) -> tuple[Identifier, ...]:
    read = (
        Identifier(each.get("type", "")[:100], said(each)[:200]) for each in _children(node, "identifier")
    )
    return tuple(each for each in read if each.value)


def _without_zeros(written: str) -> str:
    """`6.000000` is 6, and `06` is 6: XML's decimals may be written with zeros around them."""
    if re.fullmatch(r"\+?[0-9]{1,20}(\.[0-9]{0,20})?", written, re.ASCII):
        whole, _, part = written.lstrip("+").partition(".")
        part = part.rstrip("0")
        return (whole.lstrip("0") or "0") + (f".{part}" if part else "")
    return written


# --- writing --------------------------------------------------------------------------------------------


KINDS: Final = ("Degree Programme", "Module", "Course", "Class")

_COURSE_PLACES: dict[str, Place] = {
    "names": ALL,
    "identifiers": ALL,
    "kind": one_of(*KINDS),
    "field": ALL,
    "url": ALL,
    "description": ALL,
    "status": one_of(Status.PASSED, Status.FAILED, Status.IN_PROGRESS),
    "achieved_on": ALL,
    "grade": ALL,
    "scale": ALL,
    "distribution": ALL,
    "credits": ALL,
    "eqf_level": ALL,
    "language": ALL,
    "hours": ALL,
}
_COURSE_PLACES["parts"] = _COURSE_PLACES
PLACES: Final[Place] = {
    "learner": ALL,
    "given_names": ALL,
    "family_name": ALL,
    "born_on": ALL,
    "generated_at": ALL,
    "reports": {"issuer": ALL, "issued_on": ALL, "opportunities": _COURSE_PLACES},
}
"""What has a place in the format: all but outcomes, how they were assessed, and how one took part."""


def write_elmo(transcript: Transcript, *, at: datetime) -> bytes:
    """An ELMO document, valid by the schema, in UTF-8. It is not signed.

    `at` stands for the moments that the format wants and the transcript does not state. Raises NotElmo for a
    transcript that the format cannot hold: an issuer without an address or an identifier.
    """
    root = etree.fromstring(f'<elmo xmlns="{NAMESPACE}"/>')
    _put(root, "generatedDate", _written_moment(transcript.generated_at or at))
    learner = _put(root, "learner")
    if transcript.learner is not None:
        _put(learner, "identifier", transcript.learner, type="uri")
    _put(learner, "givenNames", transcript.given_names)
    _put(learner, "familyName", transcript.family_name)
    if transcript.born_on is not None:
        _put(learner, "bday", transcript.born_on.isoformat())
    for report in transcript.reports:
        _report_into(_put(root, "report"), report, at)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _report_into(node: etree._Element, report: Report, at: datetime) -> None:
    issuer, by = _put(node, "issuer"), report.issuer
    if by.url is None or not by.identifiers:
        raise NotElmo(f"{best(by.names, 'en')} has no web address, or no identifier, and ELMO wants both.")
    if by.country is not None:
        back = {ours: theirs for theirs, ours in _COUNTRIES.items()}
        _put(issuer, "country", back.get(by.country, by.country))
    for each in by.identifiers:
        _put(issuer, "identifier", each.value, type=each.kind)
    _titles(issuer, by.names)
    _put(issuer, "url", by.url)
    scales = sorted(set(_scales(report.opportunities)))
    numbered = {scale: f"scale-{number}" for number, scale in enumerate(scales, 1)}
    for course in report.opportunities:
        _course_into(_put(node, "learningOpportunitySpecification"), course, numbered)
    _put(node, "issueDate", f"{report.issued_on}T00:00:00Z" if report.issued_on else _written_moment(at))
    for scale in scales:
        _put(_put(node, "gradingScheme", localId=numbered[scale]), "description", scale)


def _scales(opportunities: Sequence[Opportunity]) -> Iterator[str]:
    for each in opportunities:
        if each.scale is not None:
            yield each.scale
        yield from _scales(each.parts)


def _course_into(node: etree._Element, course: Opportunity, scales: dict[str, str]) -> None:
    for each in course.identifiers:
        _put(node, "identifier", each.value, type=each.kind)
    _titles(node, course.names)
    for name, said_ in (
        ("type", course.kind if course.kind in KINDS else None),
        ("iscedCode", course.field),
        ("url", course.url),
        ("description", course.description),
    ):
        if said_ is not None:
            _put(node, name, said_)
    _instance_into(_put(_put(node, "specifies"), "learningOpportunityInstance"), course, scales)
    for part in course.parts:
        _course_into(_put(_put(node, "hasPart"), "learningOpportunitySpecification"), part, scales)


def _instance_into(instance: etree._Element, course: Opportunity, scales: dict[str, str]) -> None:
    if course.achieved_on is not None:
        _put(instance, "date", course.achieved_on.isoformat())
    if course.status is not Status.UNREADABLE:
        _put(instance, "status", course.status.value)
    if course.scale is not None:
        _put(instance, "gradingSchemeLocalId", scales[course.scale])
    if course.grade is not None:
        _put(instance, "resultLabel", course.grade)
    if course.distribution:
        distribution = _put(instance, "resultDistribution")
        for label, count in course.distribution:
            _put(distribution, "category", label=label, count=str(count))
    for stated in course.credits:
        credit = _put(instance, "credit")
        _put(credit, "scheme", stated.scheme)
        _put(credit, "value", str(stated.points))
    if course.eqf_level is not None:
        level = _put(instance, "level")
        _put(level, "type", "EQF")
        _put(level, "value", str(course.eqf_level))
    if course.language is not None:
        _put(instance, "languageOfInstruction", course.language)
    if course.hours is not None:
        _put(instance, "engagementHours", str(course.hours))


def _titles(node: etree._Element, names: Names) -> None:
    for language in sorted(names):
        title = _put(node, "title", names[language])
        if language != UNDETERMINED:
            title.set(_LANG, language)


def _put(node: etree._Element, name: str, text_: str | None = None, **attributes: Any) -> etree._Element:
    child = etree.SubElement(node, f"{_E}{name}", attributes)
    child.text = text_
    return child


def _written_moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
