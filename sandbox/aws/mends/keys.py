"""Keys that are there, and those that are not."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from functools import cache
from typing import Any

from ministack.core import iam_evaluator

from sandbox.aws.mends.expect import expect_function


def missing_key_is_not_found() -> None:
    """Let a call on a key that is not there be answered by KMS itself.

    AWS: every decision on a key needs its policy, so KMS looks for the key first, and answers
    NotFoundException. MiniStack: a right that depends on the key's tags is denied, as if it were there.
    """
    enforce = expect_function(
        iam_evaluator,
        "enforce",
        *("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"),
    )
    find = key_finder()

    def enforce_on_what_is_there(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        denied = enforce(access_key_id, iam_action, service, region, resource_arn, service_context)
        by_policy = isinstance(denied, iam_evaluator.EvalResult)
        if by_policy and service == "kms" and ":key/" in resource_arn and find(resource_arn) is None:
            return None
        return denied

    iam_evaluator.enforce = enforce_on_what_is_there


@cache
def key_finder() -> Callable[[str], str | None]:
    """What tells the ARN of a key by its id, ARN or alias; None where there is no such key.

    Raises:
        SandboxError: MiniStack looks for its keys in another way.
    """
    log = logging.getLogger("kms")
    level = log.level
    log.setLevel(logging.ERROR)  # it warns while it is imported: about signatures, which nobody here asks for
    kms = importlib.import_module("ministack.services.kms")
    log.setLevel(level)
    resolve = expect_function(kms, "_resolve_key", "key_id_or_arn")

    def find(name: str) -> str | None:
        key = resolve(name)
        return str(key["Arn"]) if key else None

    return find
