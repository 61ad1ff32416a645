"""The organization that a fresh local Hub starts with, read from `seed.yaml`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from sandbox.hub.model import (
    Account,
    Gate,
    Group,
    GroupRole,
    Membership,
    Organization,
    Plan,
    Repository,
    RepositoryType,
    Role,
    State,
    Visibility,
    object_id,
)

ADMIN = "ainativestudio"
"""Whose token the sandbox works with."""

READER = "karamu-reviews"
"""A member with the role read, whose token shows what a mere reader may do."""

_FILE = Path(__file__).with_name("seed.yaml")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Person(_Part):
    username: str
    two_factor: bool = True
    email_verified: bool = True
    pro: bool = False
    joined: date


class _Member(_Person):
    role: Role


class _Repository(_Part):
    name: str
    visibility: Visibility = "private"
    gated: Gate = False
    group: str | None = None
    sdk: str | None = None
    by: str
    created: date
    updated: date
    megabytes: int = 0
    files: int = 0


class _Group(_Part):
    name: str
    description: str
    members: dict[str, GroupRole]


class _Organization(_Part):
    name: str
    fullname: str
    plan: Plan
    default_visibility: Literal["public", "private"]


class _Seed(_Part):
    organization: _Organization
    members: list[_Member]
    strangers: list[_Person]
    groups: list[_Group]
    repositories: dict[RepositoryType, list[_Repository]] = Field(default_factory=dict)


def load() -> State:
    """The seed as a state, without tokens: those are made when the Hub first starts."""
    seed = _Seed.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    organization = Organization(**seed.organization.model_dump())
    for member in seed.members:
        organization.members[member.username] = Membership(role=member.role, since=_moment(member.joined))
    for group in seed.groups:
        identity = object_id("group", organization.name, group.name)
        organization.groups[identity] = Group(
            id=identity, name=group.name, description=group.description, members=group.members
        )
    people = [_account(person) for person in (*seed.members, *seed.strangers)]
    found = [
        _repository(organization, type_, entry)
        for type_, entries in seed.repositories.items()
        for entry in entries
    ]
    return State(
        accounts={account.name: account for account in people},
        organizations={organization.name: organization},
        repositories={repository.key: repository for repository in found},
    )


def _account(person: _Person) -> Account:
    return Account(
        name=person.username,
        fullname=person.username.replace("-", " ").title(),
        email=f"{person.username}@kwanzaa.example",
        email_verified=person.email_verified,
        two_factor=person.two_factor,
        pro=person.pro,
        created_at=_moment(person.joined),
    )


def _repository(organization: Organization, type_: RepositoryType, entry: _Repository) -> Repository:
    group = None if entry.group is None else object_id("group", organization.name, entry.group)
    if group is not None and group not in organization.groups:
        raise ValueError(f"{entry.name} is in the unknown resource group {entry.group}")
    if entry.by not in organization.members:
        raise ValueError(f"{entry.name} was made by {entry.by}, who is no member")
    return Repository(
        type=type_,
        namespace=organization.name,
        name=entry.name,
        visibility=entry.visibility,
        gated=entry.gated,
        group=group,
        sdk=entry.sdk,
        created_by=entry.by,
        created_at=_moment(entry.created),
        updated_at=_moment(entry.updated),
        storage=entry.megabytes * 1_000_000,
        files=entry.files,
    )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(9), UTC)
