"""Lists that are kept: with where they came from, never an older one for a newer, never past their end."""

import json
import os
import stat
from datetime import timedelta
from hashlib import sha256

import pytest

from domain.errors import NotFound
from tests.trust.world import (
    DAY,
    JUNE,
    SCHOOL,
    UNIVERSITY,
    a_chain,
    a_registry,
    anchor,
    of_the_anchor,
    of_the_ministry,
    of_the_school,
    of_the_university,
    stranger,
)
from wallet.settings import Settings
from wallet.trust_lists import kept
from wallet.trust_lists.trust_list import GOOD_FOR, Kind, TrustListRefused


@pytest.fixture
def home(tmp_path):
    return Settings(tmp_path / "home")


def add(home, data, *, now=JUNE, name="Community", source="registry.json"):
    return kept.add(home, data, Kind.DCC, source=source, now=now, name=name)


def add_chain(home, data, *, now=JUNE, key=anchor.public, name=None):
    return kept.add(home, data, Kind.FEDERATION, source="chain.json", now=now, anchor=key, name=name)


def test_a_list_is_kept_with_where_it_came_from_and_what_exactly_was_got(home):
    add(home, a_registry(), source="https://registry.example/registry.json")

    [found] = kept.kept(home)
    assert found.source == "https://registry.example/registry.json"
    assert (found.got_at, found.sha256) == (JUNE, sha256(a_registry()).hexdigest())
    assert found.list.issuers[SCHOOL].name == "My School"
    assert found.good_until == JUNE + GOOD_FOR


def test_a_chain_is_kept_under_its_issuer_until_its_own_end(home):
    add_chain(home, a_chain())

    [found] = kept.kept(home)
    assert (found.list.name, found.good_until) == (UNIVERSITY, JUNE + DAY)


def test_a_newer_list_takes_the_place_of_the_one_of_the_same_name(home):
    add(home, a_registry())
    add(home, a_registry(updated=JUNE, **{"did:web:new.example": {"name": "New"}}))
    add(home, a_registry(), name="Another")

    assert [(each.list.name, len(each.list.issuers)) for each in kept.kept(home)] == [
        ("Another", 1),
        ("Community", 2),
    ]


def rolled_back_registry(home):
    add(home, a_registry(updated=JUNE))
    add(home, a_registry(updated=JUNE - timedelta(seconds=1)))


def undated_registry(home):
    add(home, a_registry())
    add(home, json.dumps({"registry": {}}).encode())


def rolled_back_chain(home):
    add_chain(home, a_chain())
    older = of_the_anchor(issued_at=JUNE - 2 * DAY)
    add_chain(home, a_chain(of_the_university(), of_the_ministry(), older))


def rolled_back_link(home):
    add_chain(home, a_chain())
    older = of_the_ministry(issued_at=JUNE - 2 * DAY)
    add_chain(home, a_chain(of_the_university(), older, of_the_anchor()))


ROLLBACKS = {
    "a registry of an earlier date": rolled_back_registry,
    "a registry without its date": undated_registry,
    "a chain with an earlier word of the anchor's": rolled_back_chain,
    "a chain with an earlier word in its middle": rolled_back_link,
}


@pytest.mark.parametrize("roll_back", ROLLBACKS.values(), ids=ROLLBACKS)
def test_an_older_list_is_refused_and_the_newer_one_stays(home, roll_back):
    with pytest.raises(TrustListRefused) as refused:
        roll_back(home)

    assert refused.value.reason == "older"
    assert len(kept.kept(home)) == 1


NEVER_KEPT = {
    "from the future": (lambda home: add(home, a_registry(updated=JUNE + DAY)), "from-the-future"),
    "past its end": (lambda home: add_chain(home, a_chain(), now=JUNE + DAY), "ended"),
    "of another anchor": (lambda home: add_chain(home, a_chain(), key=stranger.public), "signature"),
    "without an anchor": (lambda home: add_chain(home, a_chain(), key=None), "no-anchor"),
    "without a name": (lambda home: add(home, a_registry(), name=None), "no-name"),
    "under an empty name": (lambda home: add(home, a_registry(), name=" "), "no-name"),
    "under a name a terminal would obey": (lambda home: add(home, a_registry(), name="a\x1b[2J"), "no-name"),
    "a registry with an anchor": (
        lambda home: kept.add(
            home, a_registry(), Kind.DCC, source="x", now=JUNE, name="x", anchor=anchor.public
        ),
        "not-signed",
    ),
    "not text": (lambda home: add(home, b"\xff"), "unreadable"),
    "too large": (lambda home: add(home, bytes(kept.MOST_BYTES + 1)), "too-large"),
}


@pytest.mark.parametrize(("attempt", "reason"), NEVER_KEPT.values(), ids=NEVER_KEPT)
def test_what_cannot_be_trusted_is_not_kept(home, attempt, reason):
    with pytest.raises(TrustListRefused) as refused:
        attempt(home)

    assert refused.value.reason == reason
    assert kept.kept(home) == []


def test_a_list_of_another_kind_does_not_take_a_name_that_is_taken(home):
    add(home, a_registry(), name=UNIVERSITY)

    with pytest.raises(TrustListRefused, match="another kind"):
        add_chain(home, a_chain())


def test_a_list_that_is_removed_is_gone(home):
    add(home, a_registry())

    kept.remove(home, "Community")

    assert kept.kept(home) == []
    with pytest.raises(NotFound):
        kept.remove(home, "Community")


def test_in_a_home_that_is_not_there_nothing_is_kept(home):
    assert kept.kept(home) == []
    with pytest.raises(NotFound):
        kept.remove(home, "Community")


def the_file(home):
    [path] = kept.folder_of(home).glob("*.json")
    return path


def changed(home, **changes):
    path = the_file(home)
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


DAMAGE = {
    "another text": lambda home: changed(home, text=a_registry(updated=JUNE).decode()),
    "another hash": lambda home: changed(home, sha256="0" * 64),
    "another name": lambda home: changed(home, name="DCC Registry"),
    "another format": lambda home: changed(home, format=2),
    "a member too many": lambda home: changed(home, more=1),
    "an anchor that is no key": lambda home: changed(home, anchor="z6Mk"),
    "cut short": lambda home: the_file(home).write_bytes(the_file(home).read_bytes()[:-9]),
    "emptied": lambda home: the_file(home).write_bytes(b""),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_kept_list_that_was_changed_is_loudly_refused(home, damage):
    add(home, a_registry())
    damage(home)

    with pytest.raises(TrustListRefused, match="damaged"):
        kept.kept(home)


def test_a_chain_is_checked_anew_every_time(home):
    add_chain(home, a_chain(of_the_school()))
    forged = a_chain(of_the_school(signer=stranger))
    changed(home, text=forged.decode(), sha256=sha256(forged).hexdigest())

    with pytest.raises(TrustListRefused, match="does not hold"):
        kept.kept(home)


def test_a_crash_while_writing_leaves_the_list_that_was_there(home, monkeypatch):
    add(home, a_registry())

    def crash(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(OSError, match="No space"):
        add(home, a_registry(updated=JUNE))
    monkeypatch.undo()

    [found] = kept.kept(home)
    assert found.sha256 == sha256(a_registry()).hexdigest()
    add(home, a_registry(updated=JUNE))  # what the crash left behind is in nobody's way


def test_only_the_owner_reads_what_is_kept(home):
    add(home, a_registry())

    assert stat.S_IMODE(the_file(home).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.folder_of(home).stat().st_mode) == 0o700
