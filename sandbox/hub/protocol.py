"""HTTP connections that can be cut on purpose, which ASGI has no word for."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

    from starlette.types import Receive, Scope

_connections: dict[tuple[str, int], asyncio.Transport] = {}


class Protocol(H11Protocol):
    """uvicorn's HTTP protocol that remembers its connections by the peer's address."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        """A client has connected."""
        self._peer: tuple[str, int] = transport.get_extra_info("peername")[:2]
        _connections[self._peer] = transport
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        _connections.pop(self._peer, None)
        super().connection_lost(exc)


def is_open(scope: Scope) -> bool:
    """Whether the request's connection is still there."""
    return tuple(scope["client"]) in _connections


async def cut(scope: Scope, receive: Receive, *, at_once: bool = True) -> None:
    """End the request's connection and wait until it is gone.

    Args:
        scope: the request's.
        receive: the request's.
        at_once: with a reset, as when the peer's machine dies; else what was sent still arrives.
    """
    transport = _connections[tuple(scope["client"])]
    if at_once:
        linger = struct.pack("ii", 1, 0)  # on, zero seconds: close() then sends RST
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":
        pass
