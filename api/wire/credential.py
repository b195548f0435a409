"""Credentials on the wire: issuing them, and saying later how they stand."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import model_validator

from api.wire.scalars import Answer, Body, ConferralId, CreditId, LearnerId, example, line
from domain.credential import CredentialIssued, CredentialKind, QualificationCredentialIssued, Standing


class Issue(Body):
    """One credit or one qualification as an Open Badge, or the whole record as a Comprehensive Learner Record."""

    learner: LearnerId
    credit: CreditId | None = None
    conferral: ConferralId | None = None
    record: Literal[True] | None = None

    model_config = example(
        learner="7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b", credit="3b7a5d52-64f0-4a3c-9a53-2f1f0f0c7e2d"
    )

    @model_validator(mode="after")
    def _one_of_the_three(self) -> Self:
        if sum(each is not None for each in (self.credit, self.conferral, self.record)) != 1:
            raise ValueError(
                'A credential is of a `credit`, of a `conferral`, or of the whole record: `"record": true`.'
            )
        return self


class Reason(Body):
    reason: Annotated[str, line("a reason")]

    model_config = example(reason="Issued with the wrong grade.")


class CredentialIssuedShown(Answer):
    """`href` is where the signed document is, byte for byte. `conferral` is that of a qualification."""

    credential: str
    kind: CredentialKind
    institution: str
    learner: str
    credits: list[str]
    conferral: str | None
    issued_at: datetime
    supersedes: str | None
    href: str

    @classmethod
    def of(cls, event: CredentialIssued) -> Self:
        return cls(
            credential=event.credential,
            kind=event.kind,
            institution=event.institution,
            learner=event.learner,
            credits=list(event.credits),
            conferral=event.conferral if isinstance(event, QualificationCredentialIssued) else None,
            issued_at=event.issued_at,
            supersedes=event.supersedes,
            href=f"/credentials/{event.credential}",
        )


class StandingChanged(Answer):
    """How a credential stands from now on."""

    credential: str
    standing: Standing
    reason: str | None = None
