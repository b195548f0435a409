"""A cohort is its learners, one by one: the same answers, by one process or by two."""

from datetime import date
from pathlib import Path

import pytest

from domain.errors import NotFound
from domain.values import LearnerId
from tests.offices import (
    PASSPHRASE,
    a_credit,
    a_learner,
    a_qualification,
    a_unit,
    a_university,
    an_office,
)
from wallet import advising, surveying
from wallet.surveying import survey

ON = date(2026, 6, 1)


def test_a_cohort_is_everybody_with_credit_there_and_as_each_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "college")
        for unit in ("algorithms", "databases"):
            a_unit(office, unit)
        a_unit(office, "abroad", institution="college")
        a_qualification(office, units=("algorithms", "databases"), points=12)
        learners = [a_learner(office).learner for _ in range(6)]
        for number, learner in enumerate(learners[:4]):
            a_credit(office, learner)
            if number % 2:
                a_credit(office, learner, "databases")
        a_credit(office, learners[4], "abroad", institution="college")
        office.learner_keys.destroy(learners[3])
        told: list[tuple[int, int]] = []

        one = survey(
            office,
            "first-year",
            on=ON,
            passphrase=PASSPHRASE,
            progress=lambda now, of: told.append((now, of)),
        )
        monkeypatch.setattr(surveying, "WORTH_A_PROCESS", 0)
        two = survey(office, "first-year", on=ON, passphrase=PASSPHRASE, processes=2)

        assert one == two
        # Who was erased has left the views too.
        assert [each.learner for each in one] == sorted(learners[:3])
        assert told[-1] == (3, 3)
        for each in one:
            alone = advising.show_progress(office, LearnerId(each.learner), "first-year", on=ON).progress
            assert (each.complete, each.share) == (alone.complete, alone.share)
        with pytest.raises(NotFound):
            survey(office, "nothing", on=ON, passphrase=PASSPHRASE)
