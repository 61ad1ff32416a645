"""The CloudTrail record of a call."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import s3

from sandbox.aws.relay import names
from sandbox.aws.relay.failures import failure, is_authentication
from sandbox.aws.relay.identity import caller, federated
from sandbox.aws.relay.operations import operation

if TYPE_CHECKING:
    from sandbox.aws.relay.calls import Answer, Request
    from sandbox.aws.relay.operations import Operation

VERSION = "1.11"
_WITHHELD = "HIDDEN_DUE_TO_SECURITY_REASONS"  # CloudTrail's own words
_SHORT = 4  # characters: shorter texts are in every message by chance


def record(request: Request, answer: Answer) -> dict[str, Any] | None:
    """Write what CloudTrail writes.

    Returns:
        The record; None for data events, unknown operations, and callers who could not be told.
    """
    asked = operation(request)
    if asked is None:
        return None
    failed = failure(answer)
    if failed and is_authentication(failed[0]):
        return None
    who = federated(asked) or caller(request.access_key, request.account)
    if who is None:
        return None
    written: dict[str, Any] = {
        "eventVersion": VERSION,
        "userIdentity": who,
        "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(request.time)),
        "eventSource": f"{asked.prefix}.amazonaws.com",
        "eventName": asked.name,
        "awsRegion": _region(asked, request),
        "sourceIPAddress": request.source_ip,
        "userAgent": request.headers.get("user-agent", ""),
        "requestParameters": asked.parameters,
        "responseElements": None,
        "requestID": request.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": asked.read_only,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": _recipient(asked.parameters, who, request.account),
        "eventCategory": "Management",
    }
    if failed:
        written["errorCode"], written["errorMessage"] = failed[0], _without(failed[1], asked.withheld)
    return written


def _region(asked: Operation, request: Request) -> str:
    """S3 records a call where the bucket is, whatever region it was signed for."""
    name = (asked.parameters or {}).get("bucketName") if asked.prefix == "s3" else None
    if name is not None:
        with request_scope(request.account, request.region):
            return s3.bucket_region(name) or request.region
    return names.region(asked.prefix, request.region)


def _recipient(parameters: dict[str, Any] | None, who: dict[str, Any], account: str) -> str:
    """A token of somebody else's belongs to no account: the role's account records the call."""
    if "accountId" in who:
        return account
    arn = str((parameters or {}).get("roleArn", "")).split(":")
    return arn[4] if len(arn) > 5 else account  # noqa: PLR2004  fields of an ARN


def _without(message: str, withheld: frozenset[str]) -> str:
    for text in withheld:
        if len(text) >= _SHORT:
            message = message.replace(text, _WITHHELD)
    return message
