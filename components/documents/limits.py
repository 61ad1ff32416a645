"""How long AWS lets a policy be, asked before anything is called: the length follows from the inventory."""

from __future__ import annotations

from typing import Final

from components import rights
from components.documents import deploy, roles
from components.documents.statements import text
from components.names import Names
from components.settings import Settings
from hubguard.errors import SettingsError

# IAM and STS quotas (IAM User Guide): characters without white space.
INLINE_MAX: Final = 10_240
MANAGED_MAX: Final = 6_144


def refuse_too_long(desired: Settings) -> None:
    """Make sure that every role's policy fits.

    Raises:
        SettingsError: one line for each policy that AWS would refuse half-way through an update.
    """
    names, state = Names.of(desired), desired.access.state
    lengths = {
        f"the role {role}": (len(text(roles.permissions(role, desired.tokens, names, state))), INLINE_MAX)
        for role in rights.ROLES
        if role != "deploy"
    }
    managed = {"hubguard-boundary": deploy.boundary(names, state)}
    managed |= deploy.permissions(names, state, protect=desired.protect)
    lengths |= {name: (len(text(document)), MANAGED_MAX) for name, document in managed.items()}
    mistakes = [
        f"hubguard:tokens: the policy of {who} would have {length:,} characters, AWS takes {most:,};"
        " expected fewer tokens, shorter names or fewer vault.replica_regions"
        for who, (length, most) in lengths.items()
        if length > most
    ]
    if mistakes:
        raise SettingsError(mistakes)
