"""What comes back from a question, and what could not be seen."""

from __future__ import annotations

from dataclasses import dataclass

Row = dict[str, str | None]
"""A call by the columns of the question; None where CloudTrail does not say."""


@dataclass(frozen=True)
class Answer:
    """The rows, and what they leave open: an empty answer proves something only where it is complete.

    Attributes:
        rows: in the order of time.
        seen: what was read, in words, for instance `31 log files`.
        empty: no log of the period was found at all.
        unreadable: log files that are there and could not be read, each with the reason.
        silent: days that are over and have no log file, as `yyyy-mm-dd`.
    """

    rows: tuple[Row, ...]
    seen: str
    empty: bool
    unreadable: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def trustworthy(self) -> bool:
        """Everything that is there was read, and something is there."""
        return not self.empty and not self.unreadable

    @property
    def complete(self) -> bool:
        """Nothing is missing: no row means that there was no such call."""
        return self.trustworthy and not self.silent
