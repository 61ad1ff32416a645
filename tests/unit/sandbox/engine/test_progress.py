"""Long work speaks now and then in a pipe, and draws a bar on a terminal."""

from __future__ import annotations

import io

from rich.console import Console

from sandbox.engine.progress import Report


def test_lines_in_a_pipe() -> None:
    """One line at the start, then one per interval with what is known."""
    said = io.StringIO()
    with Report(Console(file=said, width=80), every=0).step("building x, [first] time") as step:
        step.tick()
        step.tick(3, 10)
        step.tick(12, 10)
    assert said.getvalue().splitlines() == [
        "building x, [first] time",
        "building x, [first] time ... 0 s",
        "building x, [first] time ... 0 s, 3 of 10",
        "building x, [first] time ... 0 s, 10 of 10",
    ]


def test_quiet_between_lines() -> None:
    """Ticks within the interval say nothing."""
    said = io.StringIO()
    with Report(Console(file=said), every=3600).step("building") as step:
        for _ in range(100):
            step.tick()
    assert said.getvalue().splitlines() == ["building"]


def test_bar_on_a_terminal() -> None:
    """A terminal gets a bar that is taken away at the end."""
    drawn = io.StringIO()
    console = Console(file=drawn, force_terminal=True, width=80)
    with Report(console).step("building") as step:
        step.tick(1, 2)
    assert "building" in drawn.getvalue()
    assert "\x1b" in drawn.getvalue()
