"""Promises to learners, to admissions and to employers, each with what it must never let through, on a real wallet.

P7, of erased learners, is in tests/wallet/test_erasing.py; what a reader is promised of one document (P9, P10) in
tests/verifying and tests/attacks.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from api.app import create_app
from domain.credential import CredentialIssued
from domain.errors import NotFound
from domain.values import Setting
from keys.proofs import add_proof
from tests.api.world import Knocker
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university, an_office
from tests.verifying.test_fetching import a_fetcher
from wallet import issuing, publishing, registering, sharing
from wallet.bundle import BundleEvidence
from wallet.evidence import Combined, NetworkEvidence, StatusListEvidence, StatusRecord
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.receipt import Table, check_receipt
from wallet.showing import show_institution, show_record
from wallet.transparency.log import Log
from wallet.trusting import LedgerEvidence
from wallet.verdict import Outcome, Verdict
from wallet.verifying import Policy, verify
from wallet.verifying_many import Tally, Terms, signed_receipt

MINUTE = timedelta(minutes=1)
HOUR, DAY, YEARS = timedelta(hours=1), timedelta(days=1), timedelta(days=3650)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        yield office


def a_badge(office: Office, *, at: datetime = NOON) -> CredentialIssued:
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    return issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=at)


def verdict(office: Office, document: str | bytes, *, at: datetime) -> Verdict:
    text = document if isinstance(document, bytes) else document.encode()
    return verify(text, at=at, evidence=OfficeEvidence(office, at))


def bundled(office: Office, *badges: CredentialIssued, at: datetime) -> BundleEvidence:
    data = publishing.bundle(office, [badge.credential for badge in badges], at=at)
    return BundleEvidence.open(data, {office.registry_signer().public.did})


# --- P4 -------------------------------------------------------------------------------------------------


def test_P4_a_stolen_key_validates_nothing_that_was_not_logged_before_it_was_revoked(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    """However the thief dates it, and whether it went through the office or past it; what was logged before stands."""
    before = [a_badge(office) for _ in range(3)]
    [key] = office.institution("aitu").state.keys
    thief = office.keystore.signer("institution/aitu/key-1")
    theft = NOON + HOUR
    genuine = json.loads(before[0].document)
    unsigned = {name: value for name, value in genuine.items() if name != "proof"}
    forged = [
        json.dumps(
            add_proof(
                unsigned | {"id": f"urn:uuid:00000000-0000-4000-8000-{number:012}"},
                signer=thief,
                suite="eddsa-rdfc-2022",
                verification_method=key.method,
                created=NOON + timedelta(minutes=5 * number) - HOUR,
            )
        )
        for number in range(20)
    ]
    with (
        monkeypatch.context() as past_the_office
    ):  # recorded and dated back, but not logged before the theft was told
        past_the_office.setattr(Office, "checkpoint", lambda *_: None)
        forged += [a_badge(office).document for _ in range(3)]
    Log(office.ledger.database).sign(office.log_origin, office.registry_signer(), NOON + 2 * HOUR)
    registering.rotate_key(office, "aitu", at=NOON + 2 * HOUR)
    registering.report_compromise(
        office, "aitu", method=key.method, since=theft, reason="A stolen laptop.", at=NOON + 2 * HOUR
    )
    now = NOON + 3 * HOUR

    accepted = [
        document for document in forged if verdict(office, document, at=now).outcome is Outcome.PASSED
    ]

    assert accepted == []
    assert {verdict(office, badge.document, at=now).outcome for badge in before} == {Outcome.PASSED}


def test_P4_nor_does_it_for_somebody_who_asks_as_of_a_day_before_the_theft_was_known(office: Office):
    badge = a_badge(office, at=NOON + HOUR)
    [key] = office.institution("aitu").state.keys
    registering.rotate_key(office, "aitu", at=NOON + 2 * HOUR)
    registering.report_compromise(
        office, "aitu", method=key.method, since=NOON + MINUTE, reason="A stolen laptop.", at=NOON + 2 * HOUR
    )
    evidence = LedgerEvidence(office.ledger, NOON + 3 * HOUR, as_of=NOON + HOUR)

    answer = verify(badge.document.encode(), at=NOON + HOUR, evidence=evidence)

    assert answer.check("key-in-force").reason == "compromised"


# --- P5 -------------------------------------------------------------------------------------------------


def test_P5_a_share_opens_what_it_names_until_its_end_and_nothing_else(office: Office):
    """Over every route, role and tenant: tests/api/test_access_matrix.py and tests/pages/test_access.py."""
    shown, hidden = a_badge(office), a_badge(office)
    learner = office.credential(shown.credential).state.issued.learner
    shared = sharing.share(
        office,
        learner,
        credentials=[shown.credential],
        with_whom="Silk Road Logistics",
        purpose="a position",
        until=NOON + DAY,
        at=NOON,
    )

    assert [held.id for held in sharing.open_share(office, shared.secret, at=NOON).credentials] == [
        shown.credential
    ]
    assert hidden.credential not in str(sharing.open_share(office, shared.secret, at=NOON))
    for secret, at in (
        (shared.secret, NOON + DAY),
        (shared.name, NOON),
        (shared.secret[:-1], NOON),
        ("", NOON),
    ):
        with pytest.raises(NotFound):
            sharing.open_share(office, secret, at=at)


# --- P6 and P12 -----------------------------------------------------------------------------------------


def test_P6_a_bundle_verifies_years_after_the_issuer_and_its_site_are_gone(office: Office):
    badge = a_badge(office)
    evidence = bundled(office, badge, at=NOON + HOUR)
    office.close()

    for years_later in (NOON + DAY, NOON + YEARS):
        answer = verify(badge.document.encode(), at=years_later, evidence=evidence)

        assert [check.code for check in answer.checks if check.outcome is Outcome.FAILED] == []
        assert answer.check("proof").outcome is Outcome.PASSED
        assert answer.check("key-in-force").outcome is Outcome.PASSED
        assert answer.check("log-inclusion").outcome is Outcome.PASSED
        assert answer.check("trust").outcome is Outcome.PASSED
        # What was revoked since nobody can know from an old list: that is said, and never guessed.
        assert answer.check("status").outcome is (
            Outcome.PASSED if years_later < NOON + YEARS else Outcome.COULD_NOT_CHECK
        )


def test_P6_a_bundle_of_the_day_of_issue_keeps_its_diploma_good_through_any_rotation_of_keys(office: Office):
    badge = a_badge(office)
    for number in range(1, 4):
        registering.rotate_key(office, "aitu", at=NOON + number * HOUR)
    at = NOON + 5 * HOUR

    old = json.loads(badge.document)["proof"]["verificationMethod"]

    assert old.endswith("#key-1")
    assert len(office.institution("aitu").state.keys) == 4
    assert verdict(office, badge.document, at=at).outcome is Outcome.PASSED
    assert verify(badge.document.encode(), at=at, evidence=bundled(office, badge, at=at)).passed


def test_P12_a_receipt_verifies_years_later_without_our_server(office: Office):
    digest = sha256(b"number,outcome\n1,passed\n").hexdigest()
    signed = signed_receipt(
        office,
        "aitu",
        tally=Tally(),
        terms=Terms(Policy(), NOON),
        table=Table(sha256=digest, media_type="text/csv"),
        at=NOON,
    )
    evidence = bundled(office, a_badge(office), at=NOON + HOUR)
    office.close()

    told = check_receipt(signed, evidence=evidence, at=NOON + YEARS, table_sha256=digest)
    other = check_receipt(signed, evidence=evidence, at=NOON + YEARS, table_sha256=sha256(b"").hexdigest())

    assert (told.outcome, told.verifier_name) == (Outcome.PASSED, "University aitu")
    assert other.outcome is Outcome.FAILED


# --- P11 ------------------------------------------------------------------------------------------------


def test_P11_a_revocation_shows_within_a_minute_to_whoever_asks_the_issuers_list(office: Office):
    """The list changes with the revocation itself, and no cache on the way may keep it for more than sixty seconds."""
    badge = a_badge(office)
    url = json.loads(badge.document)["credentialStatus"][0]["statusListCredential"]
    lists = [publishing.status_list_text(office, "aitu", 1, "revocation", NOON)]
    issuing.revoke(office, "aitu", badge.credential, reason="Issued in error.", at=NOON + HOUR)
    lists.append(publishing.status_list_text(office, "aitu", 1, "revocation", NOON + HOUR))

    before, after = (json.loads(text)["credentialSubject"]["encodedList"] for text in lists)
    assert before != after
    assert verdict(office, badge.document, at=NOON + HOUR + MINUTE).check("status").reason == "revoked"
    served = Knocker(create_app(office)).get(url.removeprefix("https://records.example"))
    assert served.headers["Cache-Control"] == "public, max-age=60"
    assert served.json()["credentialSubject"]["encodedList"] == after


def test_P11_a_list_that_is_too_old_is_never_taken_for_a_good_one(office: Office):
    badge = a_badge(office)
    evidence = bundled(office, badge, at=NOON)
    issuing.revoke(office, "aitu", badge.credential, reason="Issued in error.", at=NOON + HOUR)

    for days in (31, 365):
        answer = verify(badge.document.encode(), at=NOON + days * DAY, evidence=evidence)

        assert (answer.outcome, answer.check("status").reason) == (Outcome.COULD_NOT_CHECK, "stale-list")
    strict = Policy(max_status_age=MINUTE)
    answer = verify(badge.document.encode(), at=NOON + 2 * HOUR, evidence=evidence, policy=strict)
    assert answer.check("status").outcome is Outcome.COULD_NOT_CHECK


# --- P13 ------------------------------------------------------------------------------------------------


def test_P13_the_name_shown_is_the_registrys_whatever_the_issuer_calls_itself(office: Office):
    badge = a_badge(office)
    [key] = office.institution("aitu").state.keys
    unsigned = {name: value for name, value in json.loads(badge.document).items() if name != "proof"}
    unsigned["issuer"] |= {"name": "University of Oxford"}
    boasting = add_proof(
        unsigned,
        signer=office.keystore.signer("institution/aitu/key-1"),
        suite="eddsa-rdfc-2022",
        verification_method=key.method,
        created=NOON,
    )

    answer = verdict(office, json.dumps(boasting), at=NOON + HOUR)

    assert answer.check("proof").outcome is Outcome.PASSED
    assert b"Oxford" not in answer.to_json()
    assert b"University aitu" in answer.to_json()


# --- P14 ------------------------------------------------------------------------------------------------


def test_P14_of_many_documents_with_one_list_the_issuer_is_asked_once(office: Office):
    badges = [a_badge(office) for _ in range(5)]
    fetcher, made = a_fetcher(body=publishing.status_list_text(office, "aitu", 1, "revocation", NOON))
    known = LedgerEvidence(office.ledger, NOON + HOUR)
    facts = Combined(WithoutLists(known), NetworkEvidence(fetcher))

    for badge in badges * 3:
        verify(badge.document.encode(), at=NOON + HOUR, evidence=facts)

    asked = [url for _, url in made]
    assert len(asked) == len(set(asked)) == 2  # the list of revocations, and that of suspensions
    assert not any(badge.credential in url for badge in badges for url in asked)


class WithoutLists:
    """A registry that knows issuers and their keys, and leaves their lists to the network."""

    def __init__(self, known: LedgerEvidence) -> None:
        self.issuer, self.witness = known.issuer, known.witness
        self.controller_document = known.controller_document

    def status_lists(self, _url: str, /) -> list[StatusListEvidence]:
        return []

    def status_on(self, _url: str, _index: int, _at: datetime, /) -> StatusRecord | None:
        return None


# --- as of a day ----------------------------------------------------------------------------------------


def test_the_register_asked_about_a_past_day_is_the_one_of_that_day(office: Office):
    a_university(office, "college", accredited=False)
    did = office.institution("college").state.did
    registering.accredit(
        office,
        "college",
        by="Independent Agency for Quality Assurance",
        settings=tuple(Setting),
        valid_from=NOON.date(),
        reference="IA-2026/9",
        at=NOON + DAY,
    )
    registering.withdraw_accreditation(
        office, "college", reference="IA-2026/9", reason="Closed.", on=NOON.date(), at=NOON + 2 * DAY
    )

    def known(as_of: datetime) -> list[tuple[str, date | None]] | None:
        issuer = LedgerEvidence(office.ledger, NOON + 3 * DAY, as_of=as_of).issuer(did)
        return None if issuer is None else [(a.reference, a.valid_until) for a in issuer.accreditations or ()]

    assert known(NOON - MINUTE) is None
    assert known(NOON) == []
    assert known(NOON + DAY) == [("IA-2026/9", None)]
    assert known(NOON + 2 * DAY) == [("IA-2026/9", NOON.date() - DAY)]


def test_a_record_of_a_past_day_says_what_it_said_on_that_day(office: Office):
    learner = a_learner(office).learner
    credit = a_credit(office, learner)  # at noon
    before = show_record(office, learner)
    issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit.credit, at=NOON + HOUR)
    after_issue = show_record(office, learner)
    issuing.withdraw_credit(
        office,
        "aitu",
        learner=learner,
        credit=credit.credit,
        reason="Assessed in error.",
        on=NOON.date(),
        at=NOON + 2 * HOUR,
    )

    assert show_record(office, learner, as_of=NOON) == before
    assert show_record(office, learner, as_of=NOON + HOUR) == after_issue
    assert [row.credential for row in after_issue.credentials] == [issued.credential]
    now = show_record(office, learner, as_of=NOON + YEARS)
    assert now == show_record(office, learner)
    assert (now.totals, [row.standing for row in now.credentials]) == ((), ["revoked"])
    with pytest.raises(NotFound, match=r"no wallet .* at that time"):
        show_record(office, learner, as_of=NOON - MINUTE)


def test_an_institution_is_shown_as_the_register_had_it(office: Office):
    registering.rotate_key(office, "aitu", at=NOON + HOUR)

    assert len(show_institution(office, "aitu", as_of=NOON).keys) == 1
    assert len(show_institution(office, "aitu").keys) == 2
    with pytest.raises(NotFound, match="was not registered at that time"):
        show_institution(office, "aitu", as_of=NOON - MINUTE)
