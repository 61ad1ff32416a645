"""Members: from desired and live to an ordered plan. Plain functions, no calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hubguard import standards
from hubguard.errors import HubguardError
from hubguard.hub import limits
from hubguard.hub.client import GroupMembership, Member


class CannotTell(HubguardError):
    """The Hub does not show enough to conclude anything: neither a pass nor a failure."""


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
    """What to call, in this order, and what is left to people.

    Attributes:
        calls: promotions to admin first, so that an admin is there before another one goes;
            then demotions, which close; then all else, which opens.
        unmanaged: members that the desired state does not name, user to role. They are reported.
        misinvited: users whose open invitation gives another role: only a person can withdraw it.
    """

    calls: tuple[Call, ...]
    unmanaged: Mapping[str, str]
    misinvited: tuple[str, ...] = ()


def plan(
    desired: Mapping[str, str],
    live: Sequence[Member],
    *,
    caller: str,
    invited: Mapping[str, str],
    stated_demotions: int | None = None,
    has_groups: bool = True,
) -> MembersPlan:
    """What brings the members to the desired roles.

    Args:
        desired: user to role; user names compare without regard to case, as on the Hub.
        live: the whole membership.
        caller: the user whose token makes the calls.
        invited: invitations that earlier runs sent, user to role; they are not repeated.
        stated_demotions: how many demotions the configuration says are meant.
        has_groups: the organization's plan has resource groups, so a member's must be known before
            the role is changed.

    Raises:
        HubguardError: a role is not visible, the plan locks somebody out, or takes too much at once.
    """
    wanted = {user.lower(): (user, role) for user, role in desired.items()}
    roles = {member.user.lower(): visible_role(member) for member in live}
    changes = [
        SetRole(member.user, wanted[key][1], roles[key], _visible_groups(member, has_groups))
        for member in live
        if (key := member.user.lower()) in wanted and wanted[key][1] != roles[key]
    ]
    pending = {user.lower(): role for user, role in invited.items()}
    invites = [
        Invite(user, role) for key, (user, role) in wanted.items() if key not in roles and key not in pending
    ]
    misinvited = [
        user for key, (user, role) in wanted.items() if key not in roles and pending.get(key, role) != role
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
        misinvited=tuple(misinvited),
    )


def visible_role(member: Member) -> str:
    """The member's role.

    Raises:
        CannotTell: the Hub does not show it to this token.
    """
    if member.role is not None:
        return member.role
    raise CannotTell(
        "The Hub lists the members without their roles",
        means="The token's owner is not in the organization, so nothing can be compared",
        next_step="Set HF_TOKEN to a token of an organization admin",
    )


def require_admin(live: Sequence[Member], caller: str) -> None:
    """Prove that the caller sees everything: only then is what is not listed not there.

    Raises:
        CannotTell: the caller is not an admin of the organization.
    """
    if any(m.user.lower() == caller.lower() and m.role == "admin" for m in live):
        return
    raise CannotTell(
        f"The token's owner {caller} is not an admin of the organization",
        means="What such a token is not shown may exist all the same, so nothing was concluded",
        next_step="Set HF_TOKEN to a token of an organization admin",
    )


def _visible_groups(member: Member, has_groups: bool) -> tuple[GroupMembership, ...]:
    if member.resource_groups is None and has_groups:
        raise CannotTell(
            f"The Hub does not show which resource groups {member.user} is in",
            means="A change of the role would remove the member from all of them",
            next_step="Set HF_TOKEN to a token of an organization admin, or change this role by hand",
        )
    return tuple(member.resource_groups or ())


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
