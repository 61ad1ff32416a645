"""Who may see and do what: the caller's role, cut down to what the token carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.hub.model import Account, Organization, Repository, Role, Token
    from sandbox.hub.store import Store

_RANK = {"no_access": 0, "read": 1, "contributor": 2, "write": 3, "admin": 4}
_READ = {"repo.content.read", "repo.write"}
_WRITE = {"repo.write"}
_ORG_READ = {"org.read", "org.write"}
_ORG_WRITE = {"org.write"}


@dataclass(frozen=True)
class Caller:
    """Whoever sent the request; without account and token, an anonymous visitor."""

    account: Account | None = None
    token: Token | None = None

    @property
    def name(self) -> str:
        """The username, empty for an anonymous visitor."""
        return "" if self.account is None else self.account.name

    @property
    def known(self) -> bool:
        """Whether a valid token came with the request."""
        return self.token is not None


@dataclass(frozen=True)
class Rights:
    """Answers questions about one caller."""

    store: Store
    caller: Caller

    def role(self, organization: Organization) -> Role | None:
        """The caller's role as far as the token shows it, None for strangers."""
        member = organization.members.get(self.caller.name)
        if member is None or not self._token_allows(_ORG_READ, ("org", organization.name)):
            return None
        return member.role

    def manages(self, organization: Organization) -> bool:
        """Whether the caller may change members: an admin, with a token that can write there."""
        member = organization.members.get(self.caller.name)
        return (
            member is not None
            and member.role == "admin"
            and self._token_writes()
            and self._token_allows(_ORG_WRITE, ("org", organization.name))
        )

    def reads(self, repository: Repository) -> bool:
        """Whether the repository is there for the caller. Gating is another question."""
        if repository.visibility == "public":
            return True
        # The running app of a protected Space is everybody's, its repository is not.
        return self._level(repository) >= _RANK["read"] and self._scoped(_READ, repository)

    def writes(self, repository: Repository) -> bool:
        """Whether the caller may change the repository, its settings included."""
        return (
            self._level(repository) >= _RANK["write"]
            and self._token_writes()
            and self._scoped(_WRITE, repository)
        )

    def passes_gate(self, repository: Repository) -> bool:
        """Whether the content of a gated repository is open to the caller.

        Members of the organization pass, unless the gate is for them too; whoever may write passes
        always. The local Hub keeps no access requests, so nobody else was granted anything.
        """
        if repository.gated is False or self.writes(repository):
            return True
        if self._level(repository) < _RANK["read"] or repository.org_members_gated:
            return False
        token = self.caller.token
        return token is not None and (token.can_read_gated or self._scoped(_READ, repository))

    def creates(self, namespace: str, group: str | None) -> bool:
        """Whether the caller may create a repository there, in that resource group if any."""
        if not self._token_writes():
            return False
        if namespace == self.caller.name:
            return self._token_allows(_WRITE, ("user", namespace))
        organization = self.store.organization(namespace)
        if organization is None or self.caller.name not in organization.members:
            return False
        member = organization.members[self.caller.name]
        if not self._token_allows(_WRITE, ("org", organization.name)):
            return False
        rank = _RANK[member.role]
        if group is not None and member.role != "admin":
            rank = _RANK.get(organization.groups[group].members.get(self.caller.name, ""), 0)
        return rank >= _RANK["contributor"]

    def _level(self, repository: Repository) -> int:
        name = self.caller.name
        if not name:
            return 0
        if repository.namespace == name:
            return _RANK["admin"]
        organization = self.store.organization(repository.namespace)
        if organization is None or name not in organization.members:
            return 0
        member = organization.members[name]
        rank = _RANK[member.role]
        if repository.group in organization.groups and member.role != "admin":
            # A resource group takes its repositories away from everybody outside it.
            rank = _RANK.get(organization.groups[repository.group].members.get(name, ""), 0)
        if rank == _RANK["contributor"]:
            return _RANK["write"] if repository.created_by == name else _RANK["read"]
        return rank

    def _token_writes(self) -> bool:
        return self.caller.token is not None and self.caller.token.role != "read"

    def _scoped(self, permissions: set[str], repository: Repository) -> bool:
        return self._token_allows(
            permissions,
            (repository.type, repository.id),
            ("org", repository.namespace),
            ("user", repository.namespace),
        )

    def _token_allows(self, permissions: set[str], *entities: tuple[str, str]) -> bool:
        token = self.caller.token
        if token is None:
            return False
        if token.role != "fineGrained":
            return True
        return any(
            (scope.entity_type, scope.entity_name) in entities and scope.permissions & permissions
            for scope in token.scopes
        )
