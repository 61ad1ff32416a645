"""Environments and their branch policies."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.github.testing import LocalGitHub

PUBLIC = "/repos/kwanzaa-project/kwanzaa-docs/environments"
PRIVATE = "/repos/kwanzaa-project/kwanzaa/environments"
CUSTOM = {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True}}


def test_update_replaces_everything(local: LocalGitHub) -> None:
    """A PUT without a field sets that field back; number and creation stay."""
    before = local.ask("PUT", f"{PUBLIC}/whole", {"wait_timer": 5, "can_admins_bypass": False}).json()
    after = local.ask("PUT", f"{PUBLIC}/whole", {}).json()
    assert [rule["type"] for rule in before["protection_rules"]] == ["wait_timer"]
    assert after["protection_rules"] == []
    assert after["can_admins_bypass"] is True
    assert (after["id"], after["created_at"]) == (before["id"], before["created_at"])
    assert after["updated_at"] > before["updated_at"]


def test_rules_keep_their_numbers(local: LocalGitHub) -> None:
    """A rule that changes its value is still the same rule."""
    first = local.ask("PUT", f"{PUBLIC}/numbers", {"wait_timer": 5}).json()
    second = local.ask("PUT", f"{PUBLIC}/numbers", {"wait_timer": 6}).json()
    assert first["protection_rules"][0]["id"] == second["protection_rules"][0]["id"]


@pytest.mark.parametrize(
    "body",
    [
        {"wait_timer": -1},
        {"wait_timer": 43201},
        {"wait_timer": "soon"},
        {"wait_timer": True},
        {"reviewers": [{"type": "User", "id": 1}]},
        {"reviewers": [{"type": "User", "id": 151884620}]},
        {"reviewers": ["ainativestudio"]},
        {"reviewers": [{"type": "User", "id": 171200413}] * 7},
        {"deployment_branch_policy": {"protected_branches": True, "custom_branch_policies": True}},
        {"deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": False}},
    ],
)
def test_impossible_environments_are_refused(body: dict[str, Any], local: LocalGitHub) -> None:
    """Values out of range, reviewers without access and too many of them: 422, and nothing is made."""
    assert local.ask("PUT", f"{PUBLIC}/refused", body).status_code == 422
    assert local.ask("GET", f"{PUBLIC}/refused").status_code == 404


@pytest.mark.parametrize("body", [{"reviewers": None}, {"wait_timer": 0}, {"prevent_self_review": False}])
def test_team_plan_lacks_gates_on_private_repositories(body: dict[str, Any], local: LocalGitHub) -> None:
    """GitHub refuses the mere field there, even empty, and names the rule."""
    with local.plan("team"):
        refused = local.ask("PUT", f"{PRIVATE}/gated", body)
    assert refused.status_code == 422
    assert "Please ensure the billing plan supports the" in refused.json()["message"]


def test_team_plan_has_environments_and_branch_policies_everywhere(local: LocalGitHub) -> None:
    """What is left on the team plan works in private repositories, and gates work in public ones."""
    with local.plan("team"):
        assert local.ask("PUT", f"{PRIVATE}/plain", CUSTOM).status_code == 200
        assert local.ask("PUT", f"{PUBLIC}/timed", {"wait_timer": 5}).status_code == 200


def test_enterprise_plan_has_gates_everywhere(local: LocalGitHub) -> None:
    """Reviewers guard a private repository's environment; the rule shows who they are."""
    gate = {"reviewers": [{"type": "User", "id": 171200413}], "prevent_self_review": True}
    made = local.ask("PUT", f"{PRIVATE}/gated", gate).json()
    (rule,) = made["protection_rules"]
    assert (rule["type"], rule["prevent_self_review"]) == ("required_reviewers", True)
    assert rule["reviewers"][0]["reviewer"]["login"] == "ainativestudio"


def test_name_may_hold_a_slash_and_any_case(local: LocalGitHub) -> None:
    """The name is one part of the path, sent encoded, and is found in any case of letters."""
    local.ask("PUT", f"{PUBLIC}/eu%2FProduction%20%C3%A9", {})
    found = local.ask("GET", f"{PUBLIC}/EU%2Fproduction%20%C3%A9").json()
    assert found["name"] == "eu/Production é"
    assert local.ask("GET", found["url"].removeprefix(local.api)).json() == found


def test_member_sees_and_does_not_touch(local: LocalGitHub) -> None:
    """Without administration rights reading works, and writing is 403."""
    local.ask("PUT", f"{PUBLIC}/watched", {})
    token = local.reader_token
    assert local.ask("GET", f"{PUBLIC}/watched", token=token).status_code == 200
    refused = local.ask("DELETE", f"{PUBLIC}/watched", token=token)
    assert (refused.status_code, refused.json()["message"]) == (403, "Must have admin rights to Repository.")


def test_archived_repository_is_read_only(local: LocalGitHub) -> None:
    """Nothing is made in an archived repository."""
    path = "/repos/kwanzaa-project/kwanzaa-prototype/environments/late"
    assert local.ask("PUT", path, {}).status_code == 403


def test_delete_takes_the_secrets_along(local: LocalGitHub) -> None:
    """After a delete the environment, its policies and its key are gone; a new one has a new key."""
    local.ask("PUT", f"{PUBLIC}/short", CUSTOM)
    local.ask("POST", f"{PUBLIC}/short/deployment-branch-policies", {"name": "main"})
    before = local.ask("GET", f"{PUBLIC}/short/secrets/public-key").json()
    assert local.ask("DELETE", f"{PUBLIC}/short").status_code == 204
    assert local.ask("GET", f"{PUBLIC}/short/secrets/public-key").status_code == 404
    local.ask("PUT", f"{PUBLIC}/short", CUSTOM)
    assert local.ask("GET", f"{PUBLIC}/short/deployment-branch-policies").json()["total_count"] == 0
    assert local.ask("GET", f"{PUBLIC}/short/secrets/public-key").json() != before


def test_branch_policies_need_the_custom_choice(local: LocalGitHub) -> None:
    """Where any branch may deploy, a name pattern has no place."""
    local.ask("PUT", f"{PUBLIC}/open", {})
    refused = local.ask("POST", f"{PUBLIC}/open/deployment-branch-policies", {"name": "main"})
    assert refused.status_code == 404


def test_same_branch_policy_is_made_once(local: LocalGitHub) -> None:
    """A second one with the same name is answered with 303."""
    local.ask("PUT", f"{PUBLIC}/once", CUSTOM)
    path = f"{PUBLIC}/once/deployment-branch-policies"
    assert [local.ask("POST", path, {"name": "main"}).status_code for _ in range(2)] == [200, 303]
    assert local.ask("GET", path).json()["total_count"] == 1
