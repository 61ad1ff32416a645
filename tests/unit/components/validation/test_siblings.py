"""One owner: no two stacks own the same organization, account or repository."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from components import settings
from hubguard.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parents[4]


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    """A directory with the committed stack files."""
    for file in CHECKOUT.glob("Pulumi.*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    """Replace a part of a file that is there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def mistakes(file: Path) -> tuple[str, ...]:
    """The lines that a stack file is refused with."""
    with pytest.raises(SettingsError) as refusal:
        settings.from_file(file)
    return refusal.value.lines


@pytest.mark.parametrize("stack", ["dev", "prod", "sandbox"])
def test_the_committed_stacks_share_nothing(stacks: Path, stack: str) -> None:
    """The sandbox plays production's organization, so it counts for neither side."""
    settings.from_file(stacks / f"Pulumi.{stack}.yaml")


def test_an_organization_of_another_stack_is_refused_in_any_spelling(stacks: Path) -> None:
    """Each stack would call the other one's members drift."""
    change(stacks / "Pulumi.dev.yaml", "name: kwanzaa-project-dev", "name: Kwanzaa-Project")
    assert mistakes(stacks / "Pulumi.prod.yaml") == (
        "hubguard:organization.name: Pulumi.dev.yaml owns Kwanzaa-Project already;"
        " expected one stack for an organization",
    )


def test_an_account_of_another_stack_is_refused(stacks: Path) -> None:
    """An account has one trail and one OIDC provider of ours."""
    change(stacks / "Pulumi.dev.yaml", "111122223333", "444455556666")
    assert mistakes(stacks / "Pulumi.dev.yaml") == (
        "aws:allowedAccountIds: Pulumi.prod.yaml owns the account 444455556666, its trail and its OIDC"
        " provider already; expected one stack for an account",
    )


def test_a_repository_of_another_stack_is_refused_with_its_place(stacks: Path) -> None:
    """Two rulesets of one name would replace each other for ever."""
    change(stacks / "Pulumi.dev.yaml", "- name: kwanzaa-dev\n", "- name: Hubguard\n")
    assert mistakes(stacks / "Pulumi.prod.yaml") == (
        "hubguard:github.repositories[1].name: Pulumi.dev.yaml owns hubguard already;"
        " expected one stack for a repository",
    )


def test_the_same_repository_of_another_owner_is_another_one(stacks: Path) -> None:
    """GitHub names repositories per owner."""
    dev = stacks / "Pulumi.dev.yaml"
    change(dev, "- name: kwanzaa-dev\n", "- name: kwanzaa\n")
    change(dev, "github:owner: kwanzaa-project", "github:owner: somebody-else")
    settings.from_file(dev)


@pytest.mark.parametrize("text", ["config: [", "", "config: {hubguard:organization: [1]}", "- a"])
def test_a_sibling_that_does_not_tell_is_no_permission(stacks: Path, text: str) -> None:
    """What cannot be read may own anything."""
    (stacks / "Pulumi.staging.yaml").write_text(text, encoding="utf-8")
    assert mistakes(stacks / "Pulumi.prod.yaml") == (
        "Pulumi.staging.yaml: cannot be read, so it cannot tell what its stack owns",
    )
