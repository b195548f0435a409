"""`wallet bundle`: taken along at one terminal, brought in at another."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno

from tests.cli.conftest import Enrolled, Program
from tests.offices import CHEAP, PASSPHRASE
from wallet import bootstrap, learner_bundle
from wallet.settings import Settings


@pytest.fixture
def taken(wallet: Program, enrolled: Enrolled, monkeypatch: pytest.MonkeyPatch) -> str:
    """Her bundle is `b.wallet`, the passphrase is in `p`; the registry's DID."""
    monkeypatch.setattr(learner_bundle, "ROUNDS", 1000)
    issued = wallet.json("credential", "issue", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner)
    Path("p").write_text("four words of hers alone\n")
    told = wallet("bundle", "take", enrolled.learner, "--passphrase-file", "p", "-o", "b.wallet")
    assert "Sealed: b.wallet." in told.out
    registry: str = wallet.json("credential", "bundle", issued["credential"], "-o", "v.json")["registry"]
    return registry


OPEN = ("b.wallet", "--passphrase-file", "p")


def test_it_is_shown_with_no_wallet_at_all(wallet: Program, taken: str, tmp_path: Path):
    nowhere = ("--home", str(tmp_path / "nothing"))

    told = wallet("bundle", "show", *OPEN, "--trust", taken, *nowhere)
    assert "passed: credentials. Each of the 1 credentials holds." in told.out
    assert "passed: log." in told.out
    assert wallet.json("bundle", "show", *OPEN, *nowhere, code=3)["outcome"] == "could-not-check"
    wallet("bundle", "show", *OPEN, "--trust", taken, "--extract", "inside.zip", *nowhere)
    assert Path("inside.zip").read_bytes().startswith(b"PK")


def test_it_is_brought_into_another_wallet(wallet: Program, enrolled: Enrolled, taken: str, tmp_path: Path):
    other = tmp_path / "other"
    bootstrap.create(
        Settings(other),
        PASSPHRASE,
        name="Another",
        base_url="https://other.example",
        at=datetime.now(UTC),
        params=CHEAP,
    )
    home = ("--home", str(other))

    moved = wallet.json("bundle", "bring", *OPEN, "--trust", taken, *home)
    assert (moved["learner"], moved["brought"]) == (enrolled.learner, 1)
    assert "Algorithms" in wallet("learner", "show", enrolled.learner, *home).out
    assert wallet("audit", *home).code == 0
    assert "is a wallet of learner" in wallet("bundle", "bring", *OPEN, *home, code=1).err
    again = wallet.json("bundle", "bring", *OPEN, "-l", enrolled.learner, "--trust", taken, *home)
    assert again["brought"] == 0


def test_rubbish_gets_a_sentence(wallet: Program, enrolled: Enrolled, taken: str):
    Path("short").write_text("short")
    Path("wrong").write_text("another passphrase of hers")
    Path("rubbish").write_bytes(b"\xff\xfe rubbish")

    take = ("bundle", "take", enrolled.learner, "-o", "x")
    assert "at least 12 characters" in wallet(*take, "--passphrase-file", "short", code=1).err
    assert "cannot be read" in wallet(*take, "--passphrase-file", "nothing", code=2).err
    assert not Path("x").exists()
    show = ("bundle", "show")
    assert "passphrase is not the one" in wallet(*show, "b.wallet", "--passphrase-file", "wrong", code=1).err
    assert "no learner's bundle" in wallet(*show, "rubbish", "--passphrase-file", "p", code=1).err
    assert "cannot be read" in wallet(*show, "nothing", "--passphrase-file", "p", code=2).err
    assert "no wallet" in wallet("bundle", "take", "7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b", "-o", "x",
                                 "--passphrase-file", "p", code=1).err  # fmt: skip


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_badge_is_baked_and_verified(wallet: Program, taken: str, kind: str):
    shown = wallet.json("bundle", "show", *OPEN, "--trust", taken)
    credential = shown["verdicts"][0]["subject"]["credential"]
    segno.make("https://records.example").save(f"plain.{kind}")

    wallet("credential", "bake", credential, "--picture", f"plain.{kind}", "-o", f"badge.{kind}")

    assert wallet("verify", f"badge.{kind}", "--offline").code == 0
    assert "carries no credential" in wallet("verify", f"plain.{kind}", "--offline", code=1).err
    Path("rubbish").write_bytes(b"GIF89a")
    told = wallet("credential", "bake", credential, "--picture", "rubbish", "-o", "x.png", code=1)
    assert "a PNG or an SVG" in told.err
    assert not Path("x.png").exists()
