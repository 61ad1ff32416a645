"""From what AWS tells to the properties that the engine keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.facts import PREFIXES
from sandbox.aws.provider.compare import DEFAULTS, Comparer, is_zero
from sandbox.aws.provider.diff import REGION, TAGS, TAGS_ALL, all_tags
from sandbox.aws.provider.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.provider.sdk import Shape
    from sandbox.aws.provider.wire import Props


def outputs(
    comparer: Comparer,
    shape: Shape,
    live: Props,
    wanted: Props,
    *,
    region: str,
    default_tags: Mapping[str, str],
) -> Props:
    """The state of a resource that is there.

    Args:
        comparer: of the type.
        shape: the type's inputs.
        live: what AWS tells, in the program's names.
        wanted: what was asked for, or the last state: keeps what AWS never tells, and the text of a
            document that still means the same.
        region: where it lives.
        default_tags: the provider's default tags.
    """
    facts = comparer.facts
    state = {name: value for name, value in live.items() if value is not None}
    for name, inside in shape.fields.items():
        asked = wanted.get(name)
        if name in facts.local:
            state[name] = bare(asked) if asked is not None else facts.defaults.get(name)
        elif name in PREFIXES and asked is not None:
            # It reads back from the name; AWS does not know it.
            state[name] = asked if str(live.get(PREFIXES[name])).startswith(str(asked)) else None
        elif (
            name in state
            and asked is not None
            and name not in comparer.same
            and comparer.equal(state[name], asked, inside.shape, name)
        ):
            state[name] = bare(asked)
    if REGION in shape.fields:
        state[REGION] = region
    if TAGS in shape.fields:
        state[TAGS_ALL] = live.get(TAGS) or {}
        state[TAGS] = _own_tags(state[TAGS_ALL], wanted.get(TAGS) or {}, default_tags)
    return {name: value for name, value in state.items() if value is not None}


def planned(
    comparer: Comparer,
    shape: Shape,
    inputs: Props,
    state: Props,
    *,
    region: str,
    default_tags: Mapping[str, str],
) -> Props:
    """The state that a preview shows: wanted values, and unknown where only AWS can tell.

    Args:
        comparer: of the type.
        shape: the type's inputs.
        inputs: the checked inputs.
        state: the state before an update; empty for a new resource.
        region: the provider's region.
        default_tags: the provider's default tags.
    """
    facts = comparer.facts
    result: Props = {}
    for name in shape.fields:
        value = inputs.get(name)
        if value is None and facts.filled_in(name):
            value = state.get(name, None if state else UNKNOWN)
        elif value is None:
            value = facts.defaults.get(name)
        result[name] = bare(value)
    for name in facts.computed:
        result[name] = state.get(name, UNKNOWN)
    if REGION in shape.fields:
        result[REGION] = inputs.get(REGION) or region
    if TAGS in shape.fields:
        result[TAGS_ALL] = all_tags(inputs.get(TAGS), default_tags)
    return {name: value for name, value in result.items() if value is not None}


def inputs_of_state(comparer: Comparer, shape: Shape, state: Props, olds: Props) -> Props:
    """The inputs that would bring about a live state, so that drift shows as changed inputs.

    An old input that still says the same is kept as it was written. One that AWS fills in, or that
    is at its default, appears only if the program had set it.

    Args:
        comparer: of the type.
        shape: the type's inputs.
        state: the live state.
        olds: the inputs of the last operation; empty for an import.
    """
    result: Props = {}
    for name, inside in shape.fields.items():
        live, old = state.get(name), olds.get(name)
        if old is not None and comparer.equal(live, old, inside.shape, name):
            result[name] = old
        elif live is not None and (old is not None or _remarkable(comparer, name, live, olds)):
            result[name] = _marked(live, inside.shape)
    result[DEFAULTS] = sorted(set(olds.get(DEFAULTS, ())) & result.keys())
    return result


def bare(value: Any) -> Any:
    """A value without the marks that a check leaves in nested objects."""
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items() if key != DEFAULTS}
    return [bare(item) for item in value] if isinstance(value, list) else value


def _remarkable(comparer: Comparer, name: str, live: Any, olds: Props) -> bool:
    """Whether a live value that the program did not set is worth an input."""
    facts = comparer.facts
    if not olds and facts.autoname is not None and name == facts.autoname.property:
        return True  # an imported resource keeps the name that it has
    expected = name == REGION or is_zero(live) or live == facts.defaults.get(name)
    return not expected and not facts.filled_in(name)


def _own_tags(
    live: Mapping[str, str], asked: Mapping[str, str], default_tags: Mapping[str, str]
) -> dict[str, str]:
    """The live tags without those that only the provider's defaults account for."""
    return {key: value for key, value in live.items() if key in asked or default_tags.get(key) != value}


def _marked(value: Any, shape: Shape) -> Any:
    """A live value with the marks that a check would leave, none of them defaulted."""
    if shape.kind == "list" and shape.element is not None and isinstance(value, list):
        return [_marked(item, shape.element) for item in value]
    if shape.kind == "object" and isinstance(value, dict):
        inner = {
            key: _marked(item, shape.fields[key].shape) for key, item in value.items() if key in shape.fields
        }
        return {**inner, DEFAULTS: []}
    return value
