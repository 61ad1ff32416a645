"""Every role tries every call on every secret: the access matrix holds, and nobody gets into a role."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components import rights
from components.documents.statements import deny, document, text
from components.matrix import cells
from components.matrix.attempts import INTRUSIONS
from components.matrix.cells import PRINCIPALS, Principal
from components.names import Role
from tests.integration.access import calls
from tests.integration.access.principals import Account, sandbox_settings

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("walkthrough")]

TOKENS = rights.vaulted(sandbox_settings().tokens)
JOBS: tuple[Role, ...] = ("ci", "preview", "drift", "deploy")
TAKEN: tuple[Role, ...] = (
    "production-reader",
    "training-writer",
    "operator",
    "incident-responder",
    "auditor",
)


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.name)
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_every_cell_is_as_the_matrix_says(account: Account, principal: Principal, token: Any) -> None:
    """Allowed calls succeed, all others are denied."""
    root, secret = account.client("secretsmanager"), account.names.secret(token)
    root.put_secret_value(SecretId=secret, SecretString=calls.made_up_value())
    policy = root.get_resource_policy(SecretId=secret)["ResourcePolicy"]
    client = account.acting(principal, "secretsmanager")
    expected, found = {}, {}
    for cell in cells.cells([token]):
        if cell.principal == principal:
            expected[cell.action] = cell.allowed
            found[cell.action] = calls.allowed(cell.action, client, secret)
            if found[cell.action]:
                calls.undo(cell.action, root, secret, policy)
    assert found == expected


def test_a_wrong_policy_is_mended_by_deploy(account: Account) -> None:
    """A policy that denies everybody the value is replaced by whoever manages the secret."""
    token = account.token("production")
    deploy, secret = account.acting("deploy", "secretsmanager"), account.names.secret(token)
    right = deploy.get_resource_policy(SecretId=secret)["ResourcePolicy"]
    wrong = text(document(deny("Nobody", ["secretsmanager:GetSecretValue"], "*", principal="*")))
    account.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=calls.made_up_value())
    reader = account.acting("production-reader", "secretsmanager")
    deploy.put_resource_policy(SecretId=secret, ResourcePolicy=wrong)
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        reader.get_secret_value(SecretId=secret)
    deploy.put_resource_policy(SecretId=secret, ResourcePolicy=right)
    assert reader.get_secret_value(SecretId=secret)["SecretString"]


def _with(number: str, other: str) -> Callable[[str], str]:
    return lambda subject: re.sub(number, other, subject, count=1)


FORGED: dict[str, Callable[[str], str]] = {
    "other_environment": _with(r":environment:.*|:pull_request", ":environment:elsewhere"),
    "other_branch": _with(r":environment:.*|:pull_request", ":ref:refs/heads/main"),
    "other_repository": _with(r"(/[\w.-]+@)\d+", r"\g<1>1"),
    "other_owner": _with(r"@\d+/", "@1/"),
    "no_numbers": lambda subject: re.sub(r"@\d+", "", subject),
}


@pytest.mark.parametrize("role", JOBS)
@pytest.mark.parametrize("forgery", FORGED)
def test_a_job_with_another_subject_is_refused(account: Account, role: Role, forgery: str) -> None:
    """The exact subject counts, numbers included."""
    [subject] = account.subjects(role)
    forged = FORGED[forgery](subject)
    assert forged != subject
    with pytest.raises(ClientError, match="AccessDenied"):
        account.assume_as_job(account.names.role_arn(role), forged)


@pytest.mark.parametrize("role", JOBS)
@pytest.mark.parametrize("other", JOBS)
def test_a_job_takes_its_own_role_only(account: Account, role: Role, other: Role) -> None:
    """A pull request previews, and a deploying job does not even do that."""
    [subject] = account.subjects(other)
    if role == other:
        assert account.assume_as_job(account.names.role_arn(role), subject)
        return
    with pytest.raises(ClientError, match="AccessDenied"):
        account.assume_as_job(account.names.role_arn(role), subject)


@pytest.mark.parametrize("role", JOBS)
def test_a_token_for_another_audience_is_refused(account: Account, role: Role) -> None:
    """A token that the job got for another service opens nothing here."""
    [subject] = account.subjects(role)
    with pytest.raises(ClientError, match="AccessDenied"):
        account.assume_as_job(account.names.role_arn(role), subject, audience="https://vault.example.com")


@pytest.mark.parametrize("role", TAKEN)
def test_an_unnamed_principal_is_refused(account: Account, role: Role) -> None:
    """Not even one that may take every role as far as its own policy goes."""
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        account.assume(account.names.role_arn(role), by=account.session("administrator"))


@pytest.mark.parametrize("role", TAKEN)
@pytest.mark.parametrize("other", TAKEN)
def test_a_named_principal_takes_its_own_role_only(account: Account, role: Role, other: Role) -> None:
    """The application of one environment does not get into another."""
    person = account.assume(account.named(other)[0])
    if role == other:
        assert account.assume(account.names.role_arn(role), by=person)
        return
    with pytest.raises(ClientError, match="not authorized to perform: sts:AssumeRole"):
        account.assume(account.names.role_arn(role), by=person)


@pytest.mark.parametrize("role", rights.ROLES)
def test_no_session_is_longer_than_an_hour(account: Account, role: Role) -> None:
    """Whoever may take the role included."""
    with pytest.raises(ClientError, match="exceeds the MaxSessionDuration"):
        account.take(account.names.role_arn(role), role, seconds=3601)


def test_every_listed_intrusion_is_tried() -> None:
    """What the page lists is what the tests above do."""
    others = {"pull_request", "deploy_job", "other_audience", "unnamed", "other_person", "long_session"}
    assert {attempt.name for attempt in INTRUSIONS} == FORGED.keys() | others
