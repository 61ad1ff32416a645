"""Every route answers as GitHub's own OpenAPI description says.

The judge is githubkit, whose models are generated from that description: it knows nothing of our code.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

import pytest
from githubkit import GitHub, TokenAuthStrategy
from githubkit.response import Response
from nacl.public import PublicKey, SealedBox
from pydantic import BaseModel

from sandbox.github.http import Route
from sandbox.github.routes import ROUTES
from sandbox.github.testing import LocalGitHub

ORG, REPO, ENV, LOGIN = "kwanzaa-project", "kwanzaa-docs", "contract/test", "ainativestudio"
QUOTED = ENV.replace("/", "%2F")

Api = GitHub[TokenAuthStrategy]
Answer = Response[Any, Any]

# What GitHub answers although its description does not have it.
UNDOCUMENTED = {
    "can_admins_bypass",
    "has_downloads",
    "members_can_create_repositories",
    "private_gists",
    "rate",
}


def environment(api: Api) -> Answer:
    """An environment with every kind of rule."""
    return api.rest.repos.create_or_update_environment(
        ORG,
        REPO,
        QUOTED,
        wait_timer=30,
        prevent_self_review=True,
        reviewers=[{"type": "User", "id": 171200413}, {"type": "Team", "id": 11840251}],
        deployment_branch_policy={"protected_branches": False, "custom_branch_policies": True},
    )


def policy(api: Api, name: str = "main") -> Answer:
    """A branch policy of that environment."""
    environment(api)
    return api.rest.repos.create_deployment_branch_policy(ORG, REPO, QUOTED, name=name, type="branch")


RULES: list[Any] = [
    {"type": "deletion"},
    {
        "type": "pull_request",
        "parameters": {
            "dismiss_stale_reviews_on_push": True,
            "require_code_owner_review": True,
            "require_last_push_approval": True,
            "required_approving_review_count": 2,
            "required_review_thread_resolution": True,
        },
    },
    {
        "type": "required_status_checks",
        "parameters": {
            "required_status_checks": [{"context": "test"}],
            "strict_required_status_checks_policy": True,
        },
    },
]
ACTORS: list[Any] = [{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "pull_request"}]
_numbers = iter(range(1000))


def ruleset(api: Api) -> Answer:
    """A ruleset of the repository."""
    return api.rest.repos.create_repo_ruleset(
        ORG,
        REPO,
        name=f"contract {next(_numbers)}",
        enforcement="active",
        conditions={"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        rules=RULES,
        bypass_actors=ACTORS,
    )


def org_ruleset(api: Api) -> Answer:
    """A ruleset of the organization."""
    return api.rest.repos.create_org_ruleset(
        ORG,
        name=f"contract {next(_numbers)}",
        target="tag",
        enforcement="active",
        conditions={
            "ref_name": {"include": ["~ALL"], "exclude": []},
            "repository_name": {"include": ["~ALL"], "exclude": []},
        },
        rules=[{"type": "deletion"}],
    )


def sealed(key: Answer) -> dict[str, str]:
    """The two fields of a secret, sealed for a public key that was served."""
    box = SealedBox(PublicKey(b64decode(key.parsed_data.key)))
    return {"encrypted_value": b64encode(box.encrypt(b"value")).decode(), "key_id": key.parsed_data.key_id}


def org_secret(api: Api) -> Answer:
    """A secret of the organization."""
    body: Any = {**sealed(api.rest.actions.get_org_public_key(ORG)), "visibility": "private"}
    return api.rest.actions.create_or_update_org_secret(ORG, f"S{next(_numbers)}", data=body)


def repo_secret(api: Api, name: str = "CONTRACT") -> Answer:
    """A secret of the repository."""
    body: Any = sealed(api.rest.actions.get_repo_public_key(ORG, REPO))
    return api.rest.actions.create_or_update_repo_secret(ORG, REPO, name, data=body)


def env_secret(api: Api, name: str = "CONTRACT") -> Answer:
    """A secret of the environment."""
    environment(api)
    body: Any = sealed(api.rest.actions.get_environment_public_key(ORG, REPO, QUOTED))
    return api.rest.actions.create_or_update_environment_secret(ORG, REPO, QUOTED, name, data=body)


def after(first: Callable[[Api], Answer], then: Callable[[Api], Answer]) -> Callable[[Api], Answer]:
    """The answer to a call that needs another one before it."""

    def both(api: Api) -> Answer:
        first(api)
        return then(api)

    return both


def on(made: Callable[[Api], Answer], then: Callable[[Api, int], Answer]) -> Callable[[Api], Answer]:
    """The answer to a call that needs the number of something fresh."""
    return lambda api: then(api, made(api).parsed_data.id)


_E = "/repos/{owner}/{repo}/environments"
_E1 = _E + "/{environment_name}"
_P = _E1 + "/deployment-branch-policies"
_ES = _E1 + "/secrets"
_RS = "/repos/{owner}/{repo}/actions/secrets"
_OS = "/orgs/{org}/actions/secrets"
_RR = "/repos/{owner}/{repo}/rulesets"
_OR = "/orgs/{org}/rulesets"

CASES: dict[str, Callable[[Api], Answer]] = {
    "GET /rate_limit": lambda a: a.rest.rate_limit.get(),
    "GET /user": lambda a: a.rest.users.get_authenticated(),
    "GET /user/{account_id}": lambda a: a.rest.users.get_by_id(171200413),
    "GET /users/{username}": lambda a: a.rest.users.get_by_username(LOGIN),
    "GET /orgs/{org}": lambda a: a.rest.orgs.get(ORG),
    "GET /orgs/{org}/members": lambda a: a.rest.orgs.list_members(ORG),
    "GET /orgs/{org}/memberships/{username}": lambda a: a.rest.orgs.get_membership_for_user(ORG, LOGIN),
    "GET /orgs/{org}/teams": lambda a: a.rest.teams.list(ORG),
    "GET /orgs/{org}/teams/{team_slug}": lambda a: a.rest.teams.get_by_name(ORG, "platform"),
    "GET /orgs/{org}/teams/{team_slug}/members": lambda a: a.rest.teams.list_members_in_org(ORG, "platform"),
    "GET /orgs/{org}/repos": lambda a: a.rest.repos.list_for_org(ORG),
    "GET /repos/{owner}/{repo}": lambda a: a.rest.repos.get(ORG, REPO),
    f"GET {_E}": after(environment, lambda a: a.rest.repos.get_all_environments(ORG, REPO)),
    f"GET {_E1}": after(environment, lambda a: a.rest.repos.get_environment(ORG, REPO, QUOTED)),
    f"PUT {_E1}": environment,
    f"DELETE {_E1}": after(environment, lambda a: a.rest.repos.delete_an_environment(ORG, REPO, QUOTED)),
    f"GET {_P}": after(policy, lambda a: a.rest.repos.list_deployment_branch_policies(ORG, REPO, QUOTED)),
    f"POST {_P}": lambda a: policy(a, f"release/{next(_numbers)}"),
    f"GET {_P}/{{branch_policy_id}}": on(
        lambda a: policy(a, f"r{next(_numbers)}"),
        lambda a, n: a.rest.repos.get_deployment_branch_policy(ORG, REPO, QUOTED, n),
    ),
    f"PUT {_P}/{{branch_policy_id}}": on(
        lambda a: policy(a, f"r{next(_numbers)}"),
        lambda a, n: a.rest.repos.update_deployment_branch_policy(ORG, REPO, QUOTED, n, name="stable"),
    ),
    f"DELETE {_P}/{{branch_policy_id}}": on(
        lambda a: policy(a, f"r{next(_numbers)}"),
        lambda a, n: a.rest.repos.delete_deployment_branch_policy(ORG, REPO, QUOTED, n),
    ),
    f"GET {_OS}": after(org_secret, lambda a: a.rest.actions.list_org_secrets(ORG)),
    f"GET {_OS}/public-key": lambda a: a.rest.actions.get_org_public_key(ORG),
    f"GET {_OS}/{{secret_name}}": after(
        lambda a: a.rest.actions.create_or_update_org_secret(ORG, "SHOWN", data=_selected(a)),
        lambda a: a.rest.actions.get_org_secret(ORG, "SHOWN"),
    ),
    f"PUT {_OS}/{{secret_name}}": org_secret,
    f"DELETE {_OS}/{{secret_name}}": after(
        lambda a: a.rest.actions.create_or_update_org_secret(ORG, "GONE", data=_selected(a)),
        lambda a: a.rest.actions.delete_org_secret(ORG, "GONE"),
    ),
    f"GET {_RS}": after(repo_secret, lambda a: a.rest.actions.list_repo_secrets(ORG, REPO)),
    f"GET {_RS}/public-key": lambda a: a.rest.actions.get_repo_public_key(ORG, REPO),
    f"GET {_RS}/{{secret_name}}": after(
        repo_secret, lambda a: a.rest.actions.get_repo_secret(ORG, REPO, "CONTRACT")
    ),
    f"PUT {_RS}/{{secret_name}}": lambda a: repo_secret(a, f"S{next(_numbers)}"),
    f"DELETE {_RS}/{{secret_name}}": after(
        repo_secret, lambda a: a.rest.actions.delete_repo_secret(ORG, REPO, "CONTRACT")
    ),
    f"GET {_ES}": after(env_secret, lambda a: a.rest.actions.list_environment_secrets(ORG, REPO, QUOTED)),
    f"GET {_ES}/public-key": after(
        environment, lambda a: a.rest.actions.get_environment_public_key(ORG, REPO, QUOTED)
    ),
    f"GET {_ES}/{{secret_name}}": after(
        env_secret, lambda a: a.rest.actions.get_environment_secret(ORG, REPO, QUOTED, "CONTRACT")
    ),
    f"PUT {_ES}/{{secret_name}}": lambda a: env_secret(a, f"S{next(_numbers)}"),
    f"DELETE {_ES}/{{secret_name}}": after(
        env_secret, lambda a: a.rest.actions.delete_environment_secret(ORG, REPO, QUOTED, "CONTRACT")
    ),
    f"GET {_RR}": after(ruleset, lambda a: a.rest.repos.get_repo_rulesets(ORG, REPO)),
    f"POST {_RR}": ruleset,
    f"GET {_RR}/{{ruleset_id}}": on(ruleset, lambda a, n: a.rest.repos.get_repo_ruleset(ORG, REPO, n)),
    f"PUT {_RR}/{{ruleset_id}}": on(
        ruleset, lambda a, n: a.rest.repos.update_repo_ruleset(ORG, REPO, n, enforcement="disabled")
    ),
    f"DELETE {_RR}/{{ruleset_id}}": on(ruleset, lambda a, n: a.rest.repos.delete_repo_ruleset(ORG, REPO, n)),
    f"GET {_OR}": after(org_ruleset, lambda a: a.rest.repos.get_org_rulesets(ORG)),
    f"POST {_OR}": org_ruleset,
    f"GET {_OR}/{{ruleset_id}}": on(org_ruleset, lambda a, n: a.rest.repos.get_org_ruleset(ORG, n)),
    f"PUT {_OR}/{{ruleset_id}}": on(
        org_ruleset, lambda a, n: a.rest.repos.update_org_ruleset(ORG, n, enforcement="disabled")
    ),
    f"DELETE {_OR}/{{ruleset_id}}": on(org_ruleset, lambda a, n: a.rest.repos.delete_org_ruleset(ORG, n)),
}


def _selected(api: Api) -> Any:
    key = sealed(api.rest.actions.get_org_public_key(ORG))
    return {**key, "visibility": "selected", "selected_repository_ids": [931177205]}


def name(route: Route) -> str:
    """A route as the table names it."""
    return f"{route.method} {route.path}"


@pytest.fixture(scope="module")
def api(local: LocalGitHub) -> Api:
    """GitHub's generated client, at the local GitHub."""
    return GitHub(
        TokenAuthStrategy(local.token),
        base_url=local.api,
        http_cache=False,
        auto_retry=False,
        trust_env=False,
    )


def test_every_route_has_a_case() -> None:
    """A new route without a case here fails, and so does a case whose route is gone."""
    assert {name(route) for route in ROUTES} == CASES.keys()


@pytest.mark.parametrize("case", sorted(CASES))
def test_answer_is_what_github_describes(case: str, api: Api) -> None:
    """The answer parses into the model of GitHub's description and has nothing that is not in it."""
    answer = CASES[case](api)
    if answer.status_code == 204:
        assert answer.raw_response.content == b""
        return
    parsed, body = answer.parsed_data, answer.raw_response.json()
    if isinstance(parsed, list):
        assert parsed
        parsed, body = parsed[0], body[0]
    assert isinstance(parsed, BaseModel)
    described = {f.alias or name for name, f in type(parsed).model_fields.items()}
    assert set(body) - described - UNDOCUMENTED == set()


@pytest.mark.parametrize("case", sorted(c for c in CASES if c.startswith("GET /repos/{owner}/{repo}")))
def test_repository_answers_by_number_too(case: str, api: Api, local: LocalGitHub) -> None:
    """A path below `/repositories/NUMBER` is the one below `/repos/OWNER/NAME`."""
    answer = CASES[case](api)
    path = answer.raw_request.url.raw_path.decode().removeprefix("/api/v3")
    twin = local.ask("GET", path.replace(f"/repos/{ORG}/{REPO}", "/repositories/931177205", 1))
    assert twin.json() == answer.raw_response.json()


@pytest.mark.parametrize("case", sorted(c for c in CASES if c.startswith("GET /orgs/{org}")))
def test_organization_answers_by_number_too(case: str, api: Api, local: LocalGitHub) -> None:
    """A path below `/organizations/NUMBER` is the one below `/orgs/NAME`."""
    answer = CASES[case](api)
    path = answer.raw_request.url.raw_path.decode().removeprefix("/api/v3")
    twin = local.ask("GET", path.replace(f"/orgs/{ORG}", "/organizations/198402617", 1))
    assert twin.json() == answer.raw_response.json()
