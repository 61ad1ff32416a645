"""What CreateTrail keeps."""

from __future__ import annotations

import json
from typing import Any

from ministack.services import cloudtrail

from sandbox.aws.mends.expect import expect_actions, expect_function

_KEPT = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "SnsTopicName")
_OK = 200


def created_trail_keeps_its_log_group_topic_and_tags() -> None:
    """Let a new trail keep everything it was created with.

    AWS: CreateTrail stores the log group, the role that writes to it, the topic and the tags.
    MiniStack: CreateTrail drops the log group, its role and the tags; UpdateTrail and AddTags know
    them.
    """
    actions = expect_actions(cloudtrail, "_DISPATCH", "CreateTrail", "UpdateTrail", "AddTags")
    create = expect_function(cloudtrail, "_create_trail", "body")
    update = expect_function(cloudtrail, "_update_trail", "body")
    add_tags = expect_function(cloudtrail, "_add_tags", "body")

    def create_whole(body: dict[str, Any]) -> Any:
        answer = create(body)
        if answer[0] != _OK:
            return answer
        arn = json.loads(answer[2])["TrailARN"]
        kept = {name: body[name] for name in _KEPT if body.get(name)}
        if kept:
            update({"Name": arn, **kept})
        if body.get("TagsList"):
            add_tags({"ResourceId": arn, "TagsList": body["TagsList"]})
        return answer

    actions["CreateTrail"] = create_whole
