"""Log groups, and what is counted in them; Pulumi keeps CloudWatch Logs under `cloudwatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.resources.base import Call, Change, Resource, tagging

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props


def _create_group(call: Call) -> str:
    wanted, name = call.inputs, call.name()
    call.client.create_log_group(
        logGroupName=name,
        **call.given(
            kmsKeyId=wanted.get("kmsKeyId"),
            logGroupClass=wanted.get("logGroupClass"),
            tags=call.tags or None,
        ),
    )
    return name


def _read_group(call: Call) -> Props | None:
    pages = call.client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=call.id)
    found = next((one for page in pages for one in page["logGroups"] if one["logGroupName"] == call.id), None)
    if found is None:
        return None
    arn = found["arn"].removesuffix(":*")
    tags = call.client.list_tags_for_resource(resourceArn=arn).get("tags", {})
    return {
        "arn": arn,
        "name": call.id,
        "kmsKeyId": found.get("kmsKeyId"),
        "logGroupClass": found.get("logGroupClass"),
        "retentionInDays": found.get("retentionInDays", 0),
        "tags": tags,
    }


def _retain(call: Call) -> None:
    days = call.inputs.get("retentionInDays")
    if days:
        call.client.put_retention_policy(logGroupName=call.id, retentionInDays=days)
    elif call.state:
        call.client.delete_retention_policy(logGroupName=call.id)


def _change_key(call: Call) -> None:
    key = call.inputs.get("kmsKeyId")
    if key:
        call.client.associate_kms_key(logGroupName=call.id, kmsKeyId=key)
    else:
        call.client.disassociate_kms_key(logGroupName=call.id)


def _delete_group(call: Call) -> None:
    if not call.state.get("skipDestroy"):
        call.client.delete_log_group(logGroupName=call.id)


def _put_filter(call: Call, name: str) -> None:
    wanted = call.inputs["metricTransformation"]
    default = wanted.get("defaultValue")
    call.client.put_metric_filter(
        logGroupName=call.inputs["logGroupName"],
        filterName=name,
        filterPattern=call.inputs["pattern"].strip(),
        metricTransformations=[
            call.given(
                metricName=wanted["name"],
                metricNamespace=wanted["namespace"],
                metricValue=wanted["value"],
                defaultValue=None if default is None else float(default),
                dimensions=wanted.get("dimensions") or None,
                unit=wanted.get("unit"),
            )
        ],
    )


def _create_filter(call: Call) -> str:
    name = call.name()
    _put_filter(call, name)
    return name


def _read_filter(call: Call) -> Props | None:
    # An import names the group as well, because a filter's name is unique in its group only.
    group, _, name = call.id.rpartition(":")
    group = group or call.inputs["logGroupName"]
    pages = call.client.get_paginator("describe_metric_filters").paginate(
        logGroupName=group, filterNamePrefix=name
    )
    found = next((one for page in pages for one in page["metricFilters"] if one["filterName"] == name), None)
    if found is None:
        return None
    counted = found["metricTransformations"][0]
    transformation = call.given(
        name=counted["metricName"],
        namespace=counted["metricNamespace"],
        value=counted["metricValue"],
        defaultValue=_number(counted.get("defaultValue")),
        dimensions=counted.get("dimensions") or None,
        unit=counted.get("unit", "None"),
    )
    return {
        "logGroupName": group,
        "name": name,
        "pattern": found.get("filterPattern", ""),
        "metricTransformation": transformation,
    }


def _number(value: Any) -> str | None:
    """A number as the program writes it: as text, whole where it is whole."""
    return None if value is None else f"{value:.15g}"


def _same_number(live: str, wanted: str) -> bool:
    return float(live) == float(wanted)


def _same_pattern(live: str, wanted: str) -> bool:
    return live.strip() == wanted.strip()


def _delete_filter(call: Call) -> None:
    call.client.delete_metric_filter(logGroupName=call.state["logGroupName"], filterName=call.state["name"])


TABLE = (
    Resource(
        "aws:cloudwatch/logGroup:LogGroup",
        "logs",
        create=_create_group,
        read=_read_group,
        delete=_delete_group,
        changes=(
            Change(("retentionInDays",), _retain, at_creation=True),
            Change(("kmsKeyId",), _change_key),
            tagging(
                lambda call, new: call.client.tag_resource(resourceArn=call.state["arn"], tags=new),
                lambda call, old: call.client.untag_resource(resourceArn=call.state["arn"], tagKeys=old),
            ),
        ),
        gone=frozenset({"ResourceNotFoundException"}),
        unsupported={"deletionProtectionEnabled": "the local AWS does not know it"},
    ),
    Resource(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "logs",
        create=_create_filter,
        read=_read_filter,
        delete=_delete_filter,
        changes=(Change(("metricTransformation", "pattern"), lambda call: _put_filter(call, call.id)),),
        gone=frozenset({"ResourceNotFoundException"}),
        same={"metricTransformation.defaultValue": _same_number, "pattern": _same_pattern},
        unsupported={"applyOnTransformedLogs": "the local AWS does not know it"},
        identify=lambda live: str(live["name"]),
    ),
)
