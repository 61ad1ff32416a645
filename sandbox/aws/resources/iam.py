"""Roles, policies and OpenID Connect providers. IAM has no region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.provider.documents import compact
from sandbox.aws.resources import iam_exclusive
from sandbox.aws.resources.base import (
    Call,
    Change,
    Resource,
    no_update,
    tag_list,
    tag_map,
    tagging,
)

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_GONE = frozenset({"NoSuchEntity"})
_MOST_VERSIONS = 5  # of a managed policy


def _create_role(call: Call) -> str:
    wanted = call.inputs
    name = call.name()
    call.client.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=wanted["assumeRolePolicy"],
        **call.given(
            Description=wanted.get("description"),
            MaxSessionDuration=wanted.get("maxSessionDuration"),
            Path=wanted.get("path"),
            PermissionsBoundary=wanted.get("permissionsBoundary") or None,
            Tags=tag_list(call.tags) or None,
        ),
    )
    return name


def _read_role(call: Call) -> Props:
    found = call.client.get_role(RoleName=call.id)["Role"]
    return {
        "arn": found["Arn"],
        "name": found["RoleName"],
        "path": found["Path"],
        "uniqueId": found["RoleId"],
        "createDate": found["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "assumeRolePolicy": compact(found["AssumeRolePolicyDocument"]),
        "description": found.get("Description", ""),
        "maxSessionDuration": found.get("MaxSessionDuration"),
        "permissionsBoundary": found.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": tag_map(found.get("Tags")),
    }


def _trust(call: Call) -> None:
    call.client.update_assume_role_policy(RoleName=call.id, PolicyDocument=call.inputs["assumeRolePolicy"])


def _update_role(call: Call) -> None:
    call.client.update_role(
        RoleName=call.id,
        Description=call.inputs.get("description") or "",
        **call.given(MaxSessionDuration=call.inputs.get("maxSessionDuration")),
    )


def _bound(call: Call) -> None:
    boundary = call.inputs.get("permissionsBoundary")
    if boundary:
        call.client.put_role_permissions_boundary(RoleName=call.id, PermissionsBoundary=boundary)
    else:
        call.client.delete_role_permissions_boundary(RoleName=call.id)


def _delete_role(call: Call) -> None:
    client = call.client
    if call.state.get("forceDetachPolicies"):
        for page in client.get_paginator("list_attached_role_policies").paginate(RoleName=call.id):
            for one in page["AttachedPolicies"]:
                client.detach_role_policy(RoleName=call.id, PolicyArn=one["PolicyArn"])
        for page in client.get_paginator("list_role_policies").paginate(RoleName=call.id):
            for name in page["PolicyNames"]:
                client.delete_role_policy(RoleName=call.id, PolicyName=name)
    client.delete_role(RoleName=call.id)


def _put_inline(call: Call) -> str:
    role, name = call.inputs["role"], call.name()
    call.client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=call.inputs["policy"])
    return f"{role}:{name}"


def _read_inline(call: Call) -> Props:
    role, _, name = call.id.partition(":")
    found = call.client.get_role_policy(RoleName=role, PolicyName=name)
    return {"role": role, "name": name, "policy": compact(found["PolicyDocument"])}


def _change_inline(call: Call) -> None:
    role, _, name = call.id.partition(":")
    call.client.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=call.inputs["policy"])


def _delete_inline(call: Call) -> None:
    role, _, name = call.id.partition(":")
    call.client.delete_role_policy(RoleName=role, PolicyName=name)


def _create_policy(call: Call) -> str:
    wanted = call.inputs
    answer = call.client.create_policy(
        PolicyName=call.name(),
        PolicyDocument=wanted["policy"],
        **call.given(
            Description=wanted.get("description"),
            Path=wanted.get("path"),
            Tags=tag_list(call.tags) or None,
        ),
    )
    return str(answer["Policy"]["Arn"])


def _read_policy(call: Call) -> Props:
    found = call.client.get_policy(PolicyArn=call.id)["Policy"]
    version = call.client.get_policy_version(PolicyArn=call.id, VersionId=found["DefaultVersionId"])[
        "PolicyVersion"
    ]
    return {
        "arn": found["Arn"],
        "name": found["PolicyName"],
        "path": found["Path"],
        "policyId": found["PolicyId"],
        "attachmentCount": found.get("AttachmentCount", 0),
        "description": found.get("Description", ""),
        "policy": compact(version["Document"]),
        "tags": tag_map(found.get("Tags")),
    }


def _versions(call: Call) -> list[dict[str, Any]]:
    """The versions that are not the default, oldest first."""
    pages = call.client.get_paginator("list_policy_versions").paginate(PolicyArn=call.id)
    found = [one for page in pages for one in page["Versions"] if not one["IsDefaultVersion"]]
    return sorted(found, key=lambda one: int(one["VersionId"].removeprefix("v")))


def _new_version(call: Call) -> None:
    others = _versions(call)
    if len(others) + 1 >= _MOST_VERSIONS:
        call.client.delete_policy_version(PolicyArn=call.id, VersionId=others[0]["VersionId"])
    call.client.create_policy_version(
        PolicyArn=call.id, PolicyDocument=call.inputs["policy"], SetAsDefault=True
    )


def _delete_policy(call: Call) -> None:
    for one in _versions(call):
        call.client.delete_policy_version(PolicyArn=call.id, VersionId=one["VersionId"])
    call.client.delete_policy(PolicyArn=call.id)


def _attach(call: Call) -> str:
    role, policy = call.inputs["role"], call.inputs["policyArn"]
    call.client.attach_role_policy(RoleName=role, PolicyArn=policy)
    return f"{role}/{policy}"


def _read_attachment(call: Call) -> Props | None:
    role, _, policy = call.id.partition("/")
    pages = call.client.get_paginator("list_attached_role_policies").paginate(RoleName=role)
    attached = {one["PolicyArn"] for page in pages for one in page["AttachedPolicies"]}
    return {"role": role, "policyArn": policy} if policy in attached else None


def _detach(call: Call) -> None:
    role, _, policy = call.id.partition("/")
    call.client.detach_role_policy(RoleName=role, PolicyArn=policy)


def _create_oidc(call: Call) -> str:
    wanted = call.inputs
    answer = call.client.create_open_id_connect_provider(
        Url=wanted["url"],
        ClientIDList=wanted["clientIdLists"],
        **call.given(
            ThumbprintList=wanted.get("thumbprintLists"),
            Tags=tag_list(call.tags) or None,
        ),
    )
    return str(answer["OpenIDConnectProviderArn"])


def _read_oidc(call: Call) -> Props:
    found = call.client.get_open_id_connect_provider(OpenIDConnectProviderArn=call.id)
    return {
        "arn": call.id,
        "url": _bare_url(found["Url"]),
        "clientIdLists": found.get("ClientIDList", []),
        "thumbprintLists": found.get("ThumbprintList", []),
        "tags": tag_map(found.get("Tags")),
    }


def _change_clients(call: Call) -> None:
    before, after = set(call.state["clientIdLists"]), set(call.inputs["clientIdLists"])
    for client in sorted(after - before):
        call.client.add_client_id_to_open_id_connect_provider(
            OpenIDConnectProviderArn=call.id, ClientID=client
        )
    for client in sorted(before - after):
        call.client.remove_client_id_from_open_id_connect_provider(
            OpenIDConnectProviderArn=call.id, ClientID=client
        )


def _change_thumbprints(call: Call) -> None:
    if call.inputs.get("thumbprintLists"):
        call.client.update_open_id_connect_provider_thumbprint(
            OpenIDConnectProviderArn=call.id, ThumbprintList=call.inputs["thumbprintLists"]
        )


def _delete_oidc(call: Call) -> None:
    call.client.delete_open_id_connect_provider(OpenIDConnectProviderArn=call.id)


def _bare_url(url: str) -> str:
    return url.removeprefix("https://")


def _same_url(live: str, wanted: str) -> bool:
    return _bare_url(live) == _bare_url(wanted)


TABLE = (
    Resource(
        "aws:iam/role:Role",
        "iam",
        create=_create_role,
        read=_read_role,
        delete=_delete_role,
        changes=(
            Change(("assumeRolePolicy",), _trust),
            Change(("description", "maxSessionDuration"), _update_role),
            Change(("permissionsBoundary",), _bound),
            tagging(
                lambda call, new: call.client.tag_role(RoleName=call.id, Tags=tag_list(new)),
                lambda call, old: call.client.untag_role(RoleName=call.id, TagKeys=old),
            ),
        ),
        gone=_GONE,
        unsupported={
            "inlinePolicies": "use aws.iam.RolePolicy",
            "managedPolicyArns": "use aws.iam.RolePolicyAttachment",
        },
    ),
    Resource(
        "aws:iam/rolePolicy:RolePolicy",
        "iam",
        create=_put_inline,
        read=_read_inline,
        delete=_delete_inline,
        changes=(Change(("policy",), _change_inline),),
        gone=_GONE,
    ),
    Resource(
        "aws:iam/policy:Policy",
        "iam",
        create=_create_policy,
        read=_read_policy,
        delete=_delete_policy,
        changes=(
            Change(("policy",), _new_version),
            tagging(
                lambda call, new: call.client.tag_policy(PolicyArn=call.id, Tags=tag_list(new)),
                lambda call, old: call.client.untag_policy(PolicyArn=call.id, TagKeys=old),
            ),
        ),
        gone=_GONE,
    ),
    Resource(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "iam",
        create=_attach,
        read=_read_attachment,
        delete=_detach,
        changes=(Change(("*",), no_update),),
        gone=_GONE,
    ),
    Resource(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "iam",
        create=_create_oidc,
        read=_read_oidc,
        delete=_delete_oidc,
        changes=(
            Change(("clientIdLists",), _change_clients),
            Change(("thumbprintLists",), _change_thumbprints),
            tagging(
                lambda call, new: call.client.tag_open_id_connect_provider(
                    OpenIDConnectProviderArn=call.id, Tags=tag_list(new)
                ),
                lambda call, old: call.client.untag_open_id_connect_provider(
                    OpenIDConnectProviderArn=call.id, TagKeys=old
                ),
            ),
        ),
        gone=_GONE,
        same={"url": _same_url},
    ),
    *iam_exclusive.TABLE,
)
