"""TokenVault: one key for each environment, and one Secrets Manager secret per token that is not local.

Only the containers: no value and no version is ever declared here (design rule 1).
"""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components import rights
from components.documents.statements import text
from components.documents.vault import key_policy, secret_policy
from components.names import Names
from components.rights import Right
from components.settings import Environment, Token
from hubguard import standards


class TokenVault(pulumi.ComponentResource):
    """Secrets that their named readers can read, their named writers can write, and nobody else.

    Serves checklist items 2.2.4, 6.1.1 and 6.1.5.

    Attributes:
        secrets: the secret of each token, by the token's name.
        policies: the secret's policy, likewise; a value may be read once it is there.
    """

    secrets: dict[str, aws.secretsmanager.Secret]
    policies: dict[str, aws.secretsmanager.SecretPolicy]

    def __init__(
        self,
        name: str,
        *,
        tokens: Sequence[Token],
        names: Names,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:vault:TokenVault", name, None, opts)
        self._names = names
        self._kept = pulumi.ResourceOptions(parent=self, protect=protect)
        kept = rights.vaulted(tokens)
        keys = {
            (environment, region): self._key(environment, region, kept)
            for environment in dict.fromkeys(token.environment for token in kept)
            for region in names.vault_regions
        }
        self.secrets = {token.name: self._secret(token, keys) for token in kept}
        self.policies = {token.name: self._policy(token) for token in kept}
        self.register_outputs({"secrets": {n: s.name for n, s in self.secrets.items()}})

    def _key(self, environment: Environment, region: str, tokens: Sequence[Token]) -> aws.kms.Key:
        names = self._names
        own = [token for token in tokens if token.environment == environment]
        elsewhere = f"-{region}" if region != names.region else ""
        key = aws.kms.Key(
            f"{environment}{elsewhere}",
            description=f"Tokens of the environment {environment}, at rest",
            enable_key_rotation=True,
            deletion_window_in_days=standards.SECRET_RECOVERY_DAYS,
            policy=text(
                key_policy(names, region, self._arns("read", *own), self._arns("write", *own)),
            ),
            region=region,
            tags={"hubguard:environment": environment, "hubguard:organization": names.organization},
            opts=self._kept,
        )
        aws.kms.Alias(
            f"{environment}{elsewhere}",
            name=f"alias/hubguard/{names.organization}/{environment}",
            target_key_id=key.key_id,
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _secret(
        self, token: Token, keys: dict[tuple[Environment, str], aws.kms.Key]
    ) -> aws.secretsmanager.Secret:
        names = self._names
        return aws.secretsmanager.Secret(
            token.name,
            name=names.secret(token),
            description=f"{token.name}, a token of {names.organization}",
            kms_key_id=keys[token.environment, names.region].arn,
            recovery_window_in_days=standards.SECRET_RECOVERY_DAYS,
            replicas=[
                {"region": region, "kms_key_id": keys[token.environment, region].arn}
                for region in names.replica_regions
            ],
            tags={
                "hubguard:environment": token.environment,
                "hubguard:organization": names.organization,
                "hubguard:owner": token.owner,
                "hubguard:purpose": " ".join(token.consumers) or token.environment,
                "hubguard:role": token.role,
                "hubguard:rotation-days": str(token.rotation_days),
            },
            opts=self._kept,
        )

    def _policy(self, token: Token) -> aws.secretsmanager.SecretPolicy:
        return aws.secretsmanager.SecretPolicy(
            token.name,
            secret_arn=self.secrets[token.name].arn,
            policy=text(secret_policy(self._arns("read", token), self._arns("write", token))),
            block_public_policy=True,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _arns(self, right: Right, *tokens: Token) -> list[str]:
        holders = {role for token in tokens for role in rights.holders(right, token)}
        return sorted(self._names.role_arn(role) for role in holders)
