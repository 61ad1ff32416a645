"""Where the sandbox keeps things: its state in the checkout, its builds in the user's cache."""

from __future__ import annotations

import os
from pathlib import Path

from hubguard import log

CHECKOUT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The sandbox's own directory: `.sandbox` in the checkout, or `HUBGUARD_SANDBOX`."""
    return Path(os.environ.get("HUBGUARD_SANDBOX") or CHECKOUT / ".sandbox").resolve()


def cache() -> Path:
    """Where built tools are kept, shared by all checkouts of one user."""
    return log.cache()
