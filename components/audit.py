"""AuditTrail: a CloudTrail of all regions, in a bucket that keeps what it is given."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from components.documents import buckets, delivery
from components.documents.logs_key import logs_key_policy
from components.documents.statements import text
from components.names import Names
from components.parts.buckets import PrivateBucket, keep, sweep
from components.parts.service_role import service_role
from components.settings import Audit
from hubguard import standards


class AuditTrail(pulumi.ComponentResource):
    """Who read which token and who changed what, kept for a year and more.

    Serves checklist items 6.1.3, 8.3.4 and 10.2.8.

    Attributes:
        key: the key of the trail, its logs, the alarms' topic and the auditor's answers; not that of tokens.
        log_group: name of the log group that the trail writes to as well.
        access_logs: the bucket that keeps who touched the others.
    """

    key: aws.kms.Key
    log_group: pulumi.Output[str]
    access_logs: PrivateBucket

    def __init__(
        self,
        name: str,
        *,
        audit: Audit,
        names: Names,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("hubguard:audit:AuditTrail", name, None, opts)
        self._names = names
        self._kept = pulumi.ResourceOptions(parent=self, protect=protect)
        self.key = self._key()
        days = audit.retention_days
        self.access_logs = PrivateBucket(
            "access",
            bucket=names.access_log_bucket,
            policy=buckets.access_log_bucket_policy(names),
            lifecycle=[keep(days, cold=True), sweep()],
            opts=self._kept,
        )
        logs = self._logs(days)
        group = aws.cloudwatch.LogGroup(
            "trail",
            name=names.log_group,
            retention_in_days=log_group_days(days),
            kms_key_id=self.key.arn,
            tags=_tags(names),
            opts=self._kept,
        )
        self.log_group = group.name
        trail = self._trail(logs, group)
        self.register_outputs({"trail": trail.arn, "bucket": logs.name, "key": self.key.arn})

    def _key(self) -> aws.kms.Key:
        names = self._names
        key = aws.kms.Key(
            "audit",
            description="The audit trail, its logs, alarms and answers, at rest",
            enable_key_rotation=True,
            deletion_window_in_days=standards.SECRET_RECOVERY_DAYS,
            policy=text(logs_key_policy(names)),
            tags=_tags(names),
            opts=self._kept,
        )
        aws.kms.Alias(
            "audit",
            name=f"alias/hubguard/{names.organization}/audit",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key

    def _logs(self, days: int) -> PrivateBucket:
        names = self._names
        logs = PrivateBucket(
            "logs",
            bucket=names.log_bucket,
            policy=buckets.log_bucket_policy(names),
            lifecycle=[keep(days, cold=True), sweep()],
            key=self.key.arn,
            logs_to=self.access_logs,
            object_lock=True,
            opts=self._kept,
        )
        aws.s3.BucketObjectLockConfiguration(
            "logs",
            bucket=logs.name,
            # GOVERNANCE: COMPLIANCE cannot be undone, not even after a mistake.
            rule={"default_retention": {"mode": "GOVERNANCE", "days": days}},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs.versioning]),
        )
        return logs

    def _trail(self, logs: PrivateBucket, group: aws.cloudwatch.LogGroup) -> aws.cloudtrail.Trail:
        names = self._names
        delivering = service_role(
            "trail-delivery",
            "Writes the audit trail to its log group",
            trust=delivery.trail_trust(names),
            permissions=delivery.trail_permissions(names),
            names=names,
            parent=self,
        )
        return aws.cloudtrail.Trail(
            "trail",
            name=names.trail,
            s3_bucket_name=logs.name,
            kms_key_id=self.key.arn,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            cloud_watch_logs_group_arn=f"{names.log_group_arn}:*",
            cloud_watch_logs_role_arn=names.role_arn("trail-delivery"),
            advanced_event_selectors=_selectors(names),
            tags=_tags(names),
            opts=pulumi.ResourceOptions.merge(
                self._kept, pulumi.ResourceOptions(depends_on=[logs.policy, group, delivering])
            ),
        )


def log_group_days(retention_days: int) -> int:
    """The shortest time that CloudWatch Logs can keep logs for and that is long enough."""
    return next(days for days in standards.LOG_GROUP_DAYS if days >= retention_days)


def _selectors(names: Names) -> list[aws.cloudtrail.TrailAdvancedEventSelectorArgsDict]:
    """All calls that manage something, and what is done to the trail's own files."""
    return [
        {
            "name": "Management events",
            "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
        },
        {
            "name": "Objects of the log bucket",
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "starts_withs": [f"arn:aws:s3:::{names.log_bucket}/"]},
            ],
        },
    ]


def _tags(names: Names) -> dict[str, str]:
    return {"hubguard:organization": names.organization}
