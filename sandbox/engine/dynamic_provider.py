"""Starts the SDK's host for dynamic providers with the Python of the project.

The engine starts it in the project's directory and passes `runtime.options` as PULUMI_RUNTIME_* variables.
The SDK's host waits for an interrupt for ever; on a tether it also ends when the engine was killed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.engine import interpreter, tether
from sandbox.engine.stackfile import find_project

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIX = "PULUMI_RUNTIME_"


def main(arguments: Sequence[str]) -> None:
    """Run the SDK's host; `arguments` are the engine's."""
    options = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in os.environ.items()
        if name.startswith(_PREFIX)
    }
    # The program may lie below its project: a relative environment counts from Pulumi.yaml.
    project_file = find_project(Path.cwd())
    try:
        python = interpreter.choose(options, project_file.parent if project_file else Path.cwd())
    except interpreter.MissingEnvironmentError as error:
        sys.exit(str(error))
    command = [str(python), "-u", "-m", "pulumi.dynamic", *arguments]
    sys.exit(tether.main(command, interpreter.activated(python, os.environ)))
