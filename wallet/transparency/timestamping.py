"""Time-stamps of checkpoints by an authority (RFC 3161): a third party's word on when a tree had its root.

What is stamped is the text of the checkpoint, its three lines without the signatures: cosignatures may be added
later, and the tree is fixed by the text alone.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from keys.note import Note
from wallet.errors import TimestampRefused
from wallet.transparency.checkpoint import Checkpoint


def request(checkpoint: Checkpoint) -> bytes:
    """What to send to an authority, as `application/timestamp-query`."""
    builder = TimestampRequestBuilder().data(_stamped(checkpoint)).hash_algorithm(HashAlgorithm.SHA256)
    return builder.cert_request(cert_request=True).build().as_bytes()


def authorities(pem: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM text. Raises TimestampRefused."""
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise TimestampRefused("The authority's certificate cannot be read; it is a PEM text.") from error


def check_stamp(stamp: bytes, checkpoint: Checkpoint, roots: Sequence[x509.Certificate]) -> datetime:
    """When the authority saw the checkpoint. Raises TimestampRefused unless it is one under these roots."""
    try:
        response = decode_timestamp_response(stamp)
        builder = VerifierBuilder()
        for root in roots:
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(response, _stamped(checkpoint))
        return response.tst_info.gen_time.astimezone(UTC)
    except (VerificationError, ValueError) as error:
        raise TimestampRefused("The stamp is not one of this authority on this checkpoint.") from error


def _stamped(checkpoint: Checkpoint) -> bytes:
    return Note.parse(checkpoint.note).text.encode()
