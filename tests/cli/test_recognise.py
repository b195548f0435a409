"""Recognition by the command line: two courses for one discipline, papers that have run out, a title, an appeal."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Program

PDF = b"%PDF-1.7\n"
MEMBERS = ("dean", "rector", "head")
EXPERTS = ("omarova", "lee", "petrov")
OTHERS = ("vice", "tutor", "registrar", "kim", "serik", "aidos")


@dataclass(frozen=True)
class Commissioned:
    """The program where a university recognises prior learning, and how a learner applies there."""

    wallet: Program
    learner: str
    folder: Path

    def application(self, *sources: dict[str, Any], **more: Any) -> str:
        """A file, with the documents it names beside it."""
        named = [document for source in sources for document in source["documents"]]
        for document in (*named, "identity.pdf"):
            (self.folder / document).write_bytes(PDF + document.encode())
        said = {
            "institution": "saryarqa", "unit": "algorithms", "period_from": "2026-09-01",
            "identity": "identity.pdf", "sources": sources, **more,
        }  # fmt: skip
        file = self.folder / "application.json"
        file.write_text(json.dumps(said))
        return str(file)

    def apply(self, *sources: dict[str, Any], on: str = "2026-08-03", code: int = 0, **more: Any) -> Any:
        arguments = ("recognise", "apply", self.application(*sources, **more), "-l", self.learner, "--on", on)
        return self.wallet.json(*arguments) if code == 0 else self.wallet(*arguments, code=code).err

    def judge(
        self, case: str, commission: str, experts: tuple[str, ...], votes: tuple[str, ...], day: str
    ) -> None:
        """From the expert group to the votes; the members are those of the commission."""
        self(
            "assign",
            case,
            "-i",
            "saryarqa",
            "--commission",
            commission,
            *_each("expert", experts),
            "--on",
            day,
        )
        for expert in experts:
            self(
                "conclude", case, "--by", expert, "--outcomes", "full", "--aims", "full", "--volume", "partial",
                "--assessment", "full", "--grade", "A-", "--scale", "KZ letter scale", "--on", day,
            )  # fmt: skip
        members = self.wallet.json("recognise", "commission", "show", commission)["composed"]["members"]
        self(
            "meet", case, "--by", members[0], *_each("present", members), "--grant", "KZ=5", "--grade", "A-",
            "--scale", "KZ letter scale", "--on", day,
        )  # fmt: skip
        for member, vote in zip(members, votes, strict=True):
            self("vote", case, vote, "--by", member, "--on", day)

    def __call__(self, *arguments: str, code: int = 0) -> Any:
        return self.wallet("recognise", *arguments, code=code)


def _each(option: str, values: tuple[str, ...]) -> list[str]:
    return [part for value in values for part in (f"--{option}", value)]


def a_mooc(source: str, title: str, hours: int, **more: Any) -> dict[str, Any]:
    return {
        "id": source, "kind": "mooc", "title": title, "provider": "Open courses of the world",
        "achieved_on": "2026-03-01", "hours": hours, "grade": {"value": "92", "scale": "percent"},
        "documents": [f"{source}.pdf"], **more,
    }  # fmt: skip


TWO_MOOCS = (a_mooc("s1", "Algorithms, part 1", 90), a_mooc("s2", "Algorithms, part 2", 60))


def _policy(folder: Path, institution: str) -> str:
    file = folder / "policy.json"
    said = {"institution": institution, "in_force_from": "2026-01-01", "reference": "Academic Council 7"}
    file.write_text(json.dumps(said))
    return str(file)


@pytest.fixture
def at_saryarqa(wallet: Program, tmp_path: Path) -> Commissioned:
    """A policy in force since January, two commissions with their chairs, and experts."""
    wallet("recognise", "policy", "publish", _policy(tmp_path, "saryarqa"))
    for person in (*MEMBERS, *EXPERTS, *OTHERS):
        side = "administration" if person in ("rector", "vice") else "teaching"
        wallet(
            "recognise", "staff", "add", person, "-i", "saryarqa", "--position", f"Position {person}",
            "--side", side,
        )  # fmt: skip
    for commission, members in (("first", MEMBERS), ("second", OTHERS[:3])):
        wallet(
            "recognise", "commission", "add", commission, "-i", "saryarqa", *_each("member", members),
            "--reference", "Order 12", "--on", "2026-08-01",
        )  # fmt: skip
        for member in members:
            wallet(
                "recognise", "commission", "ballot", commission, "--by", member, "--chair", members[0],
                "--deputy", members[1], "--on", "2026-08-01",
            )  # fmt: skip
        wallet("recognise", "commission", "elect", commission, "-i", "saryarqa", "--on", "2026-08-01")
    return Commissioned(wallet, wallet.json("learner", "add")["learner"], tmp_path)


def test_two_courses_that_together_match_one_discipline_become_its_credit(at_saryarqa: Commissioned):
    case = at_saryarqa.apply(*TWO_MOOCS)["case"]
    assert "until" in at_saryarqa("show", case).out

    at_saryarqa.judge(case, "first", EXPERTS, ("in_favour", "in_favour", "against"), "2026-08-06")
    decided = at_saryarqa(
        "decide", case, "--by", "dean", "--minute", "Heard: the experts.", "--on", "2026-08-06"
    )
    assert "Granted: 5 KZ" in decided.out
    signed = at_saryarqa.folder / "decision.json"
    assert "2 in favour, 1 against" in at_saryarqa("extract", case, "--signed", str(signed)).out
    assert at_saryarqa.wallet.json("verify", str(signed))["outcome"] == "passed"
    at_saryarqa("enter", case, "-i", "saryarqa", "--extract", "12/3", "--on", "2026-08-07")

    [line] = at_saryarqa.wallet.json("learner", "show", at_saryarqa.learner)["credits"]
    assert (line["points"], line["setting"]) == ({"scheme": "KZ", "points": "5"}, "non_formal")
    shown = at_saryarqa.wallet.json("credit", "show", line["credit"], "-l", at_saryarqa.learner)
    originals = shown["credit"]["recognised"]["sources"]
    assert [each["title"] for each in originals] == ["Algorithms, part 1", "Algorithms, part 2"]
    assert "Entered" in at_saryarqa("show", case).out
    assert "No case is open." in at_saryarqa("queue", "saryarqa").out
    assert case in at_saryarqa("queue", "saryarqa", "--all").out
    assert "hold." in at_saryarqa.wallet("audit").out


def test_neither_course_matches_it_alone(at_saryarqa: Commissioned):
    case = at_saryarqa.apply(*TWO_MOOCS)["case"]
    at_saryarqa(
        "assign",
        case,
        "-i",
        "saryarqa",
        "--commission",
        "first",
        *_each("expert", EXPERTS),
        "--on",
        "2026-08-06",
    )
    for expert in EXPERTS:
        at_saryarqa(
            "conclude", case, "--by", expert, "--outcomes", "full", "--aims", "full", "--volume", "full",
            "--assessment", "full", "--on", "2026-08-06",
        )  # fmt: skip

    refused = at_saryarqa(
        "meet", case, "--by", "dean", *_each("present", MEMBERS), "--grant", "KZ=5", "--source", "s1",
        "--on", "2026-08-06", code=1,
    )  # fmt: skip
    assert "do not reach the 150 hours" in refused.err


def test_an_application_nine_working_days_before_the_period_is_refused_by_the_clause(
    at_saryarqa: Commissioned,
):
    refused = at_saryarqa.apply(*TWO_MOOCS, on="2026-08-19", code=1)

    assert "9 working days before the period" in refused
    assert "Joint Order No. 544/322 of 24 October 2023" in refused


def test_a_language_certificate_of_more_than_two_years_is_refused_by_the_clause(at_saryarqa: Commissioned):
    certificate = {
        "id": "s1", "kind": "language_certificate", "title": "IELTS", "provider": "British Council",
        "achieved_on": "2024-08-02", "documents": ["ielts.pdf"],
    }  # fmt: skip

    assert "valid for 2 years, until 2026-08-02" in at_saryarqa.apply(certificate, code=1)
    young = {**certificate, "achieved_on": "2024-08-03"}
    assert at_saryarqa.apply(young)["setting"] == "non_formal"


def test_a_sports_title_is_recognised_as_informal_learning(at_saryarqa: Commissioned):
    title = {
        "id": "s1", "kind": "sports_title", "title": "Candidate master of sport", "achieved_on": "2025-11-02",
        "documents": ["title.pdf"],
    }  # fmt: skip
    case = at_saryarqa.apply(title)["case"]

    at_saryarqa.judge(case, "first", EXPERTS, ("in_favour",) * 3, "2026-08-06")
    at_saryarqa("decide", case, "--by", "dean", "--minute", "Decided.", "--on", "2026-08-06")
    at_saryarqa("enter", case, "-i", "saryarqa", "--extract", "1", "--on", "2026-08-06")

    [line] = at_saryarqa.wallet.json("learner", "show", at_saryarqa.learner)["credits"]
    assert line["setting"] == "informal"


def test_an_expert_on_her_own_course_is_refused(at_saryarqa: Commissioned):
    case = at_saryarqa.apply(*TWO_MOOCS)["case"]
    at_saryarqa(
        "staff", "revise", "omarova", "-i", "saryarqa", "--position", "Docent", "--side", "teaching",
        "--teaches", "algorithms",
    )  # fmt: skip
    experts = (
        "assign",
        case,
        "-i",
        "saryarqa",
        "--commission",
        "first",
        *_each("expert", EXPERTS),
        "--on",
        "2026-08-06",
    )

    assert "she teaches the unit algorithms" in at_saryarqa(*experts, code=1).err


def test_an_appeal_goes_to_a_new_composition(at_saryarqa: Commissioned):
    case = at_saryarqa.apply(*TWO_MOOCS)["case"]
    at_saryarqa.judge(case, "first", EXPERTS, ("in_favour", "against", "abstained"), "2026-08-06")
    refused = at_saryarqa("decide", case, "--by", "dean", "--minute", "Decided.", "--on", "2026-08-06")
    assert "1 of 3 members present were in favour" in refused.out
    at_saryarqa("appeal", case, "--grounds", "Both were full.", "--on", "2026-08-10")
    assert "WRONG" not in at_saryarqa("show", case).out

    again = ("assign", case, "-i", "saryarqa", "--on", "2026-08-11")
    same = at_saryarqa(*again, "--commission", "first", *_each("expert", OTHERS[3:]), code=1)
    assert "an appeal goes to a new composition" in same.err.lower()
    at_saryarqa.judge(case, "second", OTHERS[3:], ("in_favour",) * 3, "2026-08-12")
    decided = at_saryarqa("decide", case, "--by", "vice", "--minute", "Decided.", "--on", "2026-08-12")
    assert "Granted" in decided.out
    told = at_saryarqa("show", case).out
    assert "Refused" in told
    assert "Both were full." in told


def test_what_is_late_is_seen_in_the_queue(at_saryarqa: Commissioned):
    case = at_saryarqa.apply(*TWO_MOOCS)["case"]

    [late] = at_saryarqa.wallet.json("recognise", "queue", "saryarqa", "--on", "2026-08-10")
    assert late["overdue"]["what"] == "the documents have not gone to the expert group"
    at_saryarqa(
        "assign",
        case,
        "-i",
        "saryarqa",
        "--commission",
        "first",
        *_each("expert", EXPERTS),
        "--on",
        "2026-08-10",
    )
    [late] = at_saryarqa.wallet.json("recognise", "queue", "saryarqa", "--on", "2026-08-18")
    assert late["overdue"]["who"] == list(EXPERTS)
    told = at_saryarqa("queue", "saryarqa", "--on", "2026-08-18").out
    assert "omarova, lee, petrov" in " ".join(told.split())


def test_a_document_comes_out_of_the_portfolio_as_it_went_in(at_saryarqa: Commissioned, tmp_path: Path):
    (tmp_path / "title.pdf").write_bytes(PDF + b"a title")
    kept = at_saryarqa.wallet.json("recognise", "keep", at_saryarqa.learner, str(tmp_path / "title.pdf"))

    at_saryarqa("document", at_saryarqa.learner, kept["sha256"], "-o", str(tmp_path / "out.pdf"))

    assert (tmp_path / "out.pdf").read_bytes() == PDF + b"a title"
    sealed = [path.read_bytes() for path in (at_saryarqa.wallet.home / "portfolios").rglob("*.sealed")]
    assert sealed
    assert not any(b"a title" in each for each in sealed)


RUBBISH: dict[str, tuple[str, ...]] = {
    "a file that is no document": ("keep", "{learner}", "{folder}/rubbish.txt"),
    "a file that is not there": ("keep", "{learner}", "{folder}/nothing.pdf"),
    "an application that is no JSON": ("apply", "{folder}/rubbish.txt", "-l", "{learner}"),
    "a case that is not there": ("show", "nowhere"),
    "a case of no id": ("show", "../../etc"),
    "a vote of nobody": ("vote", "nowhere", "in_favour", "--by", "nobody"),
    "minutes of a case that is not there": ("decide", "nowhere", "--by", "dean", "--minute", "x"),
    "the queue of nobody": ("queue", "nobody"),
    "a commission of nobody": ("commission", "show", "nobody"),
    "an extract of nothing": ("extract", "nowhere"),
}


@pytest.mark.parametrize("arguments", RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_is_refused_in_one_sentence(wallet: Program, tmp_path: Path, arguments: tuple[str, ...]):
    (tmp_path / "rubbish.txt").write_text("\x1b[31m{")
    learner = wallet.json("learner", "add")["learner"]
    typed = [each.format(learner=learner, folder=tmp_path) for each in arguments]

    refused = wallet("recognise", *typed, code=1)

    assert len(refused.err.strip().splitlines()) == 1
    assert "\x1b" not in refused.err


USAGE: dict[str, tuple[str, ...]] = {
    "a motion of neither kind": ("meet", "c", "--by", "dean", "--present", "dean"),
    "a motion of both": (
        "meet",
        "c",
        "--by",
        "d",
        "--present",
        "d",
        "--grant",
        "KZ=5",
        "--refuse",
        "x",
        "--clause",
        "once",
    ),
    "a refusal without its clause": ("meet", "c", "--by", "d", "--present", "d", "--refuse", "x"),
    "a decision without minutes": ("decide", "c", "--by", "dean"),
    "a vote that is none": ("vote", "c", "perhaps", "--by", "dean"),
    "a grade without its scale": (
        "meet",
        "c",
        "--by",
        "d",
        "--present",
        "d",
        "--grant",
        "KZ=5",
        "--grade",
        "A",
    ),
}


@pytest.mark.parametrize("arguments", USAGE.values(), ids=USAGE.keys())
def test_what_cannot_be_understood_is_a_matter_of_usage(wallet: Program, arguments: tuple[str, ...]):
    assert "recognise" in wallet("recognise", *arguments, code=2).err
