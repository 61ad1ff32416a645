"""Run the local AWS: `python -m sandbox.aws --port PORT --state DIR`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hubguard.errors import HubguardError
from sandbox.aws.launcher import run


def main() -> int:
    """Read the two arguments and serve until a signal; errors are one line on stderr."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.aws", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--state", type=Path, required=True, help="directory of the saved state")
    options = parser.parse_args()
    try:
        run(options.port, options.state)
    except HubguardError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
