"""Alarms on metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.resources.base import Call, Change, Resource, tag_list, tag_map, tagging
from sandbox.aws.resources.translate import from_aws, to_aws

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_TOKEN = "aws:cloudwatch/metricAlarm:MetricAlarm"  # noqa: S105  a type
_PLAIN = (
    "actionsEnabled",
    "alarmActions",
    "alarmDescription",
    "comparisonOperator",
    "datapointsToAlarm",
    "evaluationPeriods",
    "insufficientDataActions",
    "metricName",
    "namespace",
    "okActions",
    "period",
    "statistic",
    "threshold",
    "treatMissingData",
    "unit",
)
_NOT_KEPT = "the local AWS does not keep it"


def _settings(call: Call) -> dict[str, Any]:
    shape = call.client.meta.service_model.operation_model("PutMetricAlarm").input_shape
    settings: dict[str, Any] = to_aws({name: call.inputs.get(name) for name in _PLAIN}, shape)
    dimensions = call.inputs.get("dimensions") or {}
    settings["Dimensions"] = [{"Name": name, "Value": value} for name, value in sorted(dimensions.items())]
    return settings


def _create(call: Call) -> str:
    name = call.name()
    tags = call.given(Tags=tag_list(call.tags) or None)
    call.client.put_metric_alarm(AlarmName=name, **_settings(call), **tags)
    return name


def _read(call: Call) -> Props | None:
    answer = call.client.describe_alarms(AlarmNames=[call.id], AlarmTypes=["MetricAlarm"])
    found = next(iter(answer["MetricAlarms"]), None)
    if found is None:
        return None
    fields = call.shape.fields
    tags = call.client.list_tags_for_resource(ResourceARN=found["AlarmArn"]).get("Tags")
    members = {member.lower(): member for member in found}
    live = {
        name: from_aws(found[members[name.lower()]], fields[name].shape)
        for name in _PLAIN
        if name.lower() in members
    }
    return {
        **live,
        "arn": found["AlarmArn"],
        "name": found["AlarmName"],
        "dimensions": {one["Name"]: one["Value"] for one in found.get("Dimensions", [])},
        "tags": tag_map(tags),
    }


def _update(call: Call) -> None:
    # The whole alarm is put: what is not named is emptied.
    call.client.put_metric_alarm(AlarmName=call.id, **_settings(call))


def _delete(call: Call) -> None:
    call.client.delete_alarms(AlarmNames=[call.id])


TABLE = (
    Resource(
        _TOKEN,
        "cloudwatch",
        create=_create,
        read=_read,
        delete=_delete,
        changes=(
            Change((*_PLAIN, "dimensions"), _update),
            tagging(
                lambda call, new: call.client.tag_resource(ResourceARN=call.state["arn"], Tags=tag_list(new)),
                lambda call, old: call.client.untag_resource(ResourceARN=call.state["arn"], TagKeys=old),
            ),
        ),
        gone=frozenset({"ResourceNotFound", "ResourceNotFoundException"}),
        unsupported={
            "evaluateLowSampleCountPercentiles": _NOT_KEPT,
            "evaluationCriteria": _NOT_KEPT,
            "evaluationInterval": _NOT_KEPT,
            "evaluationWindow": _NOT_KEPT,
            "extendedStatistic": _NOT_KEPT,
            "metricQueries": _NOT_KEPT,
            "thresholdMetricId": _NOT_KEPT,
            "warmUpConfiguration": _NOT_KEPT,
        },
    ),
)
