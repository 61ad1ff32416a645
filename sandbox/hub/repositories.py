"""Repositories as wholes: list, create, delete, move. Buckets are listed, deleted by `buckets.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

from pydantic import ConfigDict
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.hub.errors import (
    conflict,
    forbidden,
    invalid,
    plan_required,
    repository_not_found,
)
from sandbox.hub.hub import Body, body_of, hub_of, known_caller, organization_of, rights_of
from sandbox.hub.model import (
    Organization,
    Repository,
    RepositoryType,
    Visibility,
    now,
    timestamp,
)
from sandbox.hub.paging import cursor_of, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request

    from sandbox.hub.store import Key, RepositorySort

_NAME = re.compile(r"[A-Za-z0-9]([\w.-]{0,94}[A-Za-z0-9_])?", re.ASCII)
_TYPES = ("model", "dataset", "space", "kernel", "bucket")
_PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/"}
_SORTS = ("storage", "updatedAt", "id")


class _Creation(Body):
    # The real call takes more (a Space's hardware, secrets, …) than matters here.
    model_config = ConfigDict(extra="ignore", strict=True)

    name: str
    organization: str | None = None
    type: Literal["model", "dataset", "space", "kernel"] = "model"
    visibility: Visibility | None = None
    private: bool | None = None
    resourceGroupId: str | None = None  # noqa: N815  the API's name
    region: Literal["us", "eu"] | None = None
    sdk: Literal["gradio", "streamlit", "docker", "static"] | None = None


class _Named(Body):
    name: str
    organization: str | None = None
    type: Literal["model", "dataset", "space", "kernel"] = "model"


class _Move(Body):
    fromRepo: str  # noqa: N815  the API's name
    toRepo: str  # noqa: N815  the API's name
    type: RepositoryType = "model"


async def of_organization(request: Request) -> JSONResponse:
    """`GET /api/organizations/{org}/settings/repositories`: what the caller can see of them.

    Assumed: any member may ask.
    """
    known_caller(request)
    organization = organization_of(request)
    if rights_of(request).role(organization) is None:
        raise forbidden("Only members of the organization can list its repositories")
    return _listing(request, organization.name)


async def of_caller(request: Request) -> JSONResponse:
    """`GET /api/settings/repositories`: the caller's own."""
    return _listing(request, known_caller(request).name)


def _listing(request: Request, namespace: str) -> JSONResponse:
    hub, query = hub_of(request), request.query_params
    sort, direction = query.get("sort", "storage"), query.get("direction", "desc")
    if sort not in _SORTS:
        raise invalid(f"sort must be one of {', '.join(_SORTS)}")
    if query.get("type") not in (None, *_TYPES):
        raise invalid(f"type must be one of {', '.join(_TYPES)}")
    if direction not in ("asc", "desc", "1", "-1"):
        raise invalid("direction must be asc or desc")
    view = hub.store.repositories(namespace, cast("RepositorySort", sort))
    found = view.after(cursor_of(request), descending=direction in ("desc", "-1"))
    return page(request, _shown(request, namespace, found), hub.switches.page_limit)


def _shown(
    request: Request, namespace: str, found: Iterator[tuple[Key, Repository]]
) -> Iterator[tuple[Key, dict[str, object]]]:
    rights, query = rights_of(request), request.query_params
    wanted, search = query.get("type"), query.get("search", "").lower()
    total = hub_of(request).store.storage(namespace) or 1
    for key, repository in found:
        if wanted not in (None, repository.type) or search not in repository.id.lower():
            continue
        if rights.reads(repository):
            yield (
                key,
                {
                    "id": repository.id,
                    "type": repository.type,
                    "visibility": repository.visibility,
                    "updatedAt": timestamp(repository.updated_at),
                    "storage": repository.storage,
                    "storagePercent": round(repository.storage / total, 6),
                },
            )


async def create(request: Request) -> JSONResponse:
    """`POST /api/repos/create`: public unless asked otherwise or the organization's default."""
    caller = known_caller(request)
    wish = await body_of(request, _Creation)
    repository = prepared(
        request,
        type_=wish.type,
        namespace=wish.organization or caller.name,
        name=wish.name,
        visibility=_visibility(wish),
        group=wish.resourceGroupId,
        region=wish.region,
    )
    if wish.type == "space":
        if wish.sdk is None:
            raise invalid("A Space needs an sdk")
        _compute_plan(request, repository.namespace, wish.sdk)
        repository.sdk = wish.sdk
    hub_of(request).store.add(repository)
    return JSONResponse({"url": url(request, repository), "name": repository.id})


def prepared(
    request: Request,
    *,
    type_: RepositoryType,
    namespace: str,
    name: str,
    visibility: Visibility | None,
    group: str | None,
    region: str | None,
) -> Repository:
    """A new repository that may be put in, not put in yet.

    Raises:
        HubError: for any reason against it: rights, plan, name, one that is there already.
    """
    store, rights, caller = hub_of(request).store, rights_of(request), known_caller(request)
    organization = store.organization(namespace)
    if organization is not None:
        namespace = organization.name
    if group is not None and (organization is None or group not in organization.groups):
        raise forbidden("The resource group does not belong to this namespace")
    if not rights.creates(namespace, group):
        raise forbidden(f"You cannot create a {type_} under the namespace {namespace}")
    if not valid_name(name):
        raise invalid("name: letters, digits, '-', '_', '.'; at most 96; no '--' or '..'")
    free = organization is not None and organization.plan == "free"
    if free and group is not None:
        raise plan_required("A resource group", "Team")
    if free and region is not None:
        raise plan_required("A storage region", "Team")
    check_visibility(type_, visibility, organization)
    default = "public" if organization is None else organization.default_visibility
    moment = now()
    repository = Repository(
        type=type_,
        namespace=namespace,
        name=name,
        visibility=visibility or default,
        group=group,
        region=region,
        created_by=caller.name,
        created_at=moment,
        updated_at=moment,
    )
    existing = store.repository(type_, namespace, name)
    if existing is not None:
        where = {"url": url(request, existing)} if rights.reads(existing) else {}
        raise conflict(f"There is a {type_} of that name already: {namespace}/{name}", where)
    return repository


def check_visibility(type_: str, visibility: Visibility | None, organization: Organization | None) -> None:
    """Refuse a visibility that this type or plan does not have."""
    if visibility != "protected":
        return
    if type_ != "space":
        raise invalid("Only a Space can be protected")
    if organization is not None and organization.plan == "free":
        raise plan_required("A protected Space", "Team")


def _visibility(wish: _Creation) -> Visibility | None:
    if wish.visibility is not None and wish.private is not None:
        raise invalid("Give visibility or private, not both")
    if wish.private is None:
        return wish.visibility
    return "private" if wish.private else "public"


def _compute_plan(request: Request, namespace: str, sdk: str) -> None:
    """Only static Spaces are free for everybody."""
    organization = hub_of(request).store.organization(namespace)
    if sdk != "static" and organization is not None and organization.plan == "free":
        raise plan_required(f"A {sdk} Space", "Team")


async def delete(request: Request) -> JSONResponse:
    """`DELETE /api/repos/delete`: for good."""
    caller = known_caller(request)
    wish = await body_of(request, _Named)
    repository = writable(request, wish.type, wish.organization or caller.name, wish.name)
    hub_of(request).store.remove(repository)
    return JSONResponse({"success": True})


async def move(request: Request) -> JSONResponse:
    """`POST /api/repos/move`: rename or hand over; the old name leads to the new one."""
    wish = await body_of(request, _Move)
    source, target = wish.fromRepo.split("/"), wish.toRepo.split("/")
    if len(source) != 2 or len(target) != 2:  # noqa: PLR2004  namespace and name
        raise invalid("fromRepo and toRepo are of the form namespace/name")
    repository = writable(request, wish.type, source[0], source[1])
    store = hub_of(request).store
    organization = store.organization(target[0])
    namespace = organization.name if organization else target[0]
    same = namespace == repository.namespace
    if not same and not rights_of(request).creates(namespace, None):
        raise forbidden(f"You cannot create a {wish.type} under the namespace {namespace}")
    if not valid_name(target[1]):
        raise invalid("toRepo: letters, digits, '-', '_', '.'; at most 96; no '--' or '..'")
    taken = store.repository(wish.type, namespace, target[1])
    if taken is not None and taken is not repository:
        raise conflict(f"There is a {wish.type} of that name already: {wish.toRepo}")
    if not same:
        repository.group = None
    store.move(repository, namespace, target[1])
    return JSONResponse({"success": True})


def visible(request: Request, type_: str, namespace: str, name: str) -> Repository:
    """The repository, if it is there for the caller.

    Raises:
        HubError: 404, or 401 without a token, whether it is missing or hidden.
    """
    rights = rights_of(request)
    repository = hub_of(request).store.repository(type_, namespace, name)
    if repository is None or not rights.reads(repository):
        raise repository_not_found(authenticated=rights.caller.known)
    return repository


def writable(request: Request, type_: str, namespace: str, name: str) -> Repository:
    """The repository, if the caller may change it.

    Raises:
        HubError: as `visible` does; 401 without a token, 403 where the caller may only read.
    """
    repository = visible(request, type_, namespace, name)
    known_caller(request)
    if not rights_of(request).writes(repository):
        raise forbidden(f"You have no write access to {repository.id}")
    return repository


def moved_to(request: Request, type_: str, namespace: str, name: str) -> Repository | None:
    """Where a name leads that a repository had once, if the caller may see that."""
    store = hub_of(request).store
    if store.repository(type_, namespace, name) is not None:
        return None
    repository = store.moved(type_, namespace, name)
    return repository if repository is not None and rights_of(request).reads(repository) else None


def valid_name(name: str) -> bool:
    """Whether the Hub takes the name for a repository."""
    odd = "--" in name or ".." in name or name.endswith(".git")
    return _NAME.fullmatch(name) is not None and not odd


def url(request: Request, repository: Repository) -> str:
    """The page of a repository, as answers give it."""
    prefix = _PREFIX.get(repository.type, f"{repository.type}s/")
    return f"{str(request.base_url).rstrip('/')}/{prefix}{repository.id}"


routes = [
    Route("/api/organizations/{organization}/settings/repositories", of_organization),
    Route("/api/settings/repositories", of_caller),
    Route("/api/repos/create", create, methods=["POST"]),
    Route("/api/repos/delete", delete, methods=["DELETE"]),
    Route("/api/repos/move", move, methods=["POST"]),
]
