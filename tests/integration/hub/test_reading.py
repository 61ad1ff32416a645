"""What may be read of any Hub, the local one and the real one.

The real one where `HUBGUARD_LIVE_ORG` names an organization and `HF_TOKEN` holds a token for it.
"""

from __future__ import annotations

import re

from tests.integration.hub.targets import ROLES, Target, code


def test_whoami_names_account_organization_and_token(target: Target) -> None:
    """The caller is a user with a role in the organization, and the token says what it may do."""
    found = target.client.get("/api/whoami-v2").raise_for_status().json()
    assert found["type"] == "user"
    assert {"id", "name", "fullname", "isPro", "avatarUrl", "orgs", "auth"} <= found.keys()
    mine = {each["name"]: each for each in found["orgs"]}[target.organization]
    assert mine["type"] == "org"
    assert mine["roleInOrg"] in ROLES
    token = found["auth"]["accessToken"]
    assert token["role"] in {"read", "write", "fineGrained", "god"}
    assert {"displayName", "createdAt"} <= token.keys()


def test_members_have_the_fields_that_matter(target: Target) -> None:
    """Every member has a name, an id and, for a member who asks, one of the five roles."""
    for member in target.members().values():
        assert {"_id", "user", "fullname", "type", "avatarUrl", "isPro"} <= member.keys()
        assert re.fullmatch(r"[0-9a-f]{24}", member["_id"])
        assert member["type"] == "user"
        assert member["role"] in ROLES
        assert all({"id", "name", "role"} <= g.keys() for g in member.get("resourceGroups", []))


def test_repositories_have_the_fields_that_matter(target: Target) -> None:
    """Every repository of the listing has a type, a visibility, a time and a size."""
    path = f"/api/organizations/{target.organization}/settings/repositories"
    for repository in target.listed(path):
        assert repository["id"].startswith(f"{target.organization}/")
        assert repository["type"] in {"model", "dataset", "space", "kernel", "bucket"}
        assert repository["visibility"] in {"public", "private", "protected"}
        assert repository["updatedAt"]
        assert repository["storage"] >= 0


def test_every_answer_announces_the_quota(target: Target) -> None:
    """Quota, rest and reset are in the headers of a good answer, with a request id."""
    answer = target.client.get(f"/api/organizations/{target.organization}/members")
    assert re.fullmatch(r'"api";r=\d+;t=\d+', answer.headers["RateLimit"])
    assert re.fullmatch(r'"fixed window";"api";q=\d+;w=300', answer.headers["RateLimit-Policy"])
    assert answer.headers["X-Request-Id"]


def test_paging_by_limit_gives_the_same_members(target: Target) -> None:
    """Small pages hold the same members as one big one, each once."""
    path = f"/api/organizations/{target.organization}/members"
    small = [each["user"] for each in target.listed(path, limit=4)]
    assert sorted(small) == sorted(target.members())


def test_missing_repository_is_not_found(target: Target) -> None:
    """A repository that is not there is 404 with the code that the client reads."""
    answer = target.client.get(f"/api/models/{target.organization}/not-there-at-all")
    assert code(answer) == (404, "RepoNotFound")
