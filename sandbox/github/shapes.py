"""How GitHub shows the things that appear inside many answers."""

from __future__ import annotations

import json
import struct
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

from sandbox.github.model import Organization, Repository, State, Team, User
from sandbox.github.tokens import Caller

_LINKS: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("links.json").read_text())
"""The URI templates of an account and of a repository, below their own address."""
_LARGEST_SHORT = 2**32


def node_id(prefix: str, *numbers: int) -> str:
    """The global id of a thing, as GitHub makes them since 2021: a prefix and a small MessagePack list.

    Args:
        prefix: the kind, as R for repositories.
        numbers: the thing's number, after those of what it belongs to.
    """
    packed = bytes([0x90 + len(numbers) + 1, 0])
    for number in numbers:
        short = number < _LARGEST_SHORT
        packed += struct.pack(">BI", 0xCE, number) if short else struct.pack(">BQ", 0xCF, number)
    return f"{prefix}_{urlsafe_b64encode(packed).decode().rstrip('=')}"


def account(login: str, number: int, host: str, *, kind: str) -> dict[str, Any]:
    """A user or an organization in the short form that stands for it everywhere."""
    url = f"{host}/api/v3/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id("O" if kind == "Organization" else "U", number),
        "avatar_url": f"{host}/avatars/u/{number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{host}/{login}",
        **_below(url, "account"),
        "type": kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def user(person: User, host: str) -> dict[str, Any]:
    """A person in the short form."""
    return account(person.login, person.id, host, kind="User")


def team(one: Team, owner: Organization, host: str) -> dict[str, Any]:
    """A team."""
    url = f"{host}/api/v3/organizations/{owner.id}/team/{one.id}"
    return {
        "id": one.id,
        "node_id": node_id("T", one.id),
        "name": one.name,
        "slug": one.slug,
        "description": one.description,
        "privacy": one.privacy,
        "notification_setting": "notifications_enabled",
        "type": "organization",
        "organization_id": owner.id,
        "permission": "pull",
        "url": url,
        "html_url": f"{host}/orgs/{owner.login}/teams/{one.slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "parent": None,
    }


def organization_simple(owner: Organization, host: str) -> dict[str, Any]:
    """An organization in its short form."""
    url = f"{host}/api/v3/orgs/{owner.login}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": node_id("O", owner.id),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{host}/avatars/u/{owner.id}?v=4",
        "description": owner.description,
    }


def repository(one: Repository, state: State, caller: Caller, host: str) -> dict[str, Any]:
    """A repository as lists show it.

    Args:
        one: the repository.
        state: everything, for its owner.
        caller: who asks; the answer names their rights.
        host: scheme, host and port that the caller used.
    """
    owner = state.organization.login
    url = f"{host}/api/v3/repos/{owner}/{one.name}"
    html = f"{host}/{owner}/{one.name}"
    domain = host.partition("://")[2]
    administers = caller.administers(one)
    return {
        "id": one.id,
        "node_id": node_id("R", one.id),
        "name": one.name,
        "full_name": f"{owner}/{one.name}",
        "private": one.private,
        "owner": account(owner, state.organization.id, host, kind="Organization"),
        "html_url": html,
        "description": one.description,
        "fork": False,
        "url": url,
        **_below(url, "repository"),
        "git_url": f"git://{domain}/{owner}/{one.name}.git",
        "ssh_url": f"git@{domain}:{owner}/{one.name}.git",
        "clone_url": f"{html}.git",
        "svn_url": html,
        "mirror_url": None,
        "homepage": None,
        "language": "Python",
        "license": None,
        "size": 1180,
        "default_branch": one.default_branch,
        "visibility": one.visibility,
        "archived": one.archived,
        "disabled": False,
        "is_template": False,
        "topics": one.topics,
        "has_issues": True,
        "has_projects": True,
        "has_downloads": True,
        "has_wiki": False,
        "has_pages": False,
        "has_discussions": False,
        "allow_forking": False,
        "web_commit_signoff_required": False,
        **dict.fromkeys(("forks", "forks_count", "open_issues", "open_issues_count", "stargazers_count"), 0),
        **dict.fromkeys(("watchers", "watchers_count"), 0),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "pushed_at": one.updated_at,
        "permissions": {
            "admin": administers,
            "maintain": administers,
            "push": administers,
            "triage": administers,
            "pull": True,
        },
    }


def _below(url: str, kind: str) -> dict[str, str]:
    return {name: f"{url}/{template}" for name, template in _LINKS[kind].items()}
