"""RDF Dataset Canonicalization 1.0 against the published vectors, and against graphs made to be hard.

Origin of the vectors: w3c/rdf-canon, tests/manifest.jsonld. A wrong name for one blank node would break every
eddsa-rdfc-2022 signature over a document that has two alike.
"""

import json
import re
import time
from pathlib import Path

import pytest

from keys.errors import NotLinkedData, TooComplex
from keys.linked_data import HashName, rdfc10
from tests.shared import shared


def _vectors() -> dict[str, list[dict[str, str]]]:
    manifest = json.loads((shared("vectors/rdf-canon") / "tests" / "manifest.jsonld").read_text("utf-8"))
    by_kind: dict[str, list[dict[str, str]]] = {}
    for entry in manifest["entries"]:
        by_kind.setdefault(entry["type"], []).append(entry)
    return by_kind


def _canonical(entry: dict[str, str]) -> str:
    hash_name: HashName = "sha384" if entry.get("hashAlgorithm") == "SHA384" else "sha256"
    return rdfc10(_text(entry["action"]), hash_name=hash_name)


def _text(name: str) -> str:
    return Path(shared("vectors/rdf-canon") / "tests" / name).read_text("utf-8")


def test_all_published_datasets_come_out_byte_for_byte():
    entries = _vectors()["rdfc:RDFC10EvalTest"]

    failed = [entry["id"] for entry in entries if _canonical(entry) != _text(entry["result"])]

    assert not failed
    assert len(entries) == 64
    assert sum(entry.get("hashAlgorithm") == "SHA384" for entry in entries) > 0


def test_the_published_names_of_blank_nodes_are_given():
    entries = _vectors()["rdfc:RDFC10MapTest"]

    for entry in entries:
        names: dict[str, str] = json.loads(_text(entry["result"]))
        renamed = ""
        for piece in re.split(r"(_:\w+)", _text(entry["action"])):
            renamed += f"_:{names[piece[2:]]}" if piece.startswith("_:") else piece
        with_blanks = {" ".join(line.split()) for line in renamed.splitlines() if "_:" in line}
        assert with_blanks <= set(_canonical(entry).splitlines()), entry["id"]

    assert len(entries) == 21


def test_the_published_poison_is_refused_in_time():
    (entry,) = _vectors()["rdfc:RDFC10NegativeEvalTest"]
    started = time.process_time()

    with pytest.raises(TooComplex):
        _canonical(entry)

    assert time.process_time() - started < 2


def test_a_clique_is_refused_in_time():
    nodes = range(40)
    clique = "".join(f"_:n{a} <urn:p> _:n{b} .\n" for a in nodes for b in nodes if a != b)
    started = time.process_time()

    with pytest.raises(TooComplex, match="too alike"):
        rdfc10(clique)

    assert time.process_time() - started < 2


def test_a_long_chain_of_twins_is_refused_rather_than_followed_without_end():
    chains = "".join(f"_:{c}{n} <urn:p> _:{c}{n + 1} .\n" for c in "ab" for n in range(600))

    with pytest.raises(TooComplex, match="too long a chain"):
        rdfc10(chains)


def test_neither_the_order_of_lines_nor_the_names_used_change_anything():
    said = '_:x <urn:knows> _:y .\n_:y <urn:name> "Ann" .\n'
    text = "<http://www.w3.org/2001/XMLSchema#string>"
    again = f'# again\n\n_:q <urn:name> "\\u0041nn"^^{text} .\n_:p <urn:knows> _:q .'

    assert rdfc10(said) == rdfc10(again) == '_:c14n0 <urn:name> "Ann" .\n_:c14n1 <urn:knows> _:c14n0 .\n'


NOT_NQUADS = {
    "a sentence": "Ann knows Bob.",
    "no full stop": "<urn:a> <urn:b> <urn:c>",
    "a blank predicate": "<urn:a> _:b <urn:c> .",
    "a literal subject": '"a" <urn:b> <urn:c> .',
    "a space in an IRI": "<urn:a b> <urn:b> <urn:c> .",
    "five terms": "<urn:a> <urn:b> <urn:c> <urn:d> <urn:e> .",
    "an open literal": '<urn:a> <urn:b> "c .',
}


@pytest.mark.parametrize("text", NOT_NQUADS.values(), ids=NOT_NQUADS.keys())
def test_what_is_not_nquads_is_refused(text: str):
    with pytest.raises(NotLinkedData, match="not N-Quads"):
        rdfc10(text)
