"""Event history: what `LookupEvents` finds, with or without a trail."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import cloudtrail

if TYPE_CHECKING:
    from collections.abc import Mapping


def add(record: Mapping[str, Any]) -> None:
    """Put a record into the history of its account and region."""
    who = record["userIdentity"]
    issuer = who.get("sessionContext", {}).get("sessionIssuer", {})
    entry = {
        "EventId": record["eventID"],
        "EventName": record["eventName"],
        "EventSource": record["eventSource"],
        "EventTime": time.time(),
        "Username": who.get("userName") or issuer.get("userName") or who["type"].lower(),
        "AccessKeyId": who.get("accessKeyId", ""),
        "ReadOnly": str(record["readOnly"]).lower(),
        "Resources": [],
        "CloudTrailEvent": json.dumps(record),
    }
    with request_scope(record["recipientAccountId"], record["awsRegion"]):
        cloudtrail._get_event_queue().append(entry)  # noqa: SLF001  no public way to add
