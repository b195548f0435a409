"""Issuing many credentials from a sheet: each row awards credit for a unit, or names credit that is there already.

    learner,unit,awarded_on,grade,scale           credit is awarded for the unit, and told of by a badge
    learner,credit                                a badge tells of credit that the learner holds

Rows are taken in groups: what a group awards, issues and allocates is recorded in one save. A row's credit and
credential have ids that follow from the row itself. So whoever starts the same sheet again, after a power loss or with
other rows corrected, is told of what has been issued, and nothing is issued twice.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import islice
from pathlib import Path
from secrets import randbelow
from typing import Final, TypeVar

import msgspec

from domain import credential as credentials
from domain import status_list as status_lists
from domain import wallet as wallets
from domain.credential import CredentialIssued, CredentialKind
from domain.errors import DomainError, InvalidValue, StatusListFull, UnlikeCredits
from domain.event import Event
from domain.status_list import StatusList
from domain.unit import Unit
from domain.values import (
    CredentialId,
    CreditId,
    CreditPoints,
    CreditScheme,
    Grade,
    LearnerId,
    StatusListId,
    UnitId,
    amount,
    credit_id,
    learner_id,
    text,
    unit_id,
)
from domain.wallet import Wallet
from keys import strict_json
from keys.batch import BatchSigner
from keys.proofs import check_proofs
from keys.signing import PublicKey, Signer
from wallet import streams
from wallet.awarding import points_of
from wallet.errors import Erased, WalletError
from wallet.formats import open_badges
from wallet.issuing import IssuingDesk, facts_of, line_for_badge, turn_of
from wallet.ledger.ledger import History, Write
from wallet.office import Office, Read
from wallet.publishing import SUITE
from wallet.sheets import Fault, Row, Sheet
from wallet.two_persons import refuse_alone

__all__ = ["COLUMNS", "Mode", "Outcome", "Result", "TooManyAtOnce", "issue_many", "sheet_of_credentials"]

COLUMNS: Final = ("row", "learner", "credit", "unit", "points", "scheme", "grade", "scale", "awarded_on")
"""What a sheet may have columns for; `row` is the registrar's own name for a row."""

MOST_AT_ONCE: Final = 10_000
"""Rows that can be issued all or none: they are one transaction, and are held in memory until it is made."""

_GROUP: Final = 250
_NAMESPACE: Final = uuid.UUID("5f0c9f2e-6a51-5c0e-9f54-0f6f0f8f6b1d")
"""Of the ids that follow from rows. It never changes: a sheet of years ago must not be issued twice."""

Item = TypeVar("Item")


class Mode(StrEnum):
    EACH = "each"
    """Every row stands for itself: what can be issued is."""
    ALL_OR_NONE = "all-or-none"
    """Nothing is issued unless every row can be."""
    PREVIEW = "preview"
    """Nothing is issued; every row is judged as if it were the next."""


class Result(StrEnum):
    """What became of a row."""

    ISSUED = "issued"
    ISSUED_BEFORE = "issued-before"
    """By this very row, earlier."""
    CAN_BE_ISSUED = "can-be-issued"
    """In a preview."""
    REFUSED = "refused"
    WITHHELD = "withheld"
    """It could have been issued, but another row could not."""


class TooManyAtOnce(WalletError):
    """The sheet has more rows than can be issued all or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One line of the report. `column`, `code` and `sentence` say why a row was refused."""

    number: int
    row: str | None
    result: Result
    learner: str | None = None
    credit: str | None = None
    credential: str | None = None
    column: str | None = None
    code: str | None = None
    sentence: str | None = None


def sheet_of_credentials(path: Path) -> Sheet:
    """The sheet in a file. Raises SheetRefused."""
    return Sheet(path, columns=COLUMNS, required=("learner",))


def issue_many(
    office: Office,
    institution: str,
    sheet: Sheet,
    *,
    mode: Mode = Mode.EACH,
    at: datetime,
    seconded: bool = False,
) -> Iterator[Outcome]:
    """Go through the sheet; what became of each row, as soon as it is on the disk.

    A row with several faults has a line for each of them. `seconded`: a second person has confirmed it.
    Refuses: NotFound (no such institution), KeyNotInForce, TooManyAtOnce, SheetRefused, SecondPersonNeeded.
    """
    IssuingDesk.of(office, institution, at)  # refuses before any row is looked at
    refuse_alone(office, institution, seconded=seconded or mode is Mode.PREVIEW)
    if mode is Mode.ALL_OR_NONE and sheet.count > MOST_AT_ONCE:
        raise TooManyAtOnce(
            f"{sheet.count} rows cannot be issued all or none, only {MOST_AT_ONCE}: split the sheet, or let each row "
            "stand for itself after a preview."
        )
    size = MOST_AT_ONCE if mode is Mode.ALL_OR_NONE else _GROUP
    with ThreadPoolExecutor(thread_name_prefix="check-proofs") as checkers:
        bulk = _Bulk(office, institution, sheet.digest, mode, at, checkers)
        for rows in _grouped(sheet.rows(), size):
            yield from bulk.issue(rows)


# --- reading a row ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Order:
    """A row that says in itself what is to be issued."""

    row: Row
    learner: LearnerId
    credit: CreditId | None
    unit: UnitId | None
    points: Decimal | None
    scheme: CreditScheme | None
    grade: Grade | None
    awarded_on: date | None


_OF_AN_AWARD: Final = ("unit", "points", "scheme", "grade", "scale", "awarded_on")


def _order(row: Row) -> _Order | tuple[Fault, ...]:
    """What the row orders, or everything that is wrong with it."""
    if row.faults:
        return row.faults
    reading = _Reading(row)
    given = row.cells
    if "learner" not in given:
        reading.fault("The row names no learner.", "learner", "cell-missing")
    if "credit" in given:
        for column in _OF_AN_AWARD:
            if column in given:
                reading.fault("A row that names a credit says nothing else of it.", column)
    elif "unit" not in given:
        reading.fault("The row names neither a unit nor a credit.", "unit", "cell-missing")
    else:
        if "awarded_on" not in given:
            reading.fault("The row does not say when the credit was awarded.", "awarded_on", "cell-missing")
        for column, other in (("grade", "scale"), ("scale", "grade")):
            if column in given and other not in given:
                reading.fault("A grade is given with its scale.", other, "cell-missing")
    order = _Order(
        row,
        reading.cell("learner", learner_id) or LearnerId(""),
        reading.cell("credit", credit_id),
        reading.cell("unit", unit_id),
        reading.cell("points", amount),
        reading.cell("scheme", _scheme),
        reading.grade(),
        reading.cell("awarded_on", _day),
    )
    return tuple(reading.faults) or order


class _Reading:
    def __init__(self, row: Row) -> None:
        self._cells = row.cells
        self.faults: list[Fault] = []

    def fault(self, sentence: str, column: str, code: str = "invalid-cell") -> None:
        self.faults.append(Fault(sentence, column, code))

    def cell(self, column: str, read: Callable[[str], Item]) -> Item | None:
        written = self._cells.get(column)
        if written is None:
            return None
        try:
            return read(written)
        except InvalidValue as error:
            self.fault(str(error), column)
            return None

    def grade(self) -> Grade | None:
        value = self.cell("grade", lambda written: text(written, "a grade"))
        scale = self.cell("scale", lambda written: text(written, "a grade's scale"))
        return Grade(value, scale) if value is not None and scale is not None else None


def _scheme(written: str) -> CreditScheme:
    if written not in set(CreditScheme):
        raise InvalidValue(f"{written[:40]!r} is not a credit scheme: {', '.join(CreditScheme)}.")
    return CreditScheme(written)


def _day(written: str) -> date:
    try:
        if len(written) == len("2026-06-30"):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise InvalidValue(f"{written[:40]!r} is not a day; it looks like 2026-06-30.")


# --- issuing a group ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a row has come to, not yet recorded."""

    order: _Order
    credential: CredentialId
    line: CreditId
    issued: CredentialIssued | None
    """None in a preview."""


class _Bulk:
    """One run through one sheet."""

    def __init__(
        self, office: Office, institution: str, digest: str, mode: Mode, at: datetime, checkers: Executor
    ) -> None:
        self._office = office
        self._institution = institution
        self._digest = digest
        self._mode = mode
        self._at = at
        self._checkers = checkers
        self._units: dict[UnitId, Unit] = {}
        self._signing: _Signing | None = None

    def issue(self, rows: Sequence[Row]) -> list[Outcome]:
        """Decide on the rows and record what they come to, in one save."""
        return self._office.decide(turn_of(self._institution), lambda: self._decide(rows))

    def _decide(self, rows: Sequence[Row]) -> list[Outcome]:
        desk = IssuingDesk.of(self._office, self._institution, self._at)
        group = _Group(self, desk)
        outcomes: list[Outcome] = []
        for row in rows:
            outcomes += group.take(row)
        refused = any(outcome.result is Result.REFUSED for outcome in outcomes)
        if self._mode is Mode.PREVIEW or (self._mode is Mode.ALL_OR_NONE and refused):
            return [_withheld(outcome) if self._mode is Mode.ALL_OR_NONE else outcome for outcome in outcomes]
        self.signing(desk).check(group.samples)
        writes = group.writes()
        if writes:
            desk.record(*writes, result=None)
        return outcomes

    def unit(self, unit: UnitId) -> Unit:
        """A unit as it stood when the run first met it."""
        if unit not in self._units:
            self._units[unit] = self._office.unit(unit).state
        return self._units[unit]

    def signing(self, desk: IssuingDesk) -> "_Signing":
        """What signs for the desk: the same from group to group, until the institution takes another key."""
        if self._signing is None or self._signing.method != desk.method:
            self._signing = _Signing(desk, self._checkers)
        return self._signing

    def key_of(self, row: Row) -> str:
        """The same for the same row of the same sheet; for a row that has a name, of whatever sheet."""
        content = msgspec.json.encode(row.cells, order="sorted").decode()
        where = "named" if "row" in row.cells else f"{self._digest}\n{row.number}"
        return f"{self._institution}\n{where}\n{content}"

    @property
    def preview(self) -> bool:
        return self._mode is Mode.PREVIEW


class _Group:
    """Rows that are recorded together."""

    def __init__(self, bulk: _Bulk, desk: IssuingDesk) -> None:
        self._bulk = bulk
        self._desk = desk
        self._office = desk.office
        self._wallets: dict[LearnerId, Read[Wallet]] = {}
        self._states: dict[LearnerId, Wallet] = {}
        self._awarded: dict[LearnerId, list[Event]] = {}
        self._places = _Places(desk)
        self._issued: dict[CredentialId, CredentialIssued | None] = {}
        self._at = "learner"  # the column whose cell is being looked at
        self.samples: list[bytes] = []
        """Documents to be checked whole, as any stranger would."""

    def take(self, row: Row) -> list[Outcome]:
        """Decide on one row. What it is refused for does not touch the others."""
        order = _order(row)
        if isinstance(order, tuple):
            return [_refused(row, fault) for fault in order]
        try:
            return [self._taken(order)]
        except DomainError as error:
            return [_refused(row, Fault(str(error), self._column_of(error, row), error.code))]
        except Erased as error:
            return [_refused(row, Fault(str(error), "learner", "erased"))]

    def _column_of(self, error: DomainError, row: Row) -> str:
        """The column of the cell that a refusal is about."""
        if isinstance(error, UnlikeCredits):
            return "scheme"
        return "points" if isinstance(error, InvalidValue) and "points" in row.cells else self._at

    def _taken(self, order: _Order) -> Outcome:
        key = self._bulk.key_of(order.row)
        credential = CredentialId(f"urn:uuid:{uuid.uuid5(_NAMESPACE, key)}")
        before = self._office.find(streams.of_credential(credential), credentials.fold).state
        if before is not None:
            return _outcome(order, Result.ISSUED_BEFORE, before.issued.credits[0], credential)
        self._at = "learner"
        wallet = self._wallet(order.learner)
        self._at = "credit" if order.unit is None else "unit"
        line = order.credit
        state, awarded = wallet, None
        if order.unit is not None:
            awarded = self._award(order, wallet, str(uuid.uuid5(_NAMESPACE, key + "\ncredit")))
            state, line = wallets.evolve(wallet, awarded), awarded.credit
        assert line is not None  # an order names a credit or a unit
        if credential in self._issued:
            return _outcome(order, Result.ISSUED_BEFORE, line, credential)
        self._issued[credential] = self._issue(credential, state, line)
        self._states[order.learner] = state
        if awarded is not None:
            self._awarded.setdefault(order.learner, []).append(awarded)
        result = Result.CAN_BE_ISSUED if self._bulk.preview else Result.ISSUED
        return _outcome(order, result, line, credential)

    def _wallet(self, learner: LearnerId) -> Wallet:
        if learner not in self._states:
            read = self._wallets[learner] = self._office.learner(learner)
            self._states[learner] = read.state
        return self._states[learner]

    def _award(self, order: _Order, wallet: Wallet, credit: str) -> wallets.CreditAwarded:
        assert order.unit is not None
        assert order.awarded_on is not None  # a row with a unit has the day
        unit = self._bulk.unit(order.unit)
        points = points_of(unit, order.scheme)
        if order.points is not None:
            points = CreditPoints(points.scheme, order.points)
        return wallets.award(
            wallet,
            unit,
            by=self._desk.by,
            learner=order.learner,
            credit=credit,
            points=points,
            grade=order.grade,
            awarded_on=order.awarded_on,
        )

    def _issue(self, credential: CredentialId, wallet: Wallet, credit: CreditId) -> CredentialIssued | None:
        """The event of issuing, its document signed; None in a preview, once nothing is in the way."""
        line, of_unit = line_for_badge(wallet, credit)
        unit = self._bulk.unit(of_unit)
        number, status_list, index = (0, StatusListId(f"{self._desk.by.id}-1"), 0)
        if not self._bulk.preview:
            number, status_list, index = self._places.free()
        entries = self._desk.entries(number, index)
        unsigned = open_badges.build(facts_of(self._desk, wallet, line, unit, credential, entries))
        document = b"{}" if self._bulk.preview else self._bulk.signing(self._desk).sign(unsigned)
        issued = credentials.issue(
            None,
            wallet,
            credential=credential,
            by=self._desk.by,
            credits=(line.id,),
            kind=CredentialKind.OPEN_BADGE,
            document=document.decode(),
            status_list=status_list,
            status_index=index,
            issued_at=self._desk.at,
        )
        if self._bulk.preview:
            return None
        self._places.take(number, index, credential)
        if not self.samples:
            self.samples.append(document)
        return issued

    def writes(self) -> list[Write]:
        """Everything that the group comes to."""
        signer = self._desk.signer
        writes = [
            self._wallets[learner].write(*events, signer=signer, learner=learner)
            for learner, events in self._awarded.items()
        ]
        # Of the wallets that are only told of, that they are as they were read.
        writes += [
            read.write(signer=signer)
            for learner, read in self._wallets.items()
            if learner not in self._awarded
        ]
        for credential, issued in self._issued.items():
            if issued is not None:
                stream = streams.of_credential(credential)  # which had not begun: nobody else makes this id
                writes.append(Write(stream, History(stream), (issued,), signer, issued.learner))
        return [*writes, *self._places.writes()]


class _Places:
    """Places in the institution's status lists, chosen one by one and given in one event a list."""

    def __init__(self, desk: IssuingDesk) -> None:
        self._desk = desk
        self._number = 1
        self._lists: dict[int, tuple[Read[StatusList | None], StatusList, tuple[Event, ...]]] = {}
        self._taken: dict[int, dict[int, CredentialId]] = {}

    def free(self) -> tuple[int, StatusListId, int]:
        """A place chosen at random in the first list with room: the list's number, its id, the place."""
        while True:
            _, state, _ = self._list(self._number)
            taken = self._taken.setdefault(self._number, {})
            try:
                index = status_lists.free_index(state, randbelow(state.size), besides=taken.keys())
            except StatusListFull:
                self._number += 1
            else:
                return self._number, state.id, index

    def take(self, number: int, index: int, credential: CredentialId) -> None:
        self._taken[number][index] = credential

    def writes(self) -> list[Write]:
        writes = []
        for number, taken in self._taken.items():
            if taken:
                found, state, opened = self._list(number)
                allocated = status_lists.allocate_all(state, taken.items())
                writes.append(
                    Write(found.history.stream, found.history, (*opened, allocated), self._desk.signer)
                )
        return writes

    def _list(self, number: int) -> tuple[Read[StatusList | None], StatusList, tuple[Event, ...]]:
        if number not in self._lists:
            found = self._desk.office.find_status_list(StatusListId(f"{self._desk.by.id}-{number}"))
            opened: tuple[Event, ...] = ()
            state = found.state
            if state is None:
                opened = (status_lists.open_list(None, number=number, by=self._desk.by),)
                state = status_lists.fold(opened)
            self._lists[number] = (found, state, opened)
        return self._lists[number]


class _Signing:
    """Signs documents in a batch, and has every signature checked on other threads meanwhile."""

    def __init__(self, desk: IssuingDesk, checkers: Executor) -> None:
        self.method = desk.method
        self._signer = _Noting(desk.signer)
        self._checkers = checkers
        self._batch = BatchSigner(
            signer=self._signer, suite=SUITE, verification_method=desk.method, created=desk.at
        )

    def sign(self, unsigned: dict[str, object]) -> bytes:
        return self._batch.sign(unsigned)

    def check(self, samples: Sequence[bytes]) -> None:
        """Raises InvalidSignature unless every signature made since the last time holds.

        Of some documents the whole proof is checked, as any stranger would: not only that the signature holds, but
        that it is of the document.
        """
        public = self._signer.public
        signed, self._signer.signed = self._signer.signed, []
        half = (len(signed) + 1) // 2
        checks = [
            self._checkers.submit(_check, public, part) for part in (signed[:half], signed[half:]) if part
        ]
        for document in samples:
            check_proofs(_object(document), lambda _: public)
        wait(checks)
        for check in checks:
            check.result()


class _Noting:
    """A signer that remembers what it signed."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.signed: list[tuple[bytes, bytes]] = []

    @property
    def public(self) -> PublicKey:
        return self._signer.public

    def sign(self, message: bytes) -> bytes:
        signature = self._signer.sign(message)
        self.signed.append((signature, message))
        return signature


def _check(public: PublicKey, signed: Sequence[tuple[bytes, bytes]]) -> None:
    for signature, message in signed:
        public.verify(signature, message)


def _object(text: bytes) -> dict[str, object]:
    document = strict_json.parse(text)
    assert isinstance(document, dict)  # it was made from one
    return dict(document)


def _outcome(order: _Order, result: Result, line: CreditId, credential: CredentialId) -> Outcome:
    return Outcome(
        number=order.row.number,
        row=order.row.cells.get("row"),
        result=result,
        learner=order.learner,
        credit=line,
        credential=credential,
    )


def _refused(row: Row, fault: Fault) -> Outcome:
    return Outcome(
        number=row.number,
        row=row.cells.get("row"),
        result=Result.REFUSED,
        learner=row.cells.get("learner"),
        column=fault.column,
        code=fault.code,
        sentence=fault.sentence,
    )


def _withheld(outcome: Outcome) -> Outcome:
    if outcome.result is not Result.ISSUED:
        return outcome
    return Outcome(number=outcome.number, row=outcome.row, result=Result.WITHHELD, learner=outcome.learner)


def _grouped(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while group := list(islice(items, size)):
        yield group
