"""AuditTrail: a CloudTrail of all regions, in a bucket that keeps what it is given."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pulumi_aws as aws

from components.names import Names
from components.settings import Audit
from hubguard import standards


class AuditTrail(pulumi.ComponentResource):
    """Who read which token, kept for a year and more (checklist items 6.1.3 and 8.3.4)."""

    def __init__(
        self,
        name: str,
        *,
        audit: Audit,
        names: Names,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:audit:AuditTrail", name, None, opts)
        inside = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket("logs", bucket=names.log_bucket, object_lock_enabled=True, opts=inside)
        aws.s3.BucketPublicAccessBlock(
            "logs",
            bucket=bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=inside,
        )
        versioning = aws.s3.BucketVersioning(
            "logs", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=inside
        )
        aws.s3.BucketOwnershipControls(
            "logs", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=inside
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            "logs",
            bucket=bucket.bucket,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=inside,
        )
        after_versioning = pulumi.ResourceOptions(parent=self, depends_on=[versioning])
        aws.s3.BucketObjectLockConfiguration(
            "logs",
            bucket=bucket.bucket,
            # GOVERNANCE: COMPLIANCE cannot be undone, not even after a mistake.
            rule={"default_retention": {"mode": "GOVERNANCE", "days": audit.retention_days}},
            opts=after_versioning,
        )
        aws.s3.BucketLifecycleConfiguration(
            "logs", bucket=bucket.bucket, rules=[_lifecycle(audit.retention_days)], opts=after_versioning
        )
        policy = aws.s3.BucketPolicy(
            "logs", bucket=bucket.bucket, policy=json.dumps(bucket_policy(names)), opts=inside
        )
        trail = aws.cloudtrail.Trail(
            "trail",
            name=names.trail,
            s3_bucket_name=bucket.bucket,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({"trail": trail.arn, "bucket": bucket.bucket})


def bucket_policy(names: Names) -> dict[str, Any]:
    """CloudTrail writes for this one trail; everybody talks TLS.

    The statements for CloudTrail are those of its user guide, bound to the trail by `aws:SourceArn`.
    """
    bucket = f"arn:aws:s3:::{names.log_bucket}"
    service = {"Service": "cloudtrail.amazonaws.com"}
    this_trail = {"aws:SourceArn": names.trail_arn}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TrailChecksAcl",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:GetBucketAcl",
                "Resource": bucket,
                "Condition": {"StringEquals": this_trail},
            },
            {
                "Sid": "TrailWrites",
                "Effect": "Allow",
                "Principal": service,
                "Action": "s3:PutObject",
                "Resource": f"{bucket}/AWSLogs/{names.account}/*",
                "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **this_trail}},
            },
            {
                "Sid": "OnlyEncryptedTransport",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket, f"{bucket}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def _lifecycle(retention_days: int) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    return {
        "id": "keep-then-expire",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "transitions": [{"days": standards.COLD_STORAGE_AFTER_DAYS, "storage_class": "STANDARD_IA"}],
        "expiration": {"days": retention_days},
        # Without this an expired object lives on as a non-current version for ever.
        "noncurrent_version_expiration": {"noncurrent_days": retention_days},
    }
