"""A marker that tells whether a local cloud still has the state that it was left with.

A cloud that stops in order keeps its generation; one that was killed gets a new one at its next start.
`make up` compares the generation with the one it provisioned, and refreshes first where they differ.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from sandbox import jsonfile

_FILE = "generation.json"


def begin(directory: Path) -> tuple[str, bool]:
    """Open the state directory of a cloud for a run.

    Args:
        directory: the cloud's own state directory; made when absent.

    Returns:
        The generation, and whether the state left there was closed in order and may be loaded.
    """
    last = jsonfile.read(directory / _FILE)
    orderly = bool(last.get("closed"))
    generation = str(last["generation"]) if orderly else uuid.uuid4().hex
    jsonfile.write(directory / _FILE, {"generation": generation, "closed": False})
    return generation, orderly


def close(directory: Path, generation: str) -> None:
    """Record that the state was saved whole. Call it after the save, never before."""
    jsonfile.write(directory / _FILE, {"generation": generation, "closed": True})


def current(directory: Path) -> str | None:
    """The generation of the running or last run, None where the cloud never ran."""
    return jsonfile.read(directory / _FILE).get("generation")
