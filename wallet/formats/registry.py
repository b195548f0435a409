"""The formats a whole record is written in: one line each, with what it is called and what has a place in it.

A new format is a file of its own with a writer and its places, and a line here.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from wallet.formats import elm, elmo, json_resume, transcript_table
from wallet.formats.losses import Converted, Place, lost
from wallet.formats.transcript import Transcript

__all__ = ["FORMATS", "Format", "convert"]


class Format(NamedTuple):
    title: str
    media_type: str
    suffix: str
    places: Place
    write: Callable[[Transcript, datetime], bytes]


FORMATS: Final[Mapping[str, Format]] = {
    "elmo": Format(
        "ELMO 1.7", "application/xml", ".xml", elmo.PLACES, lambda said, at: elmo.write_elmo(said, at=at)
    ),
    "elm": Format(
        "a European Digital Credential, unsealed",
        "application/ld+json",
        ".jsonld",
        elm.PLACES,
        lambda said, at: msgspec.json.encode(elm.build(said, at=at)),
    ),
    "json-resume": Format(
        "a plain record in the manner of JSON Resume",
        "application/json",
        ".json",
        json_resume.PLACES,
        lambda said, _: json_resume.write_resume(said),
    ),
    "csv": Format(
        "a table, one course a row",
        "text/csv; charset=utf-8",
        ".csv",
        transcript_table.PLACES,
        lambda said, _: transcript_table.write_table(said),
    ),
}


def convert(transcript: Transcript, to: str, *, at: datetime) -> Converted:
    """The record in that format, and what was left behind. Raises KeyError for a name that is not in FORMATS."""
    target = FORMATS[to]
    return Converted(target.write(transcript, at), lost(transcript, target.places))
