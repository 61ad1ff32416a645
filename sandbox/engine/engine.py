"""Finds the Pulumi engine: the official one where it is of a tested version, else one that is built here."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hubguard.errors import UsageError
from sandbox import paths
from sandbox.engine.gotool import GoTool, ensure
from sandbox.engine.progress import Report

VERSION = "3.259.0"

# Versions that the sandbox's tests have passed with, nothing else. Add one after a test run with it.
TESTED = (VERSION,)

# Names the engine to use, whatever its version.
OVERRIDE = "HUBGUARD_PULUMI"

# In the first lines of our own wrapper, so that it is never taken for an engine.
WRAPPER_MARK = "hubguard's pulumi"

LANGUAGE_HOST = "pulumi-language-python"

_VERSION = re.compile(r"v?(\d+\.\d+\.\d+\S*)")


@dataclass(frozen=True)
class Engine:
    """An engine that runs.

    Attributes:
        executable: the `pulumi` command itself, absolute.
        version: without the leading v.
        official: has its own language host beside it; otherwise the sandbox's is used.
    """

    executable: Path
    version: str
    official: bool


def tool() -> GoTool:
    """How the engine is built from Go modules."""
    variable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
    return GoTool(
        name="pulumi",
        version=VERSION,
        module=Path(__file__).parent,
        package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
        ldflags=f"-s -w -X {variable}=v{VERSION}",
        estimate="about four minutes",
    )


def find(report: Report | None = None, log: Path | None = None) -> Engine:
    """The engine to use: HUBGUARD_PULUMI, else a tested one from PATH, else a built one.

    Args:
        report: where progress goes where one has to be built; standard error by default.
        log: for the build's output; by default a file in the cache.

    Raises:
        UsageError: HUBGUARD_PULUMI names something that does not run.
        SandboxError: it cannot be built.
    """
    report = report or Report()
    if forced := os.environ.get(OVERRIDE):
        return _forced(Path(forced))
    for candidate in _on_path():
        engine = _examine(candidate)
        if engine is not None and engine.official and engine.version in TESTED:
            return engine
    target = tool().path()
    if not target.exists():
        report.say(f"no pulumi {' or '.join(TESTED)} with its language host on PATH: building one")
    return Engine(ensure(tool(), report, log), VERSION, official=False)


def _forced(path: Path) -> Engine:
    engine = _examine(path.expanduser().absolute())
    if engine is None:
        raise UsageError(
            f"{OVERRIDE} names {path}, which does not run as pulumi",
            next_step=f"Set it to the path of a pulumi executable, or unset {OVERRIDE}",
        )
    return engine


def _on_path() -> list[Path]:
    directories = [Path(entry) for entry in os.get_exec_path() if Path(entry).is_absolute()]
    candidates = (directory / "pulumi" for directory in directories)
    return [file for file in candidates if os.access(file, os.X_OK) and not _is_wrapper(file)]


def _is_wrapper(file: Path) -> bool:
    with file.open("rb") as content:
        return WRAPPER_MARK.encode() in content.read(200)


def _examine(executable: Path) -> Engine | None:
    paths.cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".home-", dir=paths.cache()) as home:
        # A home of its own: even asking for the version leaves files behind.
        environment = os.environ | {"PULUMI_HOME": home, "PULUMI_SKIP_UPDATE_CHECK": "true"}
        try:
            done = subprocess.run(
                [executable, "version"],
                env=environment,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
        except (OSError, subprocess.SubprocessError):
            return None
    found = _VERSION.match(done.stdout.strip())
    if found is None:
        return None
    official = os.access(executable.resolve().parent / LANGUAGE_HOST, os.X_OK)
    return Engine(executable, found.group(1), official)
