"""Rulesets."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.github.testing import LocalGitHub

REPO = "/repos/kwanzaa-project/kwanzaa/rulesets"
ORG = "/orgs/kwanzaa-project/rulesets"
BYPASS = [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}]


def body(name: str, **more: Any) -> dict[str, Any]:
    """A small ruleset."""
    where = {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}}
    rules = [{"type": "deletion"}]
    return {"name": name, "enforcement": "active", "conditions": where, "rules": rules, **more}


def everywhere(name: str) -> dict[str, Any]:
    """A small ruleset for all repositories."""
    made = body(name)
    made["conditions"]["repository_name"] = {"include": ["~ALL"], "exclude": []}
    return made


def test_update_changes_what_it_names(local: LocalGitHub) -> None:
    """Fields that an update leaves out keep their value, bypass actors too."""
    made = local.ask("POST", REPO, body("kept", bypass_actors=BYPASS)).json()
    changed = local.ask("PUT", f"{REPO}/{made['id']}", {"enforcement": "disabled"}).json()
    assert changed["enforcement"] == "disabled"
    assert changed["updated_at"] > made["updated_at"]
    same = ("id", "name", "target", "conditions", "rules", "bypass_actors", "created_at")
    assert {field: changed[field] for field in same} == {field: made[field] for field in same}


def test_refused_update_changes_nothing(local: LocalGitHub) -> None:
    """An update with one bad field leaves the others alone."""
    made = local.ask("POST", REPO, body("whole")).json()
    path = f"{REPO}/{made['id']}"
    bad = {"name": "half", "rules": [{"type": "invented"}]}
    assert local.ask("PUT", path, bad).status_code == 422
    assert local.ask("GET", path).json() == made


def test_bypass_actors_are_hidden_from_members(local: LocalGitHub) -> None:
    """Who may not change a ruleset does not learn who may bypass it: the field is not there at all."""
    made = local.ask("POST", REPO, body("hidden", bypass_actors=BYPASS)).json()
    path = f"{REPO}/{made['id']}"
    assert local.ask("GET", path).json()["bypass_actors"] == BYPASS
    seen = local.ask("GET", path, token=local.reader_token).json()
    assert "bypass_actors" not in seen
    assert seen["rules"] == made["rules"]
    assert (made["current_user_can_bypass"], seen["current_user_can_bypass"]) == ("always", "never")


def test_names_are_unique(local: LocalGitHub) -> None:
    """A second ruleset of the same name is refused; renaming one to itself is not."""
    made = local.ask("POST", REPO, body("unique")).json()
    refused = local.ask("POST", REPO, body("unique"))
    assert refused.json()["errors"] == ["Name must be unique"]
    assert local.ask("PUT", f"{REPO}/{made['id']}", {"name": "unique"}).status_code == 200


@pytest.mark.parametrize(
    "more",
    [{"enforcement": "sometimes"}, {"target": "forest"}, {"rules": "all"}, {"bypass_actors": [1]}],
)
def test_impossible_rulesets_are_refused(more: dict[str, Any], local: LocalGitHub) -> None:
    """Unknown words and wrong types are 422."""
    assert local.ask("POST", REPO, body("impossible", **more)).status_code == 422


def test_rules_are_tried_out_on_the_enterprise_plan_only(local: LocalGitHub) -> None:
    """Enforcement `evaluate` is refused below it."""
    with local.plan("team"):
        assert local.ask("POST", REPO, body("trial", enforcement="evaluate")).status_code == 422
    assert local.ask("POST", REPO, body("trial", enforcement="evaluate")).status_code == 201


def test_lists_are_short_and_include_the_organizations(local: LocalGitHub) -> None:
    """A list has no rules; a repository's list has the organization's rulesets unless told not to."""
    made = local.ask("POST", ORG, everywhere("for all")).json()
    own = local.ask("GET", f"{REPO}?includes_parents=false").json()
    all_of_them = local.ask("GET", REPO).json()
    assert made["id"] in {r["id"] for r in all_of_them}
    assert made["id"] not in {r["id"] for r in own}
    assert not any(r.keys() & {"rules", "conditions", "bypass_actors"} for r in all_of_them)
    parent = local.ask("GET", f"{REPO}/{made['id']}").json()
    assert (parent["source_type"], parent["source"]) == ("Organization", "kwanzaa-project")


def test_organizations_rulesets_are_changed_at_the_organization(local: LocalGitHub) -> None:
    """A repository shows them, and cannot change or delete them."""
    made = local.ask("POST", ORG, everywhere("fixed")).json()
    assert local.ask("PUT", f"{REPO}/{made['id']}", {"name": "moved"}).status_code == 404
    assert local.ask("DELETE", f"{REPO}/{made['id']}").status_code == 404
    assert local.ask("DELETE", f"{ORG}/{made['id']}").status_code == 204


def test_members_do_not_write(local: LocalGitHub) -> None:
    """At a repository they are told so; the organization's rulesets are not there for them."""
    token = local.reader_token
    assert local.ask("POST", REPO, body("theirs"), token=token).status_code == 403
    assert local.ask("POST", ORG, everywhere("theirs"), token=token).status_code == 404


def test_targets_filter(local: LocalGitHub) -> None:
    """The list can be asked for some targets only."""
    where = {"ref_name": {"include": ["~ALL"], "exclude": []}}
    local.ask("POST", REPO, body("tagged", target="tag", conditions=where))
    assert {r["target"] for r in local.ask("GET", f"{REPO}?targets=tag").json()} == {"tag"}
