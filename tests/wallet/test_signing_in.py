"""Signing in without a browser: what is no answer of a passkey opens nothing, and a link works once and in time."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.offices import NOON, a_learner, a_university, an_office
from wallet import accounts, signing_in
from wallet.accounts import StaffRole
from wallet.office import Office
from wallet.signing_in import INVITED_FOR, NoInvitation, NotSignedIn


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        a_university(office)
        yield office


NO_ANSWERS = {
    "nothing": "",
    "no JSON": "passkey",
    "a list": "[]",
    "no response": "{}",
    "a response that is none": json.dumps({"rawId": "AA", "response": {"clientDataJSON": "AA"}}),
    "client data of no challenge": json.dumps({"rawId": "AA", "response": {"clientDataJSON": "e30"}}),
    "a number": json.dumps({"rawId": 7, "response": {"clientDataJSON": 7}}),
    "deep": "[" * 2000,
}


@pytest.mark.parametrize("text", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_of_a_passkey_opens_nothing(text: str, office: Office):
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(office, text, at=NOON)
    secret = signing_in.invite_learner(office, a_learner(office).learner, at=NOON)
    with pytest.raises(NotSignedIn):
        signing_in.register(office, secret, text, at=NOON)
    assert signing_in.invitation(office, secret, at=NOON).learner is not None


def test_a_link_runs_out(office: Office):
    secret = signing_in.invite_staff(office, name="Aigerim", roles={"aitu": [StaffRole.ISSUER]}, at=NOON)

    assert (
        signing_in.invitation(office, secret, at=NOON + INVITED_FOR - timedelta(seconds=1)).name == "Aigerim"
    )
    with pytest.raises(NoInvitation):
        signing_in.invitation(office, secret, at=NOON + INVITED_FOR)
    with pytest.raises(NoInvitation):
        signing_in.invitation(office, "guessed", at=NOON)


def test_new_codes_put_the_old_ones_out_of_use_and_none_lets_anybody_in_twice(office: Office):
    learner = a_learner(office).learner
    with office.ledger.database.writer() as cursor:
        account = accounts.make_account(cursor, learner=learner, name="", roles={}, at=NOON)
    old, new = signing_in.renew_codes(office, account), signing_in.renew_codes(office, account)

    assert len(set(old) | set(new)) == 20
    with pytest.raises(NotSignedIn):
        signing_in.sign_in_by_code(office, old[0], at=NOON)
    assert signing_in.sign_in_by_code(office, new[0], at=NOON).account == account
    with pytest.raises(NotSignedIn):
        signing_in.sign_in_by_code(office, new[0], at=NOON)
    assert signing_in.codes_left(office, account) == 9


def test_no_secret_stands_in_the_file(office: Office):
    learner = a_learner(office).learner
    secret = signing_in.invite_learner(office, learner, at=NOON)
    with office.ledger.database.writer() as cursor:
        account = accounts.make_account(cursor, learner=learner, name="", roles={}, at=NOON)
    session = signing_in.begin_session(office, account, at=NOON)
    code = signing_in.renew_codes(office, account)[0]
    office.ledger.database.empty_log()
    kept = office.settings.ledger.read_bytes()

    for each in (secret, session, code, code.replace("-", "")):
        assert each.encode() not in kept
