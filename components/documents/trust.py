"""Who may take a role: exact principals, or exact jobs of GitHub Actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.documents.statements import Statement, document
from components.names import GITHUB_TOKENS
from components.settings import GitHub, Job


def principals(arns: Sequence[str], *, people: bool = False) -> dict[str, Any]:
    """Trust in exactly these roles and users.

    Args:
        arns: exact ARNs.
        people: whether they stand for people. Sessions of a person's role come from an identity provider,
            which asks for the second factor and does not tell AWS; an IAM user is asked for it here.
    """
    users = sorted(arn for arn in arns if ":user/" in arn)
    roles = sorted(arn for arn in arns if ":user/" not in arn)
    statements = []
    if roles:
        statements.append(_assume("Roles", roles))
    if users:
        second_factor = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}} if people else {}
        statements.append(_assume("Users", users) | second_factor)
    return document(*statements)


def jobs(subjects: Sequence[str], oidc_provider: str) -> dict[str, Any]:
    """Trust in the GitHub Actions jobs with exactly these subjects.

    Args:
        subjects: values of the OIDC token's claim `sub`; no wildcard.
        oidc_provider: ARN of the account's provider for GitHub Actions.
    """
    return document(
        {
            "Sid": "Jobs",
            "Effect": "Allow",
            "Principal": {"Federated": oidc_provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{GITHUB_TOKENS}:aud": "sts.amazonaws.com",
                    f"{GITHUB_TOKENS}:sub": sorted(subjects),
                }
            },
        }
    )


def subjects_of(job: Job, owner: str, github: GitHub) -> list[str]:
    """Subjects of the environments whose jobs may take a role.

    The form is the one with numbers (GitHub's OpenID Connect reference, immutable subject claims): names
    can be given up and taken by somebody else, numbers cannot.
    """
    return [
        f"{_repository(owner, github, repository.name, repository.id)}:environment:{environment.name}"
        for repository in github.repositories
        for environment in repository.environments
        if environment.assumes == job
    ]


def pull_requests(owner: str, github: GitHub) -> list[str]:
    """Subject of the pull requests of the repository that deploys."""
    return [
        f"{_repository(owner, github, repository.name, repository.id)}:pull_request"
        for repository in github.repositories
        if any(environment.assumes == "deploy" for environment in repository.environments)
    ]


def _repository(owner: str, github: GitHub, name: str, number: int | None) -> str:
    return f"repo:{owner}@{github.owner_id}/{name}@{number}"


def _assume(sid: str, arns: Sequence[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": list(arns)}, "Action": "sts:AssumeRole"}
