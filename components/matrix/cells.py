"""The access matrix cell by cell: each principal, each secret, each call, allowed or denied.

`docs/access.md` is drawn from it, and a test tries every cell against the local AWS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from components import rights
from components.names import Role
from components.rights import Right
from components.settings import Token

Outsider = Literal["administrator", "nobody"]
Principal = Role | Outsider

OUTSIDERS: Final[Mapping[Outsider, str]] = {
    "administrator": "an administrator of the account, whom no secret names",
    "nobody": "a principal that may take a role and has not taken it",
}
"""Principals without a role of the stack."""

PRINCIPALS: Final[tuple[Principal, ...]] = (*rights.ROLES, *OUTSIDERS)

MARKS: Final[Mapping[Right, str]] = {
    "describe": "D",
    "inspect": "I",
    "read": "R",
    "write": "W",
    "manage": "M",
}
"""The letter of each right in a table."""

BATCH: Final = "secretsmanager:BatchGetSecretValue"
"""Reading many values at once."""

_VALUES: Final = frozenset({"read", "write"})


@dataclass(frozen=True)
class Cell:
    """One entry of the matrix.

    Attributes:
        principal: a role, or somebody without one.
        token: the token whose secret is called on.
        action: the call, as IAM names it.
        allowed: whether it succeeds.
    """

    principal: Principal
    token: Token
    action: str
    allowed: bool


def held(principal: Principal, token: Token) -> frozenset[Right]:
    """What somebody may do with a token's secret.

    An administrator manages everything, and reads and puts no value: the secret's own policy denies it.
    """
    if principal == "administrator":
        return frozenset(MARKS) - _VALUES if token.environment != "local" else frozenset()
    if principal == "nobody":
        return frozenset()
    return rights.rights(principal, token)


def cells(tokens: Sequence[Token]) -> Iterator[Cell]:
    """Every cell of an inventory's matrix."""
    for principal in PRINCIPALS:
        for token in rights.vaulted(tokens):
            mine = held(principal, token)
            for right, actions in rights.ACTIONS.items():
                for action in actions:
                    yield Cell(principal, token, action, right in mine)
            for action in rights.NOBODYS:
                yield Cell(principal, token, action, allowed=False)
