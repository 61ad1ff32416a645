"""A policy that AWS would refuse half-way through an update is refused before anything is called."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from components import settings
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
