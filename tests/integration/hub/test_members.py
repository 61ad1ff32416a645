"""The local Hub keeps the contract on members, roles and invitations."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.hub.testing import LocalHub
from tests.integration.hub.targets import LISTING, MEMBERS, ORG, Target, code


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(limit=st.integers(1, 45))
def test_paging_gives_each_repository_once(server: LocalHub, limit: int) -> None:
    """Whatever the page size, each repository comes once and no page is larger than asked."""
    with server.client(server.token) as client:
        pages = list(Target(ORG, client).pages(LISTING, limit=limit))
    assert all(len(page.json()) <= limit for page in pages)
    found = [(each["type"], each["id"]) for page in pages for each in page.json()]
    assert len(found) == len(set(found)) == 41
    assert len(pages) == -(-41 // limit)


def test_admin_sees_what_makes_a_member_unsafe(admin: Target) -> None:
    """2FA for all, the e-mail where it is verified, and the resource groups even when empty."""
    members = admin.members()
    assert len(members) == 21
    without = {name for name, member in members.items() if not member["twoFaEnabled"]}
    assert without == {"ngoma-speech", "baobab-intern", "bendera-brand", "safari-partners"}
    assert {n for n, m in members.items() if "verifiedEmail" not in m} == {"nyota-education"}
    assert members["muhindi-qa"]["resourceGroups"] == []
    assert [g["name"] for g in members["mkeka-data"]["resourceGroups"]] == ["corpus-curation"]
    assert members["mkeka-data"]["resourceGroups"][0]["numUsers"] == 4


def test_fewer_rights_show_less_of_members(hub: LocalHub) -> None:
    """A mere member sees the roles, strangers and visitors not even these."""
    for token, role in ((hub.reader_token, True), (hub.mint("jua-newcomer"), False), (None, False)):
        with hub.client(token) as client:
            shown = client.get(MEMBERS).raise_for_status().json()[0]
        assert ("role" in shown) is role
        assert not {"twoFaEnabled", "verifiedEmail", "resourceGroups"} & shown.keys()


def test_members_are_searched(admin: Target, hub: LocalHub) -> None:
    """By a part of the name, and by the verified e-mail for admins alone."""
    assert [each["user"] for each in admin.listed(MEMBERS, search="UJIMA")] == ["ujima-corpora"]
    address = "muhindi-qa@kwanzaa.example"
    assert [each["user"] for each in admin.listed(MEMBERS, email=address)] == ["muhindi-qa"]
    assert admin.listed(MEMBERS, email="nyota-education@kwanzaa.example") == []
    with hub.client(hub.reader_token) as client:
        assert code(client.get(MEMBERS, params={"email": address})) == (403, None)


def test_role_change_without_groups_leaves_all_groups(admin: Target) -> None:
    """The trap: a body with the role alone takes the member out of every resource group."""
    assert admin.members()["mkeka-data"]["resourceGroups"]
    done = admin.client.put(f"{MEMBERS}/mkeka-data/role", json={"role": "read"})
    assert done.raise_for_status().json() == {"success": True}
    changed = admin.members()["mkeka-data"]
    assert (changed["role"], changed["resourceGroups"]) == ("read", [])


def test_role_change_that_sends_the_groups_back_keeps_them(admin: Target) -> None:
    """Reading the groups and sending them along changes the role alone."""
    groups = admin.members()["mkeka-data"]["resourceGroups"]
    body = {"role": "read", "resourceGroups": [{k: g[k] for k in ("id", "role")} for g in groups]}
    admin.client.put(f"{MEMBERS}/mkeka-data/role", json=body).raise_for_status()
    changed = admin.members()["mkeka-data"]
    assert (changed["role"], changed["resourceGroups"]) == ("read", groups)


@pytest.mark.parametrize(
    ("user", "body", "status"),
    [
        ("muhindi-qa", {"role": "owner"}, 400),
        ("muhindi-qa", {"roles": "read"}, 400),
        ("muhindi-qa", [], 400),
        ("muhindi-qa", {"role": "read", "resourceGroups": [{"id": "0" * 24, "role": "read"}]}, 403),
        ("jua-newcomer", {"role": "read"}, 404),
    ],
)
def test_bad_role_change_is_refused(admin: Target, user: str, body: object, status: int) -> None:
    """A wrong body, a foreign group or somebody who is no member: refused, nothing changed."""
    before = admin.members()
    assert code(admin.client.put(f"{MEMBERS}/{user}/role", json=body))[0] == status
    assert admin.members() == before


def test_only_admins_manage_members(hub: LocalHub) -> None:
    """Writers, readers, strangers and an admin's read token get 403, visitors 401."""
    tokens = [hub.mint("umoja-training"), hub.reader_token, hub.mint("jua-newcomer")]
    tokens.append(hub.mint("ainativestudio", "read"))
    for token, status in [*((token, 403) for token in tokens), (None, 401)]:
        with hub.client(token) as client:
            role = client.put(f"{MEMBERS}/muhindi-qa/role", json={"role": "admin"})
            gone = client.delete(f"{MEMBERS}/muhindi-qa")
            asked = client.post(f"{MEMBERS}/invite", json={"role": "read", "username": "x"})
        assert {code(role)[0], code(gone)[0], code(asked)[0]} == {status}


def test_free_plan_has_no_member_management(hub: LocalHub, admin: Target) -> None:
    """Without a paid plan roles, invitations and removals answer 402."""
    hub.control("PATCH", f"organizations/{ORG}", {"plan": "free"})
    assert code(admin.client.put(f"{MEMBERS}/muhindi-qa/role", json={"role": "read"}))[0] == 402
    wish = {"role": "read", "username": "jua-newcomer"}
    assert code(admin.client.post(f"{MEMBERS}/invite", json=wish))[0] == 402
    assert code(admin.client.delete(f"{MEMBERS}/muhindi-qa"))[0] == 402
    assert not {"verifiedEmail", "resourceGroups"} & admin.members()["muhindi-qa"].keys()


def test_invited_user_is_a_member_only_after_accepting(hub: LocalHub, admin: Target) -> None:
    """The listing stays as it is until the person says yes."""
    for wish in ({"username": "jua-newcomer"}, {"email": "mvua-volunteer@kwanzaa.example"}):
        answer = admin.client.post(f"{MEMBERS}/invite", json={"role": "write", **wish})
        answer.raise_for_status()
    assert len(admin.members()) == 21
    assert len(hub.control("GET", "invitations")) == 2
    hub.control("POST", "invitations/accept", {"username": "jua-newcomer"})
    email = {"username": "mvua-volunteer", "email": "mvua-volunteer@kwanzaa.example"}
    hub.control("POST", "invitations/accept", email)
    joined = admin.members()
    assert joined["jua-newcomer"]["role"] == joined["mvua-volunteer"]["role"] == "write"
    assert hub.control("GET", "invitations") == []


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"role": "read"}, 400),
        ({"role": "read", "username": "jua-newcomer", "email": "a@kwanzaa.example"}, 400),
        ({"role": "boss", "username": "jua-newcomer"}, 400),
        ({"role": "read", "username": "nobody-at-all"}, 404),
        ({"role": "read", "username": "muhindi-qa"}, 409),
    ],
)
def test_bad_invitation_is_refused(hub: LocalHub, admin: Target, wish: dict[str, str], status: int) -> None:
    """Nobody, two people at once, an unknown role or user, a member: nobody is invited."""
    assert code(admin.client.post(f"{MEMBERS}/invite", json=wish))[0] == status
    assert hub.control("GET", "invitations") == []


def test_second_invitation_is_a_conflict(admin: Target) -> None:
    """Who has been asked is not asked again."""
    wish = {"role": "read", "username": "jua-newcomer"}
    admin.client.post(f"{MEMBERS}/invite", json=wish).raise_for_status()
    assert code(admin.client.post(f"{MEMBERS}/invite", json=wish))[0] == 409


def test_removed_member_is_out_of_organization_and_groups(admin: Target, hub: LocalHub) -> None:
    """After the removal the member's own token opens nothing private any more."""
    token = hub.mint("mkeka-data")
    path = f"/api/datasets/{ORG}/primary-sources-raw"
    with hub.client(token) as client:
        assert client.get(path).is_success
        assert admin.client.delete(f"{MEMBERS}/mkeka-data").is_success
        assert code(client.get(path)) == (404, "RepoNotFound")
    members = admin.members()
    assert "mkeka-data" not in members
    assert members["ujima-corpora"]["resourceGroups"][0]["numUsers"] == 3
    assert code(admin.client.delete(f"{MEMBERS}/mkeka-data"))[0] == 404


def test_undescribed_calls_can_be_missing(hub: LocalHub, admin: Target) -> None:
    """With the switch off, inviting and removing are 404, as on a plan without them."""
    hub.control("PUT", "switches", {"member_calls": False})
    wish = {"role": "read", "username": "jua-newcomer"}
    assert code(admin.client.post(f"{MEMBERS}/invite", json=wish)) == (404, None)
    assert code(admin.client.delete(f"{MEMBERS}/muhindi-qa")) == (404, None)
    assert admin.client.put(f"{MEMBERS}/muhindi-qa/role", json={"role": "read"}).is_success


def test_unknown_organization_is_not_found(admin: Target) -> None:
    """Members, repositories and roles of an organization that is not there are 404."""
    base = "/api/organizations/no-such-organization"
    assert code(admin.client.get(f"{base}/members"))[0] == 404
    assert code(admin.client.get(f"{base}/settings/repositories"))[0] == 404
    assert code(admin.client.put(f"{base}/members/x/role", json={"role": "read"}))[0] == 404
