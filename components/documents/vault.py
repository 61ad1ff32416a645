"""What guards the vault: the policy of each secret, and of each environment's key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from components.documents.statements import Statement, allow, deny, document, only_tls
from components.names import Names
from hubguard import standards

_READING: Final = ("secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue")
_WRITING: Final = ("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage")


def secret_policy(readers: Sequence[str], writers: Sequence[str]) -> dict[str, Any]:
    """Denies a value to everybody but the named readers, and putting one to all but the named writers.

    UpdateSecret is denied to everybody: it puts a value too, and a description or key that it changed could
    not be mended by deploy. Deleting takes its days. Nothing else is denied: whoever manages the secret can
    mend a wrong policy.

    Args:
        readers: exact ARNs of roles; an empty list means nobody.
        writers: likewise.
    """
    return document(
        deny("OnlyNamedReaders", _READING, "*", principal="*", condition=_all_but(readers)),
        deny("OnlyNamedWriters", _WRITING, "*", principal="*", condition=_all_but(writers)),
        deny("NobodyUpdates", ["secretsmanager:UpdateSecret"], "*", principal="*"),
        *never_at_once(principal="*"),
        only_tls("secretsmanager"),
    )


def never_at_once(*, principal: str | None = None) -> list[Statement]:
    """Denials of deleting a secret without the full window in which it can be restored.

    A request that names no window gets AWS's own, which is the full one.
    """
    delete = ["secretsmanager:DeleteSecret"]
    return [
        deny(
            "NeverAtOnce",
            delete,
            "*",
            principal=principal,
            condition={"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
        ),
        deny(
            "NeverTooSoon",
            delete,
            "*",
            principal=principal,
            condition={
                "NumericLessThan": {
                    "secretsmanager:RecoveryWindowInDays": str(standards.SECRET_RECOVERY_DAYS)
                }
            },
        ),
    ]


def _all_but(named: Sequence[str]) -> dict[str, dict[str, list[str]]] | None:
    # Without anybody named there is no condition: one with an empty list would deny nobody.
    return {"ArnNotEquals": {"aws:PrincipalArn": sorted(named)}} if named else None


def key_policy(names: Names, region: str, readers: Iterable[str], writers: Iterable[str]) -> dict[str, Any]:
    """The account administers the key; named roles use it, through Secrets Manager alone.

    In a replica's region deploy encrypts, so that it can add a replica to a secret without a value.

    The roles stand in a condition and not as principals: a role that was made anew under the same name
    stays valid, and each of them needs the right in its own policy as well.

    Args:
        names: the stack's names.
        region: the key's region.
        readers: ARNs of roles that read a value under this key.
        writers: ARNs of roles that put one.
    """

    def through_secrets_manager(roles: Iterable[str]) -> dict[str, dict[str, Any]]:
        return {
            "StringEquals": {
                "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
                "kms:CallerAccount": names.account,
            },
            "ArnEquals": {"aws:PrincipalArn": sorted(roles)},
        }

    account = {"AWS": names.account_root}
    readers, writers = list(readers), list(writers)
    statements = [allow("AccountAdministers", KEY_ADMINISTRATION, "*", principal=account)]
    if readers or writers:
        statements.append(
            allow(
                "DecryptThroughSecretsManager",
                ["kms:Decrypt"],
                "*",
                principal=account,
                # Putting a version reads the data key of the one before.
                condition=through_secrets_manager({*readers, *writers}),
            )
        )
    if writers:
        statements.append(
            allow(
                "EncryptThroughSecretsManager",
                ["kms:Encrypt", "kms:GenerateDataKey"],
                "*",
                principal=account,
                condition=through_secrets_manager(writers),
            )
        )
    if region in names.replica_regions:
        statements.append(
            allow(
                "DeploySealsReplicas",
                ["kms:Encrypt", "kms:GenerateDataKey"],
                "*",
                principal=account,
                condition=through_secrets_manager([names.role_arn("deploy")]),
            )
        )
    return document(*statements)


KEY_ADMINISTRATION: Final = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
"""All that keeps a key usable and mendable, and nothing that uses it or hands it on."""
