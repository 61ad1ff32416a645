"""`aws:PrincipalArn` of a role session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import iam_evaluator
from ministack.services import iam

from sandbox.aws.mends.expect import expect_function, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY = "aws:principalarn"


def principal_arn_of_a_session_is_its_role() -> None:
    """Give conditions on `aws:PrincipalArn` the role's ARN.

    AWS: for a role session the key holds the ARN of the role, path included
    (`arn:aws:iam::123456789012:role/hubguard/reader`), in identity, resource, trust and key policies.
    MiniStack: it holds the session's ARN (`arn:aws:sts::...:assumed-role/reader/session`), so a Deny
    that spares the named roles hits them too.
    """
    resolve = expect_function(iam_evaluator, "_resolve_condition_key", "key", "ctx")
    expect_function(iam_evaluator, "_conditions_met", "conditions", "ctx")
    if not hasattr(iam, "_roles"):
        raise unexpected("it keeps its roles elsewhere")

    def resolved(key: str, ctx: Any) -> Any:
        value = resolve(key, ctx)
        return role_arn(value) if key.lower() == _KEY and isinstance(value, str) else value

    iam_evaluator._resolve_condition_key = resolved  # noqa: SLF001  that is the mend
    _prove(iam_evaluator._conditions_met)  # noqa: SLF001


def role_arn(principal: str) -> str:
    """The role's ARN for the ARN of a role session; any other ARN as it is."""
    parts = principal.split(":", 5)
    if len(parts) != 6 or parts[2] != "sts" or not parts[5].startswith("assumed-role/"):  # noqa: PLR2004  fields of an ARN
        return principal
    name = parts[5].split("/")[1]
    role = iam._roles.get_scoped(parts[4], None, name)  # noqa: SLF001  no public way to ask
    # A session outlives its role: AWS still knows the name, and so do we.
    return str(role["Arn"]) if role else f"arn:{parts[1]}:iam::{parts[4]}:role/{name}"


def _prove(conditions_met: Callable[[dict[str, Any], Any], bool]) -> None:
    """Ask the evaluator itself: the mend counts only if a condition now sees the role."""
    account = "000000000000"
    session = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:sts::{account}:assumed-role/probe/session",
        principal_type="AssumedRole",
        principal_account=account,
        action="sts:GetCallerIdentity",
        resource_arn="*",
        region="",
        source_ip="127.0.0.1",
        secure_transport=False,
    )
    condition = {"ArnEquals": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/probe"}}
    if not conditions_met(condition, session):
        raise unexpected("conditions do not go through its _resolve_condition_key")
