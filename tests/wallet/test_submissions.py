"""What applicants hand in is read one by one, and what is made to do harm does none."""

import json
import os
import zipfile
from pathlib import Path

import pytest

from wallet import submissions
from wallet.errors import WalletError
from wallet.submissions import MOST_BYTES, Pile, PileRefused, Submission


def read(path: Path) -> list[tuple[str, str | None, bytes | None]]:
    return [(each.source, each.applicant, each.data) for each in Pile(path)]


def a_zip(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


HANDED_IN = {
    "ann/badge.json": b"{1}",
    "ann/more/badge.json": b"{2}",
    "bob/badge.json": b"{3}",
    "top.json": b"{4}",
}
LEFT_BEHIND = {"ann/.DS_Store": b"x", "__MACOSX/ann/._badge.json": b"x", "Thumbs.db": b"x"}
AS_READ = [
    ("ann/badge.json", "ann", b"{1}"),
    ("ann/more/badge.json", "ann", b"{2}"),
    ("bob/badge.json", "bob", b"{3}"),
    ("top.json", None, b"{4}"),
]


def test_in_a_folder_a_folder_is_an_applicant(tmp_path: Path):
    for name, content in {**HANDED_IN, **LEFT_BEHIND}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)

    assert read(tmp_path) == AS_READ
    assert Pile(tmp_path).count() == 4


def test_a_zip_file_is_read_as_a_folder_is(tmp_path: Path):
    path = a_zip(tmp_path / "intake.zip", {**HANDED_IN, **LEFT_BEHIND, "empty/": b""})

    assert read(path) == AS_READ
    assert Pile(path).count() == 4
    assert [entry.name for entry in tmp_path.iterdir()] == ["intake.zip"]  # nothing is unpacked


def test_one_credential_is_a_pile_of_one(tmp_path: Path):
    (tmp_path / "badge.json").write_bytes(b"{}")

    assert list(Pile(tmp_path / "badge.json")) == [Submission(1, "badge.json", None, b"{}")]


def test_nothing_is_followed_out_of_a_folder(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"{}")
    pile = tmp_path / "pile"
    pile.mkdir()
    (pile / "a-link.json").symlink_to(secret)
    (pile / "another").symlink_to(tmp_path)
    os.mkfifo(pile / "pipe")

    handed_in = list(Pile(pile))

    assert [each.source for each in handed_in] == ["a-link.json", "another", "pipe"]
    assert [each.data for each in handed_in] == [None, None, None]
    assert all((each.problem or "").endswith(".") for each in handed_in)


OUT_OF_THE_ZIP = {
    "up": "../secret.json",
    "up from inside": "ann/../../secret.json",
    "from the root": "/etc/passwd",
    "as Windows writes it": "..\\secret.json",
}


@pytest.mark.parametrize("name", OUT_OF_THE_ZIP.values(), ids=OUT_OF_THE_ZIP.keys())
def test_a_name_that_leads_out_of_the_zip_file_is_not_read(name: str, tmp_path: Path):
    [bad, good] = Pile(a_zip(tmp_path / "a.zip", {name: b"{}", "good.json": b"{}"}))

    assert (bad.data, good.data) == (None, b"{}")
    assert "leads out" in (bad.problem or "")


def test_a_bomb_is_not_unpacked(tmp_path: Path):
    [bomb, good] = Pile(a_zip(tmp_path / "a.zip", {"bomb.json": bytes(MOST_BYTES * 20), "good.json": b"{}"}))

    assert (bomb.data, good.data) == (None, b"{}")
    assert (bomb.problem or "").endswith(".")


def test_a_bomb_that_lies_about_its_size_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = a_zip(tmp_path / "a.zip", {"bomb.json": bytes(MOST_BYTES * 20)})
    honest = zipfile.ZipFile.infolist

    def lying(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
        entries = honest(archive)
        for entry in entries:
            entry.file_size = 10
        return entries

    monkeypatch.setattr(zipfile.ZipFile, "infolist", lying)

    [bomb] = Pile(path)
    assert bomb.data is None or len(bomb.data) <= MOST_BYTES


def test_what_cannot_be_unpacked_is_told_and_the_others_are_read(tmp_path: Path):
    path = a_zip(tmp_path / "a.zip", {"bad.json": b"0123456789", "good.json": b"{}"}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes().replace(b"0123456789", b"012345678X"))

    [bad, good] = Pile(path)

    assert (bad.data, good.data) == (None, b"{}")
    assert bad.problem == "It cannot be unpacked."


def test_a_zip_file_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(submissions, "MOST_IN_A_ZIP", 2)

    with pytest.raises(PileRefused, match="more than 2 files"):
        read(a_zip(tmp_path / "a.zip", HANDED_IN))


def test_a_list_names_files_beside_it_and_addresses(tmp_path: Path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.json").write_bytes(b"{a}")
    (tmp_path / "list.csv").write_text(
        "applicant,path,link\nann,files/a.json,\nbob,,https://b.example/b.json\neve,,https://e.example/\n"
    )

    def fetch(link: str) -> bytes:
        if link == "https://b.example/b.json":
            return b"{b}"
        raise WalletError("e.example could not be asked.")

    ann, bob, eve = Pile(tmp_path / "list.csv", fetch=fetch)

    assert (ann.applicant, ann.data) == ("ann", b"{a}")
    assert (bob.applicant, bob.data) == ("bob", b"{b}")
    assert (eve.applicant, eve.data, eve.problem) == ("eve", None, "e.example could not be asked.")


NOT_READ: dict[str, str] = {
    "a path out of the folder": "../secret.json,",
    "a path from the root": "/etc/passwd,",
    "a link out of the folder": "link.json,",
    "no such file": "missing.json,",
    "a folder": "folder,",
    "a path and an address": "a.json,https://a.example/",
    "neither": ",",
    "an address where nobody is asked": ",https://a.example/",
}


@pytest.mark.parametrize("row", NOT_READ.values(), ids=NOT_READ.keys())
def test_what_a_list_may_not_name_is_not_read(row: str, tmp_path: Path):
    (tmp_path / "secret.json").write_bytes(b"{}")
    folder = tmp_path / "pile"
    (folder / "folder").mkdir(parents=True)
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    (folder / "list.csv").write_text(f"applicant,path,link\nann,{row}\n")

    [submission] = Pile(folder / "list.csv")

    assert (submission.applicant, submission.data) == ("ann", None)
    assert (submission.problem or "").endswith(".")


def test_json_lines_are_credentials_messages_or_either_with_its_applicant(tmp_path: Path):
    lines = [
        '{"id": "urn:1"}',
        '"eyJ.message"',
        '{"applicant": "ann", "credential": {"id": "urn:2"}}',
        '{"credential": "eyJ.message"}',
        "no JSON at all",
    ]
    (tmp_path / "a.jsonl").write_text("\n\n".join(lines))

    assert read(tmp_path / "a.jsonl") == [
        ("line 1", None, b'{"id": "urn:1"}'),
        ("line 2", None, b"eyJ.message"),
        ("line 3", "ann", b'{"id": "urn:2"}'),
        ("line 4", None, b"eyJ.message"),
        ("line 5", None, b"no JSON at all"),
    ]
    assert Pile(tmp_path / "a.jsonl").count() == 5


def test_two_credentials_in_one_line_are_none(tmp_path: Path):
    (tmp_path / "a.jsonl").write_text('{"credential": {"id": "urn:1"}, "credential": {"id": "urn:2"}}\n')

    [submission] = Pile(tmp_path / "a.jsonl")

    assert submission.data is None
    assert "given twice" in (submission.problem or "")


def test_a_line_without_end_is_passed_over(tmp_path: Path):
    long = json.dumps({"credential": "a" * (3 * MOST_BYTES)})
    (tmp_path / "a.jsonl").write_text(f"{long}\n{{}}\n")

    endless, after = Pile(tmp_path / "a.jsonl")

    assert (endless.data, after.data) == (None, b"{}")
    assert "longer" in (endless.problem or "")


REFUSED: dict[str, tuple[str, bytes | None]] = {
    "nothing there": ("missing", None),
    "a ZIP file that is none": ("a.zip", b"PK\3\4 and no more"),
    "a list with a column nobody knows": ("a.csv", b"shoe size\n40\n"),
}


@pytest.mark.parametrize(("name", "content"), REFUSED.values(), ids=REFUSED.keys())
def test_what_holds_no_submissions_is_refused_in_a_sentence(name: str, content: bytes | None, tmp_path: Path):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    with pytest.raises(PileRefused, match=r"\.$"):
        Pile(tmp_path / name).count()
