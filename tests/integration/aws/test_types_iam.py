"""Roles, policies and OpenID Connect providers."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.aws.life import (
    NONE,
    POLICY,
    ROLE,
    TAGS,
    Scenario,
    World,
    imported,
    live_through,
    policy,
    unchanged,
)

INLINE_ONLY = "aws:iam/rolePoliciesExclusive:RolePoliciesExclusive"
ATTACHED_ONLY = "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive"


def role_with(world: World, *names: str) -> dict[str, Any]:
    """A new role that has inline policies of these names, and nothing else."""
    role = world.role().id
    for name in names:
        world.make(
            "aws:iam/rolePolicy:RolePolicy", role=role, name=name, policy=policy("s3:Get*", "*", False)
        )
    return {"roleName": role, "policyNames": sorted(names, reverse=True)}


def managed(world: World) -> str:
    """The ARN of a new managed policy."""
    return world.make(POLICY, policy=policy("s3:Get*", "*", False)).id


SCENARIOS = [
    Scenario(
        ROLE,
        lambda world: {"assumeRolePolicy": json.loads(policy("sts:AssumeRole", None)),
                       "path": "/hubguard/", "description": "d", "tags": TAGS,
                       "permissionsBoundary": world.make(POLICY, policy=policy("s3:*", "*", False)).id},
        {"assumeRolePolicy": policy("sts:TagSession", None), "description": None,
         "maxSessionDuration": 7200, "permissionsBoundary": None, "tags": None},
        lambda aws, made: aws.client("iam").update_assume_role_policy(
            RoleName=made.id, PolicyDocument=policy("sts:*", None)
        ),
        {"assumeRolePolicy"},
    ),
    Scenario(
        "aws:iam/rolePolicy:RolePolicy",
        lambda world: {"role": world.role().id, "policy": policy("s3:GetObject", "*", False)},
        {"policy": policy("s3:PutObject", "*", False)},
        lambda aws, made: aws.client("iam").put_role_policy(
            RoleName=made.state["role"], PolicyName=made.state["name"],
            PolicyDocument=policy("*", "*", False),
        ),
        {"policy"},
    ),
    Scenario(
        POLICY,
        lambda _: {"path": "/hubguard/", "policy": policy("s3:GetObject", "*", False), "tags": TAGS},
        {"policy": policy("s3:PutObject", "*", False), "tags": {"team": "security"}},
        lambda aws, made: aws.client("iam").create_policy_version(
            PolicyArn=made.id, PolicyDocument=policy("*", "*", False), SetAsDefault=True
        ),
        {"policy"},
    ),
    Scenario(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        lambda world: {"role": world.role().id,
                       "policyArn": world.make(POLICY, policy=policy("s3:*", "*", False)).id},
        {},
        None,
        set(),
    ),
    Scenario(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        lambda _: {"url": f"https://{uuid.uuid4().hex}.example.com", "clientIdLists": ["a", "b"],
                   "tags": TAGS},
        {"clientIdLists": ["c", "b"], "thumbprintLists": ["a" * 40], "tags": {"team": "other"}},
        lambda aws, made: aws.client("iam").add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=made.id, ClientID="intruder"
        ),
        {"clientIdLists"},
    ),
    Scenario(
        INLINE_ONLY,
        lambda world: role_with(world, "a", "b"),
        {"policyNames": ["a"]},
        lambda aws, made: aws.client("iam").put_role_policy(
            RoleName=made.id, PolicyName="intruder", PolicyDocument=policy("*", "*", False)
        ),
        {"policyNames"},
        stays=True,
    ),
    Scenario(
        ATTACHED_ONLY,
        lambda world: {"roleName": world.role().id, "policyArns": [managed(world), managed(world)]},
        {"policyArns": []},
        lambda aws, made: aws.client("iam").attach_role_policy(
            RoleName=made.id, PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
        ),
        {"policyArns"},
        stays=True,
    ),
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: one.name)
def test_the_life_of_a_resource(scenario: Scenario, world: World) -> None:
    """Made, read, changed, drifted, gone and made again."""
    live_through(scenario, world)


def test_a_detached_policy_is_gone(world: World) -> None:
    """Somebody detached it: the attachment has to be made again."""
    role, document = world.role().id, policy("s3:*", "*", False)
    attached = world.make(POLICY, policy=document).id
    token = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"  # noqa: S105  a type
    made = world.make(token, role=role, policyArn=attached)
    world.aws.client("iam").detach_role_policy(RoleName=role, PolicyArn=attached)
    assert world.engine.read(made) is None
    world.engine.delete(made)


def test_the_oldest_version_of_a_policy_makes_room(world: World) -> None:
    """A managed policy holds five versions."""
    made = world.make(POLICY, policy=policy("s3:Get0", "*", False))
    for number in range(1, 8):
        made = world.engine.update(made, {"policy": policy(f"s3:Get{number}", "*", False)})
    versions = world.aws.client("iam").list_policy_versions(PolicyArn=made.id)["Versions"]
    assert len(versions) == 5


def test_a_role_with_attachments_goes_only_by_force(world: World) -> None:
    """`forceDetachPolicies` detaches and removes what hangs on the role."""
    trust = policy("sts:AssumeRole", None)
    made = world.make(ROLE, assumeRolePolicy=trust)
    world.aws.client("iam").put_role_policy(
        RoleName=made.id, PolicyName="inline", PolicyDocument=policy("s3:*", "*", False)
    )
    with pytest.raises(Exception, match="DeleteConflict"):
        world.engine.delete(made)
    forced = world.engine.update(made, {"assumeRolePolicy": trust, "forceDetachPolicies": True})
    world.engine.delete(forced)
    assert world.engine.read(forced) is None


def test_a_name_from_a_prefix_differs_from_nothing(world: World) -> None:
    """The prefix reads back from the name."""
    inputs = {"namePrefix": "hubguard-", "assumeRolePolicy": policy("sts:AssumeRole", None)}
    made = world.make(ROLE, **inputs)
    assert made.id.startswith("hubguard-")
    assert world.engine.diff(made, inputs).changes == NONE
    unchanged(world.engine, made)


def test_what_is_not_listed_goes_from_a_role(world: World) -> None:
    """The closed world starts with its creation."""
    iam, inputs = world.aws.client("iam"), role_with(world, "listed", "stray")
    role, kept, stray = inputs["roleName"], managed(world), managed(world)
    iam.attach_role_policy(RoleName=role, PolicyArn=stray)
    inline = world.make(INLINE_ONLY, roleName=role, policyNames=["listed"])
    attached = world.make(ATTACHED_ONLY, roleName=role, policyArns=[kept])
    assert iam.list_role_policies(RoleName=role)["PolicyNames"] == ["listed"]
    there = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    assert [one["PolicyArn"] for one in there] == [kept]
    imported(world.engine, inline)
    imported(world.engine, attached)


def test_forgetting_a_closed_world_changes_nothing_on_the_role(world: World) -> None:
    """Delete ends the watch; the policies stay where they are."""
    iam, kept = world.aws.client("iam"), managed(world)
    made = world.make(ATTACHED_ONLY, roleName=world.role().id, policyArns=[kept])
    world.engine.delete(made)
    assert iam.list_attached_role_policies(RoleName=made.id)["AttachedPolicies"]


def test_an_inline_policy_that_is_not_there_cannot_be_listed(world: World) -> None:
    """Its name alone does not make it, and nothing is removed before that is clear."""
    inputs = role_with(world, "here")
    with pytest.raises(Exception, match="has no inline policy 'nowhere'"):
        world.make(INLINE_ONLY, roleName=inputs["roleName"], policyNames=["nowhere"])
    found = world.aws.client("iam").list_role_policies(RoleName=inputs["roleName"])
    assert found["PolicyNames"] == ["here"]


def test_a_closed_world_goes_with_its_role(world: World) -> None:
    """Somebody deleted the role."""
    made = world.make(ATTACHED_ONLY, roleName=world.role().id, policyArns=[])
    world.aws.client("iam").delete_role(RoleName=made.id)
    assert world.engine.read(made) is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(st.sampled_from("abcde")), min_size=2, max_size=5))
def test_any_list_of_attachments_becomes_true(world: World, steps: list[set[str]]) -> None:
    """Whatever is attached before, the role ends up with the list, and nothing differs then."""
    iam, role = world.aws.client("iam"), world.role().id
    arns = {name: f"arn:aws:iam::123456789012:policy/any-{name}" for name in "abcde"}
    _make_missing(iam, arns)
    before, *later = steps
    for name in before:
        iam.attach_role_policy(RoleName=role, PolicyArn=arns[name])
    made = None
    for names in later:
        inputs = {"roleName": role, "policyArns": sorted((arns[name] for name in names), reverse=True)}
        made = world.engine.update(made, inputs) if made else world.make(ATTACHED_ONLY, **inputs)
        found = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert {one["PolicyArn"] for one in found} == {arns[name] for name in names}
        assert world.engine.diff(made, inputs).changes == NONE
        unchanged(world.engine, made)


def _make_missing(iam: Any, arns: dict[str, str]) -> None:
    for arn in arns.values():
        try:
            iam.get_policy(PolicyArn=arn)
        except iam.exceptions.NoSuchEntityException:
            iam.create_policy(PolicyName=arn.rpartition("/")[2], PolicyDocument=policy("s3:Get*", "*", False))
