"""The words of a policy document."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Statement = dict[str, Any]
Condition = Mapping[str, Mapping[str, Any]]


def allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] | str,
    *,
    principal: Any = None,
    condition: Condition | None = None,
) -> Statement:
    """A statement that allows.

    Args:
        sid: what it is for, letters and digits.
        actions: exact actions.
        resources: exact ARNs, or patterns where names are not known.
        principal: whom a resource's policy lets in; absent in identity policies.
        condition: operators to keys to values.
    """
    return _statement("Allow", sid, actions, resources, principal, condition)


def deny(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] | str,
    *,
    principal: Any = None,
    condition: Condition | None = None,
) -> Statement:
    """A statement that denies, whatever else allows; its parts are those of `allow`."""
    return _statement("Deny", sid, actions, resources, principal, condition)


def document(*statements: Statement) -> dict[str, Any]:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def text(policy: Mapping[str, Any]) -> str:
    """The document as AWS takes it, without a space: its length is limited."""
    return json.dumps(policy, separators=(",", ":"))


def only_tls(service: str, resources: Sequence[str] | str = "*") -> Statement:
    """Deny whatever comes without TLS (checklist 6.1.5).

    Args:
        service: prefix of the service's actions, such as `s3`.
        resources: what the policy is attached to.
    """
    return deny(
        "OnlyEncryptedTransport",
        [f"{service}:*"],
        resources,
        principal="*",
        condition={"Bool": {"aws:SecureTransport": "false"}},
    )


def _statement(
    effect: str,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str] | str,
    principal: Any,
    condition: Condition | None,
) -> Statement:
    return {
        "Sid": sid,
        "Effect": effect,
        **({"Principal": principal} if principal else {}),
        "Action": list(actions),
        "Resource": resources if isinstance(resources, str) else list(resources),
        **({"Condition": {k: dict(v) for k, v in condition.items()}} if condition else {}),
    }
