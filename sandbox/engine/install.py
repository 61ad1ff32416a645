"""Lays the engine out under the sandbox's home: commands, language host, plugins.

    home/bin/pulumi       the wrapper; this directory goes first on PATH
    home/engine/          a built engine with its language host and dynamic provider beside it
    home/pulumi/          PULUMI_HOME: the sandbox's own plugins, never the user's

The host lies beside the engine and not on PATH because Pulumi warns at every call about one from PATH.
"""

from __future__ import annotations

import filecmp
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hubguard.errors import SandboxError
from sandbox import paths
from sandbox.engine.engine import LANGUAGE_HOST, WRAPPER_MARK, Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

DYNAMIC_PROVIDER = "pulumi-resource-pulumi-python"


@dataclass(frozen=True)
class Plugin:
    """A resource plugin of the sandbox.

    Attributes:
        name: the provider's name, such as `aws`.
        version: as the program's SDK asks for it, without a leading v.
        executable: prints its port when it is started; a script needs absolute paths.
    """

    name: str
    version: str
    executable: Path


def install(home: Path, engine: Engine, plugins: Iterable[Plugin] = ()) -> Engine:
    """Lay everything out; what is there already and the same stays as it is.

    Args:
        home: the sandbox's own directory.
        engine: the engine to run.
        plugins: resource plugins for the sandbox's own PULUMI_HOME.

    Returns:
        The engine as it is laid out: a built one now has its language host beside it.

    Raises:
        SandboxError: a plugin could not be installed.
    """
    home = home.resolve()
    placed = engine if engine.official else _beside_host(home, engine)
    script(
        home / "bin" / "pulumi",
        f"# {WRAPPER_MARK}: see sandbox/engine/pulumi_wrapper.py",
        _python("-I", "-S", "-c", _entry("pulumi_wrapper", "main(sys.argv[1:])"), str(paths.CHECKOUT))
        + f" {shlex.quote(str(home))} {shlex.quote(str(placed.executable))}",
    )
    for plugin in plugins:
        _install_plugin(home, placed, plugin)
    return placed


def _beside_host(home: Path, engine: Engine) -> Engine:
    target = home / "engine" / "pulumi"
    if not target.exists() or not target.samefile(engine.executable):
        _link(engine.executable, target)
    script(
        target.with_name(LANGUAGE_HOST),
        "# The language host: see sandbox/engine/language_host.py",
        _python("-P", "-c", _entry("language_host", "main(sys.argv[1:])"), str(paths.CHECKOUT)),
    )
    script(
        target.with_name(DYNAMIC_PROVIDER),
        "# Dynamic providers: see sandbox/engine/dynamic_provider.py",
        _python("-I", "-S", "-c", _entry("dynamic_provider", "main(sys.argv[1:])"), str(paths.CHECKOUT)),
    )
    return Engine(target, engine.version, official=False)


def _link(source: Path, target: Path) -> None:
    # A hard link, not a symbolic one: the engine looks for its host beside the file that it really is.
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".link-", dir=target.parent) as scratch:
        made = Path(scratch) / target.name
        try:
            os.link(source.resolve(), made)
        except OSError:
            shutil.copy2(source, made)  # another file system
        made.replace(target)


def _python(*arguments: str) -> str:
    return shlex.join([sys.executable, *arguments])


def _entry(module: str, call: str) -> str:
    # Isolated from the caller's directory and PYTHONPATH; the checkout comes as the first argument.
    return (
        f"import sys; sys.path.insert(0, sys.argv.pop(1)); from sandbox.engine.{module} import main; {call}"
    )


def script(file: Path, comment: str, command: str) -> None:
    """Write a shell script that becomes another program; the same text leaves the file alone.

    Args:
        file: where; made executable.
        comment: its second line, with the leading `#`.
        command: what it becomes, quoted for a shell; the script's own arguments follow.
    """
    text = f'#!/bin/sh\n{comment}\nexec {command} "$@"\n'
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_name(f".{file.name}.{os.getpid()}")
    made.write_text(text, encoding="utf-8")
    made.chmod(0o755)
    made.replace(file)


def _install_plugin(home: Path, engine: Engine, plugin: Plugin) -> None:
    file = f"pulumi-resource-{plugin.name}"
    installed = home / "pulumi" / "plugins" / f"resource-{plugin.name}-v{plugin.version}" / file
    if installed.exists() and filecmp.cmp(installed, plugin.executable, shallow=False):
        return
    arguments = ["plugin", "install", "resource", plugin.name, plugin.version]
    done = subprocess.run(
        [engine.executable, *arguments, "--file", plugin.executable, "--reinstall"],
        cwd=home,
        env=os.environ | {"PULUMI_HOME": str(home / "pulumi"), "PULUMI_SKIP_UPDATE_CHECK": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise SandboxError(
            f"The plugin {plugin.name} {plugin.version} could not be installed: {lines[-1] if lines else ''}",
            next_step="Run `make up` again",
        )
