"""Setting up stacks: passphrase, salt and locks over losses of each."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hubguard.errors import SandboxError
from sandbox.engine import stackfile
from sandbox.engine.engine import Engine
from sandbox.engine.stack import backend, ensure_passphrase, ensure_stack
from sandbox.engine.stackfile import StackFile

# Stands for `pulumi stack init`: writes the salt beside the project's file and the stack into the backend.
_ENGINE = """#!{python}
import json, os, pathlib, sys, urllib.parse
assert sys.argv[1:3] == ["stack", "init"], sys.argv
stack = sys.argv[4]
assert "PULUMI_STACK" not in os.environ
state = pathlib.Path(urllib.parse.unquote(os.environ["PULUMI_BACKEND_URL"]).removeprefix("file://"))
pathlib.Path(f"Pulumi.{{stack}}.yaml").write_text("encryptionsalt: v1:fresh\\n")
stacks = state / ".pulumi" / "stacks" / "demo"
stacks.mkdir(parents=True, exist_ok=True)
secrets = {{"type": "passphrase", "state": {{"salt": "v1:fresh"}}}}
checkpoint = {{"checkpoint": {{"latest": {{"secrets_providers": secrets}}}}}}
(stacks / f"{{stack}}.json").write_text(json.dumps(checkpoint))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The sandbox's directory, in a path with a space."""
    (tmp_path / "the home").mkdir()
    return tmp_path / "the home"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a committed stack."""
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (directory / "Pulumi.dev.yaml").write_text("config:\n  demo:a: b\n")
    return directory


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """Answers `stack init` and nothing else."""
    executable = tmp_path / "pulumi"
    executable.write_text(_ENGINE.format(python=sys.executable))
    executable.chmod(0o755)
    return Engine(executable, "3.259.0", official=False)


def _broken(engine: Engine, script: str) -> Engine:
    engine.executable.write_text(f"#!/bin/sh\n{script}\n")
    return engine


def test_passphrase_is_random_and_private(home: Path, tmp_path: Path) -> None:
    """Made once, mode 0600, another one in another checkout."""
    file = ensure_passphrase(home)
    text = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(text.strip()) >= 40
    assert ensure_passphrase(home).read_text() == text
    assert ensure_passphrase(tmp_path).read_text() != text


def test_stack_is_set_up_beside_the_project(home: Path, project: Path, engine: Engine) -> None:
    """The salt lands in the sandbox's home, and nothing changes in the project."""
    before = {path.name: path.read_bytes() for path in project.iterdir()}
    file = ensure_stack(home, "dev", project, engine, os.environ | {"PULUMI_STACK": "other"})
    assert {path.name: path.read_bytes() for path in project.iterdir()} == before
    assert file.derived.read_text() == "encryptionsalt: v1:fresh\nconfig:\n  demo:a: b\n"


def test_again_asks_nobody(home: Path, project: Path, engine: Engine) -> None:
    """A stack that is there is left as it is, without running the engine."""
    ensure_stack(home, "dev", project, engine)
    assert ensure_stack(home, "dev", project, _broken(engine, "exit 1")).salt() == "v1:fresh"


def test_lost_salt_comes_back_from_the_state(home: Path, project: Path, engine: Engine) -> None:
    """The checkpoint names the salt that its secrets were encrypted with."""
    file = ensure_stack(home, "dev", project, engine)
    file.salt_file.unlink()
    assert ensure_stack(home, "dev", project, _broken(engine, "exit 1")).salt() == "v1:fresh"


def test_stale_salt_of_a_lost_state(home: Path, project: Path, engine: Engine) -> None:
    """Where the state is gone, the stack is made anew with a new salt."""
    StackFile(home, project / "Pulumi.yaml", "dev").keep("v1:stale")
    assert ensure_stack(home, "dev", project, engine).salt() == "v1:fresh"


def test_wrong_passphrase(home: Path, project: Path, engine: Engine) -> None:
    """A passphrase that the state was not made with is one line with the way out."""
    ensure_stack(home, "dev", project, engine)
    stackfile.write(stackfile.passphrase_file(home), "another\n")
    with pytest.raises(SandboxError, match="is not the passphrase") as caught:
        ensure_stack(home, "dev", project, engine)
    assert "make down" in caught.value.next_step
    assert "another" not in str(caught.value)


@pytest.mark.parametrize("left", [None, "\n"])
def test_lost_passphrase(home: Path, project: Path, engine: Engine, left: str | None) -> None:
    """With state there, a passphrase that is gone is not quietly replaced."""
    ensure_stack(home, "dev", project, engine)
    if left is None:
        stackfile.passphrase_file(home).unlink()
    else:
        stackfile.passphrase_file(home).write_text(left)
    with pytest.raises(SandboxError, match="is gone") as caught:
        ensure_passphrase(home)
    assert "make down" in caught.value.next_step


def test_damaged_state(home: Path, project: Path, engine: Engine) -> None:
    """A checkpoint that cannot be read is named."""
    file = ensure_stack(home, "dev", project, engine)
    file.salt_file.unlink()
    (home / "state" / ".pulumi" / "stacks" / "demo" / "dev.json").write_text("{")
    with pytest.raises(SandboxError, match=r"cannot be read: .*dev\.json"):
        ensure_stack(home, "dev", project, engine)


def test_engine_refuses(home: Path, project: Path, engine: Engine) -> None:
    """What the engine said last is in the one line."""
    with pytest.raises(SandboxError, match="could not be set up: error: no"):
        ensure_stack(home, "dev", project, _broken(engine, "echo 'error: no' >&2; exit 1"))


def test_not_a_project(home: Path, tmp_path: Path, engine: Engine) -> None:
    """A directory without Pulumi.yaml is refused, even below a project."""
    with pytest.raises(SandboxError, match=r"no Pulumi\.yaml"):
        ensure_stack(home, "dev", tmp_path, engine)


def test_dead_locks_are_released(home: Path, project: Path, engine: Engine) -> None:
    """The lock of a killed engine goes; those of a running one and of another machine stay."""
    ensure_stack(home, "dev", project, engine)
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    running = subprocess.Popen(
        ["sh", "-c", "echo; read _; : pulumi"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert running.stdout is not None
    running.stdout.readline()  # its command line is not there before it runs
    here = socket.gethostname()
    locks = home / "state" / ".pulumi" / "locks" / "organization" / "demo" / "dev"
    locks.mkdir(parents=True)
    for name, pid, host in (("dead", ended.pid, here), ("alive", running.pid, here), ("far", 1, "far")):
        (locks / f"{name}.json").write_text(json.dumps({"pid": pid, "hostname": host}))
    (locks / "dead.json.attrs").touch()
    (locks / "odd.json").write_text("[]")
    ensure_stack(home, "dev", project, engine)
    running.communicate()
    assert {path.name for path in locks.iterdir()} == {"alive.json", "far.json", "odd.json"}


def test_backend_is_the_sandboxes_own(home: Path) -> None:
    """State, passphrase and plugins lie below the sandbox's home."""
    assert backend(home) == {
        "PULUMI_BACKEND_URL": f"file://{home}".replace(" ", "%20") + "/state",
        "PULUMI_CONFIG_PASSPHRASE_FILE": f"{home}/passphrase",
        "PULUMI_HOME": f"{home}/pulumi",
    }
