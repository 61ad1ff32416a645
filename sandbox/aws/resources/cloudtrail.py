"""Trails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.aws.resources.base import Call, Change, Resource, tag_list, tag_map, tagging
from sandbox.aws.resources.translate import from_aws, to_aws

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_SELECTORS = ("eventSelectors", "advancedEventSelectors")


def _settings(call: Call) -> dict[str, Any]:
    """What CreateTrail and UpdateTrail take alike."""
    wanted = call.inputs
    return call.given(
        S3BucketName=wanted["s3BucketName"],
        S3KeyPrefix=wanted.get("s3KeyPrefix"),
        SnsTopicName=wanted.get("snsTopicName"),
        IncludeGlobalServiceEvents=wanted.get("includeGlobalServiceEvents"),
        IsMultiRegionTrail=wanted.get("isMultiRegionTrail"),
        IsOrganizationTrail=wanted.get("isOrganizationTrail"),
        EnableLogFileValidation=wanted.get("enableLogFileValidation"),
        CloudWatchLogsLogGroupArn=wanted.get("cloudWatchLogsGroupArn"),
        CloudWatchLogsRoleArn=wanted.get("cloudWatchLogsRoleArn"),
        KmsKeyId=wanted.get("kmsKeyId"),
    )


def _create(call: Call) -> str:
    tags = call.given(TagsList=tag_list(call.tags) or None)
    answer = call.client.create_trail(Name=call.name(), **_settings(call), **tags)
    return str(answer["TrailARN"])


def _read(call: Call) -> Props | None:
    client = call.client
    # As the official provider asks: only who may list trails sees one.
    trails = client.describe_trails(trailNameList=[call.id])["trailList"]
    if not trails:
        return None
    [found] = trails
    tags = client.list_tags(ResourceIdList=[found["TrailARN"]])["ResourceTagList"]
    live = {
        "arn": found["TrailARN"],
        "name": found["Name"],
        "homeRegion": found.get("HomeRegion", ""),
        "snsTopicArn": found.get("SnsTopicARN", ""),
        "s3BucketName": found["S3BucketName"],
        "s3KeyPrefix": found.get("S3KeyPrefix"),
        "snsTopicName": found.get("SnsTopicName"),
        "cloudWatchLogsGroupArn": found.get("CloudWatchLogsLogGroupArn"),
        "cloudWatchLogsRoleArn": found.get("CloudWatchLogsRoleArn"),
        "kmsKeyId": found.get("KmsKeyId"),
        "enableLogFileValidation": found.get("LogFileValidationEnabled", False),
        "enableLogging": client.get_trail_status(Name=call.id)["IsLogging"],
        "includeGlobalServiceEvents": found.get("IncludeGlobalServiceEvents", False),
        "isMultiRegionTrail": found.get("IsMultiRegionTrail", False),
        "isOrganizationTrail": found.get("IsOrganizationTrail", False),
        "tags": tag_map(tags[0]["TagsList"] if tags else []),
    }
    if found.get("HasCustomEventSelectors"):
        live |= _read_selectors(call)
    return live


def _read_selectors(call: Call) -> Props:
    answer = call.client.get_event_selectors(TrailName=call.id)
    pairs = zip(_SELECTORS, ("EventSelectors", "AdvancedEventSelectors"), strict=True)
    fields = call.shape.fields
    return {
        name: from_aws(answer[member], fields[name].shape) for name, member in pairs if answer.get(member)
    }


def _update(call: Call) -> None:
    # What was dropped from the program has to be emptied: an absent parameter changes nothing.
    emptied = {
        parameter: ""
        for name, parameter in {
            "s3KeyPrefix": "S3KeyPrefix",
            "snsTopicName": "SnsTopicName",
            "kmsKeyId": "KmsKeyId",
            "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
            "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
        }.items()
        if call.state.get(name) and not call.inputs.get(name)
    }
    call.client.update_trail(Name=call.id, **emptied, **_settings(call))


def _select(call: Call) -> None:
    model = call.client.meta.service_model.operation_model("PutEventSelectors").input_shape
    basic, advanced = (call.inputs.get(name) for name in _SELECTORS)
    if advanced:
        chosen = {"AdvancedEventSelectors": to_aws(advanced, model.members["AdvancedEventSelectors"])}
    else:
        # No selector of one's own is AWS's standard one: all management events.
        chosen = {
            "EventSelectors": to_aws(
                basic or [{"readWriteType": "All", "includeManagementEvents": True}],
                model.members["EventSelectors"],
            )
        }
    call.client.put_event_selectors(TrailName=call.id, **chosen)


def _log(call: Call) -> None:
    if call.inputs.get("enableLogging"):
        call.client.start_logging(Name=call.id)
    elif call.state:
        call.client.stop_logging(Name=call.id)


def _delete(call: Call) -> None:
    call.client.delete_trail(Name=call.id)


TABLE = (
    Resource(
        "aws:cloudtrail/trail:Trail",
        "cloudtrail",
        create=_create,
        read=_read,
        delete=_delete,
        changes=(
            Change(
                (
                    "cloudWatchLogsGroupArn",
                    "cloudWatchLogsRoleArn",
                    "enableLogFileValidation",
                    "includeGlobalServiceEvents",
                    "isMultiRegionTrail",
                    "isOrganizationTrail",
                    "kmsKeyId",
                    "s3BucketName",
                    "s3KeyPrefix",
                    "snsTopicName",
                ),
                _update,
            ),
            Change(_SELECTORS, _select, at_creation=True),
            tagging(
                lambda call, new: call.client.add_tags(ResourceId=call.id, TagsList=tag_list(new)),
                lambda call, old: call.client.remove_tags(
                    ResourceId=call.id, TagsList=[{"Key": key} for key in old]
                ),
            ),
            Change(("enableLogging",), _log, at_creation=True),  # last: it starts as it should be
        ),
        gone=frozenset({"TrailNotFoundException"}),
        unsupported={"insightSelectors": "the local AWS does not know them"},
    ),
)
