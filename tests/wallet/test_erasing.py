"""Erasing a learner: nothing of hers can be read any more, all else holds, and a restore does not bring her back."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.errors import NotFound
from domain.values import Setting
from keys.did import did_key
from tests.offices import (
    NOON,
    PASSPHRASE,
    a_credit,
    a_learner,
    a_memorandum,
    a_unit,
    a_university,
    an_agreement,
    an_office,
)
from tests.wallet import test_recognising
from tests.wallet.test_recognising import DAY, Examined
from wallet import (
    access,
    accounts,
    awarding,
    erasing,
    issuing,
    portfolio,
    recognising,
    sharing,
    signing_in,
    streams,
)
from wallet.accounts import make_account
from wallet.auditing import audit
from wallet.backup import BackedUp, back_up
from wallet.erasing import ErasureRefused, erase, read_receipt
from wallet.errors import Erased, StorageUnavailable
from wallet.ledger.ledger import Write
from wallet.office import Office
from wallet.projections import VIEWS
from wallet.registering import register_learner
from wallet.restoring import restore
from wallet.settings import ERASURES, Settings
from wallet.showing import list_wallets, show_record

examined = test_recognising.examined

CLAIMED = "Beekeeping in the Talgar valley"
SHARED_WITH = "Silk Road Logistics"
LATER = NOON + timedelta(days=1)
A_PNG = b"\x89PNG\r\n\x1a\n" + b"a photograph of a diploma" * 10


@dataclass(frozen=True)
class Known:
    """An office in which one learner has left traces wherever there can be any; and another, who stays."""

    office: Office
    learner: str
    other: str
    share: str

    @property
    def traces(self) -> list[bytes]:
        """What must be found nowhere afterwards: her words, and her keys as they lie in the file."""
        with (
            self.office.learner_keys._database.reader() as cursor
        ):  # what is on the disk is what this is about
            rows = cursor.execute(
                "SELECT data_key, signing_seed FROM learner_keys WHERE learner = ?", [self.learner]
            ).fetchone()
        return [CLAIMED.encode(), SHARED_WITH.encode(), *map(bytes, rows)]


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Known]:
    with an_office(tmp_path) as office:
        a_university(office)
        a_university(office, "college")
        a_unit(office)
        a_unit(office, "algorithmen", institution="college")
        a_memorandum(office)
        learner = access.admit(office, opened_by="aitu", at=NOON).learner
        other = a_learner(office).learner
        for each in (learner, other):
            awarding.claim(
                office,
                each,
                setting=Setting.INFORMAL,
                names={"en": CLAIMED if each == learner else "Chess"},
                achieved_on=date(2026, 3, 1),
                at=NOON,
            )
        credit = a_credit(office, learner).credit
        a_credit(office, other)
        issued = issuing.issue_credit(office, "aitu", learner=learner, credit=credit, at=NOON)
        an_agreement(office, learner)
        portfolio.keep(office, learner, A_PNG, name="diploma.png", at=NOON)
        shared = sharing.share(
            office,
            learner,
            credentials=[issued.credential],
            with_whom=SHARED_WITH,
            purpose="a position",
            until=LATER,
            at=NOON,
        )
        sharing.open_share(office, shared.secret, at=NOON)
        with office.ledger.database.writer() as cursor:
            account = make_account(cursor, learner=learner, name="", roles={}, at=NOON)
        signing_in.begin_session(office, account, at=NOON)
        signing_in.invite_learner(office, learner, at=NOON)
        accounts.note_access(
            office, account=account, method="GET", route="/my", whose=learner, allowed=True, at=NOON
        )
        office.follower.catch_up()
        office.checkpoint(NOON)
        yield Known(office, learner, other, shared.secret)


def everything_under(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file())


def test_P7_of_an_erased_learner_no_byte_can_be_read_at_once(known: Known):
    home, traces = known.office.settings.home, known.traces
    known.office.ledger.database.empty_log()
    before = everything_under(home)
    assert [trace for trace in traces if trace not in before] == [
        SHARED_WITH.encode()
    ]  # sealed, as it should be

    erase(known.office, known.learner, at=LATER)

    after = everything_under(home)
    assert [trace for trace in traces if trace in after] == []
    assert not (known.office.settings.portfolios / known.learner).exists()


def test_P7_while_others_read_and_another_process_has_the_files_open(known: Known):
    with Office.open(known.office.settings, PASSPHRASE) as server:
        show_record(server, known.learner)
        erase(known.office, known.learner, at=LATER)

        with pytest.raises(Erased):
            show_record(server, known.learner)
        assert [row.counts for row in show_record(server, known.other).credits] == [True]


def test_the_chain_the_log_and_the_views_hold_as_before(known: Known):
    checkpoint = known.office.checkpoint(NOON).checkpoint

    erase(known.office, known.learner, at=LATER)

    report = audit(known.office.ledger, checkpoint=checkpoint, views=VIEWS)
    assert report.finding is None
    assert report.views == len(VIEWS)
    assert report.erased > 5


def test_a_view_made_anew_shows_what_the_kept_one_shows(known: Known):
    erase(known.office, known.learner, at=LATER)

    for view in VIEWS:
        known.office.follower.rebuild(view)

    assert audit(known.office.ledger, views=VIEWS).finding is None


TABLES = ("accounts", "sessions", "invitations", "accesses", "shares", "looks", "api_keys")


def test_her_account_her_shares_and_her_keys_to_the_doors_go_with_her(known: Known):
    secret = access.grant(
        known.office, holder=known.learner, role=access.Role.LEARNER, label="x", at=NOON
    ).secret
    kept = access.grant(known.office, holder=known.other, role=access.Role.LEARNER, label="x", at=NOON).secret

    erase(known.office, known.learner, at=LATER)

    with pytest.raises(NotFound):
        sharing.open_share(known.office, known.share, at=NOON)
    assert access.find(known.office, secret, at=LATER) is None
    assert access.find(known.office, kept, at=LATER) is not None
    with known.office.ledger.database.reader() as cursor:
        left = {table: cursor.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in TABLES}
    assert left == {**dict.fromkeys(TABLES, 0), "api_keys": 1}


def test_nothing_more_is_decided_of_her_and_the_other_stays(known: Known):
    erase(known.office, known.learner, at=LATER)

    for refused in (
        lambda: a_credit(known.office, known.learner),
        lambda: portfolio.keep(known.office, known.learner, A_PNG, name="x", at=LATER),
        lambda: signing_in.invite_learner(known.office, known.learner, at=LATER),
    ):
        with pytest.raises(Erased):
            refused()
    with pytest.raises(NotFound, match="was erased"):
        register_learner(known.office, learner=known.learner, at=LATER)
    assert {each.learner: each.erased for each in list_wallets(known.office)} == {
        known.learner: True,
        known.other: False,
    }


def test_nobody_is_erased_who_was_never_there(known: Known):
    with pytest.raises(NotFound):
        erase(known.office, "00000000-0000-4000-8000-000000000000", at=LATER)


def test_the_receipt_holds_years_later_by_the_registrys_key_alone(known: Known):
    made = erase(known.office, known.learner, at=LATER)
    registry = did_key(known.office.registry().state.keys[0])

    told = read_receipt(made.receipt)

    assert (told.learner, told.erased_at, told.registry) == (known.learner, LATER, registry)
    assert known.office.settings.erasures.read_bytes() == made.receipt + b"\n"


REFUSED = {
    "another learner in it": lambda receipt, known: receipt.replace(
        known.learner.encode(), known.other.encode()
    ),
    "another day": lambda receipt, known: receipt.replace(b"2026-06-02", b"2026-06-03"),
    "no proof": lambda receipt, known: receipt.partition(b',"proof"')[0] + b"}",
    "nothing": lambda receipt, known: b"",
    "a list": lambda receipt, known: b"[1]",
    "not JSON": lambda receipt, known: receipt[:-1],
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_a_receipt_is_refused_with(change, known: Known):
    made = erase(known.office, known.learner, at=LATER)
    changed = change(made.receipt, known)
    assert changed != made.receipt

    with pytest.raises(ErasureRefused):
        read_receipt(changed)


def test_erasing_again_gives_the_same_receipt_and_lists_her_once(known: Known):
    first = erase(known.office, known.learner, at=LATER)

    again = erase(known.office, known.learner, at=LATER + timedelta(days=1))

    assert again == first
    assert known.office.settings.erasures.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize("after", ["recording", "listing", "destroying"])
def test_after_a_crash_half_way_she_is_erased_for_all_and_asking_again_finishes_it(
    after: str, known: Known, monkeypatch: pytest.MonkeyPatch
):
    class PowerLoss(Exception):
        pass

    def stop(*_: object) -> None:
        raise PowerLoss

    with monkeypatch.context() as broken:
        if after == "recording":
            broken.setattr(erasing, "_put_on_the_list", stop)
        elif after == "listing":
            broken.setattr(type(known.office.learner_keys), "destroy", stop)
        else:
            broken.setattr(type(known.office.follower), "catch_up", stop)
        with pytest.raises(PowerLoss):
            erase(known.office, known.learner, at=LATER)

    with pytest.raises(Erased):
        show_record(known.office, known.learner)
    found = audit(known.office.ledger).finding
    assert (found is None) == (after == "destroying")
    assert found is None or "erase her again" in str(found)
    erase(known.office, known.learner, at=LATER)
    assert audit(known.office.ledger, views=VIEWS).finding is None


def test_a_list_that_cannot_be_written_keeps_her_key(
    known: Known, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Were the key destroyed first, a restored backup would bring her back and nobody would know."""
    monkeypatch.setenv(ERASURES, str(tmp_path / "no such folder" / "erasures.jsonl"))

    with pytest.raises(StorageUnavailable, match="list of erasures"):
        erase(known.office, known.learner, at=LATER)

    assert known.office.learner_keys.data_key(known.learner) is not None


def test_only_the_registry_says_that_a_learner_was_erased_and_nothing_comes_after(known: Known):
    office, stream = known.office, streams.of_learner(known.learner)  # type: ignore[arg-type]  # an id is text
    erase(office, known.learner, at=LATER)
    event = erasing.recorded_in(office.ledger.history(stream))
    assert event is not None
    for signer in (office.keystore.signer("institution/aitu/key-1"), office.registry_signer()):
        history = office.ledger.history(stream)
        office.ledger.save(Write(stream, history, (event,), signer), at=LATER)

        found = audit(office.ledger).finding

        assert found is not None
        assert "may not sign learner.erased.v1" in found.reason


# --- cases of recognition ---------------------------------------------------------------------------------


def test_a_case_of_an_erased_learner_is_listed_without_her(examined: Examined):
    case = examined.apply()
    office = examined.office
    assert [each.case.id for each in recognising.show_queue(office, "aitu", on=DAY)] == [case]

    erase(office, examined.learner, at=LATER)

    assert recognising.show_queue(office, "aitu", on=DAY, all_cases=True) == []
    [left] = recognising.erased_cases(office, "aitu")
    assert (left.id, left.erased_at) == (case, LATER)
    assert recognising.erased_cases(office, "enu") == []
    assert audit(office.ledger, views=VIEWS).finding is None


# --- restores ---------------------------------------------------------------------------------------------


def restored(
    known: Known, backup: BackedUp, where: Path, erasures: bytes, keys: Path | None = None
) -> Settings:
    settings = Settings(where)
    told = restore(settings, backup.ledger, PASSPHRASE, at=LATER, erasures=erasures, keys=keys)
    assert told.report.holds
    assert told.erased_again == 1
    return settings


def test_P7_a_restored_backup_erases_again_whom_the_list_names(known: Known, tmp_path: Path):
    backup, traces = back_up(known.office.settings, tmp_path / "old.backup", at=NOON), known.traces
    erase(known.office, known.learner, at=LATER)

    settings = restored(known, backup, tmp_path / "again", known.office.settings.erasures.read_bytes())

    after = everything_under(settings.home)
    assert [trace for trace in traces if trace in after] == []
    assert known.office.settings.erasures.read_bytes() == settings.erasures.read_bytes()
    with Office.open(settings, PASSPHRASE) as again:
        with pytest.raises(Erased):
            show_record(again, known.learner)
        assert show_record(again, known.other).credits
        with pytest.raises(NotFound):
            sharing.open_share(again, known.share, at=NOON)


def test_P7_old_keys_under_a_newer_ledger_are_destroyed_without_any_list(known: Known, tmp_path: Path):
    old = back_up(known.office.settings, tmp_path / "old.backup", at=NOON)
    erase(known.office, known.learner, at=LATER)
    new = back_up(known.office.settings, tmp_path / "new.backup", at=LATER)

    settings = restored(known, new, tmp_path / "again", b"", keys=old.keys)

    with Office.open(settings, PASSPHRASE) as again, pytest.raises(Erased):
        show_record(again, known.learner)


def test_whom_a_backup_does_not_know_is_passed_over_and_stays_on_the_list(known: Known, tmp_path: Path):
    backup = back_up(known.office.settings, tmp_path / "old.backup", at=NOON)
    newcomer = a_learner(known.office).learner
    erase(known.office, newcomer, at=LATER)
    listed = known.office.settings.erasures.read_bytes()

    told = restore(Settings(tmp_path / "again"), backup.ledger, PASSPHRASE, at=LATER, erasures=listed)

    assert told.erased_again == 0
    assert Settings(tmp_path / "again").erasures.read_bytes() == listed


def test_a_list_that_somebody_else_wrote_erases_nobody(known: Known, tmp_path: Path):
    backup = back_up(known.office.settings, tmp_path / "old.backup", at=NOON)
    with an_office(tmp_path / "another") as another:
        register_learner(another, learner=known.learner, at=NOON)
        forged = erase(another, known.learner, at=NOON).receipt

    with pytest.raises(ErasureRefused, match="Line 1 of the list of erasures"):
        restore(Settings(tmp_path / "again"), backup.ledger, PASSPHRASE, at=LATER, erasures=forged)
    assert not (tmp_path / "again").exists()


def test_a_backup_does_not_hold_the_list_of_erasures(known: Known, tmp_path: Path):
    erase(known.office, known.learner, at=LATER)
    backup = back_up(known.office.settings, tmp_path / "old.backup", at=LATER)

    told = restore(Settings(tmp_path / "again"), backup.ledger, PASSPHRASE, at=LATER, erasures=b"")

    assert told.erased_again == 0
    assert not Settings(tmp_path / "again").erasures.exists()
