"""Hugging Face repositories: private unless a pull request approved otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pulumi_policy import ResourceValidationArgs

from hubguard import standards
from policy.rule import resource_rule

ORGANIZATION_REPOSITORIES = "pulumi-python:dynamic/hub:OrganizationRepositories"


def _unapproved(args: ResourceValidationArgs) -> Iterator[str]:
    public = args.props.get("public") or {}
    for path, approval in sorted(public.items()):
        if not (isinstance(approval, str) and re.fullmatch(standards.PULL_REQUEST, approval)):
            yield f"The repository {path} is public and no pull request approved it"


RULES = [
    resource_rule(
        "hub-public-needs-approval",
        items=["3.3.2", "3.3.1"],
        why="Whatever is public once stays copied.",
        fix="name the approving pull request in hubguard:organization.public, or remove the entry",
        types=[ORGANIZATION_REPOSITORIES],
        judge=_unapproved,
    )
]
