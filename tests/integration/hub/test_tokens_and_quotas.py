"""The local Hub keeps the contract on tokens, quotas and everything unknown."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.hub.testing import LocalHub
from tests.integration.hub.targets import MEMBERS, ORG, ROLES, Target, code


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
