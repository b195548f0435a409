"""Vouching: a university's own identity provider says who somebody of its staff is.

    set_provider(office, "aitu", issuer="https://id.aitu.example", client_id="wallet", …)    once, by the operator
    begin(…)    → an address of the provider's, to which the visitor goes
    finish(…)   → whom the provider vouches for

OpenID Connect: discovery, the code flow, PKCE, state and nonce. What the visitor is sent away with is kept here under a
digest of the state and belongs to one browser, so that nobody finishes what another has begun. An ID token is believed
where the provider's own key signed it, by one of `ALGORITHMS`, for us, just now, for this very errand.

A provider vouches for a person it names by a number of its own (`sub`), and only for somebody who has bound that number
to an account by an invitation; so a new member of staff has an account where the institution invited her, and a
provider makes no accounts and gives no roles.

Source: OpenID Connect Core 1.0, 3.1; Discovery 1.0, 4; RFC 7636; RFC 9207; RFC 9700, 2.1 and 4.7.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]  # Authlib brings no types
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]  # as above
from authlib.oidc.discovery import (  # type: ignore[import-untyped]  # as above
    OpenIDProviderMetadata,
    get_well_known_url,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from domain.errors import InvalidValue, NotFound
from domain.values import InstitutionId, institution_id, text
from keys import strict_json
from keys.errors import MalformedJson
from wallet.accounts import digest
from wallet.errors import WalletError
from wallet.fetching import Fetcher, FetchError
from wallet.ledger.envelope import microseconds
from wallet.office import Office

ALGORITHMS: Final = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
)
"""How an ID token may be signed: by a key of which we only know the public half."""
_ERRAND: Final = timedelta(minutes=10)
_LEEWAY: Final = 60
"""Seconds by which two clocks may differ."""
_SCOPE: Final = "openid"
_LONGEST: Final = 500


class NotVouchedFor(WalletError):
    """The provider does not say who this is, or not in a way that can be believed. The text is for our log."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Who vouches for an institution's staff. `secret` is None for a client that has none (PKCE protects it)."""

    institution: InstitutionId
    issuer: str
    client_id: str
    secret: str | None


@dataclass(frozen=True, slots=True)
class Errand:
    """What the visitor was sent away for: to sign in, or to bind an invitation. `to` is where it leads."""

    institution: InstitutionId
    invitation: str | None
    """The digest of the invitation's secret, in hex."""
    to: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """Whom the provider vouches for, by its own number for her."""

    errand: Errand
    issuer: str
    subject: str


# --- providers ------------------------------------------------------------------------------------------


def set_provider(
    office: Office, institution: str, *, issuer: str, client_id: str, secret: str | None = None, at: datetime
) -> Provider:
    """Let this provider vouch for the institution's staff, in the place of any before.

    Refuses: InvalidValue, NotFound.
    """
    identity = office.institution(institution).state.id
    parts = urlsplit(issuer)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise InvalidValue(
            f"{issuer[:100]!a} is no identity provider; it looks like https://id.university.example."
        )
    named = Provider(
        identity,
        text(issuer, "an identity provider's address", limit=_LONGEST),
        text(client_id, "a client's id", limit=_LONGEST),
        None if secret is None else text(secret, "a client's secret", limit=_LONGEST),
    )
    sealed = (
        None if named.secret is None else office.keystore.wrap(named.secret.encode(), _place_of(identity))
    )
    with office.ledger.database.writer() as cursor:
        cursor.execute(
            "INSERT INTO identity_providers VALUES (?, ?, ?, ?, ?) ON CONFLICT (institution) DO UPDATE SET"
            " issuer = excluded.issuer, client_id = excluded.client_id, secret = excluded.secret,"
            " set_at = excluded.set_at",
            [identity, named.issuer, named.client_id, sealed, microseconds(at)],
        )
    return named


def remove_provider(office: Office, institution: str) -> None:
    """Nobody vouches for the institution's staff any more. Raises NotFound, InvalidValue."""
    named = institution_id(institution)
    with office.ledger.database.writer() as cursor:
        if not cursor.execute(
            "DELETE FROM identity_providers WHERE institution = ? RETURNING institution", [named]
        ).fetchall():
            raise NotFound(f"No identity provider vouches for the staff of {institution}.")


def provider_of(office: Office, institution: str) -> Provider:
    """Raises NotFound, InvalidValue."""
    named = institution_id(institution)
    with office.ledger.database.reader() as cursor:
        row = cursor.execute(
            "SELECT institution, issuer, client_id, secret FROM identity_providers WHERE institution = ?",
            [named],
        ).fetchone()
    if row is None:
        raise NotFound(f"No identity provider vouches for the staff of {institution}.")
    identity, issuer, client_id, sealed = row
    secret = None if sealed is None else office.keystore.unwrap(sealed, _place_of(identity)).decode()
    return Provider(institution_id(identity), issuer, client_id, secret)


def institutions_with_providers(office: Office) -> list[InstitutionId]:
    """Whose staff can come in by way of their institution."""
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute("SELECT institution FROM identity_providers ORDER BY institution").fetchall()
    return [institution_id(row[0]) for row in rows]


def _place_of(institution: str) -> bytes:
    return b"identity provider's client secret\0" + institution.encode()


# --- an errand ------------------------------------------------------------------------------------------


def begin(
    office: Office, errand: Errand, fetcher: Fetcher, *, browser: str, returning_to: str, at: datetime
) -> str:
    """The provider's address to which this browser goes; `returning_to` is ours, to which it comes back.

    `browser` is a secret that only this browser carries. Raises NotFound, NotVouchedFor.
    """
    provider = provider_of(office, errand.institution)
    metadata = _metadata(provider, fetcher)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    with office.ledger.database.writer() as cursor:
        cursor.execute("DELETE FROM errands WHERE ends_at <= ?", [microseconds(at)])
        cursor.execute(
            "INSERT INTO errands VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                digest(state),
                digest(browser),
                errand.institution,
                errand.invitation,
                errand.to,
                nonce,
                verifier,
                microseconds(at + _ERRAND),
            ],
        )
    client = OAuth2Client(
        None,
        client_id=provider.client_id,
        scope=_SCOPE,
        redirect_uri=returning_to,
        code_challenge_method="S256",
    )
    address, _ = client.create_authorization_url(
        metadata["authorization_endpoint"], state=state, code_verifier=verifier, nonce=nonce
    )
    return str(address)


def finish(
    office: Office,
    fetcher: Fetcher,
    *,
    said: Mapping[str, str],
    browser: str,
    returning_to: str,
    at: datetime,
) -> Vouched:
    """Whom the provider vouches for. `said` is what the browser came back with: `state`, `code` or `error`, `iss`.

    An errand is finished once, well or badly. Raises NotVouchedFor.
    """
    with office.ledger.database.writer() as cursor:
        row = cursor.execute(
            "DELETE FROM errands WHERE state = ? AND browser = ? AND ends_at > ? "
            "RETURNING institution, invitation, goal, nonce, verifier",
            [digest(said.get("state", "")), digest(browser), microseconds(at)],
        ).fetchone()
    if row is None:
        raise NotVouchedFor("This browser was sent on no such errand, or too long ago.")
    institution, invitation, goal, nonce, verifier = row
    provider = provider_of(office, institution)
    metadata = _metadata(provider, fetcher)
    if "iss" in said and said["iss"] != provider.issuer:
        raise NotVouchedFor("Another provider has answered.")  # RFC 9207, 2.4: two providers mixed up
    if "iss" not in said and metadata.get("authorization_response_iss_parameter_supported"):
        raise NotVouchedFor("The provider does not say that it was the one to answer.")
    if not said.get("code"):
        raise NotVouchedFor(f"The provider has refused: {said.get('error', 'no reason given')[:100]!a}.")
    answer = _traded(provider, metadata, fetcher, said["code"], verifier, returning_to)
    subject = _subject(provider, metadata, fetcher, answer, nonce, at)
    return Vouched(Errand(institution_id(institution), invitation, goal), provider.issuer, subject)


def _metadata(provider: Provider, fetcher: Fetcher) -> dict[str, Any]:
    """What the provider says of itself. Its addresses are used only where it names itself as we know it."""
    said = OpenIDProviderMetadata(_got(fetcher, get_well_known_url(provider.issuer, external=True)))
    try:
        said.validate()
    except ValueError as error:
        raise NotVouchedFor(f"The provider describes itself badly: {error}") from error
    if said["issuer"] != provider.issuer:
        raise NotVouchedFor("The provider calls itself by another name.")
    return dict(said)


def _traded(
    provider: Provider,
    metadata: Mapping[str, Any],
    fetcher: Fetcher,
    code: str,
    verifier: str,
    returning_to: str,
) -> dict[str, Any]:
    """What the code is good for. Source: OpenID Connect Core 1.0, 3.1.3.1 and 3.1.3.3."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": returning_to,
        "code_verifier": verifier,
    }
    methods = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    method = (
        "none" if provider.secret is None else _first(methods, "client_secret_basic", "client_secret_post")
    )
    client = OAuth2Client(None, client_id=provider.client_id, client_secret=provider.secret)
    address, headers, body = client.client_auth(method).prepare(
        "POST",
        metadata["token_endpoint"],
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        urlencode(form),
    )
    try:
        return _object(fetcher.post(address, body.encode(), headers=headers).body)
    except FetchError as error:
        raise NotVouchedFor(f"The provider's answer could not be had: {error}") from error


def _first(methods: list[str], *known: str) -> str:
    return next((each for each in known if each in methods), known[0])


def _subject(
    provider: Provider,
    metadata: Mapping[str, Any],
    fetcher: Fetcher,
    answer: Mapping[str, Any],
    nonce: str,
    at: datetime,
) -> str:
    """The provider's number for the person, where the ID token holds. Source: OpenID Connect Core 1.0, 3.1.3.7."""
    signed_with = set(metadata.get("id_token_signing_alg_values_supported", ["RS256"])) & ALGORITHMS
    try:
        keys = KeySet.import_key_set(_got(fetcher, metadata["jwks_uri"]))  # type: ignore[arg-type]  # it checks what it is given
        decoded = jwt.decode(
            str(answer["id_token"]),
            keys,
            registry=JWSRegistry(algorithms=sorted(signed_with), strict_check_header=False),
        )
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": answer.get("access_token")},
        )
        claims.validate(now=int(at.timestamp()), leeway=_LEEWAY)
        return text(str(claims["sub"]), "a subject", limit=255)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise NotVouchedFor(f"The provider's token does not hold: {type(error).__name__}.") from error


def _got(fetcher: Fetcher, address: str) -> dict[str, Any]:
    try:
        return _object(fetcher.get(address).body)
    except FetchError as error:
        raise NotVouchedFor(f"The provider could not be asked: {error}") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = strict_json.parse(body)
    except MalformedJson as error:
        raise NotVouchedFor("The provider's answer cannot be read.") from error
    if not isinstance(said, dict):
        raise NotVouchedFor("The provider's answer is no JSON object.")
    return said
