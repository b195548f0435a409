"""Baking: a credential put into a picture comes out as it went in, and the picture stays a picture."""

import io
import zlib

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from wallet.formats.baking import NotBakeable, NothingBaked, bake, unbaked

BADGE = '{"type":["VerifiableCredential","OpenBadgeCredential"],"name":"Қазақша ]]> & <b>"}'.encode()
RECORD = b'{"type":["VerifiableCredential","ClrCredential"]}'


def a_png() -> bytes:
    drawn = io.BytesIO()
    segno.make("https://records.example/check").save(drawn, kind="png")
    return drawn.getvalue()


def an_svg() -> bytes:
    drawn = io.BytesIO()
    segno.make("https://records.example/check").save(drawn, kind="svg")
    return drawn.getvalue()


PICTURES = {"png": a_png, "svg": an_svg}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize(
    "credential", [BADGE, RECORD, b"eyJhbGciOiJFZERTQSJ9.e30.AAAA"], ids=["badge", "record", "jwt"]
)
def test_what_is_baked_comes_out_as_it_went_in(picture: str, credential: bytes):
    assert unbaked(bake(PICTURES[picture](), credential)) == credential


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_carries_one_credential(picture: str):
    baked = bake(bake(PICTURES[picture](), RECORD), BADGE)

    assert unbaked(baked) == BADGE
    assert baked.count(b"clrcredential") == 0
    assert RECORD not in baked


def test_the_chunk_is_as_the_specification_says():
    baked = bake(a_png(), BADGE)

    assert baked.count(b"iTXt") == 1
    start = baked.index(b"iTXt")
    size = int.from_bytes(baked[start - 4 : start])
    content = baked[start + 4 : start + 4 + size]
    assert content == b"openbadgecredential\0\0\0\0\0" + BADGE
    assert zlib.crc32(b"iTXt" + content) == int.from_bytes(baked[start + 4 + size : start + 8 + size])
    assert b"clrcredential\0" in bake(a_png(), RECORD)


def test_the_svg_stays_one_and_names_the_specifications_space():
    root = etree.fromstring(bake(an_svg(), BADGE))

    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].tag == "{https://purl.imsglobal.org/ob/v3p0}credential"
    assert root[0].text.strip().encode() == BADGE
    assert (
        etree.fromstring(bake(an_svg(), RECORD))[0].tag == "{https://purl.imsglobal.org/clr/v2p0}credential"
    )


BAD = {
    "no picture": b"GIF89a",
    "nothing": b"",
    "a picture cut short": a_png()[:40],
    "a picture with a chunk changed": a_png().replace(b"IDAT", b"IDAX"),
    "an SVG that declares an entity": b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
    "another XML": b"<html><svg/></html>",
    "an SVG that does not end": b'<svg xmlns="http://www.w3.org/2000/svg">',
}


@pytest.mark.parametrize("case", BAD)
def test_nothing_is_baked_into_what_is_no_picture(case: str):
    with pytest.raises((NotBakeable, NothingBaked), match=r"\.$"):
        bake(BAD[case], BADGE)


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_whatever_a_credential_says_is_kept(text: str):
    credential = ("{" + text + "}").encode()

    assert unbaked(bake(a_png(), credential)) == credential
