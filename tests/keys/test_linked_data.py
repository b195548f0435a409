"""What documents say: the vectors of the W3C, what must be refused, and how long a refusal may take."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from keys.contexts import PINNED
from keys.errors import ContextNotAllowed, LinkedDataError, NotLinkedData, TooComplex, UndefinedTerm
from keys.linked_data import canonical_nquads
from tests.keys.builders import VECTOR_CONTEXTS
from tests.shared import shared

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
SAYS = "https://example.org/says"  # a member named by a whole IRI needs no context

MORE = PINNED.extended(
    {
        "https://example.org/context": {
            "@context": {
                "@version": 1.1,
                "ex": "https://example.org/#",
                "title": {"@id": "ex:title", "@language": "KK"},
                "titles": {"@id": "ex:titles", "@container": "@language"},
                "steps": {"@id": "ex:steps", "@container": "@list"},
                "settings": {"@id": "ex:settings", "@type": "@json"},
                "back": {"@reverse": "ex:back"},
                "sorted": {"@id": "ex:sorted", "@container": "@index"},
                "nothing": None,
            }
        }
    }
)


def a_badge(**changes: Any) -> dict[str, Any]:
    """An Open Badge, as short as it may be."""
    badge: dict[str, Any] = {
        "@context": [V2, OB],
        "id": "urn:uuid:7c3f6a52-0a0c-4e5c-9d0a-6f0d9c6f2c11",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "did:web:uni.example", "type": ["Profile"], "name": "Uni"},
        "validFrom": "2026-06-30T09:00:00Z",
        "name": "Physics I",
        "credentialSubject": {
            "id": "did:key:z6MkLearner",
            "type": ["AchievementSubject"],
            "creditsEarned": 6,
            "achievement": {
                "id": "urn:uuid:0d9c6f2c-1111-4222-8333-944444444444",
                "type": ["Achievement"],
                "name": "Physics I",
                "description": "Mechanics and heat.",
                "criteria": {"narrative": "A written examination."},
            },
        },
    }
    return badge | changes


def lines(document: dict[str, Any]) -> list[str]:
    return canonical_nquads(document, contexts=MORE).decode().splitlines()


def said(value: Any, name: str = SAYS) -> list[str]:
    """What is said of a document whose one member has this value: its statements, without the subject."""
    document = {"@context": "https://example.org/context", "@id": "urn:it", name: value}
    return [line.removeprefix("<urn:it> ").removesuffix(" .") for line in lines(document)]


# --- published vectors --------------------------------------------------------------------------------

# Origin: w3c/vc-di-eddsa. A wrong byte would break every eddsa-rdfc-2022 signature that crosses
# implementations.
VECTORS = {
    "the alumni credential": ("unsigned.json", "eddsa-rdfc-2022/canonDocDataInt.txt"),
    "its proof": ("eddsa-rdfc-2022/proofConfigDataInt.json", "eddsa-rdfc-2022/proofCanonDataInt.txt"),
    "the employment document": ("employmentAuth.json", "eddsa-rdfc-2022/employ/canonDocDataInt.txt"),
    "the proof of that": (
        "eddsa-rdfc-2022/employ/proofConfigDataInt.json",
        "eddsa-rdfc-2022/employ/proofCanonDataInt.txt",
    ),
    "the alumni credential for the suite of 2020": (
        "unsigned.json",
        "Ed25519Signature2020/canonDocEdSig.txt",
    ),
    "the proof of 2020": (
        "Ed25519Signature2020/proofConfigEdSig.json",
        "Ed25519Signature2020/proofCanonEdSig.txt",
    ),
}


@pytest.mark.parametrize(("document", "canonical"), VECTORS.values(), ids=VECTORS.keys())
def test_the_published_documents_come_out_byte_for_byte(document: str, canonical: str):
    vectors = shared("vectors/vc-di-eddsa") / "TestVectors"

    written = canonical_nquads(json.loads((vectors / document).read_text("utf-8")), contexts=VECTOR_CONTEXTS)

    assert written == (vectors / canonical).read_bytes()


# --- what a document says -----------------------------------------------------------------------------

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SAYINGS: dict[str, tuple[Any, list[str]]] = {
    "a text": ("Ann", ['"Ann"']),
    "quotes, a backslash, a line's end": ('"a\\\n', ['"\\"a\\\\\\n"']),
    "rare control characters": ("\x01\x7f", ['"\\u0001\\u007F"']),
    "a text beyond ASCII": ("Әлия 😀", ['"Әлия 😀"']),
    "true": (True, [f'"true"^^<{XSD}boolean>']),
    "a whole number": (6, [f'"6"^^<{XSD}integer>']),
    "a whole number written with a point": (6.0, [f'"6"^^<{XSD}integer>']),
    "a fraction": (1.5, [f'"1.5E0"^^<{XSD}double>']),
    "a small fraction": (1e-7, [f'"1.0E-7"^^<{XSD}double>']),
    "the largest exact number": (2**53 - 1, [f'"9007199254740991"^^<{XSD}integer>']),
    "null": (["a", None], ['"a"']),
    "the same twice": (["a", "a", ["a"]], ['"a"']),
    "a text with a language": ({"@value": "Ann", "@language": "en-GB"}, ['"Ann"@en-gb']),
    "a text with a direction": ({"@value": "أ", "@language": "ar", "@direction": "rtl"}, ['"أ"@ar']),
    "a text with a type": ({"@value": "6", "@type": f"{XSD}decimal"}, [f'"6"^^<{XSD}decimal>']),
    "a JSON literal": (
        {"@value": {"b": [1.50, None], "a": "ә"}, "@type": "@json"},
        ['"{\\"a\\":\\"ә\\",\\"b\\":[1.5,null]}"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>'],
    ),
    "a set": ({"@set": ["b", "a"]}, ['"a"', '"b"']),
    "a reference": ({"@id": "urn:other"}, ["<urn:other>"]),
    "an empty list in order": ({"@list": []}, ["<http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>"]),
}


@pytest.mark.parametrize(("value", "objects"), SAYINGS.values(), ids=SAYINGS.keys())
def test_a_value_is_written_as_the_specifications_say(value: Any, objects: list[str]):
    assert said([value, "."]) == sorted(f"<{SAYS}> {text}" for text in {*objects, '"."'})


def test_a_list_keeps_its_order():
    document = {"@context": "https://example.org/context", "@id": "urn:it", "steps": ["b", "a"]}

    assert lines(document) == [
        "<urn:it> <https://example.org/#steps> _:c14n0 .",
        f'_:c14n0 <{RDF}first> "b" .',
        f"_:c14n0 <{RDF}rest> _:c14n1 .",
        f'_:c14n1 <{RDF}first> "a" .',
        f"_:c14n1 <{RDF}rest> <{RDF}nil> .",
    ]


def test_languages_are_written_in_lower_case_wherever_they_stand():
    assert said("Физика", "title") == ['<https://example.org/#title> "Физика"@kk']
    assert said({"en": "Physics", "kk-Cyrl": ["Физика", None], "@none": "P"}, "titles") == [
        '<https://example.org/#titles> "P"',
        '<https://example.org/#titles> "Physics"@en',
        '<https://example.org/#titles> "Физика"@kk-cyrl',
    ]


def test_a_whole_array_under_a_json_term_is_one_literal():
    assert said([None, {"b": 1}], "settings") == [
        '<https://example.org/#settings> "[null,{\\"b\\":1}]"'
        "^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>"
    ]


def test_a_proof_is_said_in_a_graph_of_its_own():
    proof = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022"}

    written = lines(a_badge(proof=proof))

    (graph,) = [line.split()[2] for line in written if "<https://w3id.org/security#proof>" in line]
    assert [line.split(" ", 1)[1] for line in written if line.endswith(f" {graph} .") and line[0] == "_"] == [
        f"<{RDF}type> <https://w3id.org/security#DataIntegrityProof> {graph} .",
        '<https://w3id.org/security#cryptosuite> "eddsa-rdfc-2022"'
        f"^^<https://w3id.org/security#cryptosuiteString> {graph} .",
    ]


def test_an_enclosed_credential_is_read_under_its_own_contexts():
    enclosed = a_badge()
    transcript = {
        "@context": [V2, CLR, OB],
        "id": "urn:uuid:transcript",
        "type": ["VerifiableCredential", "ClrCredential"],
        "issuer": "did:web:uni.example",
        "credentialSubject": {"type": ["ClrSubject"], "verifiableCredential": [enclosed]},
    }

    written = lines(transcript)
    assert {line for line in lines(enclosed) if "_:" not in line} < set(written)
    assert any("clr/vocab.html#verifiableCredential> <urn:uuid:7c3f6a52" in line for line in written)


def test_the_layout_of_the_json_changes_nothing():
    badge = a_badge()
    turned = {name: badge[name] for name in reversed(badge)} | {"type": list(reversed(badge["type"]))}

    assert canonical_nquads(turned) == canonical_nquads(badge)
    assert canonical_nquads(badge | {"endorsement": [], "image": None}) == canonical_nquads(badge)


def test_sha_384_may_name_blank_nodes_otherwise():
    twins = a_badge(credentialSubject=[{SAYS: text} for text in "abcdef"])

    assert canonical_nquads(twins, hash_name="sha384") != canonical_nquads(twins)


def test_many_threads_read_as_one_does():
    documents = [a_badge(**{f"{SAYS}/{n}": n}) for n in range(40)]
    fresh = PINNED.extended({"https://example.org/none": {"@context": {}}})

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda document: canonical_nquads(document, contexts=fresh), documents))

    assert together == [canonical_nquads(document) for document in documents]


# --- what is refused ----------------------------------------------------------------------------------

SUBJECT = "credentialSubject"
REFUSED: dict[str, tuple[dict[str, Any], type[LinkedDataError]]] = {
    "a context we do not know": ({"@context": [V2, "https://evil.example/context"]}, ContextNotAllowed),
    "a context written out": ({"@context": [V2, {"name": "https://evil.example/name"}]}, ContextNotAllowed),
    "a context written out further in": (
        {SUBJECT: {"@context": {"creditsEarned": "urn:x"}, "type": "AchievementSubject"}},
        ContextNotAllowed,
    ),
    "a context we do not know further in": ({SUBJECT: {"@context": "https://a.example"}}, ContextNotAllowed),
    "a context taken back": ({"@context": [V2, None]}, ContextNotAllowed),
    "a context in a list in a list": ({"@context": [[V2]]}, ContextNotAllowed),
    "a context that redefines protected terms": ({"@context": [V2, V1]}, ContextNotAllowed),
    "an undefined member": ({"greade": "A"}, UndefinedTerm),
    "an undefined member further in": ({SUBJECT: {"type": "AchievementSubject", "x": 1}}, UndefinedTerm),
    "a member of another type": ({"creditsEarned": 6}, UndefinedTerm),
    "a member no context may define": ({"@credits": 6}, UndefinedTerm),
    "an undefined type": ({"type": ["VerifiableCredential", "OpenBadge"]}, UndefinedTerm),
    "an undefined type further in": ({SUBJECT: {"type": "AchievementsSubject"}}, UndefinedTerm),
    "a relative reference": ({SUBJECT: {SAYS: {"@type": "nowhere"}}}, UndefinedTerm),
    "a reference in an evidence": ({"issuer": "uni"}, UndefinedTerm),
    "a relative id": ({"id": "badge/1"}, NotLinkedData),
    "an id with a space": ({"id": "urn:a b"}, NotLinkedData),
    "an id with half a character": ({"id": "urn:\ud800"}, NotLinkedData),
    "a blank node's name as an id": ({"id": "_:b0"}, NotLinkedData),
    "an id that is a list": ({"id": ["urn:a"]}, NotLinkedData),
    "an id that is null": ({"id": None}, NotLinkedData),
    "two ids": ({"@id": "urn:b"}, NotLinkedData),
    "two types": ({"@type": "OpenBadgeCredential"}, NotLinkedData),
    "a type that is null": ({"type": None}, NotLinkedData),
    "a type that is a number": ({"type": ["VerifiableCredential", 1]}, NotLinkedData),
    "a type that is an object": ({"type": [{"id": "urn:x"}]}, NotLinkedData),
    "a whole number beyond 2^53": ({SAYS: 2**53}, NotLinkedData),
    "a whole number below -2^53": ({SAYS: -(2**60)}, NotLinkedData),
    "a number as large as 1e300": ({SAYS: 1e300}, NotLinkedData),
    "not a number": ({SAYS: float("nan")}, NotLinkedData),
    "infinity": ({SAYS: float("-inf")}, NotLinkedData),
    "bytes": ({SAYS: b"x"}, NotLinkedData),
    "a tuple": ({SAYS: ("a", "b")}, NotLinkedData),
    "half a character": ({SAYS: "\ud83d"}, NotLinkedData),
    "a name that is a number": ({SUBJECT: {1: "a"}}, NotLinkedData),
    "a value and more": ({SAYS: {"@value": "a", SAYS: "b"}}, NotLinkedData),
    "a value of two types": ({SAYS: {"@value": "a", "@type": ["urn:a", "urn:b"]}}, NotLinkedData),
    "a value with type and language": (
        {SAYS: {"@value": "a", "@type": "urn:a", "@language": "en"}},
        NotLinkedData,
    ),
    "a value of an undefined type": ({SAYS: {"@value": "a", "@type": "date"}}, UndefinedTerm),
    "a number with a language": ({SAYS: {"@value": 1, "@language": "en"}}, NotLinkedData),
    "a language that is none": ({SAYS: {"@value": "a", "@language": "e n"}}, NotLinkedData),
    "a direction that is none": ({SAYS: {"@value": "a", "@direction": "up"}}, NotLinkedData),
    "an object as a value": ({SAYS: {"@value": {"a": 1}}}, NotLinkedData),
    "JSON that is not canonical": ({SAYS: {"@value": [2**60], "@type": "@json"}}, NotLinkedData),
    "an index": ({SAYS: {"@value": "a", "@index": "b"}}, NotLinkedData),
    "a list in a list": ({SAYS: {"@list": [["a"]]}}, NotLinkedData),
    "a list and more": ({SAYS: {"@list": ["a"], SAYS: "b"}}, NotLinkedData),
    "nothing in a list": ({SAYS: {"@list": [{"@value": None}]}}, NotLinkedData),
    "what is included beside": ({"@included": [{"id": "urn:a", SAYS: "b"}]}, NotLinkedData),
    "a graph": ({"@graph": [{"id": "urn:a", SAYS: "b"}]}, NotLinkedData),
    "something said backwards": ({"@reverse": {SAYS: {"id": "urn:a"}}}, NotLinkedData),
    "a proof that is only a name": ({"proof": "urn:proof"}, NotLinkedData),
    "a proof that only has a name": ({"proof": {"id": "urn:proof"}}, NotLinkedData),
    "a proof that is empty": ({"proof": {}}, NotLinkedData),
    "a proof that is a value": ({"proof": {"@value": "z"}}, NotLinkedData),
}


@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED.keys())
def test_what_a_signature_would_not_cover_is_refused(changes: dict[str, Any], error: type[LinkedDataError]):
    with pytest.raises(error) as refusal:
        canonical_nquads(a_badge(**changes))

    sentence = str(refusal.value)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence


UNREAD: dict[str, dict[str, Any]] = {
    "a term that means nothing": {"nothing": "a"},
    "a term that speaks backwards": {"back": {"@id": "urn:a"}},
    "a map by index": {"sorted": {"a": "b"}},
    "a map of languages with a number": {"titles": {"en": 1}},
    "a map of languages with a wrong one": {"titles": {"e n": "a"}},
}


@pytest.mark.parametrize("members", UNREAD.values(), ids=UNREAD.keys())
def test_terms_of_kinds_we_do_not_read_are_refused(members: dict[str, Any]):
    with pytest.raises((NotLinkedData, UndefinedTerm)):
        lines({"@context": "https://example.org/context", "@id": "urn:it", **members})


EMPTY: dict[str, dict[str, Any]] = {
    "an empty object without a context": {},
    "a name alone": {"@context": [V2], "id": "urn:a"},
    "only nothing": {"@context": [V2], "name": None},
    "a value": {"@context": [V2], "@value": "a"},
}


@pytest.mark.parametrize("document", EMPTY.values(), ids=EMPTY.keys())
def test_a_document_that_says_nothing_is_refused(document: dict[str, Any]):
    with pytest.raises(NotLinkedData):
        canonical_nquads(document)


CIRCULAR: dict[str, dict[str, Any]] = {
    "a term defined by itself": {"a": "b:x", "b": "a:x"},
    "a keyword redefined": {"@id": "https://example.org/"},
    "a term for nothing": {"a": {}},
    "an IRI that stands for another": {"https://example.org/a": "https://example.org/b"},
    "a base": {"@base": "https://example.org/"},
    "an import": {"@import": "https://www.w3.org/ns/credentials/v2"},
    "another version": {"@version": 2},
    "a part we do not know": {"a": {"@id": "urn:a", "@nest": "b"}},
}


@pytest.mark.parametrize("context", CIRCULAR.values(), ids=CIRCULAR.keys())
def test_a_context_that_cannot_be_used_is_refused(context: dict[str, Any]):
    contexts = PINNED.extended({"urn:context": {"@context": context}})

    with pytest.raises(ContextNotAllowed, match="cannot be used"):
        canonical_nquads({"@context": "urn:context", "@id": "urn:it", "a": "b"}, contexts=contexts)


# --- time ---------------------------------------------------------------------------------------------


def _twins(depth: int) -> dict[str, Any]:
    return {SAYS: [_twins(depth - 1), _twins(depth - 1)]} if depth else {}


def _nested(depth: int) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for _ in range(depth):
        document = {SAYS: document}
    return document


POISON: dict[str, dict[str, Any]] = {
    "a hundred alike": {SAYS: {SAYS: [{SAYS: [{}] * 12}] * 12}},
    "twins of twins of twins": {SAYS: _twins(10)},
    "nested without end": _nested(5_000),
    "ever new shapes": {SAYS: [{f"{SAYS}/{n}": 1} for n in range(50_000)]},
    "the same context over and over": {"@context": [V2] * 100_000},
    "ever new contexts": {SAYS: [{"@context": [V2] * n, SAYS: 1} for n in range(1, 300)]},
    "a type over and over": {SUBJECT: {"type": ["Achievement"] * 500_000}},
}


@pytest.mark.parametrize("changes", POISON.values(), ids=POISON.keys())
def test_a_document_made_to_be_hard_is_refused_in_time(changes: dict[str, Any]):
    started = time.process_time()

    with pytest.raises(TooComplex):
        canonical_nquads(a_badge(**changes))

    assert time.process_time() - started < 2


def test_a_large_honest_document_is_no_poison():
    results = [
        {"id": f"urn:r:{n}", "type": ["ResultDescription"], "allowedValue": list("ABCDF")} for n in range(400)
    ]
    badge = a_badge()
    badge[SUBJECT]["achievement"]["resultDescription"] = results

    assert len(lines(badge)) > 400 * 12


def test_what_has_been_learnt_is_forgotten_before_it_fills_the_memory():
    contexts = PINNED.extended({"https://example.org/none": {"@context": {}}})

    for part in range(14):
        names = {f"{SAYS}/{part}/{n}": n for n in range(9_000)}
        assert canonical_nquads(names, contexts=contexts).count(b"\n") == 9_000


def test_starting_does_not_wait_for_libraries_that_only_tests_need():
    program = "import sys, keys.linked_data; print({'pyld', 'pyoxigraph', 'frozendict'} & set(sys.modules))"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "set()"
