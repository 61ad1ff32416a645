"""What a ruleset may say: GitHub's rule types, conditions and bypass actors.

Everything is returned as GitHub stores it: defaults filled in, so that a read shows more than was sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.github.http import invalid, misshapen
from sandbox.github.model import State

ENFORCEMENTS = ("disabled", "active", "evaluate")
TARGETS = ("branch", "tag", "push", "repository")
_REFS = {"branch": "refs/heads/", "tag": "refs/tags/"}
_WILDCARDS = ("~ALL", "~DEFAULT_BRANCH")
_BYPASS_MODES = ("always", "pull_request", "exempt")
_ROLES = {"maintain": 2, "write": 4, "admin": 5}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule type: the parameters that must be given, and what GitHub fills in for the others."""

    required: tuple[str, ...] = ()
    defaults: dict[str, Any] = field(default_factory=dict)
    targets: tuple[str, ...] = ("branch", "tag")


_PATTERN = _Rule(("operator", "pattern"), {"name": "", "negate": False})
_RULES = {
    **dict.fromkeys(("creation", "deletion", "non_fast_forward"), _Rule()),
    **dict.fromkeys(("required_linear_history", "required_signatures"), _Rule()),
    "update": _Rule((), {"update_allows_fetch_and_merge": False}),
    "pull_request": _Rule(
        (
            "dismiss_stale_reviews_on_push",
            "require_code_owner_review",
            "require_last_push_approval",
            "required_approving_review_count",
            "required_review_thread_resolution",
        ),
        {"allowed_merge_methods": ["merge", "squash", "rebase"], "required_reviewers": []},
        ("branch",),
    ),
    "required_status_checks": _Rule(
        ("required_status_checks", "strict_required_status_checks_policy"),
        {"do_not_enforce_on_create": False},
    ),
    "required_deployments": _Rule(("required_deployment_environments",)),
    "code_scanning": _Rule(("code_scanning_tools",)),
    "copilot_code_review": _Rule(
        (), {"review_on_push": False, "review_draft_pull_requests": False}, ("branch",)
    ),
    "merge_queue": _Rule(
        (
            "check_response_timeout_minutes",
            "grouping_strategy",
            "max_entries_to_build",
            "max_entries_to_merge",
            "merge_method",
            "min_entries_to_merge",
            "min_entries_to_merge_wait_minutes",
        ),
        targets=("branch",),
    ),
    "workflows": _Rule(("workflows",), {"do_not_enforce_on_create": False}),
    "commit_message_pattern": _PATTERN,
    "commit_author_email_pattern": _PATTERN,
    "committer_email_pattern": _PATTERN,
    "branch_name_pattern": _PATTERN,
    "tag_name_pattern": _PATTERN,
    "file_path_restriction": _Rule(("restricted_file_paths",), targets=("push",)),
    "file_extension_restriction": _Rule(("restricted_file_extensions",), targets=("push",)),
    "max_file_path_length": _Rule(("max_file_path_length",), targets=("push",)),
    "max_file_size": _Rule(("max_file_size",), targets=("push",)),
}


def rules(given: list[Any], target: str) -> list[dict[str, Any]]:
    """The rules as GitHub keeps them.

    Args:
        given: what was sent.
        target: what the ruleset protects.

    Raises:
        Refusal: 422, naming the first rule that is unknown, does not fit, or lacks a parameter.
    """
    kept: list[dict[str, Any]] = []
    for position, entry in enumerate(given):
        where = f"/rules/{position}"
        rule = _object(entry, where)
        kind = rule.get("type")
        known = _RULES.get(kind) if isinstance(kind, str) else None
        if known is None:
            misshapen(where)
        if target not in known.targets:
            invalid(f"Invalid rule '{kind}': not allowed for target {target}")
        parameters = _object(rule.get("parameters") or {}, where)
        if not parameters.keys() >= set(known.required):
            misshapen(where)
        whole = {**known.defaults, **parameters}
        kept.append({"type": kind, **({"parameters": whole} if whole else {})})
    return kept


def conditions(given: dict[str, Any], target: str, *, shared: bool) -> dict[str, Any] | None:
    """The conditions as GitHub keeps them.

    Args:
        given: what was sent.
        target: what the ruleset protects.
        shared: whether it belongs to the organization, and must say which repositories it covers.
    """
    kept: dict[str, Any] = {}
    if target in _REFS:
        names = _object(given.get("ref_name") or {}, "/conditions/ref_name")
        kept["ref_name"] = {side: _texts(names.get(side, [])) for side in ("exclude", "include")}
        for pattern in kept["ref_name"]["include"] + kept["ref_name"]["exclude"]:
            if pattern not in _WILDCARDS and not pattern.startswith(_REFS[target]):
                invalid(f"Invalid target patterns: '{pattern}'")
    if shared:
        chosen: dict[str, Any] = {
            k: given[k] for k in ("repository_name", "repository_id", "repository_property") if k in given
        }
        if len(chosen) != 1:
            invalid("Conditions must name repositories in exactly one way")
        if "repository_name" in chosen:
            names = _object(chosen["repository_name"], "/conditions/repository_name")
            chosen["repository_name"] = {"exclude": [], "include": [], "protected": False, **names}
        kept |= chosen
    return kept or None


def bypass_actors(given: list[Any], state: State) -> list[dict[str, Any]]:
    """The bypass actors as GitHub keeps them; each must belong to the organization."""
    return [_actor(_object(entry, "/bypass_actors"), state) for entry in given]


def _object(value: Any, where: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else misshapen(where)


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        misshapen("/conditions")
    return list(value)


def _actor(entry: dict[str, Any], state: State) -> dict[str, Any]:
    kind, number = entry.get("actor_type"), entry.get("actor_id")
    mode = entry.get("bypass_mode", "always")
    belongs = {
        "OrganizationAdmin": True,
        "DeployKey": True,
        "RepositoryRole": number in _ROLES.values(),
        "Team": any(t.id == number for t in state.organization.teams),
        "User": any(u.id == number for u in state.users if u.role is not None),
        "Integration": isinstance(number, int),
    }
    if not isinstance(kind, str) or kind not in belongs or mode not in _BYPASS_MODES:
        misshapen("/bypass_actors")
    if not belongs[kind]:
        invalid(f"Actor {number} must be part of the ruleset source or owner organization")
    fixed = {"OrganizationAdmin": 1, "DeployKey": None}
    return {"actor_id": fixed.get(kind, number), "actor_type": kind, "bypass_mode": mode}
