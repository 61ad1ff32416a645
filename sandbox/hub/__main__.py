"""Run the local Hub: `python -m sandbox.hub --port PORT --state DIR`."""

import sys

from sandbox.hub.server import serve
from sandbox.serving import main

if __name__ == "__main__":
    sys.exit(main("hub", serve))
