"""Request quotas."""

from __future__ import annotations

import re

from huggingface_hub.utils import parse_ratelimit_headers

from sandbox.hub.limits import Limits


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = 1_000.0

    def __call__(self) -> float:
        """The time."""
        return self.moment


def test_quota_is_used_up_and_comes_back_with_the_next_window() -> None:
    """The request after the last one of the quota is refused until the window has passed."""
    clock = Clock()
    limits = Limits(clock)
    standings = [limits.count("mwezi", "api", 2, 300) for _ in range(3)]
    assert [(s.remaining, s.exceeded) for s in standings] == [(1, False), (0, False), (0, True)]
    clock.moment += 299.5
    last = limits.count("mwezi", "api", 2, 300)
    assert (last.exceeded, last.reset) == (True, 1)
    clock.moment += 0.5
    assert not limits.count("mwezi", "api", 2, 300).exceeded


def test_callers_and_resources_have_windows_of_their_own() -> None:
    """One caller's requests, or one resource's, cost no other."""
    limits = Limits(Clock())
    assert not limits.count("mwezi", "api", 1).exceeded
    assert not limits.count("jua", "api", 1).exceeded
    assert not limits.count("mwezi", "whoami", 1).exceeded
    assert limits.count("mwezi", "api", 1).exceeded


def test_headers_are_read_by_the_client() -> None:
    """`huggingface_hub` finds quota, rest, window and reset in the two headers."""
    standing = Limits(Clock()).count("mwezi", "api", 3_000)
    found = parse_ratelimit_headers(standing.headers)
    assert found is not None
    assert (found.resource_type, found.limit, found.remaining) == ("api", 3_000, 2_999)
    assert (found.window_seconds, found.reset_in_seconds) == (300, 300)
    assert re.fullmatch(r'"api";r=2999;t=300', standing.headers["RateLimit"])
