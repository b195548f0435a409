"""`wallet agree` and `wallet quality`: a semester at the college, from the proposal to its recognition."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.cli.conftest import Program

HOME, HOST = "saryarqa", "almaty-college"
UNIT = "eqf-and-eqarf"


@dataclass(frozen=True)
class Stay:
    wallet: Program
    learner: str

    def __call__(self, act: str, *more: str, code: int = 0) -> Any:
        return self.wallet("agree", act, "semester", *more, code=code)

    def proposed(self, *more: str, code: int = 0) -> Any:
        return self.wallet(
            "agree", "propose", "-l", self.learner, "--sending", HOME, "--receiving", HOST, "--id", "semester",
            "--from", "2026-02-01", "--until", "2026-05-20", "--on", "2026-01-10", *more, code=code,
        )  # fmt: skip

    def signed(self) -> None:
        for institution in (HOME, HOST):
            self("sign", "-i", institution, "--on", "2026-01-15")


@pytest.fixture
def stay(wallet: Program) -> Stay:
    wallet(
        "institution", "accredit", HOME, "--by", "Agency", "--reference", "IA-5", "--setting", "formal",
        "--valid-from", "2025-01-01", "--level", "5",
    )  # fmt: skip
    return Stay(wallet, wallet.json("learner", "add")["learner"])


def test_a_semester_from_the_proposal_to_recognition(stay: Stay):
    stay.proposed("--component", f"{UNIT}::ECTS=1")
    stay.signed()
    recorded = stay(
        "transcript", "-i", HOST, "--passed", f"{UNIT}=A", "--scale", "KZ letters", "--on", "2026-05-20"
    )
    early = stay("recognise", UNIT, "-i", HOME, "--on", "2026-05-29", code=1)
    stay("validate", UNIT, "-i", HOME, "--on", "2026-05-29")
    stay("recognise", UNIT, "-i", HOME, "--on", "2026-05-29")
    stay(
        "phase", "-l", stay.learner, "--phase", "planning", "--findings", "It went well", "--on", "2026-06-01"
    )
    shown = stay("show").out
    [listed] = stay.wallet.json("agree", "list", "-i", HOME)

    assert "1 awarded with it" in recorded.out
    assert "has not validated" in early.err
    assert "completed" in shown
    assert "recognised 2026-05-29" in shown
    assert "It went well" in shown
    assert listed["id"] == "semester"
    lines = stay.wallet.json("learner", "show", stay.learner)["credits"]
    assert [line["institution"] for line in lines] == [HOST, HOME]
    quality = stay.wallet("quality", "show", "-i", HOME).out
    assert "1 of 1, 100.0 %" in quality


def test_a_memorandum_is_the_ground_of_recognition_at_once(stay: Stay):
    stay.wallet(
        "memorandum", "propose", "exchange", "-i", HOME, "--partner", HOST, "--name", "en=Exchange",
        "--on", "2025-12-01", "--from", "2026-01-01",
    )  # fmt: skip
    stay.wallet("memorandum", "sign", "exchange", "-i", HOST, "--on", "2025-12-02")
    stay.proposed("--component", f"{UNIT}::ECTS=1", "--memorandum", "exchange")
    stay.signed()
    stay("transcript", "-i", HOST, "--passed", UNIT, "--on", "2026-05-20")

    recognised = stay("recognise", UNIT, "-i", HOME, "--on", "2026-05-29")
    stay.wallet("quality", "phase", "exchange", "-i", HOME, "--phase", "planning", "--findings", "Two places")
    quality = stay.wallet("quality", "show", "--memorandum", "exchange").out

    assert "exchange" in recognised.out
    assert "Two places" in quality
    assert "1 of 1" in quality


def test_a_change_is_proposed_shown_signed_and_declined(stay: Stay):
    stay.proposed("--component", f"{UNIT}::ECTS=1")
    stay.signed()
    narrower = ("--drop", UNIT, "--component", f"{UNIT}::ECVET=1:", "--reason", "another scheme")
    stay("change", *narrower, "-i", HOST, "--on", "2026-02-02")
    shown = stay("show").out
    declined = stay("decline", "-l", stay.learner, "--reason", "no", "--on", "2026-02-03")
    stay("change", *narrower, "-l", stay.learner, "--on", "2026-02-04")
    stay("sign", "-i", HOME, "--on", "2026-02-05")
    last = stay("sign", "-i", HOST, "--on", "2026-02-05")

    assert "Change 1 is open" in shown
    assert "Change 1 is declined by the learner" in declined.out
    assert "Change 2 is signed by the host institution; all three have signed" in last.out
    assert "1 ECVET" in stay("show").out


def test_what_was_failed_is_left_out_with_a_reason(stay: Stay):
    stay.proposed("--component", f"{UNIT}::ECTS=1")
    stay.signed()
    stay("transcript", "-i", HOST, "--failed", UNIT, "--on", "2026-05-20")

    stay("leave-out", UNIT, "-i", HOME, "--reason", "not passed", "--on", "2026-05-29")

    assert "left out: not passed" in stay("show").out


def test_an_indicator_is_reported_with_its_source_and_shown_apart(wallet: Program):
    told = ("quality", "report", "placement", "-i", HOME, "--percent", "81.5", "--from", "2025-01-01")
    wallet(*told, "--until", "2025-12-31", "--source", "Survey of leavers", "--on", "2026-03-01")

    assert "Survey of leavers" in wallet("quality", "show", "-i", HOME).out
    assert "none yet" in wallet("quality", "show", "-i", HOST).out


REPORT = ("-i", HOME, "--from", "2025-01-01", "--until", "2025-12-31", "--source", "x")
RUBBISH = {
    "nobody's act": (2, ("agree", "sign", "semester"), "Say whose act"),
    "two parties at once": (2, ("agree", "sign", "semester", "-l", "x", "-i", "y"), "Say whose act"),
    "what is not there": (1, ("agree", "show", "semester"), "no agreement"),
    "an id that is none": (1, ("agree", "show", "../etc"), "not an agreement's id"),
    "quality of nothing": (2, ("quality", "show"), "Say of what"),
    "an indicator that is computed": (
        2,
        ("quality", "report", "completion", *REPORT, "--percent", "1"),
        "is not one of",
    ),
    "more than all": (
        1,
        ("quality", "report", "placement", *REPORT, "--percent", "101"),
        "above 100",
    ),
}


@pytest.mark.parametrize(("code", "arguments", "said"), RUBBISH.values(), ids=RUBBISH)
def test_rubbish_gets_one_sentence(code: int, arguments: tuple[str, ...], said: str, wallet: Program):
    refused = wallet(*arguments, code=code)

    assert said in refused.err
    assert len(refused.err.strip().splitlines()) == 1


BAD_COMPONENTS = {
    "none": (1, (), "agrees on nothing"),
    "a unit nobody describes": (1, ("--component", "nowhere"), "No unit is described"),
    "too many parts": (2, ("--component", "a:b:ECTS=1:lo1:more"), "not in the form"),
    "an empty unit": (2, ("--component", ":b"), "not in the form"),
    "points that are none": (2, ("--component", "a:b:ECTS"), "SCHEME=NUMBER"),
    "an unknown scheme": (2, ("--component", "a:b:UCTS=1"), "not a credit scheme"),
    "two schemes and none named": (1, ("--component", UNIT), "say how much of which"),
}


@pytest.mark.parametrize(("code", "more", "said"), BAD_COMPONENTS.values(), ids=BAD_COMPONENTS)
def test_components_that_mean_nothing_are_refused(code: int, more: tuple[str, ...], said: str, stay: Stay):
    assert said in stay.proposed(*more, code=code).err
