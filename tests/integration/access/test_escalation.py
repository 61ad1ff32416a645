"""Deploy makes the stack and gets no further: each listed attempt is made, and fails as stated."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components.documents import trust
from components.documents.statements import allow, document, text
from components.documents.vault import secret_policy
from components.matrix.attempts import OF_DEPLOY
from tests.integration.access import calls
from tests.integration.access.principals import Account, Keys

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("walkthrough")]

EVERYTHING = text(document(allow("Everything", ["*"], "*")))
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READER = "hubguard-production-reader"
EXPLICIT = "explicit deny in an identity-based policy"
NOT_ALLOWED = "no identity-based policy allows"


@pytest.fixture
def iam(account: Account) -> Any:
    """IAM as deploy reaches it."""
    return account.acting("deploy", "iam")


@pytest.fixture
def root(account: Account) -> Any:
    """IAM as the account's root reaches it."""
    return account.client("iam")


@pytest.fixture
def production(account: Account) -> Iterator[str]:
    """Name of a production secret with a value; its policy is put back."""
    secrets = account.client("secretsmanager")
    name = account.names.secret(account.token("production"))
    secrets.put_secret_value(SecretId=name, SecretString=calls.made_up_value())
    policy = secrets.get_resource_policy(SecretId=name)["ResourcePolicy"]
    yield name
    secrets.put_resource_policy(SecretId=name, ResourcePolicy=policy)


@pytest.fixture
def own_role(account: Account, iam: Any, root: Any) -> Iterator[str]:
    """ARN of a role that deploy made for itself: bound, trusting its job, with every right in its policy."""
    what = f"own-{uuid.uuid4().hex[:8]}"
    name = account.names.role(what)
    trusted = trust.jobs(account.subjects("deploy"), account.names.oidc_provider_arn)
    iam.create_role(
        RoleName=name,
        Path="/hubguard/",
        AssumeRolePolicyDocument=text(trusted),
        PermissionsBoundary=account.names.boundary_arn,
    )
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=EVERYTHING)
    yield account.names.role_arn(what)
    root.delete_role_policy(RoleName=name, PolicyName="own")
    root.delete_role(RoleName=name)


@pytest.fixture
def unbound_role(root: Any) -> Iterator[str]:
    """Name of a role under the stack's path that somebody made without the boundary."""
    name = f"hubguard-unbound-{uuid.uuid4().hex[:8]}"
    root.create_role(RoleName=name, Path="/hubguard/", AssumeRolePolicyDocument=EVERYTHING)
    yield name
    root.delete_role(RoleName=name)


def as_own_job(account: Account, role_arn: str) -> Keys:
    """The session of a role that trusts deploy's job."""
    return account.assume_as_job(role_arn, account.subjects("deploy")[0])


# Attempts of deploy in IAM: the call with its parameters, and why it fails.
IN_IAM: dict[str, tuple[str, Callable[[Account], dict[str, Any]], str]] = {
    "own_policy": (
        "put_role_policy",
        lambda _: {"RoleName": "hubguard-deploy", "PolicyName": "more", "PolicyDocument": EVERYTHING},
        EXPLICIT,
    ),
    "own_attachment": (
        "attach_role_policy",
        lambda _: {"RoleName": "hubguard-deploy", "PolicyArn": ADMINISTRATOR},
        EXPLICIT,
    ),
    "own_trust": (
        "update_assume_role_policy",
        lambda _: {"RoleName": "hubguard-deploy", "PolicyDocument": EVERYTHING},
        EXPLICIT,
    ),
    "own_session": (
        "update_role",
        lambda _: {"RoleName": "hubguard-deploy", "MaxSessionDuration": 43200},
        EXPLICIT,
    ),
    "own_policy_version": (
        "create_policy_version",
        lambda account: {
            "PolicyArn": account.names.policies_arn.replace("*", "hubguard-deploy-never"),
            "PolicyDocument": EVERYTHING,
            "SetAsDefault": True,
        },
        EXPLICIT,
    ),
    "boundary_version": (
        "create_policy_version",
        lambda account: {
            "PolicyArn": account.names.boundary_arn,
            "PolicyDocument": EVERYTHING,
            "SetAsDefault": True,
        },
        EXPLICIT,
    ),
    "boundary_removed": ("delete_role_permissions_boundary", lambda _: {"RoleName": READER}, EXPLICIT),
    "boundary_exchanged": (
        "put_role_permissions_boundary",
        lambda _: {"RoleName": READER, "PermissionsBoundary": ADMINISTRATOR},
        NOT_ALLOWED,
    ),
    "unbound_role": (
        "create_role",
        lambda _: {"RoleName": "own", "Path": "/hubguard/", "AssumeRolePolicyDocument": EVERYTHING},
        NOT_ALLOWED,
    ),
    "otherwise_bound_role": (
        "create_role",
        lambda _: {
            "RoleName": "own",
            "Path": "/hubguard/",
            "AssumeRolePolicyDocument": EVERYTHING,
            "PermissionsBoundary": ADMINISTRATOR,
        },
        NOT_ALLOWED,
    ),
    "role_elsewhere": (
        "create_role",
        lambda account: {
            "RoleName": "own",
            "Path": "/elsewhere/",
            "AssumeRolePolicyDocument": EVERYTHING,
            "PermissionsBoundary": account.names.boundary_arn,
        },
        NOT_ALLOWED,
    ),
    "attachment": (
        "attach_role_policy",
        lambda _: {"RoleName": READER, "PolicyArn": ADMINISTRATOR},
        NOT_ALLOWED,
    ),
    "oidc_audience": (
        "add_client_id_to_open_id_connect_provider",
        lambda account: {"OpenIDConnectProviderArn": account.names.oidc_provider_arn, "ClientID": "own"},
        EXPLICIT,
    ),
    "oidc_provider": (
        "create_open_id_connect_provider",
        lambda _: {"Url": "https://own.example.com", "ClientIDList": ["sts.amazonaws.com"]},
        NOT_ALLOWED,
    ),
}


@pytest.mark.parametrize("attempt", IN_IAM)
def test_deploy_does_not_widen_itself(account: Account, iam: Any, attempt: str) -> None:
    """Its own role, the boundary and the account's trust are out of its reach."""
    method, parameters, reason = IN_IAM[attempt]
    with pytest.raises(ClientError, match=reason):
        getattr(iam, method)(**parameters(account))


def test_user(iam: Any) -> None:
    """There is no user, and no key that lasts."""
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        iam.create_user(UserName="own")
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        iam.create_access_key(UserName="own")


def test_unbound_policy(iam: Any, unbound_role: str) -> None:
    """A role without the boundary stays as its maker left it."""
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        iam.put_role_policy(RoleName=unbound_role, PolicyName="own", PolicyDocument=EVERYTHING)


def test_handed_role(account: Account, own_role: str) -> None:
    """A service gets only the role that was made for it."""
    events = account.acting("deploy", "events")
    rule = account.names.rule(f"own-{uuid.uuid4().hex[:8]}")
    events.put_rule(Name=rule, EventPattern='{"source": ["own"]}')
    target = {"Id": "own", "Arn": account.names.event_bus_arn.replace("eu-central-1", "us-east-1")}
    for arn in (own_role, account.names.role_arn("deploy")):
        with pytest.raises(ClientError, match="not authorized to perform: iam:PassRole"):
            events.put_targets(Rule=rule, Targets=[target | {"RoleArn": arn}])
    meant = account.names.role_arn("event-forwarder")
    assert not events.put_targets(Rule=rule, Targets=[target | {"RoleArn": meant}])["FailedEntryCount"]
    events.remove_targets(Rule=rule, Ids=["own"])
    events.delete_rule(Name=rule)


def test_own_reading(account: Account, production: str) -> None:
    """Deploy manages the secret's policy, and reads no value by it."""
    deploy = account.acting("deploy", "secretsmanager")
    named = text(secret_policy([account.names.role_arn("deploy")], []))
    deploy.put_resource_policy(SecretId=production, ResourcePolicy=named)
    with pytest.raises(ClientError, match=EXPLICIT):
        deploy.get_secret_value(SecretId=production)


def test_own_putting(account: Account, production: str) -> None:
    """Nor does it put one."""
    deploy = account.acting("deploy", "secretsmanager")
    named = text(secret_policy([], [account.names.role_arn("deploy")]))
    deploy.put_resource_policy(SecretId=production, ResourcePolicy=named)
    with pytest.raises(ClientError, match=EXPLICIT):
        deploy.put_secret_value(SecretId=production, SecretString=calls.made_up_value())


def test_deleted_at_once(account: Account, production: str) -> None:
    """Neither at once nor in less than the full window, whatever the secret's policy says."""
    deploy = account.acting("deploy", "secretsmanager")
    deploy.delete_resource_policy(SecretId=production)
    for hasty in ({"ForceDeleteWithoutRecovery": True}, {"RecoveryWindowInDays": 29}):
        with pytest.raises(ClientError, match=EXPLICIT):
            deploy.delete_secret(SecretId=production, **hasty)


def test_tagged_key(account: Account) -> None:
    """What another stack's tag is on stays that stack's; only a key without a tag can be had."""
    root, ours = account.client("kms"), account.names.organization
    others = [{"TagKey": "hubguard:organization", "TagValue": "another"}]
    key = root.create_key(Tags=others)["KeyMetadata"]["KeyId"]
    kms = account.acting("deploy", "kms")
    with pytest.raises(ClientError, match="AccessDenied"):
        kms.tag_resource(KeyId=key, Tags=[others[0] | {"TagValue": ours}])
    with pytest.raises(ClientError, match="AccessDenied"):
        kms.untag_resource(KeyId=key, TagKeys=["hubguard:organization"])
    root.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


def test_taken_reader(account: Account, iam: Any, root: Any) -> None:
    """It changes whom a role trusts, and does not become that role."""
    before = root.get_role(RoleName=READER)["Role"]["AssumeRolePolicyDocument"]
    iam.update_assume_role_policy(
        RoleName=READER, PolicyDocument=text(trust.principals([account.names.role_arn("deploy")]))
    )
    try:
        with pytest.raises(ClientError, match=EXPLICIT):
            account.assume(account.names.role_arn("production-reader"), by=account.session("deploy"))
    finally:
        root.update_assume_role_policy(RoleName=READER, PolicyDocument=json.dumps(before))


def test_own_reader(account: Account, own_role: str, production: str) -> None:
    """A role of another name reads no value, whoever names it."""
    named = text(secret_policy([own_role], [own_role]))
    account.acting("deploy", "secretsmanager").put_resource_policy(SecretId=production, ResourcePolicy=named)
    secrets = account.client("secretsmanager", as_own_job(account, own_role))
    assert secrets.describe_secret(SecretId=production)["Name"] == production
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        secrets.get_secret_value(SecretId=production)
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        secrets.put_secret_value(SecretId=production, SecretString=calls.made_up_value())


def test_bound_everything(account: Account, own_role: str) -> None:
    """With every right in its own policy it changes neither IAM nor a secret's nor a key's policy."""
    keys = as_own_job(account, own_role)
    name = account.names.secret(account.token("production"))
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        account.client("iam", keys).create_user(UserName="own")
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        account.client("iam", keys).put_role_policy(
            RoleName=READER, PolicyName="own", PolicyDocument=EVERYTHING
        )
    with pytest.raises(ClientError, match=NOT_ALLOWED):
        account.client("secretsmanager", keys).put_resource_policy(SecretId=name, ResourcePolicy=EVERYTHING)


def test_own_logs(account: Account) -> None:
    """It keeps the log bucket, and neither reads, forges nor deletes a log."""
    s3, bucket = account.acting("deploy", "s3"), account.names.log_bucket
    before = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    me = {"AWS": account.names.role_arn("deploy")}
    mine = allow("Own", ["s3:*"], [f"arn:aws:s3:::{bucket}/*"], principal=me)
    s3.put_bucket_policy(Bucket=bucket, Policy=text(document(mine)))
    try:
        with pytest.raises(ClientError, match=EXPLICIT):
            s3.put_object(Bucket=bucket, Key="AWSLogs/own.json.gz", Body=b"forged")
        with pytest.raises(ClientError, match=EXPLICIT):
            s3.get_object(Bucket=bucket, Key="AWSLogs/own.json.gz")
        with pytest.raises(ClientError, match=EXPLICIT):
            s3.delete_object(Bucket=bucket, Key="AWSLogs/own.json.gz", BypassGovernanceRetention=True)
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=before)


def test_every_listed_attempt_is_made() -> None:
    """What the page lists is what the tests above do."""
    here = {name.removeprefix("test_") for name in globals() if name.startswith("test_")}
    here -= {"deploy_does_not_widen_itself", "every_listed_attempt_is_made"}
    assert {attempt.name for attempt in OF_DEPLOY} == IN_IAM.keys() | here
