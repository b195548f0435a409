"""The office: the ledger, the keys and the views, opened together; what every use case is given first.

A use case reads the states it needs, asks the domain, and records the events that come back:

    def award(office, *, institution, learner, unit, at):
        def decide():
            wallet = office.learner(learner)
            event = domain_wallet.award(wallet.state, …)
            return office.record(wallet.write(event, signer=…), at=at, result=event)

        return office.decide(wallet_stream, decide)
"""

import random
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, Self, TypeVar

from domain import agreement as agreements
from domain import commission as commissions
from domain import conversion_rule as conversion_rules
from domain import credential as credentials
from domain import grading as gradings
from domain import institution as institutions
from domain import memorandum as memoranda
from domain import qualification as qualifications
from domain import recognition as cases
from domain import recognition_policy as recognition_policies
from domain import registry as registries
from domain import staff
from domain import status_list as status_lists
from domain import unit as units
from domain import wallet as wallets
from domain.agreement import Agreement
from domain.commission import Commission
from domain.conversion_rule import ConversionRule
from domain.credential import Credential
from domain.erasure import LearnerErased
from domain.errors import KeyNotInForce, NotFound
from domain.event import Event
from domain.grading import Grading
from domain.institution import Institution, KeyStanding
from domain.memorandum import Memorandum
from domain.qualification import Qualification
from domain.recognition import Case
from domain.recognition_policy import RecognitionPolicy
from domain.registry import Registry
from domain.staff import Person
from domain.status_list import StatusList
from domain.unit import Unit
from domain.values import (
    InstitutionId,
    LearnerId,
    PersonId,
    StatusListId,
    agreement_id,
    case_id,
    commission_id,
    conversion_rule_id,
    credential_id,
    institution_id,
    learner_id,
    memorandum_id,
    person_id,
    qualification_id,
    unit_id,
)
from domain.wallet import Wallet
from keys.errors import KeysError
from keys.keystore import Keystore
from keys.note import NoteKey
from keys.signing import PublicKey, Signer
from wallet import streams
from wallet.errors import Erased, LedgerError, StreamMoved
from wallet.ledger.answers import Answer
from wallet.ledger.follower import Follower
from wallet.ledger.learner_keys import LearnerKeys
from wallet.ledger.ledger import History, Ledger, Write
from wallet.projections import VIEWS
from wallet.settings import Settings
from wallet.transparency.checkpoint import log_keys, origin_of
from wallet.transparency.log import Log, Signed

State = TypeVar("State")
Result = TypeVar("Result")
Fact = TypeVar("Fact", bound=Event)

_SIGNED_EVERY: Final = timedelta(seconds=10)
_DATED: Final = "credential/"
_TRIES: Final = 20
_TURNS: Final = 64


@dataclass(frozen=True, slots=True)
class Read(Generic[State]):
    """A stream as it stood when it was read, and the state its events add up to."""

    history: History
    state: State

    def write(self, *events: Event, signer: Signer, learner: LearnerId | None = None) -> Write:
        """What a decision on this state wants recorded, after all that it has seen."""
        return Write(self.history.stream, self.history, events, signer, learner)


@dataclass(frozen=True, slots=True)
class Once(Generic[Result]):
    """A request that must happen once, however often it is sent.

    `key` tells requests apart, `fingerprint` what was asked; `render` makes the answer that is kept beside the
    events and given again to whoever asks the same thing under the same key.
    """

    key: str
    fingerprint: str
    render: Callable[[Result], bytes]


@dataclass(frozen=True)
class Office:
    settings: Settings
    keystore: Keystore
    learner_keys: LearnerKeys
    ledger: Ledger
    follower: Follower
    _turns: tuple[threading.RLock, ...] = field(
        default_factory=lambda: tuple(threading.RLock() for _ in range(_TURNS)), repr=False
    )
    _lists: dict[StatusListId, Read[StatusList]] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, settings: Settings, passphrase: bytes) -> Self:
        """Of the home that `wallet.bootstrap` made. Raises NotMigrated, NewerDatabase, WrongPassphrase."""
        keystore = Keystore.open(settings.keystore, passphrase)
        learner_keys = LearnerKeys(settings.learner_keys, keystore)
        ledger = Ledger(settings.ledger, learner_keys)
        office = cls(settings, keystore, learner_keys, ledger, Follower(ledger, VIEWS))
        office.follower.afterwards = office._keep_signing
        return office

    def close(self) -> None:
        self.follower.stop()
        self.ledger.close()
        self.learner_keys.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- deciding -------------------------------------------------------------------------------------

    def decide(self, stream: str, decision: Callable[[], Result]) -> Result:
        """Run a decision that writes to `stream`; run it anew if somebody else wrote there meanwhile.

        Within this process decisions about one stream take turns, so that a crowd does not decide in vain;
        another process is met by the ledger's own refusal. Raises StreamMoved when that never ends.
        """
        with self._turns[hash(stream) % _TURNS]:
            for tried in range(1, _TRIES + 1):
                try:
                    return decision()
                except StreamMoved:
                    if tried == _TRIES:
                        raise
                    time.sleep(random.uniform(0, 0.002 * tried))  # noqa: S311 - a pause, not a secret
        raise AssertionError("a decision either answers or raises")

    def record(
        self, *writes: Write, at: datetime, result: Result, once: Once[Result] | None = None
    ) -> Result:
        """Record the writes, and the answer they make; on the disk when this returns.

        Raises StreamMoved, AnswerExists, Erased, StorageUnavailable.
        """
        answer = Answer(once.key, once.fingerprint, once.render(result)) if once else None
        self.ledger.save(*writes, at=at, answer=answer)
        if any(write.stream.startswith(_DATED) for write in writes):
            # A credential is as old as the first checkpoint that covers it, should its key be stolen later. It is
            # recorded already: that the log lags behind must not look as if it were not.
            with suppress(NotFound, LedgerError, KeysError):
                self.checkpoint(at)
        return result

    def act_in_wallet(
        self,
        institution: str,
        learner: str,
        decision: Callable[[Wallet, Institution], Fact],
        *,
        at: datetime,
        once: Once[Fact] | None = None,
    ) -> Fact:
        """An institution's act in a learner's wallet: decided on both, signed by the institution, sealed for her.

        Raises what the decision refuses, NotFound, KeyNotInForce, Erased, InvalidValue.
        """

        def decide() -> Fact:
            by = self.institution(institution).state
            read = self.learner(learner)
            event = decision(read.state, by)
            _, signer = self.signer_of(by, at)
            write = read.write(event, signer=signer, learner=read.state.learner)
            return self.record(write, at=at, result=event, once=once)

        return self.decide(streams.of_learner(learner_id(learner)), decide)

    # --- reading --------------------------------------------------------------------------------------

    def registry(self) -> Read[Registry]:
        return self._read(streams.REGISTRY, registries.fold, "This ledger has no registry.")

    def institution(self, institution: str) -> Read[Institution]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_institution(institution_id(institution))
        return self._read(stream, institutions.fold, f"No institution is registered as {institution}.")

    def unit(self, unit: str) -> Read[Unit]:
        """Raises InvalidValue, NotFound."""
        return self._read(streams.of_unit(unit_id(unit)), units.fold, f"No unit is described as {unit}.")

    def qualification(self, qualification: str) -> Read[Qualification]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_qualification(qualification_id(qualification))
        return self._read(stream, qualifications.fold, f"No qualification is described as {qualification}.")

    def conversion_rule(self, rule: str) -> Read[ConversionRule]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_conversion_rule(conversion_rule_id(rule))
        return self._read(stream, conversion_rules.fold, f"No conversion rule is published as {rule}.")

    def learner(self, learner: str) -> Read[Wallet]:
        """Raises InvalidValue, NotFound, Erased."""
        history = self.ledger.history(streams.of_learner(learner_id(learner)))
        if not history.position:
            raise NotFound(f"There is no wallet of learner {learner}.")
        if isinstance(history.entries[-1].event, LearnerErased):
            raise Erased(learner)
        return Read(history, wallets.fold(history.events))

    def credential(self, credential: str) -> Read[Credential]:
        """Raises InvalidValue, NotFound, Erased."""
        stream = streams.of_credential(credential_id(credential))
        return self._read(stream, credentials.fold, f"No credential {credential} was issued here.")

    def memorandum(self, memorandum: str) -> Read[Memorandum]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_memorandum(memorandum_id(memorandum))
        return self._read(stream, memoranda.fold, f"There is no memorandum {memorandum}.")

    def recognition_policy(self, institution: str) -> Read[RecognitionPolicy]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_recognition_policy(institution_id(institution))
        absent = f"{institution} has published no policy of recognition."
        return self._read(stream, recognition_policies.fold, absent)

    def agreement(self, agreement: str) -> Read[Agreement]:
        """Raises InvalidValue, NotFound: also where its learner was erased."""
        stream = streams.of_agreement(agreement_id(agreement))
        return self._read(stream, agreements.fold, f"There is no agreement {agreement}.")

    def grading(self, institution: str) -> Read[Grading]:
        """What the institution has published on grades, which may be nothing. Raises InvalidValue, NotFound."""
        owner = self.institution(institution).state.id
        history = self.ledger.history(streams.of_grading(owner))
        return Read(history, gradings.fold(owner, history.events))

    def staff(self, person: str) -> Read[Person]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_staff(person_id(person))
        return self._read(stream, staff.fold, f"Nobody of the staff is registered as {person}.")

    def commission(self, commission: str) -> Read[Commission]:
        """Raises InvalidValue, NotFound."""
        stream = streams.of_commission(commission_id(commission))
        return self._read(stream, commissions.fold, f"No commission is composed as {commission}.")

    def case(self, case: str) -> Read[Case]:
        """Raises InvalidValue, NotFound (also where its learner was erased)."""
        stream = streams.of_case(case_id(case))
        return self._read(stream, cases.fold, f"There is no case of recognition {case}.")

    def status_list(self, status_list: StatusListId) -> Read[StatusList]:
        """Raises NotFound."""
        found = self.find_status_list(status_list)
        if found.state is None:
            raise NotFound(f"There is no status list {status_list}.")
        return Read(found.history, found.state)

    def find_status_list(self, status_list: StatusListId) -> Read[StatusList | None]:
        """A list as it stands, or None. Its stream grows with every credential: only what is new is read."""
        stream = streams.of_status_list(status_list)
        known = self._lists.get(status_list)
        history = self.ledger.history(stream, since=known.history if known else None)
        if not history.position:
            return Read(history, None)
        state = known.state.after(*history.events) if known else status_lists.fold(history.events)
        read = Read(History(stream, history.position, history.head), state)
        self._lists[status_list] = read
        return Read(read.history, state)

    def find(self, stream: str, fold: Callable[[Iterable[Event]], State]) -> Read[State | None]:
        """What stands in a stream, or None where it has not begun: for decisions that begin one."""
        history = self.ledger.history(stream)
        return Read(history, fold(history.events) if history.position else None)

    def _read(self, stream: str, fold: Callable[[Iterable[Event]], State], absent: str) -> Read[State]:
        found = self.find(stream, fold)
        if found.state is None:
            raise NotFound(absent)
        return Read(found.history, found.state)

    # --- the log --------------------------------------------------------------------------------------

    @property
    def log(self) -> Log:
        """The transparency log of this ledger."""
        return Log(self.ledger.database)

    @property
    def log_origin(self) -> str:
        """What the log calls itself, and where it is served: `records.example/log`."""
        return origin_of(self.registry().state.base_url)

    def log_keys(self) -> list[NoteKey]:
        """The keys that may have signed the log: every one the registry ever had, the present one last."""
        registry = self.registry().state
        return log_keys(origin_of(registry.base_url), map(PublicKey.from_multikey, registry.keys))

    def checkpoint(self, at: datetime) -> Signed:
        """Bring the log up to the last event and sign it; the last checkpoint, where nothing is new.

        Raises NotFound where there is no registry, LedgerDamaged, StorageUnavailable.
        """
        newest = self.log.newest()
        if newest is not None and newest.checkpoint.size == self.ledger.last_sequence():
            return newest
        return self.log.sign(self.log_origin, self.registry_signer(), at)

    def recent_checkpoint(self, at: datetime) -> Signed:
        """The last checkpoint, or a new one where that is ten seconds old and something was recorded since."""
        newest = self.log.newest()
        if (
            newest is not None and abs(at - newest.signed_at) < _SIGNED_EVERY
        ):  # a clock may have been put back
            return newest
        return self.checkpoint(at)

    def _keep_signing(self) -> None:
        """In the follower's thread: so finely is dated what the log says of an event."""
        with suppress(NotFound):
            self.recent_checkpoint(datetime.now(UTC))

    # --- signing --------------------------------------------------------------------------------------

    def registry_signer(self) -> Signer:
        """The key of the registry's own facts: the last one it published."""
        return self.keystore.signer(registry_key_name(len(self.registry().state.keys)))

    def staff_signer(self, person: PersonId) -> Signer:
        """The person's own key."""
        return self.keystore.signer(staff_key_name(person))

    def signer_of(self, institution: Institution, at: datetime) -> tuple[str, Signer]:
        """The institution's newest key in force, with its id in the DID document. Raises KeyNotInForce."""
        for term in reversed(institution.keys):
            if term.standing(at) is KeyStanding.IN_FORCE:
                return term.method, self.keystore.signer(institution_key_name(institution.id, term.method))
        raise KeyNotInForce(f"{institution.id} has no key in force; publish one before it signs anything.")


def staff_key_name(person: PersonId) -> str:
    """Under which name the keystore keeps the key of a member of staff: `staff/a-serikova/key-1`."""
    return f"staff/{person}/key-1"


def registry_key_name(number: int) -> str:
    """Under which name the keystore keeps the registry's keys: `registry/key-1`."""
    return f"registry/key-{number}"


def institution_key_name(institution: InstitutionId, method: str) -> str:
    """Under which name the keystore keeps an institution's key: `institution/aitu/key-1`."""
    return f"institution/{institution}/{method.partition('#')[2]}"
