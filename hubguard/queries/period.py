"""The period that a question is about, always in UTC as CloudTrail writes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hubguard import standards
from hubguard.errors import UsageError

DAYS = 7
"""How many days a question looks back where nobody says otherwise, today included."""

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From `since` up to, not including, `until`; both carry a time zone."""

    since: datetime
    until: datetime

    @property
    def first(self) -> str:
        """`since` as CloudTrail writes times, which sort as text."""
        return _stamp(self.since)

    @property
    def last(self) -> str:
        """`until`, likewise."""
        return _stamp(self.until)

    @property
    def days(self) -> list[date]:
        """The days that the period touches."""
        first, last = _utc(self.since).date(), _utc(self.until - timedelta(microseconds=1)).date()
        return [first + n * _DAY for n in range((last - first).days + 1)]

    @property
    def folders(self) -> list[str]:
        """The days whose log files may hold a record of the period, as `yyyy/mm/dd`.

        A file lies under the day on which it was delivered, minutes after its records were written: the
        end of a day is found under the next.
        """
        return [folder(day) for day in (*self.days, self.days[-1] + _DAY)]


def folder(day: date) -> str:
    """A day as CloudTrail names its folder."""
    return day.strftime("%Y/%m/%d")


def of(days: int | None, since: str | None, until: str | None, *, now: datetime) -> Period:
    """The period that a command line names.

    Args:
        days: the last so many days, today included; not together with the other two.
        since: a date, or a date and time with its zone.
        until: likewise; a date means that whole day. Today where it is not given.
        now: the present.

    Raises:
        UsageError: the line names the option.
    """
    tomorrow = datetime.combine(_utc(now).date() + _DAY, time(), UTC)
    if days is not None and (since or until):
        raise _refusal("--days and --since exclude each other", "Give one of them")
    if until and not since:
        raise _refusal("--until is given without --since", "Give --since too")
    if since is None:
        count = DAYS if days is None else days
        if not 1 <= count <= standards.RETENTION_MAX_DAYS:
            raise _refusal("--days is out of range", f"Give 1 to {standards.RETENTION_MAX_DAYS}")
        return Period(tomorrow - count * _DAY, tomorrow)
    period = Period(_moment("--since", since), _moment("--until", until, whole=True) if until else tomorrow)
    if period.since >= tomorrow:
        raise _refusal("--since lies in the future", "Give a day that has begun")
    if period.since >= period.until:
        raise _refusal("--since is not before --until", "Swap them")
    if period.until - period.since > standards.RETENTION_MAX_DAYS * _DAY:
        raise _refusal("--since lies too far back", f"Ask for at most {standards.RETENTION_MAX_DAYS} days")
    return period


def _moment(option: str, text: str, *, whole: bool = False) -> datetime:
    try:
        if (day := _day(text)) is not None:
            return datetime.combine(day + _DAY if whole else day, time(), UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo:
            return _utc(moment)
    except (ValueError, OverflowError):
        raise _refusal(
            f"{option} is neither a date nor a time", "Write 2026-07-01, or 2026-07-01T12:00Z"
        ) from None
    raise _refusal(f"{option} has no time zone", "Write 2026-07-01T12:00Z for UTC")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _refusal(what: str, next_step: str) -> UsageError:
    return UsageError(what, means="Nothing was asked", next_step=next_step)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _stamp(moment: datetime) -> str:
    return _utc(moment).strftime("%Y-%m-%dT%H:%M:%SZ")
