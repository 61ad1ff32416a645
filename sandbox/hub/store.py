"""The records in memory, with the few indexes that keep a request from reading all of them."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from sandbox.hub.errors import invalid
from sandbox.hub.model import Organization, Repository, State, Token, repository_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RepositorySort = Literal["storage", "updatedAt", "id"]
Key = tuple[str | int, ...]
T = TypeVar("T")


class View(Generic[T]):
    """Items in the order of their keys, to be read onwards from any key."""

    def __init__(self, items: list[T], key: Callable[[T], Key]) -> None:
        pairs = sorted(((key(item), item) for item in items), key=lambda pair: pair[0])
        self._keys = [key for key, _ in pairs]
        self._items = [item for _, item in pairs]

    def after(self, cursor: Key | None, *, descending: bool = False) -> Iterator[tuple[Key, T]]:
        """The items behind the cursor, which need not be there any more; all without one.

        Raises:
            HubError: 400 for a cursor that belongs to another order.
        """
        if cursor is not None and self._keys and _kinds(cursor) != _kinds(self._keys[0]):
            raise invalid("cursor belongs to another listing")
        if descending:
            start = len(self._keys) if cursor is None else bisect.bisect_left(self._keys, cursor)
            indexes = range(start - 1, -1, -1)
        else:
            start = 0 if cursor is None else bisect.bisect_right(self._keys, cursor)
            indexes = range(start, len(self._keys))
        for index in indexes:
            yield self._keys[index], self._items[index]


class Store:
    """The state and its indexes. Whoever changes a record calls `changed`; routers do, nobody else."""

    def __init__(self, state: State, on_change: Callable[[], None] = lambda: None) -> None:
        self.on_change = on_change
        self.replace(state)

    def replace(self, state: State) -> None:
        """Take another state as a whole: at the start, or when the seed is wanted again."""
        self.state = state
        self._by_namespace: dict[str, dict[str, Repository]] = {}
        for repository in state.repositories.values():
            self._shelf(repository.namespace)[repository.key] = repository
        self.changed()

    def changed(self) -> None:
        """Drop what was computed from the records, and have them saved."""
        self._repository_views: dict[tuple[str, RepositorySort], View[Repository]] = {}
        self._member_views: dict[str, View[str]] = {}
        self._storage: dict[str, int] = {}
        self.on_change()

    def organization(self, name: str) -> Organization | None:
        """The organization of that name, in any case."""
        found = self.state.organizations.get(name)
        if found is not None:
            return found
        for organization in self.state.organizations.values():
            if organization.name.lower() == name.lower():
                return organization
        return None

    def token(self, digest: str) -> Token | None:
        """The token with that SHA-256."""
        return self.state.tokens.get(digest)

    def repository(self, type_: str, namespace: str, name: str) -> Repository | None:
        """The repository, by the name it has now."""
        return self.state.repositories.get(repository_key(type_, namespace, name))

    def moved(self, type_: str, namespace: str, name: str) -> Repository | None:
        """The repository that had this name before it moved, however often it did."""
        key, seen = repository_key(type_, namespace, name), set[str]()
        while key in self.state.moved and key not in seen:
            seen.add(key)
            key = self.state.moved[key]
        return self.state.repositories.get(key) if seen else None

    def add(self, repository: Repository) -> None:
        """Put a repository in. It takes over a name that an earlier one moved away from."""
        self.state.moved.pop(repository.key, None)
        self.state.repositories[repository.key] = repository
        self._shelf(repository.namespace)[repository.key] = repository
        self.changed()

    def remove(self, repository: Repository) -> None:
        """Take a repository out."""
        del self.state.repositories[repository.key]
        del self._shelf(repository.namespace)[repository.key]
        self.changed()

    def move(self, repository: Repository, namespace: str, name: str) -> None:
        """Give a repository another name; the old one leads to it from now on."""
        self.remove(repository)
        old = repository.key
        repository.namespace, repository.name = namespace, name
        self.add(repository)
        if old != repository.key:
            self.state.moved[old] = repository.key

    def repositories(self, namespace: str, sort: RepositorySort) -> View[Repository]:
        """A namespace's repositories in an order. The view is kept until something changes."""
        wanted = (namespace.lower(), sort)
        if wanted not in self._repository_views:
            self._repository_views[wanted] = View(list(self._shelf(namespace).values()), _SORT_KEYS[sort])
        return self._repository_views[wanted]

    def members(self, organization: Organization) -> View[str]:
        """An organization's usernames in order."""
        if organization.name not in self._member_views:
            self._member_views[organization.name] = View(list(organization.members), lambda name: (name,))
        return self._member_views[organization.name]

    def storage(self, namespace: str) -> int:
        """The bytes that a namespace's repositories take together."""
        wanted = namespace.lower()
        if wanted not in self._storage:
            self._storage[wanted] = sum(r.storage for r in self._shelf(namespace).values())
        return self._storage[wanted]

    def _shelf(self, namespace: str) -> dict[str, Repository]:
        return self._by_namespace.setdefault(namespace.lower(), {})


def _kinds(key: Key) -> list[type]:
    return [type(part) for part in key]


def _by_storage(repository: Repository) -> Key:
    return (repository.storage, repository.key)


def _by_update(repository: Repository) -> Key:
    return (repository.updated_at.isoformat(), repository.key)


def _by_id(repository: Repository) -> Key:
    return (repository.id.lower(), repository.type)


_SORT_KEYS: dict[RepositorySort, Callable[[Repository], Key]] = {
    "storage": _by_storage,
    "updatedAt": _by_update,
    "id": _by_id,
}
