"""The local AWS and the stand-in plugin, started once for all tests in this folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from sandbox.aws.provider.wire import from_wire, to_wire
from tests.integration.aws.life import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).parents[3]
ACCOUNT = "123456789012"
REGION = "eu-central-1"
_START = 30  # seconds


@dataclass
class LocalAws:
    """A running launcher."""

    port: int
    process: subprocess.Popen[str]

    @property
    def endpoint(self) -> str:
        """The base address of every service."""
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str, region: str = REGION, **credentials: str) -> Any:
        """A boto3 client, of the account's root unless other credentials are given."""
        root = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "test"}
        return boto3.Session().client(  # type: ignore[call-overload]  # any service by name
            service, region_name=region, endpoint_url=self.endpoint, **(credentials or root)
        )

    def session_of(self, role: str, service: str) -> Any:
        """A client that acts as a role."""
        answer = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")
        return self.client(
            service,
            aws_access_key_id=answer["Credentials"]["AccessKeyId"],
            aws_secret_access_key=answer["Credentials"]["SecretAccessKey"],
            aws_session_token=answer["Credentials"]["SessionToken"],
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it by a signal and give its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=20)


def start_aws(state: Path, log: Path) -> LocalAws:
    """Start the launcher on a free port and wait until it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log.open("a") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox.aws", "--port", str(port), "--state", str(state)],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    deadline = time.monotonic() + _START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_ministack/health"):
                return LocalAws(port, process)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    process.kill()
    process.wait()
    raise AssertionError(f"the local AWS did not start: {log.read_text()}")


@pytest.fixture
def start() -> Iterator[Callable[[Path, Path], LocalAws]]:
    """Starts local AWSes of a test's own and ends what is left of them."""
    running: list[LocalAws] = []

    def begin(state: Path, log: Path) -> LocalAws:
        running.append(start_aws(state, log))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    """One local AWS for the whole run."""
    folder = tmp_path_factory.mktemp("aws")
    running = start_aws(folder / "state", folder / "log")
    yield running
    assert running.stop() == 0


@dataclass
class Resource:
    """A resource as the engine keeps it."""

    type: str
    name: str
    inputs: dict[str, Any]
    id: str = ""
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def urn(self) -> str:
        """Its URN."""
        return f"urn:pulumi:test::hubguard::{self.type}::{self.name}"


class Engine:
    """The calls that the engine makes, in its order."""

    def __init__(self, stub: provider_pb2_grpc.ResourceProviderStub) -> None:
        self.stub = stub

    def check(
        self, kind: str, name: str, news: dict[str, Any], olds: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Checked inputs and failures by property."""
        answer = self.stub.Check(
            provider_pb2.CheckRequest(
                urn=f"urn:pulumi:test::hubguard::{kind}::{name}",
                news=to_wire(news),
                olds=to_wire(olds or {}),
                randomSeed=name.encode(),
            )
        )
        return from_wire(answer.inputs), {one.property: one.reason for one in answer.failures}

    def create(self, kind: str, name: str, news: dict[str, Any]) -> Resource:
        """Check and create."""
        inputs, failures = self.check(kind, name, news)
        assert failures == {}
        made = Resource(kind, name, inputs)
        answer = self.stub.Create(provider_pb2.CreateRequest(urn=made.urn, properties=to_wire(inputs)))
        made.id, made.state = answer.id, from_wire(answer.properties)
        return made

    def preview(self, kind: str, name: str, news: dict[str, Any]) -> dict[str, Any]:
        """Check and preview a creation."""
        inputs, failures = self.check(kind, name, news)
        assert failures == {}
        answer = self.stub.Create(
            provider_pb2.CreateRequest(
                urn=f"urn:pulumi:test::hubguard::{kind}::{name}",
                properties=to_wire(inputs),
                preview=True,
            )
        )
        return from_wire(answer.properties)

    def diff(self, old: Resource, news: dict[str, Any]) -> provider_pb2.DiffResponse:
        """Check new inputs and compare."""
        inputs, failures = self.check(old.type, old.name, news, old.inputs)
        assert failures == {}
        return self.diff_checked(old, inputs)

    def diff_checked(self, old: Resource, inputs: dict[str, Any]) -> provider_pb2.DiffResponse:
        """Compare checked inputs with a state."""
        answer: provider_pb2.DiffResponse = self.stub.Diff(
            provider_pb2.DiffRequest(
                id=old.id,
                urn=old.urn,
                olds=to_wire(old.state),
                old_inputs=to_wire(old.inputs),
                news=to_wire(inputs),
            )
        )
        return answer

    def update(self, old: Resource, news: dict[str, Any]) -> Resource:
        """Check and update in place."""
        inputs, failures = self.check(old.type, old.name, news, old.inputs)
        assert failures == {}
        answer = self.stub.Update(
            provider_pb2.UpdateRequest(
                id=old.id,
                urn=old.urn,
                olds=to_wire(old.state),
                old_inputs=to_wire(old.inputs),
                news=to_wire(inputs),
            )
        )
        return Resource(old.type, old.name, inputs, old.id, from_wire(answer.properties))

    def read(self, old: Resource) -> Resource | None:
        """Read the live state; None where it is gone."""
        answer = self.stub.Read(
            provider_pb2.ReadRequest(
                id=old.id, urn=old.urn, properties=to_wire(old.state), inputs=to_wire(old.inputs)
            )
        )
        if not answer.id:
            return None
        return Resource(old.type, old.name, from_wire(answer.inputs), answer.id, from_wire(answer.properties))

    def delete(self, old: Resource) -> None:
        """Delete."""
        self.stub.Delete(provider_pb2.DeleteRequest(id=old.id, urn=old.urn, properties=to_wire(old.state)))


@dataclass
class Plugin:
    """A running plugin process."""

    process: subprocess.Popen[str]
    channel: grpc.Channel
    stub: provider_pb2_grpc.ResourceProviderStub

    def configure(self, **config: Any) -> None:
        """Configure it as the engine does."""
        self.stub.Configure(provider_pb2.ConfigureRequest(args=to_wire(config)))

    def stop(self) -> int:
        """End it as the engine does; it must be quiet about it."""
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end and give its exit code."""
        self.channel.close()
        said, complained = self.process.communicate(timeout=20)
        assert (said, complained) == ("", "")
        return self.process.returncode


def plugin_environment(endpoint: str) -> dict[str, str]:
    """What the plugin needs in its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCOUNT,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
    }


def start_plugin(environment: dict[str, str]) -> Plugin:
    """Start the plugin and connect to the port that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox.aws.provider"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    return Plugin(process, channel, provider_pb2_grpc.ResourceProviderStub(channel))


@pytest.fixture
def plugins() -> Iterator[Callable[[Mapping[str, str]], Plugin]]:
    """Starts plugins of a test's own, with changes of their environment, and ends them."""
    running: list[Plugin] = []

    def begin(environment: Mapping[str, str]) -> Plugin:
        running.append(start_plugin({**plugin_environment(""), **environment}))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.stop()


@pytest.fixture(scope="session")
def plugin(aws: LocalAws) -> Iterator[Plugin]:
    """One configured plugin for the whole run."""
    running = start_plugin(plugin_environment(aws.endpoint))
    running.stub.GetPluginInfo(empty_pb2.Empty())
    running.configure(region=REGION)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def engine(plugin: Plugin) -> Engine:
    """The engine's side of the plugin."""
    return Engine(plugin.stub)


@pytest.fixture
def world(aws: LocalAws, engine: Engine) -> World:
    """The local AWS and the engine."""
    return World(aws, engine)
