"""A certificate for this machine: believed by a program that was given it, and for nothing else."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from keys.certificates import ends, self_signed

NOW = datetime(2026, 6, 30, tzinfo=UTC)


def test_it_is_for_this_machine_under_each_of_its_names():
    made = x509.load_pem_x509_certificate(
        self_signed(valid_from=NOW, valid_until=NOW + timedelta(days=1)).certificate
    )
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


def test_it_cannot_sign_for_others():
    made = x509.load_pem_x509_certificate(
        self_signed(valid_from=NOW, valid_until=NOW + timedelta(days=1)).certificate
    )

    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_tls_server_takes_it(tmp_path):
    made = self_signed(valid_from=NOW, valid_until=NOW + timedelta(days=1))
    (tmp_path / "certificate").write_bytes(made.certificate)
    (tmp_path / "key").write_bytes(made.key)

    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tmp_path / "certificate", tmp_path / "key")


def test_its_end_can_be_read():
    until = NOW + timedelta(days=397)

    assert ends(self_signed(valid_from=NOW, valid_until=until).certificate) == until


def test_what_is_no_certificate_has_no_end():
    with pytest.raises(ValueError, match="PEM"):
        ends(b"not a certificate")
