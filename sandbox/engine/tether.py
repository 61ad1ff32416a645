"""Runs a command that cannot outlive whoever started it.

The starter keeps the other end of our standard input open. When that end closes, because the starter is
done, was interrupted or was killed outright, the command and all of its children are ended. Run by path,
so it needs nothing but the standard library:

    python -I -S tether.py COMMAND [ARGUMENT...]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_GRACE = 5.0  # seconds between asking and killing: the engine waits as long before it kills a plugin


def command(*arguments: str | Path) -> list[str]:
    """The command line that runs `arguments` on a tether; start it with `stdin=PIPE` in a new session."""
    return [sys.executable, "-I", "-S", str(Path(__file__).resolve()), *map(str, arguments)]


def main(arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> int:
    """Run the command in our own process group, which must hold nobody else.

    Returns:
        The command's exit code, or 128 + N where signal N ended it.
    """
    # Signals reach the whole group, and the command decides what to do about them. Handlers rather than
    # SIG_IGN: an ignored signal would stay ignored in the command.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        child = subprocess.Popen(arguments, env=environment, stdin=subprocess.DEVNULL)
    except OSError as error:
        sys.stderr.write(f"{arguments[0]}: {error.strerror}\n")
        return 127
    threading.Thread(target=_watch, args=(child,), daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


def _watch(child: subprocess.Popen[bytes]) -> None:
    # Not sys.stdin: a thread that sleeps in a buffered read makes the interpreter's exit fail.
    while os.read(0, 4096):
        pass
    os.killpg(0, signal.SIGTERM)
    try:
        child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
