"""What the local Hub remembers. The saved state is this, as JSON.

Nothing here is the wire format: the routers render answers from these records.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Role = Literal["no_access", "read", "contributor", "write", "admin"]
GroupRole = Literal["read", "contributor", "write", "admin"]
Plan = Literal["free", "team", "enterprise", "plus"]
RepositoryType = Literal["model", "dataset", "space", "kernel", "bucket"]
Visibility = Literal["public", "private", "protected"]
Gate = Literal["auto", "manual", False]
TokenRole = Literal["read", "write", "fineGrained"]


class Record(BaseModel):
    """Base of all records: closed, and checked when a field is set."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)


class Account(Record):
    """A person's account."""

    name: str
    fullname: str
    email: str
    email_verified: bool = True
    two_factor: bool = True
    pro: bool = False
    created_at: datetime


class Membership(Record):
    """An account's place in an organization."""

    role: Role
    since: datetime


class Invitation(Record):
    """Somebody who was asked to join and has not answered: a username or an e-mail, never both."""

    username: str | None = None
    email: str | None = None
    role: Role
    invited_by: str
    at: datetime


class Group(Record):
    """A resource group: its members reach its repositories with the role they have in it."""

    id: str
    name: str
    description: str | None = None
    auto_join: bool = False
    members: dict[str, GroupRole] = Field(default_factory=dict)


class Organization(Record):
    """An organization. `default_visibility` is what a repository gets that names none."""

    name: str
    fullname: str
    plan: Plan
    default_visibility: Literal["public", "private"] = "public"
    members: dict[str, Membership] = Field(default_factory=dict)
    invitations: list[Invitation] = Field(default_factory=list)
    groups: dict[str, Group] = Field(default_factory=dict)

    def groups_of(self, username: str) -> list[Group]:
        """The resource groups that the member belongs to."""
        return [group for group in self.groups.values() if username in group.members]


class Repository(Record):
    """A repository of any type. `storage` is in bytes; `group` is a resource group's id."""

    type: RepositoryType
    namespace: str
    name: str
    visibility: Visibility
    gated: Gate = False
    org_members_gated: bool = False
    gated_notifications_email: str | None = None
    gated_notifications_mode: str | None = None
    discussions_disabled: bool = False
    discussions_sorting: str | None = None
    group: str | None = None
    sdk: str | None = None
    region: str | None = None
    created_by: str
    created_at: datetime
    updated_at: datetime
    storage: Annotated[int, Field(ge=0)] = 0
    files: Annotated[int, Field(ge=0)] = 0

    @property
    def id(self) -> str:
        """`namespace/name`, as the Hub's answers name it."""
        return f"{self.namespace}/{self.name}"

    @property
    def key(self) -> str:
        """The one key in the store: a model and a dataset may share an id."""
        return repository_key(self.type, self.namespace, self.name)


class Scope(Record):
    """What a fine-grained token may do to one thing, say the organization or one repository."""

    entity_type: str
    entity_name: str
    permissions: frozenset[str]


class Token(Record):
    """An access token. The value is not kept: only its SHA-256, to recognise it again."""

    digest: str
    user: str
    role: TokenRole
    display_name: str
    created_at: datetime
    can_read_gated: bool = False
    scopes: tuple[Scope, ...] = ()


class State(Record):
    """Everything that outlives a restart. `moved` maps the key a repository had to its key now."""

    version: Literal[1] = 1
    accounts: dict[str, Account] = Field(default_factory=dict)
    organizations: dict[str, Organization] = Field(default_factory=dict)
    repositories: dict[str, Repository] = Field(default_factory=dict)
    tokens: dict[str, Token] = Field(default_factory=dict)
    moved: dict[str, str] = Field(default_factory=dict)


def repository_key(type_: str, namespace: str, name: str) -> str:
    """The key of a repository. Case is ignored: the Hub has no two names that differ in case alone."""
    return f"{type_}/{namespace}/{name}".lower()


def object_id(*parts: str) -> str:
    """An id of the Hub's form, 24 hex digits; the same for the same thing in every run."""
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]


def now() -> datetime:
    """The current time, in UTC."""
    return datetime.now(UTC)


def timestamp(moment: datetime) -> str:
    """A time as the Hub writes it: UTC, milliseconds, `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
