"""The local vault, as its operator reaches it: puts a token into each CI secret that waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from components.names import Names
from components.rights import vaulted
from components.settings import Settings
from sandbox import account, ports
from sandbox.clouds import AWS, HUB

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def client(desired: Settings, session: boto3.Session | None = None) -> SecretsManagerClient:
    """The local Secrets Manager, in a session of some principal, or of the account's root."""
    session = session or account.root(desired.account)
    return session.client("secretsmanager", region_name=desired.region, endpoint_url=ports.url(AWS))


def free_names(desired: Settings) -> list[str]:
    """Delete for good what waits to be deleted and is wanted again, so that its name is free.

    On AWS an operator restores such a secret and imports it; here its value was made up anyway.

    Returns:
        The names that were freed.
    """
    secrets, names = client(desired), Names.of(desired)
    freed = []
    for name in (names.secret(token) for token in vaulted(desired.tokens)):
        try:
            if "DeletedDate" in secrets.describe_secret(SecretId=name):
                secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
                freed.append(name)
        except secrets.exceptions.ResourceNotFoundException:
            continue
    return freed


def fill(outputs: Mapping[str, Any], desired: Settings) -> bool:
    """Give a value to every vault secret that waits to be sealed.

    Args:
        outputs: the stack's outputs; `sealed_secrets` says which ones wait.
        desired: the stack's settings.

    Returns:
        Whether anything was put.
    """
    if not {"pending", "stale"} & set((outputs.get("sealed_secrets") or {}).values()):
        return False
    names = Names.of(desired)
    secrets = client(desired, account.operator(desired))
    sealed = {
        token
        for repository in desired.github.repositories
        for place in repository.environments
        for token in place.secrets.values()
    }
    wanted = [token for token in desired.tokens if token.name in sealed]
    empty = [token for token in wanted if not _has_value(secrets, names.secret(token))]
    for token in empty:
        secrets.put_secret_value(SecretId=names.secret(token), SecretString=_mint(token.owner))
    return bool(empty)


def _has_value(secrets: SecretsManagerClient, name: str) -> bool:
    return "AWSCURRENT" in {
        stage
        for stages in secrets.describe_secret(SecretId=name).get("VersionIdsToStages", {}).values()
        for stage in stages
    }


def _mint(owner: str) -> str:
    with httpx.Client(trust_env=False, timeout=10) as hub:
        answer = hub.post(f"{ports.url(HUB)}/_sandbox/tokens", json={"user": owner, "role": "write"})
        return str(answer.raise_for_status().json()["token"])
