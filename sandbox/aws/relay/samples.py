"""Labelled samples: records of events that nothing in the local AWS can cause.

Each says in `additionalEventData` that it is a sample, so nobody takes one for something that happened.
"""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

PATH = "/_sandbox/cloudtrail"
"""Where the local AWS takes records: POST one as JSON."""

_FOLDER = Path(__file__).with_name("samples")
_LABEL = {"sample": True}
_NEEDED = ("eventSource", "eventName", "userIdentity", "recipientAccountId", "awsRegion")


def names() -> list[str]:
    """The samples that there are."""
    return sorted(file.stem for file in _FOLDER.glob("*.json"))


def sample(name: str) -> dict[str, Any]:
    """A sample as it is kept, without time and ids.

    Args:
        name: one of `names()`.
    """
    return dict(json.loads((_FOLDER / f"{name}.json").read_text()))


def complete(record: Any) -> dict[str, Any]:
    """Label a record as a sample and give it the time, ids and fields that it lacks.

    Args:
        record: a CloudTrail record, whole or in part.

    Raises:
        TypeError: it is no JSON object.
        ValueError: something is missing that cannot be made up.
    """
    if not isinstance(record, dict):
        raise TypeError("the record is no JSON object")
    lacking = [name for name in _NEEDED if not record.get(name)]
    if lacking:
        raise ValueError(f"the record lacks {', '.join(lacking)}")
    return {
        "eventVersion": "1.11",
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "sample",
        "requestParameters": None,
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "eventCategory": "Management",
        **record,
        "additionalEventData": {**(record.get("additionalEventData") or {}), **_LABEL},
    }


def send(endpoint: str, record: dict[str, Any]) -> dict[str, Any]:
    """Give a record to a running local AWS.

    Args:
        endpoint: its base address.
        record: a CloudTrail record, whole or in part.

    Returns:
        The id of the event and the trails that took it.

    Raises:
        urllib.error.HTTPError: it is refused.
    """
    request = urllib.request.Request(  # noqa: S310  an address on loopback
        endpoint + PATH,
        json.dumps(record).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310  likewise
        return dict(json.load(answer))
