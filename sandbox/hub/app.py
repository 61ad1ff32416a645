"""The application: all routes behind the middleware, and every refusal as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from sandbox.hub import accounts, buckets, control, members, repositories, settings
from sandbox.hub.errors import HubError
from sandbox.hub.middleware import AccessLog, Admission, Counted, SameOrigin

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from sandbox.hub.hub import Hub

_LOOPBACK = ["127.0.0.1", "localhost"]


def build(hub: Hub) -> Starlette:
    """The ASGI application that serves one Hub."""
    routes = [
        *accounts.routes,
        *members.routes,
        *repositories.routes,
        *settings.routes,
        *buckets.routes,
        *control.routes,
    ]
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(AccessLog),
            # Another host name that leads here is a web page's trick (DNS rebinding).
            Middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK),
            Middleware(SameOrigin),
            Middleware(Counted, hub=hub, routes=routes),
            Middleware(Admission, hub=hub),
        ],
        exception_handlers={
            HubError: _refused,
            404: _no_such_page,
            405: _no_such_page,
            Exception: _failed,
        },
    )
    app.router.redirect_slashes = False
    app.state.hub = hub
    return app


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HubError):
        raise error
    return error.response()


async def _no_such_page(_request: Request, _error: Exception) -> Response:
    """The Hub has no 405: a known path with another method is not found either."""
    return HubError(404, "There is no such page").response()


async def _failed(_request: Request, _error: Exception) -> Response:
    return HubError(500, "The local Hub has a fault of its own: see its log").response()
