"""Seconding: a second person confirms what one has proposed (`wallet.two_persons`), and it is done."""

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from domain.errors import DomainError
from wallet import registering, two_persons
from wallet.errors import WalletError
from wallet.issuing_many import Mode, Outcome, Result, issue_many, sheet_of_credentials
from wallet.office import Office
from wallet.sheets import Row
from wallet.two_persons import Act, Person, Proposal, SamePerson, Stage


def confirm(office: Office, named: str, *, by: Person, at: datetime) -> list[Outcome]:
    """Do it. Of a sheet: what became of each row; where a row is refused nothing was issued and the proposal is open.

    Refuses: NotFound, SamePerson, NothingToDecide, and whatever refuses the act itself; it is then open as before.
    """
    proposed = two_persons.proposal(office, named, at=at)
    if proposed.proposer.id == by.id:
        raise SamePerson("Somebody else confirms what you have proposed.")
    two_persons.take(office, named, Stage.CONFIRMED, by=by, at=at)
    try:
        outcomes = _done(office, proposed, at)
    except (DomainError, WalletError):
        two_persons.put_back(office, named)
        raise
    if any(each.result is Result.REFUSED for each in outcomes):
        two_persons.put_back(office, named)
    else:
        two_persons.forget(office, named)
    return outcomes


def preview(office: Office, proposed: Proposal, *, at: datetime) -> tuple[list[Row], list[Outcome]]:
    """The sheet of a proposal, and what would become of each row now; empty for any other act, and once decided."""
    if proposed.act is not Act.ISSUE_MANY or proposed.stage is not Stage.OPEN:
        return [], []
    with TemporaryDirectory() as folder:
        sheet = sheet_of_credentials(_written(office, proposed, folder))
        outcomes = list(issue_many(office, proposed.institution, sheet, mode=Mode.PREVIEW, at=at))
        return list(sheet.rows()), outcomes


def _done(office: Office, proposed: Proposal, at: datetime) -> list[Outcome]:
    match proposed.act:
        case Act.ISSUE_MANY:
            with TemporaryDirectory() as folder:
                sheet = sheet_of_credentials(_written(office, proposed, folder))
                mode = Mode.ALL_OR_NONE
                return list(issue_many(office, proposed.institution, sheet, mode=mode, at=at, seconded=True))
        case Act.ROTATE_KEY:
            registering.rotate_key(office, proposed.institution, at=at, seconded=True)
        case Act.ALLOW_ONE:
            two_persons.allow_one(office, proposed.institution)
    return []


def _written(office: Office, proposed: Proposal, folder: str) -> Path:
    path = Path(folder) / "table.csv"
    path.write_bytes(two_persons.content_of(office, proposed.id))
    return path
