"""`wallet demo`: the tour, the home it makes, and what it leaves alone."""

import json
import stat
from pathlib import Path

import pytest

from cli.demo import MARKER
from tests.cli.conftest import Program

ELEVEN = 11


def test_the_tour_tells_every_chapter_in_80_columns_without_colour(bare: Program):
    told = bare("demo", "--no-serve").out
    story, _, commands = told.partition("Now you")

    assert all(f"\n{number}. " in story for number in range(1, ELEVEN + 1))
    assert max(len(line.rstrip()) for line in story.splitlines()) <= 80
    assert "\x1b" not in told
    for answer in ("✓ passed", "✗ failed", "? could not check", "✗ refused", "no: withdrawn"):
        assert answer in story
    assert "All " in story
    assert "streams hold." in story
    assert "verify .demo/out/credential.json" in commands


def test_the_commands_it_ends_with_do_what_they_say(bare: Program, monkeypatch: pytest.MonkeyPatch):
    told = bare.json("demo", "--no-serve")
    files = told["files"]
    offline = ("--offline", "--bundle", files["bundle"], "--trust", told["registry"])
    monkeypatch.setenv("WALLET_HOME", "/dev/null")
    monkeypatch.delenv("WALLET_PASSPHRASE")

    bare("verify", files["credential"], *offline)
    bare("verify", files["altered"], *offline, code=1)
    bare("verify", files["credential"], "--offline", code=3)
    monkeypatch.setenv("WALLET_HOME", ".demo")
    monkeypatch.setenv("WALLET_PASSPHRASE_FILE", ".demo/passphrase")
    bare("verify", files["record"], "--offline")
    bare("verify", files["revoked"], "--offline", code=1)
    assert "credited" in bare("learner", "show", told["learner"], "--lang", "kk").out
    assert bare.json("audit")["holds"] is True


def test_a_second_time_it_is_made_anew(bare: Program):
    first = bare.json("demo", "--no-serve")
    second = bare.json("demo", "--no-serve")

    assert first["learner"] != second["learner"]
    assert [chapter["title"] for chapter in first["chapters"]] == [
        chapter["title"] for chapter in second["chapters"]
    ]


def test_the_passphrase_is_for_its_owner_alone(bare: Program):
    bare("demo", "--no-serve", "--home", "there")

    assert stat.S_IMODE(Path("there/passphrase").stat().st_mode) == 0o600
    assert stat.S_IMODE(Path("there").stat().st_mode) == 0o700


def test_what_is_no_demonstration_is_never_deleted(bare: Program, tmp_path: Path):
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "thesis.txt").write_text("ten years")
    link = tmp_path / "link"
    link.symlink_to(precious)

    assert "left alone" in bare("demo", "--no-serve", "--home", str(precious), code=1).err
    assert "--home" in bare("demo", "--no-serve", "--home", str(link), code=1).err
    assert "--home" in bare("demo", "--no-serve", "--home", str(precious / "thesis.txt"), code=1).err
    assert (precious / "thesis.txt").read_text() == "ten years"


def test_an_empty_folder_will_do(bare: Program, tmp_path: Path):
    (tmp_path / "empty").mkdir()

    bare("demo", "--no-serve", "--home", "empty")

    assert (tmp_path / "empty" / MARKER).is_file()


def test_a_port_in_use_is_told_before_anything_is_made(bare: Program, unused_port_held: int):
    refused = bare("demo", "--port", str(unused_port_held), code=1)

    assert "--port" in refused.err
    assert refused.out == ""
    assert not Path(".demo").exists()


def test_it_serves_where_it_said(bare: Program, monkeypatch: pytest.MonkeyPatch):
    served: list[tuple[Path, int]] = []
    monkeypatch.setattr(
        "cli.demo.become_server", lambda settings, _secret, _host, port: served.append((settings.home, port))
    )

    told = bare("demo", "--port", "18432").out

    assert served == [(Path(".demo"), 18432)]
    assert "Serving at http://localhost:18432" in told
    credential = json.loads(Path(".demo/out/credential.json").read_text())
    assert credential["issuer"]["id"] == "did:web:localhost%3A18432:i:saryarqa"
