"""The principals of the access matrix, each with the session that it would have."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from components import settings
from components.documents import trust
from components.matrix.cells import Principal
from components.names import Names, Role
from components.rights import vaulted
from components.settings import Settings, Token
from sandbox.account import web_identity
from sandbox.paths import CHECKOUT

Keys = dict[str, str]


def sandbox_settings() -> Settings:
    """The settings that the sandbox is provisioned from."""
    return settings.from_file(Path(CHECKOUT) / "Pulumi.sandbox.yaml")


@dataclass
class Account:
    """A provisioned account of the local AWS.

    Attributes:
        endpoint: the address of every service.
        desired: the settings that it was provisioned from.
        administrator: ARN of a role that may do everything.
    """

    endpoint: str
    desired: Settings
    administrator: str
    _sessions: dict[Principal, Keys] = field(default_factory=dict)

    @cached_property
    def names(self) -> Names:
        """The names that follow from the settings."""
        return Names.of(self.desired)

    @cached_property
    def tokens(self) -> list[Token]:
        """The tokens that have a secret."""
        return vaulted(self.desired.tokens)

    def token(self, environment: str) -> Token:
        """Some token of an environment."""
        return next(token for token in self.tokens if token.environment == environment)

    @property
    def root(self) -> Keys:
        """The account's root, whom the local AWS knows by the account's number."""
        return {"aws_access_key_id": self.desired.account, "aws_secret_access_key": "test"}

    def client(self, service: str, keys: Keys | None = None) -> Any:
        """A client, of the account's root unless other keys are given."""
        session: Any = boto3  # its types want the service as a literal
        where = {"region_name": self.desired.region, "endpoint_url": self.endpoint}
        return session.client(service, **where, **(keys or self.root))

    def acting(self, principal: Principal, service: str) -> Any:
        """A client in the session of a principal of the matrix."""
        return self.client(service, self.session(principal))

    def session(self, principal: Principal) -> Keys:
        """A session as the principal would have it: by a web identity token, or from a named one."""
        if principal not in self._sessions:
            self._sessions[principal] = self._taken(principal)
        return self._sessions[principal]

    def subjects(self, role: Role) -> list[str]:
        """The subjects of the jobs that may take a role; empty for those of people and applications."""
        owner, github = self.desired.github_owner, self.desired.github
        match role:
            case "ci" | "deploy" | "drift":
                return trust.subjects_of(role, owner, github)
            case "preview":
                return trust.pull_requests(owner, github)
            case _:
                return []

    def named(self, role: Role) -> list[str]:
        """ARNs of the principals that the settings name for a role."""
        access = self.desired.access
        return {
            "production-reader": access.production_readers,
            "training-writer": access.training_writers,
            "operator": access.operators,
            "incident-responder": access.incident_responders,
            "auditor": access.auditors,
        }.get(role, [])

    def assume(self, role_arn: str, by: Keys | None = None, seconds: int = 3600) -> Keys:
        """Take a role from a session, or as root."""
        answer = self.client("sts", by).assume_role(
            RoleArn=role_arn, RoleSessionName="test", DurationSeconds=seconds
        )
        return _keys(answer)

    def assume_as_job(
        self, role_arn: str, subject: str, audience: str = "sts.amazonaws.com", seconds: int = 3600
    ) -> Keys:
        """Take a role with a token as a job of GitHub Actions has."""
        answer = self.client("sts").assume_role_with_web_identity(
            RoleArn=role_arn,
            RoleSessionName="test",
            WebIdentityToken=web_identity(subject, audience),
            DurationSeconds=seconds,
        )
        return _keys(answer)

    def take(self, role_arn: str, role: Role, seconds: int = 3600) -> Keys:
        """Take a role as those who may take the named one."""
        if subjects := self.subjects(role):
            return self.assume_as_job(role_arn, subjects[0], seconds=seconds)
        return self.assume(role_arn, by=self.assume(self.named(role)[0]), seconds=seconds)

    def _taken(self, principal: Principal) -> Keys:
        if principal == "administrator":
            return self.assume(self.administrator)
        if principal == "nobody":
            return self.assume(self.named("production-reader")[0])
        return self.take(self.names.role_arn(principal), principal)


def _keys(answer: dict[str, Any]) -> Keys:
    given = answer["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
