"""Many verdicts in a table, with what was handed in twice; and the receipt that proves the table years later."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from keys.proofs import add_proof
from keys.signing import Ed25519Signer
from tests.offices import NOON
from tests.verifying.world import (
    AITU,
    JULY,
    JUNE,
    KEY_1,
    a_credential,
    a_registry,
    a_term,
    an_issuer,
    registrar,
    text_of,
)
from wallet.evidence import Evidence, KnownFacts, Source
from wallet.office import Office
from wallet.receipt import Receipt, Table, Verifier, check_receipt, make_receipt, policy_as_stated
from wallet.submissions import Submission
from wallet.trusting import LedgerEvidence
from wallet.verdict import Outcome
from wallet.verifying import Policy
from wallet.verifying_many import (
    Judged,
    Judges,
    Repeats,
    Tally,
    Terms,
    signed_receipt,
    verify_many,
)

TERMS = Terms(Policy(), JULY)
OTHER = "did:key:z6MkpTHR8VNsBxYAAWHut2Geadd9jSwuBV8xRoAnwWsdvktH"


def handed_in(*documents: Any, by: str | None = None, number: int = 1) -> list[Submission]:
    return [
        Submission(n, f"{n}.json", by, document if isinstance(document, bytes) else text_of(document))
        for n, document in enumerate(documents, number)
    ]


def table(submissions: list[Submission]) -> list[Judged]:
    return list(verify_many(submissions, TERMS, a_registry()))


def test_each_line_says_how_it_went_and_why():
    good, altered = a_credential(), a_credential()
    altered["credentialSubject"]["creditsEarned"] = 60
    unreadable = Submission(4, "4.json", "ann", None, "It is encrypted.")

    passed, failed, nonsense, closed = table([*handed_in(good, altered, b"\x89PNG"), unreadable])

    assert (passed.outcome, passed.reasons) == (Outcome.PASSED, None)
    assert (passed.name, passed.credits) == ("Algorithms", "4.5 ECTS")
    assert passed.issuer_name == "Astana IT University"  # the registry's, and not the document's own
    assert passed.sha256 == sha256(text_of(good)).hexdigest()
    assert (failed.outcome, failed.reasons) == (Outcome.FAILED, "proof: invalid-signature")
    assert (nonsense.outcome, nonsense.credential) == (Outcome.FAILED, None)
    assert (closed.outcome, closed.headline) == (Outcome.COULD_NOT_CHECK, "Could not check: It is encrypted.")


def test_the_same_file_and_the_same_credential_are_told_with_the_first():
    first, again = a_credential(), a_credential(names={"en": "Algorithms, second edition"})

    lines = table(handed_in(first, first, again))

    assert [(line.repeats, line.repeated) for line in lines] == [
        (None, None),
        (1, Repeats.FILE),
        (1, Repeats.CREDENTIAL),
    ]


def test_a_learner_whom_two_applicants_claim_to_be_is_told():
    mine, too = a_credential(), a_credential(credential="urn:x:2")
    hers = a_credential(credential="urn:x:3", learner=OTHER)

    lines = table(
        [
            *handed_in(mine, too, by="ann"),
            *handed_in(hers, by="bob", number=3),
            *handed_in(a_credential(credential="urn:x:4"), by="eve", number=4),
        ]
    )

    assert [line.repeated for line in lines] == [None, None, None, Repeats.LEARNER]
    assert lines[3].repeats == 1


def test_without_applicants_a_learner_may_have_many_credentials():
    lines = table(handed_in(a_credential(), a_credential(credential="urn:x:2")))

    assert [line.repeated for line in lines] == [None, None]


def test_several_processes_say_what_one_says_in_the_same_order():
    submissions = handed_in(*[a_credential(credential=f"urn:x:{n % 70}") for n in range(150)])

    @contextmanager
    def evidence() -> Iterator[Evidence]:
        yield a_registry()

    with Judges(2, evidence) as judges:
        side_by_side = list(verify_many(iter(submissions), TERMS, judges))

    assert side_by_side == table(submissions)
    assert [line.number for line in side_by_side] == list(range(1, 151))


# --- receipts -----------------------------------------------------------------------------------------

TABLE = Table(sha256="4f" * 32, media_type="text/csv")


def a_receipt(**changes: Any) -> Receipt:
    given: dict[str, Any] = {
        "made_at": JUNE,
        "as_of": JUNE,
        "verifier": Verifier(did=AITU, name="A name it gives itself"),
        "policy": policy_as_stated(Policy()),
        "submissions": 3,
        "outcomes": {"passed": 2, "failed": 1, "could-not-check": 0},
        "repeated": 1,
        "table": TABLE,
    }
    return Receipt(**(given | changes))


def signed(receipt: Receipt, signer: Ed25519Signer = registrar, method: str = KEY_1) -> bytes:
    return make_receipt(receipt, method=method, signer=signer)


def test_a_receipt_holds_years_later_with_nothing_but_the_verifiers_key():
    verdict = check_receipt(
        signed(a_receipt()),
        evidence=KnownFacts(issuers={AITU: an_issuer()}),
        at=JUNE + timedelta(days=3650),
        table_sha256=TABLE.sha256,
    )

    assert (verdict.outcome, verdict.exit_code) == (Outcome.PASSED, 0)
    assert verdict.verifier_name == "Astana IT University"
    assert (
        verdict.sentence == "Astana IT University made this receipt on 2026-06-30T09:00:00Z, of this table."
    )
    assert verdict.receipt == a_receipt()


def altered(**changes: Any) -> bytes:
    return json.dumps(json.loads(signed(a_receipt())) | changes).encode()


WORTHLESS: dict[str, tuple[bytes, str]] = {
    "no JSON": (b"\x89PNG", "no-receipt"),
    "a list": (b"[]", "no-receipt"),
    "a badge": (text_of(a_credential()), "no-receipt"),
    "a member that receipts do not have": (altered(worth="gold"), "no-receipt"),
    "another count": (altered(outcomes={"passed": 3, "failed": 0, "could-not-check": 0}), "signature"),
    "another time": (altered(madeAt="2026-07-01T09:00:00Z"), "signature"),
    "no proof": (altered(proof=None), "signature"),
    "two proofs": (altered(proof=[json.loads(signed(a_receipt()))["proof"]] * 2), "unknown-key"),
    "another's key": (signed(a_receipt(), method="did:web:elsewhere.example#key-1"), "unknown-key"),
    "a key that was never published": (signed(a_receipt(), method=f"{AITU}#key-7"), "unknown-key"),
    "a stranger's signature": (signed(a_receipt(), Ed25519Signer.generate()), "signature"),
    "a time before the key": (signed(a_receipt(made_at=JUNE - timedelta(days=999))), "key-not-yet"),
}


@pytest.mark.parametrize(("text", "reason"), WORTHLESS.values(), ids=WORTHLESS.keys())
def test_a_worthless_receipt_fails_with_its_reason(text: bytes, reason: str):
    verdict = check_receipt(text, evidence=KnownFacts(issuers={AITU: an_issuer()}), at=JULY)

    assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, reason)
    assert verdict.sentence.endswith(".")
    assert verdict.exit_code == 1


def test_a_receipt_of_another_table_fails():
    verdict = check_receipt(
        signed(a_receipt()), evidence=KnownFacts(issuers={AITU: an_issuer()}), at=JULY, table_sha256="00" * 32
    )

    assert (verdict.outcome, verdict.reason) == (Outcome.FAILED, "another-table")


def test_a_verifier_whom_nobody_trusted_knows_cannot_be_checked():
    unheard_of = check_receipt(signed(a_receipt()), evidence=KnownFacts(), at=JULY)
    told = Source(name="a bundle", trusted=False)
    by_a_stranger = check_receipt(
        signed(a_receipt()), evidence=KnownFacts(issuers={AITU: an_issuer(source=told)}), at=JULY
    )

    assert {unheard_of.outcome, by_a_stranger.outcome} == {Outcome.COULD_NOT_CHECK}
    assert unheard_of.exit_code == 3


def test_a_stolen_key_makes_no_receipts_of_earlier_days():
    stolen = an_issuer(a_term(compromised_at=JUNE + timedelta(days=7)))
    facts = KnownFacts(issuers={AITU: stolen})

    before = check_receipt(signed(a_receipt()), evidence=facts, at=JUNE + timedelta(days=1))
    since = check_receipt(signed(a_receipt()), evidence=facts, at=JULY)
    after = check_receipt(signed(a_receipt(made_at=JULY)), evidence=facts, at=JULY)

    assert [verdict.outcome for verdict in (before, since, after)] == [
        Outcome.PASSED,
        Outcome.COULD_NOT_CHECK,
        Outcome.FAILED,
    ]


def test_a_retired_key_still_proves_what_it_signed_in_its_time():
    retired = an_issuer(a_term(retired_at=JUNE + timedelta(days=7)))

    verdict = check_receipt(signed(a_receipt()), evidence=KnownFacts(issuers={AITU: retired}), at=JULY)

    assert verdict.outcome is Outcome.PASSED


def test_an_institution_signs_for_what_it_verified(office: Office):
    tally = Tally()
    for line in table(handed_in(a_credential(), a_credential(), b"no")):
        tally.add(line)
    text = signed_receipt(office, "aitu", tally=tally, terms=replace(TERMS, at=NOON), table=TABLE, at=NOON)

    verdict = check_receipt(
        text, evidence=LedgerEvidence(office.ledger, NOON), at=NOON, table_sha256=TABLE.sha256
    )

    assert verdict.outcome is Outcome.PASSED, verdict.sentence
    assert verdict.receipt is not None
    assert verdict.receipt.outcomes == {"passed": 2, "failed": 1, "could-not-check": 0}
    assert (verdict.receipt.submissions, verdict.receipt.repeated) == (3, 1)


def test_a_receipt_is_no_credential():
    badge_key = add_proof(
        {"type": "VerificationReceipt"},
        signer=registrar,
        suite="eddsa-jcs-2022",
        verification_method=KEY_1,
        created=JUNE,
    )
    [line] = table(handed_in(signed(a_receipt())))

    assert line.outcome is Outcome.FAILED
    assert check_receipt(text_of(badge_key), evidence=a_registry(), at=JULY).reason == "no-receipt"
