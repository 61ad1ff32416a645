"""Rulesets of a repository and of the organization."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.github import shapes
from sandbox.github.http import Answer, Call, Refusal, Route, invalid, not_found
from sandbox.github.model import Repository, Ruleset, later, now
from sandbox.github.rules import ENFORCEMENTS, TARGETS, bypass_actors, conditions, rules

_MOST_RULESETS = 75
_CAN_BYPASS = {"always": "always", "pull_request": "pull_requests_only", "exempt": "exempt"}


@dataclass(frozen=True, slots=True)
class _Source:
    """What a ruleset belongs to.

    Attributes:
        kind: Organization or Repository.
        name: its full name.
        number: its own number.
        held: its rulesets by number.
        writable: whether the caller may change them, and so see who may bypass them.
    """

    kind: str
    name: str
    number: int
    held: dict[int, Ruleset]
    writable: bool


def _organization(call: Call) -> _Source:
    owner = call.owned_organization
    return _Source("Organization", owner.login, owner.id, owner.rulesets, writable=True)


def _readable(call: Call) -> _Source:
    return _of(call, call.repository)


def _writable(call: Call) -> _Source:
    return _of(call, call.writable_repository)


def _of(call: Call, repository: Repository) -> _Source:
    name = f"{call.state.organization.login}/{repository.name}"
    writable = call.caller.administers(repository)
    return _Source("Repository", name, repository.id, repository.rulesets, writable)


@dataclass(frozen=True, slots=True)
class _Family:
    """The five operations on the rulesets of one kind of source.

    Attributes:
        path: the path of the list.
        read: the source for reading.
        write: the source for changing.
        docs: the addresses of GitHub's documentation, with a place for the verb.
    """

    path: str
    read: Callable[[Call], _Source]
    write: Callable[[Call], _Source]
    docs: str

    def routes(self) -> tuple[Route, ...]:
        """The five routes."""
        one = f"{self.path}/{{ruleset_id}}"
        return (
            Route("GET", self.path, self._list, self.docs.format("get-all") + "s"),
            Route("POST", self.path, self._create, self.docs.format("create-a")),
            Route("GET", one, self._get, self.docs.format("get-a")),
            Route("PUT", one, self._update, self.docs.format("update-a")),
            Route("DELETE", one, self._delete, self.docs.format("delete-a")),
        )

    def _list(self, call: Call) -> Answer:
        source = self.read(call)
        found = [(source, ruleset) for ruleset in source.held.values()]
        if source.kind == "Repository" and call.query.get("includes_parents", "true") != "false":
            found += [(parent, r) for parent in (_parent(call),) for r in parent.held.values()]
        targets = call.query.get("targets", "").split(",")
        if targets != [""]:
            found = [(s, r) for s, r in found if r.target in targets]
        return call.page(found, lambda pair: _summary(call, *pair))

    def _get(self, call: Call) -> Answer:
        source = self.read(call)
        wanted = call.params["ruleset_id"]
        sources = [source]
        if source.kind == "Repository" and call.query.get("includes_parents", "true") != "false":
            sources.append(_parent(call))
        held = ((candidate, ruleset) for candidate in sources for ruleset in candidate.held.values())
        found = next((pair for pair in held if str(pair[1].id) == wanted), None)
        return not_found() if found is None else Answer(body=_shape(call, *found))

    def _create(self, call: Call) -> Answer:
        source = self.write(call)
        if len(source.held) >= _MOST_RULESETS:
            invalid(f"A maximum of {_MOST_RULESETS} rulesets is allowed")
        target = call.given("target", str, "branch")
        fresh = Ruleset(
            id=call.state.number("ruleset"),
            created_at=(moment := now()),
            updated_at=moment,
            target=target,
            **_content(call, source, target),
        )
        source.held[fresh.id] = fresh
        return Answer(201, _shape(call, source, fresh))

    def _update(self, call: Call) -> Answer:
        source = self.write(call)
        known = _one(call, source)
        target = call.given("target", str, known.target)
        for field, value in _content(call, source, target, known).items():
            setattr(known, field, value)
        known.target, known.updated_at = target, later(known.updated_at)
        return Answer(body=_shape(call, source, known))

    def _delete(self, call: Call) -> Answer:
        source = self.write(call)
        del source.held[_one(call, source).id]
        return Answer(204)


def _parent(call: Call) -> _Source:
    owner = call.state.organization
    writable = call.caller.owns_organization
    return _Source("Organization", owner.login, owner.id, owner.rulesets, writable)


def _one(call: Call, source: _Source) -> Ruleset:
    wanted = call.params["ruleset_id"]
    found = next((r for r in source.held.values() if str(r.id) == wanted), None)
    return not_found() if found is None else found


def _content(call: Call, source: _Source, target: str, known: Ruleset | None = None) -> dict[str, Any]:
    name = call.given("name", str, None if known is None else known.name)
    enforcement = call.given("enforcement", str, None if known is None else known.enforcement)
    if target not in TARGETS or enforcement not in ENFORCEMENTS:
        raise Refusal(422, 'Invalid request.\n\nNo subschema in "oneOf" matched.')
    if enforcement == "evaluate" and call.state.organization.plan != "enterprise":
        invalid("Enforcement evaluate option is not supported on this plan. Please upgrade to Enterprise.")
    if any(r.name == name for r in source.held.values() if r is not known):
        invalid("Name must be unique")
    given = call.body
    shared = source.kind == "Organization"
    # An update changes what it names: a field that is not there keeps what it was.
    kept = {} if known is None else known.model_dump()
    where = call.given("conditions", dict, {}) if "conditions" in given else kept.get("conditions")
    return {
        "name": name,
        "enforcement": enforcement,
        "bypass_actors": bypass_actors(
            call.given("bypass_actors", list, kept.get("bypass_actors", [])), call.state
        ),
        "conditions": conditions(where or {}, target, shared=shared),
        "rules": rules(call.given("rules", list, kept.get("rules", [])), target),
    }


def _summary(call: Call, source: _Source, ruleset: Ruleset) -> dict[str, Any]:
    base = "orgs" if source.kind == "Organization" else "repos"
    html = f"{call.host}/{source.name}/rules/{ruleset.id}"
    if source.kind == "Organization":
        html = f"{call.host}/organizations/{source.name}/settings/rules/{ruleset.id}"
    return {
        "id": ruleset.id,
        "name": ruleset.name,
        "target": ruleset.target,
        "source_type": source.kind,
        "source": source.name,
        "enforcement": ruleset.enforcement,
        "node_id": shapes.node_id("RRS", source.number, ruleset.id),
        "_links": {
            "self": {"href": f"{call.api}/{base}/{source.name}/rulesets/{ruleset.id}"},
            "html": {"href": html},
        },
        "created_at": ruleset.created_at,
        "updated_at": ruleset.updated_at,
    }


def _shape(call: Call, source: _Source, ruleset: Ruleset) -> dict[str, Any]:
    body = _summary(call, source, ruleset)
    if ruleset.conditions is not None:
        body["conditions"] = ruleset.conditions
    body["rules"] = ruleset.rules
    if source.writable:
        # Only those who may change a ruleset are told who may bypass it.
        body["bypass_actors"] = ruleset.bypass_actors
    return {**body, "current_user_can_bypass": _may_bypass(call, source, ruleset)}


def _may_bypass(call: Call, source: _Source, ruleset: Ruleset) -> str:
    person = call.caller.user
    teams = {t.id for t in call.state.organization.teams if person.login in t.members}
    for actor in ruleset.bypass_actors:
        number = actor["actor_id"]
        is_meant = {
            "OrganizationAdmin": person.role == "admin",
            "RepositoryRole": source.writable,
            "Team": number in teams,
            "User": number == person.id,
        }
        if is_meant.get(actor["actor_type"], False):
            return _CAN_BYPASS[actor["bypass_mode"]]
    return "never"


ROUTES = (
    *_Family(
        "/repos/{owner}/{repo}/rulesets", _readable, _writable, "repos/rules#{}-repository-ruleset"
    ).routes(),
    *_Family(
        "/orgs/{org}/rulesets", _organization, _organization, "orgs/rules#{}-organization-repository-ruleset"
    ).routes(),
)
