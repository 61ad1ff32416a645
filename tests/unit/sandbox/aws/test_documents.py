"""Policy documents are compared by what they mean."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.provider.documents import compact, same_json, same_policy

_WORDS = st.sampled_from(
    ["s3:GetObject", "kms:Decrypt", "*", "arn:aws:s3:::logs", "arn:aws:iam::123456789012:role/x"]
)
_LISTS = st.lists(_WORDS, min_size=1, max_size=3, unique=True)
_STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": _LISTS, "Resource": _LISTS},
    optional={
        "Sid": st.sampled_from(["One", "Two"]),
        "Principal": st.fixed_dictionaries({"AWS": _LISTS}),
        "Condition": st.fixed_dictionaries({"StringEquals": st.dictionaries(_WORDS, _LISTS)}),
    },
)
_POLICIES = st.fixed_dictionaries(
    {"Version": st.just("2012-10-17"), "Statement": st.lists(_STATEMENTS, min_size=1, max_size=3)}
)


def _rewritten(value: Any, draw: Any) -> Any:
    """The same policy in another spelling: orders changed, lists of one opened."""
    if isinstance(value, dict):
        keys = draw(st.permutations(sorted(value)))
        return {key: _rewritten(value[key], draw) for key in keys}
    if isinstance(value, list):
        items = [_rewritten(item, draw) for item in draw(st.permutations(value))]
        return items[0] if len(items) == 1 and draw(st.booleans()) else items
    return value


@given(policy=_POLICIES, data=st.data())
def test_another_spelling_of_a_policy_means_the_same(policy: Any, data: st.DataObject) -> None:
    """Order of statements, keys and values, and lists of one, make no difference."""
    other = _rewritten(policy, data.draw)
    assert same_policy(json.dumps(policy), json.dumps(other, indent=2))


@given(policy=_POLICIES, data=st.data())
def test_a_changed_statement_means_something_else(policy: Any, data: st.DataObject) -> None:
    """A new action in one statement is always seen."""
    other = json.loads(json.dumps(policy))
    statement = data.draw(st.sampled_from(other["Statement"]))
    statement["Action"] = [*statement["Action"], "iam:PassRole"]
    assert not same_policy(policy, other)


@given(policy=_POLICIES)
def test_compact_keeps_the_meaning(policy: Any) -> None:
    """Normalising a document never changes it, and is stable."""
    text = compact(policy)
    assert json.loads(text) == policy
    assert compact(text) == text


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({"Principal": "*"}, {"Principal": {"AWS": "*"}}, True),
        ({"Condition": {"Bool": {"a": True}}}, {"Condition": {"Bool": {"a": "true"}}}, True),
        ({"Sid": "A"}, {"Sid": "B"}, False),
        ({"Effect": "Allow"}, {"Effect": "Deny"}, False),
        ({"Action": "a"}, {"NotAction": "a"}, False),
        ({"Condition": {"Bool": {"a": "true"}}}, {}, False),
    ],
)
def test_statements(first: Any, second: Any, same: bool) -> None:
    """What counts inside a statement and what does not."""
    assert same_policy({"Statement": [first]}, {"Statement": second}) is same


def test_text_that_is_no_json_is_compared_as_text() -> None:
    """A broken document is equal only to itself."""
    assert same_policy("{", "{")
    assert not same_policy("{", "{}")
    assert same_json('{"a": 1}', '{"a":1}')
    assert not same_json("x", "y")


@pytest.mark.parametrize("value", ["", "[]", "nonsense", '"text"'])
def test_what_is_not_an_object_is_refused(value: str) -> None:
    """Only a JSON object is a document."""
    with pytest.raises(ValueError, match=r"JSON|Expecting"):
        compact(value)
