"""Keys and their aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.aws.resources.base import Call, Change, Resource, tagging

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_LONGEST_WINDOW = 30  # days; AWS's own default
_SYMMETRIC = "SYMMETRIC_DEFAULT"
_GOING = ("PendingDeletion", "PendingReplicaDeletion")


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())]


def _create_key(call: Call) -> str:
    wanted = call.inputs
    answer = call.client.create_key(
        **call.given(
            BypassPolicyLockoutSafetyCheck=wanted.get("bypassPolicyLockoutSafetyCheck"),
            CustomKeyStoreId=wanted.get("customKeyStoreId"),
            Description=wanted.get("description"),
            KeySpec=wanted.get("customerMasterKeySpec"),
            KeyUsage=wanted.get("keyUsage"),
            MultiRegion=wanted.get("multiRegion"),
            Policy=wanted.get("policy") or None,
            Tags=_tags(call.tags) or None,
            XksKeyId=wanted.get("xksKeyId"),
        )
    )
    return str(answer["KeyMetadata"]["KeyId"])


def _read_key(call: Call) -> Props | None:
    client = call.client
    found = client.describe_key(KeyId=call.id)["KeyMetadata"]
    if found["KeyState"] in _GOING:
        return None
    rotation = _rotation(call) if found.get("KeySpec") == _SYMMETRIC else {}
    policy = client.get_key_policy(KeyId=call.id, PolicyName="default")["Policy"]
    tags = client.list_resource_tags(KeyId=call.id).get("Tags", [])
    return {
        "arn": found["Arn"],
        "keyId": found["KeyId"],
        "customKeyStoreId": found.get("CustomKeyStoreId"),
        "customerMasterKeySpec": found.get("KeySpec"),
        "description": found.get("Description", ""),
        "isEnabled": found["Enabled"],
        "keyUsage": found["KeyUsage"],
        "multiRegion": found.get("MultiRegion", False),
        "policy": policy,
        "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        "enableKeyRotation": rotation.get("KeyRotationEnabled", False),
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
    }


def _rotation(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = call.client.get_key_rotation_status(KeyId=call.id)
    return found if found.get("KeyRotationEnabled") else {}


def _rotate(call: Call) -> None:
    if call.inputs.get("enableKeyRotation"):
        period = call.inputs.get("rotationPeriodInDays")
        call.client.enable_key_rotation(KeyId=call.id, **call.given(RotationPeriodInDays=period))
    elif call.state:
        call.client.disable_key_rotation(KeyId=call.id)


def _enable(call: Call) -> None:
    if call.inputs.get("isEnabled") and call.state:
        call.client.enable_key(KeyId=call.id)


def _disable(call: Call) -> None:
    if not call.inputs.get("isEnabled"):
        call.client.disable_key(KeyId=call.id)


def _describe(call: Call) -> None:
    call.client.update_key_description(KeyId=call.id, Description=call.inputs.get("description") or "")


def _put_policy(call: Call) -> None:
    if call.inputs.get("policy"):
        bypass = call.inputs.get("bypassPolicyLockoutSafetyCheck")
        call.client.put_key_policy(
            KeyId=call.id,
            PolicyName="default",
            Policy=call.inputs["policy"],
            **call.given(BypassPolicyLockoutSafetyCheck=bypass),
        )


def _delete_key(call: Call) -> None:
    days = call.state.get("deletionWindowInDays") or _LONGEST_WINDOW
    try:
        call.client.schedule_key_deletion(KeyId=call.id, PendingWindowInDays=days)
    except ClientError as error:
        # It is on its way out already.
        if error.response["Error"]["Code"] != "KMSInvalidStateException":
            raise


def _create_alias(call: Call) -> str:
    name = call.name()
    call.client.create_alias(AliasName=name, TargetKeyId=call.inputs["targetKeyId"])
    return name


def _read_alias(call: Call) -> Props | None:
    pages = call.client.get_paginator("list_aliases").paginate()
    found = next((one for page in pages for one in page["Aliases"] if one["AliasName"] == call.id), None)
    if found is None:
        return None
    key = found.get("TargetKeyId", "")
    return {
        "name": call.id,
        "targetKeyId": key,
        "arn": found["AliasArn"],
        "targetKeyArn": found["AliasArn"].replace(call.id, f"key/{key}"),
    }


def _move_alias(call: Call) -> None:
    call.client.update_alias(AliasName=call.id, TargetKeyId=call.inputs["targetKeyId"])


def _delete_alias(call: Call) -> None:
    call.client.delete_alias(AliasName=call.id)


def _same_key(live: str, wanted: str) -> bool:
    """A key's id and its ARN name the same key."""
    return live.rpartition("/")[2] == wanted.rpartition("/")[2]


TABLE = (
    Resource(
        "aws:kms/key:Key",
        "kms",
        create=_create_key,
        read=_read_key,
        delete=_delete_key,
        changes=(
            Change(("isEnabled",), _enable),  # first: a disabled key takes no other change
            Change(("enableKeyRotation", "rotationPeriodInDays"), _rotate, at_creation=True),
            Change(("description",), _describe),
            Change(("policy",), _put_policy),
            tagging(
                lambda call, new: call.client.tag_resource(KeyId=call.id, Tags=_tags(new)),
                lambda call, old: call.client.untag_resource(KeyId=call.id, TagKeys=old),
            ),
            Change(("isEnabled",), _disable, at_creation=True),
        ),
        gone=frozenset({"NotFoundException"}),
    ),
    Resource(
        "aws:kms/alias:Alias",
        "kms",
        create=_create_alias,
        read=_read_alias,
        delete=_delete_alias,
        changes=(Change(("targetKeyId",), _move_alias),),
        gone=frozenset({"NotFoundException"}),
        same={"targetKeyId": _same_key},
    ),
)
