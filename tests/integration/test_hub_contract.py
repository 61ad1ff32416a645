"""The contract that this project relies on, as bare HTTP.

Tests that only read run against every target: the local Hub, and the real one where
`HUBGUARD_LIVE_ORG` names an organization and `HF_TOKEN` holds a token for it. What changes
something, or needs a plan or trouble on request, runs against the local Hub alone.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.hub.testing import LocalHub

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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """One local Hub for this file."""
    with LocalHub(tmp_path_factory.mktemp("hub") / "state") as hub:
        yield hub


@pytest.fixture
def hub(server: LocalHub) -> LocalHub:
    """The local Hub as after its first start."""
    server.control("POST", "reset")
    return server


@pytest.fixture
def admin(hub: LocalHub) -> Iterator[Target]:
    """The fresh local Hub, seen by its admin."""
    with hub.client(hub.token) as client:
        yield Target(ORG, client)


TARGETS = ["local", *(["live"] if os.environ.get("HUBGUARD_LIVE_ORG") else [])]


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """Each Hub that is at hand; only to be read."""
    if request.param == "local":
        yield request.getfixturevalue("admin")
        return
    address = os.environ.get("HF_ENDPOINT", "https://huggingface.co")
    token = {"Authorization": f"Bearer {os.environ['HF_TOKEN']}"}
    with httpx.Client(base_url=address, headers=token, timeout=30) as client:
        yield Target(os.environ["HUBGUARD_LIVE_ORG"], client)


def code(answer: httpx.Response) -> tuple[int, str | None]:
    """Status and error code, of an answer in the form that all refusals have."""
    assert isinstance(answer.json()["error"], str)
    assert answer.headers["X-Error-Message"]
    return answer.status_code, answer.headers.get("X-Error-Code")


# --- what may be read, anywhere


def test_whoami_names_account_organization_and_token(target: Target) -> None:
    """The caller is a user with a role in the organization, and the token says what it may do."""
    found = target.client.get("/api/whoami-v2").raise_for_status().json()
    assert found["type"] == "user"
    assert {"id", "name", "fullname", "isPro", "avatarUrl", "orgs", "auth"} <= found.keys()
    mine = {each["name"]: each for each in found["orgs"]}[target.organization]
    assert mine["type"] == "org"
    assert mine["roleInOrg"] in ROLES
    token = found["auth"]["accessToken"]
    assert token["role"] in {"read", "write", "fineGrained", "god"}
    assert {"displayName", "createdAt"} <= token.keys()


def test_members_have_the_fields_that_matter(target: Target) -> None:
    """Every member has a name, an id and, for a member who asks, one of the five roles."""
    for member in target.members().values():
        assert {"_id", "user", "fullname", "type", "avatarUrl", "isPro"} <= member.keys()
        assert re.fullmatch(r"[0-9a-f]{24}", member["_id"])
        assert member["type"] == "user"
        assert member["role"] in ROLES
        assert all({"id", "name", "role"} <= g.keys() for g in member.get("resourceGroups", []))


def test_repositories_have_the_fields_that_matter(target: Target) -> None:
    """Every repository of the listing has a type, a visibility, a time and a size."""
    path = f"/api/organizations/{target.organization}/settings/repositories"
    for repository in target.listed(path):
        assert repository["id"].startswith(f"{target.organization}/")
        assert repository["type"] in {"model", "dataset", "space", "kernel", "bucket"}
        assert repository["visibility"] in {"public", "private", "protected"}
        assert repository["updatedAt"]
        assert repository["storage"] >= 0


def test_every_answer_announces_the_quota(target: Target) -> None:
    """Quota, rest and reset are in the headers of a good answer, with a request id."""
    answer = target.client.get(f"/api/organizations/{target.organization}/members")
    assert re.fullmatch(r'"api";r=\d+;t=\d+', answer.headers["RateLimit"])
    assert re.fullmatch(r'"fixed window";"api";q=\d+;w=300', answer.headers["RateLimit-Policy"])
    assert answer.headers["X-Request-Id"]


def test_paging_by_limit_gives_the_same_members(target: Target) -> None:
    """Small pages hold the same members as one big one, each once."""
    path = f"/api/organizations/{target.organization}/members"
    small = [each["user"] for each in target.listed(path, limit=4)]
    assert sorted(small) == sorted(target.members())


def test_missing_repository_is_not_found(target: Target) -> None:
    """A repository that is not there is 404 with the code that the client reads."""
    answer = target.client.get(f"/api/models/{target.organization}/not-there-at-all")
    assert code(answer) == (404, "RepoNotFound")


# --- the local Hub: members


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


# --- the local Hub: repositories


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


# --- the local Hub: tokens, quotas, unknown paths


def test_wrong_token_is_refused_everywhere(hub: LocalHub) -> None:
    """An unknown token is 401, also where no token would do, with the text the client knows."""
    with hub.client("hf_" + "x" * 34) as client:
        for path in ("/api/whoami-v2", f"/api/models/{ORG}/griot-8b-adapter-preview", MEMBERS):
            answer = client.get(path)
            assert code(answer)[0] == 401
            expected = "Invalid credentials in Authorization header"
            assert answer.headers["X-Error-Message"] == expected


def test_fine_grained_token_shows_its_scopes(hub: LocalHub) -> None:
    """`whoami-v2` gives the scopes of a fine-grained token back, and they are all it can do."""
    scoped = [{"entity": {"type": "org", "name": ORG}, "permissions": ["org.read"]}]
    with hub.client(hub.mint("ainativestudio", "fineGrained", {"scoped": scoped})) as client:
        token = client.get("/api/whoami-v2").json()["auth"]["accessToken"]
        assert token["role"] == "fineGrained"
        shown = token["fineGrained"]["scoped"][0]
        assert (shown["entity"]["name"], shown["permissions"]) == (ORG, ["org.read"])
        assert client.get(MEMBERS).json()[0]["role"] in ROLES
        assert code(client.put(f"{MEMBERS}/muhindi-qa/role", json={"role": "read"}))[0] == 403


@pytest.mark.parametrize(("plan", "quota"), [("team", 3_000), ("plus", 10_000), ("free", 2_500)])
def test_quota_follows_the_plan(admin: Target, hub: LocalHub, plan: str, quota: int) -> None:
    """The organization's plan sets the quota; the account's own PRO counts where it is more."""
    hub.control("PATCH", f"organizations/{ORG}", {"plan": plan})
    assert f"q={quota};w=300" in admin.client.get(MEMBERS).headers["RateLimit-Policy"]


def test_used_up_quota_is_429_until_the_window_ends(admin: Target, hub: LocalHub) -> None:
    """The request after the last one is refused with the reset, and counts for nobody else."""
    hub.control("PUT", "switches", {"quota": 2, "window": 300})
    answers = [admin.client.get(MEMBERS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert code(answers[2])[0] == 429
    assert re.fullmatch(r'"api";r=0;t=(300|29\d)', answers[2].headers["RateLimit"])
    assert answers[2].headers["RateLimit-Policy"] == '"fixed window";"api";q=2;w=300'
    with hub.client(hub.reader_token) as other:
        assert other.get(MEMBERS).is_success


def test_whoami_can_be_stricter(admin: Target, hub: LocalHub) -> None:
    """A quota of its own for `whoami-v2` leaves the other calls alone."""
    hub.control("PUT", "switches", {"whoami_quota": 1})
    statuses = [admin.client.get("/api/whoami-v2").status_code for _ in range(2)]
    assert statuses == [200, 429]
    assert admin.client.get(MEMBERS).is_success


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/unknown"), ("POST", "/api/whoami-v2"), ("GET", "/")]
)
def test_unknown_page_is_not_found(admin: Target, method: str, path: str) -> None:
    """A path or method that is not there is 404 with an error in JSON."""
    assert code(admin.client.request(method, path)) == (404, None)


def test_web_pages_are_not_answered(hub: LocalHub) -> None:
    """A request that a browser sends for a page, or under another host name, reaches nothing."""
    with hub.client() as client:
        assert client.post("/_sandbox/reset", headers={"Origin": "http://x"}).status_code == 403
        assert client.get("/_sandbox/health", headers={"Host": "evil.example"}).status_code == 400


NAMES = st.sampled_from([ORG, "griot-8b-base", "muhindi-qa", "jua-newcomer", "me", "x", "%00", "é"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | NAMES,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["name", "role", "type", "visibility", "gated", "organization", "id"])
            | st.sampled_from(["private", "username", "resourceGroups", "fromRepo", "toRepo"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=6,
)
PATHS = st.sampled_from(
    [
        "/api/organizations/{}/members/{}/role",
        "/api/organizations/{}/members/invite",
        "/api/organizations/{}/members/{}",
        "/api/repos/create",
        "/api/repos/delete",
        "/api/repos/move",
        "/api/models/{}/{}/settings",
        "/api/spaces/{}/{}/revision/main",
        "/api/buckets/{}/{}",
        "/api/buckets/{}/{}/settings",
    ]
)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    path=PATHS,
    names=st.tuples(NAMES, NAMES),
    body=JSON,
)
def test_nothing_that_is_sent_breaks_the_hub(
    server: LocalHub, method: str, path: str, names: tuple[str, str], body: object
) -> None:
    """Whatever comes, the answer is JSON and never the Hub's own failure."""
    with server.client(server.token) as client:
        answer = client.request(method, path.format(*names), json=body)
    assert answer.status_code < 500
    assert isinstance(answer.json(), dict | list)
