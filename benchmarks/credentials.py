"""Issuing and verifying: an Open Badge of 3 KB, by suite, against the same key signing or checking 64 bytes.

*Issue* is from an unsigned document to the signed JSON text; *verify* from the text to a proof that holds
(strict parse included); *verdict* the whole numbered list, with the status list and the issuer known. One process,
but for the rows that say otherwise.
"""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.measure import Line, Rate, rate
from domain.values import CreditPoints, CreditScheme, Setting
from keys import cose, jose, sd_jwt, strict_json
from keys.batch import BatchSigner
from keys.canonical import canonicalize
from keys.keyring import Keyring, KeyTerm
from keys.multikey import KeyKind
from keys.proofs import add_base_proof, add_proof, check_proofs, derive
from keys.signing import EcdsaSigner, Ed25519Signer, Signer
from wallet.evidence import Accreditation, KnownFacts, KnownIssuer, Source, StatusListEvidence
from wallet.formats.open_badges import CreditFacts, Outcome, build
from wallet.formats.status_list import entry, status_list_credential
from wallet.verifying import verify

AT = datetime(2026, 6, 26, 10, tzinfo=UTC)
DID = "did:web:registrar.northfield.example"
METHOD = f"{DID}#key-1"
LISTS = {
    purpose: f"https://registrar.northfield.example/status/1/{purpose}"
    for purpose in ("revocation", "suspension")
}
BATCH = 300
RDFC = "eddsa-rdfc-2022"
SUITES: tuple[tuple[str, KeyKind, float | None, float | None], ...] = (
    (RDFC, KeyKind.ED25519, 0.20, 0.40),
    ("eddsa-jcs-2022", KeyKind.ED25519, 0.40, 0.60),
    ("ecdsa-rdfc-2019", KeyKind.P256, None, None),
    ("ecdsa-rdfc-2019", KeyKind.P384, None, None),
    ("ecdsa-jcs-2019", KeyKind.P256, None, None),
    ("ecdsa-jcs-2019", KeyKind.P384, None, None),
)
"""What is measured, and the ratios asked of it."""

SHOWN = ("/credentialSubject/achievement/name", "/credentialSubject/creditsEarned")
HIDDEN = (("credentialSubject", "result"), ("credentialSubject", "achievement", "description"))
SIGNATURE_OF_2020 = "Ed25519Signature2020"
CONTEXT_OF_2020 = "https://w3id.org/security/suites/ed25519-2020/v1"

BATCH_REACH = 0.35
SCALING_REACH = 0.90
COLD_SECONDS = 0.4


def lines() -> Iterator[Line]:
    signer = Ed25519Signer.generate()
    badges = [a_badge(number) for number in range(BATCH)]
    for suite, kind, reach_issue, reach_verify in SUITES:
        by: Signer = signer if kind is KeyKind.ED25519 else EcdsaSigner.generate(kind)
        sign, check = raw_sign(by), raw_verify(by)
        texts = [issue(badge, by, suite) for badge in badges]
        what, raw = f"{suite}, {kind.name}", f"{kind.name} alone"
        yield _line(f"issue, {what}", issuing(badges, by, suite), raw, sign, reach_issue)
        yield _line(f"verify, {what}", checking(texts, by), raw, check, reach_verify)
    sign, check = raw_sign(signer), raw_verify(signer)
    yield _line(
        f"issue a batch of one shape, {RDFC}", in_a_batch(badges, signer), "ED25519 alone", sign, BATCH_REACH
    )
    yield from _older(badges, signer, check)
    yield from _disclosing(badges)
    yield from _messages(badges, signer, sign, check)

    texts = [issue(badge, signer, RDFC) for badge in badges]
    facts = what_is_known(signer)

    def judging() -> int:
        for text in texts:
            assert verify(text, at=AT, evidence=facts).passed
        return len(texts)

    yield Line("credentials", "verdict, every step", rate(judging, rounds=3), "ED25519 alone", check)
    if (os.cpu_count() or 1) > 1:
        yield scaling()
    yield cold()


def _line(
    what: str, work: Callable[[], int], limit: str, raw: Rate, reach: float | None = None, *, rounds: int = 5
) -> Line:
    return Line("credentials", what, rate(work, rounds), limit, raw, reach)


def _older(badges: list[dict[str, Any]], signer: Ed25519Signer, check: Rate) -> Iterator[Line]:
    """The proofs of 2020, which are only checked."""
    older = [{**badge, "@context": [*badge["@context"], CONTEXT_OF_2020]} for badge in badges]
    texts = [issue(badge, signer, SIGNATURE_OF_2020) for badge in older]
    yield _line(f"verify, {SIGNATURE_OF_2020}", checking(texts, signer), "ED25519 alone", check)


def _disclosing(badges: list[dict[str, Any]]) -> Iterator[Line]:
    """Selective disclosure: a signature for the whole, and one for every statement that may be shown alone."""
    signer = EcdsaSigner.generate(KeyKind.P256)
    sign, check = raw_sign(signer), raw_verify(signer)
    few = badges[:20]

    def based(badge: dict[str, Any]) -> dict[str, Any]:
        return add_base_proof(badge, signer=signer, verification_method=METHOD, created=AT)

    def shown(document: dict[str, Any]) -> dict[str, Any]:
        return derive(document, lambda _: signer.public, selective_pointers=SHOWN)

    based_on = [based(badge) for badge in few]
    texts = [msgspec.json.encode(shown(document)) for document in based_on]

    def all_of(
        step: Callable[[dict[str, Any]], object], documents: list[dict[str, Any]]
    ) -> Callable[[], int]:
        def work() -> int:
            for document in documents:
                step(document)
            return len(documents)

        return work

    raw = "one P256 alone"
    yield _line("issue, ecdsa-sd-2023, P256", all_of(based, few), raw, sign, rounds=3)
    yield _line("derive, ecdsa-sd-2023, P256", all_of(shown, based_on), raw, check, rounds=3)
    yield _line("verify what is derived, ecdsa-sd-2023, P256", checking(texts, signer), raw, check, rounds=3)


def _messages(badges: list[dict[str, Any]], signer: Ed25519Signer, sign: Rate, check: Rate) -> Iterator[Line]:
    """Credentials in messages: JWS, SD-JWT, COSE (VC-JOSE-COSE)."""
    kinds: dict[str, tuple[Callable[[dict[str, Any]], Any], Callable[[Any], object]]] = {
        "JWS": (
            lambda badge: jose.sign(canonicalize(badge), signer, typ="vc+jwt", kid=METHOD),
            lambda message: (read := jose.read(message)).check(signer.public) or read.claims(),
        ),
        "SD-JWT, two members hidden": (
            lambda badge: sd_jwt.issue(badge, signer, hidden=HIDDEN, typ="vc+sd-jwt", kid=METHOD),
            lambda message: (read := sd_jwt.read(message)).check(signer.public) or read.claims,
        ),
        "COSE": (
            lambda badge: cose.sign(canonicalize(badge), signer, typ="application/vc+cose"),
            lambda message: (
                (read := cose.read(message)).check(signer.public) or strict_json.parse(read.payload)
            ),
        ),
    }
    for kind, (seal, open_) in kinds.items():
        messages = [seal(badge) for badge in badges]

        def sealing(seal: Callable[[dict[str, Any]], Any] = seal) -> int:
            for badge in badges:
                seal(badge)
            return len(badges)

        def opening(open_: Callable[[Any], object] = open_, messages: list[Any] = messages) -> int:
            for message in messages:
                open_(message)
            return len(messages)

        yield _line(f"issue, {kind}, ED25519", sealing, "ED25519 alone", sign)
        yield _line(f"verify, {kind}, ED25519", opening, "ED25519 alone", check)


def in_a_batch(badges: list[dict[str, Any]], signer: Signer) -> Callable[[], int]:
    batch = BatchSigner(signer=signer, suite=RDFC, verification_method=METHOD, created=AT)

    def work() -> int:
        for badge in badges:
            batch.sign(badge)
        return len(badges)

    return work


def scaling() -> Line:
    """Two processes that verify at the same time, against twice what one does alone."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.map(_verify_for_a_while, [0.1, 0.1])
        alone = Rate(sum(pool.map(_verify_for_a_while, [1.5])))
        both = Rate(sum(pool.map(_verify_for_a_while, [1.5, 1.5], chunksize=1)))
    return Line(
        "credentials",
        f"verify in two processes, {RDFC}",
        both,
        "twice what one process does",
        Rate(2 * alone.per_second),
        SCALING_REACH,
    )


def _verify_for_a_while(seconds: float) -> float:
    """How many a second this process verifies."""
    signer = Ed25519Signer.generate()
    work = checking([issue(a_badge(number), signer, RDFC) for number in range(50)], signer)
    work()
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        done += work()
    return done / (time.perf_counter() - began)


def cold() -> Line:
    """`wallet verify` of one file, from the shell to the verdict: CPU time, not the clock's."""
    signer = Ed25519Signer.generate()
    badge = a_badge(1)
    badge["issuer"]["id"] = signer.public.did
    signed = add_proof(
        badge, signer=signer, suite=RDFC, verification_method=signer.public.verification_method, created=AT
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "badge.json"
        file.write_bytes(msgspec.json.encode(signed))
        begin = "from cli.main import run; run()"
        command = ["-c", begin, "verify", "--home", folder, "--offline", str(file)]
        ours = min(_seconds_of(command, ends_with=3) for _ in range(5))  # 3: in no list of issuers
        bare = min(_seconds_of(["-c", "pass"]) for _ in range(5))
    return Line(
        "credentials",
        "wallet verify, cold, by CPU time",
        Rate(1 / ours),
        "python -c pass",
        Rate(1 / bare),
        floor=1 / COLD_SECONDS,
    )


def _seconds_of(arguments: list[str], *, ends_with: int = 0) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run([sys.executable, *arguments], capture_output=True, check=False).returncode
    assert ended == ends_with
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def raw_sign(signer: Signer) -> Rate:
    message = bytes(64)

    def work() -> int:
        for _ in range(2000):
            signer.sign(message)
        return 2000

    return rate(work)


def raw_verify(signer: Signer) -> Rate:
    message = bytes(64)
    signature, public = signer.sign(message), signer.public

    def work() -> int:
        for _ in range(1000):
            public.verify(signature, message)
        return 1000

    return rate(work)


def issue(badge: dict[str, Any], signer: Signer, suite: str) -> bytes:
    signed = add_proof(badge, signer=signer, suite=suite, verification_method=METHOD, created=AT)
    return msgspec.json.encode(signed)


def issuing(badges: list[dict[str, Any]], signer: Signer, suite: str) -> Callable[[], int]:
    def work() -> int:
        for badge in badges:
            issue(badge, signer, suite)
        return len(badges)

    return work


def checking(texts: list[bytes], signer: Signer) -> Callable[[], int]:
    def work() -> int:
        for text in texts:
            document = strict_json.parse(text)
            assert isinstance(document, dict)
            check_proofs(document, lambda _: signer.public)
        return len(texts)

    return work


def a_badge(number: int) -> dict[str, Any]:
    """A badge of the size that institutions issue; each with values of its own."""
    page = "https://registrar.northfield.example/units/algorithms"
    facts = CreditFacts(
        credential=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        issuer=DID,
        issuer_name="University of Northfield",
        issuer_url="https://www.northfield.example/",
        learner=f"did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnE{number:07}".replace("0", "1"),
        achievement=page,
        code="CS-201",
        names={"en": "Algorithms and data structures", "kk": "Алгоритмдер және деректер құрылымдары"},
        description="The design and analysis of algorithms, and the data structures they rest on: " * 3,
        criteria="A written examination of three hours, and a project defended before two examiners. " * 3,
        outcomes=[
            Outcome(
                name=f"Outcome {each}: explains, chooses and justifies what it takes",
                url=f"{page}#lo{each}",
                code=f"LO{each}",
            )
            for each in range(1, 5)
        ],
        points=CreditPoints(CreditScheme.ECTS, Decimal(6)),
        eqf_level=6,
        field="0613",
        setting=Setting.FORMAL,
        grade=str(70 + number % 30),
        grade_scale="percent",
        awarded_on=AT - timedelta(days=number),
        valid_from=AT,
        status=[entry(list_url=url, index=number, purpose=purpose) for purpose, url in LISTS.items()],  # type: ignore[arg-type]  # the two keys are purposes
    )
    return build(facts)


def what_is_known(signer: Ed25519Signer) -> KnownFacts:
    source = Source(name="the benchmark's registry")
    issuer = KnownIssuer(
        did=DID,
        name="University of Northfield",
        keys=Keyring(
            [KeyTerm(method=METHOD, public_key=signer.public, published_at=AT - timedelta(days=999))]
        ),
        accreditations=(
            Accreditation(
                by="Agency",
                settings=frozenset({"formal"}),
                levels=frozenset(range(1, 9)),
                valid_from=(AT - timedelta(days=9999)).date(),
            ),
        ),
        source=source,
    )
    lists = {}
    for purpose, url in LISTS.items():
        unsigned = status_list_credential(
            list_url=url,
            issuer=DID,
            purpose=purpose,  # type: ignore[arg-type]  # the two keys are purposes
            set_indices=(),
            valid_from=AT - timedelta(hours=1),
            valid_until=AT + timedelta(days=1),
        )
        lists[url] = [StatusListEvidence(text=issue(unsigned, signer, RDFC), got_at=AT, source=source)]
    return KnownFacts(issuers={DID: issuer}, lists=lists)
