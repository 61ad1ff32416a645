"""The limits that the real plugin checks before it calls AWS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.aws.provider.validate import Failure
from sandbox.aws.provider.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.aws.facts import Facts
    from sandbox.aws.provider.wire import Props


def broken_limits(facts: Facts, inputs: Props) -> list[Failure]:
    """Every input outside its limits, without one that it needs, beside one that it excludes, or missing.

    Args:
        facts: the type's facts.
        inputs: the validated inputs; unknown values pass.
    """
    failures = [
        Failure(path, f"must be {_meaning(limit)}")
        for name, limit in facts.limits.items()
        for path, value in _found(inputs, name.split("."))
        if value is not UNKNOWN and value is not None and not _within(value, limit)
    ]
    failures += [
        Failure(name, f"needs {other!r} as well")
        for name, other in facts.needs.items()
        if inputs.get(name) is not None and not inputs.get(other)
    ]
    failures += [
        Failure(group[0], f"give {' or '.join(repr(name) for name in group)}")
        for group in facts.any_of
        if all(inputs.get(name) in (None, "") for name in group)
    ]
    for group in facts.conflicts:
        parent = group[0].rpartition(".")[0]
        names = [name.rpartition(".")[2] for name in group]
        for path, holder in _found(inputs, parent.split(".")) if parent else [("", inputs)]:
            if isinstance(holder, dict):
                given = [name for name in names if holder.get(name) is not None]
                if len(given) > 1:
                    where = f"{path}.{given[0]}" if path else given[0]
                    failures.append(Failure(where, f"excludes {given[1]!r}: give one of them"))
    return failures


def _found(value: Any, names: list[str], path: str = "") -> Iterator[tuple[str, Any]]:
    """The values at a dotted name, entering every element of the lists on the way."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, names, f"{path}[{index}]")
        return
    if not names:
        yield path, value
    elif isinstance(value, dict) and value.get(names[0]) is not None:
        here = f"{path}.{names[0]}" if path else names[0]
        inner = value[names[0]]
        # A limit on a list counts its items or holds for each: `_within` decides.
        if len(names) == 1:
            yield here, inner
        else:
            yield from _found(inner, names[1:], here)


def _within(value: Any, limit: dict[str, Any]) -> bool:
    if isinstance(value, list):
        if "items" in limit:
            return _between(len(value), limit["items"])
        return all(item in (UNKNOWN, None) or _within(item, limit) for item in value)
    if value in limit.get("also", ()):
        return True
    return (
        ("range" not in limit or _between(value, limit["range"]))
        and ("multiple" not in limit or value % limit["multiple"] == 0)
        and ("length" not in limit or _between(len(str(value)), limit["length"]))
        and ("pattern" not in limit or re.fullmatch(limit["pattern"], str(value), re.DOTALL) is not None)
        and ("oneOf" not in limit or value in limit["oneOf"])
    )


def _between(number: float, bounds: list[float | None]) -> bool:
    low, high = bounds
    return (low is None or number >= low) and (high is None or number <= high)


def _meaning(limit: dict[str, Any]) -> str:
    parts = []
    if "range" in limit:
        parts.append(_span(limit["range"]))
    if "multiple" in limit:
        parts.append(f"a multiple of {limit['multiple']}")
    if "length" in limit:
        parts.append(f"{_span(limit['length'])} characters long")
    if "items" in limit:
        parts.append(f"a list of {_span(limit['items'])} items")
    if "pattern" in limit:
        parts.append(f"like {limit['pattern']}")
    if "oneOf" in limit:
        parts.append("one of " + ", ".join(str(one) for one in limit["oneOf"]))
    text = " and ".join(parts)
    also = limit.get("also")
    return f"{text}, or {', '.join(str(one) for one in also)}" if also else text


def _span(bounds: list[float | None]) -> str:
    low, high = bounds
    return f"at least {low}" if high is None else f"at most {high}" if not low else f"{low} to {high}"
