"""A refusal as a program reads it: a problem document (RFC 9457), one line on standard error.

{"type": "urn:learner-credit-wallet:problem:not-found", "title": "Not found", "detail": "There is no …"}
"""

import json
from collections.abc import Sequence


def problem_text(code: str, detail: str, missing: Sequence[str] = ()) -> str:
    """`code` never changes; `missing` are the gaps of a qualification, where that was the refusal."""
    document: dict[str, object] = {
        "type": f"urn:learner-credit-wallet:problem:{code}",
        "title": code.replace("-", " ").capitalize(),
        "detail": detail,
    }
    if missing:
        document["missing"] = list(missing)
    return json.dumps(document, ensure_ascii=False)
