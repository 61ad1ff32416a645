"""One provisioned sandbox for all tests in this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.engine.engine import Engine
from tests.integration import walkthrough
from tests.integration.access.principals import Account, sandbox_settings


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[Account]:
    """The account as `make up` leaves it, and an administrator whom no setting names."""
    assert engine.executable.exists()
    walk = walkthrough.start(tmp_path_factory.mktemp("access"))
    first = walk.provision()
    assert first.code == 0, first.text
    yield Account(walk.status("aws")["url"], sandbox_settings(), walk.administrator())
    walk.hubguard("sandbox", "down", "--discard")
