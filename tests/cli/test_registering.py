"""Institutions, units and qualifications: by options, from files, and from files that are no good."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program
from wallet.demonstration.story import DATA

UNIT = ("--institution", "saryarqa", "--code", "CSE2201", "--name", "en=Networks", "--setting", "formal")


def test_an_institution_may_be_registered_and_accredited_by_options(wallet: Program):
    wallet(
        "institution",
        "add",
        "aitu",
        "--name",
        "en=Astana IT University",
        "--name",
        "kk=Астана АТ университеті",
    )
    wallet(
        "institution", "accredit", "aitu", "--by", "IAAR", "--reference", "IA-1", "--setting", "formal",
        "--level", "6", "--field", "06", "--valid-from", "2024-01-01",
    )  # fmt: skip

    shown = wallet.json("institution", "show", "aitu")

    assert shown["did"] == "did:web:records.example:i:aitu"
    assert shown["accreditations"][0]["scope"] == {
        "settings": ["formal"],
        "levels": [{"framework": "EQF", "value": 6}],
        "fields": ["06"],
    }
    assert "Астана АТ университеті" in wallet("institution", "show", "aitu", "--lang", "kk").out


def test_an_accreditation_ends_with_its_withdrawal(wallet: Program):
    wallet(
        "institution", "withdraw-accreditation", "saryarqa", "--reference", "IA-2023/117",
        "--reason", "Closed.", "--on", "2026-03-01",
    )  # fmt: skip

    [ended] = wallet.json("institution", "show", "saryarqa")["accreditations"]
    assert (ended["withdrawn_on"], ended["why_withdrawn"]) == ("2026-03-01", "Closed.")
    assert "withdrawn" in wallet("institution", "show", "saryarqa").out


def test_a_unit_may_be_described_by_options(wallet: Program):
    wallet(
        "unit", "add", "networks", *UNIT, "--points", "KZ=5", "--points", "ECTS=4.5", "--level", "6",
        "--field", "0612", "--hours", "150", "--outcome", "lo1:en=Build a network",
        "--outcome", "lo1:kk=Желі құру", "--outcome", "lo2:en=Explain routing",
    )  # fmt: skip

    shown = wallet.json("unit", "show", "networks")

    # In the order of the schemes, whatever the order of the options was.
    assert [(each["scheme"], each["points"]) for each in shown["points"]] == [("ECTS", "4.5"), ("KZ", "5")]
    assert [outcome["text"] for outcome in shown["outcomes"]] == [
        {"en": "Build a network", "kk": "Желі құру"},
        {"en": "Explain routing"},
    ]
    assert "Желі құру" in wallet("unit", "show", "networks", "--lang", "kk").out


def test_a_unit_is_revised_from_a_file(wallet: Program, tmp_path: Path):
    described = json.loads((DATA / "units.json").read_text())[3] | {"code": "CSE1299"}
    file = tmp_path / "unit.json"
    file.write_text(json.dumps(described))

    wallet("unit", "revise", str(file))

    assert wallet.json("unit", "show", "algorithms")["code"] == "CSE1299"
    assert wallet.json("unit", "show", "algorithms")["revision"] == 2


def test_units_are_listed_by_institution_and_in_the_language_asked_for(wallet: Program):
    assert len(wallet.json("unit", "list")) == 8
    assert len(wallet.json("unit", "list", "-i", "almaty-college")) == 3
    assert "Деректер қоры" in wallet("unit", "list", "--lang", "kk").out


def test_a_qualification_may_be_described_by_options(wallet: Program):
    wallet(
        "qualification", "add", "informatics", "-i", "saryarqa", "--name", "en=Informatics", "--kind", "programme",
        "--level", "6", "--points", "KZ=11", "--require", "algorithms", "--require", "databases",
    )  # fmt: skip

    tree = wallet("qualification", "show", "informatics").out

    assert "the unit Algorithms and data structures" in tree
    assert "the unit Databases" in tree
    assert len(wallet.json("qualification", "list")) == 3


def test_a_qualification_of_a_unit_nobody_described_is_refused(wallet: Program):
    refused = wallet(
        "qualification", "add", "magic", "-i", "saryarqa", "--name", "en=Magic", "--kind", "programme",
        "--level", "6", "--points", "KZ=5", "--require", "spells", code=1,
    )  # fmt: skip

    assert "spells" in refused.err


INCOMPLETE = {
    "an institution without a name": ("institution", "add", "aitu"),
    "an institution without an id": ("institution", "add", "--name", "en=AITU"),
    "an institution by file and by options": ("institution", "add", "aitu", "--from", "x.json"),
    "a unit without outcomes": ("unit", "add", "networks", *UNIT),
    "a unit without an id": ("unit", "add", *UNIT, "--outcome", "lo1:en=Build"),
    "a unit by file and by options": ("unit", "add", "networks", "--from", "x.json"),
    "a qualification without a kind": ("qualification", "add", "magic", "-i", "saryarqa"),
    "a qualification by file and by options": ("qualification", "add", "magic", "--from", "x.json"),
    "a name in no language": ("institution", "add", "aitu", "--name", "Astana"),
    "two names in one language": ("institution", "add", "aitu", "--name", "en=A", "--name", "en=B"),
    "an outcome without a language": ("unit", "add", "networks", *UNIT, "--outcome", "lo1=Build"),
    "points without a scheme": ("unit", "add", "networks", *UNIT, "--points", "5"),
    "points of an unknown scheme": ("unit", "add", "networks", *UNIT, "--points", "GOLD=5"),
    "points below zero": ("unit", "add", "networks", *UNIT, "--points", "KZ=-5"),
    "a level above eight": ("unit", "add", "networks", *UNIT, "--level", "9"),
}


@pytest.mark.parametrize("arguments", INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_was_not_said_in_full_is_a_usage_error_with_a_hint(wallet: Program, arguments: tuple[str, ...]):
    refused = wallet(*arguments, code=2)

    assert refused.out == ""
    assert "Give " in refused.err or "--help" in refused.err or "Either" in refused.err


def _units(change: Callable[[list[dict[str, Any]]], object]) -> str:
    units = json.loads((DATA / "units.json").read_text())
    change(units)
    return json.dumps(units)


BAD_FILES = {
    "not JSON": ("{", "not JSON"),
    "empty": ("", "not JSON"),
    "nothing described": ("[]", "describes nothing"),
    "a number": ("[7]", "Expected `object`"),
    "a member twice": ('[{"unit": "a", "unit": "b"}]', "unit"),
    "a member missing": (
        _units(lambda units: units[1].pop("code")),
        "entry 2: Object missing required field `code`",
    ),
    "a member unknown": (_units(lambda units: units[0].update(colour="red")), "colour"),
    "a level of nine": (_units(lambda units: units[0].update(level=9)), "entry 1: 9 is not a level"),
    "an unknown scheme": (
        _units(lambda units: units[2]["points"][1].update(scheme="GOLD")),
        "entry 3, points 2, scheme",
    ),
    "points below zero": (_units(lambda units: units[0]["points"][0].update(points=-1)), "entry 1, points 1"),
    "an outcome's id in capitals": (
        _units(lambda units: units[0]["outcomes"][1].update(id="LO2")),
        "entry 1, outcomes 2",
    ),
    "no outcomes": (_units(lambda units: units[0].update(outcomes=[])), "no learning outcomes"),
    "a code that is a number": (_units(lambda units: units[0].update(code=7)), "entry 1, code"),
    "a number no reader agrees on": (
        _units(lambda units: units[0].update(workload_hours=10**400)),
        "cannot be used",
    ),
}


@pytest.mark.parametrize(("text", "named"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_one_sentence_that_names_the_member(
    wallet: Program, tmp_path: Path, text: str, named: str
):
    file = tmp_path / "units.json"
    file.write_text(text)

    refused = wallet("unit", "add", "--from", str(file), code=1)

    assert "units.json" in refused.err
    assert named in refused.err
    assert refused.err.count("\n") == 1
    assert len(wallet.json("unit", "list")) == 8


def test_a_file_that_is_not_there_is_one_sentence(wallet: Program):
    assert "cannot be read" in wallet("unit", "add", "--from", "nowhere.json", code=1).err


def test_keys_are_rotated_and_reported_stolen(wallet: Program):
    [first] = wallet.json("keys", "list", "saryarqa")
    wallet("keys", "rotate", "saryarqa")
    old, new = wallet.json("keys", "list", "saryarqa")

    assert (old["standing"], new["standing"]) == ("retired", "in-force")
    assert old["method"] == first["method"]

    told = wallet(
        "keys", "compromise", "saryarqa", new["method"], "--since", new["published_at"], "--reason", "Stolen."
    )
    assert "keys rotate saryarqa" in told.out
    assert wallet.json("keys", "list", "saryarqa")[1]["standing"] == "compromised"
    wallet("keys", "rotate", "saryarqa")
    assert wallet.json("keys", "list", "saryarqa")[2]["standing"] == "in-force"


def test_an_api_key_is_shown_once_and_told_by_its_name(wallet: Program):
    made = wallet.json(
        "api-key", "new", "--role", "institution", "--holder", "saryarqa", "--label", "campus system"
    )
    [listed] = wallet.json("api-key", "list")

    assert made["key"].startswith("lcw_")
    assert made["key"] not in str(listed)
    assert made["key"] not in wallet("api-key", "list").out

    wallet("api-key", "revoke", listed["name"])
    assert wallet.json("api-key", "list")[0]["revoked_at"] is not None
    assert "There is no key" in wallet("api-key", "revoke", "000000000000", code=1).err
    assert "--holder" in wallet("api-key", "new", "--role", "learner", "--label", "phone", code=2).err


def test_an_api_key_is_kept_to_scopes_and_ends(wallet: Program):
    new = ("api-key", "new", "--role", "institution", "--holder", "saryarqa", "--label", "campus system")
    made = wallet.json(*new, "--scope", "records:read", "--scope", "wallets:write", "--until", "2099-01-01")

    assert made["scopes"] == ["records:read", "wallets:write"]
    assert made["ends_at"] == "2099-01-01T00:00:00Z"
    assert wallet.json(*new)["scopes"] is None
    assert "The scopes there are" in wallet(*new, "--scope", "all", code=1).err
    assert "to come" in wallet(*new, "--until", "2020-01-01", code=1).err
    assert "not a time" in wallet(*new, "--until", "soon", code=2).err


def test_a_file_can_ask_for_choices_and_for_points_from_a_group(wallet: Program, tmp_path: Path):
    file = tmp_path / "minor.json"
    file.write_text(
        json.dumps(
            {
                "institution": "saryarqa",
                "qualification": "minor",
                "names": {"en": "Minor in data"},
                "kind": "micro_credential",
                "level": 6,
                "national_level": {"framework": "NQF-KZ", "value": 6},
                "points": {"scheme": "KZ", "points": 10.5},
                "requirement": {
                    "kind": "n-of",
                    "n": 1,
                    "requirements": [
                        {"kind": "unit", "unit": "databases", "label": {"en": "The usual way"}},
                        {
                            "kind": "points",
                            "scheme": "KZ",
                            "points": 10,
                            "units": ["algorithms", "ict"],
                            "min_level": 6,
                            "settings": ["formal"],
                        },
                    ],
                },
            }
        )
    )

    wallet("qualification", "add", "--from", str(file))

    shown = wallet.json("qualification", "show", "minor")
    assert shown["points"]["points"] == "10.5"
    assert [part["requires"] for part in shown["requirement"]["requirements"]] == ["unit", "points"]
    tree = wallet("qualification", "show", "minor").out
    assert "1 of 2: Minor in data" in tree
    assert "the unit The usual way  [databases]" in tree
    assert "at least 10 KZ" in tree
