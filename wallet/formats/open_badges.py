"""Open Badges 3.0: one credit as an AchievementCredential, and the shape of anybody's.

Open Badges has a number of credits and no unit for it. The scheme, the level, the field, the setting and the
learning outcomes therefore stand as alignments of the achievement, each with its framework:

    {"type": ["Alignment"], "targetFramework": "EQF", "targetCode": "6", "targetName": "EQF level 6",
     "targetUrl": "http://data.europa.eu/snb/eqf/6"}

What is lost: Open Badges has one text for a name, so a name in several languages is written in one (English
where there is one, else the first by language tag); `read` gives that one back.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from domain.ladder import QualificationKind
from domain.values import CreditPoints, CreditScheme, Setting
from wallet.errors import WalletError
from wallet.formats.data_model import subjects
from wallet.formats.shape import (
    VC_2,
    Document,
    Fault,
    Rule,
    absolute_uri,
    date_time,
    filled_text,
    is_object,
    listed,
    placed,
    types_of,
    written_time,
)
from wallet.formats.transcript import (
    Identifier,
    Issuer,
    Opportunity,
    Report,
    StatedCredit,
    StatedOutcome,
    said_amount,
    said_field,
    said_names,
    said_text,
)
from wallet.verdict import decimal_text

OB_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
"""What our own credentials name. Contexts 3.0 to 3.0.3 differ in IRIs: the one named is the one used."""

OB_CONTEXTS = "https://purl.imsglobal.org/spec/ob/v3p0/context"

ACHIEVEMENT_CREDENTIALS = frozenset({"AchievementCredential", "OpenBadgeCredential"})

COURSE = "Course"
ACHIEVEMENT_TYPES = {
    QualificationKind.SKILLED_WORKER: "Certificate",
    QualificationKind.MID_LEVEL_SPECIALIST: "Diploma",
    QualificationKind.BACHELOR: "BachelorDegree",
    QualificationKind.MASTER: "MasterDegree",
    QualificationKind.DOCTOR: "DoctoralDegree",
    QualificationKind.MICRO_CREDENTIAL: "MicroCredential",
    QualificationKind.PROGRAMME: "CertificateOfCompletion",
}
"""What a unit and the qualifications are by Open Badges 3.0, AchievementType Enumeration."""

MOST_CREDITS = 1_000_000
"""Beyond this a number of credits is a mistake, and near it thousandths would be lost in a float."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One learning outcome, as a reader of a credential can follow it up."""

    name: str
    url: str
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Something the credit rests on, in words: a course elsewhere, or the decision that recognised it."""

    name: str
    genre: str  # what kind of thing it is: mooc, transcript, decision of recognition
    description: str
    narrative: str = ""


@dataclass(frozen=True, kw_only=True)
class CreditFacts:
    """One credit, or one qualification, in plain facts, as an Open Badge carries it."""

    credential: str  # URI
    issuer: str  # DID
    issuer_name: str
    issuer_url: str | None = None
    learner: str  # DID
    achievement: str  # URI of the credit's unit, or of the qualification
    achievement_type: str = COURSE  # by the list of Open Badges 3.0
    code: str | None = None  # the institution's own code of the unit
    names: Mapping[str, str]  # language tag -> name of the unit
    description: str
    criteria: str  # how the outcomes were assessed, in words
    outcomes: Sequence[Outcome] = ()
    points: CreditPoints | None = None
    eqf_level: int | None = None
    field: str | None = None  # ISCED-F 2013 code
    setting: Setting | None = None
    grade: str | None = None
    grade_scale: str = ""
    awarded_on: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    status: Sequence[Mapping[str, Any]] = ()  # `credentialStatus` entries
    evidence: Sequence[Shown] = ()


class NotAnOpenBadge(WalletError):
    """The document is no AchievementCredential that facts can be read from."""


def build(facts: CreditFacts) -> dict[str, Any]:
    """The unsigned AchievementCredential of a credit. Source: Open Badges 3.0, B.1."""
    issuer = {"id": facts.issuer, "type": ["Profile"], "name": facts.issuer_name}
    if facts.issuer_url is not None:
        issuer["url"] = facts.issuer_url
    document: dict[str, Any] = {
        "@context": [VC_2, OB_3],
        "id": facts.credential,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": issuer,
        "validFrom": written_time(facts.valid_from),
        "awardedDate": written_time(facts.awarded_on),
        "name": one_name(facts.names),
        "credentialSubject": _subject(facts),
    }
    if facts.valid_until is not None:
        document["validUntil"] = written_time(facts.valid_until)
    if facts.evidence:
        document["evidence"] = [shown(each) for each in facts.evidence]
    if facts.status:
        document["credentialStatus"] = [dict(entry) for entry in facts.status]
    return document


def read(document: Mapping[str, Any]) -> CreditFacts:
    """The facts of an AchievementCredential, ours or another's; what it does not say is empty or None.

    Nothing read is vouched for: verify the document first. Raises NotAnOpenBadge where a member without
    which there are no facts is missing or of another shape.
    """
    subject = next(iter(subjects(document)), None)
    achievement = subject.get("achievement") if subject is not None else None
    issuer = document.get("issuer")
    if not isinstance(issuer, dict):
        issuer = {"id": issuer}
    if (
        not ACHIEVEMENT_CREDENTIALS & set(types_of(document))
        or subject is None
        or not isinstance(achievement, dict)
    ):
        raise NotAnOpenBadge("The document is not an achievement credential.")
    valid_from = date_time(document.get("validFrom", document.get("issuanceDate")))
    if valid_from is None:
        raise NotAnOpenBadge("The credential does not say since when it is valid.")
    criteria = achievement.get("criteria")
    grade, grade_scale = _grade(subject, achievement)
    return CreditFacts(
        credential=_text(document, "id"),
        issuer=_text(issuer, "id"),
        issuer_name=_text(issuer, "name"),
        issuer_url=_text(issuer, "url") or None,
        learner=_text(subject, "id"),
        achievement=_text(achievement, "id"),
        achievement_type=_text(achievement, "achievementType"),
        code=_text(achievement, "humanCode") or None,
        names={_text(achievement, "inLanguage") or "und": _text(achievement, "name")},
        description=_text(achievement, "description"),
        criteria=_text(criteria, "narrative") if isinstance(criteria, dict) else "",
        outcomes=tuple(
            Outcome(
                name=_text(found, "targetName"),
                url=_text(found, "targetUrl"),
                code=_text(found, "targetCode"),
            )
            for found in _aligned(achievement, OUTCOMES)
        ),
        points=credits_earned(document),
        eqf_level=_eqf_level(achievement),
        field=_code(achievement, ISCED_F),
        setting=_setting(achievement),
        grade=grade,
        grade_scale=grade_scale,
        awarded_on=date_time(document.get("awardedDate")) or valid_from,
        valid_from=valid_from,
        valid_until=date_time(document.get("validUntil", document.get("expirationDate"))),
        status=tuple(entry for entry in listed(document.get("credentialStatus")) if isinstance(entry, dict)),
        evidence=tuple(
            Shown(
                name=_text(each, "name"),
                genre=_text(each, "genre"),
                description=_text(each, "description"),
                narrative=_text(each, "narrative"),
            )
            for each in listed(document.get("evidence"))
            if isinstance(each, dict)
        ),
    )


def credits_earned(document: Mapping[str, Any]) -> CreditPoints | None:
    """The points with their scheme, or None where the credential states no number or no scheme we know."""
    for subject in subjects(document):
        number, achievement = subject.get("creditsEarned"), subject.get("achievement")
        scheme = _code(achievement, CREDIT_SCHEME) if isinstance(achievement, dict) else None
        if _number_of_credits(number) and number and scheme in set(CreditScheme):
            points = Decimal(repr(number))
            if points == round(points, 3):
                return CreditPoints(scheme=CreditScheme(scheme), points=points)
    return None


def credits_stated(document: Mapping[str, Any]) -> tuple[Decimal, str | None] | None:
    """The number of credits and the scheme as stated, whichever it is; None where no number stands."""
    for subject in subjects(document):
        number, achievement = subject.get("creditsEarned"), subject.get("achievement")
        if _number_of_credits(number):
            scheme = _code(achievement, CREDIT_SCHEME) if isinstance(achievement, dict) else None
            return Decimal(repr(number)), scheme
    return None


def report(document: Document) -> Report:
    """What the credential says of its learner, as a line of a record. Raises NotAnOpenBadge.

    Whoever brings it in is told of one learner: of a credential about several, nothing is read.
    """
    if len(subjects(document)) != 1:
        raise NotAnOpenBadge("The credential is about several, and says nothing of one learner.")
    facts = read(document)
    stated = credits_stated(document)
    points = None if stated is None else said_amount(stated[0])
    scheme = (said_text(stated[1], 50) if stated else None) or "credits"
    identifiers = (("code", facts.code), ("credential", facts.credential), ("achievement", facts.achievement))
    return Report(
        issuer=Issuer(
            names=said_names([("", facts.issuer_name)], facts.issuer[:200] or "(an issuer without a name)"),
            identifiers=tuple(Identifier("uri", uri) for uri in [said_text(facts.issuer)] if uri),
            url=said_text(facts.issuer_url),
        ),
        issued_on=facts.valid_from.date(),
        opportunities=(
            Opportunity(
                place="1",
                names=said_names(facts.names.items(), "(an achievement without a name)"),
                identifiers=tuple(
                    Identifier(kind, said) for kind, each in identifiers if (said := said_text(each, 200))
                ),
                kind=said_text(facts.achievement_type, 50),
                description=said_text(facts.description),
                field=said_field(facts.field),
                achieved_on=facts.awarded_on.date(),
                grade=said_text(facts.grade, 50),
                scale=said_text(facts.grade_scale, 100),
                credits=(StatedCredit(scheme, points),) if points else (),
                eqf_level=facts.eqf_level,
                outcomes=tuple(
                    StatedOutcome(name=name, code=said_text(each.code), url=said_text(each.url))
                    for each in facts.outcomes
                    if (name := said_text(each.name))
                ),
                setting=facts.setting,
                assessment=said_text(facts.criteria),
                by_itself=True,
            ),
        ),
    )


def one_name(names: Mapping[str, str]) -> str:
    """The one name Open Badges has room for: English, else the first by language tag."""
    return names.get("en") or names[min(names)]


# --- the shape ---------------------------------------------------------------------------------------


def badge_context_is_second(document: Document) -> Iterator[Fault]:
    """The Open Badges context stands second. Source: Open Badges 3.0, B.1."""
    contexts = listed(document.get("@context"))
    if not any(isinstance(context, str) and context.startswith(OB_CONTEXTS) for context in contexts[1:2]):
        yield Fault(
            "badge-context-order", "/@context/1", "The second context is not that of Open Badges 3.0."
        )


def badge_is_identified(document: Document) -> Iterator[Fault]:
    """A badge has an id and says since when it is valid. Source: Open Badges 3.0, B.1."""
    if "id" not in document:
        yield Fault("id-missing", "/id", "The badge has no id.")
    if "validFrom" not in document and "issuanceDate" not in document:
        yield Fault("valid-from-missing", "/validFrom", "The badge does not say since when it is valid.")
    if "awardedDate" in document and date_time(document["awardedDate"]) is None:
        yield Fault("time-malformed", "/awardedDate", "awardedDate is not a date and time with a zone.")


def issuer_is_a_profile(document: Document) -> Iterator[Fault]:
    """The issuer, where an object, is a Profile. Source: Open Badges 3.0, B.18."""
    issuer = document.get("issuer")
    if isinstance(issuer, dict) and "Profile" not in types_of(issuer):
        yield Fault("issuer-type", "/issuer/type", "The issuer is not a Profile.")


def subject_has_an_achievement(document: Document) -> Iterator[Fault]:
    """The subject is an AchievementSubject, known by an id or an identifier. Source: Open Badges 3.0, B.4."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if not isinstance(subject, dict):
            continue
        if "AchievementSubject" not in types_of(subject):
            yield Fault("subject-type", f"{pointer}/type", "The subject is not an AchievementSubject.")
        if not isinstance(subject.get("achievement"), dict):
            yield Fault("achievement-missing", f"{pointer}/achievement", "The subject has no achievement.")
        if "id" not in subject and not listed(subject.get("identifier")):
            yield Fault("subject-unnamed", pointer, "The subject has neither an id nor an identifier.")


def achievement_is_described(document: Document) -> Iterator[Fault]:
    """An achievement has id, type, name, description and criteria. Source: Open Badges 3.0, B.2, B.7."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        achievement = subject.get("achievement") if isinstance(subject, dict) else None
        if isinstance(achievement, dict):
            yield from faults_of_achievement(achievement, f"{pointer}/achievement")


def credits_are_a_number(document: Document) -> Iterator[Fault]:
    """`creditsEarned` is a number. In RDF 5, "5" and 5.0 sign alike: the proof would not tell them apart."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if (
            isinstance(subject, dict)
            and "creditsEarned" in subject
            and not _number_of_credits(subject["creditsEarned"])
        ):
            yield Fault(
                "credits-not-a-number",
                f"{pointer}/creditsEarned",
                "The credits earned are not a number from 0.",
            )


def results_belong_to_the_achievement(document: Document) -> Iterator[Fault]:
    """Each result has a text value, and a description in the achievement. Source: Open Badges 3.0, B.20."""
    for subject, pointer in placed(document.get("credentialSubject"), "/credentialSubject"):
        if not isinstance(subject, dict):
            continue
        achievement = subject.get("achievement")
        described = listed(achievement.get("resultDescription")) if isinstance(achievement, dict) else []
        known = {_text(description, "id") for description in described} - {""}
        for result, place in placed(subject.get("result"), f"{pointer}/result"):
            if not isinstance(result, dict) or "Result" not in types_of(result):
                yield Fault("result-type", f"{place}/type", "A result is not a Result.")
            elif "value" in result and not isinstance(result["value"], str):
                yield Fault("result-value", f"{place}/value", "The value of a result is not a text.")
            elif "resultDescription" in result and _text(result, "resultDescription") not in known:
                yield Fault(
                    "result-undescribed",
                    f"{place}/resultDescription",
                    "A result belongs to no result description of its achievement.",
                )


def evidence_is_evidence(document: Document) -> Iterator[Fault]:
    """Each piece of evidence is of type Evidence. Source: Open Badges 3.0, B.10."""
    for value, pointer in placed(document.get("evidence"), "/evidence"):
        if "Evidence" not in types_of(value):
            yield Fault("evidence-type", f"{pointer}/type", "A piece of evidence is not of type Evidence.")


RULES: tuple[Rule, ...] = (
    badge_context_is_second,
    badge_is_identified,
    issuer_is_a_profile,
    subject_has_an_achievement,
    achievement_is_described,
    credits_are_a_number,
    results_belong_to_the_achievement,
    evidence_is_evidence,
)
"""The model of an AchievementCredential, beyond that of any credential."""


def faults_of_achievement(achievement: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    """What is wrong with one achievement, wherever it stands."""
    if "Achievement" not in types_of(achievement):
        yield Fault("achievement-type", f"{pointer}/type", "The achievement is not an Achievement.")
    if not absolute_uri(achievement.get("id")):
        yield Fault("achievement-id", f"{pointer}/id", "The achievement has no id that is an absolute URI.")
    for member in ("name", "description"):
        if not filled_text(achievement.get(member)):
            yield Fault(f"achievement-{member}", f"{pointer}/{member}", f"The achievement has no {member}.")
    criteria = achievement.get("criteria")
    if not isinstance(criteria, dict) or not (criteria.get("narrative") or criteria.get("id")):
        yield Fault("achievement-criteria", f"{pointer}/criteria", "The achievement has no criteria.")
    if "creditsAvailable" in achievement and not _number_of_credits(achievement["creditsAvailable"]):
        yield Fault(
            "credits-not-a-number",
            f"{pointer}/creditsAvailable",
            "The credits available are not a number from 0.",
        )
    for value, place in placed(achievement.get("alignment"), f"{pointer}/alignment"):
        if "Alignment" not in types_of(value) or not filled_text(value.get("targetName")):
            yield Fault("alignment-malformed", place, "An alignment has no type or no name.")
        elif not absolute_uri(value.get("targetUrl")):
            yield Fault("alignment-malformed", f"{place}/targetUrl", "An alignment has no address.")


# --- writing -----------------------------------------------------------------------------------------

CREDIT_SCHEME = "Credit scheme"
EQF = "EQF"
ISCED_F = "ISCED-F 2013"
SETTING = "Learning setting"
OUTCOMES = "Learning outcomes"

_SCHEMES = {
    CreditScheme.ECTS: (
        "European Credit Transfer and Accumulation System",
        "http://data.europa.eu/snb/education-credit/6fcec5c5af",
    ),
    CreditScheme.ECVET: (
        "European Credit system for Vocational Education and Training",
        "https://eur-lex.europa.eu/eli/reco/2009/708(2)/oj",
    ),
    CreditScheme.KZ: (
        "Academic credit of the Republic of Kazakhstan",
        "https://adilet.zan.kz/rus/docs/V1100006976",
    ),
}


def shown(each: Shown) -> dict[str, Any]:
    """A piece of evidence. Source: Open Badges 3.0, B.10."""
    written = {"type": ["Evidence"], "name": each.name, "genre": each.genre, "description": each.description}
    return {**written, "narrative": each.narrative} if each.narrative else written


def _subject(facts: CreditFacts) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "id": facts.learner,
        "type": ["AchievementSubject"],
        "achievement": _achievement(facts),
    }
    if facts.points is not None:
        subject["creditsEarned"] = json_number(facts.points.points)
    if facts.grade is not None:
        subject["result"] = [
            {"type": ["Result"], "resultDescription": _grade_description(facts), "value": facts.grade}
        ]
    return subject


def _achievement(facts: CreditFacts) -> dict[str, Any]:
    achievement: dict[str, Any] = {
        "id": facts.achievement,
        "type": ["Achievement"],
        "achievementType": facts.achievement_type,
        "inLanguage": "en" if facts.names.get("en") else min(facts.names),
        "name": one_name(facts.names),
        "description": facts.description,
        "criteria": {"narrative": facts.criteria},
    }
    if facts.code is not None:
        achievement["humanCode"] = facts.code
    if facts.points is not None:
        achievement["creditsAvailable"] = json_number(facts.points.points)
    if facts.grade is not None:
        achievement["resultDescription"] = [
            {
                "id": _grade_description(facts),
                "type": ["ResultDescription"],
                "name": facts.grade_scale or "Grade",
                "resultType": "LetterGrade",
            }
        ]
    if alignments := list(_alignments(facts)):
        achievement["alignment"] = alignments
    return achievement


def _alignments(facts: CreditFacts) -> Iterator[dict[str, Any]]:
    if facts.points is not None:
        name, url = _SCHEMES[facts.points.scheme]
        yield _alignment(CREDIT_SCHEME, facts.points.scheme.value, name, url)
    if facts.eqf_level is not None:
        level = str(facts.eqf_level)
        yield _alignment(EQF, level, f"EQF level {level}", f"http://data.europa.eu/snb/eqf/{level}")
    if facts.field is not None:
        url = f"http://data.europa.eu/snb/isced-f/{facts.field}"
        yield _alignment(ISCED_F, facts.field, f"Field of education {facts.field}", url)
    if facts.setting is not None:
        code = facts.setting.value
        name = f"{code.replace('_', '-').capitalize()} learning"
        yield _alignment(SETTING, code, name, "http://data.europa.eu/snb/learning-setting/25831c2")
    for outcome in facts.outcomes:
        yield _alignment(OUTCOMES, outcome.code, outcome.name, outcome.url)


def _alignment(framework: str, code: str, name: str, url: str) -> dict[str, Any]:
    alignment: dict[str, Any] = {
        "type": ["Alignment"],
        "targetName": name,
        "targetUrl": url,
        "targetFramework": framework,
    }
    if code:
        alignment["targetCode"] = code
    return alignment


def _grade_description(facts: CreditFacts) -> str:
    return f"{facts.achievement}#grade"


def json_number(points: Decimal) -> int | float:
    """Points as a JSON number. Up to 999,999.999 in thousandths, a float gives back the same decimal."""
    return int(points) if points == points.to_integral_value() else float(decimal_text(points))


# --- reading -----------------------------------------------------------------------------------------


def _text(holder: Any, member: str) -> str:
    value = holder.get(member) if is_object(holder) else None
    return value if isinstance(value, str) else ""


def _aligned(achievement: Mapping[str, Any], framework: str) -> list[Mapping[str, Any]]:
    return [
        alignment
        for alignment in listed(achievement.get("alignment"))
        if is_object(alignment) and alignment.get("targetFramework") == framework
    ]


def _code(achievement: Mapping[str, Any], framework: str) -> str | None:
    """The code under a framework; None where there is none, or two that differ."""
    codes = {_text(alignment, "targetCode") for alignment in _aligned(achievement, framework)} - {""}
    return codes.pop() if len(codes) == 1 else None


def _eqf_level(achievement: Mapping[str, Any]) -> int | None:
    code = _code(achievement, EQF)
    return int(code) if code in {"1", "2", "3", "4", "5", "6", "7", "8"} else None


def _setting(achievement: Mapping[str, Any]) -> Setting | None:
    code = _code(achievement, SETTING)
    return Setting(code) if code in set(Setting) else None


def _grade(subject: Mapping[str, Any], achievement: Mapping[str, Any]) -> tuple[str | None, str]:
    """The value of the first result, and the name of the scale it is described by."""
    for result in listed(subject.get("result")):
        if isinstance(result, Mapping) and isinstance(result.get("value"), str):
            for description in listed(achievement.get("resultDescription")):
                if isinstance(description, Mapping) and description.get("id") == result.get(
                    "resultDescription"
                ):
                    return result["value"], _text(description, "name")
            return result["value"], ""
    return None, ""


def _number_of_credits(value: Any) -> bool:
    return (
        isinstance(value, int | float | Decimal)
        and not isinstance(value, bool)
        and math.isfinite(value)
        and 0 <= value < MOST_CREDITS
    )
