"""The account's part of the bootstrap, compared with what it should be and brought there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from components.documents import deploy, trust
from components.documents.statements import text
from components.names import GITHUB_TOKENS, Names
from components.settings import Settings
from hubguard import standards
from hubguard.errors import BootstrapError

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_PATH = "/hubguard/"
_AUDIENCE = "sts.amazonaws.com"
_VERSIONS_MAX = 5  # AWS keeps that many versions of a managed policy


@dataclass(frozen=True)
class Change:
    """One thing of the account that is not as it should be.

    Attributes:
        what: the thing, such as `role hubguard-deploy`.
        how: what is wrong with it: `missing`, or which part differs.
        make: brings it there; safe to repeat.
        judged: a person must judge it, so `make` leaves it as it is.
    """

    what: str
    how: str
    make: Callable[[], object]
    judged: bool = False


def changes(iam: IAMClient, desired: Settings) -> Iterator[Change]:
    """What differs, in the order in which it can be made; each is looked at when its turn has come.

    Args:
        iam: client of an administrator of the account.
        desired: the stack's settings.

    Raises:
        BootstrapError: no job may deploy, the configured OIDC provider is not there, or the name of deploy's
            role is taken at another path.
    """
    names = Names.of(desired)
    subjects = trust.subjects_of("deploy", desired.github_owner, desired.github)
    if not subjects:
        raise BootstrapError(
            "No GitHub environment assumes deploy, so nobody could take the role",
            next_step="Give one environment under hubguard:github.repositories the line `assumes: deploy`",
        )
    policies = {
        "hubguard-boundary": deploy.boundary(names, desired.access.state),
        **deploy.permissions(names, desired.access.state, protect=desired.protect, tokens=desired.tokens),
    }
    for name, document in policies.items():
        yield from _policy(iam, names, name, text(document))
    yield from _oidc_provider(iam, names, existing=desired.access.oidc_provider is not None)
    provider = desired.access.oidc_provider or names.oidc_provider_arn
    yield from _role(iam, names, text(trust.jobs(subjects, provider)))
    arns = [_policy_arn(names, name) for name in policies if name != "hubguard-boundary"]
    yield from _attachments(iam, names.role("deploy"), arns)


def _policy(iam: IAMClient, names: Names, name: str, document: str) -> Iterator[Change]:
    arn, what = _policy_arn(names, name), f"policy {name}"
    found = _or_none(lambda: iam.get_policy(PolicyArn=arn)["Policy"])
    if found is None:
        yield Change(
            what,
            "missing",
            lambda: iam.create_policy(PolicyName=name, Path=_PATH, PolicyDocument=document),
        )
        return
    version = iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])
    if not _same(version["PolicyVersion"]["Document"], document):
        yield Change(what, "its document differs", lambda: _new_version(iam, arn, document))


def _new_version(iam: IAMClient, arn: str, document: str) -> None:
    versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
    spare = sorted((v for v in versions if not v["IsDefaultVersion"]), key=lambda v: v["CreateDate"])
    if len(versions) >= _VERSIONS_MAX:
        iam.delete_policy_version(PolicyArn=arn, VersionId=spare[0]["VersionId"])
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)


def _oidc_provider(iam: IAMClient, names: Names, *, existing: bool) -> Iterator[Change]:
    arn, what = names.oidc_provider_arn, "OIDC provider for GitHub Actions"
    found = _or_none(lambda: iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn))
    if found is None and existing:
        raise BootstrapError(
            "The OIDC provider of hubguard:access.oidc_provider is not in the account",
            next_step="Leave the key out: the bootstrap makes the provider",
        )
    if found is None:
        yield Change(
            what,
            "missing",
            lambda: iam.create_open_id_connect_provider(
                Url=f"https://{GITHUB_TOKENS}", ClientIDList=[_AUDIENCE]
            ),
        )
        return
    if _AUDIENCE not in found["ClientIDList"]:
        yield Change(
            what,
            f"the audience {_AUDIENCE} is missing",
            lambda: iam.add_client_id_to_open_id_connect_provider(
                OpenIDConnectProviderArn=arn, ClientID=_AUDIENCE
            ),
        )
    for audience in sorted(set(found["ClientIDList"]) - {_AUDIENCE}):
        if existing:
            how = f"the audience {audience} is not ours; whoever else uses the provider may need it"
            yield Change(what, how, _leave, judged=True)
        else:
            yield Change(
                what,
                f"the audience {audience} is not ours",
                partial(
                    iam.remove_client_id_from_open_id_connect_provider,
                    OpenIDConnectProviderArn=arn,
                    ClientID=audience,
                ),
            )


def _leave() -> None:
    """Nothing: a person judges it."""


def _role(iam: IAMClient, names: Names, trusted: str) -> Iterator[Change]:
    name = names.role("deploy")
    what = f"role {name}"
    found = _or_none(lambda: iam.get_role(RoleName=name)["Role"])
    if found is None:
        yield Change(
            what,
            "missing",
            lambda: iam.create_role(
                RoleName=name,
                Path=_PATH,
                Description="Deploys Hubguard's stack from GitHub Actions",
                AssumeRolePolicyDocument=trusted,
                MaxSessionDuration=standards.SESSION_SECONDS,
            ),
        )
        return
    if found["Arn"] != names.role_arn("deploy"):
        # A role cannot be moved, and there is one of a name in an account.
        raise BootstrapError(
            f"There is a role {name} already, and not under the path {_PATH}: {found['Arn']}",
            means="It is not the one that the stack's policies name",
            next_step=f"Find out whose it is, delete it with `aws iam delete-role --role-name {name}`"
            " and run the same command again",
        )
    if "PermissionsBoundary" in found:
        yield Change(
            what,
            "it has a permissions boundary, none is ours",
            lambda: iam.delete_role_permissions_boundary(RoleName=name),
        )
    if not _same(found["AssumeRolePolicyDocument"], trusted):
        yield Change(
            what,
            "whom it trusts differs",
            lambda: iam.update_assume_role_policy(RoleName=name, PolicyDocument=trusted),
        )
    if found["MaxSessionDuration"] != standards.SESSION_SECONDS:
        yield Change(
            what,
            "its longest session differs",
            lambda: iam.update_role(RoleName=name, MaxSessionDuration=standards.SESSION_SECONDS),
        )


def _attachments(iam: IAMClient, role: str, wanted: list[str]) -> Iterator[Change]:
    """Exactly these policies and no inline one: what somebody added by hand goes away."""
    what = f"role {role}"
    known = _or_none(lambda: iam.get_role(RoleName=role)) is not None
    live = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] if known else []
    attached = {one["PolicyArn"] for one in live}
    for arn in (arn for arn in wanted if arn not in attached):
        yield Change(
            what,
            f"{_name(arn)} is not attached",
            partial(iam.attach_role_policy, RoleName=role, PolicyArn=arn),
        )
    for arn in sorted(attached - set(wanted)):
        yield Change(
            what,
            f"{_name(arn)} is attached and not ours",
            partial(iam.detach_role_policy, RoleName=role, PolicyArn=arn),
        )
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"] if known else []:
        yield Change(
            what,
            f"the inline policy {name} is not ours",
            partial(iam.delete_role_policy, RoleName=role, PolicyName=name),
        )


def _policy_arn(names: Names, name: str) -> str:
    return f"arn:aws:iam::{names.account}:policy{_PATH}{name}"


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _same(live: Any, wanted: str) -> bool:
    # boto3 gives a document, IAM a text.
    return bool((json.loads(live) if isinstance(live, str) else live) == json.loads(wanted))


def _or_none(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchEntity":
            return None
        raise
