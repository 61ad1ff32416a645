"""The relay's place in the server: it takes samples, and delivers what waits before the state is saved."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from sandbox.aws.relay.samples import PATH, complete

if TYPE_CHECKING:
    from sandbox.aws.relay.relay import Relay

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


def with_relay(application: Application, relay: Relay) -> Application:
    """Serve the relay beside MiniStack.

    Args:
        application: MiniStack.
        relay: what samples are given to, and what is flushed when the server stops.
    """

    async def served(scope: Message, receive: Receive, send: Send) -> None:
        async def flushing() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                relay.flush()
            return message

        if scope["type"] == "lifespan":
            await application(scope, flushing, send)
        elif scope["type"] == "http" and scope["path"] == PATH:
            status, answer = _take(scope, await _body(receive), relay)
            await _answer(send, status, answer)
        else:
            await application(scope, receive, send)

    return served


def _take(scope: Message, body: bytes, relay: Relay) -> tuple[int, dict[str, Any]]:
    kinds = [value for name, value in scope["headers"] if name.lower() == b"content-type"]
    # A page in a browser cannot send this type to another origin without asking first.
    if scope["method"] != "POST" or kinds != [b"application/json"]:
        return 405, {"message": "POST one CloudTrail record as application/json"}
    try:
        record = complete(json.loads(body))
    except (TypeError, ValueError) as error:
        return 400, {"message": str(error)}
    trails = relay.take(record)
    return 202, {"eventID": record["eventID"], "trails": [trail.name for trail in trails]}


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int, answer: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(answer).encode()})
