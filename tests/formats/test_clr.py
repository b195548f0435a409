"""Learner records: many credentials, each exactly as issued."""

import pytest

from keys.linked_data import canonical_nquads
from tests.verifying.world import AITU, JUNE, LEARNER, a_credential, some_facts
from wallet.formats import faults
from wallet.formats.clr import Association, build, members
from wallet.formats.open_badges import build as build_badge

MEMBER = a_credential()
QUALIFICATION = build_badge(some_facts(achievement="https://registry.example/qualifications/cs", grade=None))
IS_PART_OF = Association(
    source="https://registry.example/units/algorithms",
    kind="isPartOf",
    target="https://registry.example/qualifications/cs",
)


def a_record(**changes):
    given = {
        "record": "https://registry.example/records/1",
        "issuer": AITU,
        "issuer_name": "Astana IT University",
        "learner": LEARNER,
        "name": "Transcript of records",
        "members": [MEMBER],
        "associations": [IS_PART_OF],
        "achievements": [QUALIFICATION["credentialSubject"]["achievement"]],
        "valid_from": JUNE,
        "valid_until": JUNE.replace(year=2036),
        "status": MEMBER["credentialStatus"],
        "issuer_url": "https://aitu.example",
    }
    return build(**{**given, **changes})


def test_a_record_has_no_faults_and_every_term_is_defined():
    record = a_record()

    assert faults(record) == []
    assert b"isPartOf" in canonical_nquads(record)


def test_members_are_carried_exactly_as_they_were_issued():
    [(member, pointer)] = members(a_record())

    assert member == MEMBER
    assert pointer == "/credentialSubject/verifiableCredential/0"


def test_a_record_of_nothing_is_not_made():
    with pytest.raises(ValueError, match="at least one"):
        a_record(members=[])


def test_an_association_of_no_known_kind_is_not_made():
    with pytest.raises(ValueError, match="isCousinOf"):
        a_record(associations=[Association(source="urn:a", kind="isCousinOf", target="urn:b")])


def broken(**changes):
    record = a_record()
    subject = {member: value for member, value in changes.items() if member in _SUBJECT}
    record["credentialSubject"] |= subject
    return record | {member: value for member, value in changes.items() if member not in _SUBJECT}


def an_association(**changes):
    joined = {"associationType": "isPartOf", "sourceId": "urn:a", "targetId": "urn:b"}
    return {"type": "Association", **joined, **changes}


_SUBJECT = {"verifiableCredential", "association", "achievement"}
V2, CLR, OB = a_record()["@context"]
BROKEN = {
    "contexts in another order": (broken(**{"@context": [V2, OB, CLR]}), "clr-context-order"),
    "no badge context": (broken(**{"@context": [V2, CLR]}), "badge-context-order"),
    "no name": (broken(name=""), "name-missing"),
    "no members": (broken(verifiableCredential=[]), "no-members"),
    "a member that is a number": (broken(verifiableCredential=[5]), "member-malformed"),
    "an association of no kind": (
        broken(
            association=[
                {"type": "Association", "associationType": "x", "sourceId": "urn:a", "targetId": "urn:b"}
            ]
        ),
        "association-kind",
    ),
    "an association with one end": (
        broken(association=[an_association(targetId=None)]),
        "association-end",
    ),
    "an association of another type": (broken(association=[{"type": "Link"}]), "association-type"),
    "an achievement without name": (
        broken(achievement=[{"id": "urn:a", "type": ["Achievement"], "criteria": {"id": "urn:c"}}]),
        "achievement-name",
    ),
    "an achievement that is text": (broken(achievement=["urn:a"]), "achievement-malformed"),
    "an issuer of another type": (broken(issuer={"id": AITU, "type": ["University"]}), "issuer-type"),
}


@pytest.mark.parametrize(("record", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_record_of_the_wrong_shape_says_what_is_wrong(record, reason):
    assert reason in {fault.reason for fault in faults(record)}
