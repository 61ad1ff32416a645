"""`/_sandbox/…`: how people and tests steer the local Hub. The real one has none of this."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.hub.errors import conflict, invalid, not_found
from sandbox.hub.faults import Fault
from sandbox.hub.hub import Body, Switches, body_of, hub_of
from sandbox.hub.model import Account, Membership, Plan, Role, Scope, TokenRole, now
from sandbox.hub.tokens import mint

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.hub.model import Organization


class _Entity(Body):
    type: str
    name: str


class _Scoped(Body):
    entity: _Entity
    permissions: list[str]


class _FineGrained(Body):
    # The API's names, as `whoami-v2` gives them back.
    canReadGatedRepos: bool = False  # noqa: N815
    scoped: list[_Scoped] = Field(default_factory=list)


class _TokenWish(Body):
    user: str
    role: TokenRole
    displayName: str = "made in the sandbox"  # noqa: N815  the API's name
    fineGrained: _FineGrained | None = None  # noqa: N815  the API's name


class _Acceptance(Body):
    organization: str = "kwanzaa-project"
    username: str
    email: str | None = None


class _Joining(Body):
    organization: str = "kwanzaa-project"
    username: str
    role: Role
    twoFactor: bool = True  # noqa: N815  as the API's other names
    emailVerified: bool = True  # noqa: N815  as the API's other names


class _OrganizationWish(Body):
    plan: Plan | None = None
    defaultVisibility: Literal["public", "private"] | None = None  # noqa: N815  as above


async def health(request: Request) -> JSONResponse:
    """`GET /_sandbox/health`: ready, and which life this is."""
    return JSONResponse({"status": "ok", "generation": hub_of(request).generation})


async def requests(request: Request) -> JSONResponse:
    """`GET /_sandbox/requests`: how often each method and route was called, no names, no values."""
    return JSONResponse(dict(sorted(hub_of(request).requests.items())))


async def forget_requests(request: Request) -> JSONResponse:
    """`POST /_sandbox/requests/reset`: count from zero."""
    hub_of(request).requests.clear()
    return JSONResponse({"success": True})


async def faults(request: Request) -> JSONResponse:
    """`GET /_sandbox/faults`: the rules in force."""
    return JSONResponse(hub_of(request).faults.listed())


async def add_fault(request: Request) -> JSONResponse:
    """`POST /_sandbox/faults`: put a rule in force."""
    return JSONResponse({"id": hub_of(request).faults.add(await body_of(request, Fault))})


async def clear_faults(request: Request) -> JSONResponse:
    """`DELETE /_sandbox/faults`: lift all rules."""
    hub_of(request).faults.clear()
    return JSONResponse({"success": True})


async def remove_fault(request: Request) -> JSONResponse:
    """`DELETE /_sandbox/faults/{id}`: lift one rule."""
    if not hub_of(request).faults.remove(request.path_params["id"]):
        raise not_found("Fault")
    return JSONResponse({"success": True})


async def add_token(request: Request) -> JSONResponse:
    """`POST /_sandbox/tokens`: a token for any account, as its owner would make on the web page."""
    wish = await body_of(request, _TokenWish)
    if (wish.role == "fineGrained") != (wish.fineGrained is not None):
        raise invalid("fineGrained belongs to the role fineGrained, and only to it")
    store = hub_of(request).store
    if wish.user not in store.state.accounts:
        raise not_found("User")
    fine = wish.fineGrained or _FineGrained()
    value = mint(
        store.state,
        wish.user,
        wish.role,
        display_name=wish.displayName,
        scopes=tuple(
            Scope(
                entity_type=each.entity.type,
                entity_name=each.entity.name,
                permissions=frozenset(each.permissions),
            )
            for each in fine.scoped
        ),
        can_read_gated=fine.canReadGatedRepos,
    )
    store.changed()
    return JSONResponse({"token": value})


async def invitations(request: Request) -> JSONResponse:
    """`GET /_sandbox/invitations`: who was asked and has not answered."""
    organizations = hub_of(request).store.state.organizations.values()
    return JSONResponse(
        [
            {"organization": organization.name, **each.model_dump(mode="json", exclude_none=True)}
            for organization in organizations
            for each in organization.invitations
        ]
    )


async def accept(request: Request) -> JSONResponse:
    """`POST /_sandbox/invitations/accept`: the invited person says yes.

    With `email`, the account named by `username` answers an invitation that was sent there.
    """
    wish = await body_of(request, _Acceptance)
    store, organization = hub_of(request).store, _organization(request, wish.organization)
    if wish.username not in store.state.accounts:
        raise not_found("User")
    for invitation in organization.invitations:
        answers = (
            invitation.username == wish.username if wish.email is None else invitation.email == wish.email
        )
        if answers:
            organization.invitations.remove(invitation)
            organization.members[wish.username] = Membership(role=invitation.role, since=now())
            store.changed()
            return JSONResponse({"success": True})
    raise not_found("Invitation")


async def join(request: Request) -> JSONResponse:
    """`POST /_sandbox/members`: somebody becomes a member at once; an unknown account is made."""
    wish = await body_of(request, _Joining)
    store, organization = hub_of(request).store, _organization(request, wish.organization)
    if wish.username in organization.members:
        raise conflict("The user is a member already")
    store.state.accounts.setdefault(
        wish.username,
        Account(
            name=wish.username,
            fullname=wish.username,
            email=f"{wish.username}@kwanzaa.example",
            email_verified=wish.emailVerified,
            two_factor=wish.twoFactor,
            created_at=now(),
        ),
    )
    organization.members[wish.username] = Membership(role=wish.role, since=now())
    store.changed()
    return JSONResponse({"success": True})


async def change_organization(request: Request) -> JSONResponse:
    """`PATCH /_sandbox/organizations/{organization}`: what only the web page can set."""
    wish = await body_of(request, _OrganizationWish)
    organization = _organization(request, request.path_params["organization"])
    organization.plan = wish.plan or organization.plan
    organization.default_visibility = wish.defaultVisibility or organization.default_visibility
    hub_of(request).store.changed()
    return JSONResponse({"success": True})


async def switches(request: Request) -> JSONResponse:
    """`PUT /_sandbox/switches`: set them; those that the body leaves out go back to normal."""
    hub = hub_of(request)
    hub.switches = await body_of(request, Switches)
    hub.limits.forget()
    return JSONResponse(hub.switches.model_dump())


async def restart(request: Request) -> JSONResponse:
    """`POST /_sandbox/reset`: everything as after the first start, in a new generation."""
    hub = hub_of(request)
    hub.generation = hub.restart()
    hub.switches = Switches()
    hub.faults.clear()
    hub.limits.forget()
    hub.requests.clear()
    return JSONResponse({"generation": hub.generation})


def _organization(request: Request, name: str) -> Organization:
    organization = hub_of(request).store.organization(name)
    if organization is None:
        raise not_found("Organization")
    return organization


routes = [
    Route("/_sandbox/health", health),
    Route("/_sandbox/requests", requests),
    Route("/_sandbox/requests/reset", forget_requests, methods=["POST"]),
    Route("/_sandbox/faults", faults),
    Route("/_sandbox/faults", add_fault, methods=["POST"]),
    Route("/_sandbox/faults", clear_faults, methods=["DELETE"]),
    Route("/_sandbox/faults/{id:int}", remove_fault, methods=["DELETE"]),
    Route("/_sandbox/tokens", add_token, methods=["POST"]),
    Route("/_sandbox/invitations", invitations),
    Route("/_sandbox/invitations/accept", accept, methods=["POST"]),
    Route("/_sandbox/members", join, methods=["POST"]),
    Route("/_sandbox/organizations/{organization}", change_organization, methods=["PATCH"]),
    Route("/_sandbox/switches", switches, methods=["PUT"]),
    Route("/_sandbox/reset", restart, methods=["POST"]),
]
