"""`wallet proposal`: two persons, of whom the terminal is one."""

from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conftest import Program
from tests.offices import PASSPHRASE
from wallet.accounts import make_account
from wallet.office import Office
from wallet.seconding import confirm
from wallet.settings import Settings
from wallet.two_persons import Person


def an_office(wallet: Program) -> Office:
    return Office.open(Settings(wallet.home), PASSPHRASE)


def test_what_the_terminal_proposes_somebody_else_confirms(wallet: Program, tmp_path: Path):
    proposal = ("proposal", "rotate-key", "saryarqa")
    assert "0 administrators" in wallet("proposal", "ask", "saryarqa", code=1).err
    with an_office(wallet) as office, office.ledger.database.writer() as cursor:
        for name in ("Aigerim", "Daniyar"):
            make_account(cursor, learner=None, name=name, roles={"saryarqa": ["admin"]}, at=datetime.now(UTC))
    wallet("proposal", "ask", "saryarqa")

    assert "second person" in wallet("keys", "rotate", "saryarqa", code=1).err
    made = wallet.json(*proposal)
    assert "Somebody else" in wallet("proposal", "confirm", made["id"], code=1).err
    assert len(wallet.json("keys", "list", "saryarqa")) == 1
    with an_office(wallet) as office:
        confirm(office, made["id"], by=Person("an account", "Daniyar"), at=datetime.now(UTC))
    assert len(wallet.json("keys", "list", "saryarqa")) == 2
    [listed] = wallet.json("proposal", "list", "saryarqa")
    assert (listed["stage"], listed["decider"]["name"]) == ("confirmed", "Daniyar")

    sheet = tmp_path / "many.csv"
    sheet.write_text("no,such,columns\n1,2,3\n")
    wallet("proposal", "issue", "saryarqa", str(sheet), code=1)
    stopping = wallet.json("proposal", "stop", "saryarqa")
    wallet("proposal", "decline", stopping["id"])
    assert "nothing to decide" in wallet("proposal", "decline", stopping["id"], code=1).err
    assert "no proposal" in wallet("proposal", "confirm", "rubbish", code=1).err
    assert "two persons" in wallet("proposal", "list", "saryarqa").out
