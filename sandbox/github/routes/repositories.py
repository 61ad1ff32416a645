"""Repositories, as they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.github import shapes
from sandbox.github.http import Answer, Call, Route
from sandbox.github.model import Repository

_SORTS: dict[str, Callable[[Repository], str]] = {
    "created": lambda r: r.created_at,
    "updated": lambda r: r.updated_at,
    "pushed": lambda r: r.updated_at,
    "full_name": lambda r: r.name.lower(),
}
_KINDS: dict[str, Callable[[Repository], bool]] = {
    "all": lambda _: True,
    "public": lambda r: not r.private,
    "private": lambda r: r.private,
    "sources": lambda _: True,
    "member": lambda _: True,
    "forks": lambda _: False,
}


def _get(call: Call) -> Answer:
    repository = call.repository
    more: dict[str, Any] = {
        "temp_clone_token": None,
        "organization": shapes.account(
            call.state.organization.login, call.state.organization.id, call.host, kind="Organization"
        ),
        "network_count": 0,
        "subscribers_count": 0,
    }
    if call.caller.administers(repository):
        more |= {
            "allow_squash_merge": True,
            "allow_merge_commit": True,
            "allow_rebase_merge": True,
            "allow_auto_merge": False,
            "allow_update_branch": False,
            "delete_branch_on_merge": False,
            "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
            "squash_merge_commit_message": "COMMIT_MESSAGES",
            "merge_commit_title": "MERGE_MESSAGE",
            "merge_commit_message": "PR_TITLE",
        }
    return Answer(body={**_listed(call, repository), **more})


def _list(call: Call) -> Answer:
    call.organization  # noqa: B018  404 where the path names another one
    kind = _KINDS.get(call.query.get("type", "all"), _KINDS["all"])
    sort = call.query.get("sort", "created")
    backwards = call.query.get("direction", "asc" if sort == "full_name" else "desc") == "desc"
    seen = [r for r in call.state.repositories if call.caller.sees(call.state, r) and kind(r)]
    seen.sort(key=_SORTS.get(sort, _SORTS["created"]), reverse=backwards)
    return call.page(seen, lambda one: _listed(call, one))


def _listed(call: Call, one: Repository) -> dict[str, Any]:
    return shapes.repository(one, call.state, call.caller, call.host)


ROUTES = (
    Route("GET", "/orgs/{org}/repos", _list, "repos/repos#list-organization-repositories"),
    Route("GET", "/repos/{owner}/{repo}", _get, "repos/repos#get-a-repository"),
)
