"""Trouble on request: answers that fail, come late, break off or are not JSON."""

from __future__ import annotations

import asyncio
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import JSONResponse, Response

from sandbox.hub import protocol

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOK = 0.05
"""Seconds between two looks at whether a client still waits."""


class Fault(BaseModel):
    """One rule. Without any trouble named it only delays.

    Attributes:
        method: an HTTP method, or `*`.
        path: the request's path, with `*` for any part of it.
        status: answer with this error status instead.
        headers: further headers of that answer.
        delay: seconds to wait before anything else.
        drop: cut the connection, `before` the answer or in the middle of its `body`.
        malformed: send half of the JSON, as if it were whole.
        applied: let the request take effect before it fails, as when only the answer is lost.
        times: how many requests it hits, None for all until it is deleted.
        skip: how many matching requests pass first.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = "*"
    path: str = "*"
    status: Annotated[int, Field(ge=400, le=599)] | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    delay: Annotated[float, Field(ge=0)] = 0
    drop: Literal["before", "body"] | None = None
    malformed: bool = False
    applied: bool = False
    times: Annotated[int, Field(ge=1)] | None = 1
    skip: Annotated[int, Field(ge=0)] = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule is about such a request."""
        return self.method.upper() in ("*", method) and fnmatchcase(path, self.path)


class Faults:
    """The rules in force, oldest first; the first that matches a request strikes."""

    def __init__(self) -> None:
        self._rules: dict[int, Fault] = {}
        self._next = 1

    def add(self, fault: Fault) -> int:
        """Put a rule in force and return its number."""
        number, self._next = self._next, self._next + 1
        self._rules[number] = fault.model_copy()
        return number

    def remove(self, number: int) -> bool:
        """Lift one rule; whether it was there."""
        return self._rules.pop(number, None) is not None

    def clear(self) -> None:
        """Lift all rules."""
        self._rules.clear()

    def listed(self) -> list[dict[str, object]]:
        """The rules with what is left of them."""
        return [{"id": n, **rule.model_dump()} for n, rule in self._rules.items()]

    def strike(self, method: str, path: str) -> Fault | None:
        """The rule that hits this request, used up by one."""
        for number, rule in list(self._rules.items()):
            if not rule.matches(method, path):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            if rule.times is not None:
                rule.times -= 1
                if rule.times == 0:
                    del self._rules[number]
            return rule
        return None


async def suffer(fault: Fault, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request as the fault wants it."""
    if not await _wait(fault.delay, scope):
        return
    if fault.status is None and fault.drop is None and not fault.malformed:
        await app(scope, receive, send)
        return
    answer = _Answer()
    if fault.applied or fault.drop == "body" or fault.malformed:
        await app(scope, receive, answer.take)
    if fault.drop == "before":
        await protocol.cut(scope, receive)
    elif fault.drop == "body":
        await _break_off(answer, scope, receive, send)
    elif fault.status is not None:
        await _refusal(fault)(scope, receive, send)
    else:
        half = answer.body[: max(1, len(answer.body) // 2)]
        await Response(half, answer.status, media_type="application/json")(scope, receive, send)


async def _wait(seconds: float, scope: Scope) -> bool:
    """Wait, but not for a client that has gone; whether it is still there."""
    ends = asyncio.get_running_loop().time() + seconds
    while (rest := ends - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(rest, _LOOK))
        if not protocol.is_open(scope):
            return False
    return True


class _Answer:
    """Keeps an answer back."""

    def __init__(self) -> None:
        self.start: Message = {}
        self.body = b""

    @property
    def status(self) -> int:
        return int(self.start["status"])

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


async def _break_off(answer: _Answer, scope: Scope, receive: Receive, send: Send) -> None:
    await send(answer.start)
    half = answer.body[: len(answer.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    await protocol.cut(scope, receive, at_once=False)


def _refusal(fault: Fault) -> JSONResponse:
    headers = dict(fault.headers)
    if fault.status == 429:  # noqa: PLR2004  the status itself
        headers.setdefault("RateLimit", '"api";r=0;t=1')
    return JSONResponse({"error": "The sandbox was told to fail here"}, fault.status or 500, headers)
