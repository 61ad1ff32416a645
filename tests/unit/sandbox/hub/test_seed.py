"""The organization that a fresh local Hub starts with."""

from __future__ import annotations

from collections import Counter

from sandbox.hub import seed
from sandbox.hub.model import State

STATE = seed.load()
ORGANIZATION = STATE.organizations["kwanzaa-project"]


def test_members_are_in_all_roles() -> None:
    """21 members in all five roles, two of them admins, the sandbox's caller one of these."""
    roles = Counter(member.role for member in ORGANIZATION.members.values())
    assert roles == {"admin": 2, "write": 6, "contributor": 2, "read": 9, "no_access": 2}
    assert ORGANIZATION.members[seed.ADMIN].role == "admin"
    assert ORGANIZATION.members[seed.READER].role == "read"
    assert ORGANIZATION.plan == "team"


def test_some_members_need_attention() -> None:
    """Some lack 2FA, one has not verified the e-mail; the caller and the other admin are in order."""
    members = [STATE.accounts[name] for name in ORGANIZATION.members]
    assert sum(not each.two_factor for each in members) == 4
    assert [each.name for each in members if not each.email_verified] == ["nyota-education"]
    admins = [n for n, member in ORGANIZATION.members.items() if member.role == "admin"]
    assert all(STATE.accounts[name].two_factor for name in admins)


def test_exactly_two_repositories_are_open() -> None:
    """Of 41 repositories of all types, one model and one dataset are public, nothing is protected."""
    types = Counter(repository.type for repository in STATE.repositories.values())
    assert types == {"model": 16, "dataset": 14, "space": 6, "bucket": 4, "kernel": 1}
    opened = {r.id: r.type for r in STATE.repositories.values() if r.visibility != "private"}
    assert opened == {
        "kwanzaa-project/griot-8b-adapter-preview": "model",
        "kwanzaa-project/oral-history-interviews-raw": "dataset",
    }


def test_groups_hold_members_and_repositories() -> None:
    """Each resource group has members of the organization and at least one repository."""
    used = {repository.group for repository in STATE.repositories.values()} - {None}
    assert used == set(ORGANIZATION.groups)
    for group in ORGANIZATION.groups.values():
        assert set(group.members) <= set(ORGANIZATION.members)


def test_seed_is_the_same_each_time_and_survives_saving() -> None:
    """Two loads are equal, ids included, and so is what comes back from JSON."""
    assert seed.load() == STATE
    assert State.model_validate_json(STATE.model_dump_json()) == STATE
