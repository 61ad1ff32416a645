"""The Hub as Pulumi resources: one for all members, one for all repositories.

One resource manages a whole set, so that drift sees what nobody declared. The import path of these
classes stands in the state of existing stacks: renaming it breaks their refresh.
"""

from __future__ import annotations

from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from hubguard.providers import Provider

SCHEMA_VERSION = 1
"""Raise it when an upgrade must touch every resource of existing stacks."""


class OrganizationMembersProvider(Provider):
    """Members and their roles. Deleting the resource stops managing and touches nobody."""

    identity = ("organization",)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Bring the roles to the desired ones; safe to repeat."""
        from hubguard.hub import reconcile

        return CreateResult(props["organization"], reconcile.apply_members(props, invited={}))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """The same, knowing the invitations that were sent before."""
        from hubguard.hub import reconcile

        return UpdateResult(reconcile.apply_members(_news, invited=_olds.get("invited") or {}))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The membership as it is; members that the code does not name show up as additions."""
        from hubguard.hub import reconcile

        outputs, inputs = reconcile.read_members(id_, props)
        return ReadResult(id_, outputs, inputs)


class OrganizationRepositoriesProvider(Provider):
    """Visibility of every repository. Deleting the resource leaves every repository as it is."""

    identity = ("organization",)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make everything private that is not listed as public; safe to repeat."""
        from hubguard.hub import reconcile

        return CreateResult(props["organization"], reconcile.apply_repositories(props, journal=[]))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """The same; earlier entries of the journal are kept."""
        from hubguard.hub import reconcile

        return UpdateResult(reconcile.apply_repositories(_news, journal=_olds.get("journal") or []))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The open repositories as they are, each that is not listed marked as not approved."""
        from hubguard.hub import reconcile

        outputs, inputs = reconcile.read_repositories(id_, props)
        return ReadResult(id_, outputs, inputs)


class OrganizationMembers(Resource, module="hub", name="OrganizationMembers"):
    """All members of a Hub organization.

    Inputs: `organization`, its `plan`, `members` (user to role), `allow` (stated counts).
    Outputs besides: `unmanaged` (user to role), `invited` (user to role, not yet accepted),
    `without_two_factor` (users, sorted), `manual` (what only a person can do, with the page).
    """

    invited: pulumi.Output[dict[str, str]]
    manual: pulumi.Output[list[str]]
    unmanaged: pulumi.Output[dict[str, str]]
    without_two_factor: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        *,
        organization: str,
        plan: str,
        members: dict[str, str],
        allow: dict[str, int],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            OrganizationMembersProvider(),
            name,
            {
                "organization": organization,
                "plan": plan,
                "members": members,
                "allow": allow,
                "schema_version": SCHEMA_VERSION,
                "invited": None,
                "manual": None,
                "unmanaged": None,
                "without_two_factor": None,
            },
            opts,
        )


class OrganizationRepositories(Resource, module="hub", name="OrganizationRepositories"):
    """The visibility of all repositories of a Hub organization.

    Inputs: `organization`, `public` (path to approval), `allow` (stated counts).
    Outputs besides: `journal` (what was closed, when), `total`, and lists of paths: `manual`, `held`,
    `unproved` and `missing`, as `hubguard.hub.repositories.RepositoriesPlan` has them.
    """

    held: pulumi.Output[list[str]]
    journal: pulumi.Output[list[dict[str, str]]]
    manual: pulumi.Output[list[str]]
    missing: pulumi.Output[list[str]]
    total: pulumi.Output[int]
    unproved: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        *,
        organization: str,
        public: dict[str, str],
        allow: dict[str, int],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            OrganizationRepositoriesProvider(),
            name,
            {
                "organization": organization,
                "public": public,
                "allow": allow,
                "schema_version": SCHEMA_VERSION,
                "held": None,
                "journal": None,
                "manual": None,
                "missing": None,
                "total": None,
                "unproved": None,
            },
            opts,
        )
