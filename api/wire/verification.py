"""Verifications on the wire: what is to be verified, on whose terms, and the verdict's own schema."""

from datetime import timedelta
from typing import Annotated, Any, Final

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from api.wire.scalars import Body, Moment, example
from wallet.verdict import Verdict
from wallet.verifying import Policy

_A_DOCUMENT: Final[JsonDict] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiableCredential"],
}


class VerifyCredential(BaseModel):
    """A request of VC-API 0.3, 3.2. What else is in it, and in `options`, is passed over."""

    verifiableCredential: dict[str, Any]  # noqa: N815 - the name is the specification's
    options: dict[str, Any] = Field(
        default_factory=dict, description='`{"checks": ["proof"]}` asks for the proof alone.'
    )

    model_config = ConfigDict(
        strict=True, json_schema_extra={"examples": [{"verifiableCredential": _A_DOCUMENT, "options": {}}]}
    )

    @property
    def policy(self) -> Policy:
        checks = self.options.get("checks")
        return Policy(checks=frozenset(("proof",))) if checks == ["proof"] else Policy()


def _text_or_object(value: Any) -> str | dict[str, Any]:
    if isinstance(value, str | dict):
        return value
    raise ValueError("A document is a JSON object, or the text of one.")


_Document = Annotated[
    str | dict[str, Any],
    BeforeValidator(_text_or_object),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]


class Terms(Body):
    """The reader's own terms. The defaults are those of an admissions office.

    `require_known_issuer`: nobody's word is taken whom no trusted list knows. `require_status`: a credential whose
    status cannot be asked is refused. `max_status_age_seconds`: how old the last word on the status may be.
    `accept_issuers`: the DIDs whose credentials are taken; without it, anybody's who is trusted.
    """

    require_known_issuer: bool = True
    require_status: bool = False
    max_status_age_seconds: Annotated[int, Field(ge=0, le=10**9)] | None = None
    accept_issuers: list[Annotated[str, Field(max_length=500)]] | None = Field(default=None, max_length=1000)
    proof_only: bool = False

    def to_domain(self) -> Policy:
        age = self.max_status_age_seconds
        return Policy(
            require_known_issuer=self.require_known_issuer,
            require_status=self.require_status,
            max_status_age=None if age is None else timedelta(seconds=age),
            checks=frozenset(("proof",)) if self.proof_only else None,
            accept_issuers=None if self.accept_issuers is None else tuple(self.accept_issuers),
        )


class Verify(Body):
    """`bundle`: facts brought along, believed where this wallet trusts their registry. `at`: as of when."""

    document: _Document
    bundle: _Document | None = None
    policy: Terms = Field(default_factory=Terms)
    at: Moment | None = None

    model_config = example(document=_A_DOCUMENT, policy={"require_status": True}, at="2026-06-30T09:00:00Z")


def verdict_schemas() -> dict[str, Any]:
    """The schema of a verdict and of its parts, by name: it is the verdict's own, and is written nowhere else."""
    _, components = msgspec.json.schema_components((Verdict,), ref_template="#/components/schemas/{name}")
    return components
