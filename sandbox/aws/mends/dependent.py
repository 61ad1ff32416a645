"""What else a caller must be allowed, so that a call succeeds: its dependent actions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import secretsmanager

from sandbox.aws.mends.expect import expect_function
from sandbox.aws.mends.keys import key_finder

_PRIVATE: Final = "hubguard:dependent-actions"


@dataclass(frozen=True)
class Dependent:
    """One more action of a call.

    Attributes:
        action: the IAM action, such as `iam:PassRole`.
        resource: its ARN.
        keys: its condition keys.
        message: what AWS says when it is denied; empty for the ordinary words.
    """

    action: str
    resource: str
    keys: dict[str, Any] = field(default_factory=dict)
    message: str = ""


_denied: ContextVar[Dependent | None] = ContextVar("hubguard_denied_dependent_action", default=None)


def dependent_actions_are_checked() -> None:
    """Check the actions that a call depends on (Service Authorization Reference), as the same caller.

    AWS: who hands a role to a service needs iam:PassRole on it; who reads or puts a secret's value needs
    the secret's key, through Secrets Manager; an alias needs the right on its key as well; who makes a key
    with tags needs kms:TagResource on a key that has none.
    MiniStack: checks the call's own action alone.
    """
    context = expect_function(iam_actions, "request_tag_context", "service", "iam_action", "body", "params")
    enforce = expect_function(
        iam_evaluator,
        "enforce",
        *("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"),
    )
    refuse = expect_function(
        iam_actions,
        "access_denied_response",
        *("service", "action", "principal_arn", "request_id", "error_code", "message", "headers"),
        *("resource_arn", "explicit_deny", "resource_policy_arn"),
    )
    expect_function(secretsmanager, "_resolve", "secret_id", "use_arn_scope")

    def with_dependents(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = context(service, iam_action, body, params)
        dependents = _DEPENDENTS.get(iam_action)
        return found | {_PRIVATE: list(dependents(_document(body)))} if dependents else found

    def enforce_all(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        keys = dict(service_context or {})
        dependents: list[Dependent] = keys.pop(_PRIVATE, [])
        _denied.set(None)
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, keys)
        if denied:
            return denied
        for one in dependents:
            denied = enforce(
                access_key_id, one.action, one.action.partition(":")[0], region, one.resource, one.keys
            )
            if denied:
                _denied.set(one)
                return denied
        return None

    def refuse_by_name(service: str, action: str, *arguments: Any, **named: Any) -> Any:
        one = _denied.get()
        if one is None:
            return refuse(service, action, *arguments, **named)
        return refuse(
            service, one.action, *arguments, **named | {"resource_arn": one.resource, "message": one.message}
        )

    iam_actions.request_tag_context = with_dependents
    iam_evaluator.enforce = enforce_all
    iam_actions.access_denied_response = refuse_by_name


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _trail(call: dict[str, Any]) -> Iterator[Dependent]:
    if role := call.get("CloudWatchLogsRoleArn"):
        yield _passing(role, "cloudtrail.amazonaws.com")


def _rule(call: dict[str, Any]) -> Iterator[Dependent]:
    roles = [call.get("RoleArn"), *(target.get("RoleArn") for target in call.get("Targets") or [])]
    yield from (_passing(role, "events.amazonaws.com") for role in roles if role)


def _passing(role: str, service: str) -> Dependent:
    return Dependent("iam:PassRole", role, {"iam:PassedToService": service})


def _read(call: dict[str, Any]) -> Iterator[Dependent]:
    yield from _value(call, "kms:Decrypt")


def _put(call: dict[str, Any]) -> Iterator[Dependent]:
    if "SecretString" in call or "SecretBinary" in call:
        yield from _value(call, "kms:GenerateDataKey", "kms:Decrypt")


def _value(call: dict[str, Any], *actions: str) -> Iterator[Dependent]:
    """The use of the key of a secret; the account's default key, which everybody may use, is none of ours."""
    _, secret = secretsmanager._resolve(call.get("SecretId") or call.get("Name") or "")  # noqa: SLF001  no public way
    key = _key(call.get("KmsKeyId") or (secret or {}).get("KmsKeyId"))
    keys = {
        "kms:ViaService": f"secretsmanager.{get_region()}.amazonaws.com",
        "kms:CallerAccount": get_account_id(),
    }
    if key:
        yield from (Dependent(action, key, keys, "Access to KMS is not allowed") for action in actions)


def _new_key(call: dict[str, Any]) -> Iterator[Dependent]:
    tags = {tag["TagKey"]: tag["TagValue"] for tag in call.get("Tags") or []}
    if tags:
        yet = f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{uuid.uuid4()}"
        requested = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
        yield Dependent("kms:TagResource", yet, {**requested, "aws:TagKeys": list(tags)})


def _new_alias(call: dict[str, Any]) -> Iterator[Dependent]:
    yield from _of_keys("kms:CreateAlias", call.get("TargetKeyId"))


def _moved_alias(call: dict[str, Any]) -> Iterator[Dependent]:
    yield from _of_keys("kms:UpdateAlias", call.get("AliasName"), call.get("TargetKeyId"))


def _old_alias(call: dict[str, Any]) -> Iterator[Dependent]:
    yield from _of_keys("kms:DeleteAlias", call.get("AliasName"))


def _of_keys(action: str, *names: str | None) -> Iterator[Dependent]:
    yield from (Dependent(action, key) for key in map(_key, names) if key)


def _key(name: str | None) -> str | None:
    return key_finder()(name) if name else None


_DEPENDENTS: Final[dict[str, Callable[[dict[str, Any]], Iterator[Dependent]]]] = {
    "cloudtrail:CreateTrail": _trail,
    "cloudtrail:UpdateTrail": _trail,
    "events:PutRule": _rule,
    "events:PutTargets": _rule,
    "kms:CreateAlias": _new_alias,
    "kms:CreateKey": _new_key,
    "kms:DeleteAlias": _old_alias,
    "kms:UpdateAlias": _moved_alias,
    "secretsmanager:CreateSecret": _put,
    "secretsmanager:GetSecretValue": _read,
    "secretsmanager:PutSecretValue": _put,
    "secretsmanager:UpdateSecret": _put,
}
