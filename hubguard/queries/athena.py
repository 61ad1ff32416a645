"""Answers a question with Athena, in the stack's workgroup."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from hubguard.queries.answer import Answer, Row
from hubguard.queries.errors import QueryFailed, from_aws, one_line

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef

_PATIENCE = 600  # seconds
_GOING = frozenset({"QUEUED", "RUNNING"})


def ask(text: str, *, athena: AthenaClient, workgroup: str, database: str) -> Answer:
    """Run a question and wait for its answer; it is cancelled where the wait is interrupted.

    Args:
        text: the question in Trino's dialect.
        athena: asks as the caller.
        workgroup: says where results go and how they are encrypted.
        database: the Glue database with the table.

    Raises:
        OutOfReach: Athena did not take the question.
        QueryFailed: it took it and has no answer.
    """
    try:
        return _ask(text, athena, workgroup, database)
    except (ClientError, BotoCoreError) as error:
        raise from_aws(error, f"a query in the Athena workgroup {workgroup}") from error


def _ask(text: str, athena: AthenaClient, workgroup: str, database: str) -> Answer:
    query = athena.start_query_execution(
        QueryString=text, WorkGroup=workgroup, QueryExecutionContext={"Database": database}
    )["QueryExecutionId"]
    over = False
    try:
        execution = _wait(athena, query)
        over = True
    finally:
        if not over:  # nobody waits for it any more
            with suppress(ClientError, BotoCoreError):
                athena.stop_query_execution(QueryExecutionId=query)
    status = execution.get("Status", {})
    if status.get("State") != "SUCCEEDED":
        raise QueryFailed(
            f"Athena says {status.get('State')}: {one_line(status.get('StateChangeReason', 'no reason'))}",
            means="Nothing can be concluded from that",
            next_step="Check that the stack is applied and that the caller may read its log bucket",
        )
    scanned = execution.get("Statistics", {}).get("DataScannedInBytes", 0)
    # Where no byte was scanned there was no log file: that is not the same as no call.
    return Answer(rows=_rows(athena, query), seen=f"{scanned} bytes of logs", empty=scanned == 0)


def _wait(athena: AthenaClient, query: str) -> QueryExecutionTypeDef:
    until_done = Retrying(
        retry=retry_if_result(lambda found: found.get("Status", {}).get("State") in _GOING),
        wait=wait_exponential(multiplier=0.1, max=4),
        stop=stop_after_delay(_PATIENCE),
    )
    try:
        return until_done(lambda: athena.get_query_execution(QueryExecutionId=query)["QueryExecution"])
    except RetryError:
        raise QueryFailed(
            f"Athena did not answer within {_PATIENCE // 60} minutes",
            means="The query was cancelled",
            next_step="Ask about fewer days",
        ) from None


def _rows(athena: AthenaClient, query: str) -> tuple[Row, ...]:
    columns: list[str] = []
    rows: list[Row] = []
    for page in athena.get_paginator("get_query_results").paginate(QueryExecutionId=query):
        found = page["ResultSet"]
        cells = [
            [datum.get("VarCharValue") for datum in row.get("Data", [])] for row in found.get("Rows", [])
        ]
        if not columns:
            columns = [info["Name"] for info in found.get("ResultSetMetadata", {}).get("ColumnInfo", [])]
            cells = cells[1:]  # the first row of the first page repeats the columns' names
        rows += [dict(zip(columns, row, strict=True)) for row in cells]
    return tuple(rows)
