"""Keys, and secrets, which are containers here."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.integration.aws.life import (
    KEY,
    TAGS,
    Scenario,
    World,
    drifted,
    imported,
    live_through,
    policy,
    unchanged,
)

ALIAS = "aws:kms/alias:Alias"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type

SCENARIOS = [
    Scenario(
        KEY,
        lambda _: {"description": "d", "enableKeyRotation": True, "tags": TAGS,
                   "policy": policy("kms:*"), "deletionWindowInDays": 7},
        {"description": "e", "rotationPeriodInDays": 100, "isEnabled": False, "tags": {"a": "b"}},
        lambda aws, made: aws.client("kms").enable_key(KeyId=made.id),
        {"isEnabled"},
    ),
    Scenario(
        ALIAS,
        lambda world: {"name": f"alias/{uuid.uuid4().hex}", "targetKeyId": world.key()},
        {},
        lambda aws, made: aws.client("kms").update_alias(
            AliasName=made.id, TargetKeyId=aws.client("kms").create_key()["KeyMetadata"]["KeyId"]
        ),
        {"targetKeyId"},
    ),
    Scenario(
        SECRET,
        lambda world: {"description": "d", "kmsKeyId": world.key(), "tags": TAGS,
                       "recoveryWindowInDays": 0, "replicas": [{"region": "eu-west-1"}]},
        {"description": None, "tags": {"team": "other"}},
        lambda aws, made: aws.client("secretsmanager").update_secret(
            SecretId=made.id, Description="theirs"
        ),
        {"description"},
    ),
    Scenario(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        lambda world: {"secretArn": world.make(SECRET).id,
                       "policy": policy("secretsmanager:GetSecretValue")},
        {"policy": policy("secretsmanager:PutSecretValue")},
        lambda aws, made: aws.client("secretsmanager").put_resource_policy(
            SecretId=made.id, ResourcePolicy=policy("secretsmanager:*")
        ),
        {"policy"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


def test_a_key_that_is_scheduled_for_deletion_is_gone(world: World) -> None:
    """KMS keeps a deleted key for days; for the program it does not exist any more."""
    made = world.make(KEY, deletionWindowInDays=9)
    world.engine.delete(made)
    state = world.aws.client("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    assert state["KeyState"] == "PendingDeletion"
    assert world.engine.read(made) is None


def test_a_secret_keeps_its_recovery_window(world: World) -> None:
    """Delete only schedules, unless the window is zero."""
    kept = world.make(SECRET, recoveryWindowInDays=7)
    world.engine.delete(kept)
    assert world.aws.client("secretsmanager").describe_secret(SecretId=kept.id)["DeletedDate"]
    assert world.engine.read(kept) is None


def test_replicas_are_encrypted_with_keys_of_their_regions(world: World) -> None:
    """Another key and another region come in place, and one that is gone is seen."""
    near, far = (world.key(region=region) for region in ("eu-west-1", "eu-west-3"))
    inputs = {"kmsKeyId": world.key(), "recoveryWindowInDays": 7,
              "replicas": [{"region": "eu-west-1", "kmsKeyId": near}]}  # fmt: skip
    made = world.make(SECRET, **inputs)
    assert made.state["replicas"] == inputs["replicas"]
    assert _replica(world, made.state["name"], "eu-west-1")["KmsKeyId"] == near
    unchanged(world.engine, made)
    imported(world.engine, made)

    other = world.key(region="eu-west-1")
    changed = {**inputs, "replicas": [{"region": "eu-west-3", "kmsKeyId": far},
                                      {"region": "eu-west-1", "kmsKeyId": other}]}  # fmt: skip
    plan = world.engine.diff(made, changed)
    assert (list(plan.diffs), list(plan.replaces)) == (["replicas"], [])
    made = world.engine.update(made, changed)
    unchanged(world.engine, made)
    assert _replica(world, made.state["name"], "eu-west-1")["KmsKeyId"] == other
    assert _replica(world, made.state["name"], "eu-west-3")["KmsKeyId"] == far

    secrets = world.aws.client("secretsmanager")
    secrets.remove_regions_from_replication(SecretId=made.id, RemoveReplicaRegions=["eu-west-3"])
    made = world.engine.update(drifted(world.engine, made, {"replicas"}), changed)
    unchanged(world.engine, made)

    with pytest.raises(Exception, match="still has replica regions"):
        secrets.delete_secret(SecretId=made.id)
    world.engine.delete(made)
    assert world.engine.read(made) is None
    with pytest.raises(Exception, match="ResourceNotFound"):
        _replica(world, made.state["name"], "eu-west-1")


def _replica(world: World, name: str, region: str) -> dict[str, Any]:
    found: dict[str, Any] = world.aws.client("secretsmanager", region).describe_secret(SecretId=name)
    return found
