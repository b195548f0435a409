"""Sharing: what was chosen, for whom, until when; and nothing of it in clear, nor after she is erased."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain import share as shares
from domain.errors import InvalidValue, NotFound
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university, an_office
from wallet import issuing, sharing
from wallet.auditing import audit
from wallet.errors import Erased
from wallet.ledger.ledger import Write
from wallet.office import Office
from wallet.sharing import LONGEST, Share


@dataclass(frozen=True)
class World:
    office: Office
    learner: str
    credential: str

    def share(self, **more: Any) -> Share:
        said = {
            "credentials": [self.credential],
            "with_whom": "Silk Road Logistics",
            "purpose": "a position as dispatcher",
            "until": NOON + timedelta(days=30),
            "at": NOON,
        }
        return sharing.share(self.office, self.learner, **{**said, **more})


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        learner = a_learner(office).learner
        credit = a_credit(office, learner).credit
        issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        yield World(office, learner, issued.credential)


def test_a_share_is_open_from_now_until_its_end_and_tells_her_who_looked(world: World):
    shared = world.share()
    end = shared.until

    assert [held.id for held in sharing.open_share(world.office, shared.secret, at=NOON).credentials] == [
        world.credential
    ]
    sharing.open_share(world.office, shared.secret, at=end - timedelta(seconds=1))
    with pytest.raises(NotFound):
        sharing.open_share(world.office, shared.secret, at=end)
    (seen,) = sharing.shares_of(world.office, world.learner)
    assert seen.looks == (NOON, end - timedelta(seconds=1))


def test_what_she_agreed_to_is_in_the_ledger_signed_with_her_own_key(world: World):
    shared = world.share()
    sharing.open_share(world.office, shared.secret, at=NOON + timedelta(hours=1))
    sharing.withdraw_share(world.office, world.learner, shared.name, at=NOON + timedelta(hours=2))
    sharing.withdraw_share(world.office, world.learner, shared.name, at=NOON + timedelta(hours=3))

    [receipt] = sharing.receipts_of(world.office, world.learner)
    made, withdrawn = world.office.ledger.history(f"shares/{world.learner}").entries

    assert (receipt.with_whom, receipt.purpose) == ("Silk Road Logistics", "a position as dispatcher")
    assert (receipt.credentials, receipt.until) == ((world.credential,), NOON + timedelta(days=30))
    assert (receipt.made_in, receipt.withdrawn_in) == (made.sequence, withdrawn.sequence)
    assert receipt.withdrawn_at == NOON + timedelta(hours=2)
    assert receipt.looks == (NOON + timedelta(hours=1),)
    her_key = world.office.learner_keys.signer(world.learner).public.did
    assert {made.actor, withdrawn.actor} == {her_key}
    assert audit(world.office.ledger).finding is None


def test_nobody_consents_in_her_name(world: World):
    world.share()
    stream = f"shares/{world.learner}"
    history = world.office.ledger.history(stream)
    event = shares.withdraw(shares.fold(history.events), *_first(history.events), at=NOON)
    write = Write(stream, history, (event,), world.office.registry_signer(), world.learner)
    world.office.ledger.save(write, at=NOON)

    found = audit(world.office.ledger).finding

    assert found is not None
    assert "may not sign share.withdrawn.v1" in found.reason


def _first(events: Any) -> tuple[str, Any]:
    return events[0].share, events[0].learner


def test_a_refused_share_is_no_consent(world: World):
    with pytest.raises(InvalidValue):
        world.share(purpose="")

    assert sharing.receipts_of(world.office, world.learner) == []


def test_a_share_taken_back_opens_nothing_and_stays_on_her_list(world: World):
    shared = world.share()
    sharing.withdraw_share(world.office, world.learner, shared.name, at=NOON)

    with pytest.raises(NotFound):
        sharing.open_share(world.office, shared.secret, at=NOON)
    assert sharing.shares_of(world.office, world.learner)[0].withdrawn_at == NOON


REFUSED = {
    "nothing chosen": {"credentials": []},
    "no purpose": {"purpose": " "},
    "for nobody": {"with_whom": ""},
    "an end that is past": {"until": NOON},
    "for ever": {"until": NOON + LONGEST + timedelta(seconds=1)},
    "two lines of purpose": {"purpose": "a\nb"},
}


@pytest.mark.parametrize("said", REFUSED.values(), ids=REFUSED)
def test_a_share_is_refused_with(said: dict[str, Any], world: World):
    with pytest.raises(InvalidValue):
        world.share(**said)
    assert sharing.shares_of(world.office, world.learner) == []


def test_nobody_shares_a_document_of_another(world: World):
    with pytest.raises(NotFound):
        sharing.share(
            world.office,
            a_learner(world.office).learner,
            credentials=[world.credential],
            with_whom="x",
            purpose="x",
            until=NOON + timedelta(days=1),
            at=NOON,
        )


def test_nothing_of_a_share_stands_in_clear_and_it_goes_with_her(world: World):
    shared = world.share()
    world.office.ledger.database.empty_log()
    kept = world.office.settings.ledger.read_bytes()

    for private in (shared.secret, "Silk Road Logistics", "dispatcher"):
        assert private.encode() not in kept
    world.office.learner_keys.destroy(world.learner)
    with pytest.raises(NotFound):
        sharing.open_share(world.office, shared.secret, at=NOON)
    with pytest.raises(Erased):
        sharing.shares_of(world.office, world.learner)
