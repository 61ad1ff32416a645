"""Security documents are built from names alone, and say what they promise."""

from __future__ import annotations

from typing import Any

import pytest

from components import access, audit, vault
from components.names import Names
from components.settings import Access, Token

NAMES = Names("123456789012", "eu-central-1", "kw")
ACCESS = Access(
    deployer="arn:aws:iam::123456789012:role/hubguard/deploy",
    production_readers=["arn:aws:iam::123456789012:role/inference"],
)


def token(environment: str) -> Token:
    """A token of an environment."""
    return Token.model_validate(
        {"name": "a-token", "environment": environment, "role": "read", "owner": "ainativestudio"}
    )


def statement(document: dict[str, Any], sid: str) -> dict[str, Any]:
    """The statement of that name."""
    return next(s for s in document["Statement"] if s.get("Sid") == sid)


@pytest.mark.parametrize(
    ("environment", "readers"),
    [
        ("production", ["arn:aws:iam::123456789012:role/hubguard/hubguard-production-reader"]),
        ("ci", ["arn:aws:iam::123456789012:role/hubguard/deploy"]),
        ("training", []),
    ],
)
def test_each_environment_has_its_own_readers(environment: str, readers: list[str]) -> None:
    """A production token is not read by the deployer, a CI token not by the application."""
    assert vault.readers(token(environment), ACCESS, NAMES) == readers


def test_a_secret_denies_reading_to_all_but_the_named() -> None:
    """One value or many at once."""
    deny = statement(vault.secret_policy(["arn:aws:iam::123456789012:role/r"]), "OnlyNamedReaders")
    assert deny["Effect"] == "Deny"
    assert set(deny["Action"]) == {"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"}
    assert deny["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/r"]}}


def test_a_secret_without_readers_denies_everybody() -> None:
    """No condition: an empty list of exceptions would make the Deny match nobody."""
    assert "Condition" not in statement(vault.secret_policy([]), "OnlyNamedReaders")


def test_a_secret_stays_manageable() -> None:
    """A wrong policy can be mended: nothing but reading is denied to the account."""
    denied = {
        action
        for s in vault.secret_policy(["arn:aws:iam::123456789012:role/r"])["Statement"]
        if "SecureTransport" not in str(s)
        for action in s["Action"]
    }
    assert denied == {"secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"}


def test_the_key_is_administered_but_not_used_by_the_account() -> None:
    """Whoever administers cannot decrypt with the key directly."""
    administration = statement(vault.key_policy(NAMES), "AccountAdministers")
    used = ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "CreateGrant", "*")
    assert not [a for a in administration["Action"] if any(word in a for word in used)]
    assert "kms:PutKeyPolicy" in administration["Action"]


def test_the_key_is_used_through_secrets_manager_alone() -> None:
    """In its own region and by its own account."""
    use = statement(vault.key_policy(NAMES), "UseThroughSecretsManager")
    assert use["Condition"]["StringEquals"] == {
        "kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com",
        "kms:CallerAccount": "123456789012",
    }


def test_a_role_trusts_exactly_its_principals() -> None:
    """No wildcard, no condition that could be met by somebody else."""
    [trusted] = access.trust(["arn:aws:iam::1:role/b", "arn:aws:iam::1:role/a"])["Statement"]
    assert trusted["Principal"] == {"AWS": ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"]}


def test_the_log_bucket_is_written_by_this_trail_alone() -> None:
    """Another trail of the same service is another writer."""
    writes = statement(audit.bucket_policy(NAMES), "TrailWrites")
    assert (
        writes["Resource"] == "arn:aws:s3:::hubguard-audit-123456789012-eu-central-1/AWSLogs/123456789012/*"
    )
    assert writes["Condition"]["StringEquals"]["aws:SourceArn"] == NAMES.trail_arn


@pytest.mark.parametrize("document", [vault.secret_policy([]), audit.bucket_policy(NAMES)])
def test_whoever_comes_without_tls_is_denied(document: dict[str, Any]) -> None:
    """Checklist 6.1.5: encrypted in transit."""
    deny = statement(document, "OnlyEncryptedTransport")
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
