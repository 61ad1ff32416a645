"""Who called, in the words of CloudTrail's `userIdentity`."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.services import iam, sts

from sandbox.aws.mends.principal import role_arn

if TYPE_CHECKING:
    from sandbox.aws.relay.operations import Operation


def caller(access_key: str, account: str) -> dict[str, Any] | None:
    """The identity behind an access key; None when nobody is known by it.

    Args:
        access_key: the access key id that signed the call.
        account: the account it belongs to.
    """
    if not access_key:
        return None
    known = iam_evaluator.resolve_credential(access_key, account)
    if not isinstance(known, iam_evaluator.ResolvedCredential):
        return None
    identity = {
        "type": {"User": "IAMUser"}.get(known.principal_type, known.principal_type),
        "principalId": known.principal_id,
        "arn": known.principal_arn,
        "accountId": known.account_id,
        "accessKeyId": access_key,
    }
    if known.principal_type == "User":
        identity["userName"] = known.principal_name
    if known.principal_type == "AssumedRole":
        identity["sessionContext"] = _session(known, access_key)
    return identity


def _session(known: Any, access_key: str) -> dict[str, Any]:
    name = known.principal_arn.split("/")[1]
    role = iam._roles.get_scoped(known.account_id, None, name) or {}  # noqa: SLF001  no public way to ask
    issued = sts._sessions.get(access_key, {}).get("IssuedAt") or time.time()  # noqa: SLF001  likewise
    return {
        "sessionIssuer": {
            "type": "Role",
            "principalId": role.get("RoleId") or known.principal_id.partition(":")[0],
            "arn": role_arn(known.principal_arn),
            "accountId": known.account_id,
            "userName": name,
        },
        "attributes": {
            "creationDate": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(issued)),
            "mfaAuthenticated": "false",
        },
    }


def federated(operation: Operation) -> dict[str, Any] | None:
    """Who asks for a role with a token of somebody else's, which is no credential of AWS.

    The claims are read, not trusted: what they say stands in the record whether or not they convinced.
    """
    wanted = str((operation.parameters or {}).get("roleArn", ""))
    if operation.name == "AssumeRoleWithSAML":
        provider = str((operation.parameters or {}).get("principalArn", ""))
        return {"type": "SAMLUser", "principalId": provider, "identityProvider": provider}
    if operation.name != "AssumeRoleWithWebIdentity" or wanted.count(":") < 5:  # noqa: PLR2004  fields of an ARN
        return None
    claims = next((found for token in operation.withheld if (found := _claims(token))), {})
    partition, account = wanted.split(":")[1], wanted.split(":")[4]
    host = str(claims.get("iss", "")).rpartition("://")[2].rstrip("/")
    provider = f"arn:{partition}:iam::{account}:oidc-provider/{host}"
    subject = str(claims.get("sub", ""))
    return {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:{claims.get('aud', '')}:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }


def _claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  header, claims and signature
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
