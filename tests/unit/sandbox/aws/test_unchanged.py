"""What is called unchanged without the SDK is unchanged by the long way too."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.aws.facts import facts_of
from sandbox.aws.provider.check import Subject, check
from sandbox.aws.provider.compare import Comparer
from sandbox.aws.provider.diff import diff
from sandbox.aws.provider.sdk import inputs_of
from sandbox.aws.provider.state import bare
from sandbox.aws.provider.unchanged import still_checked, still_there
from sandbox.aws.provider.wire import UNKNOWN
from sandbox.aws.resources import resource

REGION = "eu-central-1"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
OTHER_TRUST = {"Version": "2012-10-17", "Statement": []}
LIVES: dict[str, dict[str, list[Any]]] = {
    "aws:iam/role:Role": {
        "assumeRolePolicy": [json.dumps(TRUST), json.dumps(TRUST, indent=1), json.dumps(OTHER_TRUST)],
        "description": ["a", "b"],
        "maxSessionDuration": [3600, 7200],
        "tags": [{"a": "1"}, {"a": "2"}, {}],
        "name": ["role"],
    },
    "aws:cloudwatch/eventRule:EventRule": {
        "eventPattern": ['{"source":["a"]}', '{"source": ["a"]}', '{"source":["b"]}'],
        "state": ["ENABLED", "DISABLED"],
        "region": ["eu-central-1", "us-east-1"],
    },
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
        "bucket": ["logs"],
        "rules": [
            [{"id": "keep", "status": "Enabled", "expiration": {"days": 400}}],
            [{"id": "keep", "status": "Enabled", "expiration": {"days": 500}}],
        ],
    },
    "aws:cloudtrail/trail:Trail": {
        "s3BucketName": ["logs"],
        "isMultiRegionTrail": [True, False],
        "eventSelectors": [[{"readWriteType": "All"}], [{"readWriteType": "ReadOnly"}], [{}]],
    },
}
"""Inputs of some types, each with the values that it may have."""


def checked(token: str, news: dict[str, Any], olds: dict[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """The long way of a check."""
    subject = Subject(token, inputs_of(token), facts_of(token), resource(token).unsupported)
    return check(subject, copy.deepcopy(news), olds, "thing", b"seed")


def told(token: str, olds: dict[str, Any]) -> dict[str, Any]:
    """The state that AWS tells of: every default, and no marks."""
    defaults = {name: value for name, value in facts_of(token).defaults.items() if "." not in name}
    return {**defaults, **bare(olds)}


@st.composite
def inputs(draw: st.DrawFn, token: str) -> dict[str, Any]:
    """Some of a type's inputs."""
    chosen = {name: draw(st.none() | st.sampled_from(values)) for name, values in LIVES[token].items()}
    return {name: copy.deepcopy(value) for name, value in chosen.items() if value is not None}


@pytest.mark.parametrize("token", LIVES)
@settings(deadline=None)  # the first example of a type loads its classes
@given(data=st.data())
def test_inputs_that_are_still_checked_are_checked_to_the_same(token: str, data: st.DataObject) -> None:
    """The long way finds no fault either, and gives the same inputs but for a document's layout."""
    olds, faults = checked(token, data.draw(inputs(token)), {})
    news = data.draw(inputs(token))
    if faults or not still_checked(facts_of(token), news, olds):
        return
    again, faults = checked(token, news, olds)
    assert not faults
    assert again == olds


@pytest.mark.parametrize("token", LIVES)
@settings(deadline=None)  # the first example of a type loads its classes
@given(data=st.data())
def test_what_is_still_there_has_no_difference(token: str, data: st.DataObject) -> None:
    """Whatever the state is."""
    olds, _ = checked(token, data.draw(inputs(token)), {})
    state = {
        **told(token, olds),
        **data.draw(inputs(token)),
        "tagsAll": data.draw(st.sampled_from([{}, {"a": "1"}])),
    }
    region = data.draw(st.sampled_from(["eu-central-1", "us-east-1"]))
    if not still_there(facts_of(token), state, olds, olds, region=region, default_tags={}):
        return
    plan = diff(
        Comparer(facts_of(token), resource(token).same),
        inputs_of(token),
        state,
        olds,
        region=region,
        default_tags={},
    )
    assert not plan.differences


@pytest.mark.parametrize("token", LIVES)
def test_the_same_program_is_plainly_unchanged(token: str) -> None:
    """The short way is taken where it is meant to be."""
    news = {name: values[0] for name, values in LIVES[token].items()}
    olds, _ = checked(token, news, {})
    assert still_checked(facts_of(token), news, olds)
    state = {**told(token, olds), "tagsAll": news.get("tags", {})}
    assert still_there(facts_of(token), state, olds, olds, region=REGION, default_tags={})


@pytest.mark.parametrize("value", [UNKNOWN, "b", None])
def test_what_is_unknown_changed_or_gone_goes_the_long_way(value: Any) -> None:
    """So does a resource that is new."""
    token = "aws:iam/role:Role"  # noqa: S105  a type
    news = {"assumeRolePolicy": json.dumps(TRUST), "description": "a"}
    olds, _ = checked(token, news, {})
    changed = {k: v for k, v in {**news, "description": value}.items() if v is not None}
    assert not still_checked(facts_of(token), changed, olds)
    assert not still_checked(facts_of(token), news, {})
