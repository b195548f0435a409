"""Documents for people on the wire: what is to be printed, for whom, and in which languages."""

import base64
import binascii
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from api.wire import scalars
from api.wire.scalars import Body, Names, example, line
from wallet.documents.printed import Kind
from wallet.documents.words import LANGUAGES
from wallet.learner_bundle import SHORTEST_PASSPHRASE
from wallet.printing import Details, Holder

_OF_A_RECORD: Final = frozenset({Kind.TRANSCRIPT, Kind.ECVET})
_OF_A_CREDENTIAL: Final = frozenset({Kind.CERTIFICATE, Kind.SUPPLEMENT})
_OF_A_CASE: Final = frozenset({Kind.MINUTES, Kind.EXTRACT})


class HolderSaid(Body):
    """Who it is about. `confirmed`: the institution has seen an identity document; a learner cannot say so."""

    family_name: Annotated[str, line("a family name", 200)] | None = None
    given_names: Annotated[str, line("given names", 200)] | None = None
    born: scalars.Day | None = None
    identifier: Annotated[str, line("an identifier", 200)] | None = None
    confirmed: bool = False

    @model_validator(mode="after")
    def _confirms_something(self) -> Self:
        if self.confirmed and not (self.family_name or self.given_names):
            raise ValueError("A name is confirmed where there is one.")
        return self

    def to_holder(self) -> Holder:
        return Holder(
            family_name=self.family_name,
            given_names=self.given_names,
            born=self.born,
            identifier=self.identifier,
            confirmed=self.confirmed,
        )


class DetailsSaid(Body):
    """What an institution states on a Diploma Supplement beside what the ledger knows, in one or more languages."""

    mode_of_study: Names | None = None
    administered_by: Names | None = None
    languages: Names | None = None
    duration: Names | None = None
    access_requirements: Names | None = None
    programme_outcomes: Names | None = None
    classification: Names | None = None
    further_study: Names | None = None
    regulated_profession: Names | None = None
    additional: Names | None = None
    sources: Names | None = None
    capacity: Names | None = None

    def to_details(self) -> Details:
        return Details(**self.model_dump())


class Print(Body):
    """A transcript, or one of ECVET, of a `learner`'s record; a certificate or a Diploma Supplement of a `credential`;
    minutes of a `recognition`, or their extract.

    A learner names the `institution` whose transcript it is. Without a `credential`, a transcript is of the last record
    issued.
    """

    kind: Annotated[Kind, Field(strict=False)]
    learner: scalars.LearnerId | None = None
    institution: scalars.InstitutionId | None = None
    credential: scalars.CredentialId | None = None
    recognition: scalars.CaseId | None = None
    languages: list[Annotated[str, Field(json_schema_extra={"enum": list(LANGUAGES)})]] = Field(
        default=["en"], min_length=1, max_length=2
    )
    holder: HolderSaid = HolderSaid()
    details: DetailsSaid = DetailsSaid()

    model_config = example(
        kind="transcript",
        learner="7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b",
        languages=["kk", "en"],
        holder={"family_name": "Қасымова", "given_names": "Әйгерім", "confirmed": True},
    )

    @model_validator(mode="after")
    def _names_what_it_prints(self) -> Self:
        if self.kind in _OF_A_RECORD and self.learner is None:
            raise ValueError(f"A document of the kind {self.kind} is of a `learner`.")
        if self.kind in _OF_A_CREDENTIAL and self.credential is None:
            raise ValueError(f"A document of the kind {self.kind} is of a `credential`.")
        if self.kind in _OF_A_CASE and self.recognition is None:
            raise ValueError(f"A document of the kind {self.kind} is of a `recognition`.")
        return self


class TakeAlong(Body):
    """A passphrase of her own for the file. It is not kept: without it nobody opens the bundle, we neither."""

    passphrase: Annotated[str, Field(min_length=SHORTEST_PASSPHRASE, max_length=1000)]

    model_config = example(passphrase="four words of hers alone")  # noqa: S106 - an example, and nobody's


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise ValueError("A file is sent in base64.") from None


class VerifyFile(Body):
    """A PDF, or a PNG or SVG that a credential was baked into, in base64; or as it is, with its own media type."""

    file: Annotated[
        bytes,
        BeforeValidator(_bytes),
        WithJsonSchema(
            {
                "type": "string",
                "contentEncoding": "base64",
                "pattern": "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$",
            }
        ),
    ]

    model_config = example(file="JVBERi0xLjcKJeLjz9MK")
