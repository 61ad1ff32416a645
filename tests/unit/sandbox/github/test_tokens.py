"""Tokens and what their owners may do."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from sandbox.github.model import State
from sandbox.github.seed import ADMIN, READER, seed
from sandbox.github.tokens import READER_SCOPES, Caller, Tokens


@pytest.fixture(name="state")
def _state() -> State:
    return seed()


def opened(directory: Path) -> Tokens:
    """The tokens of a state directory."""
    return Tokens.open(directory, admin=ADMIN, reader=READER)


def caller(state: State, login: str, scopes: tuple[str, ...] = READER_SCOPES) -> Caller:
    """A caller by login."""
    user = state.user(login)
    assert user is not None
    return Caller(user, scopes)


def test_token_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """Both files have mode 0600 and hold something of a token's shape; they differ."""
    opened(tmp_path)
    files = [tmp_path / "token", tmp_path / "reader-token"]
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600, 0o600]
    assert all(re.fullmatch(r"[a-z]{3}_[A-Za-z0-9]{36}", file.read_text()) for file in files)
    assert files[0].read_text() != files[1].read_text()


def test_tokens_stay_the_same(tmp_path: Path) -> None:
    """A second start reads what the first one made."""
    assert opened(tmp_path).known == opened(tmp_path).known


def test_tokens_are_not_printed(tmp_path: Path) -> None:
    """The object does not show its tokens."""
    shown = repr(opened(tmp_path))
    assert (tmp_path / "token").read_text() not in shown


@pytest.mark.parametrize("scheme", ["Bearer", "token", "BEARER"])
def test_both_schemes_are_understood(scheme: str, tmp_path: Path, state: State) -> None:
    """GitHub takes `token` and `Bearer` alike."""
    tokens = opened(tmp_path)
    found = tokens.owner(f"{scheme} {(tmp_path / 'token').read_text()}", state)
    assert found is not None
    assert found.user.login == ADMIN


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic abc", "Bearer \u2603"])
def test_strangers_are_nobody(header: str | None, tmp_path: Path, state: State) -> None:
    """No token, an unknown one and another scheme belong to nobody."""
    assert opened(tmp_path).owner(header, state) is None


def test_owner_needs_the_scope_too(state: State) -> None:
    """An owner's token without admin:org does not administer the organization."""
    assert caller(state, ADMIN, ("admin:org", "repo")).owns_organization
    assert not caller(state, ADMIN, ("repo",)).owns_organization


def test_member_reads_private_repositories_without_administering(state: State) -> None:
    """The base permission lets members see them; it does not let them change settings."""
    member, private = caller(state, READER), state.repositories[0]
    assert member.sees(state, private)
    assert not member.administers(private)


def test_outsiders_see_public_repositories_only(state: State) -> None:
    """Somebody outside the organization sees what is public."""
    visitor = caller(state, "passing-visitor")
    assert {r.name for r in state.repositories if visitor.sees(state, r)} == {"kwanzaa-docs"}


def test_base_permission_none_hides_private_repositories(state: State) -> None:
    """Members see nothing private where the organization's base permission is none."""
    state.organization.default_repository_permission = "none"
    assert not caller(state, READER).sees(state, state.repositories[0])
    assert caller(state, ADMIN).sees(state, state.repositories[0])
