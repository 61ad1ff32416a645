"""Secrets, which are containers here and never values, and their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.resources.base import Call, Change, Resource, tag_list, tag_map, tagging
from sandbox.aws.resources.put import Put

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"ResourceNotFoundException"})


def _create_secret(call: Call) -> str:
    wanted = call.inputs
    answer = call.client.create_secret(
        Name=call.name(),
        **call.given(
            Description=wanted.get("description"),
            KmsKeyId=wanted.get("kmsKeyId"),
            Tags=tag_list(call.tags) or None,
            Type=wanted.get("type"),
        ),
    )
    return str(answer["ARN"])


def _read_secret(call: Call) -> Props | None:
    found = call.client.describe_secret(SecretId=call.id)
    if found.get("DeletedDate"):
        return None
    replicas = [
        {"region": one["Region"], **call.given(kmsKeyId=one.get("KmsKeyId"))}
        for one in found.get("ReplicationStatus") or []
    ]
    return {
        "arn": found["ARN"],
        "name": found["Name"],
        "description": found.get("Description", ""),
        "kmsKeyId": found.get("KmsKeyId"),
        "replicas": replicas,
        "tags": tag_map(found.get("Tags")),
        "type": found.get("Type"),
    }


def _update_secret(call: Call) -> None:
    call.client.update_secret(
        SecretId=call.id,
        Description=call.inputs.get("description") or "",
        # Without a key nothing is sent: AWS keeps the one that it has.
        **call.given(KmsKeyId=call.inputs.get("kmsKeyId")),
    )


def _replicate(call: Call) -> None:
    wanted = {one["region"]: one.get("kmsKeyId") for one in call.inputs.get("replicas") or []}
    live = {one["region"]: one.get("kmsKeyId") for one in call.state.get("replicas") or []}
    if leaving := [region for region in live if wanted.get(region, ...) != live[region]]:
        call.client.remove_regions_from_replication(SecretId=call.id, RemoveReplicaRegions=leaving)
    coming: list[dict[str, Any]] = [
        {"Region": region, **call.given(KmsKeyId=key)}
        for region, key in wanted.items()
        if live.get(region, ...) != key
    ]
    if coming:
        call.client.replicate_secret_to_regions(
            SecretId=call.id,
            AddReplicaRegions=coming,
            ForceOverwriteReplicaSecret=bool(call.inputs.get("forceOverwriteReplicaSecret")),
        )


def _delete_secret(call: Call) -> None:
    if regions := [one["region"] for one in call.state.get("replicas") or []]:
        # AWS deletes no secret that is replicated.
        call.client.remove_regions_from_replication(SecretId=call.id, RemoveReplicaRegions=regions)
    days = call.state.get("recoveryWindowInDays")
    at_once = {"ForceDeleteWithoutRecovery": True}
    window = call.given(RecoveryWindowInDays=days)
    call.client.delete_secret(SecretId=call.id, **(at_once if days == 0 else window))


def _policy_or_none(_call: Call, found: Props) -> Props | None:
    return found if found.get("policy") else None


TABLE = (
    Resource(
        "aws:secretsmanager/secret:Secret",
        "secretsmanager",
        create=_create_secret,
        read=_read_secret,
        delete=_delete_secret,
        changes=(
            Change(("description", "kmsKeyId"), _update_secret),
            Change(("replicas",), _replicate, at_creation=True),
            tagging(
                lambda call, new: call.client.tag_resource(SecretId=call.id, Tags=tag_list(new)),
                lambda call, old: call.client.untag_resource(SecretId=call.id, TagKeys=old),
            ),
        ),
        gone=_GONE,
        unsupported={"policy": "use aws.secretsmanager.SecretPolicy"},
    ),
    Put(
        "aws:secretsmanager/secretPolicy:SecretPolicy",
        "secretsmanager",
        put="PutResourcePolicy",
        get="GetResourcePolicy",
        delete="DeleteResourcePolicy",
        key=("secretArn", "SecretId"),
        names={"policy": "ResourcePolicy"},
        gone=_GONE,
        finish=_policy_or_none,
    ).resource(),
)
