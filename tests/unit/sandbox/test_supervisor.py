"""The supervisor starts, finds and stops the local clouds, and notices when one lost its data."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from hubguard.errors import SandboxError
from sandbox import paths, ports, supervisor
from sandbox.clouds import ALL, GITHUB, HUB


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A sandbox of its own for each test, stopped afterwards."""
    monkeypatch.setenv("HUBGUARD_SANDBOX", str(tmp_path / "sandbox"))
    yield paths.home()
    supervisor.down()


def test_all_clouds_start_and_answer() -> None:
    """After `up` everything serves, on loopback."""
    found = supervisor.up()
    assert [s.condition for s in found] == ["running"] * 3
    assert all(s.url.startswith("http://127.0.0.1:") for s in found)
    assert len({s.url for s in found}) == 3


def test_starting_twice_leaves_the_processes_alone() -> None:
    """The second `up` finds what the first one started."""
    [first] = supervisor.up([HUB])
    [second] = supervisor.up([HUB])
    assert first == second


def test_data_and_generation_survive_an_orderly_stop() -> None:
    """The port stays too, so that open shells go on working."""
    [before] = supervisor.up([HUB])
    supervisor.down([HUB])
    assert supervisor.status(HUB).condition == "stopped"
    [after] = supervisor.up([HUB])
    assert (after.generation, after.url) == (before.generation, before.url)
    assert after.pid != before.pid


def test_a_killed_cloud_is_noticed_by_its_generation() -> None:
    """Nobody has to guess whether data was lost."""
    [before] = supervisor.up([GITHUB])
    assert before.pid is not None
    os.kill(before.pid, signal.SIGKILL)
    supervisor.down([GITHUB])
    assert supervisor.status(GITHUB).condition == "stopped"
    [after] = supervisor.up([GITHUB])
    assert after.generation != before.generation


def test_a_taken_port_is_one_line_with_a_way_out() -> None:
    """No other port is chosen in silence: an open shell would send its token there."""
    port = ports.of(HUB)
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(SandboxError, match=f"Port {port}.*--new-ports"),
    ):
        supervisor.up([HUB])


def test_new_ports_can_be_chosen() -> None:
    """The way out of a taken port."""
    before = ports.of(HUB)
    with socket.create_server(("127.0.0.1", before)):
        ports.forget()
        [found] = supervisor.up([HUB])
    assert not found.url.endswith(f":{before}")


def test_a_cloud_that_cannot_start_names_its_log(home: Path) -> None:
    """The reason is in the log, the way there in the message."""
    (home / "hub").mkdir(parents=True)
    (home / "hub" / "generation.json").mkdir()  # where a file is expected
    with pytest.raises(SandboxError, match=r"local Hub ended while it started.*hub\.log"):
        supervisor.up([HUB])


def test_a_cloud_outlives_its_starter() -> None:
    """The command ends, the clouds stay, and the next command finds them."""
    start = "from sandbox import supervisor; from sandbox.clouds import HUB; supervisor.up([HUB])"
    subprocess.run([sys.executable, "-c", start], cwd=paths.CHECKOUT, check=True)
    found = supervisor.status(HUB)
    assert found.condition == "running"
    assert httpx.get(f"{found.url}/_sandbox/health", trust_env=False).status_code == 200


def test_a_stale_process_id_is_not_believed() -> None:
    """A file that survived a reboot names somebody else's process by now."""
    HUB.lock.parent.mkdir(parents=True)
    HUB.lock.write_text(str(os.getpid()))
    assert supervisor.status(HUB).pid is None
    supervisor.down([HUB])


def test_tokens_and_data_are_readable_by_their_owner_only(home: Path) -> None:
    """Even made-up secrets are kept like real ones."""
    supervisor.up()
    for cloud in ALL:
        assert stat.S_IMODE(cloud.state.stat().st_mode) == 0o700
    for token in (home / "hub" / "token", home / "github" / "token"):
        assert stat.S_IMODE(token.stat().st_mode) == 0o600


def test_a_directory_that_is_no_sandbox_is_left_alone(home: Path) -> None:
    """Whatever HUBGUARD_SANDBOX names by mistake."""
    home.mkdir()
    (home / "thesis.tex").touch()
    with pytest.raises(SandboxError, match="holds no sandbox"):
        supervisor.discard()
    assert (home / "thesis.tex").exists()


def test_starting_from_several_shells_at_once_starts_each_cloud_once() -> None:
    """All find the same process."""
    start = "from sandbox import supervisor; print([s.pid for s in supervisor.up()])"
    command = [sys.executable, "-c", start]
    shells = [
        subprocess.Popen(command, cwd=paths.CHECKOUT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert len({shell.communicate()[0] for shell in shells}) == 1
    assert all(shell.returncode == 0 for shell in shells)


def test_discarding_leaves_nothing(home: Path) -> None:
    """`make down` starts from zero."""
    supervisor.up([HUB])
    supervisor.down()
    supervisor.discard()
    assert not home.exists()
