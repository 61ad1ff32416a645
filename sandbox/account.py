"""What an administrator set up in the AWS account before the stack: who deploys, who serves the models.

The engine works in sessions of the deploy role, as it does on AWS, so that every policy counts for it too;
root of the local AWS would pass all of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import boto3

from sandbox import paths, ports
from sandbox.clouds import AWS

DEPLOY = "deploy"
INFERENCE = "kwanzaa-inference"
_REGION = "eu-central-1"
_ROOT_SECRET = "test"  # noqa: S105  the local AWS knows no other: not a secret


def prepare(account: str) -> None:
    """Make the roles that the stack's configuration names, and the profile that uses them.

    Args:
        account: the AWS account to play, 12 digits.
    """
    iam = root(account).client("iam", endpoint_url=ports.url(AWS))
    for name, path, may in ((DEPLOY, "/hubguard/", "*"), (INFERENCE, "/", "sts:AssumeRole")):
        try:
            iam.get_role(RoleName=name)
        except iam.exceptions.NoSuchEntityException:
            trust = {"Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
            iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=_allow(trust))
            everywhere = _allow({"Action": may, "Resource": "*"})
            iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=everywhere)
    _profile(account)


def root(account: str) -> boto3.Session:
    """A session of the account's root, whom the local AWS knows by the account's number."""
    return boto3.Session(
        aws_access_key_id=account,
        aws_secret_access_key=_ROOT_SECRET,
        region_name=_REGION,
    )


def variables(account: str) -> dict[str, str]:
    """The environment in which the AWS SDKs work as the deploy role."""
    return {
        "AWS_CONFIG_FILE": str(_file(account)),
        "AWS_SHARED_CREDENTIALS_FILE": str(_file(account)),
        "AWS_PROFILE": DEPLOY,
    }


def _profile(account: str) -> None:
    keys = f"aws_access_key_id = {account}\naws_secret_access_key = {_ROOT_SECRET}"
    role = f"arn:aws:iam::{account}:role/hubguard/{DEPLOY}"
    text = f"[profile root]\n{keys}\n\n[profile {DEPLOY}]\nrole_arn = {role}\nsource_profile = root\n"
    file = _file(account)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _file(account: str) -> Path:
    return paths.home() / "profiles" / account


def _allow(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
