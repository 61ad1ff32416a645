"""Records and their order."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.hub import seed
from sandbox.hub.store import Store, View

if TYPE_CHECKING:
    from sandbox.hub.model import Repository
    from sandbox.hub.store import Key

KEYS = st.lists(st.tuples(st.integers(0, 5), st.text(max_size=2)), unique=True, max_size=30)


@pytest.fixture
def store() -> Store:
    """A store with the seed."""
    return Store(seed.load())


def found(store: Store, name: str) -> Repository:
    """One repository of the seed, a model."""
    repository = store.repository("model", "kwanzaa-project", name)
    assert repository is not None
    return repository


@given(keys=KEYS, limit=st.integers(1, 9), descending=st.booleans())
def test_pages_hold_every_item_once(keys: list[Key], limit: int, *, descending: bool) -> None:
    """Reading on from the last key sent gives each item once and in order, whatever the page size."""
    view = View(keys, lambda key: key)
    read: list[Key] = []
    cursor: Key | None = None
    while True:
        page = list(islice(view.after(cursor, descending=descending), limit))
        if not page:
            break
        read += [item for _, item in page]
        cursor = page[-1][0]
    assert read == sorted(keys, reverse=descending)


@given(keys=KEYS, gone=st.integers(0, 29), limit=st.integers(1, 9))
def test_vanished_item_hides_no_other(keys: list[Key], gone: int, limit: int) -> None:
    """An item that goes between two pages costs the reader no other item."""
    first = [item for _, item in islice(View(keys, lambda key: key).after(None), limit)]
    rest = [key for position, key in enumerate(sorted(keys)) if position != gone]
    cursor = first[-1] if first else None
    later = [item for _, item in View(rest, lambda key: key).after(cursor)]
    assert set(first) | set(later) >= set(rest)
    assert not set(first) & set(later)


def test_name_is_found_in_any_case(store: Store) -> None:
    """Names that differ in case alone are one name."""
    assert store.repository("model", "Kwanzaa-Project", "GRIOT-8b-base") is not None
    assert store.organization("KWANZAA-project") is not None


def test_old_name_leads_to_the_repository_through_every_move(store: Store) -> None:
    """After two renames each earlier name still leads to the repository."""
    repository = found(store, "griot-8b-base")
    store.move(repository, "kwanzaa-project", "griot-8b-second")
    store.move(repository, "kwanzaa-project", "griot-8b-third")
    assert store.moved("model", "kwanzaa-project", "griot-8b-base") is repository
    assert store.moved("model", "kwanzaa-project", "griot-8b-second") is repository
    assert store.repository("model", "kwanzaa-project", "griot-8b-base") is None


def test_rename_back_and_forth_ends(store: Store) -> None:
    """A repository that takes its first name again is found under it, and leads nowhere else."""
    repository = found(store, "griot-8b-base")
    store.move(repository, "kwanzaa-project", "other")
    store.move(repository, "kwanzaa-project", "griot-8b-base")
    assert store.repository("model", "kwanzaa-project", "griot-8b-base") is repository
    assert store.moved("model", "kwanzaa-project", "other") is repository


def test_change_is_seen_in_the_next_view(store: Store) -> None:
    """A view that was kept is dropped when a record changes, and the change is told."""
    told: list[bool] = []
    store.on_change = lambda: told.append(True)
    before = len(list(store.repositories("kwanzaa-project", "id").after(None)))
    store.remove(found(store, "griot-8b-base"))
    after = len(list(store.repositories("kwanzaa-project", "id").after(None)))
    assert (before, after, told) == (41, 40, [True])
