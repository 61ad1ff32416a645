"""Which host may receive a token: the Hub, or loopback; never whatever `HF_ENDPOINT` happens to say."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from hubguard import standards
from hubguard.errors import UsageError


def endpoint() -> str:
    """The base URL of the Hub, from `HF_ENDPOINT` where that is allowed, without a trailing slash.

    Raises:
        UsageError: `HF_ENDPOINT` names another host, or plain HTTP that is not loopback.
    """
    url = (os.environ.get("HF_ENDPOINT") or standards.HUB_URL).rstrip("/")
    if url == standards.HUB_URL or _is_loopback(url):
        return url
    raise UsageError(
        f"HF_ENDPOINT names {urlsplit(url).hostname or 'no host'}, which is neither the Hub nor loopback",
        means="A token would be sent to a host that nobody approved",
        next_step="Unset HF_ENDPOINT",
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
