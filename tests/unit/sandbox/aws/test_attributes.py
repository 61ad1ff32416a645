"""Attributes are texts in AWS and values in the program."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.provider.sdk import inputs_of
from sandbox.aws.resources import sns, sqs
from sandbox.aws.resources.attributes import Attributes, text, value

QUEUE = inputs_of("aws:sqs/queue:Queue")
TYPES = [
    ("aws:sqs/queue:Queue", sqs._SETTINGS),
    ("aws:sns/topic:Topic", sns._SETTINGS),
    ("aws:sns/topicSubscription:TopicSubscription", sns._SUBSCRIPTION),
]
_VALUES = {"boolean": st.booleans(), "integer": st.integers(), "string": st.text(min_size=1)}


@pytest.mark.parametrize(("token", "attributes"), TYPES, ids=[token for token, _ in TYPES])
def test_every_attribute_is_an_input_of_its_type(token: str, attributes: Attributes) -> None:
    """And no two inputs are one attribute."""
    assert attributes.names.keys() <= inputs_of(token).fields.keys()
    assert len(set(attributes.names.values())) == len(attributes.names)


@given(st.data())
def test_what_is_sent_is_what_is_read(data: st.DataObject) -> None:
    """Any inputs of a queue come back from their texts."""
    for token, attributes in TYPES:
        shape = inputs_of(token)
        choices = {name: _VALUES[shape.fields[name].shape.kind] for name in attributes.names}
        inputs: dict[str, Any] = data.draw(st.fixed_dictionaries({}, optional=choices))
        assert attributes.values(attributes.texts(inputs), shape) == inputs


def test_what_is_unset_is_not_sent_and_what_is_empty_is_not_read() -> None:
    """AWS tells an attribute that was emptied as an empty text."""
    attributes = Attributes({"kmsMasterKeyId": "Key", "delaySeconds": "Delay"})
    assert attributes.texts({"kmsMasterKeyId": None, "delaySeconds": 0}) == {"Delay": "0"}
    assert attributes.values({"Key": "", "Delay": "0", "Other": "x"}, QUEUE) == {"delaySeconds": 0}


def test_only_some_attributes() -> None:
    """The caller may choose."""
    attributes = Attributes({"kmsMasterKeyId": "Key", "delaySeconds": "Delay"})
    inputs = {"kmsMasterKeyId": "k", "delaySeconds": 3}
    assert attributes.texts(inputs, only=["delaySeconds"]) == {"Delay": "3"}


@pytest.mark.parametrize(
    ("item", "spelled", "kind"), [(True, "true", "boolean"), (False, "false", "boolean"), (7, "7", "integer")]
)
def test_flags_and_numbers(item: object, spelled: str, kind: str) -> None:
    """As AWS spells them."""
    assert text(item) == spelled
    assert value(spelled, kind) == item
