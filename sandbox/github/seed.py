"""How the local GitHub begins: the organization in `seed.json`, with fresh keys.

The file has names, numbers and dates only. Keys are made at run time: a private key in a repository
would be a secret in a repository.
"""

from __future__ import annotations

import json
from pathlib import Path

from sandbox.github.model import State, Vault

OWNER = "kwanzaa-project"
"""The organization."""
ADMIN = "ainativestudio"
"""An owner of the organization, behind the token that programs use."""
READER = "docs-scribe"
"""A plain member, behind the token that sees less."""

_FILE = Path(__file__).with_name("seed.json")
_FIRST_NUMBERS = {
    "environment": 5_310_240_117,
    "rule": 24_118_602,
    "policy": 31_770_455,
    "ruleset": 6_204_118,
}
"""Where counting starts, in the size that GitHub's numbers have today."""


def seed() -> State:
    """A new state as `seed.json` describes it."""
    described = json.loads(_FILE.read_text())
    described["organization"]["vault"] = Vault.new()
    for repository in described["repositories"]:
        repository["vault"] = Vault.new()
    return State.model_validate({**described, "last": dict(_FIRST_NUMBERS)})
