"""Names and basic types of inputs against the SDK's own classes."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.aws.provider.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.wire import Props

_KINDS = {
    "string": "a string",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "list": "a list",
    "map": "a map",
    "object": "an object",
}
_NEAR = 3


@dataclass(frozen=True)
class Failure:
    """One thing that is wrong with the inputs. Values are never in it, they may be secret.

    Attributes:
        property: the property's path.
        reason: what is wrong and what is expected.
    """

    property: str
    reason: str


def validate(value: Props, shape: Shape, where: str, failures: list[Failure], path: str = "") -> Props:
    """Check names, required inputs and basic types, and convert what the real plugin converts.

    Args:
        value: the inputs.
        shape: what they should look like.
        where: the type's token or the nested object's path, for the message.
        failures: collects what is wrong.
        path: the property path of a nested object.

    Returns:
        The inputs, numbers and flags that were given as text converted.
    """
    checked: Props = {}
    for name, item in value.items():
        here = f"{path}.{name}" if path else name
        if name not in shape.fields:
            failures.append(Failure(here, f"{where} has no input {name!r}{near(name, shape.fields)}"))
        elif item is not None:
            checked[name] = _value(item, shape.fields[name].shape, here, failures)
    for name, field in shape.fields.items():
        if field.required and checked.get(name) is None and value.get(name) is None:
            here = f"{path}.{name}" if path else name
            failures.append(Failure(here, f"{where} needs the input {name!r}"))
    return checked


def near(name: str, known: Iterable[str]) -> str:
    """The end of a message that lists the known names nearest to a wrong one."""
    lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), lower, n=_NEAR, cutoff=0.6)
    return f"; did you mean {' or '.join(repr(lower[one]) for one in found)}?" if found else ""


def _value(item: Any, shape: Shape, path: str, failures: list[Failure]) -> Any:
    if item is UNKNOWN or shape.kind == "any":
        return item
    if shape.kind == "list" and isinstance(item, list):
        element = shape.element
        return [
            one if element is None else _value(one, element, f"{path}[{index}]", failures)
            for index, one in enumerate(item)
        ]
    if shape.kind == "map" and isinstance(item, dict):
        element = shape.element
        return {
            key: one if element is None else _value(one, element, f"{path}.{key}", failures)
            for key, one in item.items()
        }
    if shape.kind == "object" and isinstance(item, dict):
        return validate(item, shape, path, failures, path)
    converted = _scalar(item, shape.kind)
    if converted is None:
        failures.append(Failure(path, f"must be {_KINDS[shape.kind]}"))
    return converted


def _scalar(item: Any, kind: str) -> Any:
    """The value as its kind, None where it is not one."""
    convert = {"string": _text, "boolean": _flag, "integer": _integer, "number": _number}.get(kind)
    return convert(item) if convert is not None and not isinstance(item, dict | list) else None


def _text(item: Any) -> str:
    return str(item).lower() if isinstance(item, bool) else str(item)


def _flag(item: Any) -> bool | None:
    return item if isinstance(item, bool) else {"true": True, "false": False}.get(str(item))


def _integer(item: Any) -> int | None:
    number = _number(item)
    return number if isinstance(number, int) else None


def _number(item: Any) -> float | None:
    if isinstance(item, bool):
        return None
    try:
        number = float(item)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
