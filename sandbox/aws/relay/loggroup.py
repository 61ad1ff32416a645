"""Records in the trail's CloudWatch log group."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs as logs

from sandbox.aws.relay.files import Undelivered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.aws.relay.trails import Trail

_OK = 200


def deliver(trail: Trail, region: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Append records to the stream of their region, one log event each.

    Raises:
        Undelivered: the log group is not there.
    """
    _, _, _, home, account, _, group = trail.log_group.split(":")[:7]
    stream = f"{trail.account}_CloudTrail_{region}"
    now = int(time.time() * 1000)
    with request_scope(account, home):
        found = logs._log_groups.get(group)  # noqa: SLF001  no public way to ask
        if found is None:
            raise Undelivered(f"trail {trail.name}: there is no log group {group} in {home}")
        if stream not in found["streams"]:
            logs._create_log_stream({"logGroupName": group, "logStreamName": stream})  # noqa: SLF001  no call
        logs._put_log_events(  # noqa: SLF001  likewise
            {
                "logGroupName": group,
                "logStreamName": stream,
                "logEvents": [{"timestamp": now, "message": json.dumps(one)} for one in records],
            }
        )
