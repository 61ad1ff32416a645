"""How long the session of a role may be."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from ministack.services import iam, sts

from sandbox.aws.mends.expect import expect_function, unexpected

_OK = 200
_DEFAULT = 3600  # seconds, when neither the request nor the role says otherwise
_ACTIONS = ("AssumeRole", "AssumeRoleWithWebIdentity")


def session_is_no_longer_than_its_role_allows() -> None:
    """Refuse a session that is longer than the role's longest.

    AWS: DurationSeconds above the role's MaxSessionDuration is a ValidationError.
    MiniStack: it gives any duration.
    """
    handle = expect_function(sts, "handle_request", "method", "path", "headers", "body", "query_params")
    expect_function(sts, "_error", "status", "code", "message", "ns")
    if not hasattr(iam, "_roles"):
        raise unexpected("it keeps its roles elsewhere")

    async def limited(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, list[str]]
    ) -> Any:
        answer = await handle(method, path, headers, body, query_params)
        asked = query_params | parse_qs(body.decode("utf-8", errors="replace"))
        if answer[0] == _OK and _too_long({name: values[0] for name, values in asked.items()}):
            # The session's keys were made, and nobody learns them.
            return sts._error(  # noqa: SLF001
                400,
                "ValidationError",
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
                ns="sts",
            )
        return answer

    sts.handle_request = limited


def _too_long(asked: dict[str, str]) -> bool:
    if asked.get("Action") not in _ACTIONS:
        return False
    arn = asked["RoleArn"].split(":")
    role = iam._roles.get_scoped(arn[4], None, arn[5].rsplit("/", 1)[-1])  # noqa: SLF001  no public way to ask
    longest = role["MaxSessionDuration"] if role else _DEFAULT
    return int(asked.get("DurationSeconds") or _DEFAULT) > longest
