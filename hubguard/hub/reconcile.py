"""What the Hub's resources do there: read the whole set, and bring it to the desired one.

Apart from the resources, because it loads the Hub's client: an unchanged preview needs none.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable
from typing import Any

from hubguard import standards
from hubguard.hub import members, repositories, session
from hubguard.hub.client import HubClient, Member, Repository
from hubguard.hub.errors import Conflict, NotVisible
from hubguard.providers import inputs_of

log = logging.getLogger(__name__)

Properties = dict[str, Any]

# Inputs that the organization does not answer for: a read returns them as they were.
_FIXED: tuple[str, ...] = ("organization", "plan", "allow", "schema_version")


def read_members(id_: str, props: Properties) -> tuple[Properties, Properties]:
    """The membership as it is, as outputs and as inputs."""
    known = inputs_of(props)
    live = session.current().members(id_)
    present = {m.user: members.visible_role(m) for m in live}
    pending = _still_pending(known.get("invited") or {}, live)
    inputs = {k: known[k] for k in _FIXED if k in known}
    inputs["members"] = _spelled_like(known.get("members") or {}, present | pending)
    # What an earlier refresh took over as it was is still not what the code names.
    named = (known.get("members") or {}).keys() - (known.get("unmanaged") or {}).keys()
    return known | inputs | _outputs(named, live, pending), inputs


def apply_members(props: Properties, invited: dict[str, str]) -> Properties:
    """Bring the roles to the desired ones and give the outputs; safe to repeat.

    Args:
        props: the inputs.
        invited: user to role of the invitations that were sent before.
    """
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
    manual = [f"{user} is invited with another role: withdraw that invitation" for user in plan.misinvited]
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


def read_repositories(id_: str, props: Properties) -> tuple[Properties, Properties]:
    """The open repositories as they are, as outputs and as inputs."""
    known = inputs_of(props)
    live = session.current().repositories(id_)
    inputs = {k: known[k] for k in _FIXED if k in known}
    inputs["public"] = repositories.seen(_written(known), live)
    return known | inputs | {"total": len(live)}, inputs


def apply_repositories(props: Properties, journal: list[dict[str, str]]) -> Properties:
    """Make everything private that is not listed as public and give the outputs; safe to repeat.

    Args:
        props: the inputs.
        journal: what was closed before.
    """
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
