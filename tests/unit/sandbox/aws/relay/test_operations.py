"""What a request asks for, as CloudTrail names it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.relay.calls import Request
from sandbox.aws.relay.operations import operation


def request(service: str, method: str = "POST", path: str = "/", **changes: Any) -> Request:
    """A request of the account's root."""
    plain: dict[str, Any] = {
        "query": {},
        "headers": {"host": "127.0.0.1:1"},
        "body": b"",
        "account": "123456789012",
        "region": "eu-central-1",
        "source_ip": "127.0.0.1",
        "access_key": "123456789012",
        "request_id": "1",
        "time": 0.0,
    }
    return Request(service=service, method=method, path=path, **{**plain, **changes})


def call(service: str, target: str, **parameters: Any) -> Request:
    """A request in the JSON protocol."""
    headers = {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
    return request(service, headers=headers, body=json.dumps(parameters).encode())


def form(service: str, **fields: str) -> Request:
    """A request in the query protocol."""
    headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
    return request(service, headers=headers, body=urlencode(fields).encode())


def test_parameters_begin_with_a_small_letter() -> None:
    """JSON: nested names as well; unknown ones are left out."""
    asked = operation(
        call("secretsmanager", "secretsmanager.TagResource", SecretId="a", Other=1,
             Tags=[{"Key": "k", "Value": "v"}])
    )  # fmt: skip
    assert asked is not None
    assert (asked.prefix, asked.name, asked.read_only) == ("secretsmanager", "TagResource", False)
    assert asked.parameters == {"secretId": "a", "tags": [{"key": "k", "value": "v"}]}


def test_forms_become_the_same() -> None:
    """Query protocol: lists, numbers, flags and maps."""
    role = form("iam", Action="CreateRole", Version="2010-05-08", RoleName="r", MaxSessionDuration="3600",
                **{"Tags.member.1.Key": "k", "Tags.member.1.Value": "v"})  # fmt: skip
    asked = operation(role)
    assert asked is not None
    assert asked.parameters == {
        "roleName": "r",
        "maxSessionDuration": 3600,
        "tags": [{"key": "k", "value": "v"}],
    }
    topic = form("sns", Action="CreateTopic", Name="t",
                 **{"Attributes.entry.1.key": "KmsMasterKeyId", "Attributes.entry.1.value": "k"})  # fmt: skip
    asked = operation(topic)
    assert asked is not None
    assert asked.parameters == {"name": "t", "attributes": {"KmsMasterKeyId": "k"}}
    alarm = form("monitoring", Action="PutMetricAlarm", AlarmName="a", ActionsEnabled="true", Period="60")
    asked = operation(alarm)
    assert asked is not None
    assert (asked.prefix, asked.parameters) == (
        "monitoring",
        {"alarmName": "a", "actionsEnabled": True, "period": 60},
    )


@pytest.mark.parametrize(
    ("method", "part", "name", "read"),
    [
        ("PUT", "policy", "PutBucketPolicy", False),
        ("DELETE", "policy", "DeleteBucketPolicy", False),
        ("GET", "policy", "GetBucketPolicy", True),
        ("PUT", "lifecycle", "PutBucketLifecycle", False),
        ("DELETE", "lifecycle", "DeleteBucketLifecycle", False),
        ("PUT", "object-lock", "PutBucketObjectLockConfiguration", False),
        ("GET", "object-lock", "GetBucketObjectLockConfiguration", True),
        ("PUT", "versioning", "PutBucketVersioning", False),
        ("PUT", "publicAccessBlock", "PutBucketPublicAccessBlock", False),
        ("DELETE", "publicAccessBlock", "DeleteBucketPublicAccessBlock", False),
        ("PUT", "encryption", "PutBucketEncryption", False),
        ("PUT", "logging", "PutBucketLogging", False),
        ("PUT", "ownershipControls", "PutBucketOwnershipControls", False),
        ("PUT", "tagging", "PutBucketTagging", False),
        ("PUT", "", "CreateBucket", False),
        ("DELETE", "", "DeleteBucket", False),
        ("HEAD", "", "HeadBucket", True),
    ],
)
def test_bucket_calls_have_their_own_names(method: str, part: str, name: str, read: bool) -> None:
    """From the table in the user guide of S3."""
    asked = operation(request("s3", method, "/logs", query={part: [""]} if part else {}))
    assert asked is not None
    assert (asked.name, asked.read_only) == (name, read)
    shown = {"Host": "127.0.0.1:1", "bucketName": "logs"}
    assert asked.parameters == (shown | {part: ""} if part else shown)


def test_a_bucket_policy_is_shown() -> None:
    """It is what the call was about."""
    asked = operation(request("s3", "PUT", "/logs", query={"policy": [""]}, body=b'{"Statement": []}'))
    assert asked is not None
    assert asked.parameters is not None
    assert asked.parameters["bucketPolicy"] == {"Statement": []}


def test_signatures_in_an_address_are_not_shown() -> None:
    """A presigned address is a credential."""
    query = {"X-Amz-Signature": ["s"], "Signature": ["s"], "AWSAccessKeyId": ["k"], "policy": [""]}
    asked = operation(request("s3", "GET", "/logs", query=query))
    assert asked is not None
    assert asked.parameters == {"Host": "127.0.0.1:1", "bucketName": "logs", "policy": ""}


@pytest.mark.parametrize(
    "one",
    [
        request("s3", "PUT", "/logs/key/with/parts", body=b"x"),
        request("s3", "GET", "/logs", query={"list-type": ["2"]}),
        request("s3", "POST", "/logs", query={"delete": [""]}),
        call("sqs", "AmazonSQS.SendMessage", QueueUrl="q", MessageBody="m"),
        form("sns", Action="Publish", Message="m"),
        call("events", "AWSEvents.PutEvents", Entries=[]),
        call("logs", "Logs_20140328.PutLogEvents", logGroupName="g"),
        call("secretsmanager", "secretsmanager.NoSuchThing"),
        request("nosuchservice"),
    ],
)
def test_data_events_and_the_unknown_are_left_out(one: Request) -> None:
    """A trail brings data events only where it is asked for them."""
    assert operation(one) is None


def test_rest_calls_are_found_by_their_path() -> None:
    """Lambda: names with the version of the API, parameters from path and body."""
    found = operation(request("lambda", "GET", "/2015-03-31/functions/rotate"))
    assert found is not None
    assert (found.name, found.parameters) == ("GetFunction20150331v2", {"functionName": "rotate"})
    asked = operation(
        request("lambda", "PUT", "/2015-03-31/functions/rotate/configuration",
                body=json.dumps({"Timeout": 3, "Environment": {"Variables": {"A": "hidden"}}}).encode())
    )  # fmt: skip
    assert asked is not None
    assert asked.name == "UpdateFunctionConfiguration20150331v2"
    assert asked.parameters == {"functionName": "rotate", "timeout": 3, "environment": {}}


@pytest.mark.parametrize("name", ["AssumeRole", "AssumeRoleWithWebIdentity", "GetCallerIdentity"])
def test_sts_only_reads(name: str) -> None:
    """CloudTrail marks them so."""
    asked = operation(form("sts", Action=name))
    assert asked is not None
    assert asked.read_only


@pytest.mark.parametrize("name", ["Decrypt", "GenerateDataKey", "DescribeKey"])
def test_using_a_key_is_a_read(name: str) -> None:
    """Changing it is none."""
    asked, changed = (
        operation(call("kms", f"TrentService.{one}", KeyId="k")) for one in (name, "DisableKey")
    )
    assert asked is not None
    assert changed is not None
    assert (asked.read_only, changed.read_only) == (True, False)


values = st.text(min_size=8).filter(lambda text: text.strip() == text)


@given(value=values, action=st.sampled_from(["CreateSecret", "PutSecretValue", "UpdateSecret"]))
def test_a_value_is_never_shown(value: str, action: str) -> None:
    """Whatever it is, and in whichever of the two fields."""
    for name in ("SecretString", "SecretBinary"):
        asked = operation(call("secretsmanager", f"secretsmanager.{action}", **{name: value}))
        assert asked is not None
        assert asked.parameters is None
        assert asked.withheld == {value}


def test_a_token_of_somebody_elses_is_never_shown() -> None:
    """The token of a web identity is a credential."""
    asked = operation(
        form("sts", Action="AssumeRoleWithWebIdentity", WebIdentityToken="made up", RoleSessionName="s")
    )
    assert asked is not None
    assert asked.parameters == {"roleSessionName": "s"}


def test_what_is_no_json_is_no_error() -> None:
    """MiniStack refuses such a call; the record has no parameters."""
    broken = request("kms", headers={"x-amz-target": "TrentService.DescribeKey"}, body=b"\xff{")
    asked = operation(broken)
    assert asked is not None
    assert asked.parameters is None
