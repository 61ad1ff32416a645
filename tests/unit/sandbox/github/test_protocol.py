"""What every answer has in common: errors, headers, pages, limits."""

from __future__ import annotations

import re

import httpx
import pytest

from sandbox.github.testing import LocalGitHub

KWANZAA = "/repos/kwanzaa-project/kwanzaa"


def test_unknown_path_is_not_found(local: LocalGitHub) -> None:
    """The answer is GitHub's, word for word."""
    answer = local.ask("GET", "/nothing/here")
    assert answer.status_code == 404
    assert answer.json() == {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }


def test_unknown_method_is_not_found(local: LocalGitHub) -> None:
    """GitHub has no 405."""
    assert local.ask("PATCH", "/user/1").status_code == 404


def test_missing_thing_points_to_its_page(local: LocalGitHub) -> None:
    """A known path with nothing behind it names the documentation of that call."""
    body = local.ask("GET", "/repos/kwanzaa-project/absent").json()
    assert body["documentation_url"] == "https://docs.github.com/rest/repos/repos#get-a-repository"


@pytest.mark.parametrize("path", ["/user", "/orgs/kwanzaa-project", "/nothing"])
def test_wrong_token_is_bad_credentials(path: str, local: LocalGitHub) -> None:
    """An unknown token gets 401, whatever it asks for."""
    answer = local.ask("GET", path, token="wrong")  # noqa: S106  not a token
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


def test_no_token_requires_authentication(local: LocalGitHub) -> None:
    """Without a token nothing is served."""
    answer = httpx.get(f"{local.api}{KWANZAA}")
    assert (answer.status_code, answer.json()["message"]) == (401, "Requires authentication")


def test_answers_carry_githubs_headers(local: LocalGitHub) -> None:
    """A request id, the media type, the scopes and the rate limit."""
    headers = local.ask("GET", "/user").headers
    assert re.fullmatch(r"[0-9A-F]{4}(:[0-9A-F]{6,8}){4}", headers["X-GitHub-Request-Id"])
    assert headers["X-GitHub-Media-Type"] == "github.v3; format=json"
    assert headers["X-OAuth-Scopes"] == "admin:org, repo, workflow"
    left = int(headers["X-RateLimit-Remaining"]) + int(headers["X-RateLimit-Used"])
    assert left == int(headers["X-RateLimit-Limit"])


def test_unchanged_answers_are_free(local: LocalGitHub) -> None:
    """A request with the last validator gets 304, and its call back."""
    first = local.ask("GET", KWANZAA)
    headers = {"Authorization": f"Bearer {local.token}", "If-None-Match": first.headers["ETag"]}
    again = httpx.get(local.api + KWANZAA, headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]


def test_pages_are_linked(local: LocalGitHub) -> None:
    """Following `next` shows everything once, in the order of the whole list."""
    path = "/orgs/kwanzaa-project/repos?per_page=2&sort=full_name"
    whole = [r["name"] for r in local.ask("GET", "/orgs/kwanzaa-project/repos?sort=full_name").json()]
    names: list[str] = []
    answer = local.ask("GET", path)
    while True:
        names += [r["name"] for r in answer.json()]
        if "next" not in answer.links:
            break
        answer = local.ask("GET", answer.links["next"]["url"].removeprefix(local.api))
    assert names == whole
    assert set(answer.links) == {"prev", "first"}


def test_single_page_has_no_links(local: LocalGitHub) -> None:
    """GitHub leaves the header out where there is one page."""
    assert "Link" not in local.ask("GET", "/orgs/kwanzaa-project/repos").headers


@pytest.mark.parametrize(
    ("sent", "message"), [(b"{", "Problems parsing JSON"), (b"[]", "Body should be a JSON object")]
)
def test_body_must_be_an_object(sent: bytes, message: str, local: LocalGitHub) -> None:
    """Anything else gets 400 with the reason."""
    headers = {"Authorization": f"Bearer {local.token}"}
    answer = httpx.put(f"{local.api}{KWANZAA}/environments/x", content=sent, headers=headers)
    assert (answer.status_code, answer.json()["message"]) == (400, message)


def test_used_up_hour_is_refused(local: LocalGitHub) -> None:
    """After the last call of the hour comes 403 with nothing remaining; looking at the limit is free."""
    local.door("PUT", "/rate-limit", {"limit": 1})
    try:
        assert local.ask("GET", "/user").status_code == 200
        refused = local.ask("GET", "/user")
        assert refused.status_code == 403
        assert refused.json()["message"].startswith("API rate limit exceeded")
        assert refused.headers["X-RateLimit-Remaining"] == "0"
        assert local.ask("GET", "/rate_limit").json()["rate"]["remaining"] == 0
    finally:
        local.door("PUT", "/rate-limit", {"limit": 5000})


def test_graphql_says_that_it_is_not_there(local: LocalGitHub) -> None:
    """GraphQL answers 200 with an error, as it always does."""
    headers = {"Authorization": f"Bearer {local.token}"}
    answer = httpx.post(f"{local.url}/api/graphql", json={"query": "{viewer{login}}"}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["type"] == "NOT_IMPLEMENTED"


def test_doors_are_for_the_owner(local: LocalGitHub) -> None:
    """The sandbox's own doors refuse a member's token and no token."""
    for headers in ({}, {"Authorization": f"Bearer {local.reader_token}"}):
        answer = httpx.put(f"{local.url}/_sandbox/plan", json={"plan": "free"}, headers=headers)
        assert answer.status_code in {401, 403}


def test_member_filters(local: LocalGitHub) -> None:
    """Roles and a missing second factor can be asked for; the latter by owners only."""
    members = "/orgs/kwanzaa-project/members"
    admins = {m["login"] for m in local.ask("GET", f"{members}?role=admin").json()}
    assert admins == {"ainativestudio", "infra-keeper"}
    unsafe = local.ask("GET", f"{members}?filter=2fa_disabled")
    assert [m["login"] for m in unsafe.json()] == ["data-curator"]
    refused = local.ask("GET", f"{members}?filter=2fa_disabled", token=local.reader_token)
    assert refused.status_code == 422
