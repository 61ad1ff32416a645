"""CloudTrail's log files in the trail's bucket: which there are for some days, and what is in them."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from hubguard.queries import names
from hubguard.queries.errors import from_aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_LARGEST = 256 * 1024 * 1024  # bytes unpacked; CloudTrail's own files stay far below
_ELSEWHERE = ("_CloudTrail-Digest_", "_CloudTrail-Insight_")


class Unreadable(ValueError):
    """A log file, or a record of it, that nothing can be concluded from."""


@dataclass(frozen=True)
class LogFile:
    """A log file by its key, with the two parts of the key that are columns of the table."""

    key: str
    region: str
    day: str


def find(s3: S3Client, bucket: str, account: str, days: Sequence[str]) -> list[LogFile]:
    """The log files of some days in every region that the trail has written from.

    Digest and insight files are left out; everything else that lies there counts.

    Args:
        s3: asks as the caller.
        bucket: the trail's bucket.
        account: AWS account id, 12 digits.
        days: as `yyyy/mm/dd`.

    Raises:
        OutOfReach: the bucket could not be listed.
    """
    try:
        return list(_find(s3, bucket, names.trail_prefix(account), days))
    except (ClientError, BotoCoreError) as error:
        raise from_aws(error, f"listing the log files in {bucket}") from error


def _find(s3: S3Client, bucket: str, prefix: str, days: Sequence[str]) -> Iterator[LogFile]:
    pages = s3.get_paginator("list_objects_v2")
    below = [
        common["Prefix"]
        for page in pages.paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
        for common in page.get("CommonPrefixes", [])
    ]
    for region in below:
        for day in days:
            for page in pages.paginate(Bucket=bucket, Prefix=f"{region}{day}/"):
                for item in page.get("Contents", []):
                    key = item["Key"]
                    if not key.endswith("/") and not any(kind in key for kind in _ELSEWHERE):
                        yield LogFile(key, region.removeprefix(prefix).rstrip("/"), day)


def read(s3: S3Client, bucket: str, file: LogFile) -> list[Any]:
    """The records of a file, as they stand there.

    Raises:
        Unreadable: the file cannot be had, is damaged or is no log file; the reason is one line.
    """
    try:
        packed = s3.get_object(Bucket=bucket, Key=file.key)["Body"].read()
    except ClientError as error:
        raise Unreadable(f"AWS answers {error.response.get('Error', {}).get('Code', 'an error')}") from error
    except BotoCoreError as error:
        raise Unreadable("it could not be fetched") from error
    return records(packed)


def records(packed: bytes) -> list[Any]:
    """The records in the bytes of a file.

    Raises:
        Unreadable: the bytes are not those of a log file.
    """
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            unpacked = file.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error):
        raise Unreadable("it is not packed with gzip, or is damaged") from None
    if len(unpacked) > _LARGEST:
        raise Unreadable("it is larger than any log file")
    try:
        document = json.loads(unpacked)
    except (ValueError, RecursionError):
        raise Unreadable("it is not JSON") from None
    found = document.get("Records") if isinstance(document, dict) else None
    if not isinstance(found, list):
        raise Unreadable("it has no list of records")
    return found
