"""Erasing a learner: her keys are destroyed, and with them everything that was sealed under them, wherever it lies.

    receipt = erase(office, learner, at=now).receipt

The events stay where they are, so that the chain, the signatures and the log hold as before; nobody can read them any
more. What lies outside of the events goes: her documents, her account and her keys to the doors, what she shared, who
looked, and her rows in the views. A receipt signed by the registry says that it was done. It is also put on the list of
erasures, which is kept where no backup overwrites it, so that a restore of an older backup erases her again.

    {"type": "ErasureReceipt", "learner": "7f9a8c1e-…", "erasedAt": "2026-06-30T09:00:00Z",
     "registry": {"did": "did:key:z6Mk…", "name": "Registry of the Republic"},
     "proof": {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", …}}
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec

from domain import erasure as erasures
from domain.erasure import CaseLeft, LearnerErased
from domain.errors import InvalidValue, NotFound
from domain.event import stored_name
from domain.values import CaseId, LearnerId, learner_id
from keys import strict_json
from keys.canonical import canonicalize
from keys.errors import KeysError
from keys.proofs import add_proof, check_proof, proofs_of
from keys.signing import PublicKey
from wallet import streams
from wallet.errors import StorageUnavailable, WalletError
from wallet.files import sync_folder
from wallet.ledger.entry import History
from wallet.ledger.envelope import unpack
from wallet.ledger.ledger import Write
from wallet.office import Office, Once

SUITE: Final = "eddsa-jcs-2022"
MOST_BYTES: Final = 16 * 1024
"""Of a receipt."""


class ErasureRefused(WalletError):
    """A text that is no receipt of an erasure, or not one of this registry's."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a learner was erased; `receipt` is the registry's signed word on it, as JSON on one line."""

    learner: LearnerId
    erased_at: datetime
    receipt: bytes
    registry: str
    """The did:key that signed the receipt."""


class _Registry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    did: str
    name: str


class _Receipt(
    msgspec.Struct,
    frozen=True,
    rename="camel",
    forbid_unknown_fields=True,
    tag_field="type",
    tag="ErasureReceipt",
):
    learner: str
    erased_at: Annotated[datetime, msgspec.Meta(tz=True)]
    registry: _Registry


def erase(office: Office, learner: str, *, at: datetime, once: Once[Erasure] | None = None) -> Erasure:
    """Erase a learner for ever. Of one who was erased already, whatever was left undone, and the receipt again.

    The fact is recorded first, then put on the list, and then her keys are destroyed: after a crash at any moment she
    is refused as erased, and doing it again finishes what is left. When this returns nothing of hers can be read here,
    not in the free pages of the files either.

    Refuses: NotFound, InvalidValue. Raises StorageUnavailable, also where another program is in the middle of reading,
    so that traces of what was deleted stay in a write-ahead log for now: do it again.
    """
    identity = learner_id(learner)
    stream = streams.of_learner(identity)

    def decide() -> Erasure:
        history = office.ledger.history(stream)
        if not history.position:
            raise NotFound(f"There is no wallet of learner {learner}.")
        before = recorded_in(history)
        event = before or erasures.erase(identity, _cases(office, identity), at=at)
        made = _with_receipt(office, event)
        if before is None:
            write = Write(stream, history, (event,), office.registry_signer())
            office.record(write, at=at, result=made, once=once)
        return made

    made = office.decide(stream, decide)
    _forget(office, made)
    return made


def is_receipt(data: bytes) -> bool:
    """Whether the text calls itself the receipt of an erasure; it may still be none."""
    try:
        document = strict_json.parse(data, limits=strict_json.Limits(size=MOST_BYTES, depth=8))
    except KeysError:
        return False
    return isinstance(document, dict) and document.get("type") == "ErasureReceipt"


def recorded_in(history: History) -> LearnerErased | None:
    """The erasure that a wallet's stream ends with."""
    last = history.entries[-1].event if history.entries else None
    return last if isinstance(last, LearnerErased) else None


def read_receipt(data: bytes) -> Erasure:
    """The erasure that a registry gave this receipt of; whether it is one to believe is for the reader to say.

    Raises ErasureRefused for a text that is no such receipt, or not as it was signed.
    """
    try:
        document = strict_json.parse(data, limits=strict_json.Limits(size=MOST_BYTES, depth=8))
        if not isinstance(document, dict):
            raise ErasureRefused("This is no receipt of an erasure.")
        told = msgspec.convert({name: said for name, said in document.items() if name != "proof"}, _Receipt)
        proofs, registry = proofs_of(document), PublicKey.from_did_key(told.registry.did)
        if len(proofs) != 1 or proofs[0].get("verificationMethod") != _method(registry):
            raise ErasureRefused("The receipt of an erasure is not signed by the registry it names.")
        check_proof(document, proofs[0], registry)
        return Erasure(learner_id(told.learner), told.erased_at, canonicalize(document), told.registry.did)
    except (KeysError, InvalidValue) as error:
        raise ErasureRefused(f"The receipt of an erasure does not hold. {error}") from error
    except msgspec.ValidationError as error:
        raise ErasureRefused(f"This is no receipt of an erasure: {error}.") from error


def replay(office: Office, listed: bytes, *, at: datetime) -> int:
    """Erase again whom the list has erased, and whoever was left half-erased; how many they were.

    `listed` is a list as it is kept: receipts of this registry, one on each line. Learners of whom this ledger has
    never heard are passed over: their wallets were opened after it was backed up. The list of this home names them all.
    Raises ErasureRefused, and whatever `erase` does.
    """
    keys = {PublicKey.from_multikey(key).did for key in office.registry().state.keys}
    done = 0
    for number, line in enumerate(listed.splitlines(), 1):
        try:
            erasure = read_receipt(line)
            if erasure.registry not in keys:
                raise ErasureRefused(
                    f"It is signed by {erasure.registry}, a key that is not this registry's."
                )
        except ErasureRefused as error:
            raise ErasureRefused(f"Line {number} of the list of erasures: {error}") from error
        _put_on_the_list(office.settings.erasures, erasure)
        if office.ledger.history(streams.of_learner(erasure.learner)).position:
            erase(office, erasure.learner, at=at)
            done += 1
    for learner in _half_erased(office):
        erase(office, learner, at=at)
        done += 1
    return done


def _cases(office: Office, learner: LearnerId) -> Iterator[CaseLeft]:
    """The cases she opened. The key they are sealed under is in their envelopes, and no other need be opened."""
    kind = streams.of_case(CaseId(""))
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT sequence, stream, position, name, envelope FROM events "
            "WHERE position = 1 AND substr(stream, 1, ?) = ? ORDER BY sequence",
            [len(kind), kind],
        ).fetchall()
    for sequence, stream, position, name, envelope in rows:
        if unpack(sequence, stream, position, name, bytes(envelope)).sealed_for == learner.encode():
            case = office.case(stream.removeprefix(kind)).state
            yield CaseLeft(case.id, case.institution)


def _with_receipt(office: Office, event: LearnerErased) -> Erasure:
    signer = office.registry_signer()
    told = _Receipt(
        event.learner, event.erased_at, _Registry(signer.public.did, office.registry().state.name)
    )
    signed = add_proof(
        msgspec.to_builtins(told),
        signer=signer,
        suite=SUITE,
        verification_method=_method(signer.public),
        created=event.erased_at,
    )
    return Erasure(event.learner, event.erased_at, canonicalize(signed), signer.public.did)


def _method(key: PublicKey) -> str:
    return f"{key.did}#{key.multikey}"


def _forget(office: Office, erasure: Erasure) -> None:
    """Everything but the fact itself. Doing it again changes nothing."""
    learner, database = erasure.learner, office.ledger.database
    _put_on_the_list(office.settings.erasures, erasure)
    office.learner_keys.destroy(learner)
    with database.writer() as cursor:
        for statement in _FORGET:
            cursor.execute(statement, [learner])
    shutil.rmtree(office.settings.portfolios / learner, ignore_errors=True)  # without her key it is noise
    office.follower.catch_up()
    database.empty_log()


_FORGET: Final = (
    "DELETE FROM looks WHERE digest IN (SELECT digest FROM shares WHERE learner = ?1)",
    "DELETE FROM shares WHERE learner = ?1",
    "DELETE FROM chosen_qualifications WHERE learner = ?1",
    "DELETE FROM accesses WHERE whose = ?1 OR account IN (SELECT account FROM accounts WHERE learner = ?1)",
    "DELETE FROM passkeys WHERE account IN (SELECT account FROM accounts WHERE learner = ?1)",
    "DELETE FROM recovery_codes WHERE account IN (SELECT account FROM accounts WHERE learner = ?1)",
    "DELETE FROM sessions WHERE account IN (SELECT account FROM accounts WHERE learner = ?1)",
    "DELETE FROM accounts WHERE learner = ?1",
    "DELETE FROM invitations WHERE learner = ?1",
    "DELETE FROM passes WHERE key IN (SELECT digest FROM api_keys WHERE holder = ?1 AND role = 'learner')",
    "DELETE FROM api_keys WHERE holder = ?1 AND role = 'learner'",
)


def _half_erased(office: Office) -> list[LearnerId]:
    """Whom the ledger tells erased, and whose key is still there: keys that are older than the ledger were restored."""
    with office.ledger.database.reader() as cursor:
        rows = cursor.execute(
            "SELECT stream FROM events WHERE name = ?", [stored_name(LearnerErased)]
        ).fetchall()
    learners = [LearnerId(stream.partition("/")[2]) for (stream,) in rows]
    return [learner for learner in learners if office.learner_keys.data_key(learner) is not None]


def _put_on_the_list(path: Path, erasure: Erasure) -> None:
    """On the disk when this returns. Raises StorageUnavailable."""
    try:
        if path.exists() and _is_listed(path, erasure.learner):
            return
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(erasure.receipt + b"\n")
            file.flush()
            os.fsync(descriptor)
        sync_folder(path.parent)
    except OSError as error:
        raise StorageUnavailable(
            f"The list of erasures, {path}, cannot be written: {error.strerror}. Nothing was erased yet; "
            "ask again when it can."
        ) from error


def _is_listed(path: Path, learner: LearnerId) -> bool:
    told = f'"learner":"{learner}"'.encode()
    with path.open("rb") as file:
        return any(told in line for line in file)
