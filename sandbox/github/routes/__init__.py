"""Every route of the REST API, one module per family of resources."""

from __future__ import annotations

from sandbox.github.http import Route
from sandbox.github.routes import (
    branch_policies,
    environments,
    meta,
    organizations,
    repositories,
    rulesets,
    secrets,
    users,
)

ROUTES: tuple[Route, ...] = (
    *meta.ROUTES,
    *users.ROUTES,
    *organizations.ROUTES,
    *repositories.ROUTES,
    *environments.ROUTES,
    *branch_policies.ROUTES,
    *secrets.ROUTES,
    *rulesets.ROUTES,
)
"""All of them; the contract test has a case for each."""
