"""Names and ARNs, known before anything exists.

Security documents are built from these instead of from outputs, so that a preview can judge them.
"""

from __future__ import annotations

from dataclasses import dataclass

from components.settings import Environment, Settings


@dataclass(frozen=True)
class Names:
    """The names of one stack's AWS resources.

    Attributes:
        account: AWS account id, 12 digits.
        region: AWS region.
        organization: the Hub organization, part of names that must be unique.
    """

    account: str
    region: str
    organization: str

    @classmethod
    def of(cls, settings: Settings) -> Names:
        """The names that follow from a stack's settings."""
        return cls(settings.account, settings.region, settings.organization.name)

    def secret(self, token: str) -> str:
        """Name of the Secrets Manager secret that holds a token."""
        return f"hubguard/{self.organization}/{token}"

    def secret_arn(self, token: str) -> str:
        """ARN of the secret up to the six characters that Secrets Manager adds."""
        return f"arn:aws:secretsmanager:{self.region}:{self.account}:secret:{self.secret(token)}-??????"

    def role(self, environment: Environment, what: str) -> str:
        """Name of a role, for instance `hubguard-production-reader`."""
        return f"hubguard-{environment}-{what}"

    def role_arn(self, environment: Environment, what: str) -> str:
        """ARN of that role, under the path `/hubguard/`."""
        return f"arn:aws:iam::{self.account}:role/hubguard/{self.role(environment, what)}"

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
        return f"hubguard-audit-{self.account}-{self.region}"
