"""The local vault, as its operator reaches it: puts a token into each CI secret that waits for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
import httpx

from components.names import Names
from components.settings import Settings
from sandbox import ports
from sandbox.clouds import HUB

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


def client(region: str, environment: Mapping[str, str]) -> SecretsManagerClient:
    """A Secrets Manager client for the local AWS.

    Args:
        region: the vault's region.
        environment: the engine's environment, with address and account.
    """
    return boto3.client(
        "secretsmanager",
        region_name=region,
        endpoint_url=environment["AWS_ENDPOINT_URL"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


def fill(outputs: Mapping[str, Any], desired: Settings, environment: Mapping[str, str]) -> bool:
    """Give a value to every vault secret that waits to be sealed.

    Args:
        outputs: the stack's outputs; `sealed_secrets` says which ones wait.
        desired: the stack's settings.
        environment: the engine's environment.

    Returns:
        Whether anything was put.
    """
    if "pending" not in (outputs.get("sealed_secrets") or {}).values():
        return False
    names = Names.of(desired)
    secrets = client(desired.region, environment)
    wanted = {
        token
        for repository in desired.github.repositories
        for place in repository.environments
        for token in place.secrets.values()
    }
    empty = [t for t in sorted(wanted) if not _has_value(secrets, names.secret(t))]
    for token in empty:
        owner = next(t.owner for t in desired.tokens if t.name == token)
        secrets.put_secret_value(SecretId=names.secret(token), SecretString=_mint(owner))
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
