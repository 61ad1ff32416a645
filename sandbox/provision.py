"""What `make up` does: build what is missing, start the clouds, `pulumi up`, fill the vault, tell.

Every step may die and be repeated. Two runs of the engine are needed the first time, as on the real
clouds: the vault's containers must exist before somebody can put a token into them, and only then can
the token be sealed for GitHub.
"""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError, UsageError
from sandbox import account, environment, jsonfile, paths, supervisor
from sandbox.clouds import ALL
from sandbox.engine import engine as engines
from sandbox.engine import gotool
from sandbox.engine.engine import Engine
from sandbox.engine.install import Plugin, install, script
from sandbox.engine.locking import exclusive
from sandbox.engine.progress import Report
from sandbox.engine.stack import ensure_stack
from sandbox.github import plugin as github_plugin

if TYPE_CHECKING:
    from components.settings import Settings

STACK = "sandbox"

_AWS_VERSION = "7.51.1"  # of the SDK in pyproject.toml, which asks for this plugin
_GENERATIONS = "provisioned.json"


@dataclass(frozen=True)
class Outcome:
    """What a run of `make up` came to.

    Attributes:
        changes: resources by what happened to them in the first engine run, such as `{"create": 30}`.
        outputs: the stack's outputs.
        closed: repositories that this run made private.
    """

    changes: dict[str, int]
    outputs: dict[str, Any]
    closed: list[str]


def prepare(stack: str = STACK, report: Report | None = None) -> Engine:
    """Engine, plugins, running clouds and an initialised stack; what is there already stays.

    Args:
        stack: the stack to initialise in the sandbox's own backend.
        report: where progress goes.

    Raises:
        SettingsError: the stack's file has mistakes; nothing was built or started for it.
        SandboxError: something could not be built or started.
    """
    from components import settings

    report = report or Report()
    if not re.fullmatch(r"[\w.-]+", stack) or not (paths.CHECKOUT / f"Pulumi.{stack}.yaml").exists():
        raise UsageError(f"There is no Pulumi.{stack}.yaml", next_step="Name a stack that has its file here")
    desired = settings.from_file(paths.CHECKOUT / f"Pulumi.{stack}.yaml")
    built = engines.find(report)
    github = gotool.ensure(github_plugin.tool(), report)
    gotool.sweep()
    environment.leave_behind()
    supervisor.up()
    account.prepare(desired)
    home = paths.home()
    placed = install(home, built, [Plugin("github", github_plugin.VERSION, github), _aws_plugin(home)])
    ensure_stack(home, stack, paths.CHECKOUT, placed)
    return placed


def up(report: Report | None = None) -> Outcome:
    """Provision the sandbox's organization; a second run changes nothing.

    Raises:
        SettingsError: Pulumi.sandbox.yaml has mistakes; nothing was built or started for it.
        SandboxError: the engine failed; its own words stand above on the terminal.
    """
    from components import settings

    report = report or Report()
    desired = settings.from_file(paths.CHECKOUT / f"Pulumi.{STACK}.yaml")
    with exclusive(
        paths.home() / "up.lock", lambda: report.say("Another `make up` is running: waiting for it")
    ):
        prepare(STACK, report)
        return _provision(desired, report)


def _provision(desired: Settings, report: Report) -> Outcome:
    from sandbox import interrupted, vault

    variables = environment.complete(STACK)
    known = _journal(_outputs())
    lost = _lost_state()
    if not (paths.home() / _GENERATIONS).exists():
        _remember_generations()  # what is lost from here on is noticed, even if this run fails
    if lost:
        report.say(f"The {lost} lost data since the last run: reading it again first")
    mended = interrupted.adopt(_json("stack", "export"), interrupted.Clouds(desired, variables))
    if mended:
        report.say("The last run was interrupted: taking over what it left half-made")
        _import(mended)
    if freed := vault.free_names(desired):
        report.say(f"Freed the names of deleted secrets: {', '.join(freed)}")
    changes = _engine_up(refresh=bool(lost or mended))
    if vault.fill(_outputs(), desired):
        report.say("Put a fresh token into the vault; sealing it for GitHub")
        _engine_up(refresh=False)
    _remember_generations()
    outputs = _outputs()
    closed = [entry["repository"] for entry in _journal(outputs) if entry not in known]
    return Outcome(changes, outputs, closed)


def run_pulumi(stack: str, *arguments: str) -> int:
    """Run `pulumi` for a stack in the sandbox, on the caller's terminal.

    Returns:
        The engine's exit code.

    Raises:
        KeyboardInterrupt: the person interrupted; the engine has ended in order.
    """
    command: list[str | Path] = [_pulumi(), *arguments]
    interrupts: list[int] = []
    # The terminal interrupts the engine too, and that finishes what it is doing: we wait for it.
    before = signal.signal(signal.SIGINT, lambda number, _frame: interrupts.append(number))
    try:
        code = subprocess.Popen(command, cwd=paths.CHECKOUT, env=environment.complete(stack)).wait()
    finally:
        signal.signal(signal.SIGINT, before)
    if interrupts:
        raise KeyboardInterrupt
    return code


def _engine_up(*, refresh: bool) -> dict[str, int]:
    before = _last_update()
    code = run_pulumi(STACK, "up", "--yes", "--skip-preview", *(["--refresh"] if refresh else []))
    if code:
        raise _failure()
    update = _last_update()
    if update is None or update == before:
        return {}
    return {str(k): int(v) for k, v in (update.get("resourceChanges") or {}).items()}


def _failure() -> SandboxError:
    gone = [s for s in map(supervisor.status, ALL) if s.condition != "running"]
    if gone:
        names = " and ".join(f"{s.cloud.title} ({s.condition}, log: {s.cloud.log})" for s in gone)
        return SandboxError(
            f"Provisioning stopped because of the {names}",
            means="What was done is kept",
            next_step="Run `make up` again: it starts what is missing and goes on",
        )
    return SandboxError(
        "Provisioning stopped; the engine's reason stands above",
        means="What was done is kept",
        next_step="Mend it and run `make up` again; the clouds' logs are in " + str(paths.home() / "logs"),
    )


def _last_update() -> dict[str, Any] | None:
    history = _json("stack", "history", "--json", "--page-size", "1", "--page", "1")
    return history[0] if history else None


def _outputs() -> dict[str, Any]:
    return dict(_json("stack", "output", "--json"))


def _journal(outputs: dict[str, Any]) -> list[dict[str, str]]:
    return outputs.get("made_private") or []


def _import(exported: dict[str, Any]) -> None:
    _ask("stack", "import", stdin=json.dumps(exported))


def _json(*arguments: str) -> Any:
    return json.loads(_ask(*arguments))


def _ask(*arguments: str, stdin: str = "") -> str:
    done = subprocess.run(
        [_pulumi(), *arguments],
        cwd=paths.CHECKOUT,
        env=environment.complete(STACK),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise SandboxError(
            f"pulumi {' '.join(arguments[:2])} failed: {''.join(last)}", next_step="Run `make up` again"
        )
    return done.stdout


def _pulumi() -> Path:
    return paths.home() / "bin" / "pulumi"


def _aws_plugin(home: Path) -> Plugin:
    file = home / "plugins" / "pulumi-resource-aws"
    command = shlex.join([sys.executable, "-m", "sandbox.aws.provider"])
    script(file, "# The stand-in for the AWS plugin: see sandbox/aws/provider", command)
    return Plugin("aws", _AWS_VERSION, file)


def _lost_state() -> str:
    """The clouds whose data is not what was provisioned last, as a phrase; empty where all is well."""
    known = jsonfile.read(paths.home() / _GENERATIONS)
    lost = [c.title for c in ALL if c.name in known and known[c.name] != supervisor.status(c).generation]
    return " and the ".join(lost)


def _remember_generations() -> None:
    jsonfile.write(paths.home() / _GENERATIONS, {c.name: supervisor.status(c).generation for c in ALL})
