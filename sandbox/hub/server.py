"""One run of the local Hub: open the state directory, serve, save, close."""

from __future__ import annotations

import fcntl
import logging
import signal
import socket
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from hubguard.errors import SandboxError
from sandbox import generation
from sandbox.hub import saving, seed, tokens
from sandbox.hub.app import build
from sandbox.hub.hub import Hub
from sandbox.hub.protocol import Protocol
from sandbox.hub.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "127.0.0.1"

_log = logging.getLogger("sandbox.hub")


def serve(port: int, directory: Path) -> None:
    """Serve until SIGTERM or SIGINT, then save the state and return.

    Args:
        port: on 127.0.0.1; 0 takes any free one, which the first log line names.
        directory: the Hub's own state directory; made when absent.

    Raises:
        SandboxError: when the port or the directory is in use, or the state cannot be saved.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stdout, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("sandbox.hub").setLevel(logging.INFO)
    directory.mkdir(parents=True, exist_ok=True)
    with _claimed(directory), _bound(port) as listener:
        hub = _opened(directory)
        hub.store.on_change = saving.Saver(hub.store, directory).soon
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        _log.info("Hub listens on %s, generation %s", address, hub.generation)
        _run(hub, listener)
        try:
            saving.save(hub.store.state, directory)
            generation.close(directory, hub.generation)
        except OSError as error:
            raise SandboxError(
                f"The local Hub could not save its state: {error.strerror}",
                means="The next start loads what was saved before",
                next_step=f"Make room in {directory}",
            ) from error
    _log.info("Hub stopped")


def _opened(directory: Path) -> Hub:
    life, orderly = generation.begin(directory)
    state = saving.load(directory)
    if state is None and orderly:
        # What was closed in order is gone: this is another life.
        life, _ = generation.begin(directory)
    state = state or seed.load()
    tokens.provide(state, directory)
    saving.save(state, directory)
    store = Store(state)

    def restart() -> str:
        fresh = seed.load()
        tokens.provide(fresh, directory)
        store.replace(fresh)
        return generation.begin(directory)[0]

    return Hub(store=store, generation=life, restart=restart)


def _run(hub: Hub, listener: socket.socket) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            build(hub),
            http=Protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
    )

    def stop(_signal: int, _frame: object) -> None:
        server.should_exit = True

    # uvicorn raises the signal again after it has stopped; that must end here, not the process,
    # because the state is still to be saved.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    server.run(sockets=[listener])


@contextmanager
def _bound(port: int) -> Iterator[socket.socket]:
    # With the protocol named, asyncio turns Nagle's delay off; without, each answer takes 40 ms.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no such port"
            raise SandboxError(
                f"The local Hub cannot listen on {HOST}:{port}: {reason}",
                next_step="Choose another port, or stop what is using this one",
            ) from error
        yield listener


@contextmanager
def _claimed(directory: Path) -> Iterator[None]:
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SandboxError(
                f"Another local Hub is using {directory}",
                next_step="Stop it first: make down",
            ) from error
        yield
