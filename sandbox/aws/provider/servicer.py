"""The engine's ResourceProvider protocol."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from hubguard.errors import SandboxError
from sandbox.aws.provider import VERSION
from sandbox.aws.provider.config import check_config, refuse_account, settings_from
from sandbox.aws.provider.connection import Connection
from sandbox.aws.provider.diff import TAGS, TAGS_ALL
from sandbox.aws.provider.errors import PartlyCreatedError, answering
from sandbox.aws.provider.functions import invoke
from sandbox.aws.provider.operations import Operations
from sandbox.aws.provider.wire import from_wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable

    import grpc
    from google.protobuf.struct_pb2 import Struct

    from sandbox.aws.provider.diff import Plan
    from sandbox.aws.provider.validate import Failure
    from sandbox.aws.provider.wire import Path, Props

_Kind = provider_pb2.PropertyDiff.Kind
_KINDS = {
    "add": (_Kind.ADD, _Kind.ADD_REPLACE),
    "delete": (_Kind.DELETE, _Kind.DELETE_REPLACE),
    "update": (_Kind.UPDATE, _Kind.UPDATE_REPLACE),
}
_SCHEMA = {"name": "aws", "version": VERSION, "resources": {}, "functions": {}}


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The plugin. One process serves one provider of the program.

    Attributes:
        cancelled: set when the engine asks to stop; calls after that are refused.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self._connection: Connection | None = None

    @answering
    def Handshake(  # noqa: N802  the protocol's names, as below
        self, request: provider_pb2.ProviderHandshakeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ProviderHandshakeResponse:
        """Say what the plugin can do."""
        del request, context
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False
        )

    @answering
    def GetPluginInfo(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        """The version of the plugin that this one stands for."""
        del request, context
        return plugin_pb2.PluginInfo(version=VERSION)

    @answering
    def Attach(  # noqa: N802
        self, request: plugin_pb2.PluginAttach, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Nothing to do: the plugin never calls the engine."""
        del request, context
        return empty_pb2.Empty()

    @answering
    def GetSchema(  # noqa: N802
        self, request: provider_pb2.GetSchemaRequest, context: grpc.ServicerContext
    ) -> provider_pb2.GetSchemaResponse:
        """The least that is a schema; programs bring the SDK."""
        del request, context
        return provider_pb2.GetSchemaResponse(schema=json.dumps(_SCHEMA))

    @answering
    def Cancel(  # noqa: N802
        self, request: empty_pb2.Empty, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Refuse further changes; calls to the local AWS that are under way are short."""
        del request, context
        self.cancelled.set()
        return empty_pb2.Empty()

    @answering
    def CheckConfig(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Refuse configuration that the real plugin does not know or this one does not have."""
        del context
        secret: set[Path] = set()
        inputs, failures = check_config(from_wire(request.news, secret))
        return provider_pb2.CheckResponse(inputs=to_wire(inputs, secret), failures=_failures(failures))

    @answering
    def DiffConfig(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Name what changed; no configuration replaces a provider."""
        del context
        olds = from_wire(request.old_inputs) or from_wire(request.olds)
        news = from_wire(request.news)
        changed = sorted(name for name in olds.keys() | news.keys() if olds.get(name) != news.get(name))
        some = provider_pb2.DiffResponse.DIFF_SOME
        none = provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=some if changed else none, diffs=changed)

    @answering
    def Configure(  # noqa: N802
        self, request: provider_pb2.ConfigureRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ConfigureResponse:
        """Connect, and stop where the account is not an allowed one."""
        del context
        connection = Connection.open(settings_from(from_wire(request.args)))
        refuse_account(connection)
        self._connection = connection
        # An engine that attaches to a running plugin cancels at the end of its preview.
        self.cancelled.clear()
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    @answering
    def Invoke(  # noqa: N802
        self, request: provider_pb2.InvokeRequest, context: grpc.ServicerContext
    ) -> provider_pb2.InvokeResponse:
        """Answer a function of the program."""
        del context
        answer = invoke(self._connected, request.tok, from_wire(request.args))
        response: dict[str, Any] = {"return": to_wire(answer)}  # a keyword of Python
        return provider_pb2.InvokeResponse(**response)

    @answering
    def Check(  # noqa: N802
        self, request: provider_pb2.CheckRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CheckResponse:
        """Check inputs and fill in names and defaults."""
        del context
        secret: set[Path] = set()
        inputs, failures = self._operations(request).check(
            from_wire(request.news, secret),
            from_wire(request.olds),
            request.name or request.urn.rpartition("::")[2],
            bytes(request.randomSeed),
        )
        return provider_pb2.CheckResponse(inputs=to_wire(inputs, secret), failures=_failures(failures))

    @answering
    def Diff(  # noqa: N802
        self, request: provider_pb2.DiffRequest, context: grpc.ServicerContext
    ) -> provider_pb2.DiffResponse:
        """Say what would change and what of it replaces the resource."""
        del context
        plan = self._operations(request).diff(
            from_wire(request.olds),
            from_wire(request.news),
            tuple(request.ignoreChanges),
            from_wire(request.old_inputs),
        )
        return _diff_response(plan)

    @answering
    def Create(  # noqa: N802
        self, request: provider_pb2.CreateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.CreateResponse:
        """Make a resource, or in a preview say what it would be."""
        del context
        secret: set[Path] = set()
        operations = self._operations(request)
        inputs = from_wire(request.properties, secret)
        if request.preview:
            planned = operations.preview(inputs, {})
            return provider_pb2.CreateResponse(properties=_state(planned, secret))
        self._refuse_when_cancelled()
        try:
            identity, state = operations.create(inputs)
        except PartlyCreatedError as error:
            error.secret = secret
            raise
        return provider_pb2.CreateResponse(id=identity, properties=_state(state, secret))

    @answering
    def Read(  # noqa: N802
        self, request: provider_pb2.ReadRequest, context: grpc.ServicerContext
    ) -> provider_pb2.ReadResponse:
        """Tell the live state and its inputs; an empty id means that it is gone."""
        del context
        secret: set[Path] = set()
        found = self._operations(request).read(
            request.id, from_wire(request.properties, secret), from_wire(request.inputs, secret)
        )
        if found is None:
            return provider_pb2.ReadResponse()
        state, inputs = found
        return provider_pb2.ReadResponse(
            id=state["id"], properties=_state(state, secret), inputs=to_wire(inputs, secret)
        )

    @answering
    def Update(  # noqa: N802
        self, request: provider_pb2.UpdateRequest, context: grpc.ServicerContext
    ) -> provider_pb2.UpdateResponse:
        """Change a resource in place, or in a preview say what it would become."""
        del context
        secret: set[Path] = set()
        operations = self._operations(request)
        state, inputs = from_wire(request.olds), from_wire(request.news, secret)
        if request.preview:
            planned = operations.preview(inputs, state)
            return provider_pb2.UpdateResponse(properties=_state(planned, secret))
        self._refuse_when_cancelled()
        plan = operations.diff(state, inputs, tuple(request.ignoreChanges))
        updated = operations.update(request.id, state, inputs, plan)
        return provider_pb2.UpdateResponse(properties=_state(updated, secret))

    @answering
    def Delete(  # noqa: N802
        self, request: provider_pb2.DeleteRequest, context: grpc.ServicerContext
    ) -> empty_pb2.Empty:
        """Remove a resource."""
        del context
        self._refuse_when_cancelled()
        self._operations(request).delete(request.id, from_wire(request.properties))
        return empty_pb2.Empty()

    @property
    def _connected(self) -> Connection:
        if self._connection is None:
            raise SandboxError("the AWS provider is used before it is configured", next_step="run it again")
        return self._connection

    def _operations(self, request: Any) -> Operations:
        # project::stack::parent type$type::name
        token = request.type or request.urn.split("::")[2].rpartition("$")[2]
        return Operations.of(self._connected, token)

    def _refuse_when_cancelled(self) -> None:
        if self.cancelled.is_set():
            raise SandboxError("the operation was cancelled", next_step="run it again")


def _state(state: Props, secret: Iterable[Path]) -> Struct:
    """The outputs on the wire: what was a secret input, and the tags that repeat one."""
    tags = [(TAGS_ALL, *path[1:]) for path in secret if path[0] == TAGS]
    return to_wire(state, [*secret, *tags])


def _failures(failures: Iterable[Failure]) -> list[provider_pb2.CheckFailure]:
    return [provider_pb2.CheckFailure(property=one.property, reason=one.reason) for one in failures]


def _diff_response(plan: Plan) -> provider_pb2.DiffResponse:
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    detailed = {
        one.path: provider_pb2.PropertyDiff(kind=_KINDS[one.kind][plan.replaced_by(one)])
        for one in plan.differences
    }
    return provider_pb2.DiffResponse(
        changes=some if detailed else none,
        replaces=plan.replaces,
        stables=plan.stables,
        deleteBeforeReplace=plan.delete_first,
        diffs=sorted({one.top for one in plan.differences}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
    )
