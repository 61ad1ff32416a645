"""The period of a question: what is accepted, what is refused and by which name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hubguard.errors import UsageError
from hubguard.queries import period

_NOW = datetime(2026, 7, 15, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "since", "until", "first", "last"),
    [
        (None, None, None, "2026-07-09T00:00:00Z", "2026-07-16T00:00:00Z"),
        (1, None, None, "2026-07-15T00:00:00Z", "2026-07-16T00:00:00Z"),
        (None, "2026-07-01", None, "2026-07-01T00:00:00Z", "2026-07-16T00:00:00Z"),
        (None, "2026-07-01", "2026-07-01", "2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z"),
        (None, "2026-07-01T12:00Z", "2026-07-01T14:00+02:00", "2026-07-01T12:00:00Z", None),
        (None, "2026-07-01T14:00+02:00", "2026-07-01", "2026-07-01T12:00:00Z", "2026-07-02T00:00:00Z"),
    ],
)
def test_a_period_is_in_utc(
    days: int | None, since: str | None, until: str | None, first: str, last: str | None
) -> None:
    """Days are whole ones, and the last day is meant too."""
    if last is None:
        with pytest.raises(UsageError, match="--since is not before --until"):
            period.of(days, since, until, now=_NOW)
        return
    span = period.of(days, since, until, now=_NOW)
    assert (span.first, span.last) == (first, last)


def test_today_is_utcs_wherever_the_caller_sits() -> None:
    """It is tomorrow already in Auckland."""
    there = _NOW.astimezone(timezone(timedelta(hours=12)))
    assert period.of(1, None, None, now=there) == period.of(1, None, None, now=_NOW)


def test_a_day_is_looked_for_under_the_next_day_too() -> None:
    """A file carries the day of its delivery."""
    span = period.of(None, "2026-12-31", "2026-12-31", now=datetime(2027, 2, 1, tzinfo=UTC))
    assert [day.isoformat() for day in span.days] == ["2026-12-31"]
    assert span.folders == ["2026/12/31", "2027/01/01"]


@pytest.mark.parametrize(
    ("days", "since", "until", "line"),
    [
        (0, None, None, "--days is out of range"),
        (-1, None, None, "--days is out of range"),
        (10**9, None, None, "--days is out of range"),
        (3, "2026-07-01", None, "--days and --since exclude each other"),
        (3, None, "2026-07-01", "--days and --since exclude each other"),
        (None, None, "2026-07-01", "--until is given without --since"),
        (None, "yesterday", None, "--since is neither a date nor a time"),
        (None, "2026-02-30", None, "--since is neither a date nor a time"),
        (None, "", None, "--since is neither a date nor a time"),
        (None, "2026-07-01", "soon' OR 1=1", "--until is neither a date nor a time"),
        (None, "2026-07-01", "9999-12-31", "--until is neither a date nor a time"),
        (None, "2026-07-01T12:00", None, "--since has no time zone"),
        (None, "2026-07-16", None, "--since lies in the future"),
        (None, "2026-07-10", "2026-07-01", "--since is not before --until"),
        (None, "0001-01-01", None, "--since lies too far back"),
        (None, "0001-01-01T00:00+14:00", None, "--since is neither a date nor a time"),
    ],
)
def test_what_is_no_period_is_refused(
    days: int | None, since: str | None, until: str | None, line: str
) -> None:
    """By the option's name, before anything is called."""
    with pytest.raises(UsageError, match=line):
        period.of(days, since, until, now=_NOW)
