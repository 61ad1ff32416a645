"""The two ends of a sealed secret: the vault that has the value, the environment that may open it."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from githubkit.exception import RequestError, RequestFailed
from nacl.public import PublicKey, SealedBox

from hubguard import standards
from hubguard.errors import HubguardError
from hubguard.github.client import GitHubError, NotThere, client, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from githubkit_schemas.v2026_03_10.models import ActionsPublicKey

T = TypeVar("T")
_CURRENT = "AWSCURRENT"
_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard"})


class VaultError(HubguardError):
    """Secrets Manager refused a call or did not answer."""


class VaultSecret:
    """One secret of the vault: its current version, and its value inside a sealed box.

    Args:
        name: name or ARN of the Secrets Manager secret.
        region: AWS region of the vault.
    """

    def __init__(self, name: str, region: str) -> None:
        self._name = name
        try:
            # A session of its own: the engine calls from several threads, and they are not shared.
            self._client = boto3.Session().client("secretsmanager", region_name=region, config=_CONFIG)
        except BotoCoreError as error:
            raise self._unreachable(error) from None

    def version(self) -> str | None:
        """Id of the current version, None where no value was put yet. Reads no value."""
        try:
            found = self._client.describe_secret(SecretId=self._name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise self._refused(error, "described") from None
        except BotoCoreError as error:
            raise self._unreachable(error) from None
        stages = found.get("VersionIdsToStages", {})
        return next((version for version, names in stages.items() if _CURRENT in names), None)

    def sealed(self, version: str, public_key: str) -> str:
        """The value of a version in a box that only the owner of the key can open.

        Args:
            version: the version to read.
            public_key: base64 of the Curve25519 key, as GitHub publishes it.

        Returns:
            Base64 of the sealed box. The value itself leaves this method in no other way.
        """
        try:
            value = self._client.get_secret_value(SecretId=self._name, VersionId=version)
        except ClientError as error:
            raise self._refused(error, "read") from None
        except BotoCoreError as error:
            raise self._unreachable(error) from None
        token = value.get("SecretString", "").strip()
        if not re.fullmatch(standards.TOKEN_PATTERN, token):
            raise VaultError(
                f"What the secret {self._name} holds is not a Hugging Face token",
                means="The console stores key and value as JSON unless told otherwise; nothing was sealed",
                next_step=f"Put the token alone, as plain text, into {self._name}",
            )
        box = SealedBox(PublicKey(base64.b64decode(public_key)))
        return base64.b64encode(box.encrypt(token.encode())).decode()

    def _refused(self, error: ClientError, what: str) -> VaultError:
        return VaultError(
            f"The secret {self._name} could not be {what}: {error.response['Error']['Code']}",
            means="The caller's role has no right to it, or the secret's policy denies it",
            next_step="Apply as the deploy role of the bootstrap: the CI tokens are read by it alone",
        )

    def _unreachable(self, error: BotoCoreError) -> VaultError:
        return VaultError(
            f"Secrets Manager could not be asked about {self._name}: {type(error).__name__}",
            next_step="Check the AWS credentials and the network, then run it again",
        )


class Environment:
    """One environment of a GitHub repository, as far as its secrets go.

    Args:
        owner: organization or user.
        repository: the repository's name.
        name: the environment's name.
        committed_url: as `hubguard.github.client.client` takes it.
    """

    def __init__(self, owner: str, repository: str, name: str, committed_url: str | None) -> None:
        self._repository = (owner, repository)
        self._where = (owner, repository, quote(name, safe=""))
        self._label = f"{owner}/{repository}, environment {name}"
        self._client = client(committed_url)  # its namespaces hold it by a weak reference only
        self._actions = self._client.rest.actions

    def public_key(self) -> ActionsPublicKey:
        """The key that secrets of this environment are sealed for, with its id."""
        return self._ask(
            "show the public key",
            lambda: self._actions.get_environment_public_key(*self._where).parsed_data,
        )

    def put_secret(self, name: str, box: str, key_id: str) -> None:
        """Store a sealed value under a name, replacing the one before."""
        self._ask(
            f"store {name}",
            lambda: self._actions.create_or_update_environment_secret(
                *self._where, name, encrypted_value=box, key_id=key_id
            ),
        )

    def secret_updated_at(self, name: str) -> str | None:
        """When the secret was last written (ISO 8601), None where it does not exist."""
        try:
            found = self._ask(
                f"show {name}",
                lambda: self._actions.get_environment_secret(*self._where, name).parsed_data,
            )
        except NotThere:
            self._require_admin()
            return None
        return found.updated_at.isoformat()

    def remove_secret(self, name: str) -> None:
        """Delete a secret; one that does not exist is fine."""
        try:
            self._ask(
                f"delete {name}",
                lambda: self._actions.delete_environment_secret(*self._where, name),
            )
        except NotThere:
            self._require_admin()

    def _require_admin(self) -> None:
        """Prove that a 404 means not there: who may administer the repository would be shown it."""
        found = self._ask(
            "show the repository", lambda: self._client.rest.repos.get(*self._repository).parsed_data
        )
        if not (found.permissions and found.permissions.admin):
            raise GitHubError(
                f"GITHUB_TOKEN may not administer {'/'.join(self._repository)}",
                means="What it is not shown may exist all the same, so nothing was concluded",
                next_step="Use a token with administration rights on the repository",
            )

    def _ask(self, what: str, call: Callable[[], T]) -> T:
        what = f"{what} of {self._label}"
        try:
            return call()
        except RequestFailed as error:
            raise refused(error, what) from None
        except RequestError as error:
            raise GitHubError(
                f"GitHub did not answer when asked to {what}: {type(error).__name__}",
                next_step="Check the network and run the same command again: nothing is lost",
            ) from None
