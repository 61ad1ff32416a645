"""HubOrganization: the members and the visibility of every repository of a Hub organization."""

from __future__ import annotations

import pulumi

from components.settings import Organization
from hubguard.hub.resources import OrganizationMembers, OrganizationRepositories


class HubOrganization(pulumi.ComponentResource):
    """One Hub organization as desired state (checklist section 3).

    Attributes:
        members: the whole membership as one resource.
        repositories: the visibility of all repositories as one resource.
    """

    def __init__(
        self, name: str, *, organization: Organization, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("hubguard:organization:HubOrganization", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        allow = organization.allow.model_dump(exclude_none=True)
        self.members = OrganizationMembers(
            "members",
            organization=organization.name,
            plan=organization.plan,
            members={member.user: member.role for member in organization.members},
            allow=allow,
            opts=inside,
        )
        self.repositories = OrganizationRepositories(
            "repositories",
            organization=organization.name,
            public={entry.repository: entry.approval or "" for entry in organization.public},
            allow=allow,
            opts=inside,
        )
        self.register_outputs({"organization": organization.name})
