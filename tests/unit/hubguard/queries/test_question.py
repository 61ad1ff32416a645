"""One text for two engines: it is Trino's, it fits the table, and no value gets out of its place."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from sqlglot.optimizer.qualify import qualify

from hubguard.errors import UsageError
from hubguard.queries import duck, names, question, table
from hubguard.queries.question import READS, Question
from tests.unit.hubguard.queries.records import JULY, ORGANIZATION, PREFIX, REGION, read

_ALL = list(question.ALL.values())
_SCHEMA: dict[str, object] = {
    names.TABLE: {
        c.name: exp.DataType.build(c.type, dialect="hive") for c in (*table.COLUMNS, *table.PARTITION_KEYS)
    }
}
# What Athena's engine documents; sqlglot would take any name.
_FUNCTIONS = {
    *("ARRAY_JOIN", "COALESCE", "CONCAT_WS", "ELEMENT_AT", "JSON_EXTRACT", "JSON_EXTRACT_SCALAR", "LENGTH"),
    *("NULLIF", "REGEXP_EXTRACT", "REGEXP_LIKE", "REGEXP_REPLACE", "SPLIT_PART", "STARTS_WITH", "STRPOS"),
    *("SUBSTR", "TRY_CAST", "UNNEST"),
}
_WORDS = {"AND", "ARRAY", "AS", "ASKED", "IN", "NOT", "OR", "WHERE"}  # a bracket may follow these too


@pytest.mark.parametrize("asked", _ALL)
def test_the_text_is_trinos_and_every_column_is_the_tables(asked: Question) -> None:
    """Down to the fields of the nested ones."""
    tree = sqlglot.parse_one(question.text(asked, JULY, ORGANIZATION, "kwanzaa-ci"), dialect="trino")
    assert not list(tree.find_all(exp.Placeholder))
    whole = qualify(tree.copy(), schema=_SCHEMA, dialect="trino", validate_qualify_columns=True)
    nested = [dot for dot in whole.find_all(exp.Dot) if not isinstance(dot.parent, exp.Dot)]
    assert len(nested) >= 7
    for dot in nested:
        _check(dot)


def _check(dot: exp.Dot) -> None:
    parts = [part.name for part in dot.flatten(unnest=False)]
    column = dot.find(exp.Column)
    assert column is not None
    kind = next(c.type for c in table.COLUMNS if c.name == column.name)
    found = exp.DataType.build(kind, dialect="hive")
    for name in [part for part in parts[1:] if part]:
        while found.this == exp.DataType.Type.ARRAY:
            found = found.expressions[0]
        fields = {one.name: one.args["kind"] for one in found.expressions}
        assert name in fields, f"{column.name} has no field {name}"
        found = fields[name]


@pytest.mark.parametrize("asked", _ALL)
def test_only_functions_that_athena_has_are_called(asked: Question) -> None:
    """A function of another engine would be found out in production alone."""
    text = question.text(asked, JULY, ORGANIZATION)
    pairs = pairwise(sqlglot.tokenize(text, dialect="trino"))
    called = {one.text.upper() for one, after in pairs if after.text == "(" and one.text.isidentifier()}
    assert called <= _FUNCTIONS | _WORDS


@pytest.mark.parametrize("asked", _ALL)
def test_an_answer_has_the_columns_that_are_promised(asked: Question) -> None:
    """In that order."""
    with duck.empty() as engine:
        result = engine.execute(question.text(asked, JULY, ORGANIZATION, None, "duckdb"))
        assert [column[0] for column in result.description or ()] == [c.name for c in asked.columns]


def test_only_the_folders_of_the_period_are_read() -> None:
    """And the day after: the end of a day is delivered under the next."""
    assert "BETWEEN '2026/07/01' AND '2026/08/01'" in question.text(READS, JULY, ORGANIZATION)


@settings(max_examples=40, deadline=None)  # each writes and reads two statements
@given(values=st.fixed_dictionaries(dict.fromkeys(("since", "prefix", "token"), st.text(max_size=40))))
@pytest.mark.parametrize("dialect", ["trino", "duckdb"])
def test_no_value_breaks_out_of_its_place(dialect: str, values: dict[str, str]) -> None:
    """Quotes, comments and line ends stay text: the statement is the same but for its values."""
    harmless = dict.fromkeys(("first_day", "last_day", "since", "until", "prefix", "token"), "x")
    tree = question.statement(READS)
    bound = question.bind(tree, {**harmless, **values}).sql(dialect=dialect, comments=False)
    statements = sqlglot.parse(bound, dialect=dialect)
    assert len(statements) == 1
    assert statements[0] is not None
    plain = sqlglot.parse_one(question.bind(tree, harmless).sql(dialect=dialect), dialect=dialect)
    assert _shape(statements[0]) == _shape(plain)
    literals = {one.this for one in statements[0].find_all(exp.Literal)}
    assert set(values.values()) <= literals


def _shape(tree: Any) -> list[type]:
    return [type(node) for node in tree.walk()]


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", "'; DROP TABLE cloudtrail; --", "/*", "\\'", "x' /* ", '"', "%", "\0"]
)
def test_a_value_is_the_same_text_in_the_engine(value: str) -> None:
    """DuckDB gives it back as it was and compares with nothing more."""
    values = dict.fromkeys(("first_day", "since", "prefix"), "") | {
        "last_day": "9",
        "until": "9",
        "token": value,
    }
    with duck.empty() as engine:
        duck.insert(engine, [read(f"{PREFIX}ci/kwanzaa-ci")], region=REGION, day="2026/07/10")
        assert (
            duck.rows_of(engine, question.bind(question.statement(READS), values).sql(dialect="duckdb")) == ()
        )
        assert engine.execute("SELECT count(*) FROM cloudtrail").fetchall() == [(1,)]
        echo = question.bind(sqlglot.parse_one("SELECT :value"), {"value": value})
        assert engine.execute(echo.sql(dialect="duckdb")).fetchall() == [(value,)]


@pytest.mark.parametrize(
    "token",
    ["", "A", "kwanzaa ci", "x" * 64, "hf_" + "a" * 34, "a'b", "kwanzaa-ci\n", "-kwanzaa", "ñandú-token"],
)
def test_what_is_no_name_of_a_token_is_refused_without_repeating_it(token: str) -> None:
    """It may be a token's value."""
    with pytest.raises(UsageError, match="--token is not the name") as refused:
        question.text(READS, JULY, ORGANIZATION, token)
    assert len(token) < 4 or token.strip() not in str(refused.value)


@pytest.mark.parametrize("organization", ["", "a b", "x'", "a/b", "-a", "x" * 97])
def test_what_is_no_organization_is_refused(organization: str) -> None:
    """By the option's name."""
    with pytest.raises(UsageError, match="--organization is not the name"):
        question.text(READS, JULY, organization)
