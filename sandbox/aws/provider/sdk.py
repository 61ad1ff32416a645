"""The shape of a type's inputs, taken from the Args classes of the `pulumi_aws` SDK.

Only the module of the service that is asked for is imported, and each class is looked at once.
"""

from __future__ import annotations

import collections.abc
import enum
import importlib
import re
import types
import typing
import warnings
from dataclasses import dataclass
from functools import cache
from typing import Any

import pulumi

from hubguard.errors import SandboxError

_SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number"}
_PLUMBING = (collections.abc.Awaitable, pulumi.Output)
# pulumi.Input leaves the text "Output[T]" in the annotations.
_FORWARD = {"Output": pulumi.Output, "T": type(None)}


@dataclass(frozen=True)
class Shape:
    """What a value looks like.

    Attributes:
        kind: string, boolean, integer, number, list, map, object or any.
        element: the shape of what a list or a map holds.
        source: the Args class of an object; its fields are read when they are needed.
    """

    kind: str
    element: Shape | None = None
    source: type | None = None

    @property
    def fields(self) -> dict[str, Field]:
        """The inputs of an object by their Pulumi names; empty for every other kind."""
        return _fields(self.source) if self.source is not None else {}


@dataclass(frozen=True)
class Field:
    """One input.

    Attributes:
        shape: what its value looks like.
        required: whether the SDK wants it.
    """

    shape: Shape
    required: bool


ANY = Shape("any")


@cache
def inputs_of(token: str) -> Shape:
    """The inputs of a resource type.

    Args:
        token: such as `aws:s3/bucketPolicy:BucketPolicy`.

    Raises:
        SandboxError: the SDK has no such type.
    """
    found = re.fullmatch(r"aws:(\w+)/(\w+):(\w+)", token)
    if found is None:
        raise _no_such_type(token)
    service, module, name = found.groups()
    try:
        with warnings.catch_warnings():
            # The SDK warns of its own old names while it is imported.
            warnings.simplefilter("ignore", DeprecationWarning)
            source = importlib.import_module(f"pulumi_aws.{_package(service)}.{_snake(module)}")
        # Where a nested class took the name already, the SDK calls the resource's own InitArgs.
        own = getattr(source, f"{name}InitArgs", None) or getattr(source, f"{name}Args")
    except (ImportError, AttributeError) as error:
        raise _no_such_type(token) from error
    return Shape("object", source=own)


@cache
def provider_inputs() -> Shape:
    """The inputs of the provider itself, which are the stack's `aws:` configuration."""
    return Shape("object", source=importlib.import_module("pulumi_aws.provider").ProviderArgs)


def _package(service: str) -> str:
    return "lambda_" if service == "lambda" else service


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: f"_{match[1].lower()}", name)


def _no_such_type(token: str) -> SandboxError:
    return SandboxError(
        f"{token} is not a resource type of the pulumi_aws SDK",
        next_step="check the spelling of the type",
    )


@cache
def _fields(source: type) -> dict[str, Field]:
    namespace = dict(vars(importlib.import_module(source.__module__)))
    fields = {}
    for attribute in vars(source).values():
        name = getattr(getattr(attribute, "fget", None), "_pulumi_name", None)
        if name is None:
            continue
        hint = typing.get_type_hints(attribute.fget, namespace, _FORWARD)["return"]
        shape, optional = _shape(hint)
        fields[name] = Field(shape, required=not optional)
    return fields


def _shape(hint: Any) -> tuple[Shape, bool]:
    """The shape of a type annotation, and whether it may be left out."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        # pulumi.Input adds an Awaitable and an Output of the same: the plain alternatives matter.
        plain = [one for one in typing.get_args(hint) if typing.get_origin(one) not in _PLUMBING]
        optional = type(None) in plain
        shapes = {_shape(one)[0] for one in plain if one is not type(None)}
        return (shapes.pop() if len(shapes) == 1 else ANY), optional
    return _plain_shape(hint), False


def _plain_shape(hint: Any) -> Shape:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is collections.abc.Sequence:
        return Shape("list", _shape(arguments[0])[0])
    if origin is collections.abc.Mapping:
        return Shape("map", _shape(arguments[1])[0])
    if not isinstance(hint, type):
        return ANY
    if issubclass(hint, enum.Enum):
        return Shape("string")
    if hint.__name__.endswith("Args"):
        return Shape("object", source=hint)
    return Shape(_SCALARS.get(hint, "any"))
