"""A marker that tells whether a local cloud still has the state that it was left with.

A cloud that stops in order keeps its generation; one that was killed gets a new one at its next start.
`make up` compares the generation with the one it provisioned, and refreshes first where they differ.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

_FILE = "generation.json"


def begin(directory: Path) -> tuple[str, bool]:
    """Open the state directory of a cloud for a run.

    Args:
        directory: the cloud's own state directory; made when absent.

    Returns:
        The generation, and whether the state left there was closed in order and may be loaded.
    """
    directory.mkdir(parents=True, exist_ok=True)
    last = _read(directory)
    orderly = last is not None and last["closed"]
    generation = last["generation"] if last is not None and orderly else uuid.uuid4().hex
    _write(directory, generation, closed=False)
    return generation, orderly


def close(directory: Path, generation: str) -> None:
    """Record that the state was saved whole. Call it after the save, never before."""
    _write(directory, generation, closed=True)


def current(directory: Path) -> str | None:
    """The generation of the running or last run, None where the cloud never ran."""
    last = _read(directory)
    return None if last is None else last["generation"]


def _read(directory: Path) -> dict[str, object] | None:
    try:
        found = json.loads((directory / _FILE).read_text())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and {"generation", "closed"} <= found.keys() else None


def _write(directory: Path, generation: str, *, closed: bool) -> None:
    target = directory / _FILE
    draft = target.with_suffix(".draft")
    draft.write_text(json.dumps({"generation": generation, "closed": closed}))
    draft.replace(target)
