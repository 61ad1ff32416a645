"""GitHub's end of a sealed secret: the environment that may open the box."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from githubkit.exception import RequestError, RequestFailed

from hubguard.github.client import GitHubError, NotThere, client, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from githubkit_schemas.v2026_03_10.models import ActionsPublicKey

T = TypeVar("T")


class Environment:
    """One environment of a GitHub repository, as far as its secrets go.

    Args:
        owner: organization or user.
        repository: the repository's name.
        name: the environment's name.
        committed_url: as `hubguard.github.client.client` takes it.
    """

    def __init__(self, owner: str, repository: str, name: str, committed_url: str | None) -> None:
        self._repository = (owner, repository)
        self._where = (owner, repository, quote(name, safe=""))
        self._label = f"{owner}/{repository}, environment {name}"
        self._client = client(committed_url)  # its namespaces hold it by a weak reference only
        self._actions = self._client.rest.actions

    def public_key(self) -> ActionsPublicKey:
        """The key that secrets of this environment are sealed for, with its id."""
        return self._ask(
            "show the public key",
            lambda: self._actions.get_environment_public_key(*self._where).parsed_data,
        )

    def put_secret(self, name: str, box: str, key_id: str) -> None:
        """Store a sealed value under a name, replacing the one before."""
        self._ask(
            f"store {name}",
            lambda: self._actions.create_or_update_environment_secret(
                *self._where, name, encrypted_value=box, key_id=key_id
            ),
        )

    def secret_updated_at(self, name: str) -> str | None:
        """When the secret was last written (ISO 8601), None where it does not exist."""
        try:
            found = self._ask(
                f"show {name}",
                lambda: self._actions.get_environment_secret(*self._where, name).parsed_data,
            )
        except NotThere:
            self._require_admin()
            return None
        return found.updated_at.isoformat()

    def remove_secret(self, name: str) -> None:
        """Delete a secret; one that does not exist is fine."""
        try:
            self._ask(
                f"delete {name}",
                lambda: self._actions.delete_environment_secret(*self._where, name),
            )
        except NotThere:
            self._require_admin()

    def _require_admin(self) -> None:
        """Prove that a 404 means not there: who may administer the repository would be shown it."""
        found = self._ask(
            "show the repository", lambda: self._client.rest.repos.get(*self._repository).parsed_data
        )
        if not (found.permissions and found.permissions.admin):
            raise GitHubError(
                f"GITHUB_TOKEN may not administer {'/'.join(self._repository)}",
                means="What it is not shown may exist all the same, so nothing was concluded",
                next_step="Use a token with administration rights on the repository",
            )

    def _ask(self, what: str, call: Callable[[], T]) -> T:
        what = f"{what} of {self._label}"
        try:
            return call()
        except RequestFailed as error:
            raise refused(error, what) from None
        except RequestError as error:
            raise GitHubError(
                f"GitHub did not answer when asked to {what}: {type(error).__name__}",
                next_step="Check the network and run the same command again: nothing is lost",
            ) from None
