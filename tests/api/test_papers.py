"""Papers at the door: printed for whom they are, and verified for anybody."""

import base64

import pytest

from tests.api.world import Door, problem_of
from wallet.learner_bundle import open_bundle


@pytest.fixture
def badge(door: Door) -> str:
    """A credential of hers, and a record that carries it."""
    credit = door.award().json()["credit"]
    learner = door.admitted.learner
    issued = door.university.post("/credentials", {"learner": learner, "credit": credit})
    door.office.follower.catch_up()
    assert door.university.post("/credentials", {"learner": learner, "record": True}).status_code == 201
    credential: str = issued.json()["credential"]
    return credential


def test_an_institution_prints_a_transcript_with_a_name_it_confirms(door: Door, badge: str):
    asked = {
        "kind": "transcript",
        "learner": door.admitted.learner,
        "languages": ["kk", "en"],
        "holder": {"family_name": "Қасымова", "confirmed": True},
    }
    printed = door.university.post("/papers", asked)

    assert printed.status_code == 200, printed.text
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.headers["content-disposition"].startswith('attachment; filename="transcript-')
    for said in (
        door.anybody.ask(
            "POST",
            "/verifications/files",
            content=printed.content,
            headers={"Content-Type": "application/pdf"},
        ),
        door.anybody.post("/verifications/files", {"file": base64.b64encode(printed.content).decode()}),
    ):
        assert said.status_code == 200, said.text
        assert said.json()["outcome"] == "passed"
        assert said.json()["checks"][3]["code"] == "print-unaltered"


def test_a_learner_prints_what_is_about_her_and_confirms_nothing(door: Door, badge: str):
    learner = door.admitted.learner

    own = door.learner.post("/papers", {"kind": "certificate", "credential": badge})
    assert own.status_code == 200, own.text
    asked = {"kind": "transcript", "learner": learner, "institution": "aitu"}
    assert door.learner.post("/papers", asked).status_code == 200
    unnamed = door.learner.post("/papers", {"kind": "transcript", "learner": learner})
    assert (unnamed.status_code, problem_of(unnamed)) == (422, "invalid-value")
    confirmed = {**asked, "holder": {"family_name": "Anybody", "confirmed": True}}
    refused = door.learner.post("/papers", confirmed)
    assert (refused.status_code, problem_of(refused)) == (403, "wrong-role")


def test_a_paper_of_somebody_else_is_not_there(door: Door, badge: str):
    for asked in (
        {"kind": "certificate", "credential": badge},
        {"kind": "transcript", "learner": door.admitted.learner},
    ):
        assert door.stranger.post("/papers", asked).status_code == 404
        assert door.registry.post("/papers", asked).status_code == 403
        assert door.anybody.post("/papers", asked).status_code == 401


BAD = {
    "of no kind": {"kind": "poem"},
    "a transcript of nobody": {"kind": "transcript"},
    "a certificate of nothing": {"kind": "certificate"},
    "minutes of no case": {"kind": "minutes"},
    "in three languages": {"kind": "certificate", "credential": "CREDENTIAL", "languages": ["kk", "ru", "en"]},
    "in one language twice": {"kind": "certificate", "credential": "CREDENTIAL", "languages": ["kk", "kk"]},
    "letters without a font": {"kind": "certificate", "credential": "CREDENTIAL", "holder": {"family_name": "李"}},
    "a record as a certificate of a diploma": {"kind": "supplement", "credential": "CREDENTIAL"},
    "a name that is confirmed and not said": {
        "kind": "certificate", "credential": "CREDENTIAL", "holder": {"confirmed": True},
    },
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_printed_is_a_problem(case: str, door: Door, badge: str):
    asked = {name: badge if value == "CREDENTIAL" else value for name, value in BAD[case].items()}

    refused = door.university.post("/papers", asked)

    assert refused.status_code == 422, refused.text
    problem_of(refused)


def test_a_file_that_is_none_gets_a_verdict_or_a_problem(door: Door):
    def send(content: bytes, media_type: str) -> int:
        headers = {"Content-Type": media_type}
        return door.anybody.ask("POST", "/verifications/files", content=content, headers=headers).status_code

    assert send(b"%PDF-1.7 rubbish", "application/pdf") == 200
    assert send(b"\x89PNG\r\n\x1a\n", "image/png") == 422
    assert send(b"", "application/pdf") == 200
    assert send(bytes(9 * 1024 * 1024), "application/pdf") == 413
    assert send(b"{}", "text/plain") == 415
    assert door.anybody.post("/verifications/files", {"file": "not base64"}).status_code == 422


def test_a_learner_takes_everything_along_and_nobody_else_does(door: Door, badge: str):
    asked = {"passphrase": "four words of hers alone"}
    taken = door.learner.post(f"{door.wallet}/bundle", asked)

    assert taken.status_code == 200, taken.text
    assert taken.headers["content-type"] == "application/jose"
    bundle = open_bundle(taken.content, asked["passphrase"])
    assert badge in bundle.credentials[0].decode()
    assert door.university.post(f"{door.wallet}/bundle", asked).status_code == 403
    assert door.anybody.post(f"{door.wallet}/bundle", asked).status_code == 401
    assert door.learner.post(f"{door.wallet}/bundle", {"passphrase": "short"}).status_code == 422
