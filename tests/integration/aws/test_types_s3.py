"""Buckets, and what is put onto them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.aws.life import BUCKET, NONE, TAGS, Scenario, World, live_through, policy, unchanged

if TYPE_CHECKING:
    from collections.abc import Callable


def on_bucket(**inputs: Any) -> Callable[[World], dict[str, Any]]:
    """Inputs of something on a new bucket."""
    return lambda world: {"bucket": world.bucket(), **inputs}


def rule(days: int) -> list[dict[str, Any]]:
    """Lifecycle rules of the kind that a log bucket has."""
    return [
        {
            "id": "age",
            "status": "Enabled",
            "filter": {"and": {"prefix": "logs/", "tags": {"a": "b"}}},
            "transitions": [
                {"days": 90, "storageClass": "STANDARD_IA"},
                {"days": 180, "storageClass": "GLACIER_IR"},
            ],
            "noncurrentVersionTransitions": [
                {"noncurrentDays": 30, "storageClass": "STANDARD_IA"},
                {"noncurrentDays": 90, "storageClass": "GLACIER_IR"},
            ],
            "expiration": {"days": days},
            "noncurrentVersionExpiration": {"noncurrentDays": days},
        },
        {
            "id": "parts",
            "status": "Enabled",
            "filter": {},
            "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        },
    ]


def encryption(algorithm: str, **more: Any) -> list[dict[str, Any]]:
    """A bucket's encryption rules."""
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, **more}}]


def _pab(value: bool) -> dict[str, bool]:
    return {
        "BlockPublicAcls": value,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


SCENARIOS = [
    Scenario(
        BUCKET,
        lambda _: {"objectLockEnabled": True, "tags": TAGS},
        {"tags": {"team": "other"}, "forceDestroy": True},
        lambda aws, made: aws.client("s3").put_bucket_tagging(
            Bucket=made.id, Tagging={"TagSet": [{"Key": "team", "Value": "theirs"}]}
        ),
        {"tags"},
    ),
    Scenario(
        "aws:s3/bucketVersioning:BucketVersioning",
        on_bucket(versioningConfiguration={"status": "Suspended"}),
        {"versioningConfiguration": {"status": "Enabled"}},
        lambda aws, made: aws.client("s3").put_bucket_versioning(
            Bucket=made.id, VersioningConfiguration={"Status": "Suspended"}
        ),
        {"versioningConfiguration"},
        stays=True,
    ),
    Scenario(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        lambda world: {"bucket": world.bucket(),
                       "rules": encryption("aws:kms", kmsMasterKeyId=world.key())},
        {"rules": encryption("AES256")},
        lambda aws, made: aws.client("s3").put_bucket_encryption(
            Bucket=made.id, ServerSideEncryptionConfiguration={"Rules": [
                {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms"}}]},
        ),
        {"rules"},
        stays=True,
    ),
    Scenario(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        on_bucket(blockPublicAcls=True, blockPublicPolicy=True),
        {"ignorePublicAcls": True, "restrictPublicBuckets": True},
        lambda aws, made: aws.client("s3").put_public_access_block(
            Bucket=made.id, PublicAccessBlockConfiguration=_pab(False)
        ),
        {"blockPublicAcls"},
    ),
    Scenario(
        "aws:s3/bucketPolicy:BucketPolicy",
        on_bucket(policy=policy("s3:GetObject", "arn:aws:s3:::x/*")),
        {"policy": policy("s3:PutObject", "arn:aws:s3:::x/*")},
        lambda aws, made: aws.client("s3").put_bucket_policy(
            Bucket=made.id, Policy=policy("s3:*", "arn:aws:s3:::x/*")
        ),
        {"policy"},
    ),
    Scenario(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        lambda world: {"bucket": world.bucket(objectLockEnabled=True),
                       "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 365}}},
        {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 400}}},
        lambda aws, made: aws.client("s3").put_object_lock_configuration(
            Bucket=made.id, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {
                "DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}},
        ),
        {"rule"},
        stays=True,
    ),
    Scenario(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        on_bucket(rule={"objectOwnership": "BucketOwnerPreferred"}),
        {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda aws, made: aws.client("s3").put_bucket_ownership_controls(
            Bucket=made.id, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        {"rule"},
    ),
    Scenario(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        on_bucket(rules=rule(400)),
        {"rules": rule(500)},
        lambda aws, made: aws.client("s3").put_bucket_lifecycle_configuration(
            Bucket=made.id, LifecycleConfiguration={"Rules": [
                {"ID": "age", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}]},
        ),
        {"rules"},
    ),
    Scenario(
        "aws:s3/bucketLogging:BucketLogging",
        lambda world: {"bucket": world.bucket(), "targetBucket": world.bucket(),
                       "targetPrefix": "a/"},
        {"targetPrefix": "",
         "targetObjectKeyFormat": {"partitionedPrefix": {"partitionDateSource": "EventTime"}}},
        lambda aws, made: aws.client("s3").put_bucket_logging(
            Bucket=made.id, BucketLoggingStatus={"LoggingEnabled": {
                "TargetBucket": made.state["targetBucket"], "TargetPrefix": "theirs/"}},
        ),
        {"targetPrefix", "targetObjectKeyFormat"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


def test_a_vanished_bucket_takes_everything_on_it_along(world: World) -> None:
    """What is put onto a bucket is gone with it, and deleting it is no error."""
    for scenario in (one for one in SCENARIOS if one.token.startswith("aws:s3/bucket")):
        if scenario.token == BUCKET:
            continue
        made = world.make(scenario.token, **scenario.inputs(world))
        world.aws.client("s3").delete_bucket(Bucket=made.state["bucket"])
        assert world.engine.read(made) is None, scenario.token
        world.engine.delete(made)


def test_force_destroy_empties_a_bucket(world: World) -> None:
    """Without it a bucket with objects stays."""
    made = world.make(BUCKET)
    world.aws.client("s3").put_object(Bucket=made.id, Key="a", Body=b"x")
    with pytest.raises(Exception, match="BucketNotEmpty"):
        world.engine.delete(made)
    forced = world.engine.update(made, {"forceDestroy": True})
    world.engine.delete(forced)
    assert world.engine.read(forced) is None


def test_versioning_never_goes_back_to_disabled(world: World) -> None:
    """AWS has no way back, and the plan says so."""
    token = "aws:s3/bucketVersioning:BucketVersioning"  # noqa: S105  a type
    made = world.make(token, bucket=world.bucket(), versioningConfiguration={"status": "Enabled"})
    with pytest.raises(Exception, match="cannot go back to Disabled"):
        world.engine.diff(made, {"bucket": made.id, "versioningConfiguration": {"status": "Disabled"}})


def test_transitions_in_another_order_are_no_difference(world: World) -> None:
    """They are sets; a changed one is shown."""
    token, bucket = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", world.bucket()
    made = world.make(token, bucket=bucket, rules=rule(400))
    unchanged(world.engine, made)
    turned = rule(400)
    for name in ("transitions", "noncurrentVersionTransitions"):
        turned[0][name] = turned[0][name][::-1]
    assert world.engine.diff(made, {"bucket": bucket, "rules": turned}).changes == NONE
    turned[0]["transitions"][0]["days"] = 270
    plan = world.engine.diff(made, {"bucket": bucket, "rules": turned})
    assert list(plan.detailedDiff) == ["rules[0].transitions"]
    assert not plan.replaces


@pytest.mark.parametrize(
    "form", [{"simplePrefix": {}}, {"partitionedPrefix": {"partitionDateSource": "DeliveryTime"}}]
)
def test_access_logs_with_a_key_format(form: dict[str, Any], world: World) -> None:
    """Both forms that AWS has; logging that somebody switched off is gone."""
    bucket = world.bucket()
    made = world.make(
        "aws:s3/bucketLogging:BucketLogging",
        bucket=bucket,
        targetBucket=world.bucket(),
        targetPrefix="access/",
        targetObjectKeyFormat=form,
    )
    unchanged(world.engine, made)
    world.aws.client("s3").put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert world.engine.read(made) is None
