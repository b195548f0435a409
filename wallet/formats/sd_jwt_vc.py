"""SD-JWT VC: one credit as a token of which the learner shows what an occasion needs, and anybody's.

    {"vct": "https://registry.example/vct/learning-credit", "iss": "did:web:…", "iat": 1782806400,
     "cnf": {"jwk": …}, "status": {"status_list": {"idx": 412, "uri": "…"}},
     "name": {"en": "Algorithms", "kk": "Алгоритмдер"}, "awarding_body": {"en": "…"},
     "awarded_on": "2026-06-20", "credit_points": "6", "credit_scheme": "ECTS", "grade": "A-", …}

What it is called and by whom it was awarded stands in the open; everything else is hidden behind digests until it
is shown. Points are decimal text: a float would be read back as another number.

The type has metadata, published at its own address: what it and each claim is called, in three languages, and what
may be hidden. A credential may pin them by their digest (`vct#integrity`). Of a type that is not ours, whatever has
a name that is known is read, and the metadata of the type, where they are at hand, say what it is called.

Source: SD-JWT-based Verifiable Credentials, 3.2 (claims), 6 (type metadata), 7 (integrity), 8 and 9 (display).
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Final

from domain.values import Setting
from keys import strict_json
from keys.errors import MalformedJson
from keys.sd_jwt import Path
from wallet.errors import WalletError
from wallet.formats.losses import ALL, Place, first, of_kinds
from wallet.formats.shape import listed
from wallet.formats.transcript import (
    UNDETERMINED,
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

OUR_TYPE: Final = "/vct/learning-credit"
"""What follows the registry's own address in the type of our own."""

_CLAIMS: Final[Mapping[str, tuple[str, str, str]]] = {
    "name": ("Title", "Атауы", "Название"),
    "awarding_body": ("Awarding body", "Кім берді", "Кем присвоено"),
    "awarding_country": ("Country of the awarding body", "Беруші елі", "Страна присвоения"),
    "awarded_on": ("Date of award", "Берілген күні", "Дата присвоения"),
    "credit_points": ("Credit points", "Кредит саны", "Число кредитов"),
    "credit_scheme": ("Credit scheme", "Кредит жүйесі", "Система кредитов"),
    "grade": ("Grade", "Баға", "Оценка"),
    "grade_scale": ("Grading scale", "Бағалау шкаласы", "Шкала оценок"),
    "eqf_level": ("EQF level", "ЕБШ деңгейі", "Уровень ЕРК"),
    "isced_f": ("Field of education", "Білім беру саласы", "Область образования"),
    "setting": ("Setting of the learning", "Оқу түрі", "Вид обучения"),
    "learning_outcomes": ("Learning outcomes", "Оқу нәтижелері", "Результаты обучения"),
    "workload_hours": ("Workload in hours", "Еңбек көлемі, сағат", "Трудоёмкость, часов"),
    "assessment": ("Type of assessment", "Бағалау түрі", "Вид оценивания"),
    "participation": ("Form of participation", "Қатысу түрі", "Форма участия"),
    "quality": ("Quality assurance", "Сапаны қамтамасыз ету", "Обеспечение качества"),
    "language": ("Language of instruction", "Оқыту тілі", "Язык обучения"),
    "code": ("Code", "Коды", "Код"),
    "description": ("Description", "Сипаттамасы", "Описание"),
    "url": ("Web page", "Веб-беті", "Веб-страница"),
    "given_name": ("Given names", "Аты", "Имя"),
    "family_name": ("Family name", "Тегі", "Фамилия"),
    "birthdate": ("Date of birth", "Туған күні", "Дата рождения"),
}
"""Claim -> what it is called in English, Kazakh and Russian."""

STATED: Final = frozenset(_CLAIMS)
"""What a credential can say of learning and of its learner."""

_IN_THE_OPEN: Final = frozenset({"name", "awarding_body"})
_LANGUAGES: Final = ("en", "kk", "ru")
_NAMES_OF_THE_TYPE: Final = (
    "Credit for learning outcomes",
    "Оқу нәтижелері үшін кредит",
    "Кредит за результаты обучения",
)


class TypeMetadataRefused(WalletError):
    """The metadata of a type are none, or not those that the credential was issued with."""


# --- writing --------------------------------------------------------------------------------------------


def claims_of(learned: Opportunity, issuer: Issuer) -> dict[str, Any]:
    """What the credential says of the learning; who signs it, for whom and until when is for whoever issues it."""
    credit = learned.credits[0] if learned.credits else None
    said: dict[str, Any] = {
        "iss": next((each.value for each in issuer.identifiers if each.kind == "uri"), None),
        "jti": next((each.value for each in learned.identifiers if each.kind == "credential"), None),
        "name": learned.names,
        "awarding_body": issuer.names,
        "awarding_country": issuer.country,
        "awarded_on": learned.achieved_on.isoformat() if learned.achieved_on else None,
        "credit_points": str(credit.points) if credit else None,
        "credit_scheme": credit.scheme if credit else None,
        "grade": learned.grade,
        "grade_scale": learned.scale,
        "eqf_level": learned.eqf_level,
        "isced_f": learned.field,
        "setting": learned.setting.value if learned.setting else None,
        "learning_outcomes": [_outcome(each) for each in learned.outcomes] or None,
        "workload_hours": str(learned.hours) if learned.hours else None,
        "assessment": learned.assessment,
        "participation": learned.participation,
        "quality": learned.quality,
        "language": learned.language,
        "code": next((each.value for each in learned.identifiers if each.kind == "code"), None),
        "description": learned.description,
        "url": learned.url,
    }
    return {name: value for name, value in said.items() if value is not None}


def hidden(claims: Mapping[str, Any]) -> list[Path]:
    """What of the claims is left to the learner to show."""
    return [(name,) for name in claims if name in _CLAIMS and name not in _IN_THE_OPEN]


def _outcome(outcome: StatedOutcome) -> dict[str, str]:
    said = {"name": outcome.name, "code": outcome.code, "url": outcome.url}
    return {name: value for name, value in said.items() if value is not None}


def type_metadata(vct: str) -> dict[str, Any]:
    """The metadata of our own type, as they are published at its address."""
    return {
        "vct": vct,
        "name": _NAMES_OF_THE_TYPE[0],
        "display": [
            {"locale": language, "name": name}
            for language, name in zip(_LANGUAGES, _NAMES_OF_THE_TYPE, strict=True)
        ],
        "claims": [
            {
                "path": [claim],
                "display": [
                    {"locale": language, "label": label}
                    for language, label in zip(_LANGUAGES, labels, strict=True)
                ],
                "sd": "never" if claim in _IN_THE_OPEN else "always",
            }
            for claim, labels in _CLAIMS.items()
        ],
    }


def integrity(metadata: bytes) -> str:
    """What pins metadata: `sha256-` and the digest in base64. Source: W3C Subresource Integrity, 3.5."""
    return f"sha256-{b64encode(sha256(metadata).digest()).decode('ascii')}"


_KEPT: Final = (
    *("description", "field", "url", "achieved_on", "grade", "scale", "eqf_level", "language", "hours"),
    *("outcomes", "setting", "assessment", "participation", "quality"),
)
PLACES: Final[Place] = {
    "reports": {
        "issuer": {"names": ALL, "country": ALL, "identifiers": of_kinds("uri")},
        "opportunities": {
            "names": ALL,
            "identifiers": of_kinds("code", "credential"),
            "credits": first("A credential states one number of points."),
            **dict.fromkeys(_KEPT, ALL),
        },
    }
}
"""What has a place in one of our own: all of one learning but what is inside it, and who else was given which grade."""


# --- reading --------------------------------------------------------------------------------------------


def report(claims: Mapping[str, Any], metadata: Mapping[str, Any] | None = None) -> Report:
    """What a credential says of its learner, as a line of a record; `metadata` are those of its type."""
    uri = said_text(claims.get("iss"))
    points = said_amount(claims.get("credit_points"))
    scheme = said_text(claims.get("credit_scheme"), 50)
    level = claims.get("eqf_level")
    setting = claims.get("setting")
    named = [*_in_languages(claims.get("name")), *_named_by_its_type(metadata)]
    identifiers = (("code", claims.get("code")), ("credential", claims.get("jti")))
    return Report(
        issuer=Issuer(
            names=said_names(_in_languages(claims.get("awarding_body")), uri or "(an issuer without a name)"),
            country=_country(claims.get("awarding_country")),
            identifiers=() if uri is None else (Identifier("uri", uri),),
        ),
        opportunities=(
            Opportunity(
                place="1",
                names=said_names(named, said_text(claims.get("vct")) or "a credential"),
                identifiers=tuple(
                    Identifier(kind, said) for kind, each in identifiers if (said := said_text(each, 200))
                ),
                description=said_text(claims.get("description")),
                field=said_field(claims.get("isced_f")),
                url=said_text(claims.get("url")),
                achieved_on=_day(claims.get("awarded_on")),
                grade=said_text(claims.get("grade"), 50),
                scale=said_text(claims.get("grade_scale"), 100),
                credits=(StatedCredit(scheme or "credits", points),) if points else (),
                eqf_level=level if type(level) is int and 1 <= level <= 8 else None,
                language=said_text(claims.get("language"), 35),
                hours=said_amount(claims.get("workload_hours")),
                outcomes=tuple(_outcomes(claims.get("learning_outcomes"))),
                setting=Setting(setting) if setting in set(Setting) else None,
                assessment=said_text(claims.get("assessment")),
                participation=said_text(claims.get("participation")),
                quality=said_text(claims.get("quality")),
                by_itself=True,
            ),
        ),
    )


def holders(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Whom it names, where that is shown."""
    names = [said for member in ("given_name", "family_name") if (said := said_text(claims.get(member)))]
    named = " ".join(names) or said_text(claims.get("sub"))
    return () if named is None else (named,)


def checked_metadata(claims: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    """The metadata of the credential's own type, once they are those it was issued with. Raises TypeMetadataRefused."""
    try:
        metadata = strict_json.parse(data)
    except MalformedJson as error:
        raise TypeMetadataRefused(f"The metadata of the type cannot be read: {error}") from error
    if not isinstance(metadata, dict) or metadata.get("vct") != claims.get("vct"):
        raise TypeMetadataRefused("The metadata are of another type than the credential.")
    pinned = claims.get("vct#integrity")
    if pinned is not None and pinned != integrity(data):
        raise TypeMetadataRefused(
            "The metadata of the type are not those that the credential was issued with."
        )
    return metadata


def _named_by_its_type(metadata: Mapping[str, Any] | None) -> Iterator[tuple[str, object]]:
    if metadata is not None:
        for each in listed(metadata.get("display")):
            if isinstance(each, dict):
                locale = each.get("locale")
                yield locale if isinstance(locale, str) else UNDETERMINED, each.get("name")
        yield UNDETERMINED, metadata.get("name")


def _in_languages(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from value.items()
    else:
        yield UNDETERMINED, value


def _outcomes(value: object) -> Iterator[StatedOutcome]:
    for each in value if isinstance(value, list) else ():
        said = each if isinstance(each, dict) else {"name": each}
        if name := said_text(said.get("name")):
            yield StatedOutcome(name=name, code=said_text(said.get("code")), url=said_text(said.get("url")))


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


def _country(value: object) -> str | None:
    return value if isinstance(value, str) and re.fullmatch("[A-Z]{2}", value) else None
