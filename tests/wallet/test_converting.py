"""Rules that institutions publish, and a record read by them: the original stays beside every converted line."""

from datetime import date
from decimal import Decimal

import pytest

from domain.conversion_rule import ConversionTerms
from domain.errors import AlreadyPublished, NotFound, NotInForce, WrongInstitution
from domain.values import CreditScheme
from domain.weighting import Weight
from tests.offices import DAY, NOON, a_credit, a_learner, a_qualification, a_unit, a_university
from wallet import awarding, converting, showing
from wallet.auditing import audit
from wallet.office import Office
from wallet.weighing import weigh_units


def a_rule(office: Office, rule: str = "kz-to-ects", factor: str = "1", institution: str = "aitu") -> None:
    converting.publish_rule(
        office,
        institution,
        rule=rule,
        terms=ConversionTerms(
            from_scheme=CreditScheme.KZ,
            to_scheme=CreditScheme.ECTS,
            factor=factor,
            decimals=3,
            valid_from=date(2018, 1, 1),
            valid_until=None,
            reason="Both count 30 hours.",
            source="Order 7",
        ),
        published_on=DAY,
        at=NOON,
    )


def a_learner_with_both(office: Office) -> str:
    """With 6 ECTS, 5 KZ and 2 ECVET, which are 13 of nothing."""
    learner = a_learner(office).learner
    a_unit(office, "kz-unit", points=5, scheme=CreditScheme.KZ)
    a_unit(office, "ecvet-unit", points=2, scheme=CreditScheme.ECVET)
    for unit in ("algorithms", "kz-unit", "ecvet-unit"):
        a_credit(office, learner, unit)
    return learner


def test_a_record_is_read_in_one_scheme_and_nothing_is_added_over_a_rule(office: Office):
    learner = a_learner_with_both(office)
    a_rule(office, factor="3/2")

    read = converting.show_in_scheme(office, learner, CreditScheme.ECTS)

    assert str(read.of_itself) == "6 ECTS"
    [(rule, points)] = read.by_rule
    assert (rule.rule, rule.terms.factor, str(points)) == ("kz-to-ects", "3/2", "7.5 ECTS")
    ours, kz, ecvet = read.lines
    assert (ours.read.by, str(ours.read.points)) == (None, "6 ECTS")
    assert (str(kz.credit.points), str(kz.read.points)) == ("5 KZ", "7.5 ECTS")
    assert (ecvet.read.points, ecvet.read.why_not) == (None, f"no rule reads 2 ECVET of {DAY} in ECTS")
    assert len(showing.show_record(office, learner).totals) == 3, "the record itself is as it was"


def test_of_two_rules_the_one_that_is_named_is_used(office: Office):
    learner = a_learner_with_both(office)
    a_rule(office)
    a_rule(office, "generous", "2")

    unsaid = converting.show_in_scheme(office, learner, CreditScheme.ECTS)
    named = converting.show_in_scheme(office, learner, CreditScheme.ECTS, by=["generous"])

    assert unsaid.by_rule == ()
    assert "name one" in (unsaid.lines[1].read.why_not or "")
    assert [(rule.rule, str(points)) for rule, points in named.by_rule] == [("generous", "10 ECTS")]
    with pytest.raises(NotFound):
        converting.show_in_scheme(office, learner, CreditScheme.ECTS, by=["unheard-of"])


def test_a_withdrawn_rule_reads_nothing_and_what_it_converted_stays(office: Office):
    learner = a_learner_with_both(office)
    a_university(office, "home")
    a_rule(office)
    credit = next(each for each in showing.show_record(office, learner).credits if each.unit == "kz-unit")
    transferred = awarding.transfer(
        office,
        "home",
        learner=learner,
        from_credit=credit.credit,
        agreement="LA 1",
        rule="kz-to-ects",
        transferred_on=DAY,
        at=NOON,
    )
    with pytest.raises(WrongInstitution):
        converting.withdraw_rule(office, "home", rule="kz-to-ects", reason="replaced", on=DAY, at=NOON)
    converting.withdraw_rule(office, "aitu", rule="kz-to-ects", reason="replaced", on=DAY, at=NOON)

    with pytest.raises(NotInForce):
        converting.withdraw_rule(office, "aitu", rule="kz-to-ects", reason="replaced", on=DAY, at=NOON)
    assert converting.show_in_scheme(office, learner, CreditScheme.ECTS).by_rule == ()
    record = showing.show_record(office, learner)
    line = next(each for each in record.credits if each.credit == transferred.credit)
    assert (str(line.points), line.source) == ("5 ECTS", credit.credit)
    assert record.rules[transferred.credit].rule == "kz-to-ects"
    assert [rule.id for rule in converting.show_rules(office)] == ["kz-to-ects"]
    assert audit(office.ledger).holds


def test_a_rules_name_is_used_once_whoever_asks(office: Office):
    a_university(office, "home")
    a_rule(office)

    with pytest.raises(AlreadyPublished):
        a_rule(office, institution="home")


def test_the_points_of_a_qualification_are_shared_out_and_its_description_says_so(office: Office):
    a_unit(office, "databases")
    a_qualification(office, units=("algorithms", "databases"), points=12)
    weights = {
        "algorithms": Weight(Decimal(2), Decimal(1), Decimal(1)),
        "databases": Weight(Decimal(1), Decimal(1), Decimal(1)),
    }

    weigh_units(office, "aitu", qualification="first-year", units=weights, at=NOON)

    described = office.qualification("first-year").state
    assert [(each.unit, str(each.points)) for each in described.allocations] == [
        ("algorithms", "6.5 ECTS"),
        ("databases", "5.5 ECTS"),
    ]
    assert described.revision == 2
    with pytest.raises(NotFound):
        weigh_units(
            office, "aitu", qualification="first-year", units={"unheard-of": weights["databases"]}, at=NOON
        )
