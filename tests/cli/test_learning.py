"""A learner's wallet from the command line: every door that learning enters by, and what is shown of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Enrolled, Program


def test_credit_is_awarded_and_shown_with_the_event_behind_the_sum(wallet: Program, enrolled: Enrolled):
    record = wallet.json("learner", "show", enrolled.learner)

    [total], [line] = record["totals"], record["credits"]
    assert (total["points"], total["setting"]) == ({"scheme": "KZ", "points": "5"}, "formal")
    assert total["events"] == [line["sequence"]]
    assert "Алгоритмдер" in wallet("learner", "show", enrolled.learner, "--lang", "kk").out


def test_the_wallets_opened_here_are_listed_by_their_ids(wallet: Program, enrolled: Enrolled):
    opened = wallet.json("learner", "add")["learner"]

    listed = wallet.json("learner", "list")

    assert {each["learner"] for each in listed} >= {opened, enrolled.learner}
    assert not any(each["erased"] for each in listed)
    assert opened in wallet("learner", "list").out


def test_an_empty_record_says_so(wallet: Program):
    learner = wallet.json("learner", "add")["learner"]

    assert "empty" in wallet("learner", "show", learner).out


def test_a_learner_may_bring_an_id_and_only_once(wallet: Program):
    learner = "7f9a8c1e-2b3d-4e5f-8a9b-0c1d2e3f4a5b"

    assert wallet.json("learner", "add", "--id", learner)["learner"] == learner
    assert "already" in wallet("learner", "add", "--id", learner, code=1).err


def test_where_a_unit_is_worth_two_schemes_one_is_named(wallet: Program, enrolled: Enrolled):
    award = ("credit", "award", "-i", "almaty-college", "-l", enrolled.learner, "--unit", "eqf-and-eqarf")

    assert "say which" in wallet(*award, "--on", "2025-05-30", code=1).err
    assert "1 ECTS" in wallet(*award, "--on", "2025-05-30", "--scheme", "ECTS").out


def test_a_grade_has_a_scale(wallet: Program, enrolled: Enrolled):
    refused = wallet(
        "credit", "award", "-i", "saryarqa", "-l", enrolled.learner, "--unit", "ict", "--grade", "A", code=2
    )

    assert "scale" in refused.err


def test_non_formal_learning_is_claimed_assessed_and_credited(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    certificate = tmp_path / "certificate.pdf"
    certificate.write_bytes(b"%PDF-1.7 a certificate")
    claimed = wallet.json(
        "learner", "claim", enrolled.learner, "--setting", "non_formal", "--name", "en=Python for data",
        "--provider", "Open Courses", "--achieved-on", "2025-11-30", "--hours", "150",
        "--evidence", str(certificate),
    )  # fmt: skip
    assert claimed["evidence"][0]["media_type"] == "application/pdf"
    assert len(claimed["evidence"][0]["sha256"]) == 64

    achievement = claimed["achievement"]
    award = ("ict", "saryarqa", "--achievement", achievement)
    wallet("credit", "award", "-i", "saryarqa", "-l", enrolled.learner, "--unit", "ict",
           "--achievement", achievement, code=1)  # fmt: skip
    wallet(
        "credit", "assess", achievement, "-i", "saryarqa", "-l", enrolled.learner, "--result", "passed",
        "--unit", "ict", "--grade", "B+", "--scale", "KZ letter scale", "--on", "2026-01-10",
    )  # fmt: skip
    credit = enrolled.award(*award)

    assert (credit["setting"], credit["grade"]["value"]) == ("non_formal", "B+")
    assert "credited" in wallet("learner", "show", enrolled.learner).out


def test_an_informal_claim_is_shown_and_carries_no_credit(wallet: Program, enrolled: Enrolled):
    wallet(
        "learner", "claim", enrolled.learner, "--setting", "informal",
        "--name", "en=Candidate master of sport", "--achieved-on", "2025-08-10",
    )  # fmt: skip

    shown = wallet("learner", "show", enrolled.learner)

    assert "claimed, carries no credit" in shown.out
    assert len(wallet.json("learner", "show", enrolled.learner)["totals"]) == 1


def test_formal_learning_cannot_be_claimed(wallet: Program, enrolled: Enrolled):
    refused = wallet(
        "learner", "claim", enrolled.learner, "--setting", "formal", "--name", "en=X",
        "--achieved-on", "2025-08-10", code=2,
    )  # fmt: skip

    assert "formal" in refused.err


def test_a_withdrawn_credit_stays_in_sight_and_no_longer_counts(wallet: Program, enrolled: Enrolled):
    wallet(
        "credit", "withdraw", enrolled.credit, "-i", "saryarqa", "-l", enrolled.learner,
        "--reason", "Awarded to another learner of the same name.", "--on", "2026-02-01",
    )  # fmt: skip

    assert wallet.json("learner", "show", enrolled.learner)["totals"] == []
    assert "no: withdrawn" in wallet("learner", "show", enrolled.learner).out
    shown = wallet("credit", "show", enrolled.credit, "-l", enrolled.learner)
    assert "another learner of the same name" in shown.out


def test_a_credit_is_transferred_on_an_agreement_and_counts_once(wallet: Program, enrolled: Enrolled):
    college = enrolled.award("eqf-and-eqarf", "almaty-college", "--scheme", "ECTS")
    wallet(
        "institution", "accredit", "saryarqa", "--by", "Ministry", "--reference", "M-1",
        "--setting", "formal", "--valid-from", "2024-01-01",
    )  # fmt: skip

    moved = wallet.json(
        "credit", "transfer", college["credit"], "-i", "saryarqa", "-l", enrolled.learner,
        "--agreement", "Memorandum 12/2025", "--on", "2026-02-01",
    )  # fmt: skip

    record = wallet.json("learner", "show", enrolled.learner)
    counting = {line["credit"]: line["counts"] for line in record["credits"]}
    assert counting[college["credit"]]
    assert not counting[moved["credit"]]
    assert "the same learning" in wallet("credit", "show", moved["credit"], "-l", enrolled.learner).out


def test_progress_shows_bars_and_names_what_is_missing(wallet: Program, enrolled: Enrolled):
    progress = ("learner", "progress", enrolled.learner, "-q", "bachelor-ict-year-1")

    told, shown = wallet.json(*progress), wallet(*progress, "--lang", "ru").out

    assert told["complete"] is False
    assert told["standing"]["parts"][1]["share"] == "1/2"
    assert any("databases" in gap for gap in told["missing"])
    assert "█████░░░░░  50 %" in shown
    assert "Базы данных" in shown


def test_a_qualification_is_conferred_only_once_it_is_earned(
    wallet: Program, enrolled: Enrolled, tmp_path: Path
):
    confer = (
        "qualification", "confer", "ecvet-certificate", "-i", "almaty-college", "-l", enrolled.learner,
        "--on", "2026-06-20",
    )  # fmt: skip
    refused = wallet(*confer, "--json", code=1)
    assert '"missing": [' in refused.err

    for unit in ("ecvet-in-programmes", "length-and-workload", "eqf-and-eqarf"):
        enrolled.award(unit, "almaty-college", "--scheme", "ECVET")
    conferred = wallet.json(*confer)

    assert len(conferred["credits"]) == 3
    named = (conferred["conferral"], "-i", "almaty-college", "-l", enrolled.learner)
    diploma = tmp_path / "diploma.json"
    wallet("credential", "issue", "--conferral", *named, "-o", str(diploma))
    assert "Passed" in wallet("verify", str(diploma)).out
    wallet("credential", "issue", "c-1", "--conferral", *named, code=2)
    assert "ecvet-certificate" in wallet("learner", "show", enrolled.learner).out
    assert (
        "Nothing is missing" in wallet("learner", "progress", enrolled.learner, "-q", "ecvet-certificate").out
    )


def test_every_event_is_listed_with_who_signed_it(wallet: Program, enrolled: Enrolled):
    opened, awarded = wallet.json("learner", "events", enrolled.learner)

    assert (opened["name"], awarded["name"]) == ("wallet.opened.v1", "credit.awarded.v1")
    assert opened["actor"] == wallet.json("learner", "show", enrolled.learner)["did"]
    assert len(awarded["hash"]) == 64
    shown = wallet("learner", "events", enrolled.learner).out.splitlines()
    assert [line.split()[-1] for line in shown[2:]] == ["learner", "saryarqa"]
    assert awarded["event"]["credit"] == enrolled.credit


REFUSALS = {
    "an institution that is not accredited for the level": ("-i", "almaty-college", "--unit", "algorithms"),
    "a unit nobody described": ("-i", "saryarqa", "--unit", "alchemy"),
    "an institution nobody registered": ("-i", "atlantis", "--unit", "algorithms"),
    "the same credit twice": ("-i", "saryarqa", "--unit", "algorithms"),
    "more points than the unit is worth": ("-i", "saryarqa", "--unit", "databases", "--points", "KZ=60"),
    "points of another scheme": ("-i", "saryarqa", "--unit", "databases", "--points", "ECTS=6"),
    "before the accreditation": ("-i", "saryarqa", "--unit", "databases", "--on", "2019-01-01"),
}


@pytest.mark.parametrize("arguments", REFUSALS.values(), ids=REFUSALS)
def test_an_award_that_may_not_be_is_one_sentence(
    wallet: Program, enrolled: Enrolled, arguments: tuple[str, ...]
):
    on = () if "--on" in arguments else ("--on", "2026-02-01")
    refused = wallet("credit", "award", "-l", enrolled.learner, *arguments, *on, code=1)

    assert refused.out == ""
    assert refused.err.count("\n") == 1
    assert len(wallet.json("learner", "show", enrolled.learner)["credits"]) == 1


def test_a_record_is_shown_as_it_stood_at_a_past_time(wallet: Program, enrolled: Enrolled):
    before = wallet.json("learner", "show", enrolled.learner)
    then = datetime.now(UTC).isoformat()
    enrolled.award("ict")

    assert wallet.json("learner", "show", enrolled.learner, "--at", then) == before
    assert len(wallet.json("learner", "show", enrolled.learner)["credits"]) == 2
    assert "at that time" in wallet("learner", "show", enrolled.learner, "--at", "2020-01-01", code=1).err
    assert "not a time" in wallet("learner", "show", enrolled.learner, "--at", "yesterday", code=2).err
    assert (
        "as it stood"
        in wallet("learner", "show", enrolled.learner, "--at", "2030-01-01", "--in", "KZ", code=2).err
    )


def test_an_institution_is_shown_as_the_register_had_it(wallet: Program):
    then = datetime.now(UTC).isoformat()
    wallet("keys", "rotate", "saryarqa")

    assert len(wallet.json("institution", "show", "saryarqa", "--at", then)["keys"]) == 1
    assert len(wallet.json("institution", "show", "saryarqa")["keys"]) == 2
    assert "not registered" in wallet("institution", "show", "saryarqa", "--at", "2020-01-01", code=1).err
