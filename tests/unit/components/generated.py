"""Every document that is generated for a stack's settings, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from components import rights, settings
from components.documents import buckets, delivery, deploy, logs_key, roles, topic, trust, vault
from components.names import Names
from components.rights import Right
from components.settings import Settings, State, Token

ROOT = Path(__file__).parents[3]
STATE = State(
    bucket="kwanzaa-project-pulumi-state",
    key="arn:aws:kms:eu-central-1:444455556666:key/1b2c3d4e-1111-2222-3333-444455556666",
)
FAR = ["eu-west-1", "ap-southeast-1", "ap-northeast-1"]

Document = dict[str, Any]


def stacks() -> dict[str, Settings]:
    """The settings of the committed stack files, and of one that uses all there is."""
    found = {name: settings.from_file(ROOT / f"Pulumi.{name}.yaml") for name in ("sandbox", "dev", "prod")}
    return found | {"far": far(found["prod"])}


def far(desired: Settings) -> Settings:
    """The same settings with three replica regions and the state in S3."""
    access = desired.access.model_copy(update={"state": STATE})
    replicas = desired.vault.model_copy(update={"replica_regions": FAR})
    return desired.model_copy(update={"access": access, "vault": replicas})


def managed(desired: Settings) -> dict[str, Document]:
    """The bootstrap's managed policies: the boundary, and deploy's own."""
    names, state = Names.of(desired), desired.access.state
    bound = {"hubguard-boundary": deploy.boundary(names, state)}
    return bound | deploy.permissions(names, state, protect=desired.protect, tokens=desired.tokens)


def inline(desired: Settings) -> dict[str, Document]:
    """Each role's own policy; the services' roles included."""
    names, state = Names.of(desired), desired.access.state
    own: dict[str, Document] = {
        role: roles.permissions(role, desired.tokens, names, state)
        for role in rights.ROLES
        if role != "deploy"
    }
    services = {
        "trail-delivery": delivery.trail_permissions(names),
        "event-forwarder": delivery.forwarder_permissions(names),
    }
    return {role: document for role, document in {**own, **services}.items() if document["Statement"]}


def trusts(desired: Settings) -> dict[str, Document]:
    """Who may take each role."""
    names, access = Names.of(desired), desired.access
    owner, github = desired.github_owner, desired.github
    provider = access.oidc_provider or names.oidc_provider_arn
    jobs = {
        "trust of ci": trust.subjects_of("ci", owner, github),
        "trust of preview": trust.pull_requests(owner, github),
        "trust of drift": trust.subjects_of("drift", owner, github),
        "trust of deploy": trust.subjects_of("deploy", owner, github),
    }
    named = {
        "trust of production-reader": trust.principals(access.production_readers),
        "trust of training-writer": trust.principals(access.training_writers),
        "trust of operator": trust.principals(access.operators, people=True),
        "trust of incident-responder": trust.principals(access.incident_responders, people=True),
        "trust of auditor": trust.principals(access.auditors, people=True),
        "trust of trail-delivery": delivery.trail_trust(names),
        "trust of event-forwarder": delivery.forwarder_trust(names),
    }
    found = {name: trust.jobs(subjects, provider) for name, subjects in jobs.items()} | named
    return {name: document for name, document in found.items() if document["Statement"]}


def keys(desired: Settings) -> dict[str, Document]:
    """The policy of each environment's key, and of the logs'."""
    names = Names.of(desired)
    environments = {token.environment for token in rights.vaulted(desired.tokens)}
    found: dict[str, Document] = {"key of the logs": logs_key.logs_key_policy(names)}
    for environment in environments:
        own = [token for token in desired.tokens if token.environment == environment]
        readers, writers = arns(names, "read", *own), arns(names, "write", *own)
        found[f"key of {environment}"] = vault.key_policy(names, names.region, readers, writers)
    return found


def resources(desired: Settings) -> dict[str, Document]:
    """The policies of secrets, buckets and the topic."""
    names = Names.of(desired)
    found = {
        f"secret {token.name}": vault.secret_policy(arns(names, "read", token), arns(names, "write", token))
        for token in rights.vaulted(desired.tokens)
    }
    return {
        **found,
        "bucket of logs": buckets.log_bucket_policy(names),
        "bucket of access logs": buckets.access_log_bucket_policy(names),
        "bucket of answers": buckets.answers_bucket_policy(names),
        "topic": topic.topic_policy(names),
    }


def arns(names: Names, right: Right, *tokens: Token) -> list[str]:
    """ARNs of the roles that have a right on some of the tokens' secrets."""
    return sorted({names.role_arn(role) for token in tokens for role in rights.holders(right, token)})
