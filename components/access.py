"""TokenAccess: the roles that reach the tokens, each with exact principals and one hour at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.documents import roles, trust
from components.documents.statements import text
from components.names import Names, Role
from components.settings import Access, GitHub, Token
from hubguard import standards

_DOES: dict[Role, str] = {
    "production-reader": "Reads the production tokens at run time",
    "training-writer": "Reads the token that publishes what was trained",
    "ci": "Reads the CI tokens, without a stored key",
    "preview": "Previews a pull request: metadata, never a value",
    "drift": "Compares what is with what should be",
    "operator": "Puts values and reads none",
    "incident-responder": "Reads a token in order to revoke it",
    "auditor": "Reads logs and metadata, never a value",
}


class TokenAccess(pulumi.ComponentResource):
    """One role for each kind of work; deploy's own belongs to the bootstrap.

    Each role has one inline policy, and nothing else may be added to it: what somebody puts on a role by
    hand is drift (design rule 3). Serves checklist items 2.3.4 and 6.1.4.

    Attributes:
        roles: ARN of each role that somebody may take.
    """

    roles: dict[Role, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        *,
        tokens: Sequence[Token],
        access: Access,
        owner: str,
        github: GitHub,
        names: Names,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:access:TokenAccess", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.roles = {}
        for what, trusted in _trusted(access, owner, github, names):
            role = aws.iam.Role(
                what,
                name=names.role(what),
                path="/hubguard/",
                description=_DOES[what],
                assume_role_policy=text(trusted),
                max_session_duration=standards.SESSION_SECONDS,
                permissions_boundary=names.boundary_arn,
                opts=inside,
            )
            policy = aws.iam.RolePolicy(
                what,
                name=names.role(what),
                role=role.name,
                policy=text(roles.permissions(what, tokens, names, access.state)),
                opts=inside,
            )
            aws.iam.RolePoliciesExclusive(what, role_name=role.name, policy_names=[policy.name], opts=inside)
            aws.iam.RolePolicyAttachmentsExclusive(what, role_name=role.name, policy_arns=[], opts=inside)
            self.roles[what] = role.arn
        self.register_outputs({"roles": self.roles})


def _trusted(
    access: Access, owner: str, github: GitHub, names: Names
) -> Iterator[tuple[Role, dict[str, Any]]]:
    """Each role that somebody may take, and its trust policy."""
    applications: dict[Role, list[str]] = {
        "production-reader": access.production_readers,
        "training-writer": access.training_writers,
    }
    people: dict[Role, list[str]] = {
        "operator": access.operators,
        "incident-responder": access.incident_responders,
        "auditor": access.auditors,
    }
    jobs: dict[Role, list[str]] = {
        "ci": trust.subjects_of("ci", owner, github),
        "drift": trust.subjects_of("drift", owner, github),
        "preview": trust.pull_requests(owner, github),
    }
    yield from ((role, trust.principals(arns)) for role, arns in applications.items() if arns)
    yield from ((role, trust.principals(arns, people=True)) for role, arns in people.items() if arns)
    provider = access.oidc_provider or names.oidc_provider_arn
    yield from ((role, trust.jobs(subjects, provider)) for role, subjects in jobs.items() if subjects)
