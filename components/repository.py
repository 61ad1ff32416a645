"""RepositoryGuard: an existing GitHub repository's environments, sealed secrets and branch rules."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_github as github

from components.names import Names
from components.settings import GitHubRepository, Token
from components.vault import TokenVault
from hubguard.github.resources import EnvironmentSecret

# GitHub's id of its own app: checks count only when Actions reports them.
_GITHUB_ACTIONS_APP = 15368


class RepositoryGuard(pulumi.ComponentResource):
    """Guards one repository; the repository itself is neither created nor deleted.

    `tokens` is the inventory by name: a sealed secret comes from the secret of the token that it names.
    Serves checklist items 2.2.5, 5.1.1 and 5.1.5.

    Attributes:
        secrets: status of each sealed secret, by environment and name.
    """

    secrets: dict[str, pulumi.Output[str]]

    def __init__(
        self,
        name: str,
        *,
        owner: str,
        repository: GitHubRepository,
        url: str | None,
        vault: TokenVault,
        tokens: Mapping[str, Token],
        names: Names,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:repository:RepositoryGuard", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        self.secrets = {}
        for wanted in repository.environments:
            where = f"{repository.name}/{wanted.name}"
            environment = github.RepositoryEnvironment(
                where,
                repository=repository.name,
                environment=wanted.name,
                can_admins_bypass=False,
                deployment_branch_policy={
                    "protected_branches": False,
                    "custom_branch_policies": True,
                },
                # What others put into it is not ours to delete.
                opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
            )
            for pattern in wanted.branches:
                github.RepositoryEnvironmentDeploymentPolicy(
                    f"{where}/{pattern}",
                    repository=repository.name,
                    environment=environment.environment,
                    branch_pattern=pattern,
                    opts=inside,
                )
            for secret, token in wanted.secrets.items():
                sealed = EnvironmentSecret(
                    f"{where}/{secret}",
                    owner=owner,
                    repository=repository.name,
                    environment=environment.environment,
                    name=secret,
                    secret=names.secret(tokens[token]),
                    region=names.region,
                    url=url,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[vault.policies[token]]),
                )
                self.secrets[f"{where}/{secret}"] = sealed.status
        rules = repository.ruleset
        github.RepositoryRuleset(
            f"{repository.name}-default-branch",
            repository=repository.name,
            name="hubguard: default branch",
            target="branch",
            enforcement="active",
            conditions={"ref_name": {"includes": ["~DEFAULT_BRANCH"], "excludes": []}},
            rules={
                "deletion": True,
                "non_fast_forward": True,
                "required_linear_history": True,
                "pull_request": {
                    "required_approving_review_count": rules.reviews,
                    "require_code_owner_review": rules.code_owners,
                    "dismiss_stale_reviews_on_push": True,
                    "require_last_push_approval": True,
                },
                **(
                    {
                        "required_status_checks": {
                            "strict_required_status_checks_policy": True,
                            "required_checks": [
                                {"context": check, "integration_id": _GITHUB_ACTIONS_APP}
                                for check in rules.checks
                            ],
                        }
                    }
                    if rules.checks
                    else {}
                ),
            },
            opts=inside,
        )
        self.register_outputs({"secrets": self.secrets})
