"""A credential's life, as anyone who checks it sees it."""

import json
from datetime import timedelta

import pytest

from domain.credential import CredentialIssued
from domain.errors import KeyNotInForce, NotFoundInWallet, NotInForce, WrongInstitution
from domain.values import CreditScheme
from tests.offices import DAY, NOON, PASSPHRASE, a_credit, a_learner, a_qualification, a_unit, a_university
from wallet import awarding, issuing, publishing, registering, showing
from wallet.bundle import BundleEvidence
from wallet.formats import open_badges
from wallet.office import Office
from wallet.trusting import LedgerEvidence, local_evidence
from wallet.verdict import Verdict
from wallet.verifying import verify

LATER = NOON + timedelta(hours=1)


def checked(office: Office, document: str) -> Verdict:
    return verify(document.encode(), at=LATER, evidence=LedgerEvidence(office.ledger, LATER))


def step(verdict: Verdict) -> str:
    """The step that decided."""
    return next(check.code for check in verdict.checks if check.outcome is verdict.outcome)


def test_a_badge_says_what_the_wallet_says(office: Office):
    learner = a_learner(office)
    credit = a_credit(office, learner.learner)

    badge = issuing.issue_credit(office, "aitu", learner=learner.learner, credit=credit.credit, at=NOON)

    facts = open_badges.read(json.loads(badge.document))
    assert facts.points == credit.points
    assert facts.setting == credit.setting
    assert facts.eqf_level == 6
    assert facts.learner == learner.did
    assert facts.awarded_on.date() == DAY


def test_a_badge_passes_and_its_witness_is_the_ledger(office: Office):
    badge = a_badge(office)

    verdict = checked(office, badge.document)

    assert verdict.passed, verdict.headline
    logged = verdict.check("log-inclusion")
    assert logged is not None
    assert logged.evidence["since"] == "2026-06-01T12:00:00Z"


def test_a_badge_passes_without_the_passphrase(office: Office):
    badge = a_badge(office)

    with local_evidence(office.settings, LATER) as evidence:
        assert evidence is not None
        assert verify(badge.document.encode(), at=LATER, evidence=evidence).passed


def test_a_suspended_badge_fails_until_it_is_reinstated(office: Office):
    badge = a_badge(office)

    issuing.suspend(office, "aitu", badge.credential, reason="under review", at=NOON)
    suspended = checked(office, badge.document)
    issuing.reinstate(office, "aitu", badge.credential, at=NOON)

    assert step(suspended) == "status"
    assert "suspended" in suspended.headline
    assert checked(office, badge.document).passed


def test_a_revoked_badge_fails_for_ever(office: Office):
    badge = a_badge(office)

    issuing.revoke(office, "aitu", badge.credential, reason="issued in error", at=NOON)

    assert step(checked(office, badge.document)) == "status"
    with pytest.raises(NotInForce):
        issuing.reinstate(office, "aitu", badge.credential, at=NOON)


def test_only_its_issuer_ends_a_badge(office: Office):
    badge = a_badge(office)
    a_university(office, "other")

    with pytest.raises(WrongInstitution):
        issuing.revoke(office, "other", badge.credential, reason="envy", at=NOON)


def test_superseding_links_the_old_to_the_new(office: Office):
    old = a_badge(office)

    new = issuing.supersede(office, "aitu", old.credential, at=NOON)

    assert new.supersedes == old.credential
    assert issuing.show_credential(office, old.credential).superseded_by == new.credential
    assert step(checked(office, old.document)) == "status"
    assert checked(office, new.document).passed


def test_withdrawing_a_credit_ends_the_credentials_that_tell_of_it(office: Office):
    badge = a_badge(office)
    record = issuing.issue_record(office, "aitu", learner=badge.learner, at=NOON)

    issuing.withdraw_credit(
        office, "aitu", learner=badge.learner, credit=badge.credits[0], reason="in error", on=DAY, at=NOON
    )

    assert step(checked(office, badge.document)) == "status"
    assert not checked(office, record.document).passed
    with pytest.raises(NotInForce):
        issuing.issue_credit(office, "aitu", learner=badge.learner, credit=badge.credits[0], at=NOON)


def test_a_record_carries_every_badge_exactly_as_it_was_issued(office: Office):
    learner = a_learner(office).learner
    a_unit(office, "ecvet", scheme=CreditScheme.ECVET, points=2)
    badges = [
        issuing.issue_credit(
            office, "aitu", learner=learner, credit=a_credit(office, learner, unit).credit, at=NOON
        )
        for unit in ("algorithms", "ecvet")
    ]

    record = issuing.issue_record(office, "aitu", learner=learner, at=NOON)

    carried = json.loads(record.document)["credentialSubject"]["verifiableCredential"]
    assert carried == [json.loads(badge.document) for badge in badges]
    assert checked(office, record.document).passed


def test_a_record_with_a_revoked_member_fails_by_its_member(office: Office):
    badge = a_badge(office)
    record = issuing.issue_record(office, "aitu", learner=badge.learner, at=NOON)

    issuing.revoke(office, "aitu", badge.credential, reason="in error", at=NOON)

    verdict = checked(office, record.document)
    assert step(verdict) == "members"
    assert step(verdict.members[0]) == "status"


def a_diploma(office: Office) -> tuple[str, CredentialIssued]:
    """A learner who was conferred a qualification, and the credential of it."""
    learner = a_learner(office).learner
    a_credit(office, learner)
    a_qualification(office)
    conferral = awarding.confer(
        office, "aitu", learner=learner, qualification="first-year", conferred_on=DAY, at=NOON
    ).conferral
    return learner, issuing.issue_qualification(office, "aitu", learner=learner, conferral=conferral, at=NOON)


def test_a_qualification_that_was_conferred_is_a_credential_of_its_own(office: Office):
    learner, diploma = a_diploma(office)

    facts = open_badges.read(json.loads(diploma.document))
    assert (facts.achievement_type, facts.names["en"]) == ("BachelorDegree", "Qualification first-year")
    assert (facts.eqf_level, str(facts.points), facts.awarded_on.date()) == (6, "6 ECTS", DAY)
    assert facts.achievement.endswith("/qualifications/first-year")
    assert checked(office, diploma.document).passed
    held = issuing.show_credential(office, diploma.credential)
    assert (held.issued.credits, held.issued.learner) == ((), learner)


def test_a_diploma_stands_until_the_qualification_is_withdrawn(office: Office):
    learner, diploma = a_diploma(office)
    credit = next(iter(office.learner(learner).state.credits))
    conferral = issuing.show_credential(office, diploma.credential).conferral
    assert conferral is not None

    issuing.withdraw_credit(office, "aitu", learner=learner, credit=credit, reason="error", on=DAY, at=NOON)
    assert checked(office, diploma.document).passed
    issuing.withdraw_conferral(
        office, "aitu", learner=learner, conferral=conferral, reason="its credit is gone", on=DAY, at=NOON
    )

    assert step(checked(office, diploma.document)) == "status"
    with pytest.raises(NotInForce):
        issuing.issue_qualification(office, "aitu", learner=learner, conferral=conferral, at=NOON)
    with pytest.raises(NotInForce):
        issuing.supersede(office, "aitu", diploma.credential, at=NOON)


def test_only_who_conferred_a_qualification_certifies_and_withdraws_it(office: Office):
    learner, diploma = a_diploma(office)
    conferral = issuing.show_credential(office, diploma.credential).conferral
    assert conferral is not None
    a_university(office, "college")

    with pytest.raises(WrongInstitution):
        issuing.issue_qualification(office, "college", learner=learner, conferral=conferral, at=NOON)
    with pytest.raises(WrongInstitution):
        issuing.withdraw_conferral(
            office, "college", learner=learner, conferral=conferral, reason="envy", on=DAY, at=NOON
        )
    with pytest.raises(NotFoundInWallet):
        issuing.issue_qualification(office, "aitu", learner=learner, conferral="nothing", at=NOON)


def test_a_diploma_issued_anew_ends_the_old_one(office: Office):
    _, diploma = a_diploma(office)

    anew = issuing.supersede(office, "aitu", diploma.credential, at=NOON)

    assert step(checked(office, diploma.document)) == "status"
    assert checked(office, anew.document).passed
    assert (
        json.loads(anew.document)["credentialSubject"]["achievement"]["achievementType"] == "BachelorDegree"
    )


def test_a_record_carries_the_diploma_beside_the_credits(office: Office):
    learner, _ = a_diploma(office)
    credit = next(iter(office.learner(learner).state.credits))
    issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)

    record = issuing.issue_record(office, "aitu", learner=learner, at=NOON)

    members = json.loads(record.document)["credentialSubject"]["verifiableCredential"]
    kinds = {member["credentialSubject"]["achievement"]["achievementType"] for member in members}
    assert kinds == {"BachelorDegree", "Course"}
    assert checked(office, record.document).passed


def test_without_badges_there_is_no_record(office: Office):
    with pytest.raises(NotInForce):
        issuing.issue_record(office, "aitu", learner=a_learner(office).learner, at=NOON)


def test_nobody_issues_a_badge_of_credit_that_is_not_there(office: Office):
    with pytest.raises(NotFoundInWallet):
        issuing.issue_credit(office, "aitu", learner=a_learner(office).learner, credit="nothing", at=NOON)


def test_a_rotated_key_leaves_old_badges_good_and_signs_new_ones(office: Office):
    old = a_badge(office)

    registering.rotate_key(office, "aitu", at=NOON + timedelta(minutes=10))
    new = issuing.supersede(office, "aitu", old.credential, at=NOON + timedelta(minutes=20))
    other = a_badge(office, at=NOON + timedelta(minutes=30))

    assert json.loads(new.document)["proof"]["verificationMethod"].endswith("#key-2")
    assert checked(office, new.document).passed
    assert checked(office, other.document).passed


def test_after_a_compromise_only_what_was_recorded_before_it_holds(office: Office):
    before = a_badge(office)
    theft = NOON + timedelta(minutes=10)
    after = a_badge(office, at=NOON + timedelta(minutes=20))

    (key,) = office.institution("aitu").state.keys
    registering.report_compromise(
        office,
        "aitu",
        method=key.method,
        since=theft,
        reason="stolen laptop",
        at=NOON + timedelta(minutes=30),
    )
    registering.rotate_key(office, "aitu", at=NOON + timedelta(minutes=31))
    for purpose in ("revocation", "suspension"):
        publishing.status_list_text(office, "aitu", 1, purpose, NOON + timedelta(days=2))

    assert step(checked(office, after.document)) == "key-in-force"
    assert checked(office, before.document).passed


def test_a_bundle_verifies_offline_where_its_registry_is_trusted(office: Office):
    badge = a_badge(office)
    trusted = LedgerEvidence(office.ledger, LATER).registries

    bundle = publishing.bundle(office, [badge.credential], at=NOON)

    known = BundleEvidence.open(bundle, trusted)
    assert verify(badge.document.encode(), at=LATER, evidence=known).passed
    stranger = verify(badge.document.encode(), at=LATER, evidence=BundleEvidence.open(bundle, ()))
    assert stranger.outcome == "could-not-check"
    assert "--trust did:key:" in stranger.headline


def test_a_list_whose_flags_moved_since_it_was_signed_is_not_shown_to_whoever_cannot_sign(office: Office):
    badge = a_badge(office)
    kept = "UPDATE published_lists SET flags = ?"
    with office.ledger.database.writer() as cursor:
        cursor.execute(kept, [bytes(32)])

    verdict = checked(office, badge.document)

    assert verdict.outcome == "could-not-check"
    assert step(verdict) == "status"


def test_places_in_a_list_are_given_at_random_and_once(office: Office):
    learner = a_learner(office).learner
    places = []
    for number in range(8):
        a_unit(office, f"unit-{number}")
        credit = a_credit(office, learner, f"unit-{number}").credit
        places.append(
            issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON).status_index
        )

    assert len(set(places)) == 8
    assert places != sorted(places) or places[-1] - places[0] > 8


def test_every_credential_is_in_the_record_with_its_standing(office: Office):
    badge = a_badge(office)
    issuing.suspend(office, "aitu", badge.credential, reason="under review", at=NOON)

    (row,) = showing.show_record(office, badge.learner).credentials

    assert (row.credential, row.standing) == (badge.credential, "suspended")


def a_badge(office: Office, *, at=NOON):
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    return issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=at)


def signed_with(document: bytes) -> str:
    return str(json.loads(document)["proof"]["verificationMethod"]).rpartition("#")[2]


def kept_lists(office: Office) -> set[str]:
    with office.ledger.database.reader() as cursor:
        return {signed_with(text) for (text,) in cursor.execute("SELECT text FROM published_lists")}


def test_status_lists_by_a_stolen_key_are_signed_anew_at_once(office: Office):
    badge = a_badge(office)
    registering.publish_key(office, "aitu", at=NOON + timedelta(minutes=1))
    assert kept_lists(office) == {"key-1"}

    stolen = "did:web:records.example:i:aitu#key-1"
    registering.report_compromise(
        office,
        "aitu",
        method=stolen,
        since=NOON + timedelta(minutes=2),
        reason="A laptop was stolen.",
        at=LATER,
    )

    assert kept_lists(office) == {"key-2"}
    assert checked(office, badge.document).passed  # the ledger saw the badge before


def test_where_no_other_key_is_in_force_they_stay_until_there_is_one(office: Office):
    a_badge(office)
    stolen = "did:web:records.example:i:aitu#key-1"
    registering.report_compromise(
        office, "aitu", method=stolen, since=NOON, reason="A laptop was stolen.", at=LATER
    )
    assert kept_lists(office) == {"key-1"}
    with pytest.raises(KeyNotInForce):
        publishing.status_list_text(office, "aitu", 1, "revocation", LATER)

    registering.rotate_key(office, "aitu", at=LATER)

    assert kept_lists(office) == {"key-2"}


def test_a_bundle_bears_witness_to_a_record_and_to_every_credential_in_it(office: Office):
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    badge = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
    record = issuing.issue_record(office, "aitu", learner=learner, at=NOON + timedelta(minutes=1))
    stolen = "did:web:records.example:i:aitu#key-1"
    registering.report_compromise(
        office,
        "aitu",
        method=stolen,
        since=NOON + timedelta(minutes=5),
        reason="A laptop was stolen.",
        at=LATER,
    )
    registering.rotate_key(office, "aitu", at=LATER)
    carried = publishing.bundle(office, [record.credential], at=LATER)
    trusted = BundleEvidence.open(carried, {office.registry_signer().public.did})

    verdict = verify(record.document.encode(), at=LATER, evidence=trusted)

    assert badge.document in record.document or badge.credential in record.document
    assert [member.outcome for member in verdict.members] == [verdict.outcome]
    assert verdict.passed, verdict.headline


def test_credit_that_another_process_withdraws_in_the_same_instant_is_not_issued(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    signing = issuing.signed_and_checked
    others: list[Office] = []

    def withdrawn_meanwhile(*document, **by):
        if not others:
            with Office.open(office.settings, PASSPHRASE) as other:
                others.append(other)
                issuing.withdraw_credit(
                    other, "aitu", learner=learner, credit=credit, reason="In error.", on=DAY, at=NOON
                )
        return signing(*document, **by)

    monkeypatch.setattr(issuing, "signed_and_checked", withdrawn_meanwhile)

    with pytest.raises(NotInForce):
        issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)

    assert showing.show_record(office, learner).credentials == ()
