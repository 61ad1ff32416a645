"""Who calls: tokens, made at run time, and what their owners may do.

Two files lie in the state directory, readable by their owner only: `token` belongs to an owner of the
organization, `reader-token` to a plain member, for showing what GitHub hides from people without
administration rights. They outlive the rest of the state, so that a shell that holds one keeps working.
"""

from __future__ import annotations

import os
import secrets
import string
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.github.model import Repository, State, User

_LETTERS = string.ascii_letters + string.digits
_PREFIX = "ghp_"
_LENGTH = 36

TOKEN_FILE = "token"  # noqa: S105  the name of a file, not a token
READER_FILE = "reader-token"

ADMIN_SCOPES = ("admin:org", "repo", "workflow")
READER_SCOPES = ("read:org", "repo")


@dataclass(frozen=True, slots=True)
class Caller:
    """The owner of a token, as far as that token goes.

    Attributes:
        user: whose token it is.
        scopes: the scopes of a classic personal access token.
    """

    user: User
    scopes: tuple[str, ...]

    @property
    def owns_organization(self) -> bool:
        """Whether the caller may administer the organization with this token."""
        return self.user.role == "admin" and "admin:org" in self.scopes

    def administers(self, _repository: Repository) -> bool:
        """Whether the caller may administer a repository; owners may administer every one."""
        return self.user.role == "admin" and "repo" in self.scopes

    def sees(self, state: State, repository: Repository) -> bool:
        """Whether the repository exists for the caller at all."""
        if not repository.private:
            return True
        member = self.user.role is not None
        base = state.organization.default_repository_permission
        return "repo" in self.scopes and member and (self.user.role == "admin" or base != "none")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that are known, with the login and the scopes of each."""

    known: dict[str, tuple[str, tuple[str, ...]]] = field(repr=False)

    @classmethod
    def open(cls, directory: Path, *, admin: str, reader: str) -> Tokens:
        """Read the two token files, or make them at the first start.

        Args:
            directory: the state directory; it exists.
            admin: the login behind `token`.
            reader: the login behind `reader-token`.
        """
        return cls(
            {
                _kept(directory / TOKEN_FILE): (admin, ADMIN_SCOPES),
                _kept(directory / READER_FILE): (reader, READER_SCOPES),
            }
        )

    def owner(self, authorization: str | None, state: State) -> Caller | None:
        """Whose token an Authorization header carries, None where it carries none that is known."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() not in {"token", "bearer"}:
            return None
        given = token.strip().encode()
        for known, (login, scopes) in self.known.items():
            if secrets.compare_digest(known.encode(), given):
                user = state.user(login)
                return None if user is None else Caller(user, scopes)
        return None


def _kept(file: Path) -> str:
    if file.is_file() and (token := file.read_text().strip()):
        return token
    token = _PREFIX + "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(token)
    draft.replace(file)
    return token
