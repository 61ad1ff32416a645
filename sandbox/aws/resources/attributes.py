"""Types whose settings are attributes, a name and a text each: topics, subscriptions, queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.wire import Props


@dataclass(frozen=True)
class Attributes:
    """The attributes of one type.

    Attributes:
        names: AWS's name for each input that is an attribute.
    """

    names: Mapping[str, str]

    def texts(self, inputs: Mapping[str, Any], only: Iterable[str] | None = None) -> dict[str, str]:
        """The attributes that are set, as AWS takes them.

        Args:
            inputs: the wanted inputs.
            only: the inputs to look at; all attributes when absent.
        """
        return {
            self.names[name]: text(inputs[name])
            for name in (self.names if only is None else only)
            if inputs.get(name) is not None
        }

    def values(self, found: Mapping[str, str], shape: Shape) -> Props:
        """The inputs for the attributes that AWS tells.

        Args:
            found: what AWS answered.
            shape: the type's inputs.
        """
        return {
            name: value(found[attribute], shape.fields[name].shape.kind)
            for name, attribute in self.names.items()
            if found.get(attribute) not in (None, "")
        }


def text(item: Any) -> str:
    """A value as the text of an attribute."""
    return str(item).lower() if isinstance(item, bool) else str(item)


def value(item: str, kind: str) -> Any:
    """The text of an attribute as a value.

    Args:
        item: the text.
        kind: boolean, integer or string.
    """
    if kind == "boolean":
        return item == "true"
    return int(item) if kind == "integer" else item
