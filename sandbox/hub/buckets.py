"""Buckets: they have their own calls, and visibility is their only setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.hub.errors import invalid
from sandbox.hub.hub import Body, body_of, hub_of, known_caller, rights_of
from sandbox.hub.model import now, object_id, timestamp
from sandbox.hub.paging import cursor_of, page
from sandbox.hub.repositories import prepared, url, visible, writable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from sandbox.hub.model import Repository, Visibility
    from sandbox.hub.store import Key


class _Creation(Body):
    visibility: Literal["public", "private"] | None = None
    private: bool | None = None
    resourceGroupId: str | None = None  # noqa: N815  the API's name
    region: Literal["us", "eu"] | None = None


class _Settings(Body):
    private: bool


async def listed(request: Request) -> JSONResponse:
    """`GET /api/buckets/{namespace}`: the buckets there that the caller can see."""
    hub = hub_of(request)
    found = hub.store.repositories(_namespace(request), "id").after(cursor_of(request))
    return page(request, _visible(request, found), hub.switches.page_limit)


def _visible(
    request: Request, found: Iterator[tuple[Key, Repository]]
) -> Iterator[tuple[Key, dict[str, object]]]:
    rights, search = rights_of(request), request.query_params.get("search", "").lower()
    for key, bucket in found:
        if bucket.type == "bucket" and search in bucket.name.lower() and rights.reads(bucket):
            yield key, _shown(bucket)


async def create(request: Request) -> JSONResponse:
    """`POST /api/buckets/{namespace}/{name}`."""
    known_caller(request)
    wish = await body_of(request, _Creation)
    if wish.visibility is not None and wish.private is not None:
        raise invalid("Give visibility or private, not both")
    visibility: Visibility | None = wish.visibility
    if wish.private is not None:
        visibility = "private" if wish.private else "public"
    bucket = prepared(
        request,
        type_="bucket",
        namespace=_namespace(request),
        name=request.path_params["name"],
        visibility=visibility,
        group=wish.resourceGroupId,
        region=wish.region,
    )
    hub_of(request).store.add(bucket)
    return JSONResponse({"url": url(request, bucket), "name": bucket.id})


async def info(request: Request) -> JSONResponse:
    """`GET /api/buckets/{namespace}/{name}`."""
    return JSONResponse(_shown(visible(request, "bucket", *_named(request))))


async def delete(request: Request) -> JSONResponse:
    """`DELETE /api/buckets/{namespace}/{name}`: for good."""
    bucket = writable(request, "bucket", *_named(request))
    hub_of(request).store.remove(bucket)
    return JSONResponse({"success": True})


async def update(request: Request) -> JSONResponse:
    """`PUT /api/buckets/{namespace}/{name}/settings`."""
    wish = await body_of(request, _Settings)
    bucket = writable(request, "bucket", *_named(request))
    bucket.visibility = "private" if wish.private else "public"
    bucket.updated_at = now()
    hub_of(request).store.changed()
    return JSONResponse({"private": wish.private})


def _namespace(request: Request) -> str:
    namespace: str = request.path_params["namespace"]
    return known_caller(request).name if namespace == "me" else namespace


def _named(request: Request) -> tuple[str, str]:
    return _namespace(request), request.path_params["name"]


def _shown(bucket: Repository) -> dict[str, object]:
    return {
        "_id": object_id("repository", bucket.key),
        "id": bucket.id,
        "author": bucket.namespace,
        "private": bucket.visibility != "public",
        "visibility": bucket.visibility,
        "createdAt": timestamp(bucket.created_at),
        "updatedAt": timestamp(bucket.updated_at),
        "size": bucket.storage,
        "totalFiles": bucket.files,
    }


_BUCKET = "/api/buckets/{namespace}/{name}"
routes = [
    Route("/api/buckets/{namespace}", listed),
    Route(_BUCKET, info),
    Route(_BUCKET, create, methods=["POST"]),
    Route(_BUCKET, delete, methods=["DELETE"]),
    Route(f"{_BUCKET}/settings", update, methods=["PUT"]),
]
