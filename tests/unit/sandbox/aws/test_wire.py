"""Values on the wire keep what they say: unknowns, secrets, numbers."""

from __future__ import annotations

import pytest
from google.protobuf import json_format, struct_pb2

from sandbox.aws.provider.wire import UNKNOWN, Path, from_wire, has_unknown, to_wire

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  a marker of the protocol
OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
SENTINELS = [
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]


def _struct(value: dict[str, object]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    json_format.ParseDict(value, struct)
    return struct


@pytest.mark.parametrize("sentinel", SENTINELS)
def test_every_unknown_is_recognised_at_any_depth(sentinel: str) -> None:
    """The engine has one sentinel for each kind of value."""
    found = from_wire(_struct({"a": {"b": [sentinel]}}))
    assert found["a"]["b"][0] is UNKNOWN
    assert has_unknown(found)


def test_an_unknown_goes_back_as_the_sentinel() -> None:
    """The engine must see it again."""
    assert from_wire(to_wire({"a": UNKNOWN}))["a"] is UNKNOWN


def test_whole_numbers_are_int_and_nulls_are_absent() -> None:
    """The wire has floats only, AWS wants integers."""
    found = from_wire(_struct({"days": 30.0, "ratio": 0.5, "nothing": None, "yes": True}))
    assert found == {"days": 30, "ratio": 0.5, "yes": True}
    assert isinstance(found["days"], int)


def test_secrets_are_opened_and_marked_again_where_they_were() -> None:
    """Only the value that was secret is secret in the answer."""
    secret: set[Path] = set()
    value: dict[str, object] = {"tags": {"a": {SIGNATURE: SECRET, "value": "hush"}, "b": "open"}}
    assert from_wire(_struct(value), secret) == {"tags": {"a": "hush", "b": "open"}}
    back = json_format.MessageToDict(to_wire({"tags": {"a": "hush", "b": "open"}}, secret))
    assert back == value


def test_a_secret_inside_what_became_text_marks_the_text() -> None:
    """A policy given as an object is text in the state."""
    back = json_format.MessageToDict(to_wire({"policy": "{}"}, {("policy", "Statement", 0)}))
    assert back["policy"] == {SIGNATURE: SECRET, "value": "{}"}


def test_a_secret_that_is_not_there_any_more_marks_nothing() -> None:
    """A list may have become shorter."""
    assert from_wire(to_wire({"a": [1]}, {("a", 3), ("b",)})) == {"a": [1]}


def test_outputs_are_opened() -> None:
    """An output without a value is unknown, a secret one is secret."""
    secret: set[Path] = set()
    found = from_wire(
        _struct(
            {
                "known": {SIGNATURE: OUTPUT, "value": 1, "secret": True},
                "unknown": {SIGNATURE: OUTPUT},
            }
        ),
        secret,
    )
    assert found["known"] == 1
    assert found["unknown"] is UNKNOWN
    assert secret == {("known",)}
