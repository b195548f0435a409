"""Outcomes side by side in the terminal."""

import json
from pathlib import Path

from tests.cli.conftest import Program


def a_file(path: Path, *outcomes: dict[str, object]) -> str:
    path.write_text(json.dumps(outcomes, ensure_ascii=False), encoding="utf-8")
    return str(path)


def test_a_course_is_compared_with_a_unit_in_the_language_both_have(wallet: Program, tmp_path: Path):
    course = a_file(
        tmp_path / "course.json", {"id": "a", "text": {"en": "Choose a suitable data structure for a task"}}
    )

    shown = wallet("compare", course, "algorithms").out
    document = wallet.json("compare", course, "algorithms")

    assert "(en)" in shown
    assert "an expert decides" in shown
    assert document["suggestions"][0]["source"]["of"] == "course.json"


def test_two_files_are_compared_where_there_is_no_wallet(bare: Program, tmp_path: Path):
    esco = "http://data.europa.eu/esco/skill/00064735-8fad-454b-90c7-ed858cc993f2"
    one = a_file(tmp_path / "one.json", {"id": "a", "text": {"kk": "Деректер"}, "code": esco})
    other = a_file(tmp_path / "other.json", {"id": "b", "text": {"ru": "Данные"}, "code": esco})

    assert "same code" in bare("compare", one, other).out


def test_rubbish_is_one_plain_sentence(wallet: Program, tmp_path: Path):
    (tmp_path / "broken.json").write_text("[{]", encoding="utf-8")

    assert "Name a source and a target" in wallet("compare", "algorithms", code=2).err
    assert "broken.json" in wallet("compare", str(tmp_path / "broken.json"), "algorithms", code=1).err
    assert "missing.json" in wallet("compare", "missing.json", "algorithms", code=1).err
    assert "No unit is described" in wallet("compare", "unheard-of", "algorithms", code=1).err
    assert "--least" in wallet("compare", "algorithms", "algorithms", "--least", "2", code=2).err
