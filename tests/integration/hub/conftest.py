"""The Hubs that the contract is held against."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import httpx
import pytest

from sandbox.hub.testing import LocalHub

if TYPE_CHECKING:
    from collections.abc import Iterator

from hubguard import endpoints
from tests.integration.hub.targets import ORG, Target


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """One local Hub for this file."""
    with LocalHub(tmp_path_factory.mktemp("hub") / "state") as hub:
        yield hub


@pytest.fixture
def hub(server: LocalHub) -> LocalHub:
    """The local Hub as after its first start."""
    server.control("POST", "reset")
    return server


@pytest.fixture
def admin(hub: LocalHub) -> Iterator[Target]:
    """The fresh local Hub, seen by its admin."""
    with hub.client(hub.token) as client:
        yield Target(ORG, client)


TARGETS = ["local", *(["live"] if os.environ.get("HUBGUARD_LIVE_ORG") else [])]


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Each Hub that is at hand; only to be read."""
    if request.param == "local":
        yield request.getfixturevalue("admin")
        return
    address = endpoints.hub()
    token = {"Authorization": f"Bearer {os.environ['HF_TOKEN']}"}
    with httpx.Client(base_url=address, headers=token, timeout=30) as client:
        yield Target(os.environ["HUBGUARD_LIVE_ORG"], client)
