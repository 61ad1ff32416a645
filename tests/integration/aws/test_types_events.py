"""EventBridge's rules and targets, and the mends that they need."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.aws.life import (
    ACCOUNT,
    NONE,
    TAGS,
    Scenario,
    World,
    drifted,
    imported,
    live_through,
    unchanged,
)

RULE, TARGET = "aws:cloudwatch/eventRule:EventRule", "aws:cloudwatch/eventTarget:EventTarget"
ALL_READS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
FAR = "us-east-1"
READS = json.dumps(
    {
        "source": ["aws.secretsmanager"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventName": ["GetSecretValue", "BatchGetSecretValue"]},
    }
)


def rule(world: World, **inputs: Any) -> str:
    """The name of a new rule for one source of our own."""
    return str(world.make(RULE, **{"eventPattern": json.dumps({"source": ["test"]}), **inputs}).id)


def told(**more: Any) -> dict[str, Any]:
    """What a person reads when it fires."""
    return {
        "inputTransformer": {
            "inputPaths": {"who": "$.detail.who", "when": "$.time"},
            "inputTemplate": json.dumps("<who> at <when>"),
        },
        **more,
    }


SCENARIOS = [
    Scenario(
        RULE,
        lambda _: {"eventPattern": READS, "state": ALL_READS, "description": "d", "tags": TAGS},
        {"description": None, "tags": {"team": "other"},
         "eventPattern": json.dumps({"source": ["aws.kms"]})},
        lambda aws, made: aws.client("events").disable_rule(Name=made.id),
        {"state"},
    ),
    Scenario(
        TARGET,
        lambda world: told(rule=rule(world), arn=world.topic()),
        {"inputTransformer": {"inputTemplate": json.dumps("a token was read")},
         "retryPolicy": {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 2}},
        lambda aws, made: aws.client("events").put_targets(
            Rule=made.state["rule"],
            Targets=[{"Id": made.state["targetId"], "Arn": made.state["arn"],
                      "RetryPolicy": {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 2},
                      "InputTransformer": {"InputTemplate": json.dumps("nothing happened")}}],
        ),
        {"inputTransformer"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


@pytest.mark.parametrize("state", ["ENABLED", "DISABLED", ALL_READS])
def test_a_rule_keeps_its_state(state: str, world: World) -> None:
    """Through creation, another change, and when the program stops to say."""
    inputs = {"eventPattern": READS, "state": state}
    made = world.make(RULE, **inputs)
    assert world.aws.client("events").describe_rule(Name=made.id)["State"] == state
    made = world.engine.update(made, {**inputs, "description": "new"})
    assert made.state["state"] == state
    assert world.engine.diff(made, {"eventPattern": READS, "description": "new"}).changes == NONE
    made = world.engine.update(made, {"eventPattern": READS})
    assert made.state["state"] == state
    assert "description" not in made.inputs
    unchanged(world.engine, made)


def test_a_rule_needs_a_pattern_or_a_schedule(world: World) -> None:
    """The plan says so, before any call, and so does AWS."""
    _, failures = world.engine.check(RULE, "empty", {"description": "d"})
    assert failures == {"eventPattern": "give 'eventPattern' or 'scheduleExpression'"}
    with pytest.raises(ClientError, match="must be specified"):
        world.aws.client("events").put_rule(Name="empty")


def test_a_pattern_in_another_spelling_is_no_difference(world: World) -> None:
    """It is JSON."""
    made = world.make(RULE, eventPattern=READS)
    assert world.engine.diff(made, {"eventPattern": json.dumps(json.loads(READS), indent=1)}).changes == NONE


def test_a_rule_and_its_target_on_a_bus_of_their_own(world: World) -> None:
    """The bus is part of both ids, and imports name it with a slash."""
    bus = f"b{uuid.uuid4().hex[:8]}"
    world.aws.client("events").create_event_bus(Name=bus)
    made = world.make(RULE, eventBusName=bus, eventPattern=READS, tags=TAGS)
    name = made.state["name"]
    assert made.id == f"{bus}/{name}"
    unchanged(world.engine, made)
    imported(world.engine, made)
    target = world.make(TARGET, rule=name, eventBusName=bus, arn=world.topic(), targetId="tell")
    assert target.id == f"{bus}-{name}-tell"
    unchanged(world.engine, target)
    imported(world.engine, target, f"{bus}/{name}/tell")
    world.engine.delete(target)
    world.engine.delete(made)
    assert world.engine.read(made) is None


def test_a_target_is_imported_by_rule_and_id(world: World) -> None:
    """On the default bus."""
    made = world.make(TARGET, **told(rule=rule(world), arn=world.topic(), targetId="tell"))
    assert made.id == f"{made.state['rule']}-tell"
    imported(world.engine, made, f"{made.state['rule']}/tell")


def test_a_target_may_be_the_bus_of_another_region(world: World) -> None:
    """With the role that may put events there; the role and the ARN change in place."""
    inputs = {
        "rule": rule(world, region=FAR),
        "region": FAR,
        "arn": f"arn:aws:events:eu-central-1:{ACCOUNT}:event-bus/default",
        "roleArn": world.role().state["arn"],
        "deadLetterConfig": {"arn": f"arn:aws:sqs:{FAR}:{ACCOUNT}:lost"},
    }
    made = world.make(TARGET, **inputs)
    assert made.state["roleArn"] == inputs["roleArn"]
    unchanged(world.engine, made)
    changed = {**inputs, "roleArn": world.role().state["arn"]}
    plan = world.engine.diff(made, changed)
    assert (list(plan.diffs), list(plan.replaces)) == (["roleArn"], [])
    made = world.engine.update(made, changed)
    unchanged(world.engine, made)
    del changed["deadLetterConfig"]
    made = world.engine.update(made, changed)
    unchanged(world.engine, made)
    world.engine.delete(made)
    assert world.engine.read(made) is None


def test_a_rule_goes_after_its_targets(world: World) -> None:
    """AWS refuses to delete one that somebody still hears of."""
    made = world.make(RULE, eventPattern=READS)
    target = world.make(TARGET, rule=made.id, arn=world.topic())
    with pytest.raises(Exception, match="since it has targets"):
        world.engine.delete(made)
    world.engine.delete(target)
    world.engine.delete(made)
    assert world.engine.read(target) is None
    world.engine.delete(target)


def test_an_emptied_description_is_seen(world: World) -> None:
    """PutRule empties what it does not name."""
    made = world.make(RULE, eventPattern=READS, description="why")
    world.aws.client("events").put_rule(Name=made.id, EventPattern=READS)
    drifted(world.engine, made, {"description"})


def _hears(world: World, queue: str) -> list[dict[str, Any]]:
    """What has arrived in a queue; delivery is part of PutEvents, so nothing is under way."""
    answer = world.aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(one["Body"]) for one in answer.get("Messages", [])]


def _listening(world: World, pattern: dict[str, Any], **inputs: Any) -> str:
    """A queue that gets what a new rule matches."""
    queue = world.queue()
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"},
                       "Action": "sqs:SendMessage", "Resource": queue.state["arn"]}],
    }  # fmt: skip
    world.make("aws:sqs/queuePolicy:QueuePolicy", queueUrl=queue.id, policy=json.dumps(document))
    made = rule(world, eventPattern=json.dumps(pattern), **inputs)
    world.make(TARGET, rule=made, arn=queue.state["arn"])
    return queue.id


@pytest.mark.parametrize(
    ("state", "read_only", "arrives"),
    [("ENABLED", False, True), ("ENABLED", True, False), (ALL_READS, False, True), (ALL_READS, True, True),
     ("DISABLED", False, False)],
)  # fmt: skip
def test_reads_reach_only_rules_that_ask_for_them(
    state: str, read_only: bool, arrives: bool, world: World
) -> None:
    """CloudTrail's read-only management events are let through by the rule's state."""
    source = f"test.{uuid.uuid4().hex}"
    queue = _listening(world, {"source": [source]}, state=state)
    world.aws.client("events").put_events(
        Entries=[
            {
                "Source": source,
                "DetailType": "AWS API Call via CloudTrail",
                "Detail": json.dumps({"readOnly": read_only, "managementEvent": True}),
            }
        ]
    )
    assert bool(_hears(world, queue)) is arrives


def test_other_events_do_not_depend_on_it(world: World) -> None:
    """Only CloudTrail's are held back."""
    source = f"test.{uuid.uuid4().hex}"
    queue = _listening(world, {"source": [source]})
    world.aws.client("events").put_events(
        Entries=[{"Source": source, "DetailType": "something", "Detail": json.dumps({"readOnly": True})}]
    )
    assert len(_hears(world, queue)) == 1


def test_a_bus_forwards_to_another_region_once(world: World) -> None:
    """As with events of IAM, which come up in us-east-1; even where two rules would send it round."""
    source, buses = f"test.{uuid.uuid4().hex}", ("eu-central-1", FAR)
    queue = _listening(world, {"source": [source]})
    for here, there in (buses, buses[::-1]):
        made = world.make(RULE, name=source[:40], region=here, eventPattern=json.dumps({"source": [source]}))
        world.make(
            TARGET,
            rule=made.id,
            region=here,
            arn=f"arn:aws:events:{there}:{ACCOUNT}:event-bus/default",
            roleArn=world.role().state["arn"],
        )
    started = time.monotonic()
    world.aws.client("events", FAR).put_events(
        Entries=[{"Source": source, "DetailType": "test", "Detail": json.dumps({"a": 1})}]
    )
    heard = _hears(world, queue)
    assert [(one["detail"], one["region"]) for one in heard] == [({"a": 1}, FAR)]
    assert time.monotonic() - started < 10
