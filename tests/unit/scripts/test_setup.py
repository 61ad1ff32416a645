"""Setting up on a strange machine: it works, or one line says what is missing."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.paths import CHECKOUT

TOOLS = ("sh", "env", "mkdir", "rm", "touch", "echo", "dirname")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A checkout that was never set up, in a path with a space."""
    directory = tmp_path / "a checkout"
    (directory / "scripts").mkdir(parents=True)
    for name in ("pyproject.toml", "uv.lock", "scripts/setup.sh"):
        shutil.copy(CHECKOUT / name, directory / name)
    return directory


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A PATH with a shell and nothing else."""
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (directory / name).symlink_to(found)
    return directory


@pytest.fixture
def nowhere() -> str:
    """The address of a package index that does not answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/simple"


def setup(project: Path, programs: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up as `make` does."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    return subprocess.run(
        ["sh", "scripts/setup.sh"],
        cwd=project,
        env={**kept, "PATH": str(programs), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def script(file: Path, text: str) -> None:
    """Put a program on the PATH."""
    file.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


def test_without_a_good_python_one_line_says_so(project: Path, programs: Path) -> None:
    """An old Python answers, and is not enough."""
    script(programs / "python3", "exit 1")
    done = setup(project, programs)
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 or newer was not found. Install one, or name it: make up PYTHON=/path/to/python3\n"
    )


def test_an_old_python_first_on_the_path_does_not_matter(project: Path, programs: Path, nowhere: str) -> None:
    """A newer one under its own name is found."""
    script(programs / "python3", "exit 1")
    (programs / "python3.11").symlink_to(sys.executable)
    done = setup(project, programs, PIP_INDEX_URL=nowhere, PIP_RETRIES="0", PIP_NO_CACHE_DIR="1")
    assert "Python 3.11 or newer" not in done.stderr
    assert "uv" in done.stderr


def test_without_a_package_index_one_line_says_so(project: Path, programs: Path, nowhere: str) -> None:
    """The log has the rest, and a second run goes on."""
    real = Path(sys.executable).resolve()
    done = setup(
        project, programs, PYTHON=str(real), PIP_INDEX_URL=nowhere, PIP_RETRIES="0", PIP_NO_CACHE_DIR="1"
    )
    assert done.returncode == 1
    progress, line = done.stderr.splitlines()
    assert progress.startswith("Setting up Python: first time")
    assert line.startswith("uv 0.13.8 could not be installed. Check that pip reaches its package index")
    assert done.stdout == ""  # whoever evaluates `make env` gets nothing to run
    assert (project / ".sandbox/logs/setup.log").read_text(encoding="utf-8")


def test_locked_packages_that_cannot_be_had_are_one_line(project: Path, programs: Path, nowhere: str) -> None:
    """The tool is there, its index is not."""
    (programs / "uv").symlink_to(Path(sys.executable).with_name("uv"))
    lock = project / "uv.lock"
    text = re.sub(r"https://[^/]+/packages", nowhere, lock.read_text(encoding="utf-8"))
    lock.write_text(text, encoding="utf-8")
    real = Path(sys.executable).resolve()
    done = setup(
        project,
        programs,
        PYTHON=str(real),
        UV_DEFAULT_INDEX=nowhere,
        UV_HTTP_RETRIES="0",
        UV_CACHE_DIR=str(project / "cache"),
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The locked packages could not be installed. Check that uv reaches")
    assert not (project / ".venv/.ready").exists()
