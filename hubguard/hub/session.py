"""What one operation of the engine reads once, and how it makes its changes.

The provider process lives as long as the operation, and the engine calls it from several threads.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from hubguard.hub import members
from hubguard.hub.client import HubClient, Member, Repository
from hubguard.hub.errors import HubError


class Session:
    """One operation on the Hub.

    Attributes:
        client: calls with the token from the environment.
    """

    def __init__(self) -> None:
        self.client = HubClient.from_environment()
        self._lock = threading.RLock()
        self._caller: str | None = None
        self._members: dict[str, list[Member]] = {}
        self._repositories: dict[str, list[Repository]] = {}

    def caller(self) -> str:
        """Who the token belongs to."""
        with self._lock:
            self._caller = self._caller or self.client.whoami().name
            return self._caller

    def members(self, organization: str) -> list[Member]:
        """The whole membership, as an admin sees it.

        Raises:
            CannotTell: the caller is not an admin there.
        """
        with self._lock:
            if organization not in self._members:
                live = self.client.members(organization)
                members.require_admin(live, self.caller())
                self._members[organization] = live
            return self._members[organization]

    def repositories(self, organization: str) -> list[Repository]:
        """All repositories, as an admin sees them.

        Raises:
            CannotTell: the caller is not an admin there.
        """
        with self._lock:
            self.members(organization)
            if organization not in self._repositories:
                self._repositories[organization] = self.client.repositories(organization)
            return self._repositories[organization]

    def changed(self, organization: str) -> None:
        """Forget what was read, since it is changed now."""
        with self._lock:
            self._members.pop(organization, None)
            self._repositories.pop(organization, None)


@functools.cache
def current() -> Session:
    """The session of this process."""
    return Session()


@contextlib.contextmanager
def all_of(session: Session, organization: str) -> Iterator[Callable[[str], AbstractContextManager[None]]]:
    """Try everything, then fail with all that failed: one refusal does not leave the rest undone."""
    failed: list[str] = []
    done: list[str] = []

    @contextlib.contextmanager
    def attempt(what: str) -> Iterator[None]:
        try:
            yield
        except HubError as error:
            failed.append(f"{what}: {error}")
        else:
            done.append(what)

    try:
        yield attempt
    finally:
        session.changed(organization)
    if failed:
        raise HubError(
            f"{len(failed)} of {len(failed) + len(done)} changes failed: {'; '.join(failed)}",
            means=f"Done: {', '.join(done) or 'nothing'}",
            next_step="Mend that and run the same command again: it does only what is missing",
        )
