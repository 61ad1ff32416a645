"""From live values to the state and the inputs that the engine keeps."""

from __future__ import annotations

from typing import Any

from sandbox.aws.facts import facts_of
from sandbox.aws.provider import state as states
from sandbox.aws.provider.compare import Comparer
from sandbox.aws.provider.sdk import inputs_of
from sandbox.aws.provider.wire import UNKNOWN
from sandbox.aws.resources import resource

SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type
ROLE = "aws:iam/role:Role"
BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
REGION = "eu-central-1"


def _comparer(token: str) -> Comparer:
    return Comparer(facts_of(token), resource(token).same)


def outputs(token: str, live: dict[str, Any], wanted: dict[str, Any], **tags: str) -> dict[str, Any]:
    """The state of something live."""
    return states.outputs(_comparer(token), inputs_of(token), live, wanted, region=REGION, default_tags=tags)


def inputs(token: str, state: dict[str, Any], olds: dict[str, Any]) -> dict[str, Any]:
    """The inputs that a refresh shows."""
    return states.inputs_of_state(_comparer(token), inputs_of(token), state, olds)


def test_local_inputs_stay_as_they_were_asked_for() -> None:
    """AWS never tells the recovery window, and delete needs it."""
    assert outputs(SECRET, {"name": "a"}, {"recoveryWindowInDays": 7})["recoveryWindowInDays"] == 7
    assert outputs(SECRET, {"name": "a"}, {})["recoveryWindowInDays"] == 30


def test_a_document_that_means_the_same_keeps_its_text() -> None:
    """AWS returns documents in its own spelling."""
    asked, live = '{"Statement":[{"Action":["a"]}]}', '{"Statement":{"Action":"a"}}'
    assert outputs(ROLE, {"assumeRolePolicy": live}, {"assumeRolePolicy": asked})["assumeRolePolicy"] == (
        asked
    )


def test_default_tags_are_only_among_all_tags() -> None:
    """`tags` holds what the program or somebody else set, `tagsAll` everything."""
    state = outputs(
        SECRET, {"tags": {"team": "sec", "own": "1", "alien": "1"}}, {"tags": {"own": "1"}},
        team="sec",
    )  # fmt: skip
    assert state["tags"] == {"own": "1", "alien": "1"}
    assert state["tagsAll"] == {"team": "sec", "own": "1", "alien": "1"}


def test_a_prefix_reads_back_from_the_name() -> None:
    """Otherwise it would differ for ever."""
    assert outputs(SECRET, {"name": "hf-1"}, {"namePrefix": "hf-"})["namePrefix"] == "hf-"
    assert "namePrefix" not in outputs(SECRET, {"name": "other"}, {"namePrefix": "hf-"})


def test_inputs_after_drift_show_the_live_values() -> None:
    """A changed flag and a new description appear, defaults and read-back values do not."""
    olds = {"name": "a", "description": "mine", "__defaults": []}
    state = {"name": "a", "description": "theirs", "recoveryWindowInDays": 30, "replicas": [],
             "region": REGION, "tags": {}}  # fmt: skip
    assert inputs(SECRET, state, olds) == {"name": "a", "description": "theirs", "__defaults": []}


def test_what_somebody_added_becomes_an_input() -> None:
    """A flag that the program left at false was switched on behind its back."""
    found = inputs(BLOCK, {"bucket": "b", "blockPublicAcls": True}, {"bucket": "b"})
    assert found["blockPublicAcls"] is True


def test_what_somebody_removed_is_no_input_any_more() -> None:
    """The engine then shows that the program would add it again."""
    found = inputs(ROLE, {"name": "a"}, {"name": "a", "permissionsBoundary": "arn:x", "__defaults": ["name"]})
    assert found == {"name": "a", "__defaults": ["name"]}


def test_an_import_names_what_there_is() -> None:
    """Without old inputs everything that says something is one."""
    found = inputs(SECRET, {"name": "a", "description": "x", "recoveryWindowInDays": 30}, {})
    assert found == {"name": "a", "description": "x", "__defaults": []}


def test_a_preview_knows_what_was_asked_for_and_nothing_else() -> None:
    """Values that only AWS can tell are unknown until it told them."""
    asked = {"name": "a", "tags": {"x": "1"}, "__defaults": []}
    new = states.planned(
        _comparer(SECRET), inputs_of(SECRET), asked, {}, region=REGION, default_tags={"team": "sec"}
    )
    assert new["arn"] is UNKNOWN
    assert new["policy"] is UNKNOWN
    assert new["tagsAll"] == {"team": "sec", "x": "1"}
    assert new["recoveryWindowInDays"] == 30
    update = states.planned(
        _comparer(SECRET),
        inputs_of(SECRET),
        asked,
        {"arn": "arn:x", "replicas": []},
        region=REGION,
        default_tags={},
    )
    assert (update["arn"], update["replicas"]) == ("arn:x", [])
