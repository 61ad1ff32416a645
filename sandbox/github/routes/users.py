"""People: the caller, and others by login or number."""

from __future__ import annotations

from typing import Any

from sandbox.github import shapes
from sandbox.github.http import Answer, Call, Route, not_found
from sandbox.github.model import User


def _me(call: Call) -> Answer:
    person = call.caller.user
    private = {
        "private_gists": 0,
        "total_private_repos": 0,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": person.two_factor,
    }
    return Answer(body={**_public(person, call.host), **private})


def _by_login(call: Call) -> Answer:
    person = call.state.user(call.params["username"])
    return not_found() if person is None else Answer(body=_public(person, call.host))


def _by_number(call: Call) -> Answer:
    wanted = call.params["account_id"]
    person = next((u for u in call.state.users if str(u.id) == wanted), None)
    return not_found() if person is None else Answer(body=_public(person, call.host))


def _public(person: User, host: str) -> dict[str, Any]:
    unset = ("company", "location", "email", "hireable", "bio", "twitter_username")
    return {
        **shapes.user(person, host),
        "name": person.name,
        "blog": "",
        **dict.fromkeys(unset),
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": person.created_at,
        "updated_at": person.created_at,
    }


ROUTES = (
    Route("GET", "/user", _me, "users/users#get-the-authenticated-user"),
    Route("GET", "/user/{account_id}", _by_number, "users/users#get-a-user-using-their-id"),
    Route("GET", "/users/{username}", _by_login, "users/users#get-a-user"),
)
