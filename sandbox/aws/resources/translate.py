"""The program's names to AWS's and back, by the shapes that botocore knows.

`kmsMasterKeyId` is `KMSMasterKeyID` there, `rules` may be `Rule`, a block that is allowed once may be
a list of one, and a map of tags is a list of keys and values. Names match without case.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError
from sandbox.aws.provider.compare import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.wire import Props


def to_aws(value: Any, shape: Any) -> Any:
    """A value in the program's names as AWS's API wants it.

    Args:
        value: the program's value.
        shape: the botocore shape of the parameter.

    Raises:
        SandboxError: the API has no place for a name.
    """
    if shape.type_name == "structure" and isinstance(value, dict):
        return {
            (member := _member(shape.members, name)): to_aws(item, shape.members[member])
            for name, item in value.items()
            if name != DEFAULTS and item is not None
        }
    if shape.type_name == "list":
        if isinstance(value, dict) and _is_tags(shape):
            return [{"Key": key, "Value": item} for key, item in sorted(value.items()) if key != DEFAULTS]
        items = value if isinstance(value, list) else [value]
        return [to_aws(item, shape.member) for item in items]
    return value


def from_aws(value: Any, shape: Shape) -> Any:
    """A value of AWS's answer in the program's names; what the program has no name for is left out.

    Args:
        value: a part of the answer.
        shape: what the program's value looks like.
    """
    if value is None:
        return None
    if shape.kind == "object":
        holder = value[0] if isinstance(value, list) and value else value
        return _object(holder, shape) if isinstance(holder, dict) else None
    if shape.kind == "list" and shape.element is not None:
        items = value if isinstance(value, list) else [value]
        return [from_aws(item, shape.element) for item in items]
    if shape.kind == "map" and isinstance(value, list):
        return {item["Key"]: item["Value"] for item in value}
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return value


def _object(value: Mapping[str, Any], shape: Shape) -> Props:
    members = dict.fromkeys(value)
    result = {}
    for name, field in shape.fields.items():
        member = member_of(members, name)
        if member is not None and value[member] is not None:
            result[name] = from_aws(value[member], field.shape)
    return result


def _member(members: Mapping[str, Any], name: str) -> str:
    found = member_of(members, name)
    if found is None:
        raise SandboxError(
            f"the sandbox's AWS plugin cannot hand {name!r} to AWS yet",
            next_step="extend the type's entry in sandbox/aws/resources",
        )
    return found


def member_of(members: Mapping[str, Any], name: str) -> str | None:
    """The name that AWS has for a name of the program, None where it has none.

    Args:
        members: AWS's names.
        name: the program's name.
    """
    lower = {member.lower(): member for member in members}
    wanted = name.lower()
    # Lists are plural in the program; a block that is allowed once may be plural in the API.
    for spelling in (wanted, wanted.removesuffix("s"), f"{wanted}s"):
        if spelling in lower:
            return lower[spelling]
    return None


def _is_tags(shape: Any) -> bool:
    return shape.member.type_name == "structure" and set(shape.member.members) == {"Key", "Value"}
