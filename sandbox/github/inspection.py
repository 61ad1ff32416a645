"""The sandbox's own doors, under `/_sandbox`: what tests may know and turn that GitHub does not offer.

All but `health` want the owner's token. A secret's value is never served: a test offers a value, and is
told whether that is the one in the box.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.github.gate import Gate
from sandbox.github.http import DOCS, Refusal
from sandbox.github.model import State, Vault
from sandbox.github.store import Store
from sandbox.github.tokens import Caller

Action = Callable[[dict[str, Any]], dict[str, Any]]


def routes(store: Store, gate: Gate) -> list[Route]:
    """The doors.

    - `GET /_sandbox/health`: `{"status": "ok", "generation": …}`, without a token.
    - `POST /_sandbox/secrets/matches` with `name`, `value`, and for a narrower place than the
      organization `repository` and `environment`: `{"matches": true or false}`.
    - `PUT /_sandbox/plan` with `plan`: `free`, `team` or `enterprise`.
    - `PUT /_sandbox/rate-limit` with `limit`: calls in an hour, counted from zero again.
    """

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "generation": store.generation})

    def guarded(action: Action) -> Callable[[Request], Awaitable[Response]]:
        async def serve(request: Request) -> Response:
            try:
                _admit(gate.enter(request, store.state))
                answer = action(await request.json())
            except Refusal as refusal:
                return JSONResponse(refusal.body(DOCS), refusal.status)
            store.changed()
            return JSONResponse(answer)

        return serve

    def matches(body: dict[str, Any]) -> dict[str, Any]:
        return {"matches": _matches(store.state, body)}

    def plan(body: dict[str, Any]) -> dict[str, Any]:
        store.state.organization.plan = body["plan"]
        return {"plan": store.state.organization.plan}

    def limit(body: dict[str, Any]) -> dict[str, Any]:
        gate.limit = int(body["limit"])
        gate.hours.clear()
        return {"limit": gate.limit}

    return [
        Route("/_sandbox/health", health),
        Route("/_sandbox/secrets/matches", guarded(matches), methods=["POST"]),
        Route("/_sandbox/plan", guarded(plan), methods=["PUT"]),
        Route("/_sandbox/rate-limit", guarded(limit), methods=["PUT"]),
    ]


def _admit(caller: Caller) -> None:
    if not caller.owns_organization:
        raise Refusal(403, "This door is for the owner's token.")


def _matches(state: State, body: dict[str, Any]) -> bool:
    vault = _vault(state, body.get("repository"), body.get("environment"))
    secret = None if vault is None else vault.secrets.get(body["name"].upper())
    if vault is None or secret is None:
        return False
    opened = vault.key.open(secret.sealed)
    return opened is not None and hmac.compare_digest(opened, body["value"].encode())


def _vault(state: State, repository: str | None, environment: str | None) -> Vault | None:
    if repository is None:
        return state.organization.vault
    found = next((r for r in state.repositories if r.name == repository), None)
    if found is None or environment is None:
        return None if found is None else found.vault
    place = found.environments.get(environment)
    return None if place is None else place.vault
