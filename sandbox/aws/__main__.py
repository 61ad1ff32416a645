"""Run the local AWS: `python -m sandbox.aws --port PORT --state DIR`."""

import sys

from sandbox.aws.launcher import run
from sandbox.serving import main

if __name__ == "__main__":
    sys.exit(main("aws", run))
