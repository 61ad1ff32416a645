"""EventBridge's rules and their targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError
from sandbox.aws.resources.base import Call, Change, Resource, tag_list, tag_map, tagging
from sandbox.aws.resources.translate import from_aws, to_aws

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"ResourceNotFoundException"})
_DEFAULT_BUS = "default"
_TARGET = ("arn", "deadLetterConfig", "input", "inputPath", "retryPolicy", "roleArn")
_NOT_OURS = "the sandbox has no such target"


def _put_rule(call: Call, name: str, **tags: Any) -> None:
    wanted = call.inputs
    call.client.put_rule(
        Name=name,
        EventBusName=wanted["eventBusName"],
        # Unset means as it is: a rule that somebody switched off stays off, as with the real plugin.
        State=wanted.get("state") or call.state.get("state") or "ENABLED",
        # What is not named here is emptied.
        **call.given(
            Description=wanted.get("description") or None,
            EventPattern=wanted.get("eventPattern") or None,
            RoleArn=wanted.get("roleArn") or None,
            ScheduleExpression=wanted.get("scheduleExpression") or None,
        ),
        **tags,
    )


def _create_rule(call: Call) -> str:
    bus, name = call.inputs["eventBusName"], call.name()
    _put_rule(call, name, **call.given(Tags=tag_list(call.tags) or None))
    return name if bus == _DEFAULT_BUS else f"{bus}/{name}"


def _rule(call: Call) -> dict[str, str]:
    bus, _, name = call.id.rpartition("/")
    return {"Name": name, "EventBusName": bus or _DEFAULT_BUS}


def _read_rule(call: Call) -> Props:
    found = call.client.describe_rule(**_rule(call))
    tags = call.client.list_tags_for_resource(ResourceARN=found["Arn"]).get("Tags")
    return {
        "arn": found["Arn"],
        "name": found["Name"],
        "description": found.get("Description", ""),
        "eventBusName": found.get("EventBusName", _DEFAULT_BUS),
        "eventPattern": found.get("EventPattern"),
        "roleArn": found.get("RoleArn"),
        "scheduleExpression": found.get("ScheduleExpression", ""),
        "state": found["State"],
        "isEnabled": found["State"] != "DISABLED",
        "tags": tag_map(tags),
    }


def _delete_rule(call: Call) -> None:
    call.client.delete_rule(**_rule(call), Force=bool(call.state.get("forceDestroy")))


def _same_bus(live: str, wanted: str) -> bool:
    """A bus may be named by its ARN."""
    return live.rpartition("/")[2] == wanted.rpartition("/")[2]


def _put_target(call: Call, identity: str) -> None:
    shape = call.client.meta.service_model.shape_for("Target")
    target = {"Id": identity, **to_aws({name: call.inputs.get(name) for name in _TARGET}, shape)}
    if transformer := call.inputs.get("inputTransformer"):
        target["InputTransformer"] = {
            "InputTemplate": transformer["inputTemplate"],
            **call.given(InputPathsMap=transformer.get("inputPaths") or None),
        }
    if group := (call.inputs.get("sqsTarget") or {}).get("messageGroupId"):
        target["SqsParameters"] = {"MessageGroupId": group}
    answer = call.client.put_targets(
        Rule=call.inputs["rule"], EventBusName=call.inputs["eventBusName"], Targets=[target]
    )
    _refuse_failed(answer)


def _refuse_failed(answer: dict[str, Any]) -> None:
    """These calls succeed even where an entry does not."""
    for failed in answer.get("FailedEntries", []):
        raise SandboxError(
            f"target {failed.get('TargetId')}: {failed.get('ErrorCode')}: {failed.get('ErrorMessage')}",
            next_step="mend the target",
        )


def _create_target(call: Call) -> str:
    identity = call.name("targetId")
    _put_target(call, identity)
    return _target_id(call.inputs["eventBusName"], call.inputs["rule"], identity)


def _target_id(bus: str, rule: str, identity: str) -> str:
    return f"{rule}-{identity}" if bus == _DEFAULT_BUS else f"{bus}-{rule}-{identity}"


def _place(call: Call) -> tuple[str, str, str]:
    """The bus, the rule and the id at the rule; an import has them in the resource's id only."""
    if call.inputs.get("rule"):
        return call.inputs["eventBusName"], call.inputs["rule"], call.inputs["targetId"]
    rest, _, identity = call.id.rpartition("/")
    bus, _, rule = rest.rpartition("/")
    return bus or _DEFAULT_BUS, rule, identity


def _read_target(call: Call) -> Props | None:
    bus, rule, identity = _place(call)
    pages = call.client.get_paginator("list_targets_by_rule").paginate(Rule=rule, EventBusName=bus)
    found = next((one for page in pages for one in page["Targets"] if one["Id"] == identity), None)
    if found is None:
        return None
    live: Props = {
        name: from_aws(found[name[0].upper() + name[1:]], call.shape.fields[name].shape)
        for name in _TARGET
        if found.get(name[0].upper() + name[1:])
    }
    if transformer := found.get("InputTransformer"):
        live["inputTransformer"] = {
            "inputTemplate": transformer["InputTemplate"],
            **call.given(inputPaths=transformer.get("InputPathsMap") or None),
        }
    if queue := found.get("SqsParameters"):
        live["sqsTarget"] = {"messageGroupId": queue.get("MessageGroupId")}
    return {**live, "rule": rule, "eventBusName": bus, "targetId": identity}


def _delete_target(call: Call) -> None:
    bus, rule, identity = _place(call)
    answer = call.client.remove_targets(
        Rule=rule, EventBusName=bus, Ids=[identity], Force=bool(call.state.get("forceDestroy"))
    )
    _refuse_failed(answer)


TABLE = (
    Resource(
        "aws:cloudwatch/eventRule:EventRule",
        "events",
        create=_create_rule,
        read=_read_rule,
        delete=_delete_rule,
        changes=(
            Change(
                ("description", "eventPattern", "roleArn", "scheduleExpression", "state"),
                lambda call: _put_rule(call, _rule(call)["Name"]),
            ),
            tagging(
                lambda call, new: call.client.tag_resource(ResourceARN=call.state["arn"], Tags=tag_list(new)),
                lambda call, old: call.client.untag_resource(ResourceARN=call.state["arn"], TagKeys=old),
            ),
        ),
        gone=_GONE,
        same={"eventBusName": _same_bus},
        unsupported={"isEnabled": "use state, which replaced it"},
    ),
    Resource(
        "aws:cloudwatch/eventTarget:EventTarget",
        "events",
        create=_create_target,
        read=_read_target,
        delete=_delete_target,
        changes=(
            Change(
                (*_TARGET, "inputTransformer", "sqsTarget"), lambda call: _put_target(call, _place(call)[2])
            ),
        ),
        gone=_GONE,
        same={"eventBusName": _same_bus},
        unsupported={
            "appsyncTarget": _NOT_OURS,
            "batchTarget": _NOT_OURS,
            "ecsTarget": _NOT_OURS,
            "httpTarget": _NOT_OURS,
            "kinesisTarget": _NOT_OURS,
            "redshiftTarget": _NOT_OURS,
            "runCommandTargets": _NOT_OURS,
            "sagemakerPipelineTarget": _NOT_OURS,
        },
        identify=lambda live: _target_id(live["eventBusName"], live["rule"], live["targetId"]),
    ),
)
