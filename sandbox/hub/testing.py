"""A local Hub in a process of its own, for tests and experiments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Self

import httpx

from sandbox.hub.tokens import ADMIN_FILE, READER_FILE
from sandbox.paths import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE = 30
_ADDRESS = re.compile(r"Hub listens on (http://\S+),")


class LocalHub:
    """Starts and stops one local Hub. As a context manager it runs for the length of the block.

    Attributes:
        directory: its state directory, which outlives stops and kills.
        url: its address while it runs.
    """

    def __init__(self, directory: Path, port: int = 0) -> None:
        self.directory = directory
        self.url = ""
        self._port = port
        self._log = directory.with_name(f"{directory.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self.stop()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: when it ends instead, with what it said.
        """
        command = [sys.executable, "-m", "sandbox.hub"]
        command += ["--port", str(self._port), "--state", str(self.directory)]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("HF_")}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=CHECKOUT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _PATIENCE
        while (found := _ADDRESS.search(self.log())) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the local Hub did not start: {self.log()}")
            time.sleep(0.01)
        self.url = found[1]

    def stop(self, signal: int | None = None) -> int:
        """End it in order, with SIGTERM or another signal, and return its exit code."""
        process, self._process = self._running(), None
        if signal is None:
            process.terminate()
        else:
            process.send_signal(signal)
        return process.wait(_PATIENCE)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        process, self._process = self._running(), None
        process.kill()
        process.wait(_PATIENCE)

    def log(self) -> str:
        """What it has written since its last start."""
        return self._log.read_text(encoding="utf-8")

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._running().pid

    @property
    def token(self) -> str:
        """The admin's token."""
        return (self.directory / ADMIN_FILE).read_text(encoding="ascii")

    @property
    def reader_token(self) -> str:
        """The token of a member who may only read."""
        return (self.directory / READER_FILE).read_text(encoding="ascii")

    def client(self, token: str | None = None) -> httpx.Client:
        """A bare HTTP client, with the token if one is given. The caller closes it."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=_PATIENCE,
            trust_env=False,  # no proxy on the way to loopback
            verify=False,  # noqa: S501  plain HTTP: spares reading the certificates each time
        )

    def control(self, method: str, path: str, body: object = None) -> Any:
        """Call `/_sandbox/<path>` and return the answer's JSON; a refusal raises."""
        with self.client() as client:
            answer = client.request(method, f"/_sandbox/{path}", json=body)
        return answer.raise_for_status().json()

    def mint(self, user: str, role: str = "write", fine_grained: object = None) -> str:
        """A new token for an account."""
        wish = {"user": user, "role": role}
        extra = {} if fine_grained is None else {"fineGrained": fine_grained}
        value: str = self.control("POST", "tokens", {**wish, **extra})["token"]
        return value

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the local Hub is not running")
        return self._process
