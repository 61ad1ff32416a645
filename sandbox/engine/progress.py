"""Shows long work to a person: a bar on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Step:
    """One piece of work under way; `tick` it as often as you like."""

    text: str
    console: Console
    every: float
    bar: tuple[Progress, TaskID] | None = None
    started: float = field(default_factory=time.monotonic)
    spoken: float = field(default_factory=time.monotonic)

    def tick(self, done: int = 0, total: int | None = None) -> None:
        """Tell how far the work has come.

        Args:
            done: pieces finished so far.
            total: pieces in all, None while nobody knows.
        """
        if self.bar is not None:
            bar, task = self.bar
            bar.update(task, completed=done, total=total)
            return
        now = time.monotonic()
        if now - self.spoken >= self.every:
            self.spoken = now
            share = f", {min(done, total)} of {total}" if total else ""
            _line(self.console, f"{self.text} ... {now - self.started:.0f} s{share}")


class Report:
    """Where the progress of builds goes.

    Attributes:
        console: the terminal or pipe; standard error by default, so that output stays clean.
        every: seconds between two plain lines where there is no terminal.
    """

    def __init__(self, console: Console | None = None, every: float = 20.0) -> None:
        self.console = console or Console(stderr=True)
        self.every = every

    def say(self, text: str) -> None:
        """Print one line."""
        _line(self.console, text)

    @contextmanager
    def step(self, text: str) -> Iterator[Step]:
        """Show one piece of work for as long as the block lasts."""
        if not self.console.is_terminal:
            self.say(text)
            yield Step(text, self.console, self.every)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task(text, total=None)
            yield Step(text, self.console, self.every, (bar, task))


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
