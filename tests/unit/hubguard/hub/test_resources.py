"""The Hub's resources against the local Hub, as the engine calls them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from hubguard.hub import session
from hubguard.hub.errors import HubError
from hubguard.hub.members import CannotTell
from hubguard.hub.resources import OrganizationMembersProvider, OrganizationRepositoriesProvider
from sandbox.hub.testing import LocalHub

ORGANIZATION = "kwanzaa-project"
STRAYS = {
    "datasets/kwanzaa-project/oral-history-interviews-raw",
    "models/kwanzaa-project/griot-8b-adapter-preview",
}
MEMBERS = "GET /api/organizations/{organization}/members"
LISTING = "GET /api/organizations/{organization}/settings/repositories"


@pytest.fixture
def hub(server: LocalHub, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """The local Hub as after its first start, and an operation of its own on it."""
    server.control("POST", "reset")
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", server.token)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _seconds: None)
    session.current.cache_clear()
    yield server
    session.current.cache_clear()


@pytest.fixture
def roles(hub: LocalHub) -> dict[str, str]:
    """Everybody as they are."""
    assert hub.url
    return {m.user: str(m.role) for m in session.current().members(ORGANIZATION)}


def repositories(**more: Any) -> dict[str, Any]:
    """Inputs of the repositories' resource."""
    return {"organization": ORGANIZATION, "plan": "team", "public": {}, "allow": {}, **more}


def members(roles: dict[str, str], **more: Any) -> dict[str, Any]:
    """Inputs of the members' resource."""
    return {"organization": ORGANIZATION, "plan": "team", "members": roles, "allow": {}, **more}


def test_what_was_closed_is_in_the_journal(hub: LocalHub) -> None:
    """Each with what it was and when; a second run adds nothing and calls nothing."""
    provider = OrganizationRepositoriesProvider()
    first = provider.create(repositories()).outs
    assert first is not None
    assert {(e["repository"], e["from"], e["to"]) for e in first["journal"]} == {
        (path, "public", "private") for path in STRAYS
    }
    hub.control("POST", "requests/reset")
    again = provider.update(ORGANIZATION, first, repositories()).outs
    assert again is not None
    assert again["journal"] == first["journal"]
    assert not any(call.startswith("PUT") for call in hub.control("GET", "requests"))


def test_one_refusal_does_not_leave_the_rest_open(hub: LocalHub) -> None:
    """Everything is tried, everything is told, and the next run does what is missing."""
    hub.control("POST", "faults", {"method": "PUT", "path": "/api/datasets/*", "status": 403})
    provider = OrganizationRepositoriesProvider()
    with pytest.raises(HubError, match=r"1 of 2 changes failed: datasets/.*403.*Done: models/"):
        provider.create(repositories())
    after = provider.create(repositories()).outs
    assert after is not None
    assert [e["repository"] for e in after["journal"]] == [p for p in STRAYS if p.startswith("datasets")]


def test_a_member_who_cannot_be_changed_does_not_stop_the_others(
    hub: LocalHub, roles: dict[str, str]
) -> None:
    """The error names the one, the other has the new role."""
    hub.control("POST", "faults", {"method": "PUT", "path": "*/muhindi-qa/role", "status": 402})
    desired = roles | {"muhindi-qa": "write", "mazao-product": "write"}
    with pytest.raises(HubError, match=r"1 of 2 changes failed: muhindi-qa.*Done: mazao-product"):
        OrganizationMembersProvider().create(members(desired))
    assert {m.user: m.role for m in session.current().members(ORGANIZATION)}["mazao-product"] == "write"


def test_an_invitation_that_the_hub_does_not_offer_is_left_to_a_person(
    hub: LocalHub, roles: dict[str, str]
) -> None:
    """With the page to open; it is neither repeated nor recorded as sent."""
    hub.control("PUT", "switches", {"member_calls": False})
    outs = OrganizationMembersProvider().create(members(roles | {"jua-newcomer": "read"})).outs
    assert outs is not None
    assert outs["invited"] == {}
    assert outs["manual"] == [
        "jua-newcomer cannot be invited from here as read: invite that user,"
        " at https://huggingface.co/organizations/kwanzaa-project/settings/members"
    ]


def test_an_open_invitation_is_no_drift_and_not_repeated(hub: LocalHub, roles: dict[str, str]) -> None:
    """The invited user is not a member yet, and nothing is left to do."""
    provider = OrganizationMembersProvider()
    desired = roles | {"jua-newcomer": "read"}
    outs = provider.create(members(desired)).outs
    assert outs is not None
    assert outs["invited"] == {"jua-newcomer": "read"}
    seen = provider.read(ORGANIZATION, outs)
    assert seen.inputs is not None
    assert seen.inputs["members"] == desired
    hub.control("POST", "requests/reset")
    provider.update(ORGANIZATION, outs, members(desired))
    assert not any(call.startswith("POST") for call in hub.control("GET", "requests"))


@pytest.mark.parametrize("kind", [OrganizationMembersProvider, OrganizationRepositoriesProvider])
def test_a_token_that_is_not_shown_everything_concludes_nothing(
    hub: LocalHub,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[OrganizationMembersProvider | OrganizationRepositoriesProvider],
) -> None:
    """A reader's view of the organization is not the organization."""
    monkeypatch.setenv("HF_TOKEN", hub.reader_token)
    with pytest.raises(CannotTell, match="karamu-reviews is not an admin"):
        kind().read(ORGANIZATION, {"organization": ORGANIZATION})


def test_everything_is_read_once_however_many_threads_ask(hub: LocalHub) -> None:
    """The engine calls from four threads, the listing is one."""
    hub.control("POST", "requests/reset")
    asks = [OrganizationMembersProvider().read, OrganizationRepositoriesProvider().read] * 4
    with ThreadPoolExecutor(len(asks)) as pool:
        list(pool.map(lambda ask: ask(ORGANIZATION, {"organization": ORGANIZATION}), asks))
    counted = hub.control("GET", "requests")
    assert (counted[MEMBERS], counted[LISTING], counted["GET /api/whoami-v2"]) == (1, 1, 1)


def test_only_what_differs_is_a_change() -> None:
    """Outputs that the program declares are none; another organization is another resource."""
    provider = OrganizationMembersProvider()
    olds = members({"a": "admin"}, unmanaged={}, __provider="x")
    assert not provider.diff("kw", olds, members({"a": "admin"}, unmanaged=None, __provider="y")).changes
    assert provider.diff("kw", olds, members({"a": "admin", "b": "read"})).changes
    moved = provider.diff("kw", olds, members({"a": "admin"}) | {"organization": "other"})
    assert moved.replaces == ["organization"]
