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
from botocore.exceptions import ClientError

from components.names import Names
from components.settings import Settings
from sandbox import account, ports, vault
from sandbox.clouds import AWS

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

    def policy(self, inputs: Inputs) -> str:
        """ARN of a managed policy."""
        return f"arn:aws:iam::{self.desired.account}:policy{inputs.get('path', '/')}{inputs['name']}"

    def issuer(self, inputs: Inputs) -> str:
        """ARN of an OpenID Connect provider."""
        host = str(inputs["url"]).removeprefix("https://")
        return f"arn:aws:iam::{self.desired.account}:oidc-provider/{host}"

    def database(self, inputs: Inputs) -> str:
        """Id of a database in the catalogue."""
        return f"{inputs.get('catalogId', self.desired.account)}:{inputs['name']}"

    def table(self, inputs: Inputs) -> str:
        """Id of a table in the catalogue."""
        catalog = inputs.get("catalogId", self.desired.account)
        return f"{catalog}:{inputs['databaseName']}:{inputs['name']}"

    def query(self, inputs: Inputs) -> str | None:
        """Id of a query that is kept in a workgroup."""
        athena = self._client("athena", inputs)
        try:
            pages = athena.get_paginator("list_named_queries").paginate(WorkGroup=inputs["workgroup"])
            ids = [one for page in pages for one in page["NamedQueryIds"]]
        except ClientError:
            return None  # not even the workgroup is there
        named = (athena.get_named_query(NamedQueryId=one)["NamedQuery"] for one in ids)
        return next((str(one["NamedQueryId"]) for one in named if one["Name"] == inputs["name"]), None)

    def queue(self, inputs: Inputs) -> str | None:
        """URL of a queue."""
        client = self._client("sqs", inputs)
        try:
            return str(client.get_queue_url(QueueName=inputs["name"])["QueueUrl"])
        except client.exceptions.QueueDoesNotExist:
            return None

    def _client(self, service: str, inputs: Inputs) -> Any:
        """The account's root at a service, in the region that the resource asks for."""
        return account.root(self.desired.account).client(  # type: ignore[call-overload]  # any service by name
            service,
            region_name=inputs.get("region", self.desired.region),
            endpoint_url=ports.url(AWS),
        )

    def ruleset(self, inputs: Inputs) -> str | None:
        """Number of a repository's ruleset."""
        base = f"{self.environment['GITHUB_BASE_URL']}api/v3/repos/{self.desired.github_owner}"
        headers = {"Authorization": f"Bearer {self.environment['GITHUB_TOKEN']}"}
        with httpx.Client(trust_env=False, timeout=10, headers=headers) as client:
            answer = client.get(f"{base}/{inputs['repository']}/rulesets").raise_for_status()
        return next((str(r["id"]) for r in answer.json() if r["name"] == inputs["name"]), None)


# Everything of the program whose creation fails when the name is taken, and the queries, of which there would
# be two. All else may be made again: most of it is a PUT, and a key that nobody remembers is an orphan that
# nobody uses.
_FINDERS: dict[str, Callable[[Clouds, Inputs], str | None]] = {
    "aws:athena/namedQuery:NamedQuery": Clouds.query,
    "aws:athena/workgroup:Workgroup": lambda _, inputs: str(inputs["name"]),
    "aws:cloudwatch/logGroup:LogGroup": lambda _, inputs: str(inputs["name"]),
    "aws:glue/catalogDatabase:CatalogDatabase": Clouds.database,
    "aws:glue/catalogTable:CatalogTable": Clouds.table,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": Clouds.issuer,
    "aws:iam/policy:Policy": Clouds.policy,
    "aws:iam/role:Role": lambda _, inputs: str(inputs["name"]),
    "aws:kms/alias:Alias": lambda _, inputs: str(inputs["name"]),
    "aws:s3/bucket:Bucket": lambda _, inputs: str(inputs["bucket"]),
    "aws:cloudtrail/trail:Trail": Clouds.trail,
    "aws:secretsmanager/secret:Secret": Clouds.secret,
    "aws:sqs/queue:Queue": Clouds.queue,
    "github:index/repositoryRuleset:RepositoryRuleset": Clouds.ruleset,
}
