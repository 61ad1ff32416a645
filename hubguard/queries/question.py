"""The questions, and their text for the engine that answers them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal, cast

import sqlglot
from sqlglot import exp

from hubguard import standards
from hubguard.errors import UsageError
from hubguard.queries import names
from hubguard.queries.period import Period

Dialect = Literal["trino", "duckdb"]
"""Athena speaks Trino's; the files of this folder are written in it."""

_ORGANIZATION = re.compile(standards.HUB_NAME)
_TOKEN = re.compile(standards.TOKEN_NAME)


@dataclass(frozen=True)
class Column:
    """A column of an answer.

    Attributes:
        title: its head in a table for people; one without is for machines.
        missing: what people read where CloudTrail says nothing.
    """

    name: str
    title: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Question:
    """A question that an auditor asks.

    Attributes:
        id: name of the command and of the file with its text.
        title: the question in words.
        nothing: what an empty answer says.
    """

    id: str
    title: str
    nothing: str
    columns: tuple[Column, ...]


_UNKNOWN = "cannot tell"
_WHO = (Column("principal", "who", _UNKNOWN), Column("session", "session"), Column("address", "from"))
_REST = (Column("region", "region"), Column("agent", "with"))

READS: Final = Question(
    "reads",
    "Who read which token, when, from where",
    "Nobody read a token",
    (
        Column("moment", "when (UTC)"),
        Column("token", "token", _UNKNOWN),
        Column("environment"),
        *_WHO,
        *_REST,
        Column("action"),
        Column("secret"),
        Column("event"),
    ),
)
DENIALS: Final = Question(
    "denials",
    "Who tried and was denied",
    "Nobody was denied",
    (
        Column("moment", "when (UTC)"),
        Column("area", "area"),
        Column("subject", "what", _UNKNOWN),
        Column("token"),
        Column("action", "tried"),
        Column("error", "error"),
        *_WHO,
        *_REST,
        Column("reason"),
        Column("event"),
    ),
)
CHANGES: Final = Question(
    "changes",
    "Who changed what",
    "Nobody changed anything",
    (
        Column("moment", "when (UTC)"),
        Column("area", "area"),
        Column("subject", "what", _UNKNOWN),
        Column("token"),
        Column("action", "change"),
        *_WHO,
        *_REST,
        Column("event"),
    ),
)
ALL: Final = {question.id: question for question in (READS, DENIALS, CHANGES)}


def text(
    question: Question,
    period: Period,
    organization: str,
    token: str | None = None,
    dialect: Dialect = "trino",
) -> str:
    """The question as one statement with its values in place.

    Args:
        question: one of `ALL`.
        period: what it is about.
        organization: name of the Hub organization.
        token: name of one token of the inventory; all where it is not given.
        dialect: whose SQL.

    Raises:
        UsageError: organization or token is not a name. The line does not repeat what may be a token's value.
    """
    _refuse_what_is_no_name(organization, token)
    values = {
        "first_day": period.folders[0],
        "last_day": period.folders[-1],
        "since": period.first,
        "until": period.last,
        "prefix": names.secret_prefix(organization),
        "token": token or "",
    }
    return bind(statement(question), values).sql(dialect=dialect, pretty=True, comments=False)


def statement(question: Question) -> exp.Select:
    """The question over its events, with the names of its values still in it."""
    return _parsed(question.id).with_("events", as_=_parsed("events"))


def bind(tree: exp.Expr, values: dict[str, str]) -> exp.Expr:
    """A copy of the statement with a string literal for every named value: nothing is pasted into text."""
    literals = {name: exp.Literal.string(value) for name, value in values.items()}
    return exp.replace_placeholders(tree, **literals)


@cache
def _parsed(name: str) -> exp.Select:
    written = resources.files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
    return cast("exp.Select", sqlglot.parse_one(written, dialect="trino"))


def _refuse_what_is_no_name(organization: str, token: str | None) -> None:
    if not _ORGANIZATION.fullmatch(organization):
        raise UsageError(
            "--organization is not the name of a Hub organization",
            means="Nothing was asked",
            next_step="Give its name as in hubguard:organization, or set HUBGUARD_ORGANIZATION",
        )
    if token is not None and not _TOKEN.fullmatch(token):
        raise UsageError(
            "--token is not the name of a token",
            means="Names have small letters, digits and dashes, 3 to 63; nothing was asked",
            next_step="Give a name of hubguard:tokens, never a token's value",
        )
