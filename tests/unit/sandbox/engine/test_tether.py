"""A command on a tether ends with whoever holds the other end."""

from __future__ import annotations

import os
import select
import signal
import subprocess

import pytest

from sandbox.engine import tether


def _start(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        tether.command("sh", "-c", script),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 5", 5), ("kill -9 $$", 128 + 9)])
def test_exit_code_is_the_commands(script: str, code: int) -> None:
    """Also where a signal ended it, as a shell says it."""
    with _start(script) as tethered:
        assert tethered.wait(20) == code


def test_ends_with_its_holder() -> None:
    """When the other end closes, the command and what it started are gone."""
    with _start("sleep 100 & echo $! $$; wait") as tethered:
        assert tethered.stdout is not None
        assert tethered.stdin is not None
        handles = [os.pidfd_open(int(pid)) for pid in tethered.stdout.readline().split()]
        tethered.stdin.close()
        for handle in handles:
            assert select.select([handle], [], [], 20)[0]
            os.close(handle)
        assert tethered.wait(20) == 128 + signal.SIGTERM


def test_command_decides_about_an_interrupt() -> None:
    """An interrupt of the group reaches the command, whose answer is the tether's."""
    with _start("trap 'exit 3' INT; echo ready; while :; do sleep 1; done") as tethered:
        assert tethered.stdout is not None
        tethered.stdout.readline()
        os.killpg(tethered.pid, signal.SIGINT)
        assert tethered.wait(20) == 3


def test_missing_command() -> None:
    """What a shell would say for a command that is not there."""
    process = subprocess.run(
        tether.command("/absent/command"), input=b"", capture_output=True, check=False, timeout=20
    )
    assert process.returncode == 127
    assert b"/absent/command" in process.stderr
