"""Asking others for their word on a checkpoint: witnesses for a cosignature, an authority for a time-stamp.

Their addresses are typed in by whoever runs the log, who may well run a witness on a machine of their own. So they
are not held to the bounds of `wallet.fetching`, which are for addresses that strangers write; only to TLS,
to a size, and to a time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from cryptography.x509 import Certificate

from keys.errors import MalformedNote
from keys.note import NoteKey, NoteSignature
from wallet.errors import TimestampRefused, WitnessRefused
from wallet.office import Office
from wallet.transparency.log import Signed
from wallet.transparency.timestamping import check_stamp, request
from wallet.transparency.witness import SIZE_TYPE

_MOST_BYTES: Final = 64 * 1024
_SECONDS: Final = 10.0
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")


def cosign(office: Office, url: str, witness: NoteKey, *, at: datetime) -> Signed:
    """Have the newest checkpoint cosigned by the witness whose address ends before `/add-checkpoint`.

    The first request says how far we think it has come; where it has come elsewhere it says so, and is asked
    again from there. Raises WitnessRefused, CheckpointRefused, LedgerDamaged.
    """
    signed = office.checkpoint(at)
    address = f"{url.rstrip('/')}/add-checkpoint"
    old = 0
    for _ in range(2):
        proof = office.log.prove_consistency(old, signed)
        if proof is None:
            raise WitnessRefused(
                f"The witness has seen {old} events of this log, and there are {signed.checkpoint.size}."
            )
        answer = _post(address, proof.to_text().encode(), "text/plain; charset=utf-8", WitnessRefused)
        if answer.status_code == httpx.codes.OK:
            return office.log.add_cosignatures(signed.checkpoint.size, _lines(answer.content), [witness])
        told = answer.text.strip()
        if answer.status_code != httpx.codes.CONFLICT or answer.headers.get("content-type") != SIZE_TYPE:
            raise WitnessRefused(f"The witness did not cosign: {answer.status_code} {told[:200]!a}.")
        if not told.isdecimal() or len(told) > 19 or int(told) == old:
            break
        old = int(told)
    raise WitnessRefused(
        "The witness has seen this log otherwise than it is here: it does not cosign a second view."
    )


def timestamp(
    office: Office, url: str, roots: Sequence[Certificate], *, at: datetime
) -> tuple[Signed, datetime]:
    """Have the newest checkpoint stamped by an authority; when it says that is. Raises TimestampRefused."""
    signed = office.checkpoint(at)
    query = request(signed.checkpoint)
    answer = _post(url, query, "application/timestamp-query", TimestampRefused)
    if answer.status_code != httpx.codes.OK:
        raise TimestampRefused(f"The authority did not stamp: {answer.status_code}.")
    stamped_at = check_stamp(answer.content, signed.checkpoint, roots)
    office.log.add_timestamp(signed.checkpoint.size, answer.content, stamped_at)
    return signed, stamped_at


def _post(
    url: str, body: bytes, media_type: str, refused: type[WitnessRefused] | type[TimestampRefused]
) -> httpx.Response:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise refused(f"{url[:200]!a} is not asked: an address begins with https://, or is on this machine.")
    try:
        with (
            httpx.Client(trust_env=False, timeout=_SECONDS) as client,
            client.stream("POST", url, content=body, headers={"Content-Type": media_type}) as answer,
        ):
            read = b""
            for part in answer.iter_bytes():
                read += part
                if len(read) > _MOST_BYTES:
                    raise refused(f"{parts.hostname} answered with more than {_MOST_BYTES} bytes.")
            return httpx.Response(answer.status_code, headers=answer.headers, content=read)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise refused(f"{parts.hostname} could not be asked: {type(error).__name__}.") from error


def _lines(body: bytes) -> list[NoteSignature]:
    try:
        return [NoteSignature.parse(line) for line in body.decode().removesuffix("\n").split("\n")]
    except (MalformedNote, UnicodeDecodeError) as error:
        raise WitnessRefused("What the witness answered is not a signature.") from error
