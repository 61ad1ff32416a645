"""Reading the configuration of what the stack owns, and its state; no value of a token anywhere."""

from __future__ import annotations

from typing import Final

from components.documents.statements import Statement, allow
from components.names import Names
from components.settings import State
from hubguard.queries import names as queries


def reading(names: Names) -> list[Statement]:
    """What a refresh reads, besides the secrets' metadata."""
    return [
        allow(
            "ReadKeys",
            ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListResourceTags"],
            [names.keys_arn(region) for region in names.vault_regions],
            condition=owned(names),
        ),
        allow(
            "ReadRoles",
            ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
            # A role that is gone has no path any more: it shall be missing, not denied.
            [roles(names), f"arn:aws:iam::{names.account}:role/{names.role('*')}"],
        ),
        # So that whoever looks for drift sees the bootstrap's part as well.
        allow(
            "ReadBootstrap",
            ["iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion"],
            [names.policies_arn, names.oidc_provider_arn],
        ),
        allow("ReadBuckets", _BUCKETS, buckets(names)),
        allow(
            "ReadTrail",
            [
                "cloudtrail:GetEventSelectors",
                "cloudtrail:GetTrailStatus",
                "cloudtrail:ListTags",
            ],
            [names.trail_arn],
        ),
        allow(
            "ReadLogGroup",
            ["logs:DescribeMetricFilters", "logs:ListTagsForResource"],
            [names.log_group_arn, f"{names.log_group_arn}:*"],
        ),
        allow(
            "ReadRules",
            ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
            rules(names),
        ),
        allow(
            "ReadTopic",
            [
                "sns:GetTopicAttributes",
                "sns:ListSubscriptionsByTopic",
                "sns:ListTagsForResource",
            ],
            [names.topic_arn],
        ),
        allow("ReadAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource"], [alarms(names)]),
        allow(
            "ReadCatalog",
            ["glue:GetDatabase", "glue:GetPartitionIndexes", "glue:GetTable", "glue:GetTags"],
            catalog(names),
        ),
        allow("ReadWorkgroup", ["athena:GetWorkGroup", "athena:ListTagsForResource"], [workgroup(names)]),
        # AWS knows these on all resources only.
        allow(
            "ReadLists",
            [
                "cloudtrail:DescribeTrails",
                "kms:ListAliases",
                "logs:DescribeLogGroups",
                "sns:GetSubscriptionAttributes",
            ],
            "*",
        ),
    ]


KEY_OF_THE_STATE: Final = "KeyOfTheState"
"""The statement on the key of the state: it is used without a service of AWS in between."""


def state(where: State, *, write: bool) -> list[Statement]:
    """The stack's state in S3, and the key that it is encrypted with.

    Args:
        where: the bucket and the key.
        write: whether the state may be changed.
    """
    bucket = f"arn:aws:s3:::{where.bucket}"
    changing = ["s3:DeleteObject", "s3:PutObject"] if write else []
    return [
        allow("FindState", ["s3:GetBucketLocation", "s3:ListBucket"], [bucket]),
        allow("State", ["s3:GetObject", *changing], [f"{bucket}/.pulumi/*"]),
        allow(
            KEY_OF_THE_STATE,
            ["kms:Decrypt", "kms:DescribeKey", *(["kms:Encrypt", "kms:GenerateDataKey"] * write)],
            [where.key],
        ),
    ]


def owned(names: Names) -> dict[str, dict[str, str]]:
    """The condition that a resource carries the stack's tag."""
    return {"StringEquals": {"aws:ResourceTag/hubguard:organization": names.organization}}


def roles(names: Names) -> str:
    """Pattern of the ARNs of the roles under the stack's path."""
    return f"arn:aws:iam::{names.account}:role/hubguard/*"


def buckets(names: Names) -> list[str]:
    """ARNs of the stack's buckets."""
    return [f"arn:aws:s3:::{bucket}" for bucket in names.buckets]


def rules(names: Names) -> list[str]:
    """Patterns of the ARNs of the stack's rules, in all regions where it has some."""
    return [names.rule_arn("*", region) for region in (names.region, *names.forwarding_regions)]


def alarms(names: Names) -> str:
    """Pattern of the ARNs of the stack's alarms."""
    return f"arn:aws:cloudwatch:{names.region}:{names.account}:alarm:{names.alarm('*')}"


def catalog(names: Names) -> list[str]:
    """ARNs of the Glue catalogue, the stack's database, and what goes with it when it is deleted."""
    here = f"arn:aws:glue:{names.region}:{names.account}"
    database = queries.database(names.organization)
    inside = [f"{here}:{kind}/{database}/*" for kind in ("table", "userDefinedFunction")]
    return [f"{here}:catalog", f"{here}:database/{database}", *inside]


def workgroup(names: Names) -> str:
    """ARN of the stack's Athena workgroup."""
    return f"arn:aws:athena:{names.region}:{names.account}:workgroup/{queries.workgroup(names.organization)}"


_BUCKETS = [
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLocation",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    "s3:ListBucket",
    "s3:ListTagsForResource",
]
