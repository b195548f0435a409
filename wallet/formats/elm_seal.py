"""The seal of a European Digital Credential: JAdES around the text of the credential, byte for byte.

    {"payload": "{\\"id\\":\\"urn:credential:…", "signatures": [{"protected": "eyJ…", "signature": "…", "header": {…}}]}

    protected    {"alg": "ES256", "b64": false, "crit": ["b64", "sigT"], "sigT": "2026-07-01T09:30:15Z",
                  "typ": "jose+json", "cty": "octet-stream", "x5c": ["MII…"], "x5t#S256": "…"}

What is signed is `protected`, a full stop, and the payload as it stands, not in base64 (RFC 7797). The certificate in
`x5c` is only the leaf: whose it is, a reader's own list of certificates says, never the seal. A seal is looked at as
of the time it was made, because certificates end long before diplomas do; that time is the sealer's own word.

Sources: ETSI TS 119 182-1 (JAdES); RFC 7515, 7.2; RFC 7797.
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.x509.oid import NameOID

from keys import jose, strict_json
from keys.errors import KeysError, MalformedJson
from wallet.errors import WalletError
from wallet.formats.shape import date_time, written_time

_CURVES: Final = {"ES256": (ec.SECP256R1, 32, hashes.SHA256), "ES384": (ec.SECP384R1, 48, hashes.SHA384)}
_UNDERSTOOD: Final = frozenset({"b64", "sigT", "adoTst", "x5t#S256", "srCms", "sigPl", "srAts"})
"""What a seal may call critical: what is checked here, and what only says more of the sealer."""
_LEAST_BITS: Final = 2048


class SealRefused(WalletError):
    """The seal cannot be read, or the key and certificate given can make none."""


class SealFalse(WalletError):
    """The text is not what was sealed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed text that could be read. Nothing in it is anybody's word until `check` has not raised."""

    payload: str
    algorithm: str
    certificate: x509.Certificate
    sealed_at: datetime
    signing_input: bytes
    signature: bytes

    def check(self) -> None:
        """Raise SealFalse unless the certificate's key sealed exactly this text."""
        key = self.certificate.public_key()
        try:
            if (
                isinstance(key, rsa.RSAPublicKey)
                and key.key_size >= _LEAST_BITS
                and self.algorithm == "RS256"
            ):
                key.verify(self.signature, self.signing_input, padding.PKCS1v15(), hashes.SHA256())
                return
            if (
                isinstance(key, rsa.RSAPublicKey)
                and key.key_size >= _LEAST_BITS
                and self.algorithm == "PS256"
            ):
                pss = padding.PSS(padding.MGF1(hashes.SHA256()), hashes.SHA256.digest_size)
                key.verify(self.signature, self.signing_input, pss, hashes.SHA256())
                return
            if isinstance(key, ec.EllipticCurvePublicKey) and self.algorithm in _CURVES:
                curve, size, digest = _CURVES[self.algorithm]
                if isinstance(key.curve, curve) and len(self.signature) == 2 * size:
                    r, s = (int.from_bytes(self.signature[part : part + size]) for part in (0, size))
                    key.verify(encode_dss_signature(r, s), self.signing_input, ec.ECDSA(digest()))
                    return
        except (InvalidSignature, ValueError) as error:
            raise SealFalse(
                "The text is not what was sealed: it was changed, or another key sealed it."
            ) from error
        raise SealFalse("The seal's algorithm is not one of its certificate's key.")

    @property
    def held(self) -> bool:
        """Whether the certificate was valid when the seal says that it was made."""
        return self.certificate.not_valid_before_utc <= self.sealed_at <= self.certificate.not_valid_after_utc

    def is_trusted(self, trusted: Sequence[x509.Certificate]) -> bool:
        """Whether a certificate of the reader's is the sealer's own, or an authority that issued it."""
        return any(each == self.certificate or _issued(each, self.certificate) for each in trusted)


def is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("payload"), str) and "signatures" in value


def read_seal(value: Mapping[str, Any]) -> Sealed:
    """The seal of a document in the JSON serialisation, with one signature. Raises SealRefused."""
    signatures = value.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1 or not isinstance(signatures[0], dict):
        raise SealRefused("The document has not exactly one seal.")
    protected, signature = signatures[0].get("protected"), signatures[0].get("signature")
    if not isinstance(protected, str) or not isinstance(signature, str):
        raise SealRefused("The seal has no protected header or no signature.")
    try:
        header = jose.read_object(jose.from_base64url(protected, "header"), "header", _HEADER)
        made = jose.from_base64url(signature, "signature")
        payload = value["payload"].encode()
    except (KeysError, UnicodeEncodeError) as error:
        raise SealRefused(f"The seal cannot be read. {error}") from error
    critical = header.get("crit", [])
    if not isinstance(critical, list) or not all(isinstance(each, str) for each in critical):
        raise SealRefused("The seal's list of what is critical is none.")
    if unknown := sorted(set(critical) - _UNDERSTOOD):
        raise SealRefused(f"The seal demands something that is not known here: {', '.join(unknown)[:100]}.")
    raw = header.get("b64", True) is False
    if raw and "b64" not in critical:
        raise SealRefused("The seal is over the bare text and does not say that this is critical (RFC 7797).")
    sealed_at = date_time(header.get("sigT"))
    if sealed_at is None:
        raise SealRefused("The seal does not say when it was made (sigT).")
    text = payload if raw else jose.to_base64url(payload).encode()
    return Sealed(
        payload=value["payload"],
        algorithm=str(header.get("alg")),
        certificate=_certificate(header),
        sealed_at=sealed_at,
        signing_input=protected.encode() + b"." + text,
        signature=made,
    )


def document_in(sealed: Sealed) -> dict[str, Any]:
    """The credential in it. Raises SealRefused."""
    try:
        document = strict_json.parse(sealed.payload)
    except MalformedJson as error:
        raise SealRefused(f"What is sealed cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise SealRefused("What is sealed is no credential.")
    return document


_HEADER: Final = strict_json.Limits(size=256 * 1024, depth=12, members=2000)


def _certificate(header: Mapping[str, Any]) -> x509.Certificate:
    chain = header.get("x5c")
    try:
        [leaf, *_] = chain if isinstance(chain, list) else []
        der = b64decode(leaf, validate=True)
        certificate = x509.load_der_x509_certificate(der)
        certificate.public_key()
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm) as error:
        raise SealRefused("The seal brings no certificate that can be read (x5c).") from error
    digest = header.get("x5t#S256")
    if digest is not None and digest != jose.to_base64url(sha256(der).digest()):
        raise SealRefused("The seal names another certificate than it brings (x5t#S256).")
    return certificate


def _issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        constraints = authority.extensions.get_extension_for_class(x509.BasicConstraints).value
        certificate.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, ValueError, TypeError, InvalidSignature):
        return False
    return constraints.ca


# --- sealing --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seal:
    """An institution's key and the certificate that says whose it is, as a trust service hands them out."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def of(cls, key: bytes, certificate: bytes) -> "Seal":
        """Both in PEM, the key without a passphrase. Raises SealRefused."""
        try:
            private = serialization.load_pem_private_key(key, None)
            public = x509.load_pem_x509_certificate(certificate)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise SealRefused(
                "The key or the certificate of the seal is none in PEM, or it is locked."
            ) from error
        usable = isinstance(private, rsa.RSAPrivateKey) and private.key_size >= _LEAST_BITS
        if isinstance(private, ec.EllipticCurvePrivateKey):
            usable = any(isinstance(private.curve, curve) for curve, _, _ in _CURVES.values())
        if not isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) or not usable:
            raise SealRefused(
                "A seal is made with RSA of 2048 bits or more, or on the curves P-256 and P-384."
            )
        if public.public_key() != private.public_key():
            raise SealRefused("The certificate is of another key.")
        return cls(private, public)

    @property
    def organisation(self) -> str | None:
        """The identifier of the organisation in the certificate, such as `VATES-A00000000` (EN 319 412-1, 5.1.4)."""
        named = self.certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
        return str(named[0].value) if named else None


def sealed(document: Mapping[str, Any], seal: Seal, *, at: datetime) -> bytes:
    """The document under the seal, read again and checked. Raises SealRefused for a certificate not valid at `at`."""
    der = seal.certificate.public_bytes(serialization.Encoding.DER)
    header = {
        "alg": _algorithm(seal),
        "b64": False,
        "crit": ["b64", "sigT"],
        "cty": "octet-stream",
        "sigT": written_time(at.astimezone(UTC)),
        "typ": "jose+json",
        "x5c": [b64encode(der).decode("ascii")],
        "x5t#S256": jose.to_base64url(sha256(der).digest()),
    }
    payload = msgspec.json.encode(document).decode()
    protected = jose.to_base64url(msgspec.json.encode(header))
    signature = jose.to_base64url(_sign(seal, f"{protected}.{payload}".encode()))
    whole = {"payload": payload, "signatures": [{"protected": protected, "signature": signature}]}
    made = read_seal(whole)
    made.check()
    if not made.held:
        raise SealRefused("The certificate of the seal is not valid today.")
    return msgspec.json.encode(whole)


def _algorithm(seal: Seal) -> str:
    if isinstance(seal.key, rsa.RSAPrivateKey):
        return "RS256"
    curve = seal.key.curve
    return next(name for name, (known, _, _) in _CURVES.items() if isinstance(curve, known))


def _sign(seal: Seal, message: bytes) -> bytes:
    if isinstance(seal.key, rsa.RSAPrivateKey):
        return seal.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    _, size, digest = _CURVES[_algorithm(seal)]
    r, s = decode_dss_signature(seal.key.sign(message, ec.ECDSA(digest())))
    return r.to_bytes(size) + s.to_bytes(size)
