"""Tokens and the files they are handed out in."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from sandbox.hub import seed, tokens

if TYPE_CHECKING:
    from pathlib import Path


def test_value_has_the_hubs_form_and_is_not_kept() -> None:
    """The value is one of the checklist's form; the state holds no part of it, only a hash."""
    state = seed.load()
    value = tokens.mint(state, seed.ADMIN, "write", display_name="test")
    assert re.fullmatch(r"hf_[a-zA-Z0-9]{34,40}", value)
    assert value[3:15] not in state.model_dump_json()
    assert len(state.tokens) == 1


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Both token files have mode 0600, also where somebody had opened one."""
    tokens.provide(seed.load(), tmp_path)
    (tmp_path / "token").chmod(0o644)
    tokens.provide(seed.load(), tmp_path)
    modes = {stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("token", "token-read")}
    assert modes == {0o600}


def test_value_in_a_file_outlives_the_state(tmp_path: Path) -> None:
    """A new state takes over the values that others have copied; a broken file gets a new one."""
    first, second = seed.load(), seed.load()
    tokens.provide(first, tmp_path)
    value = (tmp_path / "token").read_text()
    (tmp_path / "token-read").write_text("not a token")
    tokens.provide(second, tmp_path)
    assert (tmp_path / "token").read_text() == value
    assert (tmp_path / "token-read").read_text().startswith("hf_")
    assert len(set(first.tokens) & set(second.tokens)) == 1
    assert {token.user for token in second.tokens.values()} == {seed.ADMIN, seed.READER}
