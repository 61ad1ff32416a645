"""A role's policies as a closed world: what is on the role and not on the list goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubguard.errors import SandboxError
from sandbox.aws.resources.base import Call, Change, Resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"NoSuchEntity"})


def _inline(call: Call, role: str) -> list[str]:
    pages = call.client.get_paginator("list_role_policies").paginate(RoleName=role)
    return sorted(name for page in pages for name in page["PolicyNames"])


def _attached(call: Call, role: str) -> list[str]:
    pages = call.client.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    return sorted(one["PolicyArn"] for page in pages for one in page["AttachedPolicies"])


def _close_inline(call: Call) -> None:
    role, wanted = call.inputs["roleName"], set(call.inputs["policyNames"])
    there = set(_inline(call, role))
    if missing := sorted(wanted - there):
        # Only a name is known here, not what the policy says.
        raise SandboxError(
            f"role {role} has no inline policy {missing[0]!r}",
            next_step="take policyNames from the aws.iam.RolePolicy resources, which makes them first",
        )
    for name in sorted(there - wanted):
        call.client.delete_role_policy(RoleName=role, PolicyName=name)


def _close_attached(call: Call) -> None:
    role, wanted = call.inputs["roleName"], set(call.inputs["policyArns"])
    there = set(_attached(call, role))
    for policy in sorted(wanted - there):
        call.client.attach_role_policy(RoleName=role, PolicyArn=policy)
    for policy in sorted(there - wanted):
        call.client.detach_role_policy(RoleName=role, PolicyArn=policy)


def _exclusive(
    token: str, name: str, found: Callable[[Call, str], list[str]], close: Callable[[Call], None]
) -> Resource:
    """One such type.

    Args:
        token: the type.
        name: the input with the list.
        found: what is on a role.
        close: makes the role hold the list and nothing else.
    """

    def create(call: Call) -> str:
        close(call)
        return str(call.inputs["roleName"])

    def read(call: Call) -> Props:
        return {"roleName": call.id, name: found(call, call.id)}

    def forget(call: Call) -> None:
        """Delete: the policies stay on the role, only nobody watches them any more."""
        del call

    return Resource(
        token, "iam", create=create, read=read, delete=forget, changes=(Change((name,), close),), gone=_GONE
    )


TABLE = (
    _exclusive("aws:iam/rolePoliciesExclusive:RolePoliciesExclusive", "policyNames", _inline, _close_inline),
    _exclusive(
        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
        "policyArns",
        _attached,
        _close_attached,
    ),
)
