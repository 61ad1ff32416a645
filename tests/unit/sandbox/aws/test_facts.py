"""The facts agree with the SDK, and the table with the facts."""

from __future__ import annotations

import pytest

from sandbox.aws.facts import Facts, facts_of, known
from sandbox.aws.provider.sdk import Shape, inputs_of
from sandbox.aws.resources import implemented, resource

TOKENS = sorted(known())


def _names(facts: Facts) -> set[str]:
    in_groups = {name for group in (*facts.conflicts, *facts.any_of) for name in group}
    return (
        set(facts.defaults)
        | set(facts.limits)
        | set(facts.needs)
        | set(facts.needs.values())
        | in_groups
        | facts.replaces
        | facts.readback
        | facts.policies
        | facts.json
        | facts.sets
        | facts.local
        | ({facts.autoname.property} if facts.autoname else set())
    )


def _find(shape: Shape, name: str) -> Shape | None:
    for part in name.split("."):
        holder = shape.element if shape.kind == "list" and shape.element else shape
        if part not in holder.fields:
            return None
        shape = holder.fields[part].shape
    return shape


@pytest.mark.parametrize("token", TOKENS)
def test_every_fact_is_about_an_input_that_the_sdk_has(token: str) -> None:
    """A fact with a misspelt name would never apply."""
    shape = inputs_of(token)
    missing = [name for name in _names(facts_of(token)) if _find(shape, name) is None]
    assert missing == []


@pytest.mark.parametrize("token", TOKENS)
def test_a_type_has_a_region_exactly_where_the_sdk_gives_it_one(token: str) -> None:
    """IAM is global, everything else is regional."""
    assert facts_of(token).regional == ("region" in inputs_of(token).fields)


@pytest.mark.parametrize("token", TOKENS)
def test_defaults_have_the_type_of_their_input(token: str) -> None:
    """A default of another type would differ from every live value."""
    kinds = {"string": str, "boolean": bool, "integer": int, "number": float}
    for name, value in facts_of(token).defaults.items():
        found = _find(inputs_of(token), name)
        assert found is not None
        assert type(value) is kinds[found.kind], name


def test_every_implemented_type_has_facts_and_inputs() -> None:
    """The table never runs ahead of the facts."""
    assert implemented() <= known()
    for token in implemented():
        names = {name for change in resource(token).changes for name in change.inputs} - {"*"}
        assert names <= inputs_of(token).fields.keys(), token


@pytest.mark.parametrize("token", sorted(implemented()))
def test_every_input_can_be_changed_or_replaces(token: str) -> None:
    """No input is taken and then forgotten in an update."""
    entry, facts = resource(token), facts_of(token)
    changed = {name for change in entry.changes for name in change.inputs}
    left = inputs_of(token).fields.keys() - changed - facts.replaces - facts.local
    assert "*" in changed or left - set(entry.unsupported) == set()
