"""Institutions, their keys, and learners."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.errors import AlreadyOpened, AlreadyRegistered, InvalidValue, KeyNotInForce, NotFound
from keys.errors import KeystoreError, WrongPassphrase
from tests.offices import CHEAP, DAY, NOON, PASSPHRASE, a_credit, a_learner, a_university, an_office, named
from wallet import auditing, bootstrap, publishing, registering
from wallet.office import Office
from wallet.settings import Settings


def test_an_institution_gets_a_did_under_the_wallets_address(office: Office):
    document = publishing.institution_document(office, "aitu")

    assert document["id"] == "did:web:records.example:i:aitu"
    (method,) = document["verificationMethod"]
    assert method["id"] == "did:web:records.example:i:aitu#key-1"


def test_an_institution_is_registered_once(office: Office):
    with pytest.raises(AlreadyRegistered):
        a_university(office)


def test_an_accreditation_is_recorded_once(office: Office):
    with pytest.raises(AlreadyRegistered):
        registering.accredit(
            office, "aitu", by="Agency", settings=["formal"], valid_from=DAY, reference="IA-2024/1", at=NOON
        )


def test_a_refused_registration_leaves_no_half_of_an_institution(office: Office):
    with pytest.raises(InvalidValue):
        registering.register_institution(
            office, institution="bad", names=named("Bad"), country="Kazakhstan", at=NOON
        )

    with pytest.raises(NotFound):
        office.institution("bad")
    assert registering.register_institution(
        office, institution="bad", names=named("Good"), country="KZ", at=NOON
    ).key_method.endswith("#key-1")


def test_a_rotation_publishes_a_new_key_and_ends_the_old(office: Office):
    later = NOON + timedelta(hours=1)

    published = registering.rotate_key(office, "aitu", at=later)

    document = publishing.institution_document(office, "aitu")
    assert [method.get("expires") for method in document["verificationMethod"]] == [
        "2026-06-01T13:00:00Z",
        None,
    ]
    assert office.signer_of(office.institution("aitu").state, later)[0] == published.method


def test_a_new_key_stands_beside_the_old_and_signs_from_then_on(office: Office):
    later = NOON + timedelta(hours=1)

    published = registering.publish_key(office, "aitu", at=later)

    state = office.institution("aitu").state
    assert [term.standing(later) for term in state.keys] == ["in-force", "in-force"]
    assert office.signer_of(state, later)[0] == published.method


def test_the_registrys_new_key_signs_and_the_ledger_still_holds(office: Office):
    later = NOON + timedelta(hours=1)

    published = registering.rotate_registry_key(office, at=later)
    a_university(office, "second")

    entries = office.ledger.history("institution/second").entries
    assert {entry.actor for entry in entries} == {f"did:key:{published.key_multikey}"}
    assert auditing.audit(office.ledger).holds


def test_after_a_compromise_nothing_is_signed_until_a_new_key_is_published(office: Office):
    learner = a_learner(office).learner
    (key,) = office.institution("aitu").state.keys
    registering.report_compromise(office, "aitu", method=key.method, since=NOON, reason="theft", at=NOON)

    with pytest.raises(KeyNotInForce):
        a_credit(office, learner)
    registering.rotate_key(office, "aitu", at=NOON)
    a_credit(office, learner)

    assert auditing.audit(office.ledger).holds


def test_a_wallet_is_opened_once(office: Office):
    learner = a_learner(office).learner

    with pytest.raises(AlreadyOpened):
        registering.register_learner(office, learner=learner, at=NOON)


def test_a_home_is_made_once_and_wants_its_passphrase(tmp_path: Path):
    with an_office(tmp_path) as office:
        settings = office.settings

    with pytest.raises(AlreadyRegistered):
        bootstrap.create(settings, PASSPHRASE, name="Again", base_url="https://records.example", at=NOON)
    with pytest.raises(WrongPassphrase):
        Office.open(settings, b"guess")


def test_an_empty_folder_is_no_home(tmp_path: Path):
    with pytest.raises(KeystoreError):
        Office.open(Settings(tmp_path), PASSPHRASE)


NO_ADDRESSES = {
    "plain http on a public host": "http://records.example",
    "a path": "https://records.example/wallet",
    "no scheme": "records.example",
    "an address in capitals": "https://Records.Example",
    "a user in it": "https://me@records.example",
    "nothing": "",
}


@pytest.mark.parametrize("address", NO_ADDRESSES.values(), ids=NO_ADDRESSES)
def test_the_wallets_address_is_refused_where_it_has(tmp_path: Path, address: str):
    with pytest.raises(InvalidValue):
        bootstrap.create(
            Settings(tmp_path / "home"), PASSPHRASE, name="Name", base_url=address, at=NOON, params=CHEAP
        )
