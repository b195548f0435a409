"""Step 7: what a proof of inclusion is worth, offline, on terms that a reader sets; and what a thief cannot make."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from keys.note import NoteKey, SignatureType, cosign
from keys.signing import Ed25519Signer
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university, an_office
from tests.transparency.authority import Authority
from wallet import issuing, publishing, registering
from wallet.bundle import Bundle, BundleEvidence
from wallet.evidence import Witness
from wallet.office import Office
from wallet.transparency import logged
from wallet.transparency.logged import Inclusion
from wallet.transparency.timestamping import check_stamp, request
from wallet.trusting import LedgerEvidence
from wallet.verdict import Outcome, Verdict
from wallet.verifying import Policy, verify

HOUR = timedelta(hours=1)
W1, W2 = Ed25519Signer.from_seed(bytes([21]) * 32), Ed25519Signer.from_seed(bytes([22]) * 32)
KEYS = [NoteKey(f"witness.example/w{n}", w.public, SignatureType.COSIGNATURE) for n, w in ((1, W1), (2, W2))]


@pytest.fixture
def office(tmp_path) -> Any:
    with an_office(tmp_path) as office:
        a_university(office)
        a_unit(office)
        yield office


class Issued(msgspec.Struct):
    credential: str
    document: bytes
    sequence: int


def issued(office: Office) -> Issued:
    learner = a_learner(office).learner
    credit = a_credit(office, learner).credit
    badge = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
    sequence = office.credential(badge.credential).history.entries[0].sequence
    return Issued(badge.credential, badge.document.encode(), sequence)


def cosigned(office: Office, *by: int) -> None:
    """The newest checkpoint, cosigned an hour and more later."""
    checkpoint = office.checkpoint(NOON).checkpoint
    text = checkpoint.note.decode().partition("\n\n")[0] + "\n"
    for n in by:
        line = cosign(text, f"witness.example/w{n}", (W1, W2)[n - 1], NOON + n * HOUR)
        office.log.add_cosignatures(checkpoint.size, [line], KEYS)


def bundled(office: Office, badge: Issued) -> BundleEvidence:
    data = publishing.bundle(office, [badge.credential], at=NOON + 3 * HOUR)
    return BundleEvidence.open(data, {office.registry_signer().public.did})


def verdict(badge: Issued, evidence: Any, **terms: Any) -> Verdict:
    return verify(badge.document, at=NOON + 4 * HOUR, evidence=evidence, policy=Policy(**terms))


def test_a_bundle_proves_offline_that_the_credential_stands_in_the_log(office: Office):
    badge = issued(office)

    step = verdict(badge, bundled(office, badge)).check("log-inclusion")

    assert step.outcome is Outcome.PASSED
    assert step.evidence["log"] == "records.example/log"
    assert step.evidence["index"] == badge.sequence - 1
    assert f"is entry {badge.sequence - 1} of the " in step.sentence


def test_a_log_that_is_required_and_does_not_show_is_could_not_check(office: Office):
    badge = issued(office)
    office.checkpoint(NOON)
    data = publishing.bundle(office, [badge.credential], at=NOON)
    silent = BundleEvidence.open(data, {office.registry_signer().public.did})
    bare = msgspec.structs.replace(
        silent.bundle,
        witnesses=[msgspec.structs.replace(each, logged=None) for each in silent.bundle.witnesses],
    )

    no_proof = verdict(badge, BundleEvidence(bare, trusted=True), require_log=True).check("log-inclusion")
    nobody = msgspec.structs.replace(bare, witnesses=[])
    not_seen = verdict(badge, BundleEvidence(nobody, trusted=True), require_log=True).check("log-inclusion")

    assert (no_proof.outcome, no_proof.reason) == (Outcome.COULD_NOT_CHECK, "no-proof")
    assert (not_seen.outcome, not_seen.reason) == (Outcome.COULD_NOT_CHECK, "not-logged")
    assert verdict(badge, BundleEvidence(bare, trusted=True)).check("log-inclusion").outcome is Outcome.PASSED


def test_the_readers_witnesses_are_counted_and_no_others(office: Office):
    badge = issued(office)
    both = [key.text for key in KEYS]

    cosigned(office, 1)
    one = bundled(office, badge)
    cosigned(office, 2)
    two = bundled(office, badge)

    assert verdict(badge, one, log_witnesses=both, require_witnesses=1).passed
    lacking = verdict(badge, one, log_witnesses=both, require_witnesses=2)
    assert lacking.check("log-inclusion").reason == "too-few-witnesses"
    assert lacking.outcome is Outcome.COULD_NOT_CHECK
    enough = verdict(badge, two, log_witnesses=both, require_witnesses=2)
    assert enough.passed
    assert [each["witness"] for each in enough.check("log-inclusion").evidence["cosignedBy"]] == [
        "witness.example/w1",
        "witness.example/w2",
    ]
    strangers = [NoteKey("witness.example/w1", W2.public, SignatureType.COSIGNATURE).text]
    assert verdict(badge, two, log_witnesses=strangers, require_witnesses=1).check(
        "log-inclusion"
    ).reason == ("too-few-witnesses")


def test_a_stamp_of_the_readers_authority_is_believed_and_no_other(office: Office):
    badge = issued(office)
    authority, another = Authority(), Authority()
    signed = office.checkpoint(NOON)
    stamp = authority.stamp(request(signed.checkpoint), NOON + HOUR)
    at = check_stamp(stamp, signed.checkpoint, [authority.root])
    office.log.add_timestamp(signed.checkpoint.size, stamp, at)
    evidence = bundled(office, badge)

    stamped = verdict(badge, evidence, timestamp_authorities=[authority.pem.decode()])
    other = verdict(badge, evidence, timestamp_authorities=[another.pem.decode()])

    assert stamped.passed
    assert stamped.check("log-inclusion").evidence["timestamped"] == "2026-06-01T13:00:00Z"
    assert other.check("log-inclusion").reason == "too-few-witnesses"


def test_this_wallets_own_ledger_proves_it_where_it_is_asked_to(office: Office):
    badge = issued(office)
    office.checkpoint(NOON)
    here = LedgerEvidence(office.ledger, NOON + 4 * HOUR)

    assert "index" not in verdict(badge, here).check("log-inclusion").evidence
    assert (
        verdict(badge, here, require_log=True).check("log-inclusion").evidence["index"] == badge.sequence - 1
    )


# --- a key in wrong hands -------------------------------------------------------------------------------


def test_what_was_logged_before_a_key_was_stolen_holds_and_what_came_after_does_not(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    before = issued(office)
    with monkeypatch.context() as thief:  # puts a credential in, past the office, and dates it back to noon
        thief.setattr(Office, "checkpoint", lambda *_: None)
        after = issued(office)
    office.log.sign(office.log_origin, office.registry_signer(), NOON + 2 * HOUR)
    steal(office, NOON + HOUR)

    for badge, outcome in ((before, Outcome.PASSED), (after, Outcome.FAILED)):
        for evidence in (bundled(office, badge), LedgerEvidence(office.ledger, NOON + 4 * HOUR)):
            assert verdict(badge, evidence).check("key-in-force").outcome is outcome
    assert verdict(after, bundled(office, after)).check("key-in-force").reason == "compromised"


def steal(office: Office, since: Any) -> None:
    """The institution has another key since, and says that its first was in other hands."""
    [term] = office.institution("aitu").state.keys
    at = NOON + 2 * HOUR
    registering.rotate_key(office, "aitu", at=at)
    registering.report_compromise(
        office, "aitu", method=term.method, since=since, reason="A stolen laptop.", at=at
    )


def test_a_reader_with_witnesses_takes_their_time_and_not_the_logs(office: Office):
    """A registry in league with the thief may date its own checkpoint; it cannot date its witnesses'."""
    badge = issued(office)
    cosigned(office, 1, 2)
    steal(office, NOON + timedelta(minutes=90))
    evidence = bundled(office, badge)
    both = [key.text for key in KEYS]

    assert verdict(badge, evidence).check("key-in-force").outcome is Outcome.PASSED
    one = verdict(badge, evidence, log_witnesses=both, require_witnesses=1)
    two = verdict(badge, evidence, log_witnesses=both, require_witnesses=2)
    assert one.check("key-in-force").outcome is Outcome.PASSED
    assert two.check("key-in-force").reason == "compromised"


# --- proofs that show nothing ---------------------------------------------------------------------------


def proof_of(evidence: BundleEvidence, document: bytes) -> Inclusion:
    [seen] = evidence.bundle.witnesses
    witness = evidence.witness("", bytes.fromhex(seen.sha256))
    assert isinstance(witness, Witness)
    assert witness.inclusion is not None
    inclusion = witness.inclusion()
    assert inclusion is not None
    return inclusion


def other(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


FALSE: dict[str, Any] = {
    "another place": lambda event, proof: (
        msgspec.structs.replace(event, position=event.position + 1),
        proof,
    ),
    "another stream": lambda event, proof: (msgspec.structs.replace(event, stream="credential/x"), proof),
    "another event": lambda event, proof: (msgspec.structs.replace(event, name="credit.awarded.v1"), proof),
    "another head": lambda event, proof: (msgspec.structs.replace(event, head=other(event.head)), proof),
    "no head": lambda event, proof: (msgspec.structs.replace(event, head=b""), proof),
    "another signature": lambda event, proof: (
        msgspec.structs.replace(event, signature=other(event.signature)),
        proof,
    ),
    "no signature": lambda event, proof: (msgspec.structs.replace(event, signature=b""), proof),
    "another payload": lambda event, proof: (
        msgspec.structs.replace(event, salted=other(event.salted)),
        proof,
    ),
    "another salt": lambda event, proof: (
        msgspec.structs.replace(event, salted=b"x" + event.salted[1:]),
        proof,
    ),
    "no payload": lambda event, proof: (msgspec.structs.replace(event, salted=b""), proof),
    "another sealed payload": lambda event, proof: (
        msgspec.structs.replace(event, stored=other(event.stored)),
        proof,
    ),
    "another index": lambda event, proof: (event, msgspec.structs.replace(proof, index=proof.index - 1)),
    "another path": lambda event, proof: (event, msgspec.structs.replace(proof, path=proof.path[:-1])),
}


@pytest.fixture(scope="module")
def a_bundle(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with an_office(tmp_path_factory.mktemp("false")) as office:
        a_university(office)
        a_unit(office)
        badge = issued(office)
        yield badge, bundled(office, badge).bundle


@pytest.mark.parametrize("change", FALSE.values(), ids=FALSE)
def test_a_false_proof_fails_even_from_a_bundle_that_is_trusted(change: Any, a_bundle: tuple[Issued, Bundle]):
    badge, bundle = a_bundle
    evidence = BundleEvidence(bundle, trusted=True)
    inclusion = proof_of(evidence, badge.document)
    event, proof = change(inclusion.event, inclusion.proof)
    false = Inclusion(event, proof, inclusion.keys)
    evidence.witness = lambda *_: Witness(  # type: ignore[method-assign]  # a source that brings what we hand it
        at=NOON, source=evidence._source, inclusion=lambda: false
    )

    told = verdict(badge, evidence)

    assert told.check("log-inclusion").reason == "not-in-the-log"
    assert told.outcome is Outcome.FAILED


def test_a_proof_under_another_logs_key_shows_nothing(a_bundle: tuple[Issued, Bundle]):
    badge, bundle = a_bundle
    stranger = NoteKey("records.example/log", Ed25519Signer.generate().public).text
    evidence = BundleEvidence(msgspec.structs.replace(bundle, log_keys=[stranger]), trusted=True)

    assert verdict(badge, evidence).check("log-inclusion").reason == "not-in-the-log"


def test_what_is_logged_is_this_document_and_no_other(a_bundle: tuple[Issued, Bundle]):
    badge, bundle = a_bundle
    inclusion = proof_of(BundleEvidence(bundle, trusted=True), badge.document)

    [seen] = bundle.witnesses
    logged.check(inclusion, bytes.fromhex(seen.sha256))
    with pytest.raises(logged.LogProofBroken):
        logged.check(inclusion, bytes(32))
