"""A plain record in the manner of JSON Resume: for a page about oneself, and for whatever reads JSON.

    {"basics": {"name": "Айгерім Е."}, "education": [{"institution": "…", "courses": ["CS201 Algorithms (6 ECTS, A-)"],
      "learning": [{"name": "Algorithms", "language": "en", "credits": [{"points": 6, "scheme": "ECTS"}], …}]}]}

JSON Resume has one name in one language, and courses as lines of text. The lines are there for its readers; beside
them stands, in a member of ours, what they were made of. Nobody signs it: it proves nothing.

Source: https://jsonresume.org/schema (1.0.0), which lets members of one's own be.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from domain.values import Setting
from keys import strict_json
from keys.errors import MalformedJson
from wallet.errors import WalletError
from wallet.formats.losses import ALL, Place, of_kinds, one_language, the_one
from wallet.formats.open_badges import json_number
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

SCHEMA: Final = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"

PLACES: Final[Place] = {
    "given_names": ALL,
    "family_name": ALL,
    "reports": {
        "issuer": {"names": one_language, "country": ALL, "url": ALL},
        "opportunities": {
            "names": one_language,
            "identifiers": of_kinds("code"),
            "description": ALL,
            "url": ALL,
            "achieved_on": ALL,
            "credits": ALL,
            "grade": ALL,
            "scale": ALL,
            "eqf_level": ALL,
            "field": ALL,
            "hours": ALL,
            "language": ALL,
            "setting": ALL,
            "outcomes": {"name": ALL},
        },
    },
}


class NotAResume(WalletError):
    """The document is no record that was written here in the manner of JSON Resume."""


def write_resume(transcript: Transcript) -> bytes:
    """The record as JSON text."""
    name = f"{transcript.given_names} {transcript.family_name}".strip()
    document = {
        "$schema": SCHEMA,
        "basics": _given(name=name, givenNames=transcript.given_names, familyName=transcript.family_name),
        "education": [_education(report) for report in transcript.reports],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def read_resume(data: bytes) -> Transcript:
    """What such a record says. Raises NotAResume."""
    try:
        document = strict_json.parse(data)
    except MalformedJson as error:
        raise NotAResume(f"The record cannot be read: {error}") from error
    education = document.get("education") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(education, list):
        raise NotAResume("The document has no list of education.")
    basics = document.get("basics")
    known: Mapping[str, Any] = basics if isinstance(basics, dict) else {}
    return Transcript(
        given_names=said_text(known.get("givenNames")) or "",
        family_name=said_text(known.get("familyName")) or "",
        reports=tuple(
            _report(each, number) for number, each in enumerate(education, 1) if isinstance(each, dict)
        ),
    )


def _education(report: Report) -> dict[str, Any]:
    language = the_one(report.issuer.names)
    return _given(
        institution=report.issuer.names[language],
        language=language,
        countryCode=report.issuer.country,
        url=report.issuer.url,
        courses=[_line(learned) for learned in report.opportunities],
        learning=[_learning(learned) for learned in report.opportunities],
    )


def _line(learned: Opportunity) -> str:
    stated = [str(credit) for credit in learned.credits] + ([learned.grade] if learned.grade else [])
    code = next((f"{each.value} " for each in learned.identifiers if each.kind == "code"), "")
    return f"{code}{learned.names[the_one(learned.names)]}" + (f" ({', '.join(stated)})" if stated else "")


def _learning(learned: Opportunity) -> dict[str, Any]:
    language = the_one(learned.names)
    return _given(
        name=learned.names[language],
        language=language,
        code=next((each.value for each in learned.identifiers if each.kind == "code"), None),
        summary=learned.description,
        url=learned.url,
        date=learned.achieved_on.isoformat() if learned.achieved_on else None,
        credits=[{"points": json_number(each.points), "scheme": each.scheme} for each in learned.credits],
        grade=learned.grade,
        scale=learned.scale,
        eqfLevel=learned.eqf_level,
        iscedF=learned.field,
        hours=json_number(learned.hours) if learned.hours else None,
        instructionLanguage=learned.language,
        setting=learned.setting.value if learned.setting else None,
        outcomes=[each.name for each in learned.outcomes],
    )


def _given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def _report(said: Mapping[str, Any], number: int) -> Report:
    learning = said.get("learning")
    country = said_text(said.get("countryCode"), 2)
    return Report(
        issuer=Issuer(
            names=said_names([(_language(said), said.get("institution"))], "(nobody)"),
            country=country,
            url=said_text(said.get("url")),
        ),
        opportunities=tuple(
            _opportunity(each, f"{number}.{place}")
            for place, each in enumerate(learning if isinstance(learning, list) else (), 1)
            if isinstance(each, dict)
        ),
    )


def _opportunity(said: Mapping[str, Any], place: str) -> Opportunity:
    code, level, setting = said_text(said.get("code"), 200), said.get("eqfLevel"), said.get("setting")
    outcomes = said.get("outcomes")
    return Opportunity(
        place=place,
        names=said_names([(_language(said), said.get("name"))], "(without a name)"),
        identifiers=(Identifier("code", code),) if code else (),
        description=said_text(said.get("summary")),
        url=said_text(said.get("url")),
        achieved_on=_day(said.get("date")),
        credits=tuple(_credits(said.get("credits"))),
        grade=said_text(said.get("grade"), 50),
        scale=said_text(said.get("scale"), 100),
        eqf_level=level if type(level) is int and 1 <= level <= 8 else None,
        field=said_field(said.get("iscedF")),
        hours=said_amount(said.get("hours")),
        language=said_text(said.get("instructionLanguage"), 35),
        setting=Setting(setting) if setting in set(Setting) else None,
        outcomes=tuple(
            StatedOutcome(name=name)
            for each in (outcomes if isinstance(outcomes, list) else ())
            if (name := said_text(each))
        ),
    )


def _credits(value: Any) -> list[StatedCredit]:
    return [
        StatedCredit(scheme, points)
        for each in (value if isinstance(value, list) else ())
        if isinstance(each, dict)
        and (scheme := said_text(each.get("scheme"), 50))
        and (points := said_amount(each.get("points")))
    ]


def _language(said: Mapping[str, Any]) -> str:
    language = said.get("language")
    return language if isinstance(language, str) else ""


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
