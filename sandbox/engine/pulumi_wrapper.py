"""The `pulumi` command of the sandbox: the real engine, with committed files kept clean.

`home/bin/pulumi` runs it at every call, so it uses the standard library only. Operations read the
configuration that `stackfile` derives; `pulumi config` and `pulumi stack` work on the committed file, and a
salt that they leave there is taken out again. A secret set by hand is the exception: it cannot be read
without its salt, so the salt goes into the file with it.
"""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sandbox.engine import stackfile
from sandbox.engine.stackfile import StackFile

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_STACK = "sandbox"

# Options before the command that take their value from the next argument; all others are switches.
# Source: the persistent flags of pulumi 3.259.0.
_WITH_VALUE = frozenset(
    {
        "-C",
        "--cwd",
        "--color",
        "-v",
        "--verbose",
        "--profiling",
        "--memprofilerate",
        "--tracing",
        "--otel-traces",
    }
)

# These write the committed file, or would if they could.
_ON_COMMITTED = frozenset({"config", "stack", "new"})

_FOREIGN_CONFIG = "PULUMI_OPTION_CONFIG_FILE"
_DIFF = "PULUMI_OPTION_DIFF"
_PACK = "PULUMI_OPTION_POLICY_PACK"


@dataclass(frozen=True)
class Call:
    """What the arguments of one call say.

    Attributes:
        words: the command and what follows without leading dashes: `("config", "set", "key")`.
        stack: the stack's plain name, None where no option names it.
        directory: where Pulumi will work.
        secret: a secret is being set.
    """

    words: tuple[str, ...]
    stack: str | None
    directory: Path
    secret: bool


def read(arguments: Sequence[str]) -> Call:
    """What a call will do, as far as the wrapper has to know."""
    words: list[str] = []
    stack: str | None = None
    directory = Path.cwd()
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        name, equals, value = argument.partition("=")
        if argument == "--":
            break
        if argument in ("-s", "--stack") and rest:
            stack = rest.pop(0)
        elif name == "--stack" and equals:
            stack = value
        elif argument.startswith("-s") and not argument.startswith("--"):
            stack = argument[2:].removeprefix("=")
        elif argument in ("-C", "--cwd") and rest:
            directory /= rest.pop(0)
        elif name in ("-C", "--cwd") and equals:
            directory /= value
        elif argument in _WITH_VALUE and rest:
            rest.pop(0)
        elif not argument.startswith("-"):
            words.append(argument)
    # A full name is organization/project/stack.
    plain = stack.rpartition("/")[2] if stack else None
    return Call(tuple(words), plain or None, directory, "--secret" in arguments)


def main(arguments: Sequence[str]) -> NoReturn:
    """Run the engine.

    Args:
        arguments: the sandbox's home, the engine's executable, then what the person typed.
    """
    home, engine, *typed = arguments
    call = read(typed)
    environment = dict(os.environ)
    # A plugin that lies on PATH would take the place of the sandbox's own, and talk to real accounts.
    environment.setdefault("PULUMI_IGNORE_AMBIENT_PLUGINS", "true")
    # `stack rm` removes the committed configuration otherwise.
    environment.setdefault("PULUMI_OPTION_PRESERVE_CONFIG", "true")
    if _names_pack(typed, environment.get(_PACK, "")):
        environment.pop(_PACK, None)  # Pulumi adds the two up, and says everything twice
    if call.words[:1] == ("refresh",):
        environment.setdefault(_DIFF, "true")  # drift is a list of names, not of resources
    stack = call.stack or os.environ.get("PULUMI_STACK") or DEFAULT_STACK
    environment["PULUMI_STACK"] = stack
    project_file = stackfile.find_project(call.directory)
    command = call.words[0] if call.words else ""
    if project_file is None or not command:
        _become(engine, typed, environment)
    if command not in _ON_COMMITTED:
        file = StackFile(Path(home), project_file, stack)
        environment[_FOREIGN_CONFIG] = str(file.derive())
        _become(engine, typed, environment)
    if call.words[:2] == ("stack", "init") and len(call.words) > 2:  # noqa: PLR2004  stack init NAME
        stack = call.words[2].rpartition("/")[2]
    environment.pop(_FOREIGN_CONFIG, None)
    file = StackFile(Path(home), project_file, stack)
    sys.exit(_on_committed([engine, *typed], environment, file, secret=call.secret))


def _names_pack(arguments: Sequence[str], own: str) -> bool:
    """Whether the project's own pack is among those that the arguments name."""
    named = [a.partition("=")[2] for a in arguments if a.startswith("--policy-pack=")]
    named += [b for a, b in itertools.pairwise(arguments) if a == "--policy-pack"]
    return bool(own) and any(Path(name).resolve() == Path(own).resolve() for name in named)


def _become(engine: str, arguments: Sequence[str], environment: dict[str, str]) -> NoReturn:
    os.execve(engine, ["pulumi", *arguments], environment)  # noqa: S606  the engine takes our place


def _on_committed(command: list[str], environment: dict[str, str], file: StackFile, *, secret: bool) -> int:
    before = _text(file.committed)
    if secret and file.salt() is not None and stackfile.salt_in(before or "") is None:
        stackfile.write(file.committed, stackfile.with_salt(before or "", file.salt()))
    # The terminal sends an interrupt to both of us; the engine decides what to do about it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = subprocess.Popen(command, env=environment, preexec_fn=_heed_interrupts)  # noqa: PLW1509  one thread
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    code = child.wait()
    _clean(file, before)
    return code if code >= 0 else 128 - code


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _clean(file: StackFile, before: str | None) -> None:
    """Take the salt out again where the engine or an earlier call put it and no secret needs it."""
    text = _text(file.committed) or ""
    salt = stackfile.salt_in(text)
    if salt is None or "secure:" in text:
        return
    if file.salt() is None and stackfile.salt_in(before or "") is None:
        file.keep(salt)
    if stackfile.salt_in(before or "") not in (None, file.salt()):
        return  # committed with a salt of its own, which belongs to somebody's real passphrase
    rest = stackfile.without_secrets_keys(text)
    if before is not None or rest.strip():
        stackfile.write(file.committed, rest)
    else:
        file.committed.unlink()


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
