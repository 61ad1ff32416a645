"""What happens to every request before its handler: a log line, faults, the token, the quota."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.routing import Match, Route

from sandbox.hub.errors import HubError, bad_credentials, forbidden, too_many_requests
from sandbox.hub.faults import suffer
from sandbox.hub.rights import Caller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from sandbox.hub.hub import Hub

CONTROL = "/_sandbox/"
"""Where the local Hub is steered. Such requests are not counted, limited or made to fail."""

WHOAMI = "/api/whoami-v2"

_access = logging.getLogger("sandbox.hub.access")
_TOKEN_IN_PATH = re.compile(r"hf_\w+")


class AccessLog:
    """One line for each request: method, path, status, duration, request id; nothing that was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        stamp = secrets.token_hex(16)
        identity = f"Root=1-{stamp[:8]}-{stamp[8:]}"
        status = "cut"

        async def note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
                MutableHeaders(scope=message)["X-Request-Id"] = identity
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception:
            status = "500"  # sent outside of here, by the last handler of all
            raise
        finally:
            # The raw path is still percent-encoded: nothing in it can forge a second line.
            path = _TOKEN_IN_PATH.sub("hf_***", scope["raw_path"].decode("ascii", "replace"))
            spent = (time.perf_counter() - started) * 1000
            _access.info("%s %s %s %.1f ms %s", scope["method"], path, status, spent, identity)


class SameOrigin:
    """Keeps web pages that a developer happens to visit from steering the sandbox."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http" and "origin" in Headers(scope=scope):
            refusal = forbidden("The local Hub does not answer web pages")
            await refusal.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)


class Counted:
    """Counts requests by method and route, without names or values, and lets faults strike."""

    def __init__(self, app: ASGIApp, hub: Hub, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._hub = hub
        self._routes = [route for route in routes if isinstance(route, Route)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        self._hub.requests[f"{scope['method']} {self._template(scope)}"] += 1
        fault = self._hub.faults.strike(scope["method"], scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        else:
            await suffer(fault, self._app, scope, receive, send)

    def _template(self, scope: Scope) -> str:
        for route in self._routes:
            if route.matches(scope)[0] is Match.FULL:
                return route.path
        return "(unknown)"


class Admission:
    """Finds out who is calling and whether the caller has requests left."""

    def __init__(self, app: ASGIApp, hub: Hub) -> None:
        self._app = app
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        try:
            caller = self._caller(Headers(scope=scope))
        except HubError as error:
            await error.response()(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        announced = self._count(caller, scope["path"])

        async def announce(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in announced[0].items():
                    headers.setdefault(name, value)
            await send(message)

        if announced[1] is None:
            await self._app(scope, receive, announce)
        else:
            await announced[1].response()(scope, receive, announce)

    def _caller(self, headers: Headers) -> Caller:
        sent = headers.get("authorization")
        if sent is None:
            return Caller()
        scheme, _, value = sent.partition(" ")
        token = self._hub.store.token(hashlib.sha256(value.strip().encode()).hexdigest())
        account = None if token is None else self._hub.store.state.accounts.get(token.user)
        if scheme.lower() != "bearer" or token is None or account is None:
            raise bad_credentials()
        return Caller(account, token)

    def _count(self, caller: Caller, path: str) -> tuple[dict[str, str], HubError | None]:
        hub, switches = self._hub, self._hub.switches
        strict = switches.whoami_quota if path == WHOAMI else None
        quota = hub.quota(caller) if strict is None else strict
        resource = "api" if strict is None else "whoami"
        standing = hub.limits.count(caller.name, resource, quota, switches.window)
        refusal = too_many_requests(quota, switches.window) if standing.exceeded else None
        return standing.headers, refusal
