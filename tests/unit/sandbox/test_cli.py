"""`hubguard sandbox`: what a person and a machine are told, and the exit codes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import environment, supervisor
from sandbox.clouds import HUB
from sandbox.paths import CHECKOUT


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sandbox of its own for each test, stopped afterwards; a log of its own, too."""
    monkeypatch.setenv("HUBGUARD_SANDBOX", str(tmp_path / "a sandbox"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    yield tmp_path / "a sandbox"
    supervisor.down()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as the Makefile does."""
    command = [sys.executable, "-m", "hubguard.cli", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)


def test_what_is_stopped_is_said_with_exit_code_1() -> None:
    """For people as a table, for machines as JSON."""
    told = run("sandbox", "status", "--json")
    assert told.returncode == 1
    assert {row["cloud"]: row["condition"] for row in json.loads(told.stdout)} == {
        "aws": "stopped",
        "github": "stopped",
        "hub": "stopped",
    }


def test_reset_empties_the_clouds_and_leaves_them_running() -> None:
    """As at the very first start."""
    started = json.loads(run("sandbox", "up", "--json").stdout)
    emptied = json.loads(run("sandbox", "reset", "--json").stdout)
    assert all(row["condition"] == "running" for row in emptied)
    before = {row["cloud"]: row["generation"] for row in started}
    assert not {row["generation"] for row in emptied} & set(before.values())
    assert run("sandbox", "status").returncode == 0


def test_the_shell_gets_no_settings_before_there_is_a_sandbox() -> None:
    """Nothing on standard output, so nothing is evaluated."""
    refused = run("sandbox", "env")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "There is no sandbox here yet. Run `make up` first\n"


def test_the_shells_lines_hold_no_token(home: Path) -> None:
    """They read the files when they are evaluated, wherever the sandbox lies."""
    supervisor.up()
    told = run("sandbox", "env")
    token = (HUB.state / "token").read_text(encoding="ascii")
    assert token not in told.stdout
    shell = subprocess.run(
        ["sh", "-c", f'{told.stdout}\nprintf %s "$HF_TOKEN"'],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stdout == token
    assert shlex.quote(str(home / "hub" / "token")) in told.stdout


def test_foreign_settings_are_taken_out_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the real AWS would win over the sandbox's profile."""
    supervisor.up()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "foreign")
    monkeypatch.setenv("GITHUB_OWNER", "somebody-else")
    lines = environment.as_shell(environment.of()).splitlines()
    assert {"unset AWS_ACCESS_KEY_ID", "unset GITHUB_OWNER"} <= set(lines)


def test_a_stack_without_a_file_is_one_line() -> None:
    """Nothing is built or started for it."""
    refused = run("sandbox", "preview", "../elsewhere")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("There is no Pulumi.../elsewhere.yaml")


def test_a_cache_that_cannot_be_written_costs_the_log_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command still works."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    assert run("sandbox", "status", "--json").returncode == 1


def test_wrong_usage_is_exit_code_2() -> None:
    """As everywhere."""
    assert run("sandbox", "nonsense").returncode == 2
