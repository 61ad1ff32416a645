"""Which changes update, which replace, and what is no change at all."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.aws.facts import facts_of, known
from sandbox.aws.provider.compare import Comparer
from sandbox.aws.provider.diff import Plan, diff
from sandbox.aws.provider.sdk import Shape, inputs_of
from sandbox.aws.provider.wire import UNKNOWN
from sandbox.aws.resources import implemented, resource

REGION = "eu-central-1"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type
POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
TRAIL = "aws:cloudtrail/trail:Trail"
SSE = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider"
KEY = "aws:kms/key:Key"


def plan(
    token: str,
    state: dict[str, Any],
    news: dict[str, Any],
    default_tags: dict[str, str] | None = None,
    ignored: tuple[str, ...] = (),
) -> Plan:
    """Compare a state, which always holds the defaults, with inputs."""
    same = resource(token).same if token in implemented() else {}
    return diff(
        Comparer(facts_of(token), same),
        inputs_of(token),
        {**_defaults(token), **state},
        news,
        region=REGION,
        default_tags=default_tags or {},
        ignored=ignored,
    )


def _defaults(token: str) -> dict[str, Any]:
    return {name: value for name, value in facts_of(token).defaults.items() if "." not in name}


def _two_values(shape: Shape) -> tuple[Any, Any]:
    if shape.kind == "boolean":
        return True, False
    if shape.kind in ("integer", "number"):
        return 90, 91
    if shape.kind == "list":
        return [_two_values(shape.element or Shape("string"))[0]], []
    if shape.kind == "object":
        name, field = next(iter(shape.fields.items()))
        first, second = _two_values(field.shape)
        return {name: first}, {name: second}
    return "before", "after"


REPLACING = [
    (token, name) for token in sorted(known()) for name in sorted(facts_of(token).replaces) if "." not in name
]


@pytest.mark.parametrize(("token", "name"), REPLACING)
def test_every_replacing_input_replaces(token: str, name: str) -> None:
    """A change of it is a replacement and names it."""
    before, after = _two_values(inputs_of(token).fields[name].shape)
    found = plan(token, {name: before}, {name: after})
    assert name in found.replaces


@pytest.mark.parametrize(("token", "name"), REPLACING)
def test_every_replacing_input_that_is_unknown_replaces(token: str, name: str) -> None:
    """What is not known yet may be anything."""
    if name == "region":
        return  # an unknown region is refused by the provider long before
    before, _ = _two_values(inputs_of(token).fields[name].shape)
    assert name in plan(token, {name: before}, {name: UNKNOWN}).replaces


@pytest.mark.parametrize("token", sorted(implemented()))
def test_other_inputs_update_in_place(token: str) -> None:
    """Nothing else ever replaces."""
    facts = facts_of(token)
    for name, field in inputs_of(token).fields.items():
        if name in facts.replaces:
            continue
        before, after = _two_values(field.shape)
        found = plan(token, {name: before}, {name: after})
        assert (name, found.replaces) == (name, ())


def test_another_region_replaces_and_the_same_one_does_not() -> None:
    """The state always has a region; unset means the provider's."""
    assert plan(SECRET, {"region": REGION}, {}).changed == frozenset()
    assert plan(SECRET, {"region": "eu-west-1"}, {}).replaces == ("region",)
    assert plan(SECRET, {"region": REGION}, {"region": REGION}).changed == frozenset()


@pytest.mark.parametrize(
    ("token", "state", "news"),
    [
        (KEY, {"isEnabled": True, "enableKeyRotation": False, "description": ""}, {}),
        (KEY, {"rotationPeriodInDays": 365, "policy": "{}", "multiRegion": False}, {}),
        (SECRET, {"name": "thing-1234567", "namePrefix": "thing-"}, {"namePrefix": "thing-"}),
        (SECRET, {"replicas": []}, {}),
        (POLICY, {"policy": '{"Statement":[{"Action":["a","b"]}]}'},
         {"policy": '{"Statement":{"Action":["b","a"]}}'}),
        (OIDC, {"url": "a.b", "clientIdLists": ["x", "y"], "thumbprintLists": ["f"]},
         {"url": "https://a.b", "clientIdLists": ["y", "x"]}),
        (SSE, {"rules": [{"bucketKeyEnabled": False}]}, {"rules": [{"__defaults": []}]}),
        (TRAIL, {"eventSelectors": [{"includeManagementEvents": True, "readWriteType": "All"}]},
         {"eventSelectors": [{}]}),
        (TRAIL, {"advancedEventSelectors": [{"name": "a"}, {"name": "b"}]},
         {"advancedEventSelectors": [{"name": "b"}, {"name": "a"}]}),
        ("aws:kms/alias:Alias", {"targetKeyId": "1-2"}, {"targetKeyId": "arn:aws:kms:r:a:key/1-2"}),
    ],
)  # fmt: skip
def test_what_aws_takes_for_the_same_is_no_difference(
    token: str, state: dict[str, Any], news: dict[str, Any]
) -> None:
    """Defaults, read-back values, sets and documents in another spelling."""
    assert plan(token, state, news).differences == ()


def test_a_dropped_input_is_a_difference() -> None:
    """What the program no longer wants, and AWS does not fill in, has to go."""
    found = plan(SECRET, {"description": "old"}, {})
    assert [(one.path, one.kind) for one in found.differences] == [("description", "delete")]


def test_paths_lead_to_the_place() -> None:
    """The engine shows exactly what differs."""
    state = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}],
             "bucket": "b"}  # fmt: skip
    news = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}],
            "bucket": "b"}  # fmt: skip
    found = plan(SSE, state, news)
    assert [one.path for one in found.differences] == [
        "rules[0].applyServerSideEncryptionByDefault.sseAlgorithm"
    ]


def test_tags_are_shown_one_by_one() -> None:
    """Names with other characters are quoted."""
    found = plan(
        SECRET,
        {"tags": {"a": "1", "x:y": "1"}, "tagsAll": {"a": "1", "x:y": "1"}},
        {"tags": {"a": "2"}},
    )
    assert {one.path: one.kind for one in found.differences} == {
        "tags.a": "update",
        'tags["x:y"]': "delete",
    }


def test_new_default_tags_update_in_place() -> None:
    """A provider's default tags reach resources that did not change themselves."""
    state = {"tags": {"a": "1"}, "tagsAll": {"a": "1"}}
    found = plan(SECRET, state, {"tags": {"a": "1"}}, default_tags={"team": "sec"})
    assert [one.path for one in found.differences] == ["tagsAll.team"]
    assert (found.changed, found.replaces) == (frozenset({"tags"}), ())


def test_a_given_name_is_deleted_first_and_a_made_up_one_is_not() -> None:
    """Two things cannot have one name at the same time."""
    given = plan(SECRET, {"name": "a", "type": "x"}, {"name": "a", "type": "y", "__defaults": []})
    made = plan(SECRET, {"name": "a", "type": "x"}, {"name": "a", "type": "y", "__defaults": ["name"]})
    assert given.replaces == made.replaces == ("type",)
    assert (given.delete_first, made.delete_first) == (True, False)


def test_an_update_never_deletes_first() -> None:
    """The order only means something for a replacement."""
    assert not plan(SECRET, {"name": "a"}, {"name": "a", "description": "x"}).delete_first


def test_ignored_paths_are_left_out() -> None:
    """`ignoreChanges` covers the path and what is inside it."""
    state = {"tags": {"a": "1"}, "tagsAll": {"a": "1"}, "description": "x"}
    news = {"tags": {"a": "2"}, "description": "y"}
    found = plan(SECRET, state, news, ignored=("tags",))
    assert [one.path for one in found.differences] == ["description"]


def test_unchanged_replacing_inputs_are_stable() -> None:
    """The engine may rely on them in a preview."""
    found = plan(SECRET, {"name": "a"}, {"name": "b"})
    assert "name" not in found.stables
    assert {"namePrefix", "region", "type"} <= set(found.stables)
