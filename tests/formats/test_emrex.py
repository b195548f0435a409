"""What EMREX sends back: a form with a code, and a signed record packed in it."""

import gzip
from base64 import b64encode
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.elmos import a_signatory, an_elmo, course
from tests.records.world import read
from wallet.formats.emrex import ReturnCode, ReturnRefused, document_of, read_return
from wallet.verdict import Outcome

PROVIDER = a_signatory()
SIGNED = PROVIDER.signed(an_elmo(course("A", "6")))


def a_return(document: bytes = SIGNED, code: str = "NCP_OK", **more: str) -> bytes:
    packed = b64encode(gzip.compress(document)).decode()
    return urlencode(
        {"sessionId": "s-1", "returnCode": code, "returnMessage": "", "elmo": packed, **more}
    ).encode()


def test_the_record_in_the_form_is_read_with_its_signature():
    reading = read(a_return(), trusted=[PROVIDER.certificate])

    assert (reading.kind, reading.signature.outcome) == ("elmo", Outcome.PASSED)
    assert reading.totals == {"ECTS": 6}


def test_plus_signs_that_became_spaces_are_read():
    form = a_return(SIGNED + b" " * 50)

    assert document_of(form.replace(b"%2B", b"+")) == document_of(form)


@pytest.mark.parametrize("code", [each for each in ReturnCode if each is not ReturnCode.OK])
def test_a_form_without_a_record_says_why(code: ReturnCode):
    assert read_return(a_return(code=code)).document is None
    with pytest.raises(ReturnRefused, match="brought no record"):
        document_of(a_return(code=code))


REFUSED = {
    "no code that is known": a_return(code="NCP_FINE"),
    "two codes": a_return() + b"&returnCode=NCP_OK",
    "two records": a_return() + b"&elmo=AAAA",
    "a record that is not base64": a_return(elmo="*"),
    "a record that is not gzip": a_return(elmo="AAAA"),
    "a record cut short": a_return(elmo=b64encode(gzip.compress(SIGNED)[:-9]).decode()),
    "something after the record": a_return(elmo=b64encode(gzip.compress(SIGNED) + b"x").decode()),
    "a bomb": a_return(b"\0" * (11 * 1024 * 1024)),
    "too many fields": a_return() + b"&a=1" * 30,
    "letters that are none": b"returnCode=NCP_OK&elmo=\xff",
}


@pytest.mark.parametrize("form", REFUSED.values(), ids=REFUSED)
def test_what_is_no_return_is_refused(form: bytes):
    with pytest.raises(ReturnRefused):
        document_of(form)


@given(st.binary(max_size=100))
def test_any_form_is_read_or_refused(data: bytes):
    with suppress(ReturnRefused):
        read_return(b"returnCode=NCP_OK&" + data)
