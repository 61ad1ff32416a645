"""An Actions environment secret whose value never passes through the Pulumi engine.

The provider process reads the value from Secrets Manager, seals it for the environment's public key
and hands the box to GitHub. Pulumi sees names, a version id and a key id: neither the value nor the
box. Pulumi's own `ActionsEnvironmentSecret` needs the value or the box as an input, and cannot wait
for a value that was not put into the vault yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from hubguard.providers import Provider, inputs_of

if TYPE_CHECKING:
    from hubguard.github.environment import Environment
    from hubguard.github.vault import VaultSecret

SCHEMA_VERSION = 1

Status = Literal["sealed", "pending", "stale", "missing"]
"""`pending`: neither the vault nor GitHub has a value yet. `stale`: GitHub has another value than the
vault, or one sealed for another key. `missing`: GitHub has the secret no longer."""


class EnvironmentSecretProvider(Provider):
    """Seals the current version of a vault secret into one GitHub environment."""

    identity = ("owner", "repository", "environment", "name")

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Seal the current version; without one the resource waits as `pending`."""
        id_ = "/".join(props[key] for key in self.identity)
        return CreateResult(id_, self._seal(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        """Seal again."""
        return UpdateResult(self._seal(_news))

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Changed too where the vault has another current version than the one that was sealed."""
        result = super().diff(_id, _olds, _news)
        if not result.changes:
            version = _vault(_news).version()
            outdated = version is not None and _olds.get("status") in {"stale", "missing"}
            result.changes = outdated or version != _olds.get("version")
        return result

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """Compare what was sealed with the vault and with GitHub, without reading a value."""
        known = inputs_of(props)
        if known.get("status") == "sealed":
            known["status"] = self._status(known)
        return ReadResult(id_, known, {k: known[k] for k in _INPUTS if k in known})

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Remove the secret from the environment; one that is gone already is fine."""
        _environment(_props).remove_secret(_props["name"])

    def _seal(self, props: dict[str, Any]) -> dict[str, Any]:
        vault, environment = _vault(props), _environment(props)
        known = inputs_of(props)
        version = vault.version()
        if version is None:
            # An emptied vault does not empty GitHub: what is there may be an old token.
            left = environment.secret_updated_at(props["name"])
            status = "pending" if left is None else "stale"
            return known | {"status": status, "version": None, "key_id": None, "sealed_at": left}
        key = environment.public_key()
        environment.put_secret(props["name"], vault.sealed(version, key.key), key.key_id)
        return known | {
            "status": "sealed",
            "version": version,
            "key_id": key.key_id,
            "sealed_at": environment.secret_updated_at(props["name"]),
        }

    def _status(self, known: dict[str, Any]) -> Status:
        environment = _environment(known)
        updated_at = environment.secret_updated_at(known["name"])
        if updated_at is None:
            return "missing"
        same = (
            updated_at == known["sealed_at"]
            and environment.public_key().key_id == known["key_id"]
            and _vault(known).version() == known["version"]
        )
        return "sealed" if same else "stale"


_INPUTS = ("owner", "repository", "environment", "name", "secret", "region", "url", "schema_version")


class EnvironmentSecret(Resource, module="github", name="EnvironmentSecret"):
    """A secret of one GitHub environment, sealed from the vault.

    Inputs: `owner`, `repository`, `environment`, `name` of GitHub's secret; `secret`, the name of
    the Secrets Manager secret; `region` of the vault; `url` of a GitHub of one's own.
    Outputs besides: `status`, `version` (Secrets Manager's version id), `key_id` (GitHub's),
    `sealed_at` (GitHub's time of the last write).
    """

    status: pulumi.Output[str]
    version: pulumi.Output[str | None]

    def __init__(  # noqa: PLR0913  one argument per input
        self,
        resource_name: str,
        *,
        owner: str,
        repository: str,
        environment: pulumi.Input[str],
        name: str,
        secret: pulumi.Input[str],
        region: str,
        url: str | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(
            EnvironmentSecretProvider(),
            resource_name,
            {
                "owner": owner,
                "repository": repository,
                "environment": environment,
                "name": name,
                "secret": secret,
                "region": region,
                "url": url,
                "schema_version": SCHEMA_VERSION,
                "status": None,
                "version": None,
                "key_id": None,
                "sealed_at": None,
            },
            opts,
        )


def _vault(props: dict[str, Any]) -> VaultSecret:
    from hubguard.github.vault import VaultSecret

    return VaultSecret(props["secret"], props["region"])


def _environment(props: dict[str, Any]) -> Environment:
    from hubguard.github.environment import Environment

    return Environment(props["owner"], props["repository"], props["environment"], props.get("url"))
