"""The pack refuses a public repository that nobody approved."""

from __future__ import annotations

from typing import Any

import pytest

from policy import repositories
from tests.policy.support import violations

TYPE = repositories.ORGANIZATION_REPOSITORIES
[RULE] = repositories.RULES


def test_the_type_is_the_one_that_the_engine_sends() -> None:
    """The rule would fall silent if the resource were renamed."""
    from hubguard.hub.resources import OrganizationRepositories

    assert f"pulumi-python:{OrganizationRepositories._resource_type_name}" == TYPE


@pytest.mark.parametrize("public", [{}, {"models/kw/a": "https://github.com/kw/kwanzaa/pull/7"}])
def test_approved_or_nothing_passes(public: dict[str, str]) -> None:
    """A listed pull request satisfies this rule; whether it approves is looked up elsewhere."""
    assert violations(RULE, TYPE, {"public": public}) == []


@pytest.mark.parametrize("approval", ["", "no approval", None, 7.0, "http://github.com/kw/x/pull/1"])
def test_a_missing_approval_is_refused_with_the_checklist_item(approval: Any) -> None:
    """The message names the repository, the item and the fix."""
    [message] = violations(RULE, TYPE, {"public": {"models/kw/a": approval}})
    assert message.startswith(
        "The repository models/kw/a is public and no pull request approved it. Checklist 3.3.2"
    )
    assert "hubguard:organization.public" in message


def test_other_types_are_not_judged() -> None:
    """Only the organization's repositories have this shape."""
    assert violations(RULE, "aws:s3/bucket:Bucket", {"public": {"x": ""}}) == []
