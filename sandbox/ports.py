"""Ports of the local clouds: free ones are chosen once and remembered, so that open shells stay right."""

from __future__ import annotations

import socket
from pathlib import Path

from hubguard.errors import SandboxError
from sandbox import jsonfile, paths
from sandbox.clouds import ALL, Cloud
from sandbox.engine.locking import exclusive

ADDRESS = "127.0.0.1"


def of(cloud: Cloud) -> int:
    """The port of a cloud, chosen and remembered at the first question."""
    with exclusive(_file().with_suffix(".lock"), waiting=lambda: None):
        known = jsonfile.read(_file())
        if cloud.name not in known:
            known |= _choose([c for c in ALL if c.name not in known])
            jsonfile.write(_file(), known)
    return int(known[cloud.name])


def url(cloud: Cloud) -> str:
    """The base URL of a cloud, without a trailing slash."""
    return f"http://{ADDRESS}:{of(cloud)}"


def forget() -> None:
    """Choose new ports at the next question."""
    _file().unlink(missing_ok=True)


def refuse_taken(cloud: Cloud) -> None:
    """Check that nobody listens on the port of a cloud that is not running.

    Another port is not chosen in silence: an open shell would go on sending its token to whoever
    listens on the old one.

    Raises:
        SandboxError: somebody does.
    """
    port = of(cloud)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise SandboxError(
                f"Port {port}, where the {cloud.title} listens, cannot be used ({error.strerror})",
                means="Another program has taken it since the last run",
                next_step="Stop that program, or choose others: .venv/bin/hubguard sandbox up --new-ports",
            ) from None


def _choose(clouds: list[Cloud]) -> dict[str, int]:
    # All sockets stay open until every port is known, so that no two clouds get the same one.
    sockets = [socket.create_server((ADDRESS, 0)) for _ in clouds]
    try:
        return {c.name: s.getsockname()[1] for c, s in zip(clouds, sockets, strict=True)}
    finally:
        for one in sockets:
            one.close()


def _file() -> Path:
    return paths.home() / "ports.json"
