"""The policy of the topic that every alarm goes to."""

from __future__ import annotations

from typing import Any, Final

from components.documents import configuration
from components.documents.statements import allow, deny, document
from components.names import Names

_ADMINISTRATION: Final = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)
"""With Publish all that a topic's policy may name: SNS refuses `sns:*` there."""


def topic_policy(names: Names) -> dict[str, Any]:
    """Our rules and our alarms publish; the account administers."""
    topic = names.topic_arn
    return document(
        allow("AccountAdministers", _ADMINISTRATION, topic, principal={"AWS": names.account_root}),
        allow(
            "RulesPublish",
            ["sns:Publish"],
            topic,
            principal={"Service": "events.amazonaws.com"},
            # EventBridge's user guide: no conditions in a topic's policy. Where it names no source, these
            # hold; where it names one, it has to be ours. Without "IfExists" alarms would be lost in silence.
            condition={
                "ArnLikeIfExists": {"aws:SourceArn": names.rule_arn("*")},
                "StringEqualsIfExists": {"aws:SourceAccount": names.account},
            },
        ),
        allow(
            "AlarmsPublish",
            ["sns:Publish"],
            topic,
            principal={"Service": "cloudwatch.amazonaws.com"},
            condition={
                "ArnLike": {"aws:SourceArn": configuration.alarms(names)},
                "StringEquals": {"aws:SourceAccount": names.account},
            },
        ),
        deny(
            "OnlyEncryptedTransport",
            [*_ADMINISTRATION, "sns:Publish"],
            topic,
            principal="*",
            condition={"Bool": {"aws:SecureTransport": "false"}},
        ),
    )
