"""A token goes to the Hub or to loopback, whatever the environment says."""

from __future__ import annotations

import pytest

from hubguard import endpoints
from hubguard.errors import UsageError


def test_the_hub_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has to be set for the real thing."""
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert endpoints.hub() == "https://huggingface.co"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080", "https://huggingface.co/"]
)
def test_the_hub_and_loopback_are_accepted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Plain HTTP is fine where nothing leaves the machine."""
    monkeypatch.setenv("HF_ENDPOINT", url)
    assert endpoints.hub() == url.rstrip("/")


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
    with pytest.raises(UsageError, match=r"neither https://huggingface\.co nor loopback"):
        endpoints.hub()


def test_githubs_own_api_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """Named or not."""
    monkeypatch.delenv("GITHUB_BASE_URL", raising=False)
    assert endpoints.github() == "https://api.github.com"
    monkeypatch.setenv("GITHUB_BASE_URL", "https://api.github.com/")
    assert endpoints.github() == "https://api.github.com"


def test_a_committed_github_is_used_whatever_the_shell_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's own server is named where reviewers see it."""
    monkeypatch.setenv("GITHUB_BASE_URL", "https://elsewhere.example.org/")
    assert endpoints.github("https://git.example.com/") == "https://git.example.com/api/v3"


@pytest.mark.parametrize("url", ["https://git.example.com/", "http://api.github.com", "http://10.0.0.1/"])
def test_a_github_that_nobody_committed_gets_no_token(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Its public key would open the sealed token."""
    monkeypatch.setenv("GITHUB_BASE_URL", url)
    with pytest.raises(UsageError, match="GITHUB_BASE_URL names"):
        endpoints.github()


def test_a_committed_github_without_tls_is_refused() -> None:
    """Not even by configuration."""
    with pytest.raises(UsageError):
        endpoints.github("http://git.example.com/")
