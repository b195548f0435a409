"""A decision on prior learning as a verifiable credential, granted or refused, with the originals it was made from.

It is an EndorsementCredential, the kind of Open Badges 3.0 that makes a claim about somebody without saying that
anything was achieved: a refusal must not look like a badge in anyone's wallet. Whether granted credit still stands is
not its matter; the badge of the credit tells that.
Source: Open Badges 3.0, EndorsementCredential, EndorsementSubject and Evidence.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from wallet.formats.open_badges import OB_3, Shown, shown
from wallet.formats.shape import VC_2, written_time

NAME: Final = "Decision on recognition of prior learning"


def build(
    *,
    credential: str,
    issuer: str,
    issuer_name: str,
    issuer_url: str | None,
    learner: str,
    decision: Shown,
    originals: Iterable[Shown],
    valid_from: datetime,
) -> dict[str, Any]:
    """The unsigned credential. `credential` is a URI, `issuer` and `learner` are DIDs."""
    issued_by = {"id": issuer, "type": ["Profile"], "name": issuer_name}
    if issuer_url is not None:
        issued_by["url"] = issuer_url
    return {
        "@context": [VC_2, OB_3],
        "id": credential,
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": NAME,
        "description": decision.description,
        "issuer": issued_by,
        "validFrom": written_time(valid_from),
        "credentialSubject": {
            "id": learner,
            "type": ["EndorsementSubject"],
            "endorsementComment": f"{decision.description} {decision.narrative}",
        },
        "evidence": [shown(decision), *map(shown, originals)],
    }
