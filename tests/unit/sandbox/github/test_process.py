"""The process: its start, its end, and what survives."""

from __future__ import annotations

import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx

from sandbox.github.testing import running

ENVIRONMENT = "/repos/kwanzaa-project/kwanzaa/environments/kept"


def test_orderly_stop_keeps_everything(tmp_path: Path) -> None:
    """After SIGTERM the state, its keys, the tokens and the generation are the same; exit code 0."""
    with running(tmp_path) as first:
        made = first.ask("PUT", ENVIRONMENT, {}).json()
        key = first.ask("GET", f"{ENVIRONMENT}/secrets/public-key").json()
        token, generation = first.token, first.generation
        assert first.stop() == 0
    with running(tmp_path) as second:
        assert second.generation == generation
        assert second.token == token
        kept = second.ask("GET", ENVIRONMENT).json()
        assert (kept["id"], kept["created_at"]) == (made["id"], made["created_at"])
        assert second.ask("GET", f"{ENVIRONMENT}/secrets/public-key").json() == key


def test_kill_is_noticed(tmp_path: Path) -> None:
    """After SIGKILL the generation is another one and the seed's state is back; tokens still work."""
    with running(tmp_path) as first:
        first.ask("PUT", ENVIRONMENT, {})
        token, generation = first.token, first.generation
        first.kill()
    with running(tmp_path) as second:
        assert second.generation != generation
        assert second.ask("GET", ENVIRONMENT, token=token).status_code == 404


def test_interrupt_is_quiet(tmp_path: Path) -> None:
    """SIGINT is an orderly stop too, without a traceback."""
    with running(tmp_path) as local:
        local.process.send_signal(signal.SIGINT)
        assert local.process.wait(10) == 0
        assert "Traceback" not in local.log.read_text()


def test_stop_does_not_wait_for_open_connections(tmp_path: Path) -> None:
    """A client that keeps its connection open does not hold the process."""
    with running(tmp_path) as local, httpx.Client() as client:
        client.get(f"{local.url}/_sandbox/health")
        assert local.stop() == 0


def test_state_is_for_its_owner_only(tmp_path: Path) -> None:
    """The private keys of sealed boxes lie in a file that nobody else may read."""
    with running(tmp_path) as local:
        local.stop()
        assert stat.S_IMODE((local.state / "state.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(local.state.stat().st_mode) == 0o700


def test_taken_port_is_one_line(tmp_path: Path) -> None:
    """A port in use ends it with exit code 1 and a line that names the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        arguments = ["--port", str(port), "--state", str(tmp_path / "state")]
        ended = subprocess.run(
            [sys.executable, "-m", "sandbox.github", *arguments], capture_output=True, text=True, check=False
        )
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert f"Port {port}" in ended.stderr


def test_log_has_method_path_and_status(tmp_path: Path) -> None:
    """One line a request, without query, header or body."""
    with running(tmp_path) as local:
        local.ask("GET", "/orgs/kwanzaa-project/repos?per_page=1")
        local.stop()
        assert local.log.read_text().splitlines()[-1].endswith(" GET /api/v3/orgs/kwanzaa-project/repos 200")
