"""One typed client for the calls that this project makes to the Hub.

It stands on `huggingface_hub`'s own session and backoff, and adds what those leave out: the calls
without a method there, paging to the end, and errors that say what to do next.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urljoin, urlsplit

import httpx2
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils import http_backoff
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from hubguard import endpoints, standards
from hubguard.errors import UsageError
from hubguard.hub.errors import MalformedAnswer, Unavailable, from_status

log = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 20.0
_RETRIES = 3
_PAGE = 500  # the Hub's own default for members; the most that one answer carries

T = TypeVar("T")
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class _Answer(BaseModel):
    """Fields that are not named are the Hub's business and are dropped."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class GroupMembership(_Answer):
    """A resource group that a member is in, with the role there."""

    id: str
    name: str = ""
    role: standards.Role


class Member(_Answer):
    """A member as `GET /api/organizations/{org}/members` lists it.

    `role` is absent unless the caller belongs to the organization, `resource_groups` and `two_factor`
    where the caller may not see them: absent is not empty.
    """

    user: str
    role: standards.Role | None = None
    resource_groups: list[GroupMembership] | None = Field(default=None, alias="resourceGroups")
    two_factor: bool | None = Field(default=None, alias="twoFaEnabled")


class Repository(_Answer):
    """A repository as the organization's settings list it; `id` is `namespace/name`."""

    id: str
    type: standards.RepositoryType
    visibility: Literal["public", "private", "protected"]

    @property
    def path(self) -> str:
        """The name used everywhere in this project, for instance `datasets/kwanzaa-project/corpus`."""
        return f"{self.type}s/{self.id}"


class Identity(_Answer):
    """Who the token belongs to (`GET /api/whoami-v2`)."""

    name: str
    type: str


_IDENTITY = TypeAdapter(Identity)
_MEMBERS = TypeAdapter(list[Member])
_REPOSITORIES = TypeAdapter(list[Repository])


class HubClient:
    """Calls to one Hub with one token. Safe to share between threads.

    Args:
        token: sent as bearer token to the Hub or to loopback only; never logged.
        base: base URL of the Hub; by default `HF_ENDPOINT`, where a token may go there.
    """

    def __init__(self, token: str, base: str | None = None) -> None:
        self._base = endpoints.allowed(base, standards.HUB_URL, "base") if base else endpoints.hub()
        self._headers = {"Authorization": f"Bearer {token}"}

    @classmethod
    def from_environment(cls) -> HubClient:
        """A client with the token in `HF_TOKEN`.

        Raises:
            UsageError: `HF_TOKEN` is not set, or `HF_ENDPOINT` is not allowed.
        """
        token = os.environ.get("HF_TOKEN", "").strip()
        if not token:
            raise UsageError(
                "HF_TOKEN is not set",
                means="The Hub shows members and private repositories to an admin's token only",
                next_step="Set HF_TOKEN to a token of an organization admin",
            )
        return cls(token)

    def whoami(self) -> Identity:
        """The owner of the token. The Hub limits this call strictly: ask once."""
        path = "/api/whoami-v2"
        return _parse(_IDENTITY, self._call("GET", path).content, path)

    def members(self, organization: str) -> list[Member]:
        """All members of the organization, read to the last page."""
        return self._list(_MEMBERS, f"/api/organizations/{quote(organization)}/members")

    def repositories(self, organization: str) -> list[Repository]:
        """All repositories of the organization, of every type, read to the last page."""
        path = f"/api/organizations/{quote(organization)}/settings/repositories"
        return self._list(_REPOSITORIES, path)

    def set_role(self, organization: str, user: str, role: str, groups: list[GroupMembership]) -> None:
        """Give a member a role and exactly these resource groups.

        The Hub removes a member from every group that the call leaves out: send the current ones back.
        """
        path = f"/api/organizations/{quote(organization)}/members/{quote(user)}/role"
        body = {"role": role, "resourceGroups": [{"id": g.id, "role": g.role} for g in groups]}
        self._call("PUT", path, body)

    def invite(self, organization: str, user: str, role: str) -> None:
        """Invite a user; the user accepts or declines later. Not repeated on a lost connection."""
        path = f"/api/organizations/{quote(organization)}/members/invite"
        self._call("POST", path, {"role": role, "username": user})

    def close_repository(self, repository: Repository) -> None:
        """Make a model, dataset, Space or bucket private. Kernels have no such call."""
        path = f"/api/{repository.type}s/{quote(repository.id)}/settings"
        self._call("PUT", path, {"private": True})

    def _list(self, kind: TypeAdapter[list[T]], path: str) -> list[T]:
        return [item for page in self._pages(path) for item in _parse(kind, page, path)]

    def _pages(self, path: str) -> Iterator[bytes]:
        url: str | None = f"{self._base}{path}?limit={_PAGE}"
        seen: set[str] = set()
        while url is not None:
            if url in seen:
                raise MalformedAnswer(
                    f"The Hub's listing {path} leads back to a page that was already read",
                    means="The list cannot be read whole, so nothing was concluded from it",
                    next_step="Run the same command again later",
                )
            seen.add(url)
            response = self._call("GET", url)
            yield response.content
            following = response.links.get("next", {}).get("url")
            url = self._same_host(urljoin(url, following)) if following else None

    def _same_host(self, url: str) -> str:
        if urlsplit(url)[:2] != urlsplit(self._base)[:2]:
            raise MalformedAnswer(
                "The Hub's listing continues on another host",
                means="The token is not sent there",
                next_step="Check HF_ENDPOINT and any proxy in between",
            )
        return url

    def _call(self, method: Method, target: str, body: dict[str, Any] | None = None) -> httpx2.Response:
        url = target if target.startswith(self._base) else f"{self._base}{target}"
        call = f"{method} {urlsplit(url).path}"
        started = time.monotonic()
        # An invitation that was lost on the way may have arrived: only refusals are repeated.
        repeat: tuple[type[Exception], ...] = (
            ()
            if method == "POST"
            else (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError)
        )
        try:
            answered = http_backoff(
                method,
                url,
                headers=self._headers,
                json=body,
                timeout=_TIMEOUT_SECONDS,
                follow_redirects=False,
                max_retries=_RETRIES,
                retry_on_exceptions=repeat,
                retry_on_status_codes=(429,) if method == "POST" else (429, 500, 502, 503, 504),
            )
        except HfHubHTTPError as error:
            answered = error.response
        except httpx2.HTTPError as error:
            raise Unavailable(
                f"The Hub at {urlsplit(self._base).netloc} did not answer {call}",
                means=f"No connection ({type(error).__name__})",
                next_step="Check the network and run the same command again: nothing is lost",
            ) from None
        request_id = answered.headers.get("x-request-id", "none")
        milliseconds = (time.monotonic() - started) * 1000
        log.info("%s %d %.0f ms request %s", call, answered.status_code, milliseconds, request_id)
        if answered.status_code >= httpx2.codes.MULTIPLE_CHOICES:
            raise from_status(answered.status_code, call) from None
        return answered


def _parse(kind: TypeAdapter[T], answer: bytes, path: str) -> T:
    try:
        return kind.validate_json(answer)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the answer"
        raise MalformedAnswer(
            f"The Hub's answer to {path} is not as documented: {where}: {first['msg']}",
            means="Nothing was concluded from it",
            next_step="Run the same command again; if it stays, the Hub's API has changed",
        ) from None
