"""Finishes what a killed engine left open.

An engine that is killed while something is being created remembers that it began, not what came of it.
Creating it again would fail on everything whose name is unique. So each of them is looked up by its name
and taken into the state as it is; the refresh that follows reads it, or drops it where it never came to be.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from components.names import Names
from components.settings import Settings
from sandbox import vault

Inputs = Mapping[str, Any]


def adopt(exported: Mapping[str, Any], where: Clouds) -> dict[str, Any] | None:
    """The exported stack with its pending creations taken in and no operation pending.

    Args:
        exported: what `pulumi stack export` printed.
        where: the clouds to look in.

    Returns:
        What to import, None where nothing is pending.
    """
    if not exported["deployment"].get("pending_operations"):
        return None
    mended = copy.deepcopy(dict(exported))
    deployment = mended["deployment"]
    known = {resource["urn"] for resource in deployment.get("resources", [])}
    for operation in deployment.pop("pending_operations"):
        resource = operation["resource"]
        find = _FINDERS.get(resource["type"])
        if operation["type"] != "creating" or resource["urn"] in known or find is None:
            continue  # it is in the state already, or creating it again does no harm
        if not known.issuperset(resource.get("dependencies", [])):
            continue  # it stands on something that was lost itself
        inputs = resource.get("inputs", {})
        found = find(where, inputs)
        if found is not None:
            deployment["resources"].append(resource | {"id": found, "outputs": inputs})
    return mended


@dataclass(frozen=True)
class Clouds:
    """Looks things up by name in the local clouds, as one stack sees them.

    Attributes:
        desired: the stack's settings.
        environment: the engine's environment, with the address of GitHub and its token.
    """

    desired: Settings
    environment: Mapping[str, str]

    def trail(self, inputs: Inputs) -> str:
        """ARN of a trail."""
        names = Names.of(self.desired)
        return f"arn:aws:cloudtrail:{names.region}:{names.account}:trail/{inputs['name']}"

    def secret(self, inputs: Inputs) -> str | None:
        """ARN of a secret, with the six characters that nobody knows beforehand."""
        client = vault.client(self.desired)
        try:
            return str(client.describe_secret(SecretId=inputs["name"])["ARN"])
        except client.exceptions.ResourceNotFoundException:
            return None

    def ruleset(self, inputs: Inputs) -> str | None:
        """Number of a repository's ruleset."""
        base = f"{self.environment['GITHUB_BASE_URL']}api/v3/repos/{self.desired.github_owner}"
        headers = {"Authorization": f"Bearer {self.environment['GITHUB_TOKEN']}"}
        with httpx.Client(trust_env=False, timeout=10, headers=headers) as client:
            answer = client.get(f"{base}/{inputs['repository']}/rulesets").raise_for_status()
        return next((str(r["id"]) for r in answer.json() if r["name"] == inputs["name"]), None)


# Everything of the program whose creation fails when the name is taken. All else may be made again: most
# of it is a PUT, and a key that nobody remembers is an orphan that nobody uses.
_FINDERS: dict[str, Callable[[Clouds, Inputs], str | None]] = {
    "aws:iam/role:Role": lambda _, inputs: str(inputs["name"]),
    "aws:s3/bucket:Bucket": lambda _, inputs: str(inputs["bucket"]),
    "aws:cloudtrail/trail:Trail": Clouds.trail,
    "aws:secretsmanager/secret:Secret": Clouds.secret,
    "github:index/repositoryRuleset:RepositoryRuleset": Clouds.ruleset,
}
