"""One owner: no two stacks own the same organization, account or repository."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

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


@pytest.mark.parametrize("text", ["config: [", "", "- a"])
def test_a_sibling_that_does_not_tell_is_no_permission(stacks: Path, text: str) -> None:
    """What cannot be read may own anything."""
    (stacks / "Pulumi.staging.yaml").write_text(text, encoding="utf-8")
    assert mistakes(stacks / "Pulumi.prod.yaml") == (
        "Pulumi.staging.yaml: cannot be read, so it cannot tell what its stack owns",
    )


OWNS = {
    "aws:allowedAccountIds": ["999988887777"],
    "github:owner": "somebody-else",
    "hubguard:organization": {"name": "another"},
}


@pytest.mark.parametrize(
    ("change", "keys"),
    [
        ({"aws:allowedAccountIds": None}, "aws:allowedAccountIds"),
        ({"aws:allowedAccountIds": []}, "aws:allowedAccountIds"),
        ({"aws:allowedAccountIds": [999988887777]}, "aws:allowedAccountIds"),
        ({"aws:allowedAccountIds": "999988887777"}, "aws:allowedAccountIds"),
        ({"hubguard:organization": {"secure": "v1:x"}}, "hubguard:organization"),
        ({"hubguard:organization": "another"}, "hubguard:organization"),
        ({"github:owner": None}, "github:owner"),
        ({"hubguard:github": {"repositories": ["kwanzaa"]}}, "hubguard:github"),
        (
            {"hubguard:organization": [1], "aws:allowedAccountIds": {}},
            "aws:allowedAccountIds, hubguard:organization",
        ),
    ],
)
def test_a_sibling_of_another_shape_is_no_permission(stacks: Path, change: dict[str, Any], keys: str) -> None:
    """What it owns is told by its account, organization, owner and repositories."""
    config = {key: value for key, value in (OWNS | change).items() if value is not None}
    (stacks / "Pulumi.staging.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    assert mistakes(stacks / "Pulumi.prod.yaml") == (
        f"Pulumi.staging.yaml: {keys} missing or of another shape, so it cannot tell what its stack owns",
    )


def test_a_sibling_with_nothing_of_ours_does_not_tell(stacks: Path) -> None:
    """Its program is this one: what it will own comes later."""
    (stacks / "Pulumi.staging.yaml").write_text("config: {aws:region: eu-central-1}", encoding="utf-8")
    [line] = mistakes(stacks / "Pulumi.prod.yaml")
    assert line.endswith("so it cannot tell what its stack owns")


def test_a_sibling_written_by_the_engine_is_read_as_the_engine_does(stacks: Path) -> None:
    """`pulumi config set` writes objects and lists as JSON text."""
    config = OWNS | {
        "aws:allowedAccountIds": '["444455556666"]',
        "hubguard:organization": '{"name": "Kwanzaa-Project"}',
        "github:owner": "kwanzaa-project",
        "hubguard:github": '{"repositories": [{"name": "hubguard"}]}',
    }
    (stacks / "Pulumi.staging.yaml").write_text(yaml.safe_dump({"config": config}), encoding="utf-8")
    assert [line.partition(": ")[0] for line in mistakes(stacks / "Pulumi.prod.yaml")] == [
        "hubguard:organization.name",
        "aws:allowedAccountIds",
        "hubguard:github.repositories[1].name",
    ]


def test_a_sibling_whose_name_has_a_dot_is_one(stacks: Path) -> None:
    """`prod.eu` is not `prod`."""
    shutil.copy(stacks / "Pulumi.prod.yaml", stacks / "Pulumi.prod.eu.yaml")
    assert any("Pulumi.prod.eu.yaml owns" in line for line in mistakes(stacks / "Pulumi.prod.yaml"))
