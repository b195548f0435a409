"""1EdTech's own examples, good and bad: each answered at the step that the specification gives for it.

Their issuers cannot be reached, and nobody has registered them: the best they can get is *could not check*.
"""

from datetime import UTC, datetime

import pytest

from tests.shared import shared
from wallet.verdict import Outcome
from wallet.verifying import verify

AT = datetime(2025, 1, 1, tzinfo=UTC)

BROKEN = {
    "simple-err-context": ("shape", "context-order"),
    "simple-err-credential-subject-type": ("shape", "subject-type"),
    "simple-err-evidence-type": ("shape", "evidence-type"),
    "simple-err-expired": ("validity-period", "expired"),
    "simple-err-issuer-type": ("shape", "issuer-type"),
    "simple-err-proof-method": ("proof", "not-a-key"),
    "simple-err-proof-value": ("proof", "invalid-signature"),
    "simple-err-type": ("shape", "type-unknown"),
    "simple-noproof": ("proof", "no-proof"),  # its subject has no achievement either
}


@pytest.mark.parametrize(
    ("name", "step", "reason"), [(name, *why) for name, why in BROKEN.items()], ids=BROKEN
)
def test_each_broken_example_fails_where_it_is_broken(name, step, reason):
    verdict = verify(shared(f"examples/ob3/invalid/{name}.json").read_bytes(), at=AT)

    assert verdict.outcome is Outcome.FAILED
    assert (verdict.check(step).outcome, verdict.check(step).reason) == (Outcome.FAILED, reason)


def test_every_broken_example_is_looked_at():
    there = {path.stem for path in shared("examples/ob3/invalid").iterdir()}

    assert there == set(BROKEN)


# `eddsa-2022`, in the third, is what a draft called eddsa-rdfc-2022.
@pytest.mark.parametrize(
    "name", ["simple", "simple-did-key-method", "simple-eddsa-2022", "simple-multiple-proofs"]
)
def test_a_good_example_has_a_proof_that_holds_by_a_key_nobody_vouches_for(name):
    verdict = verify(shared(f"examples/ob3/valid/{name}.json").read_bytes(), at=AT)

    assert verdict.check("shape").outcome is Outcome.PASSED
    assert verdict.check("proof").outcome is Outcome.PASSED
    assert verdict.check("key-belongs-to-issuer").outcome is Outcome.COULD_NOT_CHECK
    assert verdict.outcome is Outcome.COULD_NOT_CHECK


def test_the_learner_record_and_its_member_have_proofs_that_hold():
    verdict = verify(shared("examples/clr/simple.json").read_bytes(), at=AT)

    assert verdict.check("proof").outcome is Outcome.PASSED
    assert [member.check("proof").outcome for member in verdict.members] == [Outcome.PASSED]
    assert verdict.outcome is Outcome.COULD_NOT_CHECK
