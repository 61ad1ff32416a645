"""The state on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.hub import saving, seed

if TYPE_CHECKING:
    from pathlib import Path


def test_state_comes_back_as_it_was(tmp_path: Path) -> None:
    """What was saved is loaded, and no draft is left."""
    state = seed.load()
    saving.save(state, tmp_path)
    assert saving.load(tmp_path) == state
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_no_state_is_none(tmp_path: Path) -> None:
    """An empty directory has no state."""
    assert saving.load(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", '{"version": 2}', "[]", '{"accounts": 1}'])
def test_unreadable_state_is_put_aside(tmp_path: Path, content: str) -> None:
    """A file of another form counts as none, and is kept for whoever wants to look."""
    (tmp_path / "state.json").write_text(content)
    assert saving.load(tmp_path) is None
    assert (tmp_path / "state.unreadable").read_text() == content
