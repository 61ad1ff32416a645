"""The desired state as pydantic models: the only reader of the stack's configuration.

Every mistake becomes one line that names the key and what is expected there, all of them at once,
before anything is called.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from components.validation import mistakes, siblings, stackfile, together
from components.validation.fields import (
    AccountId,
    BranchPattern,
    BucketName,
    Consumer,
    Email,
    GitHubName,
    GitHubUrl,
    HubName,
    KeyArn,
    OidcProviderArn,
    PrincipalArn,
    PullRequest,
    RegionName,
    RepositoryPath,
    Scope,
    SecretName,
    TokenName,
    refuse_repeats,
)
from hubguard import standards
from hubguard.errors import SettingsError
from hubguard.redact import redact

_TAG_MAX = 256  # characters of a tag's value (AWS General Reference)
_TRAIL_NAME_MAX = 128

Environment = Literal["local", "training", "ci", "production", "machine"]
"""The checklist's four environments of a token (section 2.3), and Hubguard's own credentials."""

Job = Literal["ci", "deploy", "drift"]
"""What a job in a GitHub environment may be in AWS: it names the role that trusts the environment."""


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

    @field_validator("name")
    @classmethod
    def _names_a_trail(cls, name: str) -> str:
        # Rules of a trail's name (CloudTrail User Guide, naming requirements); ours is hubguard-NAME.
        if re.search(r"[._-]([._-]|$)", name) or len(f"hubguard-{name}") > _TRAIL_NAME_MAX:
            raise ValueError(
                "expected a name without two of . _ - in a row or one at the end: the trail is named after it"
            )
        return name

    @field_validator("members")
    @classmethod
    def _members_are_unique_and_led(cls, members: list[Member]) -> list[Member]:
        refuse_repeats((m.user.lower() for m in members), "member")
        if not any(m.role == "admin" for m in members):
            raise ValueError("no member is admin; expected at least one with role admin")
        return members

    @model_validator(mode="after")
    def _public_is_ours_and_unique(self) -> Organization:
        refuse_repeats((p.repository for p in self.public), "public repository")
        for entry in self.public:
            if entry.repository.split("/")[1] != self.name:
                raise ValueError(f"{entry.repository} in public does not belong to {self.name}")
        return self


class Token(_Model):
    """One entry of the token inventory; one that is not local has a secret of the same name.

    Attributes:
        role: what the Hub calls the token's role; `github-app` is the private key of a GitHub App, which
            only the environment `machine` has.
        scopes: permissions of a fine-grained token, as the Hub names them.
        owner: who answers for it, a name on the Hub.
        consumers: what uses it. For the environment `machine` these are the jobs that may read it.
        rotation_days: days after which it is replaced.
        generation: raise it to take a new secret while the old one's name is still blocked: AWS keeps a
            deleted name for the recovery window.
    """

    name: TokenName
    environment: Environment
    role: Literal["read", "write", "fine-grained", "github-app"]
    scopes: list[Scope] = []
    owner: HubName
    consumers: list[Consumer] = []
    rotation_days: int = Field(default=standards.TOKEN_PERIOD_DAYS, ge=1)
    generation: int = Field(default=1, ge=1, le=999)

    @model_validator(mode="after")
    def _is_within_the_standard(self) -> Token:
        local = self.environment == "local"
        most = standards.LOCAL_TOKEN_PERIOD_DAYS if local else standards.TOKEN_PERIOD_DAYS
        if self.rotation_days > most:
            raise ValueError(f"rotation_days is {self.rotation_days}; expected at most {most}")
        if self.environment == "production" and self.role == "write":
            raise ValueError("a production token is never a write token; expected role read")
        if self.environment == "production" and (writing := [s for s in self.scopes if _writes(s)]):
            raise ValueError(f"a production token only reads; {', '.join(writing)} in scopes is more")
        if bool(self.scopes) != (self.role == "fine-grained"):
            raise ValueError("scopes belong to the role fine-grained, and it needs at least one")
        if self.environment == "machine" and (
            not self.consumers or not set(self.consumers) <= {"deploy", "drift"}
        ):
            raise ValueError("consumers of a machine's token are the jobs that read it: deploy, drift")
        if self.role == "github-app" and self.environment != "machine":
            raise ValueError("only the environment machine has the key of a GitHub App")
        refuse_repeats(self.scopes, "scope")
        refuse_repeats(self.consumers, "consumer")
        if len(" ".join(self.consumers)) > _TAG_MAX:
            raise ValueError(
                f"consumers have more than {_TAG_MAX} characters together, which a tag of AWS cannot hold;"
                " expected fewer or shorter ones"
            )
        return self


def _writes(scope: str) -> bool:
    return not scope.endswith(".read")


class State(_Model):
    """Where the stack's state lies, when that is S3: deploy writes it, preview and drift read it.

    Attributes:
        bucket: name of the bucket.
        key: ARN of the key of the stack's secrets provider and of the bucket.
    """

    bucket: BucketName
    key: KeyArn


class Access(_Model):
    """Who may take which role, as exact ARNs; a role that nobody may take is not made.

    Attributes:
        production_readers: what serves the models.
        training_writers: what trains and publishes them.
        operators: people who put values; they read none.
        incident_responders: people who revoke leaked tokens. Their identity provider enforces MFA; for an
            IAM user the role asks for it.
        auditors: people who read logs and metadata, never values.
        oidc_provider: the account's provider for GitHub Actions, when it has one already.
        state: where the stack's state lies, when that is S3.
    """

    production_readers: list[PrincipalArn] = []
    training_writers: list[PrincipalArn] = []
    operators: list[PrincipalArn] = []
    incident_responders: list[PrincipalArn] = []
    auditors: list[PrincipalArn] = []
    oidc_provider: OidcProviderArn | None = None
    state: State | None = None

    @field_validator("production_readers", "training_writers", "operators", "incident_responders", "auditors")
    @classmethod
    def _are_unique(cls, arns: list[str]) -> list[str]:
        refuse_repeats(arns, "principal")
        return arns


class Vault(_Model):
    """Regions besides the stack's own in which every secret has an encrypted replica."""

    replica_regions: list[RegionName] = []

    @field_validator("replica_regions")
    @classmethod
    def _are_unique(cls, regions: list[str]) -> list[str]:
        refuse_repeats(regions, "region")
        return regions


class Contacts(_Model):
    """Who hears of what.

    Attributes:
        alarms: e-mail addresses that every alarm goes to; AWS asks each for a confirmation once.
    """

    alarms: list[Email] = []

    @field_validator("alarms")
    @classmethod
    def _are_unique(cls, addresses: list[str]) -> list[str]:
        refuse_repeats((address.lower() for address in addresses), "address")
        return addresses


class GitHubEnvironment(_Model):
    """A GitHub Actions environment.

    `branches` are the patterns of the branches that may use it: protection by ruleset is not what
    GitHub counts as a protected branch there. `secrets` maps GitHub's secret name to a token's name.
    `assumes` names the AWS role that its jobs may take, without any stored key.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    assumes: Job | None = None
    branches: list[BranchPattern] = Field(default=["main"], min_length=1)
    secrets: dict[SecretName, TokenName] = {}


class Ruleset(_Model):
    """Rules for the default branch."""

    reviews: int = Field(default=1, ge=standards.REVIEWS_MIN, le=standards.REVIEWS_MAX)
    code_owners: bool = True
    checks: list[str] = []


class GitHubRepository(_Model):
    """An existing GitHub repository that the stack guards.

    Attributes:
        id: GitHub's number of the repository, which outlives a renaming. `gh api repos/OWNER/NAME` tells it.
    """

    name: GitHubName
    id: int | None = Field(default=None, ge=1)
    environments: list[GitHubEnvironment] = []
    ruleset: Ruleset = Ruleset()


class GitHub(_Model):
    """The guarded repositories of one GitHub owner.

    Attributes:
        owner_id: GitHub's number of the owner. `gh api users/OWNER` tells it.
    """

    owner_id: int | None = Field(default=None, ge=1)
    repositories: list[GitHubRepository] = []

    @field_validator("repositories")
    @classmethod
    def _are_unique(cls, repositories: list[GitHubRepository]) -> list[GitHubRepository]:
        refuse_repeats((r.name.lower() for r in repositories), "repository")
        for repository in repositories:
            refuse_repeats((e.name.lower() for e in repository.environments), "environment")
        return repositories

    @model_validator(mode="after")
    def _trust_is_exact(self) -> GitHub:
        """AWS trusts numbers, not names that somebody else may take after a renaming."""
        jobs = [
            (repository, environment)
            for repository in self.repositories
            for environment in repository.environments
            if environment.assumes
        ]
        refuse_repeats((str(e.assumes) for _, e in jobs if e.assumes != "ci"), "assumes")
        for repository, environment in jobs:
            if repository.id is None or self.owner_id is None:
                raise ValueError(
                    f"{repository.name}/{environment.name} assumes a role of AWS;"
                    " expected owner_id and the repository's id"
                )
            if not _IN_A_SUBJECT.fullmatch(environment.name):
                raise ValueError(
                    f"{repository.name}/{environment.name} assumes a role of AWS;"
                    " expected a name of letters, digits, dots, dashes and underscores"
                )
        if len({r.name for r, e in jobs if e.assumes != "ci"}) > 1:
            raise ValueError("deploy and drift are jobs of one repository: the one that holds this program")
        return self


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

    Attributes:
        protect: whether Pulumi refuses to delete keys, secrets, buckets and the trail.
    """

    region: RegionName
    account: AccountId
    github_owner: GitHubName
    github_url: GitHubUrl | None = None
    organization: Organization
    tokens: list[Token]
    access: Access = Access()
    vault: Vault = Vault()
    contacts: Contacts = Contacts()
    github: GitHub = GitHub()
    audit: Audit = Audit()
    protect: bool = True

    @field_validator("tokens")
    @classmethod
    def _tokens_are_unique(cls, tokens: list[Token]) -> list[Token]:
        refuse_repeats((t.name for t in tokens), "token")
        return tokens


_IN_A_SUBJECT = re.compile(r"[A-Za-z0-9_.-]+")


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
        desired = Settings.model_validate(own | borrowed)
    except ValidationError as error:
        raise mistakes.of(error, Settings, _BORROWED) from None
    if lines := [redact(line) for line in together.mistakes(desired)]:
        raise SettingsError(lines)
    return desired


def from_pulumi() -> Settings:
    """The settings of the stack that the program runs for.

    Raises:
        pulumi.RunError: the mistakes, one line each; the engine prints it without a traceback.
    """
    # The whole bag, not one key after the other: a key that nobody asks for must not go unread.
    bag = CONFIG.get()
    try:
        desired = load({key: stackfile.parsed(value) for key, value in bag.items()})
        _refuse(desired, pulumi.get_stack(), Path.cwd())
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
    return desired


def from_file(path: Path) -> Settings:
    """The settings in a `Pulumi.<stack>.yaml`, without an engine.

    Raises:
        SettingsError: the file is not YAML, or its configuration has mistakes.
    """
    desired = load(stackfile.configuration(path))
    _refuse(desired, stackfile.stack_of(path), path.parent)
    return desired


def _refuse(desired: Settings, stack: str, directory: Path) -> None:
    """Refuse what each key allows and the whole does not."""
    from components.documents import limits  # documents are made of settings

    siblings.refuse_shared(desired, stack, directory)
    limits.refuse_too_long(desired)


_NAMESPACES = {"aws", "github", "hubguard", "pulumi"}
_BORROWED = {
    "region": "aws:region",
    "account": "aws:allowedAccountIds",
    "github_owner": "github:owner",
    "github_url": "github:baseUrl",
}
