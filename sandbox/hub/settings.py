"""One repository: what it is, its settings, whether a token may read or write it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.hub.errors import gated, invalid, plan_required
from sandbox.hub.hub import Body, body_of, hub_of, rights_of
from sandbox.hub.model import Gate, Visibility, now, object_id, timestamp
from sandbox.hub.repositories import check_visibility, moved_to, visible, writable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from sandbox.hub.model import Repository


class _Settings(Body):
    # The API's names.
    visibility: Visibility | None = None
    private: bool | None = None
    gated: Gate | None = None
    orgMembersGated: bool | None = None  # noqa: N815
    gatedNotificationsEmail: str | None = None  # noqa: N815
    gatedNotificationsMode: Literal["bulk", "real-time"] | None = None  # noqa: N815
    discussionsDisabled: bool | None = None  # noqa: N815
    discussionsSorting: str | None = None  # noqa: N815


_FIELDS = {
    "gated": "gated",
    "orgMembersGated": "org_members_gated",
    "gatedNotificationsEmail": "gated_notifications_email",
    "gatedNotificationsMode": "gated_notifications_mode",
    "discussionsDisabled": "discussions_disabled",
    "discussionsSorting": "discussions_sorting",
}


async def info(type_: str, request: Request) -> Response:
    """`GET /api/{models|datasets|spaces|kernels}/{namespace}/{name}`, with or without a revision."""
    namespace, name = request.path_params["namespace"], request.path_params["name"]
    new = moved_to(request, type_, namespace, name)
    if new is not None:
        return RedirectResponse(f"/api/{type_}s/{new.id}", 307)
    return JSONResponse(_shown(visible(request, type_, namespace, name), request))


def _shown(repository: Repository, request: Request) -> dict[str, object]:
    shown: dict[str, object] = {
        "_id": object_id("repository", repository.key),
        "id": repository.id,
        "author": repository.namespace,
        "sha": object_id("commit", repository.key, timestamp(repository.updated_at)).ljust(40, "0"),
        "lastModified": timestamp(repository.updated_at),
        "createdAt": timestamp(repository.created_at),
        "private": repository.visibility != "public",
        "gated": repository.gated,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "tags": [],
        "siblings": [],
        "usedStorage": repository.storage,
    }
    organization = hub_of(request).store.organization(repository.namespace)
    if repository.type == "model":
        shown["modelId"] = repository.id
    if repository.sdk is not None:
        shown["sdk"] = repository.sdk
    if organization is not None and repository.group in organization.groups:
        group = organization.groups[repository.group]
        shown["resourceGroup"] = {
            "id": group.id,
            "name": group.name,
            "numUsers": len(group.members),
        }
    return shown


async def update(type_: str, request: Request) -> JSONResponse:
    """`PUT /api/{models|datasets|spaces}/{namespace}/{name}/settings`: only what the body names."""
    wish = await body_of(request, _Settings)
    path = request.path_params
    repository = writable(request, type_, path["namespace"], path["name"])
    given = wish.model_dump(exclude_unset=True, exclude_none=True)
    if not given:
        raise invalid("At least one setting is needed")
    if "visibility" in given and "private" in given:
        raise invalid("Give visibility or private, not both")
    visibility: Visibility | None = wish.visibility
    if wish.private is not None:
        visibility = "private" if wish.private else "public"
    store = hub_of(request).store
    organization = store.organization(repository.namespace)
    check_visibility(type_, visibility, organization)
    if type_ == "space" and wish.gated:
        raise invalid("A Space cannot be gated")
    if wish.orgMembersGated and (organization is None or organization.plan == "free"):
        raise plan_required("Gating for the organization's own members", "Team")
    for name, field in _FIELDS.items():
        if name in given:
            setattr(repository, field, given[name])
    if visibility is not None:
        repository.visibility = visibility
    repository.updated_at = now()
    store.changed()
    return JSONResponse(
        {
            "private": repository.visibility != "public",
            "visibility": repository.visibility,
            "gated": repository.gated,
            "discussionsDisabled": repository.discussions_disabled,
        }
    )


async def may_read(type_: str, request: Request) -> JSONResponse:
    """`GET …/auth-check`: whether the token opens the content; nothing is changed."""
    path = request.path_params
    repository = visible(request, type_, path["namespace"], path["name"])
    if not rights_of(request).passes_gate(repository):
        raise gated(repository.id)
    return JSONResponse({})


async def may_write(type_: str, request: Request) -> JSONResponse:
    """`GET …/auth-check/write`: whether the token may change the content; nothing is changed."""
    path = request.path_params
    writable(request, type_, path["namespace"], path["name"])
    return JSONResponse({})


def _routes() -> list[Route]:
    found: list[Route] = []

    def add(
        type_: str,
        suffix: str,
        handler: Callable[[str, Request], Awaitable[Response]],
        method: str = "GET",
    ) -> None:
        path = f"/api/{type_}s/{{namespace}}/{{name}}{suffix}"
        found.append(Route(path, partial(handler, type_), methods=[method]))

    for type_ in ("model", "dataset", "space", "kernel"):
        add(type_, "", info)
        add(type_, "/revision/{revision}", info)
    for type_ in ("model", "dataset", "space"):
        add(type_, "/settings", update, "PUT")
        add(type_, "/auth-check", may_read)
        add(type_, "/auth-check/write", may_write)
    return found


routes = _routes()
