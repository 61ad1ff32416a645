"""Name patterns of the branches and tags that may deploy to an environment."""

from __future__ import annotations

from typing import Any

from sandbox.github import shapes
from sandbox.github.http import Answer, Call, Route, invalid, not_found
from sandbox.github.model import BranchPolicy, Environment


def _list(call: Call) -> Answer:
    return call.page(_environment(call).policies, _shape, under="branch_policies")


def _get(call: Call) -> Answer:
    return Answer(body=_shape(_one(call, _environment(call))))


def _create(call: Call) -> Answer:
    environment = call.environment_of(call.writable_repository)
    if environment.deploys_from != "custom":
        not_found()
    name, kind = call.given("name", str), call.given("type", str, "branch")
    if kind not in {"branch", "tag"}:
        invalid({"resource": "DeploymentBranchPolicy", "field": "type", "code": "invalid"})
    same = next((p for p in environment.policies if (p.name, p.type) == (name, kind)), None)
    if same is not None:
        return Answer(303, _shape(same))
    policy = BranchPolicy.model_validate({"id": call.state.number("policy"), "name": name, "type": kind})
    environment.policies.append(policy)
    return Answer(body=_shape(policy))


def _update(call: Call) -> Answer:
    policy = _one(call, call.environment_of(call.writable_repository))
    policy.name = call.given("name", str)
    return Answer(body=_shape(policy))


def _delete(call: Call) -> Answer:
    environment = call.environment_of(call.writable_repository)
    environment.policies.remove(_one(call, environment))
    return Answer(204)


def _environment(call: Call) -> Environment:
    return call.environment_of(call.repository)


def _one(call: Call, environment: Environment) -> BranchPolicy:
    wanted = call.params["branch_policy_id"]
    found = next((p for p in environment.policies if str(p.id) == wanted), None)
    return not_found() if found is None else found


def _shape(policy: BranchPolicy) -> dict[str, Any]:
    return {
        "id": policy.id,
        "node_id": shapes.node_id("GBP", policy.id),
        "name": policy.name,
        "type": policy.type,
    }


_ALL = "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies"
_ONE = f"{_ALL}/{{branch_policy_id}}"
_DOCS = "deployments/branch-policies"
ROUTES = (
    Route("GET", _ALL, _list, f"{_DOCS}#list-deployment-branch-policies"),
    Route("POST", _ALL, _create, f"{_DOCS}#create-a-deployment-branch-policy"),
    Route("GET", _ONE, _get, f"{_DOCS}#get-a-deployment-branch-policy"),
    Route("PUT", _ONE, _update, f"{_DOCS}#update-a-deployment-branch-policy"),
    Route("DELETE", _ONE, _delete, f"{_DOCS}#delete-a-deployment-branch-policy"),
)
