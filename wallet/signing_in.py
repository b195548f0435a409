"""Signing in: by a passkey that a one-time link has registered, by a recovery code, or for staff by the word of their
institution's identity provider (`wallet.vouching`); and the session after it.

    wallet admin bootstrap         → a link
    the link, opened in a browser  → a passkey, an account, recovery codes shown once
    the passkey, ever after        → a session

There are no passwords. A passkey never leaves its device and answers to one web address only, so it cannot be
phished; a recovery code (100 random bits) works once. Source: Web Authentication Level 3, 7.1 and 7.2.
"""

import base64
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from keys import strict_json
from keys.errors import MalformedJson
from wallet import accounts
from wallet.accounts import Account, a_secret, digest
from wallet.errors import WalletError
from wallet.ledger.database import Cursor, IntegrityError
from wallet.ledger.envelope import microseconds
from wallet.office import Office
from wallet.vouching import Vouched

IDLE: Final = timedelta(hours=2)
"""A session that nobody uses ends after this."""
LONGEST: Final = timedelta(hours=12)
"""And every session after this."""
INVITED_FOR: Final = timedelta(days=14)
_CHALLENGED_FOR: Final = timedelta(minutes=5)
_CODES: Final = 10
_SEEN_AGAIN: Final = timedelta(minutes=1)


class NotSignedIn(WalletError):
    """Whoever it is has shown no passkey, code or session that is good. Which of these it was is not told."""


class NoInvitation(WalletError):
    """The link was never made, has been used, or has run out."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """For one person, once. `name` is empty for a learner."""

    learner: str | None
    name: str
    roles: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`session` is the secret of the session, told once; `codes` are new recovery codes, if any were made."""

    account: str
    session: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Session:
    account: Account
    csrf: str
    """What every form of this session carries, and no other page can know."""


# --- invitations ----------------------------------------------------------------------------------------


def invite_staff(office: Office, *, name: str, roles: Mapping[str, Iterable[str]], at: datetime) -> str:
    """A one-time link's secret for somebody with these roles, by institution. Raises NotFound, InvalidValue."""
    checked = accounts.checked_roles(roles)
    for institution in checked:
        office.institution(institution)
    return _invite(office, None, accounts.checked_name(name), checked, at)


def invite_learner(office: Office, learner: str, *, at: datetime) -> str:
    """A one-time link's secret, with which a learner registers a passkey to her wallet. Raises NotFound, Erased."""
    return _invite(office, office.learner(learner).state.learner, "", {}, at)


def invitation(office: Office, secret: str, *, at: datetime) -> Invitation:
    """Raises NoInvitation."""
    with office.ledger.database.reader() as cursor:
        return _invitation(cursor, digest(secret), at)


def _invite(
    office: Office, learner: str | None, name: str, roles: Mapping[str, list[str]], at: datetime
) -> str:
    secret = a_secret()
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "INSERT INTO invitations VALUES (?, ?, ?, ?, ?, ?, NULL)",
            [
                digest(secret),
                learner,
                name,
                accounts.written_roles(roles),
                microseconds(at),
                microseconds(at + INVITED_FOR),
            ],
        )
    return secret


def _used_up(cursor: Cursor, key: bytes, at: datetime) -> Invitation:
    """The invitation, which is used by this. Raises NoInvitation."""
    offered = _invitation(cursor, key, at)
    cursor.execute("UPDATE invitations SET used_at = ? WHERE digest = ?", [microseconds(at), key])
    return offered


def _invitation(cursor: Cursor, key: bytes, at: datetime) -> Invitation:
    row = cursor.execute(
        "SELECT learner, name, roles FROM invitations WHERE digest = ? AND used_at IS NULL AND ends_at > ?",
        [key, microseconds(at)],
    ).fetchone()
    if row is None:
        raise NoInvitation("This link has been used, has run out, or was never made. Ask for a new one.")
    return Invitation(row[0], row[1], accounts.read_roles(row[2]))


# --- passkeys -------------------------------------------------------------------------------------------


def registration_options(office: Office, invited: str, *, at: datetime) -> str:
    """What a browser is asked to make a passkey from: JSON. `invited` is the link's secret. Raises NoInvitation."""
    offered = invitation(office, invited, at=at)
    return _registration_options(office, offered.name, f"invitation {digest(invited).hex()}", at)


def register(office: Office, invited: str, made: str, *, at: datetime) -> SignedIn:
    """The passkey that a browser has made (JSON) opens the account from now on; the link is used up.

    Raises NoInvitation, NotSignedIn.
    """
    verified = _verified_registration(office, made, f"invitation {digest(invited).hex()}", at)
    codes = _new_codes()
    with office.ledger.database.writer() as cursor:
        offered = _used_up(cursor, digest(invited), at)
        account = accounts.make_account(
            cursor, learner=offered.learner, name=offered.name, roles=offered.roles, at=at
        )
        _keep_passkey(cursor, account, verified, at)
        _keep_codes(cursor, account, codes)
        session = _begin(cursor, account, at)
    return SignedIn(account, session, codes)


def another_passkey_options(office: Office, account: Account, *, at: datetime) -> str:
    """As `registration_options`, for somebody who is signed in."""
    return _registration_options(office, account.name, f"account {account.id}", at, account.id)


def register_another(office: Office, account: Account, made: str, *, at: datetime) -> None:
    """One more passkey to the account: for another device, or after a recovery. Raises NotSignedIn."""
    verified = _verified_registration(office, made, f"account {account.id}", at)
    with office.ledger.database.writer() as cursor:
        _keep_passkey(cursor, account.id, verified, at)


def passkeys_of(office: Office, account: str) -> int:
    """How many open the account."""
    with office.ledger.database.reader() as cursor:
        row = cursor.execute("SELECT COUNT(*) FROM passkeys WHERE account = ?", [account]).fetchone()
    return int(row[0])


def sign_in_options(office: Office, *, at: datetime) -> str:
    """What a browser is asked to find a passkey for: JSON. It names nobody: the passkey says whose it is."""
    challenge = _challenge(office, "sign in", at)
    options = generate_authentication_options(
        rp_id=_host(office), challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def sign_in(office: Office, shown: str, *, at: datetime) -> SignedIn:
    """A new session for the passkey that a browser has shown (JSON). Raises NotSignedIn."""
    challenge = _answered(office, shown, "sign in", at)
    passkey = _bytes_in(shown.encode(errors="replace"), "rawId")
    with office.ledger.database.writer() as cursor:
        row = cursor.execute(
            "SELECT account, public_key, sign_count FROM passkeys WHERE passkey = ?", [passkey]
        ).fetchone()
        if row is None:
            raise NotSignedIn("This passkey opens nothing here.")
        account, public_key, count = row
        try:
            verified = verify_authentication_response(
                credential=shown,
                expected_challenge=challenge,
                expected_rp_id=_host(office),
                expected_origin=office.registry().state.base_url,
                credential_public_key=public_key,
                credential_current_sign_count=count,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, KeyError, TypeError) as error:
            raise NotSignedIn("This passkey opens nothing here.") from error
        cursor.execute(
            "UPDATE passkeys SET sign_count = ? WHERE passkey = ?", [verified.new_sign_count, passkey]
        )
        return SignedIn(account, _begin(cursor, account, at))


# --- identity providers ---------------------------------------------------------------------------------


def sign_in_vouched(office: Office, vouched: Vouched, *, at: datetime) -> SignedIn:
    """A new session for somebody whom her institution's provider vouches for.

    With an invitation to that institution she is known by it from now on; without, she has to be known, and to have a
    role there still. Raises NotSignedIn, NoInvitation.
    """
    errand = vouched.errand
    with office.ledger.database.writer() as cursor:
        row = cursor.execute(
            "SELECT account FROM vouched WHERE issuer = ? AND subject = ?", [vouched.issuer, vouched.subject]
        ).fetchone()
        account = None if row is None else str(row[0])
        if errand.invitation is not None:
            offered = _used_up(cursor, bytes.fromhex(errand.invitation), at)
            if set(offered.roles) != {errand.institution}:
                raise NoInvitation("This link is not for somebody whom this institution vouches for.")
            if account is None:
                account = accounts.make_account(
                    cursor, learner=None, name=offered.name, roles=offered.roles, at=at
                )
                cursor.execute(
                    "INSERT INTO vouched VALUES (?, ?, ?, ?)",
                    [vouched.issuer, vouched.subject, account, microseconds(at)],
                )
            accounts.give_roles(cursor, account, offered.roles)
        held = cursor.execute(
            "SELECT COUNT(*) FROM staff_roles WHERE account = ? AND institution = ?",
            [account, errand.institution],
        ).fetchone()
        if account is None or not held[0]:
            raise NotSignedIn("Nobody here is known by what this provider says.")
        return SignedIn(account, _begin(cursor, account, at))


# --- recovery codes -------------------------------------------------------------------------------------


def sign_in_by_code(office: Office, code: str, *, at: datetime) -> SignedIn:
    """A new session for a recovery code, which is used up. Raises NotSignedIn."""
    said = "".join(letter for letter in code.upper() if letter.isalnum())
    with office.ledger.database.writer() as cursor:
        row = cursor.execute(
            "DELETE FROM recovery_codes WHERE digest = ? RETURNING account", [digest(said)]
        ).fetchone()
        if row is None:
            raise NotSignedIn("This code opens nothing here. Each code works once.")
        return SignedIn(row[0], _begin(cursor, row[0], at))


def renew_codes(office: Office, account: str) -> tuple[str, ...]:
    """New recovery codes, shown once; those before open nothing any more."""
    codes = _new_codes()
    with office.ledger.database.writer() as cursor:
        _keep_codes(cursor, account, codes)
    return codes


def codes_left(office: Office, account: str) -> int:
    with office.ledger.database.reader() as cursor:
        row = cursor.execute("SELECT COUNT(*) FROM recovery_codes WHERE account = ?", [account]).fetchone()
    return int(row[0])


def _new_codes() -> tuple[str, ...]:
    """`ABCDE-FGHIJ-KLMNO-PQRST`: base32, 100 bits."""
    codes = []
    for _ in range(_CODES):
        letters = base64.b32encode(secrets.token_bytes(15)).decode()[:20]
        codes.append("-".join(letters[place : place + 5] for place in range(0, 20, 5)))
    return tuple(codes)


def _keep_codes(cursor: Cursor, account: str, codes: Iterable[str]) -> None:
    cursor.execute("DELETE FROM recovery_codes WHERE account = ?", [account])
    cursor.executemany(
        "INSERT INTO recovery_codes VALUES (?, ?)",
        [(digest(code.replace("-", "")), account) for code in codes],
    )


# --- sessions -------------------------------------------------------------------------------------------


def begin_session(office: Office, account: str, *, at: datetime) -> str:
    """The secret of a new session of somebody who has been identified already."""
    with office.ledger.database.writer() as cursor:
        return _begin(cursor, account, at)


def session(office: Office, secret: str, *, at: datetime) -> Session | None:
    """The session of that secret; None where there is none, or it has ended."""
    now = microseconds(at)
    with office.ledger.database.reader() as cursor:
        row = cursor.execute(
            "SELECT account, csrf, seen_at FROM sessions WHERE digest = ? AND ends_at > ? AND seen_at > ?",
            [digest(secret), now, microseconds(at - IDLE)],
        ).fetchone()
    if row is None:
        return None
    account, csrf, seen_at = row
    if now - seen_at > _SEEN_AGAIN.total_seconds() * 1_000_000:
        with office.ledger.database.writer(durable=False) as cursor:
            cursor.execute("UPDATE sessions SET seen_at = ? WHERE digest = ?", [now, digest(secret)])
    return Session(accounts.account(office, account), csrf)


def sign_out(office: Office, secret: str) -> None:
    """End the session, here and now."""
    with office.ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM sessions WHERE digest = ?", [digest(secret)])


def _begin(cursor: Cursor, account: str, at: datetime) -> str:
    """Always a new one: a session that somebody planted in a browser before is worth nothing after."""
    secret = a_secret()
    now = microseconds(at)
    cursor.execute("DELETE FROM sessions WHERE ends_at <= ? OR seen_at <= ?", [now, microseconds(at - IDLE)])
    cursor.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?, ?)",
        [digest(secret), account, a_secret(), now, microseconds(at + LONGEST)],
    )
    return secret


# --- challenges -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Verified:
    passkey: bytes
    public_key: bytes
    sign_count: int


def _registration_options(
    office: Office, name: str, purpose: str, at: datetime, account: str | None = None
) -> str:
    registry = office.registry().state.name
    with office.ledger.database.reader() as cursor:
        known = cursor.execute("SELECT passkey FROM passkeys WHERE account = ?", [account]).fetchall()
    options = generate_registration_options(
        rp_id=_host(office),
        rp_name=registry,
        user_name=name or registry,
        user_display_name=name or registry,
        challenge=_challenge(office, purpose, at),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row[0]) for row in known],
    )
    return options_to_json(options)


def _verified_registration(office: Office, made: str, purpose: str, at: datetime) -> _Verified:
    challenge = _answered(office, made, purpose, at)
    try:
        verified = verify_registration_response(
            credential=made,
            expected_challenge=challenge,
            expected_rp_id=_host(office),
            expected_origin=office.registry().state.base_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotSignedIn("The browser has made no passkey that can be used here.") from error
    return _Verified(verified.credential_id, verified.credential_public_key, verified.sign_count)


def _keep_passkey(cursor: Cursor, account: str, verified: _Verified, at: datetime) -> None:
    try:
        cursor.execute(
            "INSERT INTO passkeys VALUES (?, ?, ?, ?, ?)",
            [verified.passkey, account, verified.public_key, verified.sign_count, microseconds(at)],
        )
    except IntegrityError as error:
        raise NotSignedIn("This passkey is registered already.") from error


def _challenge(office: Office, purpose: str, at: datetime) -> bytes:
    """Random bytes to be signed once, for one purpose, within five minutes."""
    challenge = secrets.token_bytes(32)
    with office.ledger.database.writer(durable=False) as cursor:
        cursor.execute("DELETE FROM challenges WHERE ends_at <= ?", [microseconds(at)])
        cursor.execute(
            "INSERT INTO challenges VALUES (?, ?, ?)",
            [digest(challenge.hex()), purpose, microseconds(at + _CHALLENGED_FOR)],
        )
    return challenge


def _answered(office: Office, answer: str, purpose: str, at: datetime) -> bytes:
    """The challenge that the answer says it answers, used up; the answer's signature is still to be checked."""
    client = _bytes_in(answer.encode(errors="replace"), "response", "clientDataJSON")
    challenge = _bytes_in(client, "challenge")
    with office.ledger.database.writer() as cursor:
        row = cursor.execute(
            "DELETE FROM challenges WHERE digest = ? AND purpose = ? AND ends_at > ? RETURNING digest",
            [digest(challenge.hex()), purpose, microseconds(at)],
        ).fetchone()
    if row is None:
        raise NotSignedIn("This took too long, or was answered before; try again.")
    return challenge


def _bytes_in(text: bytes, *members: str) -> bytes:
    """What stands in this member of a JSON text, in base64url without padding. Raises NotSignedIn."""
    try:
        value = strict_json.parse(text)
        for member in members:
            value = value[member] if isinstance(value, dict) else None
        written = value if isinstance(value, str) else ""
        return base64.b64decode(written + "=" * (-len(written) % 4), altchars=b"-_", validate=True)
    except (MalformedJson, ValueError, KeyError) as error:
        raise NotSignedIn("This is no answer of a passkey.") from error


def _host(office: Office) -> str:
    return urlsplit(office.registry().state.base_url).hostname or ""
