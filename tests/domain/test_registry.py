"""The registry opens its ledger once, and never signs with a key it has given up."""

import pytest

from domain.errors import AlreadyPublished, AlreadyRegistered, BrokenHistory, InvalidValue, NotFound
from domain.registry import Registry, RegistryOpened, evolve, fold, open_registry, publish_key
from tests.domain.builders import A_KEY, ANOTHER_KEY, MOMENT, an_award


def an_opening() -> RegistryOpened:
    return open_registry(None, key=A_KEY, base_url="https://wallet.example", name="The registry", at=MOMENT)


def a_registry() -> Registry:
    return fold([an_opening()])


def test_the_last_published_key_signs() -> None:
    registry = evolve(a_registry(), publish_key(a_registry(), key=ANOTHER_KEY, at=MOMENT))

    assert registry.keys == (A_KEY, ANOTHER_KEY)


def test_a_ledger_is_one_registry() -> None:
    with pytest.raises(AlreadyRegistered):
        open_registry(a_registry(), key=A_KEY, base_url="https://wallet.example", name="Another", at=MOMENT)


def test_a_registry_has_an_address() -> None:
    with pytest.raises(InvalidValue):
        open_registry(None, key=A_KEY, base_url="wallet.example", name="The registry", at=MOMENT)


def test_a_key_is_used_once() -> None:
    with pytest.raises(AlreadyPublished):
        publish_key(a_registry(), key=A_KEY, at=MOMENT)


def test_a_registry_begins_with_its_opening() -> None:
    with pytest.raises(NotFound):
        fold([])
    with pytest.raises(BrokenHistory):
        fold([an_award()])
    with pytest.raises(BrokenHistory):
        fold([an_opening(), an_opening()])
