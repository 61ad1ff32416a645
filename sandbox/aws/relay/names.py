"""CloudTrail's own names and kinds of calls, where they are not the API's.

Sources: the CloudTrail tables in the user guides of Amazon S3 ("Amazon S3 CloudTrail events"), AWS Lambda
("Logging API calls with CloudTrail"), AWS KMS and AWS STS, and "Logging data events" of CloudTrail.
"""

from __future__ import annotations

_READS = (
    "BatchGet",
    "Check",
    "Describe",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "Validate",
)
_ALSO_READS = {
    "sts": {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "DecodeAuthorizationMessage"},
    "kms": {
        "Decrypt",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "GenerateRandom",
        "ReEncrypt",
        "Sign",
        "Verify",
        "VerifyMac",
    },
}

# What a trail records only where it is asked for data events.
_DATA = {
    "s3": {
        "CreateSession",
        "DeleteObjects",
        "ListMultipartUploads",
        "ListObjects",
        "ListObjectsV2",
        "ListObjectVersions",
    },
    "sns": {"Publish", "PublishBatch"},
    "sqs": {
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
        "DeleteMessage",
        "DeleteMessageBatch",
        "ReceiveMessage",
        "SendMessage",
        "SendMessageBatch",
    },
    "lambda": {"Invoke", "InvokeAsync", "InvokeWithResponseStream"},
    "events": {"PutEvents"},
    "logs": {"FilterLogEvents", "GetLogEvents", "PutLogEvents", "StartLiveTail"},
    "monitoring": {"GetMetricData", "GetMetricStatistics", "GetMetricWidgetImage", "PutMetricData"},
}

_RENAMED = {
    "s3": {
        "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
        "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
        "PutBucketNotificationConfiguration": "PutBucketNotification",
        "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    },
    "lambda": {
        "AddPermission": "AddPermission20150331v2",
        "CreateFunction": "CreateFunction20150331",
        "DeleteFunction": "DeleteFunction20150331",
        "GetFunction": "GetFunction20150331v2",
        "GetFunctionConfiguration": "GetFunctionConfiguration20150331v2",
        "ListFunctions": "ListFunctions20150331",
        "RemovePermission": "RemovePermission20150331v2",
        "UpdateFunctionCode": "UpdateFunctionCode20150331v2",
        "UpdateFunctionConfiguration": "UpdateFunctionConfiguration20150331v2",
    },
}

_GLOBAL = frozenset({"iam", "organizations", "route53", "cloudfront"})
_GLOBAL_REGION = "us-east-1"


def event_name(prefix: str, operation: str) -> str:
    """CloudTrail's name of an operation.

    Args:
        prefix: the service's endpoint prefix, which is also what precedes `.amazonaws.com` in a record.
        operation: the name in the API.
    """
    return _RENAMED.get(prefix, {}).get(operation, operation)


def is_read(prefix: str, operation: str) -> bool:
    """Whether CloudTrail marks the call as read-only."""
    return operation.startswith(_READS) or operation in _ALSO_READS.get(prefix, ())


def is_data(prefix: str, operation: str) -> bool:
    """Whether the call is a data event, which nobody sees without asking for it."""
    return operation in _DATA.get(prefix, ())


def region(prefix: str, signed: str) -> str:
    """The region a record is kept in: global services record in us-east-1."""
    return _GLOBAL_REGION if prefix in _GLOBAL else signed
