"""Topics, subscriptions and queues, and the mends that they need."""

from __future__ import annotations

import http.server
import json
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.aws.life import (
    NONE,
    QUEUE,
    TAGS,
    TOPIC,
    Scenario,
    World,
    drifted,
    imported,
    live_through,
    policy,
    unchanged,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"
MAIL = "security@example.com"


def on_topic(world: World, action: str) -> dict[str, Any]:
    """A topic and a policy for it."""
    arn = world.topic()
    return {"arn": arn, "policy": policy(action, arn)}


def on_queue(world: World, action: str) -> dict[str, Any]:
    """A queue and a policy for it."""
    queue = world.queue()
    return {"queueUrl": queue.id, "policy": policy(action, queue.state["arn"])}


SCENARIOS = [
    Scenario(
        TOPIC,
        lambda world: {"kmsMasterKeyId": world.key(), "displayName": "Hubguard", "tags": TAGS,
                       "sqsFailureFeedbackRoleArn": world.role().state["arn"]},
        {"displayName": None, "kmsMasterKeyId": "alias/aws/sns", "sqsFailureFeedbackRoleArn": None,
         "httpSuccessFeedbackSampleRate": 50, "tags": {"team": "other"}},
        lambda aws, made: aws.client("sns").set_topic_attributes(
            TopicArn=made.id, AttributeName="KmsMasterKeyId", AttributeValue=""
        ),
        {"kmsMasterKeyId"},
    ),
    Scenario(
        "aws:sns/topicPolicy:TopicPolicy",
        lambda world: on_topic(world, "sns:Publish"),
        {"policy": policy("sns:Subscribe")},
        lambda aws, made: aws.client("sns").set_topic_attributes(
            TopicArn=made.id, AttributeName="Policy", AttributeValue=policy("sns:*", made.id)
        ),
        {"policy"},
        stays=True,
    ),
    Scenario(
        SUBSCRIPTION,
        lambda world: {"topic": world.topic(), "protocol": "sqs", "endpoint": world.queue().state["arn"],
                       "filterPolicy": json.dumps({"level": ["high"]})},
        {"filterPolicy": None, "rawMessageDelivery": True,
         "deliveryPolicy": json.dumps({"healthyRetryPolicy": {"numRetries": 2}})},
        lambda aws, made: aws.client("sns").set_subscription_attributes(
            SubscriptionArn=made.id, AttributeName="RawMessageDelivery", AttributeValue="false"
        ),
        {"rawMessageDelivery"},
    ),
    Scenario(
        QUEUE,
        lambda world: {"kmsMasterKeyId": world.key(), "messageRetentionSeconds": 1209600,
                       "visibilityTimeoutSeconds": 60, "tags": TAGS},
        {"kmsMasterKeyId": None, "delaySeconds": 5, "visibilityTimeoutSeconds": None,
         "sqsManagedSseEnabled": True, "tags": {"team": "other"}},
        lambda aws, made: aws.client("sqs").set_queue_attributes(
            QueueUrl=made.id, Attributes={"DelaySeconds": "0"}
        ),
        {"delaySeconds"},
    ),
    Scenario(
        "aws:sqs/queuePolicy:QueuePolicy",
        lambda world: on_queue(world, "sqs:SendMessage"),
        {"policy": policy("sqs:ReceiveMessage")},
        lambda aws, made: aws.client("sqs").set_queue_attributes(
            QueueUrl=made.id, Attributes={"Policy": policy("sqs:*")}
        ),
        {"policy"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


@pytest.mark.parametrize("protocol", ["email", "email-json"])
def test_mail_that_nobody_confirmed_is_no_drift(protocol: str, world: World) -> None:
    """It stays as it is, run after run: neither drift nor a replacement."""
    inputs = {"topic": world.topic(), "protocol": protocol, "endpoint": MAIL}
    made = world.make(SUBSCRIPTION, **inputs)
    assert made.id.startswith(f"{inputs['topic']}:")
    assert made.state["pendingConfirmation"] is True
    for _ in range(2):
        assert world.engine.diff(made, inputs).changes == NONE
        unchanged(world.engine, made)
    imported(world.engine, made)
    attributes = world.aws.client("sns").get_topic_attributes(TopicArn=inputs["topic"])["Attributes"]
    assert (attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]) == ("1", "0")


def test_deleting_mail_that_nobody_confirmed_only_forgets_it(world: World) -> None:
    """AWS lets it run out; subscribing again finds the same one."""
    inputs = {"topic": world.topic(), "protocol": "email", "endpoint": MAIL}
    made = world.make(SUBSCRIPTION, **inputs)
    with pytest.raises(ClientError, match="pending confirmation"):
        world.aws.client("sns").unsubscribe(SubscriptionArn=made.id)
    world.engine.delete(made)
    assert world.make(SUBSCRIPTION, **inputs).id == made.id
    world.aws.client("sns").delete_topic(TopicArn=inputs["topic"])
    assert world.engine.read(made) is None
    world.engine.delete(made)


def test_subscribe_names_no_arn_before_the_confirmation(world: World) -> None:
    """Unless it is asked to."""
    sns, topic = world.aws.client("sns"), world.topic()
    wanted = {"TopicArn": topic, "Protocol": "email", "Endpoint": MAIL}
    assert sns.subscribe(**wanted)["SubscriptionArn"] == "pending confirmation"
    assert sns.subscribe(**wanted, ReturnSubscriptionArn=True)["SubscriptionArn"].startswith(topic)


@pytest.fixture
def subscriber() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An HTTP endpoint and what was posted to it."""
    posted: list[dict[str, Any]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            posted.append(json.loads(self.rfile.read(length)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", posted
        server.shutdown()
        thread.join()


def test_a_confirmation_is_no_drift(world: World, subscriber: tuple[str, list[dict[str, Any]]]) -> None:
    """Somebody follows the link: the state learns it, the program need not."""
    endpoint, posted = subscriber
    inputs = {"topic": world.topic(), "protocol": "http", "endpoint": endpoint}
    made = world.make(SUBSCRIPTION, **inputs)
    assert made.state["pendingConfirmation"] is True
    deadline = time.monotonic() + 10
    while not posted and time.monotonic() < deadline:
        time.sleep(0.02)
    world.aws.client("sns").confirm_subscription(TopicArn=inputs["topic"], Token=posted[0]["Token"])
    found = drifted(world.engine, made, set())
    assert found.state["pendingConfirmation"] is False
    assert found.id == made.id
    world.engine.delete(found)
    assert world.engine.read(found) is None


def test_a_topic_speaks_to_a_queue(world: World) -> None:
    """Publish, and it is there, as the alarms need it."""
    topic, queue = world.topic(kmsMasterKeyId=world.key()), world.queue()
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"},
                       "Action": "sqs:SendMessage", "Resource": queue.state["arn"],
                       "Condition": {"ArnEquals": {"aws:SourceArn": topic}}}],
    }  # fmt: skip
    world.make("aws:sqs/queuePolicy:QueuePolicy", queueUrl=queue.id, policy=json.dumps(document))
    made = world.make(
        SUBSCRIPTION, topic=topic, protocol="sqs", endpoint=queue.state["arn"], rawMessageDelivery=True
    )
    assert made.state["pendingConfirmation"] is False
    world.aws.client("sns").publish(TopicArn=topic, Message="a token was read")
    answer = world.aws.client("sqs").receive_message(QueueUrl=queue.id, WaitTimeSeconds=5)
    assert [one["Body"] for one in answer["Messages"]] == ["a token was read"]


def test_a_topic_reads_its_policy_back(world: World) -> None:
    """A policy of a separate resource is no difference for the topic."""
    made = world.make(TOPIC)
    on_it = policy("sns:Publish", made.id)
    world.make("aws:sns/topicPolicy:TopicPolicy", arn=made.id, policy=on_it)
    found = world.engine.read(made)
    assert found is not None
    assert json.loads(found.state["policy"]) == json.loads(on_it)
    assert world.engine.diff_checked(found, made.inputs).changes == NONE
    assert found.inputs == made.inputs


def test_a_topic_without_tls_can_still_be_managed_here(world: World) -> None:
    """The Deny that every topic and queue carries does not hit loopback."""
    topic, queue = world.topic(), world.queue()
    for kind, inputs in (
        ("aws:sns/topicPolicy:TopicPolicy", {"arn": topic}),
        ("aws:sqs/queuePolicy:QueuePolicy", {"queueUrl": queue.id}),
    ):
        resource = topic if "arn" in inputs else queue.state["arn"]
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Deny", "Principal": "*", "Action": f"{kind[4:7]}:*",
                           "Resource": resource, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}],
        }  # fmt: skip
        made = world.make(kind, **inputs, policy=json.dumps(document))
        unchanged(world.engine, made)
        world.engine.delete(made)


def test_deleting_a_topic_policy_puts_the_first_one_back(world: World) -> None:
    """A topic is never without one: only its owner may use it then."""
    made = world.make("aws:sns/topicPolicy:TopicPolicy", **on_topic(world, "sns:Publish"))
    world.engine.delete(made)
    attributes = world.aws.client("sns").get_topic_attributes(TopicArn=made.id)["Attributes"]
    statement = json.loads(attributes["Policy"])["Statement"][0]
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceOwner": made.state["owner"]}}


def test_a_queue_with_dead_letters(world: World) -> None:
    """The redrive policy is JSON, in any spelling."""
    dead = world.queue().state["arn"]
    made = world.make(QUEUE, redrivePolicy=json.dumps({"maxReceiveCount": 4, "deadLetterTargetArn": dead}))
    unchanged(world.engine, made)
    imported(world.engine, made)
    same = f'{{"deadLetterTargetArn":"{dead}", "maxReceiveCount":4}}'
    assert world.engine.diff(made, {"redrivePolicy": same}).changes == NONE


def test_fifo_names_and_settings(world: World) -> None:
    """What only FIFO topics and queues have is kept, and not sent to others."""
    name = f"t{uuid.uuid4().hex[:8]}.fifo"
    topic = world.make(TOPIC, name=name, fifoTopic=True, contentBasedDeduplication=True)
    queue = world.make(QUEUE, name=name, fifoQueue=True, contentBasedDeduplication=True)
    unchanged(world.engine, topic)
    unchanged(world.engine, queue)
    for made, key in ((topic, "fifoTopic"), (queue, "fifoQueue")):
        inputs = {"name": name, key: True}
        changed = world.engine.update(made, inputs)
        assert changed.state["contentBasedDeduplication"] is False
        unchanged(world.engine, changed)
