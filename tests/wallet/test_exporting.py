"""A record taken elsewhere: unsigned in the formats of others, or as it was signed, with what is left behind."""

import io
import json
import zipfile

import pytest

from domain.errors import InvalidValue, NotFound, NotInForce, WrongInstitution
from keys import sd_jwt
from tests.offices import NOON, a_credit, a_learner, a_unit, a_university
from wallet import describing, exporting, issuing, publishing, reissuing
from wallet.exporting import SIGNED
from wallet.formats import clr
from wallet.formats.registry import FORMATS
from wallet.formats.token_status_list import open_list, read_list
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.records import Reader, Reading, read_record
from wallet.verdict import Outcome


@pytest.fixture
def learner(office: Office) -> str:
    """Somebody with credit for algorithms, told by a badge, and for databases, told by none."""
    learner = a_learner(office).learner
    a_unit(office, "databases", points=5)
    credit = a_credit(office, learner, "algorithms")
    a_credit(office, learner, "databases")
    issuing.issue_credit(office, "aitu", learner=learner, credit=credit.credit, at=NOON)
    return learner


def badge_of(office: Office, learner: str) -> str:
    [held] = issuing.badges_in_force(office, office.learner(learner).state)
    return held.issued.credential


def read(office: Office, data: bytes) -> Reading:
    return read_record(data, Reader(at=NOON, evidence=OfficeEvidence(office, NOON)))


@pytest.mark.parametrize("to", [*FORMATS, *SIGNED])
def test_every_format_is_written_and_says_what_it_leaves_behind(to: str, office: Office, learner: str):
    converted = exporting.export(office, learner, to, given_names="Айгерім", at=NOON)

    assert converted.content
    assert converted.losses
    assert all(loss.at.startswith("/") and loss.why for loss in converted.losses)


def test_badges_are_taken_along_as_they_were_issued(office: Office, learner: str):
    converted = exporting.export(office, learner, "open-badges", at=NOON)

    reading = read(office, converted.content)
    assert [part.signature.outcome for part in reading.parts] == [Outcome.PASSED]
    assert reading.totals == {"ECTS": 6}
    with zipfile.ZipFile(io.BytesIO(converted.content)) as archive:
        issued = office.credential(badge_of(office, learner)).state.issued.document
        assert archive.read("badge-1.json").decode() == issued
    assert exporting.export(office, learner, "open-badges", at=NOON).content == converted.content


def test_what_no_badge_tells_of_is_left_behind_and_so_is_what_a_badge_has_no_place_for(
    office: Office, learner: str
):
    losses = {loss.at: loss for loss in exporting.export(office, learner, "open-badges", at=NOON).losses}

    assert losses["/reports/0/opportunities/1"].why == "No credential in force tells of it."
    assert losses["/reports/0/opportunities/0/names/kk"].lost == "Unit algorithms (қазақша)"
    assert "/reports/0/opportunities/0/names/en" not in losses
    assert "/reports/0/opportunities/0/credits" not in losses
    assert "/reports/0/opportunities/0/outcomes" not in losses


def test_a_learner_record_is_put_together_and_signed_by_the_learner(office: Office, learner: str):
    reading = read(office, exporting.export(office, learner, "clr", at=NOON).content)

    assert (reading.kind, reading.totals) == ("clr", {"ECTS": 6})
    assert [part.signature.outcome for part in reading.parts] == [Outcome.PASSED]
    # Her own signature is good; that she is in no register of issuers is no wonder.
    assert reading.verdict is not None
    assert reading.verdict.check("proof").outcome is Outcome.PASSED  # type: ignore[union-attr]  # it was made
    assert reading.signature.reason == "issuer-not-known"


def test_a_record_says_which_unit_comes_before_which(office: Office, learner: str):
    describing.offer_unit(office, "aitu", unit="databases", terms=(), prerequisites=("algorithms",), at=NOON)
    credit = next(
        line.id for line in office.learner(learner).state.credits.values() if line.unit == "databases"
    )
    issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)

    issued = json.loads(issuing.issue_record(office, "aitu", learner=learner, at=NOON).document)

    [association] = clr.associations(issued)
    assert association.kind == "precedes"
    assert association.source.endswith("/units/algorithms")
    assert association.target.endswith("/units/databases")


def test_of_nothing_there_is_nothing_to_take_along(office: Office):
    learner = a_learner(office).learner

    for to in (*FORMATS, *SIGNED):
        with pytest.raises(NotFound):
            exporting.export(office, learner, to, at=NOON)
    with pytest.raises(NotFound, match="No format is called"):
        exporting.export(office, learner, "papyrus", at=NOON)


# --- SD-JWT VC --------------------------------------------------------------------------------------------


def test_a_badge_is_a_token_too_that_stands_and_falls_with_it(office: Office, learner: str):
    badge = badge_of(office, learner)

    converted = reissuing.as_sd_jwt(office, "aitu", badge, given_names="Айгерім", at=NOON)

    assert read(office, converted.content).totals == {"ECTS": 6}
    message = sd_jwt.read(converted.content.decode())
    assert message.claims["given_name"] == "Айгерім"
    assert message.claims["jti"] == badge
    bare = f"{converted.content.decode().partition('~')[0]}~"
    assert set(sd_jwt.read(bare).claims) == {
        *("awarding_body", "cnf", "iat", "iss", "jti", "name", "status", "vct", "vct#integrity"),
    }
    assert message.claims["vct"] == "https://records.example/vct/learning-credit"
    assert "Айгерім" not in bare


def test_what_a_token_says_of_its_status_is_the_badges_own(office: Office, learner: str):
    badge = badge_of(office, learner)
    token = reissuing.as_sd_jwt(office, "aitu", badge, at=NOON).content
    place = sd_jwt.read(token.decode()).claims["status"]["status_list"]

    issuing.revoke(office, "aitu", badge, reason="Issued in error.", at=NOON)

    text = publishing.token_status_list_text(office, "aitu", 1, NOON)
    assert place["uri"].endswith("/i/aitu/token-status/1")
    assert read_list(open_list(text).claims).status(place["idx"]) == 1
    with pytest.raises(NotInForce):
        reissuing.as_sd_jwt(office, "aitu", badge, at=NOON)


def test_only_who_issued_a_badge_issues_its_token(office: Office, learner: str):
    a_university(office, "college")

    with pytest.raises(WrongInstitution):
        reissuing.as_sd_jwt(office, "college", badge_of(office, learner), at=NOON)
    record = issuing.issue_record(office, "aitu", learner=learner, at=NOON)
    with pytest.raises(InvalidValue):
        reissuing.as_sd_jwt(office, "aitu", record.credential, at=NOON)


def test_a_token_leaves_behind_what_its_badge_does_not(office: Office, learner: str):
    losses = reissuing.as_sd_jwt(office, "aitu", badge_of(office, learner), at=NOON).losses

    assert {loss.at.rpartition("/")[2] for loss in losses} == {"0", "kind", "url"}
