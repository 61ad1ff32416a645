"""One owner: a Hub organization, an AWS account and a GitHub repository belong to one stack (design rule 10).

Two stacks that own the same thing undo each other's work for ever, and each calls the other one drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
        other = path.name.removeprefix("Pulumi.").removesuffix(".yaml")
        if other in (stack, SANDBOX):
            continue
        try:
            mistakes += _shared(desired, stackfile.configuration(path), path.name)
        except (SettingsError, KeyError, TypeError, AttributeError):
            mistakes.append(f"{path.name}: cannot be read, so it cannot tell what its stack owns")
    if mistakes:
        raise SettingsError(mistakes)


def _shared(desired: Settings, config: dict[str, Any], file: str) -> Iterator[str]:
    organization = (config.get("hubguard:organization") or {}).get("name")
    if str(organization).lower() == desired.organization.name.lower():
        yield (
            f"hubguard:organization.name: {file} owns {organization} already;"
            " expected one stack for an organization"
        )
    if desired.account in map(str, config.get("aws:allowedAccountIds") or []):
        yield (
            f"aws:allowedAccountIds: {file} owns the account {desired.account}, its trail and its OIDC"
            " provider already; expected one stack for an account"
        )
    if str(config.get("github:owner")).lower() != desired.github_owner.lower():
        return
    theirs = {
        str(repository["name"]).lower()
        for repository in (config.get("hubguard:github") or {}).get("repositories") or []
    }
    for number, repository in enumerate(desired.github.repositories):
        if repository.name.lower() in theirs:
            yield (
                f"hubguard:github.repositories[{number}].name: {file} owns {repository.name} already;"
                " expected one stack for a repository"
            )
