"""Actions secrets of the organization, of a repository and of an environment.

The three differ in where they lie and in who may see them; everything else is the same, so each
operation is written once over the place that the path names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.github.http import Answer, Call, Refusal, Route, misshapen, not_found
from sandbox.github.model import Secret, Vault, later, now

_NAME = re.compile(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*")
_NAME_RULE = (
    "Secret names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_)."
    " Spaces are not allowed. Must start with a letter ([a-z], [A-Z]) or underscores (_)."
)
_MOST_BYTES = 48 * 1024


@dataclass(frozen=True, slots=True)
class _Place:
    """Where secrets lie.

    Attributes:
        path: the path of the list.
        noun: what holds them, in the addresses of GitHub's documentation.
        vault: the vault that a call names; refuses callers without the right.
        shared: whether a secret says which repositories may use it.
    """

    path: str
    noun: str
    vault: Callable[[Call], Vault]
    shared: bool = False

    def routes(self) -> tuple[Route, ...]:
        """The five routes of this place."""
        one, key = f"{self.path}/{{secret_name}}", f"{self.path}/public-key"
        docs, noun = "actions/secrets", self.noun
        article = "a" if noun == "repository" else "an"
        return (
            Route("GET", self.path, self._list, f"{docs}#list-{noun}-secrets"),
            Route("GET", key, self._key, f"{docs}#get-{article}-{noun}-public-key"),
            Route("GET", one, self._get, f"{docs}#get-{article}-{noun}-secret"),
            Route("PUT", one, self._put, f"{docs}#create-or-update-{article}-{noun}-secret"),
            Route("DELETE", one, self._delete, f"{docs}#delete-{article}-{noun}-secret"),
        )

    def _list(self, call: Call) -> Answer:
        kept = sorted(self.vault(call).secrets.values(), key=lambda secret: secret.name)
        return call.page(kept, lambda secret: self._shape(call, secret), under="secrets")

    def _key(self, call: Call) -> Answer:
        key = self.vault(call).key
        return Answer(body={"key_id": key.id, "key": key.public})

    def _get(self, call: Call) -> Answer:
        secret = self.vault(call).secrets.get(_name(call))
        return not_found() if secret is None else Answer(body=self._shape(call, secret))

    def _put(self, call: Call) -> Answer:
        vault, name = self.vault(call), _name(call)
        if not _NAME.fullmatch(name):
            raise Refusal(422, _NAME_RULE)
        sealed, key_id = call.given("encrypted_value", str), call.given("key_id", str)
        _refuse_unopenable(vault, sealed, key_id)
        known = vault.secrets.get(name)
        moment = now() if known is None else later(known.updated_at)
        vault.secrets[name] = Secret(
            name=name,
            key_id=key_id,
            sealed=sealed,
            created_at=moment if known is None else known.created_at,
            updated_at=moment,
            **self._sharing(call),
        )
        return Answer(201, {}) if known is None else Answer(204)

    def _delete(self, call: Call) -> Answer:
        removed = self.vault(call).secrets.pop(_name(call), None)
        return not_found() if removed is None else Answer(204)

    def _sharing(self, call: Call) -> dict[str, Any]:
        if not self.shared:
            return {}
        visibility = call.given("visibility", str)
        if visibility not in {"all", "private", "selected"}:
            misshapen("/visibility")
        chosen = call.given("selected_repository_ids", list, [])
        if not all(isinstance(number, int) for number in chosen):
            misshapen("/selected_repository_ids")
        return {"visibility": visibility, "repositories": chosen}

    def _shape(self, call: Call, secret: Secret) -> dict[str, Any]:
        body = {"name": secret.name, "created_at": secret.created_at, "updated_at": secret.updated_at}
        if secret.visibility is not None:
            body["visibility"] = secret.visibility
        if secret.visibility == "selected":
            login = call.state.organization.login
            url = f"{call.api}/orgs/{login}/actions/secrets/{secret.name}/repositories"
            body["selected_repositories_url"] = url
        return body


def _name(call: Call) -> str:
    # GitHub stores names in capitals and finds them in any case.
    return call.params["secret_name"].upper()


def _refuse_unopenable(vault: Vault, sealed: str, key_id: str) -> None:
    opened = vault.key.open(sealed) if key_id == vault.key.id else None
    if opened is None:
        raise Refusal(422, "Bad request - validation failed due to an improperly encrypted secret")
    if len(opened) > _MOST_BYTES:
        raise Refusal(422, "Secret value is too large: at most 48 KB are allowed.")


def _of_organization(call: Call) -> Vault:
    owner = call.organization
    if not call.caller.owns_organization:
        raise Refusal(403, "You must be an org admin or have the org secrets fine-grained permission.")
    return owner.vault


def _of_repository(call: Call) -> Vault:
    return call.administered_repository.vault


def _of_environment(call: Call) -> Vault:
    return call.environment_of(call.administered_repository).vault


PLACES = (
    _Place("/orgs/{org}/actions/secrets", "organization", _of_organization, shared=True),
    _Place("/repos/{owner}/{repo}/actions/secrets", "repository", _of_repository),
    _Place("/repos/{owner}/{repo}/environments/{environment_name}/secrets", "environment", _of_environment),
)
ROUTES = tuple(route for place in PLACES for route in place.routes())
