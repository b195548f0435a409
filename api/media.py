"""The kinds of answer that are not our own JSON: bytes somebody signed, and pages."""

from starlette.responses import Response


class VerifiableCredential(Response):
    """A signed credential (VC Data Model 2.0, C.2), exactly as it was signed."""

    media_type = "application/vc"


class Bundle(Response):
    """A signed verification bundle."""

    media_type = "application/json"


class DidDocument(Response):
    """A DID document (DID Core 1.0, 6.2), fetched by anybody from anywhere."""

    media_type = "application/did+json"


class TokenStatusList(Response):
    """A signed list of the standings of tokens (Token Status List, 5.1)."""

    media_type = "application/statuslist+jwt"


class Pdf(Response):
    """A document for people, with what was signed attached."""

    media_type = "application/pdf"


class LearnerBundle(Response):
    """Everything that is a learner's, encrypted (RFC 7516)."""

    media_type = "application/jose"


class Page(Response):
    """A page for people."""

    media_type = "text/html"


class Script(Response):
    """A script of ours, for pages of other sites too."""

    media_type = "text/javascript"


class PlainText(Response):
    """A signed text of the transparency log."""

    media_type = "text/plain"


class TileBytes(Response):
    """Hashes of the log's tree, or its entries."""

    media_type = "application/octet-stream"


class MetricsText(Response):
    """Numbers for Prometheus, in its text format."""

    media_type = "text/plain; version=1.0.0; charset=utf-8"
