"""`wallet document`: documents for people, as PDF files that carry what they tell of."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import msgspec
from typer import Argument, BadParameter, Option, Typer

from cli.command import command
from cli.desk import Desk
from cli.options import Institution, LearnerArgument, day
from cli.verify import read_file
from wallet import printing
from wallet.documents.unpacking import LARGEST
from wallet.documents.verifying import printed_in
from wallet.files import replace_file
from wallet.printing import Details, Holder, Paper

app = Typer(help="Print transcripts, supplements, certificates and minutes as signed PDF files.")

Out = Annotated[Path, Option("--out", "-o", metavar="FILE", help="Where to write the PDF.")]
Languages = Annotated[
    list[str] | None,
    Option("--language", metavar="TAG", help="kk, ru or en; twice for a document in two languages."),
]
FamilyName = Annotated[
    str | None, Option("--family-name", metavar="TEXT", help="Hers; nobody here knows it.")
]
GivenNames = Annotated[str | None, Option("--given-names", metavar="TEXT", help="Hers.")]
Born = Annotated[date | None, Option("--born", parser=day, metavar="DAY", help="Her day of birth.")]
Identifier = Annotated[
    str | None, Option("--identifier", metavar="TEXT", help="Her number at the institution.")
]
Confirmed = Annotated[
    bool, Option("--confirmed", help="The institution has seen an identity document with this name.")
]
CredentialArgument = Annotated[str, Argument(metavar="CREDENTIAL", help="The credential's id, a URI.")]
CredentialOption = Annotated[
    str | None,
    Option("--credential", metavar="URI", help="Which learner record; the last one issued if none is named."),
]
CaseArgument = Annotated[str, Argument(metavar="CASE", help="The case's id.")]


@dataclass(frozen=True)
class _Said:
    """What all documents are told: the languages, and who it is about."""

    languages: list[str] | None
    holder: Holder

    def print(self, desk: Desk, out: Path, how: Callable[..., Paper], *named: str, **more: Any) -> None:
        with desk.office() as office:
            paper = how(office, *named, languages=self._tags(desk), holder=self.holder, at=desk.now, **more)
        replace_file(out, paper.pdf)
        printed = paper.printed
        desk.answer(
            {
                "file": str(out),
                "kind": printed.kind,
                "number": printed.number,
                "languages": printed.languages,
            },
            f"Printed, and signed: {out}.",
            number=printed.number,
            check_at=printed.check_at,
        )

    def _tags(self, desk: Desk) -> tuple[str, ...]:
        return tuple(self.languages or (desk.language,))


def _said(
    languages: list[str] | None,
    family_name: str | None,
    given_names: str | None,
    born: date | None,
    identifier: str | None,
    confirmed: bool,
) -> _Said:
    if confirmed and not (family_name or given_names):
        raise BadParameter("--confirmed is about a name: --family-name, --given-names.")
    holder = Holder(
        family_name=family_name,
        given_names=given_names,
        born=born,
        identifier=identifier,
        confirmed=confirmed,
    )
    return _Said(languages, holder)


@command(app, "transcript")
def transcript(
    desk: Desk,
    learner: LearnerArgument,
    institution: Institution,
    out: Out,
    credential: CredentialOption = None,
    language: Languages = None,
    family_name: FamilyName = None,
    given_names: GivenNames = None,
    born: Born = None,
    identifier: Identifier = None,
    confirmed: Confirmed = False,
) -> None:
    """Print the Transcript of Records of a learner record, in the form of ECTS."""
    said = _said(language, family_name, given_names, born, identifier, confirmed)
    said.print(desk, out, printing.print_transcript, institution, learner=learner, credential=credential)


@command(app, "ecvet")
def ecvet(
    desk: Desk,
    learner: LearnerArgument,
    institution: Institution,
    out: Out,
    credential: CredentialOption = None,
    language: Languages = None,
    family_name: FamilyName = None,
    given_names: GivenNames = None,
    born: Born = None,
    identifier: Identifier = None,
    confirmed: Confirmed = False,
) -> None:
    """Print the personal transcript of ECVET: units, learning outcomes and points."""
    said = _said(language, family_name, given_names, born, identifier, confirmed)
    said.print(desk, out, printing.print_ecvet, institution, learner=learner, credential=credential)


@command(app, "certificate")
def certificate(
    desk: Desk,
    credential: CredentialArgument,
    institution: Institution,
    out: Out,
    language: Languages = None,
    family_name: FamilyName = None,
    given_names: GivenNames = None,
    born: Born = None,
    identifier: Identifier = None,
    confirmed: Confirmed = False,
) -> None:
    """Print the certificate of one achievement, or of a qualification, that a credential tells of."""
    said = _said(language, family_name, given_names, born, identifier, confirmed)
    said.print(desk, out, printing.print_certificate, institution, credential=credential)


@command(app, "supplement")
def supplement(
    desk: Desk,
    credential: CredentialArgument,
    institution: Institution,
    out: Out,
    details: Annotated[
        Path | None,
        Option(
            "--details",
            metavar="FILE.json",
            help='What the ledger does not know: {"mode_of_study": {"en": "Full-time"}, …}.',
        ),
    ] = None,
    language: Languages = None,
    family_name: FamilyName = None,
    given_names: GivenNames = None,
    born: Born = None,
    identifier: Identifier = None,
    confirmed: Confirmed = False,
) -> None:
    """Print the Diploma Supplement of a qualification's credential, in its eight sections."""
    said = _said(language, family_name, given_names, born, identifier, confirmed)
    stated = printing.NOTHING_MORE if details is None else _details(details)
    said.print(desk, out, printing.print_supplement, institution, credential=credential, details=stated)


@command(app, "minutes")
def minutes(
    desk: Desk,
    case: CaseArgument,
    out: Out,
    language: Languages = None,
    family_name: FamilyName = None,
    given_names: GivenNames = None,
    born: Born = None,
    identifier: Identifier = None,
    confirmed: Confirmed = False,
) -> None:
    """Print the minutes of the commission on a case of recognition that is decided."""
    said = _said(language, family_name, given_names, born, identifier, confirmed)
    said.print(desk, out, printing.print_minutes, case)


@command(app, "extract")
def extract(
    desk: Desk,
    case: CaseArgument,
    out: Out,
    language: Languages = None,
    family_name: FamilyName = None,
    given_names: GivenNames = None,
    born: Born = None,
    identifier: Identifier = None,
    confirmed: Confirmed = False,
) -> None:
    """Print the extract of the minutes, which the Registrar's office is given."""
    said = _said(language, family_name, given_names, born, identifier, confirmed)
    said.print(desk, out, printing.print_extract, case)


@command(app, "again")
def again(
    desk: Desk,
    file: Annotated[Path, Argument(metavar="FILE.pdf", help="A PDF printed by this program.")],
    out: Out,
) -> None:
    """Print a PDF again from what it carries, such as one that another program has saved anew.

    Whether what it carries was signed, `wallet verify` says.
    """
    carried = printed_in(read_file(file, LARGEST))
    replace_file(out, carried.set_again())
    number = carried.printed.number
    desk.answer({"file": str(out), "number": number}, f"Printed again: {out}.", number=number)


def _details(path: Path) -> Details:
    try:
        return msgspec.json.decode(read_file(path, 1024 * 1024), type=Details)
    except msgspec.DecodeError as error:
        raise BadParameter(f"{path} does not hold the details of a supplement: {error}.") from error
