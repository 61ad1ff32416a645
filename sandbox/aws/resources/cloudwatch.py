"""Log groups; Pulumi keeps CloudWatch Logs under `cloudwatch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
)
