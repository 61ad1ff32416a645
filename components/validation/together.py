"""What each key allows by itself and the whole does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from components.validation.fields import repeated

if TYPE_CHECKING:
    from components.settings import Settings


def mistakes(desired: Settings) -> Iterator[str]:
    """One line for each mistake; it begins with the key that is to be corrected."""
    yield from _tokens(desired)
    yield from _people(desired)
    yield from _regions(desired)
    yield from _alarms(desired)
    yield from _sealed(desired)


def _tokens(desired: Settings) -> Iterator[str]:
    from components.names import Names  # names are made of settings

    names = Names.of(desired)
    kept = [token for token in desired.tokens if token.environment != "local"]
    for secret in repeated(names.secret(token) for token in kept):
        both = " and ".join(token.name for token in kept if names.secret(token) == secret)
        yield (
            f"hubguard:tokens: {both} would have the same secret {secret};"
            " expected another name or another generation"
        )


def _people(desired: Settings) -> Iterator[str]:
    access, environments = desired.access, {token.environment for token in desired.tokens}
    for needed, key in (("production", "production_readers"), ("training", "training_writers")):
        if needed in environments and not getattr(access, key):
            yield f"hubguard:access.{key}: expected somebody who reads the {needed} tokens"
    if access.oidc_provider and f"::{desired.account}:" not in access.oidc_provider:
        yield f"hubguard:access.oidc_provider: expected one of the account {desired.account}"
    # Who puts values or audits who reads them must not read them (checklist 6.1.4).
    reading = {
        "production_readers": access.production_readers,
        "training_writers": access.training_writers,
        "incident_responders": access.incident_responders,
    }
    for key, people in (("operators", access.operators), ("auditors", access.auditors)):
        for number, arn in enumerate(people):
            if also := [other for other, readers in reading.items() if arn in readers]:
                yield (
                    f"hubguard:access.{key}[{number}]: {arn} is in {', '.join(also)} too;"
                    " expected somebody who reads no values"
                )


def _regions(desired: Settings) -> Iterator[str]:
    if desired.region in desired.vault.replica_regions:
        yield f"hubguard:vault.replica_regions: expected others than {desired.region}, the stack's own"


def _alarms(desired: Settings) -> Iterator[str]:
    if desired.protect and not desired.contacts.alarms:
        yield "hubguard:contacts.alarms: expected at least one address, every alarm goes there"


def _sealed(desired: Settings) -> Iterator[str]:
    ci = {token.name for token in desired.tokens if token.environment == "ci"}
    for repository in desired.github.repositories:
        for environment in repository.environments:
            for secret, token in environment.secrets.items():
                if token not in ci:
                    yield (
                        f"hubguard:github.repositories: {secret} of {repository.name}/{environment.name}"
                        f" names {token!r}; expected a token of environment ci in hubguard:tokens"
                    )
