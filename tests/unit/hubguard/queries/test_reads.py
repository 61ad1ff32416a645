"""Who read which token: every way to name a secret, every kind of caller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from hubguard.queries.period import Period
from hubguard.queries.question import READS
from tests.unit.hubguard.queries.records import (
    ACCOUNT,
    ARN,
    JULY,
    PREFIX,
    REGION,
    ROOT,
    SERVICE,
    USER,
    denied,
    read,
    record,
    rows,
)


def test_a_read_says_who_what_when_and_from_where() -> None:
    """One record, one row, every column as written by hand."""
    one = read(f"{ARN}{PREFIX}production/kwanzaa-read-AbC123")
    assert rows(READS, one) == (
        {
            "moment": "2026-07-10T12:00:00Z",
            "token": "kwanzaa-read",
            "environment": "production",
            "principal": f"arn:aws:iam::{ACCOUNT}:role/hubguard/hubguard-production-reader",
            "session": "inference",
            "address": "203.0.113.7",
            "region": REGION,
            "agent": "Boto3/1.43",
            "action": "GetSecretValue",
            "secret": f"{ARN}{PREFIX}production/kwanzaa-read-AbC123",
            "event": one["eventID"],
        },
    )


@pytest.mark.parametrize(
    "secret",
    [
        f"{PREFIX}ci/kwanzaa-ci",
        f"{ARN}{PREFIX}ci/kwanzaa-ci",
        f"{ARN}{PREFIX}ci/kwanzaa-ci-a1b2c3",
        f"{PREFIX}kwanzaa-ci",
        f"{ARN}{PREFIX}kwanzaa-ci-ABCDEF",
        f"{ARN.replace(REGION, 'eu-west-1')}{PREFIX}ci/kwanzaa-ci-XyZ789",
    ],
)
def test_a_secret_is_known_by_every_name_that_aws_takes(secret: str) -> None:
    """By its name, its full ARN, its ARN without the last six characters, and as a replica."""
    assert [row["token"] for row in rows(READS, read(secret))] == ["kwanzaa-ci"]
    assert len(rows(READS, read(secret), about="kwanzaa-ci")) == 1


def test_a_batch_is_one_row_for_each_secret() -> None:
    """CloudTrail writes one record of it, however many secrets it names."""
    batch = record(
        "secretsmanager",
        "BatchGetSecretValue",
        {
            "secretIdList": [
                f"{PREFIX}ci/kwanzaa-ci",
                f"{ARN}{PREFIX}training/kwanzaa-write-AbCdEf",
                "other/app",
            ]
        },
        reads=True,
    )
    assert [(r["token"], r["action"]) for r in rows(READS, batch)] == [
        ("kwanzaa-write", "BatchGetSecretValue"),
        ("kwanzaa-ci", "BatchGetSecretValue"),
    ]
    assert [r["token"] for r in rows(READS, batch, about="kwanzaa-ci")] == ["kwanzaa-ci"]


@pytest.mark.parametrize(
    "parameters",
    [{"filters": [{"key": "tag-key", "values": ["hubguard:owner"]}]}, {"secretIdList": []}, None],
)
def test_a_batch_that_names_no_secret_may_have_read_every_token(parameters: Any) -> None:
    """It stays in the answer, also where one token is asked about: its token cannot be told."""
    batch = record("secretsmanager", "BatchGetSecretValue", parameters, reads=True)
    assert [row["token"] for row in rows(READS, batch)] == [None]
    assert [row["token"] for row in rows(READS, batch, about="kwanzaa-ci")] == [None]


@pytest.mark.parametrize(
    ("identity", "principal"),
    [
        (ROOT, f"arn:aws:iam::{ACCOUNT}:root"),
        (USER, f"arn:aws:iam::{ACCOUNT}:user/people/ngoma"),
        (SERVICE, "cloudtrail.amazonaws.com"),
        ({"type": "AWSAccount", "principalId": "AROAOTHER:me", "accountId": "210987654321"}, "AROAOTHER:me"),
        ({"type": "AWSAccount", "accountId": "210987654321"}, "210987654321"),
        ({"type": "Unknown"}, None),
        (None, None),
    ],
)
def test_every_kind_of_caller_is_named(identity: Any, principal: str | None) -> None:
    """Only a role's session has a session's name."""
    [row] = rows(READS, read(f"{PREFIX}ci/kwanzaa-ci", userIdentity=identity))
    assert (row["principal"], row["session"]) == (principal, None)


def test_what_is_no_read_of_ours_is_left_out() -> None:
    """Other calls, other organizations, refused calls, and names that only look alike."""
    others = [
        record("secretsmanager", "DescribeSecret", {"secretId": f"{PREFIX}ci/kwanzaa-ci"}, reads=True),
        read("hubguard/kwanzaa-projects/ci/kwanzaa-ci"),
        read("app/database"),
        read(f"x/{PREFIX}ci/kwanzaa-ci"),
        read(f"{PREFIX}ci/kwanzaa-ci", errorCode="ResourceNotFoundException"),
        read(
            f"{PREFIX}ci/kwanzaa-ci", **denied("secretsmanager:GetSecretValue", f"{ARN}{PREFIX}ci/kwanzaa-ci")
        ),
    ]
    assert rows(READS, *others) == ()


def test_a_period_includes_its_first_second_and_not_its_last() -> None:
    """And nothing of the day before or after."""
    span = Period(datetime(2026, 7, 10, 12, tzinfo=UTC), datetime(2026, 7, 10, 13, tzinfo=UTC))
    times = ["2026-07-10T11:59:59Z", "2026-07-10T12:00:00Z", "2026-07-10T12:59:59Z", "2026-07-10T13:00:00Z"]
    found = rows(READS, *(read(f"{PREFIX}ci/kwanzaa-ci", eventTime=time) for time in times), span=span)
    assert [row["moment"] for row in found] == times[1:3]


def test_a_record_that_was_delivered_twice_is_one_row() -> None:
    """CloudTrail delivers at least once, not once."""
    one = read(f"{PREFIX}ci/kwanzaa-ci")
    assert len(rows(READS, one, dict(one))) == 1
    assert len(rows(READS, one, read(f"{PREFIX}ci/kwanzaa-ci"))) == 2


def test_a_token_is_found_under_both_readings_of_its_arn() -> None:
    """A partial ARN whose name ends like Secrets Manager's own characters is missed under neither name."""
    partial = read(f"{ARN}{PREFIX}ci/kwanzaa-reader")
    assert len(rows(READS, partial, about="kwanzaa-reader")) == 1
    assert len(rows(READS, partial, about="kwanzaa")) == 1
    assert rows(READS, partial, about="reader") == ()


def test_a_token_is_found_under_a_later_secret() -> None:
    """The secret that follows a deleted one has a number behind the name."""
    later = read(f"{ARN}{PREFIX}ci/kwanzaa-ci-2-AbC123")
    assert len(rows(READS, later, about="kwanzaa-ci")) == 1
    assert rows(READS, later, about="kwanzaa") == ()


def test_fields_may_be_missing_more_or_strange() -> None:
    """What CloudTrail adds is ignored, what it leaves out is not known, and nothing of it stops an answer."""
    bare = {
        "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "GetSecretValue",
        "eventTime": "2026-07-10T12:00:00Z",
        "requestParameters": {"secretId": f"{PREFIX}ci/kwanzaa-ci", "unheardOf": {"a": [1]}},
        "new": {"nested": []},
    }
    strange = read(f"{PREFIX}ci/kwanzaa-ci", userIdentity="somebody", resources={"ARN": "none"}, userAgent=7)
    text = record("secretsmanager", "GetSecretValue", "no { object", reads=True)
    wrong = record("secretsmanager", "BatchGetSecretValue", {"secretIdList": "no list"}, reads=True)
    found = rows(READS, bare, strange, text, wrong)
    assert sorted(str(row["token"]) for row in found) == ["None", "None", "kwanzaa-ci", "kwanzaa-ci"]


def test_names_are_found_in_any_case() -> None:
    """As Hive's reader finds them: the files of some services write ARN, those of others arn."""
    shouted = {name.upper(): value for name, value in read(f"{PREFIX}ci/kwanzaa-ci").items()}
    assert [row["token"] for row in rows(READS, shouted)] == ["kwanzaa-ci"]


def test_an_empty_log_is_an_empty_answer() -> None:
    """A file without records is what CloudTrail may deliver."""
    assert rows(READS, span=JULY) == ()
