"""`hubguard bootstrap` makes what an administrator owns, and sees and mends what was changed by hand."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bootstrap import account as administration
from components import settings
from components.documents import trust
from components.documents.statements import allow, document, text
from components.names import Names
from sandbox.account import web_identity
from tests.integration.aws.conftest import ACCOUNT, LocalAws, plugin_environment, start_aws

ROOT = Path(__file__).parents[3]
HUBGUARD = Path(sys.executable).with_name("hubguard")
DESIRED = settings.from_file(ROOT / "Pulumi.sandbox.yaml")
NAMES = Names.of(DESIRED)
ROLE = NAMES.role("deploy")
POLICIES = ("boundary", "deploy-audit", "deploy-never", "deploy-reading", "deploy-vault")
EVERYTHING = text(document(allow("Everything", ["*"], "*")))
SECRET = {"aws_secret_access_key": "test"}  # the local AWS knows no other for root
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass
class Administrator:
    """Somebody with an account of the local AWS, and a directory with a stack file."""

    aws: LocalAws
    directory: Path

    @property
    def iam(self) -> Any:
        """IAM as they reach it."""
        return self.aws.client("iam")

    def bootstrap(self, *arguments: str, answer: str = "", **variables: str) -> tuple[int, str]:
        """Run the command as its user does; the exit code and all that it said."""
        done = subprocess.run(
            [str(HUBGUARD), "bootstrap", *arguments],
            cwd=self.directory,
            env=plugin_environment(self.aws.endpoint) | variables,
            input=answer,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def seen(self) -> list[str]:
        """What a check finds, each with what is wrong."""
        code, said = self.bootstrap("check", "sandbox", "--json")
        found = [f"{one['what']}: {one['how']}" for one in json.loads(said)]
        assert code == (7 if found else 0)
        return found


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Administrator]:
    """An account in which nothing was made yet."""
    folder = tmp_path_factory.mktemp("bootstrap")
    running = start_aws(folder / "state", folder / "log")
    (folder / "Pulumi.sandbox.yaml").write_text(
        (ROOT / "Pulumi.sandbox.yaml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    yield Administrator(running, folder)
    assert running.stop() == 0


@pytest.fixture
def prepared(account: Administrator) -> Administrator:
    """The same account, as the settings ask."""
    for change in administration.changes(account.iam, DESIRED):
        change.make()
    return account


def test_from_nothing_everything_is_made(account: Administrator) -> None:
    """Check says what is missing and makes nothing; apply asks, and makes it; a job can take the role."""
    missing = account.seen()
    assert [f"policy hubguard-{name}: missing" in missing for name in POLICIES] == [True] * 5
    assert f"role {ROLE}: missing" in missing
    assert "OIDC provider for GitHub Actions: missing" in missing
    assert account.seen() == missing
    code, said = account.bootstrap("apply", "sandbox", answer="n\n")
    assert code == 1
    assert "Make these changes?" in said
    assert account.seen() == missing
    code, said = account.bootstrap("apply", "sandbox", answer="y\n")
    assert code == 0
    assert f"role {ROLE}: missing: mended" in said
    [subject] = trust.subjects_of("deploy", DESIRED.github_owner, DESIRED.github)
    assert account.aws.client("sts").assume_role_with_web_identity(
        RoleArn=NAMES.role_arn("deploy"), RoleSessionName="test", WebIdentityToken=web_identity(subject)
    )


def test_a_second_run_changes_nothing(prepared: Administrator) -> None:
    """Exit 0, in a check as well, and no new version of a policy."""
    assert prepared.seen() == []
    code, said = prepared.bootstrap("apply", "sandbox", "--yes", "--json")
    assert (code, json.loads(said)) == (0, [])
    assert prepared.bootstrap("check", "sandbox")[0] == 0
    versions = prepared.iam.list_policy_versions(PolicyArn=NAMES.boundary_arn)["Versions"]
    assert len([one for one in versions if one["IsDefaultVersion"]]) == 1


CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "trust": (
        lambda iam: iam.update_assume_role_policy(
            RoleName=ROLE,
            PolicyDocument=text(trust.jobs(["repo:somebody@1/else@2:pull_request"], NAMES.oidc_provider_arn)),
        ),
        f"role {ROLE}: whom it trusts differs",
    ),
    "session": (
        lambda iam: iam.update_role(RoleName=ROLE, MaxSessionDuration=43200),
        f"role {ROLE}: its longest session differs",
    ),
    "inline": (
        lambda iam: iam.put_role_policy(RoleName=ROLE, PolicyName="more", PolicyDocument=EVERYTHING),
        f"role {ROLE}: the inline policy more is not ours",
    ),
    "attached": (
        lambda iam: iam.attach_role_policy(RoleName=ROLE, PolicyArn=ADMINISTRATOR),
        f"role {ROLE}: AdministratorAccess is attached and not ours",
    ),
    "detached": (
        lambda iam: iam.detach_role_policy(
            RoleName=ROLE, PolicyArn=NAMES.policies_arn.replace("*", "hubguard-deploy-never")
        ),
        f"role {ROLE}: hubguard-deploy-never is not attached",
    ),
    "boundary": (
        lambda iam: iam.create_policy_version(
            PolicyArn=NAMES.boundary_arn, PolicyDocument=EVERYTHING, SetAsDefault=True
        ),
        "policy hubguard-boundary: its document differs",
    ),
    "policy": (
        lambda iam: iam.create_policy_version(
            PolicyArn=NAMES.policies_arn.replace("*", "hubguard-deploy-never"),
            PolicyDocument=EVERYTHING,
            SetAsDefault=True,
        ),
        "policy hubguard-deploy-never: its document differs",
    ),
    "audience": (
        lambda iam: iam.remove_client_id_from_open_id_connect_provider(
            OpenIDConnectProviderArn=NAMES.oidc_provider_arn, ClientID="sts.amazonaws.com"
        ),
        "OIDC provider for GitHub Actions: the audience sts.amazonaws.com is missing",
    ),
    "another provider in the trust": (
        lambda iam: iam.update_assume_role_policy(
            RoleName=ROLE,
            PolicyDocument=text(
                trust.jobs(
                    trust.subjects_of("deploy", DESIRED.github_owner, DESIRED.github),
                    f"arn:aws:iam::{ACCOUNT}:oidc-provider/git.example.com",
                )
            ),
        ),
        f"role {ROLE}: whom it trusts differs",
    ),
    "boundary of the role": (
        lambda iam: iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=NAMES.boundary_arn),
        f"role {ROLE}: it has a permissions boundary, none is ours",
    ),
    "more audiences": (
        lambda iam: iam.add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=NAMES.oidc_provider_arn, ClientID="another"
        ),
        "OIDC provider for GitHub Actions: the audience another is not ours",
    ),
    "provider": (
        lambda iam: iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=NAMES.oidc_provider_arn),
        "OIDC provider for GitHub Actions: missing",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_by_hand_is_seen_and_mended(prepared: Administrator, change: str) -> None:
    """One finding that names it, and afterwards none."""
    make, finding = CHANGES[change]
    make(prepared.iam)
    assert prepared.seen() == [finding]
    assert prepared.bootstrap("apply", "sandbox", "--yes")[0] == 0
    assert list(administration.changes(prepared.iam, DESIRED)) == []


def test_a_policy_with_all_versions_taken_is_mended(prepared: Administrator) -> None:
    """AWS keeps five: the oldest that is not in force goes."""

    def versions() -> list[int]:
        found = prepared.iam.list_policy_versions(PolicyArn=NAMES.boundary_arn)["Versions"]
        return sorted(int(one["VersionId"].removeprefix("v")) for one in found)

    while len(versions()) < 5:
        prepared.iam.create_policy_version(
            PolicyArn=NAMES.boundary_arn, PolicyDocument=EVERYTHING, SetAsDefault=len(versions()) == 4
        )
    before = versions()
    assert prepared.seen() == ["policy hubguard-boundary: its document differs"]
    assert prepared.bootstrap("apply", "sandbox", "--yes")[0] == 0
    assert prepared.seen() == []
    assert versions() == [*before[1:], before[-1] + 1]


def test_credentials_of_another_account_are_refused(prepared: Administrator) -> None:
    """One line that names both, and nothing is made there."""
    other = {"AWS_ACCESS_KEY_ID": "999988887777"}
    code, said = prepared.bootstrap("apply", "sandbox", "--yes", **other)
    assert code == 1
    assert f"Your AWS credentials are of the account 999988887777, the stack's is {ACCOUNT}" in said
    assert "Traceback" not in said
    there = prepared.aws.client("iam", aws_access_key_id="999988887777", **SECRET)
    assert there.list_roles()["Roles"] == []


def test_without_rights_it_is_one_line(prepared: Administrator) -> None:
    """Somebody who may do nothing learns what to do next."""
    prepared.iam.create_user(UserName="newcomer")
    keys = prepared.iam.create_access_key(UserName="newcomer")["AccessKey"]
    code, said = prepared.bootstrap(
        "check",
        "sandbox",
        AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
    )
    assert code == 1
    assert "AWS refused" in said
    assert "credentials of an administrator" in said
    assert "Traceback" not in said


@pytest.fixture
def with_own_provider(prepared: Administrator) -> Iterator[Administrator]:
    """Settings that name the provider which the account has already."""
    file = prepared.directory / "Pulumi.sandbox.yaml"
    before = file.read_text(encoding="utf-8")
    named = f"hubguard:access:\n    oidc_provider: {NAMES.oidc_provider_arn}\n"
    file.write_text(before.replace("hubguard:access:\n", named), encoding="utf-8")
    yield prepared
    file.write_text(before, encoding="utf-8")


def test_an_existing_provider_is_accepted_and_left_alone(with_own_provider: Administrator) -> None:
    """Its other audiences stay, for a person to judge; the one for AWS is asked for."""
    iam, arn = with_own_provider.iam, NAMES.oidc_provider_arn
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="another")
    finding = (
        "OIDC provider for GitHub Actions: the audience another is not ours;"
        " whoever else uses the provider may need it"
    )
    assert with_own_provider.seen() == [finding]
    iam.remove_client_id_from_open_id_connect_provider(
        OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com"
    )
    code, said = with_own_provider.bootstrap("apply", "sandbox", "--yes", "--json")
    assert (code, [one["how"] for one in json.loads(said)]) == (
        7,
        ["the audience sts.amazonaws.com is missing"],
    )
    code, said = with_own_provider.bootstrap("apply", "sandbox")  # nothing to make, so nothing to ask
    assert code == 7
    assert "the audience another is not ours" in said
    kept = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]
    assert sorted(kept) == ["another", "sts.amazonaws.com"]
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="another")


def test_a_named_provider_that_is_not_there_is_an_error(with_own_provider: Administrator) -> None:
    """It is not made in silence: somebody believes that it is there."""
    iam, arn = with_own_provider.iam, NAMES.oidc_provider_arn
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    code, said = with_own_provider.bootstrap("check", "sandbox")
    assert code == 1
    assert "The OIDC provider of hubguard:access.oidc_provider is not in the account" in said


def test_a_stack_that_nothing_deploys_is_refused(prepared: Administrator) -> None:
    """There would be nobody to take the role."""
    file = prepared.directory / "Pulumi.sandbox.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace(", assumes: deploy", ""), encoding="utf-8")
    try:
        code, said = prepared.bootstrap("check", "sandbox")
    finally:
        file.write_text(before, encoding="utf-8")
    assert code == 1
    assert "assumes: deploy" in said


def test_a_stack_without_a_file_is_one_line(prepared: Administrator) -> None:
    """With its name."""
    code, said = prepared.bootstrap("check", "nowhere")
    assert code == 2
    assert "Pulumi.nowhere.yaml" in said
    assert "Traceback" not in said


def test_a_role_at_another_path_is_an_error(prepared: Administrator) -> None:
    """It cannot be moved, and somebody else may have made it: nothing is changed."""
    iam = prepared.iam
    for one in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=ROLE, PolicyArn=one["PolicyArn"])
    iam.delete_role(RoleName=ROLE)
    iam.create_role(RoleName=ROLE, Path="/else/", AssumeRolePolicyDocument=EVERYTHING)
    try:
        code, said = prepared.bootstrap("apply", "sandbox", "--yes")
        assert iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"] == []
    finally:
        iam.delete_role(RoleName=ROLE)
    assert code == 1
    said = " ".join(said.split())
    assert f"There is a role {ROLE} already, and not under the path /hubguard/" in said
    assert f"aws iam delete-role --role-name {ROLE}" in said
    assert "Traceback" not in said


def test_apply_for_machines_needs_a_yes(prepared: Administrator) -> None:
    """Nobody could be asked, so nothing is made."""
    prepared.iam.update_role(RoleName=ROLE, MaxSessionDuration=43200)
    code, said = prepared.bootstrap("apply", "sandbox", "--json")
    assert code == 2
    assert "--yes" in said
    assert "Traceback" not in said
    assert prepared.seen() == [f"role {ROLE}: its longest session differs"]


NO_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "",
    "AWS_SECRET_ACCESS_KEY": "",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (NO_CREDENTIALS | {"AWS_PROFILE": "nobody"}, "nobody"),
        (NO_CREDENTIALS, "credentials"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}, "127.0.0.1:9"),
    ],
)
@pytest.mark.parametrize("command", [("check", "sandbox"), ("apply", "sandbox", "--yes")])
def test_what_never_reached_aws_is_not_a_refusal(
    account: Administrator, command: tuple[str, ...], variables: dict[str, str], reason: str
) -> None:
    """The administrator looks at their own profile and network, not at their rights."""
    code, said = account.bootstrap(*command, **variables)
    assert code == 1
    assert "AWS could not be asked" in said
    assert "AWS refused" not in said
    assert reason in said
    assert "Nothing was changed" in " ".join(said.split())
    assert "Traceback" not in said
