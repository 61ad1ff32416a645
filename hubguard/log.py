"""Where everything goes that is not one line for a person: a file in the user's cache, redacted."""

from __future__ import annotations

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path

from hubguard.redact import RedactingFormatter

_BYTES = 1_000_000


def cache() -> Path:
    """The project's directory in the user's cache (XDG base directories)."""
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".cache") / "hubguard"


def start() -> Path:
    """Send this process's log to the file and tell where that is.

    A cache that cannot be written costs the log, never the work.
    """
    file = cache() / "hubguard.log"
    handler: logging.Handler
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=_BYTES, backupCount=1, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(RedactingFormatter("%(asctime)s %(process)d %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    return file
