"""A call as it passes through MiniStack: what was asked and what was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What was asked.

    Attributes:
        service: MiniStack's name of the service.
        headers: by lower-case name.
        account: the account that the caller's credentials belong to.
        region: the region that the call was signed for.
        time: when it arrived, in seconds since the epoch.
    """

    service: str
    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    account: str
    region: str
    source_ip: str
    access_key: str
    request_id: str
    time: float


@dataclass(frozen=True)
class Answer:
    """What was answered; a streamed body is left out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Finish = Callable[[Answer], None]
Observer = Callable[[Request], Finish]
"""Is told of a request before it is handled and returns what wants to see the answer."""
