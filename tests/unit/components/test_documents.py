"""The vault's documents are built from names alone, and say what they promise."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, get_args

import pytest

from components import rights
from components.documents import configuration, deploy, roles, trust, vault
from components.documents.statements import text
from components.names import Names, Role
from components.settings import Environment, GitHub, Token
from tests.unit.components import generated
from tests.unit.components.generated import STATE, Document

NAMES = Names("123456789012", "eu-central-1", "kw", ("eu-west-1",))
NEVER = deploy.permissions(NAMES, None, protect=True, tokens=[])["hubguard-deploy-never"]
READER = "arn:aws:iam::123456789012:role/hubguard/hubguard-production-reader"
WRITER = "arn:aws:iam::123456789012:role/hubguard/hubguard-operator"
READING = {"secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"}
WRITING = {"secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"}
DELETING = "secretsmanager:DeleteSecret"
UPDATING = "secretsmanager:UpdateSecret"
GITHUB = GitHub.model_validate(
    {
        "owner_id": 11,
        "repositories": [
            {"name": "app", "id": 22, "environments": [{"name": "ci", "assumes": "ci"}, {"name": "other"}]},
            {
                "name": "guard",
                "id": 33,
                "environments": [
                    {"name": "deploy", "assumes": "deploy"},
                    {"name": "drift", "assumes": "drift"},
                ],
            },
        ],
    }
)


def token(environment: str, name: str = "a-token", **more: Any) -> Token:
    """A token of an environment."""
    role = {"machine": "github-app"}.get(environment, "read")
    consumers = {"consumers": ["drift"]} if environment == "machine" else {}
    values = {"name": name, "environment": environment, "role": role, "owner": "ainativestudio"}
    return Token.model_validate(values | consumers | more)


def statement(document: Document, sid: str) -> dict[str, Any]:
    """The statement of that name."""
    [found] = [s for s in document["Statement"] if s["Sid"] == sid]
    return dict(found)


def of(role: Role, *tokens: Token) -> Document:
    """A role's own policy for some tokens."""
    return roles.permissions(role, tokens, NAMES, None)


def actions(document: Document, effect: str = "Allow") -> set[str]:
    """All actions that a document allows, or denies."""
    return {action for s in document["Statement"] if s["Effect"] == effect for action in s["Action"]}


def test_a_secret_denies_its_value_to_all_but_the_named() -> None:
    """One value or many at once, and every call that puts one."""
    policy = vault.secret_policy([READER], [WRITER])
    reading, writing = statement(policy, "OnlyNamedReaders"), statement(policy, "OnlyNamedWriters")
    assert (reading["Effect"], writing["Effect"]) == ("Deny", "Deny")
    assert (reading["Principal"], writing["Principal"]) == ("*", "*")
    assert set(reading["Action"]) == READING
    assert set(writing["Action"]) == WRITING
    assert reading["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [READER]}}
    assert writing["Condition"] == {"ArnNotEquals": {"aws:PrincipalArn": [WRITER]}}


def test_a_secret_without_readers_denies_everybody() -> None:
    """No condition: an empty list of exceptions would make the Deny match nobody."""
    policy = vault.secret_policy([], [])
    assert "Condition" not in statement(policy, "OnlyNamedReaders")
    assert "Condition" not in statement(policy, "OnlyNamedWriters")


def test_a_secret_stays_manageable() -> None:
    """A wrong policy can be mended: a value and a hasty deletion are denied, and nothing is allowed here."""
    policy = vault.secret_policy([READER], [WRITER])
    assert actions(policy, "Deny") == READING | WRITING | {"secretsmanager:*", DELETING, UPDATING}
    tls = statement(policy, "OnlyEncryptedTransport")
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert actions(policy) == set()


@pytest.mark.parametrize("policy", [vault.secret_policy([READER], [WRITER]), NEVER], ids=["secret", "deploy"])
def test_nobody_updates_and_nobody_deletes_at_once(policy: Document) -> None:
    """The secret's policy denies it to everybody; deploy's own says it again, whatever that policy says."""
    denied = [s for s in policy["Statement"] if UPDATING in s["Action"]]
    assert [s for s in denied if "Condition" not in s]
    assert statement(policy, "NeverAtOnce")["Condition"] == {
        "Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}
    }
    assert statement(policy, "NeverTooSoon")["Condition"] == {
        "NumericLessThan": {"secretsmanager:RecoveryWindowInDays": "30"}
    }


def test_the_key_is_administered_but_not_used_by_the_account() -> None:
    """Whoever administers can neither decrypt nor hand the key on, and can mend its policy."""
    administration = statement(vault.key_policy(NAMES, NAMES.region, [READER], []), "AccountAdministers")
    used = ("Decrypt", "Encrypt", "GenerateDataKey", "ReEncrypt", "CreateGrant", "Sign", "*")
    assert not [a for a in administration["Action"] if any(word in a for word in used)]
    assert "kms:PutKeyPolicy" in administration["Action"]


@pytest.mark.parametrize("region", NAMES.vault_regions)
def test_the_key_is_used_through_secrets_manager_by_the_named(region: str) -> None:
    """In its own region and by its own account; who only reads does not encrypt."""
    policy = vault.key_policy(NAMES, region, [READER], [WRITER])
    through = {
        "kms:ViaService": f"secretsmanager.{region}.amazonaws.com",
        "kms:CallerAccount": NAMES.account,
    }
    decrypt = statement(policy, "DecryptThroughSecretsManager")
    encrypt = statement(policy, "EncryptThroughSecretsManager")
    assert decrypt["Action"] == ["kms:Decrypt"]
    assert encrypt["Action"] == ["kms:Encrypt", "kms:GenerateDataKey"]
    assert decrypt["Condition"] == {
        "StringEquals": through,
        "ArnEquals": {"aws:PrincipalArn": [WRITER, READER]},
    }
    assert encrypt["Condition"] == {"StringEquals": through, "ArnEquals": {"aws:PrincipalArn": [WRITER]}}


@pytest.mark.parametrize("region", NAMES.vault_regions)
def test_deploy_seals_where_replicas_are(region: str) -> None:
    """It encrypts there, through Secrets Manager, and decrypts nothing by it."""
    policy = vault.key_policy(NAMES, region, [READER], [WRITER])
    named = [s for s in policy["Statement"] if NAMES.role_arn("deploy") in text(s)]
    assert [s["Action"] for s in named] == (
        [["kms:Encrypt", "kms:GenerateDataKey"]] if region in NAMES.replica_regions else []
    )
    assert all(s["Condition"]["StringEquals"]["kms:ViaService"].startswith("secretsmanager.") for s in named)


def test_a_key_without_holders_is_used_by_nobody() -> None:
    """A condition with an empty list is never written."""
    assert len(vault.key_policy(NAMES, NAMES.region, [], [])["Statement"]) == 1


def test_a_role_trusts_exactly_its_principals() -> None:
    """Roles by their ARN, whose identity provider asks for the second factor."""
    policy = trust.principals(["arn:aws:iam::1:role/b", "arn:aws:iam::1:role/a"], people=True)
    [trusted] = policy["Statement"]
    assert trusted["Principal"] == {"AWS": ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"]}
    assert "Condition" not in trusted


@pytest.mark.parametrize("people", [True, False])
def test_a_user_is_asked_for_the_second_factor_where_it_is_a_person(people: bool) -> None:
    """An application has none; a person without one is refused."""
    policy = trust.principals(["arn:aws:iam::1:user/a", "arn:aws:iam::1:role/a"], people=people)
    asked = statement(policy, "Users").get("Condition")
    assert asked == ({"Bool": {"aws:MultiFactorAuthPresent": "true"}} if people else None)
    assert statement(policy, "Roles")["Principal"] == {"AWS": ["arn:aws:iam::1:role/a"]}


def test_jobs_are_trusted_by_exact_subject_and_audience() -> None:
    """With the numbers of owner and repository, and no operator that knows wildcards."""
    subjects = trust.subjects_of("ci", "kw", GITHUB)
    assert subjects == ["repo:kw@11/app@22:environment:ci"]
    [trusted] = trust.jobs(subjects, NAMES.oidc_provider_arn)["Statement"]
    assert trusted["Principal"] == {"Federated": NAMES.oidc_provider_arn}
    assert trusted["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subjects,
        }
    }


def test_only_pull_requests_of_the_deploying_repository_preview() -> None:
    """An application's pull request gets nothing from here."""
    assert trust.pull_requests("kw", GITHUB) == ["repo:kw@11/guard@33:pull_request"]


@pytest.mark.parametrize("role", ["preview", "operator", "auditor"])
def test_who_never_reads_is_denied_by_its_own_policy_too(role: Role) -> None:
    """Whatever a secret's policy says one day."""
    never = statement(of(role, token("production")), "NeverAValue")
    assert set(never["Action"]) == READING
    assert never["Resource"] == "*"


def test_a_role_names_its_secrets_exactly() -> None:
    """Every region, up to the six characters that AWS adds; nothing of another environment."""
    policy = of("production-reader", token("production"), token("ci", "other"), token("local", "mine"))
    resources = statement(policy, "DescribeRead")["Resource"]
    assert resources == [
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:hubguard/kw/production/a-token-??????",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:hubguard/kw/production/a-token-??????",
    ]
    assert actions(policy) & READING == {"secretsmanager:GetSecretValue"}


def test_a_job_reads_the_machines_credentials_that_name_it() -> None:
    """And no other ones."""
    mine, other = token("machine"), token("machine", "other", consumers=["deploy"])
    policy = of("drift", mine, other)
    assert statement(policy, "Read")["Resource"] == sorted(NAMES.secret_arns(mine))


@pytest.mark.parametrize("environment", get_args(Environment))
def test_nobody_reads_many_values_at_once(environment: str) -> None:
    """Such a call is logged less clearly."""
    every = token(environment)
    own = [of(role, every) for role in rights.ROLES if role != "deploy"]
    given = [
        *own,
        *deploy.permissions(NAMES, None, protect=False, tokens=[]).values(),
        deploy.boundary(NAMES, None),
    ]
    assert not [one for one in given if "secretsmanager:BatchGetSecretValue" in actions(one)]


def test_the_boundary_leaves_no_iam_and_no_policy() -> None:
    """No role under it changes who may do what, whatever its own policy says."""
    allowed = actions(deploy.boundary(NAMES, STATE))
    changes = {a for a in allowed if a.startswith(("iam:", "sts:", "kms:", "secretsmanager:"))}
    assert changes == READING - {"secretsmanager:BatchGetSecretValue"} | WRITING | {
        "iam:GetOpenIDConnectProvider",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GetKeyPolicy",
        "kms:GetKeyRotationStatus",
        "kms:ListAliases",
        "kms:ListResourceTags",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetResourcePolicy",
        "secretsmanager:ListSecretVersionIds",
        "secretsmanager:ListSecrets",
    }


def test_the_boundary_lets_only_the_matrix_roles_at_a_value() -> None:
    """A role of another name reads nothing, though deploy may make it."""
    policy = deploy.boundary(NAMES, None)
    readers = statement(policy, "ReadValues")["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    writers = statement(policy, "PutValues")["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    able = ("production-reader", "training-writer", "ci", "drift", "incident-responder")
    assert readers == [NAMES.role_arn(role) for role in able]
    assert writers == [NAMES.role_arn("operator")]


def test_the_boundary_lets_a_key_be_used_through_services_alone() -> None:
    """But the state's, which Pulumi uses itself."""
    using = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
    policy = deploy.boundary(NAMES, STATE)
    direct = [s for s in policy["Statement"] if using & set(s["Action"]) and "Condition" not in s]
    assert [s["Resource"] for s in direct] == [[STATE.key]]
    services = statement(policy, "UseKeys")["Condition"]["StringEquals"]["kms:ViaService"]
    assert {one.split(".")[0] for one in services} == {"athena", "logs", "s3", "secretsmanager"}
    assert {one.split(".")[1] for one in services} == set(NAMES.vault_regions)


def test_the_boundary_lets_only_the_auditor_at_the_logs() -> None:
    """Their objects, the log group and Athena; and the answers."""
    policy = deploy.boundary(NAMES, STATE)
    objects = {f"arn:aws:s3:::{bucket}/*" for bucket in NAMES.buckets}
    reaching = [
        s
        for s in policy["Statement"]
        if objects & set(s["Resource"])
        or {"athena:StartQueryExecution", "logs:FilterLogEvents"} & set(s["Action"])
    ]
    assert {s["Sid"] for s in reaching} == {"Ask", "Answers"}
    for one in reaching:
        assert one["Condition"] == {"ArnEquals": {"aws:PrincipalArn": NAMES.role_arn("auditor")}}


def test_deploy_reads_the_machines_tokens_that_name_it() -> None:
    """By name, where it may read as where it never may."""
    inventory = [token("machine", "hers"), token("machine", "mine", consumers=["deploy"])]
    policies = deploy.permissions(NAMES, None, protect=True, tokens=inventory)
    able = statement(policies["hubguard-deploy-sealing"], "ReadWhatItSeals")["Resource"]
    never = statement(policies["hubguard-deploy-never"], "NeverAnotherValue")["NotResource"]
    mine = "arn:aws:secretsmanager:*:123456789012:secret:hubguard/kw/machine/mine-??????"
    assert able == never == [*NAMES.secrets_below("ci"), mine]


def test_each_role_goes_to_its_own_service() -> None:
    """The trail's to CloudTrail, the rules' to EventBridge."""
    audit = deploy.permissions(NAMES, None, protect=True, tokens=[])["hubguard-deploy-audit"]
    handed = {
        s["Resource"][0]: s["Condition"]["StringEquals"]["iam:PassedToService"]
        for s in audit["Statement"]
        if s["Action"] == ["iam:PassRole"]
    }
    assert handed == {
        NAMES.role_arn("trail-delivery"): "cloudtrail.amazonaws.com",
        NAMES.role_arn("event-forwarder"): "events.amazonaws.com",
    }


def test_deploy_tags_a_key_that_has_no_tag_yet() -> None:
    """With the stack's own tag; another stack's key stays that stack's."""
    tagging = statement(
        deploy.permissions(NAMES, None, protect=True, tokens=[])["hubguard-deploy-vault"], "TagNewKeys"
    )
    assert tagging["Action"] == ["kms:TagResource"]
    assert tagging["Condition"] == {
        "StringEquals": {"aws:RequestTag/hubguard:organization": "kw"},
        "Null": {"aws:ResourceTag/hubguard:organization": "true"},
    }


def test_the_boundary_leaves_every_role_what_it_has() -> None:
    """A boundary that forgot an action would take it away in silence."""
    desired = generated.stacks()["far"]
    bound = actions(generated.managed(desired)["hubguard-boundary"])
    own = {a for one in generated.inline(desired).values() for a in actions(one)}
    assert [a for a in own if not any(fnmatchcase(a, one) for one in bound)] == []


def test_deploy_never_touches_what_bounds_it() -> None:
    """Its own role, the bootstrap's policies and the provider; and it takes no boundary off."""
    never = deploy.permissions(NAMES, None, protect=True, tokens=[])["hubguard-deploy-never"]
    itself = statement(never, "NeverItself")
    assert itself["Resource"] == [NAMES.role_arn("deploy"), NAMES.policies_arn, NAMES.oidc_provider_arn]
    assert {"iam:Put*", "iam:Attach*", "iam:Update*", "iam:Create*", "iam:Delete*"} <= set(itself["Action"])
    assert statement(never, "NeverUnbound")["Resource"] == "*"
    assert statement(never, "NeverAnotherRole")["Action"] == ["sts:AssumeRole"]
    assert actions(never) == set()


@pytest.mark.parametrize("protect", [True, False])
def test_what_is_protected_is_not_deleted_by_deploy(protect: bool) -> None:
    """Keys, buckets, the log group and the trail."""
    able = {
        a
        for one in deploy.permissions(NAMES, None, protect=protect, tokens=[]).values()
        for a in actions(one)
    }
    ending = {
        "cloudtrail:DeleteTrail",
        "cloudtrail:StopLogging",
        "kms:DisableKey",
        "kms:ScheduleKeyDeletion",
        "logs:DeleteLogGroup",
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
    }
    assert able & ending == (set() if protect else ending)


@pytest.mark.parametrize("write", [True, False])
def test_the_state_is_written_by_deploy_alone(write: bool) -> None:
    """A preview reads it; the key encrypts for who writes."""
    able = {action for one in configuration.state(STATE, write=write) for action in one["Action"]}
    changing = {"s3:DeleteObject", "s3:PutObject", "kms:Encrypt", "kms:GenerateDataKey"}
    assert able & changing == (changing if write else set())
