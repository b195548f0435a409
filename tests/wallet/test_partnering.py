"""Memoranda of understanding: each partner signs with its own key, and the ledger can show it."""

from datetime import date

import pytest

from domain.errors import AlreadySigned, InvalidValue, NotFound
from domain.memorandum import MemorandumProposed, MemorandumSigned, MemorandumStanding
from domain.values import InstitutionId, MemorandumId
from keys.did import did_key
from tests.offices import NOON, a_memorandum, a_university, named
from wallet import auditing, partnering
from wallet.ledger.ledger import Write
from wallet.office import Office
from wallet.projections import memoranda

DAY = date(2026, 6, 1)


def test_each_partner_signs_with_its_own_key(office: Office):
    a_university(office, "college")

    a_memorandum(office)

    read = office.memorandum("aitu-and-college")
    keys = [did_key(office.institution(each).state.keys[0].multikey) for each in ("aitu", "college")]
    assert [entry.actor for entry in read.history.entries] == keys
    assert read.state.standing(DAY) is MemorandumStanding.IN_FORCE
    assert auditing.audit(office.ledger).holds


def test_they_are_listed_by_partner(office: Office):
    a_university(office, "college")
    a_university(office, "enu")
    a_memorandum(office)
    a_memorandum(office, "aitu-and-enu", between=("enu", "aitu"), signed=False)
    office.follower.catch_up()

    listed = {who: memoranda.memoranda(office.ledger.database, who) for who in (None, "aitu", "college")}

    assert listed == {
        None: ["aitu-and-college", "aitu-and-enu"],
        "aitu": ["aitu-and-college", "aitu-and-enu"],
        "college": ["aitu-and-college"],
    }


def test_a_partner_must_be_registered_and_another(office: Office):
    with pytest.raises(NotFound):
        a_memorandum(office, between=("aitu", "nowhere"))
    with pytest.raises(InvalidValue):
        a_memorandum(office, between=("aitu", "aitu"))


def test_one_signature_is_enough(office: Office):
    a_university(office, "college")
    a_memorandum(office)

    with pytest.raises(AlreadySigned):
        partnering.sign_memorandum(office, "college", memorandum="aitu-and-college", signed_on=DAY, at=NOON)


def a_stranger_signs(office: Office) -> None:
    """For itself: its key is good, but the memorandum does not name it."""
    record(office, "enu", MemorandumSigned(institution=InstitutionId("enu"), signed_on=DAY))


def a_partner_signs_for_another(office: Office) -> None:
    record(office, "aitu", MemorandumSigned(institution=InstitutionId("college"), signed_on=DAY))


def a_second_proposal_takes_the_place_of_the_first(office: Office) -> None:
    record(
        office,
        "aitu",
        MemorandumProposed(
            memorandum=MemorandumId("aitu-and-college"),
            institution=InstitutionId("aitu"),
            names=named("Other terms"),
            partners=(InstitutionId("aitu"), InstitutionId("college")),
            accepted=(),
            compared=(),
            valid_from=DAY,
            proposed_on=DAY,
        ),
    )


def record(office: Office, by: str, event: MemorandumSigned | MemorandumProposed) -> None:
    """Past every decision, straight into the ledger."""
    _, signer = office.signer_of(office.institution(by).state, NOON)
    history = office.ledger.history("memorandum/aitu-and-college")
    office.ledger.save(Write(history.stream, history, [event], signer), at=NOON)


FORGED = {
    "a stranger signs": a_stranger_signs,
    "a partner signs for another": a_partner_signs_for_another,
    "a second proposal": a_second_proposal_takes_the_place_of_the_first,
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_an_auditor_finds_a_signature_that_is_not_the_partners(forge, office: Office):
    a_university(office, "college")
    a_university(office, "enu")
    a_memorandum(office, signed=False)

    forge(office)

    finding = auditing.audit(office.ledger).finding
    assert finding is not None
    assert (finding.stream, finding.position) == ("memorandum/aitu-and-college", 2)
