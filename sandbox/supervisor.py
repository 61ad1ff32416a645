"""Starts, stops and watches the local clouds.

A running cloud holds the lock on its own file for as long as it lives, however its starter ended, so
that a recorded process id is never taken for somebody else's process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Literal

import httpx

from hubguard.errors import SandboxError
from sandbox import generation, paths, ports
from sandbox.clouds import ALL, Cloud

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.05
_MARK = "this-is-a-sandbox"

# Clouds that this very process started: the system wants to be asked how they ended.
_children: dict[int, subprocess.Popen[bytes]] = {}

Condition = Literal["running", "not answering", "stopped"]


@dataclass(frozen=True)
class Status:
    """How a cloud is doing.

    Attributes:
        pid: its process id while it runs.
        generation: changes whenever its data was lost; None before its first start.
    """

    cloud: Cloud
    condition: Condition
    url: str
    pid: int | None
    generation: str | None


def status(cloud: Cloud) -> Status:
    """Look at one cloud."""
    pid = _pid(cloud)
    condition: Condition = "stopped" if pid is None else "running" if _answers(cloud) else "not answering"
    return Status(cloud, condition, ports.url(cloud), pid, generation.current(cloud.state))


def up(clouds: Sequence[Cloud] = ALL) -> list[Status]:
    """Start what is not running and wait until all answer.

    Raises:
        SandboxError: a port is taken, or a cloud ends or stays silent at its start.
    """
    with ThreadPoolExecutor(len(clouds)) as pool:
        return list(pool.map(_up, clouds))


def down(clouds: Sequence[Cloud] = ALL) -> None:
    """Stop in order; each cloud saves its state. One that does not stop in time is killed."""
    with ThreadPoolExecutor(len(clouds)) as pool:
        list(pool.map(_down, clouds))


def discard() -> None:
    """Remove the clouds' data, the ports, and the stacks' state with its passphrase. Builds stay.

    Raises:
        SandboxError: the directory was not made by a sandbox, so it is left alone.
    """
    home = paths.home()
    if not home.exists():
        return
    if home != paths.CHECKOUT / ".sandbox" and not (home / _MARK).exists():
        raise SandboxError(
            f"{home} holds no sandbox",
            means="HUBGUARD_SANDBOX names it, and it is left alone",
            next_step="Unset HUBGUARD_SANDBOX, or remove the directory yourself",
        )
    shutil.rmtree(home)


def _up(cloud: Cloud) -> Status:
    deadline = time.monotonic() + _START_SECONDS
    started = False
    while not _answers(cloud):
        if _pid(cloud) is None:
            if started:
                _reap()
                raise _trouble(cloud, "ended while it started")
            ports.refuse_taken(cloud)
            started = _start(cloud)
        if time.monotonic() > deadline:
            raise _trouble(cloud, f"does not answer after {_START_SECONDS:.0f} s")
        time.sleep(_POLL_SECONDS)
    return status(cloud)


def _start(cloud: Cloud) -> bool:
    """Start the process; False where somebody else holds its lock at the moment."""
    for directory in (cloud.state, cloud.log.parent, cloud.lock.parent):
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    (paths.home() / _MARK).touch()
    command = [sys.executable, "-m", f"sandbox.{cloud.name}"]
    command += ["--port", str(ports.of(cloud)), "--state", str(cloud.state)]
    with cloud.lock.open("a+") as lock, cloud.log.open("ab") as log:
        if not _try_lock(lock, fcntl.LOCK_EX):
            return False
        child = subprocess.Popen(
            command,
            cwd=paths.CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is not meant for the clouds
            pass_fds=[lock.fileno()],  # the child keeps the lock when we let go of it
        )
        _children[child.pid] = child
        lock.truncate(0)
        lock.write(str(child.pid))
    return True


def _trouble(cloud: Cloud, what: str) -> SandboxError:
    return SandboxError(
        f"The {cloud.title} {what}",
        next_step=f"Look at the last lines of {cloud.log}, then run `make up` again",
    )


def _down(cloud: Cloud) -> None:
    pid = _pid(cloud)
    if pid is None:
        _reap()
        return
    for how, patience in ((signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, _STOP_SECONDS)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if _pid(cloud) is None:
                _reap()
                return
            time.sleep(_POLL_SECONDS)
    raise _trouble(cloud, f"(process {pid}) does not stop")


def _reap() -> None:
    for pid, child in list(_children.items()):
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(_POLL_SECONDS)
            _children.pop(pid, None)  # another thread may have been quicker


def _pid(cloud: Cloud) -> int | None:
    """The process id of the running cloud: nobody else holds the lock."""
    try:
        with cloud.lock.open("r+") as lock:
            # Shared: those who only look do not take each other for the cloud.
            if _try_lock(lock, fcntl.LOCK_SH):
                return None
            return int(lock.read() or 0) or None
    except FileNotFoundError:
        return None


def _try_lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _answers(cloud: Cloud) -> bool:
    try:
        # Proxies of the environment are not for loopback.
        with httpx.Client(trust_env=False, timeout=2) as client:
            return client.get(ports.url(cloud) + cloud.health).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False
