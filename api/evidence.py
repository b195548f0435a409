"""What a verification at the web door may go by: this wallet's own ledger, its own open issuers, and what terms."""

from datetime import datetime

import msgspec
from fastapi import FastAPI

from wallet.evidence import Combined
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.open_issuers import OpenIssuers
from wallet.verifying.policy import Policy


def facts_of(app: FastAPI, office: Office, at: datetime, as_of: datetime | None = None) -> Combined:
    """Nothing of it is fetched. `as_of` is the day whose register is asked, where it is not today's."""
    issuers: OpenIssuers | None = app.state.open_issuers
    ours = OfficeEvidence(office, at, as_of)
    return Combined(ours) if issuers is None else Combined(ours, issuers.facts(at))


def terms_of(app: FastAPI, policy: Policy) -> Policy:
    """The terms asked for; on a server of open issuers, the words of the test suites' examples are words."""
    if app.state.open_issuers is None:
        return policy
    return msgspec.structs.replace(policy, allow_examples=True)
