"""A traceback as the program's author would see it."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from sandbox.engine import run_program


def _traceback(program: Path, text: str) -> list[str]:
    (program / "__main__.py").write_text(text)
    with pytest.raises(Exception) as caught:  # noqa: PT011  any exception of a program
        runpy.run_path(str(program))
    return run_program.user_traceback(caught.value, str(program)).splitlines()


def test_starts_with_the_program(tmp_path: Path) -> None:
    """The first frame is the program's own."""
    lines = _traceback(tmp_path, "def f():\n    raise ValueError('no')\nf()\n")
    assert lines[:2] == [
        "Traceback (most recent call last):",
        f'  File "{tmp_path}/__main__.py", line 3, in <module>',
    ]
    assert lines[-1] == "ValueError: no"


def test_every_part_of_a_chain(tmp_path: Path) -> None:
    """Causes are shown, each without what led to the program."""
    text = "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('no') from error\n"
    lines = _traceback(tmp_path, text)
    assert "ZeroDivisionError: division by zero" in lines
    files = [line for line in lines if line.startswith("  File")]
    assert len(files) == 2
    assert all(f'"{tmp_path}/__main__.py"' in line for line in files)


def test_syntax_error(tmp_path: Path) -> None:
    """A program that does not parse shows its line and nothing of Python's machinery."""
    lines = _traceback(tmp_path, "x = (\n")
    assert lines[0] == f'  File "{tmp_path}/__main__.py", line 1'
    assert lines[-1].startswith("SyntaxError")
