"""Indicators: what is computed counts learners and stays; what is told stays apart, with its source."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from domain.achievement import Result
from domain.circle import Noted, Phase, round_of
from domain.errors import BrokenHistory, InvalidValue
from domain.quality import Indicator, IndicatorReported, Rate, fold, mobility, report
from tests.domain.builders import ANOTHER_LEARNER, LEARNER, an_award, an_institution
from tests.domain.test_agreement import agreed, proposed


def test_participants_are_learners_and_completion_is_of_the_stays_decided():
    whole = agreed().assessed().validated().recognised().assessed("chor").validated("chor").recognised("chor")
    in_part = agreed(learner=ANOTHER_LEARNER).left_out("chor").left_out()
    open_ = agreed(agreement="second").left_out("chor")

    found = mobility(each.agreement for each in (whole, in_part, open_, proposed()))

    assert (found.participants, found.stays, found.open) == (2, 3, 1)
    assert found.completed == Rate(1, 2)
    assert found.components == Rate(2, 5)
    assert found.components.share == Fraction(2, 5)


def test_of_nobody_there_is_no_share():
    assert mobility([]).completed.share is None


def told(**changed: Any) -> IndicatorReported:
    said: dict[str, Any] = {
        "by": an_institution(),
        "indicator": Indicator.PLACEMENT,
        "percent": Decimal("81.5"),
        "since": date(2025, 1, 1),
        "until": date(2025, 12, 31),
        "source": "Survey of leavers, 2026",
        "reported_on": date(2026, 3, 1),
    }
    return report(**{**said, **changed})


BAD_REPORTS: dict[str, dict[str, Any]] = {
    "participation, which is computed": {"indicator": Indicator.PARTICIPATION},
    "completion, which is computed": {"indicator": Indicator.COMPLETION},
    "more than all": {"percent": Decimal("100.001")},
    "less than none": {"percent": Decimal(-1)},
    "no number": {"percent": Decimal("NaN")},
    "an end before the beginning": {"until": date(2024, 12, 31)},
    "before it is over": {"reported_on": date(2025, 12, 30)},
    "no source": {"source": " "},
}


@pytest.mark.parametrize("changed", BAD_REPORTS.values(), ids=BAD_REPORTS)
def test_what_cannot_be_reported(changed: dict[str, Any]):
    with pytest.raises(InvalidValue):
        told(**changed)


def test_a_later_report_of_the_same_time_takes_the_place_of_the_earlier():
    first, second, other = told(), told(percent=Decimal(80)), told(indicator=Indicator.UNEMPLOYMENT)

    reports = fold([first, other, second])

    assert reports is not None
    assert reports.standing == (second, other)
    assert fold([]) is None
    with pytest.raises(BrokenHistory):
        fold([an_award()])


def test_the_circle_begins_with_planning_and_a_phase_may_be_told_twice():
    begun = [Noted(Phase.PLANNING, 1, "aitu", "planned", date(2026, 1, 1))]

    with pytest.raises(InvalidValue, match="After nothing comes the planning"):
        round_of([], Phase.EVALUATION)
    assert round_of(begun, Phase.PLANNING) == round_of(begun, Phase.IMPLEMENTATION) == 1


def test_a_failed_component_is_decided_only_when_home_has_said_so():
    failed = agreed().assessed(result=Result.FAILED)

    assert mobility([failed.agreement]).components == Rate(0, 0)
    assert msgspec.to_builtins(mobility([failed.left_out().agreement]).components) == {"number": 0, "of": 1}
    assert LEARNER != ANOTHER_LEARNER
