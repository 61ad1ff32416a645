"""What a change of the settings does to what exists: it is updated, never made anew."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.integration.walkthrough import Walk

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("walkthrough")]

READER = "arn:aws:iam::123456789012:role/another-service"


def steps(walk: Walk) -> list[tuple[str, str]]:
    """What a preview would do: each operation that is one, and the type that it is done to."""
    preview = walk.pulumi("preview --json --suppress-outputs")
    assert preview.code == 0, preview.text
    document = json.loads(preview.text[preview.text.index("{") :])
    return [
        (step["op"], (step.get("newState") or step["oldState"])["type"])
        for step in document["steps"]
        if step["op"] != "same"
    ]


@pytest.mark.parametrize(
    ("old", "new", "updated"),
    [
        ("retention_days: 400", "retention_days: 500", "aws:s3/bucketObjectLockConfiguration"),
        ("role/kwanzaa-inference]", f"role/kwanzaa-inference, {READER}]", "aws:iam/role:Role"),
        (
            "role: read, owner: ainativestudio}\n",
            "role: read, owner: kinara-platform, rotation_days: 30}\n",
            "aws:secretsmanager/secret:Secret",
        ),
        (
            "consumers: [drift]",
            "consumers: [deploy, drift]",
            "aws:secretsmanager/secretPolicy:SecretPolicy",
        ),
    ],
    ids=["retention", "readers of a role", "owner and period", "readers of a secret"],
)
def test_a_change_is_made_in_place(walk: Walk, old: str, new: str, updated: str) -> None:
    """No key, secret or bucket is replaced, because what it holds would be gone."""
    walk.settings(old, new)
    done = steps(walk)
    # Rules are named for the readers that they leave out, so they come and go with them.
    assert {op for op, kind in done if not kind.startswith("aws:cloudwatch/event")} == {"update"}
    assert any(kind.startswith(updated) for _, kind in done), Counter(done)


def test_a_key_that_loses_a_user_stays(walk: Walk) -> None:
    """Drift reads no token of the machine any more: its right to the key goes, the key does not."""
    walk.settings("consumers: [drift]", "consumers: [deploy]")
    walk.settings("consumers: [deploy, drift]", "consumers: [deploy]")
    done = steps(walk)
    assert ("update", "aws:kms/key:Key") in done
    assert {op for op, kind in done if not kind.startswith("aws:cloudwatch/event")} == {"update"}


def test_a_new_contact_is_one_more_subscription(walk: Walk) -> None:
    """The topic and the other contacts stay."""
    walk.settings("[security@example.com]", "[security@example.com, on-call@example.com]")
    assert steps(walk) == [("create", "aws:sns/topicSubscription:TopicSubscription")]


def test_a_token_that_moves_to_another_environment_gets_a_new_secret(walk: Walk) -> None:
    """Its old value was meant for somebody else."""
    walk.settings(
        "{name: kwanzaa-training-write, environment: training, role: write, owner: ainativestudio}",
        "{name: kwanzaa-training-write, environment: ci, role: write, owner: ainativestudio}",
    )
    assert ("replace", "aws:secretsmanager/secret:Secret") in steps(walk)
