"""What the contract is held against, and words that all of its tests use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

ROLES = {"no_access", "read", "contributor", "write", "admin"}
ORG = "kwanzaa-project"
MEMBERS = f"/api/organizations/{ORG}/members"
LISTING = f"/api/organizations/{ORG}/settings/repositories"
PUBLIC = {
    ("model", f"{ORG}/griot-8b-adapter-preview"),
    ("dataset", f"{ORG}/oral-history-interviews-raw"),
}


@dataclass
class Target:
    """A Hub to hold against the contract, seen by an admin of an organization."""

    organization: str
    client: httpx.Client

    def pages(self, path: str, **query: str | int) -> Iterator[httpx.Response]:
        """Every page of a listing."""
        address, parameters = path, dict(query)
        while True:
            answer = self.client.get(address, params=parameters or None).raise_for_status()
            yield answer
            following = answer.links.get("next")
            if following is None:
                return
            address, parameters = following["url"], {}

    def listed(self, path: str, **query: str | int) -> list[dict[str, Any]]:
        """A listing, to the end."""
        return [item for page in self.pages(path, **query) for item in page.json()]

    def members(self) -> dict[str, dict[str, Any]]:
        """The members by name."""
        return {each["user"]: each for each in self.listed(f"/api/organizations/{self.organization}/members")}


def code(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and error code, of an answer in the form that all refusals have."""
    assert isinstance(answer.json()["error"], str)
    assert answer.headers["X-Error-Message"]
    return answer.status_code, answer.headers.get("X-Error-Code")
