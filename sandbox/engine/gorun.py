"""Runs the `go` command for a build: its environment, its two stages, and what a failure means."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from hubguard.errors import SandboxError
from sandbox import paths
from sandbox.engine import golang, tether

if TYPE_CHECKING:
    from sandbox.engine.progress import Step

# -mod=readonly: go.mod and go.sum are as reviewed or the build fails.
# -modcacherw: a person can delete the cache.
FLAGS = ("-trimpath", "-buildvcs=false", "-mod=readonly", "-modcacherw")

_POLL = 0.2  # seconds
_PATIENCE = 10.0  # seconds for an interrupted build to end: twice the tether's own grace

# Settings of the caller's shell that would build for another machine or from other sources.
_FOREIGN = ("GOROOT", "GOOS", "GOARCH", "GOEXPERIMENT", "GO111MODULE", "GOBIN", "GOPATH")

_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)
_UNVERIFIED = re.compile(r"checksum mismatch|SECURITY ERROR|missing go\.sum entry|invalid version hash")
_UNREACHABLE = re.compile(
    r"dial tcp|connection refused|connection reset|no such host|timeout|TLS handshake|x509:|proxyconnect"
    r"|network is unreachable|unexpected EOF|server misbehaving|disabled by GOPROXY"
    r"|reading https?://\S+: \d{3} ",
    re.IGNORECASE,
)


class Go:
    """One toolchain at work on one module.

    Args:
        command: the `go` executable.
        module: directory of the module.
        staging: directory for temporary files; the caller removes it.
        log: all output is appended there.
    """

    def __init__(self, command: Path, module: Path, staging: Path, log: Path) -> None:
        self.command = command
        self.module = module
        self.staging = staging
        self.log = log

    def download(self, package: str, step: Step) -> int:
        """Fetch and verify what `package` needs; how many packages it is made of.

        Raises:
            SandboxError: no network, a module that is not what go.sum says, no space.
        """
        listed = self.staging / "packages"
        start = self.log.stat().st_size
        with listed.open("wb") as output:
            code = self._run(["list", "-deps", package], output.fileno(), step, None)
        if code:
            raise self._failure(self._text(start), "its Go modules could not be resolved")
        return listed.read_bytes().count(b"\n")

    def build(self, package: str, ldflags: str, target: Path, packages: int, step: Step) -> None:
        """Compile `package` into the executable `target`.

        Raises:
            SandboxError: a compile error, no space.
        """
        arguments = ["build", "-v", "-o", str(target), f"-ldflags={ldflags}", package]
        start = self.log.stat().st_size
        with self.log.open("ab") as output:
            code = self._run(arguments, output.fileno(), step, packages)
        if code:
            # What the compiler says is never about the network, though it may quote such words.
            text = "\n".join(_NO_SPACE.findall(self._text(start)))
            raise self._failure(text, "it does not compile")

    def _run(self, arguments: list[str], output: int, step: Step, total: int | None) -> int:
        start = self.log.stat().st_size
        with self.log.open("ab") as errors:
            process = subprocess.Popen(
                tether.command(self.command, *arguments),
                cwd=self.module,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=errors,
                start_new_session=True,
            )
        try:
            while True:
                try:
                    return process.wait(_POLL)
                except subprocess.TimeoutExpired:
                    # Both stages write one line per module or package.
                    step.tick(self._text(start).count("\n") if total else 0, total)
        finally:
            # On the way out of an interrupt this ends the build; after an orderly end it does nothing.
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()

    def _text(self, start: int) -> str:
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read().decode(errors="replace")

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in golang.environment().items() if name not in _FOREIGN}
        return {
            "GOPATH": str(golang.root() / "path"),
            "GOMODCACHE": str(golang.root() / "modules"),
            "GOCACHE": str(golang.root() / "build"),
            **kept,
            "GOFLAGS": " ".join(FLAGS),
            # No C compiler needed, and the same result with one.
            "CGO_ENABLED": "0",
            "GOTMPDIR": str(self.staging),
        }

    def _failure(self, text: str, otherwise: str) -> SandboxError:
        subject = f"{self.module.name}: "
        if _NO_SPACE.search(text):
            return SandboxError(
                f"{subject}no space left while building",
                next_step=f"Free 6 GB below {paths.cache()}, then run the command again; log: {self.log}",
            )
        if _UNVERIFIED.search(text):
            return SandboxError(
                f"{subject}a downloaded Go module is not the one that go.sum names",
                means="The module proxy may serve altered sources",
                next_step=f"Use another GOPROXY and report this; log: {self.log}",
            )
        if _UNREACHABLE.search(text):
            return SandboxError(
                f"{subject}Go modules cannot be downloaded",
                next_step=f"Check the network or set GOPROXY, then run the command again; log: {self.log}",
            )
        return SandboxError(f"{subject}{otherwise}", next_step=f"Read the log: {self.log}")
