"""Log files as CloudTrail writes them, made for a test."""

from __future__ import annotations

import gzip
import itertools
import json
from datetime import UTC, datetime
from typing import Any

from hubguard.queries import duck, question
from hubguard.queries.answer import Row
from hubguard.queries.period import Period
from hubguard.queries.question import Question

ACCOUNT = "123456789012"
REGION = "eu-central-1"
ORGANIZATION = "kwanzaa-project"
PREFIX = f"hubguard/{ORGANIZATION}/"
ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
JULY = Period(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC))

CLIENT: dict[str, Any] = {"region_name": REGION, "aws_access_key_id": "a", "aws_secret_access_key": "b"}
"""For clients whose answers a test gives."""

_numbers = itertools.count(1)


def session(role: str = "hubguard-production-reader", name: str = "inference") -> dict[str, Any]:
    """The identity of a role's session."""
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        "accountId": ACCOUNT,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": f"arn:aws:iam::{ACCOUNT}:role/hubguard/{role}",
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": "2026-07-01T00:00:00Z", "mfaAuthenticated": "false"},
        },
    }


ROOT = {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT}
USER = {"type": "IAMUser", "principalId": "AIDAEXAMPLE", "arn": f"arn:aws:iam::{ACCOUNT}:user/people/ngoma"}
SERVICE = {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}


def record(
    service: str,
    action: str,
    parameters: Any = None,
    *,
    reads: bool = False,
    **fields: Any,
) -> dict[str, Any]:
    """One record; `fields` are put over the usual ones."""
    return {
        "eventVersion": "1.11",
        "userIdentity": session(),
        "eventTime": "2026-07-10T12:00:00Z",
        "eventSource": f"{service}.amazonaws.com",
        "eventName": action,
        "awsRegion": REGION,
        "sourceIPAddress": "203.0.113.7",
        "userAgent": "Boto3/1.43",
        "requestParameters": parameters,
        "responseElements": None,
        "requestID": f"request-{next(_numbers)}",
        "eventID": f"event-{next(_numbers):06}",
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        **fields,
    }


def read(secret: str, **fields: Any) -> dict[str, Any]:
    """One token's value, read."""
    return record("secretsmanager", "GetSecretValue", {"secretId": secret}, reads=True, **fields)


def denied(action: str, wanted: str, **fields: Any) -> dict[str, Any]:
    """A call that IAM refused, in the words that it uses."""
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/hubguard-production-reader/inference"
    return {
        "errorCode": "AccessDenied",
        "errorMessage": f"User: {who} is not authorized to perform: {action} on resource: {wanted}"
        " because no identity-based policy allows it",
        **fields,
    }


def pack(*records: Any) -> bytes:
    """A log file."""
    return gzip.compress(json.dumps({"Records": records}).encode())


def key(day: str = "2026/07/10", region: str = REGION, number: int = 1) -> str:
    """Where CloudTrail puts a log file of a day, given as `yyyy/mm/dd`."""
    stamp = day.replace("/", "")
    name = f"{ACCOUNT}_CloudTrail_{region}_{stamp}T1205Z_{number:016}.json.gz"
    return f"AWSLogs/{ACCOUNT}/CloudTrail/{region}/{day}/{name}"


def rows(asked: Question, *records: Any, about: str | None = None, span: Period = JULY) -> tuple[Row, ...]:
    """What a question finds, `about` one token or all, in records that were delivered on 10 July."""
    with duck.empty() as engine:
        assert duck.insert(engine, records, region=REGION, day="2026/07/10") == []
        return duck.rows_of(engine, question.text(asked, span, ORGANIZATION, about, "duckdb"))
