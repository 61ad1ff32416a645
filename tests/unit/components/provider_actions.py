"""What the official provider of AWS asks for, type by type: the rights that a real account needs.

The local AWS has a provider of its own, which asks for less. The table follows the source of
terraform-provider-aws, `internal/service/<service>`: what its create, read, update and delete call for the
arguments that this project gives; tags of a provider's default are among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Calls:
    """The IAM actions of one type.

    Attributes:
        create: what making it calls, besides reading it.
        read: what a refresh calls.
        update: what changing it in place calls, tags included.
        delete: what deleting it calls, besides reading it.
    """

    create: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    update: tuple[str, ...] = ()
    delete: tuple[str, ...] = ()


def _of(service: str, create: str, read: str, update: str = "", delete: str = "") -> Calls:
    """Actions by name, separated by spaces; one with a colon is another service's."""

    def actions(names: str) -> tuple[str, ...]:
        return tuple(name if ":" in name else f"{service}:{name}" for name in names.split())

    return Calls(actions(create), actions(read), actions(update), actions(delete))


def _of_bucket(put: str, get: str, delete: str = "") -> Calls:
    """A setting of a bucket: put is create and update, and mostly delete as well."""
    return _of("s3", put, get, put, delete or put)


ON_ALL_RESOURCES: Final = {
    "cloudtrail:DescribeTrails",
    "kms:CreateKey",
    "kms:ListAliases",
    "logs:DescribeLogGroups",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
}
"""What AWS judges on `*`: a statement that names a resource never applies to it."""

PROVIDER: Final[dict[str, Calls]] = {
    "athena.Workgroup": _of(
        "athena",
        "CreateWorkGroup TagResource",
        "GetWorkGroup ListTagsForResource",
        "UpdateWorkGroup TagResource UntagResource",
        "DeleteWorkGroup",
    ),
    "cloudtrail.Trail": _of(
        "cloudtrail",
        "CreateTrail AddTags PutEventSelectors StartLogging iam:PassRole",
        "DescribeTrails GetEventSelectors GetTrailStatus ListTags",
        "UpdateTrail AddTags RemoveTags PutEventSelectors StartLogging iam:PassRole",
        "DeleteTrail",
    ),
    "cloudwatch.EventRule": _of(
        "events",
        "PutRule TagResource",
        "DescribeRule ListTagsForResource",
        "PutRule TagResource UntagResource",
        "DeleteRule",
    ),
    "cloudwatch.EventTarget": _of(
        "events",
        "PutTargets iam:PassRole",
        "ListTargetsByRule",
        "PutTargets iam:PassRole",
        "RemoveTargets",
    ),
    "cloudwatch.LogGroup": _of(
        "logs",
        "CreateLogGroup PutRetentionPolicy TagResource",
        "DescribeLogGroups ListTagsForResource",
        "AssociateKmsKey PutRetentionPolicy TagResource UntagResource",
        "DeleteLogGroup",
    ),
    "cloudwatch.LogMetricFilter": _of(
        "logs", "PutMetricFilter", "DescribeMetricFilters", "PutMetricFilter", "DeleteMetricFilter"
    ),
    "cloudwatch.MetricAlarm": _of(
        "cloudwatch",
        "PutMetricAlarm TagResource",
        "DescribeAlarms ListTagsForResource",
        "PutMetricAlarm TagResource UntagResource",
        "DeleteAlarms",
    ),
    "glue.CatalogDatabase": _of(
        "glue",
        "CreateDatabase TagResource",
        "GetDatabase GetTags",
        "UpdateDatabase TagResource UntagResource",
        "DeleteDatabase",
    ),
    "glue.CatalogTable": _of(
        "glue", "CreateTable", "GetPartitionIndexes GetTable", "UpdateTable", "DeleteTable"
    ),
    "iam.Role": _of(
        "iam",
        "CreateRole TagRole",
        "GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies",
        "PutRolePermissionsBoundary TagRole UntagRole UpdateAssumeRolePolicy UpdateRole"
        " UpdateRoleDescription",
        "DeleteRole ListInstanceProfilesForRole",
    ),
    "iam.RolePolicy": _of("iam", "PutRolePolicy", "GetRolePolicy", "PutRolePolicy", "DeleteRolePolicy"),
    # A policy that is missing is never made by these two, and the second one names none: nothing is attached.
    "iam.RolePoliciesExclusive": _of("iam", "DeleteRolePolicy", "ListRolePolicies", "DeleteRolePolicy"),
    "iam.RolePolicyAttachmentsExclusive": _of(
        "iam", "DetachRolePolicy", "ListAttachedRolePolicies", "DetachRolePolicy"
    ),
    "kms.Alias": _of(
        "kms", "CreateAlias", "DescribeKey ListAliases", "DeleteAlias CreateAlias UpdateAlias", "DeleteAlias"
    ),
    # Its rotation is never turned off here.
    "kms.Key": _of(
        "kms",
        "CreateKey TagResource EnableKeyRotation",
        "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags",
        "EnableKey EnableKeyRotation PutKeyPolicy TagResource UntagResource UpdateKeyDescription",
        "ScheduleKeyDeletion",
    ),
    "s3.Bucket": _of(
        "s3",
        "CreateBucket PutBucketTagging",
        "GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging"
        " GetBucketObjectLockConfiguration GetBucketPolicy GetBucketRequestPayment GetBucketTagging"
        " GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration"
        " GetReplicationConfiguration ListBucket ListTagsForResource",
        "PutBucketTagging",
        "DeleteBucket",
    ),
    "s3.BucketLifecycleConfiguration": _of_bucket("PutLifecycleConfiguration", "GetLifecycleConfiguration"),
    "s3.BucketLogging": _of_bucket("PutBucketLogging", "GetBucketLogging"),
    "s3.BucketObjectLockConfiguration": _of_bucket(
        "PutBucketObjectLockConfiguration", "GetBucketObjectLockConfiguration"
    ),
    "s3.BucketOwnershipControls": _of_bucket("PutBucketOwnershipControls", "GetBucketOwnershipControls"),
    "s3.BucketPolicy": _of_bucket("PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy"),
    "s3.BucketPublicAccessBlock": _of_bucket("PutBucketPublicAccessBlock", "GetBucketPublicAccessBlock"),
    "s3.BucketServerSideEncryptionConfiguration": _of_bucket(
        "PutEncryptionConfiguration", "GetEncryptionConfiguration"
    ),
    "s3.BucketVersioning": _of_bucket("PutBucketVersioning", "GetBucketVersioning"),
    # UpdateSecret changes the description and the key: it is denied to everybody, and neither ever changes.
    "secretsmanager.Secret": _of(
        "secretsmanager",
        "CreateSecret ReplicateSecretToRegions TagResource",
        "DescribeSecret GetResourcePolicy",
        "RemoveRegionsFromReplication ReplicateSecretToRegions TagResource UntagResource",
        "DeleteSecret RemoveRegionsFromReplication",
    ),
    "secretsmanager.SecretPolicy": _of(
        "secretsmanager",
        "PutResourcePolicy ValidateResourcePolicy",
        "GetResourcePolicy",
        "PutResourcePolicy ValidateResourcePolicy",
        "DeleteResourcePolicy",
    ),
    "sns.Topic": _of(
        "sns",
        "CreateTopic SetTopicAttributes TagResource",
        "GetTopicAttributes ListTagsForResource",
        "SetTopicAttributes TagResource UntagResource",
        "DeleteTopic",
    ),
    "sns.TopicSubscription": _of(
        "sns",
        "Subscribe",
        "GetSubscriptionAttributes ListSubscriptionsByTopic",
        "SetSubscriptionAttributes",
        "Unsubscribe",
    ),
}
