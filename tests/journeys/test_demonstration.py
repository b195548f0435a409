"""The demonstration's story, checked fact by fact: one learner, every door, every answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from domain.values import CreditScheme
from keys.keystore import Argon2Params
from wallet.advising import Towards
from wallet.auditing import AuditReport
from wallet.demonstration.story import Story
from wallet.demonstration.telling import Chapter, Checked, Excerpt, Offer, Part, Refusal, Steps
from wallet.settings import Settings
from wallet.verdict import Outcome

BEGIN = datetime(2026, 6, 30, 9, tzinfo=UTC)


@dataclass
class Told:
    """The whole story, told once for all of these tests."""

    story: Story
    chapters: list[Chapter]

    def chapter(self, title: str) -> Chapter:
        [found] = [chapter for chapter in self.chapters if title in chapter.title]
        return found


def _a_second_each() -> Iterator[datetime]:
    moment = BEGIN
    while True:
        yield moment
        moment += timedelta(seconds=1)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    home = tmp_path_factory.mktemp("story")
    moments = _a_second_each()
    story = Story(
        settings=Settings(home / "home"),
        passphrase=b"a passphrase",
        base_url="http://localhost:8400",
        out=home / "out",
        clock=lambda: next(moments),
        params=Argon2Params(memory_kib=8, iterations=1, lanes=1),
    )
    return Told(story, list(story.chapters()))


def _sums(excerpt: object) -> dict[tuple[CreditScheme, str], Decimal]:
    assert isinstance(excerpt, Excerpt)
    sums: dict[tuple[CreditScheme, str], Decimal] = {}
    for total in excerpt.record.totals:
        kind = (total.points.scheme, total.setting)
        sums[kind] = sums.get(kind, Decimal(0)) + total.points.points
    return sums


def test_two_institutions_teach_in_three_languages(told: Told):
    offers = told.chapter("Two institutions").exhibits

    units = [unit for offer in offers if isinstance(offer, Offer) for unit in offer.units]
    assert len(units) == 8
    assert all(set(unit.names) == {"en", "kk", "ru"} for unit in units)
    assert all(set(outcome.text) == {"en", "kk", "ru"} for unit in units for outcome in unit.outcomes)


def test_the_certificate_rests_on_the_three_units_of_the_college(told: Told):
    [excerpt] = told.chapter("at the college").exhibits

    assert isinstance(excerpt, Excerpt)
    assert _sums(excerpt) == {(CreditScheme.ECVET, "formal"): Decimal(5)}
    assert [conferral.qualification for conferral in excerpt.record.conferrals] == ["ecvet-certificate"]


def test_two_schemes_stand_side_by_side_and_are_never_added(told: Told):
    [excerpt] = told.chapter("at the university").exhibits

    assert _sums(excerpt) == {
        (CreditScheme.ECVET, "formal"): Decimal(5),
        (CreditScheme.KZ, "formal"): Decimal(10),
    }


def test_a_credit_in_error_stays_in_sight_and_counts_for_nothing(told: Told):
    [excerpt] = told.chapter("in error").exhibits

    assert isinstance(excerpt, Excerpt)
    [withdrawn] = [line for line in excerpt.record.credits if line.withdrawn is not None]
    assert withdrawn.unit == "databases"
    assert "same name" in (withdrawn.why_withdrawn or "")
    assert _sums(excerpt)[CreditScheme.KZ, "formal"] == 10


def test_a_claim_is_refused_credit_until_it_is_assessed_and_then_stays_non_formal(told: Told):
    refusal, claims, sums = told.chapter("outside formal education").exhibits

    assert isinstance(refusal, Refusal)
    assert "has not assessed" in refusal.sentence
    assert isinstance(claims, Excerpt)
    assert [claim.result for claim in claims.record.achievements] == ["passed"]
    assert _sums(sums)[CreditScheme.KZ, "non_formal"] == 5


def test_an_informal_achievement_is_claimed_and_carries_no_credit(told: Told):
    [excerpt] = told.chapter("learnt from life").exhibits

    assert isinstance(excerpt, Excerpt)
    assert excerpt.part is Part.CLAIMS
    informal = excerpt.record.achievements[-1]
    assert (informal.setting, informal.result) == ("informal", None)
    assert not any(setting == "informal" for _, setting in _sums(excerpt))


def test_progress_names_the_withdrawn_unit_among_what_is_missing(told: Told):
    [towards] = told.chapter("next stage").exhibits

    assert isinstance(towards, Towards)
    assert towards.progress.total.reached == 15
    assert not towards.progress.complete
    assert any("databases" in gap for gap in towards.progress.missing)
    assert any("physical-education" in gap for gap in towards.progress.missing)


def test_a_stranger_gets_all_three_answers(told: Told):
    checked = [each for each in told.chapter("A stranger").exhibits if isinstance(each, Checked)]

    assert [each.verdict.outcome for each in checked] == [
        Outcome.PASSED,
        Outcome.PASSED,
        Outcome.FAILED,
        Outcome.COULD_NOT_CHECK,
    ]
    assert [check.code for check in checked[2].verdict.checks if check.outcome is Outcome.FAILED] == ["proof"]
    assert [check.code for check in checked[3].verdict.checks if check.outcome is not Outcome.PASSED] == [
        "status"
    ]


def test_a_revocation_shows_to_whoever_has_the_list_of_today(told: Told):
    before, after = told.chapter("is revoked").exhibits

    assert isinstance(before, Checked)
    assert isinstance(after, Checked)
    assert before.verdict.passed
    assert [check.code for check in after.verdict.checks if check.outcome is Outcome.FAILED] == ["status"]


def test_a_semester_away_counts_in_full_and_once(told: Told):
    refusal, excerpt = told.chapter("A semester").exhibits

    assert isinstance(refusal, Refusal)
    assert "counts in full" in refusal.sentence
    assert isinstance(excerpt, Excerpt)
    counts = {line.unit: line.counts for line in excerpt.record.credits}
    assert (counts["edil-networks"], counts["computer-networks"]) == (True, False)


def test_grades_from_elsewhere_are_placed_by_the_shares_of_both(told: Told):
    [steps] = told.chapter("grades would have been").exhibits

    assert isinstance(steps, Steps)
    assert steps.lines[:2] == (
        "C at the host places a learner as B+ does at home",
        "A at the host places a learner as A does at home",
    )


def test_two_courses_take_the_place_of_one_discipline_and_one_alone_does_not(told: Told):
    refusal, steps, sums = told.chapter("Two open courses").exhibits

    assert isinstance(refusal, Refusal)
    assert "150 hours" in refusal.sentence
    assert isinstance(steps, Steps)
    assert len([line for line in steps.lines if line.startswith("vote cast")]) == 3
    assert _sums(sums)[CreditScheme.KZ, "non_formal"] == 10


def test_a_certificate_that_has_expired_is_refused_by_its_clause(told: Told):
    [refusal] = told.chapter("has expired").exhibits

    assert isinstance(refusal, Refusal)
    assert "2 years" in refusal.sentence


def test_a_title_counts_and_stays_informal(told: Told):
    _, excerpt = told.chapter("won in sport").exhibits

    assert _sums(excerpt)[CreditScheme.KZ, "informal"] == 2


def test_the_way_to_the_degree_is_told_with_what_is_missing(told: Told):
    [towards] = told.chapter("to the degree").exhibits

    assert isinstance(towards, Towards)
    assert towards.progress.total.reached == 32
    assert any("foreign-language" in gap for gap in towards.progress.missing)
    assert not any("physical-education" in gap for gap in towards.progress.missing)


def test_progress_is_reckoned_again_from_credentials_alone_and_an_improved_grade_fails(told: Told):
    [steps] = told.chapter("reckons it again").exhibits

    assert isinstance(steps, Steps)
    assert steps.lines[0].startswith("Passed: the same answer")
    assert "byte for byte" in steps.lines[-2]
    assert "Failed:" in steps.lines[-1]


def test_the_whole_ledger_holds(told: Told):
    [report] = told.chapter("checked again").exhibits

    assert isinstance(report, AuditReport)
    assert report.holds
    assert report.erased == 0


def test_every_file_it_speaks_of_is_there(told: Told):
    written = {path for chapter in told.chapters for path in chapter.written}

    assert written == set(told.story.written.by_name().values())
    assert all(Path(path).stat().st_size > 0 for path in written)
