"""Check: are these inputs that the type takes, and what do they become with names and defaults."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.aws.facts import AutoName, Facts
from sandbox.aws.provider.compare import DEFAULTS
from sandbox.aws.provider.documents import compact, same_policy
from sandbox.aws.provider.limits import broken_limits
from sandbox.aws.provider.validate import Failure, validate
from sandbox.aws.provider.wire import UNKNOWN, has_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.wire import Props

_DIGITS = 7


@dataclass(frozen=True)
class Subject:
    """The type whose inputs are checked.

    Attributes:
        token: its token.
        shape: its inputs by the SDK.
        facts: its facts.
        unsupported: inputs that the stand-in leaves to another type, each with a hint.
    """

    token: str
    shape: Shape
    facts: Facts
    unsupported: Mapping[str, str]


def check(
    subject: Subject, news: Props, olds: Props, logical_name: str, seed: bytes
) -> tuple[Props, list[Failure]]:
    """The inputs to keep, and everything that is wrong with them.

    Args:
        subject: the type.
        news: the program's inputs.
        olds: the inputs of the last operation, empty for a new resource or a replacement.
        logical_name: the resource's name in the program; unset names are made from it.
        seed: the engine's seed, so that a plan and its update agree on a name; may be empty.

    Returns:
        The inputs with normalised documents, names, defaults and `__defaults`; and the failures.
    """
    failures: list[Failure] = []
    inputs = validate(_bare(news), subject.shape, subject.token, failures)
    failures += [
        Failure(name, f"the sandbox's AWS plugin does not manage it here: {hint}")
        for name, hint in subject.unsupported.items()
        if inputs.get(name) is not None
    ]
    _normalise_documents(subject.facts, inputs, olds, failures)
    failures += broken_limits(subject.facts, inputs)
    defaulted = _add_name(subject.facts, inputs, olds, logical_name, seed, failures)
    defaulted += _add_defaults(subject.facts, inputs)
    inputs[DEFAULTS] = sorted(defaulted)
    _mark_nested(subject.shape, subject.facts, inputs, "")
    return inputs, failures


def _bare(value: Any) -> Any:
    """The inputs without the marks of an earlier check."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key != DEFAULTS}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _normalise_documents(facts: Facts, inputs: Props, olds: Props, failures: list[Failure]) -> None:
    for name in sorted(facts.policies | facts.json):
        value = inputs.get(name)
        # An empty text means "no document" where AWS can do without one.
        if value is None or value is UNKNOWN or value == "":
            continue
        if isinstance(value, dict) and has_unknown(value):
            inputs[name] = UNKNOWN
            continue
        try:
            text = compact(value)
        except ValueError:
            failures.append(Failure(name, "is not a JSON document"))
            continue
        before = olds.get(name)
        keep = name in facts.policies and isinstance(before, str) and same_policy(before, text)
        inputs[name] = before if keep else text


def _add_name(
    facts: Facts,
    inputs: Props,
    olds: Props,
    logical_name: str,
    seed: bytes,
    failures: list[Failure],
) -> list[str]:
    auto = facts.autoname
    if auto is None or inputs.get(auto.property) is not None or _excluded(facts, inputs, auto.property):
        return []
    if auto.property in olds.get(DEFAULTS, ()) and olds.get(auto.property):
        inputs[auto.property] = olds[auto.property]
        return [auto.property]
    inputs[auto.property] = name = _made_up(auto, logical_name, seed)
    if len(name) > auto.max:
        failures.append(
            Failure(
                auto.property,
                f"the name made from {logical_name!r} is longer than {auto.max} characters:"
                f" set {auto.property!r} or shorten the resource's name",
            )
        )
    return [auto.property]


def _made_up(auto: AutoName, logical_name: str, seed: bytes) -> str:
    entropy = seed or secrets.token_bytes(16)
    name = f"{auto.prefix}{logical_name}-{hashlib.sha256(entropy).hexdigest()[:_DIGITS]}"
    return name.lower() if auto.lower else name


def _add_defaults(facts: Facts, inputs: Props) -> list[str]:
    added = []
    for name, value in facts.defaults.items():
        # The real plugin leaves false, 0 and empty defaults out of the inputs.
        if "." in name or not value or inputs.get(name) is not None or _excluded(facts, inputs, name):
            continue
        inputs[name] = value
        added.append(name)
    return added


def _excluded(facts: Facts, inputs: Props, name: str) -> bool:
    """Whether an input that excludes this one is set."""
    return any(
        inputs.get(other) is not None
        for group in facts.conflicts
        if name in group
        for other in group
        if other != name
    )


def _mark_nested(shape: Shape, facts: Facts, value: Any, name: str) -> None:
    """Give every nested object its defaults and its own list of them."""
    for key, inside in shape.fields.items():
        item = value.get(key)
        dotted = f"{name}.{key}" if name else key
        nested, objects = inside.shape, [item]
        if nested.kind == "list" and nested.element is not None and isinstance(item, list):
            nested, objects = nested.element, item
        if nested.kind != "object":
            continue
        for one in objects:
            if isinstance(one, dict):
                _add_nested_defaults(facts, one, dotted)
                _mark_nested(nested, facts, one, dotted)


def _add_nested_defaults(facts: Facts, value: Props, name: str) -> None:
    added = []
    for dotted, default in facts.defaults.items():
        parent, _, key = dotted.rpartition(".")
        if parent == name and default and value.get(key) is None:
            value[key] = default
            added.append(key)
    value[DEFAULTS] = sorted(added)
