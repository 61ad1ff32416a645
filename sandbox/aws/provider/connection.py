"""Calls to the local AWS through boto3."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from hubguard.errors import SandboxError

if TYPE_CHECKING:
    import boto3

    from sandbox.aws.provider.config import Settings

_NEXT = 'If `make status` shows it running, this shell is of an older sandbox: eval "$(make -s env)"'
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_TIMEOUT = 20  # seconds; the local AWS answers in milliseconds
_CALLS: dict[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": _TIMEOUT,
    "retries": {"mode": "standard", "max_attempts": 3},
    "max_pool_connections": 32,
    "proxies": {},  # a proxy in the environment is not for loopback
}


@dataclass
class Connection:
    """Clients for one provider configuration, and who it acts as.

    Attributes:
        settings: the provider's settings.
        account: the account id of the caller.
        caller: its ARN.
        user: its unique id.
    """

    settings: Settings
    account: str = ""
    caller: str = ""
    user: str = ""
    _session: boto3.Session | None = None
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, settings: Settings) -> Connection:
        """Connect, take on the configured role, and find out who the caller is.

        Raises:
            SandboxError: the endpoint is not on this machine, or nobody answers there.
            ClientError: the credentials are refused.
        """
        connection = cls(settings)
        for role in settings.roles:
            answer = connection.client("sts").assume_role(**role)["Credentials"]
            taken = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
            connection = cls(replace(settings, credentials=taken))
        identity = connection.client("sts").get_caller_identity()
        connection.account = identity["Account"]
        connection.caller = identity["Arn"]
        connection.user = identity["UserId"]
        return connection

    @property
    def region(self) -> str:
        """The provider's region."""
        return self.settings.region

    @property
    def partition(self) -> str:
        """`aws`, `aws-cn` or `aws-us-gov`, by the provider's region."""
        return self._opened.get_partition_for_region(self.region)

    @property
    def _opened(self) -> boto3.Session:
        if self._session is None:
            import boto3  # a third of a second: the plugin answers before it needs it

            self._session = boto3.Session(**self.settings.credentials)
        return self._session

    def client(self, service: str, region: str = "") -> Any:
        """A boto3 client, made once for each service and region.

        Args:
            service: boto3's name of the service.
            region: the provider's region when empty.

        Raises:
            SandboxError: its endpoint is not on this machine.
        """
        key = (service, region or self.region)
        with self._lock:  # making clients from one session is not safe in several threads
            if key not in self._clients:
                from botocore.config import Config

                made = self._opened.client(  # type: ignore[call-overload]  # any service by name
                    service,
                    region_name=key[1],
                    endpoint_url=self.settings.endpoints.get(service),
                    config=Config(**_CALLS),
                )
                _refuse_outside(made.meta.endpoint_url)
                self._clients[key] = made
            return self._clients[key]


def _refuse_outside(endpoint: str) -> None:
    """The stand-in must never touch a real account, whatever the environment says."""
    if urlsplit(endpoint).hostname not in _LOOPBACK:
        raise SandboxError(
            "the sandbox's AWS plugin talks to this machine only, and its endpoint is elsewhere",
            next_step="set AWS_ENDPOINT_URL to the local AWS, or use the official plugin",
        )


def explain(error: ClientError | BotoCoreError) -> str:
    """AWS's code and message, or what boto3 could not do; never a value that was sent."""
    if isinstance(error, ClientError):
        said = error.response.get("Error", {})
        code, message = said.get("Code", "Unknown"), said.get("Message", "")
        return f"{error.operation_name}: {code}: {message}".rstrip(": ")
    if isinstance(error, ParamValidationError):
        # boto3's own text repeats the values.
        names = re.findall(r"(?:parameter|in input:?|for) \"?([A-Z]\w*(?:[.\[][\w\].\[]+)?)", str(error))
        named = f" ({', '.join(dict.fromkeys(names))})" if names else ""
        return f"boto3 refuses a parameter of the call{named}"
    kind = type(error).__name__
    if kind in ("EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError"):
        return f"the local AWS does not answer. {_NEXT}"
    return f"the call to the local AWS failed ({kind}). {_NEXT}"
