"""A secret that was created without a value, and how soon one may be deleted."""

from __future__ import annotations

import json
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import json_response
from ministack.services import secretsmanager

from sandbox.aws.mends.expect import expect_function, unexpected

_OK = 200
_VALUES = ("SecretString", "SecretBinary")
_OF_A_DELETION = ("ForceDeleteWithoutRecovery", "RecoveryWindowInDays")


def secret_without_a_value_has_no_version() -> None:
    """Create the container only, when no value is given.

    AWS: such a secret has no version; GetSecretValue answers ResourceNotFoundException until a value
    is put. MiniStack: it makes an empty version labelled AWSCURRENT, so reading succeeds without a
    value.
    """
    create = expect_function(secretsmanager, "_create_secret", "data")
    if not hasattr(secretsmanager, "_secrets"):
        raise unexpected("it keeps its secrets elsewhere")

    def create_container(data: dict[str, Any]) -> Any:
        answer = create(data)
        if answer[0] != _OK or any(data.get(name) is not None for name in _VALUES):
            return answer
        secretsmanager._secrets[data["Name"]]["Versions"].clear()  # noqa: SLF001  the only way in
        body = json.loads(answer[2])
        return json_response({"ARN": body["ARN"], "Name": body["Name"]})

    secretsmanager._create_secret = create_container  # noqa: SLF001  that is the mend


def deletion_is_a_condition() -> None:
    """Tell conditions whether a secret is deleted at once, and after how many days it is gone.

    AWS: both parameters of DeleteSecret are condition keys, absent where the request names none.
    MiniStack: it does not know the keys, so no Deny that asks for them applies.
    """
    ask = expect_function(iam_actions, "request_tag_context", "service", "iam_action", "body", "params")

    def context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = ask(service, iam_action, body, params)
        return found | _of_a_deletion(body) if iam_action == "secretsmanager:DeleteSecret" else found

    iam_actions.request_tag_context = context


def _of_a_deletion(body: bytes) -> dict[str, str]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        return {}
    given = {name: asked[name] for name in _OF_A_DELETION if asked.get(name) is not None}
    return {f"secretsmanager:{name}": str(value).lower() for name, value in given.items()}
