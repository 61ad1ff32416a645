"""Sealed secrets."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import pytest
from nacl.public import PublicKey, SealedBox

from sandbox.github.testing import LocalGitHub

ORG = "/orgs/kwanzaa-project/actions/secrets"
REPO = "/repos/kwanzaa-project/kwanzaa/actions/secrets"
ENVIRONMENT = "/repos/kwanzaa-project/kwanzaa/environments/sealed"
ENV = f"{ENVIRONMENT}/secrets"
VALUE = "a value that nobody is shown"


@pytest.fixture(autouse=True)
def _environment(local: LocalGitHub) -> None:
    local.ask("PUT", ENVIRONMENT, {})


def sealed(local: LocalGitHub, place: str, value: str = VALUE) -> dict[str, Any]:
    """A value, sealed for a place's own key."""
    key = local.ask("GET", f"{place}/public-key").json()
    box = SealedBox(PublicKey(b64decode(key["key"]))).encrypt(value.encode())
    more = {"visibility": "private"} if place == ORG else {}
    return {"encrypted_value": b64encode(box).decode(), "key_id": key["key_id"], **more}


@pytest.mark.parametrize(
    ("place", "where"),
    [
        (ORG, {}),
        (REPO, {"repository": "kwanzaa"}),
        (ENV, {"repository": "kwanzaa", "environment": "sealed"}),
    ],
)
def test_value_reaches_github_and_nobody_else(place: str, where: dict[str, str], local: LocalGitHub) -> None:
    """GitHub can open the box; it says so only to who offers the value, and shows names and times."""
    assert local.ask("PUT", f"{place}/HF_TOKEN", sealed(local, place)).status_code == 201
    shown = local.ask("GET", f"{place}/HF_TOKEN")
    assert set(shown.json()) - {"visibility"} == {"name", "created_at", "updated_at"}
    for value, matches in ((VALUE, True), ("another", False)):
        offered = {**where, "name": "HF_TOKEN", "value": value}
        assert local.door("POST", "/secrets/matches", offered).json() == {"matches": matches}


@pytest.mark.parametrize("place", [ORG, REPO, ENV])
def test_update_answers_nothing_and_moves_the_time(place: str, local: LocalGitHub) -> None:
    """The second write gets 204; the time of creation stays, that of the update moves at once."""
    local.ask("PUT", f"{place}/TWICE", sealed(local, place))
    before = local.ask("GET", f"{place}/TWICE").json()
    assert local.ask("PUT", f"{place}/TWICE", sealed(local, place)).status_code == 204
    after = local.ask("GET", f"{place}/TWICE").json()
    assert after["created_at"] == before["created_at"]
    assert after["updated_at"] > before["updated_at"]


@pytest.mark.parametrize("other", [ORG, REPO])
def test_box_of_another_key_is_refused(other: str, local: LocalGitHub) -> None:
    """Every place has its own key; a box or a key id of another place is 422, and nothing is kept."""
    right, wrong = sealed(local, ENV), sealed(local, other)
    for mixed in (wrong, {**right, "key_id": wrong["key_id"]}, {**wrong, "key_id": right["key_id"]}):
        refused = local.ask("PUT", f"{ENV}/MIXED", mixed)
        assert refused.status_code == 422
        assert "improperly encrypted secret" in refused.json()["message"]
    assert local.ask("GET", f"{ENV}/MIXED").status_code == 404


@pytest.mark.parametrize("missing", ["key_id", "encrypted_value"])
def test_both_fields_are_needed(missing: str, local: LocalGitHub) -> None:
    """GitHub names the one that is not there."""
    body = sealed(local, ENV)
    del body[missing]
    refused = local.ask("PUT", f"{ENV}/HALF", body)
    assert refused.json()["message"] == f'Invalid request.\n\n"{missing}" wasn\'t supplied.'


@pytest.mark.parametrize("name", ["1ST", "GITHUB_TOKEN", "WITH-DASH", "with%20space"])
def test_bad_names_are_refused(name: str, local: LocalGitHub) -> None:
    """Names follow GitHub's rule."""
    assert local.ask("PUT", f"{ENV}/{name}", sealed(local, ENV)).status_code == 422


def test_names_are_capitals(local: LocalGitHub) -> None:
    """A name is kept in capitals and found in any case."""
    local.ask("PUT", f"{ENV}/small", sealed(local, ENV))
    assert local.ask("GET", f"{ENV}/Small").json()["name"] == "SMALL"


def test_too_large_is_refused(local: LocalGitHub) -> None:
    """A value of more than 48 KB is 422."""
    assert local.ask("PUT", f"{ENV}/LARGE", sealed(local, ENV, "x" * 49153)).status_code == 422


def test_deleted_is_gone(local: LocalGitHub) -> None:
    """A delete is 204 once, then 404."""
    local.ask("PUT", f"{ENV}/GONE", sealed(local, ENV))
    assert [local.ask("DELETE", f"{ENV}/GONE").status_code for _ in range(2)] == [204, 404]


@pytest.mark.parametrize("place", [ORG, REPO, ENV])
def test_members_are_not_told(place: str, local: LocalGitHub) -> None:
    """Names and keys are for administrators."""
    for path in (place, f"{place}/public-key"):
        assert local.ask("GET", path, token=local.reader_token).status_code == 403


def test_nothing_of_a_value_lies_on_disk(local: LocalGitHub) -> None:
    """Neither log nor state has the value or a token."""
    local.ask("PUT", f"{ENV}/HIDDEN", sealed(local, ENV))
    local.door("POST", "/secrets/matches", {"name": "HIDDEN", "value": VALUE})
    files = [f for f in local.state.rglob("*") if f.is_file() and "token" not in f.name]
    for text in [local.log.read_text(), *(f.read_text() for f in files)]:
        assert VALUE not in text
        assert local.token not in text
