from datetime import UTC, datetime, timedelta

import pytest

from keys.errors import UnknownKey
from keys.keyring import InForce, Keyring, KeyTerm
from tests.keys.builders import a_signer

DAY = timedelta(days=1)
PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
RETIRED = datetime(2027, 1, 1, tzinfo=UTC)
COMPROMISED = datetime(2026, 6, 1, tzinfo=UTC)
METHOD = "did:web:aitu.example#key-1"


def a_term(**changes):
    return KeyTerm(METHOD, a_signer().public, PUBLISHED, **changes)


MOMENTS = {
    "before it was published": (a_term(), PUBLISHED - DAY, InForce.NOT_YET),
    "the moment it is published": (a_term(), PUBLISHED, InForce.YES),
    "long after": (a_term(), PUBLISHED + 10_000 * DAY, InForce.YES),
    "just before it retires": (a_term(retired_at=RETIRED), RETIRED - timedelta.resolution, InForce.YES),
    "the moment it retires": (a_term(retired_at=RETIRED), RETIRED, InForce.RETIRED),
    "before the compromise": (a_term(compromised_at=COMPROMISED), COMPROMISED - DAY, InForce.YES),
    "the moment of the compromise": (
        a_term(compromised_at=COMPROMISED),
        COMPROMISED,
        InForce.COMPROMISED,
    ),
    "retired, and compromised before": (
        a_term(retired_at=RETIRED, compromised_at=COMPROMISED),
        RETIRED + DAY,
        InForce.COMPROMISED,
    ),
    "retired, and compromised after": (
        a_term(retired_at=RETIRED, compromised_at=RETIRED + 9 * DAY),
        RETIRED + DAY,
        InForce.RETIRED,
    ),
    "compromised before it was published": (
        a_term(compromised_at=PUBLISHED - DAY),
        PUBLISHED,
        InForce.COMPROMISED,
    ),
}


@pytest.mark.parametrize(("term", "at", "answer"), MOMENTS.values(), ids=MOMENTS)
def test_a_key_is_in_force_from_its_publication_until_it_retires_or_is_compromised(term, at, answer):
    assert Keyring([term]).in_force(METHOD, at) is answer


def test_a_key_nobody_published_is_unknown():
    keyring = Keyring([a_term()])

    assert keyring.in_force("did:web:aitu.example#key-2", PUBLISHED) is InForce.UNKNOWN
    with pytest.raises(UnknownKey):
        keyring.key("did:web:aitu.example#key-2")


def test_a_key_stays_known_after_its_term():
    assert Keyring([a_term(retired_at=RETIRED)]).key(METHOD) == a_signer().public


def test_a_method_has_one_term():
    with pytest.raises(ValueError, match="two terms"):
        Keyring([a_term(), a_term(retired_at=RETIRED)])
