"""Topics, who may use them, and who is told."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from sandbox.aws.resources.attributes import Attributes, text
from sandbox.aws.resources.base import Call, Change, Resource, tag_list, tag_map, tagging

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"NotFound", "NotFoundException", "ResourceNotFoundException"})

# How the delivery to each kind of endpoint is logged.
_FEEDBACK = {
    f"{endpoint}{outcome}": f"{spelling}{outcome}"
    for endpoint, spelling in {
        "application": "Application",
        "firehose": "Firehose",
        "http": "HTTP",
        "lambda": "Lambda",
        "sqs": "SQS",
    }.items()
    for outcome in ("FailureFeedbackRoleArn", "SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate")
}
_SETTINGS = Attributes(
    {
        "archivePolicy": "ArchivePolicy",
        "contentBasedDeduplication": "ContentBasedDeduplication",
        "deliveryPolicy": "DeliveryPolicy",
        "displayName": "DisplayName",
        "fifoThroughputScope": "FifoThroughputScope",
        "kmsMasterKeyId": "KmsMasterKeyId",
        "maximumMessageSize": "MaximumMessageSize",
        "policy": "Policy",
        "signatureVersion": "SignatureVersion",
        "tracingConfig": "TracingConfig",
        **_FEEDBACK,
    }
)
_SUBSCRIPTION = Attributes(
    {
        "deliveryPolicy": "DeliveryPolicy",
        "filterPolicy": "FilterPolicy",
        "filterPolicyScope": "FilterPolicyScope",
        "rawMessageDelivery": "RawMessageDelivery",
        "redrivePolicy": "RedrivePolicy",
        "subscriptionRoleArn": "SubscriptionRoleArn",
    }
)
_EMPTY = {"filterPolicy": "{}", "filterPolicyScope": "MessageAttributes", "rawMessageDelivery": "false"}


def _create_topic(call: Call) -> str:
    fifo = {"Attributes": {"FifoTopic": "true"}} if call.inputs.get("fifoTopic") else {}
    answer = call.client.create_topic(
        Name=call.name(), **fifo, **call.given(Tags=tag_list(call.tags) or None)
    )
    return str(answer["TopicArn"])


def _read_topic(call: Call) -> Props:
    found = call.client.get_topic_attributes(TopicArn=call.id)["Attributes"]
    tags = call.client.list_tags_for_resource(ResourceArn=call.id).get("Tags")
    return {
        **_SETTINGS.values(found, call.shape),
        "arn": call.id,
        "name": call.id.rpartition(":")[2],
        "owner": found.get("Owner"),
        "fifoTopic": found.get("FifoTopic") == "true",
        "beginningArchiveTime": found.get("BeginningArchiveTime", ""),
        "tags": tag_map(tags),
    }


def _set_topic(name: str, call: Call) -> None:
    value = call.inputs.get(name)
    if not value and not call.state:
        return  # a new topic is like that, and a standard one refuses what only a FIFO one has
    call.client.set_topic_attributes(
        TopicArn=call.id,
        AttributeName=_SETTINGS.names[name],
        AttributeValue=text("" if value is None else value),
    )


def _delete_topic(call: Call) -> None:
    call.client.delete_topic(TopicArn=call.id)


def _put_policy(call: Call) -> None:
    call.client.set_topic_attributes(
        TopicArn=call.inputs["arn"], AttributeName="Policy", AttributeValue=call.inputs["policy"]
    )


def _create_policy(call: Call) -> str:
    _put_policy(call)
    return str(call.inputs["arn"])


def _read_policy(call: Call) -> Props | None:
    found = call.client.get_topic_attributes(TopicArn=call.id)["Attributes"]
    if not found.get("Policy"):
        return None
    return {"arn": call.id, "policy": found["Policy"], "owner": found.get("Owner")}


def _restore_policy(call: Call) -> None:
    """A topic is never without a policy: the one that AWS gives a new one comes back."""
    actions = ("AddPermission", "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic",
               "Publish", "RemovePermission", "SetTopicAttributes", "Subscribe")  # fmt: skip
    owner = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": call.id,
        "Condition": {"StringEquals": {"AWS:SourceOwner": call.aws.account}},
    }
    document = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [owner]}
    call.client.set_topic_attributes(
        TopicArn=call.id, AttributeName="Policy", AttributeValue=json.dumps(document)
    )


def _subscribe(call: Call) -> str:
    answer = call.client.subscribe(
        TopicArn=call.inputs["topic"],
        Protocol=call.inputs["protocol"],
        Endpoint=call.inputs["endpoint"],
        Attributes=_SUBSCRIPTION.texts(call.inputs),
        # Otherwise one that waits for its confirmation has no ARN to be known by.
        ReturnSubscriptionArn=True,
    )
    return str(answer["SubscriptionArn"])


def _read_subscription(call: Call) -> Props:
    found = call.client.get_subscription_attributes(SubscriptionArn=call.id)["Attributes"]
    settings = _SUBSCRIPTION.values(found, call.shape)
    if settings.get("filterPolicy") == "{}":
        del settings["filterPolicy"]  # which is none
    return {
        **settings,
        "arn": call.id,
        "topic": found["TopicArn"],
        "protocol": found["Protocol"],
        "endpoint": found["Endpoint"],
        "ownerId": found.get("Owner"),
        "pendingConfirmation": _waits(found),
        "confirmationWasAuthenticated": found.get("ConfirmationWasAuthenticated") == "true",
    }


def _set_subscription(name: str, call: Call) -> None:
    value = call.inputs.get(name)
    call.client.set_subscription_attributes(
        SubscriptionArn=call.id,
        AttributeName=_SUBSCRIPTION.names[name],
        AttributeValue=_EMPTY.get(name, "") if value is None else text(value),
    )


def _unsubscribe(call: Call) -> None:
    found = call.client.get_subscription_attributes(SubscriptionArn=call.id)["Attributes"]
    # AWS refuses to end what was never confirmed; it runs out by itself.
    if not _waits(found):
        call.client.unsubscribe(SubscriptionArn=call.id)


def _waits(attributes: dict[str, str]) -> bool:
    return attributes.get("PendingConfirmation") == "true"


TABLE = (
    Resource(
        "aws:sns/topic:Topic",
        "sns",
        create=_create_topic,
        read=_read_topic,
        delete=_delete_topic,
        changes=(
            *(
                Change((name,), partial(_set_topic, name), at_creation=True)
                for name in sorted(_SETTINGS.names)
            ),
            tagging(
                lambda call, new: call.client.tag_resource(ResourceArn=call.id, Tags=tag_list(new)),
                lambda call, old: call.client.untag_resource(ResourceArn=call.id, TagKeys=old),
            ),
        ),
        gone=_GONE,
    ),
    Resource(
        "aws:sns/topicPolicy:TopicPolicy",
        "sns",
        create=_create_policy,
        read=_read_policy,
        delete=_restore_policy,
        changes=(Change(("policy",), _put_policy),),
        gone=_GONE,
    ),
    Resource(
        "aws:sns/topicSubscription:TopicSubscription",
        "sns",
        create=_subscribe,
        read=_read_subscription,
        delete=_unsubscribe,
        changes=tuple(
            Change((name,), partial(_set_subscription, name)) for name in sorted(_SUBSCRIPTION.names)
        ),
        gone=_GONE,
        unsupported={"replayPolicy": "the local AWS does not know it"},
    ),
)
