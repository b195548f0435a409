"""What somebody brings is told apart, verified, and read as lines that count once."""

from decimal import Decimal
from shutil import which
from subprocess import run

import pytest
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

from keys import jose
from keys.jwk import public_jwk
from keys.signing import EcdsaSigner
from tests.formats.elmos import a_signatory, an_elmo, course
from tests.records.world import (
    a_backup,
    a_badge_jwt,
    a_locked_backup,
    a_png,
    a_reader,
    a_token,
    a_zip,
    read,
    text_of,
)
from tests.shared import shared
from tests.verifying.world import (
    KEY_1,
    LEARNER,
    a_credential,
    a_record,
    registrar,
    signed,
    some_facts,
    stranger,
)
from wallet.enveloping import seal
from wallet.evidence import NoEvidence
from wallet.formats import open_badges
from wallet.formats.archive import ArchiveRefused, files_in
from wallet.formats.baking import NothingBaked
from wallet.formats.clr import Association
from wallet.formats.enveloped import MediaType, wrapper
from wallet.formats.wallet_backup import BackupRefused
from wallet.records import UnknownRecord, read_folder
from wallet.verdict import Outcome

BADGE = a_credential()
ANOTHER = a_credential(
    credential="https://registry.example/credentials/2", achievement="https://registry.example/units/logic"
)
UNSIGNED = open_badges.build(some_facts(status=()))
MESSAGE = seal(UNSIGNED, registrar, MediaType.VC_JWT, method=KEY_1)

THE_SAME_BADGE = {
    "as JSON": text_of(BADGE),
    "with a byte-order mark": b"\xef\xbb\xbf" + text_of(BADGE),
    "as a message": MESSAGE,
    "in an object that carries a message": text_of(wrapper(MediaType.VC_JWT, MESSAGE)),
    "as a JWT of Open Badges": a_badge_jwt(UNSIGNED),
    "in a PNG": a_png(text_of(BADGE)),
    "in an SVG": b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
    b"<openbadges:credential><![CDATA[" + text_of(BADGE) + b"]]></openbadges:credential></svg>",
}


@pytest.mark.parametrize("data", THE_SAME_BADGE.values(), ids=THE_SAME_BADGE)
def test_a_badge_is_the_same_learning_whatever_it_comes_in(data: bytes):
    reading = read(data)

    assert (reading.kind, reading.signature.outcome) == ("open-badge", Outcome.PASSED)
    [line] = reading.lines
    assert line.counts
    assert reading.totals == {"ECTS": Decimal("4.5")}
    said = line.opportunity
    assert (said.grade, said.scale, said.eqf_level, said.field) == (
        "B+",
        "Kazakhstan letter scale",
        6,
        "0613",
    )
    assert [each.code for each in said.outcomes] == ["LO1", "LO2"]
    assert reading.holders == (LEARNER,)


def test_the_awarding_body_is_called_by_the_registrys_name_and_only_then():
    [known] = read(text_of(BADGE)).lines
    [unknown] = read(text_of(BADGE), evidence=NoEvidence()).lines

    assert known.issuer.names == {"und": "Astana IT University"}
    assert unknown.issuer.names == {"und": "A name the document gives itself"}


def test_a_badge_of_an_unknown_issuer_could_not_be_checked_and_a_changed_one_fails():
    changed = text_of(BADGE).replace(b"4.5", b"45")

    assert read(text_of(BADGE), evidence=NoEvidence()).signature.outcome is Outcome.COULD_NOT_CHECK
    failed = read(changed)
    assert failed.signature.outcome is Outcome.FAILED
    assert failed.verdict is not None
    assert failed.verdict.outcome is Outcome.FAILED


def test_a_badge_without_credit_is_learning_all_the_same():
    reading = read(text_of(a_credential(points=None, status=())))

    assert [line.counts for line in reading.lines] == [True]
    assert reading.totals == {}


def test_points_of_no_scheme_that_is_named_are_credits_of_their_own():
    document = dict(UNSIGNED)
    achievement = document["credentialSubject"]["achievement"]
    alignments = [
        each for each in achievement["alignment"] if each["targetFramework"] != open_badges.CREDIT_SCHEME
    ]
    subject = {**document["credentialSubject"], "achievement": {**achievement, "alignment": alignments}}

    assert read(text_of(signed({**document, "credentialSubject": subject}))).totals == {
        "credits": Decimal("4.5")
    }


# --- records of records -----------------------------------------------------------------------------------


def test_each_member_of_a_learner_record_stands_or_falls_by_itself():
    false = {**ANOTHER, "name": "Another name"}

    reading = read(text_of(a_record(BADGE, false)))

    assert (reading.kind, reading.signature.outcome) == ("clr", Outcome.PASSED)
    assert [part.signature.outcome for part in reading.parts] == [Outcome.PASSED, Outcome.FAILED]
    assert [line.counts for line in reading.lines] == [True, False]
    assert reading.totals == {"ECTS": Decimal("4.5")}
    assert {part.document for part in reading.parts} == {reading.document}


def test_a_learner_record_that_was_changed_itself_is_false_as_a_whole():
    record = a_record(BADGE, ANOTHER)
    record["name"] = "Another name"

    assert read(text_of(record)).signature.outcome is Outcome.FAILED


def parts_of_a_whole(kind: str, source: str, target: str):
    whole = a_credential(
        credential="https://registry.example/credentials/3",
        achievement="https://registry.example/units/programme",
    )
    return a_record(whole, BADGE, associations=[Association(source=source, kind=kind, target=target)])


UNIT = "https://registry.example/units/algorithms"
PROGRAMME = "https://registry.example/units/programme"
ASSOCIATED = {
    "part of": (parts_of_a_whole("isPartOf", UNIT, PROGRAMME), 1),
    "child of": (parts_of_a_whole("isChildOf", UNIT, PROGRAMME), 1),
    "parent of": (parts_of_a_whole("isParentOf", PROGRAMME, UNIT), 1),
    "the other way round": (parts_of_a_whole("isPartOf", PROGRAMME, UNIT), 1),
    "of itself": (parts_of_a_whole("isPartOf", UNIT, UNIT), 2),
    "only related": (parts_of_a_whole("isRelatedTo", UNIT, PROGRAMME), 2),
    "of what is not in the record": (parts_of_a_whole("isPartOf", UNIT, "urn:elsewhere"), 2),
}


@pytest.mark.parametrize(("record", "counting"), ASSOCIATED.values(), ids=ASSOCIATED)
def test_a_whole_and_its_parts_are_not_counted_both(record, counting: int):
    reading = read(text_of(record))

    assert sum(line.counts for line in reading.lines) == counting
    assert reading.added_up == {"ECTS": 9}


def test_associations_in_a_circle_leave_one_of_the_two():
    circle = [
        Association(source=UNIT, kind="isPartOf", target="https://registry.example/units/logic"),
        Association(source="https://registry.example/units/logic", kind="isPartOf", target=UNIT),
    ]

    assert read(text_of(a_record(BADGE, ANOTHER, associations=circle))).totals == {"ECTS": Decimal("4.5")}


def test_a_partial_record_says_that_there_is_more():
    unsigned = {name: value for name, value in a_record(BADGE).items() if name != "proof"}

    reading = read(text_of(signed({**unsigned, "partial": True})))

    assert reading.signature.outcome is Outcome.PASSED
    assert reading.remarks == ("Its publisher knows of more than is in it.",)


# --- tokens -----------------------------------------------------------------------------------------------


def test_a_token_is_read_as_it_is_shown():
    reading = read(a_token())
    hidden, _, _ = a_token().decode().partition("~")

    assert (reading.kind, reading.signature.outcome) == ("sd-jwt-vc", Outcome.PASSED)
    assert reading.totals == {"ECTS": 6}
    [line] = reading.lines
    assert line.opportunity.names == {"en": "Algorithms", "kk": "Алгоритмдер"}
    assert line.opportunity.grade == "A-"
    assert line.issuer.names == {"und": "Astana IT University"}
    [line] = read(f"{hidden}~".encode()).lines
    assert line.opportunity.grade is None


BAD_TOKENS = {
    "signed by another": (a_token(signer=stranger), "proof", Outcome.FAILED),
    "of an issuer nobody knows": (
        a_token(iss="did:web:nobody.example", kid="did:web:nobody.example#key-1"),
        "proof",
        Outcome.COULD_NOT_CHECK,
    ),
    "expired": (a_token(exp=1_000_000_000), "validity-period", Outcome.FAILED),
    "not valid yet": (a_token(nbf=4_000_000_000), "validity-period", Outcome.FAILED),
    "at a level it is not accredited for": (a_token(eqf_level=8), "trust", Outcome.FAILED),
    "in a field it is not accredited for": (a_token(isced_f="0911"), "trust", Outcome.FAILED),
    "with a status nobody can have": (
        a_token(status={"status_list": {"idx": 1, "uri": "https://registry.example/tokens/1"}}),
        "status",
        Outcome.COULD_NOT_CHECK,
    ),
    "without an issuer": (a_token(iss=None), "shape", Outcome.FAILED),
    "without a type": (a_token(vct=None), "parse", Outcome.FAILED),
}


@pytest.mark.parametrize(("token", "step", "outcome"), BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_token_is_asked_the_numbered_list(token: bytes, step: str, outcome: Outcome):
    verdict = read(token).verdict

    assert verdict is not None
    assert verdict.outcome is outcome
    check = verdict.check(step)
    assert check is not None
    assert check.outcome is outcome


def test_a_disclosure_that_was_never_signed_is_false():
    token = a_token()
    forged = a_token(grade="A+").split(b"~")[1]

    assert read(b"~".join([token.split(b"~")[0], forged, b""])).signature.outcome is Outcome.FAILED


def test_a_key_in_the_header_shows_a_change_and_not_whose_it_is():
    own = EcdsaSigner.generate()
    message = a_badge_jwt(UNSIGNED, signer=own, kid=None, jwk=public_jwk(own.public))
    head, body, _ = message.split(b".")
    other = a_badge_jwt({**UNSIGNED, "name": "Other"}, signer=own, kid=None, jwk=public_jwk(own.public))

    assert read(message, evidence=NoEvidence()).signature.outcome is Outcome.COULD_NOT_CHECK
    assert (
        read(message).signature.outcome is Outcome.FAILED
    )  # the university's keys are known, and this is none
    assert read(b".".join([head, body, other.split(b".")[2]])).signature.outcome is Outcome.FAILED


def test_a_jwt_that_contradicts_the_credential_in_it_is_false():
    message = a_badge_jwt({**UNSIGNED, "issuer": {**UNSIGNED["issuer"]}})
    contradicted = a_badge_jwt({**UNSIGNED, "id": "urn:uuid:0"})

    assert read(message).signature.outcome is Outcome.PASSED
    payload = {**UNSIGNED, "iss": "did:web:other.example"}
    false = jose.sign(text_of(payload), registrar, typ="JWT", kid=KEY_1).encode()
    assert read(false).signature.reason == "claim-contradicted"
    assert read(contradicted).signature.outcome is Outcome.PASSED


# --- heaps ------------------------------------------------------------------------------------------------


def test_a_folder_and_a_zip_are_read_file_by_file(tmp_path):
    files = {
        "2026/algorithms.json": text_of(BADGE),
        "2026/again.png": a_png(text_of(BADGE)),
        "logic.json": text_of(ANOTHER),
        "readme.txt": b"My certificates",
    }
    for name, content in {**files, ".hidden": b"x"}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "link.json").symlink_to(tmp_path / "logic.json")

    packed = read(a_zip(files))
    folder = read_folder(files_in(tmp_path), a_reader())

    for reading in (packed, folder):
        assert [part.name for part in reading.parts] == [
            "2026/again.png",
            "2026/algorithms.json",
            "logic.json",
        ]
        assert [line.left_out is None for line in reading.lines] == [True, False, True]
        assert reading.totals == {"ECTS": 9}
        assert "readme.txt" in reading.remarks[0]


def test_metadata_beside_a_token_say_what_its_type_is_called():
    elsewhere = "https://college.example/types/attendance"
    metadata = text_of({"vct": elsewhere, "display": [{"locale": "en", "name": "Attendance"}]})
    token = a_token(vct=elsewhere, name=None)
    pinned = a_token(vct=elsewhere, name=None, **{"vct#integrity": "sha256-AAAA"})

    [good] = read(a_zip({"a.sd-jwt": token, "type.json": metadata})).parts
    [false] = read(a_zip({"a.sd-jwt": pinned, "type.json": metadata})).parts

    assert good.lines[0].opportunity.names == {"en": "Attendance"}
    assert (false.signature.outcome, false.signature.reason) == (Outcome.FAILED, "type-metadata")
    assert not false.lines[0].counts


OUT_OF_ITSELF = (
    "../evil.json",
    "/etc/passwd",
    "a/../../b.json",
    "..\\evil.json",
    "C:\\evil.json",
    "\\\\host\\x",
)


@pytest.mark.parametrize("name", OUT_OF_ITSELF)
def test_an_archive_that_leads_out_of_itself_is_refused(name: str):
    with pytest.raises(ArchiveRefused, match="leads out"):
        read(a_zip({"good.json": text_of(BADGE), name: text_of(ANOTHER)}))


BOMBS = {
    "one large file": {"zeros.json": b"\0" * (11 * 1024 * 1024)},
    "many files": {f"{number}.json": b"" for number in range(1_001)},
    "large together": {f"{number}.json": b" " * (9 * 1024 * 1024) for number in range(8)},
}


@pytest.mark.parametrize("files", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused(files):
    with pytest.raises(ArchiveRefused):
        read(a_zip(files))


def test_a_broken_archive_is_refused():
    with pytest.raises(ArchiveRefused, match="damaged"):
        read(a_zip({"a.json": text_of(BADGE)})[:-30])
    with pytest.raises(UnknownRecord, match="Nothing of the archive"):
        read(a_zip({"readme.txt": b"x", "inner.zip": a_zip({"a.json": text_of(BADGE)})}))


def test_another_wallets_backup_is_read_without_its_keys():
    backup = a_backup(BADGE, ANOTHER, MESSAGE.decode(), {"type": "VerifiableCredential"})

    reading = read(backup)

    assert (reading.kind, reading.holders[0]) == ("wallet-backup", "Studies")
    assert [part.kind for part in reading.parts] == ["open-badge", "open-badge", "open-badge", "credential"]
    assert reading.totals == {"ECTS": 9}
    assert reading.signature.outcome is Outcome.COULD_NOT_CHECK


def test_a_locked_backup_takes_its_passphrase():
    locked = a_locked_backup(a_backup(BADGE), "correct horse")

    assert read(locked, passphrase="correct horse").totals == {"ECTS": Decimal("4.5")}
    with pytest.raises(BackupRefused, match="takes the passphrase"):
        read(locked)
    with pytest.raises(BackupRefused, match="not the one"):
        read(locked, passphrase="wrong")


def test_a_backup_does_not_choose_how_long_we_work():
    with pytest.raises(BackupRefused, match="rounds"):
        read(
            a_locked_backup(a_backup(BADGE), "x").replace(b'"p2c": 1000', b'"p2c": 2000000000'),
            passphrase="x",
        )


# --- the examples -------------------------------------------------------------------------------------------

EXAMPLES = {
    "ob3/valid/simple.json": ("open-badge", Outcome.COULD_NOT_CHECK),
    "ob3/valid/simple-did-key-method.json": ("open-badge", Outcome.COULD_NOT_CHECK),
    "ob3/valid/simple-multiple-proofs.json": ("open-badge", Outcome.COULD_NOT_CHECK),
    "ob3/valid/simple-eddsa-2022.json": ("open-badge", Outcome.COULD_NOT_CHECK),
    "ob3/baked/simple-json.png": ("open-badge", Outcome.COULD_NOT_CHECK),
    "ob3/baked/simple-json.svg": ("open-badge", Outcome.COULD_NOT_CHECK),
    "clr/simple.json": ("clr", Outcome.COULD_NOT_CHECK),
    # Its contexts are drafts of 2022 at addresses that nobody pins: what they mean is not known.
    "clr/simple.jwt": ("clr", Outcome.COULD_NOT_CHECK),
}


@pytest.mark.parametrize(("name", "kind", "outcome"), [(n, *e) for n, e in EXAMPLES.items()], ids=EXAMPLES)
def test_the_examples_are_read_with_the_right_answer(name: str, kind: str, outcome: Outcome):
    reading = read(shared(f"examples/{name}").read_bytes())

    assert (reading.kind, reading.signature.outcome) == (kind, outcome)
    assert len(reading.lines) == 1
    assert reading.totals == {}
    assert len(reading.holders) == 1


def test_every_broken_example_is_read_and_fails_or_says_why_not():
    for path in sorted(shared("examples/ob3/invalid").iterdir()):
        reading = read(path.read_bytes())
        assert reading.signature.outcome is Outcome.FAILED, path.name
        assert reading.signature.sentence


ENTITIES = {
    "an entity": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>',
    "an entity that blows up": b'<!DOCTYPE svg [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><svg>&c;</svg>',
    "a file of ours": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>',
    "an entity of the type that is named": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg>&a;</svg>',
}


@pytest.mark.parametrize("svg", ENTITIES.values(), ids=ENTITIES)
def test_a_picture_with_entities_is_refused(svg: bytes):
    with pytest.raises(NothingBaked, match=r"document type|entity"):
        read(svg)


# --- second implementations ---------------------------------------------------------------------------------


def test_another_implementation_reads_the_claims_of_our_tokens():
    own = EcdsaSigner.generate()
    token = a_token(signer=own).decode()
    key = JWK(**public_jwk(own.public))

    claims = SDJWTVerifier(token, lambda _issuer, _header: key).get_verified_payload()

    assert (claims["name"]["kk"], claims["credit_points"], claims["grade"]) == ("Алгоритмдер", "6", "A-")


@pytest.mark.skipif(which("xmlsec1") is None, reason="xmlsec1 is a program of Debian's, and not here")
def test_another_implementation_finds_the_same_of_a_signature_in_elmo(tmp_path):
    provider, path, pem = a_signatory(), tmp_path / "signed.xml", tmp_path / "provider.pem"
    path.write_bytes(provider.signed(an_elmo(course("A"))))
    pem.write_bytes(provider.pem)
    ask = [
        "xmlsec1",
        "--verify",
        "--trusted-pem",
        str(pem),
        "--verification-time",
        "2026-06-30 12:00:00",
        str(path),
    ]

    assert run(ask, capture_output=True, check=False).returncode == 0
    path.write_bytes(path.read_bytes().replace(b"<value>6<", b"<value>60<"))
    assert run(ask, capture_output=True, check=False).returncode != 0
