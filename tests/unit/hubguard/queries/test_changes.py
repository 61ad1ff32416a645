"""Who changed what: secrets, their policies, keys, access, the trail and its bucket, the alarms."""

from __future__ import annotations

from typing import Any

import pytest

from hubguard.queries.question import CHANGES
from tests.unit.hubguard.queries.records import ACCOUNT, ARN, PREFIX, SERVICE, read, record, rows

_CI = f"{ARN}{PREFIX}ci/kwanzaa-ci"
_KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"
_BUCKET = f"hubguard-audit-{ACCOUNT}-eu-central-1"


@pytest.mark.parametrize(
    ("action", "parameters", "more"),
    [
        ("CreateSecret", {"name": f"{PREFIX}ci/kwanzaa-ci", "kmsKeyId": _KEY}, {}),
        ("PutSecretValue", {"secretId": _CI}, {}),
        ("PutResourcePolicy", {"secretId": f"{_CI}-AbC123", "resourcePolicy": "{}"}, {}),
        ("DeleteSecret", {"secretId": f"{PREFIX}ci/kwanzaa-ci", "recoveryWindowInDays": 30}, {}),
        # AWS itself says when a rotation has begun: without parameters, and as an event of the service.
        ("RotationStarted", None, {"additionalEventData": {"SecretId": _CI}, "eventType": "AwsServiceEvent"}),
    ],
)
def test_a_change_of_a_secret_names_the_token(action: str, parameters: Any, more: dict[str, Any]) -> None:
    """By whichever field the call names it."""
    [row] = rows(CHANGES, record("secretsmanager", action, parameters, **more))
    assert (row["area"], row["subject"], row["token"]) == ("secret", f"{PREFIX}ci/kwanzaa-ci", "kwanzaa-ci")
    assert row["action"] == action
    assert len(rows(CHANGES, record("secretsmanager", action, parameters, **more), about="kwanzaa-ci")) == 1
    assert rows(CHANGES, record("secretsmanager", action, parameters, **more), about="kwanzaa-local") == ()


@pytest.mark.parametrize(
    ("service", "action", "parameters", "area", "subject"),
    [
        ("kms", "ScheduleKeyDeletion", {"keyId": _KEY, "pendingWindowInDays": 7}, "key", _KEY),
        ("iam", "UpdateAssumeRolePolicy", {"roleName": "hubguard-ci"}, "access", "hubguard-ci"),
        (
            "iam",
            "AttachRolePolicy",
            {"roleName": "hubguard-ci", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
            "access",
            "hubguard-ci arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        ("iam", "CreateAccessKey", {"userName": "ngoma"}, "access", "ngoma"),
        (
            "cloudtrail",
            "StopLogging",
            {"name": "hubguard-kwanzaa-project"},
            "trail",
            "hubguard-kwanzaa-project",
        ),
        ("cloudtrail", "PutEventSelectors", {"trailName": "hubguard-x"}, "trail", "hubguard-x"),
        ("s3", "PutBucketPolicy", {"bucketName": _BUCKET, "bucketPolicy": {}}, "bucket", _BUCKET),
        ("s3", "DeleteObject", {"bucketName": _BUCKET, "key": "AWSLogs/1"}, "bucket", f"{_BUCKET} AWSLogs/1"),
        ("s3", "PutObject", {"bucketName": _BUCKET, "key": "AWSLogs/1"}, "bucket", f"{_BUCKET} AWSLogs/1"),
        ("events", "DisableRule", {"name": "hubguard-root"}, "alarm", "hubguard-root"),
        (
            "logs",
            "DeleteMetricFilter",
            {"logGroupName": "/hubguard/x", "filterName": "f"},
            "alarm",
            "/hubguard/x f",
        ),
        ("monitoring", "DeleteAlarms", {"alarmNames": ["hubguard-a", "b"]}, "alarm", "hubguard-a b"),
        ("glue", "UpdateTable", {"databaseName": "hubguard_x", "tableInput": {}}, "query", "hubguard_x"),
    ],
)
def test_a_change_of_what_guards_the_tokens_is_shown(
    service: str, action: str, parameters: Any, area: str, subject: str
) -> None:
    """With the names that the call gives."""
    [row] = rows(CHANGES, record(service, action, parameters))
    assert (row["area"], row["subject"], row["action"]) == (area, subject, action)


def test_a_new_key_is_named_by_what_came_of_it() -> None:
    """The call that makes one cannot name it yet."""
    made = record(
        "kms", "CreateKey", {"description": "tokens"}, resources=[{"ARN": _KEY, "accountId": ACCOUNT}]
    )
    assert [row["subject"] for row in rows(CHANGES, made)] == [_KEY]


def test_a_change_that_was_delivered_twice_is_one_row() -> None:
    """CloudTrail delivers at least once, not once."""
    one = record("kms", "DisableKey", {"keyId": _KEY})
    assert len(rows(CHANGES, one, dict(one))) == 1


def test_a_call_that_does_not_say_whether_it_reads_is_a_change() -> None:
    """Better one row too many."""
    unsaid = record("secretsmanager", "NewCall", {"secretId": _CI})
    del unsaid["readOnly"]
    assert len(rows(CHANGES, unsaid)) == 1


def test_what_changes_nothing_or_is_not_ours_is_left_out() -> None:
    """Reading, failing, delivering logs, asking questions, and the rest of the account."""
    others = [
        read(_CI),
        record("secretsmanager", "DeleteSecret", {"secretId": _CI}, errorCode="AccessDenied"),
        record("secretsmanager", "DeleteSecret", {"secretId": "app/database"}),
        record("s3", "PutObject", {"bucketName": _BUCKET}, userIdentity=SERVICE),
        record("s3", "DeleteBucket", {"bucketName": "photos"}),
        record("athena", "StartQueryExecution", {"workGroup": "hubguard-kwanzaa-project"}),
        record("sts", "AssumeRole", {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/hubguard/hubguard-ci"}),
        record("iam", "ListRoles", None, reads=True),
    ]
    assert rows(CHANGES, *others) == ()
