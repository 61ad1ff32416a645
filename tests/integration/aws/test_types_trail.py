"""Trails, log groups, and what is counted in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.aws.life import (
    GROUP,
    NONE,
    TAGS,
    Scenario,
    World,
    drifted,
    imported,
    live_through,
    unchanged,
)

FILTER = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


def trail(world: World) -> dict[str, Any]:
    """A trail with everything that the project gives it."""
    group = world.make(GROUP).state["arn"]
    bucket = world.bucket()
    return {
        "s3BucketName": bucket,
        "isMultiRegionTrail": True,
        "enableLogFileValidation": True,
        "kmsKeyId": world.key(),
        "cloudWatchLogsGroupArn": f"{group}:*",
        "cloudWatchLogsRoleArn": world.role().state["arn"],
        "tags": TAGS,
        "eventSelectors": [
            {"dataResources": [{"type": "AWS::S3::Object", "values": [f"arn:aws:s3:::{bucket}/"]}]}
        ],
    }


def counting(world: World) -> dict[str, Any]:
    """A filter that counts who was denied, by event."""
    return {
        "logGroupName": world.make(GROUP).id,
        "pattern": '{ ($.errorCode = "AccessDenied*") && ($.eventSource = "secretsmanager.amazonaws.com") }',
        "metricTransformation": {
            "name": "Denied",
            "namespace": "Hubguard",
            "value": "1",
            "dimensions": {"event": "$.eventName"},
        },
    }


SCENARIOS = [
    Scenario(
        "aws:cloudtrail/trail:Trail",
        trail,
        {"enableLogFileValidation": None, "kmsKeyId": None, "eventSelectors": None,
         "s3KeyPrefix": "p", "tags": {"team": "other"}},
        lambda aws, made: aws.client("cloudtrail").stop_logging(Name=made.id),
        {"enableLogging"},
    ),
    Scenario(
        GROUP,
        lambda world: {"retentionInDays": 400, "kmsKeyId": world.key(), "tags": TAGS},
        {"retentionInDays": 365, "kmsKeyId": None, "tags": {"team": "other"}},
        lambda aws, made: aws.client("logs").delete_retention_policy(logGroupName=made.id),
        {"retentionInDays"},
    ),
    Scenario(
        FILTER,
        counting,
        {"pattern": " { $.errorCode = AccessDenied } ",
         "metricTransformation": {"name": "Denied", "namespace": "Hubguard", "value": "1",
                                  "defaultValue": "0", "unit": "Count"}},
        lambda aws, made: aws.client("logs").put_metric_filter(
            logGroupName=made.state["logGroupName"], filterName=made.id, filterPattern="nothing",
            metricTransformations=[{"metricName": "Theirs", "metricNamespace": "Hubguard",
                                    "metricValue": "1", "defaultValue": 0.0, "unit": "Count"}],
        ),
        {"pattern", "metricTransformation"},
    ),
    Scenario(
        ALARM,
        lambda world: {"alarmActions": [world.topic()], "okActions": [world.topic()],
                       "comparisonOperator": "GreaterThanOrEqualToThreshold", "evaluationPeriods": 1,
                       "metricName": "Denied", "namespace": "Hubguard", "period": 300, "statistic": "Sum",
                       "threshold": 1, "dimensions": {"a": "b"}, "treatMissingData": "notBreaching",
                       "alarmDescription": "d", "tags": TAGS},
        {"alarmDescription": None, "okActions": None, "dimensions": None, "threshold": 2.5,
         "evaluationPeriods": 3, "datapointsToAlarm": 2, "treatMissingData": None, "unit": "Count",
         "tags": {"team": "other"}},
        lambda aws, made: aws.client("cloudwatch").disable_alarm_actions(AlarmNames=[made.id]),
        {"actionsEnabled"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


def selectors(bucket: str) -> list[dict[str, Any]]:
    """Management events, and what is done to the objects of one bucket."""
    return [
        {
            "name": "management",
            "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}],
        },
        {
            "name": "log-bucket",
            "fieldSelectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "startsWiths": [f"arn:aws:s3:::{bucket}/"]},
            ],
        },
    ]


def test_a_trail_with_advanced_selectors_key_and_log_group(world: World) -> None:
    """Field selectors are plural in the program and singular in AWS; everything updates in place."""
    inputs = trail(world)
    del inputs["eventSelectors"]
    bucket = inputs["s3BucketName"]
    inputs["advancedEventSelectors"] = selectors(bucket)
    made = world.make("aws:cloudtrail/trail:Trail", **inputs)
    assert made.state["advancedEventSelectors"] == selectors(bucket)
    unchanged(world.engine, made)
    imported(world.engine, made)

    group = world.make(GROUP).state["arn"]
    changed = {
        **inputs,
        "advancedEventSelectors": selectors(bucket)[:1],
        "kmsKeyId": world.key(),
        "cloudWatchLogsGroupArn": f"{group}:*",
    }
    plan = world.engine.diff(made, changed)
    assert set(plan.diffs) == {"advancedEventSelectors", "kmsKeyId", "cloudWatchLogsGroupArn"}
    assert not plan.replaces
    made = world.engine.update(made, changed)
    unchanged(world.engine, made)
    live = world.aws.client("cloudtrail").get_trail(Name=made.id)["Trail"]
    assert (live["KmsKeyId"], live["CloudWatchLogsLogGroupArn"]) == (changed["kmsKeyId"], f"{group}:*")

    world.aws.client("cloudtrail").put_event_selectors(
        TrailName=made.id,
        AdvancedEventSelectors=[
            {"Name": "theirs", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
        ],
    )
    drifted(world.engine, made, {"advancedEventSelectors"})


def test_a_filter_is_imported_by_its_group_and_name(world: World) -> None:
    """Its name alone says nothing."""
    made = world.make(FILTER, **counting(world))
    imported(world.engine, made, f"{made.state['logGroupName']}:{made.id}")


def test_a_number_in_another_spelling_is_no_difference(world: World) -> None:
    """AWS keeps the default value as a number, the program as text."""
    inputs = counting(world)
    counted = {**inputs["metricTransformation"], "dimensions": None, "defaultValue": "0.50"}
    made = world.make(FILTER, **{**inputs, "metricTransformation": counted})
    unchanged(world.engine, made)
    same = {**inputs, "metricTransformation": {**counted, "defaultValue": "0.5"}}
    assert world.engine.diff(made, same).changes == NONE


def test_a_filter_goes_with_its_group(world: World) -> None:
    """Somebody deleted the log group."""
    made = world.make(FILTER, **counting(world))
    world.aws.client("logs").delete_log_group(logGroupName=made.state["logGroupName"])
    assert world.engine.read(made) is None
    world.engine.delete(made)


def test_an_alarm_that_is_there_is_taken_over(world: World) -> None:
    """PutMetricAlarm makes no difference between new and old, so an interrupted creation repeats."""
    inputs = {
        "name": "hubguard-again",
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "metricName": "m",
        "namespace": "n",
        "period": 60,
        "statistic": "Sum",
        "threshold": 0,
    }
    first, again = world.make(ALARM, **inputs), world.make(ALARM, **inputs)
    assert first.state == again.state
    imported(world.engine, again)
    world.engine.delete(again)
