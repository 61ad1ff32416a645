"""The relay itself: takes answered calls and brings their records to where they belong."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.aws.relay import bus, files, history, loggroup, trails
from sandbox.aws.relay.record import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.aws.relay.calls import Answer, Finish, Request
    from sandbox.aws.relay.trails import Trail

    Record = dict[str, Any]

logger = logging.getLogger("relay")
T = TypeVar("T")

DELAY = 1.0  # seconds that records wait for others to share a file with; AWS takes minutes


class Relay:
    """Watches calls; a trail that is logging brings them to the bus, the bucket and the log group.

    Everything happens after the answer and in the thread of MiniStack, whose state nobody else may
    touch. What fails here is logged and never reaches the caller.
    """

    def __init__(self) -> None:
        self._waiting: dict[tuple[Trail, str], list[Record]] = defaultdict(list)
        self._timer: asyncio.TimerHandle | None = None

    def observe(self, request: Request) -> Finish:
        """Look at a request before MiniStack handles it.

        The call that stops a trail is the last one in it: so what counts for calls on CloudTrail are
        the trails before them.
        """
        before: tuple[Trail, ...] = ()
        if request.service == "cloudtrail":
            before = _attempt(trails.logging, request.account) or ()
        return partial(self._finish, request, before)

    def _finish(self, request: Request, before: tuple[Trail, ...], answer: Answer) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(_attempt, self._record, request, before, answer, context=Context())

    def _record(self, request: Request, before: tuple[Trail, ...], answer: Answer) -> None:
        written = record(request, answer)
        if written is not None:
            self.take(written, before)

    def take(self, written: Record, before: tuple[Trail, ...] = ()) -> tuple[Trail, ...]:
        """Bring a record to where it belongs.

        Args:
            written: a whole CloudTrail record, of a call or of a sample.
            before: trails that were logging when the call came.

        Returns:
            The trails that took it; where there is none, only the event history has it.
        """
        _attempt(history.add, written)
        near = before or trails.logging(written["recipientAccountId"])
        taking = tuple(trail for trail in near if trail.takes(written))
        if not taking:
            return ()  # EventBridge, too, hears of calls only while a trail is logging
        _attempt(bus.put, written)
        for trail in taking:
            self._waiting[trail, written["awsRegion"]].append(written)
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(DELAY, self.flush, context=Context())
        return taking

    def flush(self) -> None:
        """Write what waits into files and log groups, now."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        waiting, self._waiting = self._waiting, defaultdict(list)
        for (trail, region), records in waiting.items():
            if trail.bucket:
                _attempt(files.deliver, trail, region, records)
            if trail.log_group:
                _attempt(loggroup.deliver, trail, region, records)


def _attempt(step: Callable[..., T], *arguments: object) -> T | None:
    try:
        return step(*arguments)
    except files.Undelivered as error:
        logger.warning("%s", error)
    except Exception:
        logger.exception("The relay failed; the call itself did not")
    return None
