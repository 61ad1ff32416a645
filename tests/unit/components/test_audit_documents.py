"""The documents of the audit trail let in whom they must, and bind each service as it documents."""

from __future__ import annotations

from typing import Any

import pytest

from components.documents import buckets, delivery
from components.documents.logs_key import logs_key_policy
from components.documents.statements import text
from components.documents.topic import topic_policy
from components.names import Names

NAMES = Names("123456789012", "eu-central-1", "kwanzaa-project", ("eu-west-1",))
LONG = Names("123456789012", "ap-southeast-2", "o" * 96, ("us-east-1", "eu-west-1"))
BUCKET_POLICIES = {
    NAMES.log_bucket: buckets.log_bucket_policy(NAMES),
    NAMES.access_log_bucket: buckets.access_log_bucket_policy(NAMES),
    NAMES.answers_bucket: buckets.answers_bucket_policy(NAMES),
}

# What SNS accepts in a topic's policy; with any other action it refuses the whole.
TOPIC_ACTIONS = {
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
}


def statement(document: dict[str, Any], sid: str) -> dict[str, Any]:
    """The statement of that name."""
    [found] = [s for s in document["Statement"] if s["Sid"] == sid]
    return dict(found)


def of_service(document: dict[str, Any], service: str) -> list[dict[str, Any]]:
    """The statements that let a service in."""
    return [
        s
        for s in document["Statement"]
        if isinstance(s["Principal"], dict) and service in str(s["Principal"].get("Service", ""))
    ]


def test_whoever_administers_the_key_cannot_use_it() -> None:
    """Nor hand it on: no decryption, no data key, no grant."""
    actions = statement(logs_key_policy(NAMES), "AccountAdministers")["Action"]
    uses = ("*", "Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "CreateGrant")
    assert not [action for action in actions if any(use in action for use in uses)]
    assert "kms:PutKeyPolicy" in actions


def test_the_key_serves_this_trail_alone() -> None:
    """Another trail, of this account or another, gets nothing."""
    statements = of_service(logs_key_policy(NAMES), "cloudtrail")
    assert statements
    for found in statements:
        assert found["Condition"]["StringEquals"] == {"aws:SourceArn": NAMES.trail_arn}


def test_the_trail_can_do_all_that_it_needs() -> None:
    """Encrypting files and digests, and the checks that a bucket key and UpdateTrail ask for."""
    actions = {a for s in of_service(logs_key_policy(NAMES), "cloudtrail") for a in s["Action"]}
    assert actions == {"kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"}


def test_the_key_serves_this_log_group_alone() -> None:
    """CloudWatch Logs names the group without its streams."""
    [found] = of_service(logs_key_policy(NAMES), "logs.eu-central-1")
    assert found["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": NAMES.log_group_arn}}


def test_alarms_reach_the_encrypted_topic() -> None:
    """By the topic alone: source conditions would swallow every event in silence."""
    [found] = of_service(logs_key_policy(NAMES), "events")
    assert set(found["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
    assert set(found["Principal"]["Service"]) == {"events.amazonaws.com", "cloudwatch.amazonaws.com"}
    assert found["Condition"] == {"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": NAMES.topic_arn}}


def test_people_use_the_key_as_auditors_alone() -> None:
    """Through a service, and data keys for answers only."""
    uses = [
        s
        for s in logs_key_policy(NAMES)["Statement"]
        if "AWS" in s["Principal"] and s["Sid"] != "AccountAdministers"
    ]
    assert {action for s in uses for action in s["Action"]} == {"kms:Decrypt", "kms:GenerateDataKey"}
    for found in uses:
        condition = found["Condition"]
        assert condition["ArnEquals"] == {"aws:PrincipalArn": NAMES.role_arn("auditor")}
        assert condition["StringEquals"]["kms:CallerAccount"] == NAMES.account
        assert "s3.eu-central-1.amazonaws.com" in condition["StringEquals"]["kms:ViaService"]
    [writing] = [s for s in uses if "kms:GenerateDataKey" in s["Action"]]
    answers = f"arn:aws:s3:::{NAMES.answers_bucket}"
    assert writing["Condition"]["StringLike"] == {
        "kms:EncryptionContext:aws:s3:arn": [answers, f"{answers}/*"]
    }


def test_the_log_bucket_is_written_by_this_trail_alone() -> None:
    """Another trail of the same service is another writer."""
    writers = [s for s in BUCKET_POLICIES[NAMES.log_bucket]["Statement"] if s["Effect"] == "Allow"]
    assert {action for s in writers for action in s["Action"]} == {"s3:GetBucketAcl", "s3:PutObject"}
    for found in writers:
        assert found["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert found["Condition"]["StringEquals"]["aws:SourceArn"] == NAMES.trail_arn
    assert statement(BUCKET_POLICIES[NAMES.log_bucket], "TrailWrites")["Resource"] == (
        f"arn:aws:s3:::{NAMES.log_bucket}/AWSLogs/123456789012/*"
    )


def test_nobody_lifts_a_lock() -> None:
    """Whatever else a policy allows."""
    found = statement(BUCKET_POLICIES[NAMES.log_bucket], "NobodyLiftsALock")
    assert (found["Effect"], found["Principal"]) == ("Deny", "*")
    assert found["Action"] == ["s3:BypassGovernanceRetention"]
    assert "Condition" not in found


def test_access_logs_come_from_our_buckets_alone() -> None:
    """S3 writes for the log bucket and the answers of this account."""
    [found] = of_service(BUCKET_POLICIES[NAMES.access_log_bucket], "logging.s3")
    assert found["Condition"] == {
        "ArnEquals": {
            "aws:SourceArn": [f"arn:aws:s3:::{name}" for name in (NAMES.log_bucket, NAMES.answers_bucket)]
        },
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }


@pytest.mark.parametrize("bucket", BUCKET_POLICIES)
def test_a_bucket_talks_tls_only(bucket: str) -> None:
    """Checklist 6.1.5, for the bucket and what is in it."""
    found = statement(BUCKET_POLICIES[bucket], "OnlyEncryptedTransport")
    assert (found["Effect"], found["Principal"], found["Action"]) == ("Deny", "*", ["s3:*"])
    assert found["Resource"] == [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
    assert found["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_topic_policy_names_only_what_sns_accepts() -> None:
    """SNS refuses a wildcard and every action that is not about one topic."""
    for found in topic_policy(NAMES)["Statement"]:
        assert set(found["Action"]) <= TOPIC_ACTIONS
        assert found["Resource"] == NAMES.topic_arn


def test_nobody_but_rules_and_alarms_is_let_in_to_publish() -> None:
    """The account administers; publishing is left to two services."""
    publishers = [
        s for s in topic_policy(NAMES)["Statement"] if s["Effect"] == "Allow" and "sns:Publish" in s["Action"]
    ]
    assert [s["Principal"] for s in publishers] == [
        {"Service": "events.amazonaws.com"},
        {"Service": "cloudwatch.amazonaws.com"},
    ]


def test_an_event_without_a_named_source_still_reaches_the_topic() -> None:
    """EventBridge may name no source: a plain condition would never hold, one with IfExists does."""
    [rules] = of_service(topic_policy(NAMES), "events")
    assert all(operator.endswith("IfExists") for operator in rules["Condition"])
    assert rules["Condition"]["ArnLikeIfExists"] == {
        "aws:SourceArn": "arn:aws:events:eu-central-1:123456789012:rule/hubguard-*"
    }
    [alarms] = of_service(topic_policy(NAMES), "cloudwatch")
    assert alarms["Condition"] == {
        "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:hubguard-*"},
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }


def test_a_topic_talks_tls_only() -> None:
    """All that SNS lets a policy deny."""
    found = statement(topic_policy(NAMES), "OnlyEncryptedTransport")
    assert set(found["Action"]) == TOPIC_ACTIONS
    assert found["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_delivery_role_is_taken_for_this_trail_and_fills_this_group() -> None:
    """No other group, and no group of its own."""
    [trust] = delivery.trail_trust(NAMES)["Statement"]
    assert trust["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceArn": NAMES.trail_arn}}
    [does] = delivery.trail_permissions(NAMES)["Statement"]
    assert does["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert does["Resource"] == [f"{NAMES.log_group_arn}:log-stream:123456789012_CloudTrail_*"]


def test_the_forwarder_is_taken_by_forwarding_rules_and_reaches_one_bus() -> None:
    """From us-east-1 and the replicas' regions to the stack's own."""
    [trust] = delivery.forwarder_trust(NAMES)["Statement"]
    assert trust["Condition"] == {
        "ArnEquals": {
            "aws:SourceArn": [
                "arn:aws:events:us-east-1:123456789012:rule/hubguard-forward-events",
                "arn:aws:events:eu-west-1:123456789012:rule/hubguard-forward-events",
            ]
        },
        "StringEquals": {"aws:SourceAccount": "123456789012"},
    }
    [does] = delivery.forwarder_permissions(NAMES)["Statement"]
    assert (does["Action"], does["Resource"]) == (["events:PutEvents"], [NAMES.event_bus_arn])


@pytest.mark.parametrize("names", [NAMES, LONG])
def test_every_document_fits(names: Names) -> None:
    """Within AWS's limits, with the longest names there can be."""
    assert len(text(logs_key_policy(names))) <= 32 * 1024
    assert len(text(topic_policy(names))) <= 30 * 1024
    for policy in (
        buckets.log_bucket_policy,
        buckets.access_log_bucket_policy,
        buckets.answers_bucket_policy,
    ):
        assert len(text(policy(names))) <= 20 * 1024
    for trust in (delivery.trail_trust, delivery.forwarder_trust):
        assert len(text(trust(names))) <= 2048
    for permissions in (delivery.trail_permissions, delivery.forwarder_permissions):
        assert len(text(permissions(names))) <= 10240
