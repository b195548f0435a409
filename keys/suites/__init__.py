"""The cryptosuites we sign and check with, one file each, by the name a proof gives."""

from typing import Final

from keys.errors import UnsupportedSuite
from keys.suites.eddsa_jcs_2022 import EddsaJcs2022
from keys.suites.eddsa_rdfc_2022 import EddsaRdfc2022
from keys.suites.suite import Suite

__all__ = ["NAMES", "Suite", "by_name"]

_SUITES: Final[dict[str, Suite]] = {suite.name: suite for suite in (EddsaRdfc2022(), EddsaJcs2022())}

NAMES: Final = tuple(_SUITES)
"""The suites there are, the one we issue with first."""


def by_name(name: str) -> Suite:
    """The suite of that name. Raises UnsupportedSuite."""
    suite = _SUITES.get(name)
    if suite is None:
        raise UnsupportedSuite(f"The cryptosuite {name[:64]!r} is not one we can check.")
    return suite
