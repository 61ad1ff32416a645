"""The key of a log group."""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import cloudwatch_logs

from sandbox.aws.mends.expect import expect_function, unexpected

_ACTIONS = ("AssociateKmsKey", "DisassociateKmsKey")


def log_group_key_can_change() -> None:
    """Let the KMS key of a log group be set and removed.

    AWS: AssociateKmsKey and DisassociateKmsKey change the key of an existing log group.
    MiniStack: knows neither; a group keeps the key that it was created with.
    """
    handle = getattr(cloudwatch_logs, "handle_request", None)
    if not callable(handle) or not hasattr(cloudwatch_logs, "_log_groups"):
        raise unexpected("it keeps its log groups elsewhere")
    expect_function(cloudwatch_logs, "_create_log_group", "data")

    async def handle_more(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if action in _ACTIONS:
            return _change_key(action, json.loads(body or b"{}"))
        return await handle(method, path, headers, body, query_params)

    cloudwatch_logs.handle_request = handle_more


def _change_key(action: str, data: dict[str, Any]) -> Any:
    group = cloudwatch_logs._log_groups.get(data.get("logGroupName"))  # noqa: SLF001  the only way in
    if group is None:
        return error_response_json(
            "ResourceNotFoundException", "The specified log group does not exist.", 400
        )
    group["kmsKeyId"] = data.get("kmsKeyId") if action == "AssociateKmsKey" else None
    return json_response({})
