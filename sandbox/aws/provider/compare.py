"""What differs between a live value and a wanted one, as the real plugin would see it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.aws.provider.documents import same_json, same_policy
from sandbox.aws.provider.sdk import ANY, Shape
from sandbox.aws.provider.wire import UNKNOWN, has_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sandbox.aws.facts import Facts

    Same = Callable[[Any, Any], bool]

DEFAULTS = "__defaults"


@dataclass(frozen=True)
class Difference:
    """One place where live and wanted differ.

    Attributes:
        path: the property path as the engine writes it, such as `rules[0].status`.
        name: the same without indexes and keys, such as `rules.status`; the facts use these names.
        kind: add, delete or update.
    """

    path: str
    name: str
    kind: str

    @property
    def top(self) -> str:
        """The input at the top that the difference is in."""
        return self.name.partition(".")[0]


@dataclass(frozen=True)
class Comparer:
    """Compares values of one type by its facts.

    Attributes:
        facts: the type's facts.
        same: for an input, when two values that differ as text are one thing to AWS.
    """

    facts: Facts
    same: Mapping[str, Same] = field(default_factory=dict)

    def differences(
        self, live: Any, wanted: Any, shape: Shape, name: str, path: str = ""
    ) -> Iterator[Difference]:
        """Yield where `wanted` differs from `live`.

        An absent value and a zero one (false, 0, empty) are equal, as they are to the real plugin;
        an unset input takes its default; one that AWS fills in is equal to whatever is there.

        Args:
            live: the value in the state.
            wanted: the value in the program.
            shape: what the value looks like.
            name: the input's name with dots, without indexes.
            path: the property path; the name when absent.
        """
        path = path or name
        if wanted is None and self.facts.filled_in(name):
            return
        wanted = self.facts.defaults.get(name) if wanted is None else wanted
        if (is_zero(live) and is_zero(wanted)) or self._equal(live, wanted, name):
            return
        inner = self._within(live, wanted, shape, name, path)
        if inner is not None:
            yield from inner
        else:
            yield Difference(path, name, _kind(live, wanted))

    def equal(self, live: Any, wanted: Any, shape: Shape, name: str) -> bool:
        """Whether there is no difference at all."""
        return not any(True for _ in self.differences(live, wanted, shape, name))

    def _equal(self, live: Any, wanted: Any, name: str) -> bool:
        if live is None or wanted is None or has_unknown(wanted):
            return False
        if name in self.same:
            return self.same[name](live, wanted)
        if name in self.facts.policies:
            return same_policy(live, wanted)
        if name in self.facts.json:
            return same_json(live, wanted)
        return False

    def _within(
        self, live: Any, wanted: Any, shape: Shape, name: str, path: str
    ) -> Iterator[Difference] | None:
        """The differences inside two containers, or None where the values differ as a whole."""
        if isinstance(live, dict) and isinstance(wanted, dict):
            return self._in_object(live, wanted, shape, name, path)
        if isinstance(live, list) and isinstance(wanted, list):
            if name in self.facts.sets and not has_unknown(wanted):
                return self._in_set(live, wanted, shape, name, path)
            return self._in_list(live, wanted, shape, name, path)
        if type(live) is type(wanted) and live == wanted:
            return iter(())
        return None

    def _in_object(self, live: Any, wanted: Any, shape: Shape, name: str, path: str) -> Iterator[Difference]:
        if shape.kind == "object":
            for key, inside in shape.fields.items():
                yield from self.differences(
                    live.get(key), wanted.get(key), inside.shape, f"{name}.{key}", f"{path}.{key}"
                )
            return
        for key in sorted((live.keys() | wanted.keys()) - {DEFAULTS}):
            before, after = live.get(key), wanted.get(key)
            if before != after:
                yield Difference(path + _step(key), name, _kind(before, after))

    def _in_list(self, live: Any, wanted: Any, shape: Shape, name: str, path: str) -> Iterator[Difference]:
        element = shape.element or ANY
        for index in range(max(len(live), len(wanted))):
            before = live[index] if index < len(live) else None
            after = wanted[index] if index < len(wanted) else None
            here = f"{path}[{index}]"
            if before is None or after is None:
                yield Difference(here, name, _kind(before, after))
            else:
                yield from self.differences(before, after, element, name, here)

    def _in_set(self, live: Any, wanted: Any, shape: Shape, name: str, path: str) -> Iterator[Difference]:
        if len(live) == len(wanted) == 1:
            yield from self._in_list(live, wanted, shape, name, path)
            return
        element = shape.element or ANY
        before = sorted(self._canonical(item, element, name) for item in live)
        after = sorted(self._canonical(item, element, name) for item in wanted)
        if before != after:
            yield Difference(path, name, "update")

    def _canonical(self, value: Any, shape: Shape, name: str) -> str:
        return json.dumps(self._full(value, shape, name), sort_keys=True)

    def _full(self, value: Any, shape: Shape, name: str) -> Any:
        """A value with its defaults and without what is zero, so that equal things look equal."""
        if shape.kind == "object" and isinstance(value, dict):
            full = {}
            for key, inside in shape.fields.items():
                dotted = f"{name}.{key}"
                item = value.get(key, self.facts.defaults.get(dotted))
                if not is_zero(item):
                    full[key] = self._full(item, inside.shape, dotted)
            return full
        if isinstance(value, list):
            items = [self._full(item, shape.element or ANY, name) for item in value]
            unordered = name in self.facts.sets
            return sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if unordered else items
        return value


def is_zero(value: Any) -> bool:
    """Whether a value says no more than its absence: None, false, 0, empty, or only such things."""
    if value is UNKNOWN:
        return False
    if isinstance(value, dict):
        return all(is_zero(item) for key, item in value.items() if key != DEFAULTS)
    return not value


def _kind(live: Any, wanted: Any) -> str:
    if wanted is None:
        return "delete"
    return "add" if live is None else "update"


def _step(key: str) -> str:
    return f".{key}" if re.fullmatch(r"[A-Za-z_]\w*", key) else f'["{key}"]'
