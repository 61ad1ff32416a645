"""The auditor's questions against the local AWS, over files in CloudTrail's layout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hubguard.queries import athena, names, period, question
from hubguard.queries.errors import OutOfReach, QueryFailed
from tests.unit.hubguard.queries.records import ORGANIZATION, PREFIX, ROOT, denied, pack, read, record

if TYPE_CHECKING:
    from tests.integration.aws.conftest import LocalAws

_REGION = "eu-west-1"
_YESTERDAY = datetime.now(UTC) - timedelta(days=1)
_accounts = count(555500000001)


@dataclass
class Account:
    """An account of its own, with an auditor who runs the command."""

    aws: LocalAws
    id: str
    cache: Path

    def client(self, service: str) -> Any:
        """A client of the account's root."""
        return self.aws.client(service, _REGION, aws_access_key_id=self.id, aws_secret_access_key="test")  # noqa: S106  the local AWS's own

    def deliver(self, packed: bytes, *, region: str = _REGION, name: str = "1.json.gz") -> str:
        """Put a file where the trail puts yesterday's."""
        folder = f"{names.trail_prefix(self.id)}{region}/{_YESTERDAY:%Y/%m/%d}"
        key = f"{folder}/{self.id}_CloudTrail_{region}_{name}"
        self.client("s3").put_object(Bucket=names.log_bucket(self.id, _REGION), Key=key, Body=packed)
        return key

    def ask(self, *arguments: str, **credentials: str) -> subprocess.CompletedProcess[str]:
        """Run the command about the last two days, as the sandbox's environment has it."""
        root = {"AWS_ACCESS_KEY_ID": self.id, "AWS_SECRET_ACCESS_KEY": "test"}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = {
            "AWS_ENDPOINT_URL": self.aws.endpoint,
            "AWS_REGION": _REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HUBGUARD_ORGANIZATION": ORGANIZATION,
            "XDG_CACHE_HOME": str(self.cache),
            "NO_PROXY": "127.0.0.1",
        }
        return subprocess.run(
            [sys.executable, "-m", "hubguard.cli", "audit", *arguments, "--days", "2"],
            env=kept | environment | (credentials or root),
            capture_output=True,
            text=True,
            check=False,
        )

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """The rows of a complete answer."""
        told = self.ask(*arguments, "--json")
        assert (told.returncode, told.stderr) == (0, "")
        document = json.loads(told.stdout)
        assert document["complete"] is True
        found: list[dict[str, Any]] = document["rows"]
        return found


@pytest.fixture
def account(aws: LocalAws, tmp_path: Path) -> Account:
    """An account with the trail's bucket, still empty."""
    made = Account(aws, str(next(_accounts)), tmp_path)
    made.client("s3").create_bucket(
        Bucket=names.log_bucket(made.id, _REGION),
        CreateBucketConfiguration={"LocationConstraint": _REGION},
    )
    return made


def _then(**fields: Any) -> dict[str, Any]:
    return {"eventTime": f"{_YESTERDAY:%Y-%m-%dT%H:%M:%SZ}", **fields}


def test_each_question_is_answered_from_the_files_of_all_regions(account: Account) -> None:
    """Two regions, one call of each kind, and a digest file that is no log."""
    secret = f"{PREFIX}production/kwanzaa-read"
    account.deliver(
        pack(
            read(secret, **_then()),
            read(secret, **_then(**denied("secretsmanager:GetSecretValue", secret), userIdentity=ROOT)),
            record("secretsmanager", "PutSecretValue", {"secretId": secret}, **_then()),
        )
    )
    account.deliver(
        pack(record("iam", "AttachRolePolicy", {"roleName": "hubguard-deploy"}, **_then())),
        region="us-east-1",
    )
    account.deliver(b"digest", name="_CloudTrail-Digest_1.json.gz")
    [one] = account.rows("reads")
    assert (one["token"], one["session"], one["address"]) == ("kwanzaa-read", "inference", "203.0.113.7")
    [one] = account.rows("denials")
    assert (one["token"], one["principal"], one["error"]) == ("kwanzaa-read", ROOT["arn"], "AccessDenied")
    assert sorted((r["area"], r["action"]) for r in account.rows("changes")) == [
        ("access", "AttachRolePolicy"),
        ("secret", "PutSecretValue"),
    ]
    assert [r["area"] for r in account.rows("changes", "--token", "kwanzaa-read")] == ["secret"]
    assert account.rows("reads", "--token", "kwanzaa-write") == []


def test_people_get_a_table_and_exit_code_0(account: Account) -> None:
    """Denials are what was asked for, not a verdict."""
    secret = f"{PREFIX}ci/kwanzaa-ci"
    account.deliver(pack(read(secret, **_then(**denied("secretsmanager:GetSecretValue", secret)))))
    told = account.ask("denials")
    assert (told.returncode, told.stderr) == (0, "")
    assert "AccessDenied" in told.stdout
    assert "in 1 log file." in told.stdout
    told = account.ask("reads")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.startswith("Nobody read a token")


def test_a_file_that_cannot_be_read_is_named_with_exit_code_1(account: Account) -> None:
    """What the other files say is shown all the same."""
    account.deliver(pack(read(f"{PREFIX}ci/kwanzaa-ci", **_then())))
    broken = account.deliver(b"not packed", name="2.json.gz")
    told = account.ask("reads", "--json")
    assert told.returncode == 1
    document = json.loads(told.stdout)
    assert (len(document["rows"]), document["complete"]) == (1, False)
    assert document["unreadable"] == [f"{broken}: it is not packed with gzip, or is damaged"]
    assert "Cannot tell what is in" in account.ask("reads").stderr


def test_a_bucket_without_logs_answers_nothing(account: Account) -> None:
    """It is not said that nobody read a token."""
    told = account.ask("reads")
    assert told.returncode == 1
    assert "Nobody" not in told.stdout
    assert told.stderr.startswith("Cannot tell: the trail has no log of this period")


def test_an_account_without_a_trail_is_one_line(aws: LocalAws, tmp_path: Path) -> None:
    """With what to do next."""
    told = Account(aws, str(next(_accounts)), tmp_path).ask("reads")
    assert (told.returncode, told.stdout) == (1, "")
    assert "NoSuchBucket" in told.stderr
    assert told.stderr.count("\n") == 1


def test_a_caller_without_rights_learns_that_this_is_no_answer(account: Account) -> None:
    """AWS enforces who may read the logs; the line says what that means."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account.id}:root"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = account.client("iam").create_role(RoleName="nobody", AssumeRolePolicyDocument=document)["Role"][
        "Arn"
    ]
    keys = account.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    told = account.ask(
        "reads",
        AWS_ACCESS_KEY_ID=keys["AccessKeyId"],
        AWS_SECRET_ACCESS_KEY=keys["SecretAccessKey"],
        AWS_SESSION_TOKEN=keys["SessionToken"],
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert "AccessDenied" in told.stderr
    assert "nothing can be concluded" in told.stderr
    assert told.stderr.count("\n") == 1


def test_the_conversation_with_athena_is_real(account: Account) -> None:
    """The local one speaks DuckDB's SQL: a statement that both know comes back, ours fails in one line."""
    client, workgroup = account.client("athena"), names.workgroup(ORGANIZATION)
    database = names.database(ORGANIZATION)
    with pytest.raises(OutOfReach, match="InvalidRequestException"):
        athena.ask("SELECT 1", athena=client, workgroup=workgroup, database=database)
    output = {"OutputLocation": f"s3://{names.log_bucket(account.id, _REGION)}/answers/"}
    client.create_work_group(Name=workgroup, Configuration={"ResultConfiguration": output})
    answer = athena.ask(
        "SELECT 'a' AS moment, NULL AS token", athena=client, workgroup=workgroup, database=database
    )
    assert answer.rows == ({"moment": "a", "token": None},)
    span = period.of(1, None, None, now=datetime.now(UTC))
    with pytest.raises(QueryFailed, match="Athena says FAILED"):
        athena.ask(
            question.text(question.READS, span, ORGANIZATION),
            athena=client,
            workgroup=workgroup,
            database=database,
        )
