"""A secret that was created without a value."""

from __future__ import annotations

import json
from typing import Any

from ministack.core.responses import json_response
from ministack.services import secretsmanager

from sandbox.aws.mends.expect import expect_function, unexpected

_OK = 200
_VALUES = ("SecretString", "SecretBinary")


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
