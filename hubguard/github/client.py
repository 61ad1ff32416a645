"""A GitHub client from the environment, the same variables that the Terraform provider reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import httpx

from hubguard import endpoints
from hubguard.errors import HubguardError, UsageError

if TYPE_CHECKING:
    from githubkit import GitHub
    from githubkit.exception import RequestFailed

_TIMEOUT_SECONDS = 20


class GitHubError(HubguardError):
    """GitHub refused a call or did not answer."""


class NotThere(GitHubError):
    """404: it does not exist, or this token may not see it."""


def client(committed_url: str | None = None) -> GitHub[Any]:
    """A client with `GITHUB_TOKEN`.

    Args:
        committed_url: `github:baseUrl` of the stack's configuration, None for GitHub itself; in the
            sandbox `GITHUB_BASE_URL` names loopback.

    Raises:
        UsageError: `GITHUB_TOKEN` is not set, or the token must not go where the variable says.
    """
    from githubkit import GitHub

    token = os.environ.get("GITHUB_TOKEN", "").strip()
    if not token:
        raise UsageError(
            "GITHUB_TOKEN is not set",
            means="GitHub's environments and secrets cannot be read",
            next_step="Set GITHUB_TOKEN to a token with administration rights on the repository",
        )
    base = endpoints.github(committed_url)
    return GitHub(token, base_url=base, timeout=_TIMEOUT_SECONDS, auto_retry=True)


def refused(error: RequestFailed, call: str) -> GitHubError:
    """GitHub's refusal in one line.

    Args:
        error: what githubkit raised.
        call: what was tried, in words.
    """
    status = error.response.status_code
    kind = NotThere if status == httpx.codes.NOT_FOUND else GitHubError
    return kind(
        f"GitHub answered {status} when asked to {call}",
        means=_MEANING.get(status, ""),
        next_step="Check the repository's and environment's names, and the rights of GITHUB_TOKEN",
    )


_MEANING = {
    401: "The token in GITHUB_TOKEN is not valid",
    403: "The token has not enough rights, or GitHub limits its rate",
    404: "It does not exist, or this token may not see it",
    422: "GitHub refused a value",
}
