"""The sandbox's `pulumi`: which file the engine reads, and that committed files stay clean."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from sandbox.engine import stackfile
from sandbox.engine.engine import Engine
from sandbox.engine.install import install
from sandbox.engine.pulumi_wrapper import read
from sandbox.engine.stackfile import StackFile

# Stands for the engine: says what it was called with, then does what the test asks for.
_ENGINE = """#!/bin/sh
printf '%s\\n' "$PULUMI_STACK" "$PULUMI_OPTION_CONFIG_FILE" "$PULUMI_IGNORE_AMBIENT_PLUGINS" "$@"
eval "$THEN"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one stack, in a path with a space."""
    directory = tmp_path / "a project"
    directory.mkdir()
    (directory / "Pulumi.yaml").write_text("name: demo\nruntime: python\n")
    (directory / "Pulumi.dev.yaml").write_text("config:\n  demo:a: b\n")
    return directory


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A laid-out sandbox around the pretended engine."""
    engine = tmp_path / "engine dir" / "pulumi"
    engine.parent.mkdir()
    engine.write_text(_ENGINE)
    engine.chmod(0o755)
    home = tmp_path / "the home"
    install(home, Engine(engine, "3.259.0", official=True))
    return home


@pytest.fixture
def file(home: Path, project: Path) -> StackFile:
    """The stack `dev`, set up."""
    file = StackFile(home, project / "Pulumi.yaml", "dev")
    file.keep("v1:ours")
    return file


def _call(home: Path, project: Path, *arguments: str, then: str = "", stack: str | None = None) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")}
    environment |= {"THEN": then} | ({"PULUMI_STACK": stack} if stack else {})
    command = [str(home / "bin" / "pulumi"), *arguments]
    return subprocess.check_output(command, cwd=project, env=environment, text=True).splitlines()


@pytest.mark.parametrize(
    ("arguments", "words", "stack"),
    [
        (["preview"], ["preview"], None),
        (["up", "-s", "dev", "--yes"], ["up"], "dev"),
        (["up", "-sdev"], ["up"], "dev"),
        (["up", "--stack=dev"], ["up"], "dev"),
        (["--color", "never", "-C", "/x", "up", "--stack", "org/demo/dev"], ["up"], "dev"),
        (["config", "set", "a", "--", "-s"], ["config", "set", "a"], None),
        (["stack", "init", "new"], ["stack", "init", "new"], None),
        ([], [], None),
        (["up", "-s"], ["up"], None),
    ],
)
def test_reads_arguments(arguments: list[str], words: list[str], stack: str | None) -> None:
    """Command and stack are found wherever options stand."""
    call = read(arguments)
    assert list(call.words) == words
    assert call.stack == stack


def test_directory_option() -> None:
    """The project is looked for where Pulumi will work."""
    assert read(["-C", "/elsewhere", "up"]).directory == Path("/elsewhere")
    assert read(["--cwd=/elsewhere", "up"]).directory == Path("/elsewhere")


def test_operation_reads_the_derived_file(home: Path, project: Path, file: StackFile) -> None:
    """An operation gets the settings as they are now with the salt, and the committed file is not touched."""
    before = file.committed.read_bytes()
    said = _call(home, project, "preview", "--stack", "dev", "two words")
    assert said == ["dev", str(file.derived), "true", "preview", "--stack", "dev", "two words"]
    assert file.derived.read_text() == "encryptionsalt: v1:ours\nconfig:\n  demo:a: b\n"
    assert file.committed.read_bytes() == before


def test_stack_from_environment_and_default(home: Path, project: Path) -> None:
    """PULUMI_STACK decides where no option does; else it is `sandbox`."""
    assert _call(home, project, "up", stack="dev")[:2][0] == "dev"
    assert _call(home, project, "up")[0] == "sandbox"


def test_config_works_on_the_committed_file(home: Path, project: Path, file: StackFile) -> None:
    """`pulumi config set` edits what people see."""
    said = _call(
        home, project, "config", "set", "a", "c", "-s", "dev", then='echo "# new" >> Pulumi.dev.yaml'
    )
    assert said[1] == ""
    assert file.committed.read_text() == "config:\n  demo:a: b\n# new\n"


def test_new_salt_is_taken_out(home: Path, project: Path, file: StackFile) -> None:
    """A salt that the engine writes into a committed file does not stay there."""
    then = 'echo "encryptionsalt: v1:new" >> Pulumi.dev.yaml'
    _call(home, project, "stack", "history", "-s", "dev", then=then)
    assert file.committed.read_text() == "config:\n  demo:a: b\n"
    assert file.salt() == "v1:ours"


def test_new_stack_keeps_its_salt_at_home(home: Path, project: Path) -> None:
    """`stack init` leaves no file beside the project, and the stack works from then on."""
    then = 'echo "encryptionsalt: v1:new" > Pulumi.other.yaml'
    _call(home, project, "stack", "init", "other", then=then)
    assert not (project / "Pulumi.other.yaml").exists()
    assert StackFile(home, project / "Pulumi.yaml", "other").salt() == "v1:new"


def test_secret_gets_its_salt(home: Path, project: Path, file: StackFile) -> None:
    """A secret set by hand is readable later: the salt goes into the file first, and stays with it."""
    then = "printf '  demo:s:\\n    secure: v1:x\\n' >> Pulumi.dev.yaml"
    _call(home, project, "config", "set", "--secret", "s", "x", "-s", "dev", then=then)
    assert stackfile.salt_in(file.committed.read_text()) == "v1:ours"
    _call(home, project, "config", "rm", "s", "-s", "dev", then="sed -i /demo:s/,/secure/d Pulumi.dev.yaml")
    assert file.committed.read_text() == "config:\n  demo:a: b\n"


def test_real_salt_of_a_team_stays(home: Path, project: Path, file: StackFile) -> None:
    """A stack that is committed with its own salt is not ours to clean."""
    text = "encryptionsalt: v1:team\nconfig:\n  demo:a: b\n"
    file.committed.write_text(text)
    _call(home, project, "config", "-s", "dev")
    assert file.committed.read_text() == text


def test_exit_code_is_the_engines(home: Path, project: Path) -> None:
    """Both ways of running the engine pass on how it ended."""
    for command in ("preview", "config"):
        with pytest.raises(subprocess.CalledProcessError) as caught:
            _call(home, project, command, then="exit 7")
        assert caught.value.returncode == 7


def test_outside_a_project(home: Path, tmp_path: Path) -> None:
    """Without a project the call goes through as it is."""
    assert _call(home, tmp_path, "version") == ["sandbox", "", "true", "version"]
    assert not (home / "stacks").exists()


def test_many_at_once(home: Path, project: Path, file: StackFile) -> None:
    """Calls at the same time all read a whole file."""
    then = 'cat "$PULUMI_OPTION_CONFIG_FILE"'
    environment = os.environ | {"THEN": then}
    calls = [
        subprocess.Popen(
            [home / "bin" / "pulumi", "up", "-s", "dev"],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    outputs = {call.communicate()[0] for call in calls}
    assert len(outputs) == 1
    assert "encryptionsalt: v1:ours" in outputs.pop()
    assert [path.name for path in sorted(file.derived.parent.iterdir())] == [
        "Pulumi.dev.yaml",
        "dev.salt.json",
    ]
    assert json.loads(file.salt_file.read_text())["salt"] == "v1:ours"
