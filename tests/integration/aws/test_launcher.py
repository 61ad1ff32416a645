"""The launcher: one port on loopback, state over an orderly stop, a new generation after a kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from sandbox import generation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.aws.conftest import LocalAws

    Start = Callable[[Path, Path], LocalAws]

ROOT = Path(__file__).parents[3]
LIMIT = 200 * 1024  # kilobytes: the three local clouds share 700 MB


def _fill(aws: LocalAws) -> None:
    aws.client("secretsmanager").create_secret(Name="kept")
    aws.client("s3", region="us-east-1").create_bucket(Bucket="kept")
    aws.client("s3").put_object(Bucket="kept", Key="a", Body=b"content")
    aws.client("iam").create_role(RoleName="kept", AssumeRolePolicyDocument="{}")


def test_state_survives_an_orderly_stop(tmp_path: Path, start: Start) -> None:
    """SIGTERM saves: the next run has the same generation and everything in it."""
    state = tmp_path / "state"
    first = start(state, tmp_path / "log")
    _fill(first)
    before = generation.current(state)
    assert first.stop() == 0

    second = start(state, tmp_path / "log")
    assert generation.current(state) == before
    assert second.client("secretsmanager").describe_secret(SecretId="kept")["Name"] == "kept"
    assert second.client("s3").get_object(Bucket="kept", Key="a")["Body"].read() == b"content"
    assert second.client("iam").get_role(RoleName="kept")
    assert second.stop(signal.SIGINT) == 0
    assert (tmp_path / "log").read_text() == ""


def test_a_killed_run_starts_empty_with_a_new_generation(tmp_path: Path, start: Start) -> None:
    """SIGKILL saves nothing, and half a state is never loaded."""
    state = tmp_path / "state"
    first = start(state, tmp_path / "log")
    _fill(first)
    assert first.stop() == 0
    before = generation.current(state)
    second = start(state, tmp_path / "log")
    second.stop(signal.SIGKILL)

    third = start(state, tmp_path / "log")
    assert generation.current(state) != before
    with pytest.raises(ClientError, match="ResourceNotFound"):
        third.client("secretsmanager").describe_secret(SecretId="kept")
    assert third.client("s3").list_buckets()["Buckets"] == []
    assert third.stop() == 0


def test_a_damaged_state_stops_the_start(tmp_path: Path, start: Start) -> None:
    """Going on with a part of the state would look like drift."""
    state = tmp_path / "state"
    first = start(state, tmp_path / "log")
    _fill(first)
    assert first.stop() == 0
    saved = state / "services" / "secretsmanager.json"
    saved.write_text(saved.read_text()[:20])

    outcome = _run(state, _free_port())
    assert outcome.returncode == 1
    assert outcome.stderr.splitlines()[-1].startswith("the local AWS cannot read its saved state")
    assert "make down" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    """Somebody else's program stays untouched."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        outcome = _run(tmp_path / "state", taken.getsockname()[1])
    assert outcome.returncode == 1
    assert len(outcome.stderr.splitlines()) == 1
    assert "cannot be used for the local AWS" in outcome.stderr


def test_it_listens_on_loopback_only(aws: LocalAws) -> None:
    """MiniStack's own default is every interface."""
    own = _listening(aws.process.pid)
    assert own == {("127.0.0.1", aws.port)}


def test_saved_secrets_are_for_the_owner_only(tmp_path: Path, start: Start) -> None:
    """Secret values lie in the state files as plain text."""
    first = start(tmp_path / "state", tmp_path / "log")
    _fill(first)
    assert first.stop() == 0
    for file in (tmp_path / "state" / "services").iterdir():
        assert file.stat().st_mode & 0o077 == 0, file.name


def test_a_persons_own_settings_do_not_leak_in(tmp_path: Path, aws: LocalAws) -> None:
    """Their AWS and MiniStack variables are for something else."""
    from sandbox.aws import launcher

    foreign = {"AWS_PROFILE": "mine", "MINISTACK_REGION": "us-west-2", "SERVICES": "s3"}
    code = (
        "import json, os; from pathlib import Path; from sandbox.aws import launcher;"
        f"launcher._set_environment(launcher.settings(1, Path({str(tmp_path)!r})));"
        "print(json.dumps(dict(os.environ)))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **foreign},
        capture_output=True,
        text=True,
        check=True,
    )
    environment = json.loads(shown.stdout)
    assert environment["BIND_HOST"] == "127.0.0.1"
    assert environment["MINISTACK_REGION"] == launcher.REGION
    assert not {"AWS_PROFILE", "SERVICES"} & environment.keys()
    assert aws.client("sts").get_caller_identity()["Account"] == launcher.ACCOUNT


def test_it_is_small(tmp_path: Path, start: Start) -> None:
    """Idle memory of a fresh local AWS."""
    fresh = start(tmp_path / "state", tmp_path / "log")
    status = Path(f"/proc/{fresh.process.pid}/status").read_text()
    resident = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < LIMIT
    assert fresh.stop() == 0


def _run(state: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sandbox.aws", "--port", str(port), "--state", str(state)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listening(pid: int) -> set[tuple[str, int]]:
    """Listening TCP sockets of a process, from /proc."""
    folder = Path(f"/proc/{pid}/fd")
    inodes = {str(one.readlink()) for one in folder.iterdir()}
    found = set()
    for line in [
        *Path("/proc/net/tcp").read_text().splitlines()[1:],
        *Path("/proc/net/tcp6").read_text().splitlines()[1:],
    ]:
        fields = line.split()
        if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
            address, port = fields[1].split(":")
            host = socket.inet_ntoa(bytes.fromhex(address)[::-1]) if len(address) == 8 else address
            found.add((host, int(port, 16)))
    return found
