"""A role that an AWS service takes, with one policy and nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from components.documents.statements import text
from components.names import Names


def service_role(
    what: str,
    description: str,
    *,
    trust: Mapping[str, Any],
    permissions: Mapping[str, Any],
    names: Names,
    parent: pulumi.Resource,
) -> aws.iam.RolePolicy:
    """Declare the role; its ARN is `Names.role_arn`.

    Args:
        what: what it does; `Names.role` makes its name of it.
        description: for people.
        trust: its trust policy.
        permissions: its only policy; what somebody adds by hand is drift (design rule 3).
        names: the stack's names.
        parent: the component that it belongs to.

    Returns:
        What to wait for: with its policy the role may do what it is for.
    """
    inside = pulumi.ResourceOptions(parent=parent)
    role = aws.iam.Role(
        what,
        name=names.role(what),
        path="/hubguard/",
        description=description,
        assume_role_policy=text(trust),
        permissions_boundary=names.boundary_arn,
        opts=inside,
    )
    policy = aws.iam.RolePolicy(
        what, name=names.role(what), role=role.name, policy=text(permissions), opts=inside
    )
    aws.iam.RolePoliciesExclusive(what, role_name=role.name, policy_names=[policy.name], opts=inside)
    aws.iam.RolePolicyAttachmentsExclusive(what, role_name=role.name, policy_arns=[], opts=inside)
    return policy
