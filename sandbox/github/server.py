"""The process: bind the port, serve, stop in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import uvicorn

from hubguard.errors import SandboxError
from sandbox.github.app import application
from sandbox.github.gate import Gate
from sandbox.github.seed import ADMIN, READER
from sandbox.github.store import Store
from sandbox.github.tokens import Tokens

HOST = "127.0.0.1"
_PATIENCE_SECONDS = 2


def run(port: int, directory: Path) -> None:
    """Serve until SIGTERM or SIGINT, then save the state and return.

    Args:
        port: where to listen on 127.0.0.1.
        directory: the state directory; made when absent, for its owner only.

    Raises:
        SandboxError: the port is taken.
    """
    listener = _bind(port)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(message)s")
    store = Store(directory)
    gate = Gate(Tokens.open(directory, admin=ADMIN, reader=READER))
    config = uvicorn.Config(
        application(store, gate),
        access_log=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE_SECONDS,
    )
    with listener:
        asyncio.run(_serve(_Server(config), listener))
    store.close()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `_serve`: uvicorn raises them again at the end, and so never exits with 0."""
        yield


async def _serve(server: uvicorn.Server, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)
    await server.serve(sockets=[listener])


def _bind(port: int) -> socket.socket:
    # The protocol is named because asyncio turns off Nagle's delay only where it is: 40 ms an answer.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise SandboxError(
            f"Port {port} of the local GitHub cannot be used: {error.strerror}",
            next_step="Choose another port, or stop the program that has it",
        ) from None
    return listener
