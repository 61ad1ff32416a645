"""The one place through which every call on a service passes, allowed or denied."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core.responses import get_account_id, get_region, get_request_client_ip

from sandbox.aws.mends.expect import expect_function
from sandbox.aws.relay.calls import Answer, Request

if TYPE_CHECKING:
    from sandbox.aws.relay.calls import Observer


def calls_are_observed(observe: Observer) -> None:
    """Show every call and its answer to the relay, instead of MiniStack's own record of it.

    AWS: CloudTrail records who called what, with the role behind a session, and denied calls too.
    MiniStack: `_dispatch_service_request` checks permissions and then handles the call; it records only
    what got past the check, with the access key as the name of an IAM user.

    Args:
        observe: is told of each request and returns what wants to see the answer.
    """
    call = ("method", "path", "headers", "body", "query_params", "request_id")
    dispatch = expect_function(app, "_dispatch_service_request", *call)
    expect_function(
        app,
        "_maybe_record_cloudtrail",
        *("service", "method", "path", "headers", "body", "query_params", "request_id", "region"),
    )
    route = expect_function(app, "detect_service", "method", "path", "headers", "query_params")
    routing = expect_function(app, "_routing_params", "method", "path", "headers", "body", "query_params")
    access_key = expect_function(app, "extract_access_key_id", "headers", "query_params")

    async def observed(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
        request_id: str,
    ) -> Any:
        if path.startswith("/_") or method == "OPTIONS":
            return await dispatch(method, path, headers, body, query_params, request_id)
        finish = observe(
            Request(
                service=route(method, path, headers, routing(method, path, headers, body, query_params)),
                method=method,
                path=path,
                query=query_params,
                headers=headers,
                body=body,
                account=get_account_id(),
                region=get_region(),
                source_ip=get_request_client_ip(),
                access_key=access_key(headers, query_params),
                request_id=request_id,
                time=time.time(),
            )
        )
        answer = await dispatch(method, path, headers, body, query_params, request_id)
        status, answer_headers, content = answer
        finish(Answer(status, answer_headers, content if isinstance(content, bytes) else b""))
        return answer

    def unrecorded(*_call: Any) -> None:
        """The relay writes the event history."""

    app._dispatch_service_request = observed  # noqa: SLF001  that is the mend
    app._maybe_record_cloudtrail = unrecorded  # noqa: SLF001  likewise
