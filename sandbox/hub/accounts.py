"""Who am I."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.hub.hub import hub_of, known_caller
from sandbox.hub.middleware import WHOAMI
from sandbox.hub.model import object_id, timestamp

if TYPE_CHECKING:
    from starlette.requests import Request

    from sandbox.hub.model import Account, Organization, Token


async def whoami(request: Request) -> JSONResponse:
    """`GET /api/whoami-v2`: the account, its organizations and the token's role."""
    caller = known_caller(request)
    account, token = caller.account, caller.token
    if account is None or token is None:
        raise AssertionError("a known caller has both")
    organizations = hub_of(request).store.state.organizations.values()
    return JSONResponse(
        {
            "type": "user",
            "id": object_id("user", account.name),
            "name": account.name,
            "fullname": account.fullname,
            "email": account.email,
            "emailVerified": account.email_verified,
            "canPay": False,
            "isPro": account.pro,
            "avatarUrl": avatar(account.name),
            "orgs": [_organization(o, account) for o in organizations if account.name in o.members],
            "auth": {"type": "access_token", "accessToken": _token(token)},
        }
    )


def avatar(name: str) -> str:
    """Where an account's picture would be. Nothing is there: the sandbox reaches no other host."""
    return f"/avatars/{object_id('avatar', name)}.svg"


def _organization(organization: Organization, account: Account) -> dict[str, object]:
    name = account.name
    shown: dict[str, object] = {
        "type": "org",
        "id": object_id("org", organization.name),
        "name": organization.name,
        "fullname": organization.fullname,
        "email": None,
        "avatarUrl": avatar(organization.name),
        "isEnterprise": organization.plan in ("enterprise", "plus"),
        "roleInOrg": organization.members[name].role,
    }
    if organization.plan != "free":
        shown["plan"] = organization.plan
        shown["resourceGroups"] = [
            {"id": group.id, "name": group.name, "role": group.members[name]}
            for group in organization.groups_of(name)
        ]
    return shown


def _token(token: Token) -> dict[str, object]:
    shown: dict[str, object] = {
        "displayName": token.display_name,
        "role": token.role,
        "createdAt": timestamp(token.created_at),
    }
    if token.role == "fineGrained":
        shown["fineGrained"] = {
            "canReadGatedRepos": token.can_read_gated,
            "global": [],
            "scoped": [
                {
                    "entity": {
                        "_id": object_id(scope.entity_type, scope.entity_name),
                        "type": scope.entity_type,
                        "name": scope.entity_name,
                    },
                    "permissions": sorted(scope.permissions),
                }
                for scope in token.scopes
            ],
        }
    return shown


routes = [Route(WHOAMI, whoami)]
