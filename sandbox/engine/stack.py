"""Sets up the sandbox's stacks: the passphrase, the stack in the backend, its salt.

Layout of the file backend, source: `.pulumi/stacks/<project>/<stack>.json` below its root, as pulumi
3.259.0 writes it; the checkpoint names the salt that its secrets were encrypted with. A running update holds
a lock below `.pulumi/locks/organization/<project>/<stack>/` that names its process and machine.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hubguard.errors import SandboxError
from sandbox.engine import stackfile
from sandbox.engine.locking import exclusive
from sandbox.engine.stackfile import StackFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.engine.engine import Engine

_DISCARD = "Run `make down`, which discards the sandbox's data, then `make up`"

# Settings of the caller that would point the set-up of a stack elsewhere.
_FOREIGN = ("PULUMI_STACK", "PULUMI_OPTION_CONFIG_FILE", "PULUMI_OPTION_STACK", "PULUMI_CONFIG_PASSPHRASE")


def ensure_passphrase(home: Path) -> Path:
    """The file with the passphrase of the sandbox's state, made at the first call: random, mode 0600.

    Args:
        home: the sandbox's own directory.

    Raises:
        SandboxError: the passphrase is gone or empty although there is state that needs it.
    """
    file = stackfile.passphrase_file(home)
    if file.exists() and file.read_text(encoding="utf-8").strip():
        file.chmod(0o600)
        return file
    if any((home / "state" / ".pulumi" / "stacks").rglob("*.json")):
        raise SandboxError(
            f"The passphrase of the sandbox's state is gone from {file}",
            means="The state cannot be opened any more",
            next_step=_DISCARD,
        )
    stackfile.write(file, secrets.token_urlsafe(32) + "\n")
    file.chmod(0o600)
    return file


def ensure_stack(
    home: Path, stack: str, project: Path, engine: Engine, environment: Mapping[str, str] | None = None
) -> StackFile:
    """Make sure that a stack exists in the sandbox's backend, unlocked, and that its salt is at hand.

    Nothing is written beside the committed files. Calling it again changes nothing.

    Args:
        home: the sandbox's own directory; its state lies in `state`, its Pulumi home in `pulumi`.
        stack: the stack's plain name.
        project: the directory with Pulumi.yaml.
        engine: runs `stack init` where the backend does not know the stack.
        environment: for the engine; the process's own by default. Backend, passphrase and home are set here.

    Raises:
        SandboxError: no Pulumi.yaml, another passphrase than the state was made with, the engine refused.
    """
    project_file = stackfile.find_project(project)
    if project_file is None or project_file.parent != project.resolve():
        raise SandboxError(f"There is no Pulumi.yaml in {project}", next_step="Run this in a Pulumi project")
    file = StackFile(home, project_file, stack)
    ensure_passphrase(home)
    with exclusive(home / "stacks" / ".lock", waiting=lambda: None):
        checkpoint = _checkpoint(file)
        if checkpoint.exists():
            _restore(file, checkpoint)
            _release_dead_locks(file)
        else:
            file.keep(_create(file, engine, os.environ if environment is None else environment))
        file.derive()
    return file


def backend(home: Path) -> dict[str, str]:
    """The variables that point the engine at the sandbox's own state, passphrase and plugins."""
    return {
        "PULUMI_BACKEND_URL": (home / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(stackfile.passphrase_file(home)),
        "PULUMI_HOME": str(home / "pulumi"),
    }


def _checkpoint(file: StackFile) -> Path:
    return file.home / "state" / ".pulumi" / "stacks" / file.project / f"{file.stack}.json"


def _restore(file: StackFile, checkpoint: Path) -> None:
    if file.salt() is not None and not file.fits():
        raise SandboxError(
            f"{stackfile.passphrase_file(file.home)} is not the passphrase that the state was made with",
            means="The state cannot be opened",
            next_step=_DISCARD,
        )
    try:
        content = json.loads(checkpoint.read_text(encoding="utf-8"))
        salt = content["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]
    except (ValueError, KeyError, TypeError) as error:
        raise SandboxError(
            f"The state of the stack {file.stack} cannot be read: {checkpoint}", next_step=_DISCARD
        ) from error
    file.keep(str(salt))


def _release_dead_locks(file: StackFile) -> None:
    """Remove the locks of engines that were killed on this machine; Pulumi itself never does."""
    locks = file.home / "state" / ".pulumi" / "locks" / "organization" / file.project / file.stack
    for lock in locks.glob("*.json"):
        try:
            holder = json.loads(lock.read_text(encoding="utf-8"))
            dead = holder["hostname"] == socket.gethostname() and not _runs_pulumi(int(holder["pid"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            continue  # released this moment, or not ours to judge
        if dead:
            lock.unlink(missing_ok=True)
            lock.with_name(f"{lock.name}.attrs").unlink(missing_ok=True)


def _runs_pulumi(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # The number may belong to another process by now.
    command = Path(f"/proc/{pid}/cmdline")
    return not command.exists() or b"pulumi" in command.read_bytes()


def _create(file: StackFile, engine: Engine, environment: Mapping[str, str]) -> str:
    (file.home / "state").mkdir(parents=True, exist_ok=True)
    # Pulumi writes the salt beside the project's file: into a scratch copy of the project, then.
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=file.home) as scratch:
        shutil.copy(file.project_file, scratch)
        done = subprocess.run(
            [engine.executable, "stack", "init", "--stack", file.stack, "--no-select", "--non-interactive"],
            cwd=scratch,
            env={
                **{name: value for name, value in environment.items() if name not in _FOREIGN},
                **backend(file.home),
                "PULUMI_SKIP_UPDATE_CHECK": "true",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        written = Path(scratch) / file.committed.name
        salt = stackfile.salt_in(written.read_text(encoding="utf-8")) if written.exists() else None
    if done.returncode or salt is None:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise SandboxError(
            f"The stack {file.stack} could not be set up: {lines[-1] if lines else 'no reason given'}",
            next_step="Run `make up` again. If that does not help: " + _DISCARD,
        )
    return salt
