"""Where a record goes: trails, envelope, files and metrics."""

from __future__ import annotations

import gzip
import json
import re
from functools import partial
from typing import Any

import pytest

from sandbox.aws.relay import bus, filterpattern
from sandbox.aws.relay.files import key, pack
from sandbox.aws.relay.metrics import points
from sandbox.aws.relay.trails import Trail, selects

ACCOUNT = "123456789012"
HERE = Trail(account=ACCOUNT, home="eu-central-1", name="here")


def record(**changes: Any) -> dict[str, Any]:
    """A record with what decides about its way."""
    return {
        "eventSource": "kms.amazonaws.com",
        "eventName": "DescribeKey",
        "eventType": "AwsApiCall",
        "eventTime": "2026-01-02T03:04:05Z",
        "eventCategory": "Management",
        "awsRegion": "eu-central-1",
        "recipientAccountId": ACCOUNT,
        "readOnly": True,
        **changes,
    }


def test_a_trail_of_one_region_takes_that_region() -> None:
    """A multi-region trail takes all."""
    far = record(awsRegion="us-east-1")
    assert HERE.takes(record())
    assert not HERE.takes(far)
    assert Trail(account=ACCOUNT, home="eu-central-1", name="all", everywhere=True).takes(far)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ({}, True),
        ({"ReadWriteType": "All"}, True),
        ({"ReadWriteType": "ReadOnly"}, True),
        ({"ReadWriteType": "WriteOnly"}, False),
        ({"IncludeManagementEvents": False}, False),
        ({"ExcludeManagementEventSources": ["kms.amazonaws.com"]}, False),
        ({"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}, True),
        ({"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}, False),
        ({"FieldSelectors": [{"Field": "readOnly", "Equals": ["false"]}]}, False),
        ({"FieldSelectors": [{"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}]}, False),
        ({"FieldSelectors": [{"Field": "eventName", "StartsWith": ["Desc"], "NotEndsWith": ["x"]}]}, True),
        ({"FieldSelectors": [{"Field": "eventName", "NotStartsWith": ["Desc"]}]}, False),
        ({"FieldSelectors": [{"Field": "eventName", "EndsWith": ["Alias"]}]}, False),
    ],
)
def test_event_selectors(selector: dict[str, Any], expected: bool) -> None:
    """Basic and advanced ones; of several, one is enough."""
    assert selects([selector], record()) is expected
    assert selects([{"IncludeManagementEvents": False}, selector], record()) is expected


def test_a_data_event_is_taken_where_it_is_asked_for() -> None:
    """By the type and the ARN of one of its resources; no trail has data events by itself."""
    resources = [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::logs/file"}, {"type": "AWS::S3::Bucket"}]
    deleted = record(eventCategory="Data", resources=resources)

    def objects(start: str) -> dict[str, Any]:
        fields = [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
            {"Field": "resources.ARN", "StartsWith": [start]},
        ]
        return {"FieldSelectors": fields}

    assert selects([objects("arn:aws:s3:::logs/")], deleted)
    assert not selects([objects("arn:aws:s3:::other/")], deleted)
    assert not selects([objects("arn:aws:s3:::logs/")], record())
    assert not selects([{}], deleted)
    assert not HERE.takes(deleted)


def test_the_layout_of_a_log_file() -> None:
    """Athena's partitions and AWS's validation go by it."""
    unique = "abcdefgh12345678"
    found = key(HERE, "us-east-1", 1767323045.0, unique)
    assert found == (
        f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/01/02/"
        f"{ACCOUNT}_CloudTrail_us-east-1_20260102T0304Z_{unique}.json.gz"
    )
    prefixed = Trail(account=ACCOUNT, home="eu-central-1", name="t", prefix="audit")
    assert re.match(f"audit/AWSLogs/{ACCOUNT}/", key(prefixed, "eu-central-1", 0.0, unique))


def test_the_content_of_a_log_file() -> None:
    """One document with all records."""
    assert json.loads(gzip.decompress(pack([record(), record()]))) == {"Records": [record(), record()]}


@pytest.mark.parametrize(
    ("source", "kind", "detail_type"),
    [
        ("kms", "AwsApiCall", "AWS API Call via CloudTrail"),
        ("signin", "AwsConsoleSignIn", "AWS Console Sign In via CloudTrail"),
        ("kms", "AwsServiceEvent", "AWS Service Event via CloudTrail"),
    ],
)
def test_the_envelope_of_an_event(source: str, kind: str, detail_type: str) -> None:
    """Source, kind, time, account and region; the record is its detail."""
    happened = record(eventSource=f"{source}.amazonaws.com", eventType=kind)
    event = bus.event(happened)
    assert event.pop("EventId")
    assert event == {
        "Source": f"aws.{source}",
        "DetailType": detail_type,
        "Detail": happened,
        "EventBusName": "default",
        "Time": 1767323045,
        "Resources": [],
        "Account": ACCOUNT,
        "Region": "eu-central-1",
    }


def count(**changes: Any) -> dict[str, Any]:
    """A metric transformation."""
    return {"metricNamespace": "n", "metricName": "m", "metricValue": "1", **changes}


def test_each_match_counts() -> None:
    """With a constant, a field's value, and dimensions."""
    test = partial(filterpattern.matches, '{ $.e = "x*" }')
    messages = ['{"e": "x1", "size": 3}', '{"e": "y"}', '{"e": "x2", "size": "none"}', "text"]
    assert list(points([count()], test, messages)) == [("n", "m", 1.0, "None", {})] * 2
    assert list(points([count(metricValue="$.size", unit="Bytes")], test, messages)) == [
        ("n", "m", 3.0, "Bytes", {})
    ]
    found = points([count(dimensions={"E": "$.e", "None": "$.none"})], test, messages)
    assert [point[4] for point in found] == [{"E": "x1"}, {"E": "x2"}]


def test_nothing_counts_as_the_default() -> None:
    """Only where a default is given."""
    test = partial(filterpattern.matches, "{ $.e = 1 }")
    assert list(points([count()], test, ["{}"])) == []
    assert list(points([count(defaultValue=0)], test, ["{}"])) == [("n", "m", 0.0, "None", {})]
