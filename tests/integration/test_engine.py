"""The real engine with the sandbox's own language host, policy packs and dynamic providers."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.engine.engine import Engine
from sandbox.engine.install import Plugin, install
from sandbox.engine.stack import backend, ensure_stack

pytestmark = pytest.mark.engine

_ENVIRONMENT = Path(sys.executable).parent.parent

# A thing with a colour, kept in a file; the grey one takes its time.
_THINGS = """
import os
from pathlib import Path

from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider, UpdateResult

WORLD = Path("world")


class ThingProvider(ResourceProvider):
    def create(self, props):
        if props["colour"] == "grey":
            Path("creating").write_text(str(os.getpid()))
            Path("go-on").read_text()
        WORLD.write_text(props["colour"])
        return CreateResult("thing", {"colour": props["colour"]})

    def diff(self, id_, olds, news):
        return DiffResult(changes=olds["colour"] != news["colour"])

    def update(self, id_, olds, news):
        WORLD.write_text(news["colour"])
        return UpdateResult({"colour": news["colour"]})

    def read(self, id_, props):
        if not WORLD.exists():
            return ReadResult("", {})
        found = {"colour": WORLD.read_text()}
        return ReadResult(id_, found, found)

    def delete(self, id_, props):
        WORLD.unlink()


class Thing(Resource):
    colour: object

    def __init__(self, name, colour):
        super().__init__(ThingProvider(), name, {"colour": colour})
"""

_PROGRAM = """
import pulumi
from things import Thing

settings = pulumi.Config()
print("the program speaks")
thing = Thing("one", settings.require("colour"))
pulumi.export("colour", thing.colour)
pulumi.export("where", [pulumi.get_organization(), pulumi.get_project(), pulumi.get_stack()])
pulumi.export("root", pulumi.get_root_directory())
if settings.get("hidden"):
    pulumi.export("hidden", settings.require_secret("hidden"))
"""

_PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy


def no_red(args, report):
    if args.props.get("colour") == "red":
        report("red is not allowed")


rule = ResourceValidationPolicy("no-red", "Nothing is red.", no_red, EnforcementLevel.MANDATORY)
PolicyPack("colours", policies=[rule])
"""


class Project:
    """A project with one stack in a sandbox of its own, in a path with spaces."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.directory = root / "a project"
        self.home = root / "the home"
        for directory in (self.home, self.directory / "policy"):
            directory.mkdir(parents=True)
        runtime = f"runtime:\n  name: python\n  options:\n    virtualenv: {_ENVIRONMENT}\n"
        self.write("Pulumi.yaml", f"name: colours\n{runtime}")
        self.write("Pulumi.sandbox.yaml", "# why it is green\nconfig:\n  colours:colour: green\n")
        self.write("policy/PulumiPolicy.yaml", f"version: 0.0.1\n{runtime}")
        self.write("policy/__main__.py", _PACK)
        self.write("things.py", _THINGS)
        self.write("__main__.py", _PROGRAM)
        self.engine = install(self.home, engine)
        self.stack = ensure_stack(self.home, "sandbox", self.directory, self.engine)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PULUMI_")},
            **backend(self.home),
            "PATH": f"{self.home / 'bin'}:{os.environ['PATH']}",
            "HOME": str(root / "user"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "NO_COLOR": "1",
        }

    def write(self, name: str, text: str) -> None:
        """Put a file into the project."""
        (self.directory / name).write_text(text, encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `pulumi` as a person would, in a process group of its own."""
        return subprocess.Popen(
            ["pulumi", *arguments],
            cwd=self.directory,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run `pulumi` to its end; what it said."""
        call = self.start(*arguments)
        output, _ = call.communicate(timeout=120)
        assert call.returncode == code, output
        return output

    def world(self) -> Path:
        """The file in which the thing's colour is kept."""
        return self.directory / "world"


@pytest.fixture
def project(tmp_path: Path, engine: Engine) -> Project:
    """A fresh project whose stack is set up and empty."""
    return Project(tmp_path, engine)


def test_life_of_a_stack(project: Project, tmp_path: Path) -> None:
    """Preview, up, drift, refresh, analysis and destroy work, and the committed files stay as they are."""
    committed = {path.name: path.read_bytes() for path in project.directory.glob("*.*")}
    preview = project.run("preview", "--policy-pack", "policy")
    assert "2 to create" in preview
    assert "warning" not in preview
    assert not project.world().exists()
    up = project.run("up", "--yes", "--skip-preview", "--policy-pack", "policy")
    assert "the program speaks" in up
    outputs = json.loads(project.run("stack", "output", "--json"))
    assert outputs["colour"] == "green"
    assert outputs["where"] == ["organization", "colours", "sandbox"]
    assert outputs["root"] == str(project.directory)
    project.run("preview", "--expect-no-changes")
    project.world().write_text("blue")
    drift = ("refresh", "--preview-only", "--expect-no-changes", "--diff")
    assert "blue" in project.run(*drift, code=7)
    project.run("refresh", "--yes", "--run-program")
    assert "no-red" not in project.run("policy", "analyze", "--policy-pack", "policy")
    project.run("destroy", "--yes", "--skip-preview", "--run-program")
    assert not project.world().exists()
    assert {path.name: path.read_bytes() for path in project.directory.glob("*.*")} == committed
    assert not (tmp_path / "user").exists()


def test_violation_stops(project: Project) -> None:
    """A mandatory rule refuses preview and update, also for the state that is there."""
    project.run("config", "set", "colour", "red")
    assert "red is not allowed" in project.run("preview", "--policy-pack", "policy", code=1)
    assert "red is not allowed" in project.run(
        "up", "--yes", "--skip-preview", "--policy-pack", "policy", code=1
    )
    assert not project.world().exists()
    project.run("up", "--yes", "--skip-preview")
    assert "red is not allowed" in project.run("policy", "analyze", "--policy-pack", "policy", code=1)


def test_config_edits_what_people_see(project: Project) -> None:
    """Settings and comments stay readable; a secret works and its salt goes with it."""
    committed = project.stack.committed
    project.run("config", "set", "colour", "yellow")
    assert committed.read_text() == "# why it is green\nconfig:\n  colours:colour: yellow\n"
    project.run("config", "set", "--secret", "hidden", "made up")
    project.run("up", "--yes", "--skip-preview")
    assert json.loads(project.run("stack", "output", "--json"))["hidden"] == "[secret]"
    assert "made up" in project.run("stack", "output", "--show-secrets")
    project.run("stack", "history", "--show-secrets")
    project.run("config", "rm", "hidden")
    assert committed.read_text() == "# why it is green\nconfig:\n  colours:colour: yellow\n"


def test_other_stack(project: Project) -> None:
    """A second stack is set up and previewed with its own settings, and the first one is not touched."""
    project.write("Pulumi.prod.yaml", "encryptionsalt: v1:theirs\nconfig:\n  colours:colour: white\n")
    before = (project.directory / "Pulumi.prod.yaml").read_bytes()
    ensure_stack(project.home, "prod", project.directory, project.engine)
    assert "colours-prod" in project.run("preview", "--stack", "prod")
    assert (project.directory / "Pulumi.prod.yaml").read_bytes() == before


def test_traceback_is_the_programs(project: Project) -> None:
    """An error shows the program's file and line, nothing of the host, and fails the call."""
    project.write("helper.py", "def fail():\n    raise LookupError('made for the test')\n")
    project.write("__main__.py", "import helper\n\nhelper.fail()\n")
    output = project.run("preview", code=1)
    assert f'File "{project.directory}/__main__.py", line 3, in <module>' in output
    assert f'File "{project.directory}/helper.py", line 2, in fail' in output
    assert "LookupError: made for the test" in output
    assert "run_program" not in output
    assert "an unhandled error occurred" not in output


def test_error_in_a_callback(project: Project) -> None:
    """What fails after the program's last line is shown in the same way."""
    project.write("__main__.py", "import pulumi\npulumi.Output.from_input(1).apply(lambda x: x.nothing)\n")
    output = project.run("preview", code=1)
    assert '__main__.py", line 2, in <lambda>' in output
    assert "run_program" not in output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import pulumi\nraise pulumi.RunError('in one line')\n", "error: in one line"),
        ("import sys\nsys.exit(3)\n", "the program ended with exit code 3"),
        ("import os\nos.kill(os.getpid(), 9)\n", "the program ended by signal 9"),
        ("x = (\n", "SyntaxError: '(' was never closed"),
    ],
)
def test_ways_to_fail(project: Project, text: str, expected: str) -> None:
    """Each way is told in its own words and without a traceback of ours."""
    project.write("__main__.py", text)
    output = project.run("preview", code=1)
    assert expected in output
    assert "Traceback" not in output


def test_missing_program(project: Project) -> None:
    """A project without its main file never runs somebody else's."""
    (project.directory / "__main__.py").unlink()
    assert f"there is no __main__.py in {project.directory}" in project.run("preview", code=1)


def test_missing_environment(project: Project) -> None:
    """A virtualenv that is not there is named, and no other Python is used."""
    project.write(
        "Pulumi.yaml", "name: colours\nruntime:\n  name: python\n  options:\n    virtualenv: nowhere\n"
    )
    output = project.run("preview", code=1)
    assert f"the virtual environment {project.directory}/nowhere has no bin/python" in output


def test_environment_of_the_project(project: Project, tmp_path: Path) -> None:
    """The program runs with the Python that the project names, relative to Pulumi.yaml."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "own"], check=True)
    packages = next((tmp_path / "own").glob("lib/*/site-packages"))
    site = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    (packages / "rest.pth").write_text(f"{site}\n")
    project.write(
        "Pulumi.yaml", "name: colours\nruntime:\n  name: python\n  options:\n    virtualenv: ../own\n"
    )
    project.write(
        "__main__.py",
        "import os, sys, pulumi\nfrom things import Thing\nThing('one', 'green')\n"
        "pulumi.export('prefix', sys.prefix)\npulumi.export('active', os.environ['VIRTUAL_ENV'])\n",
    )
    project.run("up", "--yes", "--skip-preview")
    outputs = json.loads(project.run("stack", "output", "--json"))
    assert outputs == {"prefix": str(tmp_path / "own"), "active": str(tmp_path / "own")}


def _wait_for_create(project: Project) -> tuple[subprocess.Popen[str], int]:
    os.mkfifo(project.directory / "creating")
    os.mkfifo(project.directory / "go-on")
    project.run("config", "set", "colour", "grey")
    update = project.start("up", "--yes", "--skip-preview", "--policy-pack", "policy")
    return update, int((project.directory / "creating").read_text())


def test_interrupt_ends_quietly(project: Project) -> None:
    """After an interrupt the running step is finished, the rest is left, and nobody shows a traceback."""
    update, _ = _wait_for_create(project)
    os.killpg(update.pid, signal.SIGINT)
    (project.directory / "go-on").write_text("")
    output, _ = update.communicate(timeout=60)
    assert update.returncode == 1
    assert "^C received" in output
    assert "Traceback" not in output
    assert "KeyboardInterrupt" not in output
    assert "a panic occurred" not in output
    project.run("config", "set", "colour", "green")
    project.run("up", "--yes", "--skip-preview")


def test_killed_engine_leaves_no_process(project: Project) -> None:
    """When the engine dies, host, program, pack and provider end; the stack can be used again."""
    update, provider = _wait_for_create(project)
    handles = [os.pidfd_open(pid) for pid in {provider, *_descendants(update.pid)} - {update.pid}]
    assert len(handles) >= 5
    update.kill()
    update.communicate()
    for handle in handles:
        assert select.select([handle], [], [], 20)[0]
        os.close(handle)
    for name in ("creating", "go-on"):
        (project.directory / name).unlink()
    ensure_stack(project.home, "sandbox", project.directory, project.engine)
    project.run("config", "set", "colour", "green")
    project.run("up", "--yes", "--skip-preview")


def _descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= {int(child)} | _descendants(int(child))
    return found


def test_about(project: Project) -> None:
    """`pulumi about` knows the program's Python and its packages."""
    output = project.run("about")
    assert sys.executable in output
    assert "hubguard" in output


def test_plugin_is_installed_and_replaced(project: Project, tmp_path: Path) -> None:
    """A resource plugin lands in the sandbox's own home, and a changed one takes its place."""
    executable = tmp_path / "some plugin"
    for text in ("#!/bin/sh\necho 1\n", "#!/bin/sh\necho 2\n"):
        executable.write_text(text)
        executable.chmod(0o755)
        install(project.home, project.engine, [Plugin("nothing", "1.2.3", executable)])
        installed = project.home / "pulumi/plugins/resource-nothing-v1.2.3/pulumi-resource-nothing"
        assert installed.read_text() == text
        assert os.access(installed, os.X_OK)
    before = installed.stat().st_ino
    install(project.home, project.engine, [Plugin("nothing", "1.2.3", executable)])
    assert installed.stat().st_ino == before
