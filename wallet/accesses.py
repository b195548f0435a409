"""Who looked at a learner's record, when, and by what right: kept for her, and read by her alone.

Two kinds of looking are told in one list: somebody who acts for an institution opened her record or a case of hers, or
asked to and was refused; and somebody opened a link that she gave away. Her own visits are left out. None of it is an
event: it may be lost with the power, and goes with her when she is erased.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wallet.ledger.envelope import moment
from wallet.office import Office
from wallet.sharing import receipts_of

MOST: Final = 500
"""The newest so many are told."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Somebody looked, or asked to."""

    at: datetime
    who: str
    """An institution or one of its staff by id or by the name of her account; of a link, whom she gave it to."""
    what: str
    """What was opened: the address with its words in braces, or the name of the share."""
    why: str
    """By what right; of a link, the purpose that she named. Empty where there was none."""
    allowed: bool


def accesses_of(office: Office, learner: str, *, most: int = MOST) -> list[Looked]:
    """Who looked at this learner's record, the newest first. Raises NotFound, Erased, InvalidValue."""
    whose = office.learner(learner).state.learner
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT at, COALESCE(name, accesses.account), method, route, why, allowed FROM accesses "
            "LEFT JOIN accounts USING (account) "
            "WHERE whose = ? AND (learner IS NULL OR learner <> whose) ORDER BY at DESC LIMIT ?",
            [whose, most],
        ).fetchall()
    opened = [
        Looked(moment(at), who, f"{method} {route}", why, bool(allowed))
        for at, who, method, route, why, allowed in rows
    ]
    shown = [
        Looked(at, receipt.with_whom, f"share {receipt.name}", receipt.purpose, allowed=True)
        for receipt in receipts_of(office, whose)
        for at in receipt.looks
    ]
    return sorted(opened + shown, key=lambda each: each.at, reverse=True)[:most]
