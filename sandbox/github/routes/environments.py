"""Deployment environments and their protection rules."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus

from sandbox.github import shapes
from sandbox.github.http import Answer, Call, Refusal, Route, invalid
from sandbox.github.model import Environment, Repository, Reviewer, State, Vault, later, now

_LONGEST_WAIT_MINUTES = 43_200
_MOST_REVIEWERS = 6
_RULE_OF_FIELD = {
    "reviewers": "required reviewers",
    "prevent_self_review": "required reviewers",
    "wait_timer": "wait timer",
}
_DEPLOYS_FROM = {(True, False): "protected", (False, True): "custom"}


def _list(call: Call) -> Answer:
    repository = call.repository
    environments = list(repository.environments.values())
    return call.page(environments, lambda one: _shape(call, repository, one), under="environments")


def _get(call: Call) -> Answer:
    repository = call.repository
    return Answer(body=_shape(call, repository, call.environment_of(repository)))


def _put(call: Call) -> Answer:
    repository = call.writable_repository
    _refuse_what_the_plan_lacks(call, repository)
    wanted = _wanted(call)
    name = call.params["environment_name"]
    known = next((e for n, e in repository.environments.items() if n.lower() == name.lower()), None)
    if known is None:
        created = now()
        known = Environment(
            id=call.state.number("environment"),
            name=name,
            created_at=created,
            updated_at=created,
            vault=Vault.new(),
        )
        repository.environments[name] = known
    else:
        known.updated_at = later(known.updated_at)
    for field, value in wanted.items():
        setattr(known, field, value)
    _number_rules(call.state, known)
    return Answer(body=_shape(call, repository, known))


def _delete(call: Call) -> Answer:
    repository = call.writable_repository
    del repository.environments[call.environment_of(repository).name]
    return Answer(204)


def _refuse_what_the_plan_lacks(call: Call, repository: Repository) -> None:
    # Fields count by being there, even when null: Go's GitHub client then asks again without them.
    if not repository.private or call.state.organization.plan == "enterprise":
        return
    for field, rule in _RULE_OF_FIELD.items():
        if field in call.body:
            raise Refusal(
                422,
                "Failed to create the environment protection rule. Please ensure the billing plan"
                f" supports the {rule} protection rule.",
            )


def _wanted(call: Call) -> dict[str, Any]:
    wait = call.given("wait_timer", int, 0)
    if not 0 <= wait <= _LONGEST_WAIT_MINUTES:
        invalid(f"Wait timer must be between 0 and {_LONGEST_WAIT_MINUTES} minutes.")
    return {
        "wait_timer": wait,
        "prevent_self_review": call.given("prevent_self_review", bool, default=False),
        "can_admins_bypass": call.given("can_admins_bypass", bool, default=True),
        "reviewers": _reviewers(call),
        "deploys_from": _branches(call),
    }


def _reviewers(call: Call) -> list[Reviewer]:
    given = call.given("reviewers", list, [])
    if len(given) > _MOST_REVIEWERS:
        invalid(f"Only up to {_MOST_REVIEWERS} reviewers are allowed.")
    found = []
    for entry in given:
        kind, number = (entry.get("type"), entry.get("id")) if isinstance(entry, dict) else (None, None)
        known: list[int] = []
        if kind == "User":
            known = [u.id for u in call.state.users if u.role is not None]
        elif kind == "Team":
            known = [t.id for t in call.state.organization.teams]
        if number not in known:
            invalid(f"{kind} with id {number} does not have access to the repository.")
        found.append(Reviewer(type=kind, id=number))
    return found


def _branches(call: Call) -> str:
    policy = call.given("deployment_branch_policy", dict, {})
    if not policy:
        return "anywhere"
    choice = (policy.get("protected_branches"), policy.get("custom_branch_policies"))
    if choice not in _DEPLOYS_FROM:
        invalid("Exactly one of protected_branches and custom_branch_policies must be true.")
    return _DEPLOYS_FROM[choice]


def _number_rules(state: State, one: Environment) -> None:
    needed = {
        "wait_timer": one.wait_timer > 0,
        "required_reviewers": bool(one.reviewers),
        "branch_policy": one.deploys_from != "anywhere",
    }
    one.rules = {
        kind: one.rules.get(kind) or state.number("rule") for kind, is_needed in needed.items() if is_needed
    }
    if one.deploys_from != "custom":
        one.policies = []


def _shape(call: Call, repository: Repository, one: Environment) -> dict[str, Any]:
    path = f"{call.state.organization.login}/{repository.name}"
    policy = {
        "protected_branches": one.deploys_from == "protected",
        "custom_branch_policies": one.deploys_from == "custom",
    }
    return {
        "id": one.id,
        "node_id": shapes.node_id("EN", repository.id, one.id),
        "name": one.name,
        "url": f"{call.api}/repos/{path}/environments/{quote(one.name, safe='')}",
        "html_url": f"{call.host}/{path}/deployments/activity_log?environments_filter={quote_plus(one.name)}",
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "can_admins_bypass": one.can_admins_bypass,
        "protection_rules": [_rule(call, one, kind, number) for kind, number in one.rules.items()],
        "deployment_branch_policy": None if one.deploys_from == "anywhere" else policy,
    }


def _rule(call: Call, one: Environment, kind: str, number: int) -> dict[str, Any]:
    rule = {"id": number, "node_id": shapes.node_id("GA", number), "type": kind}
    if kind == "wait_timer":
        return {**rule, "wait_timer": one.wait_timer}
    if kind == "required_reviewers":
        shown = [{"type": r.type, "reviewer": _reviewer(call, r)} for r in one.reviewers]
        return {**rule, "prevent_self_review": one.prevent_self_review, "reviewers": shown}
    return rule


def _reviewer(call: Call, reviewer: Reviewer) -> dict[str, Any]:
    owner = call.state.organization
    if reviewer.type == "Team":
        return shapes.team(next(t for t in owner.teams if t.id == reviewer.id), owner, call.host)
    return shapes.user(next(u for u in call.state.users if u.id == reviewer.id), call.host)


_ALL = "/repos/{owner}/{repo}/environments"
_ONE = f"{_ALL}/{{environment_name}}"
ROUTES = (
    Route("GET", _ALL, _list, "deployments/environments#list-environments"),
    Route("GET", _ONE, _get, "deployments/environments#get-an-environment"),
    Route("PUT", _ONE, _put, "deployments/environments#create-or-update-an-environment"),
    Route("DELETE", _ONE, _delete, "deployments/environments#delete-an-environment"),
)
