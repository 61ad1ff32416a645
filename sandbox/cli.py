"""`hubguard sandbox`: the local clouds, and the stack that is provisioned on them."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from sandbox import environment, paths, ports, provision, supervisor
from sandbox.clouds import ALL
from sandbox.supervisor import Status

app = typer.Typer(help="The local AWS, GitHub and Hub.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
_console = Console()


@app.command()
def up(
    json_: Json = False,
    new_ports: Annotated[bool, typer.Option("--new-ports", help="Choose other ports.")] = False,
) -> None:
    """Start the three local clouds."""
    if new_ports:
        supervisor.down()
        ports.forget()
    _show(supervisor.up(), as_json=json_)


@app.command()
def down(
    discard: Annotated[bool, typer.Option("--discard", help="Remove their data and the state too.")] = False,
) -> None:
    """Stop the clouds in order; their data is kept."""
    supervisor.down()
    if discard:
        supervisor.discard()
    typer.echo("The local clouds are stopped" + (", their data and state are gone." if discard else "."))


@app.command()
def status(json_: Json = False) -> None:
    """Show the clouds; exit code 1 where one does not run."""
    found = [supervisor.status(cloud) for cloud in ALL]
    _show(found, as_json=json_)
    raise typer.Exit(0 if all(s.condition == "running" for s in found) else 1)


@app.command()
def reset(json_: Json = False) -> None:
    """Empty the clouds and forget the state; they run again as they were at the very first start."""
    supervisor.down()
    supervisor.discard()
    _show(supervisor.up(), as_json=json_)


@app.command("provision")
def provision_() -> None:
    """Build what is missing, start the clouds and provision the organization: `make up`."""
    started = time.monotonic()
    outcome = provision.up()
    _summary(outcome, time.monotonic() - started)


@app.command()
def preview(stack: Annotated[str, typer.Argument(help="sandbox, dev or prod")] = provision.STACK) -> None:
    """Preview any stack against the sandbox, without credentials: `make preview STACK=prod`."""
    provision.prepare(stack)
    raise typer.Exit(provision.run_pulumi(stack, "preview"))


@app.command()
def env() -> None:
    """Print shell lines in which plain `pulumi` works on the sandbox: eval "$(make -s env)"."""
    typer.echo(environment.as_shell(environment.of()))


def _show(found: list[Status], *, as_json: bool) -> None:
    if as_json:
        rows = [dataclasses.asdict(s) | {"cloud": s.cloud.name, "log": str(s.cloud.log)} for s in found]
        typer.echo(json.dumps(rows))
        return
    table = Table(
        "cloud", "condition", Column("address", no_wrap=True), "process", Column("log", overflow="fold")
    )
    for s in found:
        log = (
            s.cloud.log.relative_to(paths.CHECKOUT)
            if s.cloud.log.is_relative_to(paths.CHECKOUT)
            else s.cloud.log
        )
        table.add_row(s.cloud.title, s.condition, s.url, str(s.pid or ""), str(log))
    _console.print(table)


def _summary(outcome: provision.Outcome, seconds: float) -> None:
    made = sum(n for what, n in outcome.changes.items() if what != "same")
    same = outcome.changes.get("same", 0)
    out = outcome.outputs
    _console.print()
    _console.rule(f"{out.get('organization')}: ready after {seconds:.0f} s")
    table = Table.grid(padding=(0, 2))
    table.add_row("Pulumi", _changes(outcome.changes) if made else f"{same} unchanged")
    table.add_row("Hub", f"{out.get('repositories')} repositories, all private but what is approved")
    for path in outcome.closed:
        table.add_row("", f"made private: {path}")
    table.add_row("", f"{len(out.get('members_without_two_factor') or [])} members without 2FA")
    secrets, roles = (len(out.get(kind) or {}) for kind in ("secrets", "roles"))
    table.add_row("AWS", f"{secrets} secrets, {roles} roles, a trail and its alarms")
    for where, state in (out.get("sealed_secrets") or {}).items():
        table.add_row("GitHub", f"{where}: {state}")
    table.add_row("Next", 'eval "$(make -s env)" and use plain pulumi; `make status`; README.md')
    _console.print(table)


def _changes(changes: dict[str, Any]) -> str:
    words = {
        "create": "created",
        "update": "updated",
        "delete": "deleted",
        "replace": "replaced",
        "same": "unchanged",
    }
    return ", ".join(f"{count} {words.get(what, what)}" for what, count in sorted(changes.items()))
