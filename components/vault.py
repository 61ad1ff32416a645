"""TokenVault: one key, and one Secrets Manager secret per token that is not local.

Only the containers: no value and no version is ever declared here (design rule 1).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.names import Names
from components.settings import Access, Token
from hubguard import standards


class TokenVault(pulumi.ComponentResource):
    """Secrets that their named readers can read and nobody else.

    Serves checklist items 2.2.4, 6.1.1 and 6.1.5.

    Attributes:
        secrets: the secret of each token, by the token's name.
    """

    secrets: dict[str, aws.secretsmanager.Secret]

    def __init__(
        self,
        name: str,
        *,
        tokens: Sequence[Token],
        access: Access,
        names: Names,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:vault:TokenVault", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        key = aws.kms.Key(
            "tokens",
            description="Hugging Face tokens at rest",
            enable_key_rotation=True,
            deletion_window_in_days=standards.SECRET_RECOVERY_DAYS,
            policy=json.dumps(key_policy(names)),
            opts=inside,
        )
        self.secrets = {}
        for token in tokens:
            if token.environment == "local":
                continue  # it lives in a developer's .env file
            secret = aws.secretsmanager.Secret(
                token.name,
                name=names.secret(token.name),
                description=f"Hugging Face token, {token.environment}, {token.role}",
                kms_key_id=key.arn,
                recovery_window_in_days=standards.SECRET_RECOVERY_DAYS,
                tags={
                    "hubguard:environment": token.environment,
                    "hubguard:owner": token.owner,
                    "hubguard:role": token.role,
                    "hubguard:rotation-days": str(token.rotation_days),
                },
                opts=inside,
            )
            aws.secretsmanager.SecretPolicy(
                token.name,
                secret_arn=secret.arn,
                policy=json.dumps(secret_policy(readers(token, access, names))),
                block_public_policy=True,
                opts=inside,
            )
            self.secrets[token.name] = secret
        self.register_outputs({"secrets": {n: s.name for n, s in self.secrets.items()}})


def readers(token: Token, access: Access, names: Names) -> list[str]:
    """Exact ARNs of the principals that may read a token's value.

    The CI token is read by the deployer alone, which seals it for GitHub.
    """
    if token.environment == "production":
        return [names.role_arn("production", "reader")]
    return [access.deployer] if token.environment == "ci" else []


def secret_policy(named: Sequence[str]) -> dict[str, Any]:
    """A resource policy that denies reading to everybody but the named, and any call without TLS.

    Args:
        named: principals that may read; an empty list means nobody.
    """
    but_named = {"ArnNotEquals": {"aws:PrincipalArn": list(named)}} if named else {}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyNamedReaders",
                "Effect": "Deny",
                "Principal": "*",
                "Action": ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
                "Resource": "*",
                **({"Condition": but_named} if but_named else {}),
            },
            {
                "Sid": "OnlyEncryptedTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "secretsmanager:*",
                "Resource": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def key_policy(names: Names) -> dict[str, Any]:
    """The account administers the key; it is used through Secrets Manager alone."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "AccountAdministers",
                "Effect": "Allow",
                "Principal": {"AWS": names.account_root},
                "Action": _ADMINISTRATION,
                "Resource": "*",
            },
            {
                "Sid": "UseThroughSecretsManager",
                "Effect": "Allow",
                "Principal": {"AWS": names.account_root},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "kms:ViaService": f"secretsmanager.{names.region}.amazonaws.com",
                        "kms:CallerAccount": names.account,
                    }
                },
            },
        ],
    }


# All that keeps a key usable and mendable, and nothing that uses it.
_ADMINISTRATION = [
    "kms:CancelKeyDeletion",
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
    "kms:UpdateKeyDescription",
]
