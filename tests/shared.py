"""Where the conformance data lies: beside the project, never in it."""

import os
from pathlib import Path

import pytest

_DEFAULT = Path(__file__).resolve().parents[2] / "shared"


def shared(path: str) -> Path:
    """The shared folder's `path`; skips the test where the folder is absent, and fails it where CI=true."""
    root = Path(os.environ.get("WALLET_SHARED", _DEFAULT))
    found = root / path
    if found.exists():
        return found
    reason = f"no conformance data at {found}: set WALLET_SHARED to the folder that holds it"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
