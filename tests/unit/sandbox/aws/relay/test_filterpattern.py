"""Filter patterns mean what the user guide of CloudWatch Logs says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.aws.relay.filterpattern import LONGEST, BadPattern, compiled, matches, value

EVENT = {
    "eventName": "GetSecretValue",
    "errorCode": "AccessDeniedException",
    "source": "secretsmanager.amazonaws.com",
    "account": "123456789012",
    "count": 400,
    "small": 0.001,
    "readOnly": True,
    "reply": None,
    "who": {"type": "Root", "name-of": "x", "a.b": "dotted"},
    "list": [{"id": 2}, "second"],
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ('{ $.eventName = "GetSecretValue" }', True),
        ("{ $.eventName = GetSecretValue }", True),
        ("{$.source=secretsmanager.amazonaws.com}", True),
        ('{ $.eventName = "getsecretvalue" }', False),
        ('{ $.eventName != "PutSecretValue" }', True),
        ('{ $.eventName = "Get*" }', True),
        ('{ $.eventName = "*Secret*" }', True),
        ("{ $.errorCode = AccessDenied* }", True),
        ('{ $.errorCode = "AccessDenied" }', False),
        ('{ $.errorCode = "*UnauthorizedOperation" }', False),
        ('{ $.errorCode != "AccessDenied*" }', False),
        ('{ $.missing = "*" }', False),
        ('{ $.missing != "x" }', False),
        ("{ $.missing NOT EXISTS }", True),
        ("{ $.reply NOT EXISTS }", False),
        ("{ $.reply IS NULL }", True),
        ("{ $.missing IS NULL }", False),
        ("{ $.readOnly IS TRUE }", True),
        ("{ $.readOnly IS FALSE }", False),
        ('{ $.readOnly = "true" }', False),
        ("{ $.count = 400 }", True),
        ("{ $.count != 500 }", True),
        ('{ $.count = "400" }', False),
        ("{ $.count >= 400 && $.count < 401 }", True),
        ("{ $.count > 400 || $.count <= 399 }", False),
        ("{ $.small = 1e-3 }", True),
        ("{ $.account = 123456789012 }", True),
        ("{ $.account > 1 }", False),
        ('{ $.who.type = "Root" && $.who.invokedBy NOT EXISTS }', True),
        ('{ $.who.name-of = "x" }', True),
        ('{ $.who["a.b"] = "dotted" }', True),
        ("{ $.list[0].id = 2 }", True),
        ('{ $.list[1] = "second" }', True),
        ("{ $.list[2] NOT EXISTS }", True),
        ("{ $.list NOT EXISTS }", False),
        ('{ $.who = "*" }', False),
        ("{ $.eventName = %^Get.*Value$% }", True),
        ("{ $.eventName = %^Put% }", False),
        ('{ ($.eventName = "x") && (($.errorCode != "y*") || ($.c NOT EXISTS)) }', False),
        ('{ ($.eventName = "Get*") && (($.errorCode = "y*") || ($.c NOT EXISTS)) }', True),
        ("{ $.count = 400 || $.count = 1 && $.count = 2 }", True),
        ("{ ($.count = 400 || $.count = 1) && $.count = 2 }", False),
    ],
)
def test_it_matches_as_documented(pattern: str, expected: bool) -> None:
    """One line for each kind of condition."""
    assert matches(pattern, json.dumps(EVENT)) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{}",
        "{ $.a }",
        "{ a = 1 }",
        "$.a = 1",
        '{ $.a = "x"',
        '{ $.a = "x" } more',
        '{ $.a > "x" }',
        "{ $.a EXISTS }",
        "{ $.a IS EMPTY }",
        '{ $.a = "x" and $.b = "y" }',
        "{ ($.a = 1 }",
        "{ $.a = 1 && }",
        "{ $.a == 1 }",
        '{ $.a = "open }',
        "{ $.a = %(% }",
        "{ $.a = " + "x" * LONGEST + " }",
    ],
)
def test_what_is_not_of_the_syntax_is_refused(pattern: str) -> None:
    """AWS refuses it too, when the filter is made."""
    with pytest.raises(BadPattern, match="filter pattern"):
        compiled(pattern)


@pytest.mark.parametrize("message", ["", "plain text", "[1]", '"text"', "{broken"])
def test_other_messages_do_not_match(message: str) -> None:
    """A log group may hold anything."""
    assert matches("{ $.missing NOT EXISTS }", message) is False


def test_a_field_has_a_value() -> None:
    """For metric values and dimensions."""
    assert value("$.list[0].id", EVENT) == 2
    assert value("$.who.type", EVENT) == "Root"
    assert value("$.missing.too", EVENT) is None


plain = st.text(st.characters(exclude_categories=["Cs"], exclude_characters='*"\\'))


def quoted(text: str) -> str:
    """A text as a pattern holds it."""
    return f'"{text}"'


@given(text=plain, other=plain)
def test_equality_is_that_of_texts(text: str, other: str) -> None:
    """Without a star a text matches itself and nothing else; != is the opposite."""
    document = {"a": other}
    assert compiled(f"{{ $.a = {quoted(text)} }}")(document) is (text == other)
    assert compiled(f"{{ $.a != {quoted(text)} }}")(document) is (text != other)


@given(start=plain, middle=plain, end=plain)
def test_a_star_stands_for_anything(start: str, middle: str, end: str) -> None:
    """At the end, at the beginning and between."""
    document = {"a": start + middle + end}
    for text in (f"{start}*", f"*{end}", f"{start}*{end}", f"*{middle}*", "*"):
        assert compiled(f"{{ $.a = {quoted(text)} }}")(document)


conditions = st.recursive(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["=", "!="]), st.sampled_from("xy")),
    lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner),
    max_leaves=8,
)


def written(condition: Any) -> str:
    """A condition as a pattern."""
    left, mark, right = condition
    if mark in {"=", "!="}:
        return f"$.{left} {mark} {right}"
    return f"({written(left)}) {mark} ({written(right)})"


def holds(condition: Any, document: dict[str, str]) -> bool:
    """The same, judged here."""
    left, mark, right = condition
    if mark in {"=", "!="}:
        return left in document and (document[left] == right) is (mark == "=")
    if mark == "&&":
        return holds(left, document) and holds(right, document)
    return holds(left, document) or holds(right, document)


@given(condition=conditions, document=st.dictionaries(st.sampled_from("abc"), st.sampled_from("xyz")))
def test_conditions_combine(condition: Any, document: dict[str, str]) -> None:
    """Any nesting of and, or and parentheses."""
    assert compiled(f"{{ {written(condition)} }}")(document) is holds(condition, document)


@given(number=st.integers(-(10**9), 10**9), limit=st.integers(-(10**9), 10**9))
def test_numbers_compare(number: int, limit: int) -> None:
    """All six comparisons."""
    document = {"n": number}
    for mark, expected in {
        "=": number == limit,
        "!=": number != limit,
        "<": number < limit,
        "<=": number <= limit,
        ">": number > limit,
        ">=": number >= limit,
    }.items():
        assert compiled(f"{{ $.n {mark} {limit} }}")(document) is expected
