"""Chooses the Python that runs a user's program, as the project's `runtime.options` say.

Standard library only: the dynamic provider's launcher runs this before every operation.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class MissingEnvironmentError(Exception):
    """The virtual environment that the project names is not there."""


def choose(options: Mapping[str, object], root: Path) -> Path:
    """The interpreter to use.

    Args:
        options: `runtime.options` of Pulumi.yaml or PulumiPolicy.yaml. `virtualenv` names a virtual
            environment; the toolchain `uv` means `.venv` where none is named.
        root: the directory of that file, which a relative path starts from.

    Raises:
        MissingEnvironmentError: an environment is named and has no interpreter.
    """
    named = options.get("virtualenv") or (".venv" if options.get("toolchain") == "uv" else None)
    if not named:
        return Path(sys.executable)
    environment = (root / str(named)).resolve()
    python = environment / "bin" / "python"
    if not os.access(python, os.X_OK):
        message = (
            f"the virtual environment {environment} has no bin/python: run `make up`, or mend virtualenv"
        )
        raise MissingEnvironmentError(f"{message} in {root}")
    return python


def activated(python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` as it is where the virtual environment of `python` is active."""
    changed = dict(environment)
    changed.pop("PYTHONHOME", None)
    changed["PATH"] = os.pathsep.join([str(python.parent), *filter(None, [environment.get("PATH")])])
    if (python.parent.parent / "pyvenv.cfg").exists():
        changed["VIRTUAL_ENV"] = str(python.parent.parent)
    return changed
