"""Replicas of a secret: taking them away, and what they keep from being deleted."""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, json_response
from ministack.services import secretsmanager

from sandbox.aws.mends.expect import expect_function, unexpected

_REMOVE = "RemoveRegionsFromReplication"


def replicas_can_be_removed() -> None:
    """Add the call that ends the replication to a region.

    AWS: RemoveRegionsFromReplication deletes the replicas. MiniStack: it does not know the call.
    """
    handle = getattr(secretsmanager, "handle_request", None)
    if not callable(handle) or any(
        not hasattr(secretsmanager, n) for n in ("_secrets", "_resource_policies")
    ):
        raise unexpected("it keeps its secrets elsewhere")
    _expect_resolve()
    expect_function(secretsmanager, "_secret_arn_for_region", "secret", "region")

    async def handle_more(
        method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> Any:
        if headers.get("x-amz-target", "").rpartition(".")[2] == _REMOVE:
            return _remove(json.loads(body or b"{}"))
        return await handle(method, path, headers, body, query_params)

    secretsmanager.handle_request = handle_more


def replicated_secret_stays() -> None:
    """Refuse to delete a secret that still has replicas.

    AWS: the replicas are removed first. MiniStack: they go along.
    """
    delete = expect_function(secretsmanager, "_delete_secret", "data")
    _expect_resolve()

    def delete_alone(data: dict[str, Any]) -> Any:
        secret = _resolve(data)
        if secret and secret.get("ReplicationStatus"):
            return error_response_json(
                "InvalidRequestException", "You can't delete a secret that still has replica regions.", 400
            )
        return delete(data)

    secretsmanager._delete_secret = delete_alone  # noqa: SLF001  that is the mend


def _expect_resolve() -> None:
    expect_function(secretsmanager, "_resolve", "secret_id", "use_arn_scope")


def _resolve(data: dict[str, Any]) -> Any:
    return secretsmanager._resolve(data.get("SecretId"))[1]  # noqa: SLF001  as all below


def _remove(data: dict[str, Any]) -> Any:
    secret, leaving = _resolve(data), set(data.get("RemoveReplicaRegions") or ())
    if not secret:
        return error_response_json(
            "ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400
        )
    before = secret.get("ReplicationStatus", [])
    for region in leaving & {one["Region"] for one in before}:
        arn, scope = secretsmanager._secret_arn_for_region(secret, region), (get_account_id(), region)  # noqa: SLF001
        replica = secretsmanager._secrets.get_scoped(*scope, secret["Name"])  # noqa: SLF001
        if replica and replica.get("ARN") == arn:  # else it is a secret of its own by now
            secretsmanager._secrets.pop_scoped(*scope, secret["Name"], None)  # noqa: SLF001
            secretsmanager._resource_policies.pop_scoped(*scope, arn, None)  # noqa: SLF001
    secret["ReplicationStatus"] = [one for one in before if one["Region"] not in leaving]
    return json_response({"ARN": secret["ARN"], "ReplicationStatus": secret["ReplicationStatus"]})
