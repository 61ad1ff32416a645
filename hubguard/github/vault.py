"""The vault's end of a sealed secret: who has the value, and hands it out in a box alone."""

from __future__ import annotations

import base64
import re

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from nacl.public import PublicKey, SealedBox

from hubguard import standards
from hubguard.errors import HubguardError

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
