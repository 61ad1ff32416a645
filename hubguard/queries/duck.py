"""Answers a question with DuckDB over the log files themselves: no table, no workgroup, nothing to pay."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from hubguard.queries import logs, names, period, table
from hubguard.queries.answer import Answer, Row
from hubguard.queries.logs import LogFile, Unreadable
from hubguard.queries.period import Period

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# Athena reads these as text and the questions look into it: here the text must be JSON, whatever was sent.
_JSON = frozenset({"requestparameters", "responseelements", "additionaleventdata", "serviceeventdetails"})


def ask(text: str, span: Period, *, s3: S3Client, bucket: str, account: str) -> Answer:
    """Run a question over the log files of its period.

    Args:
        text: the question in DuckDB's dialect.
        span: what it is about; only these days are listed.
        s3: asks as the caller.
        bucket: the trail's bucket.
        account: AWS account id, 12 digits.

    Raises:
        OutOfReach: the bucket could not be listed.
    """
    files = logs.find(s3, bucket, account, span.folders)
    with empty() as engine:
        unreadable = [line for file in files for line in _take(engine, s3, bucket, file)]
        rows = rows_of(engine, text)
    return Answer(
        rows=rows,
        seen=f"{len(files)} log file{'' if len(files) == 1 else 's'}",
        empty=not files,
        unreadable=tuple(unreadable),
        silent=_silent(span, files),
    )


def empty() -> duckdb.DuckDBPyConnection:
    """A database that holds the table without a record, and that reaches nothing outside of it."""
    engine = duckdb.connect(
        config={"enable_external_access": "false", "autoload_known_extensions": "false", "threads": "2"}
    )
    engine.execute("SET lock_configuration = true")
    columns = ", ".join(f"{c.name} {_type(c)}" for c in (*table.COLUMNS, *table.PARTITION_KEYS))
    engine.execute(f"CREATE TABLE {names.TABLE} ({columns})")
    return engine


def insert(
    engine: duckdb.DuckDBPyConnection, found: Sequence[Any], *, region: str, day: str
) -> list[Unreadable]:
    """Put records into the table and tell which of them are none."""
    kept = [_record(one) for one in found if isinstance(one, dict)]
    engine.execute(
        f"INSERT INTO {names.TABLE} SELECT UNNEST(FROM_JSON(?, ?), max_depth := 2), ?, ?",
        [json.dumps(kept), json.dumps([{c.name: _type(c) for c in table.COLUMNS}]), region, day],
    )
    return [
        Unreadable(f"record {number} is no object")
        for number, one in enumerate(found, 1)
        if not isinstance(one, dict)
    ]


def rows_of(engine: duckdb.DuckDBPyConnection, text: str) -> tuple[Row, ...]:
    """The rows of a question in DuckDB's dialect."""
    result = engine.execute(text)
    columns = [column[0] for column in result.description or ()]
    return tuple(dict(zip(columns, row, strict=True)) for row in result.fetchall())


def _take(engine: duckdb.DuckDBPyConnection, s3: S3Client, bucket: str, file: LogFile) -> list[str]:
    try:
        wrong = insert(engine, logs.read(s3, bucket, file), region=file.region, day=file.day)
    except Unreadable as error:
        wrong = [error]
    except duckdb.Error:
        wrong = [Unreadable("its records are not CloudTrail's")]
    return [f"{file.key}: {one}" for one in wrong]


@cache  # reading Hive's types takes longer than reading a log file
def _type(column: table.Column) -> str:
    return exp.DataType.build(column.type, dialect="hive").sql("duckdb")


def _record(value: dict[str, Any]) -> dict[str, Any]:
    # Hive's reader takes names in any case, and so do CloudTrail's writers: ARN and arn are both found.
    small = {name.lower(): each for name, each in value.items()}
    return {
        column.name: json.dumps(small[column.name])
        if column.name in _JSON and small[column.name] is not None
        else _small(small[column.name])
        for column in table.COLUMNS
        if column.name in small
    }


def _small(value: Any) -> Any:
    if isinstance(value, dict):
        return {name.lower(): _small(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_small(each) for each in value]
    return value


def _silent(span: Period, files: Sequence[LogFile]) -> tuple[str, ...]:
    heard = {file.day for file in files}
    over = [day for day in span.days if day < _today()]
    return tuple(day.isoformat() for day in over if period.folder(day) not in heard)


def _today() -> date:
    return datetime.now(UTC).date()
