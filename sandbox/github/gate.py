"""What every answer carries, whatever was asked: who may enter, how often, and GitHub's headers."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field

from starlette.requests import Request

from sandbox.github.http import DOCS, Allowance, Refusal
from sandbox.github.model import State
from sandbox.github.tokens import Caller, Tokens

HOURLY = 5_000
"""Calls in an hour, GitHub's limit for a person's token."""
_HOUR_SECONDS = 3_600
_NEWEST_VERSION, _DEFAULT_VERSION = "2026-03-10", "2022-11-28"


@dataclass(slots=True)
class Gate:
    """Authenticates and counts.

    Attributes:
        tokens: the known tokens.
        limit: calls in an hour; tests lower it.
        hours: each caller's running hour, by login.
    """

    tokens: Tokens
    limit: int = HOURLY
    hours: dict[str, Allowance] = field(default_factory=dict)

    def enter(self, request: Request, state: State) -> Caller:
        """The caller of a request.

        Raises:
            Refusal: 401 without a token or with an unknown one.
        """
        given = request.headers.get("authorization")
        if given is None:
            raise Refusal(401, "Requires authentication", docs=DOCS)
        caller = self.tokens.owner(given, state)
        if caller is None:
            raise Refusal(401, "Bad credentials", docs=DOCS)
        return caller

    def count(self, caller: Caller) -> None:
        """Count one call.

        Raises:
            Refusal: 403 when the hour's calls are used up.
        """
        hour = self.hour(caller)
        if hour.used >= self.limit:
            docs = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api"
            raise Refusal(403, f"API rate limit exceeded for user ID {caller.user.id}.", docs=docs)
        hour.used += 1

    def uncount(self, caller: Caller) -> None:
        """Give a call back: an answer that nothing changed is free."""
        self.hour(caller).used -= 1

    def hour(self, caller: Caller) -> Allowance:
        """The hour that is running for a caller."""
        running = self.hours.get(caller.user.login)
        if running is None or running.ends <= time.time():
            running = self.hours[caller.user.login] = Allowance(time.time() + _HOUR_SECONDS)
        return running

    def headers(self, caller: Caller | None, request: Request) -> dict[str, str]:
        """The headers that GitHub adds to an answer."""
        version = request.headers.get("x-github-api-version", _DEFAULT_VERSION)
        common = {
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": min(version, _NEWEST_VERSION),
        }
        if caller is None:
            return common
        hour = self.hour(caller)
        return common | {
            "X-OAuth-Scopes": ", ".join(caller.scopes),
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(max(self.limit - hour.used, 0)),
            "X-RateLimit-Used": str(hour.used),
            "X-RateLimit-Reset": str(int(hour.ends)),
            "X-RateLimit-Resource": "core",
        }


def etag(body: bytes) -> str:
    """The weak validator of an answer's body."""
    return f'W/"{hashlib.sha256(body).hexdigest()}"'
