"""Verifications on the wire: what is to be verified, on whose terms, and the verdict's own schema."""

from typing import Annotated, Any, Final

import msgspec
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from api.wire.scalars import Body, Moment, example
from wallet.rerunning import Rerun
from wallet.verdict import Verdict
from wallet.verifying import Policy
from wallet.verifying.presentations import Occasion

A_DOCUMENT: Final[JsonDict] = {
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
        strict=True, json_schema_extra={"examples": [{"verifiableCredential": A_DOCUMENT, "options": {}}]}
    )

    @property
    def policy(self) -> Policy:
        checks = self.options.get("checks")
        return Policy(checks=frozenset(("proof",))) if checks == ["proof"] else Policy()


def _text_or_object(value: Any) -> str | dict[str, Any]:
    if isinstance(value, str | dict):
        return value
    raise ValueError("A document is a JSON object, or the text of one.")


DocumentOrText = Annotated[
    str | dict[str, Any],
    BeforeValidator(_text_or_object),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}]}),
]


def _one_or_several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Challenge = Annotated[str, Field(min_length=1, max_length=1000)]
"""What a verifier asks the holder to sign, made for this one time."""

Domains = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=1000)]],
    Field(min_length=1, max_length=100),
    BeforeValidator(_one_or_several),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1, "maxLength": 1000},
                {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": 1000},
                    "minItems": 1,
                    "maxItems": 100,
                },
            ]
        }
    ),
]
"""For whom it is to be: one or several."""

ReadersTerms = Annotated[dict[str, Any], WithJsonSchema({"$ref": "#/components/schemas/Policy"})]


class Verify(Body):
    """`bundle`: facts brought along, believed where this wallet trusts their registry. `at`: as of when.

    `policy`: the reader's own terms; without it, those of an admissions office. `challenge` and `domain`: what you
    asked the holder to sign; where either is named, only a presentation made for it will do.
    """

    document: DocumentOrText
    bundle: DocumentOrText | None = None
    policy: ReadersTerms | None = None
    at: Moment | None = None
    challenge: Challenge | None = None
    domain: Domains | None = None

    model_config = example(document=A_DOCUMENT, policy={"require_status": True}, at="2026-06-30T09:00:00Z")

    @property
    def occasion(self) -> Occasion:
        return Occasion(self.challenge, tuple(self.domain or ()))


class RerunReport(Body):
    """A report of progress, and what it is reckoned again from: credentials, and a bundle that may carry more of them.

    Of two credentials with one id the one in `credentials` is taken.
    """

    report: DocumentOrText
    bundle: DocumentOrText | None = None
    credentials: list[DocumentOrText] = Field(default_factory=list, max_length=1000)
    at: Moment | None = None

    model_config = example(report={"type": "ProgressReport", "version": 1}, credentials=[])


def schemas() -> dict[str, Any]:
    """The schemas of a policy, a verdict and a re-run with their parts, by name: their own, written nowhere else."""
    _, components = msgspec.json.schema_components(
        (Policy, Verdict, Rerun), ref_template="#/components/schemas/{name}"
    )
    return components
