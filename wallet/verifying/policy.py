"""What the reader asks for, beyond what every credential must be."""

from datetime import timedelta
from typing import Literal

import msgspec


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reader's own terms. The defaults are those of an admissions office.

    `require_known_issuer`: an issuer in no trusted list is *could not check*; without it, the step of trust
    is passed over for such an issuer and shown as not asked for.
    `require_status`: a credential that names no status list is refused.
    `max_status_age`: how old the newest word on the status may be, whatever the list itself allows.
    `checks`: {"proof"} asks for the text, its shape and its proofs, and nothing about who made them.
    `accept_issuers`: the DIDs the reader takes credentials from; None takes them from anybody trusted.
    """

    require_known_issuer: bool = True
    require_status: bool = False
    max_status_age: timedelta | None = None
    checks: frozenset[Literal["proof"]] | None = None
    accept_issuers: tuple[str, ...] | None = None

    @property
    def proof_only(self) -> bool:
        """Whether the list ends after the proofs."""
        return self.checks is not None and "proof" in self.checks


DEFAULT = Policy()
