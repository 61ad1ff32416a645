"""Property values on the wire: protobuf structs in, plain Python values out, and back.

Unknown values travel as strings with fixed ids; here they are the one object `UNKNOWN`.

The plugin accepts secrets: values are opened here, and the paths of those that were secret are kept
beside them to mark the answer. To leave the marking to the engine is not enough: it marks outputs
that have the name of a secret input, and `tagsAll` would lie in the state as plain text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf import json_format, struct_pb2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Props = dict[str, Any]
Path = tuple[str | int, ...]


class Unknown:
    """A value that a preview cannot know yet. There is one object of it: `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()

# The engine's sentinels: boolean, number, string, array, asset, archive, object.
_SENTINELS = frozenset(
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a type marker of the protocol
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"


def from_wire(struct: struct_pb2.Struct, secret: set[Path] | None = None) -> Props:
    """Plain values of a struct; nulls are left out, whole numbers are int.

    Args:
        struct: as it came.
        secret: collects the paths of secret values.
    """
    return _from_fields(struct, (), set() if secret is None else secret)


def to_wire(properties: Mapping[str, Any], secret: Iterable[Path] = ()) -> struct_pb2.Struct:
    """The struct of plain values; None is left out, `UNKNOWN` becomes the engine's sentinel.

    Args:
        properties: plain values.
        secret: paths of values to mark as secret; one that leads into something that became text
            marks the whole text.
    """
    marked: Any = _plain(properties)
    for path in secret:
        _mark(marked, path)
    struct = struct_pb2.Struct()
    json_format.ParseDict(marked, struct)
    return struct


def has_unknown(value: Any) -> bool:
    """Whether a value is unknown or holds something unknown."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def _from_fields(struct: struct_pb2.Struct, path: Path, secret: set[Path]) -> Props:
    return {
        name: value
        for name, raw in struct.fields.items()
        if (value := _from_value(raw, (*path, name), secret)) is not None
    }


def _from_value(raw: struct_pb2.Value, path: Path, secret: set[Path]) -> Any:
    kind = raw.WhichOneof("kind")
    if kind == "struct_value":
        return _from_struct(raw.struct_value, path, secret)
    if kind == "list_value":
        items = enumerate(raw.list_value.values)
        return [_from_value(item, (*path, index), secret) for index, item in items]
    if kind == "string_value":
        return UNKNOWN if raw.string_value in _SENTINELS else raw.string_value
    if kind == "number_value":
        number = raw.number_value
        return int(number) if number.is_integer() else number
    return raw.bool_value if kind == "bool_value" else None


def _from_struct(struct: struct_pb2.Struct, path: Path, secret: set[Path]) -> Any:
    fields = struct.fields
    signature = fields[_SIGNATURE].string_value if _SIGNATURE in fields else ""
    if signature not in (_SECRET, _OUTPUT):
        return _from_fields(struct, path, secret)
    if signature == _SECRET or ("secret" in fields and fields["secret"].bool_value):
        secret.add(path)
    # An output that is not known yet comes without a value.
    return _from_value(fields["value"], path, secret) if "value" in fields else UNKNOWN


def _mark(holder: Any, path: Path) -> None:
    """Wrap the value at the path, or the last one on the way to it that there is."""
    for depth, step in enumerate(path):
        steps = holder if isinstance(holder, dict) else range(len(holder))
        if step not in steps:
            return
        value = holder[step]
        if isinstance(value, dict) and _SIGNATURE in value:
            return
        if depth == len(path) - 1 or not isinstance(value, dict | list):
            holder[step] = {_SIGNATURE: _SECRET, "value": value}
            return
        holder = value


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN_STRING
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
