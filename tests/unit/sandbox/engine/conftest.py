"""A tiny Go module, a cache of its own, and quiet progress."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.engine import golang
from sandbox.engine.gotool import GoTool
from sandbox.engine.progress import Report

_MAIN = """package main

import "os"

var greeting = "none"

func main() { os.Stdout.WriteString(greeting) }
"""


@pytest.fixture(scope="session")
def build_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Go's build cache for all tests: the standard library is compiled once."""
    return tmp_path_factory.mktemp("gocache")


@pytest.fixture(scope="session")
def go() -> Path:
    """A real Go: from PATH, else the wheel in the user's own cache, as for any build."""
    on_path = shutil.which("go")
    return (
        Path(on_path) if on_path else golang.find(Path(golang.__file__).parent, Report(), Path("/dev/null"))
    )


@pytest.fixture
def cache(tmp_path: Path, build_cache: Path, go: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache in place of the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("GOCACHE", str(build_cache))
    monkeypatch.setenv("PATH", str(go.parent), prepend=":")
    monkeypatch.delenv("GOMODCACHE", raising=False)
    return tmp_path / "cache" / "hubguard"


@pytest.fixture
def tool(tmp_path: Path) -> GoTool:
    """A program without dependencies that prints what the linker put into it."""
    module = tmp_path / "greeter"
    module.mkdir()
    (module / "go.mod").write_text("module example.org/greeter\n\ngo 1.21\n")
    (module / "main.go").write_text(_MAIN)
    return GoTool("greeter", "1.0.0", module, ".", "-X main.greeting=hello", "about a second")


@pytest.fixture
def spoken() -> io.StringIO:
    """What a report says."""
    return io.StringIO()


@pytest.fixture
def report(spoken: io.StringIO) -> Report:
    """A report into a pipe."""
    return Report(Console(file=spoken, width=200), every=0.1)
