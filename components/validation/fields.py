"""Types of single values in the settings, and in words what each of them expects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints

from components.validation import regions
from hubguard import standards

WORDS: dict[str, str] = {}
"""What a pattern means to a person: pydantic's errors carry the pattern alone."""


def _text(pattern: str, words: str) -> StringConstraints:
    WORDS[pattern] = words
    return StringConstraints(pattern=pattern)


def _is_no_token(name: str) -> str:
    if re.fullmatch(standards.TOKEN_PATTERN, name):
        raise ValueError("expected a name; this looks like a token, which never goes into configuration")
    return name


def _has_no_random_ending(name: str) -> str:
    if re.fullmatch(r".*-[a-z0-9]{6}", name):
        raise ValueError(
            "expected a name that does not end in a dash and six letters or digits:"
            " AWS ends a secret's ARN so, and takes the one for the other"
        )
    return name


def _is_a_known_region(region: str) -> str:
    if region not in regions.standard():
        raise ValueError(
            "expected a region that AWS has in its standard partition, such as eu-central-1:"
            " ARNs are made for it"
        )
    return region


def _is_an_address(address: str) -> str:
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        raise ValueError("expected an e-mail address, such as security@example.com") from None


def _is_not_the_stacks_own(arn: str) -> str:
    if ":role/hubguard/" in arn:
        raise ValueError(
            "expected somebody outside the path /hubguard/: a role there has the rights of the settings"
            " and takes no other role"
        )
    return arn


def repeated(names: Iterable[str]) -> list[str]:
    """What is listed more than once, in order."""
    return sorted(name for name, count in Counter(names).items() if count > 1)


def refuse_repeats(names: Iterable[str], what: str) -> None:
    """Raise a ValueError that names what is listed more than once."""
    if twice := repeated(names):
        raise ValueError(f"{what} {', '.join(twice)} is listed more than once; expected each once")


HubName = Annotated[
    str,
    _text(rf"^{standards.HUB_NAME}$", "a name on the Hub"),
    AfterValidator(_is_no_token),
]
GitHubName = Annotated[str, _text(r"^[A-Za-z0-9._-]{1,100}$", "a name on GitHub, without its owner")]
TokenName = Annotated[
    str,
    _text(rf"^{standards.TOKEN_NAME}$", "small letters, digits and dashes, 3 to 63"),
    AfterValidator(_has_no_random_ending),
]
Scope = Annotated[
    str,
    _text(
        r"^[a-z]+(\.[A-Za-z]+){1,3}$",
        "a permission of a fine-grained token, such as repo.content.read",
    ),
]
Consumer = Annotated[str, _text(r"^[A-Za-z0-9][A-Za-z0-9_./-]{0,99}$", "the name of what uses the token")]
BranchPattern = Annotated[str, _text(r"^[^\s~^:\\]+$", "a branch name or pattern, such as main")]
SecretName = Annotated[str, _text(r"^[A-Z_][A-Z0-9_]*$", "capital letters, digits and underscores")]
RegionName = Annotated[
    str,
    _text(r"^[a-z]{2}(-[a-z]+)+-\d$", "an AWS region such as eu-central-1"),
    AfterValidator(_is_a_known_region),
]
AccountId = Annotated[str, _text(r"^[0-9]{12}$", "one AWS account id of 12 digits")]
PrincipalArn = Annotated[
    str,
    _text(
        r"^arn:aws:iam::[0-9]{12}:(role|user)(/[A-Za-z0-9_+=,.@-]+)+$",
        "the exact ARN of an IAM role or user",
    ),
    AfterValidator(_is_not_the_stacks_own),
]
OidcProviderArn = Annotated[
    str,
    _text(
        r"^arn:aws:iam::[0-9]{12}:oidc-provider/token\.actions\.githubusercontent\.com$",
        "the ARN of the account's OIDC provider for GitHub Actions",
    ),
]
KeyArn = Annotated[
    str,
    _text(r"^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", "the ARN of a KMS key, not of an alias"),
]
BucketName = Annotated[str, _text(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "the name of an S3 bucket")]
RepositoryPath = Annotated[
    str,
    _text(
        r"^(model|dataset|space|kernel|bucket)s/[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$",
        "type, organization and name, such as datasets/kwanzaa-project/corpus",
    ),
]
GitHubUrl = Annotated[
    str,
    _text(
        r"^https://[A-Za-z0-9_.-]+/?$",
        "the address of a GitHub of your own, such as https://git.example.com/",
    ),
]
PullRequest = Annotated[str, _text(standards.PULL_REQUEST, "the address of a pull request")]
Email = Annotated[str, AfterValidator(_is_an_address)]
