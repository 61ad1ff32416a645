"""A sandbox of its own, driven through the same commands that a person types."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from sandbox.paths import CHECKOUT

ORGANIZATION = "kwanzaa-project"
CI_SECRET = f"hubguard/{ORGANIZATION}/ci/kwanzaa-ci"
HUBGUARD = Path(sys.executable).with_name("hubguard")


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    text: str


@dataclass(frozen=True)
class Walk:
    """One sandbox.

    Attributes:
        home: the sandbox's own directory.
        project: a copy of the project's own files, free to be edited.
    """

    home: Path
    project: Path

    def hubguard(self, *arguments: str) -> Ran:
        """Run the `hubguard` command."""
        return _run([str(HUBGUARD), *arguments], CHECKOUT, self._environment())

    def provision(self, **variables: str) -> Ran:
        """Run what `make up` runs, with more variables in the shell."""
        command = [str(HUBGUARD), "sandbox", "provision"]
        return _run(command, CHECKOUT, self._environment() | variables)

    def provision_in_background(self) -> subprocess.Popen[str]:
        """Start the same, as the leader of a process group of its own."""
        return subprocess.Popen(
            [str(HUBGUARD), "sandbox", "provision"],
            cwd=CHECKOUT,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def pulumi(self, command: str, **variables: str) -> Ran:
        """Run plain `pulumi` in a shell that did `eval "$(make -s env)"`, in the project's copy."""
        lines = [self.hubguard("sandbox", "env").text, f"cd {shlex.quote(str(self.project))}"]
        lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
        return _run(["sh", "-c", "\n".join([*lines, f"pulumi {command}"])], CHECKOUT, self._environment())

    def settings(self, old: str, new: str) -> None:
        """Edit the project's `Pulumi.sandbox.yaml`."""
        file = self.project / "Pulumi.sandbox.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    @property
    def checkpoint(self) -> Path:
        """The engine's own file with the stack's state."""
        return self.home / "state/.pulumi/stacks/hubguard/sandbox.json"

    def status(self, cloud: str) -> dict[str, Any]:
        """One cloud's line of `hubguard sandbox status --json`."""
        rows = json.loads(self.hubguard("sandbox", "status", "--json").text)
        return next(dict(row) for row in rows if row["cloud"] == cloud)

    def kill(self, cloud: str) -> None:
        """End a cloud as a crash would."""
        os.kill(int(self.status(cloud)["pid"]), signal.SIGKILL)

    def token(self, cloud: str) -> str:
        """The admin's token of a cloud."""
        return (self.home / cloud / "token").read_text(encoding="ascii").strip()

    def call(self, cloud: str, method: str, path: str, body: object = None) -> Any:
        """Call a cloud's API as its admin, behind the program's back."""
        headers = {"Authorization": f"Bearer {self.token(cloud)}"}
        with httpx.Client(base_url=self.status(cloud)["url"], trust_env=False, timeout=30) as client:
            answer = client.request(method, path, json=body, headers=headers)
        return answer.raise_for_status().json() if answer.content else None

    def aws(self, service: str, *roles: str) -> Any:
        """A client for one service of the local AWS: root, or who assumes one role after the other."""
        # Root of the local AWS: the account's number, and no other secret is known there.
        keys = {"aws_access_key_id": "123456789012", "aws_secret_access_key": "test"}
        where = {"region_name": "eu-central-1", "endpoint_url": self.status("aws")["url"]}
        session: Any = boto3  # its types want the service as a literal
        for role in roles:
            given = session.client("sts", **where, **keys).assume_role(RoleArn=role, RoleSessionName="test")
            keys = {
                "aws_access_key_id": given["Credentials"]["AccessKeyId"],
                "aws_secret_access_key": given["Credentials"]["SecretAccessKey"],
                "aws_session_token": given["Credentials"]["SessionToken"],
            }
        return session.client(service, **where, **keys)

    def administrator(self) -> str:
        """ARN of a role that may do everything, made by hand."""
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
            "Action": "sts:AssumeRole",
        }
        iam = self.aws("iam")
        name = f"administrator-{uuid.uuid4().hex[:8]}"
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
        everything = _document({"Effect": "Allow", "Action": "*", "Resource": "*"})
        iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=everything)
        return str(made["Role"]["Arn"])

    def _environment(self) -> dict[str, str]:
        return os.environ | {"HUBGUARD_SANDBOX": str(self.home)}


def start(directory: Path) -> Walk:
    """A sandbox in a directory of its own; nothing runs yet."""
    project = directory / "project"
    project.mkdir(parents=True)
    for name in ("__main__.py", "Pulumi.yaml", "Pulumi.dev.yaml", "Pulumi.prod.yaml", "Pulumi.sandbox.yaml"):
        shutil.copy(CHECKOUT / name, project)
    (project / ".venv").symlink_to(Path(sys.executable).parent.parent)
    return Walk(directory / "home", project)


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _run(command: list[str], directory: Path, environment: dict[str, str]) -> Ran:
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Ran(done.returncode, done.stdout)
