import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from keys import jose, sd_jwt
from keys.jwk import public_jwk
from tests.cli.conftest import Answered, Program
from tests.keys.builders import a_credential
from tests.keys.messages import HANDS, jwk_of
from wallet.formats.enveloped import MediaType, wrapper

CREDENTIALS = ["credential_jose", "credential_sdjwt", "credential_cose"]
PRESENTATIONS = ["presentation_jose", "presentation_sdjwt", "presentation_cose"]


def a_method(hand: str = "P-256", **changes: Any) -> dict[str, Any]:
    """A verification method with both its keys, as test suites hand them over."""
    return {
        "id": f"https://aitu.example/issuer#{hand}",
        "type": "JsonWebKey",
        "controller": "https://aitu.example/issuer",
        "publicKeyJwk": public_jwk(HANDS[hand].public),
        "secretKeyJwk": jwk_of(HANDS[hand]),
        **changes,
    }


def public_only(hand: str = "P-256") -> dict[str, Any]:
    method = a_method(hand)
    del method["secretKeyJwk"]
    return method


PRESENTATION = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "type": ["VerifiablePresentation"],
    "holder": "did:example:holder",
    "verifiableCredential": [wrapper(MediaType.VC_JWT, b"eyJhbGciOiJFUzI1NiJ9.e30.AAAA")],
}

Run = Callable[..., tuple[Answered, dict[str, str]]]


@pytest.fixture
def run(bare: Program, tmp_path: Path) -> Run:
    """`run("issue", document, key, "credential_jose")`: what the program said, and what it wrote."""

    def write(name: str, content: Any) -> str:
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return str(path)

    def answer(what: str, given: Any, key: Any, feature: str, *more: str, code: int = 0) -> Any:
        output = tmp_path / "output.json"
        output.unlink(missing_ok=True)
        source, keys = write("input", given), write("key.json", key)
        options = ("--input", source, "--key", keys, "--feature", feature, "--output", str(output))
        answered = bare("jose", what, *options, *more, code=code)
        return answered, json.loads(output.read_text()) if output.exists() else {}

    return answer


@pytest.mark.parametrize("hand", HANDS)
@pytest.mark.parametrize("feature", CREDENTIALS)
def test_what_is_issued_verifies(run, feature, hand):
    _, issued = run("issue", a_credential(), a_method(hand), feature)
    _, verified = run("verify", issued["data"] + "\n", public_only(hand), feature)

    assert issued["result"] == verified["result"] == "success"
    assert json.loads(verified["data"]) == a_credential()


@pytest.mark.parametrize("feature", PRESENTATIONS)
def test_a_presentation_that_is_issued_verifies(run, feature):
    _, issued = run("issue", PRESENTATION, a_method(), feature)
    _, verified = run("verify", issued["data"], a_method(), feature)

    assert json.loads(verified["data"]) == PRESENTATION


def test_what_may_be_hidden_is_said_by_its_place(run):
    paths = ["name", "credentialSubject.achievement.criteria", "type[1]"]

    _, issued = run("issue", a_credential(), a_method(), "credential_sdjwt", "--sd", json.dumps(paths))

    message = sd_jwt.read(issued["data"])
    assert len(message.disclosures) == 3
    assert message.check(HANDS["P-256"].public)["name"] == a_credential()["name"]
    assert "name" not in message.jwt.claims()


@pytest.mark.parametrize("feature", [*CREDENTIALS, *PRESENTATIONS])
def test_another_key_fails(run, feature):
    document = a_credential() if feature in CREDENTIALS else PRESENTATION
    _, issued = run("issue", document, a_method(), feature)

    for other in ("P-384", "Ed25519"):
        _, verified = run("verify", issued["data"], public_only(other), feature, code=1)
        assert verified["result"] == "failure"


def test_a_controller_document_may_list_the_key_among_others(run):
    document = {
        "id": "https://aitu.example/issuer",
        "verificationMethod": [public_only("P-384"), public_only("P-256")],
        "assertionMethod": ["https://aitu.example/issuer#P-256"],
    }
    _, issued = run("issue", a_credential(), {"verificationMethod": [a_method()]}, "credential_jose")

    assert run("verify", issued["data"], document, "credential_jose")[1]["result"] == "success"


def test_a_bare_key_will_do(run):
    _, issued = run("issue", a_credential(), {**jwk_of(HANDS["P-256"]), "kid": "key-1"}, "credential_jose")

    assert jose.read(issued["data"]).key_id == "key-1"
    _, verified = run("verify", issued["data"], public_jwk(HANDS["P-256"].public), "credential_jose")
    assert verified["result"] == "success"


def message(header: dict[str, Any], **claims: Any) -> str:
    payload = json.dumps({**a_credential(), **claims}).encode()
    return jose.sign(
        payload, HANDS["P-256"], more={"typ": "vc+jwt", "kid": "did:web:aitu.example#k", **header}
    )


def altered(text: str) -> str:
    """The same header and signature around another payload."""
    header, _, signature = text.split(".")
    return f"{header}.{jose.to_base64url(b'{}')}.{signature}"


BAD_MESSAGES = {
    "an unsigned credential": (json.dumps(a_credential()), "credential_jose"),
    "an altered payload": (altered(message({})), "credential_jose"),
    "another media type": (message({"typ": "bad+typ"}), "credential_jose"),
    "another content type": (message({"cty": "bad+cty"}), "credential_jose"),
    "a vc and a vp claim": (message({}, vc="oops", vp="nooo"), "credential_jose"),
    "another issuer": (message({}, iss="https://elsewhere.example"), "credential_jose"),
    "no credential": (message({}, type="Thing"), "credential_jose"),
    "a key of its own": (message({"jwk": public_jwk(HANDS["P-256"].public)}), "credential_jose"),
    "no tilde": (message({"typ": "vc+sd-jwt"}), "credential_sdjwt"),
    "CBOR in hex": ("d28440", "credential_cose"),
    "no CBOR": ("AAAA", "credential_cose"),
    "letters beyond ASCII": ("Алгоритмы", "credential_cose"),
    "nothing": ("", "credential_jose"),
}


@pytest.mark.parametrize(("text", "feature"), BAD_MESSAGES.values(), ids=BAD_MESSAGES)
def test_a_bad_message_fails_in_one_sentence(run, text, feature):
    answered, verified = run("verify", text, public_only(), feature, code=1)

    assert verified["result"] == "failure"
    assert verified["data"] in answered.out
    assert "Traceback" not in answered.out + answered.err


def test_a_presentation_of_what_is_no_credential_fails(run):
    bad = {
        **PRESENTATION,
        "verifiableCredential": [{**wrapper(MediaType.VC_JWT, b"x"), "id": "not-a-credential"}],
    }
    text = jose.sign(json.dumps(bad).encode(), HANDS["P-256"], typ="vp+jwt", kid="did:web:aitu.example#k")

    assert run("verify", text, public_only(), "presentation_jose", code=1)[1]["result"] == "failure"


def test_an_algorithm_we_do_not_have_is_indeterminate(run):
    header = jose.to_base64url(b'{"alg":"RS256","typ":"vc+jwt"}')

    _, verified = run("verify", f"{header}.e30.AAAA", public_only(), "credential_jose", code=3)

    assert verified["result"] == "indeterminate"


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_an_algorithm_without_a_private_key_fails(run, algorithm):
    header = jose.to_base64url(json.dumps({"alg": algorithm}).encode())

    assert (
        run("verify", f"{header}.e30.AAAA", public_only(), "credential_jose", code=1)[1]["result"]
        == "failure"
    )


def test_time_is_asked_about_only_on_demand(run):
    text = message({}, exp=1782810000)  # 2026-06-30T09:00:00Z

    run("verify", text, public_only(), "credential_jose")
    run("verify", text, public_only(), "credential_jose", "--at", "2026-06-30T08:59:59Z")
    run("verify", text, public_only(), "credential_jose", "--at", "2026-06-30T09:00:00Z", code=1)


BAD_DOCUMENTS = {
    "no issuer": a_credential(issuer=None),
    "a member that nothing defines": a_credential(badExtension={"huh": "what?"}),
    "an array": [a_credential()],
    "not JSON": "{",
    "a member twice": '{"type":"a","type":"b"}',
}


@pytest.mark.parametrize("document", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS)
def test_a_bad_document_is_not_signed(run, document):
    _, issued = run("issue", document, a_method(), "credential_jose", code=1)

    assert issued["result"] == "failure"


BAD_KEYS = {
    "no key": {},
    "a public key only": public_only(),
    "a public key that is another's": a_method(publicKeyJwk=public_jwk(HANDS["P-384"].public)),
    "a private key half another's": a_method(
        secretKeyJwk={**jwk_of(HANDS["P-256"]), "d": jose.to_base64url(b"\x01" * 32)}
    ),
    "two private keys": {"verificationMethod": [a_method(), a_method("P-384")]},
    "no list of methods": {"verificationMethod": "https://aitu.example/issuer#P-256"},
    "an RSA key": a_method(secretKeyJwk={"kty": "RSA", "n": "AQAB", "e": "AQAB", "d": "AQAB"}),
    "an id that is no text": a_method(id=7),
    "an array": [],
    "not JSON": "-----BEGIN PRIVATE KEY-----",
}


@pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_bad_key_signs_nothing(run, key):
    answered, issued = run("issue", a_credential(), key, "credential_jose", code=1)

    assert issued["result"] == "failure"
    assert jwk_of(HANDS["P-256"])["d"] not in answered.out + answered.err + issued["data"]


def test_a_file_that_is_not_there_is_said_to_be_so(bare, tmp_path):
    output = tmp_path / "output.json"

    answered = bare(
        *("jose", "verify", "--input", "nowhere.txt", "--key", "nowhere.json"),
        *("--feature", "credential_jose", "--output", str(output)),
        code=2,
    )

    assert json.loads(output.read_text())["result"] == "failure"
    assert "nowhere.txt cannot be read" in answered.err


USAGE = {
    "no such feature": ("credential_pgp",),
    "paths that are no JSON": ("credential_sdjwt", "--sd", "name"),
    "paths that are no array": ("credential_sdjwt", "--sd", '"name"'),
    "a path that is none": ("credential_sdjwt", "--sd", '["a..b"]'),
    "a path that is a number": ("credential_sdjwt", "--sd", "[1]"),
    "hiding where nothing can be hidden": ("credential_jose", "--sd", '["name"]'),
}


@pytest.mark.parametrize("options", USAGE.values(), ids=USAGE)
def test_what_cannot_be_understood_is_a_question_of_usage(run, options):
    answered, written = run("issue", a_credential(), a_method(), *options, code=2)

    assert written == {}
    assert "Try `wallet jose issue --help`" in answered.err


def test_without_an_output_file_the_answer_is_printed(bare, tmp_path):
    (tmp_path / "credential.json").write_text(json.dumps(a_credential()), encoding="utf-8")
    (tmp_path / "key.json").write_text(json.dumps(a_method()), encoding="utf-8")

    answered = bare(
        *("jose", "issue", "--input", "credential.json", "--key", "key.json", "--feature", "credential_jose")
    )

    assert answered.document["result"] == "success"
