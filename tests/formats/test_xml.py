"""XML from strangers: what it may not bring along, and how its text is read."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet.formats.xml import DEPTH_LIMIT, ELEMENT_LIMIT, SIZE_LIMIT, XmlRefused, read_xml, said

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
REFUSED = {
    "nothing": b"",
    "no XML": b"transcript",
    "cut short": b"<a><b></b>",
    "two roots": b"<a/><b/>",
    "a document type": b"<!DOCTYPE a><a/>",
    "an entity of the file system": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "an entity of the network": b'<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/x">]><a>&x;</a>',
    "a parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>',
    "a billion laughs": f'<!DOCTYPE a [<!ENTITY l0 "lol">{LAUGHS}]><a>&l9;</a>'.encode(),
    "a document type elsewhere": b'<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
    "an entity nobody declared": b"<a>&x;</a>",
    "too deep": b"<a>" * (DEPTH_LIMIT + 1) + b"</a>" * (DEPTH_LIMIT + 1),
    "too many elements": b"<a>" + b"<b/>" * ELEMENT_LIMIT + b"</a>",
    "too large": b"<a>" + b" " * SIZE_LIMIT + b"</a>",
    "UTF-16": '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
    "bytes of no letters": b"<a>\xff\xfe</a>",
    "a lone surrogate": b"<a>\xed\xa0\x80</a>",
    "a control character": b"<a>\x08</a>",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_has_no_place_in_a_record_is_refused(data: bytes):
    with pytest.raises(XmlRefused):
        read_xml(data)


def test_a_document_type_in_a_text_is_text():
    assert said(read_xml(b"<a><![CDATA[<!DOCTYPE html>]]></a>")) == "<!DOCTYPE html>"


def test_a_comment_does_not_end_a_number():
    assert said(read_xml(b"<value>6<!-- and no more -->0</value>")) == "60"
    assert said(read_xml(b"<value>6<?stop here?>0</value>")) == "60"


def test_text_has_its_space_made_single_and_nothing_is_nothing():
    assert said(read_xml("<a>\n  Құқық\n  <b>және</b> </a>".encode())) == "Құқық және"
    assert said(None) == ""


def test_a_mark_at_the_beginning_is_no_letter():
    assert read_xml(b"\xef\xbb\xbf<a/>").tag == "a"


@given(st.binary(max_size=300) | st.text("<>/a!&;[]DOCTYPE\"' ", max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes):
    with suppress(XmlRefused):
        read_xml(data)
