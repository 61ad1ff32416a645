"""Property values on the wire: protobuf structs in, plain Python values out, and back.

Unknown values travel as strings with fixed ids; here they are the one object `UNKNOWN`. The plugin
does not accept secrets: the engine sends plain values and marks an output as secret again when the
input of the same name was one. Wrappers of secrets and outputs are opened all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf import json_format, struct_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping

Props = dict[str, Any]


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


def from_wire(struct: struct_pb2.Struct) -> Props:
    """Plain values of a struct; nulls are left out, whole numbers are int."""
    return {name: value for name, raw in struct.fields.items() if (value := _from_value(raw)) is not None}


def to_wire(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    """The struct of plain values; None is left out, `UNKNOWN` becomes the engine's sentinel."""
    struct = struct_pb2.Struct()
    json_format.ParseDict(_plain(properties), struct)
    return struct


def has_unknown(value: Any) -> bool:
    """Whether a value is unknown or holds something unknown."""
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return value is UNKNOWN


def _from_value(raw: struct_pb2.Value) -> Any:
    kind = raw.WhichOneof("kind")
    if kind == "struct_value":
        return _from_struct(raw.struct_value)
    if kind == "list_value":
        return [_from_value(item) for item in raw.list_value.values]
    if kind == "string_value":
        return UNKNOWN if raw.string_value in _SENTINELS else raw.string_value
    if kind == "number_value":
        number = raw.number_value
        return int(number) if number.is_integer() else number
    return raw.bool_value if kind == "bool_value" else None


def _from_struct(struct: struct_pb2.Struct) -> Any:
    signature = struct.fields[_SIGNATURE].string_value if _SIGNATURE in struct.fields else ""
    if signature in (_SECRET, _OUTPUT):
        # An output that is not known yet comes without a value.
        return _from_value(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    return from_wire(struct)


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN_STRING
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
