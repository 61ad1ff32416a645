"""The real `huggingface_hub` client against the local Hub, unchanged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import huggingface_hub.constants
import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import (
    BadRequestError,
    BucketNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
)

from sandbox.hub.testing import LocalHub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ORG = "kwanzaa-project"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalHub]:
    """One local Hub for this file."""
    with LocalHub(tmp_path_factory.mktemp("hub") / "state") as hub:
        yield hub


@pytest.fixture
def hub(server: LocalHub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> LocalHub:
    """The local Hub as after its first start, and a client without the developer's own token."""
    server.control("POST", "reset")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(huggingface_hub.constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    return server


@pytest.fixture
def api(hub: LocalHub) -> HfApi:
    """The client with the admin's token."""
    return HfApi(endpoint=hub.url, token=hub.token)


@pytest.fixture
def reader(hub: LocalHub) -> HfApi:
    """The client of a member who may only read."""
    return HfApi(endpoint=hub.url, token=hub.reader_token)


@pytest.fixture
def stranger(hub: LocalHub) -> HfApi:
    """The client of an account outside the organization."""
    return HfApi(endpoint=hub.url, token=hub.mint("jua-newcomer"))


def visibilities(api: HfApi) -> dict[tuple[str, str], str]:
    """The visibility of every repository that the client lists."""
    return {(each.type, each.id): each.visibility for each in api.list_user_repos(namespace=ORG)}


def by_environment(hub: LocalHub, token: str, tmp_path: Path, script: str) -> Any:
    """What a script with `api = HfApi()` prints as JSON, in a process that knows nothing else."""
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HF_HOME": str(tmp_path / "cache"),
        "HF_ENDPOINT": hub.url,
        "HF_TOKEN": token,
    }
    lines = f"import json\nfrom huggingface_hub import HfApi\napi = HfApi()\n{script}\n"
    done = subprocess.run(
        [sys.executable, "-c", lines], env=environment, capture_output=True, text=True, check=True
    )
    assert list(home.iterdir()) == []  # the client writes into HF_HOME alone
    return json.loads(done.stdout)


def test_client_runs_by_environment_alone(hub: LocalHub, tmp_path: Path) -> None:
    """`HF_ENDPOINT` and `HF_TOKEN` are enough."""
    script = f"print(json.dumps([r.id for r in api.list_user_repos(namespace='{ORG}')]))"
    assert len(by_environment(hub, hub.token, tmp_path, script)) == 41


def test_existing_repository_is_found_without_the_right_to_create(hub: LocalHub, tmp_path: Path) -> None:
    """`exist_ok` turns the 403 of a mere reader into the repository that is there.

    The client builds this address from `HF_ENDPOINT` and refuses it under `endpoint=` alone.
    """
    name = f"{ORG}/griot-8b-base"
    script = f"print(json.dumps(api.create_repo('{name}', exist_ok=True).repo_id))"
    assert by_environment(hub, hub.reader_token, tmp_path, script) == name


def test_whoami_is_cached_by_the_client(hub: LocalHub, api: HfApi) -> None:
    """Asked twice with the cache, the Hub is called once."""
    hub.control("POST", "requests/reset")
    assert api.whoami(cache=True)["name"] == "ainativestudio"
    assert api.whoami(cache=True)["auth"]["accessToken"]["role"] == "write"
    assert hub.control("GET", "requests") == {"GET /api/whoami-v2": 1}


def test_listing_is_read_over_all_pages(hub: LocalHub, api: HfApi) -> None:
    """The client follows the `Link` header to the end: five pages of ten."""
    hub.control("PUT", "switches", {"page_limit": 10})
    hub.control("POST", "requests/reset")
    found = visibilities(api)
    assert len(found) == 41
    assert sum(each == "public" for each in found.values()) == 2
    template = "GET /api/organizations/{organization}/settings/repositories"
    assert hub.control("GET", "requests") == {template: 5}


def test_members_are_listed(hub: LocalHub, api: HfApi) -> None:
    """The client's listing has all members; role and 2FA are attributes by the API's names."""
    hub.control("PUT", "switches", {"page_limit": 4})
    found = {member.username: vars(member) for member in api.list_organization_members(ORG)}
    assert len(found) == 21
    assert found["ngoma-speech"]["role"] == "write"
    assert found["ngoma-speech"]["twoFaEnabled"] is False


@pytest.mark.parametrize("kind", ["model", "dataset", "space", "kernel"])
def test_repository_lives_and_dies(api: HfApi, kind: str) -> None:
    """Created private, it is there and known as such; created again it is a conflict; deleted."""
    name = f"{ORG}/made-by-the-client"
    sdk = "static" if kind == "space" else None
    made = api.create_repo(name, repo_type=kind, visibility="private", space_sdk=sdk)
    assert (made.repo_id, made.repo_type) == (name, kind)
    assert api.repo_info(name, repo_type=kind).private is True
    with pytest.raises(HfHubHTTPError) as refused:
        api.create_repo(name, repo_type=kind, space_sdk=sdk)
    assert refused.value.response.status_code == 409
    again = api.create_repo(name, repo_type=kind, space_sdk=sdk, exist_ok=True)
    assert again.repo_id == name
    assert visibilities(api)[kind, name] == "private"
    api.delete_repo(name, repo_type=kind)
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo(name, repo_type=kind)
    api.delete_repo(name, repo_type=kind, missing_ok=True)


def test_repository_is_made_in_a_resource_group(api: HfApi, reader: HfApi) -> None:
    """A member outside the group does not see it."""
    members = {member.username: vars(member) for member in api.list_organization_members(ORG)}
    group = members["mkeka-data"]["resourceGroups"][0]["id"]
    name = f"{ORG}/grouped"
    api.create_repo(name, repo_type="dataset", private=True, resource_group_id=group)
    shown = api.dataset_info(name).resource_group
    assert shown is not None
    assert shown["name"] == "corpus-curation"
    with pytest.raises(RepositoryNotFoundError):
        reader.dataset_info(name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("model", "griot-8b-adapter-preview"), ("dataset", "oral-history-interviews-raw")],
)
def test_open_repository_is_closed(api: HfApi, stranger: HfApi, kind: str, name: str) -> None:
    """What was public by mistake is gone for strangers once it is private."""
    repository = f"{ORG}/{name}"
    assert stranger.repo_info(repository, repo_type=kind).private is False
    api.update_repo_settings(repository, repo_type=kind, visibility="private")
    assert visibilities(api)[kind, repository] == "private"
    with pytest.raises(RepositoryNotFoundError) as refused:
        stranger.repo_info(repository, repo_type=kind)
    assert refused.value.response.status_code == 404


def test_visitor_meets_the_same_error_class(hub: LocalHub) -> None:
    """Without a token a private repository is 401, and still "not found" for the client."""
    with pytest.raises(RepositoryNotFoundError) as refused:
        HfApi(endpoint=hub.url, token=False).model_info(f"{ORG}/griot-8b-base")
    assert refused.value.response.status_code == 401


def test_gate_is_set_and_taken_away(api: HfApi, stranger: HfApi, reader: HfApi) -> None:
    """Behind a gate strangers may not read, members may; without it everybody may."""
    name = f"{ORG}/griot-8b-adapter-preview"
    stranger.auth_check(name)
    for gated in ("auto", "manual"):
        api.update_repo_settings(name, gated=gated)
        assert api.model_info(name).gated == gated
        with pytest.raises(GatedRepoError):
            stranger.auth_check(name)
        reader.auth_check(name)
    api.update_repo_settings(name, gated=False)
    assert api.model_info(name).gated is False
    stranger.auth_check(name)


def test_write_check_changes_nothing(api: HfApi, reader: HfApi, stranger: HfApi) -> None:
    """Writers pass, readers are forbidden, strangers find nothing, the repository stays."""
    name = f"{ORG}/griot-8b-base"
    before = api.model_info(name).sha
    api.auth_check(name, write=True)
    reader.auth_check(name)
    with pytest.raises(HfHubHTTPError) as refused:
        reader.auth_check(name, write=True)
    assert refused.value.response.status_code == 403
    for write in (False, True):
        with pytest.raises(RepositoryNotFoundError):
            stranger.auth_check(name, write=write)
    assert api.model_info(name).sha == before


def test_moved_repository_is_found_under_both_names(api: HfApi) -> None:
    """The old name leads to the new one until another repository takes it."""
    old, new = f"{ORG}/griot-8b-base", f"{ORG}/griot-8b-renamed"
    api.move_repo(old, new)
    assert api.model_info(old).id == new
    listed = visibilities(api)
    assert ("model", new) in listed
    assert ("model", old) not in listed
    api.create_repo(old, private=True)
    assert api.model_info(old).id == old


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ("griot-8b-base", "citation-checker", 409),
        ("not-there", "new", 404),
        ("citation-checker", "a--b", 400),
    ],
)
def test_bad_move_is_refused(api: HfApi, old: str, new: str, status: int) -> None:
    """A name that is taken or bad, or nothing to move."""
    with pytest.raises(HfHubHTTPError) as refused:
        api.move_repo(f"{ORG}/{old}", f"{ORG}/{new}")
    assert refused.value.response.status_code == status


def test_bucket_lives_and_dies(api: HfApi, stranger: HfApi) -> None:
    """Buckets have their own calls: created, opened, closed, moved, deleted."""
    name = f"{ORG}/made-by-the-client"
    assert api.create_bucket(name, private=True).bucket_id == name
    assert api.create_bucket(name, exist_ok=True).bucket_id == name
    with pytest.raises(BucketNotFoundError):
        stranger.bucket_info(name)
    api.update_bucket_settings(name, private=False)
    assert stranger.bucket_info(name).private is False
    api.update_bucket_settings(name, private=True)
    assert visibilities(api)["bucket", name] == "private"
    api.move_bucket(name, f"{ORG}/renamed")
    assert f"{ORG}/renamed" in [bucket.id for bucket in api.list_buckets(ORG)]
    api.delete_bucket(f"{ORG}/renamed")
    with pytest.raises(BucketNotFoundError):
        api.delete_bucket(f"{ORG}/renamed")


def test_refusals_are_told_apart(api: HfApi, reader: HfApi, hub: LocalHub) -> None:
    """400, 402 and 403 arrive as the client's errors with the Hub's own words."""
    with pytest.raises(BadRequestError, match="gated"):
        api.update_repo_settings(f"{ORG}/griot-chat", repo_type="space", gated="auto")
    with pytest.raises(HfHubHTTPError, match="Forbidden: You have no write access"):
        reader.update_repo_settings(f"{ORG}/griot-8b-base", visibility="public")
    hub.control("PATCH", f"organizations/{ORG}", {"plan": "free"})
    with pytest.raises(HfHubHTTPError, match="part of the Team plan") as refused:
        api.create_repo(f"{ORG}/far-away", region="eu", private=True)
    assert refused.value.response.status_code == 402
    assert refused.value.request_id


def test_wrong_token_is_refused(hub: LocalHub) -> None:
    """The client says that the token is invalid, and does not take it for a missing repository."""
    api = HfApi(endpoint=hub.url, token="hf_" + "x" * 34)
    with pytest.raises(HfHubHTTPError, match="Invalid user token"):
        api.whoami()
    with pytest.raises(HfHubHTTPError) as refused:
        api.model_info(f"{ORG}/griot-8b-base")
    assert not isinstance(refused.value, RepositoryNotFoundError)
    assert refused.value.response.status_code == 401


def test_used_up_quota_stops_a_write(api: HfApi, hub: LocalHub) -> None:
    """A write raises on the first 429 and tells when to come back."""
    hub.control("PUT", "switches", {"quota": 1})
    name = f"{ORG}/griot-8b-base"
    api.update_repo_settings(name, visibility="private")
    with pytest.raises(HfHubHTTPError, match=r"Retry after \d+ seconds \(0/1 requests") as refused:
        api.update_repo_settings(name, visibility="private")
    assert refused.value.response.status_code == 429


def test_paged_read_waits_for_the_window(api: HfApi, hub: LocalHub) -> None:
    """A listing that meets the end of the quota goes on in the next window, and is whole."""
    hub.control("PUT", "switches", {"quota": 3, "window": 1, "page_limit": 10})
    assert len(visibilities(api)) == 41
