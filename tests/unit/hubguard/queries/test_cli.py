"""`hubguard audit`: what people and machines are told before and after the logs are read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hubguard.queries import cli
from hubguard.queries.answer import Answer, Row
from hubguard.queries.question import READS
from tests.unit.hubguard.queries.records import JULY

_ROW: Row = {
    "moment": "2026-07-10T12:00:00Z",
    "token": "kwanzaa-ci",
    "environment": "ci",
    "principal": "arn:aws:iam::123456789012:role/hubguard/hubguard-ci",
    "session": None,
    "address": "203.0.113.7",
    "region": "eu-central-1",
    "agent": "Boto3",
    "action": "GetSecretValue",
    "secret": "hubguard/kwanzaa-project/ci/kwanzaa-ci",
    "event": "1",
}


def run(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command without any account: what it refuses, it refuses before any call."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "hubguard.cli", "audit", *arguments],
        env={**kept, "XDG_CACHE_HOME": str(tmp_path), "AWS_EC2_METADATA_DISABLED": "true"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["reads"], "The organization is not named"),
        (["reads", "--organization", "x y"], "--organization is not the name"),
        (["denials", "--organization", "x", "--days", "0"], "--days is out of range"),
        (["changes", "--organization", "x", "--since", "monday"], "--since is neither a date nor a time"),
        (["reads", "--organization", "x", "--token", "Kwanzaa"], "--token is not the name"),
        (["reads", "--organization", "x"], "No AWS region is set"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(tmp_path: Path, arguments: list[str], line: str) -> None:
    """By the option's name."""
    told = run(tmp_path, *arguments, AWS_CONFIG_FILE=str(tmp_path / "none"))
    assert (told.returncode, told.stdout) == (2, "")
    assert line in told.stderr
    assert told.stderr.count("\n") == 1


def test_an_account_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    """Exit code 1, no traceback."""
    told = run(
        tmp_path,
        "reads",
        AWS_REGION="eu-central-1",
        AWS_ENDPOINT_URL="http://127.0.0.1:9",
        AWS_ACCESS_KEY_ID="a",
        AWS_SECRET_ACCESS_KEY="b",  # noqa: S106
        AWS_MAX_ATTEMPTS="1",
        HUBGUARD_ORGANIZATION="kwanzaa-project",
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("AWS could not be asked for the caller's identity")
    assert told.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "engine"),
    [
        ("http://127.0.0.1:4566", "duckdb"),
        ("http://localhost:1", "duckdb"),
        ("", "athena"),
        ("https://athena.eu-central-1.amazonaws.com", "athena"),
        ("http://127.0.0.1.example.org", "athena"),
    ],
)
def test_a_local_aws_is_asked_with_duckdb(monkeypatch: pytest.MonkeyPatch, address: str, engine: str) -> None:
    """It has no engine that speaks Athena's SQL."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", address)
    assert cli._default_engine() == engine


def test_a_table_shows_who_and_from_where(capsys: pytest.CaptureFixture[str]) -> None:
    """In a pipe each row is one line; what is for machines is left out."""
    cli._show(READS, JULY, Answer(rows=(_ROW,), seen="2 log files", empty=False))
    out, err = capsys.readouterr()
    [line] = [line for line in out.splitlines() if "kwanzaa-ci" in line]
    assert "role/hubguard/hubguard-ci" in line
    assert "GetSecretValue" not in out
    assert "1 found from 2026-07-01T00:00:00Z until 2026-08-01T00:00:00Z, in 2 log files." in out
    assert err == ""


def test_an_unknown_token_is_said_to_be_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    """An unknown session is not: not every caller has one."""
    cli._show(READS, JULY, Answer(rows=({**_ROW, "token": None},), seen="1 log file", empty=False))
    assert capsys.readouterr().out.count("cannot tell") == 1


@pytest.mark.parametrize(
    ("answer", "said", "left_open"),
    [
        (Answer((), "9 log files", empty=False), "Nobody read a token", ""),
        (
            Answer((), "0 log files", empty=True),
            "No such call is in what could be seen",
            "the trail has no log",
        ),
        (
            Answer((), "9 log files", empty=False, unreadable=("a: b",)),
            "No such call",
            "Cannot tell what is in a: b",
        ),
        (Answer((), "9 log files", empty=False, silent=("2026-07-02",)), "No such call", "2026-07-02"),
    ],
)
def test_an_empty_answer_says_no_more_than_it_knows(
    capsys: pytest.CaptureFixture[str], answer: Answer, said: str, left_open: str
) -> None:
    """Nobody is said only where every log was read."""
    cli._show(READS, JULY, answer)
    out, err = capsys.readouterr()
    assert said in out
    assert left_open in err
    assert bool(err) == bool(left_open)


def test_what_callers_chose_is_text_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """No markup, no control characters, no token that somebody put into a user agent."""
    token = "hf_" + "a" * 34
    agent = f"[red]x[/red] \x1b[2J \u202e {token}"
    cli._show(READS, JULY, Answer(rows=({**_ROW, "agent": agent},), seen="1 log file", empty=False))
    out = capsys.readouterr().out
    assert "[red]x[/red]" in out
    assert "[redacted]" in out
    for bad in ("\x1b", "\u202e", token):
        assert bad not in out


def test_json_says_whether_the_answer_is_complete() -> None:
    """And what is missing."""
    answer = Answer((_ROW,), "9 log files", empty=False, unreadable=("a: b",), silent=("2026-07-02",))
    document = cli._document(READS, JULY, "kwanzaa-ci", answer)
    assert json.loads(json.dumps(document)) == {
        "question": "reads",
        "since": "2026-07-01T00:00:00Z",
        "until": "2026-08-01T00:00:00Z",
        "token": "kwanzaa-ci",
        "complete": False,
        "seen": "9 log files",
        "unreadable": ["a: b"],
        "days_without_logs": ["2026-07-02"],
        "rows": [_ROW],
    }
