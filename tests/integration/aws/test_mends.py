"""Where MiniStack differs from AWS in what the project relies on, it is mended: proved by calls."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.aws.conftest import LocalAws

ROOT = "arn:aws:iam::123456789012:root"


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def only(role: str, operator: str) -> dict[str, Any]:
    """The condition of a Deny that spares one role."""
    return {operator: {"aws:PrincipalArn": role}}


@pytest.fixture
def make_role(aws: LocalAws) -> Callable[..., str]:
    """Makes a role with a path and what it may do; gives its ARN."""

    def make(*statements: dict[str, Any], trust: dict[str, Any] | None = None) -> str:
        iam, name = aws.client("iam"), f"r{uuid.uuid4().hex[:10]}"
        whom = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole"}
        arn = iam.create_role(
            RoleName=name, Path="/hubguard/", AssumeRolePolicyDocument=document(trust or whom)
        )["Role"]["Arn"]
        iam.put_role_policy(
            RoleName=name,
            PolicyName="may",
            PolicyDocument=document(
                {"Effect": "Allow", "Action": ["secretsmanager:*", "kms:*", "sts:*", "s3:*"],
                 "Resource": "*"},
                *statements,
            ),
        )  # fmt: skip
        return str(arn)

    return make


@pytest.mark.parametrize("operator", ["StringNotEquals", "ArnNotEquals", "ArnNotLike"])
def test_a_secret_policy_spares_the_named_role(
    operator: str, aws: LocalAws, make_role: Callable[..., str]
) -> None:
    """Deny everybody but one role: its session reads, another one's does not."""
    reader, other = make_role(), make_role()
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name=uuid.uuid4().hex, SecretString="made up")["ARN"]
    secrets.put_resource_policy(
        SecretId=arn,
        ResourcePolicy=document(
            {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue",
             "Resource": "*", "Condition": only(reader, operator)}
        ),
    )  # fmt: skip
    read = aws.session_of(reader, "secretsmanager").get_secret_value(SecretId=arn)
    assert read["SecretString"] == "made up"
    with pytest.raises(ClientError, match="explicit deny"):
        aws.session_of(other, "secretsmanager").get_secret_value(SecretId=arn)


def test_a_deny_without_tls_does_not_hit_loopback(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """Nothing leaves the machine: the policy that every secret has must not deny everything."""
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name=uuid.uuid4().hex, SecretString="made up")["ARN"]
    secrets.put_resource_policy(
        SecretId=arn,
        ResourcePolicy=document(
            {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*",
             "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
        ),
    )  # fmt: skip
    read = aws.session_of(make_role(), "secretsmanager").get_secret_value(SecretId=arn)
    assert read["SecretString"] == "made up"


def test_a_key_policy_spares_the_named_role(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """The same in a key policy."""
    user, other = make_role(), make_role()
    key = aws.client("kms").create_key(
        Policy=document(
            {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"},
            {"Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey", "Resource": "*",
             "Condition": only(user, "ArnNotEquals")},
        )
    )["KeyMetadata"]["KeyId"]  # fmt: skip
    assert aws.session_of(user, "kms").generate_data_key(KeyId=key, KeySpec="AES_256")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(other, "kms").generate_data_key(KeyId=key, KeySpec="AES_256")


def test_an_identity_policy_sees_its_own_role(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """A Deny on another principal does not hit, one on itself does."""
    elsewhere = "arn:aws:iam::123456789012:role/hubguard/elsewhere"
    deny = {"Effect": "Deny", "Action": "secretsmanager:ListSecrets", "Resource": "*"}
    spared = make_role({**deny, "Condition": {"ArnEquals": {"aws:PrincipalArn": elsewhere}}})
    hit = make_role({**deny, "Condition": {"ArnLike": {"aws:PrincipalArn": "*:role/hubguard/r*"}}})
    assert "SecretList" in aws.session_of(spared, "secretsmanager").list_secrets()
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(hit, "secretsmanager").list_secrets()


def test_a_trust_policy_sees_the_role_that_comes(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """From one role into the next: only the named one gets in."""
    first, other = make_role(), make_role()
    second = make_role(
        trust={"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "sts:AssumeRole",
               "Condition": {"StringEquals": {"aws:PrincipalArn": first}}}
    )  # fmt: skip
    assert aws.session_of(first, "sts").assume_role(RoleArn=second, RoleSessionName="next")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(other, "sts").assume_role(RoleArn=second, RoleSessionName="next")


def test_a_bucket_policy_spares_the_named_role(aws: LocalAws, make_role: Callable[..., str]) -> None:
    """The same in a bucket policy."""
    reader, other = make_role(), make_role()
    bucket = uuid.uuid4().hex
    s3 = aws.client("s3", region="us-east-1")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="log", Body=b"x")
    s3.put_bucket_policy(
        Bucket=bucket,
        Policy=document(
            {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject",
             "Resource": f"arn:aws:s3:::{bucket}/*", "Condition": only(reader, "ArnNotEquals")}
        ),
    )  # fmt: skip
    assert aws.session_of(reader, "s3").get_object(Bucket=bucket, Key="log")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session_of(other, "s3").get_object(Bucket=bucket, Key="log")


def test_a_secret_without_a_value_cannot_be_read(aws: LocalAws) -> None:
    """It is a container only, until a value is put."""
    secrets = aws.client("secretsmanager")
    made = secrets.create_secret(Name=uuid.uuid4().hex)
    assert "VersionId" not in made
    with pytest.raises(ClientError, match=r"ResourceNotFound.*AWSCURRENT"):
        secrets.get_secret_value(SecretId=made["ARN"])
    secrets.put_secret_value(SecretId=made["ARN"], SecretString="first")
    assert secrets.get_secret_value(SecretId=made["ARN"])["SecretString"] == "first"
    secrets.put_secret_value(SecretId=made["ARN"], SecretString="second")
    previous = secrets.get_secret_value(SecretId=made["ARN"], VersionStage="AWSPREVIOUS")
    assert previous["SecretString"] == "first"


def test_a_trail_keeps_what_it_was_created_with(aws: LocalAws) -> None:
    """Log group, role and tags included."""
    trails, name = aws.client("cloudtrail"), f"t{uuid.uuid4().hex[:8]}"
    group, role = "arn:aws:logs:eu-central-1:123456789012:log-group:a:*", f"{ROOT[:-4]}role/x"
    arn = trails.create_trail(
        Name=name, S3BucketName="logs", CloudWatchLogsLogGroupArn=group,
        CloudWatchLogsRoleArn=role, TagsList=[{"Key": "a", "Value": "b"}],
    )["TrailARN"]  # fmt: skip
    found = trails.get_trail(Name=name)["Trail"]
    assert found["CloudWatchLogsLogGroupArn"] == group
    assert found["CloudWatchLogsRoleArn"] == role
    tags = trails.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"]
    assert tags == [{"Key": "a", "Value": "b"}]


def test_changes_of_what_is_not_there_fail_as_in_aws(aws: LocalAws) -> None:
    """The added calls know their resources."""
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.client("logs").associate_kms_key(logGroupName="missing", kmsKeyId="arn:x")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        aws.client("iam").add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn="arn:aws:iam::123456789012:oidc-provider/missing",
            ClientID="x",
        )
