"""Start MiniStack as the local AWS: loopback only, IAM enforced, state kept over an orderly stop.

MiniStack runs inside this process, because the mends replace functions of it. It reads its settings
from the environment while it is imported, so they are set first and the import comes later.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError
from sandbox import generation

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    Message = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

ADDRESS = "127.0.0.1"
ACCOUNT = "123456789012"
REGION = "eu-central-1"

# What a person's shell may hold for a MiniStack or an AWS of their own must not leak in here.
_FOREIGN_PREFIXES = ("AWS_", "MINISTACK_", "LOCALSTACK_", "LAMBDA_")
_FOREIGN_NAMES = ("EDGE_PORT", "SERVICES", "USE_SSL", "DOCKER_NETWORK")

_SERVICES = "services"
_OBJECTS = "s3"


def settings(port: int, state: Path) -> dict[str, str]:
    """The environment that MiniStack is started with.

    Args:
        port: the port on loopback.
        state: the cloud's state directory.
    """
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": ADDRESS,  # MiniStack's default is every interface
        "AUTH": "true",
        "CLOUDTRAIL_RECORDING": "1",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / _SERVICES),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / _OBJECTS),
        "LOG_LEVEL": "WARNING",
        # A socket that is not there: MiniStack removes containers when it finds a Docker.
        "DOCKER_HOST": f"unix://{state / 'no-docker'}",
    }


def run(port: int, state: Path) -> None:
    """Serve until SIGTERM or SIGINT, then save the state and mark the generation as closed.

    Args:
        port: the port on 127.0.0.1.
        state: the state directory; made when absent, emptied when the last run was killed.

    Raises:
        SandboxError: the port is taken, the saved state cannot be read or written, or MiniStack is
            not the release that the mends are made for.
    """
    state = state.resolve()
    _refuse_taken(port)
    os.umask(0o077)  # secret values lie in the state files in plain text
    current, orderly = generation.begin(state)
    if not orderly:
        for part in (_SERVICES, _OBJECTS):
            shutil.rmtree(state / part, ignore_errors=True)
    _set_environment(settings(port, state))

    import ministack.app

    from sandbox.aws import mends
    from sandbox.aws.mends.calls import calls_are_observed
    from sandbox.aws.relay.endpoint import with_relay
    from sandbox.aws.relay.relay import Relay

    mends.apply()
    relay = Relay()
    calls_are_observed(relay.observe)
    faults = _Faults()
    try:
        asyncio.run(_serve(with_relay(_refusing_lost_state(ministack.app.app, faults), relay), port))
    except Exception as error:
        if faults.messages:
            raise SandboxError(
                f"the local AWS cannot read its saved state in {state}",
                next_step="run `make down`, which discards its data, then `make up`",
            ) from error
        raise
    if faults.messages:
        raise SandboxError(
            f"the local AWS could not save its whole state in {state}",
            means="its next start begins empty",
            next_step="look at the log for the reason, then run: make up",
        )
    generation.close(state, current)


def _refuse_taken(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise SandboxError(
                f"port {port} of {ADDRESS} cannot be used for the local AWS ({error.strerror})",
                next_step="stop what uses it, or choose another port",
            ) from error


def _set_environment(wanted: Mapping[str, str]) -> None:
    for name in list(os.environ):
        if name.startswith(_FOREIGN_PREFIXES) or name in _FOREIGN_NAMES:
            del os.environ[name]
    os.environ.update(wanted)


async def _serve(application: Any, port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    config = Config()
    config.bind = [f"{ADDRESS}:{port}"]
    config.loglevel = "WARNING"
    config.graceful_timeout = 1.0  # seconds for requests in flight
    config.keep_alive_timeout = 75.0
    await serve(application, config, shutdown_trigger=stop.wait)


class _Faults(logging.Handler):
    """Errors of MiniStack's persistence: it logs them and goes on as if nothing had happened."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        for name in ("persistence", "ministack"):
            logging.getLogger(name).addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "persistence" or "persisted state" in record.getMessage():
            self.messages.append(record.getMessage())


def _refusing_lost_state(application: Any, faults: _Faults) -> Any:
    """Fail the start when a saved part could not be read: half a state is no state."""

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        async def checked(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete" and faults.messages:
                message = {"type": "lifespan.startup.failed", "message": "saved state unreadable"}
            await send(message)

        await application(scope, receive, checked if scope["type"] == "lifespan" else send)

    return guarded
