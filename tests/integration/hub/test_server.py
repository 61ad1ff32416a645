"""The local Hub as a process: its state over stops and crashes, its log, trouble on request."""

from __future__ import annotations

import json
import signal
import socket
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from sandbox import generation
from sandbox.hub.testing import LocalHub
from sandbox.paths import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORG = "kwanzaa-project"
MEMBERS = f"/api/organizations/{ORG}/members"
ROLE = f"{MEMBERS}/muhindi-qa/role"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[LocalHub]:
    """A local Hub of its own for one test."""
    with LocalHub(tmp_path / "state") as running:
        yield running


def role(hub: LocalHub) -> str:
    """The role of the member that these tests change."""
    with hub.client(hub.token) as client:
        answer = client.get(MEMBERS, params={"search": "muhindi-qa"}).raise_for_status()
    found: str = answer.json()[0]["role"]
    return found


def promote(hub: LocalHub) -> None:
    """Change that role."""
    with hub.client(hub.token) as client:
        client.put(ROLE, json={"role": "contributor"}).raise_for_status()


def saved(hub: LocalHub) -> bool:
    """Whether the change is in the file yet."""
    state: dict[str, Any] = json.loads((hub.directory / "state.json").read_text())
    member = state["organizations"][ORG]["members"]["muhindi-qa"]
    return bool(member["role"] == "contributor")


def wait_for_save(hub: LocalHub) -> None:
    """Wait until the change is in the file."""
    deadline = time.monotonic() + 10
    while not saved(hub):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_orderly_stop_keeps_state_generation_and_tokens(hub: LocalHub, number: int) -> None:
    """After SIGTERM or SIGINT: exit 0, nothing but log lines, and the next start goes on."""
    life, token = hub.control("GET", "health")["generation"], hub.token
    minted = hub.mint("kuumba-adapters")
    promote(hub)
    assert hub.stop(number) == 0
    assert "Traceback" not in hub.log()
    assert generation.current(hub.directory) == life
    hub.start()
    assert hub.control("GET", "health") == {"status": "ok", "generation": life}
    assert (role(hub), hub.token) == ("contributor", token)
    with hub.client(minted) as client:
        assert client.get("/api/whoami-v2").json()["name"] == "kuumba-adapters"


def test_kill_keeps_what_was_saved_in_a_new_generation(hub: LocalHub) -> None:
    """After SIGKILL the saved state is there, and the marker tells that some of it may be lost."""
    life, token = hub.control("GET", "health")["generation"], hub.token
    promote(hub)
    wait_for_save(hub)
    hub.kill()
    hub.start()
    assert hub.control("GET", "health")["generation"] != life
    assert (role(hub), hub.token) == ("contributor", token)


def test_unreadable_state_starts_afresh(hub: LocalHub) -> None:
    """A broken file is put aside; the seed comes back in a new generation with the same token."""
    life, token = hub.control("GET", "health")["generation"], hub.token
    promote(hub)
    hub.stop()
    (hub.directory / "state.json").write_text("{")
    hub.start()
    assert hub.control("GET", "health")["generation"] != life
    assert (role(hub), hub.token) == ("read", token)
    assert (hub.directory / "state.unreadable").exists()


def test_reset_is_a_new_life_with_the_same_tokens(hub: LocalHub) -> None:
    """Reset brings the seed back, lifts faults and counts, and changes the generation."""
    life, token = hub.control("GET", "health")["generation"], hub.token
    promote(hub)
    hub.control("POST", "faults", {"status": 500, "times": None})
    assert hub.control("POST", "reset")["generation"] != life
    assert hub.control("GET", "requests") == {}
    assert (role(hub), hub.token) == ("read", token)


def test_token_files_are_private(hub: LocalHub) -> None:
    """Both token files are readable by their owner only."""
    for name in ("token", "token-read"):
        assert stat.S_IMODE((hub.directory / name).stat().st_mode) == 0o600


def test_log_has_one_line_for_each_request_and_no_secret(hub: LocalHub) -> None:
    """Method, path, status, duration, request id; no query, header, body or token."""
    minted = hub.mint("kuumba-adapters")
    with hub.client(hub.token) as client:
        client.get(f"/api/models/{minted}/x", params={"email": "secret-query"})
        answer = client.put(ROLE, json={"role": "secret-body"}, headers={"X-Note": "secret-head"})
    assert "secret-body" not in answer.text
    hub.stop()
    log = hub.log()
    line = next(each for each in log.splitlines() if each.endswith(answer.headers["X-Request-Id"]))
    assert f"PUT {ROLE} 400 " in line
    state = (hub.directory / "state.json").read_text()
    for secret in (hub.token, hub.reader_token, minted):
        assert secret[3:11] not in log + state
    assert "secret-" not in log


def start_by_hand(directory: Path, port: int) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    command = [sys.executable, "-m", "sandbox.hub", "--port", str(port), "--state", str(directory)]
    return subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=30)


def test_used_port_is_one_clear_line(tmp_path: Path) -> None:
    """A port that is taken ends the start with one line that says what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start_by_hand(tmp_path / "state", port)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Choose another port" in done.stderr


def test_used_directory_is_one_clear_line(hub: LocalHub) -> None:
    """Two local Hubs never share a state directory."""
    done = start_by_hand(hub.directory, 0)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "Another local Hub is using" in done.stderr
    assert role(hub) == "read"


def test_only_loopback_is_bound(hub: LocalHub) -> None:
    """The Hub listens on 127.0.0.1 alone."""
    port = int(hub.url.rsplit(":", 1)[1])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # free, so nothing listens on all addresses


def test_requests_are_counted_by_route(hub: LocalHub) -> None:
    """Counts have methods and routes, no names; the sandbox's own calls do not count."""
    promote(hub)
    role(hub)
    with hub.client(hub.token) as client:
        client.get("/api/unknown")
    template = "/api/organizations/{organization}/members"
    assert hub.control("GET", "requests") == {
        f"PUT {template}/{{username}}/role": 1,
        f"GET {template}": 1,
        "GET (unknown)": 1,
    }
    hub.control("POST", "requests/reset")
    assert hub.control("GET", "requests") == {}


def test_fault_answers_with_a_status(hub: LocalHub) -> None:
    """A rule fails the requests it names, as often as it says; nothing takes effect."""
    rule = {"method": "PUT", "path": "*/role", "status": 429, "headers": {"Retry-After": "7"}}
    hub.control("POST", "faults", rule)
    with hub.client(hub.token) as client:
        assert client.get(MEMBERS).is_success
        failed = client.put(ROLE, json={"role": "contributor"})
        assert (failed.status_code, failed.headers["Retry-After"]) == (429, "7")
        assert failed.headers["RateLimit"] == '"api";r=0;t=1'
        assert role(hub) == "read"
        assert client.put(ROLE, json={"role": "contributor"}).is_success


def test_fault_can_lose_the_answer_alone(hub: LocalHub) -> None:
    """With `applied` the request takes effect and only its answer is lost."""
    hub.control("POST", "faults", {"method": "PUT", "drop": "before", "applied": True})
    with hub.client(hub.token) as client, pytest.raises(httpx.ReadError):
        client.put(ROLE, json={"role": "contributor"})
    assert role(hub) == "contributor"


@pytest.mark.parametrize(
    ("drop", "error"), [("before", httpx.ReadError), ("body", httpx.RemoteProtocolError)]
)
def test_fault_cuts_the_connection(hub: LocalHub, drop: str, error: type[Exception]) -> None:
    """Before the answer or in the middle of it; the next request is well again."""
    hub.control("POST", "faults", {"path": "*/members", "drop": drop})
    with hub.client(hub.token) as client:
        with pytest.raises(error):
            client.get(MEMBERS)
        assert len(client.get(MEMBERS).json()) == 21
    hub.stop()
    assert "Traceback" not in hub.log()


def test_fault_breaks_the_json(hub: LocalHub) -> None:
    """The answer is whole by its length and no JSON."""
    hub.control("POST", "faults", {"path": "*/members", "malformed": True})
    with hub.client(hub.token) as client:
        answer = client.get(MEMBERS)
        assert answer.status_code == 200
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            answer.json()


def test_fault_delays_without_holding_up_others(hub: LocalHub) -> None:
    """A slow answer is slow for its own caller; another request is answered meanwhile."""
    hub.control("POST", "faults", {"path": "*/members", "delay": 60})
    with hub.client(hub.token) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get(MEMBERS, timeout=0.2)
        assert client.get(MEMBERS, timeout=10).is_success
    hub.stop()
    assert "Traceback" not in hub.log()


def test_faults_are_listed_and_lifted(hub: LocalHub) -> None:
    """Each rule has a number to lift it by; a wrong rule or number is refused."""
    first = hub.control("POST", "faults", {"status": 500})["id"]
    second = hub.control("POST", "faults", {"delay": 1})["id"]
    assert [each["id"] for each in hub.control("GET", "faults")] == [first, second]
    hub.control("DELETE", f"faults/{first}")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        hub.control("DELETE", f"faults/{first}")
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        hub.control("POST", "faults", {"stauts": 500})
    hub.control("DELETE", "faults")
    assert hub.control("GET", "faults") == []


def test_member_appears_behind_everybodys_back(hub: LocalHub) -> None:
    """The sandbox's own call makes a member at once, with an account if there was none."""
    wish = {"username": "upya-surprise", "role": "write", "twoFactor": False}
    hub.control("POST", "members", wish)
    with hub.client(hub.token) as client:
        found = client.get(MEMBERS, params={"search": "upya-surprise"}).json()[0]
    assert (found["role"], found["twoFaEnabled"]) == ("write", False)
