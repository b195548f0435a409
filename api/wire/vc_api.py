"""Requests and answers of VC API 0.3: credentials to sign, to show in part, presentations to verify.

What a request or its `options` say beyond what is here is passed over, as that specification asks. The credentials
themselves are read from the bytes that were sent.
"""

from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from api.wire.scalars import Answer
from api.wire.verification import Challenge, Domains
from wallet.verifying import Policy
from wallet.verifying.presentations import Occasion

_V2: Final = "https://www.w3.org/ns/credentials/v2"
_AN_ISSUER: Final = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"

_A_CREDENTIAL: Final[JsonDict] = {
    "@context": [_V2],
    "type": ["VerifiableCredential"],
    "issuer": _AN_ISSUER,
    "credentialSubject": {"id": "did:example:learner"},
}
_A_PRESENTATION: Final[JsonDict] = {
    "@context": [_V2],
    "type": ["VerifiablePresentation"],
    "verifiableCredential": [],
}


def _saying(**said: Any) -> ConfigDict:
    return ConfigDict(strict=True, json_schema_extra={"examples": [said]})


Pointers = Annotated[list[Annotated[str, Field(max_length=1000)]], Field(max_length=1000)]
"""JSON pointers (RFC 6901) into the credential."""


class IssueOptions(BaseModel):
    """`mandatoryPointers`: what is shown of the credential whatever its holder chooses (ecdsa-sd-2023)."""

    mandatoryPointers: Pointers | None = None  # noqa: N815 - the name is the specification's

    model_config = ConfigDict(strict=True)


class IssueCredential(BaseModel):
    """A credential to sign, whole but for its proof."""

    credential: dict[str, Any]
    options: IssueOptions = Field(default_factory=IssueOptions)

    model_config = _saying(credential=_A_CREDENTIAL)


class DeriveOptions(BaseModel):
    """`selectivePointers`: what is shown beyond what the issuer made mandatory."""

    selectivePointers: Pointers = Field(default_factory=list)  # noqa: N815 - the name is the specification's

    model_config = ConfigDict(strict=True)


class DeriveCredential(BaseModel):
    """A credential with a base proof, and what is to be shown of it."""

    verifiableCredential: dict[str, Any]  # noqa: N815 - the name is the specification's
    options: DeriveOptions = Field(default_factory=DeriveOptions)

    model_config = _saying(
        verifiableCredential=_A_CREDENTIAL, options={"selectivePointers": ["/credentialSubject"]}
    )


class PresentationOptions(BaseModel):
    """`challenge` and `domain`: what was asked to be signed; they have to be there exactly.

    `checks`: which checks are asked for. A list that is empty, or names the proof, asks for the proofs alone.
    """

    challenge: Challenge | None = None
    domain: Domains | None = None
    checks: list[Any] | None = None

    model_config = ConfigDict(strict=True)


class VerifyPresentation(BaseModel):
    """A presentation, and the occasion it has to be for."""

    verifiablePresentation: dict[str, Any]  # noqa: N815 - the name is the specification's
    options: PresentationOptions = Field(default_factory=PresentationOptions)

    model_config = _saying(
        verifiablePresentation=_A_PRESENTATION,
        options={"challenge": "u3vXnbq2Zk8", "domain": "admissions.example"},
    )

    @property
    def policy(self) -> Policy:
        """Whoever lists the checks asks for no others; the proofs are always looked at."""
        proof_only = self.options.checks is not None and set(map(str, self.options.checks)) <= {"proof"}
        return Policy(checks=frozenset(("proof",))) if proof_only else Policy()

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.options.challenge, tuple(self.options.domain or ()))


class StatusChange(BaseModel):
    """Which bit of which credential, and whether it is raised."""

    credentialId: str = Field(min_length=1, max_length=1000)  # noqa: N815 - the name is the specification's
    statusPurpose: str = Field(default="revocation", max_length=100)  # noqa: N815 - the name is the specification's
    status: bool = True

    model_config = _saying(
        credentialId="urn:uuid:4f1c4cb8-3f4e-4f1e-a6a6-6d5f2a8d7c11", statusPurpose="revocation", status=True
    )


class Issued(Answer):
    """The credential as it was signed; or the object that carries it, where it is in a message."""

    verifiableCredential: dict[str, Any]  # noqa: N815 - the name is the specification's

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"verifiableCredential": _A_CREDENTIAL}]}
    )


class IssuerListed(Answer):
    """A profile, and the DID whose key signs by it. `institution` is whose DID that is, where it is one's."""

    profile: str
    did: str
    verification_method: str
    cryptosuite: str | None
    institution: str | None = None
    endpoint: str


class IssuersListed(Answer):
    """Who signs credentials here, and by what address it is asked to."""

    issuers: list[IssuerListed]
