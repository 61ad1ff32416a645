"""The policies of the three buckets: the trail's, its access log's, and the answers'."""

from __future__ import annotations

from typing import Any

from components.documents.statements import Statement, allow, deny, document, only_tls
from components.names import Names


def log_bucket_policy(names: Names) -> dict[str, Any]:
    """CloudTrail writes for this one trail; nobody lifts a lock; everybody talks TLS.

    The statements for CloudTrail are those of its user guide, bound to the trail by `aws:SourceArn`.
    """
    bucket = f"arn:aws:s3:::{names.log_bucket}"
    service = {"Service": "cloudtrail.amazonaws.com"}
    this_trail = {"aws:SourceArn": names.trail_arn}
    return document(
        allow(
            "TrailChecksAcl",
            ["s3:GetBucketAcl"],
            bucket,
            principal=service,
            condition={"StringEquals": this_trail},
        ),
        allow(
            "TrailWrites",
            ["s3:PutObject"],
            f"{bucket}/AWSLogs/{names.account}/*",
            principal=service,
            condition={"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **this_trail}},
        ),
        # A lock can still be lifted, after a mistake: by changing this policy first, which sets off an alarm.
        deny("NobodyLiftsALock", ["s3:BypassGovernanceRetention"], f"{bucket}/*", principal="*"),
        _tls(bucket),
    )


def access_log_bucket_policy(names: Names) -> dict[str, Any]:
    """S3 writes who touched the log bucket and the answers, for nobody else's buckets."""
    bucket = f"arn:aws:s3:::{names.access_log_bucket}"
    return document(
        allow(
            "AccessLogs",
            ["s3:PutObject"],
            f"{bucket}/*",
            principal={"Service": "logging.s3.amazonaws.com"},
            condition={
                "ArnEquals": {
                    "aws:SourceArn": [
                        f"arn:aws:s3:::{source}" for source in (names.log_bucket, names.answers_bucket)
                    ]
                },
                "StringEquals": {"aws:SourceAccount": names.account},
            },
        ),
        _tls(bucket),
    )


def answers_bucket_policy(names: Names) -> dict[str, Any]:
    """The auditor's own policy lets it in; everybody talks TLS."""
    return document(_tls(f"arn:aws:s3:::{names.answers_bucket}"))


def _tls(bucket: str) -> Statement:
    return only_tls("s3", [bucket, f"{bucket}/*"])
