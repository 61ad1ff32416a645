"""A bucket as all of the stack's are: private, of one owner, versioned, encrypted, behind a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.documents.statements import text
from hubguard import standards


class PrivateBucket:
    """A bucket that nobody outside reads, and its settings, as children of the component that asks for it.

    Its objects are never deleted in order to delete it: `force_destroy` stays off.

    Attributes:
        name: the bucket's name, known once the bucket is there.
        versioning: what an Object Lock has to wait for.
        policy: what a writer has to wait for.
    """

    name: pulumi.Output[str]
    versioning: aws.s3.BucketVersioning
    policy: aws.s3.BucketPolicy

    def __init__(
        self,
        name: str,
        *,
        bucket: str,
        policy: Mapping[str, Any],
        lifecycle: Sequence[aws.s3.BucketLifecycleConfigurationRuleArgsDict],
        key: pulumi.Input[str] | None = None,
        logs_to: PrivateBucket | None = None,
        object_lock: bool = False,
        opts: pulumi.ResourceOptions,
    ) -> None:
        """Declare a bucket.

        Args:
            name: its name in the program.
            bucket: its name in AWS.
            policy: its resource policy.
            lifecycle: rules for what grows old in it.
            key: ARN of the KMS key that its objects are encrypted with; without one, S3's own.
            logs_to: the bucket that keeps who touched it.
            object_lock: whether its objects can be locked. It cannot be changed later.
            opts: the parent, and whether the bucket is protected.
        """
        inside = pulumi.ResourceOptions(parent=opts.parent)
        made = aws.s3.Bucket(
            name,
            bucket=bucket,
            object_lock_enabled=object_lock,
            opts=opts,
        )
        self.name = made.bucket
        aws.s3.BucketPublicAccessBlock(
            name,
            bucket=made.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=inside,
        )
        aws.s3.BucketOwnershipControls(
            name, bucket=made.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=inside
        )
        self.versioning = aws.s3.BucketVersioning(
            name, bucket=made.bucket, versioning_configuration={"status": "Enabled"}, opts=inside
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name, bucket=made.bucket, rules=[_encryption(key)], opts=inside
        )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=made.bucket,
            rules=lifecycle,
            opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=[self.versioning]),
        )
        self.policy = aws.s3.BucketPolicy(name, bucket=made.bucket, policy=text(policy), opts=inside)
        if logs_to:
            aws.s3.BucketLogging(
                name,
                bucket=made.bucket,
                target_bucket=logs_to.name,
                target_prefix=f"{bucket}/",
                opts=pulumi.ResourceOptions(parent=opts.parent, depends_on=[logs_to.policy]),
            )


def keep(days: int, *, cold: bool = False) -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    """A rule that removes an object after so many days, and its earlier versions as long after their end.

    An object that was replaced or deleted on its first day is kept for the full time as well; so one that
    reached its end lies there as long again, as an earlier version.

    Args:
        days: days until the end.
        cold: whether old objects move to cheaper storage, from which they are still read at once.
    """
    rule: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
        "id": "keep-then-expire",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": days},
        # Without this an expired object lives on as a non-current version for ever.
        "noncurrent_version_expiration": {"noncurrent_days": days},
        "abort_incomplete_multipart_upload": {"days_after_initiation": standards.UNFINISHED_UPLOAD_DAYS},
    }
    if cold:
        after = standards.COLD_STORAGE_AFTER_DAYS
        rule["transitions"] = [{"days": after, "storage_class": "STANDARD_IA"}]
        rule["noncurrent_version_transitions"] = [{"noncurrent_days": after, "storage_class": "STANDARD_IA"}]
    return rule


def sweep() -> aws.s3.BucketLifecycleConfigurationRuleArgsDict:
    """A rule that removes the delete markers of objects whose versions are all gone."""
    return {
        "id": "sweep-delete-markers",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"expired_object_delete_marker": True},
    }


def _encryption(
    key: pulumi.Input[str] | None,
) -> aws.s3.BucketServerSideEncryptionConfigurationRuleArgsDict:
    if key is None:
        return {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}
    return {
        "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key},
        "bucket_key_enabled": True,
    }
