"""The local AWS judges what least privilege relies on as AWS does: proved by calls."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from sandbox.account import web_identity

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.aws.conftest import LocalAws

ACCOUNT = "arn:aws:iam::123456789012"
DENIED = "AccessDenied"
OTHERS: dict[str, Any] = {"Tags": [{"TagKey": "owner", "TagValue": "others"}]}


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str = "*", **equals: str) -> dict[str, Any]:
    """A statement that allows, where these condition keys have these values."""
    keys = {name.replace("__", ":"): value for name, value in equals.items()}
    condition = {"Condition": {"StringEquals": keys}} if keys else {}
    return {"Effect": "Allow", "Action": action, "Resource": resource, **condition}


EVERYBODY = document({"Effect": "Allow", "Principal": {"AWS": f"{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})


def unique() -> str:
    """A name that nothing has yet."""
    return f"n{uuid.uuid4().hex[:10]}"


@pytest.fixture
def make_role(aws: LocalAws) -> Callable[..., str]:
    """Makes a role with what it may do; gives its ARN."""

    def make(*statements: dict[str, Any], **more: Any) -> str:
        iam, name = aws.client("iam"), unique()
        made = {"Path": "/hubguard/", "AssumeRolePolicyDocument": EVERYBODY, **more}
        arn = iam.create_role(RoleName=name, **made)["Role"]["Arn"]
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=document(*statements))
        return str(arn)

    return make


@pytest.fixture
def boundary(aws: LocalAws) -> str:
    """ARN of a policy that bounds nothing."""
    made = aws.client("iam").create_policy(PolicyName=unique(), PolicyDocument=document(allow("*")))
    return str(made["Policy"]["Arn"])


def test_a_role_is_judged_by_its_path(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """A right on one path says nothing about another, neither for roles that are there nor for new ones."""
    maker = make_role(allow("iam:*", f"{ACCOUNT}:role/hubguard/*"))
    iam = aws.session_of(maker, "iam")
    inside, outside = make_role(), make_role(Path="/elsewhere/")
    assert iam.get_role(RoleName=inside.rsplit("/", 1)[-1])["Role"]["Arn"] == inside
    with pytest.raises(ClientError, match=DENIED):
        iam.get_role(RoleName=outside.rsplit("/", 1)[-1])
    iam.create_role(RoleName=unique(), Path="/hubguard/", AssumeRolePolicyDocument=EVERYBODY)
    with pytest.raises(ClientError, match=DENIED):
        iam.create_role(RoleName=unique(), Path="/", AssumeRolePolicyDocument=EVERYBODY)


def test_a_boundary_is_a_condition(aws: LocalAws, make_role: Callable[..., str], boundary: str) -> None:
    """A role is made, and changed, only with the boundary that the condition names."""
    maker = make_role(allow(["iam:CreateRole", "iam:PutRolePolicy"], iam__PermissionsBoundary=boundary))
    iam, with_it, without_it = aws.session_of(maker, "iam"), unique(), make_role()
    iam.create_role(RoleName=with_it, AssumeRolePolicyDocument=EVERYBODY, PermissionsBoundary=boundary)
    with pytest.raises(ClientError, match=DENIED):
        iam.create_role(RoleName=unique(), AssumeRolePolicyDocument=EVERYBODY)
    policy = {"PolicyName": "more", "PolicyDocument": document(allow("*"))}
    iam.put_role_policy(RoleName=with_it, **policy)
    with pytest.raises(ClientError, match=DENIED):
        iam.put_role_policy(RoleName=without_it.rsplit("/", 1)[-1], **policy)


def test_handing_a_role_to_a_service_is_a_right(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """iam:PassRole on that role, and to that service."""
    handed, kept = make_role(), make_role()
    passing = allow("iam:PassRole", handed, iam__PassedToService="events.amazonaws.com")
    caller = make_role(allow("events:*"), allow("cloudtrail:*"), passing)
    events, rule = aws.session_of(caller, "events"), unique()
    events.put_rule(Name=rule, EventPattern='{"source": ["nobody"]}')
    bus = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    events.put_targets(Rule=rule, Targets=[{"Id": "a", "Arn": bus, "RoleArn": handed}])
    with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole"):
        events.put_targets(Rule=rule, Targets=[{"Id": "a", "Arn": bus, "RoleArn": kept}])
    with pytest.raises(ClientError, match="iam:PassRole"):
        aws.session_of(caller, "cloudtrail").create_trail(
            Name=unique(),
            S3BucketName="logs",
            CloudWatchLogsRoleArn=handed,
            CloudWatchLogsLogGroupArn="arn:aws:logs:eu-central-1:123456789012:log-group:a:*",
        )


def test_a_value_needs_its_key(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """Reading and putting ask for the secret's key, through Secrets Manager alone."""
    through = {
        "kms__ViaService": "secretsmanager.eu-central-1.amazonaws.com",
        "kms__CallerAccount": "123456789012",
    }
    reader = make_role(allow("secretsmanager:*"), allow("kms:Decrypt", "*", **through))
    writer = make_role(
        allow("secretsmanager:*"), allow(["kms:Decrypt", "kms:GenerateDataKey"], "*", **through)
    )
    without = make_role(allow("secretsmanager:*"))
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    secret = aws.client("secretsmanager").create_secret(Name=unique(), KmsKeyId=key)["ARN"]
    aws.session_of(writer, "secretsmanager").put_secret_value(SecretId=secret, SecretString="made up")
    secrets = aws.session_of(reader, "secretsmanager")
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "made up"
    with pytest.raises(ClientError, match="Access to KMS is not allowed"):
        secrets.put_secret_value(SecretId=secret, SecretString="another")
    with pytest.raises(ClientError, match="Access to KMS is not allowed"):
        aws.session_of(without, "secretsmanager").get_secret_value(SecretId=secret)
    assert aws.session_of(without, "secretsmanager").describe_secret(SecretId=secret)["KmsKeyId"] == key
    with pytest.raises(ClientError, match=DENIED):
        aws.session_of(writer, "kms").generate_data_key(KeyId=key, KeySpec="AES_256")


def test_a_secret_under_the_default_key_needs_no_right_on_it(
    aws: LocalAws, make_role: Callable[..., str]
) -> None:
    """The account's own key for Secrets Manager is everybody's who may read."""
    secret = aws.client("secretsmanager").create_secret(Name=unique(), SecretString="made up")["ARN"]
    reader = aws.session_of(make_role(allow("secretsmanager:*")), "secretsmanager")
    assert reader.get_secret_value(SecretId=secret)["SecretString"] == "made up"


def test_an_alias_needs_a_right_on_its_key(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """And one on the alias."""
    mine, other = (aws.client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    aliases = "arn:aws:kms:eu-central-1:123456789012:alias/hubguard/*"
    kms = aws.session_of(make_role(allow("kms:CreateAlias", aliases), allow("kms:*Alias", mine)), "kms")
    kms.create_alias(AliasName=f"alias/hubguard/{unique()}", TargetKeyId=mine)
    with pytest.raises(ClientError, match=DENIED):
        kms.create_alias(AliasName=f"alias/hubguard/{unique()}", TargetKeyId=other)
    with pytest.raises(ClientError, match=DENIED):
        kms.create_alias(AliasName=f"alias/{unique()}", TargetKeyId=mine)


def test_a_session_is_no_longer_than_its_role_allows(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """By either way into a role; a role may allow more than the default hour."""
    issuer = "token.actions.githubusercontent.com"
    jobs = document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"{ACCOUNT}:oidc-provider/{issuer}"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{issuer}:sub": "repo:a@1/b@2:environment:c"}},
        }
    )
    sts, by_job = aws.client("sts"), make_role(AssumeRolePolicyDocument=jobs)
    job = {"RoleSessionName": "test", "WebIdentityToken": web_identity("repo:a@1/b@2:environment:c")}
    for seconds in (3601, 43200):
        with pytest.raises(ClientError, match="exceeds the MaxSessionDuration"):
            sts.assume_role(RoleArn=make_role(), RoleSessionName="test", DurationSeconds=seconds)
        with pytest.raises(ClientError, match="exceeds the MaxSessionDuration"):
            sts.assume_role_with_web_identity(RoleArn=by_job, DurationSeconds=seconds, **job)
    assert sts.assume_role_with_web_identity(RoleArn=by_job, DurationSeconds=3600, **job)
    longer = make_role(MaxSessionDuration=7200)
    assert sts.assume_role(RoleArn=longer, RoleSessionName="test", DurationSeconds=7200)


def test_alarms_are_judged_by_their_names(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """Lists of alarms included."""
    alarms = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:hubguard-*"
    cloudwatch = aws.session_of(make_role(allow("cloudwatch:*", alarms)), "cloudwatch")
    assert cloudwatch.describe_alarms(AlarmNames=["hubguard-reads"])["MetricAlarms"] == []
    with pytest.raises(ClientError, match=DENIED):
        cloudwatch.describe_alarms(AlarmNames=["others"])
    with pytest.raises(ClientError, match=DENIED):
        cloudwatch.delete_alarms(AlarmNames=["others"])


def test_a_key_that_is_not_there_is_not_found(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """A right that depends on its tags can be judged on a key that is there."""
    kms = aws.session_of(make_role(allow("kms:DescribeKey", "*", **{"aws__ResourceTag/owner": "us"})), "kms")
    ours = aws.client("kms").create_key(Tags=[{"TagKey": "owner", "TagValue": "us"}])["KeyMetadata"]["Arn"]
    others = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert kms.describe_key(KeyId=ours)["KeyMetadata"]["Arn"] == ours
    with pytest.raises(ClientError, match=DENIED):
        kms.describe_key(KeyId=others)
    with pytest.raises(ClientError, match="NotFoundException"):
        kms.describe_key(KeyId=ours[:-12] + "0" * 12)


def test_a_key_with_tags_needs_the_right_to_tag(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """On a key that has no tag yet: a right on the tag that it will have does not help."""
    making = allow("kms:CreateKey", "*", **{"aws__RequestTag/owner": "us"})
    of_ours = allow("kms:TagResource", "*", **{"aws__ResourceTag/owner": "us"})
    untagged = allow("kms:TagResource", "*", **{"aws__RequestTag/owner": "us"})
    untagged["Condition"]["Null"] = {"aws:ResourceTag/owner": "true"}
    ours = [{"TagKey": "owner", "TagValue": "us"}]
    with pytest.raises(ClientError, match="not authorized to perform: kms:TagResource"):
        aws.session_of(make_role(making, of_ours), "kms").create_key(Tags=ours)
    kms = aws.session_of(make_role(making, untagged), "kms")
    assert kms.create_key(Tags=ours)["KeyMetadata"]["Arn"]
    bare, others = (aws.client("kms").create_key(**tags)["KeyMetadata"]["Arn"] for tags in ({}, OTHERS))
    kms.tag_resource(KeyId=bare, Tags=ours)
    with pytest.raises(ClientError, match=DENIED):
        kms.tag_resource(KeyId=others, Tags=ours)


def test_how_soon_a_secret_is_gone_is_a_condition(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """Both ways of hurrying are told; without either the request passes."""
    at_once = {"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}}
    too_soon = {"NumericLessThan": {"secretsmanager:RecoveryWindowInDays": "30"}}
    denied = {"Effect": "Deny", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}
    role = make_role(allow("secretsmanager:*"), *(denied | {"Condition": one} for one in (at_once, too_soon)))
    secrets, root = aws.session_of(role, "secretsmanager"), aws.client("secretsmanager")
    for hasty in ({"ForceDeleteWithoutRecovery": True}, {"RecoveryWindowInDays": 29}):
        name = root.create_secret(Name=unique())["Name"]
        with pytest.raises(ClientError, match=DENIED):
            secrets.delete_secret(SecretId=name, **hasty)
        root.delete_secret(SecretId=name, **hasty)
    for patient in ({}, {"RecoveryWindowInDays": 30}, {"ForceDeleteWithoutRecovery": False}):
        assert secrets.delete_secret(SecretId=root.create_secret(Name=unique())["Name"], **patient)
