"""A policy that AWS would refuse half-way through an update is refused before anything is called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components import settings
from components.documents import limits
from hubguard.errors import SettingsError

CHECKOUT = Path(__file__).resolve().parents[3]


def stack_file(directory: Path, tokens: int, regions: list[str]) -> Path:
    """The sandbox's stack file with so many more CI tokens."""
    document = yaml.safe_load((CHECKOUT / "Pulumi.sandbox.yaml").read_text(encoding="utf-8"))
    document["config"]["hubguard:tokens"] += [
        {"name": f"{'a' * 50}-{number:03}", "environment": "ci", "role": "read", "owner": "ainativestudio"}
        for number in range(tokens)
    ]
    document["config"]["hubguard:vault"] = {"replica_regions": regions}
    file = directory / "Pulumi.many.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def test_an_ordinary_inventory_fits(tmp_path: Path) -> None:
    """Twenty tokens with long names."""
    settings.from_file(stack_file(tmp_path, 14, []))


@pytest.mark.parametrize(("tokens", "regions"), [(60, []), (20, ["eu-west-1", "eu-north-1", "us-east-1"])])
def test_more_than_a_policy_can_name_is_one_line_each(
    tmp_path: Path, tokens: int, regions: list[str]
) -> None:
    """The line says whose policy, how long it would be and what to do."""
    with pytest.raises(SettingsError) as refusal:
        settings.from_file(stack_file(tmp_path, tokens, regions))
    assert any(
        line.startswith("hubguard:tokens: the policy of the role drift would have ")
        and "AWS takes 10,240; expected fewer tokens" in line
        for line in refusal.value.lines
    )


def changed(directory: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The sandbox's stack file with a change."""
    document = yaml.safe_load((CHECKOUT / "Pulumi.sandbox.yaml").read_text(encoding="utf-8"))
    change(document["config"])
    file = directory / "Pulumi.changed.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return file


def lines(file: Path) -> tuple[str, ...]:
    """The lines that a stack file is refused with."""
    with pytest.raises(SettingsError) as refusal:
        settings.from_file(file)
    return refusal.value.lines


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("production_readers", "production-reader"),
        ("training_writers", "training-writer"),
        ("operators", "operator"),
        ("incident_responders", "incident-responder"),
        ("auditors", "auditor"),
    ],
)
def test_more_people_than_a_trust_can_name_is_one_line(tmp_path: Path, key: str, role: str) -> None:
    """It begins with the list that is too long."""
    people = [f"arn:aws:iam::123456789012:role/{'x' * 50}-{number:03}" for number in range(30)]
    [line] = lines(changed(tmp_path, lambda config: config["hubguard:access"].update({key: people})))
    assert line.startswith(f"hubguard:access.{key}: the trust of the role {role} would have 2,")
    assert line.endswith("AWS takes 2,048; expected fewer of them, or shorter ARNs")


def test_more_jobs_than_a_trust_can_name_is_one_line(tmp_path: Path) -> None:
    """Each environment of CI is a subject."""

    def add(config: dict[str, Any]) -> None:
        config["hubguard:github"]["repositories"][0]["environments"] += [
            {"name": f"ci-{number}", "assumes": "ci"} for number in range(40)
        ]

    [line] = lines(changed(tmp_path, add))
    assert line.startswith("hubguard:github.repositories: the trust of the role ci would have ")
    assert line.endswith("AWS takes 2,048; expected fewer or shorter environments with assumes: ci")


def test_the_longest_environment_that_deploys_fits(tmp_path: Path) -> None:
    """GitHub takes 255 characters, and there is one such environment."""

    def rename(config: dict[str, Any]) -> None:
        [deploy] = [
            environment
            for environment in config["hubguard:github"]["repositories"][1]["environments"]
            if environment["name"] == "deploy"
        ]
        deploy["name"] = "x" * 255

    settings.from_file(changed(tmp_path, rename))


@pytest.mark.parametrize(
    ("regions", "key", "expected"),
    [
        ([], "organization.name", "a shorter name"),
        (["eu-west-1"], "vault.replica_regions", "fewer regions"),
    ],
)
def test_a_managed_policy_that_is_too_long_is_told_at_its_own_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, regions: list[str], key: str, expected: str
) -> None:
    """Fewer tokens would not make the boundary or deploy's policies shorter."""
    monkeypatch.setattr(limits, "MANAGED_MAX", 1_000)
    found = lines(
        changed(tmp_path, lambda config: config.update({"hubguard:vault": {"replica_regions": regions}}))
    )
    assert any(line.startswith(f"hubguard:{key}: the policy hubguard-boundary would have ") for line in found)
    assert all(line.endswith(f"AWS takes 1,000; expected {expected}") for line in found)
