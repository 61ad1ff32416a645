"""Whatever is sent, the answer is one of GitHub's, never a fault."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from sandbox.github.testing import LocalGitHub

KWANZAA = "/repos/kwanzaa-project/kwanzaa-docs"
PLACES = {
    ("PUT", f"{KWANZAA}/environments/bodies"): [
        "wait_timer",
        "reviewers",
        "prevent_self_review",
        "can_admins_bypass",
        "deployment_branch_policy",
    ],
    ("POST", f"{KWANZAA}/environments/bodies/deployment-branch-policies"): ["name", "type"],
    ("PUT", f"{KWANZAA}/actions/secrets/BODIES"): ["encrypted_value", "key_id"],
    ("PUT", "/orgs/kwanzaa-project/actions/secrets/BODIES"): [
        "encrypted_value",
        "key_id",
        "visibility",
        "selected_repository_ids",
    ],
    ("POST", f"{KWANZAA}/rulesets"): [
        "name",
        "target",
        "enforcement",
        "bypass_actors",
        "conditions",
        "rules",
    ],
}
COMPLETE = {
    ("POST", f"{KWANZAA}/rulesets"): {"name": "bodies", "enforcement": "active"},
    ("POST", f"{KWANZAA}/environments/bodies/deployment-branch-policies"): {"name": "main"},
}
WORDS = some.sampled_from(
    ["actor_type", "type", "id", "ref_name", "include", "User", "Team", "branch", "active", "deletion"]
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers(-5, 10**12) | some.text(max_size=5) | WORDS,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize("place", sorted(PLACES), ids=" ".join)
@given(data=some.data())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_body_gets_an_answer(place: tuple[str, str], data: some.DataObject, local: LocalGitHub) -> None:
    """Fields with values of any type: accepted or refused with a reason."""
    drawn: dict[str, Any] = data.draw(
        some.fixed_dictionaries({}, optional=dict.fromkeys(PLACES[place], JSON))
    )
    answer = local.ask(*place, {**COMPLETE.get(place, {}), **drawn})
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.json()["message"]
