"""What two services do in the account's name: the trail fills the log group, rules forward events."""

from __future__ import annotations

from typing import Any, Final

from components.documents.statements import allow, document
from components.names import Names

FORWARDER: Final = "forward-events"
"""The rule that forwards, one in each of the other regions."""


def trail_trust(names: Names) -> dict[str, Any]:
    """CloudTrail takes the role for this one trail."""
    return _trust("cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceArn": names.trail_arn}})


def trail_permissions(names: Names) -> dict[str, Any]:
    """Writing to the streams of the trail's log group: CloudTrail begins their names with the account."""
    streams = f"{names.log_group_arn}:log-stream:{names.account}_CloudTrail_*"
    return document(allow("FillTheLogGroup", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]))


def forwarder_trust(names: Names) -> dict[str, Any]:
    """EventBridge takes the role for the forwarding rules of this account."""
    rules = [names.rule_arn(FORWARDER, region) for region in names.forwarding_regions]
    return _trust(
        "events.amazonaws.com",
        {"ArnEquals": {"aws:SourceArn": rules}, "StringEquals": {"aws:SourceAccount": names.account}},
    )


def forwarder_permissions(names: Names) -> dict[str, Any]:
    """Putting events on exactly the bus where the alarms are."""
    return document(allow("ForwardEvents", ["events:PutEvents"], [names.event_bus_arn]))


def _trust(service: str, condition: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return document(
        {
            "Sid": "Service",
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    )
