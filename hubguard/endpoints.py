"""Which host may receive a token: the service itself, loopback, or one that is committed.

Never whatever an environment variable happens to say.
"""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from hubguard import standards
from hubguard.errors import UsageError


def hub() -> str:
    """The base URL of the Hub, from `HF_ENDPOINT` where that is allowed, without a trailing slash.

    Raises:
        UsageError: `HF_ENDPOINT` names another host, or plain HTTP that is not loopback.
    """
    return allowed(os.environ.get("HF_ENDPOINT") or standards.HUB_URL, standards.HUB_URL, "HF_ENDPOINT")


def github(committed: str | None = None) -> str:
    """The base URL of GitHub's REST API, without a trailing slash.

    Args:
        committed: `github:baseUrl` of the stack's configuration, for a GitHub of one's own.

    Raises:
        UsageError: `GITHUB_BASE_URL` names a host that nobody committed.
    """
    wanted = committed or os.environ.get("GITHUB_BASE_URL") or standards.GITHUB_URL
    url = allowed(wanted, committed or standards.GITHUB_URL, "GITHUB_BASE_URL")
    # The Terraform provider takes the address of the server and finds the API below it.
    return url if url == standards.GITHUB_URL else f"{url}/api/v3"


def allowed(url: str, service: str, variable: str) -> str:
    """The URL without a trailing slash, if a token may go there.

    Args:
        url: where a call would go.
        service: the service's own address, over HTTPS.
        variable: what named the URL, for the message.

    Raises:
        UsageError: another host than the service and loopback, or plain HTTP to the service.
    """
    url, service = url.rstrip("/"), service.rstrip("/")
    if _is_loopback(url) or (url == service and urlsplit(url).scheme == "https"):
        return url
    raise UsageError(
        f"{variable} names {urlsplit(url).hostname or 'no host'}, which is neither {service} nor loopback",
        means="A token would be sent to a host that nobody approved",
        next_step=f"Unset {variable}",
    )


def _is_loopback(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.username or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ipaddress.ip_address(parts.hostname).is_loopback
    except ValueError:
        return False
