"""A local GitHub for each test module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.github.testing import LocalGitHub, running


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGitHub]:
    """A running local GitHub with the seed's state."""
    with running(tmp_path_factory.mktemp("github")) as one:
        yield one
