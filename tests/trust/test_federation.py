"""A trust chain: every statement signed by the one above, up to a key the reader knows."""

import json
from datetime import timedelta

import pytest

from keys.signing import Ed25519Signer
from tests.trust.world import (
    ACCREDITED,
    ANCHOR,
    DAY,
    JUNE,
    MINISTRY,
    SCHOOL,
    UNIVERSITY,
    a_chain,
    a_mark,
    a_statement,
    anchor,
    credentials,
    jwks,
    ministry,
    of_the_anchor,
    of_the_anchor_itself,
    of_the_ministry,
    of_the_school,
    of_the_university,
    stranger,
    university,
)
from wallet.trust_lists.federation import MOST_STATEMENTS, read_chain
from wallet.trust_lists.trust_list import TrustListRefused


def read(data: bytes, *, key=anchor.public, at=JUNE):
    return read_chain(data, anchor=key, name=None, at=at)


WHOLE = {
    "with the anchor's own statement": a_chain(),
    "without it": a_chain(of_the_university(), of_the_ministry(), of_the_anchor()),
}


@pytest.mark.parametrize("chain", WHOLE.values(), ids=WHOLE)
def test_a_chain_up_to_a_known_key_tells_who_the_issuer_is(chain):
    found = read(chain)

    [issuer] = found.issuers.values()
    assert (issuer.identifier, issuer.name) == (UNIVERSITY, "University of Example")
    assert issuer.url == "https://www.university.example"
    assert issuer.keys == {f"{UNIVERSITY}#key-1": credentials.public}
    assert (found.identifier, found.signer, found.name) == (ANCHOR, ANCHOR, UNIVERSITY)
    assert found.expires_at == JUNE + DAY


def test_the_name_an_issuer_gives_itself_is_not_believed():
    chain = a_chain(of_the_university(), of_the_ministry(metadata=None), of_the_anchor())

    assert read(chain).issuers[UNIVERSITY].name == UNIVERSITY


def test_an_authority_may_put_its_own_keys_in_the_place_of_the_issuers():
    imposed = {"vc_issuer": {"jwks": jwks(**{"key-9": stranger})}}
    chain = a_chain(of_the_university(), of_the_ministry(metadata=imposed), of_the_anchor())

    assert read(chain).issuers[UNIVERSITY].keys == {f"{UNIVERSITY}#key-9": stranger.public}


def test_a_role_the_issuer_does_not_claim_is_not_given_to_it():
    imposed = {"vc_issuer": {"jwks": jwks(**{"key-9": stranger})}}
    chain = a_chain(of_the_university(metadata={}), of_the_ministry(metadata=imposed), of_the_anchor())

    assert read(chain).issuers[UNIVERSITY].keys == {}


ABOUT_A_DID = {
    "one statement in an array": a_chain(of_the_school()),
    "one statement by itself": of_the_school().encode(),
    "with the anchor's own": a_chain(of_the_school(), of_the_anchor_itself()),
}


@pytest.mark.parametrize("data", ABOUT_A_DID.values(), ids=ABOUT_A_DID)
def test_an_issuer_known_by_its_did_needs_no_statement_of_its_own(data):
    found = read(data)

    assert found.issuers[SCHOOL].name == "My School"
    assert found.issuers[SCHOOL].keys == {}


def test_the_chain_ends_when_the_first_of_its_statements_does():
    early = JUNE + timedelta(hours=1)
    chain = a_chain(of_the_university(), of_the_ministry(expires_at=early), of_the_anchor())

    assert read(chain).expires_at == early


def test_a_key_of_a_kind_we_do_not_have_is_passed_over():
    rsa = {"kty": "RSA", "kid": "rsa-1", "n": "AQAB", "e": "AQAB"}
    keys = {"keys": [rsa, *jwks(**{"fed-1": ministry})["keys"]]}

    assert read(a_chain(of_the_university(), of_the_ministry(), of_the_anchor(keys=keys)))


def flipped(statement: str) -> str:
    """The statement with its claims changed and its signature left as it was."""
    header, payload, signature = statement.split(".")
    other = of_the_ministry(metadata={"federation_entity": {"organization_name": "Another"}}).split(".")[1]
    assert other != payload
    return f"{header}.{other}.{signature}"


LEAF, MIDDLE, TOP = of_the_university(), of_the_ministry(), of_the_anchor()
REFUSED = {
    "another anchor": (a_chain(LEAF, MIDDLE, of_the_anchor(signer=stranger)), "signature"),
    "a statement changed on the way": (a_chain(LEAF, flipped(MIDDLE), TOP), "signature"),
    "signed by somebody else than the one above lists": (
        a_chain(LEAF, of_the_ministry(signer=stranger), TOP), "signature",
    ),
    "signed with a key the one above does not list": (a_chain(LEAF, of_the_ministry(kid="fed-2"), TOP), "signature"),
    "an issuer that signs with a key its superior does not list": (
        a_chain(of_the_university(signer=stranger, keys=jwks(**{"fed-1": stranger})), MIDDLE, TOP), "signature",
    ),
    "an issuer that does not list its own key": (
        a_chain(of_the_university(keys=jwks(**{"fed-2": university})), MIDDLE, TOP), "signature",
    ),
    "an anchor that does not list the key it is known by": (
        a_chain(LEAF, MIDDLE, TOP, of_the_anchor_itself(keys=jwks(**{"fed-1": stranger}))), "signature",
    ),
    "a JWT of another type": (a_chain(LEAF, of_the_ministry(typ="jwt"), TOP), "malformed"),
    "a link left out": (a_chain(LEAF, TOP), "broken-chain"),
    "upside down": (a_chain(TOP, MIDDLE, LEAF), "broken-chain"),
    "the issuer's word alone": (a_chain(LEAF), "broken-chain"),
    "the anchor's word about itself alone": (a_chain(of_the_anchor_itself()), "broken-chain"),
    "no word of the issuer's own": (a_chain(MIDDLE, TOP), "broken-chain"),
    "an authority that the issuer does not acknowledge": (
        a_chain(of_the_university(authority_hints=[ANCHOR]), MIDDLE, TOP), "broken-chain",
    ),
    "no authority acknowledged at all": (a_chain(of_the_university(authority_hints=None), MIDDLE, TOP), "broken-chain"),
    "a circle": (
        a_chain(
            LEAF, MIDDLE,
            a_statement(UNIVERSITY, MINISTRY, signer=university, keys=jwks(**{"fed-1": ministry})),
            a_statement(MINISTRY, UNIVERSITY, signer=ministry, keys=jwks(**{"fed-1": university})),
            TOP,
        ), "broken-chain",
    ),
    "too long": (json.dumps([LEAF] * (MOST_STATEMENTS + 1)).encode(), "not-a-chain"),
    "empty": (b"[]", "not-a-chain"),
    "an array of numbers": (b"[1]", "not-a-chain"),
    "no JSON": (b"[", "unreadable"),
    "no text": (b"\xff", "unreadable"),
    "no JWT": (b"hello", "malformed"),
    "an issuer that is no address": (a_chain(a_statement("anchor", SCHOOL, signer=anchor)), "malformed"),
    "an issuer over plain http": (a_chain(a_statement("http://anchor.example", SCHOOL, signer=anchor)), "malformed"),
    "no end": (a_chain(LEAF, MIDDLE, of_the_anchor(exp=None)), "malformed"),
    "no date": (a_chain(LEAF, MIDDLE, of_the_anchor(iat=None)), "malformed"),
    "no keys": (a_chain(LEAF, of_the_ministry(keys=None), TOP), "malformed"),
    "two keys of one name": (
        a_chain(LEAF, MIDDLE, of_the_anchor(keys={"keys": jwks(**{"fed-1": ministry})["keys"] * 2})), "malformed",
    ),
    "metadata that is null": (a_chain(LEAF, of_the_ministry(metadata={"vc_issuer": {"jwks": None}}), TOP), "malformed"),
    "ended": (a_chain(LEAF, of_the_ministry(expires_at=JUNE), TOP), "ended"),
    "dated later than now": (a_chain(LEAF, of_the_ministry(issued_at=JUNE + DAY), TOP), "from-the-future"),
    "critical claims": (a_chain(LEAF, of_the_ministry(crit=["jti"], jti="1"), TOP), "claim-not-allowed"),
    "critical policy operators": (
        a_chain(LEAF, of_the_ministry(metadata_policy_crit=["regexp"]), TOP), "claim-not-allowed",
    ),
    "constraints an issuer lays on itself": (
        a_chain(of_the_university(constraints={}), MIDDLE, TOP), "claim-not-allowed",
    ),
    "a policy about the name": (
        a_chain(LEAF, MIDDLE, of_the_anchor(
            metadata_policy={"federation_entity": {"organization_name": {"value": "Another"}}})), "policy",
    ),
    "a policy about the keys": (
        a_chain(LEAF, of_the_ministry(metadata_policy={"vc_issuer": {"jwks": {"value": {}}}}), TOP), "policy",
    ),
    "a chain longer than the anchor allows": (
        a_chain(LEAF, MIDDLE, of_the_anchor(constraints={"max_path_length": 0})), "constraint",
    ),
    "a name the anchor does not allow": (
        a_chain(LEAF, MIDDLE, of_the_anchor(
            constraints={"naming_constraints": {"permitted": ["ministry.example"]}})), "constraint",
    ),
    "a name the ministry excludes": (
        a_chain(LEAF, of_the_ministry(
            constraints={"naming_constraints": {"excluded": ["university.example"]}}), TOP), "constraint",
    ),
    "a DID where only some names are allowed": (
        a_chain(of_the_school(constraints={"naming_constraints": {"permitted": [".example"]}})), "constraint",
    ),
    "constraints that are none": (a_chain(LEAF, MIDDLE, of_the_anchor(constraints=[])), "malformed"),
}  # fmt: skip


@pytest.mark.parametrize(("chain", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_chain_with_anything_wrong_in_it_is_refused_whole(chain, reason):
    with pytest.raises(TrustListRefused) as refused:
        read(chain)

    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")


ALLOWED = {
    "as long as it may be": {"max_path_length": 1},
    "within the names allowed": {
        "naming_constraints": {"permitted": [".example"], "excluded": ["x.example"]}
    },
    "what we have not heard of": {"colour": "blue"},
    "its kind of issuer": {"allowed_entity_types": ["vc_issuer"]},
}


@pytest.mark.parametrize("constraints", ALLOWED.values(), ids=ALLOWED)
def test_a_chain_within_its_constraints_is_read(constraints):
    found = read(a_chain(LEAF, MIDDLE, of_the_anchor(constraints=constraints)))

    assert found.issuers[UNIVERSITY].keys


def test_a_kind_of_issuer_that_the_anchor_does_not_allow_has_no_keys():
    constraints = {"allowed_entity_types": ["openid_credential_issuer"]}

    assert read(a_chain(LEAF, MIDDLE, of_the_anchor(constraints=constraints))).issuers[UNIVERSITY].keys == {}


def test_a_policy_about_what_is_not_read_changes_nothing():
    policy = {"openid_provider": {"jwks": {"value": {}}}, "vc_issuer": {"contacts": {"add": ["a@b.example"]}}}

    assert read(a_chain(LEAF, MIDDLE, of_the_anchor(metadata_policy=policy)))


def test_the_readers_key_decides_and_no_other():
    with pytest.raises(TrustListRefused, match="does not hold"):
        read(a_chain(), key=Ed25519Signer.generate().public)


def marks_of(*shown, named=None):
    itself = of_the_anchor_itself(trust_mark_issuers=named)
    [issuer] = read(a_chain(of_the_university(trust_marks=list(shown)), MIDDLE, TOP, itself)).issuers.values()
    return [(mark.type, mark.by) for mark in issuer.marks]


def test_a_trust_mark_of_the_anchor_is_told_with_who_gave_it():
    assert marks_of(a_mark()) == [(ACCREDITED, ANCHOR)]


def test_a_trust_mark_of_another_authority_counts_where_the_anchor_names_it():
    mark = a_mark(MINISTRY, ministry)

    assert marks_of(mark, named={ACCREDITED: [MINISTRY]}) == [(ACCREDITED, MINISTRY)]
    assert marks_of(mark, named={ACCREDITED: []}) == [(ACCREDITED, MINISTRY)]  # anyone may give it
    assert marks_of(mark, named={ACCREDITED: [ANCHOR]}) == []
    assert marks_of(mark) == []


WORTHLESS = {
    "signed by a stranger in the anchor's name": a_mark(signer=stranger),
    "given by the issuer to itself": a_mark(UNIVERSITY, university),
    "given by somebody outside the chain": a_mark("https://mill.example", stranger),
    "about somebody else": a_mark(sub=MINISTRY),
    "shown as another than it is": a_mark(shown_as="https://anchor.example/marks/excellent"),
    "past its end": a_mark(exp=int(JUNE.timestamp())),
    "dated later than now": a_mark(iat=int((JUNE + DAY).timestamp())),
    "without a date": a_mark(iat=None),
    "a JWT of another type": a_mark(typ="jwt"),
    "by a delegate": a_mark(delegation="eyJ"),
    "no JWT": {"trust_mark_type": ACCREDITED, "trust_mark": "eyJ"},
    "no mark": "accredited",
}


@pytest.mark.parametrize("mark", WORTHLESS.values(), ids=WORTHLESS)
def test_a_mark_that_anybody_could_have_made_counts_for_nothing(mark):
    assert marks_of(mark, named={ACCREDITED: []}) == []
