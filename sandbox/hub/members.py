"""Members of an organization: who they are, their roles, invitations, removal."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pydantic import Field
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.hub.accounts import avatar
from sandbox.hub.errors import conflict, forbidden, invalid, not_found, plan_required
from sandbox.hub.hub import Body, body_of, hub_of, known_caller, organization_of, rights_of
from sandbox.hub.model import Group, GroupRole, Invitation, Organization, Role, now, object_id
from sandbox.hub.paging import cursor_of, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from sandbox.hub.store import Key


class _GroupWish(Body):
    id: str
    role: GroupRole


class _RoleWish(Body):
    role: Role
    resourceGroups: list[_GroupWish] = Field(default_factory=list)  # noqa: N815  the API's name


class _InvitationWish(Body):
    role: Role
    username: str | None = None
    email: str | None = None


async def listed(request: Request) -> JSONResponse:
    """`GET /api/organizations/{org}/members`: everybody may ask, members see more."""
    organization, hub = organization_of(request), hub_of(request)
    view = hub.store.members(organization).after(cursor_of(request))
    return page(request, _shown(request, organization, view), hub.switches.page_limit)


def _shown(
    request: Request, organization: Organization, names: Iterator[tuple[Key, str]]
) -> Iterator[tuple[Key, dict[str, object]]]:
    accounts, rights = hub_of(request).store.state.accounts, rights_of(request)
    insider = rights.role(organization) is not None
    # What only an admin is shown; the resource groups too, as they tell who works on what.
    admin = rights.role(organization) == "admin"
    paid = organization.plan != "free"
    search = request.query_params.get("search", "").lower()
    email = request.query_params.get("email", "").lower()
    if email and not (admin and paid):
        raise forbidden("Only admins of a paid organization can look for an e-mail address")
    groups = _groups_by_member(organization)
    for key, name in names:
        account = accounts[name]
        if search not in name.lower() and search not in account.fullname.lower():
            continue
        if email and not (account.email_verified and account.email.lower() == email):
            continue
        shown: dict[str, object] = {
            "_id": object_id("user", name),
            "user": name,
            "fullname": account.fullname,
            "type": "user",
            "avatarUrl": avatar(name),
            "isPro": account.pro,
        }
        if insider:
            shown["role"] = organization.members[name].role
        if admin:
            shown["twoFaEnabled"] = account.two_factor
        if admin and paid:
            shown["resourceGroups"] = [
                {
                    "id": group.id,
                    "name": group.name,
                    "role": group.members[name],
                    "numUsers": len(group.members),
                }
                for group in groups[name]
            ]
            if account.email_verified:
                shown["verifiedEmail"] = account.email
        yield key, shown


def _groups_by_member(organization: Organization) -> defaultdict[str, list[Group]]:
    found: defaultdict[str, list[Group]] = defaultdict(list)
    for group in organization.groups.values():
        for name in group.members:
            found[name].append(group)
    return found


async def set_role(request: Request) -> JSONResponse:
    """`PUT …/members/{username}/role`: the role, and with it **all** resource groups of the member.

    Groups that the body leaves out are left by the member. The last admin is not protected:
    nothing says that the real Hub does it, so whoever calls this must.
    """
    organization = _managed(request, "Changing roles")
    wish = await body_of(request, _RoleWish)
    name = _member(request, organization)
    if any(group.id not in organization.groups for group in wish.resourceGroups):
        raise forbidden("A resource group does not belong to this organization")
    organization.members[name].role = wish.role
    wanted = {group.id: group.role for group in wish.resourceGroups}
    for identity, group in organization.groups.items():
        group.members.pop(name, None)
        if identity in wanted:
            group.members[name] = wanted[identity]
    hub_of(request).store.changed()
    return JSONResponse({"success": True})


async def invite(request: Request) -> JSONResponse:
    """`POST …/members/invite`: nobody is a member before accepting, so the listing stays as it is.

    Assumed: who is a member or has been asked already is a conflict.
    """
    organization = _managed(request, "Inviting members", described=False)
    wish = await body_of(request, _InvitationWish)
    if (wish.username is None) == (wish.email is None):
        raise invalid("Give a username or an email, not both")
    store = hub_of(request).store
    if wish.username is not None and wish.username not in store.state.accounts:
        raise not_found("User")
    if wish.username in organization.members:
        raise conflict("The user is a member already")
    asked = {(each.username, each.email) for each in organization.invitations}
    if (wish.username, wish.email) in asked:
        raise conflict("The user has been invited already")
    organization.invitations.append(
        Invitation(**wish.model_dump(), invited_by=known_caller(request).name, at=now())
    )
    store.changed()
    return JSONResponse({"success": True})


async def remove(request: Request) -> JSONResponse:
    """`DELETE …/members/{username}`: out of the organization and of its resource groups."""
    organization = _managed(request, "Removing members", described=False)
    name = _member(request, organization)
    del organization.members[name]
    for group in organization.groups.values():
        group.members.pop(name, None)
    hub_of(request).store.changed()
    return JSONResponse({"success": True})


def _managed(request: Request, what: str, *, described: bool = True) -> Organization:
    """The organization, once it is clear that the caller may change its members."""
    if not described and not hub_of(request).switches.member_calls:
        raise not_found("Page")
    known_caller(request)
    organization = organization_of(request)
    if not rights_of(request).manages(organization):
        raise forbidden("Only admins of the organization can manage its members")
    if organization.plan == "free":
        raise plan_required(what, "Team")
    return organization


def _member(request: Request, organization: Organization) -> str:
    name: str = request.path_params["username"]
    if name not in organization.members:
        raise not_found("User")
    return name


_MEMBERS = "/api/organizations/{organization}/members"
routes = [
    Route(_MEMBERS, listed),
    Route(f"{_MEMBERS}/{{username}}/role", set_role, methods=["PUT"]),
    Route(f"{_MEMBERS}/invite", invite, methods=["POST"]),
    Route(f"{_MEMBERS}/{{username}}", remove, methods=["DELETE"]),
]
