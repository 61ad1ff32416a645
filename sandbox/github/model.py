"""What the local GitHub remembers, as it is kept on disk.

Times are ISO 8601 in UTC with a final Z, to the second, as GitHub writes them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from sandbox.github.boxes import KeyPair

_FORM = "%Y-%m-%dT%H:%M:%SZ"


def now() -> str:
    """The present moment in GitHub's form."""
    return datetime.now(UTC).strftime(_FORM)


def later(than: str) -> str:
    """The present moment, but at least one second after another.

    GitHub shows whole seconds, and drift of a secret is seen by its time alone: two writes within one
    second would look like one.
    """
    earliest = datetime.strptime(than, _FORM).replace(tzinfo=UTC) + timedelta(seconds=1)
    return max(datetime.now(UTC), earliest).strftime(_FORM)


class Kept(BaseModel):
    """Base of everything that is kept; what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class User(Kept):
    """A person; `role` is the one in the organization, None for people outside it."""

    id: int
    login: str
    name: str | None = None
    role: Literal["admin", "member"] | None = None
    two_factor: bool = True
    created_at: str


class Team(Kept):
    """A team of the organization and its people, by login."""

    id: int
    name: str
    slug: str
    description: str | None = None
    privacy: Literal["closed", "secret"] = "closed"
    members: list[str] = []


class Secret(Kept):
    """A sealed secret: its box, never its value.

    `visibility` and `repositories` are set for secrets of the organization only.
    """

    name: str
    key_id: str
    sealed: str
    created_at: str
    updated_at: str
    visibility: Literal["all", "private", "selected"] | None = None
    repositories: list[int] = []


class Vault(Kept):
    """The secrets of one place, and the key pair whose public half seals them."""

    key: KeyPair
    secrets: dict[str, Secret] = {}

    @classmethod
    def new(cls) -> Vault:
        """An empty vault with a key of its own."""
        return cls(key=KeyPair.new())


class BranchPolicy(Kept):
    """A name pattern that branches or tags must match to deploy."""

    id: int
    name: str
    type: Literal["branch", "tag"]


class Reviewer(Kept):
    """Who may approve a deployment, by number."""

    type: Literal["User", "Team"]
    id: int


class Environment(Kept):
    """A deployment environment; `rules` holds the numbers of its protection rules by their type."""

    id: int
    name: str
    created_at: str
    updated_at: str
    wait_timer: int = 0
    reviewers: list[Reviewer] = []
    prevent_self_review: bool = False
    can_admins_bypass: bool = True
    deploys_from: Literal["anywhere", "protected", "custom"] = "anywhere"
    rules: dict[str, int] = {}
    policies: list[BranchPolicy] = []
    vault: Vault


class Ruleset(Kept):
    """A ruleset; conditions, rules and bypass actors are kept in GitHub's own shape."""

    id: int
    name: str
    target: str
    enforcement: str
    bypass_actors: list[dict[str, Any]]
    conditions: dict[str, Any] | None
    rules: list[dict[str, Any]]
    created_at: str
    updated_at: str


class Repository(Kept):
    """A repository of the organization."""

    id: int
    name: str
    description: str | None = None
    visibility: Literal["public", "private"]
    default_branch: str = "main"
    archived: bool = False
    topics: list[str] = []
    created_at: str
    updated_at: str
    environments: dict[str, Environment] = {}
    rulesets: dict[int, Ruleset] = {}
    vault: Vault

    @property
    def private(self) -> bool:
        """Whether outsiders cannot see it."""
        return self.visibility == "private"


class Organization(Kept):
    """The organization itself."""

    id: int
    login: str
    name: str
    description: str | None = None
    plan: Literal["free", "team", "enterprise"]
    default_repository_permission: Literal["none", "read", "write", "admin"] = "read"
    two_factor_required: bool = False
    created_at: str
    updated_at: str
    teams: list[Team] = []
    rulesets: dict[int, Ruleset] = {}
    vault: Vault


class State(Kept):
    """Everything; `last` holds the number last given out in each family."""

    organization: Organization
    users: list[User]
    repositories: list[Repository]
    last: dict[str, int]

    def number(self, family: str) -> int:
        """A number that was never given out in this family."""
        self.last[family] += 1
        return self.last[family]

    def user(self, login: str) -> User | None:
        """A user by login, in any case of letters, as GitHub compares them."""
        return next((u for u in self.users if u.login.lower() == login.lower()), None)
