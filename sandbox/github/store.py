"""The state on disk: one JSON file, replaced whole, readable by its owner only.

It is written shortly after a change, so that it can be looked at, and once more at an orderly stop. A
cloud that was killed starts from the seed again: `sandbox.generation` tells the two apart.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sandbox import generation
from sandbox.github.model import State
from sandbox.github.seed import seed

_FILE = "state.json"
_QUIET = 0.25
"""Seconds after a change before it is written; changes in between go along."""


class Store:
    """The state of a run, and its generation.

    Attributes:
        state: what the local GitHub remembers; handlers change it in place.
        generation: changes when state was lost.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.generation, kept = generation.begin(directory)
        self.state = self._load() if kept else seed()
        self._due: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        """Have the state written soon; call it from the running event loop."""
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(_QUIET, self.save)

    def save(self) -> None:
        """Write the state now."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        target = self.directory / _FILE
        draft = target.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(self.state.model_dump_json(indent=1))
        draft.replace(target)

    def close(self) -> None:
        """Write the state and record that nothing was lost."""
        self.save()
        generation.close(self.directory, self.generation)

    def _load(self) -> State:
        return State.model_validate_json((self.directory / _FILE).read_bytes())
