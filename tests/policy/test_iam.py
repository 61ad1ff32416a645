"""The pack refuses wildcards on secrets, however they are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import ResourceValidationPolicy

from components import rights, settings
from components.documents import roles, vault
from components.names import Names, Role
from policy import iam
from tests.policy.support import violations

CHECKOUT = Path(__file__).resolve().parents[2]
RULE, SECRET_RULE = iam.RULES
INLINE = "aws:iam/rolePolicy:RolePolicy"
RULE_TYPES = [
    f"aws:iam/{k[0].lower()}{k[1:]}:{k}" for k in ("GroupPolicy", "Policy", "RolePolicy", "UserPolicy")
]
EXACT = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hubguard/kw/reader-??????"


def judged(statement: object, kind: str = INLINE) -> list[str]:
    """What the rule says of a policy with one statement."""
    document = json.dumps({"Version": "2012-10-17", "Statement": statement})
    return violations(RULE, kind, {"policy": document})


def allow(action: object, resource: object = EXACT, **more: Any) -> dict[str, Any]:
    """An Allow statement."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize("role", [role for role in rights.ROLES if role != "deploy"])
def test_our_own_roles_pass(role: Role) -> None:
    """What the program declares is what the rule asks for; deploy's policies belong to the bootstrap."""
    desired = settings.from_file(CHECKOUT / "Pulumi.sandbox.yaml")
    document = roles.permissions(role, desired.tokens, Names.of(desired), desired.access.state)
    assert violations(RULE, INLINE, {"policy": json.dumps(document)}) == []


@pytest.mark.parametrize(
    "statement",
    [
        allow("secretsmanager:GetSecretValue"),
        [allow("secretsmanager:DescribeSecret")],
        allow("s3:*", "*"),
        allow("secretsmanager:ListSecrets", "*"),
        {"Effect": "Deny", "Action": "secretsmanager:*", "Resource": "*"},
        [],
    ],
)
def test_exact_or_harmless_statements_pass(statement: object) -> None:
    """A pack that refuses everything fails too."""
    assert judged(statement) == []


@pytest.mark.parametrize(
    "action",
    [
        "*",
        "secretsmanager:*",
        "secretsmanager:Get*",
        "SecretsManager:GetSecretValu?",
        "secrets*:GetSecretValue",
        "*:*",
    ],
)
def test_a_wildcard_action_is_refused(action: str) -> None:
    """In any position and any case."""
    assert judged(allow(["s3:GetObject", action])) != []


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:aws:secretsmanager:*:123456789012:secret:a-??????",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:${aws:PrincipalTag/team}-??????",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:*",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:-??????",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hubguard/kw/reader-*",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hubguard/kw/reader-?????",
    ],
)
def test_a_wildcard_resource_is_refused(resource: str) -> None:
    """The six characters that Secrets Manager adds are the only exception."""
    assert judged(allow("secretsmanager:GetSecretValue", [EXACT, resource])) != []


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": EXACT},
        {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "NotResource": EXACT},
    ],
)
def test_all_but_some_is_refused(statement: dict[str, Any]) -> None:
    """NotAction and NotResource name what is left out, not what is let in."""
    assert judged(statement) != []


@pytest.mark.parametrize("kind", RULE_TYPES)
def test_whoever_carries_the_policy_is_judged(kind: str) -> None:
    """Roles, users, groups and managed policies alike."""
    assert judged(allow("secretsmanager:*"), kind) != []


def test_the_second_statement_counts_too() -> None:
    """A harmless first statement hides nothing."""
    [message] = judged([allow("s3:GetObject"), allow("secretsmanager:*")])
    assert message.startswith("Statement 2 allows actions on secrets by a wildcard. Checklist 2.3.4")


def test_a_document_that_is_an_object_is_judged() -> None:
    """Policies arrive as text or as objects."""
    assert violations(RULE, "aws:iam/policy:Policy", {"policy": {"Statement": allow("*")}}) != []


RESOURCE_POLICY = "aws:secretsmanager/secretPolicy:SecretPolicy"
READER = {"AWS": "arn:aws:iam::123456789012:role/reader"}


def test_our_own_secret_policy_passes() -> None:
    """It only denies."""
    document = json.dumps(vault.secret_policy([READER["AWS"]], []))
    assert violations(SECRET_RULE, RESOURCE_POLICY, {"policy": document}) == []


def test_a_secret_may_let_in_whom_it_names() -> None:
    """An exact principal and an exact action."""
    statement = allow("secretsmanager:GetSecretValue", "*", Principal=READER)
    assert violations(SECRET_RULE, RESOURCE_POLICY, {"policy": {"Statement": statement}}) == []


@pytest.mark.parametrize(
    "statement",
    [
        allow("secretsmanager:*", "*", Principal=READER),
        allow("secretsmanager:GetSecretValue", "*", Principal="*"),
        allow("secretsmanager:GetSecretValue", "*", Principal={"AWS": ["*"]}),
        allow("secretsmanager:GetSecretValue", "*", NotPrincipal=READER),
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*", "Principal": READER},
    ],
)
def test_a_secret_that_lets_in_whom_it_does_not_name_is_refused(statement: dict[str, Any]) -> None:
    """By a wildcard in the action or in the principal."""
    assert violations(SECRET_RULE, RESOURCE_POLICY, {"policy": {"Statement": [statement]}}) != []


@pytest.mark.parametrize("rule", iam.RULES)
def test_a_policy_that_cannot_be_read_does_not_pass(rule: ResourceValidationPolicy) -> None:
    """Unknown is not fine."""
    kind = RESOURCE_POLICY if rule is SECRET_RULE else INLINE
    [message] = violations(rule, kind, {"policy": "{not json"})
    assert "cannot be read as JSON" in message


def test_a_statement_without_a_resource_is_refused() -> None:
    """Nothing is named."""
    assert judged({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue"}) != []


def test_inline_policies_of_a_role_are_judged() -> None:
    """A role can carry its policies itself."""
    props = {
        "inlinePolicies": [{"name": "a", "policy": json.dumps({"Statement": allow("secretsmanager:*")})}]
    }
    assert violations(RULE, "aws:iam/role:Role", props) != []
