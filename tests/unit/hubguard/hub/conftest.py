"""One local Hub for the tests of each file here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.hub.testing import LocalHub


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """A local Hub that runs for the length of a file."""
    with LocalHub(tmp_path_factory.mktemp("hub") / "state") as hub:
        yield hub
