"""Proving to others that an event of ours stands in our log."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keys.note import NoteKey
from wallet.ledger.envelope import unpack
from wallet.transparency.log import Log
from wallet.transparency.logged import Inclusion, LoggedEvent

if TYPE_CHECKING:
    from wallet.ledger.ledger import Ledger


def inclusion_of(ledger: "Ledger", keys: Sequence[NoteKey], sequence: int) -> Inclusion | None:
    """The proof under the first checkpoint that others have cosigned, or else under the first there is.

    None where no checkpoint covers the event yet, and where the learner's key is gone or not at hand.
    """
    log = Log(ledger.database)
    signed, row = log.covering(sequence, cosigned=True) or log.covering(sequence), log.row(sequence)
    if signed is None or row is None:
        return None
    sealed_for = unpack(*row).sealed_for.decode()
    data_key = ledger.learner_keys.data_key(sealed_for) if sealed_for else None
    if sealed_for and data_key is None:
        return None
    proof = log.prove(sequence, signed)
    if proof is None:
        return None
    stamps = log.timestamps(signed.checkpoint.size)
    return Inclusion(LoggedEvent.of(row, data_key), proof, tuple(keys), stamps)
