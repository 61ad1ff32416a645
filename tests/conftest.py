"""What every test shares: no setting of the developer's own shell reaches the code under test."""

from __future__ import annotations

import os
import signal

import pytest

from sandbox.engine import engine as engines
from sandbox.engine.engine import Engine

_PERSONAL = ("AWS_", "GITHUB_", "HF_", "PULUMI_", "HUBGUARD_SANDBOX")


def pytest_configure() -> None:
    """Forget the shell's accounts before anything is imported, and let interrupts through.

    Some libraries read accounts at import. And a shell that starts a job in the background has it ignore
    interrupts, which every process of the tests would inherit.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    live = "HUBGUARD_LIVE_ORG" in os.environ  # the contract of the real Hub is asked for
    for name in list(os.environ):
        if name.startswith(_PERSONAL) and not (live and name.startswith("HF_")):
            del os.environ[name]


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The real Pulumi engine; built on a new machine, which takes some minutes."""
    return engines.find()
