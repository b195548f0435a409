"""Transcripts as they leave this wallet: of one institution or several, with little or with all that is known."""

import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from domain.values import Setting
from wallet.formats.transcript import (
    Identifier,
    Issuer,
    Opportunity,
    Report,
    StatedCredit,
    StatedOutcome,
    Transcript,
)

AT = datetime(2026, 7, 1, 9, 30, 15, tzinfo=UTC)


def a_course(**changed: Any) -> Opportunity:
    said: dict[str, Any] = {
        "place": "1.1",
        "names": {"en": "Algorithms", "kk": "Алгоритмдер", "und": "Algoritmos"},
        "identifiers": (Identifier("local", "algorithms"), Identifier("code", "CS201")),
        "kind": "Course",
        "field": "0613",
        "url": "https://aitu.example/units/algorithms",
        "achieved_on": date(2026, 6, 20),
        "grade": "A-",
        "scale": "KZ letters",
        "credits": (StatedCredit("ECTS", Decimal(6)),),
        "eqf_level": 6,
        "language": "kk",
        "hours": Decimal(180),
        "outcomes": (
            StatedOutcome(name="analyse an algorithm", code="LO1", url="https://aitu.example/#lo1"),
        ),
        "setting": Setting.FORMAL,
        "assessment": "A written examination.",
        "quality": "Accredited by the Ministry, KZ-2020-17.",
    }
    return Opportunity(**{**said, **changed})


def a_transcript(*courses: Opportunity, **changed: Any) -> Transcript:
    issuer = Issuer(
        names={"en": "Astana IT University"},
        country="KZ",
        identifiers=(Identifier("did", "did:web:aitu.example"),),
        url="https://aitu.example/",
    )
    said: dict[str, Any] = {
        "learner": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "given_names": "Айгерім",
        "family_name": "<&>",
        "generated_at": AT,
        "reports": (Report(issuer=issuer, issued_on=date(2026, 7, 1), opportunities=courses),),
    }
    return Transcript(**{**said, **changed})


# Marks that begin a formula among them, and an apostrophe; never spaces at an end, which no format of lines keeps.
words = st.text(
    st.characters(categories=("L", "N", "S"), include_characters="=+-@'\"<&,;"), min_size=1, max_size=12
).map(lambda written: unicodedata.normalize("NFC", written))
languages = st.sampled_from(["en", "kk", "ru", "pt-BR", "und"])
names = st.dictionaries(languages, words, min_size=1, max_size=3)
amounts = (
    st.integers(1, 999_999)
    .map(lambda thousandths: (Decimal(thousandths) / 1000).normalize())
    .map(lambda amount: Decimal(format(amount, "f")))
)
days = st.dates(date(1990, 1, 1), date(2030, 1, 1))
maybe = st.none() | words
urls = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z]{0,5}", fullmatch=True)


def identifiers(*kinds: str) -> st.SearchStrategy[tuple[Identifier, ...]]:
    kind = st.sampled_from(kinds)
    return st.lists(st.builds(Identifier, kind, words), max_size=3, unique_by=lambda each: each.kind).map(
        tuple
    )


courses = st.builds(
    Opportunity,
    place=st.just("1.1"),
    names=names,
    identifiers=identifiers("local", "code", "erasmus"),
    kind=st.sampled_from([None, "Course", "Module", "Certificate"]),
    description=maybe,
    field=st.none() | st.sampled_from(["06", "0613"]),
    url=st.none() | urls,
    achieved_on=st.none() | days,
    grade=maybe,
    scale=maybe,
    credits=st.lists(
        st.builds(StatedCredit, st.sampled_from(["ECTS", "KZ", "ECVET"]), amounts), max_size=2
    ).map(tuple),
    eqf_level=st.none() | st.integers(1, 8),
    language=st.none() | st.sampled_from(["en", "kk"]),
    hours=st.none() | amounts,
    distribution=st.lists(st.tuples(words, st.integers(0, 500)), max_size=2).map(tuple),
    outcomes=st.lists(st.builds(StatedOutcome, name=words, code=maybe, url=st.none() | urls), max_size=2).map(
        tuple
    ),
    setting=st.none() | st.sampled_from(Setting),
    assessment=maybe,
    participation=maybe,
    quality=maybe,
)
reports = st.builds(
    Report,
    issuer=st.builds(
        Issuer,
        names=names,
        country=st.none() | st.sampled_from(["KZ", "PL", "GB", "GR"]),
        identifiers=st.tuples(st.builds(Identifier, st.sampled_from(["did", "schac"]), words)),
        url=urls,
    ),
    issued_on=days,
    opportunities=st.lists(courses, min_size=1, max_size=3).map(tuple),
)
transcripts = st.builds(
    Transcript,
    learner=st.none() | st.just("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
    given_names=st.just("") | words,
    family_name=st.just("") | words,
    born_on=st.none() | days,
    generated_at=st.just(AT),
    reports=st.lists(reports, min_size=1, max_size=2).map(tuple),
)
