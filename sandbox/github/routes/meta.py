"""What is true of the API as a whole."""

from __future__ import annotations

from sandbox.github.http import Answer, Call, Route


def _rate_limit(call: Call) -> Answer:
    hour = call.allowance
    rate = {
        "limit": call.limit,
        "used": hour.used,
        "remaining": max(call.limit - hour.used, 0),
        "reset": int(hour.ends),
    }
    return Answer(
        body={"resources": {"core": rate, "search": _SEARCH | {"reset": rate["reset"]}}, "rate": rate}
    )


_SEARCH = {"limit": 30, "used": 0, "remaining": 30}
ROUTES = (Route("GET", "/rate_limit", _rate_limit, "rate-limit/rate-limit", free=True),)
