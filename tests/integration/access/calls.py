"""How each call of the matrix is tried, and how what it did is undone."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from components.documents.statements import document, only_tls, text
from components.matrix.cells import BATCH

DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
_HARMLESS = {"InvalidParameterException", "InvalidRequestException", "ResourceExistsException"}
_LABEL = "TRIED"
_POLICY = text(document(only_tls("secretsmanager")))

Try = Callable[[Any, str], Any]


def made_up_value() -> str:
    """A token's value, made at run time."""
    return "hf_" + "".join(secrets.choice(string.ascii_letters) for _ in range(34))


def allowed(action: str, client: Any, secret: str) -> bool:
    """Whether a call gets past the policies. What it says then must be one of the harmless refusals."""
    try:
        answer = _TRIES[action](client, secret)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in DENIED:
            return False
        if code not in _HARMLESS:
            raise
        return True
    # Many values are asked for one by one: a denied one is named in a successful answer.
    return bool(answer["SecretValues"]) if action == BATCH else True


def undo(action: str, root: Any, secret: str, policy: str) -> None:
    """Put back what an allowed call changed, as the account's root."""
    match action.partition(":")[2]:
        case "DeleteSecret":
            root.restore_secret(SecretId=secret)
        case "DeleteResourcePolicy" | "PutResourcePolicy":
            root.put_resource_policy(SecretId=secret, ResourcePolicy=policy)
        case "TagResource":
            root.untag_resource(SecretId=secret, TagKeys=[_LABEL])


def _move_label(client: Any, secret: str) -> Any:
    """Put a label of its own on the value that everybody reads, and leave AWSCURRENT alone."""
    versions = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
    current = next(version for version, stages in versions.items() if "AWSCURRENT" in stages)
    stages = versions[current]
    before = {} if _LABEL not in stages else {"RemoveFromVersionId": current}
    return client.update_secret_version_stage(
        SecretId=secret, VersionStage=_LABEL, MoveToVersionId=current, **before
    )


_TRIES: Mapping[str, Try] = {
    f"secretsmanager:{name}": call
    for name, call in {
        "BatchGetSecretValue": lambda client, secret: client.batch_get_secret_value(SecretIdList=[secret]),
        "CancelRotateSecret": lambda client, secret: client.cancel_rotate_secret(SecretId=secret),
        "CreateSecret": lambda client, secret: client.create_secret(Name=secret),
        "DeleteResourcePolicy": lambda client, secret: client.delete_resource_policy(SecretId=secret),
        "DeleteSecret": lambda client, secret: client.delete_secret(SecretId=secret),
        "DescribeSecret": lambda client, secret: client.describe_secret(SecretId=secret),
        "GetResourcePolicy": lambda client, secret: client.get_resource_policy(SecretId=secret),
        "GetSecretValue": lambda client, secret: client.get_secret_value(SecretId=secret),
        "ListSecretVersionIds": lambda client, secret: client.list_secret_version_ids(SecretId=secret),
        "PutResourcePolicy": lambda client, secret: client.put_resource_policy(
            SecretId=secret, ResourcePolicy=_POLICY
        ),
        "PutSecretValue": lambda client, secret: client.put_secret_value(
            SecretId=secret, SecretString=made_up_value()
        ),
        "RemoveRegionsFromReplication": lambda client, secret: client.remove_regions_from_replication(
            SecretId=secret, RemoveReplicaRegions=["eu-west-1"]
        ),
        "ReplicateSecretToRegions": lambda client, secret: client.replicate_secret_to_regions(
            SecretId=secret, AddReplicaRegions=[{"Region": client.meta.region_name}]
        ),
        "RestoreSecret": lambda client, secret: client.restore_secret(SecretId=secret),
        "RotateSecret": lambda client, secret: client.rotate_secret(SecretId=secret),
        "StopReplicationToReplica": lambda client, secret: client.stop_replication_to_replica(
            SecretId=secret
        ),
        "TagResource": lambda client, secret: client.tag_resource(
            SecretId=secret, Tags=[{"Key": _LABEL, "Value": "yes"}]
        ),
        "UntagResource": lambda client, secret: client.untag_resource(SecretId=secret, TagKeys=[_LABEL]),
        "UpdateSecret": lambda client, secret: client.update_secret(
            SecretId=secret, SecretString=made_up_value()
        ),
        "UpdateSecretVersionStage": _move_label,
        "ValidateResourcePolicy": lambda client, secret: client.validate_resource_policy(
            SecretId=secret, ResourcePolicy=_POLICY
        ),
    }.items()
}
