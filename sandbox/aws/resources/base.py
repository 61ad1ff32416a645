"""What an entry of the operations table is made of."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError
from sandbox.aws.facts import PREFIXES
from sandbox.aws.provider.sdk import inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.aws.provider.compare import Same
    from sandbox.aws.provider.connection import Connection
    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.wire import Props


@dataclass(frozen=True)
class Call:
    """One operation on one resource.

    Attributes:
        aws: the connection.
        token: the type.
        service: boto3's name of the service that the type belongs to.
        region: where the resource lives.
        id: its id; empty until it is created.
        inputs: what is wanted, defaults included; for a read or a delete, the last known state.
        state: the last known state; empty at creation.
        tags: the wanted tags, the provider's default tags included.
    """

    aws: Connection
    token: str
    service: str
    region: str
    id: str = ""
    inputs: Props = field(default_factory=dict)
    state: Props = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def client(self) -> Any:
        """The boto3 client of the type's own service in the resource's region."""
        return self.aws.client(self.service, self.region)

    @property
    def shape(self) -> Shape:
        """The type's inputs."""
        return inputs_of(self.token)

    def given(self, **arguments: Any) -> dict[str, Any]:
        """Arguments of a call without those that are None: AWS wants them absent."""
        return {name: value for name, value in arguments.items() if value is not None}

    def name(self, field_name: str = "name") -> str:
        """The wanted name; made from the prefix where only that is given.

        Args:
            field_name: the input that holds the name.
        """
        if self.inputs.get(field_name):
            return str(self.inputs[field_name])
        prefix = next(p for p, named in PREFIXES.items() if named == field_name and p in self.inputs)
        return f"{self.inputs[prefix]}{unique()}"


@dataclass(frozen=True)
class Change:
    """One way in which a resource is changed in place.

    Attributes:
        inputs: the inputs that it serves.
        apply: makes the call.
        at_creation: whether it also runs after the create call, when one of the inputs is set.
    """

    inputs: tuple[str, ...]
    apply: Callable[[Call], None]
    at_creation: bool = False


@dataclass(frozen=True)
class Resource:
    """One type of the operations table.

    Attributes:
        token: the Pulumi type.
        service: boto3's name of its service.
        create: makes it and gives its id.
        read: what AWS tells about it, in the program's names; None where it is not there.
        delete: removes it.
        changes: in-place changes, made in this order.
        gone: error codes that mean that it is not there.
        same: for an input, when two values are one thing to AWS.
        unsupported: inputs that the stand-in does not take, with a hint.
        refuse: a reason why the step from a state to new inputs is impossible, or None.
        identify: the id that goes with a live state, where an import names it in another way.
    """

    token: str
    service: str
    create: Callable[[Call], str]
    read: Callable[[Call], Props | None]
    delete: Callable[[Call], None]
    changes: tuple[Change, ...] = ()
    gone: frozenset[str] = frozenset()
    same: Mapping[str, Same] = field(default_factory=dict)
    unsupported: Mapping[str, str] = field(default_factory=dict)
    refuse: Callable[[Props, Props], str | None] | None = None
    identify: Callable[[Props], str] | None = None


def unique() -> str:
    """What makes a prefixed name unique: the time, as the real plugin does, and some chance."""
    return time.strftime("%Y%m%d%H%M%S", time.gmtime()) + secrets.token_hex(6)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as most of AWS wants them."""
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def tag_map(tags: list[dict[str, str]] | None) -> dict[str, str]:
    """Tags as the program has them; AWS's own, with the prefix `aws:`, are left out."""
    found = {tag["Key"]: tag["Value"] for tag in tags or []}
    return {key: value for key, value in found.items() if not key.startswith("aws:")}


def tag_changes(call: Call) -> tuple[dict[str, str], list[str]]:
    """Tags to set and names of tags to remove, from the last known ones to the wanted ones."""
    before = call.state.get("tagsAll") or {}
    put = {key: value for key, value in call.tags.items() if before.get(key) != value}
    return put, sorted(before.keys() - call.tags.keys())


def tagging(put: Callable[[Call, dict[str, str]], None], remove: Callable[[Call, list[str]], None]) -> Change:
    """The change of tags for a type that sets and removes them in two calls."""

    def apply(call: Call) -> None:
        new, gone = tag_changes(call)
        if gone:
            remove(call, gone)
        if new:
            put(call, new)

    return Change(("tags",), apply)


def no_update(call: Call) -> None:
    """For a type every input of which replaces it."""
    raise SandboxError(f"{call.token} cannot be changed in place", next_step="replace it")
