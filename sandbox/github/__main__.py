"""`python -m sandbox.github --port PORT --state DIR`: the local GitHub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hubguard.errors import SandboxError
from sandbox.github.server import run


def main() -> int:
    """Read the arguments and serve; one line and exit code 1 where that fails."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.github", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where to listen on 127.0.0.1")
    parser.add_argument("--state", type=Path, required=True, help="directory for tokens and state")
    given = parser.parse_args()
    try:
        run(given.port, given.state)
    except SandboxError as error:
        print(error, file=sys.stderr)  # noqa: T201  a person reads it
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
