"""Every type of the table against the local AWS: made, read, changed, drifted, gone, made again."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime.proto import provider_pb2

from sandbox.aws.resources import implemented

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.aws.conftest import Engine, LocalAws, Resource

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
NONE = provider_pb2.DiffResponse.DIFF_NONE
TAGS = {"team": "security", "hubguard:environment": "production"}
KEY, ALIAS = "aws:kms/key:Key", "aws:kms/alias:Alias"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type
ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
BUCKET = "aws:s3/bucket:Bucket"


@dataclass
class World:
    """What a scenario may need; everything has a name of its own."""

    aws: LocalAws
    engine: Engine

    def make(self, kind: str, **inputs: Any) -> Resource:
        """Another resource that this one refers to."""
        return self.engine.create(kind, f"t{uuid.uuid4().hex[:8]}", inputs)

    def key(self) -> str:
        """The ARN of a new key."""
        return str(self.make(KEY, deletionWindowInDays=7).state["arn"])

    def bucket(self, **inputs: Any) -> str:
        """The name of a new bucket."""
        return str(self.make(BUCKET, forceDestroy=True, **inputs).id)

    def role(self) -> Resource:
        """A new role."""
        return self.make(ROLE, assumeRolePolicy=policy("sts:AssumeRole", resource=None))


def policy(action: str, resource: str | None = "*", principal: bool = True) -> str:
    """A document with one statement."""
    statement = {"Effect": "Allow", "Action": action}
    whom = {"Principal": {"AWS": ROOT}} if principal else {}
    where = {"Resource": resource} if resource else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **whom, **where}]})


@dataclass
class Scenario:
    """One type's life.

    Attributes:
        token: the type.
        inputs: what it is made with.
        changed: what an update adds to that; None removes an input.
        drift: changes the live thing behind the program's back; None where nothing can change.
        shows: the inputs in which the drift shows.
        stays: whether reading still finds it after delete, as with a bucket's versioning.
    """

    token: str
    inputs: Callable[[World], dict[str, Any]]
    changed: dict[str, Any]
    drift: Callable[[LocalAws, Resource], object] | None
    shows: set[str]
    stays: bool = False


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
            "transitions": [{"days": 90, "storageClass": "GLACIER_IR"}],
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


def trail(world: World) -> dict[str, Any]:
    """A trail with everything that the project gives it."""
    group = world.make("aws:cloudwatch/logGroup:LogGroup").state["arn"]
    bucket = world.bucket()
    return {
        "s3BucketName": bucket,
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "kmsKeyId": world.key(),
        "cloudWatchLogsGroupArn": f"{group}:*",
        "cloudWatchLogsRoleArn": world.role().state["arn"],
        "tags": TAGS,
        "eventSelectors": [
            {"dataResources": [{"type": "AWS::S3::Object", "values": [f"arn:aws:s3:::{bucket}/"]}]}
        ],
    }


def _pab(value: bool) -> dict[str, bool]:
    return {
        "BlockPublicAcls": value,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


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
    Scenario(
        ROLE,
        lambda world: {"assumeRolePolicy": json.loads(policy("sts:AssumeRole", None)),
                       "path": "/hubguard/", "description": "d", "tags": TAGS,
                       "permissionsBoundary": world.make(POLICY, policy=policy("s3:*", "*", False)).id},
        {"assumeRolePolicy": policy("sts:TagSession", None), "description": None,
         "maxSessionDuration": 7200, "permissionsBoundary": None, "tags": None},
        lambda aws, made: aws.client("iam").update_assume_role_policy(
            RoleName=made.id, PolicyDocument=policy("sts:*", None)
        ),
        {"assumeRolePolicy"},
    ),
    Scenario(
        "aws:iam/rolePolicy:RolePolicy",
        lambda world: {"role": world.role().id, "policy": policy("s3:GetObject", "*", False)},
        {"policy": policy("s3:PutObject", "*", False)},
        lambda aws, made: aws.client("iam").put_role_policy(
            RoleName=made.state["role"], PolicyName=made.state["name"],
            PolicyDocument=policy("*", "*", False),
        ),
        {"policy"},
    ),
    Scenario(
        POLICY,
        lambda _: {"path": "/hubguard/", "policy": policy("s3:GetObject", "*", False), "tags": TAGS},
        {"policy": policy("s3:PutObject", "*", False), "tags": {"team": "security"}},
        lambda aws, made: aws.client("iam").create_policy_version(
            PolicyArn=made.id, PolicyDocument=policy("*", "*", False), SetAsDefault=True
        ),
        {"policy"},
    ),
    Scenario(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda world: {"role": world.role().id,
                       "policyArn": world.make(POLICY, policy=policy("s3:*", "*", False)).id},
        {},
        None,
        set(),
    ),
    Scenario(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        lambda _: {"url": f"https://{uuid.uuid4().hex}.example.com", "clientIdLists": ["a", "b"],
                   "tags": TAGS},
        {"clientIdLists": ["c", "b"], "thumbprintLists": ["a" * 40], "tags": {"team": "other"}},
        lambda aws, made: aws.client("iam").add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=made.id, ClientID="intruder"
        ),
        {"clientIdLists"},
    ),
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
    Scenario(
        "aws:cloudtrail/trail:Trail",
        trail,
        {"enableLogFileValidation": None, "kmsKeyId": None, "eventSelectors": None,
         "s3KeyPrefix": "p", "tags": {"team": "other"}},
        lambda aws, made: aws.client("cloudtrail").stop_logging(Name=made.id),
        {"enableLogging"},
    ),
    Scenario(
        "aws:cloudwatch/logGroup:LogGroup",
        lambda world: {"retentionInDays": 400, "kmsKeyId": world.key(), "tags": TAGS},
        {"retentionInDays": 365, "kmsKeyId": None, "tags": {"team": "other"}},
        lambda aws, made: aws.client("logs").delete_retention_policy(logGroupName=made.id),
        {"retentionInDays"},
    ),
]  # fmt: skip


@pytest.fixture
def world(aws: LocalAws, engine: Engine) -> World:
    """The local AWS and the engine."""
    return World(aws, engine)


def test_every_implemented_type_has_a_scenario() -> None:
    """A new entry of the table is proved here."""
    assert {one.token for one in SCENARIOS} == implemented()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.token.rpartition(":")[2])
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Nothing differs after a step, drift shows where it is, and delete makes room for the next."""
    engine = world.engine
    first = scenario.inputs(world)
    name = f"t{uuid.uuid4().hex[:8]}"

    made = engine.create(scenario.token, name, first)
    assert made.id
    assert engine.diff(made, first).changes == NONE
    _unchanged(engine, made)

    second = {key: value for key, value in {**first, **scenario.changed}.items() if value is not None}
    if scenario.changed:
        plan = engine.diff(made, second)
        assert set(plan.diffs) == scenario.changed.keys()
        assert not plan.replaces
        made = engine.update(made, second)
        assert engine.diff(made, second).changes == NONE
        _unchanged(engine, made)

    if scenario.drift is not None:
        scenario.drift(world.aws, made)
        found = engine.read(made)
        assert found is not None
        drift = engine.diff_checked(found, made.inputs)
        assert set(drift.diffs) == scenario.shows
        names = made.inputs.keys() | found.inputs.keys()
        changed = {one for one in names if made.inputs.get(one) != found.inputs.get(one)}
        assert changed == scenario.shows
        made = engine.update(found, second)
        _unchanged(engine, made)

    engine.delete(made)
    assert (engine.read(made) is None) is not scenario.stays
    engine.delete(made)

    again = engine.create(scenario.token, name, second)
    _unchanged(engine, again)
    engine.delete(again)


def _unchanged(engine: Engine, made: Resource) -> None:
    found = engine.read(made)
    assert found is not None
    assert found.inputs == made.inputs
    assert found.state == made.state


def test_a_vanished_bucket_takes_everything_on_it_along(world: World) -> None:
    """What is put onto a bucket is gone with it, and deleting it is no error."""
    for scenario in (one for one in SCENARIOS if one.token.startswith("aws:s3/bucket")):
        if scenario.token == BUCKET:
            continue
        made = world.make(scenario.token, **scenario.inputs(world))
        world.aws.client("s3").delete_bucket(Bucket=made.state["bucket"])
        assert world.engine.read(made) is None, scenario.token
        world.engine.delete(made)


def test_a_key_that_is_scheduled_for_deletion_is_gone(world: World) -> None:
    """KMS keeps a deleted key for days; for the program it does not exist any more."""
    made = world.make(KEY, deletionWindowInDays=9)
    world.engine.delete(made)
    state = world.aws.client("kms").describe_key(KeyId=made.id)["KeyMetadata"]
    assert state["KeyState"] == "PendingDeletion"
    assert world.engine.read(made) is None


def test_a_detached_policy_is_gone(world: World) -> None:
    """Somebody detached it: the attachment has to be made again."""
    role, document = world.role().id, policy("s3:*", "*", False)
    attached = world.make(POLICY, policy=document).id
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"  # noqa: S105  a type
    made = world.make(token, role=role, policyArn=attached)
    world.aws.client("iam").detach_role_policy(RoleName=role, PolicyArn=attached)
    assert world.engine.read(made) is None
    world.engine.delete(made)


def test_a_secret_keeps_its_recovery_window(world: World) -> None:
    """Delete only schedules, unless the window is zero."""
    kept = world.make(SECRET, recoveryWindowInDays=7)
    world.engine.delete(kept)
    assert world.aws.client("secretsmanager").describe_secret(SecretId=kept.id)["DeletedDate"]
    assert world.engine.read(kept) is None


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


def test_the_oldest_version_of_a_policy_makes_room(world: World) -> None:
    """A managed policy holds five versions."""
    made = world.make(POLICY, policy=policy("s3:Get0", "*", False))
    for number in range(1, 8):
        made = world.engine.update(made, {"policy": policy(f"s3:Get{number}", "*", False)})
    versions = world.aws.client("iam").list_policy_versions(PolicyArn=made.id)["Versions"]
    assert len(versions) == 5


def test_a_role_with_attachments_goes_only_by_force(world: World) -> None:
    """`forceDetachPolicies` detaches and removes what hangs on the role."""
    trust = policy("sts:AssumeRole", None)
    made = world.make(ROLE, assumeRolePolicy=trust)
    world.aws.client("iam").put_role_policy(
        RoleName=made.id, PolicyName="inline", PolicyDocument=policy("s3:*", "*", False)
    )
    with pytest.raises(Exception, match="DeleteConflict"):
        world.engine.delete(made)
    forced = world.engine.update(made, {"assumeRolePolicy": trust, "forceDetachPolicies": True})
    world.engine.delete(forced)
    assert world.engine.read(forced) is None


def test_a_trail_with_advanced_selectors(world: World) -> None:
    """Field selectors are plural in the program and singular in AWS."""
    selectors = [
        {
            "name": "objects",
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "startsWiths": ["arn:aws:s3:::a/"]},
            ],
        }
    ]
    made = world.make(
        "aws:cloudtrail/trail:Trail", s3BucketName=world.bucket(), advancedEventSelectors=selectors
    )
    assert made.state["advancedEventSelectors"] == selectors
    _unchanged(world.engine, made)


def test_a_name_from_a_prefix_differs_from_nothing(world: World) -> None:
    """The prefix reads back from the name."""
    inputs = {"namePrefix": "hubguard-", "assumeRolePolicy": policy("sts:AssumeRole", None)}
    made = world.make(ROLE, **inputs)
    assert made.id.startswith("hubguard-")
    assert world.engine.diff(made, inputs).changes == NONE
    _unchanged(world.engine, made)
