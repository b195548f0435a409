"""Credit schemes from the command line: what points stand for, rules between them, and weights."""

from tests.cli.conftest import Enrolled, Program

PUBLISH = (
    "scheme", "publish", "kz-to-ects", "-i", "saryarqa", "--from", "KZ", "--to", "ECTS", "--factor", "1",
    "--reason", "Both count 30 hours.", "--source", "Order 7",
)  # fmt: skip


def test_what_a_point_stands_for_is_shown_with_its_day(bare: Program):
    shown = bare("scheme", "terms").out

    assert "2018-01-01" in shown
    assert "25–30" in shown


def test_a_record_is_read_in_another_scheme_with_the_rule_named(wallet: Program, enrolled: Enrolled):
    before = wallet("learner", "show", enrolled.learner, "--in", "ECTS").out
    wallet(*PUBLISH)
    read = wallet("learner", "show", enrolled.learner, "--in", "ECTS").out
    document = wallet.json("learner", "show", enrolled.learner, "--in", "ECTS", "--rule", "kz-to-ects")

    assert "no rule reads 5 KZ" in " ".join(before.split())
    assert "kz-to-ects" in read
    [(rule, points)] = document["by_rule"]
    assert (rule["terms"]["factor"], points) == ("1", {"scheme": "ECTS", "points": "5"})
    assert document["of_itself"] is None


def test_a_credit_is_transferred_into_another_scheme_by_a_rule_that_stays_with_it(
    wallet: Program, enrolled: Enrolled
):
    wallet(*PUBLISH)
    wallet(
        "institution", "accredit", "almaty-college", "--by", "Agency", "--reference", "A-1", "--setting", "formal",
        "--valid-from", "2024-01-01",
    )  # fmt: skip
    transferred = wallet.json(
        "credit", "transfer", enrolled.credit, "-i", "almaty-college", "-l", enrolled.learner,
        "--agreement", "LA 1", "--rule", "kz-to-ects",
    )  # fmt: skip
    wallet("scheme", "withdraw", "kz-to-ects", "-i", "saryarqa", "--reason", "replaced")

    assert transferred["points"] == {"scheme": "ECTS", "points": "5"}
    shown = wallet("credit", "show", transferred["credit"], "-l", enrolled.learner).out
    assert "kz-to-ects of saryarqa" in shown
    assert "withdrawn on" in wallet("scheme", "rules").out


def test_a_rule_nobody_published_is_one_plain_sentence(wallet: Program, enrolled: Enrolled):
    refused = wallet("learner", "show", enrolled.learner, "--in", "ECTS", "--rule", "unheard-of", code=1)

    assert refused.err == "No conversion rule is published as unheard-of.\n"
    assert "--in" in wallet("learner", "show", enrolled.learner, "--rule", "kz-to-ects", code=2).err
    assert "not a factor" in wallet(*PUBLISH[:9], "--factor", "1,5", *PUBLISH[11:], code=1).err


def test_units_are_weighed_in_a_qualification(wallet: Program):
    weigh = ("qualification", "weigh", "ecvet-certificate", "-i", "almaty-college")

    weighed = wallet.json(*weigh, "--unit", "eqf-and-eqarf=1,1,1", "--unit", "ecvet-in-programmes=3,3,3")

    assert len(weighed["allocations"]) == 2
    assert "such as 3,2,4" in wallet(*weigh, "--unit", "eqf-and-eqarf=1", code=2).err
    assert "weighed once" in wallet(*weigh, "--unit", "a=1,1,1", "--unit", "a=1,1,1", code=2).err
