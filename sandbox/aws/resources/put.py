"""Types that are one thing put onto another: a bucket's policy, its versioning, a secret's policy.

Creating and updating are the same call, and such a type is one entry made by `put`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.aws.facts import facts_of
from sandbox.aws.resources.base import Call, Change, Resource
from sandbox.aws.resources.translate import from_aws, member_of, to_aws

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.aws.provider.wire import Props


@dataclass(frozen=True)
class Put:
    """A type that is put, got and deleted by one call each.

    Attributes:
        token: the Pulumi type.
        service: boto3's name of its service.
        put: the operation that sets it, in AWS's name such as `PutBucketPolicy`.
        get: the operation that reads it.
        delete: the operation that removes it, or a function where that takes more.
        key: the input that names what it is put onto, and the parameter for it.
        body: the parameter that the other inputs go into, a dot for one inside it; empty where the
            inputs are parameters.
        unwrap: where in the answer the inputs are; the end of `body` when empty.
        names: inputs whose parameter has another name.
        gone: error codes that mean that it is not there.
        read: reads it where `get` alone does not do.
        finish: turns the translated answer into the state; None from it means that it is not there.
        skip: whether there is nothing to call for these inputs.
        options: further fields of the `Resource`.
    """

    token: str
    service: str
    put: str
    get: str
    delete: str | Callable[[Call], None]
    key: tuple[str, str]
    body: str = ""
    unwrap: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    read: Callable[[Call], Props | None] | None = None
    finish: Callable[[Call, Props], Props | None] | None = None
    skip: Callable[[Call], bool] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def resource(self) -> Resource:
        """The entry of the operations table."""
        return Resource(
            token=self.token,
            service=self.service,
            create=self._create,
            read=self.read or self._read,
            delete=self._delete,
            # Whatever changes, everything is put again.
            changes=(Change(("*",), self._put),),
            gone=self.gone,
            **self.options,
        )

    def _create(self, call: Call) -> str:
        self._put(call)
        target = str(call.inputs[self.key[0]])
        owner = call.inputs.get("expectedBucketOwner")
        return f"{target},{owner}" if owner else target

    def _put(self, call: Call) -> None:
        if self.skip is not None and self.skip(call):
            return
        operation = call.client.meta.service_model.operation_model(self.put)
        members = operation.input_shape.members
        parameters, inside = self._target(call), {}
        for name, value in call.inputs.items():
            if name in (self.key[0], "region") or name not in call.shape.fields:
                continue
            member = self.names.get(name) or member_of(members, name)
            if member is not None:
                parameters[member] = to_aws(value, members[member])
            elif name not in facts_of(self.token).local:
                inside[name] = value
        if self.body or inside:
            outer, _, inner = self.body.partition(".")
            shape = members[outer]
            content = to_aws(inside, shape.members[inner] if inner else shape)
            parameters[outer] = {inner: content} if inner else content
        _invoke(call, self.put, parameters)

    def _read(self, call: Call) -> Props | None:
        answer = _invoke(call, self.get, self._target(call))
        inside = answer.get(self.unwrap or self.body.rpartition(".")[2])
        renamed = {name: answer.get(member) for name, member in self.names.items()}
        whole = {**answer, **renamed, **(inside if isinstance(inside, dict) else {})}
        found: Props = from_aws(whole, call.shape)
        found[self.key[0]] = self._target(call)[self.key[1]]
        return found if self.finish is None else self.finish(call, found)

    def _delete(self, call: Call) -> None:
        if callable(self.delete):
            self.delete(call)
        else:
            _invoke(call, self.delete, self._target(call))

    def _target(self, call: Call) -> dict[str, Any]:
        target, _, owner = call.id.partition(",")
        owner = owner or call.inputs.get("expectedBucketOwner") or ""
        name = target or call.inputs[self.key[0]]
        return {self.key[1]: name, **({"ExpectedBucketOwner": owner} if owner else {})}


def _invoke(call: Call, name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    client = call.client
    methods = {operation: method for method, operation in client.meta.method_to_api_mapping.items()}
    answer: dict[str, Any] = getattr(client, methods[name])(**parameters)
    return answer
