"""The views: SQL tables made from the ledger's events, for the questions people ask of them.

A view may be thrown away and made again at any time; what is decided is decided on streams, never on views.
Nothing in them names a person: a learner is an id here, and what was sealed under her key is not unsealed into
a table beyond the facts that sums are made of.
"""

from typing import Final

from wallet.ledger.view import View
from wallet.projections.agreements import AgreementView
from wallet.projections.catalogue import CatalogueView
from wallet.projections.conversion_rules import ConversionRuleView
from wallet.projections.credentials import CredentialView
from wallet.projections.memoranda import MemorandumView
from wallet.projections.recognition import RecognitionView
from wallet.projections.record import RecordView
from wallet.projections.staff import StaffView

VIEWS: Final[tuple[View, ...]] = (
    CatalogueView(),
    RecordView(),
    CredentialView(),
    MemorandumView(),
    AgreementView(),
    RecognitionView(),
    ConversionRuleView(),
    StaffView(),
)
