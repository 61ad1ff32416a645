"""TokenAccess: the roles that read tokens, each with exact principals and one hour at most."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.names import Names
from components.settings import Access, Token
from hubguard import standards


class TokenAccess(pulumi.ComponentResource):
    """The production reader: it reads the production tokens and nothing else.

    Serves checklist items 2.3.4 and 6.1.4.
    """

    def __init__(
        self,
        name: str,
        *,
        tokens: Sequence[Token],
        access: Access,
        names: Names,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:access:TokenAccess", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        readable = [names.secret_arn(t.name) for t in tokens if t.environment == "production"]
        role = aws.iam.Role(
            "production-reader",
            name=names.role("production", "reader"),
            path="/hubguard/",
            description="Reads the production tokens at run time",
            assume_role_policy=json.dumps(trust(access.production_readers)),
            max_session_duration=standards.SESSION_SECONDS,
            opts=inside,
        )
        if readable:
            aws.iam.RolePolicy(
                "production-reader",
                name="read-production-tokens",
                role=role.name,
                policy=json.dumps(read_policy(readable, names)),
                opts=inside,
            )
        self.register_outputs({"production_reader": role.arn})


def trust(principals: Sequence[str]) -> dict[str, Any]:
    """A trust policy for exactly these principals."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": sorted(principals)}, "Action": "sts:AssumeRole"}
        ],
    }


def read_policy(secrets: Sequence[str], names: Names) -> dict[str, Any]:
    """Reading the values of exactly these secrets, and decrypting them on the way.

    Args:
        secrets: ARNs up to the six characters that Secrets Manager adds.
        names: region and account of the keys.
    """
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ReadTheseTokens",
                "Effect": "Allow",
                "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
                "Resource": sorted(secrets),
            },
            {
                "Sid": "DecryptThroughSecretsManager",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": f"arn:aws:kms:{names.region}:{names.account}:key/*",
                "Condition": {
                    "StringEquals": {"kms:ViaService": f"secretsmanager.{names.region}.amazonaws.com"}
                },
            },
        ],
    }
