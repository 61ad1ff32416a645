"""The desired state as pydantic models: the only reader of the stack's configuration.

Every mistake becomes one line that names the key and what is expected there, all of them at once,
before anything is called.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pulumi
import yaml
from pulumi.runtime.config import CONFIG
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from hubguard import standards
from hubguard.errors import SettingsError
from hubguard.redact import redact

Environment = Literal["local", "training", "ci", "production"]
"""The checklist's four environments of a token (section 2.3)."""

_WORDS: dict[str, str] = {}
"""What a pattern means to a person: pydantic's errors carry the pattern alone."""


def _text(pattern: str, words: str) -> StringConstraints:
    _WORDS[pattern] = words
    return StringConstraints(pattern=pattern)


def _is_no_token(name: str) -> str:
    if re.fullmatch(standards.TOKEN_PATTERN, name):
        raise ValueError("expected a name; this looks like a token, which never goes into configuration")
    return name


HubName = Annotated[
    str,
    _text(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$", "a name on the Hub"),
    AfterValidator(_is_no_token),
]
GitHubName = Annotated[str, _text(r"^[A-Za-z0-9._-]{1,100}$", "a name on GitHub, without its owner")]
TokenName = Annotated[str, _text(r"^[a-z0-9][a-z0-9-]{2,62}$", "small letters, digits and dashes, 3 to 63")]
BranchPattern = Annotated[str, _text(r"^[^\s~^:\\]+$", "a branch name or pattern, such as main")]
SecretName = Annotated[str, _text(r"^[A-Z_][A-Z0-9_]*$", "capital letters, digits and underscores")]
RegionName = Annotated[str, _text(r"^[a-z]{2}(-[a-z]+)+-\d$", "an AWS region such as eu-central-1")]
AccountId = Annotated[str, _text(r"^\d{12}$", "one AWS account id of 12 digits")]
PrincipalArn = Annotated[
    str,
    _text(
        r"^arn:aws:iam::\d{12}:(role|user)/[\w+=,.@/-]+$",
        "the exact ARN of an IAM role or user",
    ),
]
RepositoryPath = Annotated[
    str,
    _text(
        r"^(model|dataset|space|kernel|bucket)s/[\w.-]+/[\w.-]+$",
        "type, organization and name, such as datasets/kwanzaa-project/corpus",
    ),
]
GitHubUrl = Annotated[
    str,
    _text(r"^https://[\w.-]+/?$", "the address of a GitHub of your own, such as https://git.example.com/"),
]
PullRequest = Annotated[
    str,
    _text(standards.PULL_REQUEST, "the address of a pull request"),
]


class _Model(BaseModel):
    # Strict: a number in quotes and a yes for true are mistakes that somebody would read differently.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Member(_Model):
    """A person of the Hub organization."""

    user: HubName
    role: standards.Role


class PublicRepository(_Model):
    """A repository that may be public, and the pull request that says so (checklist 3.3.2)."""

    repository: RepositoryPath
    approval: PullRequest | None = None


class Allowed(_Model):
    """Counts that a plan may exceed the standard's limits by being named exactly."""

    demotions: int | None = Field(default=None, ge=0)
    closures: int | None = Field(default=None, ge=0)


class Organization(_Model):
    """A Hub organization: its members, and what of it may be public."""

    name: HubName
    plan: standards.Plan
    members: list[Member]
    public: list[PublicRepository] = []
    allow: Allowed = Allowed()

    @field_validator("members")
    @classmethod
    def _members_are_unique_and_led(cls, members: list[Member]) -> list[Member]:
        _refuse_repeats((m.user.lower() for m in members), "member")
        if not any(m.role == "admin" for m in members):
            raise ValueError("no member is admin; expected at least one with role admin")
        return members

    @model_validator(mode="after")
    def _public_is_ours_and_unique(self) -> Organization:
        _refuse_repeats((p.repository for p in self.public), "public repository")
        for entry in self.public:
            if entry.repository.split("/")[1] != self.name:
                raise ValueError(f"{entry.repository} in public does not belong to {self.name}")
        return self


class Token(_Model):
    """One entry of the token inventory; one that is not local has a secret of the same name."""

    name: TokenName
    environment: Environment
    role: Literal["read", "write", "fine-grained"]
    owner: HubName
    rotation_days: int = Field(default=standards.TOKEN_PERIOD_DAYS, ge=1)

    @model_validator(mode="after")
    def _is_within_the_standard(self) -> Token:
        local = self.environment == "local"
        most = standards.LOCAL_TOKEN_PERIOD_DAYS if local else standards.TOKEN_PERIOD_DAYS
        if self.rotation_days > most:
            raise ValueError(f"rotation_days is {self.rotation_days}; expected at most {most}")
        if self.environment == "production" and self.role == "write":
            raise ValueError("a production token is never a write token; expected role read")
        return self


class Access(_Model):
    """Who applies the stack and who may read the production token, as exact ARNs."""

    deployer: PrincipalArn
    production_readers: list[PrincipalArn] = Field(min_length=1)


class GitHubEnvironment(_Model):
    """A GitHub Actions environment.

    `branches` are the patterns of the branches that may use it: protection by ruleset is not what
    GitHub counts as a protected branch there. `secrets` maps GitHub's secret name to a token's name.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    branches: list[BranchPattern] = Field(default=["main"], min_length=1)
    secrets: dict[SecretName, TokenName] = {}


class Ruleset(_Model):
    """Rules for the default branch."""

    reviews: int = Field(default=1, ge=standards.REVIEWS_MIN, le=standards.REVIEWS_MAX)
    code_owners: bool = True
    checks: list[str] = []


class GitHubRepository(_Model):
    """An existing GitHub repository that the stack guards."""

    name: GitHubName
    environments: list[GitHubEnvironment] = []
    ruleset: Ruleset = Ruleset()


class GitHub(_Model):
    """The guarded repositories of one GitHub owner."""

    repositories: list[GitHubRepository] = []

    @field_validator("repositories")
    @classmethod
    def _are_unique(cls, repositories: list[GitHubRepository]) -> list[GitHubRepository]:
        _refuse_repeats((r.name.lower() for r in repositories), "repository")
        for repository in repositories:
            _refuse_repeats((e.name.lower() for e in repository.environments), "environment")
        return repositories


class Audit(_Model):
    """The audit trail's promises."""

    retention_days: int = Field(
        default=standards.RETENTION_DAYS,
        ge=standards.RETENTION_MIN_DAYS,
        le=standards.RETENTION_MAX_DAYS,
    )


class Settings(_Model):
    """Everything that one stack declares.

    `region` and `account` come from `aws:region` and `aws:allowedAccountIds`, `github_owner` from
    `github:owner`, `github_url` from `github:baseUrl`: the providers
    read the same keys, so they stand in one place.
    """

    region: RegionName

    @field_validator("region")
    @classmethod
    def _is_of_the_standard_partition(cls, region: str) -> str:
        if region.startswith(("cn-", "us-gov-", "us-iso", "eu-isoe-")):
            raise ValueError("expected a region of the standard partition: ARNs are made for it")
        return region

    account: AccountId
    github_owner: GitHubName
    github_url: GitHubUrl | None = None
    organization: Organization
    tokens: list[Token]
    access: Access
    github: GitHub = GitHub()
    audit: Audit = Audit()

    @model_validator(mode="after")
    def _fits_together(self) -> Settings:
        _refuse_repeats((t.name for t in self.tokens), "token")
        if f"::{self.account}:" not in self.access.deployer:
            raise ValueError(f"access.deployer is not of the account {self.account}")
        ci = {t.name for t in self.tokens if t.environment == "ci"}
        for repository in self.github.repositories:
            for environment in repository.environments:
                for secret, token in environment.secrets.items():
                    if token not in ci:
                        raise ValueError(
                            f"{secret} of {repository.name}/{environment.name} names {token!r};"
                            " expected a token of environment ci in hubguard:tokens"
                        )
        return self


def load(config: Mapping[str, Any]) -> Settings:
    """The settings in a stack's configuration.

    Args:
        config: configuration keys with their namespace, `hubguard:organization` and so on, to values.

    Raises:
        SettingsError: one line for every mistake, each naming its key.
    """
    if others := sorted({key.partition(":")[0] for key in config} - _NAMESPACES):
        raise SettingsError(
            [
                f"{name}: unknown namespace; expected one of {', '.join(sorted(_NAMESPACES))}"
                for name in others
            ]
        )
    own = {key.partition(":")[2]: value for key, value in config.items() if key.startswith("hubguard:")}
    if strays := sorted(own.keys() & _BORROWED.keys()):
        raise SettingsError([f"hubguard:{key}: unknown key; expected {_BORROWED[key]}" for key in strays])
    borrowed = {field: config[key] for field, key in _BORROWED.items() if key in config}
    accounts = borrowed.get("account")
    if isinstance(accounts, list) and len(accounts) == 1:
        borrowed["account"] = accounts[0]
    try:
        return Settings.model_validate(own | borrowed)
    except ValidationError as error:
        raise _mistakes(error.errors(include_url=False)) from None


def from_pulumi() -> Settings:
    """The settings of the stack that the program runs for.

    Raises:
        pulumi.RunError: the mistakes, one line each; the engine prints it without a traceback.
    """
    # The whole bag, not one key after the other: a key that nobody asks for must not go unread.
    bag = CONFIG.get()
    try:
        return load({key: _parsed(value) for key, value in bag.items()})
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


def from_file(path: Path) -> Settings:
    """The settings in a `Pulumi.<stack>.yaml`, without an engine.

    Raises:
        SettingsError: the file is not YAML, or its configuration has mistakes.
    """
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  a safe loader, and stricter
    except OSError as error:
        raise SettingsError([f"{path.name}: cannot be read: {error.strerror}"]) from None
    except (UnicodeDecodeError, RecursionError):
        raise SettingsError([f"{path.name}: cannot be read as YAML in UTF-8"]) from None
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise SettingsError([f"{path.name}: cannot be read as YAML{line}: {error.problem}"]) from None
    if isinstance(document, dict) and (strays := document.keys() - _TOP_LEVEL):
        raise SettingsError(
            [
                f"{path.name}: unknown key {key}; expected one of {', '.join(sorted(_TOP_LEVEL))}"
                for key in strays
            ]
        )
    config = document.get("config") if isinstance(document, dict) else None
    if not isinstance(config, dict) or not all(isinstance(key, str) for key in config):
        raise SettingsError([f"{path.name}: expected config, a map from keys such as aws:region to values"])
    return load(config)


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice in a map: one of the two would go unread."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_NAMESPACES = {"aws", "github", "hubguard", "pulumi"}
_TOP_LEVEL = {"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"}
_BORROWED = {
    "region": "aws:region",
    "account": "aws:allowedAccountIds",
    "github_owner": "github:owner",
    "github_url": "github:baseUrl",
}


def _parsed(value: str) -> Any:
    # The engine hands objects and lists over as JSON, everything else as a string.
    try:
        return json.loads(value) if value.startswith(("{", "[")) else value
    except ValueError:
        return value


def _refuse_repeats(names: Iterable[str], what: str) -> None:
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ValueError(f"{what} {', '.join(twice)} is listed more than once; expected each once")


def _mistakes(details: Iterable[ErrorDetails]) -> SettingsError:
    # A token may stand in the place of a key, too.
    return SettingsError([redact(f"{_key(detail['loc'])}: {_expected(detail)}") for detail in details])


def _key(where: tuple[int | str, ...]) -> str:
    if not where:
        return "hubguard"
    key = _BORROWED.get(str(where[0]), f"hubguard:{where[0]}")
    return key + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in where[1:])


def _expected(detail: ErrorDetails) -> str:
    # The value itself is never repeated: somebody may have pasted a token.
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"unknown key; expected one of {', '.join(_fields_beside(detail['loc']))}"
        case "literal_error":
            return f"expected one of {context['expected'].replace(chr(39), '')}"
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch":
            return f"expected {_WORDS[context['pattern']]}"
        case _:
            return detail["msg"].replace("Input should be", "expected")


def _fields_beside(where: tuple[int | str, ...]) -> list[str]:
    """Names of the fields that are known where an unknown one was given."""
    kind: Any = Settings
    for part in where[:-1]:
        if isinstance(part, str):
            kind = kind.model_fields[part].annotation
        kind = next(iter(get_args(kind)), kind)  # what a list is of
    return sorted(set(kind.model_fields) - _BORROWED.keys())
