"""The one family of errors that a person meets.

Every error says three things: what happened, what it means, what to do next. The command line prints
them on one line each and exits with `exit_code`; everything else goes to the log. None of the three
may carry a token, not even a part of one.
"""

from __future__ import annotations

from collections.abc import Sequence


class HubguardError(Exception):
    """Base of the family; never raised itself.

    Attributes:
        what: what happened, one sentence without a final period.
        means: what that means for the person, or an empty string where it is obvious.
        next_step: what to do now.
        exit_code: the process exit code: 1 something failed, 2 wrong usage, 7 findings.
    """

    exit_code = 1

    def __init__(self, what: str, *, next_step: str, means: str = "") -> None:
        self.what = what
        self.means = means
        self.next_step = next_step
        super().__init__(str(self))

    def __str__(self) -> str:
        return ". ".join(part for part in (self.what, self.means, self.next_step) if part)


class SettingsError(HubguardError):
    """The desired state in the stack's configuration cannot be used as it is.

    Attributes:
        lines: one per mistake: the key, and what is expected there.
    """

    exit_code = 2

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = tuple(lines)
        count = f"{len(self.lines)} mistake{'s' if len(self.lines) != 1 else ''}"
        super().__init__(
            f"The stack's configuration has {count}",
            means="Nothing was called",
            next_step="Correct it and run the same command again",
        )

    def __str__(self) -> str:
        return "\n  ".join([super().__str__() + ":", *self.lines])


class UsageError(HubguardError):
    """The command was called with something that it cannot work with."""

    exit_code = 2


class SandboxError(HubguardError):
    """The local clouds or the engine could not be built, started or reached."""


class BootstrapError(HubguardError):
    """The account cannot be prepared for the stack as the settings ask."""
