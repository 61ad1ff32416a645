"""Run the local GitHub: `python -m sandbox.github --port PORT --state DIR`."""

import sys

from sandbox.github.server import run
from sandbox.serving import main

if __name__ == "__main__":
    sys.exit(main("github", run))
