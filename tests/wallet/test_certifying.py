"""The certificate of a home: made once, kept, and made anew before it ends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from wallet.certifying import GOOD_FOR, localhost_certificate
from wallet.settings import Settings

NOW = datetime(2026, 6, 30, tzinfo=UTC)


def kept(home: Path, at: datetime) -> bytes:
    certificate, key = localhost_certificate(Settings(home), at)
    assert key.stat().st_mode & 0o077 == 0
    return certificate.read_bytes()


def test_it_is_made_once(tmp_path: Path):
    assert kept(tmp_path, NOW) == kept(tmp_path, NOW + timedelta(days=300))


def test_it_is_made_anew_before_it_ends(tmp_path: Path):
    assert kept(tmp_path, NOW) != kept(tmp_path, NOW + GOOD_FOR - timedelta(days=1))


def test_it_is_made_anew_where_it_was_damaged_or_its_key_was_lost(tmp_path: Path):
    first = kept(tmp_path, NOW)
    (tmp_path / "tls-certificate.pem").write_text("damaged")
    second = kept(tmp_path, NOW)
    (tmp_path / "tls-key.pem").unlink()

    assert len({first, second, kept(tmp_path, NOW)}) == 3
