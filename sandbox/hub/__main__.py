"""`python -m sandbox.hub --port PORT --state DIR`: start the local Hub."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hubguard.errors import SandboxError
from sandbox.hub.server import serve


def main() -> int:
    """Run the local Hub until it is told to stop; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.hub", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0 for any free one")
    parser.add_argument("--state", type=Path, required=True, help="the Hub's own state directory")
    wanted = parser.parse_args()
    try:
        serve(wanted.port, wanted.state)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
