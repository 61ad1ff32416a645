"""A record as an event on the default event bus of its region."""

from __future__ import annotations

import calendar
import time
import uuid
from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import eventbridge

if TYPE_CHECKING:
    from collections.abc import Mapping

CALL = "AWS API Call via CloudTrail"
_DETAIL_TYPES = {
    "AwsApiCall": CALL,
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
    "AwsConsoleAction": "AWS Console Action via CloudTrail",
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
}


def event(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record in EventBridge's envelope, as MiniStack keeps events.

    Args:
        record: the CloudTrail record, which becomes the event's detail.
    """
    when = time.strptime(record["eventTime"], "%Y-%m-%dT%H:%M:%SZ")
    return {
        "EventId": str(uuid.uuid4()),
        "Source": f"aws.{record['eventSource'].partition('.')[0]}",
        "DetailType": _DETAIL_TYPES.get(record["eventType"], CALL),
        "Detail": record,
        "EventBusName": "default",
        "Time": calendar.timegm(when),
        "Resources": [],
        "Account": record["recipientAccountId"],
        "Region": record["awsRegion"],
    }


def put(record: Mapping[str, Any]) -> None:
    """Offer the record to the rules of its region."""
    with request_scope(record["recipientAccountId"], record["awsRegion"]):
        happened = event(record)
        eventbridge._dispatch_event(happened)  # noqa: SLF001  PutEvents refuses sources of AWS
        eventbridge._archive_event(happened)  # noqa: SLF001  likewise
