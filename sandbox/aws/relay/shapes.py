"""Request parameters as CloudTrail shows them, read with AWS's own models of its APIs.

The models say which parameters are sensitive. Those are left out, as CloudTrail leaves them out, and so
is everything that the model does not know: nothing unknown reaches a record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from botocore.model import ListShape, MapShape, Shape, StructureShape

# Beside what the models mark: left out by CloudTrail, or of no use in a record.
_NEVER = frozenset({"CiphertextBlob", "ClientSecret", "Credentials", "Password", "SecretAccessKey"})


@dataclass
class Shown:
    """What of a request may be seen.

    Attributes:
        withheld: the texts that were left out; they must not appear anywhere else either.
    """

    withheld: set[str] = field(default_factory=set)

    def structure(self, shape: StructureShape, value: Mapping[str, Any]) -> dict[str, Any]:
        """The members in CloudTrail's spelling, which begins with a small letter."""
        found: dict[str, Any] = {}
        for name, member in shape.members.items():
            wire = member.serialization.get("name", name)
            if wire not in value or value[wire] is None:
                continue
            if name in _NEVER or member.metadata.get("sensitive") or member.type_name == "blob":
                self.withheld.update(_texts(value[wire]))
            else:
                found[name[:1].lower() + name[1:]] = self._value(member, value[wire])
        return found

    def _value(self, shape: Shape, value: Any) -> Any:
        if shape.type_name == "structure" and isinstance(value, dict):
            return self.structure(shape, value)  # type: ignore[arg-type]  # botocore tells shapes apart by type_name
        if shape.type_name == "list" and isinstance(value, list):
            return [self._value(shape.member, one) for one in value]  # type: ignore[attr-defined]  # likewise
        if shape.type_name == "map" and isinstance(value, dict):
            return {key: self._value(shape.value, one) for key, one in value.items()}  # type: ignore[attr-defined]  # likewise
        return value


def from_form(shape: StructureShape, form: Mapping[str, str], prefix: str = "") -> dict[str, Any]:
    """The parameters of a call in the query protocol, from its form fields.

    Args:
        shape: the operation's input.
        form: the fields, such as `Tags.member.1.Key`.
        prefix: what precedes the names of the members.
    """
    found = {}
    for name, member in shape.members.items():
        wire = member.serialization.get("name", name)
        value = _from_form(member, form, prefix + wire)
        if value is not None:
            found[wire] = value
    return found


def _from_form(shape: Shape, form: Mapping[str, str], key: str) -> Any:
    kind = shape.type_name
    if kind == "structure":
        if not any(name.startswith(f"{key}.") for name in form):
            return None  # also what ends a shape that contains itself
        return from_form(shape, form, f"{key}.")  # type: ignore[arg-type]  # botocore tells shapes apart by type_name
    if kind == "list":
        return _list(shape, form, key)  # type: ignore[arg-type]  # likewise
    if kind == "map":
        return _map(shape, form, key)  # type: ignore[arg-type]  # likewise
    return _scalar(kind, form[key]) if key in form else None


def _scalar(kind: str, text: str) -> str | int | bool:
    if kind == "boolean":
        return text == "true"
    return int(text) if kind in {"integer", "long"} and text.lstrip("-").isdigit() else text


def _list(shape: ListShape, form: Mapping[str, str], key: str) -> list[Any] | None:
    flat = shape.serialization.get("flattened")
    start = key if flat else f"{key}.{shape.member.serialization.get('name', 'member')}"
    found: list[Any] = []
    while (one := _from_form(shape.member, form, f"{start}.{len(found) + 1}")) is not None:
        found.append(one)
    return found or None


def _map(shape: MapShape, form: Mapping[str, str], key: str) -> dict[str, Any] | None:
    start = key if shape.serialization.get("flattened") else f"{key}.entry"
    names = (shape.key.serialization.get("name", "key"), shape.value.serialization.get("name", "value"))
    found: dict[str, Any] = {}
    while (one := form.get(f"{start}.{len(found) + 1}.{names[0]}")) is not None and one not in found:
        found[one] = _from_form(shape.value, form, f"{start}.{len(found) + 1}.{names[1]}")
    return found or None


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str) and value:
        yield value
