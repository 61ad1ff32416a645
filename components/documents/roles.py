"""What each role's own policy allows: the exact secrets of the access matrix, and what its work needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from components import rights
from components.documents import configuration
from components.documents.statements import Statement, allow, deny, document
from components.names import Names, Role
from components.rights import Right
from components.settings import State, Token


def permissions(role: Role, tokens: Sequence[Token], names: Names, state: State | None) -> dict[str, Any]:
    """A role's inline policy.

    Args:
        role: any role but deploy, which belongs to the bootstrap.
        tokens: the inventory.
        names: the stack's names.
        state: where the stack's state lies, when that is S3.
    """
    statements = [*_on_secrets(role, tokens, names), *_keys(role, tokens, names)]
    if role in ("drift", "preview"):
        statements += configuration.reading(names)
        statements += configuration.state(state, write=False) if state else []
    if role == "auditor":
        statements += configuration.reading(names) + _asking(names)
    if role in ("drift", "operator", "incident-responder", "auditor"):
        # AWS knows this on all resources only; it shows names and dates.
        statements.append(allow("ListSecrets", ["secretsmanager:ListSecrets"], "*"))
    if role in ("preview", "operator", "auditor"):
        statements.append(
            deny("NeverAValue", ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"], "*")
        )
    return document(*statements)


def _on_secrets(role: Role, tokens: Sequence[Token], names: Names) -> list[Statement]:
    """One statement for the rights that reach the same secrets: AWS limits the length of a policy."""
    rights_on: dict[tuple[str, ...], list[Right]] = {}
    for right in rights.ACTIONS:
        reached = rights.secrets_of(role, right, tokens)
        arns = tuple(sorted(arn for token in reached for arn in names.secret_arns(token)))
        if arns:
            rights_on.setdefault(arns, []).append(right)
    return [
        allow(
            "".join(right.capitalize() for right in held),
            [action for right in held for action in rights.ACTIONS[right]],
            arns,
        )
        for arns, held in rights_on.items()
    ]


def _keys(role: Role, tokens: Sequence[Token], names: Names) -> list[Statement]:
    reads = bool(rights.secrets_of(role, "read", tokens))
    writes = bool(rights.secrets_of(role, "write", tokens))
    # Encrypt is for the replicas: their data key is sealed again in each region.
    actions = ["kms:Decrypt"] * (reads or writes) + ["kms:Encrypt", "kms:GenerateDataKey"] * writes
    if not actions:
        return []
    return [through_secrets_manager("UseKeysThroughSecretsManager", actions, names)]


def through_secrets_manager(
    sid: str, actions: Sequence[str], names: Names, regions: Sequence[str] | None = None
) -> Statement:
    """Use of the account's keys through Secrets Manager; which keys, their own policies say.

    Args:
        sid: what it is for.
        actions: uses of a key.
        names: the stack's names.
        regions: where; without them in all regions of the vault.
    """
    there = names.vault_regions if regions is None else regions
    return allow(
        sid,
        actions,
        [names.keys_arn(region) for region in there],
        condition={
            "StringEquals": {"kms:ViaService": [f"secretsmanager.{region}.amazonaws.com" for region in there]}
        },
    )


def _asking(names: Names) -> list[Statement]:
    """The auditor's questions: through Athena, in the log group, and in the trail's recent events."""
    log_bucket, answers = (f"arn:aws:s3:::{name}" for name in (names.log_bucket, names.answers_bucket))
    return [
        allow("RecentEvents", ["cloudtrail:LookupEvents"], "*"),
        allow("Ask", ASKING, [configuration.workgroup(names)]),
        allow("Partitions", ["glue:GetPartitions"], configuration.catalog(names)),
        allow(
            "Logs",
            ["s3:GetObject"],
            [f"{log_bucket}/*", f"arn:aws:s3:::{names.access_log_bucket}/*", f"{answers}/*"],
        ),
        allow("Answers", ["s3:AbortMultipartUpload", "s3:PutObject"], [f"{answers}/*"]),
        allow(
            "LogGroup",
            LOG_READING,
            [names.log_group_arn, f"{names.log_group_arn}:*"],
        ),
        allow(
            "KeyOfTheLogs",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [names.keys_arn()],
            condition={
                "StringEquals": {
                    "kms:ViaService": [
                        f"{service}.{names.region}.amazonaws.com" for service in ("s3", "logs")
                    ]
                }
            },
        ),
    ]


ASKING: Final = (
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)
"""Asking Athena."""

LOG_READING: Final = (
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetQueryResults",
    "logs:StartQuery",
)
"""Reading a log group."""
