"""Points of one scheme are points of another only by a rule with a name, and the rule stays with them."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversion_rule import ConversionRule, ConversionTerms, converted, fold, publish, withdraw
from domain.counting import lines, totals
from domain.errors import AlreadyPublished, InvalidValue, NotInForce, UnlikeCredits, WrongInstitution
from domain.scheme import workload
from domain.values import CreditPoints, CreditScheme, institution_id
from domain.wallet import transfer
from tests.domain.builders import DAY, LATER, a_unit, a_wallet, an_award, an_institution, ects, ecvet, kz

BEFORE_2018, SINCE_2018 = date(2017, 5, 30), date(2018, 9, 1)


def some_terms(
    factor: str = "1",
    *,
    from_scheme: CreditScheme = CreditScheme.KZ,
    to_scheme: CreditScheme = CreditScheme.ECTS,
    decimals: int = 3,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> ConversionTerms:
    return ConversionTerms(
        from_scheme=from_scheme,
        to_scheme=to_scheme,
        factor=factor,
        decimals=decimals,
        valid_from=valid_from,
        valid_until=valid_until,
        reason="Both count 30 hours.",
        source="Order of the rector 2026/7",
    )


def a_rule(
    rule: str = "kz-to-ects", terms: ConversionTerms | None = None, *, by: str = "enu"
) -> ConversionRule:
    event = publish(None, terms or some_terms(), rule=rule, by=an_institution(by), published_on=DAY)
    return fold([event])


OLD = a_rule("kz-before-2018", some_terms("3/2", valid_until=date(2017, 12, 31)))
NEW = a_rule("kz-since-2018", some_terms("1", valid_from=date(2018, 1, 1)))


def test_the_day_of_the_award_says_which_rule_is_about_it():
    before = converted(kz(3), BEFORE_2018, CreditScheme.ECTS, [OLD, NEW])
    since = converted(kz(3), SINCE_2018, CreditScheme.ECTS, [OLD, NEW])

    assert (before.points, before.by) == (ects("4.5"), OLD.applied)
    assert (since.points, since.by) == (ects(3), NEW.applied)


def test_where_two_rules_are_about_it_nobody_chooses_silently():
    found = converted(kz(3), SINCE_2018, CreditScheme.ECTS, [NEW, a_rule("another")])

    assert found.points is None
    assert found.why_not is not None
    assert "kz-since-2018 and another" in found.why_not


def test_without_a_rule_nothing_is_converted():
    found = converted(ecvet(3), DAY, CreditScheme.ECTS, [OLD, NEW])

    assert (found.points, found.by) == (None, None)
    assert found.why_not == f"no rule reads 3 ECVET of {DAY} in ECTS"


def test_credit_of_the_scheme_itself_needs_no_rule():
    assert converted(ects(3), DAY, CreditScheme.ECTS, []).points == ects(3)


def test_what_is_beyond_the_decimals_is_cut_off():
    rule = a_rule(terms=some_terms("5/3", decimals=1))

    assert converted(kz(5), DAY, CreditScheme.ECTS, [rule]).points == ects("8.3")


def test_points_that_vanish_are_not_converted_to_nothing():
    rule = a_rule(terms=some_terms("1/3", decimals=0))

    found = converted(kz(2), DAY, CreditScheme.ECTS, [rule])

    assert found.points is None
    assert "less than can be written" in (found.why_not or "")


@given(
    st.integers(1, 999_999).map(lambda thousandths: Decimal(thousandths) / 1000),
    st.fractions(Fraction(1, 99), 99, max_denominator=99),
    st.integers(0, 3),
)
def test_no_credit_comes_of_converting(points: Decimal, factor: Fraction, decimals: int):
    terms = some_terms(str(factor), decimals=decimals)
    exact = Fraction(points) * terms.ratio

    try:
        result = Fraction(terms.convert(CreditPoints(CreditScheme.KZ, points), DAY).points)
    except InvalidValue:
        result = Fraction(0)

    assert 0 <= exact - result < Fraction(1, 10**decimals)


BAD_TERMS = {
    "one scheme": ({"from_scheme": CreditScheme.ECTS}, "need no rule"),
    "a factor of nothing": ({"factor": "0"}, "not a factor"),
    "a factor below nothing": ({"factor": "-1/2"}, "not a factor"),
    "a factor that is no fraction": ({"factor": "1.5"}, "not a factor"),
    "a factor over nothing": ({"factor": "1/0"}, "not a factor"),
    "four decimals": ({"decimals": 4}, "0 to 3"),
    "an end before the beginning": ({"valid_from": LATER, "valid_until": DAY}, "cannot end"),
}


@pytest.mark.parametrize("case", BAD_TERMS.values(), ids=BAD_TERMS.keys())
def test_terms_that_mean_nothing_are_refused(case: tuple[dict[str, object], str]):
    said, complaint = case

    with pytest.raises(InvalidValue, match=complaint):
        some_terms(**said)  # type: ignore[arg-type]  # the wrong things are meant


def test_a_factor_is_kept_in_lowest_terms():
    assert some_terms("6/4").factor == "3/2"


def test_a_rule_is_never_changed():
    with pytest.raises(AlreadyPublished):
        publish(NEW, some_terms(), rule=NEW.id, by=an_institution("enu"), published_on=LATER)


def test_a_rule_is_withdrawn_by_its_institution_once():
    gone = withdraw(NEW, by=an_institution("enu"), reason="replaced", on=LATER)

    with pytest.raises(WrongInstitution):
        withdraw(NEW, by=an_institution("aitu"), reason="replaced", on=LATER)
    with pytest.raises(NotInForce):
        withdraw(
            ConversionRule(NEW.id, NEW.institution, NEW.terms, NEW.published_on, gone),
            by=an_institution("enu"),
            reason="again",
            on=LATER,
        )


# --- in a wallet ----------------------------------------------------------------------------------------


def test_a_credit_enters_another_scheme_by_a_rule_and_keeps_it():
    wallet = a_wallet(an_award("c-1", points=kz(3), on=BEFORE_2018))
    home = a_unit("ects-unit", of="enu", points=[ects(5)])

    with pytest.raises(UnlikeCredits):
        transfer(
            wallet,
            "c-1",
            to=an_institution("enu"),
            credit="t-1",
            agreement="A",
            transferred_on=LATER,
            unit=home,
        )
    event = transfer(
        wallet,
        "c-1",
        to=an_institution("enu"),
        credit="t-1",
        agreement="A",
        transferred_on=LATER,
        unit=home,
        rule=OLD,
    )
    after = wallet.after(event)

    assert after.credit("t-1").points == ects("4.5")
    assert after.credit("t-1").rule == OLD.applied
    assert totals(lines(after.credits, at=institution_id("enu"))) == {CreditScheme.ECTS: Decimal("4.5")}
    assert totals(lines(after.credits)) == {CreditScheme.KZ: Decimal(3)}, "counted once, as it was awarded"


def test_a_withdrawn_rule_converts_nothing():
    gone = withdraw(OLD, by=an_institution("enu"), reason="replaced", on=LATER)
    rule = ConversionRule(OLD.id, OLD.institution, OLD.terms, OLD.published_on, gone)
    wallet = a_wallet(an_award("c-1", points=kz(3), on=BEFORE_2018))

    with pytest.raises(NotInForce, match="kz-before-2018"):
        transfer(
            wallet,
            "c-1",
            to=an_institution("enu"),
            credit="t",
            agreement="A",
            transferred_on=LATER,
            rule=rule,
        )


def test_a_rule_that_is_not_about_the_credit_converts_nothing():
    wallet = a_wallet(an_award("c-1", points=kz(3), on=DAY))

    with pytest.raises(UnlikeCredits, match="not about"):
        transfer(
            wallet, "c-1", to=an_institution("enu"), credit="t", agreement="A", transferred_on=LATER, rule=OLD
        )


# --- what points stand for ------------------------------------------------------------------------------


def test_the_hours_behind_points_are_those_of_their_scheme_and_day():
    def hours(points: CreditPoints, on: date) -> tuple[str, str] | None:
        found = workload(points, on)
        return None if found is None else (str(found.least), str(found.most))

    assert hours(ects(6), DAY) == ("150", "180")
    assert hours(kz(3), BEFORE_2018) == ("45", "45")
    assert hours(kz(3), SINCE_2018) == ("90", "90")
    assert hours(ecvet(6), DAY) is None


def test_points_of_two_schemes_are_of_two_types():
    with pytest.raises(TypeError):
        ects(1) + kz(1)
    with pytest.raises(TypeError):
        ects(1) + Decimal(1)  # type: ignore[operator]  # the forbidden thing
    with pytest.raises(TypeError):
        sum([ects(1), ects(2)])  # type: ignore[list-item]  # a sum starts with a bare 0
