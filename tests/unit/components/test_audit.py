"""Retention and counts: nothing is lost too early, and what is counted is what was meant."""

from __future__ import annotations

import json
import re

import pytest

from components.audit import log_group_days
from components.events.counts import Count, counts, filter_pattern
from components.names import Names
from components.parts.buckets import keep
from hubguard import standards
from sandbox.aws.relay import filterpattern

NAMES = Names("123456789012", "eu-central-1", "o" * 96)
COUNTS = {count.name: count for count in counts(NAMES)}


@pytest.mark.parametrize(("asked", "kept"), [(365, 365), (366, 400), (400, 400), (401, 545), (3650, 3653)])
def test_a_log_group_keeps_at_least_what_was_asked_for(asked: int, kept: int) -> None:
    """CloudWatch Logs has some periods only: the next longer one."""
    assert log_group_days(asked) == kept


def test_every_retention_that_settings_allow_has_a_period() -> None:
    """The longest as well."""
    assert standards.LOG_GROUP_DAYS[-1] >= standards.RETENTION_MAX_DAYS
    assert list(standards.LOG_GROUP_DAYS) == sorted(standards.LOG_GROUP_DAYS)


@pytest.mark.parametrize("days", [365, 400, 3650])
def test_no_version_is_removed_before_the_retention_is_over(days: int) -> None:
    """Neither a current one nor one that was replaced on its first day."""
    rule = keep(days, cold=True)
    assert rule["expiration"] == {"days": days}
    assert rule["noncurrent_version_expiration"] == {"noncurrent_days": days}
    assert rule["filter"] == {"prefix": ""}  # no rule under another prefix may be shorter


def test_old_logs_get_cheaper_and_stay_readable() -> None:
    """Current and earlier versions, after 90 days; STANDARD_IA is read at once."""
    rule = keep(400, cold=True)
    assert rule["transitions"] == [{"days": 90, "storage_class": "STANDARD_IA"}]
    assert rule["noncurrent_version_transitions"] == [{"noncurrent_days": 90, "storage_class": "STANDARD_IA"}]


def test_answers_are_soon_forgotten_where_they_are() -> None:
    """No cheaper storage for something so short-lived."""
    assert "transitions" not in keep(standards.ANSWERS_DAYS)


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS)
def test_a_filter_fits_and_its_brackets_close(count: Count) -> None:
    """CloudWatch Logs takes 1024 characters; with the longest names as well."""
    pattern = filter_pattern(count)
    assert len(pattern) <= 1024
    assert pattern.count("(") == pattern.count(")")
    assert re.fullmatch(r"\{ \(.*\) \}", pattern)


def test_counts_are_those_of_the_standard() -> None:
    """Five denied reads or three failed sign-ins in five minutes; root once is once too often."""
    assert {name: count.threshold for name, count in COUNTS.items()} == {
        "denied-reads": 5,
        "guard-changes": 1,
        "root-use": 1,
        "sign-in-failures": 3,
    }
    assert standards.ALARM_PERIOD_SECONDS == 300


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS)
def test_a_count_says_where_to_look(count: Count) -> None:
    """It names nobody: the auditor's questions do, or the log group."""
    assert "hubguard audit " in count.what or NAMES.log_group in count.what


@pytest.mark.parametrize(
    ("parameters", "counted"),
    [
        ({"secretId": f"hubguard/{NAMES.organization}/ci/a"}, True),
        (
            {"secretId": f"arn:aws:secretsmanager:eu-west-1:1:secret:hubguard/{NAMES.organization}/ci/a-x"},
            True,
        ),
        ({"secretId": "shop/database"}, False),
        (None, True),  # a denied call often has none in the log
    ],
)
def test_denied_reads_are_counted_for_our_secrets(
    parameters: dict[str, str] | None, *, counted: bool
) -> None:
    """Whatever form the name has, in whichever region, and where it is not told."""
    denied = {
        "eventSource": "secretsmanager.amazonaws.com",
        "errorCode": "AccessDenied",
        "requestParameters": parameters,
    }
    assert filterpattern.matches(filter_pattern(COUNTS["denied-reads"]), json.dumps(denied)) is counted
