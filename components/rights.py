"""The access matrix: what each role may do with each secret. Everything else is denied.

The secrets' policies, the keys' policies and the roles' own policies are all made of this table, and
`docs/access.md` shows it. Serves checklist items 2.3.4, 6.1.1 and 6.1.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, get_args

from components.names import Role
from components.settings import Environment, Token

Right = Literal["describe", "inspect", "read", "write", "manage"]

ACTIONS: Final[Mapping[Right, tuple[str, ...]]] = {
    "describe": ("secretsmanager:DescribeSecret", "secretsmanager:ListSecretVersionIds"),
    "inspect": ("secretsmanager:GetResourcePolicy",),
    "read": ("secretsmanager:GetSecretValue",),
    "write": ("secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
    "manage": (
        "secretsmanager:CancelRotateSecret",
        "secretsmanager:CreateSecret",
        "secretsmanager:DeleteResourcePolicy",
        "secretsmanager:DeleteSecret",
        "secretsmanager:PutResourcePolicy",
        "secretsmanager:RemoveRegionsFromReplication",
        "secretsmanager:ReplicateSecretToRegions",
        "secretsmanager:RestoreSecret",
        "secretsmanager:RotateSecret",
        "secretsmanager:StopReplicationToReplica",
        "secretsmanager:TagResource",
        "secretsmanager:UntagResource",
        "secretsmanager:ValidateResourcePolicy",
    ),
}
"""The API's actions that a right stands for."""

NOBODYS: Final = ("secretsmanager:BatchGetSecretValue", "secretsmanager:UpdateSecret")
"""What nobody may do. Reading many at once is logged less clearly; UpdateSecret puts a value, and also
changes what deploy keeps: the description, and the key."""

_EVERYWHERE: Final[Mapping[Role, frozenset[Right]]] = {
    "preview": frozenset({"describe", "inspect"}),
    "drift": frozenset({"describe", "inspect"}),
    "deploy": frozenset({"describe", "inspect", "manage"}),
    "operator": frozenset({"describe", "write"}),
    "incident-responder": frozenset({"describe", "inspect", "read"}),
    "auditor": frozenset({"describe", "inspect"}),
}

_IN: Final[Mapping[Environment, Mapping[Role, frozenset[Right]]]] = {
    "production": {"production-reader": frozenset({"describe", "read"})},
    "training": {"training-writer": frozenset({"describe", "read"})},
    "ci": {
        "ci": frozenset({"describe", "read"}),
        "deploy": frozenset({"read"}),  # it seals them for GitHub
    },
    "machine": {},  # read by the jobs that the token names as its consumers
    "local": {},  # in a developer's .env file: there is no secret
}

ROLES: Final[tuple[Role, ...]] = get_args(Role)


def rights(role: Role, token: Token) -> frozenset[Right]:
    """What a role may do with a token's secret."""
    if token.environment == "local":
        return frozenset()
    own = _IN[token.environment].get(role, frozenset())
    if token.environment == "machine" and role in token.consumers:
        own = frozenset({"read"})
    return _EVERYWHERE.get(role, frozenset()) | own


def holders(right: Right, token: Token) -> list[Role]:
    """The roles that have a right on a token's secret, in the order of the table."""
    return [role for role in ROLES if right in rights(role, token)]


def possible_holders(right: Right) -> list[Role]:
    """The roles that have a right on some secret in some inventory, deploy left out: it has no boundary."""
    holding = {role for role, held in _EVERYWHERE.items() if right in held}
    holding |= {role for roles in _IN.values() for role, held in roles.items() if right in held}
    if right == "read":
        holding.add("drift")  # as a consumer of a machine's token
    return [role for role in ROLES if role in holding and role != "deploy"]


def secrets_of(role: Role, right: Right, tokens: Sequence[Token]) -> list[Token]:
    """The tokens on whose secrets a role has a right."""
    return [token for token in tokens if right in rights(role, token)]


def vaulted(tokens: Sequence[Token]) -> list[Token]:
    """The tokens that have a secret: all but the local ones."""
    return [token for token in tokens if token.environment != "local"]
