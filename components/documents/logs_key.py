"""The policy of the key of the trail, its logs, the alarms' topic and the auditor's answers.

Whom a service works for is bound as its own documentation tells: a condition on something that the service
does not send never holds, and then logs and alarms are lost without a word.
"""

from __future__ import annotations

from typing import Any

from components.documents.statements import Statement, allow, document
from components.documents.vault import KEY_ADMINISTRATION
from components.names import Names


def logs_key_policy(names: Names) -> dict[str, Any]:
    """The account administers the key; the services of the trail and the alarms, and the auditor, use it."""
    return document(
        allow("AccountAdministers", KEY_ADMINISTRATION, "*", principal={"AWS": names.account_root}),
        *_trail(names),
        _log_group(names),
        _topic(names),
        *_auditor(names),
    )


def _trail(names: Names) -> list[Statement]:
    """What CloudTrail needs, for this one trail (its user guide, "Configure AWS KMS key policies")."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    this_trail = {"aws:SourceArn": names.trail_arn}
    # The guide leaves the region open: log files of other regions are written as well.
    any_region = f"arn:aws:cloudtrail:*:{names.account}:trail/{names.trail}"
    bucket = f"arn:aws:s3:::{names.log_bucket}"
    return [
        allow(
            "TrailEncrypts",
            ["kms:GenerateDataKey*"],
            "*",
            principal=service,
            condition={
                "StringEquals": this_trail,
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": any_region},
            },
        ),
        allow(
            "TrailEncryptsByTheBucketsRule",
            ["kms:GenerateDataKey*"],
            "*",
            principal=service,
            condition={
                "StringEquals": this_trail,
                # With a bucket key S3 names the bucket, without one the object.
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": [bucket, f"{bucket}/*"]},
            },
        ),
        allow(
            "TrailChecks",
            ["kms:Decrypt", "kms:DescribeKey"],
            "*",
            principal=service,
            condition={"StringEquals": this_trail},
        ),
    ]


def _log_group(names: Names) -> Statement:
    """What CloudWatch Logs needs, for this one log group (its user guide, "Encrypt log data")."""
    return allow(
        "LogGroup",
        ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        "*",
        principal={"Service": f"logs.{names.region}.amazonaws.com"},
        condition={"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": names.log_group_arn}},
    )


def _topic(names: Names) -> Statement:
    """What EventBridge and CloudWatch need to publish to the encrypted topic, and to no other.

    No `aws:SourceArn` and no `aws:SourceAccount`: in a key policy they are not supported for events that
    EventBridge sends to an encrypted topic (SNS developer guide, "Key management"). SNS always names the
    topic in the encryption context.
    """
    return allow(
        "AlarmsReachTheTopic",
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        principal={"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]},
        condition={"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": names.topic_arn}},
    )


def _auditor(names: Names) -> list[Statement]:
    """The auditor reads what is encrypted, and writes answers; its own policy must allow it as well."""

    def through(*services: str) -> dict[str, dict[str, Any]]:
        return {
            "StringEquals": {
                "kms:CallerAccount": names.account,
                "kms:ViaService": [f"{service}.{names.region}.amazonaws.com" for service in services],
            },
            # In a condition, not as the principal: a role made anew under the same name stays valid.
            "ArnEquals": {"aws:PrincipalArn": names.role_arn("auditor")},
        }

    account = {"AWS": names.account_root}
    answers = f"arn:aws:s3:::{names.answers_bucket}"
    return [
        allow(
            "AuditorReads",
            ["kms:Decrypt"],
            "*",
            principal=account,
            condition=through("athena", "logs", "s3"),
        ),
        allow(
            "AuditorKeepsAnswers",
            ["kms:GenerateDataKey"],
            "*",
            principal=account,
            condition={
                **through("athena", "s3"),
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": [answers, f"{answers}/*"]},
            },
        ),
    ]
