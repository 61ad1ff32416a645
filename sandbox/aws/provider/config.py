"""The provider's configuration: what is taken, what is refused, and what becomes of it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hubguard.errors import SandboxError
from sandbox.aws.provider.sdk import provider_inputs
from sandbox.aws.provider.validate import Failure, validate
from sandbox.aws.provider.wire import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.aws.provider.connection import Connection
    from sandbox.aws.provider.wire import Props

_SESSION = {
    "accessKey": "aws_access_key_id",
    "secretKey": "aws_secret_access_key",
    "token": "aws_session_token",
    "profile": "profile_name",
}
# They say how to reach or check the real AWS, and mean nothing on loopback.
_WITHOUT_EFFECT = frozenset(
    {
        "insecure",
        "maxRetries",
        "retryMode",
        "s3UsePathStyle",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
        "stsRegion",
        "tokenBucketRateLimiterCapacity",
        "userAgents",
    }
)
_TAKEN = _WITHOUT_EFFECT | {
    *_SESSION,
    "allowedAccountIds",
    "assumeRoles",
    "defaultTags",
    "endpoints",
    "forbiddenAccountIds",
    "region",
}
# The engine's own entries of a provider's inputs.
_ENGINE = ("version", "pluginDownloadURL", "__internal", "__defaults")
# The SDK's names of services where boto3 has others.
_SERVICES = {"cloudwatchlogs": "logs", "eventbridge": "events", "cloudwatchevents": "events"}
_ROLE = {"roleArn": "RoleArn", "externalId": "ExternalId", "policy": "Policy"}


@dataclass(frozen=True)
class Settings:
    """What the provider was configured with.

    Attributes:
        region: the provider's region.
        default_tags: tags for every resource that takes tags.
        endpoints: base addresses by boto3's service names; the environment's otherwise.
        credentials: arguments of a boto3 session; the environment's otherwise.
        roles: AssumeRole requests, one after the other.
        allowed: account ids one of which the caller must be in; empty for any.
        forbidden: account ids that the caller must not be in.
    """

    region: str
    default_tags: dict[str, str] = field(default_factory=dict)
    endpoints: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, Any] = field(default_factory=dict)
    roles: tuple[dict[str, Any], ...] = ()
    allowed: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()


def check_config(news: Props) -> tuple[Props, list[Failure]]:
    """Check the configuration's names and types.

    Args:
        news: the configuration; values that are not text may come as JSON text.

    Returns:
        The configuration as it came, and what is wrong with it.
    """
    failures: list[Failure] = []
    parsed = validate(_parsed(news), provider_inputs(), "the AWS provider", failures)
    failures += [
        Failure(name, "the sandbox's AWS plugin does not have this part of the configuration")
        for name in sorted(parsed.keys() - _TAKEN)
        if parsed[name] not in (None, "", [], {})
    ]
    if not (parsed.get("region") or environment_region()):
        failures.append(Failure("region", "set aws:region, or AWS_REGION in the environment"))
    return news, failures


def settings_from(config: Props) -> Settings:
    """The settings of a checked configuration.

    Raises:
        SandboxError: a part of the configuration is wrong.
    """
    _, failures = check_config(config)
    if failures:
        first = failures[0]
        raise SandboxError(
            f"the AWS provider's configuration is wrong: {first.property}: {first.reason}",
            next_step="mend the aws: keys in the stack's configuration",
        )
    parsed = validate(_parsed(config), provider_inputs(), "the AWS provider", [])
    return Settings(
        region=parsed.get("region") or environment_region(),
        default_tags=_tags((parsed.get("defaultTags") or {}).get("tags")),
        endpoints=_endpoints(parsed.get("endpoints") or []),
        credentials={argument: parsed[name] for name, argument in _SESSION.items() if parsed.get(name)},
        roles=tuple(_role(role) for role in parsed.get("assumeRoles") or []),
        allowed=tuple(parsed.get("allowedAccountIds") or ()),
        forbidden=tuple(parsed.get("forbiddenAccountIds") or ()),
    )


def refuse_account(connection: Connection) -> None:
    """Stop where the caller is in an account that the configuration does not allow.

    Raises:
        SandboxError: names the account and the setting.
    """
    settings, account = connection.settings, connection.account
    if settings.allowed and account not in settings.allowed:
        raise SandboxError(
            f"AWS account {account} is not in aws:allowedAccountIds",
            next_step="use credentials of an allowed account",
        )
    if account in settings.forbidden:
        raise SandboxError(
            f"AWS account {account} is in aws:forbiddenAccountIds",
            next_step="use credentials of another account",
        )


def environment_region() -> str:
    """The region that the environment names, as boto3 would find it there; empty without one."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""


def _parsed(config: Mapping[str, Any]) -> Props:
    """The configuration with JSON text opened where the SDK wants something else than text."""
    fields = provider_inputs().fields
    result = {}
    for name, value in config.items():
        if name in _ENGINE or value is UNKNOWN:
            continue
        kind = fields[name].shape.kind if name in fields else "string"
        result[name] = value
        if isinstance(value, str) and kind in ("list", "map", "object"):
            try:
                result[name] = json.loads(value) if value else None
            except ValueError:
                continue  # stays text, and the check names it
    return result


def _tags(tags: Mapping[str, Any] | None) -> dict[str, str]:
    return {key: value for key, value in (tags or {}).items() if value is not UNKNOWN}


def _endpoints(given: list[Mapping[str, str]]) -> dict[str, str]:
    return {_SERVICES.get(service, service): url for entry in given for service, url in entry.items() if url}


def _role(role: Mapping[str, Any]) -> dict[str, Any]:
    request = {argument: role[name] for name, argument in _ROLE.items() if role.get(name)}
    return {**request, "RoleSessionName": role.get("sessionName") or "pulumi"}
