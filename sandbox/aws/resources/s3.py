"""Buckets, and what is put onto them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from sandbox.aws.resources.base import Call, Change, Resource, tag_list, tag_map
from sandbox.aws.resources.put import Put

if TYPE_CHECKING:
    from sandbox.aws.provider.wire import Props

_NO_BUCKET = "NoSuchBucket"
_BUCKET = ("bucket", "Bucket")
_UNLOCKED = "ObjectLockConfigurationNotFoundError"


def _create_bucket(call: Call) -> str:
    name = call.name("bucket")
    request: dict[str, Any] = {"Bucket": name}
    if call.region != "us-east-1":  # the one region that may not be named
        request["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
    if call.inputs.get("objectLockEnabled"):
        request["ObjectLockEnabledForBucket"] = True
    call.client.create_bucket(**request)
    return name


def _read_bucket(call: Call) -> Props | None:
    bucket = call.id
    call.client.head_bucket(Bucket=bucket)
    return {
        "bucket": bucket,
        "objectLockEnabled": _has_lock(call, bucket),
        "tags": _bucket_tags(call, bucket),
        "arn": f"arn:{call.aws.partition}:s3:::{bucket}",
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegion": call.region,
        "bucketRegionalDomainName": f"{bucket}.s3.{call.region}.amazonaws.com",
    }


def _has_lock(call: Call, bucket: str) -> bool:
    try:
        answer = call.client.get_object_lock_configuration(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] == _UNLOCKED:
            return False
        raise
    return bool(answer["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled")


def _bucket_tags(call: Call, bucket: str) -> dict[str, str]:
    try:
        return tag_map(call.client.get_bucket_tagging(Bucket=bucket)["TagSet"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchTagSet":
            return {}
        raise


def _tag_bucket(call: Call) -> None:
    if call.tags:
        call.client.put_bucket_tagging(Bucket=call.id, Tagging={"TagSet": tag_list(call.tags)})
    elif call.state:
        call.client.delete_bucket_tagging(Bucket=call.id)


def _delete_bucket(call: Call) -> None:
    if call.state.get("forceDestroy"):
        _empty(call)
    call.client.delete_bucket(Bucket=call.id)


def _empty(call: Call) -> None:
    """Delete every version; locked ones too, where the caller may bypass the lock."""
    bypass = {"BypassGovernanceRetention": True} if call.state.get("objectLockEnabled") else {}
    pages = call.client.get_paginator("list_object_versions").paginate(Bucket=call.id)
    for page in pages:
        for found in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]:
            call.client.delete_object(
                Bucket=call.id, Key=found["Key"], VersionId=found["VersionId"], **bypass
            )


def _read_versioning(call: Call) -> Props:
    bucket = call.id.partition(",")[0]
    answer = call.client.get_bucket_versioning(Bucket=bucket)
    configuration = {"status": answer.get("Status", "Disabled"), "mfaDelete": answer.get("MFADelete")}
    return {
        "bucket": bucket,
        "versioningConfiguration": {k: v for k, v in configuration.items() if v is not None},
    }


def _suspend_versioning(call: Call) -> None:
    if call.state.get("versioningConfiguration", {}).get("status") == "Disabled":
        return
    try:
        call.client.put_bucket_versioning(
            Bucket=call.id.partition(",")[0], VersioningConfiguration={"Status": "Suspended"}
        )
    except ClientError as error:
        # A bucket with object lock keeps its versioning: only the state forgets it.
        if error.response["Error"]["Code"] != "InvalidBucketState":
            raise


def _refuse_disabled(state: Props, news: Props) -> str | None:
    before = (state.get("versioningConfiguration") or {}).get("status")
    after = (news.get("versioningConfiguration") or {}).get("status")
    if before in ("Enabled", "Suspended") and after == "Disabled":
        return "versioningConfiguration.status cannot go back to Disabled: use Suspended"
    return None


def _starts_disabled(call: Call) -> bool:
    return bool(call.inputs["versioningConfiguration"]["status"] == "Disabled")


def _clear_lock(call: Call) -> None:
    """Object lock stays for good: only the rule goes."""
    call.client.put_object_lock_configuration(
        Bucket=call.id.partition(",")[0], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


def _clear_logging(call: Call) -> None:
    call.client.put_bucket_logging(Bucket=call.id.partition(",")[0], BucketLoggingStatus={})


def _logging_or_none(_call: Call, found: Props) -> Props | None:
    return found if found.get("targetBucket") else None


def _remove_block(call: Call) -> None:
    if not call.state.get("skipDestroy"):
        call.client.delete_public_access_block(Bucket=call.id)


_SEPARATE = {
    "accelerationStatus": "use aws.s3.BucketAccelerateConfiguration",
    "acl": "use aws.s3.BucketAcl",
    "bucketNamespace": "leave it out",
    "corsRules": "use aws.s3.BucketCorsConfiguration",
    "grants": "use aws.s3.BucketAcl",
    "lifecycleRules": "use aws.s3.BucketLifecycleConfiguration",
    "logging": "use aws.s3.BucketLogging",
    "objectLockConfiguration": "use objectLockEnabled and aws.s3.BucketObjectLockConfiguration",
    "policy": "use aws.s3.BucketPolicy",
    "replicationConfiguration": "use aws.s3.BucketReplicationConfig",
    "requestPayer": "use aws.s3.BucketRequestPaymentConfiguration",
    "serverSideEncryptionConfiguration": "use aws.s3.BucketServerSideEncryptionConfiguration",
    "versioning": "use aws.s3.BucketVersioning",
    "website": "use aws.s3.BucketWebsiteConfiguration",
}

TABLE = (
    Resource(
        "aws:s3/bucket:Bucket",
        "s3",
        create=_create_bucket,
        read=_read_bucket,
        delete=_delete_bucket,
        changes=(Change(("tags",), _tag_bucket, at_creation=True),),
        gone=frozenset({_NO_BUCKET, "404"}),
        unsupported=_SEPARATE,
    ),
    Put(
        "aws:s3/bucketVersioning:BucketVersioning",
        "s3",
        put="PutBucketVersioning",
        get="GetBucketVersioning",
        delete=_suspend_versioning,
        key=_BUCKET,
        gone=frozenset({_NO_BUCKET}),
        read=_read_versioning,
        skip=_starts_disabled,
        options={"refuse": _refuse_disabled},
    ).resource(),
    Put(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "s3",
        put="PutBucketEncryption",
        get="GetBucketEncryption",
        delete="DeleteBucketEncryption",
        key=_BUCKET,
        body="ServerSideEncryptionConfiguration",
        gone=frozenset({_NO_BUCKET, "ServerSideEncryptionConfigurationNotFoundError"}),
    ).resource(),
    Put(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "s3",
        put="PutPublicAccessBlock",
        get="GetPublicAccessBlock",
        delete=_remove_block,
        key=_BUCKET,
        body="PublicAccessBlockConfiguration",
        gone=frozenset({_NO_BUCKET, "NoSuchPublicAccessBlockConfiguration"}),
    ).resource(),
    Put(
        "aws:s3/bucketPolicy:BucketPolicy",
        "s3",
        put="PutBucketPolicy",
        get="GetBucketPolicy",
        delete="DeleteBucketPolicy",
        key=_BUCKET,
        gone=frozenset({_NO_BUCKET, "NoSuchBucketPolicy"}),
    ).resource(),
    Put(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "s3",
        put="PutObjectLockConfiguration",
        get="GetObjectLockConfiguration",
        delete=_clear_lock,
        key=_BUCKET,
        body="ObjectLockConfiguration",
        gone=frozenset({_NO_BUCKET, _UNLOCKED}),
    ).resource(),
    Put(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "s3",
        put="PutBucketOwnershipControls",
        get="GetBucketOwnershipControls",
        delete="DeleteBucketOwnershipControls",
        key=_BUCKET,
        body="OwnershipControls",
        gone=frozenset({_NO_BUCKET, "OwnershipControlsNotFoundError"}),
    ).resource(),
    Put(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "s3",
        put="PutBucketLifecycleConfiguration",
        get="GetBucketLifecycleConfiguration",
        delete="DeleteBucketLifecycle",
        key=_BUCKET,
        body="LifecycleConfiguration",
        gone=frozenset({_NO_BUCKET, "NoSuchLifecycleConfiguration"}),
    ).resource(),
    Put(
        "aws:s3/bucketLogging:BucketLogging",
        "s3",
        put="PutBucketLogging",
        get="GetBucketLogging",
        delete=_clear_logging,
        key=_BUCKET,
        body="BucketLoggingStatus.LoggingEnabled",
        gone=frozenset({_NO_BUCKET}),
        finish=_logging_or_none,
    ).resource(),
)
