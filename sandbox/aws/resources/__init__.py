"""The operations table: which AWS types the stand-in manages, and how.

A module per service, named as in the type's token, holds `TABLE`. A new type is one entry there and
its facts in `facts.yaml`.
"""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING

from hubguard.errors import SandboxError

if TYPE_CHECKING:
    from sandbox.aws.resources.base import Resource

SERVICES = (
    "athena",
    "cloudtrail",
    "cloudwatch",
    "glue",
    "iam",
    "kms",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
)


def resource(token: str) -> Resource:
    """The entry of a type.

    Args:
        token: such as `aws:kms/key:Key`.

    Raises:
        SandboxError: there is none.
    """
    found = re.match(r"aws:(\w+)/", token)
    table = _table(found[1]) if found is not None and found[1] in SERVICES else {}
    if token not in table:
        raise SandboxError(
            f"the sandbox's AWS plugin has no type {token} yet",
            next_step="add an entry to sandbox/aws/resources, or preview with the official plugin",
        )
    return table[token]


def implemented() -> frozenset[str]:
    """The tokens of every type in the table."""
    return frozenset(token for service in SERVICES for token in _table(service))


@cache
def _table(service: str) -> dict[str, Resource]:
    module = importlib.import_module(f"sandbox.aws.resources.{service}")
    return {entry.token: entry for entry in module.TABLE}
