"""The URL of a database: what it leads to, and what is refused before anything is opened."""

from pathlib import Path

import pytest

from domain.errors import InvalidValue
from wallet.ledger.opening import OneProcessOnly, open_database, refuse_several_processes
from wallet.ledger.postgres import Address, PostgresDatabase
from wallet.settings import Settings

LEADS_TO = {
    "a server": ("postgresql://a:b%2Fc@db.example/wallet", [("db.example", 5432)], "b/c"),
    "a port": ("postgres://a@127.0.0.1:6000/wallet", [("127.0.0.1", 6000)], None),
    "an address of version 6": ("postgresql://a@[::1]:6000/wallet", [("::1", 6000)], None),
    "the folder of a socket": ("postgresql://a@/wallet?host=/run/pg", [("/run/pg", 5432)], None),
    "several servers": ("postgresql://a@db1,db2:6000/wallet", [("db1", 5432), ("db2", 6000)], None),
}
NO_URL = {
    "another program's": "mysql://a@db/wallet",
    "no database": "postgresql://a@db",
    "no port": "postgresql://a@db:port/wallet",
    "a port too large": "postgresql://a@db:99999/wallet",
    "an option that is not known": "postgresql://a@db/wallet?sslmode=require&options=-c",
}


@pytest.mark.parametrize(("url", "hosts", "password"), LEADS_TO.values(), ids=LEADS_TO)
def test_a_url_leads_to_servers(
    url: str, hosts: list[tuple[str, int]], password: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("PGPASSWORD", raising=False)
    address = Address.of(url)

    assert (address.user, address.name, list(address.hosts)) == ("a", "wallet", hosts)
    assert address.password == password


def test_a_password_stays_out_of_the_url_and_out_of_every_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGPASSWORD", "told elsewhere")

    assert Address.of("postgresql://a@db/wallet").password == "told elsewhere"
    assert "secret" not in str(Address.of("postgresql://a:secret@db/wallet"))
    assert "secret" not in repr(Settings(Path("home"), "postgresql://a:secret@db/wallet"))


@pytest.mark.parametrize("url", NO_URL.values(), ids=NO_URL)
def test_what_is_no_url_is_refused(url: str):
    with pytest.raises(InvalidValue):
        Address.of(url)


def test_a_folder_says_where_its_ledger_lies_until_the_environment_says_otherwise(tmp_path: Path):
    settings = Settings(tmp_path, "")
    assert settings.ledger == tmp_path / "wallet.sqlite"

    settings.use("postgresql://a@db/wallet")
    assert settings.ledger == "postgresql://a@db/wallet"
    assert Settings(tmp_path, "postgresql://b@db/other").ledger == "postgresql://b@db/other"
    assert (tmp_path / "database-url").stat().st_mode & 0o077 == 0

    settings.use("")
    assert settings.ledger == tmp_path / "wallet.sqlite"
    with pytest.raises(InvalidValue, match="WALLET_DATABASE_URL"):
        _ = Settings(tmp_path, "rubbish").ledger


def test_only_a_server_is_shared_by_several_processes(tmp_path: Path):
    assert isinstance(open_database("postgresql://a@db/wallet"), PostgresDatabase)
    assert not isinstance(open_database(tmp_path / "wallet.sqlite"), PostgresDatabase)

    refuse_several_processes("postgresql://a@db/wallet")
    with pytest.raises(OneProcessOnly, match="copy-ledger"):
        refuse_several_processes(tmp_path / "wallet.sqlite")
