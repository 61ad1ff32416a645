"""The local Hub keeps the contract on repositories."""

from __future__ import annotations

import pytest

from sandbox.hub.testing import LocalHub
from tests.integration.hub.targets import LISTING, ORG, PUBLIC, Target, code


def test_listing_is_sorted_and_filtered(admin: Target) -> None:
    """Largest first; by type, by a part of the name, by another order on request."""
    sizes = [each["storage"] for each in admin.listed(LISTING)]
    assert sizes == sorted(sizes, reverse=True)
    buckets = admin.listed(LISTING, type="bucket", limit=3)
    assert len(buckets) == 4
    assert {each["type"] for each in buckets} == {"bucket"}
    assert len(admin.listed(LISTING, search="griot-8b")) == 4
    names = [each["id"] for each in admin.listed(LISTING, sort="id", direction="asc", limit=7)]
    assert names == sorted(names)
    assert abs(sum(each["storagePercent"] for each in admin.listed(LISTING)) - 1) < 0.001


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=x",
        "cursor=x",
        "cursor=e30=",
        "cursor=WyJhIl0=",
        "cursor=W3RydWUsMV0=",
        "sort=size",
        "type=app",
    ],
)
def test_bad_query_is_refused(admin: Target, query: str) -> None:
    """A limit, cursor, order or type that does not exist is 400, not ignored."""
    assert code(admin.client.get(f"{LISTING}?{query}"))[0] == 400


def test_listing_shows_what_the_caller_can_see(hub: LocalHub) -> None:
    """Outside the resource groups a reader sees the rest; no_access sees what is public."""
    for user, count in (("karamu-reviews", 36), ("kujichagulia-alumni", 2)):
        with hub.client(hub.mint(user, "read")) as client:
            assert len(Target(ORG, client).listed(LISTING, limit=10)) == count
    with hub.client(hub.mint("jua-newcomer")) as client:
        assert code(client.get(LISTING))[0] == 403
    with hub.client() as client:
        assert code(client.get(LISTING))[0] == 401


def test_closing_a_repository_hides_it_from_visitors(admin: Target, hub: LocalHub) -> None:
    """Public is for everybody; once it is private a visitor gets 401 and a stranger 404."""
    path = f"/api/models/{ORG}/griot-8b-adapter-preview"
    with hub.client() as visitor, hub.client(hub.mint("jua-newcomer")) as stranger:
        assert visitor.get(path).json()["private"] is False
        admin.client.put(f"{path}/settings", json={"visibility": "private"}).raise_for_status()
        assert code(visitor.get(path)) == (401, "RepoNotFound")
        assert code(stranger.get(path)) == (404, "RepoNotFound")
    shown = {(r["type"], r["id"]) for r in admin.listed(LISTING) if r["visibility"] != "private"}
    assert shown == PUBLIC - {("model", f"{ORG}/griot-8b-adapter-preview")}


@pytest.mark.parametrize(
    ("type_", "name", "body", "status"),
    [
        ("models", "griot-8b-base", {}, 400),
        ("models", "griot-8b-base", {"visibility": "secret"}, 400),
        ("models", "griot-8b-base", {"visibilty": "private"}, 400),
        ("models", "griot-8b-base", {"visibility": "private", "private": True}, 400),
        ("models", "griot-8b-base", {"visibility": "protected"}, 400),
        ("models", "griot-8b-base", {"gated": True}, 400),
        ("spaces", "griot-chat", {"gated": "auto"}, 400),
        ("models", "not-there", {"private": True}, 404),
        ("datasets", "griot-8b-base", {"private": True}, 404),
        ("kernels", "grouped-adapter-matmul", {"private": True}, 404),
        ("buckets", "eval-runs", {"visibility": "private"}, 400),
        ("buckets", "not-there", {"private": True}, 404),
    ],
)
def test_bad_settings_are_refused(
    admin: Target, type_: str, name: str, body: dict[str, object], status: int
) -> None:
    """A wrong value, a misspelt or missing field, a type without the setting: nothing changes."""
    before = admin.listed(LISTING)
    answer = admin.client.put(f"/api/{type_}/{ORG}/{name}/settings", json=body)
    assert code(answer)[0] == status
    assert admin.listed(LISTING) == before


def test_settings_take_write_access(hub: LocalHub) -> None:
    """Who only reads is forbidden, who sees nothing finds nothing, a visitor must log in."""
    path = f"/api/models/{ORG}/griot-8b-base/settings"
    cases = ((hub.reader_token, 403), (hub.mint("jua-newcomer"), 404), (None, 401))
    for token, status in cases:
        with hub.client(token) as client:
            assert code(client.put(path, json={"visibility": "public"}))[0] == status
    public = f"/api/models/{ORG}/griot-8b-adapter-preview/settings"
    with hub.client() as client:
        assert code(client.put(public, json={"visibility": "private"}))[0] == 401


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"name": "griot-8b-base"}, 409),
        ({"name": "GRIOT-8B-base"}, 409),
        ({"name": "a--b"}, 400),
        ({"name": "-a"}, 400),
        ({"name": "a" * 97}, 400),
        ({"name": "b", "type": "bucket"}, 400),
        ({"name": "b", "type": "space"}, 400),
        ({"name": "b", "visibility": "protected"}, 400),
        ({"name": "b", "resourceGroupId": "0" * 24}, 403),
        ({"name": "b", "organization": "somebody-else"}, 403),
    ],
)
def test_bad_creation_is_refused(admin: Target, wish: dict[str, object], status: int) -> None:
    """What is there already, a bad name, a Space without sdk, a foreign namespace: refused."""
    answer = admin.client.post("/api/repos/create", json={"organization": ORG, **wish})
    assert code(answer)[0] == status
    assert len(admin.listed(LISTING)) == 41


def test_new_repository_is_public_unless_the_organization_says_otherwise(
    admin: Target, hub: LocalHub
) -> None:
    """The trap: a creation that names no visibility opens the repository."""
    for name, default in (("open-one", "public"), ("closed-one", "private")):
        hub.control("PATCH", f"organizations/{ORG}", {"defaultVisibility": default})
        wish = {"name": name, "organization": ORG}
        admin.client.post("/api/repos/create", json=wish).raise_for_status()
        found = admin.client.get(f"/api/models/{ORG}/{name}").json()
        assert found["private"] is (default == "private")


def test_free_plan_lacks_what_is_paid_for(admin: Target, hub: LocalHub) -> None:
    """Regions, groups, protected and computing Spaces answer 402 on the free plan."""
    group = admin.members()["mkeka-data"]["resourceGroups"][0]["id"]
    hub.control("PATCH", f"organizations/{ORG}", {"plan": "free"})
    for extra in (
        {"region": "eu"},
        {"resourceGroupId": group},
        {"type": "space", "sdk": "gradio"},
        {"type": "space", "sdk": "static", "visibility": "protected"},
    ):
        wish = {"name": "new-one", "organization": ORG, **extra}
        assert code(admin.client.post("/api/repos/create", json=wish))[0] == 402
    settings_ = f"/api/spaces/{ORG}/project-site/settings"
    assert code(admin.client.put(settings_, json={"visibility": "protected"}))[0] == 402
    wish = {"name": "new-one", "organization": ORG, "type": "space", "sdk": "static"}
    assert admin.client.post("/api/repos/create", json=wish).is_success


def test_protected_space_counts_as_closed_for_its_repository(admin: Target, hub: LocalHub) -> None:
    """The listing says protected; the repository itself is still hidden from visitors."""
    path = f"/api/spaces/{ORG}/griot-chat"
    admin.client.put(f"{path}/settings", json={"visibility": "protected"}).raise_for_status()
    listed = {r["id"]: r["visibility"] for r in admin.listed(LISTING, type="space")}
    assert listed[f"{ORG}/griot-chat"] == "protected"
    with hub.client() as visitor:
        assert code(visitor.get(path))[0] == 401
