"""How every local cloud is started: `python -m sandbox.<cloud> --port PORT --state DIR`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from hubguard.errors import SandboxError


def main(cloud: str, serve: Callable[[int, Path], None]) -> int:
    """Read the two arguments and serve until a signal; an error is one line on stderr.

    Args:
        cloud: the cloud's package below `sandbox`.
        serve: takes the port on 127.0.0.1 and the cloud's own state directory.

    Returns:
        The process's exit code.
    """
    parser = argparse.ArgumentParser(prog=f"python -m sandbox.{cloud}")
    parser.add_argument("--port", type=int, required=True, help="where to listen on 127.0.0.1")
    parser.add_argument("--state", type=Path, required=True, help="the cloud's own state directory")
    given = parser.parse_args()
    try:
        serve(given.port, given.state)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0
