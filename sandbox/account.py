"""What an administrator sets up before the stack: the bootstrap, and the roles that the settings name.

The engine works in sessions of the deploy role, which it takes as a job of GitHub Actions takes it: with
a web identity token. So every policy counts for it too; root of the local AWS would pass all of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from bootstrap import account as administration
from components.documents import trust
from components.names import Names, Role
from sandbox import paths, ports
from sandbox.clouds import AWS

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

    from components.settings import Settings

_DEPLOY = "deploy"
_REGION = "eu-central-1"
_ROOT_SECRET = "test"  # noqa: S105  the local AWS knows no other: not a secret
_NEVER = 4_102_444_800  # the year 2100, seconds since 1970


def prepare(desired: Settings) -> None:
    """Make what the administrator makes, the roles that the settings name, and the profile of deploy.

    Args:
        desired: settings of the stack whose account the local AWS plays.
    """
    iam = root(desired.account).client("iam", endpoint_url=ports.url(AWS))
    for change in administration.changes(iam, desired):
        change.make()
    for arn in _named(desired):
        _principal(iam, arn)
    _profile(desired)


def root(account: str) -> boto3.Session:
    """A session of the account's root, whom the local AWS knows by the account's number."""
    return boto3.Session(
        aws_access_key_id=account,
        aws_secret_access_key=_ROOT_SECRET,
        region_name=_REGION,
    )


def operator(desired: Settings) -> boto3.Session:
    """A session of the operator, taken as one of the people whom the settings name."""
    person = _assumed(root(desired.account), desired.access.operators[0])
    return _assumed(person, Names.of(desired).role_arn("operator"))


def _assumed(session: boto3.Session, role: str) -> boto3.Session:
    sts = session.client("sts", endpoint_url=ports.url(AWS))
    given = sts.assume_role(RoleArn=role, RoleSessionName="sandbox")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=_REGION,
    )


def variables(account: str) -> dict[str, str]:
    """The environment in which the AWS SDKs work as the deploy role."""
    return {
        "AWS_CONFIG_FILE": str(_file(account)),
        "AWS_SHARED_CREDENTIALS_FILE": str(_file(account)),
        "AWS_PROFILE": _DEPLOY,
    }


def _named(desired: Settings) -> list[str]:
    named = [arn for arns in _people(desired).values() for arn in arns]
    return [arn for arn in dict.fromkeys(named) if f"::{desired.account}:role/" in arn]


def _principal(iam: IAMClient, arn: str) -> None:
    account, _, rest = arn.partition(":role")
    path, _, name = rest.rpartition("/")
    try:
        iam.get_role(RoleName=name)
    except iam.exceptions.NoSuchEntityException:
        everybody = {"Principal": {"AWS": f"{account}:root"}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName=name, Path=f"{path}/", AssumeRolePolicyDocument=_allow(everybody))
        taking = _allow({"Action": "sts:AssumeRole", "Resource": "*"})
        iam.put_role_policy(RoleName=name, PolicyName="take-roles", PolicyDocument=taking)


def _profile(desired: Settings) -> None:
    """Profiles for the AWS SDKs: root, deploy, and each other role by its name, taken by whom it trusts."""
    names = Names.of(desired)
    [subject] = trust.subjects_of("deploy", desired.github_owner, desired.github)
    token = _file(desired.account).with_name(f"{desired.account}.jwt")
    _write(token, web_identity(subject))
    profiles = {
        "root": {"aws_access_key_id": desired.account, "aws_secret_access_key": _ROOT_SECRET},
        _DEPLOY: {
            "role_arn": names.role_arn("deploy"),
            "role_session_name": "github-actions",
            "web_identity_token_file": str(token),
        },
    }
    for role, taken_by in _people(desired).items():
        person = f"{role}-person"
        profiles[person] = {"role_arn": taken_by[0], "source_profile": "root"}
        profiles[role] = {"role_arn": names.role_arn(role), "source_profile": person}
    sections = (
        "\n".join([f"[profile {name}]", *(f"{key} = {value}" for key, value in keys.items())])
        for name, keys in profiles.items()
    )
    _write(_file(desired.account), "\n\n".join(sections) + "\n")


def _people(desired: Settings) -> dict[Role, list[str]]:
    access = desired.access
    taken: dict[Role, list[str]] = {
        "production-reader": access.production_readers,
        "training-writer": access.training_writers,
        "operator": access.operators,
        "incident-responder": access.incident_responders,
        "auditor": access.auditors,
    }
    return {role: arns for role, arns in taken.items() if arns}


def web_identity(subject: str, audience: str = "sts.amazonaws.com") -> str:
    """A token as GitHub Actions gives to a job; the local AWS looks at the claims, not at the signature.

    Args:
        subject: the claim `sub`.
        audience: the claim `aud`.
    """
    claims = {
        "iss": "https://token.actions.githubusercontent.com",
        "aud": audience,
        "sub": subject,
        "exp": _NEVER,
    }
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "local"])


def _write(file: Path, text: str) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _file(account: str) -> Path:
    return paths.home() / "profiles" / account


def _allow(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
