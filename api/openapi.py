"""The OpenAPI document: what the framework knows, and what it cannot know."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import SCHEMA
from api.wire import verification

DESCRIPTION: Final = """\
An event-sourced learner credit wallet. Institutions register what they teach and award credit for it; learners
hold what they were awarded, and claim what they learnt elsewhere; anybody verifies what they are shown.

Every fact is signed by whoever stated it. Every total opens to the events it is made of. Points of different
schemes stand beside each other and are never added.

Refusals are problem documents (RFC 9457) whose `type` never changes. A request that records something may carry an
`Idempotency-Key`, and is then done once, however often it is sent.
"""

TAGS: Final = [
    {"name": "Institutions", "description": "Registered, accredited, and known by their keys."},
    {"name": "Catalogue", "description": "What can be learnt, and what it earns."},
    {"name": "Mobility", "description": "Memoranda, learning agreements, and what came of them."},
    {"name": "Grades", "description": "Scales, tables, conversions, failures, averages."},
    {
        "name": "Schemes",
        "description": "Rules by which credit of one scheme is read in another; weights of units.",
    },
    {"name": "Comparison", "description": "Learning outcomes side by side, with suggested matches."},
    {"name": "Frameworks", "description": "National levels, and a record read in another country's."},
    {"name": "Wallets", "description": "Claims, assessments, credit, transfers, withdrawals, conferrals."},
    {"name": "Recognition", "description": "Prior learning: policies, commissions, cases and decisions."},
    {
        "name": "Imports",
        "description": "Records from elsewhere, read strictly and brought in without credit.",
    },
    {"name": "Records", "description": "What a learner has, and why."},
    {"name": "Advice", "description": "How it would be, and what is left. Nothing is recorded by asking."},
    {
        "name": "Papers",
        "description": "Documents for people, printed as PDF, and everything of hers in one file.",
    },
    {"name": "Credentials", "description": "Signed documents to carry away, and how each stands."},
    {"name": "Verification", "description": "Is this what it says it is? For anybody, without a key."},
    {"name": "Publication", "description": "What the world may fetch: DID documents and status lists."},
    {"name": "Log", "description": "The transparency log, for anybody to copy and to check."},
    {"name": "Health", "description": "For whatever starts and stops the program."},
]


def openapi(app: FastAPI) -> dict[str, Any]:
    """The document, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=DESCRIPTION,
            routes=app.routes,
            tags=TAGS,
            license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
            separate_input_output_schemas=False,
        )
        schemas = document["components"]["schemas"]
        more = {"Refusal": SCHEMA, **verification.schemas()}
        assert not schemas.keys() & more.keys(), "two schemas of one name: one would be taken for the other"
        schemas.update(more)
        app.openapi_schema = document
    return app.openapi_schema
