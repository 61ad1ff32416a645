"""What rulesets may say."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.github import rules
from sandbox.github.http import Refusal
from sandbox.github.seed import seed

PULL_REQUEST = {
    "dismiss_stale_reviews_on_push": False,
    "require_code_owner_review": False,
    "require_last_push_approval": False,
    "required_approving_review_count": 1,
    "required_review_thread_resolution": False,
}


def test_defaults_are_filled_in() -> None:
    """What was not sent comes back as GitHub's default."""
    (kept,) = rules.rules([{"type": "pull_request", "parameters": PULL_REQUEST}], "branch")
    assert kept["parameters"]["allowed_merge_methods"] == ["merge", "squash", "rebase"]


def test_rules_without_parameters_have_none() -> None:
    """A plain rule is its type and nothing else."""
    assert rules.rules([{"type": "deletion"}], "tag") == [{"type": "deletion"}]


@pytest.mark.parametrize("rule", [{"type": "invented"}, {}, "deletion", {"type": "pull_request"}])
def test_unknown_or_incomplete_rules_are_refused_by_position(rule: Any) -> None:
    """The refusal names the rule's place, as GitHub's does."""
    with pytest.raises(Refusal, match="/rules/1: data matches no possible input"):
        rules.rules([{"type": "deletion"}, rule], "branch")


def test_rules_for_branches_are_refused_for_tags() -> None:
    """A pull request cannot be asked for a tag."""
    with pytest.raises(Refusal) as refused:
        rules.rules([{"type": "pull_request", "parameters": PULL_REQUEST}], "tag")
    assert refused.value.errors == ["Invalid rule 'pull_request': not allowed for target tag"]


@pytest.mark.parametrize("pattern", ["~DEFAULT_BRANCH", "~ALL", "refs/heads/release/*"])
def test_patterns_of_branches_are_kept(pattern: str) -> None:
    """Wildcards and full references are fine."""
    where = {"ref_name": {"include": [pattern]}}
    kept = rules.conditions(where, "branch", shared=False)
    assert kept == {"ref_name": {"include": [pattern], "exclude": []}}


@pytest.mark.parametrize("pattern", ["main", "refs/tags/v*"])
def test_short_and_foreign_patterns_are_refused(pattern: str) -> None:
    """A bare branch name and a tag are no branch pattern."""
    with pytest.raises(Refusal) as refused:
        rules.conditions({"ref_name": {"exclude": [pattern]}}, "branch", shared=False)
    assert refused.value.errors == [f"Invalid target patterns: '{pattern}'"]


@pytest.mark.parametrize("where", [{}, {"repository_id": {"repository_ids": [1]}, "repository_name": {}}])
def test_organization_rulesets_name_repositories_once(where: dict[str, Any]) -> None:
    """Without repositories, or with two ways of naming them, they are refused."""
    with pytest.raises(Refusal, match="Validation Failed"):
        rules.conditions(where, "branch", shared=True)


@pytest.mark.parametrize(
    ("actor", "kept"),
    [
        ({"actor_id": 7, "actor_type": "OrganizationAdmin"}, 1),
        ({"actor_id": 7, "actor_type": "DeployKey"}, None),
        ({"actor_id": 5, "actor_type": "RepositoryRole"}, 5),
        ({"actor_id": 11840251, "actor_type": "Team"}, 11840251),
    ],
)
def test_bypass_actors_are_kept_as_github_numbers_them(actor: dict[str, Any], kept: int | None) -> None:
    """Owners are always number 1, deploy keys have none, and always is the default mode."""
    (shown,) = rules.bypass_actors([actor], seed())
    assert shown == {"actor_id": kept, "actor_type": actor["actor_type"], "bypass_mode": "always"}


@pytest.mark.parametrize("kind", ["Team", "User", "RepositoryRole"])
def test_foreign_bypass_actors_are_refused(kind: str) -> None:
    """A number that belongs to nobody here is refused."""
    with pytest.raises(Refusal, match="Validation Failed"):
        rules.bypass_actors([{"actor_id": 999, "actor_type": kind}], seed())
