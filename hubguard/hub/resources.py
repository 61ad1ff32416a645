"""The Hub as Pulumi resources: one for all members, one for all repositories.

One resource manages a whole set, so that drift sees what nobody declared. The import path of these
classes stands in the state of existing stacks: renaming it breaks their refresh.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, ReadResult, Resource, UpdateResult

from hubguard import standards
from hubguard.hub import members, repositories, session
from hubguard.hub.client import HubClient, Member, Repository
from hubguard.hub.errors import Conflict, NotVisible
from hubguard.providers import Provider, inputs_of

log = logging.getLogger(__name__)

SCHEMA_VERSION = 1
"""Raise it when an upgrade must touch every resource of existing stacks."""

# Inputs that the organization does not answer for: a read returns them as they were.
_FIXED: tuple[str, ...] = ("organization", "plan", "allow", "schema_version")


class OrganizationMembersProvider(Provider):
    """Members and their roles. Deleting the resource stops managing and touches nobody."""

    identity = ("organization",)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Bring the roles to the desired ones; safe to repeat."""
        return CreateResult(props["organization"], self._apply(props, invited={}))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """The same, knowing the invitations that were sent before."""
        return UpdateResult(self._apply(_news, invited=_olds.get("invited") or {}))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The membership as it is; members that the code does not name show up as additions."""
        known = inputs_of(props)
        live = session.current().members(id_)
        present = {m.user: members.visible_role(m) for m in live}
        pending = _still_pending(known.get("invited") or {}, live)
        inputs = {k: known[k] for k in _FIXED if k in known}
        inputs["members"] = _spelled_like(known.get("members") or {}, present | pending)
        # What an earlier refresh took over as it was is still not what the code names.
        named = (known.get("members") or {}).keys() - (known.get("unmanaged") or {}).keys()
        return ReadResult(id_, known | inputs | _outputs(named, live, pending), inputs)

    def _apply(self, props: dict[str, Any], invited: dict[str, str]) -> dict[str, Any]:
        organization, desired = props["organization"], props["members"]
        hub = session.current()
        live = hub.members(organization)
        plan = members.plan(
            desired,
            live,
            caller=hub.caller(),
            invited=invited,
            stated_demotions=_stated(props, "demotions"),
            has_groups=props.get("plan") != "free",
        )
        sent = dict(invited)
        manual = [
            f"{user} is invited with another role: withdraw that invitation" for user in plan.misinvited
        ]
        with session.all_of(hub, organization) as attempt:
            for call in plan.calls:
                with attempt(call.user):
                    if isinstance(call, members.SetRole):
                        hub.client.set_role(organization, call.user, call.role, list(call.groups))
                        log.info("%s: %s -> %s", call.user, call.was, call.role)
                    elif (obstacle := _invite(hub.client, organization, call)) is None:
                        sent[call.user] = call.role
                    else:
                        manual.append(obstacle)
        page = f"{standards.HUB_URL}/organizations/{organization}/settings/members"
        return (
            inputs_of(props)
            | _outputs(desired.keys(), live, _still_pending(sent, live))
            | {"manual": [f"{what}, at {page}" for what in manual]}
        )


class OrganizationRepositoriesProvider(Provider):
    """Visibility of every repository. Deleting the resource leaves every repository as it is."""

    identity = ("organization",)

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make everything private that is not listed as public; safe to repeat."""
        return CreateResult(props["organization"], self._apply(props, journal=[]))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """The same; earlier entries of the journal are kept."""
        return UpdateResult(self._apply(_news, journal=_olds.get("journal") or []))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """The open repositories as they are, each that is not listed marked as not approved."""
        known = inputs_of(props)
        live = session.current().repositories(id_)
        inputs = {k: known[k] for k in _FIXED if k in known}
        inputs["public"] = repositories.seen(_written(known), live)
        return ReadResult(id_, known | inputs | {"total": len(live)}, inputs)

    def _apply(self, props: dict[str, Any], journal: list[dict[str, str]]) -> dict[str, Any]:
        organization = props["organization"]
        hub = session.current()
        live = hub.repositories(organization)
        plan = repositories.plan(props["public"], live, stated_closures=_stated(props, "closures"))
        closed = []
        with session.all_of(hub, organization) as attempt:
            for repository in plan.close:
                with attempt(repository.path):
                    hub.client.close_repository(repository)
                    closed.append(_entry(repository))
                    log.info("%s: %s -> private", repository.path, repository.visibility)
        return inputs_of(props) | {
            "journal": [*journal, *closed],
            "manual": list(plan.manual),
            "held": list(plan.held),
            "unproved": list(plan.unproved),
            "missing": list(plan.missing),
            "total": len(live),
        }


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


def _invite(client: HubClient, organization: str, call: members.Invite) -> str | None:
    """Send an invitation; what a person has to do where the Hub does not offer the call."""
    try:
        client.invite(organization, call.user, call.role)
    except Conflict:
        # A run that died after the call had sent it already.
        log.info("%s is invited already", call.user)
    except NotVisible:
        # The caller is an admin, so the organization is there: the call is not, or the user.
        return f"{call.user} cannot be invited from here as {call.role}: invite that user"
    return None


def _still_pending(invited: dict[str, str], live: list[Member]) -> dict[str, str]:
    present = {member.user.lower() for member in live}
    return {user: role for user, role in invited.items() if user.lower() not in present}


def _outputs(desired: Iterable[str], live: list[Member], pending: dict[str, str]) -> dict[str, Any]:
    named = {user.lower() for user in desired}
    return {
        "unmanaged": {m.user: members.visible_role(m) for m in live if m.user.lower() not in named},
        "invited": pending,
        "without_two_factor": sorted(m.user for m in live if m.two_factor is False),
    }


def _spelled_like(written: dict[str, str], live: dict[str, str]) -> dict[str, str]:
    spelling = {user.lower(): user for user in written}
    return {spelling.get(user.lower(), user): role for user, role in live.items()}


def _written(known: dict[str, Any]) -> dict[str, str]:
    listed: dict[str, str] = known.get("public") or {}
    return {path: why for path, why in listed.items() if why != repositories.UNAPPROVED}


def _stated(props: dict[str, Any], what: str) -> int | None:
    count = (props.get("allow") or {}).get(what)
    return None if count is None else int(count)


def _entry(repository: Repository) -> dict[str, str]:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    return {
        "repository": repository.path,
        "from": repository.visibility,
        "to": "private",
        "at": now,
    }
