"""What a learner's browser carries back from EMREX: a form with a code, and her record packed in it.

    sessionId=…&returnCode=NCP_OK&returnMessage=…&elmo=H4sIAAAA…

`elmo` is base64 of gzip of the signed ELMO document, whose signature is over the XML inside. The form itself is
signed by nobody: it comes by way of the learner's own browser.

Source: EMREX Data Exchange Protocol, 1.1, "Response from the NCP".
"""

import binascii
import zlib
from base64 import b64decode
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import parse_qs

from wallet.errors import WalletError
from wallet.formats.xml import SIZE_LIMIT

_MOST_FORM: Final = 2 * SIZE_LIMIT
_MOST_FIELDS: Final = 20


class ReturnRefused(WalletError):
    """The form of EMREX brings no record; the message says why."""


class ReturnCode(StrEnum):
    OK = "NCP_OK"
    CANCELLED = "NCP_CANCEL"
    NO_RESULTS = "NCP_NO_RESULTS"
    ERROR = "NCP_ERROR"


class EmrexReturn(NamedTuple):
    session: str
    code: ReturnCode
    message: str
    document: bytes | None
    """The ELMO document; None where there is none, which is so unless the code is OK."""


def is_return(data: bytes) -> bool:
    return b"returnCode=" in data[:1024] or b"&returnCode=" in data[-1024:]


def read_return(data: bytes) -> EmrexReturn:
    """The form, `application/x-www-form-urlencoded`. Raises ReturnRefused."""
    if len(data) > _MOST_FORM:
        raise ReturnRefused("The form that EMREX sends back is too large.")
    try:
        fields = parse_qs(
            data.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
        code = ReturnCode(_one(fields, "returnCode"))
    except (UnicodeDecodeError, ValueError) as error:
        raise ReturnRefused("This is no form that EMREX sends back.") from error
    packed = _one(fields, "elmo")
    return EmrexReturn(
        session=_one(fields, "sessionId")[:200],
        code=code,
        message=" ".join(_one(fields, "returnMessage")[:500].split()),
        document=_unpacked(packed) if code is ReturnCode.OK else None,
    )


def document_of(data: bytes) -> bytes:
    """The ELMO document in the form. Raises ReturnRefused, where there is none too."""
    returned = read_return(data)
    if returned.document is None:
        why = {
            ReturnCode.CANCELLED: "it was cancelled",
            ReturnCode.NO_RESULTS: "there were no results",
        }.get(returned.code, "something failed there")
        raise ReturnRefused(f"EMREX brought no record: {why}.")
    return returned.document


def _one(fields: dict[str, list[str]], name: str) -> str:
    given = fields.get(name, [""])
    if len(given) != 1:
        raise ReturnRefused(f"The form says {name} more than once.")
    return given[0]


def _unpacked(packed: str) -> bytes:
    """Inflated within bounds: a stream of kilobytes could become gigabytes."""
    try:
        stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
        # A plus sign that was not written %2B has become a space on the way.
        document = stream.decompress(b64decode(packed.replace(" ", "+"), validate=True), SIZE_LIMIT + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise ReturnRefused("The record in the form is not gzip in base64.") from error
    if len(document) > SIZE_LIMIT:
        raise ReturnRefused(f"The record in the form is larger than {SIZE_LIMIT} bytes.")
    if not stream.eof or stream.unused_data:
        raise ReturnRefused("The record in the form is cut short, or something follows it.")
    return document
