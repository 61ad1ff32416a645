"""A token goes to the Hub or to loopback, whatever the environment says."""

from __future__ import annotations

import pytest

from hubguard.errors import UsageError
from hubguard.hub.endpoint import endpoint


def test_the_hub_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be set for the real thing."""
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoint() == "https://huggingface.co"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080", "https://huggingface.co/"]
)
def test_the_hub_and_loopback_are_accepted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Plain HTTP is fine where nothing leaves the machine."""
    monkeypatch.setenv("HF_ENDPOINT", url)
    assert endpoint() == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co",
        "https://huggingface.co.example.org",
        "https://example.org",
        "http://127.0.0.1@example.org",
        "http://user:pass@127.0.0.1:80",
        "http://127.0.0.1.example.org",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "file:///etc",
    ],
)
def test_every_other_host_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Look-alikes, credentials in the address and private networks are other hosts."""
    monkeypatch.setenv("HF_ENDPOINT", url)
    with pytest.raises(UsageError, match="neither the Hub nor loopback"):
        endpoint()
