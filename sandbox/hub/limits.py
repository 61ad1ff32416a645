"""Request quotas in fixed windows, as the Hub counts and announces them."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOW = 300
"""Length of a window in seconds."""

QUOTAS = {
    "anonymous": 500,
    "free": 1_000,
    "pro": 2_500,
    "team": 3_000,
    "enterprise": 6_000,
    "plus": 10_000,
}
"""Requests in a window for one caller, by the best plan that the caller has a part in."""


@dataclass(frozen=True)
class Standing:
    """Where a caller stands in the current window, after the request that was just counted."""

    resource: str
    quota: int
    window: int
    remaining: int
    reset: int
    exceeded: bool

    @property
    def headers(self) -> dict[str, str]:
        """The two headers that tell the caller."""
        return {
            "RateLimit": f'"{self.resource}";r={self.remaining};t={self.reset}',
            "RateLimit-Policy": f'"fixed window";"{self.resource}";q={self.quota};w={self.window}',
        }


class Limits:
    """Counts requests by caller and resource. A caller's window opens with its first request."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def forget(self) -> None:
        """Begin new windows for everybody."""
        self._windows.clear()

    def count(self, caller: str, resource: str, quota: int, window: int = WINDOW) -> Standing:
        """Count one request. A refused one counts too, but costs nothing once the quota is gone."""
        moment = self._clock()
        opened, used = self._windows.get((caller, resource), (moment, 0))
        if moment - opened >= window:
            opened, used = moment, 0
        exceeded = used >= quota
        used = min(used + 1, quota)
        self._windows[caller, resource] = (opened, used)
        reset = max(0, math.ceil(opened + window - moment))
        return Standing(resource, quota, window, quota - used, reset, exceeded)
