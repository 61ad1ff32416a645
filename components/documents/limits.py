"""How long AWS lets a policy be, asked before anything is called: the length follows from the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components import rights
from components.documents import deploy, roles, trust
from components.documents.statements import text
from components.names import Names
from components.settings import Settings
from hubguard.errors import SettingsError

# IAM and STS quotas (IAM User Guide): characters without white space.
INLINE_MAX: Final = 10_240
MANAGED_MAX: Final = 6_144
TRUST_MAX: Final = 2_048


@dataclass(frozen=True)
class _Limited:
    key: str  # what makes it long, below hubguard:
    what: str
    document: Mapping[str, Any]
    most: int
    expected: str


def refuse_too_long(desired: Settings) -> None:
    """Make sure that every policy fits.

    Raises:
        SettingsError: one line for each policy that AWS would refuse half-way through an update; it begins
            with the key that is to be changed.
    """
    mistakes = [
        f"hubguard:{one.key}: the {one.what} would have {length:,} characters, AWS takes {one.most:,};"
        f" expected {one.expected}"
        for one in _limited(desired)
        if (length := len(text(one.document))) > one.most
    ]
    if mistakes:
        raise SettingsError(mistakes)


def _limited(desired: Settings) -> Iterator[_Limited]:
    names, state = Names.of(desired), desired.access.state
    for role in rights.ROLES:
        if role != "deploy":
            own = roles.permissions(role, desired.tokens, names, state)
            expected = "fewer tokens, shorter names or fewer vault.replica_regions"
            yield _Limited("tokens", f"policy of the role {role}", own, INLINE_MAX, expected)
    managed = {"hubguard-boundary": deploy.boundary(names, state)}
    managed |= deploy.permissions(names, state, protect=desired.protect, tokens=desired.tokens)
    # Each region is one more ARN of everything; without any, only the organization's name is long.
    regional = ("vault.replica_regions", "fewer regions")
    key, expected = regional if names.replica_regions else ("organization.name", "a shorter name")
    for name, document in managed.items():
        yield _Limited(key, f"policy {name}", document, MANAGED_MAX, expected)
    yield from _trusts(desired, names)


def _trusts(desired: Settings, names: Names) -> Iterator[_Limited]:
    access, owner, github = desired.access, desired.github_owner, desired.github
    named = {
        "production-reader": ("production_readers", access.production_readers, False),
        "training-writer": ("training_writers", access.training_writers, False),
        "operator": ("operators", access.operators, True),
        "incident-responder": ("incident_responders", access.incident_responders, True),
        "auditor": ("auditors", access.auditors, True),
    }
    for role, (key, arns, people) in named.items():
        document = trust.principals(arns, people=people)
        yield _Limited(
            f"access.{key}",
            f"trust of the role {role}",
            document,
            TRUST_MAX,
            "fewer of them, or shorter ARNs",
        )
    provider = access.oidc_provider or names.oidc_provider_arn
    jobs = {
        "ci": trust.subjects_of("ci", owner, github),
        "preview": trust.pull_requests(owner, github),
        "drift": trust.subjects_of("drift", owner, github),
        "deploy": trust.subjects_of("deploy", owner, github),
    }
    for role, subjects in jobs.items():
        document = trust.jobs(subjects, provider)
        job = "deploy" if role == "preview" else role  # pull requests of the repository that deploys
        expected = f"fewer or shorter environments with assumes: {job}"
        yield _Limited("github.repositories", f"trust of the role {role}", document, TRUST_MAX, expected)
