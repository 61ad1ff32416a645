"""The real GitHub provider against the local GitHub, over the protocol that Pulumi's engine speaks."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

import grpc
import pulumi
import pulumi_github
import pytest
from google.protobuf import json_format, struct_pb2
from nacl.public import PublicKey, SealedBox
from pulumi._types import input_type_py_to_pulumi_names, input_type_types, is_input_type
from pulumi.runtime.proto import provider_pb2 as wire
from pulumi.runtime.proto import provider_pb2_grpc
from pulumi.runtime.rpc import UNKNOWN

from sandbox.engine.gotool import ensure
from sandbox.github.plugin import CONFIGURATION, environment, tool
from sandbox.github.testing import LocalGitHub, running

pytestmark = pytest.mark.engine

_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
"""How the engine marks a value as secret on the wire."""


class Plugin:
    """A running provider, and what the engine would ask of it."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()

    def configure(self) -> None:
        """Take the stack's configuration, as the sandbox writes it."""
        plain = {key.partition(":")[2]: value for key, value in CONFIGURATION.items()}
        variables = {f"github:config:{key}": value for key, value in plain.items()}
        self._stub.Configure(
            wire.ConfigureRequest(
                variables=variables, args=_struct(plain), acceptSecrets=True, acceptResources=True
            )
        )

    def check(self, kind: str, inputs: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Inputs with defaults, and what is wrong with them."""
        answer = self._stub.Check(
            wire.CheckRequest(urn=_urn(kind), news=_struct(inputs), randomSeed=b"0" * 32)
        )
        return json_format.MessageToDict(answer.inputs), [failure.reason for failure in answer.failures]

    def call(self, function: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """The answer of a function."""
        token = f"github:index/{function}:{function}"
        answer = self._stub.Invoke(wire.InvokeRequest(tok=token, args=_struct(arguments)))
        return json_format.MessageToDict(getattr(answer, "return"))

    def create(self, kind: str, inputs: dict[str, Any]) -> Created:
        """A new resource."""
        checked, failures = self.check(kind, inputs)
        assert failures == []
        made = self._stub.Create(wire.CreateRequest(urn=_urn(kind), properties=_struct(checked), timeout=30))
        return Created(self._stub, kind, checked, made.id, _state(made.properties))


class Created:
    """A resource that exists, with its last known state."""

    def __init__(
        self,
        stub: provider_pb2_grpc.ResourceProviderStub,
        kind: str,
        inputs: dict[str, Any],
        identity: str,
        state: dict[str, Any],
    ) -> None:
        self._stub = stub
        self._urn = _urn(kind)
        self.inputs, self.id, self.state = inputs, identity, state

    def refresh(self) -> bool:
        """Read it again; whether it is still there."""
        found = self._stub.Read(
            wire.ReadRequest(
                id=self.id, urn=self._urn, properties=_struct(self.state), inputs=_struct(self.inputs)
            )
        )
        if found.id:
            self.state, self.seen = _state(found.properties), json_format.MessageToDict(found.inputs)
        return bool(found.id)

    def diff(self, news: dict[str, Any] | None = None) -> Any:
        """What stands between the last known state and the program's inputs."""
        return self._stub.Diff(
            wire.DiffRequest(
                id=self.id,
                urn=self._urn,
                olds=_struct(self.state),
                news=_struct(news or self.inputs),
                old_inputs=_struct(self.inputs),
            )
        )

    def changes(self, news: dict[str, Any] | None = None) -> set[str]:
        """The paths that `diff` names; empty when nothing is to be done."""
        found = self.diff(news)
        return set(found.detailedDiff) if found.changes == wire.DiffResponse.DIFF_SOME else set()

    def update(self, news: dict[str, Any]) -> None:
        """Apply other inputs."""
        done = self._stub.Update(
            wire.UpdateRequest(
                id=self.id,
                urn=self._urn,
                olds=_struct(self.state),
                news=_struct(news),
                old_inputs=_struct(self.inputs),
                timeout=30,
            )
        )
        self.inputs, self.state = news, _state(done.properties)

    def delete(self) -> None:
        """Remove it."""
        self._stub.Delete(
            wire.DeleteRequest(id=self.id, urn=self._urn, properties=_struct(self.state), timeout=30)
        )


def _urn(kind: str) -> str:
    return f"urn:pulumi:test::test::github:index/{kind[0].lower()}{kind[1:]}:{kind}::one"


def _struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def _state(properties: struct_pb2.Struct) -> dict[str, Any]:
    """The state as the engine keeps it: it drops secrets of nothing."""
    state = json_format.MessageToDict(properties)
    empty = {**_SECRET, "value": None}
    return {key: value for key, value in state.items() if value != empty}


@pytest.fixture(scope="module", name="executable")
def _executable() -> Path:
    return ensure(tool())


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGitHub]:
    """A running local GitHub."""
    with running(tmp_path_factory.mktemp("github")) as one:
        yield one


@pytest.fixture(scope="module")
def plugin(executable: Path, local: LocalGitHub) -> Iterator[Plugin]:
    """The provider, configured for it."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    with subprocess.Popen(
        [executable],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**inherited, **environment(local.url, local.state)},
    ) as process:
        assert process.stdout is not None
        one = Plugin(int(process.stdout.readline()))
        one.configure()
        try:
            yield one
        finally:
            one.close()
            process.terminate()


def test_tokens_are_those_of_the_python_sdk(executable: Path) -> None:
    """Every resource and function of the published SDK has its counterpart here, and the reverse."""
    shown = subprocess.run([executable, "-get-provider-info"], capture_output=True, check=True)
    info = json.loads(shown.stdout)
    sources = [file.read_text() for file in Path(pulumi_github.__file__).parent.glob("*.py")]
    resources = {token for text in sources for token in re.findall(r'type_token\("(github:[^"]+)"', text)}
    functions = {token for text in sources for token in re.findall(r"invoke\('(github:[^']+)'", text)}
    assert {entry["tok"] for entry in info["resources"].values()} == resources
    assert {entry["tok"] for entry in info["dataSources"].values()} == functions


def _resources() -> dict[str, type]:
    members = inspect.getmembers(pulumi_github, inspect.isclass)
    return {
        name: cls for name, cls in members if issubclass(cls, pulumi.CustomResource) and name != "Provider"
    }


def _example(kind: Any) -> Any:
    """A value of an SDK's input type that has every property, all of them not known yet."""
    if inspect.isclass(kind) and is_input_type(kind):
        types, names = input_type_types(kind), input_type_py_to_pulumi_names(kind)
        return {names[name]: _example(types[names[name]]) for name in names}
    parts = [_example(part) for part in get_args(kind)]
    known = next((part for part in parts if part != UNKNOWN), UNKNOWN)
    is_list = get_origin(kind) in {list, Sequence}
    return [known] if is_list and known != UNKNOWN else known


@pytest.mark.parametrize("name", sorted(_resources()))
def test_inputs_are_those_of_the_python_sdk(name: str, plugin: Plugin) -> None:
    """The provider knows every input that the SDK can send, nested ones too, and needs no other."""
    module = sys.modules[_resources()[name].__module__]
    # RepositoryPagesArgs is a part of Repository; the resource of that name has InitArgs.
    arguments = getattr(module, f"{name}InitArgs", None) or getattr(module, f"{name}Args")
    _, failures = plugin.check(name, _example(arguments))
    about_names = ("unknown key", "unconfigurable", "Missing required")
    assert [f for f in failures if any(words in f for words in about_names)] == []


def test_invented_inputs_are_refused(plugin: Plugin) -> None:
    """The test above would notice: a nested property that is not in the schema is refused."""
    inputs = {"repository": "kwanzaa", "enforcement": "active", "target": "branch", "rules": {"invented": 1}}
    _, failures = plugin.check("RepositoryRuleset", inputs)
    assert any("unknown key" in failure for failure in failures)


def test_environment_lives_its_life(plugin: Plugin, local: LocalGitHub) -> None:
    """Create, no difference, update, drift seen and named, delete."""
    path = "/repos/kwanzaa-project/kwanzaa-docs/environments/life"
    one = plugin.create(
        "RepositoryEnvironment",
        {
            "repository": "kwanzaa-docs",
            "environment": "life",
            "waitTimer": 10,
            "preventSelfReview": True,
            "canAdminsBypass": False,
            "reviewers": [{"users": [171200413], "teams": [11840251]}],
            "deploymentBranchPolicy": {"protectedBranches": False, "customBranchPolicies": True},
        },
    )
    assert one.refresh()
    assert (one.seen, one.changes()) == (one.inputs, set())

    one.update({**one.inputs, "waitTimer": 20})
    assert one.refresh()
    assert one.changes() == set()
    assert {r.get("wait_timer") for r in local.ask("GET", path).json()["protection_rules"]} == {20, None}

    local.ask("PUT", path, {"wait_timer": 20, "reviewers": [{"type": "User", "id": 171200413}]})
    assert one.refresh()
    assert {"canAdminsBypass", "deploymentBranchPolicy"} <= one.changes()
    assert any(change.startswith("reviewers") for change in one.changes())

    one.delete()
    assert not one.refresh()
    assert local.ask("GET", path).status_code == 404


def test_environment_of_a_private_repository_on_the_team_plan(plugin: Plugin, local: LocalGitHub) -> None:
    """GitHub refuses gates there. The provider asks again without them, and loses canAdminsBypass too."""
    place = {"repository": "kwanzaa", "environment": "plain"}
    with local.plan("team"):
        one = plugin.create("RepositoryEnvironment", place)
        assert one.refresh()
        assert one.changes() == set()
        one.update({**one.inputs, "canAdminsBypass": False})
        assert one.refresh()
        assert one.changes() == {"canAdminsBypass"}
        with pytest.raises(grpc.RpcError, match="billing plan supports the required reviewers"):
            plugin.create("RepositoryEnvironment", {**place, "reviewers": [{"users": [171200413]}]})


def test_environment_whose_gates_are_all_removed(plugin: Plugin, local: LocalGitHub) -> None:
    """The provider notices that a wait timer is gone, and does not notice that all reviewers are.

    Whoever looks for that drift must ask GitHub by other means.
    """
    one = plugin.create(
        "RepositoryEnvironment",
        {
            "repository": "kwanzaa",
            "environment": "open",
            "waitTimer": 5,
            "reviewers": [{"users": [171200413]}],
        },
    )
    local.ask("PUT", "/repos/kwanzaa-project/kwanzaa/environments/open", {})
    assert one.refresh()
    assert one.changes() == {"waitTimer"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("enforcement", "disabled"),
        ("bypass_actors", [{"actor_id": 1, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}]),
        ("rules", [{"type": "deletion"}]),
        ("conditions", {"ref_name": {"include": ["~ALL"], "exclude": []}}),
    ],
)
def test_ruleset_drift_is_seen(field: str, value: Any, plugin: Plugin, local: LocalGitHub) -> None:
    """A ruleset has no difference after it was made, and one after anything was changed behind its back."""
    one = plugin.create(
        "RepositoryRuleset",
        {
            "repository": "kwanzaa",
            "name": f"drift of {field}",
            "target": "branch",
            "enforcement": "active",
            "conditions": {"refName": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
            "rules": {
                "deletion": True,
                "nonFastForward": True,
                "requiredLinearHistory": True,
                "pullRequest": {"requiredApprovingReviewCount": 2, "requireCodeOwnerReview": True},
                "requiredStatusChecks": {"requiredChecks": [{"context": "test"}]},
            },
        },
    )
    assert one.refresh()
    assert (one.seen, one.changes()) == (one.inputs, set())
    path = f"/repos/kwanzaa-project/kwanzaa/rulesets/{one.id}"
    local.ask("PUT", path, {field: value})
    assert one.refresh()
    camel = re.sub("_(.)", lambda letter: letter[1].upper(), field)
    assert any(change.startswith(camel) for change in one.changes())

    one.update(one.inputs)
    assert one.refresh()
    assert one.changes() == set()
    one.delete()
    assert local.ask("GET", path).status_code == 404


def test_ruleset_of_the_organization(plugin: Plugin, local: LocalGitHub) -> None:
    """The organization's rulesets work the same way."""
    everything = {"includes": ["~ALL"], "excludes": []}
    one = plugin.create(
        "OrganizationRuleset",
        {
            "name": "tags",
            "target": "tag",
            "enforcement": "active",
            "conditions": {"refName": everything, "repositoryName": everything},
            "rules": {"deletion": True, "update": True},
        },
    )
    assert one.refresh()
    assert (one.seen, one.changes()) == (one.inputs, set())
    assert local.ask("DELETE", f"/orgs/kwanzaa-project/rulesets/{one.id}").status_code == 204
    assert not one.refresh()


def test_sealed_secret_lives_its_life(plugin: Plugin, local: LocalGitHub) -> None:
    """GitHub opens what was sealed, now and after an update; a new name replaces it, the old one first."""
    place = {"repository": "kwanzaa", "environment": "sealed"}
    plugin.create("RepositoryEnvironment", place)
    key = plugin.call("getActionsEnvironmentPublicKey", place)

    def sealed(value: str) -> str:
        return b64encode(SealedBox(PublicKey(b64decode(key["key"]))).encrypt(value.encode())).decode()

    one = plugin.create(
        "ActionsEnvironmentSecret",
        {
            **place,
            "secretName": "HF_TOKEN",
            "valueEncrypted": {**_SECRET, "value": sealed("first")},
            "keyId": key["keyId"],
        },
    )
    offered = {**place, "name": "HF_TOKEN", "value": "first"}
    assert local.door("POST", "/secrets/matches", offered).json() == {"matches": True}
    assert one.refresh()
    assert one.changes() == set()

    news = {**one.inputs, "valueEncrypted": {**_SECRET, "value": sealed("second")}}
    assert one.changes(news) == {"valueEncrypted"}
    one.update(news)
    assert local.door("POST", "/secrets/matches", {**offered, "value": "second"}).json() == {"matches": True}

    # A refresh shows a write behind its back by its time; a preview does not offer to mend it.
    path = "/repos/kwanzaa-project/kwanzaa/environments/sealed/secrets/HF_TOKEN"
    local.ask("PUT", path, {"encrypted_value": sealed("other"), "key_id": key["keyId"]})
    before = one.state["remoteUpdatedAt"]
    assert one.refresh()
    assert one.state["remoteUpdatedAt"] > before
    assert one.changes() == set()

    renamed = one.diff({**one.inputs, "secretName": "OTHER"})
    assert (list(renamed.replaces), renamed.deleteBeforeReplace) == (["secretName"], True)
    one.delete()
    assert local.ask("GET", path).status_code == 404


def test_start_asks_for_the_organization_only(executable: Path, tmp_path: Path) -> None:
    """Configuring makes one call; the owner's name comes from the configuration."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    with (
        running(tmp_path) as fresh,
        subprocess.Popen(
            [executable],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**inherited, **environment(fresh.url, fresh.state)},
        ) as process,
    ):
        assert process.stdout is not None
        one = Plugin(int(process.stdout.readline()))
        one.configure()
        one.close()
        process.terminate()
        calls = [line.split(maxsplit=2)[2] for line in fresh.log.read_text().splitlines()]
    assert [call for call in calls if "_sandbox" not in call] == ["GET /api/v3/orgs/kwanzaa-project 200"]
