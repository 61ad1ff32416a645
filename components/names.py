"""Names and ARNs, known before anything exists.

Security documents are built from these instead of from outputs, so that a preview can judge them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from components.settings import Settings, Token
from hubguard.queries import names as queries

Role = Literal[
    "production-reader",
    "training-writer",
    "ci",
    "preview",
    "drift",
    "deploy",
    "operator",
    "incident-responder",
    "auditor",
]
"""The roles, each named for what it does."""

GITHUB_TOKENS = "token.actions.githubusercontent.com"
"""The issuer of GitHub Actions' OIDC tokens."""

GLOBAL_REGION = "us-east-1"
"""Where AWS reports the events of services without a region, IAM and sign-ins among them."""


@dataclass(frozen=True)
class Names:
    """The names of one stack's AWS resources.

    Attributes:
        account: AWS account id, 12 digits.
        region: AWS region.
        organization: the Hub organization.
        replica_regions: regions that hold a replica of every secret.
    """

    account: str
    region: str
    organization: str
    replica_regions: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> Names:
        """The names that follow from a stack's settings."""
        return cls(
            settings.account,
            settings.region,
            settings.organization.name,
            tuple(settings.vault.replica_regions),
        )

    def secret(self, token: Token) -> str:
        """Name of the Secrets Manager secret that holds a token.

        The environment is part of it: a token that moves to another environment gets a new secret.
        """
        again = f"-{token.generation}" if token.generation > 1 else ""
        return f"{queries.secret_prefix(self.organization)}{token.environment}/{token.name}{again}"

    def secret_arns(self, token: Token) -> list[str]:
        """ARNs of the secret and its replicas, up to the six characters that Secrets Manager adds."""
        return [
            f"arn:aws:secretsmanager:{region}:{self.account}:secret:{self.secret(token)}-??????"
            for region in self.vault_regions
        ]

    def secrets_below(self, environment: str = "*") -> list[str]:
        """Patterns of the ARNs of all secrets, or of one environment's."""
        below = f"{environment}/*" if environment != "*" else "*"
        return [
            f"arn:aws:secretsmanager:{region}:{self.account}:secret:hubguard/{self.organization}/{below}"
            for region in self.vault_regions
        ]

    @property
    def vault_regions(self) -> tuple[str, ...]:
        """The stack's own region, then those of the replicas."""
        return (self.region, *self.replica_regions)

    @property
    def forwarding_regions(self) -> tuple[str, ...]:
        """Regions whose events are sent on to the stack's own, where the alarms are."""
        return tuple(r for r in dict.fromkeys((GLOBAL_REGION, *self.replica_regions)) if r != self.region)

    def role(self, role: Role | str) -> str:
        """Name of a role, for instance `hubguard-production-reader`."""
        return f"hubguard-{role}"

    def role_arn(self, role: Role | str) -> str:
        """ARN of that role, under the path `/hubguard/`."""
        return f"arn:aws:iam::{self.account}:role/hubguard/{self.role(role)}"

    @property
    def boundary_arn(self) -> str:
        """ARN of the permissions boundary of every role under `/hubguard/`."""
        return f"arn:aws:iam::{self.account}:policy/hubguard/hubguard-boundary"

    @property
    def policies_arn(self) -> str:
        """Pattern of the ARNs of the bootstrap's policies: the boundary, and what deploy may do."""
        return f"arn:aws:iam::{self.account}:policy/hubguard/*"

    @property
    def oidc_provider_arn(self) -> str:
        """ARN of the account's OIDC provider for GitHub Actions: there is one at most."""
        return f"arn:aws:iam::{self.account}:oidc-provider/{GITHUB_TOKENS}"

    @property
    def account_root(self) -> str:
        """The account itself as a principal."""
        return f"arn:aws:iam::{self.account}:root"

    @property
    def trail(self) -> str:
        """Name of the CloudTrail trail."""
        return f"hubguard-{self.organization}"

    @property
    def trail_arn(self) -> str:
        """ARN of the trail."""
        return f"arn:aws:cloudtrail:{self.region}:{self.account}:trail/{self.trail}"

    @property
    def log_bucket(self) -> str:
        """Name of the bucket that keeps the trail; bucket names are unique in all of AWS."""
        return queries.log_bucket(self.account, self.region)

    @property
    def access_log_bucket(self) -> str:
        """Name of the bucket that keeps who touched the log bucket."""
        return f"hubguard-access-{self.account}-{self.region}"

    @property
    def answers_bucket(self) -> str:
        """Name of the bucket that keeps the answers to the auditor's questions."""
        return f"hubguard-answers-{self.account}-{self.region}"

    @property
    def buckets(self) -> tuple[str, ...]:
        """All the stack's buckets."""
        return (self.log_bucket, self.access_log_bucket, self.answers_bucket)

    @property
    def log_group(self) -> str:
        """Name of the log group that the trail writes to."""
        return f"/hubguard/{self.organization}/trail"

    @property
    def log_group_arn(self) -> str:
        """ARN of that log group, without the `:*` of its streams."""
        return f"arn:aws:logs:{self.region}:{self.account}:log-group:{self.log_group}"

    @property
    def topic(self) -> str:
        """Name of the topic that every alarm goes to; topics have no dots."""
        return f"hubguard-{self.organization.replace('.', '_')}-alarms"

    @property
    def topic_arn(self) -> str:
        """ARN of that topic."""
        return f"arn:aws:sns:{self.region}:{self.account}:{self.topic}"

    def rule(self, what: str) -> str:
        """Name of an EventBridge rule."""
        return f"hubguard-{what}"

    def rule_arn(self, what: str, region: str | None = None) -> str:
        """ARN of that rule."""
        return f"arn:aws:events:{region or self.region}:{self.account}:rule/{self.rule(what)}"

    @property
    def event_bus_arn(self) -> str:
        """ARN of the default event bus of the stack's region."""
        return f"arn:aws:events:{self.region}:{self.account}:event-bus/default"

    def alarm(self, what: str) -> str:
        """Name of a CloudWatch alarm."""
        return f"hubguard-{what}"

    def keys_arn(self, region: str | None = None) -> str:
        """Pattern of the ARNs of the account's keys in a region."""
        return f"arn:aws:kms:{region or self.region}:{self.account}:key/*"
