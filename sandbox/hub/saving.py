"""The state on disk: one JSON file, written whole and put in place at once.

Writes are bundled: the file follows the last change within a fraction of a second, and an orderly
stop writes the rest. After a kill the file is what most people saw last, so it is loaded again, but
in a new generation, since the last writes may be missing. A file that cannot be read is put aside.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from pydantic import ValidationError

from sandbox.hub.model import State

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.hub.store import Store

_FILE = "state.json"
_DELAY = 0.1
# Saving takes at most this share of the time, however large the state grows.
_SHARE = 0.05

_log = logging.getLogger("sandbox.hub")


def load(directory: Path) -> State | None:
    """The saved state, None where there is none that can be read."""
    path = directory / _FILE
    try:
        return State.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError):
        path.replace(path.with_suffix(".unreadable"))
        _log.warning("The saved state could not be read and was put aside: %s.unreadable", path.stem)
        return None


def save(state: State, directory: Path) -> None:
    """Write the state; a reader finds the old file or the new one, never half of one."""
    path = directory / _FILE
    draft = path.with_suffix(".draft")
    draft.write_text(state.model_dump_json(), encoding="utf-8")
    draft.replace(path)


class Saver:
    """Saves the state soon after each change, many changes at once."""

    def __init__(self, store: Store, directory: Path) -> None:
        self._store = store
        self._directory = directory
        self._pending: asyncio.TimerHandle | None = None
        self._spent = 0.0

    def soon(self) -> None:
        """Save before long. Called in the event loop, after a change."""
        if self._pending is None:
            delay = max(_DELAY, self._spent / _SHARE)
            self._pending = asyncio.get_running_loop().call_later(delay, self._save)

    def _save(self) -> None:
        self._pending = None
        started = time.perf_counter()
        try:
            save(self._store.state, self._directory)
        except OSError as error:
            # The next change tries again, and an orderly stop reports it.
            _log.error("The state could not be saved: %s", error.strerror)
        self._spent = time.perf_counter() - started
