"""Checks that a mend makes before it touches MiniStack."""

from __future__ import annotations

import inspect
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

RELEASE = "1.5.33"


def expect_release() -> None:
    """Refuse any other MiniStack than the one the mends were written for."""
    found = version("ministack")
    if found != RELEASE:
        raise unexpected(f"release {found} is installed")


def expect_function(module: ModuleType, name: str, *parameters: str) -> Callable[..., Any]:
    """Find a function of MiniStack by name and parameter names.

    Args:
        module: the MiniStack module.
        name: the function in it.
        parameters: the names of its parameters, in order.

    Raises:
        SandboxError: it is not there or takes something else.
    """
    found = getattr(module, name, None)
    if not inspect.isfunction(found):
        raise unexpected(f"{module.__name__}.{name} is not a function")
    if tuple(inspect.signature(found).parameters) != parameters:
        raise unexpected(f"{module.__name__}.{name} takes other parameters")
    return found


def expect_actions(module: ModuleType, name: str, *present: str) -> dict[str, Callable[..., Any]]:
    """Find the table from action names to handlers in a service of MiniStack.

    Args:
        module: the MiniStack module.
        name: the table in it.
        present: actions that must be in the table.

    Raises:
        SandboxError: there is no such table, or an action is missing from it.
    """
    found = getattr(module, name, None)
    if not isinstance(found, dict) or any(not callable(found.get(action)) for action in present):
        raise unexpected(f"{module.__name__}.{name} does not hold {', '.join(present)}")
    return found


def unexpected(what: str) -> SandboxError:
    """The error of a mend that does not find what it was written for."""
    return SandboxError(
        f"the mends of the local AWS are made for MiniStack {RELEASE}, but {what}",
        next_step="run: make up (it installs the locked release), or adapt sandbox/aws/mends",
    )
