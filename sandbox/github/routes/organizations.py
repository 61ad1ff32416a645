"""The organization, its members and its teams."""

from __future__ import annotations

from typing import Any

from sandbox.github import shapes
from sandbox.github.http import Answer, Call, Refusal, Route, invalid, not_found
from sandbox.github.model import Team, User

_SEATS = 50


def _get(call: Call) -> Answer:
    owner = call.organization
    repositories = call.state.repositories
    hidden = sum(r.private for r in repositories)
    body: dict[str, Any] = {
        **shapes.organization_simple(owner, call.host),
        "name": owner.name,
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": len(repositories) - hidden,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{call.host}/{owner.login}",
        "type": "Organization",
        "created_at": owner.created_at,
        "updated_at": owner.updated_at,
        "archived_at": None,
    }
    if call.caller.user.role is not None:
        body["plan"] = {
            "name": owner.plan,
            "space": 976562499,
            "private_repos": 999999,
            "filled_seats": len(_members(call)),
            "seats": _SEATS,
        }
        body |= {"total_private_repos": hidden, "owned_private_repos": hidden}
        body |= {"private_gists": 0, "disk_usage": 0, "collaborators": 0}
    if call.caller.owns_organization:
        body |= {
            "billing_email": None,
            "default_repository_permission": owner.default_repository_permission,
            "members_can_create_repositories": False,
            "two_factor_requirement_enabled": owner.two_factor_required,
            "members_can_create_pages": False,
            "members_can_fork_private_repositories": False,
            "web_commit_signoff_required": False,
        }
    return Answer(body=body)


def _list_members(call: Call) -> Answer:
    members = _members(call)
    kind = call.query.get("filter", "all")
    if kind == "2fa_disabled":
        if not call.caller.owns_organization:
            raise Refusal(422, "Only owners can use this filter.")
        members = [m for m in members if not m.two_factor]
    elif kind != "all":
        invalid({"resource": "Organization", "field": "filter", "code": "invalid"})
    role = call.query.get("role", "all")
    if role != "all":
        members = [m for m in members if m.role == role]
    return call.page(members, lambda person: shapes.user(person, call.host))


def _membership(call: Call) -> Answer:
    owner = call.organization
    person = call.state.user(call.params["username"])
    if person is None or person.role is None:
        not_found()
    return Answer(
        body={
            "url": f"{call.api}/orgs/{owner.login}/memberships/{person.login}",
            "state": "active",
            "role": person.role,
            "direct_membership": True,
            "organization_url": f"{call.api}/orgs/{owner.login}",
            "organization": shapes.organization_simple(owner, call.host),
            "user": shapes.user(person, call.host),
        }
    )


def _list_teams(call: Call) -> Answer:
    owner = call.organization
    return call.page(owner.teams, lambda team: shapes.team(team, owner, call.host))


def _team(call: Call) -> Answer:
    owner, team = call.organization, _named_team(call)
    more = {
        "members_count": len(team.members),
        "repos_count": 0,
        "created_at": owner.created_at,
        "updated_at": owner.updated_at,
        "organization": {
            **shapes.organization_simple(owner, call.host),
            "has_organization_projects": True,
            "has_repository_projects": True,
            "public_repos": 0,
            "public_gists": 0,
            "followers": 0,
            "following": 0,
            "html_url": f"{call.host}/{owner.login}",
            "type": "Organization",
            "created_at": owner.created_at,
            "updated_at": owner.updated_at,
            "archived_at": None,
        },
    }
    return Answer(body={**shapes.team(team, owner, call.host), **more})


def _team_members(call: Call) -> Answer:
    logins = _named_team(call).members
    people = [u for u in call.state.users if u.login in logins]
    return call.page(people, lambda person: shapes.user(person, call.host))


def _named_team(call: Call) -> Team:
    wanted = call.params["team_slug"].lower()
    found = next((t for t in call.organization.teams if t.slug == wanted), None)
    return not_found() if found is None else found


def _members(call: Call) -> list[User]:
    call.organization  # noqa: B018  404 where the path names another one
    return [u for u in call.state.users if u.role is not None]


ROUTES = (
    Route("GET", "/orgs/{org}", _get, "orgs/orgs#get-an-organization"),
    Route("GET", "/orgs/{org}/members", _list_members, "orgs/members#list-organization-members"),
    Route(
        "GET",
        "/orgs/{org}/memberships/{username}",
        _membership,
        "orgs/members#get-organization-membership-for-a-user",
    ),
    Route("GET", "/orgs/{org}/teams", _list_teams, "teams/teams#list-teams"),
    Route("GET", "/orgs/{org}/teams/{team_slug}", _team, "teams/teams#get-a-team-by-name"),
    Route(
        "GET",
        "/orgs/{org}/teams/{team_slug}/members",
        _team_members,
        "teams/members#list-team-members",
    ),
)
