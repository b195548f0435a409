"""European Learning Model 3: a record as a European Digital Credential, as Europass takes it; and anybody's, read.

    EuropeanDigitalCredential ── issuer
                              └─ credentialSubject: Person ── hasClaim: LearningAchievement
        ├─ awardedBy ── awardingBody, awardingDate
        ├─ specifiedBy ── creditPoint, eqfLevel, learningOutcome, learningSetting, volumeOfLearning, mode, …
        ├─ provenBy: LearningAssessment ── grade
        └─ hasPart: LearningAchievement …

It is of VC Data Model 1.1 and cannot share a document with 2.0, so it is an export of its own; its seal is another
file's matter (`wallet.formats.elm_seal`). It has no setting of learning but formal and non-formal, no languages and
countries but those of its lists, and its context misspells the distribution of grades, which is dropped in silence:
all that is reported as lost.

Source: European Learning Model 3, application profile for European Digital Credentials (edc-generic-full); Council
Recommendation of 16 June 2022 on micro-credentials, Annex I.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from domain.values import Setting
from wallet.errors import WalletError
from wallet.formats.losses import ALL, Loss, Place, lost_of, one_of
from wallet.formats.shape import VC_1, Document, date_time, listed, types_of, written_time
from wallet.formats.transcript import (
    Identifier,
    Issuer,
    Opportunity,
    Report,
    StatedCredit,
    StatedOutcome,
    Transcript,
    said_amount,
    said_field,
    said_names,
    said_text,
)

EDC_AP: Final = "http://data.europa.eu/snb/model/context/edc-ap"
PROFILE: Final = "http://data.europa.eu/snb/model/ap/edc-generic-full"
TYPE: Final = "EuropeanDigitalCredential"

_SNB: Final = "http://data.europa.eu/snb/"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
_SCHEME: Final = "25831c2"
_DEEPEST: Final = 20
"""Achievements inside each other."""

_OF_LANGUAGES: Final = (
    "bg=BUL cs=CES da=DAN de=DEU el=ELL en=ENG es=SPA et=EST fi=FIN fr=FRA ga=GLE hr=HRV hu=HUN it=ITA kk=KAZ "
    "ky=KIR lt=LIT lv=LAV mt=MLT nl=NLD no=NOR pl=POL pt=POR ro=RON ru=RUS sk=SLK sl=SLV sv=SWE tr=TUR uk=UKR uz=UZB"
)
_OF_COUNTRIES: Final = (
    "AL=ALB AM=ARM AT=AUT AZ=AZE BA=BIH BE=BEL BG=BGR CH=CHE CN=CHN CY=CYP CZ=CZE DE=DEU DK=DNK EE=EST ES=ESP "
    "FI=FIN FR=FRA GB=GBR GE=GEO GR=GRC HR=HRV HU=HUN IE=IRL IS=ISL IT=ITA KG=KGZ KZ=KAZ LI=LIE LT=LTU LU=LUX "
    "LV=LVA MD=MDA ME=MNE MK=MKD MT=MLT NL=NLD NO=NOR PL=POL PT=PRT RO=ROU RS=SRB RU=RUS SE=SWE SI=SVN SK=SVK "
    "TJ=TJK TR=TUR UA=UKR US=USA UZ=UZB"
)
_LANGUAGES: Final = dict(pair.split("=") for pair in _OF_LANGUAGES.split())
"""ISO 639-1 -> 639-3, and so for countries: the ones of Europe's higher education area, and some beyond."""
_COUNTRIES: Final = dict(pair.split("=") for pair in _OF_COUNTRIES.split())
_SETTINGS: Final = {Setting.FORMAL: "6fd4de3b52", Setting.NON_FORMAL: "e207a81fc7"}
_MODES: Final = {"online": "920fbb3cbe", "blended": "e92d221e4d"}
_ECTS: Final = f"{_SNB}education-credit/6fcec5c5af"
_NOTES: Final = ("quality", "assessment")


class NotAEuropeanCredential(WalletError):
    """The document is no European Digital Credential about one person."""


# --- what has a place -----------------------------------------------------------------------------------


def _misspelt(value: Any, at: str) -> Iterator[Loss]:
    yield Loss(at, value, "The format's own context misspells it, so that whoever reads it finds nothing.")


def _issued_once(value: Any, at: str) -> Iterator[Loss]:
    yield Loss(at, value, "A credential is issued once, whatever reports are in it.")


def _of_a_course(value: Any, at: str) -> Iterator[Loss]:
    yield from lost_of(value, _COURSE_PLACES, at)
    if "scale" in value and "grade" not in value:
        yield Loss(f"{at}/scale", value["scale"], "A scale stands only beside a grade.")


def _courses(value: Any, at: str) -> Iterator[Loss]:
    for number, each in enumerate(value):
        yield from _of_a_course(each, f"{at}/{number}")


_COURSE_PLACES: Final[Place] = {
    "names": ALL,
    "identifiers": ALL,
    "description": ALL,
    "field": ALL,
    "url": ALL,
    "achieved_on": ALL,
    "grade": ALL,
    "scale": ALL,
    "credits": ALL,
    "eqf_level": ALL,
    "language": one_of(*_LANGUAGES),
    "hours": ALL,
    "distribution": _misspelt,
    "outcomes": ALL,
    "setting": one_of(*_SETTINGS),
    "assessment": ALL,
    "participation": ALL,
    "quality": ALL,
    "parts": _courses,
}
PLACES: Final[Place] = {
    "learner": ALL,
    "given_names": ALL,
    "family_name": ALL,
    "born_on": ALL,
    "generated_at": ALL,
    "reports": {
        "issuer": {"names": ALL, "country": one_of(*_COUNTRIES), "identifiers": ALL, "url": ALL},
        "issued_on": _issued_once,
        "opportunities": _courses,
    },
}


# --- writing --------------------------------------------------------------------------------------------


def build(transcript: Transcript, *, at: datetime, eidas: str | None = None) -> dict[str, Any]:
    """The credential, unsealed. Its issuer is the first awarding body; `eidas` is the identifier in its seal."""
    if not transcript.reports:
        raise NotAEuropeanCredential("A credential is about at least one achievement.")
    bodies = [
        _body(report.issuer, number, eidas if number == 1 else None)
        for number, report in enumerate(transcript.reports, 1)
    ]
    claims = [
        _achievement(learned, f"{number}.{place}", body)
        for number, (report, body) in enumerate(zip(transcript.reports, bodies, strict=True), 1)
        for place, learned in enumerate(report.opportunities, 1)
    ]
    issued = written_time(transcript.generated_at or at)
    return {
        "@context": [VC_1, EDC_AP],
        "id": f"urn:credential:{_slug(transcript.learner or 'learner')}:{int(at.timestamp())}",
        "type": ["VerifiableCredential", TYPE],
        "credentialProfiles": _concept("credential", "e34929035b", "Generic"),
        "credentialSchema": {"id": PROFILE, "type": "ShaclValidator2017"},
        "displayParameter": _display(),
        "issuer": bodies[0],
        "issuanceDate": issued,
        "issued": issued,
        "validFrom": issued,
        "credentialSubject": _given(
            id=transcript.learner or "urn:epass:person:1",
            type="Person",
            # Names belong to no language; the viewer shows those in the credential's own.
            givenName={"en": transcript.given_names} if transcript.given_names else None,
            familyName={"en": transcript.family_name} if transcript.family_name else None,
            dateOfBirth=f"{transcript.born_on}T00:00:00Z" if transcript.born_on else None,
            hasClaim=claims,
        ),
    }


def _display() -> dict[str, Any]:
    english = _listed_concept("language", "ENG", "English")
    return {
        "id": "urn:epass:displayParameter:1",
        "type": "DisplayParameter",
        "title": {"en": "Learner record"},
        "description": {"en": "What the learner has achieved, and with how much credit."},
        "language": english,
        "primaryLanguage": english,
    }


def _body(issuer: Issuer, number: int, eidas: str | None) -> dict[str, Any]:
    place = _COUNTRIES.get(issuer.country or "")
    country = _listed_concept("country", place, issuer.country or "") if place else None
    return _given(
        id=f"urn:epass:org:{number}",
        type="Organisation",
        legalName=issuer.names,
        identifier=[_identifier(each, f"org:{number}:{n}") for n, each in enumerate(issuer.identifiers, 1)],
        eIDASIdentifier=_given(
            id=f"urn:epass:legalIdentifier:{number}", type="LegalIdentifier", notation=eidas, spatial=country
        )
        if eidas
        else None,
        homepage={
            "id": f"urn:epass:webResource:org:{number}",
            "type": "WebResource",
            "contentURL": issuer.url,
        }
        if issuer.url
        else None,
        location=_given(
            id=f"urn:epass:location:{number}",
            type="Location",
            address=_given(id=f"urn:epass:address:{number}", type="Address", countryCode=country),
        ),
    )


def _achievement(learned: Opportunity, place: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return _given(
        id=f"urn:epass:learningAchievement:{place}",
        type="LearningAchievement",
        title=learned.names,
        description={"en": learned.description} if learned.description else None,
        awardedBy=_given(
            id=f"urn:epass:awardingProcess:{place}",
            type="AwardingProcess",
            awardingBody=body,
            awardingDate=f"{learned.achieved_on}T00:00:00Z" if learned.achieved_on else None,
        ),
        specifiedBy=_specification(learned, place),
        provenBy=_assessment(learned, place, body) if learned.grade else None,
        additionalNote=[
            _note(f"{kind}:{place}", said)
            for kind, said in (("quality", learned.quality), ("assessment", learned.assessment))
            if said
        ],
        hasPart=[
            _achievement(part, f"{place}.{number}", body) for number, part in enumerate(learned.parts, 1)
        ],
    )


def _specification(learned: Opportunity, place: str) -> dict[str, Any]:
    language = _LANGUAGES.get(learned.language or "")
    setting = _SETTINGS.get(learned.setting) if learned.setting else None
    return _given(
        id=f"urn:epass:learningAchievementSpec:{place}",
        type="LearningAchievementSpecification",
        title=learned.names,
        identifier=[_identifier(each, f"{place}:{n}") for n, each in enumerate(learned.identifiers, 1)],
        homepage={"id": f"urn:epass:webResource:{place}", "type": "WebResource", "contentURL": learned.url}
        if learned.url
        else None,
        creditPoint=[_credit(each, f"{place}:{n}") for n, each in enumerate(learned.credits, 1)],
        eqfLevel=_concept("eqf", str(learned.eqf_level), f"Level {learned.eqf_level}")
        if learned.eqf_level
        else None,
        thematicArea=_concept("isced-f", learned.field, f"Field of education {learned.field}")
        if learned.field
        else None,
        learningOutcome=[_outcome(each, f"{place}:{n}") for n, each in enumerate(learned.outcomes, 1)],
        learningSetting=_concept(
            "learning-setting", setting, f"{(learned.setting or '').replace('_', '-')} learning"
        )
        if setting
        else None,
        mode=_mode(learned.participation, place) if learned.participation else None,
        volumeOfLearning=_duration(learned.hours) if learned.hours else None,
        language=_listed_concept("language", language, learned.language or "") if language else None,
    )


def _assessment(learned: Opportunity, place: str, body: Mapping[str, Any]) -> dict[str, Any]:
    scale = learned.scale and {
        "id": f"urn:epass:gradingScheme:{place}",
        "type": "GradingScheme",
        "title": {"en": learned.scale},
    }
    title = {"en": learned.assessment or "Assessment"}
    return _given(
        id=f"urn:epass:learningAssessment:{place}",
        type="LearningAssessment",
        title=title,
        grade=_note(f"grade:{place}", learned.grade or ""),
        awardedBy={
            "id": f"urn:epass:awardingProcess:assessment:{place}",
            "type": "AwardingProcess",
            "awardingBody": body,
        },
        specifiedBy=_given(
            id=f"urn:epass:learningAssessmentSpec:{place}",
            type="LearningAssessmentSpecification",
            title=title,
            gradingScheme=scale or None,
        ),
    )


def _credit(credit: StatedCredit, place: str) -> dict[str, Any]:
    framework = (
        _concept("education-credit", _ECTS.rpartition("/")[2], "European Credit Transfer System")
        if credit.scheme == "ECTS"
        else {
            "id": f"urn:epass:concept:credit:{place}",
            "type": "Concept",
            "prefLabel": {"en": credit.scheme},
        }
    )
    return {
        "id": f"urn:epass:creditPoint:{place}",
        "type": "CreditPoint",
        "framework": framework,
        "point": str(credit.points),
    }


def _outcome(outcome: StatedOutcome, place: str) -> dict[str, Any]:
    return _given(
        id=f"urn:epass:learningOutcome:{place}",
        type="LearningOutcome",
        title={"en": outcome.name},
        identifier=_identifier(Identifier("code", outcome.code), f"outcome:{place}")
        if outcome.code
        else None,
        homepage={
            "id": f"urn:epass:webResource:outcome:{place}",
            "type": "WebResource",
            "contentURL": outcome.url,
        }
        if outcome.url
        else None,
    )


def _mode(participation: str, place: str) -> dict[str, Any]:
    code = _MODES.get(participation)
    if code is not None:
        return _concept("learning-assessment", code, participation)
    return {"id": f"urn:epass:concept:mode:{place}", "type": "Concept", "prefLabel": {"en": participation}}


def _concept(scheme: str, code: str, label: str) -> dict[str, Any]:
    return {
        "id": f"{_SNB}{scheme}/{code}",
        "type": "Concept",
        "inScheme": {"id": f"{_SNB}{scheme}/{_SCHEME}", "type": "ConceptScheme"},
        "prefLabel": {"en": label},
    }


def _listed_concept(scheme: str, code: str, label: str) -> dict[str, Any]:
    return {
        "id": f"{_AUTHORITY}{scheme}/{code}",
        "type": "Concept",
        "inScheme": {"id": f"{_AUTHORITY}{scheme}", "type": "ConceptScheme"},
        "notation": scheme,
        "prefLabel": {"en": label},
    }


def _identifier(identifier: Identifier, place: str) -> dict[str, Any]:
    return {
        "id": f"urn:epass:identifier:{place}",
        "type": "Identifier",
        "schemeName": identifier.kind,
        "notation": identifier.value,
    }


def _note(place: str, said: str) -> dict[str, Any]:
    return {"id": f"urn:epass:note:{place}", "type": "Note", "noteLiteral": {"en": said}}


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, [], {})}


def _slug(text: str) -> str:
    return re.sub("[^A-Za-z0-9]+", "-", text).strip("-")


def _duration(hours: Decimal) -> str:
    """An xsd:duration, which has no parts of an hour: 4.5 hours are PT4H30M."""
    seconds = hours * 3600
    whole, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = ((whole, "H"), (minutes, "M"), (rest.normalize() if rest else rest, "S"))
    return "PT" + "".join(f"{each:f}{unit}" for each, unit in parts if each)


# --- reading --------------------------------------------------------------------------------------------


def is_european(document: Document) -> bool:
    return TYPE in types_of(document)


def read_elm(document: Document) -> Transcript:
    """What a credential says of its one person; its qualifications and activities are read over.

    Raises NotAEuropeanCredential.
    """
    subject = document.get("credentialSubject")
    subjects_ = [each for each in listed(subject) if isinstance(each, dict)]
    if not is_european(document) or len(subjects_) != 1:
        raise NotAEuropeanCredential("The document is no European Digital Credential about one person.")
    [person] = subjects_
    reports: list[tuple[Any, Issuer, list[Opportunity]]] = []
    for claim in listed(person.get("hasClaim")):
        if "LearningAchievement" not in types_of(claim):
            continue
        body = _first(_first(claim.get("awardedBy")).get("awardingBody"))
        if not reports or reports[-1][0] != body.get("id"):
            reports.append((body.get("id"), _issuer(body), []))
        found = reports[-1][2]
        found.append(_opportunity(claim, f"{len(reports)}.{len(found) + 1}"))
    learner = person.get("id")
    born = date_time(person.get("dateOfBirth"))
    return Transcript(
        learner=learner if isinstance(learner, str) and not learner.startswith("urn:epass:") else None,
        given_names=_words(person.get("givenName")) or "",
        family_name=_words(person.get("familyName")) or "",
        born_on=None if born is None else born.astimezone(UTC).date(),
        generated_at=date_time(document.get("issued", document.get("issuanceDate"))),
        reports=tuple(Report(issuer=issuer, opportunities=tuple(found)) for _, issuer, found in reports),
    )


def holder(document: Document) -> str | None:
    """Whom it is about: her full name, or what there is of it."""
    person = _first(document.get("credentialSubject"))
    names = [_words(person.get(name)) for name in ("givenName", "familyName")]
    return (
        _words(person.get("fullName"))
        or " ".join(name for name in names if name)
        or said_text(person.get("id"))
    )


def _issuer(body: Mapping[str, Any]) -> Issuer:
    country = _first(_first(_first(body.get("location")).get("address")).get("countryCode")).get("id")
    back = {f"{_AUTHORITY}country/{theirs}": ours for ours, theirs in _COUNTRIES.items()}
    return Issuer(
        names=said_names(_in_languages(body.get("legalName")), "(an organisation without a name)"),
        country=back.get(country) if isinstance(country, str) else None,
        identifiers=tuple(_identifiers(body.get("identifier"))),
        url=said_text(_first(body.get("homepage")).get("contentURL")),
    )


def _opportunity(claim: Mapping[str, Any], place: str, depth: int = 0) -> Opportunity:
    if depth > _DEEPEST:
        raise NotAEuropeanCredential("The achievements lie too deep inside each other.")
    specified, proven = _first(claim.get("specifiedBy")), _first(claim.get("provenBy"))
    awarded = date_time(_first(claim.get("awardedBy")).get("awardingDate"))
    notes = dict(_notes(claim.get("additionalNote")))
    return Opportunity(
        place=place,
        names=said_names(_in_languages(claim.get("title")), "(an achievement without a title)"),
        identifiers=tuple(_identifiers(specified.get("identifier"))),
        description=_words(claim.get("description")),
        field=next(
            (each for each in map(said_field, _codes(specified.get("thematicArea"), "isced-f")) if each), None
        ),
        url=said_text(_first(specified.get("homepage")).get("contentURL")),
        achieved_on=_day(awarded),
        grade=_words(_first(proven.get("grade")).get("noteLiteral"), 50),
        scale=_words(_first(_first(proven.get("specifiedBy")).get("gradingScheme")).get("title"), 100)
        if proven.get("grade")
        else None,
        credits=tuple(_credits(specified.get("creditPoint"))),
        eqf_level=next(
            (int(code) for code in _codes(specified.get("eqfLevel"), "eqf") if code in set("12345678")), None
        ),
        language=_language(specified.get("language")),
        hours=_hours(specified.get("volumeOfLearning")),
        outcomes=tuple(_outcomes(specified.get("learningOutcome"))),
        setting=_setting(specified.get("learningSetting")),
        assessment=notes.get("assessment"),
        participation=_participation(_first(specified.get("mode"))),
        quality=notes.get("quality"),
        by_itself=not listed(claim.get("hasPart")) and depth == 0,
        parts=tuple(
            _opportunity(part, f"{place}.{number}", depth + 1)
            for number, part in enumerate(listed(claim.get("hasPart")), 1)
            if isinstance(part, dict)
        ),
    )


def _credits(value: Any) -> Iterator[StatedCredit]:
    for each in listed(value):
        framework = _first(_first(each).get("framework"))
        scheme = "ECTS" if framework.get("id") == _ECTS else _words(framework.get("prefLabel"), 50)
        points = said_amount(_first(each).get("point"))
        if points:
            yield StatedCredit(scheme or "credits", points)


def _outcomes(value: Any) -> Iterator[StatedOutcome]:
    for each in listed(value):
        outcome = _first(each)
        if name := _words(outcome.get("title")):
            codes = [each.value for each in _identifiers(outcome.get("identifier"))]
            url = said_text(_first(outcome.get("homepage")).get("contentURL"))
            yield StatedOutcome(name=name, code=codes[0] if codes else None, url=url)


def _identifiers(value: Any) -> Iterator[Identifier]:
    for each in listed(value):
        identifier = _first(each)
        said = said_text(identifier.get("notation"), 200)
        if said:
            yield Identifier(said_text(identifier.get("schemeName"), 100) or "identifier", said)


def _notes(value: Any) -> Iterator[tuple[str, str]]:
    for each in listed(value):
        note = _first(each)
        kind = str(note.get("id")).removeprefix("urn:epass:note:").partition(":")[0]
        said = _words(note.get("noteLiteral"))
        if kind in _NOTES and said:
            yield kind, said


def _participation(mode: Mapping[str, Any]) -> str | None:
    code = str(mode.get("id")).rpartition("/")[2]
    return next((name for name, known in _MODES.items() if known == code), None) or _words(
        mode.get("prefLabel")
    )


def _codes(value: Any, scheme: str) -> Iterator[str]:
    for each in listed(value):
        named = _first(each).get("id")
        if isinstance(named, str) and named.startswith(f"{_SNB}{scheme}/"):
            yield named.rpartition("/")[2]


def _setting(value: Any) -> Setting | None:
    codes = set(_codes(value, "learning-setting"))
    return next((setting for setting, code in _SETTINGS.items() if code in codes), None)


def _language(value: Any) -> str | None:
    named = _first(value).get("id")
    back = {f"{_AUTHORITY}language/{theirs}": ours for ours, theirs in _LANGUAGES.items()}
    return back.get(named) if isinstance(named, str) else None


_DURATION: Final = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?", re.ASCII)


def _hours(value: Any) -> Decimal | None:
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    hours, minutes, seconds = (Decimal(part or 0) for part in found.groups())
    return said_amount((hours * 3600 + minutes * 60 + seconds) / 3600)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.astimezone(UTC).date()


def _words(value: Any, limit: int = 500) -> str | None:
    """The text in English, or the first there is."""
    said = dict(_in_languages(value))
    return said_text(said.get("en", next(iter(said.values()), None)), limit)


def _in_languages(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        return [(language, _one(text)) for language, text in value.items()]
    return [] if value is None else [("", _one(value))]


def _one(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _first(value: Any) -> Mapping[str, Any]:
    """The object, the first of several; an empty one where there is none."""
    one = _one(value)
    return one if isinstance(one, dict) else {}
