"""What breaks half-way is finished by the same command."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.engine.engine import Engine
from tests.integration import walkthrough
from tests.integration.walkthrough import Walk

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("trouble")]

LISTING = "GET /api/organizations/{organization}/settings/repositories"
ROLE = "aws:iam/role:Role"
BUCKET = "aws:s3/bucket:Bucket"
IN_VAULT = "aws:secretsmanager/secret:Secret"
TRAIL = "aws:cloudtrail/trail:Trail"
RULESET = "github:index/repositoryRuleset:RepositoryRuleset"


@pytest.fixture
def walk(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Walk]:
    """A sandbox with running clouds and nothing provisioned."""
    assert engine.executable.exists()
    walk = walkthrough.start(tmp_path_factory.mktemp("walk"))
    started = walk.hubguard("sandbox", "up")
    assert started.code == 0, started.text
    yield walk
    walk.hubguard("sandbox", "down", "--discard")


def start_and_stand_still(walk: Walk) -> subprocess.Popen[str]:
    """Begin to provision, and stop where the Hub is asked for its repositories and does not answer."""
    walk.call("hub", "POST", "/_sandbox/faults", {"path": "*/settings/repositories", "delay": 60})
    walk.call("hub", "POST", "/_sandbox/requests/reset")
    running = walk.provision_in_background()
    deadline = time.monotonic() + 60
    while LISTING not in walk.call("hub", "GET", "/_sandbox/requests"):
        assert running.poll() is None, running.communicate()[0]
        assert time.monotonic() < deadline
    return running


def finishes(walk: Walk) -> str:
    """The same command completes the work, and then rests; what the first run said."""
    first = walk.provision()
    assert first.code == 0, first.text
    again = walk.provision()
    assert again.code == 0, again.text
    assert re.search(r"Pulumi +\d+ unchanged", again.text)
    drift = walk.pulumi("refresh --preview-only --expect-no-changes")
    assert drift.code == 0, drift.text
    return first.text


def test_a_cloud_that_goes_away_is_named_and_started_again(walk: Walk) -> None:
    """One line with its log and the next step; then the same command finishes."""
    running = start_and_stand_still(walk)
    walk.kill("hub")
    said = running.communicate()[0]
    assert running.returncode == 1
    line = said.strip().splitlines()[-1]
    assert line.startswith("Provisioning stopped because of the local Hub (stopped, log: ")
    assert line.endswith("Run `make up` again: it starts what is missing and goes on")
    assert "Traceback" not in said
    finishes(walk)


def test_a_killed_run_is_finished_by_the_next(walk: Walk) -> None:
    """SIGKILL in the middle of `pulumi up`: no lock, no half-made resource stands in the way."""
    running = start_and_stand_still(walk)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    walk.call("hub", "DELETE", "/_sandbox/faults")
    said = finishes(walk)
    assert "The last run was interrupted: taking over what it left half-made" in said


@pytest.mark.parametrize("types", [{ROLE, IN_VAULT, RULESET}, {TRAIL}, {BUCKET}])
def test_what_was_created_but_not_remembered_is_taken_over(walk: Walk, types: set[str]) -> None:
    """The engine died between a creation and its record: unique names cannot be created twice."""
    assert walk.provision().code == 0
    name = f"hubguard-{walkthrough.ORGANIZATION}"
    if TRAIL not in types:  # what comes later was not made yet
        walk.aws("cloudtrail").delete_trail(Name=name)
    if BUCKET in types:
        walk.aws("athena").delete_work_group(WorkGroup=name, RecursiveDeleteOption=True)
    assert forget(walk, types) == types
    assert "taking over what it left half-made" in finishes(walk)


def test_an_interrupt_is_one_line(walk: Walk) -> None:
    """Ctrl-C ends the run in order and says how to go on."""
    running = start_and_stand_still(walk)
    os.killpg(running.pid, signal.SIGINT)
    walk.call("hub", "DELETE", "/_sandbox/faults")
    walk.kill("hub")  # the request that hangs would be waited for
    said = running.communicate()[0]
    assert running.returncode == 130
    assert said.strip().splitlines()[-1].startswith("Interrupted. Run the same command again")
    assert "Traceback" not in said
    finishes(walk)


def test_a_lost_passphrase_is_one_line(walk: Walk) -> None:
    """The state cannot be opened; `make down` is the way out."""
    assert walk.provision().code == 0
    (walk.home / "passphrase").write_text("another\n", encoding="utf-8")
    refused = walk.provision()
    assert refused.code == 1
    assert len(refused.text.strip().splitlines()) == 1
    assert "make down" in refused.text


def forget(walk: Walk, types: set[str]) -> set[str]:
    """Edit the state as a killed engine leaves it: created, but only the beginning was recorded."""
    document = json.loads(walk.checkpoint.read_text(encoding="utf-8"))
    latest = document["checkpoint"]["latest"]
    pending: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    lost: set[str] = set()
    for resource in latest["resources"]:
        if resource["type"] in types:
            lost.add(resource["urn"])
            begun = {key: value for key, value in resource.items() if key not in {"id", "outputs"}}
            pending.append({"resource": begun, "type": "creating"})
        elif lost & set(resource.get("dependencies", [])):
            lost.add(resource["urn"])
        else:
            kept.append(resource)
    latest |= {"resources": kept, "pending_operations": pending}
    walk.checkpoint.write_text(json.dumps(document), encoding="utf-8")
    return {operation["resource"]["type"] for operation in pending}


def test_what_was_destroyed_comes_back(walk: Walk) -> None:
    """Destroying touches no member or repository and stops at the logs; no secret's name stays blocked."""
    assert walk.provision().code == 0
    hub = f"/api/organizations/{walkthrough.ORGANIZATION}"
    before = {m["user"]: m["role"] for m in walk.call("hub", "GET", f"{hub}/members")}
    destroyed = walk.pulumi("destroy --yes --skip-preview")
    assert destroyed.code == 1
    assert "BucketNotEmpty" in destroyed.text
    assert {m["user"]: m["role"] for m in walk.call("hub", "GET", f"{hub}/members")} == before
    assert len(walk.call("hub", "GET", f"{hub}/settings/repositories")) == 41
    kept = walk.call("github", "GET", f"/api/v3/repos/{walkthrough.ORGANIZATION}/kwanzaa")
    assert kept["archived"] is False
    finishes(walk)


def test_two_runs_at_once_both_finish(walk: Walk) -> None:
    """The second waits for the first and then has nothing to do."""
    both = [walk.provision_in_background() for _ in range(2)]
    said = [running.communicate()[0] for running in both]
    assert [running.returncode for running in both] == [0, 0], said
    assert sum("Another `make up` is running" in text for text in said) == 1


def test_the_shells_own_accounts_and_proxies_do_not_matter(walk: Walk) -> None:
    """Neither a foreign profile nor a proxy nor a token reaches the sandbox."""
    nobody = "http://127.0.0.1:9"
    done = walk.provision(
        AWS_PROFILE="nobody",
        AWS_ACCESS_KEY_ID="foreign",
        GITHUB_OWNER="somebody-else",
        GITHUB_TOKEN="foreign",  # noqa: S106  not one
        HF_TOKEN="foreign",  # noqa: S106  not one
        HF_ENDPOINT="https://example.org",
        HTTP_PROXY=nobody,
        http_proxy=nobody,
        HTTPS_PROXY=nobody,
        PULUMI_BACKEND_URL="https://example.org",
        PULUMI_STACK="prod",
    )
    assert done.code == 0, done.text
    assert "kwanzaa/ci/HF_TOKEN: sealed" in done.text


def test_a_state_that_cannot_be_read_is_one_line(walk: Walk) -> None:
    """With the way out; repeating the command would not help."""
    assert walk.provision().code == 0
    walk.checkpoint.write_text("{", encoding="utf-8")
    refused = walk.provision()
    assert refused.code == 1
    assert len(refused.text.strip().splitlines()) == 1
    assert "make down" in refused.text
