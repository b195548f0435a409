"""A semester abroad: planned, changed on arrival, passed in part, counted at home, and corrected years later."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from domain.achievement import Result
from domain.agreement import Stage
from domain.circle import Phase
from domain.errors import CountsInFull, NotRecognised
from domain.values import CreditPoints, CreditScheme, Grade
from tests.offices import (
    NOON,
    a_learner,
    a_memorandum,
    a_qualification,
    a_unit,
    a_university,
    an_office,
)
from wallet import advising, agreeing, auditing, awarding, evaluating, issuing, showing
from wallet.agreeing import Acting, Line, Wanted

ARRIVAL, EXAMINATIONS, RETURN = date(2026, 2, 10), date(2026, 5, 20), date(2026, 5, 29)


def test_a_semester_abroad_counts_in_full_at_home(tmp_path: Path):
    with an_office(tmp_path) as office:
        for institution in ("aitu", "college"):
            a_university(office, institution)
        for unit in ("algorithms", "databases"):
            a_unit(office, unit)
        for unit in ("algorithmen", "netze", "datenbanken", "chor"):
            a_unit(office, unit, institution="college", points=2 if unit == "chor" else 6)
        a_qualification(office, units=("algorithms", "databases"), points=14)
        a_memorandum(office)
        learner = a_learner(office).learner
        her, home, host = Acting(learner=learner), Acting(institution="aitu"), Acting(institution="college")

        # Before: she proposes, the two institutions sign.
        agreement = agreeing.propose_agreement(
            office,
            her,
            learner=learner,
            home="aitu",
            host="college",
            memorandum="aitu-and-college",
            components=[
                Wanted("algorithmen", "algorithms"),
                Wanted("netze", "databases"),
                Wanted("chor"),
            ],
            starts_on=date(2026, 2, 1),
            ends_on=EXAMINATIONS,
            proposed_on=date(2026, 1, 10),
            at=NOON,
        ).agreement
        said = {"agreement": agreement, "at": NOON}
        for party in (home, host):
            agreeing.sign_agreement(office, party, signed_on=date(2026, 1, 20), **said)
        agreeing.record_mobility_phase(
            office, her, phase=Phase.PLANNING, findings="Agreed, with a room", recorded_on=ARRIVAL, **said
        )

        # During: one course is full, and another takes its place once all three have signed.
        agreeing.propose_change(
            office,
            host,
            drops=["netze"],
            adds=[Wanted("datenbanken", "databases")],
            reason="full",
            proposed_on=ARRIVAL,
            **said,
        )
        for party in (her, home):
            agreeing.sign_agreement(office, party, signed_on=ARRIVAL, **said)

        # After: two passed, one failed; home may not choose what it likes, and has nothing to validate again.
        agreeing.record_transcript(
            office,
            "college",
            results=[
                Line("algorithmen", Result.PASSED, Grade("1.7", "German")),
                Line("datenbanken", Result.PASSED, Grade("2.3", "German")),
                Line("chor", Result.FAILED, Grade("5.0", "German")),
            ],
            recorded_on=EXAMINATIONS,
            **said,
        )
        abroad = next(iter(office.learner(learner).state.credits))
        with pytest.raises(NotRecognised):
            awarding.transfer(
                office,
                "aitu",
                learner=learner,
                from_credit=abroad,
                agreement="As we please",
                transferred_on=RETURN,
                at=NOON,
            )
        with pytest.raises(CountsInFull):
            agreeing.leave_out_component(
                office, "aitu", host_unit="datenbanken", reason="too easy", left_out_on=RETURN, **said
            )
        for unit in ("algorithmen", "datenbanken"):
            agreeing.recognise_component(office, "aitu", host_unit=unit, recognised_on=RETURN, **said)
        agreeing.leave_out_component(
            office, "aitu", host_unit="chor", reason="not passed", left_out_on=RETURN, **said
        )

        # The learning is counted once in all, and in full at home, with the grade as it was given.
        assert office.agreement(agreement).state.stage is Stage.COMPLETED
        record = showing.show_record(office, learner)
        [total] = record.totals
        assert total.points == CreditPoints(CreditScheme.ECTS, Decimal(12))
        at_home = [line for line in record.credits if line.institution == "aitu"]
        assert [(line.unit, line.grade["value"] if line.grade else None) for line in at_home] == [
            ("algorithms", "1.7"),
            ("databases", "2.3"),
        ]
        towards = advising.show_progress(office, learner, "first-year", on=RETURN).progress
        assert [part.satisfied for part in towards.standing.parts] == [True, True]
        assert (str(towards.total.reached), towards.complete) == ("12", False)
        quality = evaluating.quality_of_partnership(office, "aitu-and-college").mobility
        assert (quality.participants, quality.components.number, quality.components.of) == (1, 2, 3)

        # Years later the host finds that one examination was another learner's: what came of it falls, too.
        wrong = office.agreement(agreement).state.component("datenbanken").result
        assert wrong is not None
        assert wrong.credit is not None
        issuing.withdraw_credit(
            office,
            "college",
            learner=learner,
            credit=wrong.credit,
            reason="another learner's",
            on=RETURN,
            at=NOON,
        )
        assert showing.show_record(office, learner).totals[0].points == CreditPoints(
            CreditScheme.ECTS, Decimal(6)
        )
        assert auditing.audit(office.ledger).holds
