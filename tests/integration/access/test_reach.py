"""Whoever is no deploy reaches no further either, a person with every right in IAM included."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from components.matrix.attempts import OF_OTHERS
from components.matrix.cells import Principal
from tests.integration.access import calls
from tests.integration.access.principals import Account

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("walkthrough")]

EXPLICIT = "explicit deny in an identity-based policy"
BY_RESOURCE = "explicit deny in a resource-based policy"

READING: dict[str, tuple[Principal, str, str]] = {
    "operator_reads": ("operator", "production", EXPLICIT),
    "preview_reads": ("preview", "ci", EXPLICIT),
    "auditor_reads": ("auditor", "production", EXPLICIT),
    "administrator_reads": ("administrator", "production", BY_RESOURCE),
}
PUTTING: dict[str, Principal] = {"auditor_puts": "auditor", "reader_puts": "production-reader"}
DELETING: dict[str, Principal] = {"administrator_deletes": "administrator"}
DECRYPTING: dict[str, Principal] = {
    "reader_decrypts": "production-reader",
    "administrator_decrypts": "administrator",
}


@pytest.mark.parametrize("attempt", READING)
def test_no_value_is_read(account: Account, attempt: str) -> None:
    """Not even the one that the operator put a moment ago."""
    principal, environment, reason = READING[attempt]
    name = account.names.secret(account.token(environment))
    account.acting("operator", "secretsmanager").put_secret_value(
        SecretId=name, SecretString=calls.made_up_value()
    )
    with pytest.raises(ClientError, match=reason):
        account.acting(principal, "secretsmanager").get_secret_value(SecretId=name)


@pytest.mark.parametrize("attempt", PUTTING)
def test_no_value_is_put(account: Account, attempt: str) -> None:
    """The secret's own policy names the operator alone."""
    name = account.names.secret(account.token("production"))
    with pytest.raises(ClientError, match=BY_RESOURCE):
        account.acting(PUTTING[attempt], "secretsmanager").put_secret_value(
            SecretId=name, SecretString=calls.made_up_value()
        )


@pytest.mark.parametrize("attempt", DELETING)
def test_no_secret_is_deleted_at_once(account: Account, attempt: str) -> None:
    """Nor in less than the full window."""
    secrets = account.acting(DELETING[attempt], "secretsmanager")
    name = account.names.secret(account.token("production"))
    for hasty in ({"ForceDeleteWithoutRecovery": True}, {"RecoveryWindowInDays": 7}):
        with pytest.raises(ClientError, match=BY_RESOURCE):
            secrets.delete_secret(SecretId=name, **hasty)


@pytest.mark.parametrize("attempt", DECRYPTING)
def test_the_key_is_not_used_directly(account: Account, attempt: str) -> None:
    """Reading through Secrets Manager uses the same key and succeeds; for the reader, that is."""
    alias = f"alias/hubguard/{account.names.organization}/production"
    root = account.client("kms")
    sealed = root.encrypt(KeyId=alias, Plaintext=b"made up")["CiphertextBlob"]
    with pytest.raises(ClientError, match="AccessDenied"):
        account.acting(DECRYPTING[attempt], "kms").decrypt(CiphertextBlob=sealed)


def test_every_listed_attempt_is_made() -> None:
    """What the page lists is what the tests above do."""
    made = READING.keys() | PUTTING.keys() | DELETING.keys() | DECRYPTING.keys()
    assert {attempt.name for attempt in OF_OTHERS} == made
