"""Event patterns mean on the local AWS what they mean on AWS."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.aws.conftest import LocalAws

READER = "arn:aws:iam::123456789012:role/hubguard/reader"
OTHER = "arn:aws:iam::123456789012:role/other/writer"


def event(issuer: str | None = READER, **detail: Any) -> dict[str, Any]:
    """A call of a role session."""
    who: dict[str, Any] = {"type": "AssumedRole"}
    if issuer:
        who["sessionContext"] = {"sessionIssuer": {"arn": issuer}}
    return {
        "id": "1",
        "source": "aws.secretsmanager",
        "detail-type": "AWS API Call via CloudTrail",
        "account": "123456789012",
        "region": "eu-central-1",
        "time": "2026-01-02T03:04:05Z",
        "resources": [],
        "detail": {"eventName": "GetSecretValue", "userIdentity": who, **detail},
    }


def issuer(*wanted: Any) -> dict[str, Any]:
    """A pattern for the role behind a session."""
    return {"detail": {"userIdentity": {"sessionContext": {"sessionIssuer": {"arn": list(wanted)}}}}}


CASES = [
    # Values of a list are alternatives; fields must all match.
    ({"detail": {"eventName": ["GetSecretValue", "x"]}}, event(), True),
    ({"detail": {"eventName": ["x"]}}, event(), False),
    ({"source": ["aws.secretsmanager"], "detail": {"eventName": ["x"]}}, event(), False),
    # A deep field.
    (issuer(READER), event(), True),
    (issuer(READER), event(OTHER), False),
    # prefix, suffix and wildcard.
    (issuer({"prefix": "arn:aws:iam::123456789012:role/hubguard/"}), event(), True),
    (issuer({"prefix": "arn:aws:iam::123456789012:role/hubguard/"}), event(OTHER), False),
    (issuer({"suffix": "/reader"}), event(), True),
    (issuer({"wildcard": "arn:aws:iam::*:role/*/reader"}), event(), True),
    (issuer({"wildcard": "arn:aws:iam::*:role/*/reader"}), event(OTHER), False),
    # anything-but: one value, a list, a prefix, a wildcard; an absent field does not match.
    (issuer({"anything-but": READER}), event(), False),
    (issuer({"anything-but": READER}), event(OTHER), True),
    (issuer({"anything-but": [READER, OTHER]}), event(OTHER), False),
    (issuer({"anything-but": [READER]}), event(OTHER), True),
    (issuer({"anything-but": {"prefix": "arn:aws:iam::123456789012:role/hubguard/"}}), event(), False),
    (issuer({"anything-but": {"prefix": "arn:aws:iam::123456789012:role/hubguard/"}}), event(OTHER), True),
    (issuer({"anything-but": {"wildcard": "*/hubguard/*"}}), event(), False),
    (issuer({"anything-but": {"wildcard": "*/hubguard/*"}}), event(OTHER), True),
    (issuer({"anything-but": {"wildcard": ["*/hubguard/*", "*/other/*"]}}), event(OTHER), False),
    (issuer({"anything-but": [READER]}), event(None), False),
    # exists, which is about leaves.
    ({"detail": {"errorCode": [{"exists": False}]}}, event(), True),
    ({"detail": {"errorCode": [{"exists": False}]}}, event(errorCode="AccessDenied"), False),
    ({"detail": {"errorCode": [{"exists": True}]}}, event(errorCode="AccessDenied"), True),
    ({"detail": {"errorCode": [{"exists": True}]}}, event(), False),
    (issuer({"exists": False}), event(None), True),
    (issuer({"exists": False}), event(), False),
    # An absent field or another value, in one list.
    (issuer({"exists": False}, {"anything-but": [READER]}), event(None), True),
    (issuer({"exists": False}, {"anything-but": [READER]}), event(OTHER), True),
    (issuer({"exists": False}, {"anything-but": [READER]}), event(), False),
    # $or, at the top and inside, with what stands beside it.
    ({"$or": [{"source": ["x"]}, {"detail": {"eventName": ["GetSecretValue"]}}]}, event(), True),
    ({"$or": [{"source": ["x"]}, {"detail": {"eventName": ["x"]}}]}, event(), False),
    (
        {
            "source": ["aws.secretsmanager"],
            "detail": {"$or": [{"errorCode": [{"exists": True}]}, {"eventName": [{"prefix": "Get"}]}]},
        },
        event(),
        True,
    ),
    (
        {
            "source": ["aws.kms"],
            "detail": {"$or": [{"errorCode": [{"exists": True}]}, {"eventName": [{"prefix": "Get"}]}]},
        },
        event(),
        False,
    ),
    # Values keep their kind: a flag is no text.
    ({"detail": {"readOnly": [True]}}, event(readOnly=True), True),
    ({"detail": {"readOnly": ["true"]}}, event(readOnly=True), False),
    ({"detail": {"reply": [None]}}, event(reply=None), True),
    # Case counts, unless asked otherwise.
    ({"detail": {"eventName": ["getsecretvalue"]}}, event(), False),
    ({"detail": {"eventName": [{"equals-ignore-case": "getsecretvalue"}]}}, event(), True),
    # One element of a list is enough.
    ({"detail": {"names": ["b"]}}, event(names=["a", "b"]), True),
]


@pytest.mark.parametrize(("pattern", "happened", "expected"), CASES)
def test_patterns(pattern: dict[str, Any], happened: dict[str, Any], expected: bool, aws: LocalAws) -> None:
    """Each operator that the rules use, as the user guide of EventBridge has it."""
    answer = aws.client("events").test_event_pattern(
        EventPattern=json.dumps(pattern), Event=json.dumps(happened)
    )
    assert answer["Result"] is expected
