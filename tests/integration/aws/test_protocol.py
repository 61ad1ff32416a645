"""The plugin as the engine sees it: start, configuration, functions, errors, secrets, end."""

from __future__ import annotations

import json
import secrets
import time
import uuid
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import provider_pb2, status_pb2

from sandbox.aws.provider import VERSION
from sandbox.aws.provider.wire import UNKNOWN, from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.integration.aws.conftest import Engine, LocalAws, Plugin

    Start = Callable[[Mapping[str, str]], Plugin]

KEY = "aws:kms/key:Key"
BUCKET = "aws:s3/bucket:Bucket"
SECRET_MARK = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}
START = 5.0  # seconds, on a busy machine; about one on a quiet one


def urn(kind: str) -> str:
    """A URN of a type."""
    return f"urn:pulumi:test::hubguard::{kind}::x"


def test_it_starts_fast_and_ends_quietly(aws: LocalAws, plugins: Start) -> None:
    """The first line is the port; SIGINT is how the engine ends a plugin."""
    began = time.monotonic()
    plugin = plugins({"AWS_ENDPOINT_URL": aws.endpoint})
    assert time.monotonic() - began < START
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()).version == VERSION
    assert plugin.stop() == 0


def test_it_ends_when_the_engine_is_gone(aws: LocalAws, plugins: Start) -> None:
    """A killed engine cannot send a signal, but its end of the pipe closes."""
    plugin = plugins({"AWS_ENDPOINT_URL": aws.endpoint})
    assert plugin.process.stdin is not None
    plugin.process.stdin.close()
    plugin.process.stdin = None
    assert plugin.wait() == 0


def test_handshake_schema_and_attach(plugin: Plugin) -> None:
    """The small calls answer."""
    shaken = plugin.stub.Handshake(provider_pb2.ProviderHandshakeRequest(engine_address="x"))
    assert shaken.accept_secrets
    schema = json.loads(plugin.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert (schema["name"], schema["version"]) == ("aws", VERSION)


def test_configuration_is_checked(plugin: Plugin) -> None:
    """An invented key is refused, a secret one stays secret."""
    token = secrets.token_hex(8)
    request = provider_pb2.CheckRequest(
        urn="urn:pulumi:test::hubguard::pulumi:providers:aws::x",
        news=to_wire({"regoin": "x", "secretKey": token}, {("secretKey",)}),
    )
    answer = plugin.stub.CheckConfig(request)
    assert [one.property for one in answer.failures] == ["regoin"]
    assert json_format.MessageToDict(answer.inputs)["secretKey"] == {**SECRET_MARK, "value": token}


def test_a_changed_configuration_replaces_nothing(plugin: Plugin) -> None:
    """Only the names that differ are given."""
    answer = plugin.stub.DiffConfig(
        provider_pb2.DiffRequest(olds=to_wire({"region": "a"}), news=to_wire({"region": "b", "version": "1"}))
    )
    assert list(answer.diffs) == ["region", "version"]
    assert not answer.replaces


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ({"allowedAccountIds": '["999999999999"]'}, "not in aws:allowedAccountIds"),
        ({"forbiddenAccountIds": '["123456789012"]'}, "in aws:forbiddenAccountIds"),
        ({"nonsense": "x"}, "has no input 'nonsense'"),
        ({"endpoints": '[{"sts": "https://sts.amazonaws.com"}]'}, "this machine only"),
    ],
)
def test_a_wrong_configuration_stops_it(
    config: dict[str, str], says: str, aws: LocalAws, plugins: Start
) -> None:
    """One line that says what is wrong."""
    plugin = plugins({"AWS_ENDPOINT_URL": aws.endpoint})
    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure(**config)
    assert says in _said(caught)


def test_wrong_credentials_are_aws_words(aws: LocalAws, plugins: Start) -> None:
    """The code and the message of AWS, not the key."""
    wrong = secrets.token_hex(20)
    plugin = plugins(
        {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
         "AWS_SECRET_ACCESS_KEY": wrong}
    )  # fmt: skip
    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure()
    assert _said(caught).startswith("GetCallerIdentity: ")
    assert wrong not in _said(caught)


def test_an_emulator_that_is_gone_is_one_line(plugins: Start) -> None:
    """Nobody listens there."""
    plugin = plugins({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    with pytest.raises(grpc.RpcError) as caught:
        plugin.configure()
    assert _said(caught).startswith("the local AWS does not answer. If `make status` shows it running")


def test_a_role_can_be_assumed(aws: LocalAws, plugins: Start) -> None:
    """`assumeRoles` works as with the real plugin."""
    name = f"r{uuid.uuid4().hex[:8]}"
    trust = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}
    role = aws.client("iam").create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    plugin = plugins({"AWS_ENDPOINT_URL": aws.endpoint})
    plugin.configure(assumeRoles=json.dumps([{"roleArn": role, "sessionName": "deploy"}]))
    assert _invoke(plugin, "getCallerIdentity")["arn"].endswith(f"assumed-role/{name}/deploy")


def test_functions(plugin: Plugin) -> None:
    """Who and where the caller is."""
    assert _invoke(plugin, "getCallerIdentity")["accountId"] == "123456789012"
    assert _invoke(plugin, "getPartition") == {
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "id": "aws",
    }
    assert _invoke(plugin, "getRegion")["region"] == "eu-central-1"
    assert _invoke(plugin, "getRegion", region="us-east-1")["endpoint"] == ("ec2.us-east-1.amazonaws.com")


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("getSomething", {}, "has no function aws:index/getSomething:getSomething yet"),
        ("getRegion", {"regoin": "x"}, "has no argument 'regoin'"),
        (
            "getRegion",
            {"name": "us-east-1", "endpoint": "ec2.eu-west-1.amazonaws.com"},
            "disagree",
        ),
    ],
)
def test_wrong_function_calls(name: str, arguments: dict[str, str], says: str, plugin: Plugin) -> None:
    """One line each."""
    with pytest.raises(grpc.RpcError) as caught:
        _invoke(plugin, name, **arguments)
    assert says in _said(caught)


@pytest.mark.parametrize("kind", ["aws:ec2/vpc:Vpc", "aws:kms/grant:Grant", "aws:kms/kye:Kye"])
def test_a_type_that_is_not_there_yet(kind: str, engine: Engine) -> None:
    """The message says that it is the sandbox that lacks it."""
    with pytest.raises(grpc.RpcError) as caught:
        engine.check(kind, "x", {})
    assert f"the sandbox's AWS plugin has no type {kind} yet" in _said(caught)


def test_a_misspelt_property_fails_the_check(engine: Engine) -> None:
    """Before anything is called, with what was meant."""
    _, failures = engine.check(KEY, "x", {"enableKeyRotatoin": True})
    assert failures["enableKeyRotatoin"] == (
        "aws:kms/key:Key has no input 'enableKeyRotatoin'; did you mean 'enableKeyRotation'?"
    )


def test_a_preview_tolerates_unknown_values(engine: Engine) -> None:
    """Nothing is called, and only what AWS tells is unknown."""
    shown = engine.preview(KEY, "x", {"description": UNKNOWN, "tags": {"a": UNKNOWN, "b": "c"}})
    assert shown["description"] is UNKNOWN
    assert shown["arn"] is UNKNOWN
    assert shown["tagsAll"] == {"a": UNKNOWN, "b": "c"}
    assert shown["keyUsage"] == "ENCRYPT_DECRYPT"


def test_secret_inputs_stay_secret(plugin: Plugin) -> None:
    """In the checked inputs, in the outputs, and in the tags that repeat them."""
    news = to_wire({"tags": {"note": "hush", "team": "open"}}, {("tags", "note")})
    checked = plugin.stub.Check(provider_pb2.CheckRequest(urn=urn(BUCKET), news=news))
    made = plugin.stub.Create(provider_pb2.CreateRequest(urn=urn(BUCKET), properties=checked.inputs))
    read = plugin.stub.Read(
        provider_pb2.ReadRequest(
            id=made.id, urn=urn(BUCKET), properties=made.properties, inputs=checked.inputs
        )
    )
    hidden = {"note": {**SECRET_MARK, "value": "hush"}, "team": "open"}
    for struct in (checked.inputs, made.properties, read.properties, read.inputs):
        shown = json_format.MessageToDict(struct)
        assert shown["tags"] == hidden
        assert shown.get("tagsAll", hidden) == hidden


def test_errors_are_aws_code_and_message(engine: Engine) -> None:
    """And nothing else."""
    bucket = engine.create(BUCKET, "mine", {}).id
    with pytest.raises(grpc.RpcError) as caught:
        engine.create(BUCKET, "other", {"bucket": bucket})
    assert _said(caught).startswith("CreateBucket: BucketAlreadyOwnedByYou: ")


def test_half_made_resources_are_kept(aws: LocalAws, plugins: Start) -> None:
    """The key is there but its rotation was denied: the engine learns its id and tries again."""
    iam, name = aws.client("iam"), f"r{uuid.uuid4().hex[:8]}"
    statements = [
        {"Effect": "Allow", "Action": ["kms:*", "sts:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "kms:EnableKeyRotation", "Resource": "*"},
    ]
    iam.create_user(UserName=name)
    iam.put_user_policy(
        UserName=name,
        PolicyName="may",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    pair = iam.create_access_key(UserName=name)["AccessKey"]
    plugin = plugins(
        {"AWS_ENDPOINT_URL": aws.endpoint, "AWS_ACCESS_KEY_ID": pair["AccessKeyId"],
         "AWS_SECRET_ACCESS_KEY": pair["SecretAccessKey"]}
    )  # fmt: skip
    plugin.configure()
    with pytest.raises(grpc.RpcError) as caught:
        plugin.stub.Create(
            provider_pb2.CreateRequest(
                urn=urn(KEY), properties=to_wire({"enableKeyRotation": True, "isEnabled": True})
            )
        )
    assert _said(caught).startswith("EnableKeyRotation: AccessDenied")
    failed = _partly_created(caught)
    assert aws.client("kms").describe_key(KeyId=failed.id)
    assert from_wire(failed.inputs)["enableKeyRotation"] is True


def test_nothing_is_changed_after_a_cancel(aws: LocalAws, plugins: Start) -> None:
    """Until the next configuration: an engine that attaches cancels after its preview."""
    plugin = plugins({"AWS_ENDPOINT_URL": aws.endpoint})
    plugin.configure()
    plugin.stub.Cancel(empty_pb2.Empty())
    request = provider_pb2.CreateRequest(urn=urn(KEY), properties=to_wire({}))
    with pytest.raises(grpc.RpcError) as caught:
        plugin.stub.Create(request)
    assert "cancelled" in _said(caught)
    plugin.configure()
    assert plugin.stub.Create(request).id


def test_default_tags_reach_every_resource(aws: LocalAws, plugins: Start) -> None:
    """They are on the live thing and in `tagsAll`, and the resource's own win."""
    plugin = plugins({"AWS_ENDPOINT_URL": aws.endpoint})
    plugin.configure(defaultTags=json.dumps({"tags": {"team": "sec", "by": "pulumi"}}))
    made = plugin.stub.Create(
        provider_pb2.CreateRequest(urn=urn(KEY), properties=to_wire({"tags": {"by": "me"}}))
    )
    state = from_wire(made.properties)
    assert (state["tags"], state["tagsAll"]) == ({"by": "me"}, {"team": "sec", "by": "me"})
    live = aws.client("kms").list_resource_tags(KeyId=made.id)["Tags"]
    assert {one["TagKey"]: one["TagValue"] for one in live} == state["tagsAll"]


def test_a_region_of_its_own(aws: LocalAws, engine: Engine) -> None:
    """A resource may live in another region than the provider's."""
    made = engine.create(KEY, "abroad", {"region": "us-east-1"})
    assert ":us-east-1:" in made.state["arn"]
    assert made.state["region"] == "us-east-1"
    assert engine.read(made) is not None
    assert list(engine.diff(made, {}).replaces) == ["region"]
    assert aws.client("kms", region="us-east-1").describe_key(KeyId=made.id)
    engine.delete(made)


def _invoke(plugin: Plugin, function: str, **arguments: Any) -> dict[str, Any]:
    token = f"aws:index/{function}:{function}"
    answer = plugin.stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=to_wire(arguments)))
    return from_wire(getattr(answer, "return"))


def _said(caught: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    error: Any = caught.value
    return str(error.details())


def _partly_created(
    caught: pytest.ExceptionInfo[grpc.RpcError],
) -> provider_pb2.ErrorResourceInitFailed:
    error: Any = caught.value
    sent = dict(error.trailing_metadata())["grpc-status-details-bin"]
    failed = provider_pb2.ErrorResourceInitFailed()
    status_pb2.Status.FromString(sent).details[0].Unpack(failed)
    return failed
