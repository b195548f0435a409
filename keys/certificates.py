"""A TLS certificate for this machine, signed by itself.

Nobody else is meant to believe it: it lets a program on the same machine speak HTTPS to the server beside it.

Source: RFC 5280; the names as RFC 9525 has them compared.
"""

from collections.abc import Sequence
from datetime import datetime
from ipaddress import ip_address
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

__all__ = ["Certificate", "ends", "self_signed"]

LOCALHOST: Final = ("localhost", "127.0.0.1", "::1")


class Certificate(NamedTuple):
    """Both in PEM. The key is not encrypted: whoever stores it keeps others from reading it."""

    certificate: bytes
    key: bytes


def self_signed(
    *, valid_from: datetime, valid_until: datetime, names: Sequence[str] = LOCALHOST
) -> Certificate:
    """A new P-256 key and its certificate, for these host names and addresses."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(valid_from)
        .not_valid_after(valid_until)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    return Certificate(
        certificate.public_bytes(Encoding.PEM),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    )


def ends(certificate: bytes) -> datetime:
    """When the certificate in this PEM ends. Raises ValueError for what is none."""
    return x509.load_pem_x509_certificate(certificate).not_valid_after_utc


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
