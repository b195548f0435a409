"""What a verification at the web door may go by: this wallet's own ledger, and its own open issuers."""

from datetime import datetime

from fastapi import FastAPI

from wallet.evidence import Combined
from wallet.office import Office
from wallet.office_evidence import OfficeEvidence
from wallet.open_issuers import OpenIssuers


def facts_of(app: FastAPI, office: Office, at: datetime) -> Combined:
    """Nothing of it is fetched."""
    issuers: OpenIssuers | None = app.state.open_issuers
    ours = OfficeEvidence(office, at)
    return Combined(ours) if issuers is None else Combined(ours, issuers.facts(at))
