"""Which engine is taken: a named one, a tested one with its host, else a built one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hubguard.errors import UsageError
from sandbox.engine import engine as engines
from sandbox.engine.engine import Engine, find
from sandbox.engine.gotool import GoTool
from sandbox.engine.install import install

_BUILT = Path("/built/pulumi")


def _pulumi(directory: Path, version: str, *, host: bool) -> Path:
    directory.mkdir(parents=True)
    executable = directory / "pulumi"
    executable.write_text(f'#!/bin/sh\ntouch "$PULUMI_HOME/written"\necho v{version}\n')
    executable.chmod(0o755)
    if host:
        (directory / engines.LANGUAGE_HOST).write_text("#!/bin/sh\n")
        (directory / engines.LANGUAGE_HOST).chmod(0o755)
    return executable


@pytest.fixture(autouse=True)
def _no_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Building is another test's matter; here it is only told that it was asked for."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(engines.OVERRIDE, raising=False)
    monkeypatch.setattr(engines, "ensure", lambda *_: _BUILT)


def _path(monkeypatch: pytest.MonkeyPatch, *directories: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, directories), "/usr/bin", "/bin"]))


def test_tested_version_from_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The official engine is used where its version is one that was tested, and leaves the home alone."""
    executable = _pulumi(tmp_path / "bin", engines.VERSION, host=True)
    _path(monkeypatch, tmp_path / "bin")
    assert find() == Engine(executable, engines.VERSION, official=True)
    assert not (tmp_path / ".pulumi").exists()


@pytest.mark.parametrize(("version", "host"), [("3.1.0", True), ("3.999.0", True), (engines.VERSION, False)])
def test_others_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, *, host: bool
) -> None:
    """An untested version, or an engine without its language host, is passed over."""
    _pulumi(tmp_path / "bin", version, host=host)
    _path(monkeypatch, tmp_path / "bin")
    assert find() == Engine(_BUILT, engines.VERSION, official=False)


def test_own_wrapper_is_not_an_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the sandbox's `bin` first on PATH, the engine behind the wrapper is found again."""
    executable = _pulumi(tmp_path / "bin", engines.VERSION, host=True)
    install(tmp_path / "home", Engine(executable, engines.VERSION, official=True))
    _path(monkeypatch, tmp_path / "home" / "bin", tmp_path / "bin")
    assert find().executable == executable


def test_override(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person may insist on any version."""
    executable = _pulumi(tmp_path / "mine", "3.999.1-alpha.2", host=False)
    monkeypatch.setenv(engines.OVERRIDE, str(executable))
    assert find() == Engine(executable, "3.999.1-alpha.2", official=False)


def test_override_that_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong path is a wrong usage, in one line that names the variable."""
    monkeypatch.setenv(engines.OVERRIDE, str(tmp_path / "absent"))
    with pytest.raises(UsageError, match=r"HUBGUARD_PULUMI names .*absent"):
        find()


def test_built_tool_matches_the_module() -> None:
    """The version that is linked in is the one that go.mod requires."""
    tool: GoTool = engines.tool()
    required = f"github.com/pulumi/pulumi/pkg/v3 v{engines.VERSION}"
    assert required in (tool.module / "go.mod").read_text(encoding="utf-8")
    assert tool.ldflags.endswith(f"version.Version=v{engines.VERSION}")
