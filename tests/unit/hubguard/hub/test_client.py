"""The client: typed answers, errors that say what to do next, and never a token."""

from __future__ import annotations

import logging

import pytest

from hubguard.errors import UsageError
from hubguard.hub import errors
from hubguard.hub.client import HubClient
from sandbox.hub.testing import LocalHub

ORGANIZATION = "kwanzaa-project"
LISTING = f"/api/organizations/{ORGANIZATION}/settings/repositories"


@pytest.fixture
def hub(server: LocalHub) -> LocalHub:
    """The local Hub as after its first start."""
    server.control("POST", "reset")
    return server


@pytest.fixture
def client(hub: LocalHub, monkeypatch: pytest.MonkeyPatch) -> HubClient:
    """A client with the admin's token that does not wait between tries."""
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _seconds: None)
    return HubClient(hub.token, hub.url)


def test_who_calls_is_known(client: HubClient) -> None:
    """The owner of the token, under the name that the member list uses."""
    assert client.whoami().name == "ainativestudio"


def test_members_come_with_role_and_second_factor(client: HubClient) -> None:
    """The fields that matter here, for all of them."""
    found = {member.user: member for member in client.members(ORGANIZATION)}
    assert len(found) == 21
    assert found["ngoma-speech"].role == "write"
    assert found["ngoma-speech"].two_factor is False
    assert found["ainativestudio"].role == "admin"


def test_listings_are_read_to_the_last_page(client: HubClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """However small the pages are."""
    monkeypatch.setattr("hubguard.hub.client._PAGE", 7)
    found = client.repositories(ORGANIZATION)
    assert len(found) == len({repository.path for repository in found}) == 41
    assert {r.path for r in found if r.visibility != "private"} == {
        "models/kwanzaa-project/griot-8b-adapter-preview",
        "datasets/kwanzaa-project/oral-history-interviews-raw",
    }


@pytest.mark.parametrize("kind", ["model", "dataset", "space", "bucket"])
def test_every_type_with_a_call_can_be_closed(client: HubClient, hub: LocalHub, kind: str) -> None:
    """A bucket has its own call; the others share one."""
    target = next(r for r in client.repositories(ORGANIZATION) if r.type == kind)
    with hub.client(hub.token) as raw:
        raw.put(f"/api/{kind}s/{target.id}/settings", json={"private": False}).raise_for_status()
    assert _visibility(client, target.path) == "public"
    client.close_repository(target)
    assert _visibility(client, target.path) == "private"


def test_a_role_change_keeps_the_groups_that_are_sent_back(client: HubClient) -> None:
    """Read, modify, write."""
    before = next(m for m in client.members(ORGANIZATION) if m.user == "mkeka-data")
    assert before.resource_groups
    client.set_role(ORGANIZATION, "mkeka-data", "read", before.resource_groups)
    after = next(m for m in client.members(ORGANIZATION) if m.user == "mkeka-data")
    assert (after.role, after.resource_groups) == ("read", before.resource_groups)


def test_a_passing_server_error_is_ridden_out(client: HubClient, hub: LocalHub) -> None:
    """Two failures, then the answer."""
    hub.control("POST", "faults", {"path": LISTING, "status": 503, "times": 2})
    assert len(client.repositories(ORGANIZATION)) == 41


def test_a_used_up_quota_is_waited_for(client: HubClient, hub: LocalHub) -> None:
    """A 429 on a write too, which the library itself would pass on."""
    hub.control("POST", "faults", {"method": "PUT", "path": "*/role", "status": 429})
    client.set_role(ORGANIZATION, "muhindi-qa", "write", [])
    assert next(m.role for m in client.members(ORGANIZATION) if m.user == "muhindi-qa") == "write"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, errors.Unauthorized),
        (402, errors.PaymentRequired),
        (403, errors.Forbidden),
        (404, errors.NotVisible),
        (409, errors.Conflict),
        (422, errors.Refused),
        (429, errors.RateLimited),
        (418, errors.HubError),
        (500, errors.Unavailable),
    ],
)
def test_refusals_are_told_apart(
    client: HubClient, hub: LocalHub, status: int, kind: type[errors.HubError]
) -> None:
    """Each with what it means and what to do next, and never with a token."""
    hub.control("POST", "faults", {"path": LISTING, "status": status, "times": None})
    with pytest.raises(errors.HubError) as refusal:
        client.repositories(ORGANIZATION)
    assert type(refusal.value) is kind
    assert refusal.value.next_step
    assert f"answered {status} to GET {LISTING}" in str(refusal.value)
    assert hub.token not in str(refusal.value)


def test_a_wrong_token_says_where_to_make_a_new_one(hub: LocalHub) -> None:
    """The most frequent trouble of all."""
    wrong = hub.token[:-1] + ("a" if hub.token[-1] != "a" else "b")
    with pytest.raises(errors.Unauthorized, match=r"https://huggingface\.co/settings/tokens"):
        HubClient(wrong, hub.url).whoami()


@pytest.mark.parametrize("fault", [{"drop": "before"}, {"drop": "body"}])
def test_a_hub_that_goes_away_is_one_line(client: HubClient, hub: LocalHub, fault: dict[str, object]) -> None:
    """Connection errors are ours, after retries."""
    hub.control("POST", "faults", {"path": LISTING, "times": None, **fault})
    with pytest.raises(errors.Unavailable, match="nothing is lost"):
        client.repositories(ORGANIZATION)


def test_half_an_answer_concludes_nothing(client: HubClient, hub: LocalHub) -> None:
    """Broken JSON is not an empty organization."""
    hub.control("POST", "faults", {"path": LISTING, "malformed": True, "times": None})
    with pytest.raises(errors.MalformedAnswer, match="not as documented"):
        client.repositories(ORGANIZATION)


def test_an_invitation_is_not_repeated_on_a_lost_answer(client: HubClient, hub: LocalHub) -> None:
    """It may have arrived: a second one would be a second e-mail."""
    hub.control("POST", "faults", {"method": "POST", "path": "*/invite", "drop": "before", "applied": True})
    with pytest.raises(errors.Unavailable):
        client.invite(ORGANIZATION, "jua-newcomer", "read")
    with pytest.raises(errors.Conflict):
        client.invite(ORGANIZATION, "jua-newcomer", "read")


def test_calls_are_logged_without_token_query_or_body(
    client: HubClient, hub: LocalHub, caplog: pytest.LogCaptureFixture
) -> None:
    """Method, path, status and time."""
    with caplog.at_level(logging.DEBUG):
        client.set_role(ORGANIZATION, "muhindi-qa", "read", [])
        client.members(ORGANIZATION)
    ours = [r.getMessage() for r in caplog.records if r.name == "hubguard.hub.client"]
    assert ours[0].startswith(f"PUT /api/organizations/{ORGANIZATION}/members/muhindi-qa/role 200 ")
    assert hub.token not in caplog.text
    assert not any("limit=" in line or "resourceGroups" in line for line in ours)


def test_without_a_token_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is called."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(UsageError, match="HF_TOKEN is not set"):
        HubClient.from_environment()


def _visibility(client: HubClient, path: str) -> str:
    return next(r.visibility for r in client.repositories(ORGANIZATION) if r.path == path)
