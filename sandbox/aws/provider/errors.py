"""Errors on the way to the engine: one line, AWS's own words, never a value."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from pulumi.runtime.proto import provider_pb2, status_pb2

from hubguard.errors import HubguardError
from sandbox.aws.provider.connection import explain
from sandbox.aws.provider.wire import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sandbox.aws.provider.wire import Path, Props

_Answer = TypeVar("_Answer")


class PartlyCreatedError(Exception):
    """A resource is there, but not as it was asked for. The engine keeps it and tries again.

    Attributes:
        identity: its id.
        state: what is known of it.
        inputs: what was asked for.
        reason: why it is not so.
        secret: paths of secret values in both.
    """

    def __init__(self, identity: str, state: Props, inputs: Props, reason: str) -> None:
        self.identity = identity
        self.state = state
        self.inputs = inputs
        self.reason = reason
        self.secret: Collection[Path] = ()
        super().__init__(reason)


def answering(method: Callable[..., _Answer]) -> Callable[..., _Answer]:
    """Turn the errors of a gRPC method into answers that the engine prints as they are."""

    @functools.wraps(method)
    def wrapped(self: Any, request: Any, context: grpc.ServicerContext) -> _Answer:
        try:
            return method(self, request, context)
        except PartlyCreatedError as error:
            _abort_partly(context, error)
        except HubguardError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except (ClientError, BotoCoreError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, explain(error))

    return wrapped


def _abort_partly(context: grpc.ServicerContext, error: PartlyCreatedError) -> NoReturn:
    detail = provider_pb2.ErrorResourceInitFailed(
        id=error.identity,
        properties=to_wire(error.state, error.secret),
        inputs=to_wire(error.inputs, error.secret),
        reasons=[error.reason],
    )
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=error.reason)
    status.details.add().Pack(detail)
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, error.reason)
