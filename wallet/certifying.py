"""The certificate with which a server speaks HTTPS to its own machine: made once, kept in the home."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from keys.certificates import ends, self_signed
from wallet.files import replace_file
from wallet.settings import Settings

GOOD_FOR: Final = timedelta(days=397)
"""The longest that browsers believe a certificate."""
RENEWED_BEFORE: Final = timedelta(days=30)


def localhost_certificate(settings: Settings, at: datetime) -> tuple[Path, Path]:
    """The files of the certificate and of its key, made anew where there is none or it will soon end.

    The key is not under the passphrase: it opens nothing, and proves nothing to anybody but this machine.
    Raises OSError.
    """
    certificate, key = settings.home / "tls-certificate.pem", settings.home / "tls-key.pem"
    if not (key.exists() and _is_good(certificate, at)):
        made = self_signed(valid_from=at - timedelta(hours=1), valid_until=at + GOOD_FOR)
        replace_file(key, made.key)
        replace_file(certificate, made.certificate)
    return certificate, key


def _is_good(certificate: Path, at: datetime) -> bool:
    try:
        return ends(certificate.read_bytes()) - at > RENEWED_BEFORE
    except (OSError, ValueError):
        return False
