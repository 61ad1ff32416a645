"""Which events the local EventBridge holds back from a rule that is merely enabled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.aws.mends.eventbridge import is_read


@pytest.mark.parametrize(
    ("kind", "detail", "held"),
    [
        ("AWS API Call via CloudTrail", {"readOnly": True, "managementEvent": True}, True),
        ("AWS API Call via CloudTrail", {"readOnly": True}, True),
        ("AWS Console Sign In via CloudTrail", {"readOnly": True}, True),
        ("AWS API Call via CloudTrail", {"readOnly": False, "managementEvent": True}, False),
        ("AWS API Call via CloudTrail", {"readOnly": True, "managementEvent": False}, False),
        ("AWS API Call via CloudTrail", {"readOnly": "true"}, False),
        ("AWS API Call via CloudTrail", {}, False),
        ("Scheduled Event", {"readOnly": True}, False),
    ],
)
def test_only_reads_that_cloudtrail_reports(kind: str, detail: dict[str, Any], held: bool) -> None:
    """Management events, marked read-only as a truth value; data events are another matter."""
    assert is_read({"DetailType": kind, "Detail": json.dumps(detail)}) is held
    assert is_read({"DetailType": kind, "Detail": detail}) is held


@pytest.mark.parametrize("detail", [None, "", "no JSON", "[]", "1"])
def test_a_strange_detail_is_no_read(detail: Any) -> None:
    """It is delivered, not swallowed."""
    assert not is_read({"DetailType": "AWS API Call via CloudTrail", "Detail": detail})
