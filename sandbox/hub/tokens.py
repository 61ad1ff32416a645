"""Access tokens: made at run time, handed out once, remembered as a hash."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import string
from typing import TYPE_CHECKING

from sandbox.hub.model import Scope, Token, TokenRole, now
from sandbox.hub.seed import ADMIN, READER

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.hub.model import State

ADMIN_FILE = "token"
READER_FILE = "token-read"

_LENGTH = 34
_FORM = re.compile(r"hf_[A-Za-z0-9]{34,40}")


def mint(
    state: State,
    user: str,
    role: TokenRole,
    *,
    display_name: str,
    scopes: tuple[Scope, ...] = (),
    can_read_gated: bool = False,
) -> str:
    """Make a token for an account and return its value, which nobody can read again later."""
    letters = string.ascii_letters + string.digits
    value = "hf_" + "".join(secrets.choice(letters) for _ in range(_LENGTH))
    _register(
        state,
        value,
        Token(
            digest=_digest(value),
            user=user,
            role=role,
            display_name=display_name,
            created_at=now(),
            scopes=scopes,
            can_read_gated=can_read_gated,
        ),
    )
    return value


def provide(state: State, directory: Path) -> None:
    """See to the two token files, each readable by their owner only, and to their tokens.

    A value in a file outlives the state: where the state is seeded again, the tokens that others
    have copied meanwhile stay good.
    """
    _provide(state, directory / ADMIN_FILE, ADMIN, "write")
    _provide(state, directory / READER_FILE, READER, "read")


def _provide(state: State, path: Path, user: str, role: TokenRole) -> None:
    name = f"sandbox-{user}-{role}"
    try:
        value = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        value = ""
    if _FORM.fullmatch(value) is None:
        _write(path, mint(state, user, role, display_name=name))
        return
    path.chmod(0o600)
    token = Token(digest=_digest(value), user=user, role=role, display_name=name, created_at=now())
    _register(state, value, token)


def _register(state: State, value: str, token: Token) -> None:
    state.tokens.setdefault(_digest(value), token)


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


def _write(path: Path, value: str) -> None:
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(value)
    draft.replace(path)
