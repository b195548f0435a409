"""What a learner's record says now: totals that open to their events, units, claims, conferrals.

Read from the views, after they have taken in everything recorded so far: whoever has just been told that a
credit was awarded sees it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain import institution as institutions
from domain import wallet as wallets
from domain.brought import LearningBrought
from domain.conversion_rule import RuleApplied
from domain.errors import NotFound
from domain.institution import Institution
from domain.values import CreditId, LearnerId
from domain.wallet import RestsOnWithdrawn, Wallet, resting_on_withdrawn
from keys.did import did_key
from wallet import streams
from wallet.ledger.comparing import MadeAside
from wallet.ledger.database import Database
from wallet.ledger.entry import Entry
from wallet.office import Office
from wallet.projections import credentials, record
from wallet.projections.credentials import CredentialRow, CredentialView
from wallet.projections.record import AchievementRow, ConferralRow, CreditRow, RecordView, Total


@dataclass(frozen=True, slots=True)
class Record:
    """A learner's record. Numbers of different schemes stand beside each other and are never added."""

    learner: LearnerId
    did: str
    totals: tuple[Total, ...]
    credits: tuple[CreditRow, ...]
    achievements: tuple[AchievementRow, ...]
    conferrals: tuple[ConferralRow, ...]
    credentials: tuple[CredentialRow, ...]
    brought: tuple[LearningBrought, ...]
    """Learning from elsewhere: without credit here, and in its own schemes."""
    resting_on_withdrawn: tuple[RestsOnWithdrawn, ...]
    """Conferrals that want a second look, because a credit they rest on was withdrawn since."""
    rules: Mapping[CreditId, RuleApplied]
    """By which lines that were transferred into another scheme were converted."""

    @property
    def units(self) -> tuple[CreditRow, ...]:
        """The units recognised: lines in force that name one."""
        return tuple(row for row in self.credits if row.unit is not None and row.withdrawn is None)


@dataclass(frozen=True, slots=True)
class OpenWallet:
    """A wallet that was opened here. `erased`: that it was is all there is to be known of it."""

    learner: LearnerId
    opened_at: datetime
    erased: bool


def list_wallets(office: Office) -> list[OpenWallet]:
    """Every wallet opened in this office, in the order of their ids, which say nothing of anybody."""
    return [
        OpenWallet(
            learner=learner,
            opened_at=office.ledger.history(streams.of_learner(learner)).entries[0].recorded_at,
            erased=office.learner_keys.data_key(learner) is None,
        )
        for learner in _learners(office)
    ]


def _learners(office: Office) -> list[LearnerId]:
    kind = streams.of_learner(LearnerId(""))
    with office.ledger.database.reader() as cursor:
        begun = "SELECT stream FROM events WHERE position = 1 AND substr(stream, 1, ?) = ? ORDER BY stream"
        return [
            LearnerId(str(stream).removeprefix(kind))
            for (stream,) in cursor.execute(begun, [len(kind), kind]).fetchall()
        ]


def show_record(office: Office, learner: str, *, as_of: datetime | None = None) -> Record:
    """Now, or as it stood at a past time: what had been recorded by then, and nothing of what came later.

    Raises NotFound (also where no wallet was open yet), Erased, InvalidValue.
    """
    read = office.learner(learner)
    office.follower.catch_up()
    if as_of is None:
        return _record(read.state, office.ledger.database)
    entries = list(read.history.by(as_of).entries)
    if not entries:
        raise NotFound(f"There was no wallet of learner {learner} at that time.")
    wallet = wallets.fold(entry.event for entry in entries if entry.event is not None)
    issued = credentials.credentials_of(office.ledger.database, wallet.learner)
    for row in issued:
        entries += office.ledger.history(streams.of_credential(row.credential)).by(as_of).entries
    entries.sort(key=lambda entry: entry.sequence)
    with MadeAside() as aside:
        for view in (RecordView(), CredentialView()):
            aside.make(view, entries)
        return _record(wallet, aside)


def _record(wallet: Wallet, database: Database) -> Record:
    return Record(
        learner=wallet.learner,
        did=did_key(wallet.key_multikey),
        totals=tuple(record.totals(database, wallet.learner)),
        credits=tuple(record.credits_of(database, wallet.learner)),
        achievements=tuple(record.achievements_of(database, wallet.learner)),
        conferrals=tuple(record.conferrals_of(database, wallet.learner)),
        credentials=tuple(credentials.credentials_of(database, wallet.learner)),
        brought=tuple(wallet.brought.values()),
        resting_on_withdrawn=resting_on_withdrawn(wallet),
        rules={credit.id: credit.rule for credit in wallet.credits.values() if credit.rule is not None},
    )


def show_institution(office: Office, institution: str, *, as_of: datetime | None = None) -> Institution:
    """Now, or as the register had it at a past time: its names, accreditations and keys as recorded by then.

    Raises NotFound (also where it was not registered yet), InvalidValue.
    """
    read = office.institution(institution)
    if as_of is None:
        return read.state
    then = read.history.by(as_of)
    if not then.position:
        raise NotFound(f"{institution} was not registered at that time.")
    return institutions.fold(then.events)


def show_events(office: Office, learner: str) -> list[Entry]:
    """Every event of the wallet, in order: what each number opens to. Raises NotFound, Erased, InvalidValue."""
    return list(office.learner(learner).history.entries)


def show_event(office: Office, learner: str, sequence: int) -> Entry | None:
    """One event of this wallet, by its sequence in the ledger; None where it is not of this wallet."""
    wallet = office.learner(learner)
    return next((entry for entry in wallet.history.entries if entry.sequence == sequence), None)
