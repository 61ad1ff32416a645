"""A local GitHub for tests: the same process that the sandbox runs, on a free port."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from hubguard.errors import SandboxError
from sandbox.github.seed import OWNER
from sandbox.github.tokens import READER_FILE, TOKEN_FILE

_START_SECONDS = 15
_STOP_SECONDS = 10
_POLL_SECONDS = 0.05


@dataclass(slots=True)
class LocalGitHub:
    """A running local GitHub.

    Attributes:
        url: scheme, host and port.
        state: its state directory.
        log: where its output goes.
        process: the process itself.
        http: keeps connections open between calls.
    """

    url: str
    state: Path
    log: Path
    process: subprocess.Popen[bytes] = field(repr=False)
    http: httpx.Client = field(repr=False)

    @property
    def api(self) -> str:
        """Where the REST API begins."""
        return f"{self.url}/api/v3"

    @property
    def token(self) -> str:
        """The token of an owner of the organization."""
        return (self.state / TOKEN_FILE).read_text()

    @property
    def reader_token(self) -> str:
        """The token of a plain member."""
        return (self.state / READER_FILE).read_text()

    def ask(self, method: str, path: str, json: Any = None, *, token: str | None = None) -> httpx.Response:
        """One call below the API, as the owner unless another token is given."""
        headers = {"Authorization": f"Bearer {token or self.token}"}
        return self.http.request(method, self.api + path, json=json, headers=headers)

    def door(self, method: str, path: str, json: Any = None) -> httpx.Response:
        """One call to the sandbox's own doors, as the owner."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.http.request(method, f"{self.url}/_sandbox{path}", json=json, headers=headers)

    @contextmanager
    def plan(self, name: str) -> Iterator[None]:
        """Another plan for a while: `free`, `team` or `enterprise`."""
        before = self.ask("GET", f"/orgs/{OWNER}").json()["plan"]["name"]
        self.door("PUT", "/plan", {"plan": name})
        try:
            yield
        finally:
            self.door("PUT", "/plan", {"plan": before})

    @property
    def generation(self) -> str:
        """The generation that its health answer names."""
        return str(self.door("GET", "/health").json()["generation"])

    def stop(self) -> int:
        """End it in order; its exit code."""
        self.process.terminate()
        return self.process.wait(_STOP_SECONDS)

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait(_STOP_SECONDS)


@contextmanager
def running(directory: Path) -> Iterator[LocalGitHub]:
    """A local GitHub whose state lies in a directory; stopped at the end if it still runs.

    Raises:
        SandboxError: it did not answer in time; the message says where its log is.
    """
    directory.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    log = directory / "log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.github", "--port", str(port), "--state", directory / "state"],
            stdout=out,
            stderr=out,
        )
    with httpx.Client(trust_env=False, verify=False) as http:  # noqa: S501  loopback, without TLS
        local = LocalGitHub(f"http://127.0.0.1:{port}", directory / "state", log, process, http)
        try:
            _await(local)
            yield local
        finally:
            if process.poll() is None:
                local.stop()


def _await(local: LocalGitHub) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and local.process.poll() is None:
        try:
            local.http.get(f"{local.url}/_sandbox/health")
        except httpx.TransportError:
            time.sleep(_POLL_SECONDS)
        else:
            return
    raise SandboxError("The local GitHub did not start", next_step=f"Read {local.log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
