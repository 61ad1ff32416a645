"""`iam:PermissionsBoundary` in the conditions of IAM's own actions."""

from __future__ import annotations

from typing import Any, Final

from ministack.core import iam_actions
from ministack.services import iam

from sandbox.aws.mends.expect import expect_function, unexpected

_KEY: Final = "iam:PermissionsBoundary"

# Service Authorization Reference for IAM: which actions on a role know the key, and where its value is from.
_OF_THE_REQUEST: Final = {"iam:CreateRole", "iam:PutRolePermissionsBoundary"}
_OF_THE_ROLE: Final = {
    "iam:AttachRolePolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePolicy",
}


def boundary_is_a_condition() -> None:
    """Tell conditions the permissions boundary that a request sets, or that the role has.

    AWS: CreateRole and PutRolePermissionsBoundary bring the boundary that they set, the actions on a
    role's policies the one that the role has; without a boundary the key is absent.
    MiniStack: the key is always absent, so an Allow that asks for the boundary never applies.
    """
    ask = expect_function(iam_actions, "request_tag_context", "service", "iam_action", "body", "params")
    if not hasattr(iam, "_roles"):
        raise unexpected("it keeps its roles elsewhere")

    def context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = ask(service, iam_action, body, params)
        boundary = _boundary(iam_action, params)
        return found | {_KEY: boundary} if boundary else found

    iam_actions.request_tag_context = context


def _boundary(action: str, parameters: dict[str, Any]) -> str | None:
    if action in _OF_THE_REQUEST:
        return _one(parameters, "PermissionsBoundary")
    if action in _OF_THE_ROLE:
        role = iam._roles.get(_one(parameters, "RoleName"))  # noqa: SLF001  no public way to ask
        return role.get("PermissionsBoundary") if role else None
    return None


def _one(parameters: dict[str, Any], name: str) -> str | None:
    value = parameters.get(name)
    return value[0] if isinstance(value, list) else value
