"""The sandbox that the tests of the whole product share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.engine.engine import Engine
from tests.integration import walkthrough
from tests.integration.walkthrough import Walk


@pytest.fixture(scope="session")
def provisioned(tmp_path_factory: pytest.TempPathFactory, engine: Engine) -> Iterator[tuple[Walk, str]]:
    """A sandbox that was provisioned once for the tests of the group walkthrough, and what that said."""
    assert engine.executable.exists()
    walk = walkthrough.start(tmp_path_factory.mktemp("walk"))
    first = walk.provision()
    assert first.code == 0, first.text
    yield walk, first.text
    walk.hubguard("sandbox", "down", "--discard")


@pytest.fixture
def walk(provisioned: tuple[Walk, str]) -> Iterator[Walk]:
    """The same sandbox, put in order again after each test."""
    walk = provisioned[0]
    before = (walk.project / "Pulumi.sandbox.yaml").read_text(encoding="utf-8")
    yield walk
    (walk.project / "Pulumi.sandbox.yaml").write_text(before, encoding="utf-8")
