"""Members: from desired and live to an ordered plan. Plain functions, no calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hubguard import standards
from hubguard.errors import HubguardError
from hubguard.hub import limits
from hubguard.hub.client import GroupMembership, Member


class LockOut(HubguardError):
    """The plan would leave the organization without an admin, or the caller without a way back."""


@dataclass(frozen=True)
class Invite:
    """Invite a user who is not a member."""

    user: str
    role: str


@dataclass(frozen=True)
class SetRole:
    """Change a member's role; the resource groups are sent back as they are."""

    user: str
    role: str
    was: str
    groups: tuple[GroupMembership, ...] = ()


Call = Invite | SetRole


@dataclass(frozen=True)
class MembersPlan:
    """What to call, in this order, and what the code does not name.

    Attributes:
        calls: promotions to admin first, so that an admin is there before another one goes;
            then demotions, which close; then all else, which opens.
        unmanaged: members that the desired state does not name, user to role. They are reported.
    """

    calls: tuple[Call, ...]
    unmanaged: Mapping[str, str]


def plan(
    desired: Mapping[str, str],
    live: Sequence[Member],
    *,
    caller: str,
    invited: Mapping[str, str],
    stated_demotions: int | None = None,
) -> MembersPlan:
    """What brings the members to the desired roles.

    Args:
        desired: user to role; user names compare without regard to case, as on the Hub.
        live: the whole membership.
        caller: the user whose token makes the calls.
        invited: invitations that earlier runs sent, user to role; they are not repeated.
        stated_demotions: how many demotions the configuration says are meant.

    Raises:
        HubguardError: a role is not visible, the plan locks somebody out, or takes too much at once.
    """
    wanted = {user.lower(): (user, role) for user, role in desired.items()}
    roles = {member.user.lower(): visible_role(member) for member in live}
    changes = [
        SetRole(member.user, wanted[key][1], roles[key], tuple(member.resource_groups))
        for member in live
        if (key := member.user.lower()) in wanted and wanted[key][1] != roles[key]
    ]
    pending = {user.lower(): role for user, role in invited.items()}
    invites = [
        Invite(user, role)
        for key, (user, role) in wanted.items()
        if key not in roles and pending.get(key) != role
    ]
    _refuse_lock_out(changes, roles, caller.lower())
    limits.check(
        sum(_is_demotion(change) for change in changes),
        len(live),
        most=standards.DEMOTIONS_MAX,
        stated=stated_demotions,
        what="demotes members",
        key="hubguard:organization.allow.demotions",
    )
    return MembersPlan(
        calls=(
            *(c for c in changes if c.role == "admin"),
            *(c for c in changes if _is_demotion(c)),
            *(c for c in changes if c.role != "admin" and not _is_demotion(c)),
            *invites,
        ),
        unmanaged={m.user: roles[m.user.lower()] for m in live if m.user.lower() not in wanted},
    )


def visible_role(member: Member) -> str:
    """The member's role.

    Raises:
        HubguardError: the Hub does not show it to this token.
    """
    if member.role is not None:
        return member.role
    raise HubguardError(
        "The Hub lists the members without their roles",
        means="The token's owner is not in the organization, so nothing can be compared",
        next_step="Set HF_TOKEN to a token of an organization admin",
    )


def _is_demotion(change: SetRole) -> bool:
    return standards.ROLES.index(change.role) < standards.ROLES.index(change.was)


def _refuse_lock_out(changes: Sequence[SetRole], roles: Mapping[str, str], caller: str) -> None:
    after = dict(roles) | {change.user.lower(): change.role for change in changes}
    if "admin" in roles.values() and "admin" not in after.values():
        raise LockOut(
            "The plan takes the admin role from the last admin",
            means="Invited people do not count, and nobody could mend the organization",
            next_step="Keep one present admin as admin in hubguard:organization.members",
        )
    if roles.get(caller) == "admin" and after[caller] != "admin":
        raise LockOut(
            f"The plan takes the admin role from {caller}, whose token makes the calls",
            means="The plan would lock itself out half-way",
            next_step=f"Keep {caller} as admin, or run it with another admin's token",
        )
