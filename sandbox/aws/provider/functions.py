"""The functions that a program may call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubguard.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.provider.connection import Connection
    from sandbox.aws.provider.wire import Props

_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}
_REVERSED = {"aws": "com.amazonaws", "aws-cn": "cn.com.amazonaws", "aws-us-gov": "com.amazonaws"}


def invoke(connection: Connection, token: str, arguments: Props) -> Props:
    """Answer a function call of the program.

    Args:
        connection: of the provider that is asked.
        token: such as `aws:index/getRegion:getRegion`.
        arguments: the call's arguments.

    Raises:
        SandboxError: there is no such function here, or it has no such argument.
    """
    if token not in _FUNCTIONS:
        raise SandboxError(
            f"the sandbox's AWS plugin has no function {token} yet",
            next_step="add it to sandbox/aws/provider/functions.py",
        )
    function, known = _FUNCTIONS[token]
    if strange := sorted(arguments.keys() - known):
        raise SandboxError(
            f"{token} has no argument {strange[0]!r}",
            next_step=f"it takes {', '.join(known)}",
        )
    return function(connection, arguments)


def _caller(connection: Connection, _arguments: Props) -> Props:
    account = connection.account
    return {
        "accountId": account,
        "arn": connection.caller,
        "userId": connection.user,
        "id": account,
    }


def _partition(connection: Connection, _arguments: Props) -> Props:
    partition = connection.partition
    return {
        "partition": partition,
        "dnsSuffix": _SUFFIXES.get(partition, _SUFFIXES["aws"]),
        "reverseDnsPrefix": _REVERSED.get(partition, _REVERSED["aws"]),
        "id": partition,
    }


def _region(connection: Connection, arguments: Props) -> Props:
    asked = arguments.get("region") or arguments.get("name")
    endpoint = arguments.get("endpoint")
    of_endpoint = endpoint.split(".")[1] if endpoint and endpoint.count(".") > 1 else None
    if asked and of_endpoint and asked != of_endpoint:
        raise SandboxError("getRegion: endpoint and name disagree", next_step="give one of them")
    region = asked or of_endpoint or connection.region
    return {
        "region": region,
        "name": region,
        "id": region,
        "description": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
    }


_FUNCTIONS: dict[str, tuple[Callable[[Connection, Props], Props], tuple[str, ...]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": (_caller, ("id",)),
    "aws:index/getPartition:getPartition": (_partition, ("id",)),
    "aws:index/getRegion:getRegion": (_region, ("endpoint", "id", "name", "region")),
}
