"""`wallet trust`: keeping lists from the terminal, without a passphrase and without a wallet."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.main import get_command

from cli import trust
from keys.jwk import public_jwk, secret_jwk
from tests.trust.world import ANCHOR, SCHOOL, a_chain, a_registry, anchor, of_the_school, stranger
from wallet.fetching import Fetched, Fetcher
from wallet.settings import HOME, PASSPHRASE, Settings
from wallet.trust_lists.trust_list import TrustListRefused

NOW = datetime.now(UTC)
LATELY = {"issued_at": NOW - timedelta(hours=1), "expires_at": NOW + timedelta(days=1)}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME, str(tmp_path / "home"))
    monkeypatch.delenv(PASSPHRASE, raising=False)
    return Settings(tmp_path / "home")


@pytest.fixture
def run(home, capsys):
    """A command of `wallet trust`; its answer, as a document if --json is asked for."""

    def run(*arguments):
        capsys.readouterr()
        get_command(trust.app).main(args=list(arguments), prog_name="wallet trust", standalone_mode=False)
        out = capsys.readouterr().out
        return json.loads(out) if "--json" in arguments else out

    return run


def saved(name, data):
    Path(name).write_bytes(data)
    return name


def test_a_registry_is_added_shown_and_removed(run):
    file = saved("registry.json", a_registry(updated=NOW - timedelta(days=1), **{"not a DID": {"name": "x"}}))

    added = run("add", file, "--kind", "dcc", "--name", "Community")
    assert added.startswith("Trusted from now on: the trust list Community of ")
    assert "1 entries that cannot be read" in added

    [shown] = run("list", "--json")
    assert (shown["name"], shown["issuers"], shown["signer"], shown["source"]) == ("Community", 1, None, file)
    assert "Community" in run("list")

    run("remove", "Community")
    assert run("list") == "No trust list is kept.\n"


ANCHORS = {
    "a multikey": lambda: anchor.public.multikey,
    "a did:key": lambda: anchor.public.did,
    "a JSON Web Key": lambda: json.dumps(public_jwk(anchor.public)),
    "a file with a JSON Web Key": lambda: saved("anchor.jwk", json.dumps(public_jwk(anchor.public)).encode()),
    "a file with a multikey": lambda: saved("anchor.txt", anchor.public.multikey.encode() + b"\n"),
}


@pytest.mark.parametrize("written", ANCHORS.values(), ids=ANCHORS)
def test_a_chain_is_added_by_the_key_of_its_anchor(run, written):
    file = saved("chain.json", a_chain(of_the_school(**LATELY)))

    added = run("add", file, "--kind", "federation", "--anchor", written(), "--json")

    assert (added["name"], added["identifier"], added["signer"]) == (SCHOOL, ANCHOR, ANCHOR)


NO_ANCHORS = {
    "a word": "anchor",
    "a key cut short": anchor.public.multikey[:-4],
    "a private key": json.dumps(secret_jwk(anchor)),
    "no object": "[]",
    "a DID that is no key": "did:web:anchor.example",
}


@pytest.mark.parametrize("written", NO_ANCHORS.values(), ids=NO_ANCHORS)
def test_what_is_no_anchor_is_told_as_a_mistake_in_the_command(run, written):
    with pytest.raises(trust.BadParameter):
        trust.anchor(written)


def test_another_anchor_is_refused(run):
    file = saved("chain.json", a_chain(of_the_school(**LATELY)))

    with pytest.raises(TrustListRefused):
        run("add", file, "--kind", "federation", "--anchor", stranger.public.multikey)


def test_a_list_is_got_from_its_address_through_the_guarded_client(run, monkeypatch):
    asked = []

    def get(_self, url):
        asked.append(url)
        return Fetched(body=a_registry(updated=NOW - timedelta(days=1)), at=NOW)

    monkeypatch.setattr(Fetcher, "get", get)

    added = run(
        "add", "https://registry.example/registry.json", "--kind", "dcc", "--name", "Community", "--json"
    )

    assert asked == ["https://registry.example/registry.json"]
    assert added["source"] == "https://registry.example/registry.json"


def test_a_reader_without_a_home_names_the_lists_once(home):
    registry = Path(saved("Community.json", a_registry(updated=NOW - timedelta(days=1))))
    chain = Path(saved("chain.json", a_chain(of_the_school(**LATELY))))

    evidence = trust.lists_of(home, [registry, chain], anchor.public, NOW)

    known = evidence.issuer(SCHOOL)
    assert (known.name, known.source.identifier) == ("My School", "Community")
    assert not home.home.exists()


def test_a_chain_named_once_without_an_anchor_is_refused(home):
    chain = Path(saved("chain.json", a_chain(of_the_school(**LATELY))))

    with pytest.raises(TrustListRefused, match="anchor"):
        trust.lists_of(home, [chain], None, NOW)
