"""What holds for all types of the table; their lives are in the modules beside this one."""

from __future__ import annotations

import importlib
import uuid
from pathlib import Path
from typing import Any

import pytest

from sandbox import interrupted, ports
from sandbox.aws.resources import implemented
from tests.integration.aws.life import ACCOUNT, KEY, TAGS, TOPIC, Scenario, World, policy, unchanged

ELSEWHERE = "us-east-1"
RULE = "aws:cloudwatch/eventRule:EventRule"
# Their finders ask the settings for more than the account and the region.
NEEDS_MORE = ("aws:cloudtrail/trail:Trail", "aws:secretsmanager/secret:Secret")


def scenarios() -> list[Scenario]:
    """The scenarios of all modules."""
    here = Path(__file__)
    modules = sorted(path.stem for path in here.parent.glob("test_types_*.py"))
    found = [importlib.import_module(f"tests.integration.aws.{name}") for name in modules]
    return [one for module in found for one in module.SCENARIOS]


def test_every_implemented_type_has_a_scenario() -> None:
    """A new entry of the table is proved."""
    assert {one.token for one in scenarios()} == implemented()


@pytest.mark.parametrize(
    ("token", "inputs", "changed", "service", "look"),
    [
        (RULE, {"eventPattern": '{"source":["aws.iam"]}', "tags": TAGS}, {"description": "d"},
         "events", lambda client, made: client.describe_rule(Name=made.state["name"])),
        (KEY, {"policy": policy("kms:*"), "deletionWindowInDays": 7, "tags": TAGS}, {"description": "d"},
         "kms", lambda client, made: client.describe_key(KeyId=made.id)),
        (TOPIC, {"tags": TAGS}, {"displayName": "d"},
         "sns", lambda client, made: client.get_topic_attributes(TopicArn=made.id)),
        ("aws:sqs/queue:Queue", {"tags": TAGS}, {"delaySeconds": 5},
         "sqs", lambda client, made: client.get_queue_url(QueueName=made.state["name"])),
        ("aws:cloudwatch/logGroup:LogGroup", {"tags": TAGS}, {"retentionInDays": 400},
         "logs", lambda client, made: client.describe_log_streams(logGroupName=made.id)),
        ("aws:secretsmanager/secret:Secret", {"recoveryWindowInDays": 0, "tags": TAGS}, {"description": "d"},
         "secretsmanager", lambda client, made: client.describe_secret(SecretId=made.state["name"])),
        ("aws:glue/catalogDatabase:CatalogDatabase", {"tags": TAGS}, {"description": "d"},
         "glue", lambda client, made: client.get_database(Name=made.state["name"])),
        ("aws:athena/workgroup:Workgroup", {"tags": TAGS}, {"description": "d"},
         "athena", lambda client, made: client.get_work_group(WorkGroup=made.id)),
    ],
    ids=lambda one: one.rpartition(":")[2] if isinstance(one, str) else "",
)  # fmt: skip
def test_a_resource_may_live_in_another_region(
    token: str, inputs: dict[str, Any], changed: dict[str, Any], service: str, look: Any, world: World
) -> None:
    """Its own `region` counts for every call, not the provider's."""
    engine, first = world.engine, {**inputs, "region": ELSEWHERE}
    here, there = world.aws.client(service), world.aws.client(service, ELSEWHERE)
    made = engine.create(token, f"t{uuid.uuid4().hex[:8]}", first)
    assert made.state["region"] == ELSEWHERE
    assert ELSEWHERE in made.state["arn"]
    assert look(there, made)
    with pytest.raises(Exception, match=r"NotFound|not found|NonExistent|does not exist"):
        look(here, made)
    unchanged(engine, made)

    made = engine.update(made, {**first, **changed, "tags": {"team": "other"}})
    assert made.state["tags"] == {"team": "other"}
    unchanged(engine, made)
    assert list(engine.diff(made, {**inputs, **changed, "tags": {"team": "other"}}).replaces) == ["region"]

    engine.delete(made)
    assert engine.read(made) is None


def test_a_bucket_in_another_region(world: World) -> None:
    """A bucket's name is worldwide, its place is not."""
    made = world.make("aws:s3/bucket:Bucket", region=ELSEWHERE)
    assert made.state["bucketRegion"] == ELSEWHERE
    found = world.aws.client("s3").get_bucket_location(Bucket=made.id)
    assert found.get("LocationConstraint") is None  # which means us-east-1
    unchanged(world.engine, made)
    world.engine.delete(made)
    assert world.engine.read(made) is None


class Desired:
    """What the finders ask of a stack's settings."""

    account = ACCOUNT
    region = "eu-central-1"


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: one.name)
def test_what_cannot_be_made_twice_can_be_found(
    scenario: Scenario, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed while it creates leaves things that the next one has to take over."""
    monkeypatch.setattr(ports, "url", lambda _cloud: world.aws.endpoint)
    inputs, name = scenario.inputs(world), f"t{uuid.uuid4().hex[:8]}"
    made = world.engine.create(scenario.token, name, inputs)
    find = interrupted._FINDERS.get(scenario.token)
    if find is None:
        world.engine.create(scenario.token, name, inputs)  # which does no harm
    elif scenario.token not in NEEDS_MORE:
        clouds: Any = interrupted.Clouds(Desired(), {})  # type: ignore[arg-type]  # settings of no stack
        assert find(clouds, made.inputs) == made.id


def test_what_never_came_to_be_is_not_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the queue nor the query, nor the workgroup that it would be in."""
    monkeypatch.setattr(ports, "url", lambda _cloud: world.aws.endpoint)
    clouds = interrupted.Clouds(Desired(), {})  # type: ignore[arg-type]  # settings of no stack
    assert clouds.queue({"name": "nowhere"}) is None
    assert clouds.query({"name": "nowhere", "workgroup": "primary"}) is None
    assert clouds.query({"name": "nowhere", "workgroup": "nowhere"}) is None
