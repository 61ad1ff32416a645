"""Log files in the trail's bucket, in CloudTrail's layout."""

from __future__ import annotations

import gzip
import json
import secrets
import string
import time
from typing import TYPE_CHECKING, Any

from ministack.core.responses import request_scope
from ministack.services import s3

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.aws.relay.trails import Trail

_OK = 200
_UNIQUE = string.ascii_letters + string.digits


class Undelivered(Exception):
    """A trail could not deliver; the local AWS goes on."""


def key(trail: Trail, region: str, when: float, unique: str) -> str:
    """The key of a log file.

    Args:
        trail: the trail.
        region: the region of the records in the file.
        when: the time of delivery, in seconds since the epoch.
        unique: 16 letters and digits that no other file has.
    """
    day, minute = (time.strftime(text, time.gmtime(when)) for text in ("%Y/%m/%d", "%Y%m%dT%H%MZ"))
    start = f"{trail.prefix}/" if trail.prefix else ""
    name = f"{trail.account}_CloudTrail_{region}_{minute}_{unique}.json.gz"
    return f"{start}AWSLogs/{trail.account}/CloudTrail/{region}/{day}/{name}"


def pack(records: Sequence[Mapping[str, Any]]) -> bytes:
    """The content of a log file: one JSON document, compressed."""
    return gzip.compress(json.dumps({"Records": list(records)}, separators=(",", ":")).encode(), mtime=0)


def deliver(trail: Trail, region: str, records: Sequence[Mapping[str, Any]]) -> None:
    """Write one file, inside MiniStack: it is no call, so it makes no record of its own.

    Raises:
        Undelivered: the bucket does not take it.
    """
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    if trail.key:
        headers["x-amz-server-side-encryption"] = "aws:kms"
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = trail.key
    path = key(trail, region, time.time(), "".join(secrets.choice(_UNIQUE) for _ in range(16)))
    with request_scope(trail.account, trail.home):
        status, _, answer = s3._put_object(trail.bucket, path, pack(records), headers)  # noqa: SLF001  the only way that is no call
    if status != _OK:
        said = bytes(answer).decode(errors="replace")
        raise Undelivered(f"trail {trail.name}: bucket {trail.bucket} does not take log files: {said}")
