"""The processes that the language host has started, so that none of them is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_GRACE = 4.0  # seconds; the engine kills the host after five


class Children:
    """Starts processes, each in a group of its own, and ends them all when asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopping = False

    @property
    def stopping(self) -> bool:
        """Whether everything is being ended: what children say now is of no interest."""
        return self._stopping

    def start(
        self,
        command: Sequence[str | Path],
        directory: str,
        environment: Mapping[str, str],
        output: int | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process with a pipe as its standard input.

        A group of its own keeps the engine's interrupt away from it: the host ends it without a traceback.

        Raises:
            OSError: it does not start.
        """
        with self._lock:
            child = subprocess.Popen(
                command,
                cwd=directory,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            self._running.add(child)
        return child

    def wait(self, child: subprocess.Popen[bytes]) -> int:
        """Wait for the end of a child; its exit code, negative for a signal."""
        code = child.wait()
        with self._lock:
            self._running.discard(child)
        if child.stdin is not None:
            # Unread words in the pipe are of no use to a process that has ended.
            with contextlib.suppress(BrokenPipeError):
                child.stdin.close()
        return code

    def end(self, child: subprocess.Popen[bytes]) -> None:
        """Ask a child and all that it started to end; does nothing where it has ended."""
        if child.poll() is None:
            _signal(child, signal.SIGTERM)

    def end_all(self) -> None:
        """End everything, kindly at first."""
        self._stopping = True
        with self._lock:
            running = list(self._running)
        for child in running:
            self.end(child)
        for child in running:
            try:
                child.wait(_GRACE)
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)


def _signal(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
