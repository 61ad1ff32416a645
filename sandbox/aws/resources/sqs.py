"""Queues and who may use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.aws.resources.attributes import Attributes, text
from sandbox.aws.resources.base import Call, Change, Resource, tagging

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
_SETTINGS = Attributes(
    {
        "contentBasedDeduplication": "ContentBasedDeduplication",
        "deduplicationScope": "DeduplicationScope",
        "delaySeconds": "DelaySeconds",
        "fifoQueue": "FifoQueue",
        "fifoThroughputLimit": "FifoThroughputLimit",
        "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
        "kmsMasterKeyId": "KmsMasterKeyId",
        "maxMessageSize": "MaximumMessageSize",
        "messageRetentionSeconds": "MessageRetentionPeriod",
        "policy": "Policy",
        "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
        "redriveAllowPolicy": "RedriveAllowPolicy",
        "redrivePolicy": "RedrivePolicy",
        "sqsManagedSseEnabled": "SqsManagedSseEnabled",
        "visibilityTimeoutSeconds": "VisibilityTimeout",
    }
)
_ONLY_FIFO = ("contentBasedDeduplication", "fifoQueue")  # a standard queue refuses even a false one


def _wanted(call: Call, fixed: bool) -> dict[str, str]:
    """The attributes to send; what cannot change is sent at creation only."""
    left_out = {name for name in _ONLY_FIFO if not call.inputs.get(name)}
    if not fixed:
        left_out.add("fifoQueue")
    return _SETTINGS.texts(call.inputs, only=[name for name in _SETTINGS.names if name not in left_out])


def _create_queue(call: Call) -> str:
    answer = call.client.create_queue(
        QueueName=call.name(), Attributes=_wanted(call, fixed=True), **call.given(tags=call.tags or None)
    )
    return str(answer["QueueUrl"])


def _read_queue(call: Call) -> Props:
    found = call.client.get_queue_attributes(QueueUrl=call.id, AttributeNames=["All"])["Attributes"]
    tags = call.client.list_queue_tags(QueueUrl=call.id).get("Tags", {})
    return {
        **_SETTINGS.values(found, call.shape),
        "arn": found["QueueArn"],
        "name": found["QueueArn"].rpartition(":")[2],
        "url": call.id,
        "tags": {key: value for key, value in tags.items() if not key.startswith("aws:")},
    }


def _update_queue(call: Call) -> None:
    # What was dropped from the program is emptied: an absent attribute changes nothing. What the queue
    # only has because AWS filled it in stays as it is.
    emptied = {
        _SETTINGS.names[name]: ""
        for name in ("kmsMasterKeyId", "redriveAllowPolicy")
        if call.state.get(name) and not call.inputs.get(name)
    }
    if not call.inputs.get("contentBasedDeduplication") and call.state.get("contentBasedDeduplication"):
        emptied["ContentBasedDeduplication"] = text(item=False)
    call.client.set_queue_attributes(QueueUrl=call.id, Attributes={**_wanted(call, fixed=False), **emptied})


def _delete_queue(call: Call) -> None:
    call.client.delete_queue(QueueUrl=call.id)


def _set_policy(url: str, policy: str, call: Call) -> None:
    call.client.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


def _create_policy(call: Call) -> str:
    url = str(call.inputs["queueUrl"])
    _set_policy(url, call.inputs["policy"], call)
    return url


def _read_policy(call: Call) -> Props | None:
    answer = call.client.get_queue_attributes(QueueUrl=call.id, AttributeNames=["Policy"])
    policy = answer.get("Attributes", {}).get("Policy")
    return {"queueUrl": call.id, "policy": policy} if policy else None


TABLE = (
    Resource(
        "aws:sqs/queue:Queue",
        "sqs",
        create=_create_queue,
        read=_read_queue,
        delete=_delete_queue,
        changes=(
            Change(tuple(sorted(_SETTINGS.names.keys() - {"fifoQueue"})), _update_queue),
            tagging(
                lambda call, new: call.client.tag_queue(QueueUrl=call.id, Tags=new),
                lambda call, old: call.client.untag_queue(QueueUrl=call.id, TagKeys=old),
            ),
        ),
        gone=_GONE,
    ),
    Resource(
        "aws:sqs/queuePolicy:QueuePolicy",
        "sqs",
        create=_create_policy,
        read=_read_policy,
        delete=lambda call: _set_policy(call.id, "", call),
        changes=(Change(("policy",), lambda call: _set_policy(call.id, call.inputs["policy"], call)),),
        gone=_GONE,
    ),
)
