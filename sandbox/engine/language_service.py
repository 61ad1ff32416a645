"""The service `LanguageRuntime` of the sandbox's Python language host.

Source of the calls and of their meaning: `pulumi/language.proto` of pulumi 3.259.0. Calls that only
code generation and publishing need are left unimplemented, which the engine understands.
"""

from __future__ import annotations

import json
import os
import platform
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

from sandbox.engine import interpreter, tether
from sandbox.engine.run_program import REPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    import grpc

    from sandbox.engine.children import Children

# Every policy pack and every plugin in Python holds one for as long as it runs.
WORKERS = 32

_RUNNER = Path(__file__).with_name("run_program.py")

_VERSION = "import platform; print(platform.python_version())"

# Names and versions of what is installed, without what something else installed has asked for.
_DEPENDENCIES = """
import importlib.metadata as m, json, re
found = {d.metadata["Name"]: (d.version, d.requires or []) for d in m.distributions()}
plain = lambda name: re.sub(r"[-_.]+", "-", name).lower()
needs = [need for _, all in found.values() for need in all if "extra ==" not in need]
asked = {plain(re.match(r"[\\w.-]+", need)[0]) for need in needs}
print(json.dumps([[n, v, plain(n) in asked] for n, (v, _) in sorted(found.items())]))
"""


class LanguageService(language_pb2_grpc.LanguageRuntimeServicer):
    """Answers the engine.

    Args:
        engine_address: where the engine takes log messages.
        children: starts the programs and ends them with the host.
    """

    def __init__(self, engine_address: str, children: Children) -> None:
        self._engine_address = engine_address
        self._children = children

    def Handshake(  # noqa: N802  the protocol's name, as below
        self, request: language_pb2.LanguageHandshakeRequest, context: grpc.ServicerContext
    ) -> language_pb2.LanguageHandshakeResponse:
        """Learn the engine's address where the host was started without one."""
        del context
        self._engine_address = request.engine_address or self._engine_address
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """The host has no versions of its own."""
        del request, context
        return plugin_pb2.PluginInfo(version="0.1.0")

    def About(  # noqa: N802
        self, request: language_pb2.AboutRequest, context: grpc.ServicerContext
    ) -> language_pb2.AboutResponse:
        """Which Python runs the program."""
        del context
        try:
            python = _python(request.info)
        except interpreter.MissingEnvironmentError as error:
            return language_pb2.AboutResponse(metadata={"problem": str(error)})
        own = str(python) == sys.executable
        version = platform.python_version() if own else _ask(python, _VERSION)
        return language_pb2.AboutResponse(executable=str(python), version=version)

    def GetRequiredPackages(  # noqa: N802
        self, request: language_pb2.GetRequiredPackagesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPackagesResponse:
        """None: the sandbox lays its plugins out itself, and nothing is to be fetched from elsewhere."""
        del request, context
        return language_pb2.GetRequiredPackagesResponse()

    def GetRequiredPlugins(  # noqa: N802
        self, request: language_pb2.GetRequiredPluginsRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetRequiredPluginsResponse:
        """None, as above; the older form of the question."""
        del request, context
        return language_pb2.GetRequiredPluginsResponse()

    def GetProgramDependencies(  # noqa: N802
        self, request: language_pb2.GetProgramDependenciesRequest, context: grpc.ServicerContext
    ) -> language_pb2.GetProgramDependenciesResponse:
        """What is installed in the program's environment, for `pulumi about`."""
        del context
        try:
            installed = json.loads(_ask(_python(request.info), _DEPENDENCIES) or "[]")
        except interpreter.MissingEnvironmentError:
            installed = []
        found = [
            language_pb2.DependencyInfo(name=name, version=version)
            for name, version, indirect in installed
            if request.transitiveDependencies or not indirect
        ]
        return language_pb2.GetProgramDependenciesResponse(dependencies=found)

    def InstallDependencies(  # noqa: N802
        self, request: language_pb2.InstallDependenciesRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.InstallDependenciesResponse]:
        """Nothing to do: the project's environment is made from its lock file, before any engine runs."""
        del request, context
        text = "The sandbox installs dependencies from the project's lock file: run `make up`.\n"
        yield language_pb2.InstallDependenciesResponse(stdout=text.encode())

    def Cancel(self, request: empty_pb2.Empty, context: grpc.ServicerContext) -> empty_pb2.Empty:  # noqa: N802
        """The engine refuses further work from now on, which ends the program by itself."""
        del request, context
        return empty_pb2.Empty()

    def Run(  # noqa: N802
        self, request: language_pb2.RunRequest, context: grpc.ServicerContext
    ) -> language_pb2.RunResponse:
        """Run the program; what it prints goes to the engine through our own output."""
        try:
            python = _python(request.info)
            child = self._children.start(
                [python, "-u", _RUNNER],
                request.info.program_directory or request.pwd,
                interpreter.activated(python, os.environ),
            )
        except (interpreter.MissingEnvironmentError, OSError) as error:
            return language_pb2.RunResponse(error=str(error))
        context.add_callback(lambda: self._children.end(child))
        _send(child, self._order(request))
        code = self._children.wait(child)
        if code == 0:
            return language_pb2.RunResponse()
        if code == REPORTED or self._children.stopping:
            return language_pb2.RunResponse(bail=True)
        how = f"with exit code {code}" if code > 0 else f"by signal {-code}"
        return language_pb2.RunResponse(error=f"the program ended {how}")

    def _order(self, request: language_pb2.RunRequest) -> dict[str, object]:
        info = request.info
        directory = Path(info.program_directory or request.pwd)
        return {
            "program": str(directory / (info.entry_point or request.program)),
            "parallel": request.parallel,
            "config": dict(request.config),
            "config_secret_keys": list(request.configSecretKeys),
            # The arguments of pulumi.runtime.Settings.
            "settings": {
                "project": request.project,
                "stack": request.stack,
                "organization": request.organization or "organization",
                "root_directory": info.root_directory,
                "parallel": request.parallel,
                "dry_run": request.dryRun,
                "monitor": request.monitor_address,
                "engine": self._engine_address,
            },
        }

    def RunPlugin(  # noqa: N802
        self, request: language_pb2.RunPluginRequest, context: grpc.ServicerContext
    ) -> Iterator[language_pb2.RunPluginResponse]:
        """Run a policy pack, or a provider in Python, for as long as the engine wants it."""
        try:
            python = _python(request.info)
        except interpreter.MissingEnvironmentError as error:
            yield language_pb2.RunPluginResponse(stderr=f"{error}\n".encode())
            yield language_pb2.RunPluginResponse(exitcode=1)
            return
        program = str(Path(request.info.program_directory) / request.info.entry_point)
        start = [program, *request.args]
        if request.kind == "analyzer":
            start = ["-m", "pulumi.policy", *request.args, program]
        given = dict(entry.split("=", 1) for entry in request.env) or dict(os.environ)
        child = self._children.start(
            tether.command(python, "-u", *start),
            request.pwd,
            interpreter.activated(python, given),
            output=subprocess.PIPE,
        )
        # The engine cancels the call when it needs the plugin no more.
        context.add_callback(lambda: self._children.end(child))
        for name, chunk in _chunks(child):
            if name == "stdout":
                yield language_pb2.RunPluginResponse(stdout=chunk)
            else:
                yield language_pb2.RunPluginResponse(stderr=chunk)
        yield language_pb2.RunPluginResponse(exitcode=self._children.wait(child))


def _python(info: language_pb2.ProgramInfo) -> Path:
    return interpreter.choose(MessageToDict(info.options), Path(info.root_directory))


def _ask(python: Path, code: str) -> str:
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout.strip()


def _send(child: subprocess.Popen[bytes], order: dict[str, object]) -> None:
    if child.stdin is None:
        return
    try:
        child.stdin.write(json.dumps(order).encode() + b"\n")
        child.stdin.flush()
    except BrokenPipeError:
        pass  # it ended at once; its exit code tells


def _chunks(child: subprocess.Popen[bytes]) -> Iterator[tuple[str, bytes]]:
    """What a child writes, as it writes it, until both of its outputs are closed."""
    arrived: queue.SimpleQueue[tuple[str, bytes]] = queue.SimpleQueue()

    def pump(name: str, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), 65536):
                arrived.put((name, chunk))
        arrived.put((name, b""))

    streams = {"stdout": child.stdout, "stderr": child.stderr}
    open_streams = 0
    for name, stream in streams.items():
        if stream is not None:
            open_streams += 1
            threading.Thread(target=pump, args=(name, stream), daemon=True).start()
    while open_streams:
        name, chunk = arrived.get()
        if chunk:
            yield name, chunk
        else:
            open_streams -= 1
