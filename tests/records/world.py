"""Records to read: credentials really signed, tokens, pictures, archives, and who reads them."""

import io
import json
import struct
import zipfile
import zlib
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.keywrap import aes_key_wrap

from keys import jose, sd_jwt
from keys.signing import Signer
from tests.verifying.world import AITU, JULY, JUNE, KEY_1, LEARNER, a_registry, registrar
from wallet.evidence import Evidence
from wallet.records import Reader, Reading, read_record

VCT = "https://registry.example/vct/learning-credit"


def a_reader(*, evidence: Evidence | None = None, at: datetime = JULY, **more: Any) -> Reader:
    """Somebody who knows the university."""
    return Reader(at=at, evidence=a_registry() if evidence is None else evidence, **more)


def read(data: bytes, **more: Any) -> Reading:
    return read_record(data, a_reader(**more))


def text_of(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def a_zip(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def a_png(credential: bytes, keyword: bytes = b"openbadgecredential") -> bytes:
    """The smallest PNG there is, with a credential baked in."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"iTXt", keyword + b"\0\0\0\0\0" + credential),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )


def a_token(
    *, signer: Signer = registrar, kid: str = KEY_1, hide: tuple[str, ...] = ("grade",), **changes: Any
) -> bytes:
    """An SD-JWT VC of six credits; what is given as None is left out."""
    claims: dict[str, Any] = {
        "vct": VCT,
        "iss": AITU,
        "iat": int(JUNE.timestamp()),
        "sub": LEARNER,
        "jti": "urn:uuid:1",
        "name": {"en": "Algorithms", "kk": "Алгоритмдер"},
        "awarding_body": {"en": "A name it gives itself"},
        "awarded_on": "2026-06-20",
        "credit_points": "6",
        "credit_scheme": "ECTS",
        "eqf_level": 6,
        "isced_f": "0613",
        "setting": "formal",
        "grade": "A-",
        **changes,
    }
    given = {name: value for name, value in claims.items() if value is not None}
    hidden = [(name,) for name in hide if name in given]
    return sd_jwt.issue(given, signer, hidden=hidden, typ=sd_jwt.VC_TYP, kid=kid).encode()


def a_badge_jwt(
    credential: Mapping[str, Any], *, signer: Signer = registrar, kid: str | None = KEY_1, **header: Any
) -> bytes:
    """A credential in the JWT of Open Badges 3.0: its payload is the credential, and says some of it twice."""
    payload = {
        **credential,
        "iss": credential["issuer"]["id"],
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": int(JUNE.timestamp()),
    }
    return jose.sign(text_of(payload), signer, typ="JWT", kid=kid, more=header).encode()


def a_backup(*credentials: Any, profile: str = "Studies") -> bytes:
    """As the Learner Credential Wallet of the DCC exports it: keys lie beside the credentials."""
    contents = [
        *credentials,
        {"@context": ["https://www.w3.org/ns/did/v1"], "id": "did:key:z6Mk"},
        {"type": "Ed25519VerificationKey2020", "privateKeyMultibase": "zrv1"},
        {"type": "ProfileMetadata", "data": {"profileName": profile}},
    ]
    return text_of([{"type": "UniversalWallet2020", "status": "UNLOCKED", "contents": contents}])


def a_locked_backup(backup: bytes, passphrase: str, *, rounds: int = 1_000) -> bytes:
    key, salt, iv = b"k" * 32, b"s" * 16, b"i" * 12
    key_of_key = PBKDF2HMAC(SHA512(), 32, salt, rounds).derive(passphrase.encode())
    sealed = AESGCM(key).encrypt(iv, json.dumps(backup.decode()).encode(), None)
    header = {"alg": "PBES2-HS512+A256KW", "p2s": _base64(salt), "p2c": rounds, "enc": "A256GCM"}
    jwe = {
        "recipients": [{"header": header, "encrypted_key": _base64(aes_key_wrap(key_of_key, key))}],
        "iv": _base64(iv),
        "ciphertext": _base64(sealed[:-16]),
        "tag": _base64(sealed[-16:]),
    }
    return text_of({"type": ["VerifiableCredential", "EncryptedWallet"], "credentialSubject": {"jwe": jwe}})


def _base64(data: bytes) -> str:
    return b64encode(data).decode()
