"""The environment in which plain `pulumi` works on the sandbox."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from hubguard.errors import SandboxError
from sandbox import account, paths, ports
from sandbox.clouds import AWS, GITHUB, HUB
from sandbox.engine.stack import backend

# What a person's shell may hold for the real clouds must not reach the sandbox, nor the other way round.
_FOREIGN = ("AWS_", "GITHUB_", "HF_", "PULUMI_")

_UNKNOWN = {"account": "123456789012", "region": "eu-central-1", "organization": ""}


def of(stack: str = "sandbox") -> dict[str, str]:
    """The variables for one stack, without those that hold a token.

    Args:
        stack: its configuration names the AWS account, which the local AWS then plays.
    """
    home = paths.home()
    known = _read(stack)
    return {
        "PATH": os.pathsep.join([*_directories(), os.environ.get("PATH", os.defpath)]),
        "HUBGUARD_SANDBOX": str(home),
        "HUBGUARD_ORGANIZATION": known["organization"],
        **backend(home),
        "PULUMI_STACK": stack,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "true",
        "PULUMI_OPTION_POLICY_PACK": str(paths.CHECKOUT / "policy"),
        "AWS_ENDPOINT_URL": ports.url(AWS),
        "AWS_REGION": known["region"],
        **account.variables(known["account"]),
        "AWS_EC2_METADATA_DISABLED": "true",
        "GITHUB_BASE_URL": f"{ports.url(GITHUB)}/",
        "HF_ENDPOINT": ports.url(HUB),
        "HF_HOME": str(home / "huggingface"),
        **_no_proxy(),
    }


def token_files() -> dict[str, Path]:
    """The variables that hold a token, and the file where each is kept."""
    return {"GITHUB_TOKEN": GITHUB.state / "token", "HF_TOKEN": HUB.state / "token"}


def complete(stack: str = "sandbox") -> dict[str, str]:
    """The whole environment for a child process: the caller's, cleaned, with the sandbox's on top."""
    cleaned = {name: value for name, value in os.environ.items() if not _is_foreign(name)}
    return cleaned | of(stack) | {name: _token(file) for name, file in token_files().items()}


def leave_behind() -> None:
    """Drop the real clouds' settings and the proxies from this very process: what is left to do is local."""
    for name in filter(_is_foreign, list(os.environ)):
        del os.environ[name]


def as_shell(variables: Mapping[str, str]) -> str:
    """Lines for `eval`. Tokens are read from their files by the shell: their values are not printed.

    Raises:
        SandboxError: the sandbox was not provisioned yet.
    """
    if not all(file.exists() for file in token_files().values()):
        raise SandboxError("There is no sandbox here yet", next_step="Run `make up` first")
    lines = [f"unset {name}" for name in sorted(_foreign_in_use(variables))]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items() if name != "PATH"]
    lines.append(f'export PATH={shlex.quote(os.pathsep.join(_directories()))}:"$PATH"')
    lines += [f'export {name}="$(cat {shlex.quote(str(file))})"' for name, file in token_files().items()]
    return "\n".join(lines)


def _is_foreign(name: str) -> bool:
    return name.startswith(_FOREIGN) or name.lower().endswith("_proxy")


def _token(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise SandboxError(
            f"The token in {file} is gone",
            means="The local clouds cannot be used without it",
            next_step="Run `make down`, which discards the sandbox's data, then `make up`",
        ) from None


def _no_proxy() -> dict[str, str]:
    # Programs differ in which spelling they read, and loopback goes through no proxy.
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = ",".join(dict.fromkeys([*filter(None, known.split(",")), "127.0.0.1", "localhost"]))
    return {"no_proxy": hosts, "NO_PROXY": hosts, "no_grpc_proxy": hosts}


def _directories() -> list[str]:
    # `pulumi` of the sandbox first, then `hubguard` and `hf`.
    return [str(paths.home() / "bin"), str(paths.CHECKOUT / ".venv" / "bin")]


def _foreign_in_use(variables: Mapping[str, str]) -> set[str]:
    kept = variables.keys() | token_files().keys()
    return {name for name in os.environ if name.startswith(_FOREIGN) and name not in kept}


def _read(stack: str) -> dict[str, Any]:
    """What the commands need to know of a stack's configuration, mistakes and all."""
    try:
        document = yaml.safe_load((paths.CHECKOUT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
        config = dict(document["config"])
        return {
            "account": str(config["aws:allowedAccountIds"][0]),
            "region": str(config["aws:region"]),
            "organization": str(config["hubguard:organization"]["name"]),
        }
    except (OSError, yaml.YAMLError, KeyError, IndexError, TypeError, ValueError):
        return _UNKNOWN  # settings say what is wrong with the file, in their own words
