"""Puts a token of the local Hub into each empty CI secret, as an operator does with a real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import boto3
import httpx

from components import settings
from components.names import Names
from sandbox import environment, paths, ports
from sandbox.clouds import HUB


def fill(outputs: Mapping[str, Any]) -> bool:
    """Give a value to every vault secret that waits to be sealed.

    Args:
        outputs: the stack's outputs; `sealed_secrets` says which ones wait.

    Returns:
        Whether anything was put.
    """
    if "pending" not in (outputs.get("sealed_secrets") or {}).values():
        return False
    desired = settings.from_file(paths.CHECKOUT / "Pulumi.sandbox.yaml")
    names = Names.of(desired)
    variables = environment.of()
    secrets = boto3.client(
        "secretsmanager",
        region_name=desired.region,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
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


def _has_value(secrets: Any, name: str) -> bool:
    return "AWSCURRENT" in {
        stage
        for stages in secrets.describe_secret(SecretId=name).get("VersionIdsToStages", {}).values()
        for stage in stages
    }


def _mint(owner: str) -> str:
    with httpx.Client(trust_env=False, timeout=10) as client:
        answer = client.post(f"{ports.url(HUB)}/_sandbox/tokens", json={"user": owner, "role": "write"})
        return str(answer.raise_for_status().json()["token"])
