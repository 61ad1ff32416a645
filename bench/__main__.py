"""`make bench`: an unchanged preview of the whole stack beside that of a program with one AWS resource.

They run in turns, on the same engine and clouds, so that what else the machine does hits all of them. The
limit compares programs: neither of the two has policies. What the pack adds is shown beside them.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from hubguard.errors import HubguardError, SandboxError
from sandbox import environment, paths, provision
from sandbox.engine.stack import ensure_stack

MOST = 2.5
"""How many times a bare program's preview the whole stack's may take."""

_POLICIES = "PULUMI_OPTION_POLICY_PACK"
_BARE = Path(__file__).parent / "bare"


def main(runs: Annotated[int, typer.Option(min=3, help="Previews of each, in turns.")] = 7) -> None:
    """Measure, show, and fail when the whole stack takes too long."""
    provision.up()
    variables = environment.complete()
    pulumi = paths.home() / "bin" / "pulumi"
    plain = {name: value for name, value in variables.items() if name != _POLICIES}
    bare = plain | {"AWS_PROFILE": "root"}  # deploy may not make what the bare program makes
    ensure_stack(paths.home(), provision.STACK, _BARE, provision.prepare())
    _run([pulumi, "up", "--yes", "--skip-preview"], _BARE, bare)
    runs_of = {
        "bare program, one resource": (_BARE, bare),
        "whole stack": (paths.CHECKOUT, plain),
        "whole stack, with the policies": (paths.CHECKOUT, variables),
    }
    times: dict[str, list[float]] = {what: [] for what in runs_of}
    preview: list[Path | str] = [pulumi, "preview", "--expect-no-changes"]
    for _ in track(range(runs), description="Previewing", transient=True):
        for what, (directory, chosen) in runs_of.items():
            times[what].append(_run(preview, directory, chosen))
    _run([pulumi, "destroy", "--yes", "--skip-preview"], _BARE, bare)
    _show(times)


def _run(command: list[Path | str], directory: Path, variables: Mapping[str, str]) -> float:
    """Seconds that a command took."""
    started = time.monotonic()
    done = subprocess.run(command, cwd=directory, env=dict(variables), capture_output=True, text=True)  # noqa: PLW1510  looked at below
    taken = time.monotonic() - started
    if done.returncode:
        last = "".join((done.stdout + done.stderr).strip().splitlines()[-1:])
        what = f"pulumi {command[1]} failed in {directory.name}: {last}"
        raise SandboxError(what, next_step="Run `make up`")
    return taken


def _show(times: Mapping[str, list[float]]) -> None:
    table = Table("unchanged preview", "median s", "least s", "most s")
    for what, taken in times.items():
        table.add_row(what, *(f"{f(taken):.2f}" for f in (statistics.median, min, max)))
    bare, whole, _ = (statistics.median(taken) for taken in times.values())
    console = Console()
    console.print(table)
    console.print(f"{whole / bare:.2f} times the bare program; at most {MOST}", highlight=False)
    if whole > MOST * bare:
        raise typer.Exit(1)


if __name__ == "__main__":
    try:
        typer.run(main)
    except HubguardError as error:
        typer.echo(str(error), err=True)
        sys.exit(error.exit_code)
