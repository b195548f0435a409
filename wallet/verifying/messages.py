"""Credentials that are signed messages of older or other kinds, by the same numbered list.

An SD-JWT VC has claims and no document; and Open Badges 3.0 has a JWT of its own, older than VC-JOSE-COSE: the
credential is its claim `vc`, or its payload, and its header may bring the key along. Such a key can show that the
message was changed; it cannot show whose it is. So it counts for as much as a key that is read off a proof.

Sources: SD-JWT-based Verifiable Credentials, 3.4; Open Badges 3.0, 8.2 (JSON Web Token Proof Format); VC Data Model
1.1, 6.3.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from keys import jose, sd_jwt
from keys.errors import (
    InvalidKey,
    InvalidSignature,
    KeysError,
    MalformedMessage,
    UnsupportedAlgorithm,
)
from keys.jose import Jws, numeric_date
from keys.jwk import public_key_of_jwk
from keys.rsa import rsa_key_of_jwk
from keys.signing import PublicKey
from wallet.enveloping import Envelope
from wallet.evidence import Evidence, NoEvidence
from wallet.formats import open_badges, sd_jwt_vc
from wallet.formats.data_model import issuer_id
from wallet.formats.enveloped import MediaType
from wallet.formats.shape import written_time
from wallet.formats.transcript import Report
from wallet.verdict import Check, Problem, Verdict
from wallet.verifying import verdict_of, verify_opened, verify_shaped
from wallet.verifying.case import Case
from wallet.verifying.policy import DEFAULT, Policy
from wallet.verifying.proving import code_of
from wallet.verifying.step import PARSE, PROOF, SHAPE, quoted

_NOBODY: Final = NoEvidence()
_CLAIMS: Final = frozenset({"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "vc"})


def is_sd_jwt_vc(message: bytes) -> bool:
    """Whether a message says that it is an SD-JWT VC."""
    return b"~" in message and _typ_of(message) == sd_jwt.VC_TYP


def is_badge_jwt(message: bytes) -> bool:
    """Whether a message is a JWT in the way of Open Badges 3.0, and not of VC-JOSE-COSE."""
    return b"~" not in message and _typ_of(message) == "jwt"


def _typ_of(message: bytes) -> str | None:
    header = message.strip().partition(b".")[0]
    try:
        said = jose.read_object(jose.from_base64url(header.decode("ascii"), "header"), "header").get("typ")
    except (KeysError, UnicodeDecodeError):
        return None
    return jose.subtype(said) if isinstance(said, str) else None


# --- SD-JWT VC ----------------------------------------------------------------------------------------


def shown_claims(data: bytes) -> dict[str, Any]:
    """The claims of an SD-JWT VC as they are shown, whoever signed them; none of what cannot be read."""
    try:
        return sd_jwt.read(data.strip().decode("ascii")).claims
    except (KeysError, UnicodeDecodeError):
        return {}


def verify_sd_jwt_vc(
    data: bytes, *, policy: Policy = DEFAULT, at: datetime, evidence: Evidence = _NOBODY
) -> Verdict:
    """The verdict on an SD-JWT VC, as it is shown. No input makes this raise."""
    at = at.astimezone(UTC)
    try:
        message = sd_jwt.read(data.strip().decode("ascii"))
        sd_jwt.vc_type(message)
        document = _as_a_badge(message.claims)
    except UnicodeDecodeError:
        return verdict_of(
            PARSE.failed("not-a-message", "The text is not a signed message.", Problem.PARSING), at
        )
    except UnsupportedAlgorithm as error:
        return verdict_of(PARSE.could_not_check("unknown-algorithm", str(error)), at)
    except KeysError as error:
        return verdict_of(PARSE.failed(code_of(error), str(error), Problem.PARSING), at)
    read = PARSE.passed(
        "The text is an SD-JWT VC, and holds JSON that every reader reads alike.", bytes=len(data)
    )
    jws = message.jwt
    envelope = Envelope(MediaType.VC_SD_JWT, document, message.claims, jws.algorithm, jws.key_id, message)
    case = Case(document, policy, at, evidence, envelope)
    if not case.issuer:
        sentence = "The credential does not say who issued it (iss)."
        return verdict_of(SHAPE.failed("issuer-missing", sentence, Problem.MALFORMED_VALUE), at, read)
    vct = quoted(message.claims["vct"])
    shaped = SHAPE.passed(f"The message has the shape of an SD-JWT VC of the type {vct}.", types=[vct])
    return verify_shaped(read, shaped, case)


def _as_a_badge(claims: Mapping[str, Any]) -> dict[str, Any]:
    """What the claims say, in the words in which every step of the list asks. Raises MalformedMessage."""
    start, end = (numeric_date(claims, name) for name in ("nbf", "exp"))
    issued = numeric_date(claims, "iat")
    document = _of_the_report(sd_jwt_vc.report(claims))
    document["issuer"] = claims["iss"] if isinstance(claims.get("iss"), str) else ""
    for name, moment in (("validFrom", start or issued), ("validUntil", end)):
        if moment is not None:
            document[name] = written_time(moment)
    if isinstance(claims.get("jti"), str):
        document["id"] = claims["jti"]
    if isinstance(claims.get("sub"), str):
        document["credentialSubject"]["id"] = claims["sub"]
    return document


def _of_the_report(said: Report) -> dict[str, Any]:
    [learned] = said.opportunities
    aligned = {
        open_badges.EQF: None if learned.eqf_level is None else str(learned.eqf_level),
        open_badges.ISCED_F: learned.field,
        open_badges.SETTING: None if learned.setting is None else learned.setting.value,
        open_badges.CREDIT_SCHEME: learned.credits[0].scheme if learned.credits else None,
    }
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        "achievement": {
            "name": next(iter(learned.names.values())),
            "alignment": [
                {"targetFramework": framework, "targetCode": code}
                for framework, code in aligned.items()
                if code is not None
            ],
        },
    }
    if learned.credits:
        subject["creditsEarned"] = open_badges.json_number(learned.credits[0].points)
    document: dict[str, Any] = {
        "type": ["VerifiableCredential", "AchievementCredential"],
        "credentialSubject": subject,
    }
    if learned.achieved_on is not None:
        document["awardedDate"] = f"{learned.achieved_on}T00:00:00Z"
    return document


# --- the JWT of Open Badges ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _BadgeEnvelope(Envelope):
    """A message whose header may bring its key: then the key is called after the issuer, as one read off a proof."""

    brought: PublicKey | None = None

    @property
    def method(self) -> str | None:
        """The name of the key; that of one brought along says nothing of whose it is."""
        if self.brought is not None:
            return f"{issuer_id(self.document) or ''}#{self.brought.multikey}"
        return super().method


def document_in(data: bytes) -> dict[str, Any]:
    """The credential in a JWT of Open Badges, whoever signed it; nothing of what cannot be read."""
    try:
        return _document_of(_read(data).claims())
    except (KeysError, UnicodeDecodeError):
        return {}


def verify_badge_jwt(
    data: bytes, *, policy: Policy = DEFAULT, at: datetime, evidence: Evidence = _NOBODY
) -> Verdict:
    """The verdict on a JWT in the way of Open Badges 3.0 and CLR 2.0. No input makes this raise."""
    at = at.astimezone(UTC)
    try:
        jws = _read(data)
        claims = jws.claims()
        document = _document_of(claims)
        contradicted = _contradicted(claims, document)
    except UnicodeDecodeError:
        return verdict_of(
            PARSE.failed("not-a-message", "The text is not a signed message.", Problem.PARSING), at
        )
    except UnsupportedAlgorithm as error:
        return verdict_of(PARSE.could_not_check("unknown-algorithm", str(error)), at)
    except KeysError as error:
        return verdict_of(PARSE.failed(code_of(error), str(error), Problem.PARSING), at)
    if contradicted is not None:
        sentence = f"The message and the credential in it disagree about {contradicted}."
        return verdict_of(PARSE.failed("claim-contradicted", sentence, Problem.MALFORMED_VALUE), at)
    read = PARSE.passed(
        "The text is a JWT as Open Badges 3.0 has it, and holds JSON that every reader reads alike."
    )
    try:
        brought, refusal = _brought_key(jws)
    except InvalidKey as error:
        return verdict_of(
            PROOF.failed("not-a-key", f"The message brings a key that is none. {error}"), at, read
        )
    if refusal is not None:
        return verdict_of(refusal, at, read)
    envelope = _BadgeEnvelope(
        MediaType.VC_JWT, document, dict(claims), jws.algorithm, jws.key_id, jws, brought
    )
    return verify_opened(read, Case(document, policy, at, evidence, envelope))


def _read(data: bytes) -> Jws:
    return jose.read(data.strip().decode("ascii"), allowing={"jwk"}, rsa=True)


def _document_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    inside = claims.get("vc")
    if inside is None:
        return {name: value for name, value in claims.items() if name not in _CLAIMS}
    if not isinstance(inside, dict):
        raise MalformedMessage("The claim vc is not a credential.")
    return inside


def _contradicted(claims: Mapping[str, Any], document: Mapping[str, Any]) -> str | None:
    """About what the message and the credential disagree; None where about nothing. Source: VCDM 1.1, 6.3.1."""
    subject = document.get("credentialSubject")
    inside = {
        "iss": issuer_id(document),
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    for name, said in inside.items():
        if name in claims and said is not None and claims[name] != said:
            return name
    numeric_date(claims, "exp")  # `exp` and `nbf` hold for the signature, which step 5 looks at
    numeric_date(claims, "nbf")
    return None


def _brought_key(jws: Jws) -> tuple[PublicKey | None, Check | None]:
    """The key in the header; and for one that no credential goes by, what it shows. Raises InvalidKey."""
    jwk = jws.header.get("jwk")
    if jwk is None:
        if jws.algorithm.startswith(("RS", "PS")):
            sentence = "The message is signed with RSA, by a key that could not be had."
            return None, PROOF.could_not_check("no-key", sentence)
        return None, None
    if not isinstance(jwk, dict):
        raise InvalidKey("It is not a JSON Web Key.")
    if jwk.get("kty") != "RSA":
        return public_key_of_jwk(jwk), None
    try:
        jws.check(rsa_key_of_jwk(jwk))
    except InvalidSignature:
        return None, PROOF.failed(
            "invalid-signature", "The message is not what was signed with the key it brings."
        )
    except KeysError as error:
        return None, PROOF.failed(code_of(error), str(error))
    sentence = (
        "The message is as it was signed, by an RSA key that it brings itself: nobody says whose it is."
    )
    return None, PROOF.could_not_check("no-key", sentence)
