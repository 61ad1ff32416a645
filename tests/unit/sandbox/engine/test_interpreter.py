"""Which Python runs a program."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sandbox.engine import interpreter


def _environment(directory: Path) -> Path:
    python = directory / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (directory / "pyvenv.cfg").touch()
    return python


def test_named_environment_counts_from_the_project(tmp_path: Path) -> None:
    """A relative virtualenv starts where the project's file lies; its own link to Python is kept."""
    python = _environment(tmp_path / "venv")
    (tmp_path / "policy").mkdir()
    assert interpreter.choose({"virtualenv": "venv"}, tmp_path) == python
    assert interpreter.choose({"virtualenv": "../venv"}, tmp_path / "policy") == python


def test_uv_means_its_usual_place(tmp_path: Path) -> None:
    """The toolchain uv has its environment in .venv."""
    python = _environment(tmp_path / ".venv")
    assert interpreter.choose({"toolchain": "uv"}, tmp_path) == python


def test_own_interpreter_without_options(tmp_path: Path) -> None:
    """A project that names nothing runs with the sandbox's own."""
    assert interpreter.choose({}, tmp_path) == Path(sys.executable)


def test_missing_environment_is_named(tmp_path: Path) -> None:
    """A misspelt directory is an error, never another Python."""
    with pytest.raises(interpreter.MissingEnvironmentError, match="nowhere has no bin/python"):
        interpreter.choose({"virtualenv": "nowhere"}, tmp_path)


def test_activation(tmp_path: Path) -> None:
    """Programs that the program starts find the same environment."""
    python = _environment(tmp_path)
    active = interpreter.activated(python, {"PATH": "/bin", "PYTHONHOME": "/x", "KEEP": "1"})
    assert active == {"PATH": f"{tmp_path}/bin:/bin", "VIRTUAL_ENV": str(tmp_path), "KEEP": "1"}
