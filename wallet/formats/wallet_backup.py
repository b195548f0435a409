"""The backup of a Learner Credential Wallet of the Digital Credentials Consortium: credentials from another wallet.

    [{"type": "UniversalWallet2020", "status": "UNLOCKED", "contents": [
        {"type": ["VerifiableCredential", …], …}, {"type": "ProfileMetadata", "data": {"profileName": "…"}}, … keys …]}]

    {"type": ["VerifiableCredential", "EncryptedWallet"], "credentialSubject": {"jwe": {
        "recipients": [{"header": {"alg": "PBES2-HS512+A256KW", "enc": "A256GCM", "p2s": "…", "p2c": 120000},
                        "encrypted_key": "…"}], "iv": "…", "ciphertext": "…", "tag": "…"}}}

It holds private keys beside the credentials. They are read over: what another wallet signs with is no business of
this one. The locked kind is nearly a JWE: its base64 is the ordinary one, and the salt is not preceded by the name
of the algorithm, as RFC 7518 has it.

Sources: the application's own export (app/lib/export.ts, app/model/profile.ts, app/lib/lockedWallet.ts);
Universal Wallet 2020, "Unlocked Wallet".
"""

import hashlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap

from keys import strict_json
from keys.errors import MalformedJson
from wallet.errors import WalletError
from wallet.formats.shape import listed, types_of
from wallet.formats.transcript import said_text

UNLOCKED: Final = "UniversalWallet2020"
LOCKED: Final = "EncryptedWallet"
MOST_CREDENTIALS: Final = 1_000

_MOST_ITERATIONS: Final = 1_000_000
"""Of PBKDF2: about a second, and a stranger writes the number."""


class BackupRefused(WalletError):
    """The backup of another wallet cannot be read: locked, opened with another passphrase, or damaged."""


class Backup(msgspec.Struct, frozen=True, kw_only=True):
    """`profiles` are the names its owner gave to the parts of her wallet."""

    profiles: tuple[str, ...]
    credentials: tuple[Any, ...]
    """Each as it was kept: an object, or a text that is a signed message."""


def is_backup(value: Any) -> bool:
    """Whether a JSON value is a backup, locked or not."""
    if isinstance(value, list):
        return bool(value) and all(UNLOCKED in types_of(each) for each in value)
    return UNLOCKED in types_of(value) or LOCKED in types_of(value)


def read_backup(value: Any, passphrase: str | None = None) -> Backup:
    """What is in a backup. Raises BackupRefused."""
    if LOCKED in types_of(value):
        value = _unlocked(value, passphrase)
    wallets = [each for each in listed(value) if UNLOCKED in types_of(each)]
    contents = [item for each in wallets for item in listed(each.get("contents"))]
    if not contents:
        raise BackupRefused("The backup of the other wallet holds nothing.")
    credentials = tuple(
        item for item in contents if isinstance(item, str) or "VerifiableCredential" in types_of(item)
    )
    if len(credentials) > MOST_CREDENTIALS:
        raise BackupRefused(f"The backup holds more than {MOST_CREDENTIALS} credentials.")
    return Backup(profiles=tuple(_profiles(contents)), credentials=credentials)


def _profiles(contents: list[Any]) -> Iterator[str]:
    for item in contents:
        if "ProfileMetadata" in types_of(item) and isinstance(item.get("data"), dict):
            named = said_text(item["data"].get("profileName"), 100)
            if named is not None:
                yield named


def _unlocked(value: Any, passphrase: str | None) -> Any:
    if passphrase is None:
        raise BackupRefused(
            "The backup of the other wallet is locked: it takes the passphrase it was locked with."
        )
    try:
        jwe = value["credentialSubject"]["jwe"]
        [recipient] = jwe["recipients"]
        header = recipient["header"]
        if (header["alg"], header["enc"]) != ("PBES2-HS512+A256KW", "A256GCM"):
            raise BackupRefused("The backup of the other wallet is locked in a way that is not known here.")
        rounds, salt = header["p2c"], _bytes(header["p2s"])
        if type(rounds) is not int or not 1_000 <= rounds <= _MOST_ITERATIONS:
            raise BackupRefused(
                f"The backup asks for {rounds!a:.40} rounds of PBKDF2, which is not done here."
            )
        key_of_key = hashlib.pbkdf2_hmac("sha512", passphrase.encode(), salt, rounds, 32)
        key = aes_key_unwrap(key_of_key, _bytes(recipient["encrypted_key"]))
        text = AESGCM(key).decrypt(_bytes(jwe["iv"]), _bytes(jwe["ciphertext"]) + _bytes(jwe["tag"]), None)
        found = strict_json.parse(text)
        # The application writes its JSON as a text into JSON.
        return strict_json.parse(found) if isinstance(found, str) else found
    except (InvalidUnwrap, InvalidTag) as error:
        raise BackupRefused("The passphrase is not the one that the other wallet was locked with.") from error
    except MalformedJson as error:
        raise BackupRefused(f"What is in the locked backup cannot be read: {error}") from error
    except (KeyError, TypeError, ValueError, UnicodeEncodeError) as error:
        raise BackupRefused("The locked backup is damaged: something in it is missing.") from error


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)
