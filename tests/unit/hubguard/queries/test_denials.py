"""Who tried and was denied, also where CloudTrail keeps the parameters to itself."""

from __future__ import annotations

from typing import Any

import pytest

from hubguard.queries.question import DENIALS
from tests.unit.hubguard.queries.records import ACCOUNT, ARN, PREFIX, denied, read, record, rows

_GET = "secretsmanager:GetSecretValue"
_CI = f"{ARN}{PREFIX}ci/kwanzaa-ci"


def test_a_denied_read_says_what_was_tried_and_why_it_failed() -> None:
    """With AWS's own code and reason."""
    [row] = rows(DENIALS, read(_CI, **denied(_GET, f"{_CI}-AbC123")))
    assert (row["area"], row["subject"], row["token"]) == ("secret", f"{PREFIX}ci/kwanzaa-ci", "kwanzaa-ci")
    assert (row["action"], row["error"]) == ("GetSecretValue", "AccessDenied")
    assert row["session"] == "inference"
    assert "no identity-based policy" in str(row["reason"])


@pytest.mark.parametrize("wanted", [f"{_CI}-AbC123", f"{PREFIX}ci/kwanzaa-ci"])
def test_a_denied_call_without_parameters_is_known_by_its_message(wanted: str) -> None:
    """Denied calls often carry none."""
    call = record("secretsmanager", "GetSecretValue", None, reads=True, **denied(_GET, wanted))
    assert [row["token"] for row in rows(DENIALS, call)] == ["kwanzaa-ci"]
    assert [row["token"] for row in rows(DENIALS, call, about="kwanzaa-ci")] == ["kwanzaa-ci"]
    assert rows(DENIALS, call, about="kwanzaa-local") == ()


@pytest.mark.parametrize("fields", [{"errorCode": "AccessDenied"}, denied("secretsmanager:ListSecrets", "*")])
def test_a_denied_call_that_names_nothing_stays_in_every_answer(fields: dict[str, Any]) -> None:
    """It may have been about any token."""
    call = record("secretsmanager", "GetSecretValue", None, reads=True, **fields)
    assert [row["token"] for row in rows(DENIALS, call)] == [None]
    assert [row["token"] for row in rows(DENIALS, call, about="kwanzaa-ci")] == [None]


def test_a_key_that_refuses_to_decrypt_names_the_token() -> None:
    """Secrets Manager tells KMS for which secret it decrypts."""
    call = record(
        "kms",
        "Decrypt",
        {"encryptionContext": {"SecretARN": f"{_CI}-AbC123", "SecretVersionId": "v"}},
        reads=True,
        errorCode="AccessDenied",
        resources=[{"ARN": f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1", "type": "AWS::KMS::Key"}],
    )
    [row] = rows(DENIALS, call, about="kwanzaa-ci")
    assert (row["area"], row["token"]) == ("key", "kwanzaa-ci")
    assert row["subject"] == f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1"


@pytest.mark.parametrize(
    ("service", "action", "parameters", "code", "area"),
    [
        ("iam", "DeleteRolePermissionsBoundary", {"roleName": "hubguard-deploy"}, "AccessDenied", "access"),
        (
            "sts",
            "AssumeRole",
            {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/hubguard/hubguard-ci"},
            "AccessDenied",
            "access",
        ),
        ("cloudtrail", "StopLogging", {"name": "hubguard-kwanzaa-project"}, "AccessDeniedException", "trail"),
        (
            "s3",
            "PutBucketPolicy",
            {"bucketName": f"hubguard-audit-{ACCOUNT}-eu-central-1"},
            "AccessDenied",
            "bucket",
        ),
        (
            "s3",
            "DeleteObject",
            {"bucketName": f"hubguard-audit-{ACCOUNT}-eu-central-1"},
            "AccessDenied",
            "bucket",
        ),
        (
            "sns",
            "DeleteTopic",
            {"topicArn": "arn:aws:sns:x:1:hubguard-alarms"},
            "AuthorizationError",
            "alarm",
        ),
        ("monitoring", "DeleteAlarms", {"alarmNames": ["hubguard-denied"]}, "AccessDenied", "alarm"),
        ("athena", "StartQueryExecution", {"workGroup": "hubguard-kwanzaa-project"}, "AccessDenied", "query"),
        ("kms", "PutKeyPolicy", {"keyId": "1"}, "Client.UnauthorizedOperation", "key"),
    ],
)
def test_attempts_on_everything_that_guards_the_tokens_are_shown(
    service: str, action: str, parameters: dict[str, Any], code: str, area: str
) -> None:
    """Reading and changing alike, by whatever code the service uses."""
    [row] = rows(DENIALS, record(service, action, parameters, errorCode=code))
    assert (row["area"], row["action"], row["error"]) == (area, action, code)
    assert row["subject"]
    assert rows(DENIALS, record(service, action, parameters, errorCode=code), about="kwanzaa-ci") == ()


def test_a_denied_call_on_a_bucket_without_parameters_may_be_about_ours() -> None:
    """It is left out only where its message names another one."""
    ours, others = "arn:aws:s3:::hubguard-audit-1", "arn:aws:s3:::photos"
    found = rows(
        DENIALS,
        record("s3", "DeleteBucket", None, errorCode="AccessDenied"),
        record("s3", "DeleteBucket", None, **denied("s3:DeleteBucket", ours)),
        record("s3", "DeleteBucket", None, **denied("s3:DeleteBucket", others)),
    )
    assert [row["subject"] for row in found] == [None, ours]


def test_a_denial_that_was_delivered_twice_is_one_row() -> None:
    """CloudTrail delivers at least once, not once."""
    one = read(_CI, **denied(_GET, _CI))
    assert len(rows(DENIALS, one, dict(one))) == 1


def test_what_is_no_denial_or_not_ours_is_left_out() -> None:
    """Other errors, success, and what belongs to other programs in the account."""
    others = [
        read(_CI),
        read(_CI, errorCode="ResourceNotFoundException"),
        read("app/database", **denied(_GET, "app/database")),
        record("s3", "PutBucketPolicy", {"bucketName": "photos"}, errorCode="AccessDenied"),
        record(
            "sts", "AssumeRole", {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/app"}, errorCode="AccessDenied"
        ),
        record("ec2", "RunInstances", {"name": "hubguard"}, errorCode="Client.UnauthorizedOperation"),
    ]
    assert rows(DENIALS, *others) == ()
