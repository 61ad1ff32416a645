"""One owner: a Hub organization, an AWS account and a GitHub repository belong to one stack (design rule 10).

Two stacks that own the same thing undo each other's work for ever, and each calls the other one drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.validation import stackfile
from hubguard.errors import SettingsError

if TYPE_CHECKING:
    from components.settings import Settings

SANDBOX = "sandbox"
"""The stack of the local clouds: it plays any of the others, so it owns nothing."""


def refuse_shared(desired: Settings, stack: str, directory: Path) -> None:
    """Make sure that no other stack file beside the program's claims what this stack owns.

    Args:
        desired: the stack's settings.
        stack: the stack's name.
        directory: where the `Pulumi.<stack>.yaml` files lie.

    Raises:
        SettingsError: one line for each thing that is shared, or for a file that does not tell.
    """
    if stack == SANDBOX:
        return
    mistakes: list[str] = []
    for path in sorted(directory.glob("Pulumi.*.yaml")):
        if stackfile.stack_of(path) in (stack, SANDBOX):
            continue
        try:
            owned = _Owned.of(stackfile.configuration(path))
        except SettingsError:
            mistakes.append(f"{path.name}: cannot be read, so it cannot tell what its stack owns")
        except ValidationError as error:
            keys = sorted({str(detail["loc"][0]) for detail in error.errors()})
            mistakes.append(
                f"{path.name}: {', '.join(keys)} missing or of another shape, so it cannot tell what its"
                " stack owns"
            )
        else:
            mistakes += _shared(desired, owned, path.name)
    if mistakes:
        raise SettingsError(mistakes)


class _Named(BaseModel):
    model_config = ConfigDict(strict=True)
    name: str


class _GitHub(BaseModel):
    repositories: list[_Named] = []


class _Owned(BaseModel):
    """What a stack file must tell; its other mistakes are told to those who work with that stack."""

    # Strict: an account id that YAML reads as a number may have lost a zero.
    model_config = ConfigDict(strict=True)
    accounts: list[str] = Field(alias="aws:allowedAccountIds", min_length=1)
    organization: _Named = Field(alias="hubguard:organization")
    owner: str = Field(alias="github:owner")
    github: _GitHub = Field(alias="hubguard:github", default=_GitHub())

    @classmethod
    def of(cls, config: dict[str, Any]) -> _Owned:
        return cls.model_validate(config)


def _shared(desired: Settings, owned: _Owned, file: str) -> Iterator[str]:
    organization = owned.organization.name
    if organization.lower() == desired.organization.name.lower():
        yield (
            f"hubguard:organization.name: {file} owns {organization} already;"
            " expected one stack for an organization"
        )
    if desired.account in owned.accounts:
        yield (
            f"aws:allowedAccountIds: {file} owns the account {desired.account}, its trail and its OIDC"
            " provider already; expected one stack for an account"
        )
    if owned.owner.lower() != desired.github_owner.lower():
        return
    theirs = {repository.name.lower() for repository in owned.github.repositories}
    for number, repository in enumerate(desired.github.repositories):
        if repository.name.lower() in theirs:
            yield (
                f"hubguard:github.repositories[{number}].name: {file} owns {repository.name} already;"
                " expected one stack for a repository"
            )
