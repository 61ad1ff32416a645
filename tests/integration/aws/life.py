"""One type's life against the local AWS: made, read, changed, drifted, gone, made again."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import provider_pb2

from sandbox.aws.facts import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.aws.conftest import Engine, LocalAws, Resource

ACCOUNT = "123456789012"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
NONE = provider_pb2.DiffResponse.DIFF_NONE
TAGS = {"team": "security", "hubguard:environment": "production"}
KEY = "aws:kms/key:Key"
ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
BUCKET = "aws:s3/bucket:Bucket"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
TOPIC, QUEUE = "aws:sns/topic:Topic", "aws:sqs/queue:Queue"


@dataclass
class World:
    """What a scenario may need; everything has a name of its own."""

    aws: LocalAws
    engine: Engine

    def make(self, kind: str, **inputs: Any) -> Resource:
        """Another resource that this one refers to."""
        return self.engine.create(kind, f"t{uuid.uuid4().hex[:8]}", inputs)

    def key(self, **inputs: Any) -> str:
        """The ARN of a new key."""
        return str(self.make(KEY, deletionWindowInDays=7, **inputs).state["arn"])

    def bucket(self, **inputs: Any) -> str:
        """The name of a new bucket."""
        return str(self.make(BUCKET, forceDestroy=True, **inputs).id)

    def role(self) -> Resource:
        """A new role."""
        return self.make(ROLE, assumeRolePolicy=policy("sts:AssumeRole", resource=None))

    def topic(self, **inputs: Any) -> str:
        """The ARN of a new topic."""
        return str(self.make(TOPIC, **inputs).id)

    def queue(self, **inputs: Any) -> Resource:
        """A new queue."""
        return self.make(QUEUE, **inputs)


def policy(action: str, resource: str | None = "*", principal: bool = True) -> str:
    """A document with one statement."""
    statement = {"Effect": "Allow", "Action": action}
    whom = {"Principal": {"AWS": ROOT}} if principal else {}
    where = {"Resource": resource} if resource else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, **whom, **where}]})


@dataclass
class Scenario:
    """One type's life.

    Attributes:
        token: the type.
        inputs: what it is made with.
        changed: what an update adds to that; None removes an input.
        drift: changes the live thing behind the program's back; None where nothing can change.
        shows: the inputs in which the drift shows.
        stays: whether reading still finds it after delete, as with a bucket's versioning.
    """

    token: str
    inputs: Callable[[World], dict[str, Any]]
    changed: dict[str, Any]
    drift: Callable[[LocalAws, Resource], object] | None
    shows: set[str]
    stays: bool = False

    @property
    def name(self) -> str:
        """What the test of it is called."""
        return self.token.rpartition(":")[2]


def live_through(scenario: Scenario, world: World) -> None:
    """Nothing differs after a step, drift shows where it is, and delete makes room for the next."""
    engine = world.engine
    first = scenario.inputs(world)
    name = f"t{uuid.uuid4().hex[:8]}"

    made = engine.create(scenario.token, name, first)
    assert made.id
    assert engine.diff(made, first).changes == NONE
    unchanged(engine, made)

    second = {key: value for key, value in {**first, **scenario.changed}.items() if value is not None}
    if scenario.changed:
        plan = engine.diff(made, second)
        assert set(plan.diffs) == scenario.changed.keys()
        assert not plan.replaces
        made = engine.update(made, second)
        assert engine.diff(made, second).changes == NONE
        unchanged(engine, made)

    if scenario.drift is not None:
        scenario.drift(world.aws, made)
        made = engine.update(drifted(engine, made, scenario.shows), second)
        unchanged(engine, made)

    engine.delete(made)
    assert (engine.read(made) is None) is not scenario.stays
    engine.delete(made)

    again = engine.create(scenario.token, name, second)
    unchanged(engine, again)
    engine.delete(again)


def unchanged(engine: Engine, made: Resource) -> None:
    """A refresh finds nothing new."""
    found = engine.read(made)
    assert found is not None
    assert (found.id, found.inputs, found.state) == (made.id, made.inputs, made.state)


def drifted(engine: Engine, made: Resource, shows: set[str]) -> Resource:
    """A refresh finds drift in exactly these inputs; gives what it found."""
    found = engine.read(made)
    assert found is not None
    assert set(engine.diff_checked(found, made.inputs).diffs) == shows
    names = made.inputs.keys() | found.inputs.keys()
    assert {one for one in names if made.inputs.get(one) != found.inputs.get(one)} == shows
    return found


def imported(engine: Engine, made: Resource, identity: str = "") -> None:
    """An import by its id, or by the id that people write, finds the same state."""
    bare = type(made)(made.type, made.name, {}, identity or made.id)
    found = engine.read(bare)
    assert found is not None
    assert found.id == made.id
    local = facts_of(made.type).local
    told = [{name: item for name, item in one.state.items() if name not in local} for one in (found, made)]
    assert told[0] == told[1]
