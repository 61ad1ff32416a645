"""`hubguard audit`: questions an auditor asks, answered from the trail's log files."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.table import Column as TableColumn
from rich.table import Table
from rich.text import Text

from hubguard import endpoints
from hubguard.errors import UsageError
from hubguard.queries import names, period
from hubguard.redact import redact

if TYPE_CHECKING:
    from boto3 import Session

    from hubguard.queries.answer import Answer
    from hubguard.queries.period import Period
    from hubguard.queries.question import Question

app = typer.Typer(
    help="Who read which token, who was denied, who changed what: from the logs.", no_args_is_help=True
)

Engine = Literal["athena", "duckdb"]
Days = Annotated[
    int | None,
    typer.Option("--days", help=f"The last so many days, today included; {period.DAYS} unless given."),
]
Since = Annotated[str | None, typer.Option(help="A day, or a time with its zone. In UTC.")]
Until = Annotated[str | None, typer.Option(help="Likewise; a day is meant as a whole.")]
Token = Annotated[str | None, typer.Option(help="Name of one token of the inventory.")]
Organization = Annotated[
    str, typer.Option(envvar="HUBGUARD_ORGANIZATION", help="The Hub organization.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
By = Annotated[
    Engine | None,
    typer.Option("--engine", help="Who reads the logs: DuckDB for a local AWS, Athena otherwise."),
]

_SHOWN = 2  # log files that could not be read and are named to people

_PIPE_WIDTH = 1000  # columns: lines stay whole for the next program


@app.command()
def reads(
    *,
    days: Days = None,
    since: Since = None,
    until: Until = None,
    token: Token = None,
    organization: Organization = "",
    json_: Json = False,
    engine: By = None,
) -> None:
    """Show who read which token, when and from where."""
    from hubguard.queries.question import READS

    _answer(READS, _period(days, since, until), token, organization, engine, as_json=json_)


@app.command()
def denials(
    *,
    days: Days = None,
    since: Since = None,
    until: Until = None,
    token: Token = None,
    organization: Organization = "",
    json_: Json = False,
    engine: By = None,
) -> None:
    """Show who tried what and was denied."""
    from hubguard.queries.question import DENIALS

    _answer(DENIALS, _period(days, since, until), token, organization, engine, as_json=json_)


@app.command()
def changes(
    *,
    days: Days = None,
    since: Since = None,
    until: Until = None,
    token: Token = None,
    organization: Organization = "",
    json_: Json = False,
    engine: By = None,
) -> None:
    """Show who changed secrets, policies, keys, access, the trail or its bucket."""
    from hubguard.queries.question import CHANGES

    _answer(CHANGES, _period(days, since, until), token, organization, engine, as_json=json_)


def _period(days: int | None, since: str | None, until: str | None) -> Period:
    return period.of(days, since, until, now=datetime.now(UTC))


def _answer(
    question: Question,
    span: Period,
    token: str | None,
    organization: str,
    engine: Engine | None,
    *,
    as_json: bool,
) -> None:
    from hubguard.queries.question import text

    if not organization:
        raise UsageError(
            "The organization is not named",
            means="Nothing was asked",
            next_step="Give --organization, or set HUBGUARD_ORGANIZATION",
        )
    by = engine or _default_engine()
    written = text(question, span, organization, token, "duckdb" if by == "duckdb" else "trino")
    answer = _ask(written, span, organization, by)
    if as_json:
        typer.echo(redact(json.dumps(_document(question, span, token, answer))))
    else:
        _show(question, span, answer)
    # Rows were asked for, not a verdict; but what could not be read was not answered.
    raise typer.Exit(0 if answer.trustworthy else 1)


def _ask(written: str, span: Period, organization: str, engine: Engine) -> Answer:
    session = _session()
    if engine == "athena":
        from hubguard.queries import athena

        return athena.ask(
            written,
            athena=session.client("athena"),
            workgroup=names.workgroup(organization),
            database=names.database(organization),
        )
    from hubguard.queries import duck

    account = _account(session)
    bucket = names.log_bucket(account, session.region_name)
    return duck.ask(written, span, s3=session.client("s3"), bucket=bucket, account=account)


def _default_engine() -> Engine:
    try:  # no service is named: only loopback is allowed
        endpoints.allowed(os.environ.get("AWS_ENDPOINT_URL", ""), "", "AWS_ENDPOINT_URL")
    except UsageError:
        return "athena"
    return "duckdb"


def _session() -> Session:
    import boto3
    from botocore.exceptions import BotoCoreError

    from hubguard.queries.errors import from_aws

    try:
        # Every other SDK knows AWS_REGION; this one looks for AWS_DEFAULT_REGION alone.
        session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    except BotoCoreError as error:
        raise from_aws(error, "a session") from error
    if not session.region_name:
        raise UsageError(
            "No AWS region is set",
            means="The trail's bucket and the workgroup are in the stack's own region",
            next_step="Set AWS_REGION to the stack's aws:region",
        )
    return session


def _account(session: Session) -> str:
    from botocore.exceptions import BotoCoreError, ClientError

    from hubguard.queries.errors import from_aws

    try:
        return session.client("sts").get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        raise from_aws(error, "the caller's identity") from error


def _document(question: Question, span: Period, token: str | None, answer: Answer) -> dict[str, object]:
    return {
        "question": question.id,
        "since": span.first,
        "until": span.last,
        "token": token,
        "complete": answer.complete,
        "seen": answer.seen,
        "unreadable": list(answer.unreadable),
        "days_without_logs": list(answer.silent),
        "rows": list(answer.rows),
    }


def _show(question: Question, span: Period, answer: Answer) -> None:
    shown = [column for column in question.columns if column.title]
    if answer.rows:
        table = Table(*(TableColumn(column.title, overflow="fold") for column in shown))
        for row in answer.rows:
            table.add_row(*(_cell(row[column.name] or column.missing) for column in shown))
        Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)
    between = f"from {span.first} until {span.last}"
    if answer.rows:
        typer.echo(f"{len(answer.rows)} found {between}, in {answer.seen}.")
    elif answer.complete:
        typer.echo(f"{question.nothing} {between}: {answer.seen} say so.")
    else:
        typer.echo(f"No such call is in what could be seen {between} ({answer.seen}).")
    for line in _open(answer):
        typer.echo(redact(_plain(line)), err=True)


def _open(answer: Answer) -> list[str]:
    """What the answer leaves open, one line each."""
    if answer.empty:
        return [
            "Cannot tell: the trail has no log of this period. Check the account, AWS_REGION and the trail"
        ]
    # One reason is often that of all: the JSON names each.
    lines = [f"Cannot tell what is in {one}" for one in answer.unreadable[:_SHOWN]]
    if more := len(answer.unreadable) - len(lines):
        lines.append(f"Cannot tell what is in {more} more log files; --json names them")
    if answer.silent:
        lines.append(f"Cannot tell about days without any log: {', '.join(answer.silent)}")
    return lines


def _cell(value: str) -> Text:
    # What callers chose themselves, such as their user agent, is text and never markup.
    return Text(redact(_plain(value)))


def _plain(value: str) -> str:
    """The text without what would move a terminal's cursor or turn its writing around."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in value)
