"""One lock for everything that changes the cache, held by a process and released by its death."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def exclusive(file: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock for the length of the block.

    Args:
        file: the lock file; stays behind, empty.
        waiting: called once where somebody else holds the lock, before waiting for it.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        if not _try(handle.fileno()):
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def free(file: Path) -> Iterator[bool]:
    """Hold the lock where nobody has it; the block learns whether it does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as handle:
        yield _try(handle.fileno())


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
