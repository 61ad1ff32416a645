"""The web application: GitHub's REST API under `/api/v3`, and the sandbox's own doors beside it."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.routing import Route as WebRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.github import inspection
from sandbox.github.gate import Gate, etag
from sandbox.github.http import DOCS, Answer, Call, Refusal, Route
from sandbox.github.routes import ROUTES
from sandbox.github.store import Store

log = logging.getLogger("sandbox.github")

_METHODS = ["DELETE", "GET", "PATCH", "POST", "PUT"]
_JSON = "application/json; charset=utf-8"
_GRAPHQL_DOCS = "https://docs.github.com/graphql"

Endpoint = Callable[[Request], Awaitable[Response]]


def application(store: Store, gate: Gate) -> ASGIApp:
    """The application.

    Args:
        store: the state; it is told of every change.
        gate: who may enter.
    """
    rest = [
        WebRoute(path, _endpoint(route, store, gate), methods=[route.method])
        for route in ROUTES
        for path in route.paths
    ]
    unknown = WebRoute("/{rest:path}", _unknown(store, gate), methods=_METHODS)
    graphql = WebRoute("/api/graphql", _graphql(store, gate), methods=["POST"])
    web = Starlette(
        routes=[
            graphql,
            Mount("/api/v3", routes=[*rest, unknown]),
            *inspection.routes(store, gate),
            unknown,
        ],
        exception_handlers={Exception: _fault},
    )
    return Surface(web)


class Surface:
    """The outermost layer: paths as they were sent, GitHub's request id, and one log line a request.

    The log has method, path and status: never a header, a query or a body.
    """

    def __init__(self, inner: ASGIApp) -> None:
        self._inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's event."""
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        # An environment's name may hold a slash, sent as %2F: parts are told apart before they are decoded.
        scope["path"] = path = scope["raw_path"].decode("ascii")

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-GitHub-Request-Id"] = _request_id()
                log.info("%s %s %s", scope["method"], path, message["status"])
            await send(message)

        await self._inner(scope, receive, named)


def _endpoint(route: Route, store: Store, gate: Gate) -> Endpoint:
    async def serve(request: Request) -> Response:
        caller = None
        try:
            caller = gate.enter(request, store.state)
            if not route.free:
                gate.count(caller)
            call = Call(
                state=store.state,
                caller=caller,
                allowance=gate.hour(caller),
                limit=gate.limit,
                params={name: unquote(part) for name, part in request.path_params.items()},
                query=dict(request.query_params),
                body=await _body(request),
                host=f"{request.url.scheme}://{request.url.netloc}",
                url=request.url.path,
            )
            answer = route.handler(call)
        except Refusal as refusal:
            return _refused(refusal, route.docs_url, gate.headers(caller, request))
        response = _answered(answer, {})
        if request.method != "GET":
            store.changed()
        if response.body:
            validator = etag(bytes(response.body))
            if request.method == "GET" and request.headers.get("if-none-match") == validator:
                gate.uncount(caller)
                response = Response(status_code=304)
            response.headers["ETag"] = validator
        response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
        response.headers.update(gate.headers(caller, request))
        return response

    return serve


def _unknown(store: Store, gate: Gate) -> Endpoint:
    async def serve(request: Request) -> Response:
        refusal = Refusal(404, "Not Found")
        caller = None
        if "authorization" in request.headers:
            try:
                caller = gate.enter(request, store.state)
            except Refusal as stranger:
                refusal = stranger
        return _refused(refusal, DOCS, gate.headers(caller, request))

    return serve


def _graphql(store: Store, gate: Gate) -> Endpoint:
    async def serve(request: Request) -> Response:
        try:
            caller = gate.enter(request, store.state)
        except Refusal as stranger:
            return _refused(stranger, _GRAPHQL_DOCS, gate.headers(None, request))
        error = {"type": "NOT_IMPLEMENTED", "message": "The local GitHub has no GraphQL API yet."}
        return JSONResponse({"data": None, "errors": [error]}, headers=gate.headers(caller, request))

    return serve


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "Body should be a JSON object")
    return body


def _answered(answer: Answer, headers: Mapping[str, str]) -> Response:
    body = b"" if answer.body is None else json.dumps(answer.body, separators=(",", ":")).encode()
    media = None if answer.body is None else _JSON
    return Response(body, answer.status, {**answer.headers, **headers}, media_type=media)


def _refused(refusal: Refusal, docs: str, headers: Mapping[str, str]) -> Response:
    return _answered(Answer(refusal.status, refusal.body(docs)), headers)


async def _fault(_request: Request, _error: Exception) -> Response:
    body = {"message": "Server Error", "documentation_url": DOCS, "status": "500"}
    return _answered(Answer(500, body), {})


def _request_id() -> str:
    widths = (4, 6, 7, 7, 8)
    return ":".join(secrets.token_hex(width)[:width].upper() for width in widths)
